use kernel::{Currency, Day, Money, Rate, Text};
use macros::record;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// Who owes whom: the partner the company, or the company the partner.
    pub OpenItemKind ("OpenItemKind") { Receivable, Payable }
}

/// What a partner owes or is owed by one document. Below zero: a credit note.
#[record(table = "fim_open_items", schema = "OpenItem")]
pub struct Model {
    /// 종류 | Kind
    pub kind: OpenItemKind,
    /// 거래처 | Partner
    pub partner_id: Uuid,
    /// Whose it was when it was posted; a merge leaves that alone, as it does the lines of the ledger.
    #[serde(skip)]
    pub posted_partner_id: Option<Uuid>,
    /// 계정과목 | Account
    ///
    /// The account it is in: 108, 251 …
    pub account_id: Uuid,
    /// 증빙 구분 | Document type
    pub doc_type: Text<50>,
    /// 증빙 | Document
    pub doc_id: Uuid,
    /// 증빙번호 | Document number
    pub doc_no: Option<Text<100>>,
    /// 전표 | Journal entry
    ///
    /// The entry that posted the document.
    pub je_id: Option<Uuid>,
    /// 증빙일 | Document date
    pub doc_date: Day,
    /// 만기일 | Due date
    pub due_date: Day,
    /// 통화 | Currency
    pub currency: Currency,
    /// 환율 | Exchange rate
    ///
    /// What one of `currency` was worth in the base currency when it was posted.
    pub exchange_rate: Rate,
    /// 금액 | Amount
    pub amount: Money,
    /// 정리액 | Settled
    ///
    /// How much of it was paid or set off, of the same sign.
    pub settled: Money,
    /// 기준 통화 금액 | Base currency amount
    ///
    /// The same in the base currency, at the rate of the document.
    pub base_amount: Money,
    /// 기준 통화 정리액 | Settled (base currency)
    pub base_settled: Money,
}

impl Model {
    /// What is left of it.
    #[must_use]
    pub fn rest(&self) -> Money {
        Money(self.amount.0 - self.settled.0)
    }

    #[must_use]
    pub fn base_rest(&self) -> Money {
        Money(self.base_amount.0 - self.base_settled.0)
    }
}
