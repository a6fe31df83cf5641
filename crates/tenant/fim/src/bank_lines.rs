//! Lines of bank statements. Payments ask them too, so they stand below the statements.

use kernel::{Day, Money, Result, Text};
use macros::record;
use sea_orm::entity::prelude::*;
use store::Scope;

resource::string_enum! {
    /// What a line is in the ledger: nothing yet, a payment or an entry, or something that was explained.
    pub LineStatus ("BankStatementLineStatus") { Unmatched, Matched, Explained }
}

/// A movement of a bank account.
#[record(table = "fim_bank_statement_lines", schema = "BankStatementLine", columns = line)]
pub struct Model {
    #[serde(skip)]
    pub statement_id: Uuid,
    #[serde(skip)]
    pub account_id: Uuid,
    /// 행 번호 | Line
    ///
    /// From 1.
    pub line_no: i32,
    /// 거래일 | Booked on
    pub booked_on: Day,
    /// 금액 | Amount
    ///
    /// Above zero what came in, below zero what went out.
    pub amount: Money,
    /// 잔액 | Balance
    ///
    /// What stood in the account after it.
    pub balance: Option<Money>,
    /// 거래 상대 | Counterparty
    pub counterparty: Option<Text<200>>,
    /// 설명 | Description
    pub description: Option<Text<500>>,
    /// 참조 | Reference
    pub reference: Option<Text<100>>,
    /// What tells it from others of its day and amount.
    #[serde(skip)]
    pub mark: String,
    #[serde(skip)]
    pub occurrence: i32,
    /// 상태 | Status
    pub status: LineStatus,
    /// 입출금 | Payment
    ///
    /// The payment it is.
    pub payment_id: Option<Uuid>,
    /// 전표 | Journal entry
    ///
    /// The entry it is, or is a part of, where somebody booked it by hand.
    pub je_id: Option<Uuid>,
    /// 메모 | Note
    ///
    /// What it is, when it is not in the ledger.
    pub note: Option<Text<500>>,
}

/// Whether a line of a bank statement is matched with this payment.
pub(crate) async fn is_matched(scope: &Scope, payment: Uuid) -> Result<bool> {
    Ok(scope.find::<Entity>().filter(Column::PaymentId.eq(payment)).one().await?.is_some())
}
