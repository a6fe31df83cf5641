//! idam: the provider's people and what they may do.
//!
//! Today its users; roles, permissions, sessions, login logs and API keys come with the
//! identity work. The tables belong to the crate `auth`, which signs people in.
//!
//! Invariants: user names and e-mail addresses are unique among live users; the last active
//! super administrator stays; nobody gives a role that holds more than they hold.
//!
//! Events: `idam.user.created | updated | deleted | activated | deactivated | registered`.

pub mod provision;
mod users;

pub use users::Users;

use kernel::{Permission, Realm};
use resource::{Module, ResourceInfo};

/// The domain, for the gateway.
#[must_use]
pub fn module() -> Module {
    Module {
        code: "idam",
        realm: Realm::Manager,
        title: "운영자 계정과 권한 · the provider's people",
        routes: |cfg| {
            cfg.service(paperclip::actix::web::scope("/idam").service(users::routes()));
        },
        migrations: Vec::new,
        resources: vec![ResourceInfo::of::<Users>("/idam/users")],
        permissions: vec![users::Activate::KEY, users::Deactivate::KEY, users::ResetPassword::KEY],
        public_paths: &[],
    }
}
