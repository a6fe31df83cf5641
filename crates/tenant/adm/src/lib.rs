//! adm: the company itself. Its legal entities and sites, its departments, its people and
//! what they may do.
//!
//! Words: an *organization* is a legal entity or a site; a *department* hangs in a tree below
//! one; a *user* signs in and has a *role*, a set of permissions, and perhaps further ones (*user
//! roles*), until a day or for a department; an *API key* lets a program act as its owner; a *support
//! consent* lets the provider's staff act as one of the company's people.
//!
//! Invariants: a department's parent is of the same organization, and no department stands
//! below itself; nobody gives what they do not hold; a right for a department never counts outside of
//! it; the last active user with the role ADMIN for good stays.
//!
//! Tables: `adm_organizations`, `adm_departments`, `adm_settings` here; those of people, roles,
//! sessions, keys and consents belong to the crate `auth`, which signs people in.
//!
//! Events: `adm.<noun>.created | updated | deleted`, `adm.user.activated | deactivated | invited |
//! sessions_revoked`, `adm.user_role.revoked`, `adm.session.revoked`, `adm.api_key.activated |
//! deactivated | revoked | rotated`, `adm.support_consent.revoked`, `adm.impersonation.started | ended`.

mod api_keys;
mod departments;
mod events;
mod explain;
mod login_logs;
mod migrations;
mod organizations;
pub mod provision;
mod roles;
mod sessions;
mod support_consents;
mod user_roles;
mod users;

pub use api_keys::ApiKeys;
pub use departments::{Departments, entity as department};
pub use login_logs::LoginLogs;
pub use organizations::{Organizations, entity as organization};
pub use roles::Roles;
pub use sessions::Sessions;
pub use support_consents::SupportConsents;
pub use user_roles::UserRoles;
pub use users::Users;

use kernel::{Permission, Realm};
use resource::{Create, Delete, Module, Read, ResourceInfo};

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
                    .service(events::routes())
                    .service(roles::routes())
                    .service(users::routes())
                    .service(user_roles::routes())
                    .service(sessions::routes())
                    .service(resource::reading::<LoginLogs>())
                    .service(api_keys::routes())
                    .service(support_consents::routes())
                    .service(explain::routes()),
            );
        },
        migrations: migrations::all,
        resources: vec![
            ResourceInfo::of::<Organizations>("/adm/organizations"),
            ResourceInfo::of::<Departments>("/adm/departments"),
            ResourceInfo::of::<Roles>("/adm/roles"),
            ResourceInfo::of::<Users>("/adm/users"),
            ResourceInfo::of::<UserRoles>("/adm/user-roles"),
            ResourceInfo::only::<LoginLogs>("/adm/login-logs", &[Read::<LoginLogs>::KEY]),
            ResourceInfo::only::<Sessions>("/adm/sessions", &[Read::<Sessions>::KEY, Delete::<Sessions>::KEY]),
            ResourceInfo::of::<ApiKeys>("/adm/api-keys"),
            ResourceInfo::only::<SupportConsents>("/adm/support-consents", &[Read::<SupportConsents>::KEY, Create::<SupportConsents>::KEY]),
        ],
        permissions: vec![
            events::ReadEvents::KEY,
            users::Activate::KEY,
            users::Deactivate::KEY,
            users::ResetPassword::KEY,
            users::Invite::KEY,
            user_roles::Revoke::KEY,
            sessions::RevokeAllOf::KEY,
            api_keys::Activate::KEY,
            api_keys::Deactivate::KEY,
            api_keys::Revoke::KEY,
            api_keys::Rotate::KEY,
            support_consents::Revoke::KEY,
            explain::Explain::KEY,
        ],
        public_paths: &[],
    }
}
