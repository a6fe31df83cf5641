//! `/auth/*` of both realms.

mod cookie;
mod mfa;
mod password;
mod register;
mod sign_in;

use auth::sessions;
use envelope::web;
use kernel::permission;

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

/// What both realms have.
fn common(scope: web::Scope) -> web::Scope {
    scope
        .service(web::resource("/me").route(web::get().to(sign_in::me)))
        .service(web::resource("/sessions").route(web::get().to(sessions::own)))
        .service(web::resource("/sessions/{id}").route(web::delete().to(sessions::end_own)))
        .service(web::resource("/change-password").route(web::post().to(password::change_password)))
        .service(web::resource("/logout").route(web::post().to(sign_in::logout)))
        .service(web::resource("/step-up").route(web::post().to(mfa::step_up)))
        .service(web::resource("/mfa/enroll").route(web::post().to(mfa::enroll)))
        .service(web::resource("/mfa/confirm").route(web::post().to(mfa::confirm)))
        .service(web::resource("/mfa/disable").route(web::post().to(mfa::disable)))
        .service(web::resource("/mfa/recovery-codes").route(web::post().to(mfa::recovery_codes)))
}

/// `/api/v1/manager/auth`.
pub fn manager(cfg: &mut web::ServiceConfig) {
    let scope = web::scope("/auth")
        .service(web::resource("/login").route(web::post().to(sign_in::manager_login)))
        .service(web::resource("/login/mfa").route(web::post().to(sign_in::manager_login_mfa)))
        .service(web::resource("/refresh").route(web::post().to(sign_in::manager_refresh)))
        .service(web::resource("/register").route(web::post().to(register::register)))
        .service(web::resource("/forgot-password").route(web::post().to(password::manager_forgot_password)))
        .service(web::resource("/reset-password").route(web::post().to(password::manager_reset_password)));
    cfg.service(common(scope));
}

/// `/api/v1/tenants/auth`.
pub fn tenant(cfg: &mut web::ServiceConfig) {
    let scope = web::scope("/auth")
        .service(web::resource("/login").route(web::post().to(sign_in::tenant_login)))
        .service(web::resource("/login/mfa").route(web::post().to(sign_in::tenant_login_mfa)))
        .service(web::resource("/refresh").route(web::post().to(sign_in::tenant_refresh)))
        .service(web::resource("/forgot-password").route(web::post().to(password::tenant_forgot_password)))
        .service(web::resource("/reset-password").route(web::post().to(password::tenant_reset_password)))
        .service(web::resource("/accept-invitation").route(web::post().to(password::accept_invitation)));
    cfg.service(common(scope));
}
