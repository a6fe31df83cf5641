//! Fractions of units, exact: 1 BOX = 12 EA, 1 G = 1/1000 KG. Pure.

use crate::units::Rounding;
use kernel::Qty;
use std::{
    collections::{HashMap, VecDeque},
    fmt,
};
use uuid::Uuid;

/// A positive fraction in its lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fraction {
    above: i128,
    below: i128,
}

fn common(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

impl Fraction {
    pub(crate) const ONE: Self = Self { above: 1, below: 1 };

    /// None unless both are positive.
    pub(crate) fn new(above: i64, below: i64) -> Option<Self> {
        if above <= 0 || below <= 0 {
            return None;
        }
        let (above, below) = (i128::from(above), i128::from(below));
        let by = common(above, below);
        Some(Self { above: above / by, below: below / by })
    }

    fn inverse(self) -> Self {
        Self { above: self.below, below: self.above }
    }

    /// None when the terms leave 128 bits.
    fn times(self, other: Self) -> Option<Self> {
        let (one, two) = (common(self.above, other.below), common(other.above, self.below));
        Some(Self { above: (self.above / one).checked_mul(other.above / two)?, below: (self.below / two).checked_mul(other.below / one)? })
    }

    /// A quantity times this, to four places, and whether that is exact; None when it is too large. Without a rounding,
    /// what is left over is cut off.
    pub(crate) fn of(self, quantity: Qty, round: Option<Rounding>) -> Option<(Qty, bool)> {
        let product = i128::from(quantity.0).checked_mul(self.above)?;
        let (whole, rest) = (product / self.below, product % self.below);
        let away = match round.unwrap_or(Rounding::Down) {
            Rounding::Down => false,
            Rounding::Up => rest != 0,
            Rounding::HalfUp => rest.unsigned_abs() >= self.below.unsigned_abs() - rest.unsigned_abs(),
        };
        let rounded = if away { whole + product.signum() } else { whole };
        Some((Qty(rounded.try_into().ok()?), rest == 0))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.below == 1 { write!(f, "{}", self.above) } else { write!(f, "{}/{}", self.above, self.below) }
    }
}

/// What one of `from` is in `to`, by the shortest way through what is known; None when nothing joins them.
pub(crate) fn between(known: &[(Uuid, Uuid, Fraction)], from: Uuid, to: Uuid) -> Option<Fraction> {
    let mut next: HashMap<Uuid, Vec<(Uuid, Fraction)>> = HashMap::new();
    for (one, other, fraction) in known {
        next.entry(*one).or_default().push((*other, *fraction));
        next.entry(*other).or_default().push((*one, fraction.inverse()));
    }
    let mut reached = HashMap::from([(from, Fraction::ONE)]);
    let mut waiting = VecDeque::from([from]);
    while let Some(unit) = waiting.pop_front() {
        let here = *reached.get(&unit)?;
        if unit == to {
            return Some(here);
        }
        for (neighbour, fraction) in next.get(&unit).into_iter().flatten() {
            if !reached.contains_key(neighbour)
                && let Some(there) = here.times(*fraction)
            {
                reached.insert(*neighbour, there);
                waiting.push_back(*neighbour);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Fraction, between};
    use crate::units::Rounding;
    use kernel::Qty;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn the_way_through_several_units_is_exact() {
        let of = |above, below| Fraction::new(above, below).unwrap();
        // 1 PALLET = 40 BOX, 1 BOX = 12 EA, 1 DOZEN = 12 EA
        let known = [(id(1), id(2), of(40, 1)), (id(2), id(3), of(12, 1)), (id(4), id(3), of(12, 1))];
        assert_eq!(between(&known, id(1), id(3)), Some(of(480, 1)));
        assert_eq!(between(&known, id(3), id(1)), Some(of(1, 480)));
        assert_eq!(between(&known, id(2), id(4)), Some(Fraction::ONE));
        assert_eq!(between(&known, id(5), id(5)), Some(Fraction::ONE));
        assert_eq!(between(&known, id(1), id(9)), None);
        assert_eq!((of(2, 4).to_string(), of(24, 2).to_string()), ("1/2".to_owned(), "12".to_owned()));
        assert!(Fraction::new(0, 1).is_none() && Fraction::new(1, 0).is_none() && Fraction::new(-1, -1).is_none());
    }

    #[test]
    fn rounding_is_asked_for() {
        let third = Fraction::new(1, 3).unwrap();
        assert_eq!(third.of(Qty(20_000), None), Some((Qty(6666), false)));
        assert_eq!(third.of(Qty(20_000), Some(Rounding::HalfUp)), Some((Qty(6667), false)));
        assert_eq!(third.of(Qty(10_000), Some(Rounding::HalfUp)), Some((Qty(3333), false)));
        assert_eq!(third.of(Qty(10_000), Some(Rounding::Up)), Some((Qty(3334), false)));
        assert_eq!(third.of(Qty(-20_000), Some(Rounding::HalfUp)), Some((Qty(-6667), false)));
        let half = Fraction::new(1, 2).unwrap();
        assert_eq!(half.of(Qty(1), Some(Rounding::HalfUp)), Some((Qty(1), false)), "a half goes away from zero");
        assert_eq!(half.of(Qty(-1), Some(Rounding::HalfUp)), Some((Qty(-1), false)));
        assert_eq!(Fraction::new(2, 1).unwrap().of(Qty(i64::MAX), None), None);
        assert_eq!(half.of(Qty(30_000), Some(Rounding::Up)), Some((Qty(15_000), true)));
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_quantity(quantity in -1_000_000_000_i64..1_000_000_000, above in 1_i64..100_000, below in 1_i64..100_000) {
            let known = [(id(1), id(2), Fraction::new(above, below).unwrap())];
            let (there, back) = (between(&known, id(1), id(2)).unwrap(), between(&known, id(2), id(1)).unwrap());
            prop_assert_eq!(there.times(back), Some(Fraction::ONE));
            if let Some((converted, true)) = there.of(Qty(quantity), None) {
                prop_assert_eq!(back.of(converted, None), Some((Qty(quantity), true)));
            }
        }

        #[test]
        fn a_rounded_quantity_is_less_than_one_place_away(quantity in -1_000_000_000_i64..1_000_000_000, above in 1_i64..1000, below in 1_i64..1000) {
            let factor = Fraction::new(above, below).unwrap();
            for round in [Rounding::HalfUp, Rounding::Down, Rounding::Up] {
                let (result, _) = factor.of(Qty(quantity), Some(round)).unwrap();
                    let error = result.to_decimal() * rust_decimal::Decimal::from(below) - quantity_times(quantity, above);
                    prop_assert!(error.abs() < rust_decimal::Decimal::new(1, 4) * rust_decimal::Decimal::from(below));
            }
        }
    }

    fn quantity_times(quantity: i64, above: i64) -> rust_decimal::Decimal {
        Qty(quantity).to_decimal() * rust_decimal::Decimal::from(above)
    }
}
