//! People, roles and sessions of both realms, as SeaORM sees them.

pub mod adm_login_log;
pub mod adm_role;
pub mod adm_user;
pub mod idam_login_log;
pub mod idam_role;
pub mod idam_user;
