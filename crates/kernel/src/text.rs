//! Text as people type it: trimmed, in Unicode normal form C, of a known length.

use crate::schema::with_keywords;
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
use unicode_normalization::UnicodeNormalization;

/// Trimmed and NFC, inner runs of blanks kept as one: two keys that look alike are alike.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect()
}

/// Gives a tuple struct over a `String` its serde, SeaORM and OpenAPI faces.
macro_rules! string_value {
    ($name:ident $(<const $n:ident: usize>)?) => {
        impl $(<const $n: usize>)? Deref for $name$(<$n>)? {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl $(<const $n: usize>)? fmt::Display for $name$(<$n>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self)
            }
        }
        impl<'de $(, const $n: usize)?> Deserialize<'de> for $name$(<$n>)? {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
        impl $(<const $n: usize>)? From<$name$(<$n>)?> for Value {
            fn from(text: $name$(<$n>)?) -> Self {
                text.0.into()
            }
        }
        impl $(<const $n: usize>)? TryGetable for $name$(<$n>)? {
            fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                String::try_get_by(row, index).map(Self)
            }
        }
        impl $(<const $n: usize>)? ValueType for $name$(<$n>)? {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                <String as ValueType>::try_from(value).map(Self)
            }
            fn type_name() -> String {
                stringify!($name).to_owned()
            }
            fn array_type() -> ArrayType {
                ArrayType::String
            }
            fn column_type() -> ColumnType {
                ColumnType::String(StringLen::None)
            }
        }
        impl $(<const $n: usize>)? Nullable for $name$(<$n>)? {
            fn null() -> Value {
                <String as Nullable>::null()
            }
        }
        impl $(<const $n: usize>)? IntoActiveValue<Self> for $name$(<$n>)? {
            fn into_active_value(self) -> ActiveValue<Self> {
                ActiveValue::Set(self)
            }
        }
    };
}
pub(crate) use string_value;

fn length(text: &str, max: usize) -> Result<(), &'static str> {
    match text.chars().count() {
        0 => Err("may not be empty"),
        n if n > max => Err("is too long"),
        _ => Ok(()),
    }
}

/// One line of text of 1 to `MAX` characters: names, titles, addresses. No control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// # Errors
    /// When it is empty after trimming, longer than `MAX`, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = tidy(text);
        length(&text, MAX)?;
        if text.chars().any(char::is_control) {
            return Err("holds control characters");
        }
        Ok(Self(text))
    }
}
string_value!(Text<const MAX: usize>);

impl<const MAX: usize> Apiv2Schema for Text<MAX> {
    fn raw_schema() -> DefaultSchemaRaw {
        // at least one character that is not blank, and none that is a control character
        with_keywords(
            DataType::String,
            &serde_json::json!({"minLength": 1, "maxLength": MAX, "pattern": r"^[^\x00-\x08\x0e-\x1f\x7f]*\S[^\x00-\x08\x0e-\x1f\x7f]*$"}),
            "문자열".into(),
        )
    }
}

/// Text of several lines, up to 4,000 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Memo(String);

impl Memo {
    pub const MAX: usize = 4000;

    /// # Errors
    /// When it is empty after trimming, too long, or holds a NUL.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text: String = text.trim().nfc().collect();
        length(&text, Self::MAX)?;
        if text.contains('\0') {
            return Err("holds a NUL character");
        }
        Ok(Self(text))
    }
}
string_value!(Memo);

impl Apiv2Schema for Memo {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(
            DataType::String,
            &serde_json::json!({"minLength": 1, "maxLength": Self::MAX, "pattern": r"^[^\x00]*\S[^\x00]*$"}),
            "설명".into(),
        )
    }
}

/// A business code: 1 to `MAX` of `A-Z 0-9 _ -`, upper case however it was typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CodeText<const MAX: usize>(String);

impl<const MAX: usize> CodeText<MAX> {
    /// # Errors
    /// When it is empty, longer than `MAX`, or holds other characters.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().to_ascii_uppercase();
        length(&text, MAX)?;
        if !text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_' || b == b'-') {
            return Err("holds other characters than A-Z 0-9 _ -");
        }
        Ok(Self(text))
    }
}
string_value!(CodeText<const MAX: usize>);

impl<const MAX: usize> Apiv2Schema for CodeText<MAX> {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({"pattern": format!(r"^\s*[A-Za-z0-9_-]{{1,{MAX}}}\s*$")}), "A-100".into())
    }
}

/// A sign-in name: 3 to 100 characters without blanks; compared and kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Login(String);

impl Login {
    /// # Errors
    /// When its length is out of range or it holds blanks or control characters.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text: String = text.trim().nfc().collect::<String>().to_lowercase();
        if !(3..=100).contains(&text.chars().count()) {
            return Err("must have 3 to 100 characters");
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("holds blanks or control characters");
        }
        Ok(Self(text))
    }
}
string_value!(Login);

impl Apiv2Schema for Login {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({"pattern": r"^\s*[^\s\x00-\x1f\x7f]{3,100}\s*$"}), "hong.gildong".into())
    }
}

/// The code of a company: 3 to 20 of `a-z 0-9 _ -`, compared and kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CompanyCode(String);

impl CompanyCode {
    /// # Errors
    /// When its length is out of range or it holds other characters.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().to_ascii_lowercase();
        if !(3..=20).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return Err("must be 3 to 20 of a-z 0-9 _ -");
        }
        Ok(Self(text))
    }
}
string_value!(CompanyCode);

impl Apiv2Schema for CompanyCode {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({"pattern": r"^\s*[A-Za-z0-9_-]{3,20}\s*$"}), "hanbit".into())
    }
}

/// A language tag: `ko-KR`, `en`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Locale(String);

impl Locale {
    const PATTERN: &'static str = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,6})?$";

    /// # Errors
    /// When it has not the shape of a language with an optional region.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (language, region) = text.split_once('-').unwrap_or((text, "KR"));
        let letters = (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
        if !letters || !(2..=6).contains(&region.len()) || !region.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err("is not a language tag");
        }
        Ok(Self(text.to_owned()))
    }
}
string_value!(Locale);

impl Apiv2Schema for Locale {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({"pattern": Self::PATTERN}), "ko-KR".into())
    }
}

/// A currency by its ISO 4217 code: three letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Currency(String);

impl Currency {
    /// # Errors
    /// When it is not three letters.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().to_ascii_uppercase();
        if text.len() != 3 || !text.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err("is not a currency code");
        }
        Ok(Self(text))
    }
}
string_value!(Currency);

impl Apiv2Schema for Currency {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({"pattern": r"^\s*[A-Za-z]{3}\s*$"}), "KRW".into())
    }
}

/// An e-mail address, compared and kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// # Errors
    /// When it has not the shape `local@domain`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().to_lowercase();
        let shape = text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !domain.contains('@')
        });
        if !shape || text.len() > 255 || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("is not an e-mail address");
        }
        Ok(Self(text))
    }
}
string_value!(Email);

impl Apiv2Schema for Email {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(
            DataType::String,
            &serde_json::json!({"maxLength": 255, "pattern": r"^\s*[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+\s*$"}),
            "hong@example.com".into(),
        )
    }
}

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
            return Err("is not a telephone number");
        }
        // a number that claims to be of here, or to be dialled from anywhere, has to be one
        let claims = text.starts_with('+') || (rest.starts_with('0') && !rest.starts_with("00"));
        if claims && e164(text).is_none() {
            return Err("is not a telephone number that exists");
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
        with_keywords(DataType::String, &serde_json::json!({"pattern": Self::PATTERN}), "02-1234-5678".into())
    }
}

#[cfg(test)]
mod tests {
    use super::{CodeText, Email, Login, Phone, Text};

    #[test]
    fn text_is_trimmed_composed_and_of_one_blank() {
        assert_eq!(&*Text::<20>::parse("  한빛\u{3000} 상사 ").unwrap(), "한빛 상사");
        // decomposed jamo become the composed syllable
        assert_eq!(&*Text::<20>::parse("\u{1112}\u{1161}\u{11ab}").unwrap(), "한");
        assert_eq!(&*Text::<2>::parse("👍🏽").unwrap(), "👍🏽");
        assert!(Text::<2>::parse("한빛상").is_err());
        assert!(Text::<20>::parse(" \t ").is_err());
        assert!(Text::<20>::parse("a\u{0}b").is_err());
    }

    #[test]
    fn keys_that_differ_by_case_or_blanks_are_the_same() {
        assert_eq!(CodeText::<20>::parse(" hq-1 "), CodeText::<20>::parse("HQ-1"));
        assert_eq!(Login::parse(" Hong "), Login::parse("hong"));
        assert_eq!(Email::parse("A@Example.COM"), Email::parse("a@example.com"));
        assert!(Login::parse("a b c").is_err());
    }

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
    fn shapes_are_checked() {
        assert!(Email::parse("a@b").is_err());
        assert!(Email::parse("a@b@c.kr").is_err());
        assert!(Phone::parse("+82 (2) 1234-5678").is_ok());
        assert!(Phone::parse("1234").is_err());
        for invented in ["010-1234-567", "02-12-34567890", "+82 10 1234", "0900-1234-567", "+0123456789"] {
            assert!(Phone::parse(invented).is_err(), "{invented}");
        }
        assert!(CodeText::<5>::parse("한글").is_err());
    }
}
