//! Settling a period, and reversing that.

use super::{
    api::VatSettlementReversal,
    entity::{ActiveModel, Column, Entity, Model, SettlementStatus},
};
use crate::{
    rules,
    vat_return::{self, Tie, VatReturn},
};
use auth::Door;
use kernel::{Day, Error, Memo, Money, MoneySum, Result};
use ledger::{
    accounts::{
        self,
        entity::{self as account, PostingRole},
    },
    journal::{
        EntryWithLines,
        document::{Document, Side, line},
        draft::Draft,
        entry::EntryType,
        rules::{period_of, too_large},
    },
    posting::{self, rate_of},
    sums::{self, one_amount},
};
use resource::{Acting, Done};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Action, AuditEntry, Event, Tx, new_id};
use uuid::Uuid;

const DOCUMENT: &str = "VAT_SETTLEMENT";

/// Days of the longest period: half a year.
const LONGEST: i64 = 184;

/// Whole months that are over, half a year at most.
pub(super) fn sensible((from, to): (Day, Day), today: Day) -> Result<()> {
    if from.0.day() != 1 {
        return Err(Error::field("from_date", "first_day", "월의 첫날이어야 합니다.", "must be the first day of a month"));
    }
    if to.plus_days(1).is_none_or(|next| next.0.day() != 1) {
        return Err(Error::field("to_date", "last_day", "월의 말일이어야 합니다.", "must be the last day of a month"));
    }
    if to < from || from.plus_days(LONGEST).is_none_or(|end| to >= end) {
        return Err(Error::field("to_date", "range", "시작일부터 6개월 이내여야 합니다.", "must be within six months of from_date"));
    }
    if to > today {
        return Err(Error::field("to_date", "maximum", "오늘보다 늦을 수 없습니다.", "must not be after today"));
    }
    Ok(())
}

fn settled(row: &Model) -> Error {
    rules::VAT_SETTLED.filled(&[("from", &row.from_date), ("to", &row.to_date)]).with("vat_settlement_id", row.id.to_string())
}

/// The settlement that stands of a period these days touch. (Those that supplement it are of the same period.)
async fn settlement_of(tx: &Tx, (from, to): (Day, Day)) -> Result<Option<Model>> {
    let find = tx.find::<Entity>().filter(Column::FromDate.lte(to)).filter(Column::ToDate.gte(from));
    find.filter(Column::Status.eq(SettlementStatus::Posted)).filter(Column::SupplementOfId.is_null()).one().await
}

async fn not_settled_yet(tx: &Tx, days: (Day, Day)) -> Result<()> {
    match settlement_of(tx, days).await? {
        None => Ok(()),
        Some(row) => Err(settled(&row)),
    }
}

/// Nothing that stands in a tax return is dated into a period that is settled. Asked by who has locked the end of the chain, as the
/// settlement does.
///
/// # Errors
/// 409 `fim.vat_settled`, with the settlement.
pub(crate) async fn not_settled(tx: &Tx, day: Day) -> Result<()> {
    match settlement_of(tx, (day, day)).await? {
        None => Ok(()),
        Some(row) => Err(settled(&row)),
    }
}

/// What is posted to the accounts of value added tax, whatever document it is of, is not dated into a period that is settled. Asked once it
/// is posted.
///
/// # Errors
/// As [`not_settled`].
pub(crate) async fn lets_post(tx: &Tx, posted: &EntryWithLines) -> Result<()> {
    let ids: BTreeSet<Uuid> = posted.lines.iter().map(|line| line.account_id).collect();
    let find = tx.find::<account::Entity>().filter(account::Column::Id.is_in(ids));
    match find.filter(account::Column::Role.is_in([PostingRole::VatOut, PostingRole::VatIn])).one().await? {
        Some(_) => not_settled(tx, posted.entry.posting_date).await,
        None => Ok(()),
    }
}

/// Return and ledger say the same.
fn agree(report: &VatReturn) -> Result<()> {
    let differs = |tie: &&Tie| tie.difference != MoneySum::ZERO;
    let Some(tie) = [&report.output_tie, &report.input_tie].into_iter().find(differs) else { return Ok(()) };
    Err(rules::VAT_DIFFERS
        .filled(&[("account", &tie.account_code), ("ledger", &tie.ledger), ("documents", &tie.documents), ("difference", &tie.difference)])
        .with("account_code", tie.account_code.clone())
        .with("ledger", tie.ledger.to_string())
        .with("documents", tie.documents.to_string())
        .with("difference", tie.difference.to_string()))
}

/// Sets the taxes of a period off against each other.
pub(super) async fn settle(door: &Door, tx: &Tx, (from, to): (Day, Day)) -> Result<Uuid> {
    // nobody posts between the return and the entry made of it
    sums::lock_ledger(tx).await?;
    not_settled_yet(tx, (from, to)).await?;
    let report = vat_return::compute(door, tx, Some(from), Some(to), None).await?;
    agree(&report)?;
    let taxes = (one_amount(report.output_tax)?, one_amount(report.input_tax)?);
    let made = post(door, tx, (from, to), taxes, None).await?;
    made.ok_or_else(|| rules::NOTHING_TO_SETTLE.error())
}

/// What amendments of a day have changed in the return of a period that is settled is settled beside it, by who has locked the end of the
/// chain.
pub(crate) async fn supplement(door: &Door, tx: &Tx, day: Day) -> Result<()> {
    let Some(main) = settlement_of(tx, (day, day)).await? else { return Ok(()) };
    let days = (main.from_date, main.to_date);
    let report = vat_return::compute(door, tx, Some(days.0), Some(days.1), None).await?;
    let find = tx.find::<Entity>().filter(Column::SupplementOfId.eq(main.id)).filter(Column::Status.eq(SettlementStatus::Posted));
    let parts = find.all().await?;
    let done = |of: fn(&Model) -> Money| parts.iter().chain([&main]).map(of).sum::<MoneySum>();
    let output_tax = one_amount(report.output_tax - done(|row| row.output_tax))?;
    let input_tax = one_amount(report.input_tax - done(|row| row.input_tax))?;
    post(door, tx, days, (output_tax, input_tax), Some(main.id)).await.map(|_| ())
}

/// Posts and writes down what is settled of a period; nothing where there is nothing.
async fn post(
    door: &Door,
    tx: &Tx,
    (from, to): (Day, Day),
    (output_tax, input_tax): (Money, Money),
    supplement_of: Option<Uuid>,
) -> Result<Option<Uuid>> {
    let payable = output_tax.checked_sub(input_tax).ok_or_else(too_large)?;
    let rest = if payable.is_negative() { PostingRole::OtherReceivable } else { PostingRole::VatPayable };
    let mut lines = Vec::with_capacity(3);
    for (role, debit) in [(PostingRole::VatOut, output_tax.0), (PostingRole::VatIn, -input_tax.0), (rest, -payable.0)] {
        if debit != 0 {
            let amount = Money(debit.abs());
            lines.push(line(accounts::of_role(tx, role).await?, Side::debit_if(debit > 0), amount, amount, None));
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let base = sums::ledger(tx).await?.base_currency;
    let rate = rate_of(tx, &base, &base, None, to).await?;
    let (id, no) = (new_id(), format!("{}~{}", period_of(from), period_of(to)));
    let what = if supplement_of.is_some() { "부가세 수정신고" } else { "부가세 정산" };
    let document = Document { kind: DOCUMENT, id, no: Some(&no), on: to, currency: base, rate: rate.into(), what };
    let draft = Draft { je_type: EntryType::Adjustment, description: Memo::parse(&format!("{what} {no}")).ok(), ..document.entry(lines)? };
    let drafted = posting::draft(tx, None, &draft).await?;
    let posted = posting::post(tx, drafted).await?;
    let row = ActiveModel {
        id: Set(id),
        from_date: Set(from),
        to_date: Set(to),
        output_tax: Set(output_tax),
        input_tax: Set(input_tax),
        payable: Set(payable),
        status: Set(SettlementStatus::Posted),
        je_id: Set(posted.entry.id),
        supplement_of_id: Set(supplement_of),
        ..Default::default()
    };
    let after = serde_json::to_value(tx.insert(&row).await?).map_err(Error::internal)?;
    tx.audit(AuditEntry::new(Action::Create, door.permission().to_string(), "fim.vat-settlements", id).after(after.clone()));
    tx.publish(Event::new("fim.vat_settlement.created", id, after));
    Ok(Some(id))
}

/// What the events of a settlement that is reversed say besides its id.
pub(super) fn fact(row: &Model) -> Value {
    json!({"from_date": row.from_date, "to_date": row.to_date})
}

/// Reverses a settlement, and what supplements it.
pub(super) async fn reverse(cx: &Acting<'_>, row: &Model, input: &VatSettlementReversal) -> Result<Done<ActiveModel>> {
    if let Some(main) = row.supplement_of_id {
        return Err(rules::VAT_SUPPLEMENT.error().with("vat_settlement_id", main.to_string()));
    }
    // no amendment supplements it meanwhile
    sums::lock_ledger(cx.tx).await?;
    let find = cx.tx.find::<Entity>().filter(Column::SupplementOfId.eq(row.id)).filter(Column::Status.eq(SettlementStatus::Posted));
    for part in find.order_by_desc(Column::Id).all().await? {
        let change = reverse_entry(cx.tx, &part, input).await?;
        let after = cx.tx.update(part.id, &change).await?.ok_or_else(Error::not_found)?;
        record_reversal(cx, &part, &after);
    }
    Ok(Done::Changes(reverse_entry(cx.tx, row, input).await?))
}

/// Reverses the entry of a settlement on its day; answers what its row says then.
async fn reverse_entry(tx: &Tx, row: &Model, input: &VatSettlementReversal) -> Result<ActiveModel> {
    let entry = posting::locked(tx, row.je_id, None).await?;
    posting::reverse(tx, entry, row.to_date, input.reason.clone()).await?;
    Ok(ActiveModel { status: Set(SettlementStatus::Reversed), status_reason: Set(input.reason.clone()), ..Default::default() })
}

/// The audit row and the event of a supplement that is reversed with its settlement.
fn record_reversal(cx: &Acting<'_>, before: &Model, after: &Model) {
    let said = |row: &Model| json!({"status": row.status, "status_reason": row.status_reason});
    let trace = AuditEntry::new(Action::Execute, cx.permission(), "fim.vat-settlements", after.id);
    cx.tx.audit(trace.change(&said(before), &said(after)));
    let mut payload = fact(after);
    payload["id"] = json!(after.id);
    cx.tx.publish(Event::new("fim.vat_settlement.reversed", after.id, payload));
}
