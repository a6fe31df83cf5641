//! Coming in, staying in, going out.

use super::{Anybody, SeeOneself, SignOut, cookie::WithCookie};
use crate::{
    Allowed, Password, Platform, device,
    door::named_company,
    entities::{adm_user, idam_user},
    login::{self, SignedIn, Whose},
    session::Issued,
    token::LIFE,
};
use envelope::{Api, Body, Done, Failure, Reply};
use kernel::{Error, Realm, Result, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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

/// A sign-in: tokens; or, where the account has a second factor, what to show it with.
#[derive(Default, Serialize, Apiv2Schema)]
pub struct SignIn {
    /// Whether a code is awaited: then there is `mfa_token` and nothing else.
    pub mfa_required: bool,
    /// For `login/mfa`, with a code; good once, for five minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa_token: Option<String>,
    /// For `Authorization: Bearer`; lives `expires_in` seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// For `refresh`; each can be used once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Always `bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Me>,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct CodeLogin {
    pub mfa_token: String,
    /// Six digits of the app, or a recovery code.
    #[openapi(example = "123456")]
    pub code: String,
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
    /// Whether a second factor is asked for at sign-in.
    pub mfa_enabled: bool,
    /// Name of one of the provider's staff, who acts as this user.
    pub impersonated_by: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct Logout {
    /// Accepted and not needed: the session ends with all its tokens.
    pub refresh_token: Option<String>,
}

/// What a sign-in answers.
type Entered = std::result::Result<WithCookie<SignIn>, Failure>;

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
        mfa_enabled: principal.mfa_enabled,
        created_at,
    })
}

/// The word of an enum on the wire.
fn word(value: &impl Serialize) -> Result<String> {
    let value = serde_json::to_value(value).map_err(Error::internal)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

async fn entered(anybody: &Anybody, signed_in: SignedIn) -> Result<WithCookie<SignIn>> {
    let (issued, cookie) = match signed_in {
        SignedIn::Half { mfa_token } => {
            let half = SignIn { mfa_required: true, mfa_token: Some(mfa_token), ..SignIn::default() };
            return Ok(WithCookie::new(Reply::new(&half)?, None));
        }
        SignedIn::Tokens { issued, cookie } => (issued, cookie),
    };
    let Tokens { access_token, refresh_token, token_type, expires_in, user } = tokens(anybody, issued).await?;
    let whole = SignIn {
        mfa_required: false,
        mfa_token: None,
        access_token: Some(access_token),
        refresh_token: Some(refresh_token),
        token_type: Some(token_type),
        expires_in: Some(expires_in),
        user: Some(user),
    };
    Ok(WithCookie::new(Reply::new(&whole)?, Some(cookie)))
}

async fn sign_in(anybody: &Anybody, realm: Realm, whose: &Whose, username: &str, password: &Password) -> Result<WithCookie<SignIn>> {
    let tenant = if let Whose::Companys(id) = whose { Some(*id) } else { None };
    let cookie = device::brought(&anybody.request);
    let cx = anybody.context(realm, tenant);
    entered(anybody, anybody.platform.sign_in(cx, whose, username, password, cookie.as_deref()).await?).await
}

/// Sign in
#[api_v2_operation]
pub async fn manager_login(anybody: Anybody, body: Body<ManagerLogin>) -> Entered {
    Ok(sign_in(&anybody, Realm::Manager, &Whose::Providers, &body.0.username, &body.0.password).await?)
}

/// Sign in to a company
#[api_v2_operation]
pub async fn tenant_login(anybody: Anybody, body: Body<TenantLogin>) -> Entered {
    let named = named_company(&anybody.request, &anybody.platform);
    let whose = login::company(&anybody.platform, body.0.tenant.as_deref(), named.as_deref()).await?;
    Ok(sign_in(&anybody, Realm::Tenant, &whose, &body.0.username, &body.0.password).await?)
}

async fn second_factor(anybody: &Anybody, realm: Realm, body: &CodeLogin) -> Result<WithCookie<SignIn>> {
    let cookie = device::brought(&anybody.request);
    let cx = anybody.context(realm, None);
    entered(anybody, anybody.platform.sign_in_with_code(cx, &body.mfa_token, &body.code, cookie.as_deref()).await?).await
}

/// Show the second factor of a sign-in
#[api_v2_operation]
pub async fn manager_login_mfa(anybody: Anybody, body: Body<CodeLogin>) -> Entered {
    Ok(second_factor(&anybody, Realm::Manager, &body.0).await?)
}

/// Show the second factor of a sign-in
#[api_v2_operation]
pub async fn tenant_login_mfa(anybody: Anybody, body: Body<CodeLogin>) -> Entered {
    Ok(second_factor(&anybody, Realm::Tenant, &body.0).await?)
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

/// Sign out
#[api_v2_operation]
pub async fn logout(cx: Allowed<SignOut>, _body: Body<Logout>) -> Api<Done> {
    cx.platform().sign_out(&cx.context(), cx.principal()).await?;
    Ok(Reply::new(&Done { done: true })?)
}
