//! Budgets: what may be spent, by account, department and month, and what is done when it is passed.

pub mod control;
pub mod entity;

use crate::{journal::rules::fiscal_year_of, sums};
use auth::Allowed;
use entity::{BudgetStatus, Column, Create, Entity, Filter, Model, Update};
use envelope::{Body, Created, web};
use kernel::{Day, Error, Realm, Result};
use paperclip::actix::api_v2_operation;
use resource::{Action, RangeKind, Resource, Spec, action};
use sea_orm::IntoActiveModel;
use store::{Columns, Scope, values_of};

/// The budgets of the company.
pub struct Budgets;

impl Resource for Budgets {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "budgets";
    const NOUN: &'static str = "budget";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Period, Column::Amount, Column::Status];
    const SEARCH: &'static [Column] = &[Column::Period];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::Amount, RangeKind::Amount)];
    const EXAMPLE: &'static str =
        r#"{"account_id": "@/fim/accounts", "period": "2026-03", "amount": "1000000", "notes": "광고비 예산 {n}"}"#;

    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        use BudgetStatus::{Approved, Closed, Draft};
        vec![
            action("approve", "approved", "Put one budget in force").from(&[Draft]).to(Approved).event_fields(fact),
            action("close", "closed", "Take one budget out of force; it is still compared with what was posted")
                .from(&[Approved])
                .to(Closed)
                .event_fields(fact),
        ]
    }

    fn may_change(row: &Model) -> Result<()> {
        if row.status == BudgetStatus::Draft {
            return Ok(());
        }
        Err(crate::rules::BUDGET_APPROVED.error().with("status", serde_json::json!(row.status)))
    }
}

/// What the events of a budget's actions say besides its id.
fn fact(row: &Model) -> serde_json::Value {
    serde_json::json!({"period": row.period, "amount": row.amount})
}

/// The first day of a month written `2026-03`.
pub fn month(text: &str) -> Result<Day> {
    let wrong = || Error::field("period", "month", "2026-03처럼 연도와 월을 입력하세요.", "must be a month such as 2026-03");
    if text.len() != 7 {
        return Err(wrong());
    }
    Day::parse(&format!("{text}-01")).map_err(|_| wrong())
}

/// What follows from the month: the fiscal year, and the base currency.
async fn derived(scope: &Scope, period: &str) -> Result<Columns> {
    let starts_in = adm::settings::integer(scope, &adm::settings::FISCAL_YEAR_START_MONTH).await?;
    let year = fiscal_year_of(month(period)?, u8::try_from(starts_in).unwrap_or(1));
    let base = sums::ledger(scope).await?.base_currency;
    Ok(vec![("fiscal_year", format!("{year:04}").into()), ("currency", base.into())])
}

/// Draft one budget
///
/// For one month of an account, and of a department where it is named. It counts once it is approved.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Budgets>>, body: Body<Create>) -> Created<Model> {
    let wanted = body.0;
    let derived = derived(&cx.read().await?, &wanted.period).await?;
    let mut values = values_of(&wanted.into_active_model());
    values.extend(derived);
    Ok(resource::create_with(&cx, Spec::of::<Budgets>()?, values, resource::NO_GUARD).await?.into())
}

pub fn routes() -> web::Scope {
    web::scope("/budgets")
        .service(web::resource("").route(resource::list::<Budgets>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<Budgets>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<Budgets>())
                .route(resource::update::<Budgets>())
                .route(resource::delete::<Budgets>()),
        )
        .configure(resource::actions::<Budgets>)
}
