//! The arithmetic of an entry: pure.

use super::entry::Model;
use adm::rates::Conversion;
use kernel::{Day, Error, Money, Result};
use serde_json::json;

/// Both sides of a line; one of them is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    pub debit: Money,
    pub credit: Money,
}

impl Sides {
    /// The line of a reversal.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { debit: self.credit, credit: self.debit }
    }
}

/// The refusal of what adds up to more than an amount can be.
pub fn too_large() -> Error {
    crate::rules::TOO_LARGE.error()
}

/// What the lines come to on each side.
///
/// # Errors
/// When a sum cannot be kept (±922 trillion).
pub fn totals(lines: impl IntoIterator<Item = Sides>) -> Result<Sides> {
    lines.into_iter().try_fold(Sides::default(), |sum, line| {
        let debit = sum.debit.checked_add(line.debit).ok_or_else(too_large)?;
        let credit = sum.credit.checked_add(line.credit).ok_or_else(too_large)?;
        Ok(Sides { debit, credit })
    })
}

/// Σ debit = Σ credit, in at least two lines; answers the sum of one side.
///
/// # Errors
/// 422 on `lines`: `two_lines`, or `balanced` with both sums and the difference (debit positive) in the detail.
pub fn balanced(lines: &[Sides]) -> Result<Money> {
    if lines.len() < 2 {
        return Err(Error::field(
            "lines",
            "two_lines",
            "전표에는 차변과 대변이 하나 이상씩 있어야 합니다.",
            "must contain at least one debit and one credit line",
        ));
    }
    let sum = totals(lines.iter().copied())?;
    if sum.debit == sum.credit {
        return Ok(sum.debit);
    }
    let difference = sum.debit.checked_sub(sum.credit).ok_or_else(too_large)?;
    Err(Error::field(
        "lines",
        "balanced",
        format!("차변 합계({})와 대변 합계({})가 같아야 합니다. 차이는 {difference}입니다.", sum.debit, sum.credit),
        format!("must balance: debit {} and credit {} differ by {difference}", sum.debit, sum.credit),
    )
    .with("debit", sum.debit.to_string())
    .with("credit", sum.credit.to_string())
    .with("difference", difference.to_string()))
}

/// The lines in the company's currency: each amount times the rate, rounded half up to `places`. What rounding leaves between
/// the two sides goes to the largest line of the side that came out smaller, so that the sides agree when the lines do.
///
/// # Errors
/// When an amount cannot be kept.
pub fn in_base(lines: &[Sides], rate: impl Into<Conversion>, places: u32) -> Result<Vec<Sides>> {
    let rate = rate.into();
    let convert = |amount: Money| rate.worth(amount, places).ok_or_else(too_large);
    let mut base =
        lines.iter().map(|line| Ok(Sides { debit: convert(line.debit)?, credit: convert(line.credit)? })).collect::<Result<Vec<_>>>()?;
    if balanced(lines).is_ok() {
        let sum = totals(base.iter().copied())?;
        let gap = sum.debit.checked_sub(sum.credit).ok_or_else(too_large)?;
        let smaller = base.iter_mut().map(|line| if gap.is_negative() { &mut line.debit } else { &mut line.credit });
        if gap != Money::ZERO
            && let Some(largest) = smaller.max_by_key(|amount| amount.0)
        {
            *largest = largest.checked_add(Money(gap.0.abs())).ok_or_else(too_large)?;
        }
    }
    Ok(base)
}

/// Whether an amount has no more digits than its currency.
#[must_use]
pub fn fits(amount: Money, places: u32) -> bool {
    amount.to_decimal().scale() <= places
}

/// Whether a posted entry may be reversed by hand.
///
/// # Errors
/// 409 `fim.entry_of_document` for one that only its document reverses, with the document; 409 `fim.is_reversal` for one that reverses
/// another.
pub fn may_be_reversed(entry: &Model) -> Result<()> {
    if entry.is_document_bound {
        let words = [entry.ref_doc_type.as_deref(), entry.ref_doc_no.as_deref()];
        let document = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        return Err(crate::rules::ENTRY_OF_DOCUMENT
            .filled(&[("document", &document)])
            .with("ref_doc_type", json!(entry.ref_doc_type))
            .with("ref_doc_id", json!(entry.ref_doc_id))
            .with("ref_doc_no", json!(entry.ref_doc_no)));
    }
    if entry.reverses_je_id.is_some() {
        return Err(crate::rules::IS_REVERSAL.error());
    }
    Ok(())
}

/// A step is not dated ahead: its day is at most `last`, today or the day of what it is done to.
///
/// # Errors
/// 422 `maximum` on `field`, with the last day that may be.
pub fn not_ahead(field: &'static str, day: Option<Day>, last: Day) -> Result<()> {
    if day.is_none_or(|day| day <= last) {
        return Ok(());
    }
    Err(Error::field(field, "maximum", format!("{last}보다 늦을 수 없습니다."), format!("must not be after {last}")))
}

/// `2026-03`.
#[must_use]
pub fn period_of(day: Day) -> String {
    format!("{:04}-{:02}", day.0.year(), u8::from(day.0.month()))
}

/// The fiscal year a day lies in, named after the calendar year it begins in.
#[must_use]
pub fn fiscal_year_of(day: Day, starts_in: u8) -> i32 {
    day.0.year() - i32::from(u8::from(day.0.month()) < starts_in)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Rate;
    use proptest::prelude::*;

    fn whole(units: i64) -> Option<Money> {
        Money::from_decimal(units.into())
    }

    fn won(debit: i64, credit: i64) -> Sides {
        Sides { debit: whole(debit).unwrap(), credit: whole(credit).unwrap() }
    }

    #[test]
    fn an_entry_that_is_off_by_one_won_is_refused_with_the_difference() {
        let rule = |lines: &[Sides]| balanced(lines).unwrap_err().fields()[0].rule.to_string();
        assert_eq!(rule(&[won(110_000, 0), won(0, 100_000), won(0, 9_999)]), "balanced");
        assert_eq!(balanced(&[won(110_000, 0), won(0, 100_000), won(0, 10_000)]).unwrap(), whole(110_000).unwrap());
        assert_eq!(rule(&[won(1, 0)]), "two_lines");
        assert_eq!(rule(&[]), "two_lines");
    }

    #[test]
    fn a_sum_that_cannot_be_kept_is_an_error_and_no_wrong_number() {
        let most = Sides { debit: Money(i64::MAX), credit: Money::ZERO };
        assert_eq!(totals([most, most]).unwrap_err().rule_name(), Some("fim.too_large"));
    }

    #[test]
    fn a_fiscal_year_is_named_after_the_year_it_begins_in() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(fiscal_year_of(day("2026-03-31"), 4), 2025);
        assert_eq!(fiscal_year_of(day("2026-04-01"), 4), 2026);
        assert_eq!(fiscal_year_of(day("2026-01-01"), 1), 2026);
        assert_eq!(period_of(day("2026-03-31")), "2026-03");
    }

    proptest! {
        /// Whatever the rate and the digits of the company's currency: lines that agree agree in base, and none turns around.
        #[test]
        fn what_balances_balances_in_base(
            amounts in prop::collection::vec(1_i64..5_000_000_000, 1..12),
            rate in 1_i64..500_000_000_000,
            places in prop::sample::select(vec![0_u32, 2, 3]),
        ) {
            let mut lines: Vec<Sides> = amounts.iter().map(|amount| Sides { debit: Money(*amount), credit: Money::ZERO }).collect();
            lines.push(Sides { debit: Money::ZERO, credit: Money(amounts.iter().sum()) });
            let base = in_base(&lines, Rate(rate), places).unwrap();
            let sum = totals(base.iter().copied()).unwrap();
            prop_assert_eq!(sum.debit, sum.credit);
            for (line, base) in lines.iter().zip(&base) {
                prop_assert!(base.debit.0 >= 0 && base.credit.0 >= 0);
                prop_assert!(fits(base.debit, places) && fits(base.credit, places));
                prop_assert!((line.debit == Money::ZERO) <= (base.debit == Money::ZERO), "no line gets a second side");
            }
        }

        #[test]
        fn a_reversal_and_its_entry_come_to_nothing(amounts in prop::collection::vec(1_i64..1_000_000, 1..8)) {
            let lines: Vec<Sides> = amounts.iter().map(|amount| Sides { debit: Money(*amount), credit: Money::ZERO }).collect();
            let both = totals(lines.iter().copied().chain(lines.iter().map(|line| line.swapped()))).unwrap();
            prop_assert_eq!(both.debit, both.credit);
        }
    }
}
