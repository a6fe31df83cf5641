//! The months of the ledger: open, closed by exception only, closed.

mod api;
pub mod entity;

use entity::{Column, Entity, Filter, Model, PeriodStatus};
use envelope::web;
use kernel::{Day, Realm};
use resource::{Action, RangeKind, ReadOnly, Resource, action};

/// The months of the ledger.
pub struct Periods;

impl Resource for Periods {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "periods";
    const NOUN: &'static str = "period";
    type Entity = Entity;
    type View = Model;
    type Create = ReadOnly;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Period, Column::StartDate];
    const SEARCH: &'static [Column] = &[Column::Period];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::StartDate, RangeKind::Day)];
    const EXAMPLE: &'static str = "{}";
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        use PeriodStatus::{Closed, Open, SoftClosed};
        vec![
            action("close", "closed", "Close a month: nothing can be posted into it any more. Open drafts do not prevent this")
                .from(&[Open, SoftClosed])
                .to(Closed)
                .does(api::close)
                .event_fields(api::fact),
            // one that is closed so already may get another exception: the function says when there is nothing to do
            action("soft-close", "soft_closed", "Close a month for everybody, or for everybody but one person for a while")
                .from(&[Open, SoftClosed])
                .does(api::soft_close)
                .event_fields(api::fact),
            action("reopen", "reopened", "Reopen a closed month; the reason is kept in the audit log")
                .from(&[SoftClosed, Closed])
                .to(Open)
                .does(api::reopen)
                .event_fields(api::fact)
                .step_up(),
        ]
    }
}

/// The twelve months of a fiscal year, first and last day of each.
#[must_use]
pub fn months_of(fiscal_year: i32, starts_in: u8) -> Vec<(Day, Day)> {
    let first = |year: i32, month: u8| time::Date::from_calendar_date(year, time::Month::try_from(month).ok()?, 1).ok();
    (0..12)
        .filter_map(|offset| {
            let month = starts_in + offset;
            let (year, month) = if month > 12 { (fiscal_year + 1, month - 12) } else { (fiscal_year, month) };
            let start = first(year, month)?;
            let next = if month == 12 { first(year + 1, 1)? } else { first(year, month + 1)? };
            Some((Day(start), Day(next.previous_day()?)))
        })
        .collect()
}

pub fn routes() -> web::Scope {
    web::scope("/periods")
        .service(web::resource("").route(resource::list::<Periods>()))
        .service(web::resource("/export").route(resource::export::<Periods>()))
        .service(web::resource("/{id}").route(resource::get::<Periods>()))
        .configure(resource::actions::<Periods>)
}

#[cfg(test)]
mod tests {
    use super::months_of;

    #[test]
    fn a_fiscal_year_is_twelve_months_without_a_gap() {
        for starts_in in 1..=12 {
            let months = months_of(2027, starts_in);
            assert_eq!(months.len(), 12);
            for pair in months.windows(2) {
                assert_eq!(pair[0].1.0.next_day().unwrap(), pair[1].0.0);
            }
        }
        assert_eq!(months_of(2028, 1)[1].1.to_string(), "2028-02-29");
        assert_eq!(months_of(2026, 4)[11].1.to_string(), "2027-03-31");
    }
}
