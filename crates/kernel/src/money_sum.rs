use crate::{Money, schema::with_keywords};
use paperclip::v2::{
    models::{DataType, DefaultSchemaRaw},
    schema::Apiv2Schema,
};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable};
use serde::{Serialize, Serializer};
use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub},
};

/// What a sum is split at in the database: the whole billions of each amount are added up, and what is left of each.
const SPLIT: i128 = 1_000_000_000;

/// A sum of amounts of money, in the same unit as [`Money`]. It is wider than one amount, so that no number of them overflows or is cut off:
/// what must be kept as one amount goes through [`MoneySum::money`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MoneySum(pub i128);

impl MoneySum {
    pub const ZERO: Self = Self(0);

    /// The sum as one amount; none when it cannot be kept as one.
    #[must_use]
    pub fn money(self) -> Option<Money> {
        i64::try_from(self.0).ok().map(Money)
    }

    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// SQL that adds up amounts on either database without overflow, in a column this type reads. `amount` is an expression over one row.
    #[must_use]
    pub fn of(amount: &str) -> String {
        let [billions, rest] = Self::parts(amount);
        Self::of_parts(&billions, &rest)
    }

    /// SQL of the parts of one amount: whole billions, and what is left.
    #[must_use]
    pub fn parts(amount: &str) -> [String; 2] {
        [format!("({amount}) / {SPLIT}"), format!("({amount}) % {SPLIT}")]
    }

    /// [`MoneySum::of`] where the [`MoneySum::parts`] of each row are there already.
    #[must_use]
    pub fn of_parts(billions: &str, rest: &str) -> String {
        format!("CAST(COALESCE(SUM({billions}), 0) AS text) || ':' || CAST(COALESCE(SUM({rest}), 0) AS text)")
    }
}

impl From<Money> for MoneySum {
    fn from(amount: Money) -> Self {
        Self(amount.0.into())
    }
}

impl Add for MoneySum {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for MoneySum {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for MoneySum {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for MoneySum {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum<Money> for MoneySum {
    fn sum<I: Iterator<Item = Money>>(items: I) -> Self {
        Self(items.map(|item| i128::from(item.0)).sum())
    }
}

impl Sum for MoneySum {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        Self(items.map(|item| item.0).sum())
    }
}

/// A sum that must be kept as one amount: none when it is too large.
impl Sum<Money> for Option<Money> {
    fn sum<I: Iterator<Item = Money>>(items: I) -> Self {
        items.sum::<MoneySum>().money()
    }
}

impl fmt::Display for MoneySum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u128.pow(Money::SCALE);
        let (whole, rest) = (self.0.unsigned_abs() / unit, self.0.unsigned_abs() % unit);
        let text = if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:04}").trim_end_matches('0').to_owned() };
        f.pad_integral(self.0 >= 0, "", &text)
    }
}

impl Serialize for MoneySum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl TryGetable for MoneySum {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, index)?;
        let parts = text.split_once(':').and_then(|(billions, rest)| Some((billions.parse::<i128>().ok()?, rest.parse::<i128>().ok()?)));
        parts
            .map(|(billions, rest)| Self(billions * SPLIT + rest))
            .ok_or_else(|| TryGetError::DbErr(DbErr::Type(format!("not a sum of amounts: {text}"))))
    }
}

impl Apiv2Schema for MoneySum {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({"format": "decimal4"}), "110000".into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Money, MoneySum};

    /// Fault F5: the sum of amounts stopped at the largest amount without a word.
    #[test]
    fn a_sum_is_wider_than_its_amounts_and_is_never_cut_off() {
        let most = Money(i64::MAX);
        assert_eq!([most, most].into_iter().sum::<MoneySum>().to_string(), "1844674407370955.1614");
        assert_eq!([most, Money(1)].into_iter().sum::<Option<Money>>(), None);
        assert_eq!([most, Money(-1)].into_iter().sum::<Option<Money>>(), Some(Money(i64::MAX - 1)));
        assert_eq!(serde_json::to_string(&-MoneySum::from(Money(12_500))).unwrap(), "\"-1.25\"");
        assert_eq!(
            (MoneySum::ZERO.to_string(), MoneySum(-1).to_string(), MoneySum(1_100_000_000).to_string()),
            ("0".into(), "-0.0001".into(), "110000".into())
        );
    }

    #[test]
    fn it_is_written_as_an_amount_is() {
        for units in [0, 1, -1, 10_000, -12_345, 12_300, i64::MAX, i64::MIN + 1] {
            assert_eq!(MoneySum(units.into()).to_string(), Money(units).to_string());
        }
    }
}
