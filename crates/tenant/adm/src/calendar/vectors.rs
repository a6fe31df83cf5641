//! The calendar against what the law said and says.

use super::{Calendar, DayKind, holidays};
use kernel::Day;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// The days off of a year that are no ordinary weekend days.
fn off(year: i32) -> Vec<String> {
    holidays(year).unwrap().keys().map(|day| day.to_string()[5..].to_owned()).collect()
}

fn substitutes(year: i32) -> Vec<String> {
    let all = holidays(year).unwrap();
    all.iter().filter(|(_, named)| named.kind == DayKind::Substitute).map(|(day, _)| day.to_string()[5..].to_owned()).collect()
}

#[test]
fn the_years_of_the_vectors() {
    let of_2026 = [
        "01-01", "02-16", "02-17", "02-18", "03-01", "03-02", "05-01", "05-05", "05-24", "05-25", "06-03", "06-06", "07-17", "08-15",
        "08-17", "09-24", "09-25", "09-26", "10-03", "10-05", "10-09", "12-25",
    ];
    assert_eq!(off(2026), of_2026);
    let of_2027 = [
        "01-01", "02-06", "02-07", "02-08", "02-09", "03-01", "05-01", "05-03", "05-05", "05-13", "06-06", "07-17", "07-19", "08-15",
        "08-16", "09-14", "09-15", "09-16", "10-03", "10-04", "10-09", "10-11", "12-25", "12-27",
    ];
    assert_eq!(off(2027), of_2027);
    let of_2025 = [
        "01-01", "01-27", "01-28", "01-29", "01-30", "03-01", "03-03", "05-05", "05-06", "06-03", "06-06", "08-15", "10-03", "10-05",
        "10-06", "10-07", "10-08", "10-09", "12-25",
    ];
    assert_eq!(off(2025), of_2025);
    assert_eq!(holidays(2025).unwrap()[&day("2025-05-05").0].name, "어린이날 · 부처님오신날");
    // the Korean new year, not the Chinese
    assert_eq!(holidays(2028).unwrap()[&day("2028-01-27").0].name, "설날");
}

#[test]
fn a_substitute_is_given_since_the_law_gives_it() {
    assert_eq!(substitutes(2020), ["01-27"], "설날 연휴 on a Sunday; 3·1절 on a Sunday gave none yet");
    assert_eq!(substitutes(2021), ["08-16", "10-04", "10-11"], "국경일 from 광복절 on; 부처님오신날 and 성탄절 on a Saturday not yet");
    assert_eq!(substitutes(2022), ["09-12", "10-10"], "추석 on a Saturday gives none, its last day on a Sunday does");
    assert_eq!(substitutes(2023), ["01-24", "05-29"], "부처님오신날 from 2023 on");
    assert_eq!(substitutes(2024), ["02-12", "05-06"]);
    assert!(!off(2025).contains(&"05-01".to_owned()) && !off(2025).contains(&"07-17".to_owned()), "both from 2026 on");
    let calendar = Calendar::new([]);
    assert!(calendar.is_business_day(day("2026-09-28")).unwrap(), "추석 연휴 on a Saturday gives no day");
}

#[test]
fn business_days_are_counted() {
    let calendar = Calendar::new([]);
    assert_eq!(calendar.business_days(2026).unwrap(), 245);
    assert_eq!(calendar.business_days(2027).unwrap(), 246);
    assert_eq!(calendar.shift(day("2026-09-23"), 3).unwrap(), day("2026-09-30"));
    assert_eq!(calendar.shift(day("2027-02-05"), 5).unwrap(), day("2027-02-16"));
    assert_eq!(calendar.shift(day("2026-09-30"), -3).unwrap(), day("2026-09-23"));
    assert_eq!(calendar.following(day("2026-09-24")).unwrap(), day("2026-09-28"));
    assert_eq!(calendar.preceding(day("2026-09-27")).unwrap(), day("2026-09-23"));
    assert_eq!(calendar.shift(day("2026-09-26"), 0).unwrap(), day("2026-09-28"));
}

#[test]
fn a_year_without_data_is_an_error() {
    let calendar = Calendar::new([(day("2051-03-02").0, "쉬는 날".to_owned(), false)]);
    for year in [2019, 2051, -5000, 99_999, i32::MAX, i32::MIN] {
        assert_eq!(calendar.business_days(year).unwrap_err().rule_name(), Some("adm.calendar_no_data"), "{year}");
        assert_eq!(calendar.named_days(year).unwrap_err().rule_name(), Some("adm.calendar_no_data"), "{year}");
    }
    assert!(calendar.is_business_day(day("2051-03-02")).is_err() && calendar.is_business_day(day("2019-12-31")).is_err());
    assert!(calendar.shift(day("2050-12-31"), 1).is_err() && calendar.shift(day("2020-01-02"), -1).is_err());
    assert!(calendar.shift(day("2026-01-02"), i64::MIN).is_err());
}

#[test]
fn the_company_has_the_last_word() {
    let own = [(day("2026-11-23").0, "창립기념일".to_owned(), false), (day("2026-11-21").0, "대체 근무".to_owned(), true)];
    let calendar = Calendar::new(own);
    assert!(!calendar.is_business_day(day("2026-11-23")).unwrap());
    assert!(calendar.is_business_day(day("2026-11-21")).unwrap(), "a Saturday that is worked");
    assert_eq!(calendar.shift(day("2026-11-20"), 1).unwrap(), day("2026-11-21"));
    assert_eq!(calendar.shift(day("2026-11-20"), 2).unwrap(), day("2026-11-24"));
    let days = calendar.named_days(2026).unwrap();
    assert_eq!((days[&day("2026-11-23")].kind, days[&day("2026-11-21")].kind), (DayKind::Company, DayKind::Working));
}

proptest! {
    #[test]
    fn going_there_and_back_ends_where_it_began(start in 0_i64..9000, days in 1_i64..300) {
        let calendar = Calendar::new([]);
        let start = Day(day("2022-01-03").0 + time::Duration::days(start));
        let start = calendar.following(start).unwrap();
        let there = calendar.shift(start, days).unwrap();
        prop_assert!(there > start && calendar.is_business_day(there).unwrap());
        prop_assert_eq!(calendar.shift(there, -days).unwrap(), start);
    }

    #[test]
    fn no_day_between_a_day_and_the_following_one_is_worked(start in 0_i64..10_000) {
        let calendar = Calendar::new([]);
        let start = Day(day("2022-01-03").0 + time::Duration::days(start));
        let next = calendar.following(start).unwrap();
        prop_assert!((next.0 - start.0).whole_days() <= 10);
        let mut between = start;
        while between < next {
            prop_assert!(!calendar.is_business_day(between).unwrap());
            between = Day(between.0.next_day().unwrap());
        }
    }
}

/// From another table, made by other people: the substitutes of every year.
#[rustfmt::skip]
const SUBSTITUTES: [(i32, &str); 31] = [
    (2020, "01-27"),
    (2021, "08-16 10-04 10-11"),
    (2022, "09-12 10-10"),
    (2023, "01-24 05-29"),
    (2024, "02-12 05-06"),
    (2025, "03-03 05-06 10-08"),
    (2026, "03-02 05-25 08-17 10-05"),
    (2027, "02-09 05-03 07-19 08-16 10-04 10-11 12-27"),
    (2028, "10-05"),
    (2029, "05-07 05-21 09-24"),
    (2030, "02-05 05-06"),
    (2031, "03-03"),
    (2032, "05-03 05-17 07-19 08-16 09-21 10-04 10-11 12-27"),
    (2033, "02-02 05-02 07-18 10-10 12-26"),
    (2034, "02-21"),
    (2035, "05-07 09-18"),
    (2036, "01-30 03-03 05-06 10-06 10-07"),
    (2037, "02-17 03-02 08-17 10-05"),
    (2038, "05-03 07-19 08-16 09-15 10-04 10-11 12-27"),
    (2039, "01-26 05-02 05-03 07-18 10-04 10-05 10-10 12-26"),
    (2040, "02-14 05-07"),
    (2041, "05-06"),
    (2042, "03-03 09-30"),
    (2043, "03-02 05-18 08-17 10-05"),
    (2044, "02-01 05-02 05-06 07-18 10-10 12-26"),
    (2045, "09-27"),
    (2046, "05-07 05-14 09-17"),
    (2047, "01-28 05-06 10-07"),
    (2048, "03-02 08-17 10-05"),
    (2049, "05-03 05-10 07-19 08-16 09-13 10-04 10-11 12-27"),
    (2050, "01-25 05-02 05-30 07-18 10-10 12-26"),
];

#[test]
fn every_year_agrees_with_another_table() {
    for (year, theirs) in SUBSTITUTES {
        assert_eq!(substitutes(year).join(" "), theirs, "{year}");
    }
}
