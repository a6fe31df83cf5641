//! Rows by their running numbers, and how they are shown.

use crate::{
    extract::PathName,
    reply::{Moment, said},
};
use adm::{department, organization};
use auth::entities::{adm_role as role, adm_user as user};
use envelope::{Answer, Failure};
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
pub trait Numbered: EntityTrait {
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
pub async fn by_no<E: Numbered>(scope: &Scope, no: i64) -> Result<E::Model> {
    scope.find::<E>().filter(E::NO.eq(no)).one().await?.ok_or_else(Error::not_found)
}

/// The id of the row a body names by its number.
pub async fn named<E: Numbered>(scope: &Scope, field: &str, noun: &Noun, no: Option<i64>) -> Result<Option<Uuid>> {
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
pub async fn numbers<E: Numbered>(scope: &Scope, ids: impl Iterator<Item = Option<Uuid>>) -> Result<BTreeMap<Uuid, i64>> {
    let ids: Vec<Uuid> = ids.flatten().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(scope.find::<E>().filter(E::ID.is_in(ids)).all().await?.iter().map(E::numbers).collect())
}

/// How this API speaks of a kind of rows.
pub struct Noun {
    pub missing: &'static str,
    taken: &'static str,
}

pub const ORGANIZATION: Noun = Noun { missing: "Organization not found", taken: "Organization name already exists" };
pub const DEPARTMENT: Noun = Noun { missing: "Department not found", taken: "Department name already exists" };
pub const ROLE: Noun = Noun { missing: "Role not found", taken: "Role name already exists" };
pub const USER: Noun = Noun { missing: "User not found", taken: "Email already registered" };

impl Noun {
    /// With an error in the words of this API.
    pub fn worded<T>(&self, done: Result<T>) -> Result<T, Failure> {
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

/// A row as the engine shows it: what this API makes its own shapes of.
#[derive(Deserialize)]
pub struct Row {
    pub no: i64,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub full_name: String,
    #[serde(default)]
    pub status: String,
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    #[serde(default)]
    pub department_id: Option<Uuid>,
    #[serde(default)]
    pub parent_id: Option<Uuid>,
    pub created_at: Moment,
    updated_at: Option<Moment>,
}

impl Row {
    pub fn of(answer: &Answer) -> Result<Self> {
        serde_json::from_str(&answer.data).map_err(Error::internal)
    }

    pub fn of_model(model: &impl Serialize) -> Result<Self> {
        serde_json::to_value(model).and_then(serde_json::from_value).map_err(Error::internal)
    }

    pub fn all(models: &[impl Serialize]) -> Result<Vec<Self>> {
        models.iter().map(Self::of_model).collect()
    }

    /// A row that never changed was last changed when it was made.
    pub fn updated_at(&self) -> Moment {
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
    pub async fn of<E: Numbered>(&self, find: Find<'_, E>, path: &str) -> Result<(Vec<E::Model>, Option<String>)> {
        let (skip, limit) = (self.skip.map_or(0, |skip| skip.0), self.limit.map_or(MOST, |limit| limit.0));
        let mut rows = find.order_by_asc(E::NO).offset(skip).limit(limit + 1).all().await?;
        let size = usize::try_from(limit).map_err(Error::internal)?;
        let next = (rows.len() > size).then(|| format!("{path}?skip={}&limit={limit}", skip + limit));
        rows.truncate(size);
        Ok((rows, next))
    }
}
