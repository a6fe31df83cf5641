//! The tables of open items, payments, invoices, banks and VAT in `tnnt_db`; those of the ledger are the ledger's.

mod bad_debt_relief;
mod bank;
mod bank_entries;
mod business_keys;
mod clearings;
mod invoices;
mod open_items;
mod payments;
mod pending_clearings;
mod posted_partners;
mod revaluations;
mod revalued_cash;
mod vat_settlements;
mod vat_supplements;
mod waiting_invoices;

use sea_orm_migration::prelude::*;

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(open_items::OpenItems),
        Box::new(payments::Payments),
        Box::new(invoices::Invoices),
        Box::new(bank::Bank),
        Box::new(revaluations::Revaluations),
        Box::new(vat_settlements::VatSettlements),
        Box::new(bank_entries::BankEntries),
        Box::new(revalued_cash::RevaluedCash),
        Box::new(clearings::Clearings),
        Box::new(bad_debt_relief::BadDebtRelief),
        Box::new(posted_partners::PostedPartners),
        Box::new(business_keys::BusinessKeys),
        Box::new(vat_supplements::VatSupplements),
        Box::new(pending_clearings::PendingClearings),
        Box::new(waiting_invoices::WaitingInvoices),
    ]
}
