//! The second factor.

use super::{ConfirmMfa, DisableMfa, EnrollMfa, RenewRecoveryCodes, StepUp};
use crate::{Allowed, Password, device};
use envelope::{Api, Body, Done, Reply};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Apiv2Schema)]
pub struct MfaEnrollment {
    pub current_password: Password,
}

/// What an authenticator app needs. Shown once.
#[derive(Serialize, Apiv2Schema)]
pub struct MfaSecret {
    /// Base 32, to be typed in.
    pub secret: String,
    /// The same, to be shown as a QR code.
    pub otpauth_url: String,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct MfaCode {
    /// Six digits of the app; or a recovery code, once the second factor is on.
    #[openapi(example = "123456")]
    pub code: String,
}

/// Each opens the account once in place of the app. Shown once.
#[derive(Serialize, Apiv2Schema)]
pub struct RecoveryCodes {
    pub recovery_codes: Vec<String>,
}

/// Make a secret for an authenticator app
#[api_v2_operation]
pub async fn enroll(cx: Allowed<EnrollMfa>, body: Body<MfaEnrollment>) -> Api<MfaSecret> {
    let (context, cookie) = (cx.context(), device::brought(cx.request()));
    let platform = cx.platform();
    platform.demand_password(&context, cx.principal(), &body.0.current_password, cookie.as_deref(), "auth.mfa.enroll").await?;
    let enrolled = platform.enroll_mfa(&context, cx.principal()).await?;
    Ok(Reply::new(&MfaSecret { secret: enrolled.secret, otpauth_url: enrolled.url })?)
}

/// Turn the second factor on, with a code of the app
#[api_v2_operation]
pub async fn confirm(cx: Allowed<ConfirmMfa>, body: Body<MfaCode>) -> Api<RecoveryCodes> {
    let cookie = device::brought(cx.request());
    let recovery_codes = cx.platform().confirm_mfa(&cx.context(), cx.principal(), &body.0.code, cookie.as_deref()).await?;
    Ok(Reply::new(&RecoveryCodes { recovery_codes })?)
}

/// Turn the second factor off
#[api_v2_operation]
pub async fn disable(cx: Allowed<DisableMfa>, body: Body<MfaCode>) -> Api<Done> {
    let cookie = device::brought(cx.request());
    cx.platform().disable_mfa(&cx.context(), cx.principal(), &body.0.code, cookie.as_deref()).await?;
    Ok(Reply::new(&Done { done: true })?)
}

/// Make new recovery codes; the old ones are good no more
#[api_v2_operation]
pub async fn recovery_codes(cx: Allowed<RenewRecoveryCodes>, body: Body<MfaCode>) -> Api<RecoveryCodes> {
    let cookie = device::brought(cx.request());
    let recovery_codes = cx.platform().renew_recovery_codes(&cx.context(), cx.principal(), &body.0.code, cookie.as_deref()).await?;
    Ok(Reply::new(&RecoveryCodes { recovery_codes })?)
}

/// Show the second factor again, for what asks for a fresh one
#[api_v2_operation]
pub async fn step_up(cx: Allowed<StepUp>, body: Body<MfaCode>) -> Api<Done> {
    let cookie = device::brought(cx.request());
    cx.platform().step_up(&cx.context(), cx.principal(), &body.0.code, cookie.as_deref()).await?;
    Ok(Reply::new(&Done { done: true })?)
}
