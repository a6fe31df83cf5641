//! Clearing items, and opening them again.

use super::{
    Create,
    entity::{ActiveModel, ClearingKind, ClearingStatus, Column, Entity, Model},
    relief::{self, Relief},
};
use crate::{
    open_items::{
        self,
        allocation::{self, AgainstType},
        item::{self, OpenItemKind},
        shares::{Whose, locked_shares, misfit},
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
    posting::{self, places_of, rate_of},
    sums,
};
use paperclip::actix::Apiv2Schema;
use resource::{Acting, Done};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use serde_json::{Value, json};
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
    Error::field("items", "too_large", "금액의 합계가 너무 큽니다.", "add up to too large an amount")
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
            return Err(Error::field("account_id", "conflict", "상계에는 지정할 수 없습니다.", "must not be given for a netting"));
        }
        if to_us != by_us {
            return Err(Error::field(
                "items",
                "unequal",
                format!("받을 금액({to_us})과 줄 금액({by_us})이 같아야 합니다."),
                format!("must add up to the same amount owed by the partner ({to_us}) and owed to the partner ({by_us})"),
            ));
        }
        return Ok((to_us, None));
    }
    if to_us != Money::ZERO && by_us != Money::ZERO {
        let first = chosen.first().is_some_and(|(item, _)| is_owed_to_us(item));
        let at = chosen.iter().position(|(item, _)| is_owed_to_us(item) != first).unwrap_or_default();
        let (ko, en) = (
            "받을 항목과 줄 항목은 함께 대손 처리할 수 없습니다. 상계하세요.",
            "must be owed in the same direction as the others, or be netted",
        );
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
                let (ko, en) = (
                    "현금·예금, 채권·채무, 선급금·선수금이 아니면서 전기를 허용하는 사용 중인 계정이어야 합니다.",
                    "must be an active account that allows posting, other than one of cash, receivables, payables or advances",
                );
                return Err(Error::field("account_id", "posting_allowed", ko, en));
            }
            Ok((Money(to_us.0.max(by_us.0)), Some(id)))
        }
        None if by_us == Money::ZERO => Ok((to_us, Some(accounts::of_role(tx, PostingRole::BadDebt).await?))),
        None => Err(Error::field(
            "account_id",
            "required",
            "지급하지 않게 된 금액을 처리할 계정을 지정하세요.",
            "is required to write off what is owed to the partner",
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

/// A clearing that was checked, its items locked.
struct Plan {
    partner: Uuid,
    currency: Currency,
    on: Day,
    chosen: Vec<(item::Model, Money)>,
    /// What is cleared.
    amount: Money,
    /// What it is written off to; none of a netting.
    account: Option<Uuid>,
}

/// Checks what is to be cleared, and locks its items.
async fn plan(tx: &Tx, wanted: &Create, on: Day) -> Result<Plan> {
    let first = wanted
        .items
        .first()
        .ok_or_else(|| Error::field("items", "required", "정리할 미결 항목을 지정하세요.", "must contain at least one open item"))?;
    let find = tx.find::<item::Entity>().filter(item::Column::Id.eq(first.item_id)).one().await?;
    let first = find.ok_or_else(|| Error::no_such("items"))?;
    let whose = Whose { partner: first.partner_id, currency: &first.currency, on };
    let chosen = locked_shares(tx, "items", &wanted.items, &whose).await?;
    if let Some((item, part)) = chosen.iter().find(|(item, part)| part.0.abs() > item.rest().0.abs()) {
        return Err(open_items::over(item, *part));
    }
    let (amount, account) = target(tx, wanted, &chosen).await?;
    if wanted.kind == ClearingKind::Netting && wanted.vat_relief == Some(true) {
        return Err(Error::field("vat_relief", "conflict", "상계에는 적용할 수 없습니다.", "must not be true for a netting"));
    }
    Ok(Plan { partner: first.partner_id, currency: first.currency, on, chosen, amount, account })
}

/// Settles the items of a plan and posts that; answers what the clearing's row says then.
async fn settle(tx: &Tx, id: Uuid, wanted: &Create, plan: Plan) -> Result<ActiveModel> {
    let Plan { partner, currency, on, chosen, amount, account } = plan;
    let ledger = sums::ledger(tx).await?;
    let base = ledger.base_currency.clone();
    let places = (places_of(tx, &currency).await?, u32::try_from(ledger.base_places).map_err(Error::internal)?);
    let rate = rate_of(tx, &currency, &base, None, on).await?;
    let mut parts = Vec::with_capacity(chosen.len());
    for (at, (mut item, part)) in chosen.into_iter().enumerate() {
        let allocation = open_items::allocate(tx, &mut item, (AgainstType::Clearing, id), part, on).await?;
        let relief = match wanted.vat_relief {
            Some(true) => Some(relief::tax_in(tx, at, &item, &allocation, places).await?),
            _ => None,
        };
        parts.push(Part { item, allocation, relief });
    }
    let lines = lines(tx, &parts, account).await?;
    let no = tx.number_document(SERIES, on).await?;
    let what = if wanted.kind == ClearingKind::Netting { "채권·채무 상계" } else { "대손·단수 정리" };
    let document = Document { kind: DOCUMENT, id, no: Some(&no), on, currency: currency.clone(), rate: rate.into(), what };
    let drafted = posting::draft(tx, None, &document.entry(lines)?).await?;
    let je_id = drafted.entry.id;
    for part in &parts {
        let change = allocation::ActiveModel {
            je_id: Set(Some(je_id)),
            vat_relief: Set(part.relief.map(|relief| relief.base)),
            ..Default::default()
        };
        tx.update(part.allocation.id, &change).await?.ok_or_else(Error::not_found)?;
    }
    let posted = posting::post(tx, drafted).await?;
    vat_settlements::lets_post(tx, &posted).await?;
    Ok(ActiveModel {
        clearing_no: Set(Some(Text::parse(&no).map_err(Error::internal)?)),
        date: Set(on),
        partner_id: Set(partner),
        currency: Set(currency),
        exchange_rate: Set(Some(rate)),
        amount: Set(amount),
        account_id: Set(account),
        status: Set(ClearingStatus::Posted),
        je_id: Set(Some(je_id)),
        wanted: Set(None),
        ..Default::default()
    })
}

/// Makes a clearing: posted at once, or a write-off that is pending.
pub(super) async fn clear(door: &Door, tx: &Tx, wanted: &Create) -> Result<Uuid> {
    let today = door.today();
    not_ahead("date", wanted.date, today)?;
    let is_pending = wanted.is_pending == Some(true);
    if is_pending && wanted.kind == ClearingKind::Netting {
        return Err(Error::field("is_pending", "conflict", "대손·단수 정리에만 쓸 수 있습니다.", "must not be true for a netting"));
    }
    let plan = plan(tx, wanted, wanted.date.unwrap_or(today)).await?;
    let id = new_id();
    let row = if is_pending {
        let items: Vec<Value> =
            wanted.items.iter().map(|share| json!({"item_id": share.item_id, "amount": share.amount.to_string()})).collect();
        ActiveModel {
            date: Set(plan.on),
            partner_id: Set(plan.partner),
            currency: Set(plan.currency),
            amount: Set(plan.amount),
            account_id: Set(plan.account),
            status: Set(ClearingStatus::Pending),
            wanted: Set(Some(json!({"items": items, "vat_relief": wanted.vat_relief}))),
            ..Default::default()
        }
    } else {
        settle(tx, id, wanted, plan).await?
    };
    let row = ActiveModel { id: Set(id), kind: Set(wanted.kind), reason: Set(wanted.reason.clone()), ..row };
    let after = serde_json::to_value(tx.insert(&row).await?).map_err(Error::internal)?;
    tx.audit(AuditEntry::new(Action::Create, door.permission().to_string(), "fim.clearings", id).after(after.clone()));
    tx.publish(Event::new("fim.clearing.created", id, after));
    Ok(id)
}

/// What a pending clearing was created from.
fn wanted_of(row: &Model) -> Result<Create> {
    let wanted = row.wanted.as_ref().ok_or_else(|| Error::internal("pending, and nothing is wanted"))?;
    Ok(Create {
        kind: row.kind,
        date: Some(row.date),
        items: serde_json::from_value(wanted["items"].clone()).map_err(Error::internal)?,
        account_id: row.account_id,
        vat_relief: wanted["vat_relief"].as_bool(),
        reason: row.reason.clone(),
        is_pending: None,
    })
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct ClearingPosting {
    /// 날짜 | Date
    ///
    /// The posting date; the day that was given when it was created when left out.
    pub date: Option<Day>,
}

/// Posts a pending write-off: what it is to settle is checked again.
pub(super) async fn post(cx: &Acting<'_>, row: &Model, input: &ClearingPosting) -> Result<Done<ActiveModel>> {
    not_ahead("date", input.date, cx.today())?;
    let wanted = wanted_of(row)?;
    let plan = plan(cx.tx, &wanted, input.date.unwrap_or(row.date)).await?;
    Ok(Done::Changes(settle(cx.tx, row.id, &wanted, plan).await?))
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct ClearingCancellation {
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}

/// Cancels a pending write-off: nothing of it was settled.
pub(super) async fn cancel(_: &Acting<'_>, _: &Model, input: &ClearingCancellation) -> Result<Done<ActiveModel>> {
    Ok(Done::Changes(ActiveModel { status_reason: Set(input.reason.clone()), ..Default::default() }))
}

/// The parts of items that a clearing settled, and those items, locked.
async fn settled_by(tx: &Tx, clearing: Uuid) -> Result<(Vec<allocation::Model>, Vec<item::Model>)> {
    use allocation::Column as Of;
    let parts = tx.find::<allocation::Entity>().filter(Of::AgainstType.eq(AgainstType::Clearing)).filter(Of::AgainstId.eq(clearing));
    let parts = parts.order_by_asc(Of::Id).all().await?;
    let ids: BTreeSet<Uuid> = parts.iter().map(|part| part.item_id).collect();
    let items = open_items::locked(tx, &ids.into_iter().collect::<Vec<_>>(), "id").await?;
    Ok((parts, items))
}

/// Items are locked before what settled them, as by who pays them.
pub(super) async fn lock_items(cx: &Acting<'_>, clearing: Uuid) -> Result<()> {
    settled_by(cx.tx, clearing).await?;
    let row = cx.tx.find::<Entity>().filter(Column::Id.eq(clearing)).one().await?;
    let Some(row) = row.filter(|row| row.status == ClearingStatus::Pending) else { return Ok(()) };
    let ids: BTreeSet<Uuid> = wanted_of(&row)?.items.iter().map(|share| share.item_id).collect();
    open_items::locked(cx.tx, &ids.into_iter().collect::<Vec<_>>(), "id").await.map(|_| ())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct ClearingReversal {
    /// 날짜 | Date
    ///
    /// The day the reversing entry is posted on; today when left out.
    pub date: Option<Day>,
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}

/// Reverses a clearing: posts its reversing entry, and its items are open again.
pub(super) async fn reverse(cx: &Acting<'_>, row: &Model, input: &ClearingReversal) -> Result<Done<ActiveModel>> {
    let tx = cx.tx;
    let (parts, mut items) = settled_by(tx, row.id).await?;
    let entry = posting::locked(tx, row.je_id.ok_or_else(|| Error::internal("posted, and by no entry"))?, None).await?;
    let latest = cx.today().max(row.date);
    not_ahead("date", input.date, latest)?;
    let on = input.date.unwrap_or(latest);
    let reversing = posting::reverse(tx, entry, on, input.reason.clone()).await?;
    vat_settlements::lets_post(tx, &reversing).await?;
    for part in &parts {
        let item = items.iter_mut().find(|item| item.id == part.item_id);
        open_items::undo(tx, item.ok_or_else(|| Error::internal("an item that is not locked"))?, part, on).await?;
        let change = allocation::ActiveModel { undo_je_id: Set(Some(reversing.entry.id)), ..Default::default() };
        tx.update(part.id, &change).await?.ok_or_else(Error::not_found)?;
    }
    Ok(Done::Changes(ActiveModel {
        status_reason: Set(input.reason.clone()),
        reversal_je_id: Set(Some(reversing.entry.id)),
        ..Default::default()
    }))
}
