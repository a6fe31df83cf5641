//! The days a company works: the public calendar, and its own days over it.
//!
//! [`load`] reads a company's days once; what follows from them ([`Calendar`]) is pure. Due dates, deadlines and
//! reminders of all domains count with it.

mod api;
mod lunar;
mod public;
#[cfg(test)]
mod vectors;

pub(crate) use api::routes;
pub use public::{DayKind, Named, holidays};

use crate::{holidays as own, rules};
use kernel::{Day, Error, Result, boxed};
use std::{collections::BTreeMap, sync::LazyLock};
use store::Scope;
use time::Date;

/// As many business days as anybody may go at once: about twenty years.
pub const FURTHEST: u64 = 5000;

/// Public holidays of each year with data.
static PUBLIC: LazyLock<BTreeMap<i32, BTreeMap<Date, Named>>> =
    LazyLock::new(|| (lunar::FIRST..=lunar::LAST).filter_map(|year| Some((year, holidays(year)?))).collect());

/// The working days of one company.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    own: BTreeMap<Date, (String, bool)>,
}

/// The calendar of the company of a scope.
#[boxed(?Send)]
pub async fn load(scope: &Scope) -> Result<Calendar> {
    let rows = scope.find::<own::Entity>().all().await?;
    Ok(Calendar::new(rows.into_iter().map(|row| (row.date.0, row.name.to_string(), row.is_working_day_override))))
}

fn no_data(year: i32) -> Error {
    rules::CALENDAR_NO_DATA.filled(&[("year", &year)]).with("year", year).with("first", lunar::FIRST).with("last", lunar::LAST)
}

impl Calendar {
    /// With days of the company's own: the day, its name, and whether it is worked.
    pub fn new(own: impl IntoIterator<Item = (Date, String, bool)>) -> Self {
        Self { own: own.into_iter().map(|(day, name, works)| (day, (name, works))).collect() }
    }

    /// # Errors
    /// `adm.calendar_no_data` for a year whose holidays are not known.
    pub fn is_business_day(&self, day: Day) -> Result<bool> {
        let public = PUBLIC.get(&day.0.year()).ok_or_else(|| no_data(day.0.year()))?;
        Ok(match self.own.get(&day.0) {
            Some((_, works)) => *works,
            None => !public::is_weekend(day.0) && !public.contains_key(&day.0),
        })
    }

    fn step(day: Day, forward: bool) -> Result<Day> {
        let next = if forward { day.0.next_day() } else { day.0.previous_day() };
        next.map(Day).ok_or_else(|| no_data(day.0.year()))
    }

    fn nearest(&self, mut day: Day, forward: bool) -> Result<Day> {
        while !self.is_business_day(day)? {
            day = Self::step(day, forward)?;
        }
        Ok(day)
    }

    /// The day itself when it is worked, else the next one that is.
    pub fn following(&self, day: Day) -> Result<Day> {
        self.nearest(day, true)
    }

    /// The day itself when it is worked, else the last one before it that is.
    pub fn preceding(&self, day: Day) -> Result<Day> {
        self.nearest(day, false)
    }

    /// So many business days later, or earlier when negative; 0 is the day itself when it is worked, else the next one.
    pub fn shift(&self, from: Day, days: i64) -> Result<Day> {
        if days == 0 {
            return self.following(from);
        }
        if days.unsigned_abs() > FURTHEST {
            return Err(Error::field("days", "range", "너무 먼 날짜가 됩니다. 더 적은 일수를 입력하세요.", "is too many days"));
        }
        let mut day = from;
        for _ in 0..days.unsigned_abs() {
            day = self.nearest(Self::step(day, days > 0)?, days > 0)?;
        }
        Ok(day)
    }

    /// The days of a year that have a name: off, or worked against the public calendar.
    pub fn named_days(&self, year: i32) -> Result<BTreeMap<Day, Named>> {
        let public = PUBLIC.get(&year).ok_or_else(|| no_data(year))?;
        let mut days: BTreeMap<Day, Named> = public.iter().map(|(day, named)| (Day(*day), named.clone())).collect();
        for (day, (name, works)) in self.own.iter().filter(|(day, _)| day.year() == year) {
            let kind = if *works { DayKind::Working } else { DayKind::Company };
            days.insert(Day(*day), Named { name: name.clone(), kind });
        }
        Ok(days)
    }

    /// How many days of a year are worked.
    pub fn business_days(&self, year: i32) -> Result<u32> {
        let mut count = 0;
        for day in public::days_of(year) {
            count += u32::from(self.is_business_day(Day(day))?);
        }
        // a year that the calendar itself does not have has no days either
        if count == 0 { Err(no_data(year)) } else { Ok(count) }
    }
}
