use kernel::{Day, Money, Text};
use macros::record;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// POSTED → REVERSED.
    pub SettlementStatus ("VatSettlementStatus") { Posted, Reversed }
}

/// The taxes of a period set off against each other.
#[record(table = "fim_vat_settlements", schema = "VatSettlement")]
pub struct Model {
    /// 시작일 | From date
    #[api(create(text = "The first day of a month."), filter)]
    pub from_date: Day,
    /// 종료일 | To date
    ///
    /// The last day, on which it is posted.
    #[api(create(text = "The last day of a month, not after today; at most half a year."), filter)]
    pub to_date: Day,
    /// 매출세액 | Output tax
    pub output_tax: Money,
    /// 매입세액 | Input tax
    pub input_tax: Money,
    /// 납부세액 | Payable
    ///
    /// 납부세액; below zero it is refunded (환급세액).
    pub payable: Money,
    /// 상태 | Status
    #[api(filter)]
    pub status: SettlementStatus,
    /// 상태 사유 | Status reason
    ///
    /// Why it was reversed.
    pub status_reason: Option<Text<500>>,
    /// 전표 | Journal entry
    ///
    /// The entry that posted it.
    pub je_id: Uuid,
    /// 수정신고한 당초 정산 | Supplement of
    ///
    /// The settlement it supplements (수정신고): an invoice of a period that was settled already was amended. Null of a settlement itself.
    #[api(filter(null))]
    pub supplement_of_id: Option<Uuid>,
}
