use kernel::{Day, Text, Timestamp};
use macros::record;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// Whether a month takes postings: all, those of one person for a while, or none.
    pub PeriodStatus ("PeriodStatus") { Open, SoftClosed, Closed }
}

/// A month of the ledger.
#[record(table = "fim_periods", schema = "Period")]
pub struct Model {
    /// 회계기간 | Period
    ///
    /// `2026-03`.
    #[api(filter)]
    pub period: String,
    /// 회계연도 | Fiscal year
    ///
    /// The year the fiscal year begins in.
    #[api(filter)]
    pub fiscal_year: String,
    /// 시작일 | Start date
    pub start_date: Day,
    /// 종료일 | End date
    ///
    /// The last day, which belongs to it.
    pub end_date: Day,
    /// 상태 | Status
    #[api(filter)]
    pub status: PeriodStatus,
    /// 마감 일시 | Closed
    pub closed_at: Option<Timestamp>,
    /// 마감한 사람 | Closed by
    pub closed_by: Option<Uuid>,
    /// 예외 사용자 | Exception user
    ///
    /// Who may still post into it while it is soft-closed, and until when.
    pub exception_user_id: Option<Uuid>,
    /// 예외 기한 | Exception until
    pub exception_until: Option<Timestamp>,
    /// 예외 사유 | Exception reason
    pub exception_reason: Option<Text<500>>,
}
