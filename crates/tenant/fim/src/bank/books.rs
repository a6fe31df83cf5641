//! What stands in a bank account in the ledger, and what moved it.

use kernel::{Currency, Day, Error, Money, MoneySum, Result, Text};
use ledger::{
    journal::entry::EntryOrigin,
    sums::{one_amount, read},
};
use sea_orm::{ActiveEnum as _, FromQueryResult};
use store::{Scope, Sql};
use uuid::Uuid;

/// The lines of an account in a currency that are posted by `known`.
fn of_account(sql: &mut Sql, scope: &Scope, (account, currency): (Uuid, &Currency), known: i64) {
    sql.push(
        " FROM fim_journal_entry_lines l JOIN fim_journal_entries e ON e.tenant_id = l.tenant_id AND e.id = l.je_id WHERE l.tenant_id = ",
    );
    sql.bind(scope.tenant()).push(" AND l.account_id = ").bind(account).push(" AND l.chain_no <= ").bind(known);
    sql.push(" AND e.currency = ").bind(currency.to_string());
}

/// What stands in a bank account on a day, in its own currency, debit-positive.
pub async fn account_balance(scope: &Scope, of: (Uuid, &Currency), to: Day, known: i64) -> Result<Money> {
    let mut sql = Sql::new("SELECT ");
    sql.push(&MoneySum::of("l.debit_amount - l.credit_amount")).push(" AS balance");
    of_account(&mut sql, scope, of, known);
    sql.push(" AND l.posting_date <= ").bind(to);
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    one_amount(row.try_get("", "balance").map_err(Error::internal)?)
}

/// An entry that somebody booked by hand, and stands.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Booked {
    pub je_id: Uuid,
    pub je_code: String,
    pub posting_date: Day,
    pub ref_doc_no: Option<Text<100>>,
    /// What it did to the account, debit-positive.
    pub moved: Money,
}

/// Entries by hand that moved a bank account between two days, less what lines of the bank are of them already.
pub async fn booked_by_hand(scope: &Scope, of: (Uuid, &Currency), (from, to): (Day, Day), known: i64) -> Result<Vec<Booked>> {
    let mut sql = Sql::new(
        "SELECT e.id AS je_id, e.je_code, e.posting_date, e.ref_doc_no, CAST(SUM(l.debit_amount - l.credit_amount) - COALESCE((SELECT SUM(b.amount) \
         FROM fim_bank_statement_lines b WHERE b.tenant_id = e.tenant_id AND b.je_id = e.id AND b.deleted_at IS NULL AND b.account_id = ",
    );
    sql.bind(of.0).push("), 0) AS bigint) AS moved");
    of_account(&mut sql, scope, of, known);
    sql.push(" AND l.posting_date >= ").bind(from).push(" AND l.posting_date <= ").bind(to);
    sql.push(" AND e.reversed_je_id IS NULL AND e.reverses_je_id IS NULL AND e.origin = ").bind(EntryOrigin::Manual.to_value());
    sql.push(" GROUP BY e.tenant_id, e.id, e.je_code, e.posting_date, e.ref_doc_no, e.chain_no ORDER BY e.chain_no");
    scope.raw_all(sql).await?.iter().map(read).collect()
}
