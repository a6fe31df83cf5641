//! When an invoice is due.

use crate::calendar::{self, Calendar};
use auth::Allowed;
use envelope::{Api, Query, Reply, RowId, web};
use kernel::{Change, CodeText, Day, Error, Memo, Patch, Rate, Realm, Result, Text, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Resource;
use sea_orm::{DeriveIntoActiveModel, QueryFilter, entity::prelude::*};
use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month, util::days_in_month};

resource::words! {
    /// Days after the invoice; the end of a month and days after it; a day of a month.
    pub DueRule ("DueRule") { Days, EndOfMonth, DayOfMonth }

    /// A day off stays, or moves to the business day after or before it.
    pub Adjustment ("BusinessDayAdjustment") { None, Following, Preceding }
}

pub mod entity {
    use super::*;

    /// When an invoice is due, and what paying early is worth.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "adm_payment_terms")]
    #[openapi(rename = "PaymentTerm")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        pub code: CodeText<20>,
        pub name: Text<100>,
        pub description: Option<Memo>,
        pub due_rule: DueRule,
        /// Months after that of the invoice, 0 to 24.
        pub months: i32,
        /// Days after, 0 to 365.
        pub days: i32,
        /// For `DAY_OF_MONTH`, 1 to 31; a shorter month ends it earlier.
        pub day_of_month: Option<i32>,
        /// Where it goes when it falls on a day off.
        pub adjustment: Adjustment,
        /// Paid within so many days of the invoice, it costs less.
        pub discount_days: Option<i32>,
        /// By so much: more than 0, less than 100.
        pub discount_percent: Option<Rate>,
        pub is_active: bool,
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
#[openapi(rename = "PaymentTermCreate")]
pub struct Create {
    pub code: CodeText<20>,
    pub name: Text<100>,
    pub description: Option<Memo>,
    pub due_rule: DueRule,
    /// Months after that of the invoice, 0 to 24.
    pub months: Option<i32>,
    /// Days after, 0 to 365.
    pub days: Option<i32>,
    /// For `DAY_OF_MONTH`, 1 to 31; a shorter month ends it earlier.
    pub day_of_month: Option<i32>,
    /// Where it goes when it falls on a day off.
    pub adjustment: Option<Adjustment>,
    /// Paid within so many days of the invoice, it costs less.
    pub discount_days: Option<i32>,
    /// By so much: more than 0, less than 100.
    pub discount_percent: Option<Rate>,
    pub is_active: Option<bool>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PaymentTermUpdate")]
pub struct Update {
    pub name: Change<Text<100>>,
    pub description: Patch<Memo>,
    pub due_rule: Change<DueRule>,
    pub months: Change<i32>,
    pub days: Change<i32>,
    pub day_of_month: Patch<i32>,
    pub adjustment: Change<Adjustment>,
    pub discount_days: Patch<i32>,
    pub discount_percent: Patch<Rate>,
    pub is_active: Change<bool>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PaymentTermFilter")]
pub struct Filter {
    pub code: Option<CodeText<20>>,
    pub due_rule: Option<DueRule>,
    pub is_active: Option<bool>,
}

/// Payment terms of the company.
pub struct PaymentTerms;

impl Resource for PaymentTerms {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "payment-terms";
    const NOUN: &'static str = "payment_term";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Code, Column::Name];
    const SEARCH: &'static [Column] = &[Column::Code, Column::Name];
    const EXAMPLE: &'static str =
        r#"{"code": "T-{n}", "name": "익월말 {n}", "due_rule": "END_OF_MONTH", "months": 1, "adjustment": "FOLLOWING"}"#;
}

fn beyond() -> Error {
    Error::field("from", "range", "계산할 수 없을 만큼 먼 날짜입니다.", "is too far in the past or future")
}

/// The day of a month some months after that of `from`; a shorter month ends it earlier.
fn day_in(from: Date, months: i32, day: u8) -> Option<Date> {
    let months = from.year().checked_mul(12)?.checked_add(i32::from(u8::from(from.month())) - 1)?.checked_add(months)?;
    let (year, month) = (months.div_euclid(12), Month::try_from(u8::try_from(months.rem_euclid(12)).ok()? + 1).ok()?);
    Date::from_calendar_date(year, month, day.min(days_in_month(month, year))).ok()
}

impl Model {
    /// The day by the rule alone. None beyond the calendar.
    fn unadjusted(&self, from: Date) -> Option<Date> {
        let days = Duration::days(self.days.into());
        match self.due_rule {
            DueRule::Days => day_in(from, self.months, from.day())?.checked_add(days),
            DueRule::EndOfMonth => day_in(from, self.months, 31)?.checked_add(days),
            DueRule::DayOfMonth => {
                let day = u8::try_from(self.day_of_month?).ok()?;
                // nothing is due before it is invoiced
                let due = day_in(from, self.months, day).filter(|due| *due >= from).or_else(|| day_in(from, self.months + 1, day));
                due?.checked_add(days)
            }
        }
    }

    /// When an invoice of the day `from` is due.
    pub fn due_date(&self, from: Day, calendar: &Calendar) -> Result<Day> {
        let due = Day(self.unadjusted(from.0).ok_or_else(beyond)?);
        match self.adjustment {
            Adjustment::None => Ok(due),
            Adjustment::Following => calendar.following(due),
            Adjustment::Preceding => calendar.preceding(due),
        }
    }
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct DueDateQuery {
    /// The day of the invoice; today when left out.
    pub from: Option<Day>,
}

/// When an invoice is due.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct DueDate {
    pub from: Day,
    pub due_date: Day,
    /// By the rule alone, before it was moved off a day off.
    pub unadjusted: Day,
    /// Paid until this day it costs less.
    pub discount_until: Option<Day>,
    pub discount_percent: Option<Rate>,
}

/// When an invoice of a day is due
#[api_v2_operation]
pub async fn due_date(cx: Allowed<resource::Read<PaymentTerms>>, id: RowId, query: Query<DueDateQuery>) -> Api<DueDate> {
    let from = query.0.from.unwrap_or_else(|| cx.today());
    let scope = cx.read().await?;
    let term = scope.find::<Entity>().filter(Column::Id.eq(*id)).one().await?.ok_or_else(Error::not_found)?;
    let calendar = calendar::load(&scope).await?;
    let until = term.discount_days.map(|days| from.0.checked_add(Duration::days(days.into())).map(Day).ok_or_else(beyond)).transpose()?;
    let answer = DueDate {
        from,
        due_date: term.due_date(from, &calendar)?,
        unadjusted: Day(term.unadjusted(from.0).ok_or_else(beyond)?),
        discount_until: until,
        discount_percent: term.discount_percent,
    };
    Ok(Reply::new(&answer)?)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/payment-terms")
        .service(web::resource("").route(resource::list::<PaymentTerms>()).route(resource::create::<PaymentTerms>()))
        .service(web::resource("/export").route(resource::export::<PaymentTerms>()))
        .service(web::resource("/bulk").route(resource::bulk::<PaymentTerms>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<PaymentTerms>())
                .route(resource::update::<PaymentTerms>())
                .route(resource::delete::<PaymentTerms>()),
        )
        .service(web::resource("/{id}/due-date").route(web::get().to(due_date)))
}
