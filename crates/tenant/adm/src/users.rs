//! The company's people.

use crate::{rules, user_posts};
use auth::{
    Allowed, Door,
    entities::{
        adm_role,
        adm_user::{ActiveModel, Column, Entity, Model, Status},
    },
    roles::keep_the_last_in,
};
use envelope::{Answer, Api, Body, Created, Nothing, RawBody, RowId, web};
use kernel::{Change, Email, Error, Locale, Login, Patch, Phone, Realm, Result, Text, Zone, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use people::users;
use resource::{Acting, Action, Changing, Deleted, Done, Guard, Resource, Rule, Spec, action};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use signin::{Password, credentials::Holder};
use store::{AuditEntry, Event, Tx, new_id, values_of};
use uuid::Uuid;

permission! {
    /// These two are the catalogue's by the actions; another API asks for them by their types.
    pub Activate = "adm", "users", "activate", step_up;
    pub Deactivate = "adm", "users", "deactivate";
    pub ResetPassword = "adm", "users", "reset-password", step_up;
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
    const RULE: Option<Rule> = Some(users::NAMES);
    const EXAMPLE: &'static str = r#"{"username": "hong{n}", "email": "hong{n}@example.com", "full_name": "홍길동", "password": "푸른-하늘-은하수-{n}", "position": "대리"}"#;
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        vec![
            users::activation::<ActiveModel>("Let a user sign in again").to(Status::Active).does(activate),
            users::deactivation::<ActiveModel>("Keep a user from signing in; their sessions end at once").to(Status::Inactive),
            action("invite", "invited", "Invite a user again who has not accepted yet; the invitation before this one is good no more")
                .step_up()
                .does(invite),
            users::mfa_reset::<ActiveModel>("Take the second factor from a user who has lost it; their sessions end"),
            users::password_reset("Set another password for a user; their sessions end").prepares(hashed).does(reset_password),
        ]
    }
}

async fn role_of(tx: &Tx, role: Uuid) -> Result<Option<adm_role::Model>> {
    tx.find::<adm_role::Entity>().filter(adm_role::Column::Id.eq(role)).one().await
}

/// Whoever gives a role, or takes one away, holds what it holds; the last administrator keeps theirs.
pub async fn role_fits(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
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
pub async fn may_be_so(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    users::may_change(door, tx, &changing).await?;
    user_posts::follow(door, tx, &changing).await?;
    role_fits(door, tx, changing).await
}

/// Create one user
///
/// With a password the user can sign in at once, which asks for a fresh second factor; without one an invitation is mailed.
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

/// Invites a user again who has not accepted yet; what is published has it mailed.
async fn invite(cx: &Acting<'_>, user: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    cx.door()?.may_sign_in_as(cx.tx, user.id).await?;
    if user.status != Status::Invited {
        return Err(rules::NOT_INVITED.error());
    }
    Ok(Done::Changes(ActiveModel::default()))
}

/// Change one user
///
/// A merge patch. Whoever changes how somebody signs in must hold whatever they hold; the sessions of that account end.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Users>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let spec = Spec::of::<Users>()?;
    let answer = people::update(&cx, spec, *id, body.json, &|door, tx, changing| Box::pin(may_be_so(door, tx, changing))).await?;
    Ok(answer.into())
}

/// Delete one user; their sessions end
///
/// Nobody sees the account any more; the audit log keeps the name. Its posts go with it, and the last administrator stays.
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<Users>>, id: RowId) -> Api<Deleted> {
    Ok(remove(&cx, *id).await?.into())
}

/// Deletes a user who is not the last administrator; their sessions end.
pub async fn remove(cx: &Door, id: Uuid) -> Result<Answer> {
    let guard: &Guard<'_> = &|door, tx, _| {
        Box::pin(async move {
            users::may_delete(door, tx, id).await?;
            user_posts::forget(tx, id).await
        })
    };
    people::delete(cx, Spec::of::<Users>()?, id, guard).await
}

/// Lets a user in again who has a password.
async fn activate(cx: &Acting<'_>, user: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    let_in(cx.tx, user).await?;
    Ok(Done::Changes(ActiveModel::default()))
}

async fn let_in(tx: &Tx, user: &Model) -> Result<()> {
    if user.password_hash.is_none() {
        return Err(rules::NO_PASSWORD.error());
    }
    users::let_in(tx, user.id).await
}

/// `activate` and `deactivate` as a part of a larger change, by the permission named, of a user who is locked by the transaction.
pub async fn switch_in(cx: &Door, tx: &Tx, permission: &str, user: Model, to: Status) -> Result<Model> {
    cx.may_sign_in_as(tx, user.id).await?;
    if user.status == to {
        return Ok(user);
    }
    let what = if to == Status::Active {
        let_in(tx, &user).await?;
        "activated"
    } else {
        users::keep_out(tx, user.id).await?;
        "deactivated"
    };
    let id = user.id;
    let changed = tx.update(id, &ActiveModel { status: Set(to), ..Default::default() }).await?.ok_or_else(Error::not_found)?;
    let entry = AuditEntry::new(store::Action::Execute, permission, "adm.users", id);
    tx.audit(entry.change(&json!({"status": user.status}), &json!({"status": to})));
    tx.publish(Event::new(format!("adm.user.{what}"), id, json!({"id": id})));
    Ok(changed)
}

#[derive(Deserialize, Apiv2Schema)]
pub struct NewPassword {
    /// 새 비밀번호 | New password
    pub new_password: Password,
}

async fn hashed(door: &Door, id: Uuid, wanted: &NewPassword) -> Result<String> {
    users::hash(door, id, &wanted.new_password).await
}

/// Another password for a user; their sessions end.
async fn reset_password(cx: &Acting<'_>, user: &Model, _: &NewPassword) -> Result<Done<ActiveModel>> {
    replace_password(cx.door()?, cx.tx, user, cx.prepared::<String>()?).await?;
    Ok(Done::Written)
}

/// `reset-password` as a part of a larger change, by the permission named, with its audit row and event.
pub async fn set_password(cx: &Door, tx: &Tx, permission: &str, user: &Model, hash: &str) -> Result<Model> {
    let changed = replace_password(cx, tx, user, hash).await?;
    tx.audit(AuditEntry::new(store::Action::Execute, permission, "adm.users", user.id));
    tx.publish(Event::new("adm.user.password_reset", user.id, json!({"id": user.id})));
    Ok(changed)
}

/// Gives a user who is locked by the transaction another password; an invited one is active with it.
async fn replace_password(cx: &Door, tx: &Tx, user: &Model, hash: &str) -> Result<Model> {
    let is_invited = user.status == Status::Invited;
    let before = Holder { id: user.id, email: user.email.to_string(), is_invited };
    users::reset_password(cx, tx, &before, &user.username).await?;
    let change = ActiveModel {
        password_hash: Set(Some(hash.to_owned())),
        password_changed_at: Set(Some(tx.now())),
        status: Set(if is_invited { Status::Active } else { user.status }),
        ..Default::default()
    };
    tx.update(user.id, &change).await?.ok_or_else(Error::not_found)
}

pub(crate) fn routes() -> web::Scope {
    people::routes::<Users>(web::post().to(create), web::patch().to(update), web::delete().to(delete))
}
