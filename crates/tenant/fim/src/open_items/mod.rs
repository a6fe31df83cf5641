//! Open items: what each document leaves a partner to pay, and what settles it.
//!
//! The database holds that nothing is settled beyond the amount. Items are locked in the order of their ids, so that who settles
//! several waits for nobody who waits for them.

pub mod allocation;
mod api;
pub(crate) mod by_hand;
pub mod item;
pub(crate) mod opening;
pub(crate) mod partners;
mod rounding;
pub mod shares;

use crate::rules;
use allocation::AgainstType;
use envelope::web;
use item::{ActiveModel, Column, Entity, Model, OpenItemKind};
use kernel::{Currency, Day, Error, Money, Rate, Realm, Result, Text, boxed};
use ledger::sums;
use paperclip::actix::Apiv2Schema;
use resource::{Action, RangeKind, ReadOnly, Resource, action};
use rust_decimal::RoundingStrategy;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, DeriveIntoActiveModel, QueryFilter, QueryOrder};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::Tx;
use uuid::Uuid;

/// An item to be opened, by whoever has just posted its document.
#[derive(Clone, Debug)]
pub struct NewItem {
    pub kind: OpenItemKind,
    pub partner_id: Uuid,
    /// The account the document was posted to.
    pub account_id: Uuid,
    /// `INVOICE`, `OPENING`, `ENTRY` (a line of an entry that somebody wrote) …; a document opens one item.
    pub doc_type: &'static str,
    pub doc_id: Uuid,
    pub doc_no: Option<Text<100>>,
    pub je_id: Option<Uuid>,
    pub doc_date: Day,
    pub due_date: Day,
    pub currency: Currency,
    pub exchange_rate: Rate,
    /// Below zero for a credit note; never zero.
    pub amount: Money,
    pub base_amount: Money,
}

/// Opens an item.
#[boxed(?Send)]
pub async fn open(tx: &Tx, new: NewItem) -> Result<Model> {
    let row = ActiveModel {
        kind: Set(new.kind),
        partner_id: Set(new.partner_id),
        posted_partner_id: Set(Some(new.partner_id)),
        account_id: Set(new.account_id),
        doc_type: Set(Text::parse(new.doc_type).map_err(Error::internal)?),
        doc_id: Set(new.doc_id),
        doc_no: Set(new.doc_no),
        je_id: Set(new.je_id),
        doc_date: Set(new.doc_date),
        due_date: Set(new.due_date),
        currency: Set(new.currency),
        exchange_rate: Set(new.exchange_rate),
        amount: Set(new.amount),
        settled: Set(Money::ZERO),
        base_amount: Set(new.base_amount),
        base_settled: Set(Money::ZERO),
        ..Default::default()
    };
    tx.insert(&row).await
}

/// The item of a document, if it opened one.
pub async fn of_document(tx: &Tx, doc_type: &str, doc_id: Uuid) -> Result<Option<Model>> {
    tx.find::<Entity>().filter(Column::DocType.eq(doc_type)).filter(Column::DocId.eq(doc_id)).one().await
}

/// Items, locked until the end of the transaction, in the order of their ids.
///
/// # Errors
/// 422 on `field` when one is not there.
pub async fn locked(tx: &Tx, ids: &[Uuid], field: &str) -> Result<Vec<Model>> {
    let find = tx.find::<Entity>().filter(Column::Id.is_in(ids.iter().copied())).order_by_asc(Column::Id);
    let rows = find.for_no_key_update().all().await?;
    let there: BTreeSet<Uuid> = rows.iter().map(|row| row.id).collect();
    match ids.iter().all(|id| there.contains(id)) {
        true => Ok(rows),
        false => Err(Error::no_such(field)),
    }
}

/// The refusal of more than is left of an item.
pub(crate) fn over(item: &Model, wanted: Money) -> Error {
    rules::OVER_ALLOCATED
        .filled(&[("wanted", &wanted), ("rest", &item.rest())])
        .with("item_id", item.id.to_string())
        .with("rest", item.rest().to_string())
}

/// What a part of an item stood for in the base currency: the last part takes what the rounding of those before left over.
fn base_of(item: &Model, part: Money, places: u32) -> Result<Money> {
    if part == item.rest() {
        return Ok(item.base_rest());
    }
    let share = item.base_amount.to_decimal().checked_mul(part.to_decimal()).and_then(|all| all.checked_div(item.amount.to_decimal()));
    let share = share.ok_or_else(|| Error::internal("an item of nothing"))?;
    let share = share.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    let share = Money::from_decimal(share).ok_or_else(|| Error::internal("a share beyond its whole"))?;
    // many small parts, each rounded up, come to no more than there is
    Ok(if share.0.abs() > item.base_rest().0.abs() { item.base_rest() } else { share })
}

/// Settles `part` of an item that is locked; of its sign, and no more than is left. Brings the item up to date.
///
/// # Errors
/// 409 `fim.over_allocated` with what is left.
pub async fn allocate(tx: &Tx, item: &mut Model, (by, id): (AgainstType, Uuid), part: Money, on: Day) -> Result<allocation::Model> {
    if part == Money::ZERO || part.is_negative() != item.amount.is_negative() || part.0.abs() > item.rest().0.abs() {
        return Err(over(item, part));
    }
    let places = u32::try_from(sums::ledger(tx).await?.base_places).map_err(Error::internal)?;
    let base = base_of(item, part, places)?;
    let row = allocation::ActiveModel {
        item_id: Set(item.id),
        against_type: Set(by),
        against_id: Set(id),
        amount: Set(part),
        base_amount: Set(base),
        allocated_on: Set(on),
        ..Default::default()
    };
    let made = tx.insert(&row).await?;
    settle(tx, item, Money(item.settled.0 + part.0), Money(item.base_settled.0 + base.0)).await?;
    Ok(made)
}

/// Undoes an allocation; `item` is its item, locked. One that is undone already is left as it is.
pub async fn undo(tx: &Tx, item: &mut Model, allocation: &allocation::Model, on: Day) -> Result<()> {
    if allocation.undone_at.is_some() {
        return Ok(());
    }
    let change = allocation::ActiveModel {
        undone_on: Set(Some(on.max(allocation.allocated_on))),
        undone_at: Set(Some(tx.now())),
        ..Default::default()
    };
    tx.update(allocation.id, &change).await?.ok_or_else(Error::not_found)?;
    settle(tx, item, Money(item.settled.0 - allocation.amount.0), Money(item.base_settled.0 - allocation.base_amount.0)).await
}

async fn settle(tx: &Tx, item: &mut Model, settled: Money, base_settled: Money) -> Result<()> {
    let change = ActiveModel { settled: Set(settled), base_settled: Set(base_settled), ..Default::default() };
    *item = tx.update(item.id, &change).await?.ok_or_else(Error::not_found)?;
    Ok(())
}

/// Sets a credit note off against a claim of the same partner, account and currency, as far as both go. Both are locked. What the rounding
/// of their amounts in the base currency leaves between them is posted.
pub async fn set_off(tx: &Tx, credit: &mut Model, claim: &mut Model, on: Day) -> Result<Money> {
    let alike = credit.partner_id == claim.partner_id && credit.account_id == claim.account_id && credit.currency == claim.currency;
    if !alike || !credit.amount.is_negative() || claim.amount.is_negative() {
        return Err(Error::internal("a credit note is set off against a claim of the same partner"));
    }
    let part = Money(claim.rest().0.min(-credit.rest().0));
    if part != Money::ZERO {
        let (credit_id, claim_id) = (credit.id, claim.id);
        let of_claim = allocate(tx, claim, (AgainstType::Item, credit_id), part, on).await?;
        let of_credit = allocate(tx, credit, (AgainstType::Item, claim_id), Money(-part.0), on).await?;
        rounding::post(tx, claim, [of_claim, of_credit], on).await?;
    }
    Ok(part)
}

/// What a credit note and the claims it was set off against have settled of each other.
pub async fn set_offs(tx: &Tx, credit: Uuid) -> Result<Vec<allocation::Model>> {
    use allocation::Column;
    let either = Condition::any().add(Column::ItemId.eq(credit)).add(Column::AgainstId.eq(credit));
    let find = tx.find::<allocation::Entity>().filter(Column::AgainstType.eq(AgainstType::Item)).filter(either);
    find.filter(Column::UndoneAt.is_null()).order_by_asc(Column::Id).all().await
}

/// Undoes what a credit note was set off against. It and its claims are `items`, locked.
pub async fn release(tx: &Tx, items: &mut [Model], credit: Uuid, on: Day) -> Result<()> {
    let parts = set_offs(tx, credit).await?;
    for part in &parts {
        // set off between the two looks
        let item = items.iter_mut().find(|item| item.id == part.item_id);
        undo(tx, item.ok_or_else(|| Error::transient("an item was set off at this moment"))?, part, on).await?;
    }
    rounding::reverse(tx, &parts, on).await
}

/// How many documents a refusal names.
const NAMED: i32 = 20;

/// Whether what two partners have can be separated once the rows of a merge have gone back from `into` to `from`.
///
/// # Errors
/// 409 `merge.joined` with the documents that joined something of both.
pub async fn apart(tx: &Tx, into: Uuid, from: Uuid) -> Result<()> {
    let joined = crate::open_items::partners::joined(tx, into, from, NAMED).await?;
    if joined.is_empty() {
        return Ok(());
    }
    let documents: Vec<_> = joined.into_iter().map(|(kind, id)| serde_json::json!({"type": kind, "id": id})).collect();
    Err(rules::MERGE_JOINED.error().with("documents", documents))
}

/// What was open when the company began here.
#[derive(Clone, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "OpeningItemCreate")]
pub struct Create {
    pub kind: OpenItemKind,
    pub partner_id: Uuid,
    pub doc_no: Option<Text<100>>,
    /// The posting date.
    pub doc_date: Day,
    pub due_date: Day,
    /// The base currency when left out.
    pub currency: Option<Currency>,
    /// The rate in force on the day when left out.
    pub exchange_rate: Option<Rate>,
    pub amount: Money,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "OpenItemFilter")]
pub struct Filter {
    pub kind: Option<OpenItemKind>,
    pub partner_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub currency: Option<Currency>,
    pub doc_type: Option<Text<50>>,
    pub doc_id: Option<Uuid>,
    pub doc_no: Option<Text<100>>,
    pub due_date: Option<Day>,
}

/// What partners owe and are owed.
pub struct OpenItems;

impl Resource for OpenItems {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "open-items";
    const NOUN: &'static str = "open_item";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::DueDate, Column::DocDate, Column::DocNo, Column::Amount];
    const SEARCH: &'static [Column] = &[Column::DocNo];
    const RANGES: &'static [(Column, RangeKind)] =
        &[(Column::DueDate, RangeKind::Day), (Column::DocDate, RangeKind::Day), (Column::Amount, RangeKind::Amount)];
    const EXAMPLE: &'static str = r#"{"kind": "RECEIVABLE", "partner_id": "@/crm/customers", "doc_no": "이월-{n}", "doc_date": "2026-03-02", "due_date": "2026-03-31", "amount": "{n}"}"#;

    fn actions() -> Vec<Action> {
        vec![
            action("reverse", "reversed", "Reverse one opening item of which nothing is settled")
                .locking_no_key()
                .does(opening::reverse)
                .answering(opening::gone),
        ]
    }
}

/// What settled an item: shown with the payment.
pub struct Allocations;

impl Resource for Allocations {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "allocations";
    const NOUN: &'static str = "allocation";
    type Entity = allocation::Entity;
    type View = allocation::Model;
    type Create = ReadOnly;
    type Update = ReadOnly;
    type Filter = ReadOnly;
    const SORT: &'static [allocation::Column] = &[];
    const SEARCH: &'static [allocation::Column] = &[];
    const EXAMPLE: &'static str = "{}";
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/open-items")
        .service(web::resource("").route(resource::list::<OpenItems>()).route(web::post().to(api::create)))
        .service(web::resource("/export").route(resource::export::<OpenItems>()))
        .service(web::resource("/{id}").route(resource::get::<OpenItems>()))
        .configure(resource::actions::<OpenItems>)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Timestamp;
    use proptest::prelude::*;

    fn item(amount: i64, base: i64) -> Model {
        let (id, day) = (Uuid::nil(), Day::parse("2026-03-02").unwrap());
        Model {
            id,
            tenant_id: id,
            kind: OpenItemKind::Receivable,
            partner_id: id,
            posted_partner_id: Some(id),
            account_id: id,
            doc_type: Text::parse("INVOICE").unwrap(),
            doc_id: id,
            doc_no: None,
            je_id: None,
            doc_date: day,
            due_date: day,
            currency: Currency::parse("USD").unwrap(),
            exchange_rate: Rate(1),
            amount: Money(amount),
            settled: Money::ZERO,
            base_amount: Money(base),
            base_settled: Money::ZERO,
            row_version: 1,
            created_at: Timestamp::parse("2026-03-02T00:00:00Z").unwrap(),
            created_by: None,
            updated_at: None,
            updated_by: None,
            deleted_at: None,
            deleted_by: None,
        }
    }

    proptest! {
        /// However an item is settled, in parts of whatever size: in the base currency it ends at nothing, and no part turns around.
        #[test]
        fn what_is_settled_in_parts_is_settled_in_the_books(
            units in prop::collection::vec(1_i64..3_000_000, 1..15),
            rate in 1_i64..500_000_000,
            places in prop::sample::select(vec![0_u32, 2, 3]),
            base_places in prop::sample::select(vec![0_u32, 2, 3]),
            takes_away: bool,
        ) {
            let smallest = |places: u32| 10_i64.pow(Money::SCALE - places);
            let sign = if takes_away { -1 } else { 1 };
            let parts: Vec<i64> = units.iter().map(|units| sign * units * smallest(places)).collect();
            let amount: i64 = parts.iter().sum();
            let base = i128::from(amount) * i128::from(rate) / 10_000 / i128::from(smallest(base_places)) * i128::from(smallest(base_places));
            let Ok(base) = i64::try_from(base) else { return Ok(()) };
            let mut item = item(amount, base);
            for part in parts {
                let share = base_of(&item, Money(part), base_places).unwrap();
                prop_assert!(share.0 * sign >= 0 && share.0 % smallest(base_places) == 0);
                item.settled = Money(item.settled.0 + part);
                item.base_settled = Money(item.base_settled.0 + share.0);
            }
            prop_assert_eq!((item.rest(), item.base_rest()), (Money::ZERO, Money::ZERO));
        }
    }
}
