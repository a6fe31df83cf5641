//! Sums over whole entries: what went through the cash accounts, what was drawn from a budget, the journal line by line.

use super::{LedgerLine, Slice, filter, read};
use kernel::{Error, MoneySum, Result};
use sea_orm::FromQueryResult;
use store::{Scope, Sql};
use uuid::Uuid;

/// What was posted to an account in a slice: debit less credit.
pub async fn spent(scope: &Scope, slice: &Slice, account: Uuid) -> Result<MoneySum> {
    let mut sql = Sql::new("SELECT ");
    sql.push(&MoneySum::of("base_debit - base_credit")).push(" AS spent FROM (");
    super::of_account(&mut sql, scope, slice, account);
    sql.push(") lines");
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    row.try_get("", "spent").map_err(Error::internal)
}

/// What cash came in by an account that is none (credit less debit): of every entry with a cash line, the other lines. As an entry
/// balances, these sums come to what the cash accounts changed by.
pub async fn cash_by_account(scope: &Scope, slice: &Slice, cash: &[Uuid]) -> Result<Vec<(Uuid, MoneySum)>> {
    if cash.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT account_id, ");
    sql.push(&MoneySum::of("base_credit - base_debit")).push(" AS amount FROM fim_journal_entry_lines l WHERE tenant_id = ");
    sql.bind(scope.tenant()).push(" AND chain_no <= ").bind(slice.known);
    days(&mut sql, slice, "");
    filter(&mut sql, slice);
    sql.push(" AND account_id NOT IN (").bind_all(cash.iter().map(|id| (*id).into())).push(")");
    sql.push(
        " AND EXISTS (SELECT 1 FROM fim_journal_entry_lines c WHERE c.tenant_id = l.tenant_id AND c.je_id = l.je_id AND c.account_id IN (",
    );
    sql.bind_all(cash.iter().map(|id| (*id).into())).push(")) GROUP BY account_id");
    #[derive(FromQueryResult)]
    struct Sum {
        account_id: Uuid,
        amount: MoneySum,
    }
    scope.raw_all(sql).await?.iter().map(|row| read::<Sum>(row).map(|sum| (sum.account_id, sum.amount))).collect()
}

fn days(sql: &mut Sql, slice: &Slice, of: &str) {
    if let Some(from) = slice.from {
        sql.push(" AND ").push(of).push("posting_date >= ").bind(from);
    }
    if let Some(to) = slice.to {
        sql.push(" AND ").push(of).push("posting_date <= ").bind(to);
    }
}

/// A line of the journal: that of a ledger with its account.
#[derive(Clone, Debug)]
pub struct JournalLine {
    pub account_id: Uuid,
    pub line: LedgerLine,
}

/// The lines of a slice in the order they were posted, and how many there are.
pub async fn journal(scope: &Scope, slice: &Slice, offset: i64, limit: i32) -> Result<(i64, Vec<JournalLine>)> {
    let conditions = |sql: &mut Sql| {
        sql.push(" FROM fim_journal_entry_lines WHERE tenant_id = ").bind(scope.tenant()).push(" AND chain_no <= ").bind(slice.known);
        days(sql, slice, "");
        filter(sql, slice);
    };
    let mut sql = Sql::new("SELECT COUNT(*) AS total");
    conditions(&mut sql);
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    let total = row.try_get("", "total").map_err(Error::internal)?;
    let mut sql = Sql::new(
        "SELECT l.account_id, l.je_id, e.je_code, l.posting_date, l.line_no, l.description, l.partner_id, l.department_id, l.base_debit, l.base_credit FROM (SELECT *",
    );
    conditions(&mut sql);
    sql.push(" ORDER BY posting_date, chain_no, line_no LIMIT ").bind(limit).push(" OFFSET ").bind(offset);
    sql.push(
        ") l JOIN fim_journal_entries e ON e.tenant_id = l.tenant_id AND e.id = l.je_id ORDER BY l.posting_date, l.chain_no, l.line_no",
    );
    let rows = scope.raw_all(sql).await?;
    let lines = rows.iter().map(|row| {
        let account_id = row.try_get("", "account_id").map_err(Error::internal)?;
        Ok(JournalLine { account_id, line: read(row)? })
    });
    Ok((total, lines.collect::<Result<_>>()?))
}
