//! What who runs the platform lives with: the program and its commands, the audit, events, companies, the console, the small ERP, and
//! requests that cost too much.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics, in its helpers too")]

mod audit;
mod console;
mod erp;
mod events;
mod process;
mod stress;
mod tenants;
