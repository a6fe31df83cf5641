use kernel::{Currency, Money, Rate, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// What a partner owes or is owed, or what stands in an account of another currency.
    pub ValuedKind ("RevaluationLineKind") { Receivable, Payable, Cash }
}

/// What was open of an item or stood in an account, and what it was worth.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_revaluation_lines")]
#[openapi(rename = "RevaluationLine")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    #[serde(skip)]
    pub revaluation_id: Uuid,
    /// From 1.
    pub line_no: i32,
    /// None of cash.
    pub item_id: Option<Uuid>,
    pub kind: ValuedKind,
    pub partner_id: Option<Uuid>,
    pub account_id: Uuid,
    pub doc_no: Option<Text<100>>,
    pub currency: Currency,
    /// Of the day.
    pub exchange_rate: Rate,
    /// What was open or there of it, in its currency.
    pub amount: Money,
    /// What that stood for in the base currency, at the rates of its documents.
    pub base_amount: Money,
    /// What it is worth at the rate of the day.
    pub revalued_amount: Money,
    /// Above zero what was gained, below zero what was lost.
    pub gain: Money,
    #[serde(skip)]
    pub row_version: i64,
    #[serde(skip)]
    pub created_at: Timestamp,
    #[serde(skip)]
    pub created_by: Option<Uuid>,
    #[serde(skip)]
    pub updated_at: Option<Timestamp>,
    #[serde(skip)]
    pub updated_by: Option<Uuid>,
    #[serde(skip)]
    pub deleted_at: Option<Timestamp>,
    #[serde(skip)]
    pub deleted_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
