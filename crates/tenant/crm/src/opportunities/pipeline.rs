//! What is on its way: count and value by stage. Each currency for itself, never added to another.

use super::{
    Opportunities,
    entity::{Column, Entity, Stage, Status},
    rules::OPEN,
};
use auth::Allowed;
use envelope::{Api, Query, Reply};
use kernel::{Currency, Day, MoneySum, Qty, Rate, Result, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use rust_decimal::{Decimal, RoundingStrategy};
use sea_orm::{
    ColumnTrait, FromQueryResult, IdenStatic, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use store::Scope;
use uuid::Uuid;

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct PipelineQuery {
    /// 담당자 | Owner
    pub owner_id: Option<Uuid>,
    /// 부서 | Department
    pub department_id: Option<Uuid>,
    /// 거래처 | Partner
    pub partner_id: Option<Uuid>,
    /// 통화 | Currency
    pub currency: Option<Currency>,
    /// 예상 마감일부터 | Expected close date from
    ///
    /// Inclusive.
    pub expected_close_date_from: Option<Day>,
    /// 예상 마감일까지 | Expected close date to
    ///
    /// The end, exclusive.
    pub expected_close_date_to: Option<Day>,
}

/// The deals of one stage.
#[derive(Clone, Debug, PartialEq, Serialize, Apiv2Schema)]
pub struct PipelineStage {
    /// 단계 | Stage
    pub stage: Stage,
    /// 건수 | Count
    pub count: i64,
    /// 금액 | Amount
    pub amount: MoneySum,
    /// 가중 금액 | Weighted amount
    ///
    /// Amounts × their probabilities.
    pub weighted_amount: MoneySum,
    /// 평균 소요 일수 | Average days
    ///
    /// Days they have stood there; of those won or lost, days from their beginning to their end. Null where there are none.
    pub average_days: Option<Qty>,
}

/// The deals in one currency.
#[derive(Clone, Debug, PartialEq, Serialize, Apiv2Schema)]
pub struct PipelineCurrency {
    /// 통화 | Currency
    pub currency: Currency,
    /// 단계 | Stages
    ///
    /// All stages in order, empty ones too; those given up are in none.
    pub stages: Vec<PipelineStage>,
    /// 건수 | Count
    ///
    /// Of the open ones.
    pub count: i64,
    /// 금액 | Amount
    pub amount: MoneySum,
    /// 가중 금액 | Weighted amount
    pub weighted_amount: MoneySum,
    /// 성공률(%) | Win rate (%)
    ///
    /// Percent of those won among those won or lost; null before there are any.
    pub win_rate: Option<Rate>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Apiv2Schema)]
pub struct Pipeline {
    /// 기준일 | As of
    pub as_of: Timestamp,
    /// 통화별 | By currency
    pub currencies: Vec<PipelineCurrency>,
    /// 진행 건수 | Open
    ///
    /// Over all currencies: how many are open, won, lost, given up.
    pub open_count: i64,
    /// 성사 건수 | Won
    pub won_count: i64,
    /// 실패 건수 | Lost
    pub lost_count: i64,
    /// 취소 건수 | Cancelled
    pub cancelled_count: i64,
    /// 성공률(%) | Win rate (%)
    ///
    /// Percent of those won among those won or lost; null before there are any.
    pub win_rate: Option<Rate>,
}

/// The sums of what stands at one place, in one currency.
#[derive(Clone, Debug, FromQueryResult)]
struct Sums {
    currency: Currency,
    stage: Stage,
    status: Status,
    count: i64,
    amount: MoneySum,
    weighted: MoneySum,
    stage_seconds: i64,
    opened_seconds: i64,
}

async fn sums(scope: &Scope, query: &PipelineQuery) -> Result<Vec<Sums>> {
    let total = |column: Column| column.sum().cast_as("bigint");
    let money = |column: Column| Expr::cust(MoneySum::of(&format!("crm_opportunities.{}", column.as_str())));
    let mut find = scope.find::<Entity>();
    for (column, id) in
        [(Column::OwnerId, query.owner_id), (Column::DepartmentId, query.department_id), (Column::PartnerId, query.partner_id)]
    {
        if let Some(id) = id {
            find = find.filter(column.eq(id));
        }
    }
    if let Some(currency) = &query.currency {
        find = find.filter(Column::Currency.eq(currency.to_string()));
    }
    if let Some(day) = query.expected_close_date_from {
        find = find.filter(Column::ExpectedCloseDate.gte(day));
    }
    if let Some(day) = query.expected_close_date_to {
        find = find.filter(Column::ExpectedCloseDate.lt(day));
    }
    find.select_only()
        .column(Column::Currency)
        .column(Column::Stage)
        .column(Column::Status)
        .column_as(Column::Id.count(), "count")
        .column_as(money(Column::Amount), "amount")
        .column_as(money(Column::ExpectedRevenue), "weighted")
        .column_as(total(Column::StageSecond), "stage_seconds")
        .column_as(total(Column::OpenedSecond), "opened_seconds")
        .group_by(Column::Currency)
        .group_by(Column::Stage)
        .group_by(Column::Status)
        .order_by_asc(Column::Currency)
        .all_as()
        .await
}

fn rounded(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

fn win_rate(won: i64, lost: i64) -> Option<Rate> {
    let rate = Decimal::from(won * 100).checked_div(Decimal::from(won + lost))?;
    Rate::from_decimal(rounded(rate, 2))
}

/// One stage of a currency out of the sums.
fn stage_of(sums: &[&Sums], stage: Stage, now: Timestamp) -> PipelineStage {
    let here = sums.iter().find(|sum| sum.stage == stage && sum.status != Status::Cancelled);
    let Some(here) = here else {
        return PipelineStage { stage, count: 0, amount: MoneySum::ZERO, weighted_amount: MoneySum::ZERO, average_days: None };
    };
    let seconds =
        if stage.is_open() { now.unix_seconds() * here.count - here.stage_seconds } else { here.stage_seconds - here.opened_seconds };
    let days = Decimal::from(seconds).checked_div(Decimal::from(here.count * 24 * 60 * 60));
    PipelineStage {
        stage,
        count: here.count,
        amount: here.amount,
        weighted_amount: here.weighted,
        average_days: days.and_then(|days| Qty::from_decimal(rounded(days, 1))),
    }
}

fn pipeline_of(sums: &[Sums], now: Timestamp) -> Pipeline {
    let count = |of: &[&Sums], status| of.iter().filter(|sum| sum.status == status).map(|sum| sum.count).sum::<i64>();
    let mut currencies: Vec<&Currency> = sums.iter().map(|sum| &sum.currency).collect();
    currencies.dedup();
    let currencies = currencies
        .into_iter()
        .map(|currency| {
            let of: Vec<&Sums> = sums.iter().filter(|sum| sum.currency == *currency).collect();
            let stages: Vec<PipelineStage> =
                OPEN.into_iter().chain([Stage::Won, Stage::Lost]).map(|stage| stage_of(&of, stage, now)).collect();
            let open = &stages[..OPEN.len()];
            PipelineCurrency {
                currency: currency.clone(),
                count: open.iter().map(|stage| stage.count).sum(),
                amount: open.iter().map(|stage| stage.amount).sum(),
                weighted_amount: open.iter().map(|stage| stage.weighted_amount).sum(),
                win_rate: win_rate(count(&of, Status::Won), count(&of, Status::Lost)),
                stages,
            }
        })
        .collect();
    let all: Vec<&Sums> = sums.iter().collect();
    let (won, lost) = (count(&all, Status::Won), count(&all, Status::Lost));
    Pipeline {
        as_of: now,
        currencies,
        open_count: count(&all, Status::Open),
        won_count: won,
        lost_count: lost,
        cancelled_count: count(&all, Status::Cancelled),
        win_rate: win_rate(won, lost),
    }
}

/// The pipeline: count, amount, weighted amount and days by stage, and the win rate
///
/// For each currency, of the opportunities that the filters leave; those that are closed count in the win rate only.
#[api_v2_operation]
pub async fn pipeline(cx: Allowed<resource::Read<Opportunities>>, query: Query<PipelineQuery>) -> Api<Pipeline> {
    let sums = sums(&cx.read().await?, &query.0).await?;
    Ok(Reply::new(&pipeline_of(&sums, cx.platform().now()))?)
}
