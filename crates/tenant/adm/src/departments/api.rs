use super::{
    Create, Departments, Update,
    entity::{self, Model},
    tree::{Node, as_of, makes_cycle},
};
use crate::organizations;
use auth::{Allowed, AllowedInDepartment};
use envelope::{Api, Body, Created, Query, RawBody, Reply, RowId};
use kernel::{Day, Error, Result};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Changing, Spec};
use sea_orm::{ColumnTrait, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use store::{Tx, values_of};
use uuid::Uuid;

/// A parent is of the same organization, and nothing stands below itself.
pub(crate) async fn hangs_well(tx: &Tx, changing: Changing<'_>) -> Result<()> {
    let Some(parent) = changing.id_in("parent_id") else { return Ok(()) };
    let before = changing.before::<Model>()?;
    let organization = before
        .map(|row| row.organization_id)
        .or_else(|| changing.id_in("organization_id"))
        .ok_or_else(|| Error::no_such("organization_id"))?;
    // two moves at once could hang each below the other; so moves of one organization wait for each other
    let held =
        tx.find::<organizations::entity::Entity>().filter(organizations::entity::Column::Id.eq(organization)).for_update().one().await?;
    held.ok_or_else(|| Error::no_such("organization_id"))?;
    let siblings = tx.find::<entity::Entity>().filter(entity::Column::OrganizationId.eq(organization)).all().await?;
    let parents = siblings.iter().map(|row| (row.id, row.parent_id)).collect();
    if !siblings.iter().any(|row| row.id == parent) {
        return Err(Error::field(
            "parent_id",
            "same_organization",
            "같은 조직의 부서여야 합니다.",
            "must be a department of the same organization",
        ));
    }
    match changing.id {
        Some(id) if makes_cycle(id, parent, &parents) => {
            Err(Error::rule("adm.department_cycle", "자기 하위 부서 아래로 옮길 수 없습니다.", "A department cannot stand below itself."))
        }
        _ => Ok(()),
    }
}

/// Create one department
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Departments>>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    wanted.valid_from.get_or_insert_with(|| cx.today());
    let values = values_of(&wanted.into_active_model());
    let answer =
        resource::create_with(&cx, Spec::of::<Departments>()?, values, &|_, tx, changing| Box::pin(hangs_well(tx, changing))).await?;
    Ok(answer.into())
}

/// Change or move one department; a right for it, or for one above it, is enough
#[api_v2_operation]
pub async fn update(cx: AllowedInDepartment<resource::Update<Departments>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let cx = cx.at(*id).await?;
    let answer = resource::update_with(&cx, Spec::of::<Departments>()?, *id, body.json, &|door, tx, changing| {
        Box::pin(async move {
            // whoever moves it holds the right where it goes, too
            if changing.value("parent_id").is_some() {
                door.demand_in_department(tx, door.permission(), changing.id_in("parent_id")).await?;
            }
            hangs_well(tx, changing).await
        })
    })
    .await?;
    Ok(answer.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct TreeQuery {
    pub organization_id: Option<Uuid>,
    /// The day to look at; today when left out.
    pub as_of: Option<Day>,
}

/// The tree as it stands on a day
#[api_v2_operation]
pub async fn tree(cx: Allowed<resource::Read<Departments>>, query: Query<TreeQuery>) -> Api<Vec<Node>> {
    let scope = cx.read().await?;
    let mut find = scope.find::<entity::Entity>();
    if let Some(organization) = query.0.organization_id {
        find = find.filter(entity::Column::OrganizationId.eq(organization));
    }
    let day = query.0.as_of.unwrap_or_else(|| cx.today());
    Ok(Reply::new(&as_of(find.all().await?, day))?)
}
