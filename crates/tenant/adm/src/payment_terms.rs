//! When an invoice is due.

use crate::calendar::{self, Calendar};
use auth::Allowed;
use envelope::{Api, Query, Reply, RowId, web};
use kernel::{CodeText, Day, Error, Memo, Rate, Realm, Result, Text};
use macros::record;
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Resource;
use sea_orm::{QueryFilter, entity::prelude::*};
use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month, util::days_in_month};

resource::string_enum! {
    /// Days after the invoice; the end of a month and days after it; a day of a month.
    pub DueRule ("DueRule") { Days, EndOfMonth, DayOfMonth }

    /// A day off stays, or moves to the business day after or before it.
    pub Adjustment ("BusinessDayAdjustment") { None, Following, Preceding }
}

/// When an invoice is due, and what paying early is worth.
#[record(table = "adm_payment_terms", schema = "PaymentTerm")]
pub struct Model {
    /// 코드 | Code
    #[api(create, filter)]
    pub code: CodeText<20>,
    /// 조건명 | Name
    #[api(create, update)]
    pub name: Text<100>,
    /// 설명 | Description
    #[api(create, update)]
    pub description: Option<Memo>,
    /// 만기 기준 | Due rule
    #[api(create, update, filter)]
    pub due_rule: DueRule,
    /// 개월 수 | Months
    ///
    /// Months after that of the invoice, 0 to 24.
    #[api(create(optional), update)]
    pub months: i32,
    /// 일수 | Days
    ///
    /// Days after, 0 to 365.
    #[api(create(optional), update)]
    pub days: i32,
    /// 지정일(일) | Day of month
    ///
    /// For `DAY_OF_MONTH`, 1 to 31; a shorter month ends it earlier.
    #[api(create, update)]
    pub day_of_month: Option<i32>,
    /// 휴일 조정 | Adjustment
    ///
    /// Where it goes when it falls on a day off.
    #[api(create(optional), update)]
    pub adjustment: Adjustment,
    /// 할인 기한(일) | Discount days
    ///
    /// Paid within so many days of the invoice, it costs less.
    #[api(create, update)]
    pub discount_days: Option<i32>,
    /// 할인율(%) | Discount (%)
    ///
    /// By so much: more than 0, less than 100.
    #[api(create, update)]
    pub discount_percent: Option<Rate>,
    /// 사용 | Active
    #[api(create(optional), update, filter)]
    pub is_active: bool,
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
    /// 기준일 | From
    ///
    /// The day of the invoice; today when left out.
    pub from: Option<Day>,
}

/// When an invoice is due.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct DueDate {
    /// 기준일 | From
    pub from: Day,
    /// 만기일 | Due date
    pub due_date: Day,
    /// 조정 전 날짜 | Before adjustment
    ///
    /// By the rule alone, before it was moved off a day off.
    pub unadjusted: Day,
    /// 할인 기한 | Discount until
    ///
    /// Paid until this day it costs less.
    pub discount_until: Option<Day>,
    /// 할인율(%) | Discount (%)
    pub discount_percent: Option<Rate>,
}

/// When an invoice of a day is due
///
/// Moved off days off as the payment term says, with the day until which a discount is given.
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
