use crate::{
    schema::{NAME, with_keywords},
    text::string_value,
};
use paperclip::v2::{
    models::{DataType, DefaultSchemaRaw},
    schema::Apiv2Schema,
};
use sea_orm::{
    ActiveValue, ColIdx, IntoActiveValue, QueryResult, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, StringLen, ValueType, ValueTypeErr},
};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{fmt, ops::Deref};

/// A telephone number as people write it: `^\+?[0-9\-\(\) ]{8,20}$`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    const PATTERN: &'static str = r"^\+?[0-9\-\(\) ]{8,20}$";

    /// # Errors
    /// When it holds other characters or has not 8 to 20 of them.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let rest = text.strip_prefix('+').unwrap_or(text);
        if !(8..=20).contains(&rest.len()) || !rest.bytes().all(|b| b.is_ascii_digit() || b"-() ".contains(&b)) {
            return Err("must be a phone number of 8 to 20 digits, spaces, hyphens or parentheses");
        }
        // a number that claims to be of here, or to be dialled from anywhere, has to be one
        let claims = text.starts_with('+') || (rest.starts_with('0') && !rest.starts_with("00"));
        if claims && e164(text).is_none() {
            return Err("must be a valid phone number");
        }
        Ok(Self(text.to_owned()))
    }

    /// The number as it is dialled from anywhere: `02-312-3456` is `+8223123456`. None where it has no such form, or
    /// where nobody can say (a local number without its area).
    #[must_use]
    pub fn e164(&self) -> Option<String> {
        e164(&self.0)
    }
}
string_value!(Phone);

/// ITU-T E.164; what says no country is of Korea (82).
fn e164(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let of_here = |national: &str| korean(national).then(|| format!("+82{national}"));
    match (text.trim_start().starts_with('+'), digits.strip_prefix("82"), digits.strip_prefix('0')) {
        // the zero stays in +82 (0)2 by mistake
        (true, Some(national), _) => of_here(national.strip_prefix('0').unwrap_or(national)),
        (true, None, _) => ((7..=15).contains(&digits.len()) && !digits.starts_with('0')).then(|| format!("+{digits}")),
        (false, _, Some(national)) => of_here(national),
        // 1588-1234 has no area and keeps all its digits
        (false, ..) => {
            (digits.len() == 8 && ["15", "16", "18"].iter().any(|kind| digits.starts_with(kind))).then(|| format!("+82{digits}"))
        }
    }
}

/// Whether this is a Korean number without its leading zero: area or kind, and as many digits as it has.
fn korean(national: &str) -> bool {
    const KINDS: [(&str, std::ops::RangeInclusive<usize>); 9] =
        [("2", 7..=8), ("3", 8..=9), ("4", 8..=9), ("5", 8..=10), ("6", 8..=10), ("10", 8..=8), ("1", 8..=9), ("70", 8..=8), ("80", 7..=8)];
    if national.len() == 8 && ["15", "16", "18"].iter().any(|kind| national.starts_with(kind)) {
        return true;
    }
    let kind = KINDS.iter().filter(|(kind, _)| national.starts_with(kind)).max_by_key(|(kind, _)| kind.len());
    kind.is_some_and(|(kind, rest)| rest.contains(&(national.len() - kind.len())))
}

impl Apiv2Schema for Phone {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({NAME: "Phone", "pattern": Self::PATTERN}), "02-1234-5678".into())
    }
}

#[cfg(test)]
mod tests {
    use super::Phone;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for (written, dialled) in [
            ("010-1234-5678", Some("+821012345678")),
            ("+82 10-1234-5678", Some("+821012345678")),
            ("+82 (0)10 1234 5678", Some("+821012345678")),
            ("02-312-3456", Some("+8223123456")),
            ("02) 1234-5678", Some("+82212345678")),
            ("031-123-4567", Some("+82311234567")),
            ("0505-123-4567", Some("+825051234567")),
            ("070-1234-5678", Some("+827012345678")),
            ("080-123-4567", Some("+82801234567")),
            ("011-123-4567", Some("+82111234567")),
            ("1588-1234", Some("+8215881234")),
            ("+1 (415) 555-2671", Some("+14155552671")),
            ("312-34567", None),
            ("00798-14-800-1234", None),
        ] {
            assert_eq!(Phone::parse(written).unwrap().e164().as_deref(), dialled, "{written}");
        }
    }

    #[test]
    fn what_cannot_be_dialled_is_refused() {
        assert!(Phone::parse("+82 (2) 1234-5678").is_ok());
        assert!(Phone::parse("1234").is_err());
        for invented in ["010-1234-567", "02-12-34567890", "+82 10 1234", "0900-1234-567", "+0123456789"] {
            assert!(Phone::parse(invented).is_err(), "{invented}");
        }
    }
}
