//! Text as people type it: trimmed, in Unicode normal form C, of a known length.

use crate::{
    characters::{TURNING, UNSEEN, has_invisible, is_bidi_control, is_blank, is_of_one_script, is_unseen, sign_in_name},
    schema::{NAME, with_keywords},
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
        _ if is_blank(text) => Err("must not be empty"),
        n if n > max => Err("is too long"),
        _ => Ok(()),
    }
}

/// One line of text of 1 to `MAX` characters: names, titles, addresses. No control characters, and none that cannot be seen
/// ([`crate::is_invisible`]) but the joiner between two emoji: two names that look alike would be two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// # Errors
    /// When nothing of it can be seen, it is longer than `MAX`, or holds control or invisible characters.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = tidy(text);
        length(&text, MAX)?;
        if text.chars().any(char::is_control) {
            return Err("must not contain control characters");
        }
        if has_invisible(&text) {
            return Err("must not contain invisible characters (zero-width, bidirectional controls, fillers)");
        }
        Ok(Self(text))
    }
}
string_value!(Text<const MAX: usize>);

impl<const MAX: usize> Apiv2Schema for Text<MAX> {
    fn raw_schema() -> DefaultSchemaRaw {
        // at least one character that is not blank, and none that cannot be seen
        with_keywords(
            DataType::String,
            &serde_json::json!({NAME: format!("Text{MAX}"), "minLength": 1, "maxLength": MAX, "pattern": format!(r"^[^{UNSEEN}]*[^\s{UNSEEN}][^{UNSEEN}]*$")}),
            "예시".into(),
        )
    }
}

/// Text of several lines, up to 4,000 characters. What people paste may hold zero-width characters, and emoji are joined by one, so they
/// stay; what turns the direction of the text (bidirectional controls) is refused, for it makes a text read as another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Memo(String);

impl Memo {
    pub const MAX: usize = 4000;

    /// # Errors
    /// When nothing of it can be seen, it is too long, or holds a NUL or bidirectional controls.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text: String = text.trim().nfc().collect();
        length(&text, Self::MAX)?;
        if text.contains('\0') {
            return Err("must not contain a NUL character");
        }
        if text.chars().any(is_bidi_control) {
            return Err("must not contain bidirectional control characters");
        }
        Ok(Self(text))
    }
}
string_value!(Memo);

impl Apiv2Schema for Memo {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(
            DataType::String,
            &serde_json::json!({NAME: "Memo", "minLength": 1, "maxLength": Self::MAX, "pattern": format!(r"^[^{TURNING}]*[^\s{TURNING}][^{TURNING}]*$")}),
            "여러 줄로 쓰는 설명".into(),
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
            return Err("must contain only A-Z, 0-9, _ and -");
        }
        Ok(Self(text))
    }
}
string_value!(CodeText<const MAX: usize>);

impl<const MAX: usize> Apiv2Schema for CodeText<MAX> {
    fn raw_schema() -> DefaultSchemaRaw {
        let keywords = serde_json::json!({NAME: format!("Code{MAX}"), "pattern": format!(r"^\s*[A-Za-z0-9_-]{{1,{MAX}}}\s*$")});
        with_keywords(DataType::String, &keywords, "A-100".into())
    }
}

/// A sign-in name: 3 to 100 characters without blanks, their letters of one script; compared and kept in compatibility form and lower
/// case ([`sign_in_name`]).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Login(String);

impl Login {
    /// # Errors
    /// When its length is out of range, it holds blanks, control or invisible characters, or mixes scripts.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = sign_in_name(text).filter(|text| (3..=100).contains(&text.chars().count())).ok_or("must have 3 to 100 characters")?;
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("must not contain spaces or control characters");
        }
        if text.chars().any(is_unseen) || is_blank(&text) {
            return Err("must not contain invisible characters (zero-width, bidirectional controls, fillers, variation selectors)");
        }
        // each side of an address has a script of its own: 홍길동@example.com
        if !text.split('@').all(is_of_one_script) {
            return Err("must use letters of one script only (Latin, Hangul, Cyrillic, …)");
        }
        Ok(Self(text))
    }
}
string_value!(Login);

impl Apiv2Schema for Login {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(
            DataType::String,
            &serde_json::json!({NAME: "SignInName", "pattern": format!(r"^\s*[^\s{UNSEEN}\ufe00-\ufe0f]{{3,100}}\s*$")}),
            "hong.gildong".into(),
        )
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
            return Err("must be 3 to 20 characters of a-z, 0-9, _ and -");
        }
        Ok(Self(text))
    }
}
string_value!(CompanyCode);

impl Apiv2Schema for CompanyCode {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(
            DataType::String,
            &serde_json::json!({NAME: "CompanyCode", "pattern": r"^\s*[A-Za-z0-9_-]{3,20}\s*$"}),
            "hanbit".into(),
        )
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
            return Err("must be a language code, such as ko-KR");
        }
        Ok(Self(text.to_owned()))
    }
}
string_value!(Locale);

impl Apiv2Schema for Locale {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({NAME: "Locale", "pattern": Self::PATTERN}), "ko-KR".into())
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
            return Err("must be a currency code of 3 letters, such as KRW");
        }
        Ok(Self(text))
    }
}
string_value!(Currency);

impl Apiv2Schema for Currency {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({NAME: "Currency", "pattern": r"^\s*[A-Za-z]{3}\s*$"}), "KRW".into())
    }
}

/// An e-mail address, compared and kept like a [`Login`]: both are one name space.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// # Errors
    /// When it has not the shape `local@domain`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = sign_in_name(text).ok_or("must be an email address, such as hong@example.com")?;
        let shape = text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !domain.contains('@')
        });
        if !shape || text.len() > 255 || text.chars().any(|c| c.is_whitespace() || c.is_control() || is_unseen(c)) {
            return Err("must be an email address, such as hong@example.com");
        }
        Ok(Self(text))
    }
}
string_value!(Email);

impl Apiv2Schema for Email {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(
            DataType::String,
            &serde_json::json!({NAME: "Email", "maxLength": 255, "pattern": r"^\s*[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+\s*$"}),
            "hong@example.com".into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{CodeText, Email, Login, Memo, Text};

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

    /// Fault F21: names that cannot be seen, or look like others, were taken.
    #[test]
    fn a_name_can_be_seen_and_looks_like_no_other() {
        for bad in [
            "\u{200b}",
            "\u{3164}",
            "\u{2800}",
            "a\u{200b}b",
            "a\u{202e}b",
            "\u{2067}a",
            "a\u{ad}b",
            "한\u{3164}빛",
            "\u{fe0f}",
            "\u{e0041}a",
        ] {
            assert!(Text::<20>::parse(bad).is_err(), "{bad:?}");
        }
        for bad in ["\u{430}dmin", "ad\u{ad}min", "ad\u{200d}min", "hong길동", "admin\u{202e}", "admin\u{fe0f}", "admin\u{e0100}"] {
            assert!(Login::parse(bad).is_err(), "{bad:?}");
        }
        for bad in ["a\u{fe0f}@x.kr", "a@x\u{e0100}.kr"] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
        let long = "\u{fdfa}".repeat(290_000);
        assert!(Login::parse(&long).is_err() && Email::parse(&format!("{long}@x.kr")).is_err());
        assert_eq!(&*Login::parse("ａＤmin").unwrap(), "admin");
        assert_eq!(&*Email::parse("Ａ@x.kr").unwrap(), "a@x.kr");
        assert!(Email::parse("a\u{200b}@x.kr").is_err());
        assert!(Text::<20>::parse("❤️ 봄").is_ok() && Text::<20>::parse("👩\u{200d}🚀").is_ok());
        // a longer text keeps its joined emoji, and nothing that turns it round
        assert!(Memo::parse("👨\u{200d}👩\u{200d}👧\n둘째 줄").is_ok());
        assert!(Memo::parse("a\u{202e}b").is_err() && Memo::parse("\u{200b}").is_err());
    }

    #[test]
    fn keys_that_differ_by_case_or_blanks_are_the_same() {
        assert_eq!(CodeText::<20>::parse(" hq-1 "), CodeText::<20>::parse("HQ-1"));
        assert_eq!(Login::parse(" Hong "), Login::parse("hong"));
        assert_eq!(Email::parse("A@Example.COM"), Email::parse("a@example.com"));
        assert!(Login::parse("a b c").is_err());
    }

    #[test]
    fn shapes_are_checked() {
        assert!(Email::parse("a@b").is_err());
        assert!(Email::parse("a@b@c.kr").is_err());
        assert!(CodeText::<5>::parse("한글").is_err());
    }
}
