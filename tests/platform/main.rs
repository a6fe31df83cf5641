//! The rules that hold everywhere, whatever is mounted: `conformance` (every resource keeps the contract), `actions` (every action does),
//! `coverage` (no operation without a right), `isolation`, `concurrency`, `openapi`, `architecture`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics, in its helpers too")]

mod acting;
mod actions;
mod architecture;
mod concurrency;
mod conformance;
mod coverage;
mod documents;
mod face;
mod found;
mod gate;
mod isolation;
mod limits;
mod names;
mod openapi;
mod refusals;
mod schema;
mod search;
mod smoke;
