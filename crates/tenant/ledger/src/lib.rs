//! The ledger: accounts, the months they are posted in, entries, their sums, and the statements made of these alone.
//!
//! It knows no document. Whatever posts (an invoice, a payment, a stock movement, a person) drafts an entry ([`journal::draft`]), says what
//! it comes from ([`journal::document`]), and posts it ([`posting`]). An entry says itself whether only its document may reverse it.
//!
//! Words: an *account* is a place in the chart; a *journal entry* (a *transaction* in the API) has *lines*, each one side, debit or
//! credit, of one account; a *draft* is *posted*, and a posted entry is undone only by its *reversing entry*; a *period* is a month
//! that takes postings while it is open; the *chain* is the order in which entries were posted.
//!
//! Invariants, held by the database itself: Σ debit = Σ credit in an entry, in its currency and in the base currency; what is posted
//! never changes; nothing is posted into a closed month; a document is posted once; no account goes beyond what one amount can be.
//! Numbers are given at posting, consecutive in a fiscal year. Each posted entry's hash covers it and the entry before it.
//!
//! URLs, tables and permissions say `fim`, as the documents that built on them first do.
//!
//! Tables: `fim_accounts`, `fim_periods`, `fim_journal_entries`, `fim_journal_entry_lines`, `fim_ledgers`, `fim_ledger_months`,
//! `fim_ledger_rollups`, `fim_account_balances`, `fim_budgets`.
//!
//! Modules, each of which uses only those before it: `journal`, `accounts`, `periods`, `tax`, `sums`, `budgets`, `posting`, `year_end`,
//! `provision`, `reports`, `home`. The refusals with 409 are in `rules`.

pub mod accounts;
pub mod budgets;
pub mod home;
pub mod journal;
pub mod migrations;
pub mod periods;
pub mod posting;
pub mod provision;
pub mod reports;
pub mod rules;
pub mod sums;
pub mod tax;
pub mod year_end;

pub use accounts::Accounts;
pub use budgets::Budgets;
pub use periods::Periods;

use envelope::web;
use kernel::{Permission, PermissionKey};
use resource::{Read, ResourceInfo};

/// Mounts accounts, periods and budgets below `/fim`. The statements are [`reports::routes`], to which others add theirs.
#[must_use]
pub fn mount(fim: web::Scope) -> web::Scope {
    fim.service(accounts::routes()).service(year_end::routes()).service(periods::routes()).service(budgets::routes())
}

#[must_use]
pub fn resources() -> Vec<ResourceInfo> {
    vec![
        ResourceInfo::of::<Accounts>("/fim/accounts"),
        ResourceInfo::only::<Periods>("/fim/periods", &[Read::<Periods>::KEY]),
        ResourceInfo::of::<Budgets>("/fim/budgets"),
    ]
}

/// Permissions that follow from no resource.
#[must_use]
pub fn permissions() -> Vec<PermissionKey> {
    vec![year_end::YearEnd::KEY, reports::ReadReports::KEY]
}
