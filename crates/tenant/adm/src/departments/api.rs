use super::{
    Create, Departments, Update,
    entity::{self, ActiveModel, Column, Entity, Model},
    places::{History, Place, hold, is_planned, note, sibling, stands},
    tree::{Node, as_of},
};
use crate::rules;
use auth::{Allowed, AllowedInDepartment, Door};
use envelope::{Answer, Api, Body, Created, Query, RawBody, Reply, RowId};
use kernel::{Day, Error, Patch, Result};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Acting, Changing, Deleted, Done, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{Tx, values_of};
use uuid::Uuid;

/// A parent is of the same organization, and nothing stands below itself. A change is a move with effect from today.
pub async fn check_parent(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    if changing.value("parent_id").is_none() {
        return Ok(());
    }
    let parent = changing.id_in("parent_id");
    let Some(row) = changing.before::<Model>()? else {
        let Some(parent) = parent else { return Ok(()) };
        let organization = changing.id_in("organization_id").ok_or_else(|| Error::no_such("organization_id"))?;
        return sibling(&hold(tx, organization).await?, parent, "parent_id").map(|_| ());
    };
    let siblings = hold(tx, row.organization_id).await?;
    note(tx, &siblings, &row, parent, door.today().max(row.valid_from)).await.map(|_| ())
}

/// Create one department
///
/// Below `parent_id`, else directly below the organization; from `valid_from` on, today when left out.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Departments>>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    wanted.valid_from.get_or_insert_with(|| cx.today());
    let values = values_of(&wanted.into_active_model());
    let spec = Spec::of::<Departments>()?;
    let answer = resource::create_with(&cx, spec, values, &|door, tx, changing| Box::pin(check_parent(door, tx, changing))).await?;
    Ok(answer.into())
}

/// Change or move one department; a right for it, or for one above it, is enough
///
/// A merge patch. Another `parent_id` moves it today, all below it with it; `/move` does so on another day.
#[api_v2_operation]
pub async fn update(cx: AllowedInDepartment<resource::Update<Departments>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let cx = cx.at(*id).await?;
    let answer = resource::update_with(&cx, Spec::of::<Departments>()?, *id, body.json, &|door, tx, changing| {
        Box::pin(async move {
            // whoever moves it holds the right where it goes, too
            if changing.value("parent_id").is_some() {
                door.demand_in_department(tx, door.permission(), changing.id_in("parent_id")).await?;
            }
            check_parent(door, tx, changing).await
        })
    })
    .await?;
    Ok(answer.into())
}

/// Delete one department that nobody refers to
///
/// 409 while people, other departments or a planned move refer to it. `close` ends one that was in use.
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<Departments>>, id: RowId) -> Api<Deleted> {
    Ok(remove(&cx, *id).await?.into())
}

/// Deletes a department that nobody refers to.
pub async fn remove(cx: &Door, id: Uuid) -> Result<Answer> {
    resource::delete_with(cx, Spec::of::<Departments>()?, id, &|door, tx, changing| {
        Box::pin(async move {
            if let Some(row) = changing.before::<Model>()? {
                hold(tx, row.organization_id).await?;
            }
            nobody_comes(&History::of(tx).await?, id, door.today())
        })
    })
    .await
}

/// 409 where a move below it is planned.
pub(super) fn nobody_comes(history: &History, id: Uuid, after: Day) -> Result<()> {
    if history.is_awaited(id, after) {
        return Err(rules::DEPARTMENT_AWAITED.error());
    }
    Ok(())
}

pub(super) fn not_that_day() -> Error {
    let (ko, en) = ("부서가 존재하는 기간의 날짜여야 합니다.", "must be a day on which the department exists");
    Error::field("effective_date", "range", ko, en)
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "DepartmentMove")]
pub struct Moving {
    /// 상위 부서 | Parent
    ///
    /// Another department of the same organization; null: directly below the organization. Never left out.
    pub parent_id: Patch<Uuid>,
    /// 시행일 | Effective date
    ///
    /// Today when left out; a day to come is a planned move.
    pub effective_date: Option<Day>,
}

/// Moves a department from a day on, all below it with it: at once, or when the day has come ([`super::places::settle`]).
pub(super) async fn shift(cx: &Acting<'_>, row: &Model, wanted: &Moving) -> Result<Done<ActiveModel>> {
    let (door, today) = (cx.door()?, cx.today());
    let day = wanted.effective_date.unwrap_or(today);
    let siblings = hold(cx.tx, row.organization_id).await?;
    let parent = match wanted.parent_id {
        Patch::Absent => return Err(Error::field("parent_id", "required", "필수 항목입니다.", "is required")),
        Patch::Null => None,
        Patch::Value(parent) => Some(parent),
    };
    door.demand_in_department(cx.tx, door.permission(), parent).await?;
    if !stands(row, day) {
        return Err(not_that_day());
    }
    if !note(cx.tx, &siblings, row, parent, day).await? {
        return Ok(Done::Already);
    }
    // said for a planned move, too, which leaves the row as it is
    cx.note(json!({"parent_id": parent, "effective_date": day}));
    Ok(Done::Changes(if is_planned(row, day, today) {
        ActiveModel::default()
    } else {
        ActiveModel { parent_id: Set(parent), ..Default::default() }
    }))
}

/// Where one department stood, stands and is to stand
///
/// One entry for each parent it had, has or is to have, with the days from and until.
#[api_v2_operation]
pub async fn history(cx: Allowed<resource::Read<Departments>>, id: RowId) -> Api<Vec<Place>> {
    let scope = cx.read().await?;
    let row = scope.find::<Entity>().filter(Column::Id.eq(*id)).one().await?.ok_or_else(Error::not_found)?;
    Ok(Reply::new(&History::of(&scope).await?.places(&row))?)
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct TreeQuery {
    /// 조직 | Organization
    pub organization_id: Option<Uuid>,
    /// 기준일 | As of
    ///
    /// The day to look at; today when left out.
    pub as_of: Option<Day>,
}

/// The tree as it stands on a day
///
/// A list with depths, each department behind the one above it. `as_of` may lie in the past or ahead.
#[api_v2_operation]
pub async fn tree(cx: Allowed<resource::Read<Departments>>, query: Query<TreeQuery>) -> Api<Vec<Node>> {
    let scope = cx.read().await?;
    let mut find = scope.find::<entity::Entity>();
    if let Some(organization) = query.0.organization_id {
        find = find.filter(entity::Column::OrganizationId.eq(organization));
    }
    let day = query.0.as_of.unwrap_or_else(|| cx.today());
    let (mut rows, history) = (find.all().await?, History::of(&scope).await?);
    for row in &mut rows {
        row.parent_id = history.parent_on(row, day);
    }
    Ok(Reply::new(&as_of(rows, day))?)
}
