//! Statements, from posted lines only: as of a day, and as known at a moment, so that a statement once given can be given again.
//!
//! Amounts are debit-positive: what an asset or an expense has is positive, what a liability, equity or revenue has is negative.

mod balance_sheet;
mod budget_vs_actual;
mod cash_flow;
mod general_ledger;
mod journal;
mod profit_and_loss;
mod trial_balance;

use crate::{
    accounts::entity as account,
    journal::rules::fiscal_year_of,
    periods::months_of,
    sums::{self, AccountSum, Slice},
};
use auth::Door;
use envelope::web;
pub use general_ledger::pages;
use kernel::{CodeText, Day, Error, MoneySum, Result, Timestamp, permission};
use paperclip::actix::Apiv2Schema;
use resource::ReportFormat;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::Scope;
use uuid::Uuid;

permission! {
    pub ReadReports = "fim", "reports", "read";
}

/// What a statement is asked for.
#[derive(Clone, Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "StatementQuery")]
pub struct Query {
    /// 시작 | From
    ///
    /// The first day; the first of the fiscal year when left out.
    pub from: Option<Day>,
    /// 종료 | To
    ///
    /// The last day, which belongs to it; today when left out.
    pub to: Option<Day>,
    /// 기준일 | As of
    ///
    /// The same as `to`, for statements of a day.
    pub as_of: Option<Day>,
    /// 인지 시점 | Known at
    ///
    /// As the ledger was known at this moment; now when left out.
    pub known_at: Option<Timestamp>,
    /// 부서 | Department
    pub department_id: Option<Uuid>,
    /// 프로젝트 | Project code
    pub project_code: Option<CodeText<50>>,
    /// 파일 형식 | Format
    ///
    /// `json`, `csv` or `xlsx`.
    pub format: Option<ReportFormat>,
}

/// Query, chart and the end of the chain a statement rests on.
pub struct Basis {
    pub from: Day,
    pub to: Day,
    /// The last entry that counts.
    pub known: i64,
    /// When it was posted; asked again with it, a statement is the same.
    pub known_at: Option<Timestamp>,
    pub accounts: BTreeMap<Uuid, account::Model>,
    department: Option<Uuid>,
    project: Option<CodeText<50>>,
}

impl Basis {
    pub async fn of(door: &Door, scope: &Scope, query: &Query) -> Result<Self> {
        if query.as_of.is_some() && query.to.is_some() && query.as_of != query.to {
            return Err(Error::field("as_of", "conflict", "to와 같은 날짜여야 합니다.", "must be the same day as to"));
        }
        let to = query.as_of.or(query.to).unwrap_or_else(|| door.today());
        let starts_in = u8::try_from(adm::settings::integer(scope, &adm::settings::FISCAL_YEAR_START_MONTH).await?).unwrap_or(1);
        let year = months_of(fiscal_year_of(to, starts_in), starts_in);
        let from = query.from.or_else(|| year.first().map(|(start, _)| *start)).unwrap_or(to);
        if from > to {
            return Err(Error::field(
                "from",
                "range",
                "조회 기간의 마지막 날보다 늦을 수 없습니다.",
                "must not be after the last day of the period",
            ));
        }
        if let Some(id) = query.department_id {
            let department = scope.find::<adm::department::Entity>().filter(adm::department::Column::Id.eq(id)).one().await?;
            department.ok_or_else(|| Error::no_such("department_id"))?;
        }
        let ledger = sums::ledger(scope).await?;
        let (known, known_at) = match query.known_at {
            // of what is posted within one instant the last carries a moment a little later
            Some(at) if at > door.platform().now() && ledger.posted_at.is_none_or(|last| at > last) => {
                return Err(Error::field("known_at", "past", "미래 시점일 수 없습니다.", "must not be in the future"));
            }
            Some(at) if ledger.posted_at.is_some_and(|last| at < last) => (sums::known_at(scope, at).await?, Some(at)),
            // what is being posted at this moment gets a later one
            _ => (ledger.chain_no, ledger.posted_at),
        };
        let accounts = scope.find::<account::Entity>().order_by_asc(account::Column::AccountCode).all().await?;
        Ok(Self {
            from,
            to,
            known,
            known_at,
            accounts: accounts.into_iter().map(|row| (row.id, row)).collect(),
            department: query.department_id,
            project: query.project_code.clone(),
        })
    }

    /// Debit and credit of each account between two days.
    pub async fn moved(&self, scope: &Scope, from: Option<Day>, to: Option<Day>, with_closing: bool) -> Result<Vec<AccountSum>> {
        sums::sums(scope, &Slice { with_closing, ..self.slice(from, to) }).await
    }

    pub fn slice(&self, from: Option<Day>, to: Option<Day>) -> Slice {
        Slice { from, to, known: self.known, department: self.department, project: self.project.clone(), with_closing: true }
    }

    /// Accounts that stand in one of the sums, in the order of their codes.
    pub fn in_order(&self, wanted: impl Fn(&Uuid) -> bool) -> Vec<&account::Model> {
        let mut rows: Vec<&account::Model> = self.accounts.values().filter(|row| wanted(&row.id)).collect();
        rows.sort_by(|a, b| a.account_code.cmp(&b.account_code));
        rows
    }
}

/// Debit less credit.
pub fn net(sum: &AccountSum) -> MoneySum {
    sum.debit - sum.credit
}

pub fn routes() -> web::Scope {
    web::scope("/reports")
        .service(web::resource("/trial-balance").route(web::get().to(trial_balance::trial_balance)))
        .service(web::resource("/profit-and-loss").route(web::get().to(profit_and_loss::profit_and_loss)))
        .service(web::resource("/balance-sheet").route(web::get().to(balance_sheet::balance_sheet)))
        .service(web::resource("/journal").route(web::get().to(journal::journal)))
        .service(web::resource("/cash-flow").route(web::get().to(cash_flow::cash_flow)))
        .service(web::resource("/budget-vs-actual").route(web::get().to(budget_vs_actual::budget_vs_actual)))
        .service(web::resource("/general-ledger").route(web::get().to(general_ledger::general_ledger)))
}
