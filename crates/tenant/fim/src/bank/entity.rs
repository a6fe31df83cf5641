use kernel::{Currency, Day, Money, Timestamp};
use macros::record;
use resource::Rows;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    pub StatementStatus ("BankStatementStatus") { Open, Finished }
}

/// What a bank says about an account.
#[record(table = "fim_bank_statements", schema = "BankStatement")]
pub struct Model {
    /// 계정과목 | Account
    ///
    /// The bank account in the chart.
    #[api(filter)]
    pub account_id: Uuid,
    /// 통화 | Currency
    #[api(filter)]
    pub currency: Currency,
    /// 시작일 | From date
    #[api(filter)]
    pub from_date: Day,
    /// 종료일 | To date
    ///
    /// The last day, which belongs to it.
    #[api(filter)]
    pub to_date: Day,
    /// 기초 잔액 | Opening balance
    pub opening_balance: Money,
    /// 기말 잔액 | Closing balance
    pub closing_balance: Money,
    /// 이미 있던 행 | Known lines
    ///
    /// Lines that other statements had brought already: they are there once.
    pub known_lines: i32,
    /// 상태 | Status
    #[api(filter)]
    pub status: StatementStatus,
    /// 완료 일시 | Finished
    pub finished_at: Option<Timestamp>,
    /// 내역 | Lines
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub lines: Rows<super::line::Model>,
}
