//! What a line of the bank is in the ledger.

use super::{
    entity::{ActiveModel, Model},
    line::{self, LineStatus},
};
use crate::{
    bank_lines,
    open_items::shares::Share,
    payments::{
        Complete, Payments,
        entity::{self as payment, PaymentMethod, PaymentStatus, PaymentType},
        service::{self as payments, PaymentCompletion},
    },
    rules,
};
use envelope::Nothing;
use kernel::{Error, Money, MoneySum, Result, Text};
use ledger::{
    journal::entry::{EntryOrigin, EntryStatus},
    posting, sums,
};
use paperclip::actix::Apiv2Schema;
use resource::{Acting, Done, Spec};
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{Action, AuditEntry, Event, Tx};
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema)]
pub struct BankLineMatch {
    /// 행 | Line
    pub line_id: Uuid,
    /// 입출금 | Payment
    ///
    /// A payment that is there.
    pub payment_id: Option<Uuid>,
    /// 전표 | Journal entry
    ///
    /// Or an entry that somebody booked by hand; several lines may be parts of one.
    pub je_id: Option<Uuid>,
    /// 정리할 항목 | Items
    ///
    /// Or open items it settles: the payment is made and completed.
    pub items: Option<Vec<Share>>,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct BankLineUnmatch {
    /// 행 | Line
    pub line_id: Uuid,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct BankLineExplanation {
    /// 행 | Line
    pub line_id: Uuid,
    /// 메모 | Note
    pub note: Text<500>,
}

/// A line of a statement.
async fn line_of(tx: &Tx, statement: &Model, id: Uuid) -> Result<line::Model> {
    let find = tx.find::<line::Entity>().filter(line::Column::StatementId.eq(statement.id)).filter(line::Column::Id.eq(id));
    find.one().await?.ok_or_else(|| Error::no_such("line_id"))
}

/// What a payment moves in its bank account.
#[must_use]
pub(super) fn moves(payment: &payment::Model) -> Money {
    if payment.goes_out() { Money(-payment.amount.0 - payment.fee_amount.0) } else { Money(payment.amount.0 - payment.fee_amount.0) }
}

/// What a line is in the ledger.
enum Is {
    Nothing,
    Payment(Uuid),
    /// Or a part of it.
    Entry(Uuid),
    Explained(Text<500>),
}

/// Notes what a line is. The statement itself stays as it is; its audit row and event say what became of the line.
async fn note(cx: &Acting<'_>, before: &line::Model, is: Is) -> Result<Done<ActiveModel>> {
    let (status, payment, entry, text) = match is {
        Is::Nothing => (LineStatus::Unmatched, None, None, None),
        Is::Payment(id) => (LineStatus::Matched, Some(id), None, None),
        Is::Entry(id) => (LineStatus::Matched, None, Some(id), None),
        Is::Explained(text) => (LineStatus::Explained, None, None, Some(text)),
    };
    let change =
        line::ActiveModel { status: Set(status), payment_id: Set(payment), je_id: Set(entry), note: Set(text), ..Default::default() };
    let after = cx.tx.update(before.id, &change).await?.ok_or_else(Error::not_found)?;
    // `line_status`: the `status` of the audit row is that of the statement
    let said = |row: &line::Model| json!({"line_status": row.status, "payment_id": row.payment_id, "je_id": row.je_id, "note": row.note});
    cx.note(json!({"line_id": after.id, "line_before": said(before)}));
    cx.note(said(&after));
    Ok(Done::Written)
}

fn taken(line: &line::Model) -> Error {
    rules::LINE_MATCHED.error().with("status", line.status.to_value())
}

/// `other`: what the line can be matched to.
fn differs(line: &line::Model, other: Money) -> Error {
    rules::AMOUNT_DIFFERS.filled(&[("amount", &line.amount), ("other", &other)]).with("amount", other.to_string())
}

/// A line is a payment, an entry that somebody booked by hand, or settles items.
pub(super) async fn match_line(cx: &Acting<'_>, statement: &Model, input: &BankLineMatch) -> Result<Done<ActiveModel>> {
    let line = line_of(cx.tx, statement, input.line_id).await?;
    let is = match (input.payment_id, input.je_id, &input.items) {
        (Some(payment), None, None) if line.payment_id == Some(payment) => return Ok(Done::Already),
        (None, Some(entry), None) if line.je_id == Some(entry) => return Ok(Done::Already),
        (Some(payment), None, None) => with_payment(cx.tx, &line, payment).await?,
        (None, Some(entry), None) => with_entry(cx.tx, statement, &line, entry).await?,
        (None, None, Some(items)) => {
            cx.door()?.demand_also::<resource::Create<Payments>>()?;
            cx.door()?.demand_also::<Complete>()?;
            with_items(cx, statement, &line, items).await?
        }
        (None, None, None) => {
            let (ko, en) = ("입출금, 전표, 미결 항목 중 하나를 지정하세요.", "is required unless je_id or items is given");
            return Err(Error::field("payment_id", "required", ko, en));
        }
        (_, _, Some(_)) => {
            let (ko, en) = ("payment_id나 je_id와 함께 지정할 수 없습니다.", "cannot be combined with payment_id or je_id");
            return Err(Error::field("items", "conflict", ko, en));
        }
        _ => {
            let (ko, en) = ("payment_id와 함께 지정할 수 없습니다.", "cannot be combined with payment_id");
            return Err(Error::field("je_id", "conflict", ko, en));
        }
    };
    note(cx, &line, is).await
}

/// The line is this payment, to the won.
async fn with_payment(tx: &Tx, line: &line::Model, id: Uuid) -> Result<Is> {
    if line.status != LineStatus::Unmatched {
        return Err(taken(line));
    }
    let payment = payments::locked(tx, id).await.map_err(|error| match error.code() {
        kernel::Code::NotFound => Error::no_such("payment_id"),
        _ => error,
    })?;
    if payment.account_id != line.account_id {
        return Err(Error::field("payment_id", "account", "이 계좌의 입출금이어야 합니다.", "must be a payment of the same bank account"));
    }
    if payment.status != PaymentStatus::Completed {
        return Err(Error::transition(&payment.status.to_value(), &["complete"]));
    }
    if bank_lines::is_matched(tx, id).await? {
        return Err(rules::PAYMENT_MATCHED.error());
    }
    if moves(&payment) != line.amount {
        return Err(differs(line, moves(&payment)));
    }
    Ok(Is::Payment(id))
}

/// The line is this entry, or a part of what other lines have left of it.
async fn with_entry(tx: &Tx, statement: &Model, line: &line::Model, id: Uuid) -> Result<Is> {
    if line.status != LineStatus::Unmatched {
        return Err(taken(line));
    }
    // locked: its lines of the bank come one after the other, and it is not reversed meanwhile
    let entry = posting::locked(tx, id, None).await.map_err(|error| match error.code() {
        kernel::Code::NotFound => Error::no_such("je_id"),
        _ => error,
    })?;
    if entry.status != EntryStatus::Posted || entry.reverses_je_id.is_some() {
        let next: &[&str] = if entry.status == EntryStatus::Draft { &["post"] } else { &[] };
        return Err(Error::transition(&entry.status.to_value(), next));
    }
    // it is reversed with its document, which asks no bank
    if entry.origin == EntryOrigin::Document {
        let (ko, en) = (
            "문서에서 전기된 전표입니다. 입출금의 전표라면 해당 입출금과 대사하세요.",
            "must not be an entry of a document; match its payment by payment_id instead",
        );
        return Err(Error::field("je_id", "of_document", ko, en));
    }
    if entry.currency != statement.currency {
        return Err(Error::field(
            "je_id",
            "currency",
            "거래내역과 통화가 같은 전표여야 합니다.",
            "must be in the currency of the statement",
        ));
    }
    let lines = posting::lines_of(tx, id).await?;
    let its = lines.iter().filter(|row| row.account_id == line.account_id);
    let others = tx.find::<line::Entity>().filter(line::Column::JeId.eq(id)).filter(line::Column::AccountId.eq(line.account_id));
    let taken: MoneySum = others.all().await?.iter().map(|other| other.amount).sum();
    let moved: MoneySum = its.map(|row| Money(row.debit_amount.0 - row.credit_amount.0)).sum();
    let left = sums::one_amount(moved - taken)?;
    if left.is_negative() != line.amount.is_negative() || left.0.abs() < line.amount.0.abs() {
        return Err(differs(line, left));
    }
    Ok(Is::Entry(id))
}

/// The line settles these items: the payment is made and completed.
async fn with_items(cx: &Acting<'_>, statement: &Model, line: &line::Model, shares: &[Share]) -> Result<Is> {
    use crate::open_items::item;
    let tx = cx.tx;
    if line.status != LineStatus::Unmatched {
        return Err(taken(line));
    }
    // the payment is of the line's day, and money does not move on a day to come
    let today = cx.today();
    if line.booked_on > today {
        let ko = format!("오늘({today})보다 늦은 날짜의 거래는 아직 대사할 수 없습니다.");
        return Err(Error::field("line_id", "maximum", ko, format!("is dated after today ({today}) and cannot be matched yet")));
    }
    let first = shares
        .first()
        .ok_or_else(|| Error::field("items", "required", "정리할 미결 항목을 지정하세요.", "must contain at least one open item"))?;
    let item = tx.find::<item::Entity>().filter(item::Column::Id.eq(first.item_id)).one().await?;
    let item = item.ok_or_else(|| Error::no_such("items"))?;
    let row = payment::ActiveModel {
        transaction_date: Set(line.booked_on),
        transaction_type: Set(if line.amount.is_negative() { PaymentType::Payment } else { PaymentType::Receipt }),
        payment_method: Set(PaymentMethod::BankTransfer),
        partner_id: Set(item.partner_id),
        account_id: Set(line.account_id),
        amount: Set(Money(line.amount.0.abs())),
        currency: Set(statement.currency.clone()),
        bank_account_holder: Set(line.counterparty.as_ref().and_then(|name| Text::parse(name).ok())),
        status: Set(PaymentStatus::Pending),
        ..Default::default()
    };
    let made = tx.insert(&row).await?;
    let shown = serde_json::to_value(payment::Payment::from(made.clone())).map_err(Error::internal)?;
    tx.audit(AuditEntry::new(Action::Create, cx.permission(), "fim.payments", made.id).after(shown));
    tx.publish(Event::new("fim.payment.created", made.id, json!({"id": made.id, "bank_statement_line_id": line.id})));
    let completion = PaymentCompletion { allocations: Some(shares.to_vec()), auto: None };
    resource::perform(cx, Spec::of::<Payments>()?, "complete", made.id, &completion).await?;
    Ok(Is::Payment(made.id))
}

/// What a line was matched to or explained by is cancelled.
pub(super) async fn unmatch(cx: &Acting<'_>, statement: &Model, input: &BankLineUnmatch) -> Result<Done<ActiveModel>> {
    let line = line_of(cx.tx, statement, input.line_id).await?;
    match line.status {
        LineStatus::Unmatched => Ok(Done::Already),
        LineStatus::Matched | LineStatus::Explained => note(cx, &line, Is::Nothing).await,
    }
}

/// A line that is not in the ledger is explained.
pub(super) async fn explain(cx: &Acting<'_>, statement: &Model, input: &BankLineExplanation) -> Result<Done<ActiveModel>> {
    let line = line_of(cx.tx, statement, input.line_id).await?;
    if line.status == LineStatus::Matched {
        return Err(taken(&line));
    }
    if line.note.as_ref() == Some(&input.note) {
        return Ok(Done::Already);
    }
    note(cx, &line, Is::Explained(input.note.clone())).await
}

/// Every line is matched or explained, and bank and ledger differ by nothing else.
pub(super) async fn finish(cx: &Acting<'_>, row: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    let tx = cx.tx;
    let unmatched =
        tx.find::<line::Entity>().filter(line::Column::StatementId.eq(row.id)).filter(line::Column::Status.eq(LineStatus::Unmatched));
    let unmatched = unmatched.all().await?.len();
    if unmatched > 0 {
        return Err(rules::LINES_UNMATCHED.filled(&[("unmatched", &unmatched)]).with("unmatched", unmatched));
    }
    let known = sums::ledger(tx).await?.chain_no;
    let ledger = crate::bank::books::account_balance(tx, (row.account_id, &row.currency), row.to_date, known).await?;
    let explained = tx
        .find::<line::Entity>()
        .filter(line::Column::AccountId.eq(row.account_id))
        .filter(line::Column::Status.eq(LineStatus::Explained))
        .filter(line::Column::BookedOn.lte(row.to_date));
    let explained: MoneySum = explained.all().await?.iter().map(|line| line.amount).sum();
    let difference = MoneySum::from(row.closing_balance) - ledger.into() - explained;
    if difference != MoneySum::ZERO {
        return Err(rules::NOT_RECONCILED
            .filled(&[("difference", &difference)])
            .with("closing_balance", row.closing_balance.to_string())
            .with("ledger_balance", ledger.to_string())
            .with("explained", explained.to_string())
            .with("difference", difference.to_string()));
    }
    Ok(Done::Changes(ActiveModel { finished_at: Set(Some(tx.now())), ..Default::default() }))
}

/// A statement that is opened again is not finished.
pub(super) async fn reopen(_: &Acting<'_>, _: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    Ok(Done::Changes(ActiveModel { finished_at: Set(None), ..Default::default() }))
}
