//! Which items are settled by how much, as somebody says it.

use super::{held, item};
use kernel::{Currency, Day, Error, Money, Result};
use ledger::{journal::rules::fits, posting::places_of};
use paperclip::actix::Apiv2Schema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;
use uuid::Uuid;

/// A part of an open item.
#[derive(Clone, Debug, Deserialize, Apiv2Schema)]
#[openapi(rename = "AllocationInput")]
pub struct Share {
    pub item_id: Uuid,
    /// Greater than zero, no more than is left of the item (and of the payment).
    pub amount: Money,
}

/// What the items of a settlement have in common.
pub struct Whose<'c> {
    pub partner: Uuid,
    pub currency: &'c Currency,
    /// No document is of a later day.
    pub on: Day,
}

pub fn misfit(field: &str, at: usize, rule: &str, ko: &'static str, en: &'static str) -> Error {
    Error::field(format!("{field}.{at}.item_id"), rule, ko, en)
}

/// The items, held, each with its part (of the item's sign), in the order they were named. `field` is where they were.
///
/// # Errors
/// 422 on `<field>.<n>.amount` or `.item_id`.
pub async fn held_shares(tx: &Tx, field: &str, shares: &[Share], whose: &Whose<'_>) -> Result<Vec<(item::Model, Money)>> {
    if shares.is_empty() {
        return Ok(Vec::new());
    }
    let places = places_of(tx, whose.currency).await?;
    let mut seen = BTreeSet::new();
    for (at, share) in shares.iter().enumerate() {
        if share.amount.0 <= 0 || !fits(share.amount, places) {
            return Err(Error::field(
                format!("{field}.{at}.amount"),
                "amount",
                format!("0보다 크고 소수점 아래 {places}자리 이하여야 합니다."),
                format!("must be greater than 0, with at most {places} decimal places"),
            ));
        }
        if !seen.insert(share.item_id) {
            return Err(misfit(field, at, "unique", "같은 항목이 두 번 있습니다.", "stands there twice"));
        }
    }
    let items = held(tx, &seen.into_iter().collect::<Vec<_>>(), field).await?;
    let items: BTreeMap<Uuid, item::Model> = items.into_iter().map(|item| (item.id, item)).collect();
    let mut chosen = Vec::with_capacity(shares.len());
    for (at, share) in shares.iter().enumerate() {
        let item = items.get(&share.item_id).ok_or_else(|| Error::no_such(field))?;
        if item.partner_id != whose.partner {
            return Err(misfit(field, at, "partner", "다른 거래처의 항목입니다.", "is an item of another partner"));
        }
        if item.currency != *whose.currency {
            return Err(misfit(field, at, "currency", "다른 통화의 항목입니다.", "is an item in another currency"));
        }
        if item.doc_date > whose.on {
            return Err(misfit(field, at, "date", "정리일보다 뒤의 문서입니다.", "is of a later day than that"));
        }
        chosen.push((item.clone(), Money(if item.amount.is_negative() { -share.amount.0 } else { share.amount.0 })));
    }
    Ok(chosen)
}
