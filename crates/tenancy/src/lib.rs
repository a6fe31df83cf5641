//! Who is the company: its row, what the platform needs to know of it at every request, and
//! whether it may be served.
//!
//! Owns `tnnt_tenants` and `tnnt_onboardings` (both in `mgmt_db`). The tenant database has no
//! table of tenants; its rows carry `tnnt_tenants.id`. All companies live in one tenant
//! database today; [`Directory`] is where a placement would be decided.

mod directory;
mod each;
pub mod migrations;
pub mod onboarding;
pub mod tenant;

pub use directory::{Directory, TenantContext};
pub use each::for_each;
