use crate::{schema::with_keywords, text::string_value};
use paperclip::v2::{
    models::{DataType, DefaultSchemaRaw},
    schema::Apiv2Schema,
};
use sea_orm::{
    ActiveValue, ColIdx, IntoActiveValue, QueryResult, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, StringLen, ValueType, ValueTypeErr},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, ops::Deref};

/// A Korean business registration number (사업자등록번호): stored as ten digits, shown as
/// `NNN-NN-NNNNN`. The last digit is a checksum over the others (국세청).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BizNo(String);

impl BizNo {
    /// # Errors
    /// When it is not ten digits (hyphens and blanks aside) with a right checksum.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        if digits.len() != 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err("must be a business registration number of 10 digits");
        }
        if !Self::checksum_holds(digits.as_bytes()) {
            return Err("must be a valid business registration number: the check digit is wrong");
        }
        Ok(Self(digits))
    }

    /// Weights 1 3 7 1 3 7 1 3 5; the ninth product also counts its tens.
    fn checksum_holds(digits: &[u8]) -> bool {
        const WEIGHTS: [u32; 9] = [1, 3, 7, 1, 3, 7, 1, 3, 5];
        let digit = |i: usize| u32::from(digits[i] - b'0');
        let sum: u32 = WEIGHTS.iter().enumerate().map(|(i, weight)| digit(i) * weight).sum::<u32>() + digit(8) * 5 / 10;
        (10 - sum % 10) % 10 == digit(9)
    }
}
string_value!(BizNo);

impl BizNo {
    /// With hyphens, as people write it.
    #[must_use]
    pub fn hyphenated(&self) -> String {
        match (self.0.get(..3), self.0.get(3..5), self.0.get(5..)) {
            (Some(office), Some(kind), Some(serial)) => format!("{office}-{kind}-{serial}"),
            _ => self.0.clone(),
        }
    }
}

impl Serialize for BizNo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hyphenated())
    }
}

impl Apiv2Schema for BizNo {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({"format": "biz-no"}), "124-81-00998".into())
    }
}

#[cfg(test)]
mod tests {
    use super::BizNo;

    #[test]
    fn the_check_digit_decides() {
        // the last but one has a sum that ends in 0, so a check digit of 0
        for good in
            ["124-81-00998", "2208162517", "220 81 62517", "123-45-67891", "116-82-00276", "134-86-72683", "220-81-14510", "120-81-47521"]
        {
            assert!(BizNo::parse(good).is_ok(), "{good}");
        }
        for bad in ["124-81-00999", "116-82-00277", "124-81-0099", "", "가나다", "12481009980"] {
            assert!(BizNo::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn stored_as_digits_shown_with_hyphens() {
        let number = BizNo::parse("220-81-62517").unwrap();
        assert_eq!(&*number, "2208162517");
        assert_eq!(serde_json::to_string(&number).unwrap(), "\"220-81-62517\"");
    }

    #[test]
    fn one_wrong_digit_is_always_noticed_but_for_the_ninth() {
        let good = b"2208162517";
        for place in 0..8 {
            for digit in b'0'..=b'9' {
                let mut changed = *good;
                changed[place] = digit;
                assert_eq!(BizNo::checksum_holds(&changed), digit == good[place], "place {place}");
            }
        }
    }
}
