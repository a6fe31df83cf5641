//! What the first page says of deals and tasks.

use crate::{
    activities::entity::{self as activity, Kind, Priority},
    opportunities::{OPEN, entity as opportunity},
};
use kernel::{Currency, Day, DayTime, MoneySum, Result};
use paperclip::actix::Apiv2Schema;
use sea_orm::{
    ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;
use store::Scope;
use uuid::Uuid;

/// Tasks that are shown.
const NEXT: u64 = 5;

/// The open deals in one currency.
#[derive(Debug, FromQueryResult, Serialize, Apiv2Schema)]
pub struct HomePipeline {
    /// 통화 | Currency
    pub currency: Currency,
    /// 건수 | Count
    pub count: i64,
    /// 금액 | Amount
    pub amount: MoneySum,
    /// 가중 금액 | Weighted amount
    ///
    /// Amounts × their probabilities.
    pub weighted_amount: MoneySum,
}

/// An activity that is to be done.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct HomeTask {
    /// ID | ID
    pub id: Uuid,
    /// 활동 유형 | Activity type
    pub activity_type: Kind,
    /// 제목 | Subject
    pub subject: String,
    /// 활동일 | Activity date
    pub activity_date: Day,
    /// 시작 시각 | Start time
    pub start_time: Option<DayTime>,
    /// 우선순위 | Priority
    pub priority: Priority,
    /// 거래처 | Partner
    pub partner_id: Option<Uuid>,
}

/// The caller's own activities that are planned or under way.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct HomeTasks {
    /// 오늘 할 일 | Due today
    pub due_today: i64,
    /// 지난 할 일 | Overdue
    ///
    /// Of days before today.
    pub overdue: i64,
    /// 다음 할 일 | Next
    ///
    /// The first five by day, the overdue ones among them.
    pub next: Vec<HomeTask>,
}

/// The open deals, each currency for itself.
///
/// # Errors
/// Where the database cannot be read.
pub async fn pipeline(scope: &Scope) -> Result<Vec<HomePipeline>> {
    use opportunity::{Column, Entity, Status};
    let money = |column: &str| Expr::cust(MoneySum::of(&format!("crm_opportunities.{column}")));
    scope
        .find::<Entity>()
        // by the index, which begins with the stage
        .filter(Column::Stage.is_in(OPEN))
        .filter(Column::Status.eq(Status::Open))
        .select_only()
        .column(Column::Currency)
        .column_as(Column::Id.count().cast_as("bigint"), "count")
        .column_as(money("amount"), "amount")
        .column_as(money("expected_revenue"), "weighted_amount")
        .group_by(Column::Currency)
        .order_by_asc(Column::Currency)
        .all_as()
        .await
}

#[derive(FromQueryResult)]
struct OfDay {
    activity_date: Day,
    count: i64,
}

/// What somebody has to do.
///
/// # Errors
/// Where the database cannot be read.
pub async fn tasks(scope: &Scope, owner: Uuid, today: Day) -> Result<HomeTasks> {
    use activity::{Column, Entity, Status};
    let own =
        || scope.find::<Entity>().filter(Column::OwnerId.eq(owner)).filter(Column::Status.is_in([Status::Planned, Status::InProgress]));
    let days: Vec<OfDay> = own()
        .filter(Column::ActivityDate.lte(today))
        .select_only()
        .column(Column::ActivityDate)
        .column_as(Column::Id.count().cast_as("bigint"), "count")
        .group_by(Column::ActivityDate)
        .all_as()
        .await?;
    let count = |is_today: bool| days.iter().filter(|row| (row.activity_date == today) == is_today).map(|row| row.count).sum();
    let next = own().order_by_asc(Column::ActivityDate).order_by_asc(Column::StartsAt).order_by_asc(Column::Id).limit(NEXT).all().await?;
    let next = next.into_iter().map(|row| HomeTask {
        id: row.id,
        activity_type: row.activity_type,
        subject: row.subject.to_string(),
        activity_date: row.activity_date,
        start_time: row.start_time,
        priority: row.priority,
        partner_id: row.partner_id,
    });
    Ok(HomeTasks { due_today: count(true), overdue: count(false), next: next.collect() })
}
