//! Which stages a deal has been in, and since when.

use super::{
    entity::{self, Stage, Status},
    rules::{OPEN, seconds},
};
use auth::Allowed;
use envelope::{Api, Reply, RowId};
use kernel::{Error, Result, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder, entity::prelude::StringLen};
use serde::Serialize;
use store::{Scope, Tx};
use uuid::Uuid;

resource::string_enum! {
    /// A stage, or the end that has no stage of its own.
    pub Place ("OpportunityPlace") { Lead, Qualified, Proposal, Negotiation, Closing, Won, Lost, Cancelled }
}

impl Place {
    pub(super) fn of(stage: Stage, status: Status) -> Self {
        match (status, stage) {
            (Status::Cancelled, _) => Self::Cancelled,
            (_, Stage::Lead) => Self::Lead,
            (_, Stage::Qualified) => Self::Qualified,
            (_, Stage::Proposal) => Self::Proposal,
            (_, Stage::Negotiation) => Self::Negotiation,
            (_, Stage::Closing) => Self::Closing,
            (_, Stage::Won) => Self::Won,
            (_, Stage::Lost) => Self::Lost,
        }
    }
}

pub mod row {
    use super::Place;
    use kernel::Timestamp;
    use macros::record;
    use sea_orm::entity::prelude::*;

    #[record(table = "crm_opportunity_stages", columns = own)]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        pub opportunity_id: Uuid,
        /// Where it came from; none for the first.
        pub from_stage: Option<Place>,
        pub stage: Place,
        pub entered_at: Timestamp,
        pub left_at: Option<Timestamp>,
        pub entered_by: Option<Uuid>,
        pub created_at: Timestamp,
    }
}
use row::{ActiveModel, Column, Entity, Model};

async fn all_of(scope: &Scope, opportunity: Uuid) -> Result<Vec<Model>> {
    let find = scope.find::<Entity>().filter(Column::OpportunityId.eq(opportunity));
    find.order_by_asc(Column::EnteredAt).order_by_asc(Column::Id).all().await
}

/// Writes down that a deal stands somewhere else from now on.
pub(super) async fn enter(tx: &Tx, opportunity: Uuid, place: Place, at: Timestamp) -> Result<()> {
    let before = tx.find::<Entity>().filter(Column::OpportunityId.eq(opportunity)).filter(Column::LeftAt.is_null()).one().await?;
    if let Some(before) = &before {
        tx.update(before.id, &ActiveModel { left_at: Set(Some(at)), ..Default::default() }).await?;
    }
    let row = ActiveModel {
        opportunity_id: Set(opportunity),
        from_stage: Set(before.map(|before| before.stage)),
        stage: Set(place),
        entered_at: Set(at),
        left_at: Set(None),
        entered_by: Set(tx.context().actor.id),
        ..Default::default()
    };
    tx.insert(&row).await.map(|_| ())
}

/// The stage a deal had before it was closed.
pub(super) async fn last_open(scope: &Scope, opportunity: Uuid) -> Result<Stage> {
    let rows = all_of(scope, opportunity).await?;
    let stages = rows.iter().rev().filter_map(|row| OPEN.into_iter().find(|stage| Place::of(*stage, Status::Open) == row.stage));
    Ok(stages.into_iter().next().unwrap_or(Stage::Lead))
}

/// How long a deal stood somewhere.
#[derive(Serialize, Apiv2Schema)]
pub struct StageSpan {
    /// 단계 | Stage
    pub stage: Place,
    /// 이전 단계 | From stage
    ///
    /// Where it came from; null for the first.
    pub from_stage: Option<Place>,
    /// 진입 일시 | Entered
    pub entered_at: Timestamp,
    /// 이탈 일시 | Left
    ///
    /// Null: it stands there now.
    pub left_at: Option<Timestamp>,
    /// 처리자 | By
    pub by: Option<Uuid>,
    /// 머문 시간(초) | Seconds
    ///
    /// Up to now, or up to the end of the deal.
    pub seconds: i64,
    /// 일수 | Days
    ///
    /// Whole days of them.
    pub days: i64,
}

/// The way of a deal. The seconds of all spans are the age.
#[derive(Serialize, Apiv2Schema)]
pub struct OpportunityHistory {
    /// 영업 기회 | Opportunity
    pub opportunity_id: Uuid,
    /// 단계 | Stages
    pub stages: Vec<StageSpan>,
    /// 경과 시간(초) | Age in seconds
    ///
    /// From its beginning until now, or until it was won, lost or given up.
    pub age_seconds: i64,
    /// 경과 일수 | Age in days
    pub age_days: i64,
}

const DAY: i64 = 24 * 60 * 60;

fn history_of(opportunity: &entity::Model, rows: Vec<Model>, now: Timestamp) -> OpportunityHistory {
    // the clock of a deal that is closed has stopped when it came there
    let end = if opportunity.status == Status::Open { now } else { opportunity.stage_entered_at };
    let begin = rows.first().map_or(opportunity.created_at, |row| row.entered_at);
    let span = |row: Model| {
        let seconds = seconds(row.entered_at, row.left_at.unwrap_or(end));
        StageSpan {
            stage: row.stage,
            from_stage: row.from_stage,
            entered_at: row.entered_at,
            left_at: row.left_at,
            by: row.entered_by,
            seconds,
            days: seconds / DAY,
        }
    };
    let age_seconds = seconds(begin, end);
    OpportunityHistory {
        opportunity_id: opportunity.id,
        stages: rows.into_iter().map(span).collect(),
        age_seconds,
        age_days: age_seconds / DAY,
    }
}

/// The stages of one opportunity, with how long it stood in each
///
/// From the first to the one it is in; a closed one counts until it was closed.
#[api_v2_operation]
pub async fn history(cx: Allowed<resource::Read<super::Opportunities>>, id: RowId) -> Api<OpportunityHistory> {
    let scope = cx.read().await?;
    let found = scope.find::<entity::Entity>().filter(entity::Column::Id.eq(*id)).one().await?.ok_or_else(Error::not_found)?;
    let rows = all_of(&scope, *id).await?;
    Ok(Reply::new(&history_of(&found, rows, cx.platform().now()))?)
}
