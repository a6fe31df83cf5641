//! Which items are settled by how much, as somebody says it.

use super::{item, locked};
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
    /// 미결 항목 | Open item
    pub item_id: Uuid,
    /// 금액 | Amount
    ///
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

/// The items, locked, each with its part (of the item's sign), in the order they were named. `field` is where they were.
///
/// # Errors
/// 422 on `<field>.<n>.amount` or `.item_id`.
pub async fn locked_shares(tx: &Tx, field: &str, shares: &[Share], whose: &Whose<'_>) -> Result<Vec<(item::Model, Money)>> {
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
                format!("must be greater than 0 and have at most {places} decimal places"),
            ));
        }
        if !seen.insert(share.item_id) {
            return Err(misfit(field, at, "unique", "같은 항목을 두 번 지정했습니다.", "must not be listed twice"));
        }
    }
    let items = locked(tx, &seen.into_iter().collect::<Vec<_>>(), field).await?;
    let items: BTreeMap<Uuid, item::Model> = items.into_iter().map(|item| (item.id, item)).collect();
    let mut chosen = Vec::with_capacity(shares.len());
    for (at, share) in shares.iter().enumerate() {
        let item = items.get(&share.item_id).ok_or_else(|| Error::no_such(field))?;
        if item.partner_id != whose.partner {
            return Err(misfit(field, at, "partner", "같은 거래처의 항목이어야 합니다.", "must be an open item of the same partner"));
        }
        if item.currency != *whose.currency {
            return Err(misfit(field, at, "currency", "같은 통화의 항목이어야 합니다.", "must be an open item in the same currency"));
        }
        if item.doc_date > whose.on {
            return Err(misfit(
                field,
                at,
                "date",
                "정리일보다 늦은 문서의 항목입니다.",
                "must not be dated after the day it is settled on",
            ));
        }
        chosen.push((item.clone(), Money(if item.amount.is_negative() { -share.amount.0 } else { share.amount.0 })));
    }
    Ok(chosen)
}
