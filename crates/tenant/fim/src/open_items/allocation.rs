use kernel::{Day, Money, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// What settles an open item: a payment, another item (a credit note), or a clearing.
    pub AgainstType ("AllocationAgainst") { Payment, Item, Clearing }
}

/// A part of an open item that something settles, until it is undone.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_allocations")]
#[openapi(rename = "Allocation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub item_id: Uuid,
    pub against_type: AgainstType,
    pub against_id: Uuid,
    /// In the currency of the item, of its sign.
    pub amount: Money,
    /// What that part of the item stood for in the base currency, at the rate of its document.
    pub base_amount: Money,
    /// 대손세액: the output tax in it that was deducted with a write-off, in the base currency.
    pub vat_relief: Option<Money>,
    pub allocated_on: Day,
    pub undone_on: Option<Day>,
    pub undone_at: Option<Timestamp>,
    /// What it took of the payment in the base currency, at the rate of the payment.
    #[serde(skip)]
    pub against_base: Option<Money>,
    /// The entry that posted it, where it needed one.
    pub je_id: Option<Uuid>,
    /// The entry that posted its undoing.
    pub undo_je_id: Option<Uuid>,
    #[serde(skip)]
    pub row_version: i64,
    pub created_at: Timestamp,
    pub created_by: Option<Uuid>,
    pub updated_at: Option<Timestamp>,
    pub updated_by: Option<Uuid>,
    #[serde(skip)]
    pub deleted_at: Option<Timestamp>,
    #[serde(skip)]
    pub deleted_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
