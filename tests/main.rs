//! Black-box tests: the platform over HTTP, as its customers see it, on both databases.
//!
//! Modules are laid out as the tree of URLs; beside them stand the rules that hold everywhere: `conformance` (every resource keeps the
//! contract), `coverage` (no operation without a right), `isolation`, `concurrency`, `openapi`, `architecture`, `process`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics, in its helpers too")]

mod acting;
mod actions;
mod adm;
mod architecture;
mod audit;
mod auth;
mod concurrency;
mod conformance;
mod console;
mod coverage;
mod crm;
mod documents;
mod erp;
mod events;
mod face;
mod fim;
mod found;
mod gate;
mod idam;
mod imports;
mod isolation;
mod keys;
mod limits;
mod names;
mod openapi;
mod people;
mod process;
mod refusals;
mod schema;
mod search;
mod smoke;
mod stress;
mod tenants;
