//! What the lines of an invoice come to: the server computes it, and nobody contradicts.

use super::{
    entity::Direction,
    line::{self, Line},
};
use adm::settings;
use kernel::{Currency, Day, Error, FieldError, Message, Money, Qty, Result};
use ledger::{
    accounts::{self, entity::PostingRole},
    posting::places_of,
    tax::{self, Amounts, Basis, Item, Rounding, Rules, TaxKind},
};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use std::collections::{BTreeMap, BTreeSet};
use store::{Scope, Tx};
use uuid::Uuid;

/// More lines than a document of trade has are a mistake.
const MOST: usize = 1000;

/// What lines are computed by besides themselves.
pub(super) struct Frame<'f> {
    pub direction: Direction,
    pub currency: &'f Currency,
    pub prices_include_tax: bool,
    /// An amendment may take away.
    pub signed: bool,
}

pub(super) fn too_large() -> Error {
    Error::field("lines", "range", "금액의 합계가 너무 큽니다.", "add up to too large an amount")
}

/// How this company computes taxes in a currency.
async fn rules(tx: &Tx, frame: &Frame<'_>) -> Result<Rules> {
    let rounding = match settings::text(tx, &settings::VAT_ROUNDING).await?.as_str() {
        "UP" => Rounding::Up,
        "HALF_UP" => Rounding::HalfUp,
        _ => Rounding::Down,
    };
    let basis = if settings::text(tx, &settings::VAT_BASIS).await? == "DOCUMENT" { Basis::Document } else { Basis::Line };
    let places = places_of(tx, frame.currency).await.map_err(|error| match error.fields().is_empty() {
        true => error,
        false => Error::no_such("currency_code"),
    })?;
    Ok(Rules { rounding, basis, places, prices_include_tax: frame.prices_include_tax })
}

/// The lines with accounts, kinds and amounts: what was left out is filled in, what was sent is checked.
pub(super) async fn figures(tx: &Tx, frame: &Frame<'_>, mut lines: Vec<Line>) -> Result<Vec<Line>> {
    let rules = rules(tx, frame).await?;
    if lines.is_empty() {
        return Err(Error::field("lines", "min_items", "품목이 하나 이상 있어야 합니다.", "must contain at least one item"));
    }
    if lines.len() > MOST {
        return Err(Error::field("lines", "max_items", format!("{MOST}개 이하여야 합니다."), format!("must contain at most {MOST} items")));
    }
    let mut wrong = Vec::new();
    let mut refuse = |at: usize, field: &str, rule: &str, ko: &'static str, en: &'static str| {
        wrong.push(FieldError::new(format!("lines.{at}.{field}"), rule, Message::new(ko, en)));
    };
    for (at, line) in lines.iter().enumerate() {
        if line.quantity == Qty::ZERO || (line.quantity.is_negative() && !frame.signed) {
            refuse(at, "quantity", "minimum", "0보다 커야 합니다.", "must be greater than 0");
        }
        if line.unit_price.is_negative() {
            refuse(at, "unit_price", "minimum", "0 이상이어야 합니다.", "must be 0 or more");
        }
        if line.non_deductible_reason.is_some() && frame.direction == Direction::Sales {
            refuse(
                at,
                "non_deductible_reason",
                "purchase",
                "매입 세금계산서에만 입력할 수 있습니다.",
                "is allowed only on purchase invoices",
            );
        }
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    settle_accounts(tx, frame.direction, &mut lines).await?;
    let items: Vec<Item> =
        lines.iter().map(|line| Item { quantity: line.quantity, unit_price: line.unit_price, kind: kind_of(line) }).collect();
    let amounts = tax::compute(rules, &items).ok_or_else(too_large)?;
    for (at, (line, amounts)) in lines.iter_mut().zip(&amounts).enumerate() {
        agree(&format!("lines.{at}."), [line.supply_amount, line.tax_amount, line.total_amount], *amounts)?;
        put(line, *amounts);
    }
    Ok(lines)
}

pub(super) fn kind_of(line: &Line) -> TaxKind {
    line.tax_kind.unwrap_or(TaxKind::Taxable)
}

/// What a line has come to.
pub(super) fn amounts_of(line: &Line) -> Amounts {
    Amounts {
        supply: line.supply_amount.unwrap_or_default(),
        tax: line.tax_amount.unwrap_or_default(),
        total: line.total_amount.unwrap_or_default(),
    }
}

pub(super) fn put(line: &mut Line, amounts: Amounts) {
    line.tax_kind = Some(kind_of(line));
    line.supply_amount = Some(amounts.supply);
    line.tax_amount = Some(amounts.tax);
    line.total_amount = Some(amounts.total);
}

/// What lines come to together.
pub(super) fn sum(lines: &[Line]) -> Result<Amounts> {
    tax::sum(&lines.iter().map(amounts_of).collect::<Vec<_>>()).ok_or_else(too_large)
}

/// What was sent is what was computed.
pub(super) fn agree(path: &str, sent: [Option<Money>; 3], computed: Amounts) -> Result<()> {
    let fields = [("supply_amount", computed.supply), ("tax_amount", computed.tax), ("total_amount", computed.total)];
    for ((field, is), sent) in fields.into_iter().zip(sent) {
        if sent.is_some_and(|sent| sent != is) {
            let (ko, en) = (format!("계산된 금액({is})과 같아야 합니다."), format!("must equal the calculated amount of {is}"));
            return Err(Error::field(format!("{path}{field}"), "computed", ko, en).with("computed", is.to_string()));
        }
    }
    Ok(())
}

/// Every line has an account of this company, and whether it is one of fixed assets.
async fn settle_accounts(tx: &Tx, direction: Direction, lines: &mut [Line]) -> Result<()> {
    let role = if direction == Direction::Sales { PostingRole::Sales } else { PostingRole::Stock };
    if lines.iter().any(|line| line.account_id.is_none()) {
        let account = accounts::of_role(tx, role).await?;
        for line in lines.iter_mut() {
            line.account_id.get_or_insert(account);
        }
    }
    let wanted: BTreeSet<Uuid> = lines.iter().filter_map(|line| line.account_id).collect();
    let rows = tx.find::<accounts::entity::Entity>().filter(accounts::entity::Column::Id.is_in(wanted)).all().await?;
    let known: BTreeMap<Uuid, bool> =
        rows.iter().map(|row| (row.id, row.fs_position.as_deref().is_some_and(|position| position == "NON_CURRENT_ASSETS"))).collect();
    for (at, line) in lines.iter_mut().enumerate() {
        let fixed = line.account_id.and_then(|id| known.get(&id)).ok_or_else(|| Error::no_such(format!("lines.{at}.account_id")))?;
        line.is_fixed_asset.get_or_insert(*fixed);
    }
    Ok(())
}

/// The lines of an invoice in their order.
pub(crate) async fn lines_of(scope: &Scope, invoice: Uuid) -> Result<Vec<line::Model>> {
    use line::{Column, Entity};
    scope.find::<Entity>().filter(Column::TaxInvoiceId.eq(invoice)).order_by_asc(Column::LineNo).all().await
}

/// Until when an invoice of a day is to be issued: the 10th of the next month, or the next business day (부가가치세법 §34③).
pub(super) fn issue_deadline(of: Day, calendar: &adm::calendar::Calendar) -> Result<Day> {
    let next = of.0.replace_day(1).ok().and_then(|first| Day(first).plus_days(31));
    let tenth = next.and_then(|next| next.0.replace_day(10).ok());
    let tenth = tenth.ok_or_else(|| Error::field("invoice_date", "range", "너무 먼 미래의 날짜입니다.", "is too far in the future"))?;
    calendar.following(Day(tenth))
}

#[cfg(test)]
mod tests {
    use super::issue_deadline;
    use adm::calendar::Calendar;
    use kernel::Day;

    #[test]
    fn an_invoice_is_issued_until_the_tenth_of_the_next_month_or_the_next_business_day() {
        for (of, until) in [
            ("2026-04-30", "2026-05-11"),
            ("2026-09-01", "2026-10-12"),
            ("2026-12-31", "2027-01-11"),
            ("2027-01-31", "2027-02-10"),
            ("2027-06-15", "2027-07-12"),
            ("2027-09-30", "2027-10-12"),
        ] {
            assert_eq!(issue_deadline(Day::parse(of).unwrap(), &Calendar::default()).unwrap().to_string(), until, "{of}");
        }
    }
}
