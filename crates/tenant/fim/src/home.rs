//! What the first page says of claims, debts and tax invoices: what is open, what is due, and what is missing for the first invoice.

pub use crate::invoices::HomeMissing;

use crate::{
    invoices::{self, entity as invoice},
    open_items::item::{self, OpenItemKind},
    vat_return::figures::{self, Span},
};
use adm::calendar::{self, Calendar};
use kernel::{Day, Error, MoneySum, Result};
use ledger::sums;
use paperclip::actix::Apiv2Schema;
use sea_orm::{
    ColumnTrait, FromQueryResult, QueryFilter, QuerySelect,
    prelude::StringLen,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;
use store::Scope;

resource::string_enum! {
    /// What is due: invoices to issue, issued ones to send to the tax office, the VAT return.
    pub HomeDeadlineKind ("HomeDeadlineKind") { InvoicesToIssue, InvoicesToSend, VatReturn }
}

/// What is open of all partners, in the base currency.
#[derive(Debug, Default, Serialize, Apiv2Schema)]
pub struct HomeOpen {
    /// 합계 | Total
    ///
    /// Credit notes taken off.
    pub total: MoneySum,
    /// 연체 금액 | Overdue
    ///
    /// What of it was due before today.
    pub overdue: MoneySum,
    /// 연체 건수 | Overdue documents
    pub overdue_count: i64,
}

/// Something that is due.
#[derive(Debug, PartialEq, Eq, Serialize, Apiv2Schema)]
pub struct HomeDeadline {
    /// 종류 | Kind
    pub kind: HomeDeadlineKind,
    /// 기한 | Due
    ///
    /// The nearest; it may have passed.
    pub due: Day,
    /// 건수 | Count
    pub count: i64,
    /// 기한 초과 건수 | Overdue count
    ///
    /// How many of them are behind their day.
    pub overdue_count: i64,
    /// 시작 | From
    ///
    /// The first day of the tax period of a return.
    pub from: Option<Day>,
    /// 종료 | To
    pub to: Option<Day>,
}

#[derive(FromQueryResult)]
struct OfDueDate {
    due_date: Day,
    amount: MoneySum,
    claims: i64,
}

/// What is open, and what of it is overdue, from the items that are not settled.
///
/// # Errors
/// Where the database cannot be read.
pub async fn open(scope: &Scope, kind: OpenItemKind, today: Day) -> Result<HomeOpen> {
    use item::{Column, Entity};
    let rest = MoneySum::of("fim_open_items.base_amount - fim_open_items.base_settled");
    let rows: Vec<OfDueDate> = scope
        .find::<Entity>()
        .filter(Column::Kind.eq(kind))
        // the condition of the index over them
        .filter(Expr::cust("fim_open_items.settled <> fim_open_items.amount"))
        .select_only()
        .column(Column::DueDate)
        .column_as(Expr::cust(rest), "amount")
        .column_as(Expr::cust("CAST(SUM(CASE WHEN fim_open_items.amount > 0 THEN 1 ELSE 0 END) AS bigint)"), "claims")
        .group_by(Column::DueDate)
        .all_as()
        .await?;
    let mut open = HomeOpen::default();
    for row in rows {
        open.total += row.amount;
        if row.due_date < today {
            open.overdue += row.amount;
            open.overdue_count += row.claims;
        }
    }
    Ok(open)
}

#[derive(FromQueryResult)]
struct Waiting {
    status: invoice::Status,
    issue_deadline: Day,
    issue_date: Option<Day>,
    count: i64,
}

/// Sales invoices that wait: drafts to be issued, and issued ones to be sent, those among them that the tax office refused.
///
/// # Errors
/// Where the database cannot be read.
pub async fn invoices_due(scope: &Scope, today: Day) -> Result<Vec<HomeDeadline>> {
    use invoice::{Column, Direction, Entity, Status};
    let rows: Vec<Waiting> = scope
        .find::<Entity>()
        .filter(Column::Direction.eq(Direction::Sales))
        // the condition of the index over them
        .filter(Expr::cust("(fim_tax_invoices.status IN ('DRAFT', 'ISSUED') OR fim_tax_invoices.transmission_status = 'FAILED')"))
        .select_only()
        .column(Column::Status)
        .column(Column::IssueDeadline)
        .column(Column::IssueDate)
        .column_as(Column::Id.count().cast_as("bigint"), "count")
        .group_by(Column::Status)
        .group_by(Column::IssueDeadline)
        .group_by(Column::IssueDate)
        .all_as()
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let calendar = calendar::load(scope).await?;
    let (mut to_issue, mut to_send) = (Vec::new(), Vec::new());
    for row in rows {
        match (row.status, row.issue_date) {
            (Status::Draft, _) => to_issue.push((row.issue_deadline, row.count)),
            (_, Some(issued)) => to_send.push((send_deadline(issued, &calendar), row.count)),
            (_, None) => {}
        }
    }
    let of = |kind, days: Vec<(Day, i64)>| {
        let due = days.iter().map(|(day, _)| *day).min()?;
        let overdue_count = days.iter().filter(|(day, _)| *day < today).map(|(_, count)| count).sum();
        Some(HomeDeadline { kind, due, count: days.iter().map(|(_, count)| count).sum(), overdue_count, from: None, to: None })
    };
    let both = [of(HomeDeadlineKind::InvoicesToIssue, to_issue), of(HomeDeadlineKind::InvoicesToSend, to_send)];
    Ok(both.into_iter().flatten().collect())
}

/// Until when an invoice is to be sent: the day after it was issued (부가가치세법 시행령 §68⑦), or the next business day.
fn send_deadline(issued: Day, calendar: &Calendar) -> Day {
    following(issued.plus_days(1).unwrap_or(issued), calendar)
}

/// Where the holidays of a year are not known the day itself: a page that shows a day too early is better than none.
fn following(day: Day, calendar: &Calendar) -> Day {
    calendar.following(day).unwrap_or(day)
}

/// A tax period that is returned for, and until when.
#[derive(Debug, PartialEq, Eq)]
struct Return {
    from: Day,
    to: Day,
    due: Day,
}

/// The quarter that began so many quarters after the one of a day: its return is due on the 25th after it (부가가치세법 §48, §49), or the
/// next business day.
fn return_of(today: Day, quarters: i32, calendar: &Calendar) -> Result<Return> {
    let quarter = today.0.year() * 4 + i32::from(u8::from(today.0.month()) - 1) / 3 + quarters;
    let first = |quarter: i32, day: u8| -> Result<Day> {
        let month = u8::try_from(quarter.rem_euclid(4) * 3 + 1).map_err(Error::internal)?;
        let month = time::Month::try_from(month).map_err(Error::internal)?;
        Ok(Day(time::Date::from_calendar_date(quarter.div_euclid(4), month, day).map_err(Error::internal)?))
    };
    let to = first(quarter + 1, 1)?.plus_days(-1).ok_or_else(|| Error::internal("a day before all days"))?;
    Ok(Return { from: first(quarter, 1)?, to, due: following(first(quarter + 1, 25)?, calendar) })
}

/// The next VAT return whose period was not settled yet.
///
/// # Errors
/// Where the database cannot be read.
pub async fn vat_return_due(scope: &Scope, today: Day) -> Result<Option<HomeDeadline>> {
    let (calendar, known) = (calendar::load(scope).await?, sums::ledger(scope).await?.chain_no);
    for quarters in -1..=1 {
        let Return { from, to, due } = return_of(today, quarters, &calendar)?;
        // a settlement may be of the half-year
        let half = Span { from: from.plus_days(-100).unwrap_or(from), to: to.plus_days(100).unwrap_or(to), known };
        let covers = |row: &figures::Settlement| row.supplement_of_id.is_none() && row.from_date <= from && row.to_date >= to;
        if due < today || figures::settlements(scope, half).await?.iter().any(covers) {
            continue;
        }
        let kind = HomeDeadlineKind::VatReturn;
        return Ok(Some(HomeDeadline { kind, due, count: 1, overdue_count: 0, from: Some(from), to: Some(to) }));
    }
    Ok(None)
}

/// What the company itself lacks for its tax invoices; empty when it can issue them.
///
/// # Errors
/// Where the database cannot be read.
pub async fn missing(scope: &Scope) -> Result<Vec<HomeMissing>> {
    invoices::missing_of_company(scope).await
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Day, return_of, send_deadline};

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_quarter_is_returned_by_the_25th_after_it_or_the_next_business_day() {
        for (today, quarters, from, to, due) in [
            ("2026-04-10", -1, "2026-01-01", "2026-03-31", "2026-04-27"),
            ("2026-04-10", 0, "2026-04-01", "2026-06-30", "2026-07-27"),
            ("2026-01-03", -1, "2025-10-01", "2025-12-31", "2026-01-26"),
            ("2026-12-31", 0, "2026-10-01", "2026-12-31", "2027-01-25"),
            ("2026-11-30", 1, "2027-01-01", "2027-03-31", "2027-04-26"),
        ] {
            let found = return_of(day(today), quarters, &Calendar::default()).unwrap();
            assert_eq!((found.from, found.to, found.due), (day(from), day(to), day(due)), "{today} {quarters}");
        }
    }

    #[test]
    fn an_invoice_is_sent_on_the_day_after_or_the_next_business_day() {
        for (issued, due) in [("2026-11-30", "2026-12-01"), ("2026-11-27", "2026-11-30"), ("2026-12-24", "2026-12-28")] {
            assert_eq!(send_deadline(day(issued), &Calendar::default()), day(due), "{issued}");
        }
    }
}
