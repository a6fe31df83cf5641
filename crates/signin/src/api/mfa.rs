//! The second factor.

use super::{ConfirmMfa, DisableMfa, EnrollMfa, RenewRecoveryCodes, StepUp};
use crate::{Password, device, mfa, own_password::demand_password};
use auth::Allowed;
use envelope::{Api, Body, Done, Reply};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Apiv2Schema)]
pub struct MfaEnrollment {
    /// 현재 비밀번호 | Current password
    pub current_password: Password,
}

/// What an authenticator app needs. Shown once.
#[derive(Serialize, Apiv2Schema)]
pub struct MfaSecret {
    /// 비밀 키 | Secret
    ///
    /// Base 32, to be typed in.
    pub secret: String,
    /// 인증 앱 등록 주소 | Authenticator URL
    ///
    /// The same, to be shown as a QR code.
    pub otpauth_url: String,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct MfaCode {
    /// 코드 | Code
    ///
    /// Six digits of the app; or a recovery code, once the second factor is on.
    #[openapi(example = "123456")]
    pub code: String,
}

/// Each opens the account once in place of the app. Shown once.
#[derive(Serialize, Apiv2Schema)]
pub struct RecoveryCodes {
    /// 복구 코드 | Recovery codes
    pub recovery_codes: Vec<String>,
}

/// Make a secret for an authenticator app
///
/// Asks for the current password. The secret is shown this once and counts from `mfa/confirm` on.
#[api_v2_operation]
pub async fn enroll(cx: Allowed<EnrollMfa>, body: Body<MfaEnrollment>) -> Api<MfaSecret> {
    let (context, cookie) = (cx.context(), device::brought(cx.request()));
    let platform = cx.platform();
    demand_password(platform, &context, cx.principal(), &body.0.current_password, cookie.as_deref(), "auth.mfa.enroll").await?;
    let enrolled = mfa::enroll(platform, &context, cx.principal()).await?;
    Ok(Reply::new(&MfaSecret { secret: enrolled.secret, otpauth_url: enrolled.url })?)
}

/// Turn the second factor on, with a code of the app
///
/// From now on a sign-in asks for a code. The recovery codes are shown this once.
#[api_v2_operation]
pub async fn confirm(cx: Allowed<ConfirmMfa>, body: Body<MfaCode>) -> Api<RecoveryCodes> {
    let cookie = device::brought(cx.request());
    let recovery_codes = mfa::confirm(cx.platform(), &cx.context(), cx.principal(), &body.0.code, cookie.as_deref()).await?;
    Ok(Reply::new(&RecoveryCodes { recovery_codes })?)
}

/// Turn the second factor off
///
/// Takes a code of the app or a recovery code. The recovery codes go with it.
#[api_v2_operation]
pub async fn disable(cx: Allowed<DisableMfa>, body: Body<MfaCode>) -> Api<Done> {
    let cookie = device::brought(cx.request());
    mfa::disable(cx.platform(), &cx.context(), cx.principal(), &body.0.code, cookie.as_deref()).await?;
    Ok(Reply::new(&Done { done: true })?)
}

/// Make new recovery codes; the old ones are good no more
///
/// Takes a code of the app or a recovery code. The new ones are shown this once, and each is good for one sign-in.
#[api_v2_operation]
pub async fn recovery_codes(cx: Allowed<RenewRecoveryCodes>, body: Body<MfaCode>) -> Api<RecoveryCodes> {
    let cookie = device::brought(cx.request());
    let recovery_codes = mfa::renew_recovery_codes(cx.platform(), &cx.context(), cx.principal(), &body.0.code, cookie.as_deref()).await?;
    Ok(Reply::new(&RecoveryCodes { recovery_codes })?)
}

/// Show the second factor again, for what asks for a fresh one
///
/// For ten minutes this session may do what has `x-step-up`.
#[api_v2_operation]
pub async fn step_up(cx: Allowed<StepUp>, body: Body<MfaCode>) -> Api<Done> {
    let cookie = device::brought(cx.request());
    mfa::step_up(cx.platform(), &cx.context(), cx.principal(), &body.0.code, cookie.as_deref()).await?;
    Ok(Reply::new(&Done { done: true })?)
}
