//! people: what both realms have of users, roles, API keys, sessions and sign-in logs.
//!
//! The domains `idam` (the provider's people) and `adm` (a company's people) show the same things over tables of their own. What they
//! have in common is here, once; what is special of a realm is in its domain.
//!
//! [`users`], [`roles`] and [`user_roles`] are functions: the columns that both tables have are read by name, so one function serves
//! both. [`api_keys`], [`sessions`], [`login_logs`] and [`explain`] are whole resources: only their types differ (the entity, the
//! permissions, the names in the document), so a macro declares each of them twice, in its modules `manager` and `tenant`.
//!
//! The tables belong to the crate `auth`.

pub mod api_keys;
pub mod explain;
pub mod login_logs;
pub mod roles;
pub mod sessions;
pub mod user_roles;
pub mod users;

use auth::Door;
use envelope::{
    Answer,
    web::{self, Route, Scope},
};
use kernel::{Error, Result, boxed};
use resource::{Guard, Resource, Spec};
use sea_orm::{EntityTrait, FromQueryResult};
use serde_json::Value;
use store::Find;
use uuid::Uuid;

/// The routes of a resource whose create, update and delete are handlers of its own; the other verbs are plain.
#[must_use]
pub fn routes<R: Resource>(create: Route, update: Route, delete: Route) -> Scope {
    web::scope(&format!("/{}", R::NAME))
        .service(web::resource("").route(resource::list::<R>()).route(create))
        .service(web::resource("/export").route(resource::export::<R>()))
        .service(web::resource("/{id}").route(resource::get::<R>()).route(update).route(delete))
        .configure(resource::actions::<R>)
}

/// [`resource::update_with`] of a row that decides what somebody may: this node reads sessions and keys again afterwards.
#[boxed(?Send)]
pub async fn update(door: &Door, spec: &Spec, id: Uuid, body: Value, guard: &Guard<'_>) -> Result<Answer> {
    let answer = resource::update_with(door, spec, id, body, guard).await?;
    door.platform().forget_sessions();
    Ok(answer)
}

/// [`resource::delete_with`], likewise.
#[boxed(?Send)]
pub async fn delete(door: &Door, spec: &Spec, id: Uuid, guard: &Guard<'_>) -> Result<Answer> {
    let answer = resource::delete_with(door, spec, id, guard).await?;
    door.platform().forget_sessions();
    Ok(answer)
}

/// The one row that is found, as `M` reads it.
async fn one_as<E: EntityTrait, M: FromQueryResult>(find: Find<'_, E>) -> Result<M> {
    find.all_as().await?.pop().ok_or_else(Error::not_found)
}
