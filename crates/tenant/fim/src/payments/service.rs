//! What is done with a payment, inside a transaction. Held are, in this order: the payment, its items by their ids, its entries by
//! theirs, the series of the number, the end of the ledger.

use super::{
    Payments,
    entity::{ActiveModel, Column, Entity, Model, Payment, PaymentStatus},
    posting::{self, Part, Posted},
    settling::{self, Wanted},
};
use crate::{
    bank,
    journal::{
        entry::{self, EntryStatus},
        rules::not_ahead,
        service as journal,
    },
    open_items::{self, allocation},
    statements,
};
use adm::rates::Conversion;
use auth::Door;
use envelope::Answer;
use kernel::{Currency, Day, Error, Money, Result, Text, boxed};
use resource::Spec;
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Action, AuditEntry, Event, Tx};
use uuid::Uuid;

/// The series the numbers of payments are counted in.
const SERIES: &str = "PAY";

/// A payment, held until the end of the transaction.
pub async fn held(tx: &Tx, id: Uuid, expected: Option<kernel::Versions>) -> Result<Model> {
    let find = tx.find::<Entity>().filter(Column::Id.eq(id)).for_no_key_update();
    let payment = find.one().await?.ok_or_else(Error::not_found)?;
    match expected {
        Some(version) if version != payment.row_version => Err(Error::stale(payment.row_version)),
        _ => Ok(payment),
    }
}

pub(super) async fn answer(tx: &Tx, id: Uuid) -> Result<Answer> {
    resource::answer_of(Spec::of::<Payments>()?, tx, id).await
}

/// The audit row and the event of a step.
fn leave(tx: &Tx, permission: &str, what: &str, before: &Model, after: &Model, more: Value) -> Result<()> {
    let told = |payment: &Model| serde_json::to_value(Payment::from(payment.clone())).map_err(Error::internal);
    let mut after_json = told(after)?;
    let mut fact = json!({
        "id": after.id, "transaction_code": after.transaction_code, "transaction_type": after.transaction_type, "partner_id": after.partner_id,
        "amount": after.amount, "currency": after.currency, "unallocated": after.unallocated(), "je_id": after.je_id,
    });
    for (field, value) in more.as_object().into_iter().flatten() {
        after_json[field] = value.clone();
        fact[field] = value.clone();
    }
    tx.audit(AuditEntry::new(Action::Execute, permission, "fim.payments", after.id).change(&told(before)?, &after_json));
    tx.publish(Event::new(format!("fim.payment.{what}"), after.id, fact));
    Ok(())
}

fn shares(parts: &[Part]) -> Value {
    let told = |part: &Part| json!({"id": part.allocation.id, "item_id": part.item.id, "amount": part.allocation.amount});
    json!({"allocations": parts.iter().map(told).collect::<Vec<_>>()})
}

fn wrong_state(payment: &Model, allowed: &[&str]) -> Error {
    Error::transition(&payment.status.to_value(), allowed)
}

/// How a payment that is completed came into the books.
async fn conversion_of(tx: &Tx, payment: &Model) -> Result<Conversion> {
    journal::conversion_by(tx, payment.je_id.ok_or_else(|| Error::internal("a payment that was completed was posted"))?).await
}

/// The money has moved: posts a pending payment with what it settles. One that is completed stays as it is.
pub async fn complete(tx: &Tx, permission: &str, before: Model, wanted: &Wanted) -> Result<Model> {
    match before.status {
        PaymentStatus::Pending => {}
        PaymentStatus::Completed => return Ok(before),
        _ => return Err(wrong_state(&before, &[])),
    }
    let on = before.transaction_date;
    let base = Currency::parse(&statements::ledger(tx).await?.base_currency).map_err(Error::internal)?;
    let rate = journal::conversion_of(tx, &before.currency, &base, before.exchange_rate, on).await?;
    let mut payment = Model { base_amount: settling::in_books(tx, before.amount, rate).await?, ..before.clone() };
    let fee = settling::in_books(tx, before.fee_amount, rate).await?;
    let chosen = settling::choose(tx, &payment, wanted, on).await?;
    let parts = settling::settle(tx, &mut payment, chosen, rate, on).await?;
    let lines = posting::completion(tx, &payment, &parts, fee).await?;
    let code = tx.number_document(SERIES, on).await?;
    let what = if payment.goes_out() { "지급" } else { "입금" };
    let document =
        Posted { doc_type: "PAYMENT", doc_id: payment.id, doc_no: Some(&code), on, currency: payment.currency.clone(), rate, what };
    let drafted = journal::draft(tx, None, &posting::entry(document, lines)?).await?;
    settling::note_entry(tx, &parts, drafted.entry.id).await?;
    let change = ActiveModel {
        status: Set(PaymentStatus::Completed),
        transaction_code: Set(Some(Text::parse(&code).map_err(Error::internal)?)),
        exchange_rate: Set(Some(rate.rate)),
        base_amount: Set(payment.base_amount),
        allocated: Set(payment.allocated),
        base_allocated: Set(payment.base_allocated),
        completed_at: Set(Some(tx.now())),
        je_id: Set(Some(drafted.entry.id)),
        ..Default::default()
    };
    let after = tx.update(payment.id, &change).await?.ok_or_else(Error::not_found)?;
    journal::post(tx, drafted).await?;
    leave(tx, permission, "completed", &before, &after, shares(&parts))?;
    Ok(after)
}

/// Posts a movement between the advance and items, and notes it in the payment.
async fn move_advance(tx: &Tx, payment: &Model, parts: &[Part], back: bool, on: Day) -> Result<(Model, Uuid)> {
    let lines = posting::movement(tx, payment, parts, back).await?;
    let first = parts.first().ok_or_else(|| Error::internal("nothing is moved"))?;
    let (doc_type, what) = if back { ("UNALLOCATION", "입출금 배분 취소") } else { ("ALLOCATION", "입출금 배분") };
    let document = Posted {
        doc_type,
        doc_id: first.allocation.id,
        doc_no: payment.transaction_code.as_deref(),
        on,
        currency: payment.currency.clone(),
        rate: conversion_of(tx, payment).await?,
        what,
    };
    let drafted = journal::draft(tx, None, &posting::entry(document, lines)?).await?;
    let je_id = drafted.entry.id;
    let change = ActiveModel { allocated: Set(payment.allocated), base_allocated: Set(payment.base_allocated), ..Default::default() };
    let after = tx.update(payment.id, &change).await?.ok_or_else(Error::not_found)?;
    match back {
        false => settling::note_entry(tx, parts, je_id).await?,
        true => note_undoing(tx, first.allocation.id, je_id).await?,
    }
    journal::post(tx, drafted).await?;
    Ok((after, je_id))
}

async fn note_undoing(tx: &Tx, allocation: Uuid, je_id: Uuid) -> Result<()> {
    let change = allocation::ActiveModel { undo_je_id: Set(Some(je_id)), ..Default::default() };
    tx.update(allocation, &change).await?.ok_or_else(Error::not_found).map(|_| ())
}

fn not_before(on: Day, first: Day) -> Result<()> {
    if on >= first {
        return Ok(());
    }
    Err(Error::field("date", "minimum", format!("{first}보다 앞설 수 없습니다."), format!("must not be before {first}")))
}

/// Allocates what is left of a payment. Nothing to allocate: it stays as it is.
pub async fn allocate(tx: &Tx, door: &Door, before: Model, wanted: &Wanted, on: Option<Day>) -> Result<Model> {
    if before.status != PaymentStatus::Completed {
        return Err(wrong_state(&before, if before.status == PaymentStatus::Pending { &["complete", "cancel"] } else { &[] }));
    }
    let latest = door.today().max(before.transaction_date);
    not_ahead("date", on, latest)?;
    let on = on.unwrap_or(latest);
    not_before(on, before.transaction_date)?;
    if matches!(wanted, Wanted::Shares(shares) if shares.is_empty()) {
        return Err(Error::field("allocations", "required", "배분할 항목을 적거나 auto를 쓰세요.", "is required, or auto"));
    }
    let chosen = settling::choose(tx, &before, wanted, on).await?;
    if chosen.is_empty() {
        return Ok(before);
    }
    let mut payment = before.clone();
    let parts = settling::settle(tx, &mut payment, chosen, conversion_of(tx, &before).await?, on).await?;
    let (after, je_id) = move_advance(tx, &payment, &parts, false, on).await?;
    let mut more = shares(&parts);
    more["allocation_je_id"] = json!(je_id);
    leave(tx, &door.permission().to_string(), "allocated", &before, &after, more)?;
    Ok(after)
}

/// Takes an allocation of a payment back: its part is an advance again. One that is undone already stays undone.
pub async fn unallocate(tx: &Tx, door: &Door, before: Model, allocation: Uuid, on: Option<Day>) -> Result<Model> {
    let all = settling::allocations_of(tx, before.id).await?;
    let allocation = all.into_iter().find(|row| row.id == allocation).ok_or_else(|| Error::no_such("allocation_id"))?;
    if allocation.undone_at.is_some() {
        return Ok(before);
    }
    let latest = door.today().max(allocation.allocated_on);
    not_ahead("date", on, latest)?;
    let on = on.unwrap_or(latest);
    not_before(on, allocation.allocated_on)?;
    let mut items = open_items::held(tx, &[allocation.item_id], "allocation_id").await?;
    let item = items.first_mut().ok_or_else(|| Error::no_such("allocation_id"))?;
    open_items::undo(tx, item, &allocation, on).await?;
    let against_base = allocation.against_base.unwrap_or_default();
    let payment = Model {
        allocated: Money(before.allocated.0 - allocation.amount.0.abs()),
        base_allocated: Money(before.base_allocated.0 - against_base.0),
        ..before.clone()
    };
    let parts = [Part { item: item.clone(), allocation, against_base }];
    let (after, je_id) = move_advance(tx, &payment, &parts, true, on).await?;
    let mut more = shares(&parts);
    more["allocation_je_id"] = json!(je_id);
    leave(tx, &door.permission().to_string(), "unallocated", &before, &after, more)?;
    Ok(after)
}

/// The money never came, or never went.
#[boxed(?Send)]
pub async fn fail(tx: &Tx, door: &Door, before: Model, reason: Option<Text<500>>) -> Result<Model> {
    end(tx, door, before, PaymentStatus::Failed, reason).await
}

/// Ends a payment that was never completed.
async fn end(tx: &Tx, door: &Door, before: Model, to: PaymentStatus, reason: Option<Text<500>>) -> Result<Model> {
    if before.status == to {
        return Ok(before);
    }
    if before.status != PaymentStatus::Pending {
        return Err(wrong_state(&before, if before.status == PaymentStatus::Completed { &["cancel"] } else { &[] }));
    }
    let change = ActiveModel { status: Set(to), status_reason: Set(reason), ..Default::default() };
    let after = tx.update(before.id, &change).await?.ok_or_else(Error::not_found)?;
    leave(
        tx,
        &door.permission().to_string(),
        if to == PaymentStatus::Failed { "failed" } else { "cancelled" },
        &before,
        &after,
        json!({}),
    )?;
    Ok(after)
}

/// Gives a payment up: what it posted is reversed, what it settled is open again.
pub async fn cancel(tx: &Tx, door: &Door, before: Model, on: Option<Day>, reason: Option<Text<500>>) -> Result<Model> {
    if before.status != PaymentStatus::Completed {
        return end(tx, door, before, PaymentStatus::Cancelled, reason).await;
    }
    if bank::knows(tx, before.id).await? {
        return Err(Error::rule(
            "fim.payment_matched",
            "은행 거래와 대사된 입출금입니다. 먼저 대사를 취소하세요.",
            "A line of the bank is this payment: take the match back first.",
        ));
    }
    let on = on.unwrap_or_else(|| door.today().max(before.transaction_date));
    let all = settling::allocations_of(tx, before.id).await?;
    let standing: Vec<&allocation::Model> = all.iter().filter(|row| row.undone_at.is_none()).collect();
    let ids: BTreeSet<Uuid> = standing.iter().map(|row| row.item_id).collect();
    let mut items = open_items::held(tx, &ids.into_iter().collect::<Vec<_>>(), "id").await?;
    let entries = entries_of(tx, &before, &all).await?;
    for entry in &entries {
        not_before(on, entry.posting_date)?;
    }
    let latest = entries.iter().map(|entry| entry.posting_date).fold(door.today().max(before.transaction_date), Day::max);
    not_ahead("date", Some(on), latest)?;
    for allocation in &standing {
        if let Some(item) = items.iter_mut().find(|item| item.id == allocation.item_id) {
            open_items::undo(tx, item, allocation, on).await?;
        }
    }
    let mut reversal = None;
    // the last first, as a person would do it; together they leave nothing
    for entry in entries {
        let id = entry.id;
        let mirror = journal::reverse(tx, entry, on, reason.clone()).await?;
        if Some(id) == before.je_id {
            reversal = Some(mirror.entry.id);
        }
        for allocation in standing.iter().filter(|row| row.je_id == Some(id)) {
            note_undoing(tx, allocation.id, mirror.entry.id).await?;
        }
    }
    let change = ActiveModel {
        status: Set(PaymentStatus::Cancelled),
        status_reason: Set(reason),
        allocated: Set(Money::ZERO),
        base_allocated: Set(Money::ZERO),
        reversal_je_id: Set(reversal),
        ..Default::default()
    };
    let after = tx.update(before.id, &change).await?.ok_or_else(Error::not_found)?;
    leave(tx, &door.permission().to_string(), "cancelled", &before, &after, json!({}))?;
    Ok(after)
}

/// All that a payment has posted and nobody has taken back, held; the last first.
async fn entries_of(tx: &Tx, payment: &Model, allocations: &[allocation::Model]) -> Result<Vec<entry::Model>> {
    let ids: BTreeSet<Uuid> = allocations.iter().flat_map(|row| [row.je_id, row.undo_je_id]).chain([payment.je_id]).flatten().collect();
    let find = tx.find::<entry::Entity>().filter(entry::Column::Id.is_in(ids)).filter(entry::Column::Status.eq(EntryStatus::Posted));
    let mut entries = find.order_by_asc(entry::Column::Id).for_update().all().await?;
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.chain_no));
    Ok(entries)
}
