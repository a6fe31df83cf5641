//! fim: money. Entries by hand, open items, payments, banks, clearings, tax invoices, revaluations, VAT and their statements. Accounts,
//! periods, posting and the statements of these alone are the crate `ledger`, which this one builds on and mounts.
//!
//! Words: an *open item* is what a partner owes or is owed; an *allocation* is a part of one that a payment or a clearing settled; a
//! *clearing* settles items without money; an *amendment* is a tax invoice that corrects another (수정세금계산서).
//!
//! A line in the account of claims or debts that names a partner opens an item, whether a document posted it or a person. A rate that
//! somebody gave stays with its draft when the date changes and goes when the currency does; one that was looked up is looked up again.
//! Where only a rate of the other direction is there, amounts are divided by it. Statements count what was posted for a customer for
//! whoever it had been merged into, as known at their moment.
//!
//! Tables: `fim_open_items`, `fim_allocations`, `fim_payment_transactions`, `fim_clearings`, `fim_tax_invoices`, `fim_tax_invoice_lines`,
//! `fim_bank_statements`, `fim_bank_statement_lines`, `fim_revaluations`, `fim_revaluation_lines`, `fim_vat_settlements`.
//!
//! Events follow from the verbs and actions of the resources, and are listed in the document; besides these there are `EVENTS`.

pub mod bank;
mod bank_lines;
pub mod clearings;
pub mod demo;
pub mod entries;
pub mod home;
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

/// Kinds of events that follow from no verb or action.
const EVENTS: &[&str] = &["fim.budget.exceeded", "fim.invoice.confirmed", "fim.invoice.transmission_failed", "fim.year.closed"];

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
        events: EVENTS,
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
