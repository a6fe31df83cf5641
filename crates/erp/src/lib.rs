//! The small ERP: organizations, departments, roles and people of one company at `/organizations/`, `/departments/`, `/roles/`, `/users/`,
//! as a FastAPI skeleton served them before this platform, so that its clients go on working.
//!
//! It is a second API over the rows of `adm`, not a second system: what is made here is seen under `/api/v1/tenants/adm` and the reverse,
//! by the same engine with the same permissions, audit rows, events and rules. Its own are the shapes (bare JSON without an envelope,
//! errors as FastAPI and pydantic word them, a row's running number as its `id`, instants in UTC without a zone), paths that are good with
//! and without a slash at the end, and that PUT replaces everything: what may be left out and is left out becomes empty, a password and
//! `is_active` apart, which stay.
//!
//! Beyond that skeleton it has departments, the roles of people (`/users/{user_id}/roles`), and lists that end: 1000 rows at once, the
//! next ones by `skip` and `limit`, where a `Link` header points. With [`OpenMode`] it answers callers on this machine without a
//! credential.
//!
//! It has no tables, no permissions and no events of its own; the gateway mounts it.

mod code;
mod departments;
mod extract;
mod open;
mod organizations;
mod paths;
mod reply;
mod roles;
mod rows;
mod user_roles;
mod users;

pub use open::OpenMode;
pub use paths::{is_erp_path, remove_last_slash};

use envelope::{LegacyApi, web};

/// What the envelope and the document must know of this API.
pub const LEGACY_API: LegacyApi =
    LegacyApi { name: "erp", has_path: is_erp_path, documented_path: paths::with_slash, error_body: reply::error_body };

/// What the document shows as a body.
#[must_use]
pub fn example(method: &str, path: &str) -> Option<&'static str> {
    match (method, path) {
        ("post", "/organizations/") => Some(r#"{"name": "Seoul General Hospital", "description": "Public healthcare"}"#),
        ("post", "/departments/") => Some(r#"{"name": "원무과", "organization_id": 1, "parent_id": null, "description": "접수와 수납"}"#),
        ("post", "/roles/") => Some(r#"{"name": "admin", "description": "Full access"}"#),
        ("post", "/users/") => Some(
            r#"{"email": "alice@example.com", "full_name": "Alice", "password": "secret123", "organization_id": 1, "department_id": null}"#,
        ),
        _ => None,
    }
}

/// Mounts the API, at the root.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/organizations").route(web::get().to(organizations::list)).route(web::post().to(organizations::create)))
        .service(
            web::resource("/organizations/{org_id}")
                .route(web::get().to(organizations::get))
                .route(web::put().to(organizations::put))
                .route(web::delete().to(organizations::delete)),
        )
        .service(web::resource("/departments").route(web::get().to(departments::list)).route(web::post().to(departments::create)))
        .service(
            web::resource("/departments/{department_id}")
                .route(web::get().to(departments::get))
                .route(web::put().to(departments::put))
                .route(web::delete().to(departments::delete)),
        )
        .service(web::resource("/roles").route(web::get().to(roles::list)).route(web::post().to(roles::create)))
        .service(
            web::resource("/roles/{role_id}")
                .route(web::get().to(roles::get))
                .route(web::put().to(roles::put))
                .route(web::delete().to(roles::delete)),
        )
        .service(web::resource("/users").route(web::get().to(users::list)).route(web::post().to(users::create)))
        .service(
            web::resource("/users/{user_id}")
                .route(web::get().to(users::get))
                .route(web::put().to(users::put))
                .route(web::delete().to(users::delete)),
        )
        .service(
            web::resource("/users/{user_id}/roles")
                .route(web::get().to(user_roles::list))
                .route(web::post().to(user_roles::give))
                .route(web::put().to(user_roles::put)),
        )
        .service(web::resource("/users/{user_id}/roles/{role_id}").route(web::delete().to(user_roles::take)));
}
