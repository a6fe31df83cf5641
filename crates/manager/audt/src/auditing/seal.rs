//! Blocks are closed and signed, and their heads leave the database: whoever can write to the
//! database can recompute a chain, but not a signature, nor a line somebody else keeps.

use super::heads::{Anchor, HeadFile};
use auth::Platform;
use kernel::{Realm, Result};
use std::{cell::RefCell, collections::BTreeMap};
use store::chain;
use tenancy::for_each;
use uuid::Uuid;

/// Closes a block over every chain that has grown, and exports its head.
///
/// # Errors
/// What failed for one chain; the others are sealed.
pub async fn seal(platform: &Platform, heads: &HeadFile) -> Result<()> {
    let mut failed = Ok(());
    for realm in [Realm::Manager, Realm::Tenant] {
        let companies = chain::unsigned(platform.database(realm)).await?;
        failed = failed.and(for_each("sealing the audit", companies, async |company| seal_one(platform, heads, company).await).await);
    }
    failed
}

/// Closes blocks over one chain until all of it is sealed.
pub(super) async fn seal_one(platform: &Platform, heads: &HeadFile, company: Option<Uuid>) -> Result<()> {
    let realm = if company.is_some() { Realm::Tenant } else { Realm::Manager };
    let db = platform.database(realm);
    while let Some(row) = chain::close_block(db, company, async |statement| platform.sign_statement(statement.as_bytes()).await).await? {
        heads.append(&Anchor::of(&row))?;
    }
    Ok(())
}

/// The companies whose heads may not all be in the file, with the number of the last that is.
pub type Missed = BTreeMap<Option<Uuid>, i64>;

/// Which heads may be missing in the file: of blocks that were committed by a node that died before it had written the line, or by
/// another node. To be asked before anything is sealed; afterwards it cannot be seen any more.
///
/// # Errors
/// Where the file or a database cannot be read.
pub async fn missed_heads(platform: &Platform, heads: &HeadFile) -> Result<Missed> {
    heads.end_last_line()?;
    let companies = chain::companies(platform.database(Realm::Tenant)).await?;
    let mut all: Missed = std::iter::once(None).chain(companies.into_iter().map(Some)).map(|company| (company, 0)).collect();
    for anchor in heads.anchors()? {
        let company = (!anchor.company.is_nil()).then_some(anchor.company);
        all.entry(company).and_modify(|known| *known = anchor.block_no.max(*known));
    }
    Ok(all)
}

/// Exports the heads that were missed. The companies for which that fails stay in `missed`: one that fails delays no other.
///
/// # Errors
/// The first failure.
pub async fn export_missed(platform: &Platform, heads: &HeadFile, missed: &mut Missed) -> Result<()> {
    let waiting = RefCell::new(missed);
    let all = waiting.borrow().clone();
    for_each("exporting heads of the audit", all, async |(company, known)| {
        let realm = if company.is_some() { Realm::Tenant } else { Realm::Manager };
        let scope = platform.act_as_system(realm, company, "audit-chain").read().await?;
        for row in chain::blocks(&scope).await?.iter().filter(|row| row.block.block_no > known) {
            heads.append(&Anchor::of(row))?;
        }
        waiting.borrow_mut().remove(&company);
        Ok(())
    })
    .await
}
