//! tnnt: customer companies, as the provider manages them.
//!
//! A company is TRIAL or ACTIVE, may be SUSPENDED (and come back), and ends TERMINATED. Its
//! code never changes. Making one writes in two databases, so the handler for it lives in
//! `flows::provisioning`.
//!
//! Invariants: code and business number unique among live companies; suspended exactly when
//! the status says so, and then with date and reason. The tables belong to the crate `tenancy`.
//!
//! Events: `tnnt.tenant.created | updated | deleted | suspended | activated | terminated`.

pub mod home;
mod tenants;

pub use tenants::{Create, FirstAdministrator, Tenants, scope};

use kernel::Realm;
use resource::{Module, ResourceInfo};

/// The domain, for the gateway. `routes` comes from `flows`, which adds how a company is made.
#[must_use]
pub fn module() -> Module {
    Module {
        code: "tnnt",
        realm: Realm::Manager,
        title: "고객사 · customer companies",
        routes: |_| {},
        migrations: tenancy::migrations::manager,
        resources: vec![ResourceInfo::of::<Tenants>("/tenants")],
        permissions: Vec::new(),
        public_paths: &[],
        rules: &[],
        events: &[],
    }
}
