use kernel::{Currency, Memo, Money, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// DRAFT → APPROVED → CLOSED.
    pub BudgetStatus ("BudgetStatus") { Draft, Approved, Closed }
}

/// What may be spent from an account in a month, by one department or by the company.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_budgets")]
#[openapi(rename = "Budget")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub account_id: Uuid,
    /// Null: of the company as a whole.
    pub department_id: Option<Uuid>,
    pub fiscal_year: String,
    /// `2026-03`.
    pub period: String,
    pub amount: Money,
    /// The base currency.
    pub currency: Currency,
    pub status: BudgetStatus,
    pub notes: Option<Memo>,
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
