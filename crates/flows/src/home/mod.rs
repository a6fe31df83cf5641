//! The first page after signing in, in one call: for each side of the platform, what concerns the caller.
//!
//! Everybody may ask. Each part has a right of its own, and is null for who lacks it; that is no refusal, so nothing is audited. A domain
//! says its figures itself (`home` in each). None of them reads all lines of the ledger, or all rows of another table that grows with it.

pub(crate) mod company;
pub(crate) mod provider;

use auth::Door;
use kernel::{PermissionKey, permission};

permission! {
    /// Everybody who signed in: see the first page.
    pub SeeHome = "auth", "home", "read";
}

/// Whether the caller holds a right.
fn may(door: &Door, permission: PermissionKey) -> bool {
    door.principal().rights.cover(permission)
}
