//! Further roles of the company's people: until when, and where.

use crate::rules;
use auth::{
    Allowed, Door,
    entities::adm_user_role::{ActiveModel, Column, Entity, Model},
    roles::keep_the_last_in,
};
use envelope::{Api, Body, Created, RawBody, RowId, web};
use kernel::{Error, Patch, Permission, Realm, Result, Text, Timestamp, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use people::user_roles;
use resource::{Acting, Action, Changing, Deleted, Done, RangeKind, Resource, Spec, action};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{AuditEntry, Columns, Event, Tx, values_of};
use uuid::Uuid;

permission! {
    /// The catalogue's by the action; another API asks for it by its type.
    pub Revoke = "adm", "user-roles", "revoke";
}

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "UserRoleCreate")]
pub struct Create {
    pub user_id: Uuid,
    /// Only a role that holds no more than you do.
    pub role_id: Uuid,
    /// With one the role counts in this department and below it only.
    pub department_id: Option<Uuid>,
    pub expires_at: Option<Timestamp>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "UserRoleUpdate")]
pub struct Update {
    pub expires_at: Patch<Timestamp>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "UserRoleFilter")]
pub struct Filter {
    pub user_id: Option<Uuid>,
    pub role_id: Option<Uuid>,
    pub department_id: Patch<Uuid>,
    pub is_active: Option<bool>,
}

/// Further roles of the company's people.
pub struct UserRoles;

impl Resource for UserRoles {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
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
    const EXAMPLE: &'static str = r#"{"user_id": "@/adm/users", "role_id": "@/adm/roles", "expires_at": "2099-12-31T00:00:00.{n}1Z"}"#;

    fn actions() -> Vec<Action> {
        vec![
            action("revoke", "revoked", "Take a role back; the grant stays as history")
                .does(revoke)
                .event_fields(whose)
                .after_commit(auth::forget_sessions),
        ]
    }

    fn may_change(row: &Model) -> Result<()> {
        if row.is_active {
            return Ok(());
        }
        Err(rules::ROLE_REVOKED.error())
    }

    fn may_delete(_: &Model) -> Result<()> {
        Ok(())
    }
}

/// A role that ends or goes may be the last administrator's.
async fn keep(tx: &Tx, row: &Model) -> Result<()> {
    if row.department_id.is_some() || !row.is_active {
        return Ok(());
    }
    keep_the_last_in(tx, row.user_id, row.role_id).await
}

/// Longer is giving; an end may take the last administrator's away.
pub async fn fits(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    user_roles::may_give(door, tx, &changing).await?;
    if let Some(row) = changing.before::<Model>()? {
        return keep(tx, &row).await;
    }
    let new = |column: &str| changing.id_in(column).ok_or_else(|| Error::no_such(column));
    close_expired(tx, new("user_id")?, new("role_id")?, changing.id_in("department_id")).await
}

/// A grant that has run out becomes history, so that the role can be given anew.
async fn close_expired(tx: &Tx, user: Uuid, role: Uuid, department: Option<Uuid>) -> Result<()> {
    let same = tx
        .find::<Entity>()
        .filter(Column::UserId.eq(user))
        .filter(Column::RoleId.eq(role))
        .filter(department.map_or_else(|| Column::DepartmentId.is_null(), |id| Column::DepartmentId.eq(id)))
        .filter(Column::IsActive.eq(true))
        .filter(Column::ExpiresAt.lte(tx.now()));
    for row in same.all().await? {
        tx.update(row.id, &ActiveModel { is_active: Set(false), ..Default::default() }).await?;
    }
    Ok(())
}

/// Give somebody a further role
///
/// Everywhere, or in `department_id` and below. The caller must hold whatever the role holds, and `expires_at` lies ahead.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<UserRoles>>, body: Body<Create>) -> Created<Model> {
    cx.must_lie_ahead("expires_at", body.0.expires_at)?;
    let values = granted(&cx, body.0.into_active_model());
    let answer =
        resource::create_with(&cx, Spec::of::<UserRoles>()?, values, &|door, tx, changing| Box::pin(fits(door, tx, changing))).await?;
    cx.platform().forget_sessions();
    Ok(answer.into())
}

/// A grant of the caller's, now.
pub fn granted(cx: &Door, grant: ActiveModel) -> Columns {
    let (now, by) = (cx.platform().now(), cx.principal().person());
    values_of(&ActiveModel { granted_at: Set(Some(now)), granted_by: Set(by), ..grant })
}

/// Change until when somebody has a role
///
/// A merge patch. `expires_at` lies ahead, and a longer time asks for what giving the role asks for.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<UserRoles>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let wanted = envelope::check::<Update>(body.json.clone())?;
    cx.must_lie_ahead("expires_at", wanted.expires_at.value().copied())?;
    let spec = Spec::of::<UserRoles>()?;
    let answer = people::update(&cx, spec, *id, body.json, &|door, tx, changing| Box::pin(fits(door, tx, changing))).await?;
    Ok(answer.into())
}

/// Delete a grant as if it had never been
///
/// For one that was made by mistake: `revoke` takes a role back and keeps the grant as history.
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<UserRoles>>, id: RowId) -> Api<Deleted> {
    let answer = people::delete(&cx, Spec::of::<UserRoles>()?, *id, &|door, tx, changing: Changing<'_>| {
        Box::pin(async move {
            let Some(row) = changing.before::<Model>()? else { return Ok(()) };
            user_roles::may_take(door, tx, row.role_id).await?;
            keep(tx, &row).await
        })
    })
    .await?;
    Ok(answer.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "UserRoleRevocation")]
pub struct Revocation {
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}

/// What is published of a grant that was taken back.
fn whose(row: &Model) -> serde_json::Value {
    json!({"user_id": row.user_id, "role_id": row.role_id})
}

/// Takes a role back from somebody who is not the last administrator by it.
async fn revoke(cx: &Acting<'_>, row: &Model, input: &Revocation) -> Result<Done<ActiveModel>> {
    if !is_to_end(cx.door()?, cx.tx, row).await? {
        return Ok(Done::Already);
    }
    Ok(Done::Changes(ended(cx.tx, input.reason.clone())))
}

/// Whether a grant is still to be taken back; refuses where the caller may not, and where somebody must keep it.
async fn is_to_end(door: &Door, tx: &Tx, row: &Model) -> Result<bool> {
    user_roles::may_take(door, tx, row.role_id).await?;
    if !row.is_active {
        return Ok(false);
    }
    keep(tx, row).await?;
    Ok(true)
}

/// What a grant is that is taken back now.
fn ended(tx: &Tx, reason: Option<Text<500>>) -> ActiveModel {
    ActiveModel {
        is_active: Set(false),
        revoked_at: Set(Some(tx.now())),
        revoked_by: Set(tx.context().actor.id),
        revoke_reason: Set(reason),
        ..Default::default()
    }
}

/// `revoke` as a part of a larger change, of a grant whose user is locked by the transaction; one that was revoked already stays as it is.
pub async fn take_back(door: &Door, tx: &Tx, row: Model, reason: Option<Text<500>>) -> Result<Model> {
    if !is_to_end(door, tx, &row).await? {
        return Ok(row);
    }
    let changed = tx.update(row.id, &ended(tx, reason.clone())).await?.ok_or_else(Error::not_found)?;
    let entry = AuditEntry::new(store::Action::Execute, Revoke::KEY.to_string(), "adm.user-roles", row.id);
    tx.audit(entry.change(&json!({"is_active": true}), &json!({"is_active": false, "reason": reason})));
    tx.publish(Event::new("adm.user_role.revoked", row.id, json!({"id": row.id, "user_id": row.user_id, "role_id": row.role_id})));
    Ok(changed)
}

pub(crate) fn routes() -> web::Scope {
    people::routes::<UserRoles>(web::post().to(create), web::patch().to(update), web::delete().to(delete))
}
