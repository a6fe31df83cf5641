//! Verifying the ledger.

use super::Verify;
use crate::open_items::partners;
use auth::Allowed;
use envelope::{Api, Reply};
use ledger::posting::verify::{Bad, Verdict, look_over};
use paperclip::actix::api_v2_operation;

/// Verify all posted entries, the stored totals and the settled amounts of open items; names the first that is wrong
///
/// Reads every posted entry; `valid` is false with the first fault in `first_bad`.
#[api_v2_operation]
pub async fn verify(cx: Allowed<Verify>) -> Api<Verdict> {
    let scope = cx.read().await?;
    let mut verdict = look_over(&scope).await?;
    if verdict.valid
        && let Some(id) = partners::sum_that_drifted(&scope).await?
    {
        let reason = "the settled amount of this document does not match its allocations".to_owned();
        verdict = Verdict { valid: false, first_bad: Some(Bad { id: Some(id), reason }), ..verdict };
    }
    Ok(Reply::new(&verdict)?)
}

/// Verify the chain of posted entries and the stored totals; names the first that is wrong
///
/// Computes the hash of each entry over the one before it, and adds the totals up again.
#[api_v2_operation]
pub async fn verify_chain(cx: Allowed<Verify>) -> Api<Verdict> {
    Ok(Reply::new(&look_over(&cx.read().await?).await?)?)
}
