use crate::schema::with_keywords;
use paperclip::v2::{
    models::{DataType, DefaultSchemaRaw},
    schema::Apiv2Schema,
};
use rust_decimal::Decimal;
use sea_orm::DeriveValueType;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};

/// Significant digits a JSON number may carry: what an IEEE double keeps exactly.
pub const NUMBER_DIGITS: usize = 15;

macro_rules! fixed_point {
    ($(#[$doc:meta])* $name:ident, scale $scale:literal, example $example:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
        pub struct $name(pub i64);

        impl $name {
            /// Digits behind the point.
            pub const SCALE: u32 = $scale;
            pub const ZERO: Self = Self(0);

            /// For arithmetic between; comes back by [`Self::from_decimal`].
            #[must_use]
            pub fn to_decimal(self) -> Decimal {
                Decimal::new(self.0, Self::SCALE).normalize()
            }

            /// None when it has more digits behind the point than the scale, or is too large.
            #[must_use]
            pub fn from_decimal(value: Decimal) -> Option<Self> {
                let mut value = value.normalize();
                if value.scale() > Self::SCALE {
                    return None;
                }
                value.rescale(Self::SCALE);
                // rescale stops where 96 bits do not suffice
                (value.scale() == Self::SCALE).then(|| value.mantissa().try_into().ok().map(Self)).flatten()
            }

            #[must_use]
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }

            #[must_use]
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }

            #[must_use]
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// No digit behind the point, as amounts in KRW must be.
            #[must_use]
            pub const fn is_whole(self) -> bool {
                self.0 % 10_i64.pow(Self::SCALE) == 0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.to_decimal().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = &'static str;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                exact(text)
                    .and_then(Self::from_decimal)
                    .ok_or(concat!("must be a decimal number with at most ", stringify!($scale), " decimal places"))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(FixedVisitor)?.parse().map_err(de::Error::custom)
            }
        }

        impl Apiv2Schema for $name {
            fn raw_schema() -> DefaultSchemaRaw {
                let keywords = serde_json::json!({
                    "type": ["string", "number"],
                    "format": concat!("decimal", stringify!($scale)),
                });
                with_keywords(DataType::String, &keywords, $example.into())
            }
        }
    };
}

fixed_point! {
    /// An amount of money, exact: 1/10,000 of the currency unit (BIGINT in both databases),
    /// a decimal string on the wire. Reaches ±922 trillion.
    ///
    /// SeaORM's `Decimal` is a REAL in SQLite: 99999999999999.9999 comes back as 10^14.
    Money, scale 4, example "110000"
}
fixed_point! {
    /// A quantity of goods, exact to four places.
    Qty, scale 4, example "12.5"
}
fixed_point! {
    /// An exchange rate or a percentage, exact to eight places.
    Rate, scale 8, example "1382.5"
}

/// A decimal as people and programs write it: `-`, digits, and a point with digits behind it. No `+`, no exponent, no separators, no
/// point without digits on both sides, and the digits of ASCII only.
fn exact(text: &str) -> Option<Decimal> {
    let (whole, part) = match text.strip_prefix('-').unwrap_or(text).split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (text.strip_prefix('-').unwrap_or(text), None),
    };
    let are_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (are_digits(whole) && part.is_none_or(are_digits)).then(|| Decimal::from_str_exact(text).ok()).flatten()
}

/// Accepts a string, or a number of at most [`NUMBER_DIGITS`] digits; answers its text.
struct FixedVisitor;

impl de::Visitor<'_> for FixedVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal string, or a number of at most 15 digits")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
        self.visit_u64(number.unsigned_abs())?;
        Ok(number.to_string())
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
        let text = number.to_string();
        if text.len() > NUMBER_DIGITS {
            return Err(E::custom("must be sent as a string when it has more than 15 digits"));
        }
        Ok(text)
    }
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<String, E> {
        // the shortest text that reads back as this double: what the sender wrote, if it had ≤ 15 digits. Whether it had,
        // only its text can say: `envelope` asks that before it makes a double of it
        let text = number.to_string();
        let digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
        if !number.is_finite() || digits > NUMBER_DIGITS {
            return Err(E::custom("must be sent as a string when it has more than 15 digits"));
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Money, Rate};
    use proptest::prelude::*;

    fn read(json: &str) -> Result<Money, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }

    #[test]
    fn reads_strings_and_short_numbers_and_writes_strings() {
        assert_eq!(read("\"110000\"").unwrap(), Money(1_100_000_000));
        assert_eq!(read("12.5").unwrap(), Money(125_000));
        assert_eq!(read("-3").unwrap(), Money(-30_000));
        assert_eq!(read("99999999999.9999").unwrap().to_string(), "99999999999.9999");
        assert_eq!(read("-900000000000001").unwrap().to_string(), "-900000000000001");
        assert_eq!(serde_json::to_string(&read("\"12.5000\"").unwrap()).unwrap(), "\"12.5\"");
        assert_eq!(read("\"99999999999999.9999\"").unwrap().to_string(), "99999999999999.9999");
    }

    #[test]
    fn refuses_what_it_cannot_keep() {
        // Fault F18: what is no decimal was taken for one
        for bad in ["1_000", ".5", "5.", "+5", "1e3", "1E3", "1,000", " 5", "5 ", "٥", "５", "-", ".", "--5", "-.5", "−5", "0x10", "1.2.3"]
        {
            assert!(bad.parse::<Money>().is_err() && bad.parse::<Rate>().is_err() && bad.parse::<super::Qty>().is_err(), "{bad}");
        }
        for bad in ["\"1.00001\"", "\"abc\"", "\"\"", "1234567890123456", "\"922337203685477.5808\"", "1e30", "null", "true"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_whole_amount_has_nothing_behind_the_point() {
        assert!(Money(10_000).is_whole());
        assert!(!Money(10_001).is_whole());
        assert_eq!("1382.12345678".parse::<Rate>().unwrap().0, 138_212_345_678);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(units in any::<i64>()) {
            let text = serde_json::to_string(&Money(units)).unwrap();
            prop_assert_eq!(read(&text).unwrap(), Money(units));
        }
    }
}
