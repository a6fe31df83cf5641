use kernel::{Day, Money, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// POSTED → REVERSED.
    pub SettlementStatus ("VatSettlementStatus") { Posted, Reversed }
}

/// The taxes of a period set off against each other.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_vat_settlements")]
#[openapi(rename = "VatSettlement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub from_date: Day,
    /// The last day, on which it is posted.
    pub to_date: Day,
    /// 매출세액
    pub output_tax: Money,
    /// 매입세액
    pub input_tax: Money,
    /// 납부세액; below zero it is refunded (환급세액).
    pub payable: Money,
    pub status: SettlementStatus,
    /// Why it was reversed.
    pub status_reason: Option<Text<500>>,
    /// The entry that posted it.
    pub je_id: Uuid,
    /// The settlement it supplements (수정신고): an invoice of a period that was settled already was amended. Null of a settlement itself.
    pub supplement_of_id: Option<Uuid>,
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
