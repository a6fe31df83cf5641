//! The tables of the ledger in `tnnt_db`, and what the database itself holds about them.

mod accounts;
mod budgets;
mod by_day;
mod entry_origins;
mod given_rates;
mod guards;
mod journal;
mod parts_of_months;
mod wide_sums;

pub use guards::refuse;
use sea_orm_migration::prelude::*;
pub(crate) use wide_sums::BALANCE_CHECK;

/// In whatever order: they are sorted by their names, over all domains.
#[must_use]
pub fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(accounts::Accounts),
        Box::new(journal::Journal),
        Box::new(guards::Guards),
        Box::new(budgets::Budgets),
        Box::new(by_day::ByDay),
        Box::new(given_rates::GivenRates),
        Box::new(parts_of_months::PartsOfMonths),
        Box::new(wide_sums::WideSums),
        Box::new(entry_origins::EntryOrigins),
    ]
}
