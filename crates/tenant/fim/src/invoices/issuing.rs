//! An invoice becomes binding: number, entry, open item at once; and is cancelled before anybody has it.

use super::{
    Invoices, IssueDated,
    api::{InvoiceCancel, InvoiceIssue},
    entity::{ActiveModel, Column, Direction, Entity, Model, Status},
    entry_lines,
    figures::lines_of,
    line, parties,
};
use crate::{
    open_items::{self, item},
    rules, vat_settlements,
};
use envelope::Answer;
use kernel::{Day, Error, FieldError, Lang, Message, Money, Permission, Result, Text};
use ledger::{
    journal::{EntryWithLines, rules::not_ahead},
    posting, sums,
};
use resource::{Acting, Done, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Action, AuditEntry, Event, Tx};
use uuid::Uuid;

/// What the events of an invoice's actions say besides its id.
pub(super) fn fact(row: &Model) -> Value {
    json!({"invoice_no": row.invoice_no, "direction": row.direction, "partner_id": row.partner_id, "total": row.total_amount,
        "original_invoice_id": row.original_invoice_id, "transmission_status": row.transmission_status})
}

/// The audit row and the event of a step that is no action of its own: an amendment that is issued, an answer of the tax office.
pub(super) fn record_step(tx: &Tx, permission: &str, before: &Model, after: &Model, what: &str) {
    let said = |row: &Model| {
        json!({"status": row.status, "invoice_no": row.invoice_no, "transmission_status": row.transmission_status, "approval_no": row.approval_no,
            "issue_date": row.issue_date, "cancel_reason": row.cancel_reason})
    };
    tx.audit(AuditEntry::new(Action::Execute, permission, "fim.invoices", after.id).change(&said(before), &said(after)));
    let mut payload = fact(after);
    payload["id"] = json!(after.id);
    tx.publish(Event::new(format!("fim.invoice.{what}"), after.id, payload));
}

pub(super) async fn answer_with_lines(tx: &Tx, id: Uuid) -> Result<Answer> {
    resource::answer_of(Spec::of::<Invoices>()?, tx, id).await
}

/// What the law wants on a tax invoice (부가가치세법 §32①): number and name of who supplies, number of who buys.
fn complete(row: &ActiveModel, total: Money) -> Result<()> {
    fn missing<T: Into<sea_orm::Value> + sea_orm::sea_query::Nullable>(value: &sea_orm::ActiveValue<Option<T>>) -> bool {
        !matches!(value.try_as_ref(), Some(Some(_)))
    }
    let mut wrong = Vec::new();
    for (is_missing, field) in [
        (missing(&row.supplier_biz_no), "supplier_biz_no"),
        (missing(&row.supplier_biz_name), "supplier_biz_name"),
        (missing(&row.buyer_biz_no), "buyer_biz_no"),
        (missing(&row.buyer_biz_name), "buyer_biz_name"),
    ] {
        if is_missing {
            wrong.push(FieldError::new(
                field,
                "required",
                Message::new("발행하려면 필요한 항목입니다.", "is required to issue the invoice"),
            ));
        }
    }
    if total == Money::ZERO {
        wrong.push(FieldError::new(
            "total_amount",
            "not_zero",
            Message::new("합계가 0인 세금계산서는 발행할 수 없습니다.", "must not be 0"),
        ));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Says that issuing on another day needs a further permission.
fn explain_issue_dated(refusal: Error, today: Day) -> Error {
    let detail = refusal.detail(Lang::default());
    if !detail.contains_key("permission") {
        return refusal;
    }
    let text = Message::new(
        format!("오늘({today})이 아닌 날짜로 발행하려면 {} 권한이 필요합니다.", IssueDated::KEY),
        format!("Issuing on a day other than today ({today}) requires the permission {}.", IssueDated::KEY),
    );
    // what the refusal says itself is kept: of an API key that its owner has the right
    detail.into_iter().fold(Error::forbidden("issue_date", text), |error, (key, value)| error.with(&key, value))
}

/// Issues a draft. On a day other than today that needs a further permission.
pub(super) async fn issue(cx: &Acting<'_>, row: &Model, input: &InvoiceIssue) -> Result<Done<ActiveModel>> {
    let today = cx.today();
    let issue_date = input.issue_date.unwrap_or(today);
    not_ahead("issue_date", Some(issue_date), today)?;
    if issue_date != today {
        cx.door()?.demand_also::<IssueDated>().map_err(|refusal| explain_issue_dated(refusal, today))?;
    }
    number_and_post(cx.tx, row, issue_date).await?;
    Ok(Done::Written)
}

/// Issues a draft that is locked as a part of something else, with the audit row and the event of that.
pub(crate) async fn issue_locked(tx: &Tx, permission: &str, row: Model, issue_date: Day) -> Result<(Model, item::Model)> {
    let (issued, item) = number_and_post(tx, &row, issue_date).await?;
    record_step(tx, permission, &row, &issued, "issued");
    Ok((issued, item))
}

/// Numbers and posts a draft that is locked, and opens its item.
async fn number_and_post(tx: &Tx, row: &Model, issue_date: Day) -> Result<(Model, item::Model)> {
    if issue_date < row.invoice_date {
        let (ko, en) = ("작성일자보다 빠를 수 없습니다.", "must not be before the invoice date");
        return Err(Error::field("issue_date", "minimum", ko, en));
    }
    let partner = parties::partner(tx, row.partner_id).await?;
    let mut change = parties::copied(row);
    parties::fill(tx, &mut change, row.direction, &partner).await?;
    complete(&change, row.total_amount)?;
    let filled = Model { buyer_biz_name: name(&change.buyer_biz_name), supplier_biz_name: name(&change.supplier_biz_name), ..row.clone() };
    let lines = lines_of(tx, row.id).await?;
    let due = match row.due_date {
        Some(due) => due,
        None if row.total_amount.is_negative() => row.invoice_date,
        None => entry_lines::due_date(tx, row, &partner).await?,
    };
    // from here on issues of the company stand in line
    let series = if row.direction == Direction::Sales { "INV" } else { "PINV" };
    let no: Text<50> = Text::parse(&tx.number_document(series, row.invoice_date).await?).map_err(Error::internal)?;
    let entry = entry_lines::entry(tx, &filled, &no, &lines).await?;
    let entry = posting::draft(tx, None, &entry).await?;
    let posted = posting::post(tx, entry).await?;
    if !bears_day_of_original(row.amendment_code) {
        vat_settlements::not_settled(tx, row.invoice_date).await?;
    }
    note_base(tx, row, &lines, &posted).await?;
    change.invoice_no = Set(Some(no.clone()));
    change.issue_date = Set(Some(issue_date));
    change.due_date = Set(Some(due));
    change.exchange_rate = Set(Some(posted.entry.exchange_rate));
    change.je_id = Set(Some(posted.entry.id));
    change.status = Set(Status::Issued);
    let issued = tx.update(row.id, &change).await?.ok_or_else(Error::not_found)?;
    let item = open_items::open(tx, entry_lines::claim(&issued, &no, due, &posted)?).await?;
    Ok((issued, item))
}

/// Whether an amendment belongs to the tax period of its original: what it changes there supplements the settlement.
pub(super) fn bears_day_of_original(amendment_code: Option<i32>) -> bool {
    matches!(amendment_code, Some(1 | 5 | 6))
}

fn name(value: &sea_orm::ActiveValue<Option<Text<200>>>) -> Option<Text<200>> {
    value.try_as_ref().cloned().flatten()
}

/// What each line was in the base currency: the tax return is made of it.
async fn note_base(tx: &Tx, row: &Model, lines: &[line::Model], posted: &EntryWithLines) -> Result<()> {
    let ledger = sums::ledger(tx).await?;
    if row.currency_code == ledger.base_currency {
        return crate::vat_return::figures::base_is_amount(tx, row.id).await;
    }
    let places = u32::try_from(ledger.base_places).map_err(Error::internal)?;
    let base = entry_lines::in_base(lines, posted, places).ok_or_else(|| Error::internal("lines do not fit their entry"))?;
    for (line, (supply, tax)) in lines.iter().zip(base) {
        let change = line::ActiveModel { base_supply_amount: Set(supply), base_tax_amount: Set(tax), ..Default::default() };
        tx.update(line.id, &change).await?;
    }
    Ok(())
}

/// Cancels an invoice before it was sent: its entry is reversed, its item set off. What an amendment took away is owed again.
pub(super) async fn cancel(cx: &Acting<'_>, row: &Model, input: &InvoiceCancel) -> Result<Done<ActiveModel>> {
    if row.status == Status::Issued {
        not_ahead("date", input.date, cx.today())?;
        let items = locked_with_claims(cx.tx, row.id).await?;
        give_back(cx.tx, row, items, input.reason.clone(), input.date).await?;
    }
    Ok(Done::Changes(ActiveModel {
        cancel_reason: Set(input.reason.clone()),
        cancelled_at: Set(Some(cx.tx.now())),
        paid_amount: Set(Money::ZERO),
        ..Default::default()
    }))
}

/// Items are locked before invoices, as by who pays them: first that of the invoice to be amended.
pub(super) async fn lock_items(cx: &Acting<'_>, id: Uuid) -> Result<()> {
    locked_items(cx.tx, id).await.map(|_| ())
}

/// As [`lock_items`], with what it was set off against: before the invoice is cancelled.
pub(super) async fn lock_with_claims(cx: &Acting<'_>, id: Uuid) -> Result<()> {
    locked_with_claims(cx.tx, id).await.map(|_| ())
}

/// The item of an invoice, locked; none before it is issued.
pub(super) async fn locked_items(tx: &Tx, id: Uuid) -> Result<Vec<item::Model>> {
    match open_items::of_document(tx, entry_lines::DOCUMENT, id).await? {
        Some(item) => open_items::locked(tx, &[item.id], "invoice").await,
        None => Ok(Vec::new()),
    }
}

/// The item of an invoice, and what it was set off against, locked; none before it is issued.
async fn locked_with_claims(tx: &Tx, id: Uuid) -> Result<Vec<item::Model>> {
    let Some(item) = open_items::of_document(tx, entry_lines::DOCUMENT, id).await? else { return Ok(Vec::new()) };
    let parts = open_items::set_offs(tx, item.id).await?;
    let ids: BTreeSet<Uuid> = parts.iter().map(|part| part.item_id).chain([item.id]).collect();
    open_items::locked(tx, &ids.into_iter().collect::<Vec<_>>(), "invoice").await
}

async fn give_back(tx: &Tx, row: &Model, mut items: Vec<item::Model>, reason: Option<Text<500>>, date: Option<Day>) -> Result<()> {
    let amendments =
        tx.find::<Entity>().filter(Column::OriginalInvoiceId.eq(row.id)).filter(Column::Status.ne(Status::Cancelled)).one().await?;
    if amendments.is_some() {
        return Err(rules::INVOICE_AMENDED.error());
    }
    let entry = posting::locked(tx, row.je_id.ok_or_else(|| Error::internal("issued, and not posted"))?, None).await?;
    let date = date.unwrap_or(entry.posting_date);
    // issued between the two looks: the item was not there yet
    let its = |item: &item::Model| item.doc_id == row.id && &*item.doc_type == entry_lines::DOCUMENT;
    let at = items.iter().position(its).ok_or_else(|| Error::transient("the invoice was issued at this moment"))?;
    if row.total_amount.is_negative() {
        let credit = items[at].id;
        open_items::release(tx, &mut items, credit, date).await?;
    }
    let mut claim = items.swap_remove(at);
    if claim.settled != Money::ZERO {
        return Err(rules::INVOICE_SETTLED.error().with("paid_amount", claim.settled.to_string()));
    }
    let rate = entry.exchange_rate;
    let reversing = posting::reverse(tx, entry, date, reason).await?;
    // on this day it leaves the tax return
    vat_settlements::not_settled(tx, date).await?;
    let counter = open_items::NewItem {
        kind: claim.kind,
        partner_id: claim.partner_id,
        account_id: claim.account_id,
        doc_type: "INVOICE_CANCEL",
        doc_id: row.id,
        doc_no: claim.doc_no.clone(),
        je_id: Some(reversing.entry.id),
        doc_date: date,
        due_date: date,
        currency: claim.currency.clone(),
        exchange_rate: rate,
        amount: Money(-claim.amount.0),
        base_amount: Money(-claim.base_amount.0),
    };
    let mut counter = open_items::open(tx, counter).await?;
    let (credit, claim) = if claim.amount.is_negative() { (&mut claim, &mut counter) } else { (&mut counter, &mut claim) };
    open_items::set_off(tx, credit, claim, date).await.map(|_| ())
}
