//! What is done with a payment, inside a transaction. Locked are, in this order: the payment, its items by their ids, its entries by
//! theirs, the series of the number, the end of the ledger.

use super::{
    entity::{ActiveModel, Column, Entity, Model, PaymentStatus},
    entry_lines::{self, Part},
    settling::{self, Wanted},
};
use crate::{
    bank_lines,
    open_items::{self, allocation, shares::Share},
};
use adm::rates::Conversion;
use kernel::{Day, Error, Money, Result, Text};
use ledger::{
    journal::{
        document::Document,
        entry::{self, EntryStatus},
        rules::not_ahead,
    },
    posting::{self, in_base_currency},
    sums,
};
use paperclip::actix::Apiv2Schema;
use resource::{Acting, Done};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::Tx;
use uuid::Uuid;

/// The series the numbers of payments are counted in.
const SERIES: &str = "PAY";

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct PaymentCompletion {
    /// 배분 내역 | Allocations
    ///
    /// What it settles; what is left is an advance. None when left out.
    pub allocations: Option<Vec<Share>>,
    /// 자동 배분 | Auto
    ///
    /// Settle what is due first.
    pub auto: Option<bool>,
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct PaymentAllocation {
    /// 배분 내역 | Allocations
    pub allocations: Option<Vec<Share>>,
    /// 자동 배분 | Auto
    ///
    /// Settle what is due first, as far as the payment goes.
    pub auto: Option<bool>,
    /// 날짜 | Date
    ///
    /// The day it is posted; today when left out.
    pub date: Option<Day>,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct PaymentUnallocation {
    /// 배분 | Allocation
    pub allocation_id: Uuid,
    /// 날짜 | Date
    ///
    /// The day it is posted; today when left out.
    pub date: Option<Day>,
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct PaymentFailure {
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct PaymentCancellation {
    /// 날짜 | Date
    ///
    /// The day what was posted is reversed on; today when left out.
    pub date: Option<Day>,
    /// 사유 | Reason
    ///
    /// Required for one that is completed.
    pub reason: Option<Text<500>>,
}

/// A payment, locked until the end of the transaction.
pub async fn locked(tx: &Tx, id: Uuid) -> Result<Model> {
    tx.find::<Entity>().filter(Column::Id.eq(id)).for_no_key_update().one().await?.ok_or_else(Error::not_found)
}

/// What the event of every step says of the payment.
pub(super) fn fact(payment: &Model) -> Value {
    json!({
        "transaction_code": payment.transaction_code, "transaction_type": payment.transaction_type, "partner_id": payment.partner_id,
        "amount": payment.amount, "currency": payment.currency, "unallocated": payment.unallocated(), "je_id": payment.je_id,
    })
}

/// The parts that moved, for the audit row and the event.
fn shares(parts: &[Part]) -> Value {
    let share = |part: &Part| json!({"id": part.allocation.id, "item_id": part.item.id, "amount": part.allocation.amount});
    json!({"allocations": parts.iter().map(share).collect::<Vec<_>>()})
}

/// How a payment that is completed was converted into the base currency.
async fn conversion_of(tx: &Tx, payment: &Model) -> Result<Conversion> {
    posting::conversion_by(tx, payment.je_id.ok_or_else(|| Error::internal("a payment that was completed was posted"))?).await
}

/// The money of a pending payment has moved: numbers and posts it with what it settles.
pub(super) async fn complete(cx: &Acting<'_>, row: &Model, input: &PaymentCompletion) -> Result<Done<ActiveModel>> {
    let wanted = Wanted::of(input.allocations.clone(), input.auto)?;
    let (tx, on) = (cx.tx, row.transaction_date);
    not_ahead("transaction_date", Some(on), cx.today())?;
    let base = sums::ledger(tx).await?.base_currency;
    let rate = posting::conversion_of(tx, &row.currency, &base, row.exchange_rate, on).await?;
    let mut payment = Model { base_amount: in_base_currency(tx, row.amount, rate).await?, ..row.clone() };
    let fee = in_base_currency(tx, row.fee_amount, rate).await?;
    let chosen = settling::choose(tx, &payment, &wanted, on).await?;
    let parts = settling::settle(tx, &mut payment, chosen, rate, on).await?;
    let lines = entry_lines::completion(tx, &payment, &parts, fee).await?;
    let code = tx.number_document(SERIES, on).await?;
    let what = if payment.goes_out() { "지급" } else { "입금" };
    let document = Document { kind: "PAYMENT", id: payment.id, no: Some(&code), on, currency: payment.currency.clone(), rate, what };
    let drafted = posting::draft(tx, None, &document.entry(lines)?).await?;
    let je_id = drafted.entry.id;
    settling::note_entry(tx, &parts, je_id).await?;
    posting::post(tx, drafted).await?;
    cx.note(shares(&parts));
    Ok(Done::Changes(ActiveModel {
        transaction_code: Set(Some(Text::parse(&code).map_err(Error::internal)?)),
        exchange_rate: Set(Some(rate.rate)),
        base_amount: Set(payment.base_amount),
        allocated: Set(payment.allocated),
        base_allocated: Set(payment.base_allocated),
        completed_at: Set(Some(tx.now())),
        je_id: Set(Some(je_id)),
        ..Default::default()
    }))
}

/// Posts a movement between the advance and items; answers what it changes of the payment.
async fn move_advance(cx: &Acting<'_>, payment: &Model, parts: &[Part], back: bool, on: Day) -> Result<Done<ActiveModel>> {
    let tx = cx.tx;
    let lines = entry_lines::movement(tx, payment, parts, back).await?;
    let first = parts.first().ok_or_else(|| Error::internal("nothing is moved"))?;
    let (doc_type, what) = if back { ("UNALLOCATION", "입출금 배분 취소") } else { ("ALLOCATION", "입출금 배분") };
    let document = Document {
        kind: doc_type,
        id: first.allocation.id,
        no: payment.transaction_code.as_deref(),
        on,
        currency: payment.currency.clone(),
        rate: conversion_of(tx, payment).await?,
        what,
    };
    let drafted = posting::draft(tx, None, &document.entry(lines)?).await?;
    let je_id = drafted.entry.id;
    match back {
        false => settling::note_entry(tx, parts, je_id).await?,
        true => note_undoing(tx, first.allocation.id, je_id).await?,
    }
    posting::post(tx, drafted).await?;
    cx.note(shares(parts));
    cx.note(json!({"allocation_je_id": je_id}));
    Ok(Done::Changes(ActiveModel { allocated: Set(payment.allocated), base_allocated: Set(payment.base_allocated), ..Default::default() }))
}

async fn note_undoing(tx: &Tx, allocation: Uuid, je_id: Uuid) -> Result<()> {
    let change = allocation::ActiveModel { undo_je_id: Set(Some(je_id)), ..Default::default() };
    tx.update(allocation, &change).await?.ok_or_else(Error::not_found).map(|_| ())
}

fn not_before(on: Day, first: Day) -> Result<()> {
    if on >= first {
        return Ok(());
    }
    Err(Error::field("date", "minimum", format!("{first}보다 빠를 수 없습니다."), format!("must not be before {first}")))
}

/// Allocates what is left of a payment. Nothing to allocate: it is left as it is.
pub(super) async fn allocate(cx: &Acting<'_>, row: &Model, input: &PaymentAllocation) -> Result<Done<ActiveModel>> {
    let wanted = Wanted::of(input.allocations.clone(), input.auto)?;
    let latest = cx.today().max(row.transaction_date);
    not_ahead("date", input.date, latest)?;
    let on = input.date.unwrap_or(latest);
    not_before(on, row.transaction_date)?;
    if matches!(&wanted, Wanted::Shares(shares) if shares.is_empty()) {
        return Err(Error::field(
            "allocations",
            "required",
            "배분할 미결 항목을 지정하거나 auto를 true로 보내세요.",
            "is required unless auto is true",
        ));
    }
    let chosen = settling::choose(cx.tx, row, &wanted, on).await?;
    if chosen.is_empty() {
        return Ok(Done::Already);
    }
    let mut payment = row.clone();
    let parts = settling::settle(cx.tx, &mut payment, chosen, conversion_of(cx.tx, row).await?, on).await?;
    move_advance(cx, &payment, &parts, false, on).await
}

/// Undoes an allocation of a payment: its part is an advance again. One that is undone already is left undone.
pub(super) async fn unallocate(cx: &Acting<'_>, row: &Model, input: &PaymentUnallocation) -> Result<Done<ActiveModel>> {
    let tx = cx.tx;
    let all = settling::allocations_of(tx, row.id).await?;
    let allocation = all.into_iter().find(|part| part.id == input.allocation_id).ok_or_else(|| Error::no_such("allocation_id"))?;
    if allocation.undone_at.is_some() {
        return Ok(Done::Already);
    }
    let latest = cx.today().max(allocation.allocated_on);
    not_ahead("date", input.date, latest)?;
    let on = input.date.unwrap_or(latest);
    not_before(on, allocation.allocated_on)?;
    let mut items = open_items::locked(tx, &[allocation.item_id], "allocation_id").await?;
    let item = items.first_mut().ok_or_else(|| Error::no_such("allocation_id"))?;
    open_items::undo(tx, item, &allocation, on).await?;
    let against_base = allocation.against_base.unwrap_or_default();
    let payment = Model {
        allocated: Money(row.allocated.0 - allocation.amount.0.abs()),
        base_allocated: Money(row.base_allocated.0 - against_base.0),
        ..row.clone()
    };
    let parts = [Part { item: item.clone(), allocation, against_base }];
    move_advance(cx, &payment, &parts, true, on).await
}

/// The money never came, or never went.
pub(super) async fn fail(_: &Acting<'_>, _: &Model, input: &PaymentFailure) -> Result<Done<ActiveModel>> {
    Ok(Done::Changes(ActiveModel { status_reason: Set(input.reason.clone()), ..Default::default() }))
}

/// Cancels a payment: what it posted is reversed, what it settled is open again.
pub(super) async fn cancel(cx: &Acting<'_>, row: &Model, input: &PaymentCancellation) -> Result<Done<ActiveModel>> {
    let reason = input.reason.clone();
    if row.status == PaymentStatus::Pending {
        return Ok(Done::Changes(ActiveModel { status_reason: Set(reason), ..Default::default() }));
    }
    if reason.is_none() {
        return Err(Error::field(
            "reason",
            "required",
            "완료된 입출금을 취소하는 사유를 입력하세요.",
            "is required to cancel a completed payment",
        ));
    }
    let tx = cx.tx;
    if bank_lines::is_matched(tx, row.id).await? {
        return Err(crate::rules::PAYMENT_MATCHED.error());
    }
    let latest = cx.today().max(row.transaction_date);
    let on = input.date.unwrap_or(latest);
    let all = settling::allocations_of(tx, row.id).await?;
    let standing: Vec<&allocation::Model> = all.iter().filter(|part| part.undone_at.is_none()).collect();
    let ids: BTreeSet<Uuid> = standing.iter().map(|part| part.item_id).collect();
    let mut items = open_items::locked(tx, &ids.into_iter().collect::<Vec<_>>(), "id").await?;
    let entries = entries_of(tx, row, &all).await?;
    for entry in &entries {
        not_before(on, entry.posting_date)?;
    }
    not_ahead("date", Some(on), entries.iter().map(|entry| entry.posting_date).fold(latest, Day::max))?;
    for allocation in &standing {
        if let Some(item) = items.iter_mut().find(|item| item.id == allocation.item_id) {
            open_items::undo(tx, item, allocation, on).await?;
        }
    }
    let mut reversal_je_id = None;
    // the last first, as a person would do it; together they come to nothing
    for entry in entries {
        let id = entry.id;
        let reversing = posting::reverse(tx, entry, on, reason.clone()).await?.entry.id;
        if Some(id) == row.je_id {
            reversal_je_id = Some(reversing);
        }
        for allocation in standing.iter().filter(|part| part.je_id == Some(id)) {
            note_undoing(tx, allocation.id, reversing).await?;
        }
    }
    Ok(Done::Changes(ActiveModel {
        status_reason: Set(reason),
        allocated: Set(Money::ZERO),
        base_allocated: Set(Money::ZERO),
        reversal_je_id: Set(reversal_je_id),
        ..Default::default()
    }))
}

/// All that a payment has posted and nobody has reversed, locked; the last first.
async fn entries_of(tx: &Tx, payment: &Model, allocations: &[allocation::Model]) -> Result<Vec<entry::Model>> {
    let ids: BTreeSet<Uuid> = allocations.iter().flat_map(|row| [row.je_id, row.undo_je_id]).chain([payment.je_id]).flatten().collect();
    let find = tx.find::<entry::Entity>().filter(entry::Column::Id.is_in(ids)).filter(entry::Column::Status.eq(EntryStatus::Posted));
    let mut entries = find.order_by_asc(entry::Column::Id).for_update().all().await?;
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.chain_no));
    Ok(entries)
}
