use crate::open_items::allocation;
use kernel::{Currency, Day, Money, Rate, Text};
use macros::record;
use resource::Rows;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// Given up against an account, or set off against what is owed the other way.
    pub ClearingKind ("ClearingKind") { WriteOff, Netting }

    /// PENDING → POSTED → REVERSED; PENDING → CANCELLED.
    pub ClearingStatus ("ClearingStatus") { Pending, Posted, Reversed, Cancelled }
}

/// Open items that were settled without money.
#[record(table = "fim_clearings", schema = "Clearing")]
pub struct Model {
    /// 정리번호 | Clearing number
    ///
    /// Given when it is posted: consecutive, without gap or double.
    #[api(filter)]
    pub clearing_no: Option<Text<50>>,
    /// 종류 | Kind
    #[api(filter)]
    pub kind: ClearingKind,
    /// 날짜 | Date
    ///
    /// The posting date; while it is pending, the day it is to be posted on.
    #[api(filter)]
    pub date: Day,
    /// 거래처 | Partner
    ///
    /// Whose items they are.
    #[api(filter)]
    pub partner_id: Uuid,
    /// 통화 | Currency
    #[api(filter)]
    pub currency: Currency,
    /// 환율 | Exchange rate
    ///
    /// What one of `currency` was worth on the day; the items leave the ledger at the rates of their documents.
    pub exchange_rate: Option<Rate>,
    /// 금액 | Amount
    ///
    /// What was given up, or what each side was set off by.
    pub amount: Money,
    /// 계정과목 | Account
    ///
    /// What it was written off to; null of a netting.
    pub account_id: Option<Uuid>,
    /// 사유 | Reason
    pub reason: Text<500>,
    /// 상태 | Status
    #[api(filter)]
    pub status: ClearingStatus,
    /// 상태 사유 | Status reason
    ///
    /// Why it was reversed.
    pub status_reason: Option<Text<500>>,
    /// 전표 | Journal entry
    ///
    /// The entry that posted it.
    pub je_id: Option<Uuid>,
    /// 역분개 전표 | Reversing entry
    ///
    /// The entry that reversed that one.
    pub reversal_je_id: Option<Uuid>,
    /// What a pending one will settle: `items` as they were sent, and `vat_relief`.
    #[serde(skip)]
    pub wanted: Option<Json>,
    /// 배분 내역 | Allocations
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub allocations: Rows<allocation::Model>,
}
