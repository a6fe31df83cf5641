//! Verifying the ledger: every posted entry again, its sums, its number, its hash.

use super::chain;
use crate::{
    journal::{entry, line, rules::totals},
    posting::lines_of_all,
    sums,
};
use kernel::Result;
use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use std::collections::BTreeMap;
use store::Scope;
use uuid::Uuid;

/// Entries read at once.
const PAGE: u32 = 500;

/// The first that is wrong: an entry that is not as it was posted, an account or a document whose sum is not that of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Apiv2Schema)]
#[openapi(rename = "BadEntry")]
pub struct Bad {
    /// ID | ID
    pub id: Option<Uuid>,
    /// 사유 | Reason
    pub reason: String,
}

/// The result of verifying the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Apiv2Schema)]
#[openapi(rename = "LedgerVerdict")]
pub struct Verdict {
    /// 이상 없음 | Valid
    pub valid: bool,
    /// 확인 건수 | Checked
    ///
    /// Entries looked at.
    pub checked: i64,
    /// 첫 오류 | First fault
    pub first_bad: Option<Bad>,
}

/// Why an entry is not what was posted, if it is not. `next` are the numbers expected in each fiscal year.
fn fault(
    entry: &entry::Model,
    lines: &[line::Model],
    no: i64,
    previous: &[u8],
    next: &mut BTreeMap<String, u32>,
) -> Result<Option<&'static str>> {
    if entry.chain_no != Some(no) {
        return Ok(Some("an earlier entry is missing"));
    }
    let expected = next.entry(entry.fiscal_year.clone()).or_insert(1);
    let number = entry.je_code.as_deref().and_then(|code| code.rsplit('-').next()).and_then(|number| number.parse().ok());
    if number != Some(*expected) {
        return Ok(Some("its number is out of sequence in its fiscal year"));
    }
    *expected += 1;
    let sides = totals(lines.iter().map(line::Model::sides))?;
    let base = totals(lines.iter().map(|line| crate::journal::rules::Sides { debit: line.base_debit, credit: line.base_credit }))?;
    if sides.debit != sides.credit || base.debit != base.credit || sides.debit != entry.total_debit {
        return Ok(Some("its lines do not balance"));
    }
    if lines.iter().any(|line| line.chain_no != Some(no) || line.posting_date != entry.posting_date) {
        return Ok(Some("a line has a different chain number or posting date than its entry"));
    }
    if entry.entry_hash.as_deref() != Some(chain::hash_of(previous, entry, lines)?.as_slice()) {
        return Ok(Some("its hash does not match its content and the entry before it"));
    }
    Ok(None)
}

/// Goes over all posted entries in the order of the chain.
pub async fn look_over(scope: &Scope) -> Result<Verdict> {
    let ledger = sums::ledger(scope).await?;
    let (mut checked, mut previous, mut next) = (0, chain::FIRST.to_vec(), BTreeMap::new());
    let bad = |checked, id, reason: &str| Verdict { valid: false, checked, first_bad: Some(Bad { id, reason: reason.to_owned() }) };
    loop {
        let page = sums::chained(scope, checked, PAGE).await?;
        if page.is_empty() {
            break;
        }
        let mut lines = lines_of_all(scope, page.iter().map(|entry| entry.id)).await?;
        for entry in page {
            let lines = lines.remove(&entry.id).unwrap_or_default();
            if let Some(reason) = fault(&entry, &lines, checked + 1, &previous, &mut next)? {
                return Ok(bad(checked + 1, Some(entry.id), reason));
            }
            previous = entry.entry_hash.unwrap_or_default();
            checked += 1;
        }
    }
    // entries that were posted while this was going on stand behind the end that was read first
    if checked < ledger.chain_no {
        return Ok(bad(checked, None, "entries at the end of the chain are missing"));
    }
    if let Some(month) = sums::months_that_drifted(scope).await? {
        return Ok(bad(checked, None, &format!("the stored totals of {month} do not match its lines")));
    }
    if let Some(id) = sums::balance_that_drifted(scope).await? {
        return Ok(bad(checked, Some(id), "the stored balance of this account does not match its lines"));
    }
    Ok(Verdict { valid: true, checked, first_bad: None })
}
