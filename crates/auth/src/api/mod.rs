//! `/auth/*` of both realms.

mod cookie;
mod mfa;
mod password;
mod register;
mod session;

use crate::{
    Platform,
    door::{context, platform_of},
};
use actix_web::{HttpRequest, dev::Payload};
use envelope::{
    Failure,
    web::{self, Argument, Part, Reading, at_once, whole},
};
use kernel::{Actor, Realm, Result, permission};
use paperclip::{
    actix::OperationModifier,
    v2::models::{DefaultOperationRaw, DefaultSchemaRaw},
};
use std::collections::BTreeMap;
use uuid::Uuid;

permission! {
    /// Everybody who signed in: see who one is.
    pub SeeOneself = "auth", "session", "read";
    /// Everybody who signed in: change one's own password.
    pub ChangePassword = "auth", "password", "change";
    /// Everybody who signed in: sign out.
    pub SignOut = "auth", "session", "delete";
    /// Everybody who signed in: show the second factor again.
    pub StepUp = "auth", "session", "step-up";
    /// Everybody who signed in: the second factor of one's own account.
    pub EnrollMfa = "auth", "mfa", "enroll";
    pub ConfirmMfa = "auth", "mfa", "confirm";
    pub DisableMfa = "auth", "mfa", "disable", step_up;
    pub RenewRecoveryCodes = "auth", "mfa", "recovery-codes", step_up;
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

impl Argument for Anybody {
    fn read(request: &HttpRequest, _: &mut Payload) -> Reading {
        at_once(platform_of(request).map(|platform| Self { platform, request: request.clone() }))
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        whole(part)
    }
}

impl paperclip::v2::schema::Apiv2Schema for Anybody {}

impl OperationModifier for Anybody {
    fn update_parameter(_: &mut DefaultOperationRaw) {}
    fn update_definitions(map: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Failure::update_definitions(map);
    }
}

/// What both realms have.
fn common(scope: web::Scope) -> web::Scope {
    scope
        .service(web::resource("/me").route(web::get().to(session::me)))
        .service(web::resource("/sessions").route(web::get().to(crate::sessions::own)))
        .service(web::resource("/sessions/{id}").route(web::delete().to(crate::sessions::end_own)))
        .service(web::resource("/change-password").route(web::post().to(password::change_password)))
        .service(web::resource("/logout").route(web::post().to(session::logout)))
        .service(web::resource("/step-up").route(web::post().to(mfa::step_up)))
        .service(web::resource("/mfa/enroll").route(web::post().to(mfa::enroll)))
        .service(web::resource("/mfa/confirm").route(web::post().to(mfa::confirm)))
        .service(web::resource("/mfa/disable").route(web::post().to(mfa::disable)))
        .service(web::resource("/mfa/recovery-codes").route(web::post().to(mfa::recovery_codes)))
}

/// `/api/v1/manager/auth`.
pub fn manager(cfg: &mut web::ServiceConfig) {
    let scope = web::scope("/auth")
        .service(web::resource("/login").route(web::post().to(session::manager_login)))
        .service(web::resource("/login/mfa").route(web::post().to(session::manager_login_mfa)))
        .service(web::resource("/refresh").route(web::post().to(session::manager_refresh)))
        .service(web::resource("/register").route(web::post().to(register::register)))
        .service(web::resource("/forgot-password").route(web::post().to(password::manager_forgot_password)))
        .service(web::resource("/reset-password").route(web::post().to(password::manager_reset_password)));
    cfg.service(common(scope));
}

/// `/api/v1/tenants/auth`.
pub fn tenant(cfg: &mut web::ServiceConfig) {
    let scope = web::scope("/auth")
        .service(web::resource("/login").route(web::post().to(session::tenant_login)))
        .service(web::resource("/login/mfa").route(web::post().to(session::tenant_login_mfa)))
        .service(web::resource("/refresh").route(web::post().to(session::tenant_refresh)))
        .service(web::resource("/forgot-password").route(web::post().to(password::tenant_forgot_password)))
        .service(web::resource("/reset-password").route(web::post().to(password::tenant_reset_password)))
        .service(web::resource("/accept-invitation").route(web::post().to(password::accept_invitation)));
    cfg.service(common(scope));
}
