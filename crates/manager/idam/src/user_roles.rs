//! Which of the provider's people has which role, until when.

use auth::{
    Allowed, Door,
    entities::idam_user_role::{ActiveModel, Column, Entity, Model, Status},
    roles::keep_the_last_in,
};
use envelope::{Api, Body, Created, RawBody, RowId, web};
use kernel::{Change, Error, Patch, Realm, Result, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use people::user_roles;
use resource::{Changing, Deleted, RangeKind, Resource, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{Tx, values_of};
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PlatformUserRoleCreate")]
pub struct Create {
    pub user_id: Uuid,
    /// Only a role that holds no more than you do.
    pub role_id: Uuid,
    pub expires_at: Option<Timestamp>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformUserRoleUpdate")]
pub struct Update {
    pub expires_at: Patch<Timestamp>,
    /// ACTIVE or INACTIVE. One that EXPIRED is ACTIVE again with another `expires_at`.
    pub status: Change<Status>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformUserRoleFilter")]
pub struct Filter {
    pub user_id: Option<Uuid>,
    pub role_id: Option<Uuid>,
    pub granted_by: Patch<Uuid>,
    pub status: Option<Status>,
}

/// Roles of the provider's people.
pub struct UserRoles;

impl Resource for UserRoles {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "idam";
    const NAME: &'static str = "user-roles";
    const NOUN: &'static str = "user_role";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::GrantedAt, Column::ExpiresAt];
    const SEARCH: &'static [Column] = &[];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::ExpiresAt, RangeKind::Time)];
    const EXAMPLE: &'static str = r#"{"user_id": "@/idam/users", "role_id": "@/idam/roles", "expires_at": "2099-12-31T00:00:00.{n}1Z"}"#;
}

/// Longer, or again, is giving; an end or a sleep may take the last one away.
async fn fits(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    user_roles::may_give(door, tx, &changing).await?;
    match changing.before::<Model>()? {
        Some(row) => keep_the_last_in(tx, row.user_id, row.role_id).await,
        None => Ok(()),
    }
}

/// Give a role to one of the provider's people
///
/// The caller must hold whatever the role holds, and `expires_at` lies ahead. A grant that has run out begins anew.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<UserRoles>>, body: Body<Create>) -> Created<Model> {
    cx.must_lie_ahead("expires_at", body.0.expires_at)?;
    let (now, by) = (cx.platform().now(), cx.principal().user_id);
    let spec = Spec::of::<UserRoles>()?;
    let scope = cx.read().await?;
    let same = scope.find::<Entity>().filter(Column::UserId.eq(body.0.user_id)).filter(Column::RoleId.eq(body.0.role_id));
    let run_out = same.filter(Column::ExpiresAt.lte(now)).one().await?;
    drop(scope);
    if let Some(row) = run_out {
        // a grant that has run out is given anew
        let wanted = json!({"status": Status::Active, "expires_at": body.0.expires_at});
        let answer = people::update(&cx, spec, row.id, wanted, &|door, tx, changing| Box::pin(fits(door, tx, changing))).await?;
        return Ok(answer.into());
    }
    let model = ActiveModel { granted_at: Set(Some(now)), granted_by: Set(Some(by)), ..body.0.into_active_model() };
    let answer = resource::create_with(&cx, spec, values_of(&model), &|door, tx, changing| Box::pin(fits(door, tx, changing))).await?;
    cx.platform().forget_sessions();
    Ok(answer.into())
}

/// Change until when somebody has a role, or whether it counts
///
/// A merge patch. `expires_at` lies ahead; the last administrator keeps the role.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<UserRoles>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let wanted = envelope::check::<Update>(body.json.clone())?;
    cx.must_lie_ahead("expires_at", wanted.expires_at.value().copied())?;
    if wanted.status.value() == Some(&Status::Expired) {
        return Err(Error::field("status", "enum", "ACTIVE 또는 INACTIVE여야 합니다.", "must be ACTIVE or INACTIVE").into());
    }
    let spec = Spec::of::<UserRoles>()?;
    let answer = people::update(&cx, spec, *id, body.json, &|door, tx, changing| Box::pin(fits(door, tx, changing))).await?;
    Ok(answer.into())
}

/// Take a role away
///
/// It counts at once. The last administrator keeps the role.
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<UserRoles>>, id: RowId) -> Api<Deleted> {
    let answer = people::delete(&cx, Spec::of::<UserRoles>()?, *id, &|door, tx, changing: Changing<'_>| {
        Box::pin(async move {
            let Some(row) = changing.before::<Model>()? else { return Ok(()) };
            user_roles::may_take(door, tx, row.role_id).await?;
            keep_the_last_in(tx, row.user_id, row.role_id).await
        })
    })
    .await?;
    Ok(answer.into())
}

pub(crate) fn routes() -> web::Scope {
    people::routes::<UserRoles>(web::post().to(create), web::patch().to(update), web::delete().to(delete))
}
