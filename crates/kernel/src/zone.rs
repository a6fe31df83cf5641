use crate::{Day, Timestamp, schema::with_keywords, text::string_value};
use jiff::tz::TimeZone;
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

/// The name of a time zone in the IANA database, which is built in: `Asia/Seoul`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Zone(String);
string_value!(Zone);

impl Zone {
    /// # Errors
    /// When the database has no such zone.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let zone = TimeZone::get(text.trim()).map_err(|_| "is not a time zone")?;
        zone.iana_name().map(|name| Self(name.to_owned())).ok_or("is not a time zone")
    }

    #[must_use]
    pub fn seoul() -> Self {
        Self("Asia/Seoul".to_owned())
    }

    /// The day it is in this zone at `at`.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> Day {
        let offset = TimeZone::get(&self.0)
            .ok()
            .zip(jiff::Timestamp::from_second(at.unix_seconds()).ok())
            .map_or(0, |(zone, instant)| zone.to_offset(instant).seconds());
        let offset = time::UtcOffset::from_whole_seconds(offset).unwrap_or(time::UtcOffset::UTC);
        Day(at.get().to_offset(offset).date())
    }

    /// The moment so many minutes after midnight of a day here, by the clock on the wall: where that is put forward over it, the moment
    /// as much later; where it is put back, the first of the two.
    #[must_use]
    pub fn moment(&self, day: Day, minutes: i32) -> Timestamp {
        let wall = day.0.midnight().saturating_add(time::Duration::minutes(minutes.into()));
        let civil = || {
            let part = |number: u8| <i8 as TryFrom<u8>>::try_from(number).ok();
            let year = <i16 as TryFrom<i32>>::try_from(wall.year()).ok()?;
            let date = (part(wall.month().into())?, part(wall.day())?);
            let civil = jiff::civil::DateTime::new(year, date.0, date.1, part(wall.hour())?, part(wall.minute())?, 0, 0).ok()?;
            TimeZone::get(&self.0).ok()?.to_timestamp(civil).ok()
        };
        civil().and_then(|at| Timestamp::from_unix_micros(at.as_microsecond())).unwrap_or_else(|| Timestamp::new(wall.assume_utc()))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::seoul()
    }
}

impl Apiv2Schema for Zone {
    fn raw_schema() -> DefaultSchemaRaw {
        with_keywords(DataType::String, &serde_json::json!({"format": "time-zone"}), "Asia/Seoul".into())
    }
}

#[cfg(test)]
mod tests {
    use super::Zone;
    use crate::{Day, Timestamp};

    #[test]
    fn the_day_is_the_companys_own() {
        let at = Timestamp::parse("2026-12-31T15:30:00Z").unwrap();
        assert_eq!(Zone::seoul().day(at).to_string(), "2027-01-01");
        assert_eq!(Zone::parse("America/New_York").unwrap().day(at).to_string(), "2026-12-31");
        assert!(Zone::parse("Asia/Soul").is_err());
    }

    #[test]
    fn a_time_on_the_wall_is_a_moment() {
        let at = |zone: &str, day: &str, minutes| Zone::parse(zone).unwrap().moment(Day::parse(day).unwrap(), minutes).to_string();
        assert_eq!(at("Asia/Seoul", "2026-11-22", 9 * 60 + 30), "2026-11-22T00:30:00Z");
        assert_eq!(at("Asia/Seoul", "2026-01-01", 0), "2025-12-31T15:00:00Z");
        // half past two does not exist on this day, and half past one is there twice on the other
        assert_eq!(at("America/New_York", "2026-03-08", 150), "2026-03-08T07:30:00Z");
        assert_eq!(at("America/New_York", "2026-11-01", 90), "2026-11-01T05:30:00Z");
    }
}
