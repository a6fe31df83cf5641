//! The small ERP: organizations, departments, roles and people of one company at `/organizations/`, `/departments/`, `/roles/`, `/users/`,
//! as a FastAPI skeleton served them before this platform, so that its clients go on working.
//!
//! It is a second face of the same rows, not a second system: what is made here is seen under `/api/v1/tenants/adm` and the reverse, by
//! the same engine with the same permissions, audit rows, events and rules. Its own are the shapes (bare JSON, a row's running number as
//! its `id`, instants in UTC without a zone), the words of its errors, and that PUT says everything anew: what may be left out and is left
//! out becomes empty, a password and `is_active` apart, which stay.
//!
//! Beyond that skeleton it has departments, the roles of people (`/users/{user_id}/roles`), and lists that end: 1000 rows at once, the
//! next ones by `skip` and `limit`, where a `Link` header points.

mod code;
mod departments;
mod organizations;
mod roles;
mod user_roles;
mod users;

use auth::entities::{adm_role as role, adm_user as user};
use envelope::{Answer, Failure, Moment, PathName, said, web};
use kernel::{Code, Error, FieldError, Message, Result};
use paperclip::v2::{
    models::{DataType, DefaultSchemaRaw},
    schema::Apiv2Schema,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Find, Scope};
use uuid::Uuid;

use crate::{departments::entity as department, organizations as organization};

/// Rows a list answers at once.
const MOST: u64 = 1000;

macro_rules! path_names {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {$(
        $(#[$doc])*
        pub struct $name;
        impl PathName for $name {
            const NAME: &'static str = $text;
        }
    )+};
}
path_names! {
    OrgId = "org_id";
    DepartmentId = "department_id";
    RoleId = "role_id";
    UserId = "user_id";
}

/// Rows that have a running number.
trait Numbered: EntityTrait {
    const ID: Self::Column;
    const NO: Self::Column;
    fn numbers(row: &Self::Model) -> (Uuid, i64);
}

macro_rules! numbered {
    ($($entity:ident)+) => {$(
        impl Numbered for $entity::Entity {
            const ID: Self::Column = $entity::Column::Id;
            const NO: Self::Column = $entity::Column::No;
            fn numbers(row: &Self::Model) -> (Uuid, i64) {
                (row.id, row.no)
            }
        }
    )+};
}
numbered! { organization department role user }

/// The row of this number.
async fn by_no<E: Numbered>(scope: &Scope, no: i64) -> Result<E::Model> {
    scope.find::<E>().filter(E::NO.eq(no)).one().await?.ok_or_else(Error::not_found)
}

/// The id of the row a body names by its number.
async fn named<E: Numbered>(scope: &Scope, field: &str, noun: &Noun, no: Option<i64>) -> Result<Option<Uuid>> {
    let Some(no) = no else { return Ok(None) };
    match by_no::<E>(scope, no).await {
        Ok(row) => Ok(Some(E::numbers(&row).0)),
        Err(error) if error.code() == Code::NotFound => {
            Err(Error::invalid(vec![FieldError::new(field, "value_error", Message::new(noun.missing, noun.missing))]))
        }
        Err(error) => Err(error),
    }
}

/// The numbers of these rows.
async fn numbers<E: Numbered>(scope: &Scope, ids: impl Iterator<Item = Option<Uuid>>) -> Result<BTreeMap<Uuid, i64>> {
    let ids: Vec<Uuid> = ids.flatten().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(scope.find::<E>().filter(E::ID.is_in(ids)).all().await?.iter().map(E::numbers).collect())
}

/// How the surface speaks of a kind of rows.
struct Noun {
    missing: &'static str,
    taken: &'static str,
}

const ORGANIZATION: Noun = Noun { missing: "Organization not found", taken: "Organization name already exists" };
const DEPARTMENT: Noun = Noun { missing: "Department not found", taken: "Department name already exists" };
const ROLE: Noun = Noun { missing: "Role not found", taken: "Role name already exists" };
const USER: Noun = Noun { missing: "User not found", taken: "Email already registered" };

impl Noun {
    /// What went wrong, in the words of the small ERP.
    fn told<T>(&self, done: Result<T>) -> Result<T, Failure> {
        done.map_err(|error| {
            let said_already = error.detail(kernel::Lang::En).contains_key("detail");
            Failure(match (error.code(), error.rule_name()) {
                _ if said_already => error,
                (Code::NotFound, _) => said(Code::NotFound, self.missing),
                // 400, as there
                (Code::Conflict, Some("unique")) => said(Code::Unparseable, self.taken),
                _ => error,
            })
        })
    }
}

/// A row as the engine shows it: what this surface makes its own shapes of.
#[derive(Deserialize)]
struct Row {
    no: i64,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    full_name: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    organization_id: Option<Uuid>,
    #[serde(default)]
    department_id: Option<Uuid>,
    #[serde(default)]
    parent_id: Option<Uuid>,
    created_at: Moment,
    updated_at: Option<Moment>,
}

impl Row {
    fn of(answer: &Answer) -> Result<Self> {
        serde_json::from_str(&answer.data).map_err(Error::internal)
    }

    fn of_model(model: &impl Serialize) -> Result<Self> {
        serde_json::to_value(model).and_then(serde_json::from_value).map_err(Error::internal)
    }

    fn all(models: &[impl Serialize]) -> Result<Vec<Self>> {
        models.iter().map(Self::of_model).collect()
    }

    /// A row that never changed was last changed when it was made.
    fn updated_at(&self) -> Moment {
        self.updated_at.unwrap_or(self.created_at)
    }
}

/// A whole number within bounds, of a query string.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct Whole<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Apiv2Schema for Whole<MIN, MAX> {
    fn raw_schema() -> DefaultSchemaRaw {
        kernel::schema::with_keywords(DataType::Integer, &serde_json::json!({"minimum": MIN, "maximum": MAX}), MIN.into())
    }
}

/// Which part of a list.
#[derive(Deserialize, paperclip::actix::Apiv2Schema)]
#[serde(default)]
#[derive(Default)]
pub struct Part {
    /// Rows to leave out at the beginning; none without.
    pub skip: Option<Whole<0, 1_000_000_000>>,
    /// Rows at most; 1000 without.
    pub limit: Option<Whole<1, MOST>>,
}

impl Part {
    /// The rows of this part by their numbers, and where the next one is.
    async fn of<E: Numbered>(&self, find: Find<'_, E>, path: &str) -> Result<(Vec<E::Model>, Option<String>)> {
        let (skip, limit) = (self.skip.map_or(0, |skip| skip.0), self.limit.map_or(MOST, |limit| limit.0));
        let mut rows = find.order_by_asc(E::NO).offset(skip).limit(limit + 1).all().await?;
        let size = usize::try_from(limit).map_err(Error::internal)?;
        let next = (rows.len() > size).then(|| format!("{path}?skip={}&limit={limit}", skip + limit));
        rows.truncate(size);
        Ok((rows, next))
    }
}

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

/// Mounts the surface, at the root.
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
