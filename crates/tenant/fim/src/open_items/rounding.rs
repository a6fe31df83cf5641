//! A claim in a foreign currency and what takes away from it were rounded each: set off against each other they may differ by the
//! smallest part of the base currency. Without an entry the account would keep that for ever.

use super::{
    Model, OpenItemKind,
    allocation::{self, Model as Allocation},
};
use kernel::{Day, Error, Money, Rate, Result};
use ledger::{
    accounts::{self, entity::PostingRole},
    journal::document::{Document, Side, line},
    posting, sums,
};
use sea_orm::ActiveValue::Set;
use std::collections::BTreeSet;
use store::Tx;
use uuid::Uuid;

/// Posts what lies between the two sides of a set-off, if anything does.
pub(super) async fn post(tx: &Tx, claim: &Model, both: [Allocation; 2], on: Day) -> Result<()> {
    // more went from the claim than from the credit note: less is owed
    let more = both[0].base_amount.0 + both[1].base_amount.0;
    if more == 0 {
        return Ok(());
    }
    let is_gain = (claim.kind == OpenItemKind::Receivable) == (more < 0);
    let other = accounts::of_role(tx, if is_gain { PostingRole::FxGain } else { PostingRole::FxLoss }).await?;
    let amount = Money(more.abs());
    let lines = vec![
        line(claim.account_id, Side::debit_if(is_gain), amount, amount, Some((claim.partner_id, None))),
        line(other, Side::debit_if(!is_gain), amount, amount, None),
    ];
    let document = Document {
        kind: "SET_OFF",
        id: both[0].id,
        no: claim.doc_no.as_deref(),
        on,
        currency: sums::ledger(tx).await?.base_currency,
        rate: Rate::from_decimal(1.into()).ok_or_else(|| Error::internal("one is no rate"))?.into(),
        what: "상계 단수차이",
    };
    let drafted = posting::draft(tx, None, &document.entry(lines)?).await?;
    for allocation in &both {
        let change = allocation::ActiveModel { je_id: Set(Some(drafted.entry.id)), ..Default::default() };
        tx.update(allocation.id, &change).await?.ok_or_else(Error::not_found)?;
    }
    posting::post(tx, drafted).await.map(|_| ())
}

/// Reverses what was posted between the sides of set-offs that are undone.
pub(super) async fn reverse(tx: &Tx, parts: &[Allocation], on: Day) -> Result<()> {
    let entries: BTreeSet<Uuid> = parts.iter().filter_map(|part| part.je_id).collect();
    for id in entries {
        let entry = posting::locked(tx, id, None).await?;
        let date = on.max(entry.posting_date);
        let reversing = posting::reverse(tx, entry, date, None).await?;
        for part in parts.iter().filter(|part| part.je_id == Some(id)) {
            let change = allocation::ActiveModel { undo_je_id: Set(Some(reversing.entry.id)), ..Default::default() };
            tx.update(part.id, &change).await?.ok_or_else(Error::not_found)?;
        }
    }
    Ok(())
}
