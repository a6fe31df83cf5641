//! Which role holds which permission, one row each: attached and detached. The role's own list
//! says the same; both are written together.

use auth::{
    Allowed, Door,
    entities::{
        idam_permission,
        idam_role::Model as Role,
        idam_role_permission::{ActiveModel, Column, Entity, Model},
    },
    permissions,
};
use envelope::{Api, Body, Created, RowId, web};
use kernel::{Error, Realm, Result};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Changing, Deleted, ReadOnly, Resource, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use store::{Tx, values_of};
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PlatformRolePermissionCreate")]
pub struct Create {
    pub role_id: Uuid,
    /// Only what you hold yourself can be given.
    pub permission_id: Uuid,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformRolePermissionFilter")]
pub struct Filter {
    pub role_id: Option<Uuid>,
    pub permission_id: Option<Uuid>,
}

/// Permissions that roles hold.
pub struct RolePermissions;

impl Resource for RolePermissions {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "idam";
    const NAME: &'static str = "role-permissions";
    const NOUN: &'static str = "role_permission";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::GrantedAt];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str = r#"{"role_id": "@/idam/roles", "permission_id": "@/idam/permissions?code=idam.sessions.read"}"#;
}

/// The role of a grant, locked, with the permission's code.
async fn ends(door: &Door, tx: &Tx, role: Uuid, permission: Uuid) -> Result<(Role, String)> {
    let role = permissions::lock_role(tx, role).await?;
    <crate::roles::Roles as Resource>::may_change(&role)?;
    // a role that holds more than the caller does is not theirs to change
    door.are_held(tx, &role.permissions.0)?;
    let find = tx.find::<idam_permission::Entity>().filter(idam_permission::Column::Id.eq(permission));
    let permission = find.one().await?.ok_or_else(|| Error::no_such("permission_id"))?;
    Ok((role, permission.code.to_string()))
}

async fn attach(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    let (Some(role), Some(permission)) = (changing.id_in("role_id"), changing.id_in("permission_id")) else { return Ok(()) };
    let (role, code) = ends(door, tx, role, permission).await?;
    door.may_give(tx, "permission_id", std::slice::from_ref(&code))?;
    door.step_up()?;
    permissions::attached(tx, &role, &code).await
}

async fn detach(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    let Some(row) = changing.before::<Model>()? else { return Ok(()) };
    let (role, code) = ends(door, tx, row.role_id, row.permission_id).await?;
    permissions::detached(tx, &role, &code).await
}

/// Attach a permission to a role
///
/// Whoever has the role may do it at once. The caller must hold the permission too, and shows the second factor again.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<RolePermissions>>, body: Body<Create>) -> Created<Model> {
    let (now, by) = (cx.platform().now(), cx.principal().user_id);
    let model = ActiveModel { granted_at: Set(now), granted_by: Set(Some(by)), ..body.0.into_active_model() };
    let spec = Spec::of::<RolePermissions>()?;
    let answer = resource::create_with(&cx, spec, values_of(&model), &|door, tx, changing| Box::pin(attach(door, tx, changing))).await?;
    cx.platform().forget_sessions();
    Ok(answer.into())
}

/// Detach a permission from a role
///
/// Whoever has the role loses it at once, unless another role of theirs grants it.
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<RolePermissions>>, id: RowId) -> Api<Deleted> {
    let spec = Spec::of::<RolePermissions>()?;
    let answer = resource::delete_with(&cx, spec, *id, &|door, tx, changing| Box::pin(detach(door, tx, changing))).await?;
    cx.platform().forget_sessions();
    Ok(answer.into())
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/role-permissions")
        .service(web::resource("").route(resource::list::<RolePermissions>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<RolePermissions>()))
        .service(web::resource("/{id}").route(resource::get::<RolePermissions>()).route(web::delete().to(delete)))
}
