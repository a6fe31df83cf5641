//! The company's people.

use crate::user_posts;
use auth::{
    Allowed, Door, Password, Platform,
    credentials::Holder,
    entities::{
        adm_role,
        adm_user::{ActiveModel, Column, Entity, Model, Status},
    },
    roles::{keep_the_last, keep_the_last_in},
};
use envelope::{Answer, Api, Body, Created, Done, Nothing, RawBody, Reply, RowId, web};
use kernel::{Change, Email, Error, Locale, Login, Patch, Phone, Realm, Result, Text, Zone, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Changing, Deleted, Resource, Rule, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{Action, AuditEntry, Event, Tx, new_id, values_of};
use uuid::Uuid;

permission! {
    pub Activate = "adm", "users", "activate", step_up;
    pub Deactivate = "adm", "users", "deactivate";
    pub ResetPassword = "adm", "users", "reset-password", step_up;
    pub ResetMfa = "adm", "users", "reset-mfa", step_up;
    pub Invite = "adm", "users", "invite", step_up;
}

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "UserCreate")]
pub struct Create {
    pub username: Login,
    pub email: Email,
    pub full_name: Text<100>,
    /// Without one the user is INVITED and cannot sign in yet.
    #[sea_orm(ignore)]
    pub password: Option<Password>,
    pub phone: Option<Phone>,
    pub role_id: Option<Uuid>,
    pub organization_id: Option<Uuid>,
    pub department_id: Option<Uuid>,
    pub position: Option<Text<100>>,
    pub job_title: Option<Text<100>>,
    pub locale: Option<Locale>,
    pub timezone: Option<Zone>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "UserUpdate")]
pub struct Update {
    /// Another address ends the user's sessions, makes open links useless and is reported to the address before it. It needs all rights
    /// the user has, and a fresh second factor where the caller has one.
    pub email: Change<Email>,
    pub full_name: Change<Text<100>>,
    pub phone: Patch<Phone>,
    pub role_id: Patch<Uuid>,
    pub organization_id: Patch<Uuid>,
    pub department_id: Patch<Uuid>,
    pub position: Patch<Text<100>>,
    pub job_title: Patch<Text<100>>,
    pub locale: Change<Locale>,
    pub timezone: Change<Zone>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "UserFilter")]
pub struct Filter {
    pub status: Option<Status>,
    pub username: Option<Login>,
    pub email: Option<Email>,
    pub role_id: Patch<Uuid>,
    pub organization_id: Patch<Uuid>,
    pub department_id: Patch<Uuid>,
    pub is_system_user: Option<bool>,
}

/// People of the company.
pub struct Users;

impl Resource for Users {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "users";
    const NOUN: &'static str = "user";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::FullName, Column::Username, Column::Email, Column::No, Column::LastLoginAt];
    const SEARCH: &'static [Column] = &[Column::FullName, Column::Username, Column::Email];
    const RUNNING_NO: bool = true;
    const OWNED: &'static [&'static str] = &[
        "adm_sessions",
        "adm_user_roles",
        "adm_api_keys",
        "adm_support_consents",
        "adm_mfa",
        "adm_recovery_codes",
        "adm_one_time_tokens",
        "adm_user_posts",
    ];
    const RULE: Option<Rule> = Some(|tx, _, changing| {
        Box::pin(async move { auth::keep_names(tx, changing.id, changing.value("username"), changing.value("email")).await })
    });
    const EXAMPLE: &'static str = r#"{"username": "hong{n}", "email": "hong{n}@example.com", "full_name": "홍길동", "password": "푸른-하늘-은하수-{n}", "position": "대리"}"#;
}

/// What a user was before a change, as far as signing in goes.
fn holder(user: &Model) -> Holder {
    Holder { id: user.id, email: user.email.to_string(), is_invited: user.status == Status::Invited }
}

async fn role_of(tx: &Tx, role: Uuid) -> Result<Option<adm_role::Model>> {
    tx.find::<adm_role::Entity>().filter(adm_role::Column::Id.eq(role)).one().await
}

/// Whoever gives a role, or takes one away, holds what it holds; the last administrator keeps theirs.
pub(crate) async fn role_fits(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    if let Some(role) = changing.id_in("role_id") {
        door.are_held(tx, &role_of(tx, role).await?.ok_or_else(|| Error::no_such("role_id"))?.permissions.0)?;
        door.step_up()?;
    }
    let user = changing.before::<Model>()?.filter(|_| changing.value("role_id").is_some());
    let Some((user, role)) = user.as_ref().and_then(|user| Some((user.id, user.role_id?))) else { return Ok(()) };
    if let Some(role) = role_of(tx, role).await? {
        door.are_held(tx, &role.permissions.0)?;
    }
    keep_the_last_in(tx, user, role).await
}

/// [`role_fits`]; whoever changes how the user signs in may sign in as them; and whoever changes the department takes the primary post
/// along.
pub(crate) async fn may_be_so(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    if let Some(user) = changing.before::<Model>()? {
        door.guard_credentials(tx, &holder(&user), changing.values).await?;
    }
    user_posts::follow(door, tx, &changing).await?;
    role_fits(door, tx, changing).await
}

/// Create one user
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Users>>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    let password = wanted.password.take();
    let hash = match &password {
        Some(password) => {
            let company = cx.tenant()?;
            password.acceptable("password", &[&wanted.username, &wanted.email, &company.code, &company.name]).await?;
            Some(password.hash().await?)
        }
        None => None,
    };
    let status = if hash.is_some() { Status::Active } else { Status::Invited };
    let id = new_id();
    let model = ActiveModel { id: Set(id), status: Set(status), password_hash: Set(hash), ..wanted.into_active_model() };
    let spec = Spec::of::<Users>()?;
    let answer = resource::create_with(&cx, spec, values_of(&model), &|door, tx, changing| {
        Box::pin(async move {
            if status == Status::Invited {
                tx.publish(invited(id));
            } else {
                // whoever sets the password can sign in
                door.step_up()?;
            }
            role_fits(door, tx, changing).await
        })
    })
    .await?;
    Ok(answer.into())
}

/// What mails an invitation, once it is committed.
fn invited(id: Uuid) -> Event {
    Event::new("adm.user.invited", id, json!({"id": id}))
}

/// Invite a user again who has not accepted yet; the invitation before this one is good no more
#[api_v2_operation]
pub async fn invite(cx: Allowed<Invite>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    let expected = cx.if_match()?;
    let reply = cx
        .write(async |tx| {
            let user = tx.find::<Entity>().filter(Column::Id.eq(*id)).for_update().one().await?.ok_or_else(Error::not_found)?;
            if expected.is_some_and(|version| version != user.row_version) {
                return Err(Error::stale(user.row_version));
            }
            cx.may_sign_in_as(tx, *id).await?;
            if user.status != Status::Invited {
                return Err(Error::rule("adm.not_invited", "초대 중인 사용자가 아닙니다.", "This user is not waiting for an invitation."));
            }
            tx.audit(AuditEntry::new(Action::Execute, cx.permission().to_string(), "adm.users", *id));
            tx.publish(invited(*id));
            Reply::row(&user, user.row_version)
        })
        .await?;
    Ok(reply)
}

/// Change one user
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Users>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let spec = Spec::of::<Users>()?;
    let answer = resource::update_with(&cx, spec, *id, body.json, &|door, tx, changing| Box::pin(may_be_so(door, tx, changing))).await?;
    cx.platform().forget_sessions();
    Ok(answer.into())
}

/// Delete one user; their sessions end
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<Users>>, id: RowId) -> Api<Deleted> {
    Ok(remove(&cx, *id).await?.into())
}

pub(crate) async fn remove(cx: &Door, id: Uuid) -> Result<Answer> {
    let answer = resource::delete_with(cx, Spec::of::<Users>()?, id, &|door, tx, changing| {
        Box::pin(async move {
            if let Some(user) = changing.before::<Model>()? {
                door.may_sign_in_as(tx, user.id).await?;
                keep_the_last(tx, user.id).await?;
                Platform::end_access_of(tx, user.id, "user_deleted").await?;
                user_posts::forget(tx, user.id).await?;
            }
            Ok(())
        })
    })
    .await?;
    cx.platform().forget_sessions();
    Ok(answer)
}

/// Moves a user between ACTIVE and INACTIVE; where they stand already nothing happens.
async fn switch(cx: &Door, id: Uuid, to: Status) -> Result<Reply<Model>> {
    let expected = cx.if_match()?;
    let reply = cx
        .write(async |tx| {
            let user = tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
            if expected.is_some_and(|version| version != user.row_version) {
                return Err(Error::stale(user.row_version));
            }
            let changed = switch_in(cx, tx, &cx.permission().to_string(), user, to).await?;
            Reply::row(&changed, changed.row_version)
        })
        .await?;
    cx.platform().forget_sessions();
    Ok(reply)
}

/// [`switch`] of a user who is held by the transaction.
pub(crate) async fn switch_in(cx: &Door, tx: &Tx, permission: &str, user: Model, to: Status) -> Result<Model> {
    cx.may_sign_in_as(tx, user.id).await?;
    if user.status == to {
        return Ok(user);
    }
    let id = user.id;
    let what = match to {
        Status::Active if user.password_hash.is_none() => {
            return Err(Error::rule("adm.no_password", "비밀번호가 아직 없는 사용자입니다.", "This user has no password yet."));
        }
        Status::Active => "activated",
        Status::Inactive | Status::Invited => {
            keep_the_last(tx, id).await?;
            "deactivated"
        }
    };
    // on the way back as well: what was begun before, or beside it, is not taken up again
    Platform::end_access_of(tx, id, if to == Status::Active { "user_activated" } else { "user_deactivated" }).await?;
    let changed = tx.update(id, &ActiveModel { status: Set(to), ..Default::default() }).await?.ok_or_else(Error::not_found)?;
    let entry = AuditEntry::new(Action::Execute, permission, "adm.users", id);
    tx.audit(entry.change(&json!({"status": user.status}), &json!({"status": to})));
    tx.publish(Event::new(format!("adm.user.{what}"), id, json!({"id": id})));
    Ok(changed)
}

/// Let a user sign in again
#[api_v2_operation]
pub async fn activate(cx: Allowed<Activate>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Active).await?)
}

/// Keep a user from signing in; their sessions end at once
#[api_v2_operation]
pub async fn deactivate(cx: Allowed<Deactivate>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Inactive).await?)
}

#[derive(Deserialize, Apiv2Schema)]
pub struct NewPassword {
    pub new_password: Password,
}

/// Set another password for a user; their sessions end
#[api_v2_operation]
pub async fn reset_password(cx: Allowed<ResetPassword>, id: RowId, body: Body<NewPassword>) -> Api<Done> {
    let (company, expected) = (cx.tenant()?, cx.if_match()?);
    let user = cx.read().await?.find::<Entity>().filter(Column::Id.eq(*id)).one().await?.ok_or_else(Error::not_found)?;
    body.0.new_password.acceptable("new_password", &[&user.username, &user.email, &company.code, &company.name]).await?;
    let hash = body.0.new_password.hash().await?;
    let reply = cx
        .write(async |tx| {
            let user = tx.find::<Entity>().filter(Column::Id.eq(*id)).for_update().one().await?.ok_or_else(Error::not_found)?;
            if expected.is_some_and(|version| version != user.row_version) {
                return Err(Error::stale(user.row_version));
            }
            set_password(&cx, tx, &cx.permission().to_string(), &user, &hash).await?;
            Reply::new(&Done { done: true })
        })
        .await?;
    cx.platform().forget_sessions();
    cx.platform().forget_failures(Realm::Tenant, Some(cx.tenant()?.id), *id).await?;
    Ok(reply)
}

/// Gives a user who is held by the transaction another password; an invited one is active with it.
pub(crate) async fn set_password(cx: &Door, tx: &Tx, permission: &str, user: &Model, hash: &str) -> Result<Model> {
    // whoever could set the password of somebody with more rights would have those rights
    cx.may_sign_in_as(tx, user.id).await?;
    let status = if user.status == Status::Invited { Status::Active } else { user.status };
    let change = ActiveModel {
        password_hash: Set(Some(hash.to_owned())),
        password_changed_at: Set(Some(tx.now())),
        status: Set(status),
        ..Default::default()
    };
    let changed = tx.update(user.id, &change).await?.ok_or_else(Error::not_found)?;
    cx.credentials_changed(tx, &holder(user), &["password"]).await?;
    Platform::log_password_reset(tx, user.id, &user.username).await?;
    tx.audit(AuditEntry::new(Action::Execute, permission, "adm.users", user.id));
    tx.publish(Event::new("adm.user.password_reset", user.id, json!({"id": user.id})));
    Ok(changed)
}

/// Take the second factor from a user who has lost it; their sessions end
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
        .service(web::resource("/{id}/invite").route(web::post().to(invite)))
        .service(web::resource("/{id}/reset-mfa").route(web::post().to(reset_mfa)))
        .service(web::resource("/{id}/reset-password").route(web::post().to(reset_password)))
}
