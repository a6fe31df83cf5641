//! A company's first page.

use super::{SeeHome, may};
use auth::Allowed;
use crm::{
    Activities, Opportunities,
    home::{HomePipeline, HomeTasks},
};
use envelope::{Api, Reply, web};
use fim::{
    Invoices, OpenItems,
    home::{HomeDeadline, HomeMissing, HomeOpen},
    open_items::item::OpenItemKind,
};
use kernel::{Currency, Day, Permission};
use ledger::{
    home::{HomeCash, HomeSales},
    reports::ReadReports,
};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Read;
use serde::Serialize;

/// The figures of a company, as far as the caller may see them. Amounts are in the base currency where they name no other.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct CompanyHome {
    /// 기준일 | As of
    ///
    /// Today where the company is.
    pub as_of: Day,
    /// 기준통화 | Base currency
    pub base_currency: Currency,
    /// 현금·예금 | Cash and bank
    ///
    /// Null without `fim.reports.read`.
    pub cash: Option<HomeCash>,
    /// 받을 돈 | Receivable
    ///
    /// Null without `fim.open-items.read`.
    pub receivable: Option<HomeOpen>,
    /// 줄 돈 | Payable
    ///
    /// Null without `fim.open-items.read`.
    pub payable: Option<HomeOpen>,
    /// 매출액 | Sales
    ///
    /// Null without `fim.reports.read`.
    pub sales: Option<HomeSales>,
    /// 영업 현황 | Pipeline
    ///
    /// Open deals by currency; null without `crm.opportunities.read`.
    pub pipeline: Option<Vec<HomePipeline>>,
    /// 기한 | Deadlines
    ///
    /// Invoices with `fim.invoices.read`, the VAT return with `fim.reports.read`; null without both.
    pub deadlines: Option<Vec<HomeDeadline>>,
    /// 미비 사항 | Missing
    ///
    /// What the company itself lacks for its tax invoices; null without `fim.invoices.read`.
    pub missing: Option<Vec<HomeMissing>>,
    /// 할 일 | Tasks
    ///
    /// The caller's own activities; null without `crm.activities.read`.
    pub tasks: Option<HomeTasks>,
}

/// A company's first page
///
/// Cash, claims and debts, sales, deals, deadlines and the caller's own tasks. A part the caller has no right to is null.
#[api_v2_operation]
pub async fn home(cx: Allowed<SeeHome>) -> Api<CompanyHome> {
    let (scope, today) = (cx.read().await?, cx.today());
    let mut home = CompanyHome {
        as_of: today,
        base_currency: ledger::home::base_currency(&scope).await?,
        cash: None,
        receivable: None,
        payable: None,
        sales: None,
        pipeline: None,
        deadlines: None,
        missing: None,
        tasks: None,
    };
    if may(&cx, ReadReports::KEY) {
        home.cash = Some(ledger::home::cash(&scope).await?);
        home.sales = Some(ledger::home::sales(&scope, today).await?);
        home.deadlines.get_or_insert_default().extend(fim::home::vat_return_due(&scope, today).await?);
    }
    if may(&cx, Read::<OpenItems>::KEY) {
        home.receivable = Some(fim::home::open(&scope, OpenItemKind::Receivable, today).await?);
        home.payable = Some(fim::home::open(&scope, OpenItemKind::Payable, today).await?);
    }
    if may(&cx, Read::<Invoices>::KEY) {
        home.deadlines.get_or_insert_default().extend(fim::home::invoices_due(&scope, today).await?);
        home.missing = Some(fim::home::missing(&scope).await?);
    }
    if may(&cx, Read::<Opportunities>::KEY) {
        home.pipeline = Some(crm::home::pipeline(&scope).await?);
    }
    if may(&cx, Read::<Activities>::KEY) {
        home.tasks = Some(crm::home::tasks(&scope, cx.principal().user_id, today).await?);
    }
    if let Some(deadlines) = &mut home.deadlines {
        deadlines.sort_by_key(|deadline| deadline.due);
    }
    Ok(Reply::new(&home)?)
}

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/home").route(web::get().to(home)));
}
