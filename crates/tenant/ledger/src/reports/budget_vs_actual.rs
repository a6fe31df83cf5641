//! 예산 대비 실적

use super::{Basis, Query as Wanted, ReadReports};
use crate::{
    budgets::{
        control::slice_of,
        entity::{BudgetStatus, Column, Entity},
    },
    sums,
};
use auth::Allowed;
use envelope::Query;
use kernel::{Day, Money, MoneySum, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, report};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use uuid::Uuid;

/// A budget and what was posted against it.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "BudgetRow")]
pub struct Row {
    /// 예산 | Budget
    pub budget_id: Uuid,
    /// 회계기간 | Period
    pub period: String,
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 계정코드 | Account code
    pub account_code: String,
    /// 계정명 | Account name
    pub account_name: String,
    /// 부서 | Department
    pub department_id: Option<Uuid>,
    /// 상태 | Status
    pub status: BudgetStatus,
    /// 예산액 | Budget amount
    pub budget: Money,
    /// 실적 | Actual
    ///
    /// Debit less credit of the month, in the department where the budget is one's.
    pub actual: MoneySum,
    /// 잔여 예산 | Available
    ///
    /// Budget less actual.
    pub available: MoneySum,
}

/// The budgets that were put in force, of the months that begin in a span of days.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct BudgetVsActual {
    /// 시작 | From
    pub from: Day,
    /// 종료 | To
    pub to: Day,
    /// 인지 시점 | Known at
    pub known_at: Option<Timestamp>,
    /// 행 | Rows
    pub rows: Vec<Row>,
}

/// Budgets against what was posted
///
/// For each account and department between `from` and `to`: budget, actual, and the difference.
#[api_v2_operation]
pub async fn budget_vs_actual(cx: Allowed<ReadReports>, query: Query<Wanted>) -> ReportAnswer<BudgetVsActual> {
    let scope = cx.read().await?;
    let basis = Basis::of(&cx, &scope, &query.0).await?;
    let month = |day: Day| day.to_string().chars().take(7).collect::<String>();
    let mut find = scope.find::<Entity>().filter(Column::Period.between(month(basis.from), month(basis.to)));
    if let Some(department) = query.0.department_id {
        find = find.filter(Column::DepartmentId.eq(department));
    }
    let budgets = find.filter(Column::Status.ne(BudgetStatus::Draft)).order_by_asc(Column::Period).all().await?;
    let mut rows = Vec::with_capacity(budgets.len());
    for budget in budgets {
        let Some(account) = basis.accounts.get(&budget.account_id) else { continue };
        let actual = sums::spent(&scope, &slice_of(&budget, basis.known)?, budget.account_id).await?;
        rows.push(Row {
            budget_id: budget.id,
            period: budget.period,
            account_id: account.id,
            account_code: account.account_code.to_string(),
            account_name: account.account_name.to_string(),
            department_id: budget.department_id,
            status: budget.status,
            budget: budget.amount,
            actual,
            available: MoneySum::from(budget.amount) - actual,
        });
    }
    let statement = BudgetVsActual { from: basis.from, to: basis.to, known_at: basis.known_at, rows };
    Ok(report("budget-vs-actual", query.0.format, &statement).await?)
}
