//! Coming in, staying in, going out.

use super::{SeeOneself, SignOut, cookie::WithCookie};
use crate::{
    Password, device,
    login::{self, Destination, SignedIn},
    mfa,
    session_lifecycle::{self, Issued, count_refresh},
};
use auth::{
    ACCESS_TOKEN_LIFE, Allowed, Anybody, Platform, Principal,
    entities::{adm_user, idam_user},
};
use envelope::{Api, Body, Done, Failure, Reply};
use kernel::{Error, Realm, Result, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema)]
pub struct ManagerLogin {
    /// 아이디 | User name
    ///
    /// User name or e-mail address.
    #[openapi(example = "admin")]
    pub username: String,
    /// 비밀번호 | Password
    pub password: Password,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct TenantLogin {
    /// 회사 코드 | Company code
    ///
    /// Company code. May be left out where the address or `X-Tenant-Key` names the company.
    #[openapi(example = "demo")]
    pub tenant: Option<String>,
    /// 아이디 | User name
    ///
    /// User name or e-mail address.
    #[openapi(example = "admin")]
    pub username: String,
    /// 비밀번호 | Password
    pub password: Password,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct Refresh {
    /// 갱신 토큰 | Refresh token
    pub refresh_token: String,
}

/// A sign-in: tokens; or, where the account has a second factor, what to show it with.
#[derive(Default, Serialize, Apiv2Schema)]
pub struct SignIn {
    /// 2단계 인증 필요 | Second factor required
    ///
    /// Whether a code is awaited: then there is `mfa_token` and nothing else.
    pub mfa_required: bool,
    /// 2단계 인증 대기 토큰 | Pending MFA token
    ///
    /// For `login/mfa`, with a code; good once, for five minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa_token: Option<String>,
    /// 액세스 토큰 | Access token
    ///
    /// For `Authorization: Bearer`; lives `expires_in` seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// 갱신 토큰 | Refresh token
    ///
    /// For `refresh`; each can be used once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// 토큰 종류 | Token type
    ///
    /// Always `bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// 유효 시간(초) | Expires in (seconds)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
    /// 사용자 | User
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Me>,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct CodeLogin {
    /// 2단계 인증 대기 토큰 | Pending MFA token
    pub mfa_token: String,
    /// 코드 | Code
    ///
    /// Six digits of the app, or a recovery code.
    #[openapi(example = "123456")]
    pub code: String,
}

/// A pair of tokens.
#[derive(Serialize, Apiv2Schema)]
pub struct Tokens {
    /// 액세스 토큰 | Access token
    ///
    /// For `Authorization: Bearer`; lives `expires_in` seconds.
    pub access_token: String,
    /// 갱신 토큰 | Refresh token
    ///
    /// For `refresh`; each can be used once.
    pub refresh_token: String,
    /// 토큰 종류 | Token type
    ///
    /// Always `bearer`.
    pub token_type: String,
    /// 유효 시간(초) | Expires in (seconds)
    pub expires_in: i64,
    /// 사용자 | User
    pub user: Me,
}

/// Who one is.
#[derive(Serialize, Apiv2Schema)]
pub struct Me {
    /// ID | ID
    pub id: Uuid,
    /// 아이디 | User name
    pub username: String,
    /// 이메일 | Email
    pub email: String,
    /// 이름 | Full name
    pub full_name: String,
    /// 사용자 구분 | User type
    ///
    /// MASTER, TENANT or SYSTEM.
    pub user_type: String,
    /// 상태 | Status
    pub status: String,
    /// 회사 코드 | Company code
    ///
    /// Company code, in the tenant realm.
    pub tenant: Option<String>,
    /// 회사명 | Company name
    pub tenant_name: Option<String>,
    /// 역할 | Roles
    pub roles: Vec<String>,
    /// 권한 | Permissions
    ///
    /// Keys and patterns: `crm.customers.read`, `crm.*`, `*`.
    pub permissions: Vec<String>,
    /// 2단계 인증 | Second factor
    ///
    /// Whether a second factor is asked for at sign-in.
    pub mfa_enabled: bool,
    /// 대리인 | Impersonated by
    ///
    /// Name of one of the provider's staff, who acts as this user.
    pub impersonated_by: Option<String>,
    /// 등록 일시 | Created
    pub created_at: Timestamp,
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct Logout {
    /// 갱신 토큰 | Refresh token
    ///
    /// Accepted and not needed: the session ends with all its tokens.
    pub refresh_token: Option<String>,
}

/// What a sign-in answers.
type Entered = std::result::Result<WithCookie<SignIn>, Failure>;

/// The account behind a fresh token, as `me` shows it.
async fn tokens(anybody: &Anybody, issued: Issued) -> Result<Tokens> {
    let principal = anybody.platform().holder(&issued.access).await?.ok_or_else(Error::unauthorized)?;
    debug_assert_eq!(principal.user_id, issued.user_id, "the token is the user's own");
    let user = me_of(anybody.platform(), &principal).await?;
    Ok(Tokens {
        access_token: issued.access,
        refresh_token: issued.refresh,
        token_type: "bearer".to_owned(),
        expires_in: ACCESS_TOKEN_LIFE,
        user,
    })
}

async fn me_of(platform: &Platform, principal: &Principal) -> Result<Me> {
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
        SignedIn::PendingMfa { mfa_token } => {
            let pending = SignIn { mfa_required: true, mfa_token: Some(mfa_token), ..SignIn::default() };
            return Ok(WithCookie::new(Reply::new(&pending)?, None));
        }
        SignedIn::Tokens { issued, cookie } => (issued, cookie),
    };
    let Tokens { access_token, refresh_token, token_type, expires_in, user } = tokens(anybody, issued).await?;
    let complete = SignIn {
        mfa_required: false,
        mfa_token: None,
        access_token: Some(access_token),
        refresh_token: Some(refresh_token),
        token_type: Some(token_type),
        expires_in: Some(expires_in),
        user: Some(user),
    };
    Ok(WithCookie::new(Reply::new(&complete)?, Some(cookie)))
}

async fn sign_in(anybody: &Anybody, realm: Realm, to: &Destination, username: &str, password: &Password) -> Result<WithCookie<SignIn>> {
    let tenant = if let Destination::Company(id) = to { Some(*id) } else { None };
    let cookie = device::brought(anybody.request());
    let cx = anybody.context(realm, tenant);
    entered(anybody, login::sign_in(anybody.platform(), cx, to, username, password, cookie.as_deref()).await?).await
}

/// Sign in
///
/// Answers tokens or, where the account has a second factor, `mfa_token` for `login/mfa`. Whatever does not fit gets the same 401; after
/// too many attempts it is 423 for a while.
#[api_v2_operation]
pub async fn manager_login(anybody: Anybody, body: Body<ManagerLogin>) -> Entered {
    Ok(sign_in(&anybody, Realm::Manager, &Destination::Provider, &body.0.username, &body.0.password).await?)
}

/// Sign in to a company
///
/// The company is `tenant`, or that of the address. Answers tokens or, where the account has a second factor, `mfa_token` for
/// `login/mfa`. Whatever does not fit gets the same 401; after too many attempts it is 423 for a while.
#[api_v2_operation]
pub async fn tenant_login(anybody: Anybody, body: Body<TenantLogin>) -> Entered {
    let company = login::company(anybody.platform(), body.0.tenant.as_deref(), anybody.named_company().as_deref()).await?;
    Ok(sign_in(&anybody, Realm::Tenant, &company, &body.0.username, &body.0.password).await?)
}

async fn second_factor(anybody: &Anybody, realm: Realm, body: &CodeLogin) -> Result<WithCookie<SignIn>> {
    let cookie = device::brought(anybody.request());
    let cx = anybody.context(realm, None);
    entered(anybody, mfa::sign_in_with_code(anybody.platform(), cx, &body.mfa_token, &body.code, cookie.as_deref()).await?).await
}

/// Show the second factor of a sign-in
///
/// Takes the `mfa_token` of `login` and a code of the app, or a recovery code; answers the tokens.
#[api_v2_operation]
pub async fn manager_login_mfa(anybody: Anybody, body: Body<CodeLogin>) -> Entered {
    Ok(second_factor(&anybody, Realm::Manager, &body.0).await?)
}

/// Show the second factor of a sign-in
///
/// Takes the `mfa_token` of `login` and a code of the app, or a recovery code; answers the tokens.
#[api_v2_operation]
pub async fn tenant_login_mfa(anybody: Anybody, body: Body<CodeLogin>) -> Entered {
    Ok(second_factor(&anybody, Realm::Tenant, &body.0).await?)
}

async fn refresh(anybody: &Anybody, realm: Realm, body: &Refresh) -> Result<Reply<Tokens>> {
    count_refresh(anybody.platform(), anybody.request(), &body.refresh_token).await?;
    let issued = session_lifecycle::refresh(anybody.platform(), anybody.context(realm, None), &body.refresh_token).await?;
    Reply::new(&tokens(anybody, issued).await?)
}

/// Exchange a refresh token for new tokens
///
/// Each is good once; after a lost answer it may be sent again within ten seconds. An older one ends its session, since somebody else may
/// have it.
#[api_v2_operation]
pub async fn manager_refresh(anybody: Anybody, body: Body<Refresh>) -> Api<Tokens> {
    Ok(refresh(&anybody, Realm::Manager, &body.0).await?)
}

/// Exchange a refresh token for new tokens
///
/// Each is good once; after a lost answer it may be sent again within ten seconds. An older one ends its session, since somebody else may
/// have it.
#[api_v2_operation]
pub async fn tenant_refresh(anybody: Anybody, body: Body<Refresh>) -> Api<Tokens> {
    Ok(refresh(&anybody, Realm::Tenant, &body.0).await?)
}

/// Who am I, and what may I do
///
/// The account that the token or the key stands for, with its roles and its permissions as they count now.
#[api_v2_operation]
pub async fn me(cx: Allowed<SeeOneself>) -> Api<Me> {
    Ok(Reply::new(&me_of(cx.platform(), cx.principal()).await?)?)
}

/// Sign out
///
/// The session ends: its access token and its refresh token are good no more.
#[api_v2_operation]
pub async fn logout(cx: Allowed<SignOut>, _body: Body<Logout>) -> Api<Done> {
    session_lifecycle::sign_out(cx.platform(), &cx.context(), cx.principal()).await?;
    Ok(Reply::new(&Done { done: true })?)
}
