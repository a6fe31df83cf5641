//! Valuing what is open and what is there on a day, and reversing that.

use super::{
    api::RevaluationReversal,
    entity::{ActiveModel, Column, Entity, Model, RevaluationStatus},
    line::{self, ValuedKind},
};
use crate::{
    revaluations::foreign::{Foreign, foreign_cash, open_foreign_items},
    rules,
};
use adm::rates::Conversion;
use kernel::{Currency, Day, Error, Memo, Money, Rate, Result, Text};
use ledger::{
    accounts::{self, entity::PostingRole},
    journal::{
        EntryWithLines,
        document::{Document, Side, line as line_of},
        draft::{Draft, DraftLine},
        entry::EntryType,
        line::PartnerType,
        rules::too_large,
    },
    posting,
    sums::{self, one_amount},
};
use resource::{Acting, Done};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Action, AuditEntry, Event, Tx, new_id};
use uuid::Uuid;

/// What its entries call themselves: that of the day and that of the day after.
pub(crate) const DOCUMENTS: [&str; 2] = ["REVALUATION", "REVALUATION_RETURN"];

/// An item or an account with what it is worth on the day.
struct Valued {
    open: Foreign,
    rate: Conversion,
    worth: Money,
}

impl Valued {
    /// Above zero what was gained.
    fn gain(&self) -> i64 {
        let more = self.worth.0 - self.open.base_amount.0;
        if self.open.kind == ValuedKind::Payable { -more } else { more }
    }

    /// The difference on the account it stands in.
    fn posting(&self) -> DraftLine {
        let gain = self.gain();
        let kind = if self.open.kind == ValuedKind::Payable { PartnerType::Vendor } else { PartnerType::Customer };
        let amount = Money(gain.abs());
        let whose = self.open.partner_id.map(|partner| (partner, Some(kind)));
        let posted = line_of(self.open.account_id, Side::debit_if(gain > 0), amount, amount, whose);
        DraftLine { description: self.open.doc_no.as_deref().and_then(|no| Text::parse(no).ok()), ..posted }
    }
}

async fn not_valued_yet(tx: &Tx, as_of: Day) -> Result<()> {
    let find = tx.find::<Entity>().filter(Column::AsOf.eq(as_of)).filter(Column::Status.eq(RevaluationStatus::Posted));
    match find.one().await? {
        None => Ok(()),
        Some(row) => Err(rules::REVALUED.filled(&[("day", &as_of)]).with("revaluation_id", row.id.to_string())),
    }
}

/// What one of each currency is worth on the day.
async fn rates_of(tx: &Tx, open: &[Foreign], base: &Currency, on: Day) -> Result<BTreeMap<String, Conversion>> {
    let (mut rates, mut missing) = (BTreeMap::new(), Vec::new());
    for item in open {
        let code = item.currency.to_string();
        if rates.contains_key(&code) || missing.contains(&code) {
            continue;
        }
        match adm::rates::effective(tx, &item.currency, base, adm::rates::RateType::Spot, on).await? {
            Some(found) => drop(rates.insert(code, found.conversion())),
            None => missing.push(code),
        }
    }
    if missing.is_empty() {
        return Ok(rates);
    }
    let codes = missing.join(", ");
    let (ko, en) = (
        format!("{on}에 적용되는 {codes} 환율이 없습니다. 먼저 환율을 등록하세요."),
        format!("requires exchange rates in effect on {on} for {codes}"),
    );
    Err(Error::field("as_of", "no_exchange_rate", ko, en).with("currencies", json!(missing)).with("day", on.to_string()))
}

fn valued(open: Vec<Foreign>, rates: &BTreeMap<String, Conversion>, places: u32) -> Result<Vec<Valued>> {
    let value = |open: Foreign| {
        let rate = *rates.get(&*open.currency).ok_or_else(|| Error::internal("a currency without a rate"))?;
        let worth = rate
            .worth(open.amount, places)
            .ok_or_else(|| too_large().with("account_id", open.account_id.to_string()).with("item_id", json!(open.item_id)))?;
        Ok(Valued { open, rate, worth })
    };
    open.into_iter().map(value).collect()
}

/// Posts the differences on the day, and reverses them on the day after.
async fn post(
    tx: &Tx,
    id: Uuid,
    all: &[Valued],
    base: &Currency,
    (as_of, back): (Day, Day),
) -> Result<Option<(EntryWithLines, EntryWithLines)>> {
    let mut lines: Vec<DraftLine> = all.iter().filter(|one| one.gain() != 0).map(Valued::posting).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let (gain, loss) = sums(all)?;
    for (role, amount, side) in [(PostingRole::UnrealisedFxGain, gain, Side::Credit), (PostingRole::UnrealisedFxLoss, loss, Side::Debit)] {
        if amount != Money::ZERO {
            lines.push(line_of(accounts::of_role(tx, role).await?, side, amount, amount, None));
        }
    }
    let one = Rate::from_decimal(1.into()).ok_or_else(|| Error::internal("one is no rate"))?;
    let no = as_of.to_string();
    let document =
        Document { kind: DOCUMENTS[0], id, no: Some(&no), on: as_of, currency: base.clone(), rate: one.into(), what: "외화환산" };
    let draft = Draft { je_type: EntryType::Adjustment, is_valuation: true, ..document.entry(lines)? };
    let drafted = posting::draft(tx, None, &draft).await?;
    let posted = posting::post(tx, drafted).await?;
    let reversing = Draft {
        ref_doc_type: Some(Text::parse(DOCUMENTS[1]).map_err(Error::internal)?),
        description: Memo::parse("외화환산 환입").ok(),
        is_valuation: true,
        reverses: None,
        ..Draft::reversing(&posted.entry, &posted.lines, back, None)
    };
    let drafted = posting::draft(tx, None, &reversing).await?;
    let returned = posting::post(tx, drafted).await?;
    Ok(Some((posted, returned)))
}

/// What was gained, and what was lost.
fn sums(all: &[Valued]) -> Result<(Money, Money)> {
    let sum = |sign: i64| one_amount(all.iter().map(|one| Money((one.gain() * sign).max(0))).sum());
    Ok((sum(1)?, sum(-1)?))
}

/// Values what is open and what is there on a day.
pub(crate) async fn revalue(tx: &Tx, permission: &str, as_of: Day) -> Result<Uuid> {
    let back =
        as_of.plus_days(1).ok_or_else(|| Error::field("as_of", "range", "너무 먼 미래의 날짜입니다.", "is too far in the future"))?;
    // nobody posts between what is open and the entry made of it
    let ledger = sums::lock_ledger(tx).await?;
    not_valued_yet(tx, as_of).await?;
    let base = ledger.base_currency.clone();
    let mut open = open_foreign_items(tx, &base, as_of).await?;
    open.extend(foreign_cash(tx, &base, as_of).await?);
    let rates = rates_of(tx, &open, &base, as_of).await?;
    let all = valued(open, &rates, u32::try_from(ledger.base_places).map_err(Error::internal)?)?;
    let id = new_id();
    let entries = post(tx, id, &all, &base, (as_of, back)).await?;
    let (gain, loss) = sums(&all)?;
    let row = ActiveModel {
        id: Set(id),
        as_of: Set(as_of),
        returned_on: Set(back),
        gain: Set(gain),
        loss: Set(loss),
        status: Set(RevaluationStatus::Posted),
        je_id: Set(entries.as_ref().map(|(posted, _)| posted.entry.id)),
        return_je_id: Set(entries.as_ref().map(|(_, returned)| returned.entry.id)),
        ..Default::default()
    };
    let row = tx.insert(&row).await?;
    let lines = (1..).zip(&all).map(|(no, one)| {
        store::values_of(&line::ActiveModel {
            id: Set(new_id()),
            revaluation_id: Set(id),
            line_no: Set(no),
            item_id: Set(one.open.item_id),
            kind: Set(one.open.kind),
            partner_id: Set(one.open.partner_id),
            account_id: Set(one.open.account_id),
            doc_no: Set(one.open.doc_no.clone()),
            currency: Set(one.open.currency.clone()),
            exchange_rate: Set(one.rate.rate),
            amount: Set(one.open.amount),
            base_amount: Set(one.open.base_amount),
            revalued_amount: Set(one.worth),
            gain: Set(Money(one.gain())),
            ..Default::default()
        })
    });
    tx.insert_rows("fim_revaluation_lines", lines.collect(), &store::columns_of::<line::Entity>(), false).await?;
    let after = serde_json::to_value(&row).map_err(Error::internal)?;
    tx.audit(AuditEntry::new(Action::Create, permission, "fim.revaluations", id).after(after.clone()));
    tx.publish(Event::new("fim.revaluation.created", id, after));
    Ok(id)
}

/// Reverses a revaluation, each of its entries on its own day.
pub(super) async fn reverse(cx: &Acting<'_>, row: &Model, input: &RevaluationReversal) -> Result<Done<ActiveModel>> {
    // the last first, as a person would do it
    for je_id in [row.return_je_id, row.je_id].into_iter().flatten() {
        let entry = posting::locked(cx.tx, je_id, None).await?;
        let on = entry.posting_date;
        posting::reverse(cx.tx, entry, on, input.reason.clone()).await?;
    }
    Ok(Done::Changes(ActiveModel { status_reason: Set(input.reason.clone()), ..Default::default() }))
}
