//! Passwords: changed, forgotten, chosen for the first time.

use super::ChangePassword;
use crate::{
    Password, device,
    login::{self, Destination},
    one_time_token::{self, Purpose},
    own_password::{self, demand_password},
};
use auth::{Allowed, Anybody};
use envelope::{Api, Body, Done, Reply};
use kernel::{Email, Realm, Result};
use paperclip::{
    actix::{Apiv2Schema, api_v2_operation},
    v2::models::DefaultSchemaRaw,
};
use serde::{Deserialize, Deserializer, de};

#[derive(Deserialize, Apiv2Schema)]
pub struct PasswordChange {
    /// 현재 비밀번호 | Current password
    pub current_password: Password,
    /// 새 비밀번호 | New password
    ///
    /// 8 to 128 characters, neither common nor one's own name.
    pub new_password: Password,
    /// 다른 세션 종료 | End other sessions
    ///
    /// End the other sessions of this account.
    pub end_other_sessions: Option<bool>,
}

/// An address, and how it was typed: those from before addresses were folded are kept as they were typed then.
pub struct TypedEmail {
    pub folded: Email,
    pub typed: String,
}

impl<'de> Deserialize<'de> for TypedEmail {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self { folded: Email::parse(&text).map_err(de::Error::custom)?, typed: text.trim().to_lowercase() })
    }
}

impl paperclip::v2::schema::Apiv2Schema for TypedEmail {
    fn raw_schema() -> DefaultSchemaRaw {
        <Email as paperclip::v2::schema::Apiv2Schema>::raw_schema()
    }
}

#[derive(Deserialize, Apiv2Schema)]
pub struct ManagerForgotten {
    /// 이메일 | Email
    pub email: TypedEmail,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct TenantForgotten {
    /// 회사 코드 | Company code
    ///
    /// Company code. May be left out where the address or `X-Tenant-Key` names the company.
    #[openapi(example = "demo")]
    pub tenant: Option<String>,
    /// 이메일 | Email
    pub email: TypedEmail,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct PasswordReset {
    /// 토큰 | Token
    ///
    /// From the mail; good once, for 60 minutes.
    pub token: String,
    /// 새 비밀번호 | New password
    ///
    /// 8 to 128 characters, neither common nor one's own name.
    pub new_password: Password,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct InvitationAcceptance {
    /// 토큰 | Token
    ///
    /// From the mail; good once, for seven days.
    pub token: String,
    /// 비밀번호 | Password
    ///
    /// 8 to 128 characters, neither common nor one's own name.
    pub password: Password,
}

fn done() -> Result<Reply<Done>> {
    Reply::new(&Done { done: true })
}

/// Change my password
///
/// Asks for the current one. With `end_other_sessions` every other session of the account ends.
#[api_v2_operation]
pub async fn change_password(cx: Allowed<ChangePassword>, body: Body<PasswordChange>) -> Api<Done> {
    let change = &body.0;
    let (context, cookie) = (cx.context(), device::brought(cx.request()));
    let platform = cx.platform();
    demand_password(platform, &context, cx.principal(), &change.current_password, cookie.as_deref(), "auth.password.change").await?;
    own_password::change(platform, &context, cx.principal(), &change.new_password, change.end_other_sessions.unwrap_or(false)).await?;
    Ok(done()?)
}

async fn forgot(anybody: &Anybody, realm: Realm, to: &Destination, email: &TypedEmail) -> Result<()> {
    one_time_token::forgot_password(anybody.platform(), anybody.context(realm, None), to, &email.folded, &email.typed).await
}

/// Ask for a mail to set a new password; the answer is the same whether the address is known or not
///
/// The link in it is good once, and for a limited time.
#[api_v2_operation]
pub async fn manager_forgot_password(anybody: Anybody, body: Body<ManagerForgotten>) -> Api<Done> {
    forgot(&anybody, Realm::Manager, &Destination::Provider, &body.0.email).await?;
    Ok(done()?)
}

/// Ask for a mail to set a new password; the answer is the same whether the address is known or not
///
/// The link in it is good once, and for a limited time.
#[api_v2_operation]
pub async fn tenant_forgot_password(anybody: Anybody, body: Body<TenantForgotten>) -> Api<Done> {
    let company = login::company(anybody.platform(), body.0.tenant.as_deref(), anybody.named_company().as_deref()).await?;
    forgot(&anybody, Realm::Tenant, &company, &body.0.email).await?;
    Ok(done()?)
}

async fn reset(anybody: &Anybody, realm: Realm, body: &PasswordReset) -> Result<Reply<Done>> {
    let (platform, cx) = (anybody.platform(), anybody.context(realm, None));
    one_time_token::redeem(platform, cx, Purpose::Reset, &body.token, "new_password", &body.new_password).await?;
    done()
}

/// Set a new password with the token of a mail; all sessions of the account end
///
/// A token that was used, is too old or was never given is refused in the same way.
#[api_v2_operation]
pub async fn manager_reset_password(anybody: Anybody, body: Body<PasswordReset>) -> Api<Done> {
    Ok(reset(&anybody, Realm::Manager, &body.0).await?)
}

/// Set a new password with the token of a mail; all sessions of the account end
///
/// A token that was used, is too old or was never given is refused in the same way.
#[api_v2_operation]
pub async fn tenant_reset_password(anybody: Anybody, body: Body<PasswordReset>) -> Api<Done> {
    Ok(reset(&anybody, Realm::Tenant, &body.0).await?)
}

/// Accept an invitation: choose a password
///
/// The token is in the email and is valid once. The account is active afterwards and can sign in.
#[api_v2_operation]
pub async fn accept_invitation(anybody: Anybody, body: Body<InvitationAcceptance>) -> Api<Done> {
    let cx = anybody.context(Realm::Tenant, None);
    one_time_token::redeem(anybody.platform(), cx, Purpose::Invitation, &body.0.token, "password", &body.0.password).await?;
    Ok(done()?)
}
