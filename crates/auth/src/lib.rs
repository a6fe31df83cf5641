//! Who is calling and what may they do: access tokens, sessions, API keys, rights, and the door. Signing in is the crate `signin`.
//!
//! [`Allowed<P>`](Allowed) in a handler's signature is the only way to a database: it verifies
//! the credential (401), realm, company and the permission `P` (403, audited), and then offers
//! [`Door::read`] and [`Door::write`]. What has no caller (provisioning, seeds) says so by
//! [`Platform::act_as_system`], a word that can be searched for.
//!
//! A program comes with an `X-API-Key` and may a part of what its owner may ([`keys`]); one of the
//! provider's staff may act as one of a company's people for a while, where the company consented
//! ([`impersonation`]).
//!
//! Owns the tables `idam_users`, `idam_roles`, `idam_permissions`, `idam_role_permissions`,
//! `idam_user_roles`, `idam_sessions`, `idam_api_keys`, `idam_impersonations`, `idam_signing_keys`,
//! `auth_login_throttles` (for both realms; `mgmt_db`) and `adm_users`, `adm_roles`,
//! `adm_user_roles`, `adm_sessions`, `adm_api_keys`, `adm_support_consents` (`tnnt_db`), and in both
//! `*_login_logs`, `*_mfa`, `*_recovery_codes`, `*_one_time_tokens`. The domains `idam` and `adm`
//! declare the resources over them; `signin` writes throttles, second factors, one-time tokens and the sign-in log.

mod allowed;
mod anonymous;
mod anybody;
mod caller;
mod department;
mod door;
pub mod entities;
mod explain;
mod gate;
mod giving;
mod granted_roles;
pub mod impersonation;
mod keyring;
pub mod keys;
mod mailer;
pub mod migrations;
pub mod permissions;
mod platform;
mod principal;
pub mod roles;
mod rotation;
pub mod rules;
mod sealed;
pub mod sessions;
pub mod tables;
mod token;
mod trial;

pub use allowed::{Allowed, Demand, needs};
pub use anonymous::AnonymousAccess;
pub use anybody::Anybody;
pub use caller::{count, is_counted};
pub use department::AllowedInDepartment;
pub use door::{Door, SystemDoor};
pub use explain::{ExplainQuery, Explanation};
pub use gate::{Gate, Move};
pub use granted_roles::still_may;
pub use keyring::statement;
pub use mailer::{Mail, Mailer};
pub use platform::{Platform, Register, Settings, forget_sessions};
pub use principal::{HeldKey, Impersonator, Principal, Rights};
pub use rotation::TOTP_LABEL;
pub use sealed::{KeyId, MasterKey, Secrets, Tags};
pub use token::{ACCESS_TOKEN_LIFE, SESSION_IDLE};
pub use trial::can_be_tried;
