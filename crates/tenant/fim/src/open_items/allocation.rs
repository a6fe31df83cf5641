use kernel::{Day, Money, Timestamp};
use macros::record;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// What settles an open item: a payment, another item (a credit note), or a clearing.
    pub AgainstType ("AllocationAgainst") { Payment, Item, Clearing }
}

/// A part of an open item that something settles, until it is undone.
#[record(table = "fim_allocations", schema = "Allocation")]
pub struct Model {
    /// 미결 항목 | Open item
    pub item_id: Uuid,
    /// 정리 구분 | Against type
    pub against_type: AgainstType,
    /// 정리 상대 | Against
    pub against_id: Uuid,
    /// 금액 | Amount
    ///
    /// In the currency of the item, of its sign.
    pub amount: Money,
    /// 기준 통화 금액 | Base currency amount
    ///
    /// What that part of the item stood for in the base currency, at the rate of its document.
    pub base_amount: Money,
    /// 대손세액 | VAT relief
    ///
    /// 대손세액: the output tax in it that was deducted with a write-off, in the base currency.
    pub vat_relief: Option<Money>,
    /// 배분일 | Allocated on
    pub allocated_on: Day,
    /// 취소일 | Undone on
    pub undone_on: Option<Day>,
    /// 취소 처리 일시 | Undone at
    pub undone_at: Option<Timestamp>,
    /// What it took of the payment in the base currency, at the rate of the payment.
    #[serde(skip)]
    pub against_base: Option<Money>,
    /// 전표 | Journal entry
    ///
    /// The entry that posted it, where it needed one.
    pub je_id: Option<Uuid>,
    /// 취소 전표 | Undoing entry
    ///
    /// The entry that posted its undoing.
    pub undo_je_id: Option<Uuid>,
}
