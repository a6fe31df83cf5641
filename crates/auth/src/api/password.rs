//! Passwords: changed, forgotten, chosen for the first time.

use super::{Anybody, ChangePassword};
use crate::{
    Allowed, Password, device,
    door::named_company,
    login::{self, Whose},
    one_time::Purpose,
};
use envelope::{Api, Body, Done, Reply};
use kernel::{Email, Realm, Result};
use paperclip::{
    actix::{Apiv2Schema, api_v2_operation},
    v2::models::DefaultSchemaRaw,
};
use serde::{Deserialize, Deserializer, de};

#[derive(Deserialize, Apiv2Schema)]
pub struct PasswordChange {
    pub current_password: Password,
    /// 8 to 128 characters, neither common nor one's own name.
    pub new_password: Password,
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
    pub email: TypedEmail,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct TenantForgotten {
    /// Company code. May be left out where the address or `X-Tenant-Key` names the company.
    #[openapi(example = "demo")]
    pub tenant: Option<String>,
    pub email: TypedEmail,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct PasswordReset {
    /// From the mail; good once, for 60 minutes.
    pub token: String,
    /// 8 to 128 characters, neither common nor one's own name.
    pub new_password: Password,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct InvitationAcceptance {
    /// From the mail; good once, for seven days.
    pub token: String,
    /// 8 to 128 characters, neither common nor one's own name.
    pub password: Password,
}

fn done() -> Result<Reply<Done>> {
    Reply::new(&Done { done: true })
}

/// Change my password
#[api_v2_operation]
pub async fn change_password(cx: Allowed<ChangePassword>, body: Body<PasswordChange>) -> Api<Done> {
    let change = &body.0;
    let (context, cookie) = (cx.context(), device::brought(cx.request()));
    let platform = cx.platform();
    platform.demand_password(&context, cx.principal(), &change.current_password, cookie.as_deref(), "auth.password.change").await?;
    platform.change_password(&context, cx.principal(), &change.new_password, change.end_other_sessions.unwrap_or(false)).await?;
    Ok(done()?)
}

/// Ask for a mail to set a new password; the answer is the same whether the address is known or not
#[api_v2_operation]
pub async fn manager_forgot_password(anybody: Anybody, body: Body<ManagerForgotten>) -> Api<Done> {
    anybody
        .platform
        .forgot_password(anybody.context(Realm::Manager, None), &Whose::Providers, &body.0.email.folded, &body.0.email.typed)
        .await?;
    Ok(done()?)
}

/// Ask for a mail to set a new password; the answer is the same whether the address is known or not
#[api_v2_operation]
pub async fn tenant_forgot_password(anybody: Anybody, body: Body<TenantForgotten>) -> Api<Done> {
    let named = named_company(&anybody.request, &anybody.platform);
    let whose = login::company(&anybody.platform, body.0.tenant.as_deref(), named.as_deref()).await?;
    anybody.platform.forgot_password(anybody.context(Realm::Tenant, None), &whose, &body.0.email.folded, &body.0.email.typed).await?;
    Ok(done()?)
}

async fn redeem(anybody: &Anybody, realm: Realm, body: &PasswordReset) -> Result<Reply<Done>> {
    anybody.platform.redeem(anybody.context(realm, None), Purpose::Reset, &body.token, "new_password", &body.new_password).await?;
    done()
}

/// Set a new password with the token of a mail; all sessions of the account end
#[api_v2_operation]
pub async fn manager_reset_password(anybody: Anybody, body: Body<PasswordReset>) -> Api<Done> {
    Ok(redeem(&anybody, Realm::Manager, &body.0).await?)
}

/// Set a new password with the token of a mail; all sessions of the account end
#[api_v2_operation]
pub async fn tenant_reset_password(anybody: Anybody, body: Body<PasswordReset>) -> Api<Done> {
    Ok(redeem(&anybody, Realm::Tenant, &body.0).await?)
}

/// Accept an invitation: choose a password
#[api_v2_operation]
pub async fn accept_invitation(anybody: Anybody, body: Body<InvitationAcceptance>) -> Api<Done> {
    let cx = anybody.context(Realm::Tenant, None);
    anybody.platform.redeem(cx, Purpose::Invitation, &body.0.token, "password", &body.0.password).await?;
    Ok(done()?)
}
