//! The provider's people.

use auth::{
    Allowed, Door, Password, Platform,
    credentials::Holder,
    entities::idam_user::{ActiveModel, Column, Entity, Model, Status, UserType},
    roles::{give, grants_of_role, keep_the_last},
};
use envelope::{Api, Body, Created, Done, Nothing, RawBody, Reply, RowId, web};
use kernel::{Change, CodeText, Email, Error, Locale, Login, Patch, Phone, Realm, Result, Text, Zone, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Changing, Deleted, RangeKind, Resource, Rule, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{Action, AuditEntry, Event, Tx, new_id};
use uuid::Uuid;

permission! {
    pub Activate = "idam", "users", "activate", step_up;
    pub Deactivate = "idam", "users", "deactivate";
    pub ResetPassword = "idam", "users", "reset-password", step_up;
    pub ResetMfa = "idam", "users", "reset-mfa", step_up;
}

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
    const RULE: Option<Rule> = Some(|tx, _, changing| {
        Box::pin(async move { auth::keep_names(tx, changing.id, changing.value("username"), changing.value("email")).await })
    });
    const EXAMPLE: &'static str =
        r#"{"username": "operator{n}", "email": "operator{n}@example.com", "full_name": "운영자 {n}", "password": "푸른-하늘-은하수-{n}"}"#;
}

/// Create one of the provider's people
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Users>>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    auth::own_address("username", &wanted.username, &wanted.email)?;
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
            tx.audit(AuditEntry::new(Action::Create, cx.permission().to_string(), "idam.users", id).after(after.clone()));
            tx.publish(Event::new("idam.user.created", id, after));
            Reply::row(&row, row.row_version)
        })
        .await?;
    Ok(reply)
}

/// What one of them was before a change, as far as signing in goes.
fn holder(user: &Model) -> Holder {
    Holder { id: user.id, email: user.email.to_string(), is_invited: false }
}

async fn may_be_so(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    match changing.before::<Model>()? {
        Some(user) => door.guard_credentials(tx, &holder(&user), changing.values).await,
        None => Ok(()),
    }
}

/// Change one of the provider's people
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Users>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let spec = Spec::of::<Users>()?;
    let answer = resource::update_with(&cx, spec, *id, body.json, &|door, tx, changing| Box::pin(may_be_so(door, tx, changing))).await?;
    cx.platform().forget_sessions();
    Ok(answer.into())
}

/// Delete one of the provider's people; their sessions end
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<Users>>, id: RowId) -> Api<Deleted> {
    let answer = resource::delete_with(&cx, Spec::of::<Users>()?, *id, &|door, tx, changing| {
        Box::pin(async move {
            let Some(id) = changing.id else { return Ok(()) };
            door.may_sign_in_as(tx, id).await?;
            keep_the_last(tx, id).await?;
            Platform::end_access_of(tx, id, "user_deleted").await
        })
    })
    .await?;
    cx.platform().forget_sessions();
    Ok(answer.into())
}

async fn switch(cx: &Door, id: Uuid, to: Status) -> Result<Reply<Model>> {
    let expected = cx.if_match()?;
    let reply = cx
        .write(async |tx| {
            let user = tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
            if expected.is_some_and(|version| version != user.row_version) {
                return Err(Error::stale(user.row_version));
            }
            cx.may_sign_in_as(tx, id).await?;
            if user.status == to {
                return Reply::row(&user, user.row_version);
            }
            if to != Status::Active {
                keep_the_last(tx, id).await?;
            }
            // on the way back as well: what was begun before, or beside it, is not taken up again
            Platform::end_access_of(tx, id, if to == Status::Active { "user_activated" } else { "user_deactivated" }).await?;
            let changed = tx.update(id, &ActiveModel { status: Set(to), ..Default::default() }).await?.ok_or_else(Error::not_found)?;
            let entry = AuditEntry::new(Action::Execute, cx.permission().to_string(), "idam.users", id);
            tx.audit(entry.change(&json!({"status": user.status}), &json!({"status": to})));
            let what = if to == Status::Active { "activated" } else { "deactivated" };
            tx.publish(Event::new(format!("idam.user.{what}"), id, json!({"id": id})));
            Reply::row(&changed, changed.row_version)
        })
        .await?;
    cx.platform().forget_sessions();
    Ok(reply)
}

/// Let somebody sign in again
#[api_v2_operation]
pub async fn activate(cx: Allowed<Activate>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Active).await?)
}

/// Keep somebody from signing in; their sessions end at once
#[api_v2_operation]
pub async fn deactivate(cx: Allowed<Deactivate>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Inactive).await?)
}

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "PlatformUserNewPassword")]
pub struct NewPassword {
    pub new_password: Password,
}

/// Set another password; the sessions of this account end
#[api_v2_operation]
pub async fn reset_password(cx: Allowed<ResetPassword>, id: RowId, body: Body<NewPassword>) -> Api<Done> {
    let user = cx.read().await?.find::<Entity>().filter(Column::Id.eq(*id)).one().await?.ok_or_else(Error::not_found)?;
    body.0.new_password.acceptable("new_password", &[&user.username, &user.email]).await?;
    let expected = cx.if_match()?;
    let hash = body.0.new_password.hash().await?;
    let reply = cx
        .write(async |tx| {
            let user = tx.find::<Entity>().filter(Column::Id.eq(*id)).for_update().one().await?.ok_or_else(Error::not_found)?;
            if expected.is_some_and(|version| version != user.row_version) {
                return Err(Error::stale(user.row_version));
            }
            // whoever could set the password of somebody with more rights would have those rights
            cx.may_sign_in_as(tx, *id).await?;
            let change =
                ActiveModel { password_hash: Set(Some(hash.clone())), password_changed_at: Set(Some(tx.now())), ..Default::default() };
            tx.update(*id, &change).await?.ok_or_else(Error::not_found)?;
            cx.credentials_changed(tx, &holder(&user), &["password"]).await?;
            Platform::log_password_reset(tx, *id, &user.username).await?;
            tx.audit(AuditEntry::new(Action::Execute, cx.permission().to_string(), "idam.users", *id));
            tx.publish(Event::new("idam.user.password_reset", *id, json!({"id": *id})));
            Reply::new(&Done { done: true })
        })
        .await?;
    cx.platform().forget_sessions();
    cx.platform().forget_failures(Realm::Manager, None, *id).await?;
    Ok(reply)
}

/// Take the second factor from somebody who has lost it; the sessions of this account end
#[api_v2_operation]
pub async fn reset_mfa(cx: Allowed<ResetMfa>, id: RowId, _body: Body<Nothing>) -> Api<Done> {
    let expected = cx.if_match()?;
    let reply = cx
        .write(async |tx| {
            let user = tx.find::<Entity>().filter(Column::Id.eq(*id)).for_update().one().await?.ok_or_else(Error::not_found)?;
            if expected.is_some_and(|version| version != user.row_version) {
                return Err(Error::stale(user.row_version));
            }
            cx.reset_mfa(tx, &holder(&user), user.mfa_enabled).await?;
            Reply::new(&Done { done: true })
        })
        .await?;
    cx.platform().forget_sessions();
    Ok(reply)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/users")
        .service(web::resource("").route(resource::list::<Users>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<Users>()))
        .service(web::resource("/{id}").route(resource::get::<Users>()).route(web::patch().to(update)).route(web::delete().to(delete)))
        .service(web::resource("/{id}/activate").route(web::post().to(activate)))
        .service(web::resource("/{id}/deactivate").route(web::post().to(deactivate)))
        .service(web::resource("/{id}/reset-mfa").route(web::post().to(reset_mfa)))
        .service(web::resource("/{id}/reset-password").route(web::post().to(reset_password)))
}
