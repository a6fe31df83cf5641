//! The company's people.

use crate::{rules, user_posts};
use auth::{
    Allowed, Door, Password, Platform,
    credentials::Holder,
    entities::{
        adm_role,
        adm_user::{ActiveModel, Column, Entity, Model, Status},
    },
    roles::{keep_the_last, keep_the_last_in},
};
use envelope::{Answer, Api, Body, Created, Nothing, RawBody, RowId, StatusCode, web};
use kernel::{Change, Email, Error, Locale, Login, Patch, Phone, Realm, Result, Text, Zone, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Acting, Action, Changing, Deleted, Done, Resource, Rule, Spec, action};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{AuditEntry, Event, Tx, new_id, values_of};
use uuid::Uuid;

permission! {
    /// These two are the catalogue's by the actions; the small ERP asks for them by their types.
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
    const RULE: Option<Rule> = Some(|tx, _, changing| {
        Box::pin(async move { auth::keep_names(tx, changing.id, changing.value("username"), changing.value("email")).await })
    });
    const EXAMPLE: &'static str = r#"{"username": "hong{n}", "email": "hong{n}@example.com", "full_name": "홍길동", "password": "푸른-하늘-은하수-{n}", "position": "대리"}"#;
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        let forgetting = |action: Action| action.after_commit(auth::forget_sessions);
        vec![
            forgetting(action("activate", "activated", "Let a user sign in again"))
                .step_up()
                .to(Status::Active)
                .locks_first(may_decide)
                .does(activate),
            forgetting(action("deactivate", "deactivated", "Keep a user from signing in; their sessions end at once"))
                .to(Status::Inactive)
                .locks_first(may_decide)
                .does(deactivate),
            action("invite", "invited", "Invite a user again who has not accepted yet; the invitation before this one is good no more")
                .step_up()
                .does(invite),
            forgetting(action("reset-mfa", "mfa_reset", "Take the second factor from a user who has lost it; their sessions end"))
                .step_up()
                .does(reset_mfa)
                .answers::<envelope::Done>(StatusCode::OK)
                .answering(is_done),
            action("reset-password", "password_reset", "Set another password for a user; their sessions end")
                .step_up()
                .prepares(hashed)
                .does(reset_password)
                .after_commit(forget_failures)
                .answers::<envelope::Done>(StatusCode::OK)
                .answering(is_done),
        ]
    }
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

/// Invites a user again who has not accepted yet; what is published has it mailed.
async fn invite(cx: &Acting<'_>, user: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    cx.door()?.may_sign_in_as(cx.tx, user.id).await?;
    if user.status != Status::Invited {
        return Err(rules::NOT_INVITED.error());
    }
    Ok(Done::Changes(ActiveModel::default()))
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

/// Whoever decides whether a user signs in holds what they hold. Asked before anything is said of their state, of a row that is held: what
/// they hold does not change meanwhile.
async fn may_decide(cx: &Acting<'_>, id: Uuid) -> Result<()> {
    cx.tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
    cx.door()?.may_sign_in_as(cx.tx, id).await
}

async fn activate(cx: &Acting<'_>, user: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    let_in(cx.tx, user).await?;
    Ok(Done::Changes(ActiveModel::default()))
}

async fn deactivate(cx: &Acting<'_>, user: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    keep_out(cx.tx, user).await?;
    Ok(Done::Changes(ActiveModel::default()))
}

/// Lets a user in again who has a password: what was begun before, or beside it, is not taken up again.
async fn let_in(tx: &Tx, user: &Model) -> Result<()> {
    if user.password_hash.is_none() {
        return Err(rules::NO_PASSWORD.error());
    }
    Platform::end_access_of(tx, user.id, "user_activated").await
}

/// Keeps a user out who is not the last administrator, and ends what they have open.
async fn keep_out(tx: &Tx, user: &Model) -> Result<()> {
    keep_the_last(tx, user.id).await?;
    Platform::end_access_of(tx, user.id, "user_deactivated").await
}

/// [`activate`] and [`deactivate`] as a part of what the small ERP changes at once, by the right named, of a user who is held by the
/// transaction.
pub(crate) async fn switch_in(cx: &Door, tx: &Tx, permission: &str, user: Model, to: Status) -> Result<Model> {
    cx.may_sign_in_as(tx, user.id).await?;
    if user.status == to {
        return Ok(user);
    }
    let what = if to == Status::Active {
        let_in(tx, &user).await?;
        "activated"
    } else {
        keep_out(tx, &user).await?;
        "deactivated"
    };
    let id = user.id;
    let changed = tx.update(id, &ActiveModel { status: Set(to), ..Default::default() }).await?.ok_or_else(Error::not_found)?;
    let entry = AuditEntry::new(store::Action::Execute, permission, "adm.users", id);
    tx.audit(entry.change(&json!({"status": user.status}), &json!({"status": to})));
    tx.publish(Event::new(format!("adm.user.{what}"), id, json!({"id": id})));
    Ok(changed)
}

/// Takes the second factor away, where there is one.
async fn reset_mfa(cx: &Acting<'_>, user: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    let was_on = cx.door()?.reset_mfa(cx.tx, &holder(user), user.mfa_enabled).await?;
    Ok(if was_on { Done::Written } else { Done::Already })
}

async fn is_done(_: &Acting<'_>, _: &Model) -> Result<Answer> {
    Answer::new(&envelope::Done { done: true })
}

#[derive(Deserialize, Apiv2Schema)]
pub struct NewPassword {
    pub new_password: Password,
}

/// The hash of a password that is good enough for this user.
async fn hashed(door: &Door, id: Uuid, wanted: &NewPassword) -> Result<String> {
    let company = door.tenant()?;
    let user = door.read().await?.find::<Entity>().filter(Column::Id.eq(id)).one().await?.ok_or_else(Error::not_found)?;
    wanted.new_password.acceptable("new_password", &[&user.username, &user.email, &company.code, &company.name]).await?;
    wanted.new_password.hash().await
}

/// Another password for a user; their sessions end.
async fn reset_password(cx: &Acting<'_>, user: &Model, _: &NewPassword) -> Result<Done<ActiveModel>> {
    replace_password(cx.door()?, cx.tx, user, cx.prepared::<String>()?).await?;
    Ok(Done::Written)
}

/// Whoever tried to sign in with the old password is not held up any more.
async fn forget_failures(door: &Door, id: Uuid) -> Result<()> {
    door.platform().forget_sessions();
    door.platform().forget_failures(Realm::Tenant, Some(door.tenant()?.id), id).await
}

/// [`reset_password`] for the small ERP, with its audit row and event.
pub(crate) async fn set_password(cx: &Door, tx: &Tx, permission: &str, user: &Model, hash: &str) -> Result<Model> {
    let changed = replace_password(cx, tx, user, hash).await?;
    tx.audit(AuditEntry::new(store::Action::Execute, permission, "adm.users", user.id));
    tx.publish(Event::new("adm.user.password_reset", user.id, json!({"id": user.id})));
    Ok(changed)
}

/// Gives a user who is locked by the transaction another password; an invited one is active with it.
async fn replace_password(cx: &Door, tx: &Tx, user: &Model, hash: &str) -> Result<Model> {
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
    Ok(changed)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/users")
        .service(web::resource("").route(resource::list::<Users>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<Users>()))
        .service(web::resource("/{id}").route(resource::get::<Users>()).route(web::patch().to(update)).route(web::delete().to(delete)))
        .configure(resource::actions::<Users>)
}
