use kernel::{Currency, Day, Money, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::Rows;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    pub StatementStatus ("BankStatementStatus") { Open, Finished }
}

/// What a bank says about an account.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_bank_statements")]
#[openapi(rename = "BankStatement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// The bank account in the chart.
    pub account_id: Uuid,
    pub currency: Currency,
    pub from_date: Day,
    /// The last day, which belongs to it.
    pub to_date: Day,
    pub opening_balance: Money,
    pub closing_balance: Money,
    /// Lines that other statements had brought already: they are there once.
    pub known_lines: i32,
    pub status: StatementStatus,
    pub finished_at: Option<Timestamp>,
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub lines: Rows<super::line::Model>,
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
