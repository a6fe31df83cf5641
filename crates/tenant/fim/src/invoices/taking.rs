//! What an amendment may take away of an invoice, and the tax that goes with it.
//!
//! Supply and tax are limited for each kind of tax to what earlier amendments have left. A returned line takes away the part of the tax
//! that its own line bore, and the last of what is returned takes all the tax that is left.

use super::{
    api::InvoiceAmend,
    entity::Model,
    figures::{self, agree, amounts_of, kind_of, put},
    left::{KINDS, Left},
    line::{self, Line},
};
use crate::rules;
use kernel::{Money, MoneySum, Result};
use ledger::{
    posting::places_of,
    tax::{self, Amounts, Rounding, TaxKind},
};
use sea_orm::ActiveEnum as _;
use store::Tx;

/// An invoice that is to be amended.
pub(super) struct Original {
    pub(super) row: Model,
    pub(super) lines: Vec<Line>,
    /// What no amendment has taken away yet.
    pub(super) left: Left,
    /// What of its tax was deducted with bad debts.
    pub(super) relieved: Money,
}

/// A line that was written, as one to be written.
pub(super) fn again(line: &line::Model) -> Line {
    let mut again = Line::again(line);
    put(&mut again, Amounts { supply: line.supply_amount, tax: line.tax_amount, total: line.total_amount });
    again
}

/// What lines of a kind come to.
fn sum_of(lines: &[Line], kind: TaxKind, of: fn(&Amounts) -> Money) -> MoneySum {
    lines.iter().filter(|line| kind_of(line) == kind).map(|line| of(&amounts_of(line))).sum()
}

/// An amendment takes away no more than is left, of supply and of tax, in each kind of tax.
pub(super) fn within(original: &Original, lines: &[Line]) -> Result<()> {
    let left = &original.left;
    for kind in KINDS {
        let supply = (
            left.whole(kind, |line| line.supply_amount),
            left.rest(kind, |line| line.supply_amount),
            sum_of(lines, kind, |sum| sum.supply),
        );
        let tax = (left.whole(kind, |line| line.tax_amount), left.rest(kind, |line| line.tax_amount), sum_of(lines, kind, |sum| sum.tax));
        let passes = |(whole, rest, moved): (MoneySum, MoneySum, MoneySum)| match whole.is_negative() {
            true => moved.is_negative() || rest + moved > MoneySum::ZERO,
            false => moved.is_negative() && (rest + moved).is_negative(),
        };
        if passes(supply) || passes(tax) {
            let rest = supply.1 + tax.1;
            return Err(rules::CREDIT_EXCEEDS
                .filled(&[("rest", &rest), ("supply", &supply.1), ("tax", &tax.1)])
                .with("tax_kind", kind.to_value())
                .with("left", rest.to_string())
                .with("left_supply", supply.1.to_string())
                .with("left_tax", tax.1.to_string()));
        }
        let rest = tax.1 - original.relieved.into();
        if kind == TaxKind::Taxable && original.relieved != Money::ZERO && tax.2.is_negative() && (rest + tax.2).is_negative() {
            return Err(rules::VAT_RELIEVED
                .filled(&[("relieved", &original.relieved), ("rest", &rest)])
                .with("relieved", original.relieved.to_string())
                .with("left_tax", rest.to_string()));
        }
    }
    Ok(())
}

/// The amounts that were sent with lines are those they have come to.
pub(super) fn as_sent(wanted: &InvoiceAmend, lines: &[Line]) -> Result<()> {
    for (at, (sent, line)) in wanted.lines.iter().flatten().zip(lines).enumerate() {
        agree(&format!("lines.{at}."), [sent.supply_amount, sent.tax_amount, sent.total_amount], amounts_of(line))?;
    }
    Ok(())
}

/// Whether a line is of the same thing as one of the original, at the same price and taxed alike.
fn is_of(line: &Line, other: &Line) -> bool {
    let coded = line.product_code.is_none() || line.product_code == other.product_code;
    coded && line.product_name == other.product_name && line.unit_price == other.unit_price && kind_of(line) == kind_of(other)
}

/// Quantity, supply and tax of lines together.
fn three(lines: &[&Line]) -> Option<(i64, Amounts)> {
    let quantity = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.quantity.0))?;
    Some((quantity, tax::sum(&lines.iter().map(|line| amounts_of(line)).collect::<Vec<_>>())?))
}

/// What is taken away takes the tax that it bore, however taxes are rounded by now: of a quantity the same part of its line's tax, with the
/// last of the quantity what is left of the line, and with the last of a kind of tax what is left of that kind.
pub(super) async fn as_it_was_borne(tx: &Tx, original: &Original, lines: Vec<Line>) -> Result<Vec<Line>> {
    let places = places_of(tx, &original.row.currency_code).await?;
    let mut taken: Vec<Line> = original.left.amendments.iter().flatten().map(again).filter(|line| line.quantity.is_negative()).collect();
    let mut all = Vec::with_capacity(lines.len());
    for mut line in lines {
        if line.quantity.is_negative() {
            let amounts = part_of_its_line(original, &taken, &line, places).ok_or_else(figures::too_large)?;
            put(&mut line, amounts);
            taken.push(line.clone());
        }
        all.push(line);
    }
    rest_of_tax(original, all, places)
}

/// What a line that takes away comes to, as a part of the lines of the original it is of; where it is of none, what was computed.
fn part_of_its_line(original: &Original, taken: &[Line], line: &Line, places: u32) -> Option<Amounts> {
    let computed = amounts_of(line);
    let (quantity, whole) = three(&original.lines.iter().filter(|of| is_of(line, of)).collect::<Vec<_>>())?;
    let (before, away) = three(&taken.iter().filter(|of| is_of(line, of)).collect::<Vec<_>>())?;
    let so_far = before.checked_add(line.quantity.0)?.checked_neg()?;
    if quantity <= 0 || so_far > quantity {
        return Some(computed);
    }
    let rest = Amounts::of(whole.supply.checked_add(away.supply)?, whole.tax.checked_add(away.tax)?)?;
    if rest.supply.is_negative() || rest.tax.is_negative() {
        return Some(computed);
    }
    if so_far == quantity {
        return Some(rest.negated());
    }
    let tax = tax::share(whole.tax, Money(so_far), Money(quantity), places, Rounding::Down)?.checked_add(away.tax)?;
    let tax = Money(tax.0.clamp(0, rest.tax.0));
    let size = computed.negated();
    let supply = if original.row.prices_include_tax { size.total.checked_sub(tax)? } else { size.supply };
    Some(Amounts::of(supply.min(rest.supply), tax)?.negated())
}

/// Parts are rounded each; the last of them, and one that would take too much, take the tax that is left of their kind.
fn rest_of_tax(original: &Original, mut lines: Vec<Line>, places: u32) -> Result<Vec<Line>> {
    // no other kind bears any
    let kind = TaxKind::Taxable;
    let (supply, tax) = (sum_of(&lines, kind, |sum| sum.supply), sum_of(&lines, kind, |sum| sum.tax));
    let (rest, left) = (original.left.rest(kind, |line| line.supply_amount), original.left.rest(kind, |line| line.tax_amount));
    let is_last = supply + rest == MoneySum::ZERO;
    if !supply.is_negative() || tax + left == MoneySum::ZERO || !(is_last || (tax + left).is_negative()) {
        return Ok(lines);
    }
    // a part may be too small to have a tax of its own
    let weight = |line: &Line| match (tax, kind_of(line)) {
        (MoneySum::ZERO, TaxKind::Taxable) => amounts_of(line).supply,
        _ => amounts_of(line).tax,
    };
    let weights: Vec<Money> = lines.iter().map(weight).collect();
    if weights.iter().all(|weight| *weight == Money::ZERO) {
        return Ok(lines);
    }
    let taxes = (-left).money().and_then(|left| tax::parts(left, &weights, places)).ok_or_else(figures::too_large)?;
    for (line, tax) in lines.iter_mut().zip(taxes) {
        let amounts = Amounts::of(amounts_of(line).supply, tax).ok_or_else(figures::too_large)?;
        put(line, amounts);
    }
    Ok(lines)
}
