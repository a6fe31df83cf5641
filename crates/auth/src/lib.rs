//! Who is calling and what may they do: passwords, tokens, sessions, rights, and the door.
//!
//! [`Allowed<P>`](Allowed) in a handler's signature is the only way to a database: it verifies
//! the credential (401), realm, company and the permission `P` (403, audited), and then offers
//! [`Door::read`] and [`Door::write`]. What has no caller (provisioning, seeds) says so by
//! [`Platform::act_as_system`], a word that can be searched for.
//!
//! Owns the tables `idam_users`, `idam_roles`, `idam_user_roles`, `idam_sessions`,
//! `idam_signing_keys` (`mgmt_db`) and `adm_users`, `adm_roles`, `adm_user_roles`,
//! `adm_sessions` (`tnnt_db`). The domains `idam` and `adm` declare the resources over them.

pub mod api;
mod caller;
mod door;
pub mod entities;
mod keyring;
mod login;
pub mod migrations;
mod password;
mod platform;
mod principal;
mod refresh;
pub mod roles;
mod rotation;
mod sealed;
mod tables;
mod token;

pub use caller::{count, is_counted};
pub use door::{Allowed, Door, SystemDoor};
pub use password::Password;
pub use platform::{Platform, Register, Settings};
pub use principal::{Principal, Rights};
pub use sealed::Secrets;
