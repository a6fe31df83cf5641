//! The databases: who may see which rows, and what is written together.
//!
//! A [`Database`] is one of the two (`mgmt_db`, `tnnt_db`), on SQLite or PostgreSQL. It is
//! reached in two ways only:
//!
//! * [`Database::read`] gives a [`Scope`]: queries that already carry the company's filter;
//! * [`Database::write`] runs a closure with a [`Tx`], then writes its audit and outbox rows
//!   and commits — or rolls everything back. There is no `commit` to forget, and a lost race
//!   (serialisation failure, deadlock, busy file) is simply run again.
//!
//! Neither is a SeaORM `ConnectionTrait`: `Entity::find().all(&scope)` does not compile, so
//! the company's filter cannot be forgotten. On PostgreSQL row-level security is the second
//! lock: a connection gets the company ([`session`](crate::session)) before it is lent.
//!
//! What happens after a commit is here too: [`stream`] numbers the events, [`delivery`] hands
//! them to their consumers, [`chain`] makes the audit tamper-evident, [`jobs`] run by the clock.
//!
//! This crate owns the tables every write needs: `audt_audit_logs`, `outbox`,
//! `idempotency_keys`, `adm_document_series`, and those of what follows: `stream_heads`,
//! `search_texts`, `outbox_cursors`, `audt_audit_blocks`, `audt_purges`, `audt_dead_letters`, `jobs`, `job_runs`. It knows nothing of HTTP.

mod audit;
mod catalog;
pub mod chain;
mod checks;
mod conn;
mod context;
mod database;
pub mod delivery;
mod entity;
mod failure;
mod idempotency;
pub mod jobs;
pub mod migrate;
pub mod migrations;
mod numbers;
mod outbox;
mod random;
pub mod rules;
mod scope;
pub mod search;
pub mod series;
mod session;
mod sql;
pub mod stream;
mod tx;
mod work;

pub use audit::{Action, AuditEntry, Outcome};
pub use catalog::{Catalog, Reference};
pub use checks::words_of_check;
pub use context::Context;
pub use database::{Backend, Database, Options, SystemClock};
pub use entity::{Columns, columns_of, values_of};
pub use idempotency::{Claim, StoredAnswer};
pub use numbers::document_number;
pub use outbox::Event;
pub use random::{new_id, random_bytes};
pub use scope::{Find, Scope};
pub use series::Format;
pub use sql::Sql;
pub use stream::Published;
pub use tx::{Insert, Tx, folded_key};
pub use work::Work;
