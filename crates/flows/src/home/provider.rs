//! The provider's first page.

use super::{SeeHome, may};
use audt::{Verify, dead_letters::DeadLetters, home::HomeAudit};
use auth::Allowed;
use envelope::{Api, Reply, web};
use idam::{LoginLogs, home::HomeSignIns};
use kernel::{Permission, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Read;
use serde::Serialize;
use tnnt::{Tenants, home::HomeCompanies};

/// Seconds whose sign-ins are counted.
const DAY: i64 = 24 * 60 * 60;

/// The figures of the platform, as far as the caller may see them.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct ProviderHome {
    /// 기준 일시 | As of
    pub as_of: Timestamp,
    /// 고객사 | Companies
    ///
    /// By state; null without `tnnt.tenants.read`.
    pub companies: Option<Vec<HomeCompanies>>,
    /// 로그인 | Sign-ins
    ///
    /// Of the provider's people in the last 24 hours; null without `idam.login-logs.read`.
    pub sign_ins: Option<HomeSignIns>,
    /// 처리하지 못한 이벤트 | Dead letters
    ///
    /// How many wait; null without `audt.dead-letters.read`.
    pub dead_letters: Option<i64>,
    /// 감사 기록 | Audit
    ///
    /// Null without `audt.audit-logs.verify`.
    pub audit: Option<HomeAudit>,
}

/// The provider's first page
///
/// Companies, sign-ins, dead letters and the audit. A part the caller has no right to is null.
#[api_v2_operation]
pub async fn home(cx: Allowed<SeeHome>) -> Api<ProviderHome> {
    let (scope, now) = (cx.read().await?, cx.platform().now());
    let mut home = ProviderHome { as_of: now, companies: None, sign_ins: None, dead_letters: None, audit: None };
    if may(&cx, Read::<Tenants>::KEY) {
        home.companies = Some(tnnt::home::companies(&scope).await?);
    }
    if may(&cx, Read::<LoginLogs>::KEY) {
        home.sign_ins = Some(idam::home::sign_ins(&scope, now.plus_seconds(-DAY)).await?);
    }
    if may(&cx, Read::<DeadLetters>::KEY) {
        home.dead_letters = Some(audt::home::dead_letters(&scope).await?);
    }
    if may(&cx, Verify::KEY) {
        home.audit = Some(audt::home::audit(&scope).await?);
    }
    Ok(Reply::new(&home)?)
}

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/home").route(web::get().to(home)));
}
