//! Which open items a payment settles, and by how much.

use super::{entity::Model, entry_lines::Part};
use crate::open_items::{
    self,
    allocation::{self, AgainstType},
    item::{self, OpenItemKind},
    shares::{Share, Whose, locked_shares, misfit},
};
use adm::rates::Conversion;
use kernel::{Day, Error, Money, Result};
use ledger::posting::in_base_currency;
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use store::Tx;
use uuid::Uuid;

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
            (Some(_), true) => {
                Err(Error::field("auto", "conflict", "allocations와 함께 지정할 수 없습니다.", "cannot be combined with allocations"))
            }
            (shares, false) => Ok(Self::Shares(shares.unwrap_or_default())),
            (None, true) => Ok(Self::Oldest),
        }
    }
}

/// Receipts settle what partners owe and credit notes of vendors; payments what they are owed and credit notes to them.
fn settles(payment: &Model, item: &item::Model) -> bool {
    let owed_to_us = (item.kind == OpenItemKind::Receivable) != item.amount.is_negative();
    owed_to_us != payment.goes_out()
}

fn more_than_left(payment: &Model, wanted: Money) -> Error {
    crate::rules::OVER_ALLOCATED
        .filled(&[("wanted", &wanted), ("rest", &payment.unallocated())])
        .with("payment_id", payment.id.to_string())
        .with("rest", payment.unallocated().to_string())
}

/// The items a payment shall settle on a day, locked, each with its part (of the item's sign).
pub(crate) async fn choose(tx: &Tx, payment: &Model, wanted: &Wanted, on: Day) -> Result<Vec<(item::Model, Money)>> {
    match wanted {
        Wanted::Shares(shares) => named(tx, payment, shares, on).await,
        Wanted::Oldest => oldest(tx, payment, on).await,
    }
}

async fn named(tx: &Tx, payment: &Model, shares: &[Share], on: Day) -> Result<Vec<(item::Model, Money)>> {
    let whose = Whose { partner: payment.partner_id, currency: &payment.currency, on };
    let chosen = locked_shares(tx, "allocations", shares, &whose).await?;
    let mut sum = Money::ZERO;
    for (at, (item, part)) in chosen.iter().enumerate() {
        if !settles(payment, item) {
            let (ko, en) = ("이 입출금으로 정리할 수 없는 항목입니다.", "cannot be settled by a payment in this direction");
            return Err(misfit("allocations", at, "kind", ko, en));
        }
        let amount = Money(part.0.abs());
        sum = sum.checked_add(amount).ok_or_else(|| more_than_left(payment, amount))?;
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
pub(crate) async fn settle(
    tx: &Tx,
    payment: &mut Model,
    chosen: Vec<(item::Model, Money)>,
    rate: Conversion,
    on: Day,
) -> Result<Vec<Part>> {
    let mut parts = Vec::with_capacity(chosen.len());
    for (mut item, part) in chosen {
        let amount = Money(part.0.abs());
        // the last part takes what the rounding of those before left over
        let against_base = if amount == payment.unallocated() {
            payment.base_unallocated()
        } else {
            in_base_currency(tx, amount, rate).await?.min(payment.base_unallocated())
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
