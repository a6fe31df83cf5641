//! The statements that SeaORM cannot say, each with the company's filter. (On PostgreSQL row-level security stands behind them.)

mod flows;
mod posting;

pub use flows::{JournalLine, cash_by_account, journal, spent};
pub use posting::{hold_ledger, hold_ledger_and_number, place};
pub mod bank;
pub mod partners;
pub mod revaluing;
pub mod vat;

use crate::journal::entry;
use kernel::{CodeText, Day, Error, Money, Result, Text, Timestamp};
use sea_orm::FromQueryResult;
use store::{Scope, Sql, Tx};
use uuid::Uuid;

/// The end of the company's chain of posted entries.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Ledger {
    pub base_currency: String,
    /// Digits of the base currency behind the point.
    pub base_places: i32,
    /// Entries posted so far.
    pub chain_no: i64,
    pub entry_hash: Vec<u8>,
    /// When the last one was.
    pub posted_at: Option<Timestamp>,
}

const LEDGER: &str = "SELECT base_currency, base_places, chain_no, entry_hash, posted_at FROM fim_ledgers WHERE tenant_id = ";

fn read<T: FromQueryResult>(row: &sea_orm::QueryResult) -> Result<T> {
    T::from_query_result(row, "").map_err(Error::internal)
}

/// The end of the chain as it is.
pub async fn ledger(scope: &Scope) -> Result<Ledger> {
    let mut sql = Sql::new(LEDGER);
    sql.bind(scope.tenant());
    read(&scope.raw_one(sql).await?.ok_or_else(|| Error::internal("the company has no ledger"))?)
}

/// Takes the lines of a draft away.
pub async fn clear_lines(tx: &Tx, entry: Uuid) -> Result<()> {
    let mut sql = Sql::new("DELETE FROM fim_journal_entry_lines WHERE tenant_id = ");
    sql.bind(tx.tenant()).push(" AND je_id = ").bind(entry);
    tx.raw_execute(sql).await.map(|_| ())
}

/// What a sum is made of.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// From this day; without one from the beginning.
    pub from: Option<Day>,
    /// To this day, which belongs to it.
    pub to: Option<Day>,
    /// As known when the chain ended here.
    pub known: i64,
    pub department: Option<Uuid>,
    pub project: Option<CodeText<50>>,
    /// Entries that close a year count.
    pub with_closing: bool,
}

/// Debit and credit of an account.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AccountSum {
    pub account_id: Uuid,
    pub debit: i64,
    pub credit: i64,
}

/// Debit and credit of every account that moved in a slice: whole months from what is summed up, the rest from the lines.
///
/// The months are exact up to the chain's `rolled_up_to`. Lines that came later are added; lines that were not known yet at
/// `known` but are in the months already are taken off again. It is one statement, so that the months are not summed up further
/// between two looks at them.
pub async fn sums(scope: &Scope, slice: &Slice) -> Result<Vec<AccountSum>> {
    let mut sql = Sql::new("SELECT account_id, CAST(SUM(debit) AS bigint) AS debit, CAST(SUM(credit) AS bigint) AS credit FROM (");
    let first = slice.from.map(first_whole_month);
    let beyond = slice.to.map(month_after_last_whole);
    if first.zip(beyond).is_some_and(|(first, beyond)| first >= beyond) {
        lines(&mut sql, scope, slice, "", slice.from, slice.to);
        sql.push(" AND chain_no <= ").bind(slice.known);
    } else {
        sql.push("SELECT account_id, debit, credit FROM fim_ledger_months WHERE tenant_id = ").bind(scope.tenant());
        if let Some(first) = first {
            sql.push(" AND month >= ").bind(first);
        }
        if let Some(beyond) = beyond {
            sql.push(" AND month < ").bind(beyond);
        }
        filter(&mut sql, slice);
        let last = beyond.map(day_before);
        sql.push(" UNION ALL ");
        lines(&mut sql, scope, slice, "", first, last);
        sql.push(" AND chain_no <= ").bind(slice.known).push(" AND chain_no > ");
        rolled_up_to(&mut sql, scope);
        sql.push(" UNION ALL ");
        lines(&mut sql, scope, slice, "-", first, last);
        sql.push(" AND chain_no > ").bind(slice.known).push(" AND chain_no <= ");
        rolled_up_to(&mut sql, scope);
        // the days before the first and after the last whole month
        let head = slice.from.zip(first).filter(|(from, first)| from < first).map(|(from, first)| (from, day_before(first)));
        let tail = beyond.zip(slice.to).filter(|(beyond, to)| beyond <= to);
        for (from, to) in head.into_iter().chain(tail) {
            sql.push(" UNION ALL ");
            lines(&mut sql, scope, slice, "", Some(from), Some(to));
            sql.push(" AND chain_no <= ").bind(slice.known);
        }
    }
    sql.push(") moved GROUP BY account_id");
    scope.raw_all(sql).await?.iter().map(read).collect()
}

fn rolled_up_to(sql: &mut Sql, scope: &Scope) {
    sql.push("(SELECT rolled_up_to FROM fim_ledger_rollups WHERE tenant_id = ").bind(scope.tenant()).push(")");
}

fn day_before(day: Day) -> Day {
    day.0.previous_day().map_or(day, Day)
}

fn lines(sql: &mut Sql, scope: &Scope, slice: &Slice, sign: &str, from: Option<Day>, to: Option<Day>) {
    sql.push("SELECT account_id, ")
        .push(sign)
        .push("base_debit AS debit, ")
        .push(sign)
        .push("base_credit AS credit FROM fim_journal_entry_lines WHERE tenant_id = ");
    sql.bind(scope.tenant()).push(" AND chain_no IS NOT NULL");
    if let Some(from) = from {
        sql.push(" AND posting_date >= ").bind(from);
    }
    if let Some(to) = to {
        sql.push(" AND posting_date <= ").bind(to);
    }
    filter(sql, slice);
}

fn filter(sql: &mut Sql, slice: &Slice) {
    if let Some(department) = slice.department {
        sql.push(" AND department_id = ").bind(department);
    }
    if let Some(project) = &slice.project {
        sql.push(" AND project_code = ").bind(project.to_string());
    }
    if !slice.with_closing {
        sql.push(" AND is_closing = ").bind(false);
    }
}

fn month_of(day: Day) -> Day {
    Day(day.0.replace_day(1).unwrap_or(day.0))
}

fn next_month(day: Day) -> Day {
    let first = month_of(day).0;
    Day((first + time::Duration::days(31)).replace_day(1).unwrap_or(first))
}

fn first_whole_month(from: Day) -> Day {
    if from.0.day() == 1 { from } else { next_month(from) }
}

fn month_after_last_whole(to: Day) -> Day {
    let next = to.0.next_day().map_or(to, Day);
    month_of(next)
}

/// A line of an account with its entry's number.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LedgerLine {
    pub je_id: Uuid,
    pub je_code: String,
    pub posting_date: Day,
    pub line_no: i32,
    pub description: Option<Text<500>>,
    pub partner_id: Option<Uuid>,
    pub department_id: Option<Uuid>,
    pub base_debit: Money,
    pub base_credit: Money,
}

/// The lines of an account in a slice, by day and place in the chain.
pub async fn account_lines(scope: &Scope, slice: &Slice, account: Uuid, offset: i64, limit: i32) -> Result<Vec<LedgerLine>> {
    let mut sql = Sql::new(
        "SELECT l.je_id, e.je_code, l.posting_date, l.line_no, l.description, l.partner_id, l.department_id, l.base_debit, l.base_credit FROM (",
    );
    of_account(&mut sql, scope, slice, account);
    sql.push(" ORDER BY posting_date, chain_no, line_no LIMIT ").bind(limit).push(" OFFSET ").bind(offset);
    sql.push(
        ") l JOIN fim_journal_entries e ON e.tenant_id = l.tenant_id AND e.id = l.je_id ORDER BY l.posting_date, l.chain_no, l.line_no",
    );
    scope.raw_all(sql).await?.iter().map(read).collect()
}

/// How many lines of an account there are in a slice, and what the first `offset` of them come to (debit-positive).
pub async fn account_lines_before(scope: &Scope, slice: &Slice, account: Uuid, offset: i64) -> Result<(i64, i64)> {
    let mut sql = Sql::new("SELECT COUNT(*) AS total FROM (");
    of_account(&mut sql, scope, slice, account);
    sql.push(") counted");
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    let total = row.try_get("", "total").map_err(Error::internal)?;
    if offset == 0 {
        return Ok((total, 0));
    }
    let mut sql = Sql::new("SELECT CAST(COALESCE(SUM(base_debit - base_credit), 0) AS bigint) AS skipped FROM (");
    of_account(&mut sql, scope, slice, account);
    sql.push(" ORDER BY posting_date, chain_no, line_no LIMIT ").bind(offset).push(") skipped");
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    Ok((total, row.try_get("", "skipped").map_err(Error::internal)?))
}

fn of_account(sql: &mut Sql, scope: &Scope, slice: &Slice, account: Uuid) {
    sql.push("SELECT * FROM fim_journal_entry_lines WHERE tenant_id = ").bind(scope.tenant()).push(" AND account_id = ").bind(account);
    sql.push(" AND chain_no <= ").bind(slice.known);
    if let Some(from) = slice.from {
        sql.push(" AND posting_date >= ").bind(from);
    }
    if let Some(to) = slice.to {
        sql.push(" AND posting_date <= ").bind(to);
    }
    filter(sql, slice);
}

/// Entries that may lie behind the sums of the months before it is worth to sum up.
const WORTH_IT: i64 = 200;

/// Sums up the months to the end of the chain, when it has moved far enough. Whoever posts does not wait for it.
pub async fn catch_up(tx: &Tx) -> Result<()> {
    let mut sql = Sql::new("SELECT rolled_up_to FROM fim_ledger_rollups WHERE tenant_id = ");
    sql.bind(tx.tenant());
    if tx.is_postgres() {
        sql.push(" FOR UPDATE");
    }
    let Some(row) = tx.raw_one(sql).await? else { return Ok(()) };
    let after: i64 = row.try_get("", "rolled_up_to").map_err(Error::internal)?;
    let until = ledger(tx).await?.chain_no;
    if until - after < WORTH_IT {
        return Ok(());
    }
    let month = if tx.is_postgres() { "CAST(date_trunc('month', posting_date) AS date)" } else { "substr(posting_date, 1, 7) || '-01'" };
    let mut sql = Sql::new(
        "INSERT INTO fim_ledger_months (id, tenant_id, month, account_id, department_id, project_code, is_closing, debit, credit, created_at) SELECT ",
    );
    sql.push(if tx.is_postgres() { "gen_random_uuid()" } else { "randomblob(16)" });
    sql.push(", tenant_id, ")
        .push(month)
        .push(", account_id, department_id, project_code, is_closing, SUM(base_debit), SUM(base_credit), ")
        .bind(tx.now());
    sql.push(" FROM fim_journal_entry_lines WHERE tenant_id = ").bind(tx.tenant());
    sql.push(" AND chain_no > ").bind(after).push(" AND chain_no <= ").bind(until);
    sql.push(" GROUP BY tenant_id, ").push(month).push(", account_id, department_id, project_code, is_closing");
    let nil = if tx.is_postgres() { "'00000000-0000-0000-0000-000000000000'::uuid" } else { "''" };
    sql.push(" ON CONFLICT (tenant_id, month, account_id, is_closing, (COALESCE(department_id, ")
        .push(nil)
        .push(")), (COALESCE(project_code, ''))) ");
    sql.push("DO UPDATE SET debit = fim_ledger_months.debit + excluded.debit, credit = fim_ledger_months.credit + excluded.credit");
    tx.raw_execute(sql).await?;
    let mut sql = Sql::new("UPDATE fim_ledger_rollups SET rolled_up_to = ");
    sql.bind(until).push(" WHERE tenant_id = ").bind(tx.tenant());
    tx.raw_execute(sql).await.map(|_| ())
}

/// Where the chain ended at a moment.
pub async fn known_at(scope: &Scope, at: Timestamp) -> Result<i64> {
    let mut sql = Sql::new("SELECT COALESCE(MAX(chain_no), 0) AS chain_no FROM fim_journal_entries WHERE tenant_id = ");
    sql.bind(scope.tenant()).push(" AND chain_no IS NOT NULL AND posted_at <= ").bind(at);
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    row.try_get("", "chain_no").map_err(Error::internal)
}

/// Posted entries behind a place in the chain, in its order.
pub async fn chained(scope: &Scope, after: i64, limit: u32) -> Result<Vec<entry::Model>> {
    use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
    let find = scope.find::<entry::Entity>().filter(entry::Column::ChainNo.gt(after)).order_by_asc(entry::Column::ChainNo);
    find.limit(u64::from(limit)).all().await
}

/// The first month whose stored sums are not those of its lines.
pub async fn months_that_drifted(scope: &Scope) -> Result<Option<String>> {
    let month = if scope.is_postgres() { "to_char(posting_date, 'YYYY-MM')" } else { "substr(posting_date, 1, 7)" };
    let stored = if scope.is_postgres() { "to_char(month, 'YYYY-MM')" } else { "substr(month, 1, 7)" };
    let mut sql = Sql::new("SELECT MIN(label) AS label FROM (SELECT label FROM (");
    sql.push("SELECT ").push(stored).push(" AS label, account_id, is_closing, COALESCE(CAST(department_id AS text), '') AS department, COALESCE(project_code, '') AS project, debit, credit ");
    sql.push("FROM fim_ledger_months WHERE tenant_id = ").bind(scope.tenant());
    sql.push(" UNION ALL SELECT ").push(month).push(
        ", account_id, is_closing, COALESCE(CAST(department_id AS text), ''), COALESCE(project_code, ''), -base_debit, -base_credit ",
    );
    sql.push("FROM fim_journal_entry_lines WHERE tenant_id = ").bind(scope.tenant());
    sql.push(" AND chain_no <= ");
    rolled_up_to(&mut sql, scope);
    sql.push(") moved GROUP BY label, account_id, is_closing, department, project HAVING SUM(debit) <> 0 OR SUM(credit) <> 0) drifted");
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    row.try_get("", "label").map_err(Error::internal)
}
