//! adm: the company itself. Its legal entities and sites, its departments, its people and
//! what they may do.
//!
//! Words: an *organization* is a legal entity or a site; a *department* hangs in a tree below
//! one; a *user* signs in and has a *role*, a set of permissions.
//!
//! Invariants: a department's parent is of the same organization, and no department stands
//! below itself; nobody gives a role that holds more than they hold; the last active user
//! with the role ADMIN stays.
//!
//! Tables: `adm_organizations`, `adm_departments`, `adm_settings` here; `adm_users`,
//! `adm_roles` belong to the crate `auth`, which signs people in.
//!
//! Events: `adm.<noun>.created | updated | deleted`, `adm.user.activated | deactivated | invited`.

mod departments;
mod migrations;
mod organizations;
pub mod provision;
mod roles;
mod users;

pub use departments::{Departments, entity as department};
pub use organizations::{Organizations, entity as organization};
pub use roles::Roles;
pub use users::Users;

use kernel::{Permission, Realm};
use resource::{Module, ResourceInfo};

/// The domain, for the gateway.
#[must_use]
pub fn module() -> Module {
    Module {
        code: "adm",
        realm: Realm::Tenant,
        title: "회사 관리 · the company itself",
        routes: |cfg| {
            cfg.service(
                paperclip::actix::web::scope("/adm")
                    .service(resource::plain::<Organizations>())
                    .service(departments::routes())
                    .service(roles::routes())
                    .service(users::routes()),
            );
        },
        migrations: migrations::all,
        resources: vec![
            ResourceInfo::of::<Organizations>("/adm/organizations"),
            ResourceInfo::of::<Departments>("/adm/departments"),
            ResourceInfo::of::<Roles>("/adm/roles"),
            ResourceInfo::of::<Users>("/adm/users"),
        ],
        permissions: vec![users::Activate::KEY, users::Deactivate::KEY, users::ResetPassword::KEY, users::Invite::KEY],
        public_paths: &[],
    }
}
