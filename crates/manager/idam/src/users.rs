//! The provider's people.

use auth::{
    Allowed, Door, Password, Platform,
    credentials::Holder,
    entities::idam_user::{ActiveModel, Column, Entity, Model, Status, UserType},
    roles::{give, grants_of_role, keep_the_last},
};
use envelope::{Answer, Api, Body, Created, Nothing, RawBody, Reply, RowId, StatusCode, web};
use kernel::{Change, CodeText, Email, Error, Locale, Login, Patch, Phone, Realm, Result, Text, Zone};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Acting, Action, Changing, Deleted, Done, RangeKind, Resource, Rule, Spec, action};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{AuditEntry, Event, Tx, new_id};
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
    const RULE: Option<Rule> = Some(|tx, _, changing| {
        Box::pin(async move { auth::keep_names(tx, changing.id, changing.value("username"), changing.value("email")).await })
    });
    const EXAMPLE: &'static str =
        r#"{"username": "operator{n}", "email": "operator{n}@example.com", "full_name": "운영자 {n}", "password": "푸른-하늘-은하수-{n}"}"#;
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        let forgetting = |action: Action| action.after_commit(auth::forget_sessions);
        vec![
            forgetting(action("activate", "activated", "Let somebody sign in again"))
                .step_up()
                .to(Status::Active)
                .locks_first(may_decide)
                .does(activate),
            forgetting(action("deactivate", "deactivated", "Keep somebody from signing in; their sessions end at once"))
                .to(Status::Inactive)
                .locks_first(may_decide)
                .does(deactivate),
            forgetting(action(
                "reset-mfa",
                "mfa_reset",
                "Take the second factor from somebody who has lost it; the sessions of this account end",
            ))
            .step_up()
            .does(reset_mfa)
            .answers::<envelope::Done>(StatusCode::OK)
            .answering(is_done),
            action("reset-password", "password_reset", "Set another password; the sessions of this account end")
                .step_up()
                .prepares(hashed)
                .does(reset_password)
                .after_commit(forget_failures)
                .answers::<envelope::Done>(StatusCode::OK)
                .answering(is_done),
        ]
    }
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
            tx.audit(AuditEntry::new(store::Action::Create, cx.permission().to_string(), "idam.users", id).after(after.clone()));
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

/// Whoever decides whether somebody signs in holds what they hold. Asked before anything is said of their state, of a row that is held: what
/// they hold does not change meanwhile.
async fn may_decide(cx: &Acting<'_>, id: Uuid) -> Result<()> {
    cx.tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
    cx.door()?.may_sign_in_as(cx.tx, id).await
}

/// Lets somebody in again: what was begun before, or beside it, is not taken up again.
async fn activate(cx: &Acting<'_>, user: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    Platform::end_access_of(cx.tx, user.id, "user_activated").await?;
    Ok(Done::Changes(ActiveModel::default()))
}

/// Keeps somebody out who is not the last super administrator, and ends what they have open.
async fn deactivate(cx: &Acting<'_>, user: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    keep_the_last(cx.tx, user.id).await?;
    Platform::end_access_of(cx.tx, user.id, "user_deactivated").await?;
    Ok(Done::Changes(ActiveModel::default()))
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
#[openapi(rename = "PlatformUserNewPassword")]
pub struct NewPassword {
    pub new_password: Password,
}

/// The hash of a password that is good enough for this account.
async fn hashed(door: &Door, id: Uuid, wanted: &NewPassword) -> Result<String> {
    let user = door.read().await?.find::<Entity>().filter(Column::Id.eq(id)).one().await?.ok_or_else(Error::not_found)?;
    wanted.new_password.acceptable("new_password", &[&user.username, &user.email]).await?;
    wanted.new_password.hash().await
}

/// Another password; the sessions of this account end.
async fn reset_password(cx: &Acting<'_>, user: &Model, _: &NewPassword) -> Result<Done<ActiveModel>> {
    // whoever could set the password of somebody with more rights would have those rights
    cx.door()?.may_sign_in_as(cx.tx, user.id).await?;
    cx.door()?.credentials_changed(cx.tx, &holder(user), &["password"]).await?;
    Platform::log_password_reset(cx.tx, user.id, &user.username).await?;
    Ok(Done::Changes(ActiveModel {
        password_hash: Set(Some(cx.prepared::<String>()?.clone())),
        password_changed_at: Set(Some(cx.tx.now())),
        ..Default::default()
    }))
}

/// Whoever tried to sign in with the old password is not held up any more.
async fn forget_failures(door: &Door, id: Uuid) -> Result<()> {
    door.platform().forget_sessions();
    door.platform().forget_failures(Realm::Manager, None, id).await
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/users")
        .service(web::resource("").route(resource::list::<Users>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<Users>()))
        .service(web::resource("/{id}").route(resource::get::<Users>()).route(web::patch().to(update)).route(web::delete().to(delete)))
        .configure(resource::actions::<Users>)
}
