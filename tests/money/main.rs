//! `/api/v1/tenants/fim`: money.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics, in its helpers too")]

mod accounts;
mod aging;
mod amending;
mod apart;
mod bad_debts;
mod bank;
mod books;
mod budgets;
mod clearings;
mod demo;
mod files;
mod guards;
mod in_use;
mod invoices;
mod korea;
mod merged;
mod month_end;
mod payments;
mod periods;
mod posting;
mod queue;
mod rates;
mod reports;
mod revaluing;
mod reversing;
mod sequences;
mod vat;
mod vat_settlement;
mod wide;
mod year_end;
