//! The arithmetic of value added tax: pure, in whole numbers.
//!
//! The supply of a line is quantity times price, rounded half up to the smallest part of the currency. The tax is 10 % of it, or where
//! prices include the tax a part in eleven of the price; what is smaller than the smallest part is dealt with as the company has set
//! (`accounting.vat_rounding`), line by line or for the document as a whole (`accounting.vat_basis`). Supply and tax always come to the
//! total, and the lines to the document.

use kernel::{Money, Qty};
use sea_orm::entity::prelude::StringLen;

resource::string_enum! {
    /// How something is taxed: 10 %, 0 %, not at all.
    pub TaxKind ("TaxKind") { Taxable, ZeroRated, Exempt }
}

/// What happens to a fraction of a tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    Down,
    HalfUp,
    Up,
}

/// What a tax is computed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    Line,
    Document,
}

/// How taxes are computed.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub rounding: Rounding,
    pub basis: Basis,
    /// Digits of the currency behind the point.
    pub places: u32,
    pub prices_include_tax: bool,
}

/// What is supplied.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub quantity: Qty,
    pub unit_price: Money,
    pub kind: TaxKind,
}

/// What a line, or a document, comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    pub supply: Money,
    pub tax: Money,
    pub total: Money,
}

impl Amounts {
    /// Supply and tax, which come to the total. None when that cannot be kept.
    #[must_use]
    pub fn of(supply: Money, tax: Money) -> Option<Self> {
        Some(Self { supply, tax, total: supply.checked_add(tax)? })
    }

    /// The same with the other sign.
    #[must_use]
    pub fn negated(self) -> Self {
        let minus = |amount: Money| Money(-amount.0);
        Self { supply: minus(self.supply), tax: minus(self.tax), total: minus(self.total) }
    }
}

/// What lines come to together. None when that cannot be kept.
#[must_use]
pub fn sum(lines: &[Amounts]) -> Option<Amounts> {
    lines.iter().try_fold(Amounts::default(), |sum, line| Amounts::of(sum.supply.checked_add(line.supply)?, sum.tax.checked_add(line.tax)?))
}

/// The smallest part of a currency, in the units of [`Money`].
fn smallest(places: u32) -> i128 {
    10_i128.pow(Money::SCALE.saturating_sub(places))
}

/// `number / by`, rounded; below zero as above it.
fn divided(number: i128, by: i128, rounding: Rounding) -> i128 {
    let (whole, rest) = (number.abs() / by, number.abs() % by);
    let up = match rounding {
        Rounding::Down => false,
        Rounding::HalfUp => rest * 2 >= by,
        Rounding::Up => rest > 0,
    };
    (whole + i128::from(up)) * number.signum()
}

/// The part of `whole` that stands for `part` of `of`, in smallest parts of a currency. None when it cannot be kept, or of nothing.
#[must_use]
pub fn share(whole: Money, part: Money, of: Money, places: u32, rounding: Rounding) -> Option<Money> {
    if of == Money::ZERO {
        return None;
    }
    let turned = i128::from(of.0.signum());
    let product = i128::from(whole.0) * i128::from(part.0) * turned;
    money(divided(product, i128::from(of.0).abs() * smallest(places), rounding).checked_mul(smallest(places))?)
}

fn money(units: i128) -> Option<Money> {
    i64::try_from(units).ok().map(Money)
}

/// Divides `whole` in proportion to `weights`: the parts come to the whole, and no part is off by a smallest part or more.
/// What is left over goes to the largest remainders, of equal ones to the first. Without weight there is nothing to divide.
#[must_use]
pub fn parts(whole: Money, weights: &[Money], places: u32) -> Option<Vec<Money>> {
    let unit = smallest(places);
    let total: i128 = weights.iter().map(|weight| i128::from(weight.0)).sum();
    if total == 0 {
        return (whole == Money::ZERO).then(|| vec![Money::ZERO; weights.len()]);
    }
    let (units, turned) = (i128::from(whole.0) / unit, total.signum());
    let shares: Vec<(i128, i128)> = weights
        .iter()
        .map(|weight| {
            let share = units * i128::from(weight.0) * turned;
            (share.div_euclid(total.abs()), share.rem_euclid(total.abs()))
        })
        .collect();
    let mut left = units - shares.iter().map(|(share, _)| share).sum::<i128>();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|at| (-shares[*at].1, *at));
    let mut given: Vec<i128> = shares.into_iter().map(|(share, _)| share).collect();
    for at in order {
        if left == 0 {
            break;
        }
        given[at] += 1;
        left -= 1;
    }
    given.into_iter().map(|share| money(share * unit)).collect()
}

/// What each line comes to. None when an amount cannot be kept.
#[must_use]
pub fn compute(rules: Rules, items: &[Item]) -> Option<Vec<Amounts>> {
    let unit = smallest(rules.places);
    // with the tax in it, or without it
    let prices = items
        .iter()
        .map(|item| {
            let product = i128::from(item.quantity.0) * i128::from(item.unit_price.0);
            money(divided(product, 10_i128.pow(Qty::SCALE) * unit, Rounding::HalfUp) * unit)
        })
        .collect::<Option<Vec<Money>>>()?;
    let taxed: Vec<Money> =
        items.iter().zip(&prices).map(|(item, price)| if item.kind == TaxKind::Taxable { *price } else { Money::ZERO }).collect();
    let tax_of = |price: i128| {
        let by = if rules.prices_include_tax { 11 } else { 10 };
        money(divided(price, by * unit, rules.rounding) * unit)
    };
    let taxes = match rules.basis {
        Basis::Line => taxed.iter().map(|price| tax_of(price.0.into())).collect::<Option<Vec<_>>>()?,
        Basis::Document => parts(tax_of(taxed.iter().map(|price| i128::from(price.0)).sum())?, &taxed, rules.places)?,
    };
    prices
        .into_iter()
        .zip(taxes)
        .map(|(price, tax)| Amounts::of(if rules.prices_include_tax { price.checked_sub(tax)? } else { price }, tax))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn won(amount: i64) -> Money {
        Money(amount * 10_000)
    }

    fn item(price: i64) -> Item {
        Item { quantity: Qty(10_000), unit_price: won(price), kind: TaxKind::Taxable }
    }

    fn rules(rounding: Rounding, basis: Basis, prices_include_tax: bool) -> Rules {
        Rules { rounding, basis, places: 0, prices_include_tax }
    }

    #[test]
    fn one_won_lies_between_the_ways_to_compute_a_tax() {
        let items = [item(12_345), item(6_789), item(333)];
        let tax = |rounding, basis| sum(&compute(rules(rounding, basis, false), &items).unwrap()).unwrap().tax;
        assert_eq!(tax(Rounding::Down, Basis::Line), won(1_945));
        assert_eq!(tax(Rounding::Down, Basis::Document), won(1_946));
        assert_eq!(tax(Rounding::HalfUp, Basis::Line), won(1_947));
        assert_eq!(tax(Rounding::HalfUp, Basis::Document), won(1_947));
        assert_eq!(tax(Rounding::Up, Basis::Line), won(1_948));
        let lines = compute(rules(Rounding::Down, Basis::Document, false), &items).unwrap();
        assert_eq!(lines.iter().map(|line| line.tax).collect::<Vec<_>>(), [won(1_234), won(679), won(33)]);
    }

    #[test]
    fn a_price_with_the_tax_in_it_splits_without_a_rest() {
        let split = |price: i64, rounding| {
            let amounts = compute(rules(rounding, Basis::Line, true), &[item(price)]).unwrap()[0];
            assert_eq!(amounts.total, won(price));
            (amounts.supply, amounts.tax)
        };
        assert_eq!(split(110_000, Rounding::HalfUp), (won(100_000), won(10_000)));
        assert_eq!(split(10_000, Rounding::HalfUp), (won(9_091), won(909)));
        assert_eq!(split(10_000, Rounding::Up), (won(9_090), won(910)), "the fraction of the supply is dropped");
        assert_eq!(split(10_000, Rounding::Down), (won(9_091), won(909)));
        assert_eq!(split(1_000, Rounding::HalfUp), (won(909), won(91)));
    }

    #[test]
    fn zero_rated_and_exempt_bear_no_tax_and_quantities_have_fractions() {
        let of = |kind, quantity, unit_price| {
            compute(
                rules(Rounding::HalfUp, Basis::Document, false),
                &[Item { quantity: Qty(quantity), unit_price: Money(unit_price), kind }],
            )
            .unwrap()[0]
        };
        assert_eq!(of(TaxKind::ZeroRated, 10_000, won(1_000).0).tax, Money::ZERO);
        assert_eq!(of(TaxKind::Exempt, 10_000, won(1_000).0).total, won(1_000));
        // 2.5 × 333.3333 = 833.33325
        assert_eq!(of(TaxKind::Taxable, 25_000, 3_333_333), Amounts { supply: won(833), tax: won(83), total: won(916) });
        assert!(
            compute(
                rules(Rounding::Down, Basis::Line, false),
                &[Item { quantity: Qty(i64::MAX), unit_price: Money(i64::MAX), kind: TaxKind::Taxable }]
            )
            .is_none()
        );
    }

    #[test]
    fn parts_come_to_the_whole_whatever_their_signs() {
        let divide = |whole, weights: &[i64]| parts(won(whole), &weights.iter().map(|weight| won(*weight)).collect::<Vec<_>>(), 0);
        assert_eq!(divide(100, &[1, 1, 1]).unwrap(), [won(34), won(33), won(33)]);
        assert_eq!(divide(-100, &[-1, -1, -1]).unwrap().iter().copied().map(|part| part.0).sum::<i64>(), won(-100).0);
        assert_eq!(divide(-10, &[-300, 200]).unwrap().iter().copied().map(|part| part.0).sum::<i64>(), won(-10).0);
        assert_eq!(divide(0, &[0, 0]).unwrap(), [Money::ZERO; 2]);
        assert_eq!(divide(1, &[0, 0]), None);
    }

    proptest! {
        /// Whatever is divided, into whatever parts, in whatever currency.
        #[test]
        fn parts_come_to_their_whole(
            whole in -5_000_000_000_i64..5_000_000_000,
            weights in prop::collection::vec(1_i64..5_000_000_000_000, 1..20),
            places in prop::sample::select(vec![0_u32, 2, 3]),
            below_zero: bool,
        ) {
            let unit = i64::try_from(smallest(places)).unwrap();
            let whole = Money(whole / unit * unit);
            let weights: Vec<Money> = weights.iter().map(|weight| Money(if below_zero { -weight } else { *weight })).collect();
            let given = parts(whole, &weights, places).unwrap();
            prop_assert_eq!(given.iter().map(|part| part.0).sum::<i64>(), whole.0);
            let total: i128 = weights.iter().map(|weight| i128::from(weight.0)).sum();
            for (part, weight) in given.iter().zip(&weights) {
                prop_assert_eq!(part.0 % unit, 0);
                // off by less than the smallest part
                let off = i128::from(part.0) * total - i128::from(whole.0) * i128::from(weight.0);
                prop_assert!(off.abs() < i128::from(unit) * total.abs());
            }
        }

        #[test]
        fn supply_and_tax_come_to_the_total_and_the_lines_to_the_document(
            lines in prop::collection::vec((1_i64..50_000_000, 0_i64..50_000_000_000, 0..3_usize), 1..12),
            places in prop::sample::select(vec![0_u32, 2, 3]),
            rounding in prop::sample::select(vec![Rounding::Down, Rounding::HalfUp, Rounding::Up]),
            basis in prop::sample::select(vec![Basis::Line, Basis::Document]),
            prices_include_tax: bool,
        ) {
            let kinds = [TaxKind::Taxable, TaxKind::ZeroRated, TaxKind::Exempt];
            let items: Vec<Item> = lines.iter().map(|(quantity, price, kind)| Item { quantity: Qty(*quantity), unit_price: Money(*price), kind: kinds[*kind] }).collect();
            let all = compute(Rules { rounding, basis, places, prices_include_tax }, &items).unwrap();
            let unit = i64::try_from(smallest(places)).unwrap();
            for (item, line) in items.iter().zip(&all) {
                prop_assert_eq!(line.supply.0 + line.tax.0, line.total.0);
                prop_assert!(line.supply.0 % unit == 0 && line.tax.0 % unit == 0);
                prop_assert!(item.kind == TaxKind::Taxable || line.tax == Money::ZERO);
            }
            let whole = sum(&all).unwrap();
            prop_assert_eq!(whole.supply.0 + whole.tax.0, whole.total.0);
            if basis == Basis::Document {
                // the tax of the document is that of its taxable part as a whole
                let taxable: Vec<&Amounts> = items.iter().zip(&all).filter(|(item, _)| item.kind == TaxKind::Taxable).map(|(_, line)| line).collect();
                let price: i128 = taxable.iter().map(|line| i128::from(if prices_include_tax { line.total.0 } else { line.supply.0 })).sum();
                let by = if prices_include_tax { 11 } else { 10 };
                prop_assert_eq!(i128::from(whole.tax.0), divided(price, by * i128::from(unit), rounding) * i128::from(unit));
            }
        }
    }
}
