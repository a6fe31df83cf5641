//! What lists are searched in: one row of `search_texts` for each row of a table that somebody
//! searches, written with it.
//!
//! The gateway says at start which columns of which tables are searched, as the resources
//! declare it. [`Tx`] keeps the texts of every row it inserts or changes; who writes such a
//! table by a statement of its own calls [`Tx::search_again`]. [`fill`] makes what is missing or
//! of an older edition: rows from before a resource was searched, or searched in other columns.

use crate::{Columns, Context, Database, Scope, Sql, Tx};
use kernel::boxed;
use kernel::{
    Error, Result,
    search::{self, Pair},
};
use sea_orm::{QueryResult, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows filled in at once.
const BATCH: usize = 500;

/// Which text columns of which table are searched.
pub type Searched = BTreeMap<String, Vec<&'static str>>;

/// The text of one row.
#[derive(Clone)]
pub(crate) struct Kept {
    pub id: Uuid,
    pub text: String,
}

/// The texts of rows of one table.
pub(crate) type KeptOf = (String, Vec<Kept>);

/// A pair of letters as the index has it: mixed with company and table, so that it leads to no
/// row of others. Two pairs may meet in one number: whatever is found is read again.
fn gram(tenant: Option<Uuid>, table: &str, pair: Pair) -> u32 {
    let company = tenant.unwrap_or_default();
    let letters = pair.map(|letter| u32::from(letter).to_be_bytes());
    hash(company.as_bytes().iter().copied().chain(table.bytes()).chain(letters.into_iter().flatten()))
}

/// FNV-1a, its halves laid over each other.
fn hash(bytes: impl Iterator<Item = u8>) -> u32 {
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    u32::try_from((hash >> 32) ^ (hash & 0xffff_ffff)).unwrap_or_default()
}

/// As PostgreSQL reads an array of integers, and as words for SQLite's full-text index.
fn grams(scope: &Scope, table: &str, pairs: impl IntoIterator<Item = Pair>) -> String {
    let grams = pairs.into_iter().map(|pair| gram(scope.tenant(), table, pair));
    if scope.is_postgres() {
        format!("{{{}}}", grams.map(|gram| gram.cast_signed().to_string()).collect::<Vec<_>>().join(","))
    } else {
        grams.map(|gram| format!("{gram:08x}")).collect::<Vec<_>>().join(" ")
    }
}

/// Changes with the columns of a table that are searched, and with how texts are folded.
fn edition(columns: &[&str]) -> i64 {
    i64::from(hash(columns.iter().flat_map(|column| column.bytes().chain([0])))) | (search::EDITION << 32)
}

/// What somebody typed into a search.
pub struct Typed {
    pattern: String,
    pairs: Vec<Pair>,
}

impl Typed {
    /// `None` where nothing but blanks was typed.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        Some(Self { pattern: search::pattern_of(typed)?, pairs: search::pairs_typed(typed).into_iter().collect() })
    }

    /// Appends the SELECT of the ids of the rows that are found.
    pub fn push_ids(&self, sql: &mut Sql, scope: &Scope, table: &str) {
        let grams = grams(scope, table, self.pairs.iter().copied());
        let pattern = self.pattern.as_str();
        if self.pairs.is_empty() {
            sql.push("SELECT id FROM search_texts WHERE ");
        } else if !scope.is_postgres() {
            sql.push(
                "SELECT id FROM search_grams CROSS JOIN search_texts ON search_texts.grams = search_grams.rowid WHERE search_grams MATCH ",
            );
            sql.bind(grams).push(" AND ");
        } else if scope.tenant().is_some() {
            // row-level security lets no such index be used but by the owner, as whom this function looks
            sql.push("SELECT search_ids(").bind(table).push(", CAST(").bind(grams).push(" AS integer[]), ").bind(pattern).push(") AS id");
            return;
        } else {
            sql.push("SELECT id FROM search_texts WHERE grams @> CAST(").bind(grams).push(" AS integer[]) AND ");
        }
        sql.push("target = ").bind(table);
        scope.push_own(sql);
        sql.push(" AND text LIKE ").bind(pattern).push(r" ESCAPE '\'");
    }
}

impl Tx {
    fn searched(&self, table: &str) -> Option<&[&'static str]> {
        self.searched.get(table).map(Vec::as_slice)
    }

    /// What is kept of a new row, if its table is searched.
    pub(crate) fn kept_of_values(&self, table: &str, values: &Columns) -> Option<Kept> {
        let columns = self.searched(table)?;
        let value = |name: &str| values.iter().find(|(column, _)| *column == name).map(|(_, value)| value);
        let Some(Value::Uuid(Some(id))) = value("id") else { return None };
        let texts = columns.iter().filter_map(|column| match value(column) {
            Some(Value::String(Some(text))) => Some(text.as_str()),
            _ => None,
        });
        Some(Kept { id: *id, text: search::text_of(texts) })
    }

    /// Whether values that are set touch what is searched.
    pub(crate) fn is_searched_by(&self, table: &str, values: &Columns) -> bool {
        self.searched(table).is_some_and(|columns| values.iter().any(|(column, _)| columns.contains(column)))
    }

    #[boxed(?Send)]
    pub(crate) async fn keep_of_rows(&self, table: &str, rows: &[QueryResult]) -> Result<()> {
        let Some(columns) = self.searched(table) else { return Ok(()) };
        let kept = rows.iter().map(|row| kept_of_row(columns, row)).collect::<Result<Vec<_>>>()?;
        self.keep_texts(table, &kept).await
    }

    async fn keep_texts(&self, table: &str, kept: &[Kept]) -> Result<()> {
        if kept.is_empty() {
            return Ok(());
        }
        let mut sql = Sql::default();
        if self.is_postgres() {
            // with the audit rows and the events, in one statement
            self.kept.borrow_mut().push((table.to_owned(), kept.to_vec()));
            return Ok(());
        }
        // the full-text index has numbers for rows, and wants them to go up
        let ids = || kept.iter().map(|row| row.id.into());
        sql.push("DELETE FROM search_grams WHERE rowid IN (SELECT grams FROM search_texts WHERE id IN (").bind_all(ids()).push(")");
        self.push_own(&mut sql);
        sql.push(")");
        self.raw_execute(sql).await?;
        let row = self.raw_one(Sql::new("SELECT COALESCE(max(grams), 0) AS last FROM search_texts")).await?;
        let last: i64 = row.ok_or_else(|| Error::internal("no maximum"))?.try_get("", "last").map_err(Error::internal)?;
        let mut sql = Sql::new("INSERT INTO search_grams (rowid, words) VALUES ");
        for (i, (row, no)) in kept.iter().zip(last + 1..).enumerate() {
            sql.push(if i > 0 { ", (" } else { "(" }).bind(no).push(", ");
            sql.bind(grams(self, table, search::pairs_of(&row.text))).push(")");
        }
        self.raw_execute(sql).await?;
        let mut sql = Sql::default();
        self.push_texts(&mut sql, table, kept, |at, _| (last + 1 + at).into());
        self.raw_execute(sql).await.map(|_| ())
    }

    /// What waits to be kept, by table; of a row that was written twice the last.
    pub(crate) fn take_kept(&self) -> Vec<KeptOf> {
        let mut tables: BTreeMap<String, BTreeMap<Uuid, Kept>> = BTreeMap::new();
        for (table, rows) in self.kept.take() {
            tables.entry(table).or_default().extend(rows.into_iter().map(|row| (row.id, row)));
        }
        tables.into_iter().map(|(table, rows)| (table, rows.into_values().collect())).collect()
    }

    /// Appends the INSERT of the texts of rows, on PostgreSQL.
    pub(crate) fn push_keep(&self, sql: &mut Sql, table: &str, kept: &[Kept]) {
        self.push_texts(sql, table, kept, |_, row| grams(self, table, search::pairs_of(&row.text)).into());
    }

    fn push_texts(&self, sql: &mut Sql, table: &str, kept: &[Kept], grams: impl Fn(i64, &Kept) -> Value) {
        let edition = edition(self.searched(table).unwrap_or_default());
        let tenant = self.tenant();
        sql.push("INSERT INTO search_texts (id, ").push(if tenant.is_some() { "tenant_id, " } else { "" });
        sql.push("target, text, edition, created_at, grams) VALUES ");
        for (i, row) in (0_i64..).zip(kept) {
            sql.push(if i > 0 { ", (" } else { "(" }).bind(row.id).push(", ");
            if let Some(tenant) = tenant {
                sql.bind(tenant).push(", ");
            }
            sql.bind(table).push(", ").bind(row.text.clone()).push(", ").bind(edition).push(", ").bind(self.now());
            sql.push(", CAST(").bind(grams(i, row)).push(if self.is_postgres() { " AS integer[]))" } else { " AS integer))" });
        }
        sql.push(if tenant.is_some() { " ON CONFLICT (tenant_id, id)" } else { " ON CONFLICT (id)" });
        sql.push(" DO UPDATE SET target = excluded.target, text = excluded.text, edition = excluded.edition, grams = excluded.grams");
    }

    /// Keeps the texts of rows that a statement of its own has written.
    #[boxed(?Send)]
    pub async fn search_again(&self, table: &str, ids: &[Uuid]) -> Result<()> {
        let Some(columns) = self.searched(table).filter(|_| !ids.is_empty()) else { return Ok(()) };
        let mut sql = select(table, columns);
        sql.push(" WHERE id IN (").bind_all(ids.iter().map(|id| (*id).into())).push(")");
        self.push_own(&mut sql);
        let rows = self.raw_all(sql).await?;
        self.keep_of_rows(table, &rows).await
    }
}

fn select(table: &str, columns: &[&str]) -> Sql {
    let mut sql = Sql::new("SELECT id, ");
    sql.push(&columns.join(", ")).push(" FROM ").push(table);
    sql
}

fn kept_of_row(columns: &[&str], row: &QueryResult) -> Result<Kept> {
    let texts: Vec<Option<String>> =
        columns.iter().map(|column| row.try_get("", column)).collect::<Result<_, _>>().map_err(Error::internal)?;
    let id = row.try_get("", "id").map_err(Error::internal)?;
    Ok(Kept { id, text: search::text_of(texts.iter().flatten().map(String::as_str)) })
}

/// Makes the texts that are missing, or were made by other rules; answers how many. What was
/// done stays when it is cut off, and the next call goes on.
#[boxed(?Send)]
pub async fn fill(db: &Database, tenant: Option<Uuid>) -> Result<usize> {
    let cx = Context::system(db.realm(), tenant, "search");
    let mut all = 0;
    let searched = db.searched();
    for (table, columns) in searched.iter() {
        loop {
            let done = db.write(&cx, async |tx| {
                let mut sql = select(table, columns);
                sql.push(" WHERE NOT EXISTS (SELECT 1 FROM search_texts s WHERE s.id = ").push(table).push(".id AND s.edition = ");
                sql.bind(edition(columns));
                if let Some(tenant) = tenant {
                    sql.push(" AND s.tenant_id = ").bind(tenant).push(") AND tenant_id = ").bind(tenant);
                } else {
                    sql.push(")");
                }
                sql.push(" LIMIT ").bind(i64::try_from(BATCH).map_err(Error::internal)?);
                let rows = tx.raw_all(sql).await?;
                tx.keep_of_rows(table, &rows).await?;
                Ok(rows.len())
            });
            let done = done.await?;
            all += done;
            if done < BATCH {
                break;
            }
        }
    }
    Ok(all)
}
