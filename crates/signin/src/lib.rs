//! Signing in: passwords, the second factor, refresh tokens, links of emails, and the routes `/auth/*` of both realms.
//!
//! [`throttle`] counts an attempt before [`login`] looks at it; [`mfa`] asks for a second factor; [`session_lifecycle`]
//! keeps people signed in. User administration asks [`credentials`] before it decides how somebody else signs in. What
//! comes of it, a session and its access token, is judged by `auth`.
//!
//! Events: `auth.session.opened | closed | verified`, `auth.sign_in.failed`, `auth.account.locked`, `auth.refresh.reused`,
//! `auth.password.changed | refused`, `auth.password_reset.requested | dismissed` (of a company there is not),
//! `auth.credentials.changed` (through user administration; mailed to the address the account had),
//! `auth.mfa.enrolled | enabled | disabled | recovery_codes_renewed`.
//!
//! Has no tables of its own: `auth` owns and migrates them, and this crate alone writes `auth_login_throttles`, and in both
//! databases `*_login_logs`, `*_mfa`, `*_recovery_codes` and `*_one_time_tokens`.

pub mod api;
pub mod credentials;
mod device;
pub mod emails;
mod login;
mod mfa;
mod names;
mod one_time_token;
mod own_password;
mod password;
mod pending_mfa;
mod refresh_token;
pub mod rules;
mod session_lifecycle;
mod sign_in_log;
mod throttle;
mod totp;

pub use names::{keep_names, own_address};
pub use password::Password;
pub use session_lifecycle::log_password_reset;
pub use throttle::forget_failures;

/// The kinds of events about signing in.
pub const EVENTS: &[&str] = &[
    "auth.account.locked",
    "auth.credentials.changed",
    "auth.mfa.disabled",
    "auth.mfa.enabled",
    "auth.mfa.enrolled",
    "auth.mfa.recovery_codes_renewed",
    "auth.password.changed",
    "auth.password.refused",
    "auth.password_reset.dismissed",
    "auth.password_reset.requested",
    "auth.refresh.reused",
    "auth.session.closed",
    "auth.session.opened",
    "auth.session.verified",
    "auth.sign_in.failed",
];

#[cfg(test)]
mod tests {
    use auth::{MasterKey, Secrets};

    /// What is derived from these secrets.
    pub(crate) fn master_key(secrets: &str) -> MasterKey {
        let secrets = secrets.to_owned();
        MasterKey::reading(Secrets::read_by(move || Ok(secrets.clone()))).unwrap()
    }
}
