//! Who is calling and what may they do: passwords, tokens, sessions, rights, and the door.
//!
//! [`Allowed<P>`](Allowed) in a handler's signature is the only way to a database: it verifies
//! the credential (401), realm, company and the permission `P` (403, audited), and then offers
//! [`Door::read`] and [`Door::write`]. What has no caller (provisioning, seeds) says so by
//! [`Platform::act_as_system`], a word that can be searched for.
//!
//! Signing in: [`throttle`] counts a try before [`login`] looks at it; [`mfa`] asks for a second
//! factor; [`session`] keeps people in. Events: `auth.session.opened | closed | verified`,
//! `auth.sign_in.failed`, `auth.account.locked`, `auth.refresh.reused`,
//! `auth.password.changed | refused`, `auth.password_reset.requested | dismissed` (of a company there is not),
//! `auth.mfa.enrolled | enabled | disabled | recovery_codes_renewed`.
//!
//! Owns the tables `idam_users`, `idam_roles`, `idam_user_roles`, `idam_sessions`,
//! `idam_signing_keys` (`mgmt_db`) and `adm_users`, `adm_roles`, `adm_user_roles`,
//! `adm_sessions` (`tnnt_db`); `auth_login_throttles` (`mgmt_db`, for both realms), and in both
//! `*_login_logs`, `*_mfa`, `*_recovery_codes`, `*_one_time_tokens`. The domains `idam` and `adm` declare the resources over them.

pub mod api;
mod device;
mod door;
pub mod entities;
mod half;
mod keyring;
mod login;
mod mail;
pub mod mailing;
mod mfa;
pub mod migrations;
mod one_time;
mod own_password;
mod password;
mod platform;
mod principal;
mod refresh;
pub mod roles;
mod sealed;
mod session;
mod tables;
mod throttle;
mod token;
mod totp;
mod visits;

pub use door::{Allowed, Door, SystemDoor};
pub use mail::{Mail, Mailer};
pub use password::Password;
pub use platform::{Platform, Register, Settings};
pub use principal::{Principal, Rights};
