//! The tables of money in `tnnt_db`, and what the database itself holds about them.

mod accounts;
mod bad_debt_relief;
mod bank;
mod bank_entries;
mod budgets;
mod business_keys;
mod by_day;
mod clearings;
mod entry_origins;
mod given_rates;
mod guards;
mod invoices;
mod journal;
mod open_items;
mod parts_of_months;
mod payments;
mod posted_partners;
mod revaluations;
mod revalued_cash;
mod vat_settlements;
mod vat_supplements;
mod wide_sums;

use sea_orm_migration::prelude::*;
pub(crate) use wide_sums::BALANCE_CHECK;

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(accounts::Accounts),
        Box::new(journal::Journal),
        Box::new(guards::Guards),
        Box::new(open_items::OpenItems),
        Box::new(budgets::Budgets),
        Box::new(payments::Payments),
        Box::new(invoices::Invoices),
        Box::new(bank::Bank),
        Box::new(revaluations::Revaluations),
        Box::new(vat_settlements::VatSettlements),
        Box::new(by_day::ByDay),
        Box::new(bank_entries::BankEntries),
        Box::new(revalued_cash::RevaluedCash),
        Box::new(parts_of_months::PartsOfMonths),
        Box::new(clearings::Clearings),
        Box::new(bad_debt_relief::BadDebtRelief),
        Box::new(given_rates::GivenRates),
        Box::new(posted_partners::PostedPartners),
        Box::new(business_keys::BusinessKeys),
        Box::new(wide_sums::WideSums),
        Box::new(vat_supplements::VatSupplements),
        Box::new(entry_origins::EntryOrigins),
    ]
}
