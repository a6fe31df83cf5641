//! Months summed up, so that a statement does not read every line.
//!
//! The sums of a month stand in parts, by when its lines were posted: a part is of [`PART`] places in the chain. As known at an earlier
//! moment are the parts that were full by then and the lines behind them, so that looking back costs no more than looking.

use super::{Slice, filter, ledger, read};
use kernel::{Day, Error, MoneySum, Result};
use sea_orm::FromQueryResult;
use store::{Scope, Sql, Tx};
use uuid::Uuid;

/// Entries whose sums stand in one part of a month: a statement reads the lines of so many at most.
pub const PART: i64 = 16_384;

/// Debit and credit of an account.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AccountSum {
    pub account_id: Uuid,
    pub debit: MoneySum,
    pub credit: MoneySum,
}

/// Debit and credit of every account that moved in a slice: whole months from what is summed up, the rest from the lines.
///
/// The months are exact up to the chain's `rolled_up_to`. When all of that was known at `known`, they count whole, and lines that came later
/// are added; else the parts that were full by then count, and the lines behind them. It is one statement, so that the months are not
/// summed up further between two looks at them.
pub async fn sums(scope: &Scope, slice: &Slice) -> Result<Vec<AccountSum>> {
    let side = |side: &str| MoneySum::of_parts(&format!("{side}_billions"), &format!("{side}_rest"));
    let mut sql = Sql::new(&format!("SELECT account_id, {} AS debit, {} AS credit FROM (", side("debit"), side("credit")));
    let first = slice.from.map(first_whole_month);
    let beyond = slice.to.map(month_after_last_whole);
    if first.zip(beyond).is_some_and(|(first, beyond)| first >= beyond) {
        lines(&mut sql, scope, slice, "posting_date", (slice.from, slice.to));
    } else {
        whole_months(&mut sql, scope, slice, (first, beyond));
        // the days before the first and after the last whole month
        let head = slice.from.zip(first).filter(|(from, first)| from < first).map(|(from, first)| (from, day_before(first)));
        let tail = beyond.zip(slice.to).filter(|(beyond, to)| beyond <= to);
        for (from, to) in head.into_iter().chain(tail) {
            sql.push(" UNION ALL ");
            lines(&mut sql, scope, slice, "posting_date", (Some(from), Some(to)));
        }
    }
    sql.push(") moved GROUP BY account_id");
    scope.raw_all(sql).await?.iter().map(read).collect()
}

fn whole_months(sql: &mut Sql, scope: &Scope, slice: &Slice, (first, beyond): (Option<Day>, Option<Day>)) {
    let full = slice.known / PART;
    sql.push("SELECT account_id, debit_billions, debit AS debit_rest, credit_billions, credit AS credit_rest FROM fim_ledger_months WHERE tenant_id = ");
    sql.bind(scope.tenant());
    if let Some(first) = first {
        sql.push(" AND month >= ").bind(first);
    }
    if let Some(beyond) = beyond {
        sql.push(" AND month < ").bind(beyond);
    }
    sql.push(" AND (part < ").bind(full).push(" OR ");
    rolled_up_to(sql, scope);
    sql.push(" <= ").bind(slice.known).push(")");
    filter(sql, slice);
    sql.push(" UNION ALL ");
    // found by their place in the chain: of the days there may be years
    let day = if scope.is_postgres() { "posting_date + 0" } else { "+posting_date" };
    lines(sql, scope, slice, day, (first, beyond.map(day_before)));
    sql.push(" AND chain_no > CASE WHEN ");
    rolled_up_to(sql, scope);
    sql.push(" <= ").bind(slice.known).push(" THEN ");
    rolled_up_to(sql, scope);
    sql.push(" ELSE ").bind(full * PART).push(" END");
}

fn rolled_up_to(sql: &mut Sql, scope: &Scope) {
    sql.push("(SELECT rolled_up_to FROM fim_ledger_rollups WHERE tenant_id = ").bind(scope.tenant()).push(")");
}

fn day_before(day: Day) -> Day {
    day.0.previous_day().map_or(day, Day)
}

fn lines(sql: &mut Sql, scope: &Scope, slice: &Slice, day: &str, (from, to): (Option<Day>, Option<Day>)) {
    let [debit_billions, debit_rest] = MoneySum::parts("base_debit");
    let [credit_billions, credit_rest] = MoneySum::parts("base_credit");
    sql.push(&format!("SELECT account_id, {debit_billions} AS debit_billions, {debit_rest} AS debit_rest, "));
    sql.push(&format!("{credit_billions} AS credit_billions, {credit_rest} AS credit_rest FROM fim_journal_entry_lines"));
    sql.push(" WHERE tenant_id = ").bind(scope.tenant()).push(" AND chain_no <= ").bind(slice.known);
    if let Some(from) = from {
        sql.push(" AND ").push(day).push(" >= ").bind(from);
    }
    if let Some(to) = to {
        sql.push(" AND ").push(day).push(" <= ").bind(to);
    }
    filter(sql, slice);
}

/// Credit less debit of some accounts together, by month (`2026-03`), from one month to another; entries that close a year do not count.
/// It reads the months, and the lines that are not summed up yet.
pub async fn credit_by_month(scope: &Scope, accounts: &[Uuid], (first, last): (Day, Day)) -> Result<Vec<(String, MoneySum)>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let label = |day: &str| if scope.is_postgres() { format!("to_char({day}, 'YYYY-MM')") } else { format!("substr({day}, 1, 7)") };
    let [billions, rest] = MoneySum::parts("base_credit - base_debit");
    let ids = || accounts.iter().map(|id| (*id).into());
    let mut sql = Sql::new(&format!("SELECT label, {} AS amount FROM (SELECT ", MoneySum::of_parts("billions", "rest")));
    sql.push(&label("month"))
        .push(" AS label, credit_billions - debit_billions AS billions, credit - debit AS rest FROM fim_ledger_months");
    sql.push(" WHERE tenant_id = ").bind(scope.tenant()).push(" AND month >= ").bind(month_of(first)).push(" AND month < ");
    sql.bind(next_month(last)).push(" AND is_closing = ").bind(false).push(" AND account_id IN (").bind_all(ids());
    sql.push(") UNION ALL SELECT ").push(&label("posting_date")).push(&format!(", {billions}, {rest} FROM fim_journal_entry_lines"));
    sql.push(" WHERE tenant_id = ").bind(scope.tenant()).push(" AND chain_no > ");
    rolled_up_to(&mut sql, scope);
    // found by their place in the chain, of which little is left: an index by account or day would bring years
    let day = if scope.is_postgres() { "posting_date + 0" } else { "+posting_date" };
    sql.push(&format!(" AND {day} >= ")).bind(month_of(first)).push(&format!(" AND {day} < ")).bind(next_month(last));
    sql.push(" AND is_closing = ").bind(false).push(" AND COALESCE(account_id, account_id) IN (").bind_all(ids());
    sql.push(")) moved GROUP BY label");
    let month = |row: &sea_orm::QueryResult| -> Result<(String, MoneySum)> {
        Ok((row.try_get("", "label").map_err(Error::internal)?, row.try_get("", "amount").map_err(Error::internal)?))
    };
    scope.raw_all(sql).await?.iter().map(month).collect()
}

fn month_of(day: Day) -> Day {
    Day(day.0.replace_day(1).unwrap_or(day.0))
}

/// The first day of the next month; the last day of all where there is none.
fn next_month(day: Day) -> Day {
    month_of(day).plus_days(31).map_or(Day(time::Date::MAX), month_of)
}

fn first_whole_month(from: Day) -> Day {
    if from.0.day() == 1 { from } else { next_month(from) }
}

fn month_after_last_whole(to: Day) -> Day {
    let next = to.0.next_day().map_or(to, Day);
    month_of(next)
}

/// Entries that may lie behind the sums of the months before it is worth to sum up.
const WORTH_IT: i64 = 200;

/// Sums up the months towards the end of the chain, when it has moved far enough: by about [`PART`] places, so that who writes to SQLite
/// does not wait for long (on PostgreSQL nobody does). Whether there is more to sum up.
pub async fn catch_up(tx: &Tx) -> Result<bool> {
    let mut sql = Sql::new("SELECT rolled_up_to FROM fim_ledger_rollups WHERE tenant_id = ");
    sql.bind(tx.tenant());
    if tx.is_postgres() {
        sql.push(" FOR UPDATE");
    }
    let Some(row) = tx.raw_one(sql).await? else { return Ok(false) };
    let after: i64 = row.try_get("", "rolled_up_to").map_err(Error::internal)?;
    let end = ledger(tx).await?.chain_no;
    if end - after < WORTH_IT {
        return Ok(false);
    }
    let until = if end - after < PART + WORTH_IT { end } else { after + PART };
    let month = if tx.is_postgres() { "CAST(date_trunc('month', posting_date) AS date)" } else { "substr(posting_date, 1, 7) || '-01'" };
    let mut sql = Sql::new(
        "INSERT INTO fim_ledger_months (id, tenant_id, month, part, account_id, department_id, project_code, is_closing, \
         debit_billions, debit, credit_billions, credit, created_at) SELECT ",
    );
    let part = format!("(chain_no - 1) / {PART}");
    sql.push(if tx.is_postgres() { "gen_random_uuid()" } else { "randomblob(16)" });
    sql.push(", tenant_id, ")
        .push(month)
        .push(", ")
        .push(&part)
        .push(", account_id, department_id, project_code, is_closing, ")
        .push(&of_both_sides(|amount| format!("SUM({amount})")))
        .push(", ")
        .bind(tx.now());
    sql.push(" FROM fim_journal_entry_lines WHERE tenant_id = ").bind(tx.tenant());
    sql.push(" AND chain_no > ").bind(after).push(" AND chain_no <= ").bind(until);
    sql.push(" GROUP BY tenant_id, ").push(month).push(", ").push(&part).push(", account_id, department_id, project_code, is_closing");
    let nil = if tx.is_postgres() { "'00000000-0000-0000-0000-000000000000'::uuid" } else { "''" };
    sql.push(" ON CONFLICT (tenant_id, month, part, account_id, is_closing, (COALESCE(department_id, ")
        .push(nil)
        .push(")), (COALESCE(project_code, ''))) ");
    let added =
        ["debit_billions", "debit", "credit_billions", "credit"].map(|part| format!("{part} = fim_ledger_months.{part} + excluded.{part}"));
    sql.push("DO UPDATE SET ").push(&added.join(", "));
    tx.raw_execute(sql).await?;
    let mut sql = Sql::new("UPDATE fim_ledger_rollups SET rolled_up_to = ");
    sql.bind(until).push(" WHERE tenant_id = ").bind(tx.tenant());
    tx.raw_execute(sql).await?;
    Ok(until < end)
}

/// The parts of debit and of credit of a line, in this order, each as `shown` says.
fn of_both_sides(shown: fn(&str) -> String) -> String {
    ["base_debit", "base_credit"].map(|side| MoneySum::parts(side).map(|part| shown(&part)).join(", ")).join(", ")
}

/// The first month whose stored sums are not those of its lines.
pub async fn months_that_drifted(scope: &Scope) -> Result<Option<String>> {
    let month = if scope.is_postgres() { "to_char(posting_date, 'YYYY-MM')" } else { "substr(posting_date, 1, 7)" };
    let stored = if scope.is_postgres() { "to_char(month, 'YYYY-MM')" } else { "substr(month, 1, 7)" };
    let mut sql = Sql::new("SELECT MIN(label) AS label FROM (SELECT label FROM (");
    sql.push("SELECT ").push(stored).push(" AS label, part, account_id, is_closing, COALESCE(CAST(department_id AS text), '') AS department, COALESCE(project_code, '') AS project, debit_billions, debit AS debit_rest, credit_billions, credit AS credit_rest ");
    sql.push("FROM fim_ledger_months WHERE tenant_id = ").bind(scope.tenant());
    sql.push(" UNION ALL SELECT ").push(month).push(&format!(", (chain_no - 1) / {PART}"));
    sql.push(", account_id, is_closing, COALESCE(CAST(department_id AS text), ''), COALESCE(project_code, ''), ");
    sql.push(&of_both_sides(|amount| format!("-({amount})")));
    sql.push(" FROM fim_journal_entry_lines WHERE tenant_id = ").bind(scope.tenant());
    sql.push(" AND chain_no <= ");
    rolled_up_to(&mut sql, scope);
    // whole billions and what is left of them may be carried otherwise: together they must be nothing
    let differs = |side: &str| {
        let [billions, rest] = MoneySum::parts(&format!("CAST(SUM({side}_rest) AS bigint)"));
        format!("SUM({side}_billions) + {billions} <> 0 OR {rest} <> 0")
    };
    sql.push(") moved GROUP BY label, part, account_id, is_closing, department, project HAVING ");
    sql.push(&differs("debit")).push(" OR ").push(&differs("credit")).push(") drifted");
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    row.try_get("", "label").map_err(Error::internal)
}
