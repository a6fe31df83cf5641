//! Roles of the provider's people.

use crate::rules;
use auth::{
    Allowed,
    entities::{
        adm_role::Grants,
        idam_role::{ActiveModel, Category, Column, Entity, Model, Scope, Status},
    },
    permissions,
};
use envelope::{Api, Body, Created, RawBody, Reply, RowId, web};
use kernel::{Change, CodeText, Error, Memo, Patch, Realm, Result, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use people::roles::is_within_own_rights;
use resource::{Deleted, RangeKind, Resource, Spec};
use sea_orm::{ActiveValue::Set, DeriveIntoActiveModel, IntoActiveModel};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Action, AuditEntry, Event, new_id};

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PlatformRoleCreate")]
pub struct Create {
    pub code: CodeText<100>,
    pub name: Text<100>,
    pub description: Option<Memo>,
    /// PLATFORM_SUPPORT when left out. MANAGER_ADMIN and PLATFORM_SUPPORT are GLOBAL, TENANT_USER is TENANT.
    pub category: Option<Category>,
    /// That of the category when left out.
    pub scope: Option<Scope>,
    /// 1 to 200; 100 when left out.
    pub level: Option<i32>,
    pub priority: Option<i32>,
    pub is_default: Option<bool>,
    /// Only what you hold yourself can be given.
    pub permissions: Option<Grants>,
    pub status: Option<Status>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformRoleUpdate")]
pub struct Update {
    pub name: Change<Text<100>>,
    pub description: Patch<Memo>,
    pub category: Change<Category>,
    pub scope: Change<Scope>,
    pub level: Change<i32>,
    pub priority: Change<i32>,
    pub is_default: Change<bool>,
    /// Replaces the set. Only what you hold yourself can be given.
    pub permissions: Change<Grants>,
    pub status: Change<Status>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformRoleFilter")]
pub struct Filter {
    pub code: Option<CodeText<100>>,
    pub category: Option<Category>,
    pub scope: Option<Scope>,
    pub is_default: Option<bool>,
    pub is_system: Option<bool>,
    pub status: Option<Status>,
}

/// Roles of the provider's people.
pub struct Roles;

impl Resource for Roles {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "idam";
    const NAME: &'static str = "roles";
    const NOUN: &'static str = "role";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Name, Column::Code, Column::Level, Column::Priority];
    const SEARCH: &'static [Column] = &[Column::Name, Column::Code];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::Level, RangeKind::Integer), (Column::Priority, RangeKind::Integer)];
    const OWNED: &'static [&'static str] = &["idam_role_permissions"];
    const EXAMPLE: &'static str =
        r#"{"code": "HELPDESK_{n}", "name": "상담 {n}", "category": "PLATFORM_SUPPORT", "level": 45, "description": "고객 문의 담당"}"#;

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
    let mut wanted = body.0;
    let grants = permissions::distinct(&wanted.permissions.take().unwrap_or_default().0);
    let category = *wanted.category.get_or_insert(Category::PlatformSupport);
    wanted.scope.get_or_insert(if category == Category::TenantUser { Scope::Tenant } else { Scope::Global });
    let id = new_id();
    let model = ActiveModel { id: Set(id), permissions: Set(Grants(grants.clone())), ..wanted.into_active_model() };
    let reply = cx
        .write(async |tx| {
            cx.may_give(tx, "permissions", &grants)?;
            if !grants.is_empty() {
                cx.step_up()?;
            }
            let row = tx.insert(&model).await?;
            permissions::write_rows(tx, id, &grants).await?;
            let after = serde_json::to_value(&row).map_err(Error::internal)?;
            tx.audit(AuditEntry::new(Action::Create, cx.permission().to_string(), "idam.roles", id).after(after.clone()));
            tx.publish(Event::new("idam.role.created", id, after));
            Reply::row(&row, row.row_version)
        })
        .await?;
    Ok(reply)
}

fn listed(permissions: &Value) -> Vec<String> {
    let texts = permissions.as_array().into_iter().flatten().filter_map(Value::as_str);
    permissions::distinct(&texts.map(str::to_owned).collect::<Vec<_>>())
}

/// Change one role
///
/// A merge patch; `permissions` are the whole set. The caller must hold whatever the role holds, before and after.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Roles>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let (id, mut wanted) = (*id, body.json);
    envelope::check::<Update>(wanted.clone())?;
    let grants = wanted.get("permissions").map(listed);
    if let Some(grants) = &grants {
        cx.mean_something("permissions", grants)?;
        wanted["permissions"] = json!(grants);
    }
    let answer = people::update(&cx, Spec::of::<Roles>()?, id, wanted, &|door, tx, changing| {
        let grants = grants.clone();
        Box::pin(async move {
            door.are_held(tx, grants.as_deref().unwrap_or_default())?;
            is_within_own_rights(door, tx, changing).await?;
            match grants {
                Some(grants) => permissions::write_rows(tx, id, &grants).await,
                None => Ok(()),
            }
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
    let id = *id;
    let answer = people::delete(&cx, Spec::of::<Roles>()?, id, &|door, tx, changing| {
        Box::pin(async move {
            is_within_own_rights(door, tx, changing).await?;
            permissions::write_rows(tx, id, &[]).await
        })
    })
    .await?;
    Ok(answer.into())
}

pub(crate) fn routes() -> web::Scope {
    people::routes::<Roles>(web::post().to(create), web::patch().to(update), web::delete().to(delete))
}
