//! What a posting writes while those behind it wait: as few round trips as there can be.

use super::{LEDGER, Ledger, read};
use crate::{
    journal::{entry, rules::too_large},
    migrations::BALANCE_CHECK,
};
use kernel::{Error, MoneySum, Result, Timestamp};
use sea_orm::FromQueryResult;
use store::{Scope, Sql, Tx};
use uuid::Uuid;

/// The end of the chain, locked until the commit: from here on postings of the company stand in line. Taken last.
pub async fn lock_ledger(tx: &Tx) -> Result<Ledger> {
    let mut sql = Sql::default();
    select_locked(&mut sql, tx);
    read(&tx.raw_one(sql).await?.ok_or_else(no_ledger)?)
}

fn no_ledger() -> Error {
    Error::internal("the company has no ledger")
}

fn select_locked(sql: &mut Sql, tx: &Tx) {
    sql.push(LEDGER).bind(tx.tenant());
    if tx.is_postgres() {
        // The queue before a row that each of them changes is not kept in order: who comes late may go first, again and again. That before
        // an advisory lock is, and so nobody waits much longer than the others. It ends with the transaction, as the row's own does.
        sql.push(" AND (SELECT pg_advisory_xact_lock(hashtextextended(CAST(CAST(").bind(tx.tenant());
        sql.push(" AS uuid) AS text), 0))) IS NOT NULL FOR UPDATE");
    }
}

/// A moment behind all that is known, for what changes how statements are read without being posted. What is known ends with it: a
/// statement given before it names an earlier one, and what is posted afterwards gets a later one.
pub async fn moment(tx: &Tx) -> Result<Timestamp> {
    let ledger = lock_ledger(tx).await?;
    let moment = ledger.behind(tx.now());
    let mut sql = Sql::new("UPDATE fim_ledgers SET posted_at = ");
    sql.bind(moment).push(" WHERE tenant_id = ").bind(tx.tenant());
    tx.raw_execute(sql).await?;
    Ok(moment)
}

/// [`lock_ledger`], and the next number of a series of documents.
pub async fn lock_ledger_and_number(tx: &Tx, series: &str, year: &str) -> Result<(Ledger, i64)> {
    if !tx.is_postgres() {
        return Ok((lock_ledger(tx).await?, tx.next_number(series, year).await?));
    }
    let mut sql = Sql::new("WITH chain_end AS (");
    select_locked(&mut sql, tx);
    sql.push("), number AS (");
    // in this order, whoever posts: who locks the end of the chain for longer (a year end) takes numbers after it too
    tx.count_up(&mut sql, series, year, 1, Some("chain_end"))?;
    sql.push(") SELECT chain_end.*, last_no FROM chain_end, number");
    let row = tx.raw_one(sql).await?.ok_or_else(no_ledger)?;
    Ok((read(&row)?, row.try_get("", "last_no").map_err(Error::internal)?))
}

/// Gives an entry its place at the end of the chain, its lines with it, and moves the end of the chain there. `row` says what becomes
/// of the entry: chain_no, entry_hash, posted_at and the rest.
pub async fn place(
    tx: &Tx,
    entry: &entry::Model,
    row: &entry::ActiveModel,
    chain_no: i64,
    hash: &[u8],
    posted_at: Timestamp,
) -> Result<entry::Model> {
    let lines = |sql: &mut Sql| {
        sql.push("UPDATE fim_journal_entry_lines SET chain_no = ").bind(chain_no);
        sql.push(" WHERE tenant_id = ").bind(tx.tenant()).push(" AND je_id = ").bind(entry.id);
    };
    let end = |sql: &mut Sql| {
        sql.push("UPDATE fim_ledgers SET chain_no = ").bind(chain_no).push(", entry_hash = ").bind(hash.to_vec());
        sql.push(", posted_at = ").bind(posted_at).push(" WHERE tenant_id = ").bind(tx.tenant());
    };
    let mut before = Sql::default();
    if tx.is_postgres() {
        before.push("WITH first AS (");
        lines(&mut before);
        before.push(" RETURNING line_no), moved AS (");
        end(&mut before);
        before.push(") ");
    } else {
        for part in [&lines as &dyn Fn(&mut Sql), &end] {
            let mut sql = Sql::default();
            part(&mut sql);
            tx.raw_execute(sql).await?;
        }
    }
    let columns = store::columns_of::<entry::Entity>();
    let placed = tx.update_row_after(before, "fim_journal_entries", entry.id, store::values_of(row), &columns).await;
    // the database adds it to the balances of its accounts, and refuses what would be too large
    let row = placed.map_err(|error| if error.cause() == Some(BALANCE_CHECK) { too_large() } else { error })?;
    entry::Model::from_query_result(&row.ok_or_else(Error::not_found)?, "").map_err(Error::internal)
}

/// The balances of some accounts, debit-positive: of all that is posted. An account that nothing was posted to has no balance.
pub async fn balances(scope: &Scope, accounts: &[Uuid]) -> Result<Vec<(Uuid, MoneySum)>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(&format!("SELECT account_id, {} AS balance FROM fim_account_balances", MoneySum::of_parts("billions", "rest")));
    sql.push(" WHERE tenant_id = ").bind(scope.tenant()).push(" AND account_id IN (");
    sql.bind_all(accounts.iter().map(|id| (*id).into())).push(") GROUP BY account_id");
    let balance = |row: &sea_orm::QueryResult| -> Result<(Uuid, MoneySum)> {
        Ok((row.try_get("", "account_id").map_err(Error::internal)?, row.try_get("", "balance").map_err(Error::internal)?))
    };
    scope.raw_all(sql).await?.iter().map(balance).collect()
}

/// The first account whose kept balance is not that of its posted lines.
pub async fn balance_that_drifted(scope: &Scope) -> Result<Option<Uuid>> {
    let mut sql = Sql::new("SELECT account_id FROM (SELECT account_id, billions, rest FROM fim_account_balances WHERE tenant_id = ");
    sql.bind(scope.tenant());
    let [billions, rest] = MoneySum::parts("base_debit - base_credit");
    sql.push(&format!(" UNION ALL SELECT account_id, -({billions}), -({rest}) "));
    sql.push("FROM fim_journal_entry_lines WHERE chain_no IS NOT NULL AND tenant_id = ").bind(scope.tenant());
    sql.push(") moved GROUP BY account_id HAVING SUM(billions) <> 0 OR SUM(rest) <> 0 ORDER BY account_id LIMIT 1");
    scope.raw_one(sql).await?.map(|row| row.try_get("", "account_id").map_err(Error::internal)).transpose()
}
