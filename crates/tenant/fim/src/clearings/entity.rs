use crate::open_items::allocation;
use kernel::{Currency, Day, Money, Rate, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::Rows;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// Given up against an account, or set off against what is owed the other way.
    pub ClearingKind ("ClearingKind") { WriteOff, Netting }

    /// PENDING → POSTED → REVERSED; PENDING → CANCELLED.
    pub ClearingStatus ("ClearingStatus") { Pending, Posted, Reversed, Cancelled }
}

/// Open items that were settled without money.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_clearings")]
#[openapi(rename = "Clearing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// Given when it is posted: consecutive, without gap or double.
    pub clearing_no: Option<Text<50>>,
    pub kind: ClearingKind,
    /// The posting date; while it is pending, the day it is to be posted on.
    pub date: Day,
    /// Whose items they are.
    pub partner_id: Uuid,
    pub currency: Currency,
    /// What one of `currency` was worth on the day; the items leave the ledger at the rates of their documents.
    pub exchange_rate: Option<Rate>,
    /// What was given up, or what each side was set off by.
    pub amount: Money,
    /// What it was written off to; null of a netting.
    pub account_id: Option<Uuid>,
    pub reason: Text<500>,
    pub status: ClearingStatus,
    /// Why it was reversed.
    pub status_reason: Option<Text<500>>,
    /// The entry that posted it.
    pub je_id: Option<Uuid>,
    /// The entry that reversed that one.
    pub reversal_je_id: Option<Uuid>,
    /// What a pending one will settle: `items` as they were sent, and `vat_relief`.
    #[serde(skip)]
    pub wanted: Option<Json>,
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub allocations: Rows<allocation::Model>,
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
