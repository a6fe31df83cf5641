//! 지연발급 가산세: what is due for sales that were invoiced after their deadline.
//!
//! 부가가치세법 §60②: of the supply value 1 % where the invoice was issued late but before the final return of its tax period is due
//! (지연발급), 2 % where it was not issued by then (미발급). The return is due on the 25th after the half-year (§49①), or the next business
//! day. What is smaller than the smallest part of the currency is dropped.

use super::{Wanted, basis};
use crate::vat_return::figures;
use adm::calendar::{self, Calendar};
use auth::Allowed;
use envelope::Query;
use kernel::{Day, Error, Money, MoneySum, Rate, Result, Text, Timestamp};
use ledger::{reports::ReadReports, sums};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, report};
use serde::Serialize;
use store::Scope;
use uuid::Uuid;

/// Of the supply, in percent.
const LATE: i64 = 1;
const NOT_ISSUED: i64 = 2;

/// A sale that was invoiced late.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct LateInvoice {
    /// 세금계산서 | Tax invoice
    pub invoice_id: Uuid,
    /// 계산서 번호 | Invoice number
    pub invoice_no: Option<Text<50>>,
    /// 거래처 | Partner
    pub partner_id: Uuid,
    /// 공급받는 자 상호 | Buyer business name
    pub buyer_biz_name: Option<Text<200>>,
    /// 작성일자 | Invoice date
    pub invoice_date: Day,
    /// 발급 기한 | Issue deadline
    pub issue_deadline: Day,
    /// 발급일 | Issue date
    pub issue_date: Day,
    /// 신고 기한 | Return due
    ///
    /// When the final return of its tax period was due: behind it, it counts as not issued.
    pub return_due: Day,
    /// 공급가액 | Supply amount
    pub supply: Money,
    /// 가산세율 | Penalty rate
    ///
    /// `0.01` or `0.02`.
    pub rate: Rate,
    /// 가산세 | Penalty
    pub penalty: Money,
}

/// Sales of a period that were invoiced late.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct LateInvoices {
    /// 시작 | From
    pub from: Day,
    /// 종료 | To
    pub to: Day,
    /// 인지 시점 | Known at
    pub known_at: Option<Timestamp>,
    /// 행 | Rows
    pub rows: Vec<LateInvoice>,
    /// 공급가액 | Supply amount
    pub supply: MoneySum,
    /// 가산세 | Penalty
    pub penalty: MoneySum,
}

/// When the final return of the half-year of a day is due.
fn return_due(of: Day, calendar: &Calendar) -> Result<Day> {
    let (year, month) =
        if u8::from(of.0.month()) <= 6 { (of.0.year(), time::Month::July) } else { (of.0.year() + 1, time::Month::January) };
    calendar.following(Day(time::Date::from_calendar_date(year, month, 25).map_err(Error::internal)?))
}

fn penalty(supply: Money, percent: i64, places: u32) -> Money {
    let unit = 10_i64.pow(Money::SCALE.saturating_sub(places));
    let whole = i128::from(supply.0) * i128::from(percent) / (100 * i128::from(unit));
    Money(i64::try_from(whole).unwrap_or_default() * unit)
}

/// The sales of a span that were invoiced late, with what is due for each.
pub(super) async fn of(scope: &Scope, span: figures::Span) -> Result<Vec<LateInvoice>> {
    let late = figures::issued_late(scope, span).await?;
    if late.is_empty() {
        return Ok(Vec::new());
    }
    let places = u32::try_from(sums::ledger(scope).await?.base_places).map_err(Error::internal)?;
    let calendar = calendar::load(scope).await?;
    let row = |row: figures::Late| {
        let return_due = return_due(row.invoice_date, &calendar)?;
        let percent = if row.issue_date > return_due { NOT_ISSUED } else { LATE };
        Ok(LateInvoice {
            invoice_id: row.id,
            invoice_no: row.invoice_no,
            partner_id: row.partner_id,
            buyer_biz_name: row.buyer_biz_name,
            invoice_date: row.invoice_date,
            issue_deadline: row.issue_deadline,
            issue_date: row.issue_date,
            return_due,
            supply: row.supply,
            rate: Rate::from_decimal(rust_decimal::Decimal::new(percent, 2)).ok_or_else(|| Error::internal("no rate"))?,
            penalty: penalty(row.supply, percent, places),
        })
    };
    late.into_iter().map(row).collect()
}

/// Sales that were invoiced late, and the penalty for each
///
/// Each with its deadline and the day it was issued; the percentage is higher after the day the return was due.
#[api_v2_operation]
pub async fn late(cx: Allowed<ReadReports>, query: Query<Wanted>) -> ReportAnswer<LateInvoices> {
    let scope = cx.read().await?;
    let (basis, span) = basis(&cx, &scope, query.0.from, query.0.to, query.0.known_at).await?;
    let rows = of(&scope, span).await?;
    let answer = LateInvoices {
        from: basis.from,
        to: basis.to,
        known_at: basis.known_at,
        supply: rows.iter().map(|row| row.supply).sum(),
        penalty: rows.iter().map(|row| row.penalty).sum(),
        rows,
    };
    Ok(report("late-invoices", query.0.format, &answer).await?)
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Day, Money, penalty, return_due};

    #[test]
    fn a_half_year_is_returned_by_the_25th_after_it_or_the_next_business_day() {
        for (of, until) in
            [("2026-03-10", "2026-07-27"), ("2026-06-30", "2026-07-27"), ("2026-07-01", "2027-01-25"), ("2027-12-31", "2028-01-25")]
        {
            assert_eq!(return_due(Day::parse(of).unwrap(), &Calendar::default()).unwrap().to_string(), until, "{of}");
        }
    }

    #[test]
    fn a_part_of_a_won_is_no_penalty() {
        assert_eq!(penalty(Money(123_456 * 10_000), 1, 0), Money(1_234 * 10_000));
        assert_eq!(penalty(Money(99 * 10_000), 1, 0), Money::ZERO);
        assert_eq!(penalty(Money(99 * 10_000), 2, 2), Money(19_800));
    }
}
