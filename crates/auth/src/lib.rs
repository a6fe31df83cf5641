//! Who is calling and what may they do: passwords, tokens, sessions, rights, and the door.
//!
//! [`Allowed<P>`](Allowed) in a handler's signature is the only way to a database: it verifies
//! the credential (401), realm, company and the permission `P` (403, audited), and then offers
//! [`Door::read`] and [`Door::write`]. What has no caller (provisioning, seeds) says so by
//! [`Platform::act_as_system`], a word that can be searched for.
//!
//! A program comes with an `X-API-Key` and may a part of what its owner may ([`keys`]); one of the
//! provider's staff may act as one of a company's people for a while, where the company consented.
//!
//! Signing in: [`throttle`] counts a try before [`login`] looks at it; [`mfa`] asks for a second
//! factor; [`session`] keeps people in. Events: `auth.session.opened | closed | verified`,
//! `auth.sign_in.failed`, `auth.account.locked`, `auth.refresh.reused`,
//! `auth.password.changed | refused`, `auth.password_reset.requested | dismissed` (of a company there is not),
//! `auth.credentials.changed` (through user administration; mailed to the address the account had),
//! `auth.mfa.enrolled | enabled | disabled | recovery_codes_renewed`.
//!
//! Owns the tables `idam_users`, `idam_roles`, `idam_permissions`, `idam_role_permissions`,
//! `idam_user_roles`, `idam_sessions`, `idam_api_keys`, `idam_impersonations`, `idam_signing_keys`,
//! `auth_login_throttles` (for both realms; `mgmt_db`) and `adm_users`, `adm_roles`,
//! `adm_user_roles`, `adm_sessions`, `adm_api_keys`, `adm_support_consents` (`tnnt_db`), and in both
//! `*_login_logs`, `*_mfa`, `*_recovery_codes`, `*_one_time_tokens`. The domains `idam` and `adm`
//! declare the resources over them.

mod allowed;
pub mod api;
mod caller;
pub mod credentials;
mod department;
mod device;
mod door;
pub mod entities;
mod explain;
mod gate;
mod giving;
mod half;
mod held;
pub mod impersonation;
mod keyring;
pub mod keys;
mod login;
mod mail;
pub mod mailing;
mod mfa;
pub mod migrations;
mod names;
mod one_time;
mod open;
mod own_password;
mod password;
pub mod permissions;
mod platform;
mod principal;
mod refresh;
pub mod roles;
mod rotation;
pub mod rules;
mod sealed;
mod session;
pub mod sessions;
mod tables;
mod throttle;
mod token;
mod totp;
mod trial;
mod visits;
mod work;

pub use allowed::{Allowed, Demand, needs};
pub use caller::{count, is_counted};
pub use credentials::forget_sessions;
pub use department::AllowedInDepartment;
pub use door::{Door, SystemDoor};
pub use explain::{ExplainQuery, Explanation};
pub use gate::{Gate, Move};
pub use held::still_may;
pub use keyring::statement;
pub use mail::{Mail, Mailer};
pub use names::{keep_names, own_address};
pub use password::Password;
pub use platform::{Platform, Register, Settings};
pub use principal::{HeldKey, Impersonator, Principal, Rights};
pub use sealed::Secrets;
pub use trial::can_be_tried;

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
