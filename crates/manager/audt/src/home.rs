//! What the provider's first page says of the audit: events that nobody could deal with, and whether the chains hold.

use crate::{compliances as compliance, dead_letters as dead_letter};
use kernel::{Result, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait};
use serde::Serialize;
use store::{Scope, chain};

/// The check of an assessment that computes every chain again.
const CHAIN: &str = "audit.chain_intact";

/// How the audit stands.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct HomeAudit {
    /// 서명된 번호 | Signed up to
    ///
    /// The last number of the provider's own chain that lies under a signature; 0 before the first.
    pub signed_up_to: i64,
    /// 서명 일시 | Signed
    pub signed_at: Option<Timestamp>,
    /// 검증 일시 | Verified
    ///
    /// When an assessment last computed the chains again.
    pub verified_at: Option<Timestamp>,
    /// 이상 없음 | Valid
    ///
    /// What it found; null before the first.
    pub valid: Option<bool>,
}

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

/// Events that wait for somebody to hand them to their consumer again.
///
/// # Errors
/// Where the database cannot be read.
pub async fn dead_letters(scope: &Scope) -> Result<i64> {
    let dead = scope.find::<dead_letter::Entity>().filter(dead_letter::Column::Status.eq(dead_letter::Status::Dead)).select_only();
    let counts: Vec<Count> = dead.column_as(dead_letter::Column::Id.count().cast_as("bigint"), "count").all_as().await?;
    Ok(counts.iter().map(|row| row.count).sum())
}

/// The last signature over the provider's chain, and what the last assessment said of all chains.
///
/// # Errors
/// Where the database cannot be read.
pub async fn audit(scope: &Scope) -> Result<HomeAudit> {
    let head = chain::last_block(scope).await?;
    // one of some companies only does not look at the others' chains
    let of_all = compliance::Column::Scope.ne(compliance::Scope::SpecificTenant);
    let last = scope.find::<compliance::Entity>().filter(of_all).order_by_desc(compliance::Column::GeneratedAt).one().await?;
    let verdict = last.and_then(|row| Some((row.generated_at, row.findings.0.iter().find(|finding| finding.check == CHAIN)?.passed)));
    Ok(HomeAudit {
        signed_up_to: head.as_ref().map_or(0, |row| row.block.last_no),
        signed_at: head.map(|row| row.block.signed_at),
        verified_at: verdict.map(|(at, _)| at),
        valid: verdict.map(|(_, passed)| passed),
    })
}
