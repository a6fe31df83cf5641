//! Lines of bank statements. Payments ask them too, so they stand below the statements.

use kernel::{Day, Money, Result, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::Scope;

resource::words! {
    /// What a line is in the ledger: nothing yet, a payment or an entry, or something that was explained.
    pub LineStatus ("BankStatementLineStatus") { Unmatched, Matched, Explained }
}

/// A movement of a bank account.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_bank_statement_lines")]
#[openapi(rename = "BankStatementLine")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    #[serde(skip)]
    pub statement_id: Uuid,
    #[serde(skip)]
    pub account_id: Uuid,
    /// From 1.
    pub line_no: i32,
    pub booked_on: Day,
    /// Above zero what came in, below zero what went out.
    pub amount: Money,
    /// What stood in the account after it.
    pub balance: Option<Money>,
    pub counterparty: Option<Text<200>>,
    pub description: Option<Text<500>>,
    pub reference: Option<Text<100>>,
    /// What tells it from others of its day and amount.
    #[serde(skip)]
    pub mark: String,
    #[serde(skip)]
    pub occurrence: i32,
    pub status: LineStatus,
    /// The payment it is.
    pub payment_id: Option<Uuid>,
    /// The entry it is, or is a part of, where somebody booked it by hand.
    pub je_id: Option<Uuid>,
    /// What it is, when it is not in the ledger.
    pub note: Option<Text<500>>,
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

/// Whether a line of a bank statement is matched with this payment.
pub(crate) async fn is_matched(scope: &Scope, payment: Uuid) -> Result<bool> {
    Ok(scope.find::<Entity>().filter(Column::PaymentId.eq(payment)).one().await?.is_some())
}
