//! fim: money. The ledger, its months, tax invoices, payments, budgets, and the statements.
//!
//! Words: an *account* is a place in the chart; a *journal entry* (a *transaction* in the API) has *lines*, each one side, debit or
//! credit, of one account; a *draft* is *posted*, and a posted entry is undone only by its *reversing entry*; a *period* is a month that
//! takes postings while it is open; the *chain* is the order in which entries were posted.
//!
//! A line in the account of claims or debts that names a partner opens an item, whether a document posted it or a person. A rate that
//! somebody gave stays with its draft when the date changes and goes when the currency does; one that was looked up is looked up again.
//! Where only a rate of the other direction is there, amounts are divided by it. Statements count what was posted for a customer for
//! whoever it had been merged into, as known at their moment.
//!
//! Invariants, held by the database itself: Σ debit = Σ credit in an entry, in its currency and in the base currency; what is posted
//! never changes; nothing is posted into a closed month; a document is posted once; no account goes beyond what one amount can be. Numbers are given at posting, consecutive in a
//! fiscal year. Each posted entry's hash covers it and the entry before it.
//!
//! Tables: `fim_accounts`, `fim_periods`, `fim_journal_entries`, `fim_journal_entry_lines`, `fim_ledgers`,
//! `fim_ledger_months`, `fim_ledger_rollups`, `fim_account_balances`, `fim_open_items`, `fim_allocations`, `fim_payment_transactions`, `fim_clearings`,
//! `fim_budgets`, `fim_tax_invoices`, `fim_tax_invoice_lines`, `fim_bank_statements`, `fim_bank_statement_lines`, `fim_revaluations`,
//! `fim_revaluation_lines`, `fim_vat_settlements`.
//!
//! Events: `fim.account.created | updated | deleted`, `fim.period.closed | soft_closed | reopened`, `fim.year.closed`,
//! `fim.journal_entry.posted | reversed | cancelled`, `fim.open_item.created | reversed`, `fim.payment.created | updated | deleted |
//! completed | failed | cancelled | allocated | unallocated`, `fim.invoice.created | updated | deleted | issued | cancelled | sent |
//! confirmed | transmission_failed | amended`, `fim.budget.created | updated | deleted | approved | closed | exceeded`,
//! `fim.bank_statement.created | deleted | matched | unmatched | explained | finished | reopened`,
//! `fim.revaluation.created | reversed`, `fim.vat_settlement.created | reversed`, `fim.clearing.created | reversed`.

pub mod bank;
mod bank_lines;
pub mod clearings;
pub mod demo;
pub mod entries;
pub mod invoices;
mod migrations;
pub mod open_items;
pub mod payments;
mod reports;
pub mod revaluations;
pub mod rules;
mod vat_return;
pub mod vat_settlements;

pub use bank::BankStatements;
pub use clearings::Clearings;
pub use entries::Transactions;
pub use invoices::{Invoices, entity as invoice};
pub use open_items::OpenItems;
pub use payments::Payments;
pub use revaluations::Revaluations;
pub use vat_settlements::VatSettlements;

use envelope::web;
use kernel::{Permission, Realm};
use resource::{Create, Delete, Module, Read, ResourceInfo};

/// The domain, for the gateway; the ledger is a part of it.
#[must_use]
pub fn module() -> Module {
    Module {
        code: "fim",
        realm: Realm::Tenant,
        title: "재무 · money",
        routes: |cfg| {
            cfg.service(
                ledger::mount(web::scope("/fim"))
                    .service(entries::routes())
                    .service(web::resource("/verify").route(web::get().to(entries::verify)))
                    .service(open_items::routes())
                    .service(payments::routes())
                    .service(clearings::routes())
                    .service(invoices::routes())
                    .service(bank::routes())
                    .service(revaluations::routes())
                    .service(vat_settlements::routes())
                    .service(reports::routes()),
            );
        },
        migrations: || ledger::migrations::all().into_iter().chain(migrations::all()).collect(),
        resources: ledger::resources().into_iter().chain(resources()).collect(),
        permissions: [ledger::permissions(), vec![entries::Verify::KEY, invoices::IssueDated::KEY, bank::Import::KEY]].concat(),
        public_paths: &[],
        rules: rules::RULES,
        events: &["fim.budget.exceeded", "fim.invoice.confirmed", "fim.invoice.transmission_failed", "fim.year.closed"],
    }
}

fn resources() -> [ResourceInfo; 8] {
    [
        ResourceInfo::of::<Transactions>("/fim/transactions"),
        ResourceInfo::only::<OpenItems>("/fim/open-items", &[Read::<OpenItems>::KEY, Create::<OpenItems>::KEY]),
        ResourceInfo::of::<Payments>("/fim/payments"),
        ResourceInfo::only::<Clearings>("/fim/clearings", &[Read::<Clearings>::KEY, Create::<Clearings>::KEY]),
        ResourceInfo::of::<Invoices>("/fim/invoices"),
        ResourceInfo::only::<BankStatements>(
            "/fim/bank-statements",
            &[Read::<BankStatements>::KEY, Create::<BankStatements>::KEY, Delete::<BankStatements>::KEY],
        ),
        ResourceInfo::only::<Revaluations>("/fim/revaluations", &[Read::<Revaluations>::KEY, Create::<Revaluations>::KEY]),
        ResourceInfo::only::<VatSettlements>("/fim/vat-settlements", &[Read::<VatSettlements>::KEY, Create::<VatSettlements>::KEY]),
    ]
}
