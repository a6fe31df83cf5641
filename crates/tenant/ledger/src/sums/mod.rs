//! The statements that SeaORM cannot say, each with the company's filter. (On PostgreSQL row-level security stands behind them.)

mod end;
mod flows;
mod ledger;
mod months;

pub use end::{balance_that_drifted, balances, lock_ledger, lock_ledger_and_number, moment, place};
pub use flows::{JournalLine, cash_by_account, journal, spent};
pub use ledger::{LedgerLine, LedgerPage, ledger_page};
pub use months::{AccountSum, PART, catch_up, credit_by_month, months_that_drifted, sums};

use crate::journal::entry;
use kernel::{CodeText, Currency, Day, Error, MoneySum, Result, Timestamp};
use sea_orm::FromQueryResult;
use store::{Scope, Sql, Tx};
use uuid::Uuid;

/// The end of the company's chain of posted entries.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Ledger {
    pub base_currency: Currency,
    /// Digits of the base currency behind the point.
    pub base_places: i32,
    /// Entries posted so far.
    pub chain_no: i64,
    pub entry_hash: Vec<u8>,
    /// When the last one was, or a merge after it.
    pub posted_at: Option<Timestamp>,
}

impl Ledger {
    /// What is known at a moment must not change afterwards: nothing that is done shares one with what was done before, or goes back.
    #[must_use]
    pub fn behind(&self, now: Timestamp) -> Timestamp {
        match self.posted_at {
            Some(last) if now <= last => last.plus_micros(1),
            _ => now,
        }
    }
}

const LEDGER: &str = "SELECT base_currency, base_places, chain_no, entry_hash, posted_at FROM fim_ledgers WHERE tenant_id = ";

/// A row as this type.
///
/// # Errors
/// Internal, where a column is missing.
pub fn read<T: FromQueryResult>(row: &sea_orm::QueryResult) -> Result<T> {
    T::from_query_result(row, "").map_err(Error::internal)
}

/// The end of the chain as it is.
pub async fn ledger(scope: &Scope) -> Result<Ledger> {
    let mut sql = Sql::new(LEDGER);
    sql.bind(scope.tenant());
    read(&scope.raw_one(sql).await?.ok_or_else(|| Error::internal("the company has no ledger"))?)
}

/// Deletes the lines of a draft.
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

/// A sum as one amount, where it goes on as one.
///
/// # Errors
/// 409 `fim.too_large`.
pub fn one_amount(sum: MoneySum) -> Result<kernel::Money> {
    sum.money().ok_or_else(crate::journal::rules::too_large)
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

/// Where the chain ended at a moment. No entry was posted before the one in front of it, so the chain is halved until one place is left:
/// reading back from its end would read every entry since. (One statement that halves is planned by what tables hold on average, and read
/// the whole of a large company at each step.)
pub async fn known_at(scope: &Scope, at: Timestamp) -> Result<i64> {
    let (mut known, mut ahead) = (0, ledger(scope).await?.chain_no);
    while known < ahead {
        let middle = known + (ahead - known + 1) / 2;
        let mut sql = Sql::new("SELECT CAST(CASE WHEN posted_at <= ");
        sql.bind(at).push(" THEN 1 ELSE 0 END AS bigint) AS is_known FROM fim_journal_entries WHERE tenant_id = ").bind(scope.tenant());
        sql.push(" AND chain_no = ").bind(middle);
        let row = scope.raw_one(sql).await?;
        let is_known: i64 = row.map_or(Ok(1), |row| row.try_get("", "is_known")).map_err(Error::internal)?;
        if is_known == 1 {
            known = middle;
        } else {
            ahead = middle - 1;
        }
    }
    Ok(known)
}

/// Posted entries behind a place in the chain, in its order.
pub async fn chained(scope: &Scope, after: i64, limit: u32) -> Result<Vec<entry::Model>> {
    use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
    let find = scope.find::<entry::Entity>().filter(entry::Column::ChainNo.gt(after)).order_by_asc(entry::Column::ChainNo);
    find.limit(u64::from(limit)).all().await
}
