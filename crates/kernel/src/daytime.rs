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

/// A time of day to the minute, where the company is: `HH:MM`, whose order as text is its order in time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct DayTime(String);
string_value!(DayTime);

impl DayTime {
    /// # Errors
    /// When it is no time of day, or has seconds.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let text = text.strip_suffix(":00").filter(|rest| rest.len() == 5).unwrap_or(text);
        let time = Self(text.to_owned());
        let digits =
            text.len() == 5 && text.bytes().enumerate().all(|(at, byte)| if at == 2 { byte == b':' } else { byte.is_ascii_digit() });
        if digits && text < "24" && &text[3..] < "60" { Ok(time) } else { Err("must be a time of day, such as 09:30") }
    }

    /// Minutes since midnight.
    #[must_use]
    pub fn minutes(&self) -> i32 {
        let part = |range| self.0.get(range).and_then(|digits: &str| digits.parse::<i32>().ok()).unwrap_or_default();
        part(0..2) * 60 + part(3..5)
    }
}

impl Apiv2Schema for DayTime {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(
            DataType::String,
            &serde_json::json!({NAME: "DayTime", "pattern": r"^\s*([01][0-9]|2[0-3]):[0-5][0-9](:00)?\s*$"}),
            "09:30".into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::DayTime;

    #[test]
    fn a_time_of_day_is_hours_and_minutes() {
        for (text, minutes) in [("00:00", 0), ("09:30", 570), (" 23:59 ", 1439), ("09:30:00", 570)] {
            assert_eq!(DayTime::parse(text).unwrap().minutes(), minutes, "{text}");
        }
        for wrong in ["", "9:30", "24:00", "12:60", "12:5", "12-30", "09:30:15", "ab:cd", "１２:30"] {
            assert!(DayTime::parse(wrong).is_err(), "{wrong}");
        }
        assert!(DayTime::parse("09:59").unwrap() < DayTime::parse("10:00").unwrap());
    }
}
