//! What partners owe and are owed: by age, and line by line.

use crate::open_items::item::OpenItemKind;
use kernel::{Day, Error, Money, MoneySum, Result, Text, Timestamp};
use ledger::sums::read;
use sea_orm::{ActiveEnum as _, FromQueryResult};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};
use store::{Scope, Sql};
use uuid::Uuid;

/// Days behind the due date at which the buckets end.
const EDGES: [i64; 3] = [30, 60, 90];

/// The state of the ledger a question is about.
#[derive(Clone, Copy, Debug)]
pub struct AsOf {
    pub day: Day,
    /// The last entry that counts, and the moment of it.
    pub known: i64,
    pub known_at: Timestamp,
}

/// What is open of a partner in one bucket: 0 not due, 1 to 30 days, 31 to 60, 61 to 90, longer.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Aged {
    pub partner_id: Uuid,
    pub code: String,
    pub name: String,
    pub bucket: i32,
    pub amount: MoneySum,
}

/// What is open, by partner and bucket, in the base currency: items as they were posted, less what settled them and was not undone; of
/// openings that were reversed nothing.
///
/// An item counts for whoever its partner had been merged into at the moment.
pub async fn aged(scope: &Scope, kind: OpenItemKind, at: AsOf) -> Result<Vec<Aged>> {
    let mut sql = Sql::new("SELECT p.id AS partner_id, p.code, p.name, s.bucket, s.amount FROM (SELECT partner_id, bucket, ");
    sql.push(&MoneySum::of("part")).push(" AS amount FROM (");
    sql.push("SELECT partner_id, part, CASE WHEN due_date >= ").bind(at.day).push(" THEN 0");
    for (bucket, days) in ["1", "2", "3"].into_iter().zip(EDGES) {
        let edge = at.day.plus_days(-days).ok_or_else(|| Error::internal("a day before all days"))?;
        sql.push(" WHEN due_date >= ").bind(edge).push(" THEN ").push(bucket);
    }
    sql.push(" ELSE 4 END AS bucket FROM (SELECT COALESCE(i.posted_partner_id, i.partner_id) AS partner_id, i.due_date, i.base_amount AS part FROM fim_open_items i");
    join(&mut sql, "e", "i.tenant_id", "i.je_id");
    join(&mut sql, "r", "i.tenant_id", "e.reversed_je_id");
    sql.push(" WHERE i.tenant_id = ").bind(scope.tenant()).push(" AND i.kind = ").bind(kind.to_value());
    happened(&mut sql, "e", "i.doc_date", "i.created_at", at);
    // what cancels an invoice is an item of its own, which sets it off
    sql.push(" AND (i.doc_type NOT IN ('OPENING', 'ENTRY') OR r.id IS NULL OR r.posting_date > ")
        .bind(at.day)
        .push(" OR r.chain_no > ")
        .bind(at.known)
        .push(")");
    sql.push(" UNION ALL SELECT COALESCE(i.posted_partner_id, i.partner_id), i.due_date, -a.base_amount FROM fim_allocations a JOIN fim_open_items i ON i.tenant_id = a.tenant_id AND i.id = a.item_id");
    join(&mut sql, "m", "a.tenant_id", "a.je_id");
    join(&mut sql, "u", "a.tenant_id", "a.undo_je_id");
    sql.push(" WHERE a.tenant_id = ").bind(scope.tenant()).push(" AND i.kind = ").bind(kind.to_value());
    happened(&mut sql, "m", "a.allocated_on", "a.created_at", at);
    sql.push(" AND (a.undone_on IS NULL OR a.undone_on > ").bind(at.day);
    sql.push(" OR (u.id IS NULL AND a.undone_at > ").bind(at.known_at).push(") OR u.chain_no > ").bind(at.known).push(")");
    sql.push(") parts) bucketed GROUP BY partner_id, bucket) s JOIN crm_partners p ON p.tenant_id = ").bind(scope.tenant());
    sql.push(" AND p.id = s.partner_id ORDER BY p.code, p.id, s.bucket");
    let mut rows: Vec<Aged> = scope.raw_all(sql).await?.iter().map(read).collect::<Result<_>>()?;
    rows.retain(|row| row.amount != MoneySum::ZERO);
    through(scope, rows, &merged(scope, at.known_at).await?).await
}

/// Rows of partners that were merged, as rows of those they were merged into.
async fn through(scope: &Scope, rows: Vec<Aged>, merged: &BTreeMap<Uuid, Uuid>) -> Result<Vec<Aged>> {
    let into: BTreeSet<Uuid> = rows.iter().filter_map(|row| merged.get(&row.partner_id).copied()).collect();
    if into.is_empty() {
        return Ok(rows);
    }
    let mut names: BTreeMap<Uuid, (String, String)> = BTreeMap::new();
    for some in into.iter().copied().collect::<Vec<_>>().chunks(100) {
        let mut sql = Sql::new("SELECT id, code, name FROM crm_partners WHERE tenant_id = ");
        sql.bind(scope.tenant()).push(" AND id IN (").bind_all(some.iter().map(|id| (*id).into())).push(")");
        for row in scope.raw_all(sql).await? {
            let text = |column: &str| row.try_get::<String>("", column).map_err(Error::internal);
            names.insert(row.try_get("", "id").map_err(Error::internal)?, (text("code")?, text("name")?));
        }
    }
    let mut sums: BTreeMap<(String, Uuid, i32), Aged> = BTreeMap::new();
    for mut row in rows {
        if let Some(into) = merged.get(&row.partner_id) {
            let (code, name) = names.get(into).cloned().ok_or_else(|| Error::internal("a partner that is not there"))?;
            row = Aged { partner_id: *into, code, name, ..row };
        }
        match sums.entry((row.code.clone(), row.partner_id, row.bucket)) {
            Entry::Vacant(free) => {
                free.insert(row);
            }
            Entry::Occupied(mut there) => there.get_mut().amount += row.amount,
        }
    }
    Ok(sums.into_values().filter(|row| row.amount != MoneySum::ZERO).collect())
}

/// Partners that had been merged at a moment, each with the one it had come to in the end.
pub async fn merged(scope: &Scope, at: Timestamp) -> Result<BTreeMap<Uuid, Uuid>> {
    let mut sql = Sql::new("SELECT merged_id, survivor_id FROM crm_partner_merges WHERE tenant_id = ");
    sql.bind(scope.tenant()).push(" AND created_at <= ").bind(at).push(" AND (undone_at IS NULL OR undone_at > ").bind(at).push(")");
    let mut steps: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    for row in scope.raw_all(sql).await? {
        steps.insert(row.try_get("", "merged_id").map_err(Error::internal)?, row.try_get("", "survivor_id").map_err(Error::internal)?);
    }
    let end = |from: &Uuid| {
        let mut at = *from;
        // none is merged twice, so there is no circle; a table that says otherwise ends nobody's request
        for _ in 0..steps.len() {
            match steps.get(&at) {
                Some(next) => at = *next,
                None => break,
            }
        }
        at
    };
    Ok(steps.keys().map(|from| (*from, end(from))).collect())
}

/// What a merge joined that cannot be separated any more once its rows have gone back from `into` to `from`: allocations between the two,
/// and documents of the one with lines that name the other.
pub async fn joined(scope: &Scope, into: Uuid, from: Uuid, limit: i32) -> Result<Vec<(String, Uuid)>> {
    let mut sql = Sql::new("SELECT kind, id FROM (SELECT a.against_type AS kind, a.against_id AS id FROM fim_allocations a");
    sql.push(" JOIN fim_open_items i ON i.tenant_id = a.tenant_id AND i.id = a.item_id");
    for (alias, table, kind) in
        [("p", "fim_payment_transactions", "PAYMENT"), ("o", "fim_open_items", "ITEM"), ("c", "fim_clearings", "CLEARING")]
    {
        sql.push(" LEFT JOIN ").push(table).push(&format!(" {alias} ON a.against_type = '{kind}' AND {alias}.tenant_id = a.tenant_id"));
        sql.push(&format!(" AND {alias}.id = a.against_id"));
    }
    sql.push(" WHERE a.tenant_id = ").bind(scope.tenant()).push(" AND a.undone_at IS NULL AND i.partner_id IN (");
    sql.bind_all([into.into(), from.into()]).push(") AND COALESCE(p.partner_id, o.partner_id, c.partner_id) <> i.partner_id");
    for (kind, table) in [
        ("PAYMENT", "fim_payment_transactions"),
        ("INVOICE", "fim_tax_invoices"),
        ("ITEM", "fim_open_items"),
        ("CLEARING", "fim_clearings"),
    ] {
        for sides in [(into, from), (from, into)] {
            sql.push(&format!(" UNION SELECT '{kind}', d.id FROM {table} d"));
            names_other(&mut sql, scope, "d.je_id", sides);
        }
    }
    sql.push(" UNION SELECT a.against_type, a.against_id FROM fim_allocations a JOIN fim_open_items d ON d.tenant_id = a.tenant_id AND d.id = a.item_id");
    names_other(&mut sql, scope, "a.je_id", (into, from));
    sql.push(" AND a.undone_at IS NULL) joined ORDER BY kind, id LIMIT ").bind(limit);
    let document = |row: &sea_orm::QueryResult| -> Result<(String, Uuid)> {
        Ok((row.try_get("", "kind").map_err(Error::internal)?, row.try_get("", "id").map_err(Error::internal)?))
    };
    scope.raw_all(sql).await?.iter().map(document).collect()
}

/// Documents `d` of `from` whose entry has a line that names `into`.
fn names_other(sql: &mut Sql, scope: &Scope, entry: &str, (into, from): (Uuid, Uuid)) {
    sql.push(&format!(" JOIN fim_journal_entry_lines l ON l.tenant_id = d.tenant_id AND l.je_id = {entry} WHERE d.tenant_id = "));
    sql.bind(scope.tenant()).push(" AND d.partner_id = ").bind(from).push(" AND l.chain_no IS NOT NULL AND l.partner_id = ").bind(into);
}

pub(crate) fn join(sql: &mut Sql, entry: &str, tenant: &str, id: &str) {
    sql.push(&format!(" LEFT JOIN fim_journal_entries {entry} ON {entry}.tenant_id = {tenant} AND {entry}.id = {id}"));
}

/// Posted, or done without an entry, by the day and as known.
fn happened(sql: &mut Sql, entry: &str, day: &str, moment: &str, at: AsOf) {
    sql.push(&format!(" AND (({entry}.id IS NULL AND {day} <= ")).bind(at.day).push(&format!(" AND {moment} <= ")).bind(at.known_at);
    sql.push(&format!(") OR ({entry}.posting_date <= ")).bind(at.day).push(&format!(" AND {entry}.chain_no <= ")).bind(at.known).push("))");
}

/// The first open item, payment or invoice whose running sum is not that of the allocations that stand.
pub async fn sum_that_drifted(scope: &Scope) -> Result<Option<Uuid>> {
    const STANDING: &str = " FROM fim_allocations WHERE undone_at IS NULL AND deleted_at IS NULL AND tenant_id = ";
    let mut sql = Sql::new(
        "SELECT id FROM (SELECT i.id FROM fim_open_items i LEFT JOIN (SELECT item_id, SUM(amount) AS amount, SUM(base_amount) AS base",
    );
    sql.push(STANDING).bind(scope.tenant()).push(" GROUP BY item_id) a ON a.item_id = i.id WHERE i.tenant_id = ").bind(scope.tenant());
    sql.push(" AND (i.settled <> COALESCE(a.amount, 0) OR i.base_settled <> COALESCE(a.base, 0))");
    sql.push(" UNION ALL SELECT p.id FROM fim_payment_transactions p LEFT JOIN (SELECT against_id, SUM(ABS(amount)) AS amount");
    sql.push(STANDING)
        .bind(scope.tenant())
        .push(" AND against_type = 'PAYMENT' GROUP BY against_id) a ON a.against_id = p.id WHERE p.tenant_id = ");
    sql.bind(scope.tenant()).push(" AND p.allocated <> COALESCE(a.amount, 0)");
    sql.push(" UNION ALL SELECT v.id FROM fim_tax_invoices v JOIN fim_open_items i ON i.tenant_id = v.tenant_id AND i.doc_type = 'INVOICE' AND i.doc_id = v.id");
    sql.push(" WHERE v.tenant_id = ")
        .bind(scope.tenant())
        .push(" AND v.status <> 'CANCELLED' AND v.paid_amount <> i.settled) drifted ORDER BY id LIMIT 1");
    scope.raw_one(sql).await?.map(|row| row.try_get("", "id").map_err(Error::internal)).transpose()
}

/// The accounts that open items stand in; of some partners, or of one kind.
pub async fn accounts_of_items(scope: &Scope, partners: Option<&[Uuid]>, kind: Option<OpenItemKind>) -> Result<Vec<Uuid>> {
    let mut sql = Sql::new("SELECT DISTINCT account_id FROM fim_open_items WHERE tenant_id = ");
    sql.bind(scope.tenant());
    if let Some(partners) = partners {
        sql.push(" AND COALESCE(posted_partner_id, partner_id) IN (").bind_all(partners.iter().map(|id| (*id).into())).push(")");
    }
    if let Some(kind) = kind {
        sql.push(" AND kind = ").bind(kind.to_value());
    }
    scope.raw_all(sql).await?.iter().map(|row| row.try_get("", "account_id").map_err(Error::internal)).collect()
}

/// A line of a partner with its entry.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PartnerLine {
    pub je_id: Uuid,
    pub je_code: String,
    pub posting_date: Day,
    pub line_no: i32,
    pub account_id: Uuid,
    pub ref_doc_type: Option<Text<50>>,
    pub ref_doc_id: Option<Uuid>,
    pub ref_doc_no: Option<Text<100>>,
    pub description: Option<String>,
    pub base_debit: Money,
    pub base_credit: Money,
}

/// Partners that are one, and accounts.
pub type Whose<'w> = (&'w [Uuid], &'w [Uuid]);

fn of_partner(sql: &mut Sql, scope: &Scope, (partners, accounts): Whose<'_>, known: i64) {
    sql.push(
        " FROM fim_journal_entry_lines l JOIN fim_journal_entries e ON e.tenant_id = l.tenant_id AND e.id = l.je_id WHERE l.tenant_id = ",
    );
    sql.bind(scope.tenant())
        .push(" AND l.partner_id IN (")
        .bind_all(partners.iter().map(|id| (*id).into()))
        .push(") AND l.account_id IN (");
    sql.bind_all(accounts.iter().map(|id| (*id).into())).push(") AND l.chain_no <= ").bind(known);
}

/// What stood in these accounts for a partner before a day, debit-positive.
pub async fn partner_before(scope: &Scope, of: Whose<'_>, before: Day, known: i64) -> Result<MoneySum> {
    let mut sql = Sql::new("SELECT ");
    sql.push(&MoneySum::of("l.base_debit - l.base_credit")).push(" AS balance");
    of_partner(&mut sql, scope, of, known);
    sql.push(" AND l.posting_date < ").bind(before);
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    row.try_get("", "balance").map_err(Error::internal)
}

/// The lines of a partner in these accounts between two days, in their order.
pub async fn partner_lines(scope: &Scope, of: Whose<'_>, (from, to): (Day, Day), known: i64, limit: i32) -> Result<Vec<PartnerLine>> {
    let mut sql = Sql::new(
        "SELECT l.je_id, e.je_code, l.posting_date, l.line_no, l.account_id, e.ref_doc_type, e.ref_doc_id, e.ref_doc_no, \
         COALESCE(l.description, e.description) AS description, l.base_debit, l.base_credit",
    );
    of_partner(&mut sql, scope, of, known);
    sql.push(" AND l.posting_date >= ").bind(from).push(" AND l.posting_date <= ").bind(to);
    sql.push(" ORDER BY l.posting_date, l.chain_no, l.line_no LIMIT ").bind(limit);
    scope.raw_all(sql).await?.iter().map(read).collect()
}
