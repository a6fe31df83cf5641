use kernel::{Currency, Money, Rate, Text};
use macros::record;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// What a partner owes or is owed, or what stands in an account of another currency.
    pub ValuedKind ("RevaluationLineKind") { Receivable, Payable, Cash }
}

/// What was open of an item or stood in an account, and what it was worth.
#[record(table = "fim_revaluation_lines", schema = "RevaluationLine", columns = line)]
pub struct Model {
    #[serde(skip)]
    pub revaluation_id: Uuid,
    /// 행 번호 | Line
    ///
    /// From 1.
    pub line_no: i32,
    /// 미결 항목 | Open item
    ///
    /// None of cash.
    pub item_id: Option<Uuid>,
    /// 종류 | Kind
    pub kind: ValuedKind,
    /// 거래처 | Partner
    pub partner_id: Option<Uuid>,
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 증빙번호 | Document number
    pub doc_no: Option<Text<100>>,
    /// 통화 | Currency
    pub currency: Currency,
    /// 환율 | Exchange rate
    ///
    /// Of the day.
    pub exchange_rate: Rate,
    /// 금액 | Amount
    ///
    /// What was open or there of it, in its currency.
    pub amount: Money,
    /// 기준 통화 금액 | Base currency amount
    ///
    /// What that stood for in the base currency, at the rates of its documents.
    pub base_amount: Money,
    /// 환산액 | Revalued amount
    ///
    /// What it is worth at the rate of the day.
    pub revalued_amount: Money,
    /// 외화환산손익 | Gain or loss
    ///
    /// Above zero what was gained, below zero what was lost.
    pub gain: Money,
}
