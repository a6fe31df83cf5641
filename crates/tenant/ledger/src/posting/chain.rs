//! The chain of posted entries: each entry's hash covers it, its lines and the hash before it.

use crate::journal::{entry, line};
use kernel::{Error, Result};
use ring::digest::{SHA256, digest};
use serde_json::json;

/// What stands before the first entry.
pub const FIRST: [u8; 32] = [0; 32];

/// The hash of a posted entry. What may still change, its status and the link to its reversal, stands outside.
pub fn hash_of(previous: &[u8], entry: &entry::Model, lines: &[line::Model]) -> Result<Vec<u8>> {
    let lines: Vec<_> = lines
        .iter()
        .map(|line| {
            json!([
                line.line_no,
                line.account_id,
                line.debit_amount,
                line.credit_amount,
                line.base_debit,
                line.base_credit,
                line.description,
                line.cost_center,
                line.project_code,
                line.department_id,
                line.partner_id,
                line.partner_type,
                line.tax_code,
                line.tax_amount,
                line.quantity,
                line.unit_price,
                line.is_closing
            ])
        })
        .collect();
    let whole = json!([
        previous,
        entry.chain_no,
        entry.id,
        entry.je_code,
        entry.je_type,
        entry.je_date,
        entry.posting_date,
        entry.period,
        entry.fiscal_year,
        entry.ref_doc_type,
        entry.ref_doc_id,
        entry.ref_doc_no,
        entry.currency,
        entry.exchange_rate,
        entry.description,
        entry.memo,
        entry.posted_at,
        entry.posted_by,
        entry.reverses_je_id,
        entry.reversal_reason,
        lines
    ]);
    let bytes = serde_json::to_vec(&whole).map_err(Error::internal)?;
    Ok(digest(&SHA256, &bytes).as_ref().to_vec())
}
