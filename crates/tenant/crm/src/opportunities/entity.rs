use kernel::{CodeText, Currency, Day, Memo, Money, Text, Timestamp};
use macros::record;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// Where a deal stands on its way.
    pub Stage ("OpportunityStage") { Lead, Qualified, Proposal, Negotiation, Closing, Won, Lost }
    /// What became of it: `OPEN` until it is won, lost or given up.
    pub Status ("OpportunityStatus") { Open, Won, Lost, Cancelled }
    pub LostReason ("OpportunityLostReason") { Price, Competitor, NoBudget, NoDecision, Timing }
}

/// A chance to sell something.
#[record(table = "crm_opportunities", schema = "Opportunity")]
pub struct Model {
    /// 코드 | Code
    #[api(create(optional, text = "The next of `OPP-2026-000001` when left out."), update, filter)]
    pub code: CodeText<50>,
    /// 영업 기회명 | Name
    #[api(create, update)]
    pub name: Text<200>,
    /// 설명 | Description
    #[api(create, update)]
    pub description: Option<Memo>,
    /// 거래처 | Partner
    #[api(create(text = "A customer."), update, filter(null))]
    pub partner_id: Option<Uuid>,
    /// 고객 담당자 | Contact
    #[api(create(text = "One of the customer's."), update, filter(null))]
    pub contact_id: Option<Uuid>,
    /// 단계 | Stage
    #[api(create(optional, text = "`LEAD` when left out; one that is open."), filter)]
    pub stage: Stage,
    /// 상태 | Status
    #[api(filter)]
    pub status: Status,
    /// 금액 | Amount
    #[api(create(optional), update)]
    pub amount: Money,
    /// 통화 | Currency
    #[api(create(optional, text = "One of the company's; the base currency when left out."), update, filter)]
    pub currency: Currency,
    #[serde(skip)]
    pub currency_id: Uuid,
    /// The smallest part of the currency, in the units amounts are kept in: KRW 10,000, USD 100.
    #[serde(skip)]
    pub money_unit: i64,
    /// 성공 확률(%) | Win probability (%)
    ///
    /// Percent.
    #[api(
        create(optional, text = "Percent; follows the stage when left out."),
        update(text = "Percent; from now on it does not follow the stage.")
    )]
    pub win_probability: i32,
    /// 확률 직접 입력 | Probability manual
    ///
    /// Set by hand; otherwise it follows the stage.
    #[api(update(text = "`false` lets it follow the stage again."))]
    pub is_probability_manual: bool,
    /// 예상 매출 | Expected revenue
    ///
    /// Amount × probability, rounded to the currency's smallest part.
    pub expected_revenue: Money,
    /// 예상 마감일 | Expected close date
    #[api(create, update)]
    pub expected_close_date: Option<Day>,
    /// 종결일 | Actual close date
    pub actual_close_date: Option<Day>,
    /// 담당자 | Owner
    #[api(create(text = "The caller when left out."), update, filter(null))]
    pub owner_id: Option<Uuid>,
    /// 부서 | Department
    #[api(create(text = "The owner's when left out."), update, filter(null))]
    pub department_id: Option<Uuid>,
    /// 유입 경로 | Source
    #[api(create, update, filter(null))]
    pub source: Option<Text<50>>,
    /// 유입 상세 | Source detail
    #[api(create, update)]
    pub source_detail: Option<Text<200>>,
    /// 관심 제품 | Product interest
    #[api(create, update)]
    pub product_interest: Option<Text<200>>,
    /// 관심 서비스 | Service interest
    #[api(create, update)]
    pub service_interest: Option<Text<200>>,
    /// 경쟁사 | Competitors
    #[api(create, update)]
    pub competitors: Option<Memo>,
    /// 당사 강점 | Our advantage
    #[api(create, update)]
    pub our_advantage: Option<Memo>,
    /// 실패 사유 | Lost reason
    pub lost_reason: Option<LostReason>,
    /// 실패 상세 | Lost reason detail
    pub lost_reason_detail: Option<Memo>,
    /// 메모 | Notes
    #[api(create, update)]
    pub notes: Option<Memo>,
    /// 단계 진입 일시 | Entered stage
    ///
    /// Since when it stands where it stands.
    pub stage_entered_at: Timestamp,
    /// Second of the epoch: days on average are a sum in the database, which knows numbers better than moments.
    #[serde(skip)]
    pub stage_second: i64,
    #[serde(skip)]
    pub opened_second: i64,
}
