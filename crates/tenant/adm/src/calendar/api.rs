use super::{Calendar, DayKind, load};
use crate::Holidays;
use auth::Allowed;
use envelope::{Api, Query, Reply, web};
use kernel::{Day, Error};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Apiv2Schema)]
pub struct CalendarDay {
    /// 날짜 | Date
    pub date: Day,
    /// 이름 | Name
    pub name: String,
    /// 종류 | Kind
    pub kind: DayKind,
    /// 영업일 | Business day
    ///
    /// Whether it is worked.
    pub is_business_day: bool,
}

#[derive(Serialize, Apiv2Schema)]
pub struct CalendarYear {
    /// 연도 | Year
    pub year: i32,
    /// 날짜 목록 | Days
    ///
    /// Days with a name; weekends are off without one.
    pub days: Vec<CalendarDay>,
    /// 영업일 수 | Business days
    pub business_days: i32,
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct YearQuery {
    /// 연도 | Year
    ///
    /// This year when left out.
    pub year: Option<i32>,
}

/// The days off of a year
///
/// Public holidays and the company's own days with their names, and how many business days the year has.
#[api_v2_operation]
pub async fn year(cx: Allowed<resource::Read<Holidays>>, query: Query<YearQuery>) -> Api<CalendarYear> {
    let calendar = load(&cx.read().await?).await?;
    let year = query.0.year.unwrap_or_else(|| cx.today().0.year());
    if !(1..=9999).contains(&year) {
        return Err(Error::field("year", "range", "1 이상 9999 이하의 연도여야 합니다.", "must be a year from 1 to 9999").into());
    }
    Ok(Reply::new(&year_of(&calendar, year)?)?)
}

fn year_of(calendar: &Calendar, year: i32) -> kernel::Result<CalendarYear> {
    let mut days = Vec::new();
    for (date, named) in calendar.named_days(year)? {
        days.push(CalendarDay { date, name: named.name, kind: named.kind, is_business_day: calendar.is_business_day(date)? });
    }
    let business_days = calendar.business_days(year)?.try_into().map_err(Error::internal)?;
    Ok(CalendarYear { year, days, business_days })
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct BusinessDayQuery {
    /// 시작일 | From
    ///
    /// Today when left out.
    pub from: Option<Day>,
    /// 일수 | Days
    ///
    /// Business days to go; negative goes back, 0 asks for the day itself or the next one that is worked.
    pub days: Option<i64>,
}

#[derive(Serialize, Apiv2Schema)]
pub struct BusinessDay {
    /// 시작일 | From
    pub from: Day,
    /// 일수 | Days
    pub days: i64,
    /// 날짜 | Date
    pub date: Day,
    /// 시작일이 영업일 | Starts on a business day
    ///
    /// Whether `from` itself is worked.
    pub from_is_business_day: bool,
}

/// The day that is so many business days away
///
/// Counted by the company's calendar: weekends, public holidays and its own days off are left out.
#[api_v2_operation]
pub async fn business_day(cx: Allowed<resource::Read<Holidays>>, query: Query<BusinessDayQuery>) -> Api<BusinessDay> {
    let calendar = load(&cx.read().await?).await?;
    let from = query.0.from.unwrap_or_else(|| cx.today());
    let days = query.0.days.unwrap_or_default();
    let answer = BusinessDay { from, days, date: calendar.shift(from, days)?, from_is_business_day: calendar.is_business_day(from)? };
    Ok(Reply::new(&answer)?)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/calendar")
        .service(web::resource("").route(web::get().to(year)))
        .service(web::resource("/business-day").route(web::get().to(business_day)))
}
