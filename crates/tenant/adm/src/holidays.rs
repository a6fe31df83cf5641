//! The company's own days: its anniversary, a bridge day, a Saturday that is worked.

use kernel::{Change, Day, Realm, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::{RangeKind, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

pub mod entity {
    use super::*;

    /// A day of the company that differs from the public calendar.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "adm_holidays")]
    #[openapi(rename = "Holiday")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        pub date: Day,
        pub name: Text<100>,
        /// True: worked, although the public calendar says off. False: off.
        pub is_working_day_override: bool,
        #[serde(skip)]
        pub row_version: i64,
        pub created_at: Timestamp,
        pub created_by: Option<Uuid>,
        pub updated_at: Option<Timestamp>,
        pub updated_by: Option<Uuid>,
        #[serde(skip)]
        pub deleted_at: Option<Timestamp>,
        #[serde(skip)]
        pub deleted_by: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
use entity::{ActiveModel, Column, Entity, Model};

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "HolidayCreate")]
pub struct Create {
    pub date: Day,
    pub name: Text<100>,
    /// True: worked, although the public calendar says off. False: off.
    pub is_working_day_override: Option<bool>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "HolidayUpdate")]
pub struct Update {
    pub name: Change<Text<100>>,
    pub is_working_day_override: Change<bool>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "HolidayFilter")]
pub struct Filter {
    pub date: Option<Day>,
    pub is_working_day_override: Option<bool>,
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
