//! Clearing items, and opening them again.

use super::{
    Create,
    entity::{ActiveModel, ClearingKind, ClearingStatus, Model},
    relief::{self, Relief},
};
use crate::{
    open_items::{
        self,
        allocation::{self, AgainstType},
        item::{self, OpenItemKind},
        shares::{Whose, held_shares, misfit},
    },
    vat_settlements,
};
use auth::Door;
use kernel::{Currency, Day, Error, Money, Result, Text};
use ledger::{
    accounts::{
        self,
        entity::{self as account, PostingRole},
    },
    journal::{
        document::{Document, Side, line},
        draft::DraftLine,
        rules::not_ahead,
    },
    posting::{self as journal, places_of, rate_of},
    sums,
};
use paperclip::actix::Apiv2Schema;
use resource::{Acting, Done};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::{Action, AuditEntry, Event, Tx, new_id};
use uuid::Uuid;

const DOCUMENT: &str = "CLEARING";
const SERIES: &str = "CLR";

/// A part of an item, settled.
struct Part {
    item: item::Model,
    allocation: allocation::Model,
    /// The tax of it that comes back.
    relief: Option<Relief>,
}

impl Part {
    fn base(&self) -> Money {
        Money(self.allocation.base_amount.0.abs())
    }

    /// What takes it off its account.
    fn posting(&self) -> DraftLine {
        let side = Side::debit_if(!is_owed_to_us(&self.item));
        line(self.item.account_id, side, Money(self.allocation.amount.0.abs()), self.base(), Some((self.item.partner_id, None)))
    }
}

/// What the partner owes: a claim on a customer, or a credit note of a vendor.
fn is_owed_to_us(item: &item::Model) -> bool {
    (item.kind == OpenItemKind::Receivable) != item.amount.is_negative()
}

pub(super) fn too_large() -> Error {
    Error::field("items", "too_large", "금액의 합계가 너무 큽니다.", "add up to too much")
}

/// What is chosen on each side: owed to the company, and by it.
fn sides(chosen: &[(item::Model, Money)]) -> Result<(Money, Money)> {
    let sum = |to_us: bool| {
        let of_side = chosen.iter().filter(|(item, _)| is_owed_to_us(item) == to_us);
        of_side.map(|(_, part)| Money(part.0.abs())).try_fold(Money::ZERO, Money::checked_add).ok_or_else(too_large)
    };
    Ok((sum(true)?, sum(false)?))
}

const fn stands_for_items(role: PostingRole) -> bool {
    matches!(role, PostingRole::Receivable | PostingRole::Payable | PostingRole::AdvancePaid | PostingRole::AdvanceReceived)
}

/// What is cleared, and the account it goes to.
async fn target(tx: &Tx, wanted: &Create, chosen: &[(item::Model, Money)]) -> Result<(Money, Option<Uuid>)> {
    let (to_us, by_us) = sides(chosen)?;
    if wanted.kind == ClearingKind::Netting {
        if wanted.account_id.is_some() {
            return Err(Error::field("account_id", "conflict", "상계에는 쓰지 않습니다.", "does not go with a netting"));
        }
        if to_us != by_us {
            return Err(Error::field(
                "items",
                "unequal",
                format!("받을 금액 {to_us}과(와) 줄 금액 {by_us}이(가) 같아야 합니다."),
                format!("must come to as much owed by the partner ({to_us}) as to them ({by_us})"),
            ));
        }
        return Ok((to_us, None));
    }
    if to_us != Money::ZERO && by_us != Money::ZERO {
        let first = chosen.first().is_some_and(|(item, _)| is_owed_to_us(item));
        let at = chosen.iter().position(|(item, _)| is_owed_to_us(item) != first).unwrap_or_default();
        let (ko, en) = ("받을 항목과 줄 항목을 함께 정리할 수 없습니다. 상계하세요.", "is owed the other way: net it");
        return Err(misfit("items", at, "kind", ko, en));
    }
    match wanted.account_id {
        Some(id) => {
            let find = tx.find::<account::Entity>().filter(account::Column::Id.eq(id)).one().await?;
            let account = find.ok_or_else(|| Error::no_such("account_id"))?;
            // money is a payment, and where items or advances stand nothing is without one
            let is_money = account.is_bank_account || account.is_cash_account;
            let has_items = chosen.iter().any(|(item, _)| item.account_id == id) || account.role.is_some_and(stands_for_items);
            if is_money || has_items || !account.is_posting_allowed || !account.is_active {
                let (ko, en) = ("정리할 상대 계정으로 쓸 수 없습니다.", "cannot be what this is written off to");
                return Err(Error::field("account_id", "posting_allowed", ko, en));
            }
            Ok((Money(to_us.0.max(by_us.0)), Some(id)))
        }
        None if by_us == Money::ZERO => Ok((to_us, Some(accounts::of_role(tx, PostingRole::BadDebt).await?))),
        None => Err(Error::field(
            "account_id",
            "required",
            "갚지 않게 된 금액의 계정을 적으세요.",
            "is required: what is not to be paid any more goes there",
        )),
    }
}

/// The lines of the entry: items leave their accounts, what is written off comes to another, what lies between the sides is gained or lost.
async fn lines(tx: &Tx, parts: &[Part], account: Option<Uuid>) -> Result<Vec<DraftLine>> {
    let mut lines: Vec<DraftLine> = parts.iter().map(Part::posting).collect();
    let base = |to_us: bool| {
        let of_side = parts.iter().filter(|part| is_owed_to_us(&part.item) == to_us).map(Part::base);
        of_side.sum::<Option<Money>>().map(|sum| sum.0).ok_or_else(too_large)
    };
    // credited to the claims, debited to the debts
    let (credited, debited) = (base(true)?, base(false)?);
    if let Some(account) = account {
        let relief =
            |of: fn(Relief) -> Money| parts.iter().filter_map(|part| part.relief).map(of).sum::<Option<Money>>().ok_or_else(too_large);
        let (tax, base_tax) = (relief(|relief| relief.amount)?, relief(|relief| relief.base)?);
        let amount = parts.iter().map(|part| Money(part.allocation.amount.0.abs())).sum::<Option<Money>>().ok_or_else(too_large)?;
        let side = Side::debit_if(parts.iter().any(|part| is_owed_to_us(&part.item)));
        lines.push(line(account, side, Money(amount.0 - tax.0), Money(credited + debited - base_tax.0), None));
        if base_tax != Money::ZERO {
            lines.push(line(accounts::of_role(tx, PostingRole::VatOut).await?, side, tax, base_tax, None));
        }
    } else if credited != debited {
        let role = if debited > credited { PostingRole::FxGain } else { PostingRole::FxLoss };
        let side = Side::debit_if(credited > debited);
        lines.push(line(accounts::of_role(tx, role).await?, side, Money::ZERO, Money((credited - debited).abs()), None));
    }
    Ok(lines)
}

/// Settles the items and posts it.
pub(super) async fn clear(door: &Door, tx: &Tx, wanted: &Create) -> Result<Uuid> {
    let first = wanted.items.first().ok_or_else(|| Error::field("items", "required", "정리할 항목을 적으세요.", "is required"))?;
    let find = tx.find::<item::Entity>().filter(item::Column::Id.eq(first.item_id)).one().await?;
    let first = find.ok_or_else(|| Error::no_such("items"))?;
    let today = door.today();
    not_ahead("date", wanted.date, today)?;
    let on = wanted.date.unwrap_or(today);
    let whose = Whose { partner: first.partner_id, currency: &first.currency, on };
    let chosen = held_shares(tx, "items", &wanted.items, &whose).await?;
    let (amount, account) = target(tx, wanted, &chosen).await?;
    let takes_tax_back = wanted.vat_relief == Some(true);
    if takes_tax_back && wanted.kind == ClearingKind::Netting {
        return Err(Error::field("vat_relief", "conflict", "상계에는 쓰지 않습니다.", "does not go with a netting"));
    }
    let ledger = sums::ledger(tx).await?;
    let base = Currency::parse(&ledger.base_currency).map_err(Error::internal)?;
    let places = (places_of(tx, &first.currency).await?, u32::try_from(ledger.base_places).map_err(Error::internal)?);
    let rate = rate_of(tx, &first.currency, &base, None, on).await?;
    let id = new_id();
    let mut parts = Vec::with_capacity(chosen.len());
    for (at, (mut item, part)) in chosen.into_iter().enumerate() {
        let allocation = open_items::allocate(tx, &mut item, (AgainstType::Clearing, id), part, on).await?;
        let relief = if takes_tax_back { Some(relief::tax_in(tx, at, &item, &allocation, places).await?) } else { None };
        parts.push(Part { item, allocation, relief });
    }
    let lines = lines(tx, &parts, account).await?;
    let no = tx.number_document(SERIES, on).await?;
    let what = if wanted.kind == ClearingKind::Netting { "채권·채무 상계" } else { "대손·단수 정리" };
    let document = Document { kind: DOCUMENT, id: id, no: Some(&no), on, currency: first.currency.clone(), rate: rate.into(), what };
    let drafted = journal::draft(tx, None, &document.entry(lines)?).await?;
    let je_id = drafted.entry.id;
    for part in &parts {
        let change = allocation::ActiveModel {
            je_id: Set(Some(je_id)),
            vat_relief: Set(part.relief.map(|relief| relief.base)),
            ..Default::default()
        };
        tx.update(part.allocation.id, &change).await?.ok_or_else(Error::not_found)?;
    }
    let posted = journal::post(tx, drafted).await?;
    vat_settlements::lets_post(tx, &posted).await?;
    let row = ActiveModel {
        id: Set(id),
        clearing_no: Set(Text::parse(&no).map_err(Error::internal)?),
        kind: Set(wanted.kind),
        date: Set(on),
        partner_id: Set(first.partner_id),
        currency: Set(first.currency),
        exchange_rate: Set(rate),
        amount: Set(amount),
        account_id: Set(account),
        reason: Set(wanted.reason.clone()),
        status: Set(ClearingStatus::Posted),
        je_id: Set(je_id),
        ..Default::default()
    };
    let after = serde_json::to_value(tx.insert(&row).await?).map_err(Error::internal)?;
    tx.audit(AuditEntry::new(Action::Create, door.permission().to_string(), "fim.clearings", id).after(after.clone()));
    tx.publish(Event::new("fim.clearing.created", id, after));
    Ok(id)
}

/// The parts of items that a clearing settled, and those items, held.
async fn settled_by(tx: &Tx, clearing: Uuid) -> Result<(Vec<allocation::Model>, Vec<item::Model>)> {
    use allocation::Column as Of;
    let parts = tx.find::<allocation::Entity>().filter(Of::AgainstType.eq(AgainstType::Clearing)).filter(Of::AgainstId.eq(clearing));
    let parts = parts.order_by_asc(Of::Id).all().await?;
    let ids: BTreeSet<Uuid> = parts.iter().map(|part| part.item_id).collect();
    let items = open_items::held(tx, &ids.into_iter().collect::<Vec<_>>(), "id").await?;
    Ok((parts, items))
}

/// Items are held before what settled them, as by who pays them.
pub(super) async fn hold_items(cx: &Acting<'_>, clearing: Uuid) -> Result<()> {
    settled_by(cx.tx, clearing).await.map(|_| ())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct ClearingReversal {
    /// The day the mirror is posted on; today when left out.
    pub date: Option<Day>,
    pub reason: Option<Text<500>>,
}

/// Takes a clearing back: posts its reversing entry, and its items are open again.
pub(super) async fn reverse(cx: &Acting<'_>, row: &Model, input: &ClearingReversal) -> Result<Done<ActiveModel>> {
    let tx = cx.tx;
    let (parts, mut items) = settled_by(tx, row.id).await?;
    let entry = journal::held(tx, row.je_id, None).await?;
    let latest = cx.today().max(row.date);
    not_ahead("date", input.date, latest)?;
    let on = input.date.unwrap_or(latest);
    let reversing = journal::reverse(tx, entry, on, input.reason.clone()).await?;
    vat_settlements::lets_post(tx, &reversing).await?;
    for part in &parts {
        let item = items.iter_mut().find(|item| item.id == part.item_id);
        open_items::undo(tx, item.ok_or_else(|| Error::internal("an item that is not held"))?, part, on).await?;
        let change = allocation::ActiveModel { undo_je_id: Set(Some(reversing.entry.id)), ..Default::default() };
        tx.update(part.id, &change).await?.ok_or_else(Error::not_found)?;
    }
    Ok(Done::Changes(ActiveModel {
        status_reason: Set(input.reason.clone()),
        reversal_je_id: Set(Some(reversing.entry.id)),
        ..Default::default()
    }))
}
