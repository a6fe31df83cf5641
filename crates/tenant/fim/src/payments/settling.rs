//! Which open items a payment settles, and by how much.

use super::{entity::Model, posting::Part};
use crate::{
    journal::{rules::fits, service::places_of},
    open_items::{
        self,
        allocation::{self, AgainstType},
        item::{self, OpenItemKind},
    },
    statements,
};
use kernel::{Day, Error, Money, Rate, Result};
use paperclip::actix::Apiv2Schema;
use rust_decimal::RoundingStrategy;
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::Tx;
use uuid::Uuid;

/// A part of a payment for an open item.
#[derive(Clone, Debug, Deserialize, Apiv2Schema)]
#[openapi(rename = "AllocationInput")]
pub struct Share {
    pub item_id: Uuid,
    /// Greater than zero, no more than is left of item and payment.
    pub amount: Money,
}

/// What to settle.
#[derive(Clone, Debug)]
pub enum Wanted {
    Shares(Vec<Share>),
    /// What is due first, as far as the payment goes.
    Oldest,
}

impl Wanted {
    /// # Errors
    /// 422 when both are said.
    pub fn of(shares: Option<Vec<Share>>, auto: Option<bool>) -> Result<Self> {
        match (shares, auto.unwrap_or(false)) {
            (Some(_), true) => Err(Error::field("auto", "conflict", "배분 내역과 함께 쓸 수 없습니다.", "does not go with allocations")),
            (shares, false) => Ok(Self::Shares(shares.unwrap_or_default())),
            (None, true) => Ok(Self::Oldest),
        }
    }
}

/// An amount at a rate, rounded half up. None when it cannot be kept.
pub(crate) fn worth(amount: Money, rate: Rate, places: u32) -> Option<Money> {
    let product = amount.to_decimal().checked_mul(rate.to_decimal())?;
    Money::from_decimal(product.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero))
}

/// An amount in the books.
pub(crate) async fn in_books(tx: &Tx, amount: Money, rate: Rate) -> Result<Money> {
    let places = u32::try_from(statements::ledger(tx).await?.base_places).map_err(Error::internal)?;
    worth(amount, rate, places).ok_or_else(|| {
        Error::field(
            "amount",
            "too_large",
            "장부 통화로 환산한 금액이 너무 큽니다.",
            "is more in the currency of the books than can be kept",
        )
    })
}

/// Receipts settle what partners owe and credit notes of vendors; payments what they are owed and credit notes to them.
fn settles(payment: &Model, item: &item::Model) -> bool {
    let owed_to_us = (item.kind == OpenItemKind::Receivable) != item.amount.is_negative();
    owed_to_us != payment.goes_out()
}

fn misfit(at: usize, rule: &str, ko: &'static str, en: &'static str) -> Error {
    Error::field(format!("allocations.{at}.item_id"), rule, ko, en)
}

fn more_than_left(payment: &Model, wanted: Money) -> Error {
    Error::rule(
        "fim.over_allocated",
        format!("{wanted}을(를) 배분할 수 없습니다. 입출금의 남은 금액은 {}입니다.", payment.unallocated()),
        format!("{wanted} cannot be allocated: {} of the payment is left.", payment.unallocated()),
    )
    .with("payment_id", payment.id.to_string())
    .with("rest", payment.unallocated().to_string())
}

/// The items a payment shall settle on a day, held, each with its part (of the item's sign).
pub(crate) async fn choose(tx: &Tx, payment: &Model, wanted: &Wanted, on: Day) -> Result<Vec<(item::Model, Money)>> {
    match wanted {
        Wanted::Shares(shares) => named(tx, payment, shares, on).await,
        Wanted::Oldest => oldest(tx, payment, on).await,
    }
}

async fn named(tx: &Tx, payment: &Model, shares: &[Share], on: Day) -> Result<Vec<(item::Model, Money)>> {
    if shares.is_empty() {
        return Ok(Vec::new());
    }
    let places = places_of(tx, &payment.currency).await?;
    let mut seen = BTreeSet::new();
    for (at, share) in shares.iter().enumerate() {
        if share.amount.0 <= 0 || !fits(share.amount, places) {
            return Err(Error::field(
                format!("allocations.{at}.amount"),
                "amount",
                format!("0보다 크고 소수점 아래 {places}자리 이하여야 합니다."),
                format!("must be greater than 0, with at most {places} digits behind the point"),
            ));
        }
        if !seen.insert(share.item_id) {
            return Err(misfit(at, "unique", "같은 항목이 두 번 있습니다.", "stands there twice"));
        }
    }
    let ids: Vec<Uuid> = seen.into_iter().collect();
    let items = open_items::held(tx, &ids, "allocations").await?;
    let mut chosen = Vec::with_capacity(shares.len());
    let mut sum = Money::ZERO;
    for (at, share) in shares.iter().enumerate() {
        let item = items.iter().find(|item| item.id == share.item_id).ok_or_else(|| Error::no_such("allocations"))?;
        if item.partner_id != payment.partner_id {
            return Err(misfit(at, "partner", "다른 거래처의 항목입니다.", "is an item of another partner"));
        }
        if item.currency != payment.currency {
            return Err(misfit(at, "currency", "다른 통화의 항목입니다.", "is an item in another currency"));
        }
        if !settles(payment, item) {
            return Err(misfit(at, "kind", "이 입출금으로 정리할 수 없는 항목입니다.", "is not settled by money in this direction"));
        }
        if item.doc_date > on {
            return Err(misfit(at, "date", "배분일보다 뒤의 문서입니다.", "is of a later day than the allocation"));
        }
        sum = sum.checked_add(share.amount).ok_or_else(|| more_than_left(payment, share.amount))?;
        chosen.push((item.clone(), Money(if item.amount.is_negative() { -share.amount.0 } else { share.amount.0 })));
    }
    if sum > payment.unallocated() {
        return Err(more_than_left(payment, sum));
    }
    Ok(chosen)
}

async fn oldest(tx: &Tx, payment: &Model, on: Day) -> Result<Vec<(item::Model, Money)>> {
    use item::Column;
    let find = tx
        .find::<item::Entity>()
        .filter(Column::PartnerId.eq(payment.partner_id))
        .filter(Column::Currency.eq(payment.currency.to_string()))
        .filter(Column::DocDate.lte(on))
        .filter(sea_orm::sea_query::ExprTrait::ne(
            sea_orm::sea_query::Expr::col(Column::Settled),
            sea_orm::sea_query::Expr::col(Column::Amount),
        ))
        .order_by_asc(Column::Id);
    let mut items = find.for_no_key_update().all().await?;
    items.retain(|item| settles(payment, item));
    items.sort_by_key(|item| (item.due_date, item.doc_date, item.id));
    let mut left = payment.unallocated().0;
    let mut chosen = Vec::new();
    for item in items {
        let part = left.min(item.rest().0.abs());
        if part > 0 {
            left -= part;
            let part = Money(if item.amount.is_negative() { -part } else { part });
            chosen.push((item, part));
        }
    }
    Ok(chosen)
}

/// Settles the items that were chosen, and counts it in the payment (not yet in its row).
pub(crate) async fn settle(tx: &Tx, payment: &mut Model, chosen: Vec<(item::Model, Money)>, rate: Rate, on: Day) -> Result<Vec<Part>> {
    let mut parts = Vec::with_capacity(chosen.len());
    for (mut item, part) in chosen {
        let amount = Money(part.0.abs());
        // the last part takes what the rounding of those before left over
        let against_base = if amount == payment.unallocated() {
            payment.base_unallocated()
        } else {
            in_books(tx, amount, rate).await?.min(payment.base_unallocated())
        };
        let allocation = open_items::allocate(tx, &mut item, (AgainstType::Payment, payment.id), part, on).await?;
        payment.allocated = Money(payment.allocated.0 + amount.0);
        payment.base_allocated = Money(payment.base_allocated.0 + against_base.0);
        parts.push(Part { item, allocation, against_base });
    }
    Ok(parts)
}

/// Notes which entry posted the parts.
pub(crate) async fn note_entry(tx: &Tx, parts: &[Part], je_id: Uuid) -> Result<()> {
    for part in parts {
        let change = allocation::ActiveModel { je_id: Set(Some(je_id)), against_base: Set(Some(part.against_base)), ..Default::default() };
        tx.update(part.allocation.id, &change).await?.ok_or_else(Error::not_found)?;
    }
    Ok(())
}

/// What is allocated of a payment now, and what was.
pub(crate) async fn allocations_of(tx: &Tx, payment: Uuid) -> Result<Vec<allocation::Model>> {
    use allocation::Column;
    let find = tx.find::<allocation::Entity>().filter(Column::AgainstType.eq(AgainstType::Payment)).filter(Column::AgainstId.eq(payment));
    find.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all().await
}
