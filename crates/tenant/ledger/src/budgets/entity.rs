use kernel::{Currency, Memo, Money};
use macros::record;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// DRAFT → APPROVED → CLOSED.
    pub BudgetStatus ("BudgetStatus") { Draft, Approved, Closed }
}

/// What may be spent from an account in a month, by one department or by the company.
#[record(table = "fim_budgets", schema = "Budget")]
pub struct Model {
    /// 계정과목 | Account
    #[api(create, filter)]
    pub account_id: Uuid,
    /// 부서 | Department
    ///
    /// Null: of the company as a whole.
    #[api(create(text = "Left out: of the company as a whole."), filter(null, text = "`null`: those of the company as a whole."))]
    pub department_id: Option<Uuid>,
    /// 회계연도 | Fiscal year
    #[api(filter)]
    pub fiscal_year: String,
    /// 회계기간 | Period
    ///
    /// `2026-03`.
    #[api(create, filter)]
    pub period: String,
    /// 금액 | Amount
    #[api(create, update)]
    pub amount: Money,
    /// 통화 | Currency
    ///
    /// The base currency.
    pub currency: Currency,
    /// 상태 | Status
    #[api(filter)]
    pub status: BudgetStatus,
    /// 메모 | Notes
    #[api(create, update)]
    pub notes: Option<Memo>,
}
