//! The ledger of an account, page by page.

use super::{Slice, of_account, read};
use kernel::{Day, Error, Money, MoneySum, Result, Text};
use sea_orm::FromQueryResult;
use store::{Scope, Sql};
use uuid::Uuid;

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

/// Some lines of an account, and what stands before them.
pub struct LedgerPage {
    /// Lines of the account in the slice.
    pub total: i64,
    /// What those before this page come to, debit-positive.
    pub skipped: MoneySum,
    pub lines: Vec<LedgerLine>,
}

/// A line's day and its entry's place in the chain: what the index of an account's lines is ordered by.
#[derive(FromQueryResult)]
struct Place {
    posting_date: Day,
    chain_no: i64,
}

/// The lines of an account in a slice from `offset` on, by day and place in the chain. Whole lines are read of this page only: those before
/// it are counted and summed up in the index.
pub async fn ledger_page(scope: &Scope, slice: &Slice, account: Uuid, offset: i64, limit: i32) -> Result<LedgerPage> {
    let mut sql = count();
    of_account(&mut sql, scope, slice, account);
    sql.push(") counted");
    let (total, all) = counted(scope, sql).await?;
    let mut page = LedgerPage { total, skipped: MoneySum::ZERO, lines: Vec::new() };
    if offset >= total {
        page.skipped = all;
        return Ok(page);
    }
    let first = if offset == 0 { None } else { place_at(scope, slice, account, offset).await? };
    let mut before = 0;
    if let Some(first) = &first {
        let mut sql = count();
        of_account(&mut sql, scope, slice, account);
        beside(&mut sql, "<", first);
        sql.push(") counted");
        (before, page.skipped) = counted(scope, sql).await?;
    }
    // lines of the first entry that stand on the page before
    let shared = usize::try_from(offset - before).map_err(Error::internal)?;
    let mut sql = Sql::new(
        "SELECT l.je_id, e.je_code, l.posting_date, l.line_no, l.description, l.partner_id, l.department_id, l.base_debit, l.base_credit FROM (",
    );
    of_account(&mut sql, scope, slice, account);
    if let Some(first) = &first {
        beside(&mut sql, ">=", first);
    }
    sql.push(" ORDER BY posting_date, chain_no, line_no LIMIT ").bind(i64::from(limit) + offset - before);
    sql.push(
        ") l JOIN fim_journal_entries e ON e.tenant_id = l.tenant_id AND e.id = l.je_id ORDER BY l.posting_date, l.chain_no, l.line_no",
    );
    page.lines = scope.raw_all(sql).await?.iter().map(read).collect::<Result<_>>()?;
    for line in page.lines.drain(..shared.min(page.lines.len())) {
        page.skipped = page.skipped + line.base_debit.into() - line.base_credit.into();
    }
    Ok(page)
}

async fn place_at(scope: &Scope, slice: &Slice, account: Uuid, offset: i64) -> Result<Option<Place>> {
    let mut sql = Sql::new("SELECT posting_date, chain_no FROM (");
    of_account(&mut sql, scope, slice, account);
    sql.push(") placed ORDER BY posting_date, chain_no LIMIT 1 OFFSET ").bind(offset);
    scope.raw_one(sql).await?.as_ref().map(read).transpose()
}

fn beside(sql: &mut Sql, how: &str, place: &Place) {
    sql.push(" AND (posting_date, chain_no) ").push(how).push(" (").bind(place.posting_date).push(", ").bind(place.chain_no).push(")");
}

fn count() -> Sql {
    Sql::new(&format!("SELECT COUNT(*) AS lines, {} AS moved FROM (", MoneySum::of("base_debit - base_credit")))
}

async fn counted(scope: &Scope, sql: Sql) -> Result<(i64, MoneySum)> {
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    Ok((row.try_get("", "lines").map_err(Error::internal)?, row.try_get("", "moved").map_err(Error::internal)?))
}
