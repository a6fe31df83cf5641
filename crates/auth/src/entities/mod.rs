//! People, roles, sessions and keys of both realms, as SeaORM sees them.

pub mod adm_login_log;
pub mod adm_role;
pub mod adm_session;
pub mod adm_support_consent;
pub mod adm_user;
pub mod adm_user_role;
pub mod api_key;
pub mod idam_impersonation;
pub mod idam_login_log;
pub mod idam_permission;
pub mod idam_role;
pub mod idam_role_permission;
pub mod idam_session;
pub mod idam_user;
pub mod idam_user_role;

pub use api_key::{adm_api_key, idam_api_key};
