use kernel::{Day, Money, Text};
use macros::record;
use resource::Rows;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// POSTED → REVERSED.
    pub RevaluationStatus ("RevaluationStatus") { Posted, Reversed }
}

/// What is open in other currencies, valued at the rates of a day.
#[record(table = "fim_revaluations", schema = "Revaluation")]
pub struct Model {
    /// 기준일 | As of
    ///
    /// The day it is posted on.
    #[api(create(text = "Mostly the last day of a month; not after today."), filter)]
    pub as_of: Day,
    /// 역분개일 | Reversed on
    ///
    /// The day after, on which all of it is reversed.
    pub returned_on: Day,
    /// 이익 | Gain
    ///
    /// 외화환산이익
    pub gain: Money,
    /// 손실 | Loss
    ///
    /// 외화환산손실
    pub loss: Money,
    /// 상태 | Status
    #[api(filter)]
    pub status: RevaluationStatus,
    /// 상태 사유 | Status reason
    ///
    /// Why it was reversed.
    pub status_reason: Option<Text<500>>,
    /// 전표 | Journal entry
    ///
    /// The entry that posted it; null where no rate made a difference.
    pub je_id: Option<Uuid>,
    /// 역분개 전표 | Reversing entry
    ///
    /// The entry of the day after.
    pub return_je_id: Option<Uuid>,
    /// 내역 | Lines
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub lines: Rows<super::line::Model>,
}
