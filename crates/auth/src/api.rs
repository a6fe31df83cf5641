//! `/auth/*` of both realms.

use crate::{
    Allowed, Password, Platform, Register,
    door::{context, named_company, platform_of},
    entities::{adm_user, idam_user},
    login::{self, Issued},
    sessions,
    token::LIFE,
};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use envelope::{Api, Body, Created, Done, Failure, Reply};
use kernel::{Actor, Code, Email, Error, Login, Message, Realm, Result, Text, Timestamp, permission};
use paperclip::{
    actix::{Apiv2Schema, OperationModifier, api_v2_operation, web},
    v2::models::{DefaultOperationRaw, DefaultSchemaRaw},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, future::Ready};
use store::{Action, AuditEntry};
use uuid::Uuid;

permission! {
    /// Everybody who signed in: see who one is.
    pub SeeOneself = "auth", "session", "read";
    /// Everybody who signed in: change one's own password.
    pub ChangePassword = "auth", "password", "change";
    /// Everybody who signed in: sign out.
    pub SignOut = "auth", "session", "delete";
}

/// An operation without a caller: on the public list.
pub struct Anybody {
    platform: Platform,
    request: HttpRequest,
}

impl Anybody {
    fn context(&self, realm: Realm, tenant: Option<Uuid>) -> store::Context {
        context(&self.request, realm, tenant, Actor::system("anonymous"))
    }
}

impl FromRequest for Anybody {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(platform_of(request).map(|platform| Self { platform, request: request.clone() }).map_err(Failure))
    }
}

impl paperclip::v2::schema::Apiv2Schema for Anybody {}

impl OperationModifier for Anybody {
    fn update_parameter(_: &mut DefaultOperationRaw) {}
    fn update_definitions(map: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Failure::update_definitions(map);
    }
}

#[derive(Deserialize, Apiv2Schema)]
pub struct ManagerLogin {
    /// User name or e-mail address.
    #[openapi(example = "admin")]
    pub username: String,
    pub password: Password,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct TenantLogin {
    /// Company code. May be left out where the address or `X-Tenant-Key` names the company.
    #[openapi(example = "demo")]
    pub tenant: Option<String>,
    /// User name or e-mail address.
    #[openapi(example = "admin")]
    pub username: String,
    pub password: Password,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct Refresh {
    pub refresh_token: String,
}

/// A pair of tokens.
#[derive(Serialize, Apiv2Schema)]
pub struct Tokens {
    /// For `Authorization: Bearer`; lives `expires_in` seconds.
    pub access_token: String,
    /// For `refresh`; each can be used once.
    pub refresh_token: String,
    /// Always `bearer`.
    pub token_type: String,
    pub expires_in: i64,
    pub user: Me,
}

/// Who one is.
#[derive(Serialize, Apiv2Schema)]
pub struct Me {
    pub id: Uuid,
    pub username: String,
    pub email: String,
    pub full_name: String,
    /// MASTER, TENANT or SYSTEM.
    pub user_type: String,
    pub status: String,
    /// Company code, in the tenant realm.
    pub tenant: Option<String>,
    pub tenant_name: Option<String>,
    pub roles: Vec<String>,
    /// Keys and patterns: `crm.customers.read`, `crm.*`, `*`.
    pub permissions: Vec<String>,
    /// Name of one of the provider's staff, who acts as this user.
    pub impersonated_by: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct PasswordChange {
    pub current_password: Password,
    /// 8 to 128 characters, neither common nor one's own name.
    pub new_password: Password,
    /// End the other sessions of this account.
    pub end_other_sessions: Option<bool>,
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct Logout {
    /// Accepted and not needed: the session ends with all its tokens.
    pub refresh_token: Option<String>,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct Registration {
    pub username: Login,
    pub email: Email,
    pub password: Password,
    pub full_name: Option<Text<100>>,
}

/// The account behind a fresh token, as `me` shows it.
async fn tokens(anybody: &Anybody, issued: Issued) -> Result<Tokens> {
    let principal = anybody.platform.holder(&issued.access).await?.ok_or_else(Error::unauthorized)?;
    debug_assert_eq!(principal.user_id, issued.user_id, "the token is the user's own");
    let user = me_of(&anybody.platform, &principal).await?;
    Ok(Tokens { access_token: issued.access, refresh_token: issued.refresh, token_type: "bearer".to_owned(), expires_in: LIFE, user })
}

async fn me_of(platform: &Platform, principal: &crate::Principal) -> Result<Me> {
    let scope = platform.database(principal.realm).read(principal.tenant_id()).await?;
    let gone = Error::unauthorized;
    let (email, user_type, status, created_at) = match principal.realm {
        Realm::Manager => {
            let row =
                scope.find::<idam_user::Entity>().filter(idam_user::Column::Id.eq(principal.user_id)).one().await?.ok_or_else(gone)?;
            (row.email.to_string(), word(&row.user_type)?, word(&row.status)?, row.created_at)
        }
        Realm::Tenant => {
            let row = scope.find::<adm_user::Entity>().filter(adm_user::Column::Id.eq(principal.user_id)).one().await?.ok_or_else(gone)?;
            (row.email.to_string(), "TENANT".to_owned(), word(&row.status)?, row.created_at)
        }
    };
    Ok(Me {
        id: principal.user_id,
        username: principal.username.clone(),
        email,
        full_name: principal.full_name.clone(),
        user_type,
        status,
        tenant: principal.tenant.as_ref().map(|tenant| tenant.code.clone()),
        tenant_name: principal.tenant.as_ref().map(|tenant| tenant.name.clone()),
        roles: principal.roles.clone(),
        permissions: principal.rights.grants().iter().map(ToString::to_string).collect(),
        impersonated_by: principal.impersonator.as_ref().map(|staff| staff.name.clone()),
        created_at,
    })
}

/// The word of an enum on the wire.
fn word(value: &impl Serialize) -> Result<String> {
    let value = serde_json::to_value(value).map_err(Error::internal)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

/// Sign in
#[api_v2_operation]
pub async fn manager_login(anybody: Anybody, body: Body<ManagerLogin>) -> Api<Tokens> {
    let issued = anybody.platform.sign_in(anybody.context(Realm::Manager, None), &body.0.username, &body.0.password).await?;
    Ok(Reply::new(&tokens(&anybody, issued).await?)?)
}

/// Sign in to a company
#[api_v2_operation]
pub async fn tenant_login(anybody: Anybody, body: Body<TenantLogin>) -> Api<Tokens> {
    let named = named_company(&anybody.request, &anybody.platform);
    let tenant = match login::company(&anybody.platform, body.0.tenant.as_deref(), named.as_deref()).await {
        Err(error) if error.code() == Code::Unauthorized => {
            // as long as for a company that exists
            body.0.password.fits(None).await?;
            return Err(error.into());
        }
        other => other?,
    };
    let issued = anybody.platform.sign_in(anybody.context(Realm::Tenant, Some(tenant)), &body.0.username, &body.0.password).await?;
    Ok(Reply::new(&tokens(&anybody, issued).await?)?)
}

/// Exchange a refresh token for new tokens
#[api_v2_operation]
pub async fn manager_refresh(anybody: Anybody, body: Body<Refresh>) -> Api<Tokens> {
    anybody.platform.count_refresh(&anybody.request, &body.0.refresh_token).await?;
    let issued = anybody.platform.refresh(anybody.context(Realm::Manager, None), &body.0.refresh_token).await?;
    Ok(Reply::new(&tokens(&anybody, issued).await?)?)
}

/// Exchange a refresh token for new tokens
#[api_v2_operation]
pub async fn tenant_refresh(anybody: Anybody, body: Body<Refresh>) -> Api<Tokens> {
    anybody.platform.count_refresh(&anybody.request, &body.0.refresh_token).await?;
    let issued = anybody.platform.refresh(anybody.context(Realm::Tenant, None), &body.0.refresh_token).await?;
    Ok(Reply::new(&tokens(&anybody, issued).await?)?)
}

/// Who am I, and what may I do
#[api_v2_operation]
pub async fn me(cx: Allowed<SeeOneself>) -> Api<Me> {
    Ok(Reply::new(&me_of(cx.platform(), cx.principal()).await?)?)
}

/// Change my password
#[api_v2_operation]
pub async fn change_password(cx: Allowed<ChangePassword>, body: Body<PasswordChange>) -> Api<Done> {
    let change = &body.0;
    let others = change.end_other_sessions.unwrap_or(false);
    cx.platform().change_password(&cx.context(), cx.principal(), &change.current_password, &change.new_password, others).await?;
    Ok(Reply::new(&Done { done: true })?)
}

/// Sign out
#[api_v2_operation]
pub async fn logout(cx: Allowed<SignOut>, _body: Body<Logout>) -> Api<Done> {
    cx.platform().sign_out(&cx.context(), cx.principal()).await?;
    Ok(Reply::new(&Done { done: true })?)
}

/// Make an account without rights, where the provider allows it
#[api_v2_operation]
pub async fn register(anybody: Anybody, body: Body<Registration>) -> Created<idam_user::Model> {
    let wanted = body.0;
    let status = match anybody.platform.settings.register {
        Register::Open => idam_user::Status::Active,
        Register::Approval => idam_user::Status::Inactive,
        Register::Closed => {
            return Err(Error::forbidden(
                "register_closed",
                Message::new("회원 가입을 받지 않습니다.", "Accounts are made by the provider only."),
            )
            .into());
        }
    };
    wanted.password.acceptable("password", &[&wanted.username, &wanted.email])?;
    let hash = wanted.password.hash().await?;
    let full_name = match wanted.full_name {
        Some(name) => name,
        None => Text::parse(&wanted.username).map_err(Error::internal)?,
    };
    let cx = anybody.context(Realm::Manager, None);
    let user = anybody
        .platform
        .manager
        .write(&cx, async |tx| {
            let user = tx
                .insert(&idam_user::ActiveModel {
                    username: Set(wanted.username.clone()),
                    email: Set(wanted.email.clone()),
                    full_name: Set(full_name.clone()),
                    password_hash: Set(Some(hash.clone())),
                    password_changed_at: Set(Some(tx.now())),
                    user_type: Set(idam_user::UserType::Master),
                    status: Set(status),
                    ..Default::default()
                })
                .await?;
            crate::roles::give(tx, user.id, "GUEST").await?;
            tx.audit(AuditEntry::new(Action::Create, "auth.account.register", "idam.users", user.id));
            tx.publish(store::Event::new("idam.user.registered", user.id, serde_json::json!({"username": user.username})));
            Ok(user)
        })
        .await?;
    Ok(Reply::new(&user)?)
}

/// `/api/v1/manager/auth`.
pub fn manager(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("/auth")
            .service(web::resource("/login").route(web::post().to(manager_login)))
            .service(web::resource("/refresh").route(web::post().to(manager_refresh)))
            .service(web::resource("/register").route(web::post().to(register)))
            .service(web::resource("/me").route(web::get().to(me)))
            .service(web::resource("/sessions").route(web::get().to(sessions::own)))
            .service(web::resource("/sessions/{id}").route(web::delete().to(sessions::end_own)))
            .service(web::resource("/change-password").route(web::post().to(change_password)))
            .service(web::resource("/logout").route(web::post().to(logout))),
    );
}

/// `/api/v1/tenants/auth`.
pub fn tenant(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("/auth")
            .service(web::resource("/login").route(web::post().to(tenant_login)))
            .service(web::resource("/refresh").route(web::post().to(tenant_refresh)))
            .service(web::resource("/me").route(web::get().to(me)))
            .service(web::resource("/sessions").route(web::get().to(sessions::own)))
            .service(web::resource("/sessions/{id}").route(web::delete().to(sessions::end_own)))
            .service(web::resource("/change-password").route(web::post().to(change_password)))
            .service(web::resource("/logout").route(web::post().to(logout))),
    );
}
