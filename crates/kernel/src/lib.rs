//! Values and words everybody uses: money, quantities, instants, days, texts, the
//! error type, permissions, who acts and when.
//!
//! Nothing here does I/O, holds a connection, or asks for the current time: a [`Clock`]
//! is handed in. Every value type is three things at once, so that a field is declared
//! one time only: a serde value (the shape on the wire), a SeaORM value (the shape in
//! the column) and an OpenAPI schema (the shape in the document).

mod actor;
mod bizno;
mod characters;
mod daytime;
mod error;
mod few;
mod lang;
mod money;
mod money_sum;
mod patch;
mod permission;
mod phone;
pub mod rules;
pub mod schema;
pub mod search;
mod text;
mod versions;
mod when;
mod zone;

pub use actor::{Actor, ActorKind, Realm};
pub use bizno::BizNo;
pub use characters::{business_key, is_invisible, sign_in_name};
pub use daytime::DayTime;
pub use error::{Code, Error, FAULTS_TOLD, FieldError, Result};
pub use few::Few;
pub use lang::{Lang, Message};
pub use money::{Money, NUMBER_DIGITS, Qty, Rate};
pub use money_sum::MoneySum;
pub use patch::{Change, Patch};
pub use permission::{Grant, Permission, PermissionKey};
pub use phone::Phone;
pub use rules::Rule;
pub use text::{CodeText, CompanyCode, Currency, Email, Locale, Login, Memo, Text};
pub use versions::Versions;
pub use when::{Clock, Day, Timestamp};
pub use zone::Zone;

/// On a `pub async fn`: the function answers a boxed future. Written `#[boxed(?Send)]`.
///
/// The state machine of an `async fn` is compiled by every crate that awaits it, with all that it awaits itself: without this each domain
/// crate had a copy of the pools, the caches and the sign-in check of its own. What another crate awaits is boxed, and compiled once,
/// where it is written. It costs an allocation a call. In migrations, whose futures SeaORM wants `Send`: `#[boxed]`.
pub use async_recursion::async_recursion as boxed;

/// UUID version 7: ids of rows are sortable by the moment they were made.
pub type Id = uuid::Uuid;
