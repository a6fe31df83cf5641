use paperclip::v2::{
    models::{DataType, DataTypeFormat},
    schema::TypedData,
};
use sea_orm::{
    ActiveValue, ColIdx, DeriveValueType, IntoActiveValue, QueryResult, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::fmt;
use time::{Date, Duration, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description};

/// The years both databases and ISO 8601 know.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// Where the current time comes from; tests hand in one they can move.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// An instant: UTC, whole microseconds; RFC 3339 on the wire.
///
/// `OffsetDateTime` in SQLite is text with a trimmed fraction, whose order is not the order
/// in time (`…00.5Z` < `…00Z`). Hence one nanosecond is added when binding: the text then
/// always has nine fraction digits. PostgreSQL drops it, and reading cuts it off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(OffsetDateTime);

impl Timestamp {
    #[must_use]
    pub fn new(at: OffsetDateTime) -> Self {
        let at = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
        let micros = at.nanosecond() / 1000 * 1000;
        Self(at.replace_nanosecond(micros).unwrap_or(at))
    }

    #[must_use]
    pub const fn get(self) -> OffsetDateTime {
        self.0
    }

    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// `None` beyond the calendar.
    #[must_use]
    pub fn from_unix_micros(micros: i64) -> Option<Self> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok().map(Self)
    }

    #[must_use]
    pub fn unix_micros(self) -> i64 {
        (self.0.unix_timestamp_nanos() / 1000).try_into().unwrap_or(i64::MAX)
    }

    /// Saturates at the ends of the calendar.
    #[must_use]
    pub fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(Duration::microseconds(micros)))
    }

    /// Saturates at the ends of the calendar.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(Duration::seconds(seconds)))
    }

    /// # Errors
    /// When it is not RFC 3339, or is not in the years 1 to 9999 as UTC.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| "is not a date-time of RFC 3339")?;
        let at = at.checked_to_offset(UtcOffset::UTC).filter(|at| YEARS.contains(&at.year()));
        at.map(Self::new).ok_or("is not in the years 1 to 9999")
    }

    /// With exactly three fraction digits, as the envelope's `timestamp` has it.
    #[must_use]
    pub fn to_millis_string(self) -> String {
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        self.0.format(&format).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.format(&Rfc3339).map_err(ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        (at.0 + Duration::NANOSECOND).into()
    }
}

impl TryGetable for Timestamp {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        OffsetDateTime::try_get_by(row, index).map(Self::new)
    }
}

impl ValueType for Timestamp {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <OffsetDateTime as ValueType>::try_from(value).map(Self::new)
    }
    fn type_name() -> String {
        "Timestamp".to_owned()
    }
    fn array_type() -> ArrayType {
        <OffsetDateTime as ValueType>::array_type()
    }
    fn column_type() -> ColumnType {
        ColumnType::TimestampWithTimeZone
    }
}

impl Nullable for Timestamp {
    fn null() -> Value {
        <OffsetDateTime as Nullable>::null()
    }
}

impl IntoActiveValue<Self> for Timestamp {
    fn into_active_value(self) -> ActiveValue<Self> {
        ActiveValue::Set(self)
    }
}

impl TypedData for Timestamp {
    fn data_type() -> DataType {
        DataType::String
    }
    fn format() -> Option<DataTypeFormat> {
        Some(DataTypeFormat::DateTime)
    }
}

/// A day of business, in the company's own time zone; `YYYY-MM-DD` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Day(pub Date);

impl Day {
    /// # Errors
    /// When it is no day of the years 1 to 9999 as `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let shape = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
        let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok().filter(|day| shape && YEARS.contains(&day.year()));
        day.map(Self).ok_or("is not a day (YYYY-MM-DD)")
    }

    /// `None` beyond the calendar.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Option<Self> {
        self.0.checked_add(time::Duration::days(days)).map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl TypedData for Day {
    fn data_type() -> DataType {
        DataType::String
    }
    fn format() -> Option<DataTypeFormat> {
        Some(DataTypeFormat::Date)
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, Timestamp};

    #[test]
    fn an_instant_is_utc_and_whole_microseconds() {
        let at = Timestamp::parse("2026-11-21T09:00:00.1234567+09:00").unwrap();
        assert_eq!(at.to_string(), "2026-11-21T00:00:00.123456Z");
        assert_eq!(at.to_millis_string(), "2026-11-21T00:00:00.123Z");
        assert_eq!(Timestamp::from_unix_micros(at.unix_micros()), Some(at));
    }

    #[test]
    fn the_bound_text_sorts_like_time() {
        let texts: Vec<String> = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:01Z"]
            .iter()
            .map(|text| match sea_orm::Value::from(Timestamp::parse(text).unwrap()) {
                sea_orm::Value::TimeDateTimeWithTimeZone(Some(at)) => at.format(&time::format_description::well_known::Rfc3339).unwrap(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(texts.is_sorted(), "{texts:?}");
    }

    #[test]
    fn a_day_is_written_as_it_is_read() {
        assert_eq!(serde_json::to_string(&Day::parse("2026-02-28").unwrap()).unwrap(), "\"2026-02-28\"");
        assert!(serde_json::from_str::<Day>("\"2026-02-30\"").is_err());
        assert_eq!(serde_json::to_string(&Day::parse("0001-01-01").unwrap()).unwrap(), "\"0001-01-01\"");
    }

    /// Section F: a moment beyond the calendar ended in a panic.
    #[test]
    fn a_moment_or_day_beyond_the_calendar_is_none() {
        for beyond in ["9999-12-31T23:59:59-00:01", "0000-12-31T00:00:00Z", "0001-01-01T00:00:00+00:01", "0000-01-01T00:00:00+23:59"] {
            assert!(Timestamp::parse(beyond).is_err(), "{beyond}");
            assert!(serde_json::from_str::<Timestamp>(&format!("\"{beyond}\"")).is_err(), "{beyond}");
        }
        assert!(Timestamp::parse("9999-12-31T23:59:59.999999Z").is_ok() && Timestamp::parse("0001-01-01T00:00:00Z").is_ok());
        for beyond in ["0000-01-01", "-0001-01-01", "+2026-01-01", "10000-01-01", "+10000-01-01"] {
            assert!(Day::parse(beyond).is_err(), "{beyond}");
        }
    }
}
