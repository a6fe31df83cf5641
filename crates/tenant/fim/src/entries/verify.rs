//! Looking the books over.

use super::Verify;
use crate::open_items::partners;
use auth::Allowed;
use envelope::{Api, Reply};
use ledger::posting::verify::{Bad, Verdict, look_over};
use paperclip::actix::api_v2_operation;

/// Look over all posted entries, the stored sums and what is settled of open items; names the first that is wrong
#[api_v2_operation]
pub async fn verify(cx: Allowed<Verify>) -> Api<Verdict> {
    let scope = cx.read().await?;
    let mut verdict = look_over(&scope).await?;
    if verdict.valid
        && let Some(id) = partners::sum_that_drifted(&scope).await?
    {
        let reason = "what is settled of this document is not what was allocated".to_owned();
        verdict = Verdict { valid: false, first_bad: Some(Bad { id: Some(id), reason }), ..verdict };
    }
    Ok(Reply::new(&verdict)?)
}

/// Look over the chain of posted entries and the stored sums; names the first that is wrong
#[api_v2_operation]
pub async fn verify_chain(cx: Allowed<Verify>) -> Api<Verdict> {
    Ok(Reply::new(&look_over(&cx.read().await?).await?)?)
}
