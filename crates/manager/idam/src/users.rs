//! The provider's people.

use auth::{
    Allowed, Door,
    entities::idam_user::{ActiveModel, Column, Entity, Model, Status, UserType},
    roles::{give, grants_of_role},
};
use envelope::{Api, Body, Created, RawBody, Reply, RowId, web};
use kernel::{Change, CodeText, Email, Locale, Login, Patch, Phone, Realm, Result, Text, Zone};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use people::users::{self, Account};
use resource::{Acting, Action, Deleted, Done, RangeKind, Resource, Rule, Spec};
use sea_orm::{ActiveValue::Set, DeriveIntoActiveModel, IntoActiveModel};
use serde::Deserialize;
use serde_json::json;
use signin::Password;
use store::{AuditEntry, Event, new_id};
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PlatformUserCreate")]
pub struct Create {
    pub username: Login,
    pub email: Email,
    pub full_name: Text<100>,
    #[sea_orm(ignore)]
    pub password: Password,
    /// Codes of roles to give at once: `USER_MANAGER`. Only what you hold yourself can be given.
    #[sea_orm(ignore)]
    pub roles: Option<Vec<CodeText<100>>>,
    /// MASTER when left out.
    #[sea_orm(default = "UserType::Master")]
    pub user_type: Option<UserType>,
    pub phone: Option<Phone>,
    pub timezone: Option<Zone>,
    pub locale: Option<Locale>,
    pub department: Option<Text<100>>,
    pub position: Option<Text<100>>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformUserUpdate")]
pub struct Update {
    /// Another address ends the user's sessions, makes open links useless and is reported to the address before it. It needs all rights
    /// the user has, and a fresh second factor where the caller has one.
    pub email: Change<Email>,
    pub full_name: Change<Text<100>>,
    pub phone: Patch<Phone>,
    pub timezone: Change<Zone>,
    pub locale: Change<Locale>,
    pub department: Patch<Text<100>>,
    pub position: Patch<Text<100>>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformUserFilter")]
pub struct Filter {
    pub status: Option<Status>,
    pub user_type: Option<UserType>,
    pub username: Option<Login>,
    pub email: Option<Email>,
}

/// The provider's people.
pub struct Users;

impl Resource for Users {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "idam";
    const NAME: &'static str = "users";
    const NOUN: &'static str = "user";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Username, Column::Email, Column::FullName, Column::LastLoginAt];
    const SEARCH: &'static [Column] = &[Column::Username, Column::FullName, Column::Email];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::LastLoginAt, RangeKind::Time)];
    const OWNED: &'static [&'static str] = &[
        "idam_sessions",
        "idam_user_roles",
        "idam_api_keys",
        "idam_impersonations",
        "idam_mfa",
        "idam_recovery_codes",
        "idam_one_time_tokens",
    ];
    const RULE: Option<Rule> = Some(users::NAMES);
    const EXAMPLE: &'static str =
        r#"{"username": "operator{n}", "email": "operator{n}@example.com", "full_name": "운영자 {n}", "password": "푸른-하늘-은하수-{n}"}"#;
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        vec![
            users::activation::<ActiveModel>("Let somebody sign in again").to(Status::Active),
            users::deactivation::<ActiveModel>("Keep somebody from signing in; their sessions end at once").to(Status::Inactive),
            users::mfa_reset::<ActiveModel>("Take the second factor from somebody who has lost it; the sessions of this account end"),
            users::password_reset("Set another password; the sessions of this account end").prepares(hashed).does(reset_password),
        ]
    }
}

/// Create one of the provider's people
///
/// With a password and roles, all of whose permissions the caller holds. Asks for a fresh second factor.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Users>>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    signin::own_address("username", &wanted.username, &wanted.email)?;
    wanted.password.acceptable("password", &[&wanted.username, &wanted.email]).await?;
    let hash = wanted.password.hash().await?;
    let roles = wanted.roles.take().unwrap_or_default();
    let id = new_id();
    let model = ActiveModel { id: Set(id), status: Set(Status::Active), password_hash: Set(Some(hash)), ..wanted.into_active_model() };
    let reply = cx
        .write(async |tx| {
            // whoever sets the password can sign in
            cx.step_up()?;
            let row = tx.insert(&model).await?;
            for code in &roles {
                cx.are_held(tx, &grants_of_role(tx, code).await?)?;
                give(tx, id, code).await?;
            }
            let after = json!({"id": id, "username": row.username, "roles": roles});
            tx.audit(AuditEntry::new(store::Action::Create, cx.permission().to_string(), "idam.users", id).after(after.clone()));
            tx.publish(Event::new("idam.user.created", id, after));
            Reply::row(&row, row.row_version)
        })
        .await?;
    Ok(reply)
}

/// Change one of the provider's people
///
/// A merge patch. Whoever changes how somebody signs in must hold whatever they hold; the sessions of that account end.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Users>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let answer = people::update(&cx, Spec::of::<Users>()?, *id, body.json, &|door, tx, changing| {
        Box::pin(async move { users::may_change(door, tx, &changing).await })
    })
    .await?;
    Ok(answer.into())
}

/// Delete one of the provider's people; their sessions end
///
/// Nobody sees the account any more; the audit log keeps the name. The last administrator stays.
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<Users>>, id: RowId) -> Api<Deleted> {
    let answer = people::delete(&cx, Spec::of::<Users>()?, *id, &|door, tx, _| users::may_delete(door, tx, *id)).await?;
    Ok(answer.into())
}

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "PlatformUserNewPassword")]
pub struct NewPassword {
    /// 새 비밀번호 | New password
    pub new_password: Password,
}

async fn hashed(door: &Door, id: Uuid, wanted: &NewPassword) -> Result<String> {
    users::hash(door, id, &wanted.new_password).await
}

/// Another password; the sessions of this account end.
async fn reset_password(cx: &Acting<'_>, user: &Account, _: &NewPassword) -> Result<Done<ActiveModel>> {
    users::reset_password(cx.door()?, cx.tx, &user.holder(), &user.username).await?;
    Ok(Done::Changes(ActiveModel {
        password_hash: Set(Some(cx.prepared::<String>()?.clone())),
        password_changed_at: Set(Some(cx.tx.now())),
        ..Default::default()
    }))
}

pub(crate) fn routes() -> web::Scope {
    people::routes::<Users>(web::post().to(create), web::patch().to(update), web::delete().to(delete))
}
