use super::{Create, Transactions, Update};
use crate::{open_items::by_hand, vat_settlements};
use auth::{Allowed, Door};
use envelope::{Answer, Api, Body, Created, Nothing, Reply, RowId};
use kernel::{Currency, Day, Error, Result, Text};
use ledger::{
    journal::{
        EntryWithLines,
        draft::{Draft, DraftLine},
        entry::{self, ActiveModel, EntryStatus, Model},
        rules,
    },
    posting,
};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Acting, Done, Resource as _, Spec, answer_of};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Action, AuditEntry, Event, Tx};
use uuid::Uuid;

fn answer<const STATUS: u16>(entry: &EntryWithLines) -> Result<Reply<EntryWithLines, STATUS>> {
    Reply::row(entry, entry.entry.row_version)
}

/// What the audit log keeps of an entry.
fn snapshot(whole: &EntryWithLines) -> Result<Value> {
    let mut json = serde_json::to_value(&whole.entry).map_err(Error::internal)?;
    json["lines"] = serde_json::to_value(&whole.lines).map_err(Error::internal)?;
    Ok(json)
}

fn target(door: &Door, action: Action, id: Uuid) -> AuditEntry {
    AuditEntry::new(action, door.permission().to_string(), "fim.transactions", id)
}

/// What somebody writes anew is in a currency that is in use.
async fn currency_in_use(tx: &Tx, code: Option<&Currency>) -> Result<()> {
    match code {
        Some(code) => adm::currency_in_use(tx, code, "currency").await.map(|_| ()),
        None => Ok(()),
    }
}

/// Draft one entry with its lines
///
/// Debit and credit must come to the same. A draft has no number and counts nowhere until it is posted.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Transactions>>, body: Body<Create>) -> Created<EntryWithLines> {
    let wanted = body.0;
    super::rules::by_hand(wanted.je_type, wanted.ref_doc_type.as_ref())?;
    let draft = Draft {
        posting_date: wanted.posting_date,
        ref_doc_type: wanted.ref_doc_type,
        ref_doc_id: wanted.ref_doc_id,
        ref_doc_no: wanted.ref_doc_no,
        currency: wanted.currency,
        exchange_rate: wanted.exchange_rate,
        description: wanted.description,
        memo: wanted.memo,
        lines: wanted.lines.into_iter().map(DraftLine::from).collect(),
        ..Draft::on(wanted.je_type.unwrap_or(entry::EntryType::General), wanted.je_date)
    };
    let reply = cx
        .write(async |tx| {
            currency_in_use(tx, draft.currency.as_ref()).await?;
            let made = posting::draft(tx, None, &draft).await?;
            by_hand::partners_fit(tx, &made.lines).await?;
            let after = snapshot(&made)?;
            tx.audit(target(&cx, Action::Create, made.entry.id).after(after));
            tx.publish(Event::new(
                "fim.journal_entry.created",
                made.entry.id,
                json!({"id": made.entry.id, "total": made.entry.total_debit}),
            ));
            answer(&made)
        })
        .await?;
    Ok(reply)
}

/// One entry with its lines
///
/// The lines stand in their order, each also in the base currency. `ETag` is the version of the entry.
#[api_v2_operation]
pub async fn get(cx: Allowed<resource::Read<Transactions>>, id: RowId) -> Api<EntryWithLines> {
    let scope = cx.read().await?;
    let entry = scope.find::<entry::Entity>().filter(entry::Column::Id.eq(*id)).one().await?.ok_or_else(Error::not_found)?;
    let lines = posting::lines_of(&scope, *id).await?;
    Ok(answer(&EntryWithLines { entry, lines })?)
}

/// Change one draft; `lines` replace the set
///
/// A merge patch: what is left out stays as it is. 409 once it is posted, when it can only be reversed.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Transactions>>, id: RowId, body: Body<Update>) -> Api<EntryWithLines> {
    let expected = cx.if_match()?;
    let wanted = body.0;
    super::rules::by_hand(wanted.je_type.value().copied(), wanted.ref_doc_type.clone().over(None).as_ref())?;
    let reply = cx
        .write(async |tx| {
            let entry = posting::locked(tx, *id, expected).await?;
            Transactions::may_change(&entry)?;
            let before = EntryWithLines { lines: posting::lines_of(tx, *id).await?, entry };
            currency_in_use(tx, wanted.currency.value()).await?;
            let draft = wanted.over(&before);
            let after = posting::draft(tx, Some(&before), &draft).await?;
            by_hand::partners_fit(tx, &after.lines).await?;
            if after != before {
                tx.audit(target(&cx, Action::Update, *id).change(&snapshot(&before)?, &snapshot(&after)?));
                tx.publish(Event::new("fim.journal_entry.updated", *id, json!({"id": *id})));
            }
            answer(&after)
        })
        .await?;
    Ok(reply)
}

/// Posts a draft: what its lines say of partners opens items, and it gets its number.
pub(super) async fn post(cx: &Acting<'_>, row: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    super::rules::by_hand(Some(row.je_type), None)?;
    let draft = EntryWithLines { entry: row.clone(), lines: posting::lines_of(cx.tx, row.id).await? };
    by_hand::open(cx.tx, &draft).await?;
    let posted = posting::post(cx.tx, draft).await?;
    vat_settlements::lets_post(cx.tx, &posted).await?;
    Ok(Done::Written)
}

/// What the events of an entry say besides its id.
pub(super) fn fact(entry: &Model) -> Value {
    json!({"je_code": entry.je_code, "posting_date": entry.posting_date, "total": entry.total_debit})
}

/// The audit row and the event of an entry that is posted as a part of another action.
fn record_posting(cx: &Acting<'_>, entry: &Model) {
    let after = json!({"status": entry.status, "je_code": entry.je_code});
    let trace = AuditEntry::new(Action::Execute, cx.permission(), "fim.transactions", entry.id);
    cx.tx.audit(trace.change(&json!({"status": EntryStatus::Draft}), &after));
    let mut payload = fact(entry);
    payload["id"] = json!(entry.id);
    cx.tx.publish(Event::new("fim.journal_entry.posted", entry.id, payload));
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct Reversal {
    /// 날짜 | Date
    ///
    /// The day the reversing entry is posted on; today when left out.
    pub date: Option<Day>,
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}

/// Reverses a posted entry by one that has the same amounts on the other sides.
pub(super) async fn reverse(cx: &Acting<'_>, row: &Model, input: &Reversal) -> Result<Done<ActiveModel>> {
    let tx = cx.tx;
    rules::may_be_reversed(row)?;
    crate::bank::lets_reverse(tx, row.id).await?;
    rules::not_ahead("date", input.date, cx.today().max(row.posting_date))?;
    by_hand::delete_items(tx, row.id).await?;
    let date = input.date.unwrap_or_else(|| cx.today());
    let reversing = posting::reverse(tx, row.clone(), date, input.reason.clone()).await?;
    vat_settlements::lets_post(tx, &reversing).await?;
    record_posting(cx, &reversing.entry);
    Ok(Done::Written)
}

/// The entry that reverses another, with its lines.
pub(super) async fn reversing_entry(cx: &Acting<'_>, row: &Model) -> Result<Answer> {
    let id = row.reversed_je_id.ok_or_else(|| Error::internal("reversed, and by no entry"))?;
    answer_of(Spec::of::<Transactions>()?, cx.tx, id).await
}
