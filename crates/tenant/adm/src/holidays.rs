//! The company's own days: its anniversary, a bridge day, a Saturday that is worked.

use kernel::{Day, Realm, Text};
use macros::record;
use resource::{RangeKind, Resource};
use sea_orm::entity::prelude::*;

/// A day of the company that differs from the public calendar.
#[record(table = "adm_holidays", schema = "Holiday")]
pub struct Model {
    /// 날짜 | Date
    #[api(create, filter)]
    pub date: Day,
    /// 휴일명 | Name
    #[api(create, update)]
    pub name: Text<100>,
    /// 근무일로 전환 | Worked
    ///
    /// True: worked, although the public calendar says off. False: off.
    #[api(create(optional), update, filter)]
    pub is_working_day_override: bool,
}

/// Days of the company.
pub struct Holidays;

impl Resource for Holidays {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "holidays";
    const NOUN: &'static str = "holiday";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Date, Column::Name];
    const SEARCH: &'static [Column] = &[Column::Name];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::Date, RangeKind::Day)];
    const EXAMPLE: &'static str = r#"{"date": "{day}", "name": "창립기념일 {n}"}"#;
}
