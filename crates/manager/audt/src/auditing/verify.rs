//! Whether the audit is as it was written: the first row that was changed, taken out, put in,
//! moved or cut off is named.

use super::heads::Anchor;
use auth::Platform;
use kernel::{Realm, Result, Timestamp, boxed};
use paperclip::actix::Apiv2Schema;
use sea_orm::QuerySelect;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{
    Scope,
    chain::{self, BlockRow, FIRST, Link, Purge, root, to_hex},
};
use tenancy::tenant;
use uuid::Uuid;

/// Rows read at once.
const PAGE: i64 = 1000;
/// Nothing younger than this many seconds is ever let go by a policy.
pub(super) const YOUNGEST: i64 = 30 * 24 * 60 * 60;

/// The first row at which a chain breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Apiv2Schema)]
#[openapi(rename = "AuditBreak")]
pub struct Bad {
    /// ID | ID
    ///
    /// The row; none where it is gone and no copy of it is left.
    pub id: Option<Uuid>,
    /// 사유 | Reason
    ///
    /// What is wrong with it.
    pub reason: String,
    /// 번호 | No.
    ///
    /// Its number in the chain.
    pub no: i64,
    /// 고객사 | Company
    ///
    /// Whose chain; none: the provider's own.
    pub tenant_id: Option<Uuid>,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Apiv2Schema)]
#[openapi(rename = "AuditVerdict")]
pub struct Verdict {
    /// 이상 없음 | Valid
    pub valid: bool,
    /// 확인 건수 | Checked
    ///
    /// Rows that were read and computed again.
    pub checked: i64,
    /// 첫 오류 | First fault
    pub first_bad: Option<Bad>,
}

/// One chain, with all that speaks about it.
struct Chain<'a> {
    platform: &'a Platform,
    company: Option<Uuid>,
    /// Where its rows lie.
    scope: Scope,
    /// The provider's copies of a company's rows.
    copies: Option<Scope>,
    blocks: Vec<BlockRow>,
}

/// Verifies the provider's chain, or a company's. `anchors` are heads kept outside the database.
#[boxed(?Send)]
pub async fn verify(platform: &Platform, company: Option<Uuid>, anchors: &[Anchor]) -> Result<Verdict> {
    let realm = if company.is_some() { Realm::Tenant } else { Realm::Manager };
    let scope = platform.act_as_system(realm, company, "audit-verify").read().await?;
    let copies = match company {
        Some(_) => Some(platform.act_as_system(Realm::Manager, None, "audit-verify").read().await?),
        None => None,
    };
    let blocks = chain::blocks(&scope).await?;
    let chain = Chain { platform, company, scope, copies, blocks };
    let mut checked = 0;
    let first_bad = match chain.blocks_hold(anchors).await? {
        Some(bad) => Some(chain.named(bad).await?),
        None => chain.rows_hold(&mut checked).await?,
    };
    Ok(Verdict { valid: first_bad.is_none(), checked, first_bad })
}

/// Verifies every chain there is; the first break ends it.
#[boxed(?Send)]
pub async fn verify_all(platform: &Platform, anchors: &[Anchor]) -> Result<Verdict> {
    let mut all = Verdict { valid: true, checked: 0, first_bad: None };
    let mut companies = companies(platform).await?;
    companies.extend(anchors.iter().map(|anchor| anchor.company).filter(|company| !company.is_nil()));
    for company in std::iter::once(None).chain(companies.into_iter().map(Some)) {
        let one = verify(platform, company, anchors).await?;
        all.checked += one.checked;
        if !one.valid {
            return Ok(Verdict { checked: all.checked, ..one });
        }
    }
    Ok(all)
}

/// Every company anything knows of: its contract, its chain, the provider's copies. What it leaves behind goes on being looked
/// after when it was deleted, lawfully or not.
///
/// # Errors
/// Where a database cannot be read.
pub async fn companies(platform: &Platform) -> Result<BTreeSet<Uuid>> {
    let scope = platform.act_as_system(Realm::Manager, None, "companies").read().await?;
    let mut all: BTreeSet<Uuid> = scope.find::<tenant::Entity>().limit(100_000).all().await?.into_iter().map(|row| row.id).collect();
    drop(scope);
    for realm in [Realm::Manager, Realm::Tenant] {
        all.extend(chain::companies(platform.database(realm)).await?);
    }
    Ok(all)
}

impl Chain<'_> {
    fn bad(&self, no: i64, id: Option<Uuid>, reason: impl Into<String>) -> Bad {
        Bad { id, reason: reason.into(), no, tenant_id: self.company }
    }

    /// With the id of the row it is about, from wherever it can still be had.
    async fn named(&self, mut bad: Bad) -> Result<Bad> {
        if bad.id.is_none() {
            let own = chain::page(&self.scope, None, bad.no, 1).await?;
            bad.id = own.first().filter(|row| row.no == Some(bad.no)).map(|row| row.id);
        }
        if let (None, Some(copies)) = (bad.id, &self.copies) {
            let copy = chain::page(copies, self.company, bad.no, 1).await?;
            bad.id = copy.first().filter(|row| row.no == Some(bad.no)).map(|row| row.id);
        }
        Ok(bad)
    }

    /// The blocks follow one another, are signed by us, and are those that were exported.
    async fn blocks_hold(&self, anchors: &[Anchor]) -> Result<Option<Bad>> {
        let (mut previous, mut last_no) = (FIRST.to_vec(), 0);
        for (row, block_no) in self.blocks.iter().zip(1..) {
            let block = &row.block;
            let first = last_no + 1;
            if block.block_no != block_no || block.first_no != first || block.previous != previous {
                return Ok(Some(self.bad(first, None, "the block over this row is missing, or another was put in its place")));
            }
            if !self.platform.verify_statement(&row.kid, block.statement().as_bytes(), &row.signature).await? {
                return Ok(Some(self.bad(first, None, "the block over this row does not bear our signature")));
            }
            (previous, last_no) = (block.hash().to_vec(), block.last_no);
        }
        let company = self.company.unwrap_or_default();
        for anchor in anchors.iter().filter(|anchor| anchor.company == company) {
            let block = usize::try_from(anchor.block_no - 1).ok().and_then(|i| self.blocks.get(i));
            match block {
                None => {
                    let reason = format!("cut off: rows up to {} were sealed and exported", anchor.last_no);
                    return Ok(Some(self.bad(last_no + 1, None, reason)));
                }
                Some(row) if to_hex(&row.block.hash()) != anchor.hash => {
                    return Ok(Some(self.bad(row.block.first_no, None, "the block over this row is not the one that was exported")));
                }
                Some(_) => {}
            }
        }
        Ok(None)
    }

    /// Where the rows that are kept begin: number, and the hash before.
    async fn beginning(&self) -> Result<(i64, Vec<u8>)> {
        let purges = chain::purges(&self.scope, None).await?;
        let now = self.platform.now();
        // a purge that somebody has made up cannot reach what was sealed less than thirty days ago
        let lawful = |purge: &Purge| {
            let block = self.blocks.iter().map(|row| &row.block).find(|block| block.last_no == purge.up_to_no)?;
            let old = purge.created_at <= now && purge.before <= older_than(purge.created_at) && block.signed_at < purge.before;
            old.then(|| (block.last_no + 1, block.last_hash.clone()))
        };
        Ok(purges.iter().find_map(lawful).unwrap_or_else(|| (1, FIRST.to_vec())))
    }

    async fn rows_hold(&self, checked: &mut i64) -> Result<Option<Bad>> {
        // before the rows: the chain goes on while they are read
        let end = chain::end(&self.scope).await?;
        let (mut no, mut previous) = self.beginning().await?;
        // nothing is kept but the end of what was let go
        if let Some((end, hash)) = &end
            && *end == no - 1
            && *hash != previous
        {
            return self.named(self.bad(*end, None, "cut off: the chain had gone on")).await.map(Some);
        }
        let mut open: BTreeMap<i64, &BlockRow> = self.blocks.iter().map(|row| (row.block.last_no, row)).collect();
        open.retain(|last, _| *last >= no);
        let mut hashes = Vec::new();
        let last_copied = match (&self.copies, self.company) {
            (Some(scope), Some(company)) => chain::last_copied(scope, company).await?,
            _ => 0,
        };
        loop {
            let rows = chain::page(&self.scope, None, no, PAGE).await?;
            if rows.is_empty() {
                break;
            }
            let copies = match &self.copies {
                Some(scope) => chain::page(scope, self.company, no, PAGE).await?,
                None => Vec::new(),
            };
            let copied: BTreeMap<i64, &Link> = copies.iter().filter_map(|row| Some((row.no?, row))).collect();
            for row in &rows {
                if row.no != Some(no) {
                    return self.named(self.bad(no, None, "missing: a row was taken out")).await.map(Some);
                }
                *checked += 1;
                let hash = row.hash_at(self.company.unwrap_or_default(), no, &previous).to_vec();
                if row.hash.as_ref() != Some(&hash) || row.previous.as_ref() != Some(&previous) {
                    return Ok(Some(self.bad(no, Some(row.id), "changed, put in or moved: it is not the row that was chained here")));
                }
                match copied.get(&no) {
                    Some(copy) if copy.hash.as_ref() != Some(&hash) => {
                        return Ok(Some(self.bad(no, Some(row.id), "not the row that was copied to the provider")));
                    }
                    // the copies are what the provider's staff read
                    Some(copy) if copy.hash_at(self.company.unwrap_or_default(), no, &previous).as_slice() != hash => {
                        return Ok(Some(self.bad(no, Some(row.id), "the provider's copy of this row was changed")));
                    }
                    None if no <= last_copied => {
                        return Ok(Some(self.bad(no, Some(row.id), "the provider's copy of this row was taken out")));
                    }
                    _ => {}
                }
                hashes.push(hash.clone());
                if let Some(sealed) = open.remove(&no) {
                    if sealed.block.last_hash != hash || sealed.block.root != root(&hashes) {
                        let reason = "not the rows that were sealed: the chain was computed anew";
                        return self.named(self.bad(sealed.block.first_no, None, reason)).await.map(Some);
                    }
                    hashes.clear();
                }
                if end.as_ref().is_some_and(|(end, end_hash)| *end == no && *end_hash != hash) {
                    return Ok(Some(self.bad(no, Some(row.id), "cut off: the chain had gone on")));
                }
                (no, previous) = (no + 1, hash);
            }
        }
        if open.keys().any(|last| *last >= no) {
            return self.named(self.bad(no, None, "cut off: this row was sealed and is gone")).await.map(Some);
        }
        if no <= last_copied
            && let Some(scope) = &self.copies
            && let Some(copy) = chain::page(scope, self.company, no, 1).await?.first()
        {
            return Ok(Some(self.bad(no, Some(copy.id), "cut off: the provider has a copy of this row")));
        }
        if let Some((end, _)) = end
            && end >= no
        {
            return self.named(self.bad(no, None, "cut off: the chain had gone on")).await.map(Some);
        }
        match chain::end(&self.scope).await? {
            Some((end, _)) if end < no - 1 => self.named(self.bad(end, None, "cut off: the chain had gone on")).await.map(Some),
            None if no > 1 => self.named(self.bad(no - 1, None, "the head of the chain is missing")).await.map(Some),
            _ => Ok(None),
        }
    }
}

/// The moment before which rows may be let go at `now`.
pub(super) fn older_than(now: Timestamp) -> Timestamp {
    now.plus_seconds(-YOUNGEST)
}
