//! idam: the provider's people and what they may do.
//!
//! Words: a *permission* is a key (`idam.users.read`) or a pattern over keys; a *role* holds
//! permissions; a *user role* gives somebody a role, perhaps until a day; an *API key* lets a program
//! act as its owner; an *impersonation* lets one of the staff act as one of a company's people.
//! API keys, sessions, sign-in logs and the explanation of rights are declared in the crate `people`, for both realms. The tables belong
//! to the crate `auth`.
//!
//! Invariants: user names and e-mail addresses are unique among live users; the last super
//! administrator for good stays; nobody gives what they do not hold; a role's list and its rows say
//! the same; the catalogue of permissions is that of the code; no impersonation without the company's
//! consent.
//!
//! Events: `idam.<noun>.created | updated | deleted`, `idam.user.activated | deactivated | registered |
//! sessions_revoked | password_reset | mfa_reset`, `idam.session.revoked`, `idam.api_key.activated | deactivated | revoked | rotated`,
//! `idam.impersonation.created | ended`.

mod impersonations;
mod permissions;
pub mod provision;
mod role_permissions;
mod roles;
pub mod rules;
mod user_roles;
mod users;

pub use api_keys::ApiKeys;
pub use impersonations::Impersonations;
pub use login_logs::LoginLogs;
pub use permissions::Permissions;
pub use role_permissions::RolePermissions;
pub use roles::Roles;
pub use sessions::Sessions;
pub use user_roles::UserRoles;
pub use users::Users;

use kernel::{Permission, Realm};
use people::{
    api_keys::manager as api_keys, explain::manager as explain, login_logs::manager as login_logs, sessions::manager as sessions,
};
use resource::{Create, Delete, Module, Read, ResourceInfo, Update};

/// The domain, for the gateway.
#[must_use]
pub fn module() -> Module {
    Module {
        code: "idam",
        realm: Realm::Manager,
        title: "운영자 계정과 권한 · the provider's people",
        routes: |cfg| {
            cfg.service(
                envelope::web::scope("/idam")
                    .service(users::routes())
                    .service(roles::routes())
                    .service(permissions::routes())
                    .service(role_permissions::routes())
                    .service(user_roles::routes())
                    .service(sessions::routes())
                    .service(resource::reading::<LoginLogs>())
                    .service(api_keys::routes())
                    .service(impersonations::routes())
                    .service(explain::routes()),
            );
        },
        migrations: Vec::new,
        resources: vec![
            ResourceInfo::of::<Users>("/idam/users"),
            ResourceInfo::of::<Roles>("/idam/roles"),
            ResourceInfo::only::<Permissions>("/idam/permissions", &[Read::<Permissions>::KEY, Update::<Permissions>::KEY]),
            ResourceInfo::only::<RolePermissions>(
                "/idam/role-permissions",
                &[Read::<RolePermissions>::KEY, Create::<RolePermissions>::KEY, Delete::<RolePermissions>::KEY],
            ),
            ResourceInfo::of::<UserRoles>("/idam/user-roles"),
            ResourceInfo::only::<LoginLogs>("/idam/login-logs", &[Read::<LoginLogs>::KEY]),
            ResourceInfo::only::<Sessions>("/idam/sessions", &[Read::<Sessions>::KEY, Delete::<Sessions>::KEY]),
            ResourceInfo::of::<ApiKeys>("/idam/api-keys"),
            ResourceInfo::only::<Impersonations>("/idam/impersonations", &[Read::<Impersonations>::KEY, Create::<Impersonations>::KEY]),
        ],
        permissions: vec![sessions::RevokeAllOf::KEY, impersonations::End::KEY, explain::Explain::KEY],
        public_paths: &[],
        rules: rules::RULES,
        events: &[
            "idam.impersonation.created",
            "idam.impersonation.ended",
            "idam.role.created",
            "idam.session.revoked",
            "idam.user.activated",
            "idam.user.invited",
            "idam.user.registered",
            "idam.user.sessions_revoked",
        ],
    }
}
