//! Writing drafts: what was left out is filled in, what was sent is checked, the amounts are computed.

use super::{
    Invoices,
    entity::{ActiveModel, Column, Direction, Entity, Model},
    figures::{self, Frame, agree, figures, lines_of},
    line::{self, Line},
    parties,
};
use adm::calendar;
use auth::Door;
use envelope::{Answer, check};
use kernel::{Currency, Day, Error, FieldError, Rate, Result};
use ledger::{sums, tax::Amounts};
use resource::{NO_GUARD, Resource as _, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};
use serde_json::Value;
use store::{Tx, values_of};
use uuid::Uuid;

/// An invoice, locked until the end of the transaction.
pub(super) async fn locked(tx: &Tx, id: Uuid, expected: Option<kernel::Versions>) -> Result<Model> {
    let row = tx.find::<Entity>().filter(Column::Id.eq(id)).for_no_key_update().one().await?.ok_or_else(Error::not_found)?;
    match expected {
        Some(version) if version != row.row_version => Err(Error::stale(row.row_version)),
        _ => Ok(row),
    }
}

async fn base_currency(tx: &Tx) -> Result<Currency> {
    Ok(sums::ledger(tx).await?.base_currency)
}

async fn deadline(tx: &Tx, of: Day) -> Result<Day> {
    figures::issue_deadline(of, &calendar::load(tx).await?)
}

/// What only a purchase has, and what no invoice may have.
fn sensible(wanted: &ActiveModel, direction: Direction) -> Result<()> {
    let has = |is: bool, field: &str| match is && direction == Direction::Sales {
        true => Err(Error::field(
            field.to_owned(),
            "purchase",
            "매입 세금계산서에만 입력할 수 있습니다.",
            "is allowed only on purchase invoices",
        )),
        false => Ok(()),
    };
    has(matches!(wanted.vendor_invoice_no.try_as_ref(), Some(Some(_))), "vendor_invoice_no")?;
    has(matches!(wanted.approval_no.try_as_ref(), Some(Some(_))), "approval_no")?;
    match wanted.exchange_rate.try_as_ref() {
        Some(Some(rate)) if *rate <= Rate::ZERO => {
            Err(Error::field("exchange_rate", "minimum", "0보다 커야 합니다.", "must be greater than 0"))
        }
        _ => Ok(()),
    }
}

/// The sums go into the row; what was sent of them must be them.
fn put_sums(wanted: &mut ActiveModel, sums: Amounts) -> Result<()> {
    let sent = [&wanted.supply_amount, &wanted.tax_amount, &wanted.total_amount].map(|sent| sent.try_as_ref().copied());
    agree("", sent, sums)?;
    wanted.supply_amount = Set(sums.supply);
    wanted.tax_amount = Set(sums.tax);
    wanted.total_amount = Set(sums.total);
    Ok(())
}

fn as_json(line: &Line, id: Option<Uuid>) -> Result<Value> {
    let mut json = serde_json::to_value(line).map_err(Error::internal)?;
    if let Some(id) = id {
        json["id"] = id.to_string().into();
    }
    Ok(json)
}

/// What was left out of an invoice is filled in, and its lines are computed.
async fn filled(tx: &Tx, mut wanted: ActiveModel, lines: Vec<Line>) -> Result<(ActiveModel, Vec<Line>)> {
    let direction = *wanted.direction.try_as_ref().unwrap_or(&Direction::Sales);
    sensible(&wanted, direction)?;
    let currency = match wanted.currency_code.try_as_ref() {
        Some(code) => code.clone(),
        None => base_currency(tx).await?,
    };
    adm::currency_in_use(tx, &currency, "currency_code").await?;
    let partner = parties::partner(tx, *wanted.partner_id.try_as_ref().ok_or_else(|| Error::internal("an invoice of nobody"))?).await?;
    parties::fill(tx, &mut wanted, direction, &partner).await?;
    let prices_include_tax = *wanted.prices_include_tax.try_as_ref().unwrap_or(&false);
    let lines = figures(tx, &Frame { direction, currency: &currency, prices_include_tax, signed: false }, lines).await?;
    wanted.currency_code = Set(currency);
    Ok((wanted, lines))
}

/// Drafts an invoice.
pub(super) async fn open(door: &Door, tx: &Tx, wanted: ActiveModel, lines: Vec<Line>) -> Result<Answer> {
    let (wanted, lines) = filled(tx, wanted, lines).await?;
    write(door, tx, wanted, &lines).await
}

/// Drafts an invoice that no caller asks for.
pub(crate) async fn bare(tx: &Tx, wanted: ActiveModel, lines: Vec<Line>) -> Result<Model> {
    let (mut wanted, lines) = filled(tx, wanted, lines).await?;
    sums_and_deadline(tx, &mut wanted, &lines).await?;
    let row = tx.insert(&wanted).await?;
    for (no, line) in (1..).zip(lines) {
        let line = line::ActiveModel { tax_invoice_id: Set(row.id), line_no: Set(no), ..line.into_active_model() };
        tx.insert(&line).await?;
    }
    Ok(row)
}

async fn sums_and_deadline(tx: &Tx, wanted: &mut ActiveModel, lines: &[Line]) -> Result<()> {
    put_sums(wanted, figures::sum(lines)?)?;
    let of = *wanted.invoice_date.try_as_ref().ok_or_else(|| Error::internal("an invoice of no day"))?;
    wanted.issue_deadline = Set(deadline(tx, of).await?);
    Ok(())
}

/// Writes a draft whose lines have their amounts.
pub(super) async fn write(door: &Door, tx: &Tx, mut wanted: ActiveModel, lines: &[Line]) -> Result<Answer> {
    sums_and_deadline(tx, &mut wanted, lines).await?;
    let mut values = values_of(&wanted);
    values.push(("lines", Value::Array(lines.iter().map(|line| as_json(line, None)).collect::<Result<_>>()?).into()));
    resource::insert(door, Spec::of::<Invoices>()?, tx, values, NO_GUARD).await
}

/// Changes a draft; whatever changes, its amounts are computed anew.
pub(super) async fn change(door: &Door, tx: &Tx, id: Uuid, mut wanted: ActiveModel, sent: Option<Vec<Value>>) -> Result<Answer> {
    let expected = door.if_match()?;
    let row = locked(tx, id, expected).await?;
    Invoices::may_change(&row)?;
    sensible(&wanted, row.direction)?;
    if let Some(partner) = wanted.partner_id.try_as_ref().copied().filter(|partner| *partner != row.partner_id) {
        let partner = parties::partner(tx, partner).await?;
        parties::without_partner(&mut wanted, row.direction);
        parties::fill(tx, &mut wanted, row.direction, &partner).await?;
    }
    let (ids, lines) = merged(tx, id, sent).await?;
    let currency = wanted.currency_code.try_as_ref().unwrap_or(&row.currency_code).clone();
    if currency != row.currency_code {
        adm::currency_in_use(tx, &currency, "currency_code").await?;
        // a rate that was given is one of the currency
        if !wanted.exchange_rate.is_set() {
            wanted.exchange_rate = Set(None);
        }
    }
    let prices_include_tax = *wanted.prices_include_tax.try_as_ref().unwrap_or(&row.prices_include_tax);
    let lines = figures(tx, &Frame { direction: row.direction, currency: &currency, prices_include_tax, signed: false }, lines).await?;
    put_sums(&mut wanted, figures::sum(&lines)?)?;
    if let Some(of) = wanted.invoice_date.try_as_ref().copied() {
        wanted.issue_deadline = Set(deadline(tx, of).await?);
    }
    let mut values = values_of(&wanted);
    let lines = ids.into_iter().zip(&lines).map(|(id, line)| as_json(line, id)).collect::<Result<_>>()?;
    values.push(("lines", Value::Array(lines).into()));
    resource::modify(door, Spec::of::<Invoices>()?, tx, id, expected, values, NO_GUARD).await
}

/// The lines as they shall be, each with the id of the one it is: what was sent of it over what it is.
async fn merged(tx: &Tx, invoice: Uuid, sent: Option<Vec<Value>>) -> Result<(Vec<Option<Uuid>>, Vec<Line>)> {
    let there = lines_of(tx, invoice).await?;
    let Some(sent) = sent else {
        return Ok(there.iter().map(|line| (Some(line.id), Line::again(line))).unzip());
    };
    let (mut ids, mut lines) = (Vec::new(), Vec::new());
    for (at, mut line) in sent.into_iter().enumerate() {
        let id = line.as_object_mut().and_then(|fields| fields.shift_remove("id")).filter(|id| !id.is_null());
        let (id, whole) = match id {
            None => (None, line),
            Some(id) => {
                let found = id.as_str().and_then(|id| id.parse().ok()).and_then(|id: Uuid| there.iter().find(|line| line.id == id));
                let found = found.filter(|line| !ids.contains(&Some(line.id))).ok_or_else(|| Error::no_such(format!("lines.{at}.id")))?;
                let mut whole = as_json(&Line::again(found), None)?;
                if let (Some(whole), Some(sent)) = (whole.as_object_mut(), line.as_object()) {
                    // another account decides anew whether it is one of fixed assets
                    if sent.contains_key("account_id") {
                        whole.shift_remove("is_fixed_asset");
                    }
                    whole.extend(sent.iter().map(|(field, value)| (field.clone(), value.clone())));
                }
                (Some(found.id), whole)
            }
        };
        ids.push(id);
        lines.push(check::<Line>(whole).map_err(|error| below(&format!("lines.{at}"), error))?);
    }
    Ok((ids, lines))
}

/// The same mistakes, one level down.
pub(super) fn below(path: &str, error: Error) -> Error {
    if error.fields().is_empty() {
        return error;
    }
    Error::invalid(error.fields().iter().map(|field| FieldError { field: format!("{path}.{}", field.field), ..field.clone() }).collect())
}
