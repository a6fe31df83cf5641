//! Roles: sets of permissions with a name.

use crate::rules;
use auth::{
    Allowed, Door,
    entities::adm_role::{ActiveModel, Column, Entity, Grants, Model},
};
use envelope::{Answer, Api, Body, Created, RawBody, RowId, web};
use kernel::{Change, CodeText, Memo, Patch, Realm, Result, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use people::roles::is_within_own_rights;
use resource::{Deleted, Resource, Spec};
use sea_orm::{DeriveIntoActiveModel, IntoActiveModel};
use serde::Deserialize;
use store::values_of;
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "RoleCreate")]
pub struct Create {
    pub code: CodeText<50>,
    pub name: Text<100>,
    pub description: Option<Memo>,
    /// Only what you hold yourself can be given.
    pub permissions: Option<Grants>,
    pub is_active: Option<bool>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "RoleUpdate")]
pub struct Update {
    pub name: Change<Text<100>>,
    pub description: Patch<Memo>,
    /// Replaces the set. Only what you hold yourself can be given.
    pub permissions: Change<Grants>,
    pub is_active: Change<bool>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "RoleFilter")]
pub struct Filter {
    pub code: Option<CodeText<50>>,
    pub is_system: Option<bool>,
    pub is_active: Option<bool>,
}

/// Roles of the company.
pub struct Roles;

impl Resource for Roles {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "roles";
    const NOUN: &'static str = "role";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Name, Column::Code, Column::No];
    const SEARCH: &'static [Column] = &[Column::Name, Column::Code];
    const RUNNING_NO: bool = true;
    const EXAMPLE: &'static str =
        r#"{"code": "CLERK_{n}", "name": "사무 {n}", "permissions": ["adm.organizations.read", "adm.departments.*"]}"#;

    fn may_change(row: &Model) -> Result<()> {
        if row.is_system {
            return Err(rules::SYSTEM_ROLE.error());
        }
        Ok(())
    }
}

/// Create one role
///
/// Its permissions must be among those that the caller holds; giving any asks for a fresh second factor.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Roles>>, body: Body<Create>) -> Created<Model> {
    let grants = body.0.permissions.as_ref().map(|grants| grants.0.clone()).unwrap_or_default();
    let values = values_of(&body.0.into_active_model());
    let answer = resource::create_with(&cx, Spec::of::<Roles>()?, values, &|door, tx, _| {
        let given = door.may_give(tx, "permissions", &grants).and_then(|()| if grants.is_empty() { Ok(()) } else { door.step_up() });
        Box::pin(async move { given })
    })
    .await?;
    Ok(answer.into())
}

/// Change one role
///
/// A merge patch; `permissions` are the whole set. The caller must hold whatever the role holds, before and after.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Roles>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let grants = envelope::check::<Update>(body.json.clone())?.permissions.value().map(|grants| grants.0.clone()).unwrap_or_default();
    let answer = people::update(&cx, Spec::of::<Roles>()?, *id, body.json, &|door, tx, changing| {
        let given = door.may_give(tx, "permissions", &grants);
        Box::pin(async move {
            given?;
            is_within_own_rights(door, tx, changing).await
        })
    })
    .await?;
    Ok(answer.into())
}

/// Delete one role that nobody has
///
/// 409 while somebody has it, or while it is built in. The caller must hold whatever it holds.
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<Roles>>, id: RowId) -> Api<Deleted> {
    Ok(remove(&cx, *id).await?.into())
}

/// Deletes a role that nobody has and that holds no more than the caller does.
pub async fn remove(cx: &Door, id: Uuid) -> Result<Answer> {
    people::delete(cx, Spec::of::<Roles>()?, id, &|door, tx, changing| Box::pin(is_within_own_rights(door, tx, changing))).await
}

pub(crate) fn routes() -> web::Scope {
    people::routes::<Roles>(web::post().to(create), web::patch().to(update), web::delete().to(delete))
}
