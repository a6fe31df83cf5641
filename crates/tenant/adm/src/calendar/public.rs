//! Public holidays of Korea: 관공서의 공휴일에 관한 규정 in its versions since 2020. Pure.
//!
//! A year outside of the table of lunar days has no answer at all: taken as “weekends only” it would be wrong in silence.

use super::lunar;
use sea_orm::entity::prelude::StringLen;
use std::collections::BTreeMap;
use time::{Date, Duration, Month, Weekday};

resource::string_enum! {
    /// Why a day is off, or on.
    pub DayKind ("CalendarDayKind") { Public, Substitute, Temporary, Election, Company, Working }
}

/// A day with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub kind: DayKind,
}

/// Days that were decided one by one. Those to come are decided late: the company adds them as its own.
const DECIDED: [(i32, u8, u8, &str, DayKind); 10] = [
    (2020, 4, 15, "제21대 국회의원 선거일", DayKind::Election),
    (2020, 8, 17, "임시공휴일", DayKind::Temporary),
    (2022, 3, 9, "제20대 대통령 선거일", DayKind::Election),
    (2022, 6, 1, "제8회 전국동시지방선거일", DayKind::Election),
    (2023, 10, 2, "임시공휴일", DayKind::Temporary),
    (2024, 4, 10, "제22대 국회의원 선거일", DayKind::Election),
    (2024, 10, 1, "임시공휴일(국군의 날)", DayKind::Temporary),
    (2025, 1, 27, "임시공휴일", DayKind::Temporary),
    (2025, 6, 3, "제21대 대통령 선거일", DayKind::Election),
    (2026, 6, 3, "제9회 전국동시지방선거일", DayKind::Election),
];

/// When a day of work is given for a holiday that is lost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lost {
    /// Never: 1월 1일, 현충일.
    Never,
    /// On a Sunday, or on another holiday: 설날, 추석.
    Sunday,
    /// On a Saturday, on a Sunday, or on another holiday; from this day on.
    Weekend { since: (i32, u8, u8) },
}

/// 어린이날 is the oldest; before 2020 nothing is asked.
const ALWAYS: Lost = Lost::Weekend { since: (2014, 1, 1) };
/// 국경일, from 광복절 2021.
const NATIONAL: Lost = Lost::Weekend { since: (2021, 8, 4) };
/// 부처님오신날 and 성탄절.
const RELIGIOUS: Lost = Lost::Weekend { since: (2023, 5, 4) };
/// 노동절 is a public holiday from 2026-05-01 on, 제헌절 from 2026-05-11 on.
const NEW: Lost = Lost::Weekend { since: (2026, 5, 1) };

/// Month, day, name, when it is made up for, the first year.
const FIXED: [(u8, u8, &str, Lost, i32); 10] = [
    (1, 1, "1월 1일", Lost::Never, 0),
    (3, 1, "3·1절", NATIONAL, 0),
    (5, 1, "노동절", NEW, 2026),
    (5, 5, "어린이날", ALWAYS, 0),
    (6, 6, "현충일", Lost::Never, 0),
    (7, 17, "제헌절", NEW, 2026),
    (8, 15, "광복절", NATIONAL, 0),
    (10, 3, "개천절", NATIONAL, 0),
    (10, 9, "한글날", NATIONAL, 0),
    (12, 25, "성탄절", RELIGIOUS, 0),
];

fn date(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

pub(super) fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The holidays of a year as the law names them, before any of them is made up for.
fn named(year: i32) -> Option<Vec<(Date, &'static str, Lost)>> {
    let [new_year, buddha, harvest] = *lunar::days(year)?;
    let mut all = Vec::with_capacity(20);
    for (month, day, name, lost, first) in FIXED {
        if year >= first {
            all.push((date(year, month, day)?, name, lost));
        }
    }
    all.push((date(year, buddha.0, buddha.1)?, "부처님오신날", RELIGIOUS));
    for ((month, day), name, around) in [(new_year, "설날", "설날 연휴"), (harvest, "추석", "추석 연휴")] {
        let middle = date(year, month, day)?;
        all.push((middle.previous_day()?, around, Lost::Sunday));
        all.push((middle, name, Lost::Sunday));
        all.push((middle.next_day()?, around, Lost::Sunday));
    }
    all.sort_by_key(|(day, ..)| *day);
    Some(all)
}

/// Every public holiday of a year, substitutes included. None for a year without data.
#[must_use]
pub fn holidays(year: i32) -> Option<BTreeMap<Date, Named>> {
    let named = named(year)?;
    let mut days: BTreeMap<Date, Named> = BTreeMap::new();
    for (day, name, _) in &named {
        let entry = days.entry(*day).or_insert_with(|| Named { name: String::new(), kind: DayKind::Public });
        if !entry.name.is_empty() {
            entry.name.push_str(" · ");
        }
        entry.name.push_str(name);
    }
    for (_, month, day, name, kind) in DECIDED.into_iter().filter(|(of, ..)| *of == year) {
        days.entry(date(year, month, day)?).or_insert_with(|| Named { name: name.to_owned(), kind });
    }
    let mut substitutes = Vec::new();
    for day in days.keys().copied() {
        if let Some(name) = lost_on(day, named.iter().filter(|(other, ..)| *other == day)) {
            substitutes.push((day, name));
        }
    }
    for (lost, name) in substitutes {
        let mut day = lost.next_day()?;
        while is_weekend(day) || days.contains_key(&day) {
            day = day.next_day()?;
        }
        days.insert(day, Named { name: format!("대체공휴일({name})"), kind: DayKind::Substitute });
    }
    Some(days)
}

/// What is made up for, of the holidays of one day: the weekend that took it, or two of them on one day of work. One day is
/// given for one that is lost.
fn lost_on<'n>(day: Date, on: impl Iterator<Item = &'n (Date, &'static str, Lost)>) -> Option<&'static str> {
    let on: Vec<_> = on.collect();
    let counts = |lost: Lost| match lost {
        Lost::Never => false,
        Lost::Sunday => true,
        Lost::Weekend { since: (year, month, of_month) } => date(year, month, of_month).is_some_and(|since| day >= since),
    };
    let taken = |lost: Lost| match (lost, day.weekday()) {
        (Lost::Weekend { .. }, Weekday::Saturday) | (Lost::Weekend { .. } | Lost::Sunday, Weekday::Sunday) => true,
        (_, Weekday::Saturday | Weekday::Sunday) => false,
        _ => on.len() > 1,
    };
    on.iter().find(|(_, _, lost)| counts(*lost) && taken(*lost)).map(|(_, name, _)| *name)
}

/// The days of a year, one after the other.
pub(super) fn days_of(year: i32) -> impl Iterator<Item = Date> {
    std::iter::successors(date(year, 1, 1), move |day| day.checked_add(Duration::DAY).filter(|next| next.year() == year))
}
