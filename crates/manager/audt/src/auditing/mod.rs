//! The audit over both databases: a company's rows are chained where they were written, copied
//! to the provider, sealed by signed blocks, verified, proved, and let go when a policy says so.

pub mod alerts;
pub(crate) mod api;
mod assessment;
mod heads;
mod proof;
pub mod retention;
mod seal;
mod verify;

pub use heads::{Anchor, HeadFile};
pub use proof::{Proof, check as check_proof};
pub use seal::{Missed, export_missed, missed_heads, seal};
pub use verify::{Bad, Verdict, companies, verify, verify_all};

use auth::Platform;
use kernel::{Realm, Result};
use store::chain;
use uuid::Uuid;

/// Rows copied in one transaction.
const BATCH: i64 = 200;

/// Chains what a company (or the provider) has committed, and copies a company's rows to the provider.
///
/// # Errors
/// Where a database cannot be read or written.
pub async fn extend_chain(platform: &Platform, company: Option<Uuid>) -> Result<()> {
    let realm = if company.is_some() { Realm::Tenant } else { Realm::Manager };
    let db = platform.database(realm);
    while chain::chain_up(db, company).await? > 0 {}
    let Some(company) = company else { return Ok(()) };
    let copying = platform.act_as_system(Realm::Manager, None, "audit-chain");
    loop {
        let from = chain::last_copied(&copying.read().await?, company).await? + 1;
        let rows = chain::page(&db.read(Some(company)).await?, None, from, BATCH).await?;
        if rows.is_empty() {
            return Ok(());
        }
        copying.write(async |tx| chain::copy(tx, company, &rows).await).await?;
    }
}
