//! Who refers to whom: read from the database's own foreign keys.

use crate::{Spec, rules};
use kernel::{Error, Result, boxed};
use sea_orm::Value;
use serde_json::{Map, Value as Json};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
};
use store::{Columns, Reference, Scope, Sql, Tx};
use uuid::Uuid;

pub(crate) fn refers(catalog: &store::Catalog, spec: &Spec, values: &Columns) -> bool {
    catalog
        .referred_by(&spec.table)
        .any(|reference| values.iter().any(|(column, value)| *column == reference.column && *value != value.as_null()))
}

/// Whatever the row is to refer to must be there, live and of the same company; it is kept
/// from being deleted until the end of the transaction.
#[boxed(?Send)]
pub(crate) async fn check_references(spec: &Spec, tx: &Tx, values: &Columns) -> Result<()> {
    check_references_of(spec, tx, std::iter::once(values)).await
}

/// The same for many rows at once; what several of them refer to is looked at once.
pub(crate) async fn check_references_of<'v>(spec: &Spec, tx: &Tx, rows: impl Iterator<Item = &'v Columns> + Clone) -> Result<()> {
    for reference in tx.catalog().referred_by(&spec.table) {
        let wanted = rows.clone().flatten().filter(|(column, value)| *column == reference.column && *value != value.as_null());
        let mut looked = HashSet::new();
        for (_, value) in wanted {
            if looked.insert(format!("{value:?}")) {
                check_reference(tx, reference, value).await?;
            }
        }
    }
    Ok(())
}

async fn check_reference(tx: &Tx, reference: &Reference, value: &Value) -> Result<()> {
    // who was merged into another is there to be read, and nothing new refers to them
    let is_merged = tx.catalog().has_column(&reference.target, "merged_into_id");
    let mut sql = Sql::new(if is_merged { "SELECT merged_into_id FROM " } else { "SELECT 1 AS one FROM " });
    sql.push(&reference.target).push(" WHERE id = ").bind(value.clone());
    push_live_of(&mut sql, tx, &reference.target);
    if tx.is_postgres() {
        sql.push(" FOR KEY SHARE");
    }
    let row = tx.raw_one(sql).await?.ok_or_else(|| Error::no_such(reference.column.clone()))?;
    match if is_merged { row.try_get::<Option<Uuid>>("", "merged_into_id").map_err(Error::internal)? } else { None } {
        Some(into) => {
            let column = reference.column.clone();
            Err(Error::field(
                column,
                "merged",
                format!("다른 자료로 병합된 항목입니다. 병합된 자료를 지정하세요: {into}"),
                format!("refers to a record that was merged into {into}; use that one"),
            ))
        }
        None => Ok(()),
    }
}

/// ` AND …`: of this company and not deleted, whatever the table knows of that.
pub(crate) fn push_live_of(sql: &mut Sql, scope: &Scope, table: &str) {
    if let Some(tenant) = scope.tenant().filter(|_| scope.catalog().has_column(table, "tenant_id")) {
        sql.push(" AND tenant_id = ").bind(tenant);
    }
    if scope.catalog().has_column(table, "deleted_at") {
        sql.push(" AND deleted_at IS NULL");
    }
}

/// A reference that is written as a code: the id of the live, active row that has it goes beside.
#[derive(Clone, Copy, Debug)]
pub struct Lookup {
    /// The column of the code: `currency_code`.
    pub code: &'static str,
    /// The column of the foreign key: `currency_id`.
    pub id: &'static str,
    /// The code's column where it is looked up.
    pub by: &'static str,
    /// The code a new row gets without one.
    pub otherwise: Option<&'static str>,
}

#[boxed(?Send)]
pub(crate) async fn look_up(spec: &Spec, tx: &Tx, values: &mut Columns, creating: bool) -> Result<()> {
    for lookup in spec.lookups {
        let sent = values.iter().find(|(column, _)| *column == lookup.code).map(|(_, value)| value.clone());
        let otherwise = lookup.otherwise.filter(|_| creating).map(Value::from);
        let Some(code) = sent.clone().or(otherwise) else { continue };
        let Some(reference) = tx.catalog().referred_by(&spec.table).find(|reference| reference.column == lookup.id) else { continue };
        let mut sql = Sql::new("SELECT id FROM ");
        sql.push(&reference.target).push(" WHERE ").push(lookup.by).push(" = ").bind(code.clone());
        push_live_of(&mut sql, tx, &reference.target);
        if tx.catalog().has_column(&reference.target, "is_active") {
            sql.push(" AND is_active");
        }
        match tx.raw_one(sql).await? {
            Some(row) => values.push((lookup.id, row.try_get::<Uuid>("", "id").map_err(Error::internal)?.into())),
            None if code == code.as_null() => values.push((lookup.id, Value::Uuid(None))),
            None if sent.is_some() => return Err(Error::no_such(lookup.code)),
            None => {}
        }
    }
    Ok(())
}

/// Tables with the column that names a row, and the column of `spec` it holds; what has a foreign key is not among them.
fn naming<'a>(spec: &'a Spec, scope: &'a Scope) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
    let catalog = scope.catalog();
    spec.named_in.iter().flat_map(move |(column, key)| {
        let named = catalog.tables_with(column).filter(move |table| {
            *table != spec.table && !catalog.referring_to(&spec.table).any(|known| known.table == *table && known.column == *column)
        });
        named.map(move |table| (table, *column, *key))
    })
}

/// How many live rows refer to a row or name it, by table. Rows that belong to it are left out.
///
/// # Errors
/// When the database cannot be read.
#[boxed(?Send)]
pub async fn holders(spec: &Spec, tx: &Tx, id: Uuid) -> Result<Map<String, Json>> {
    let mut own: Vec<&str> = spec.owned.to_vec();
    for kind in spec.lines {
        own.push(&kind.spec()?.table);
    }
    // a row may refer and name at once (`currency_id` and `currency_code`): it is one row
    let mut by: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for reference in tx.catalog().referring_to(&spec.table) {
        by.entry(&reference.table).or_default().push((&reference.column, "id"));
    }
    for (table, column, key) in naming(spec, tx) {
        by.entry(table).or_default().push((column, key));
    }
    by.retain(|table, _| !own.contains(table));
    let mut holders = Map::new();
    if by.is_empty() {
        return Ok(holders);
    }
    let mut sql = Sql::new("SELECT ");
    for (i, (table, columns)) in by.iter().enumerate() {
        sql.push(if i > 0 { ", (SELECT count(*) FROM " } else { "(SELECT count(*) FROM " });
        sql.push(table).push(" WHERE (");
        for (at, (column, key)) in columns.iter().enumerate() {
            sql.push(if at > 0 { " OR " } else { "" }).push(column).push(" = ");
            if *key == "id" {
                sql.bind(id);
            } else {
                sql.push("(SELECT ").push(key).push(" FROM ").push(&spec.table).push(" WHERE id = ").bind(id);
                push_live_of(&mut sql, tx, &spec.table);
                sql.push(")");
            }
        }
        sql.push(")");
        push_live_of(&mut sql, tx, table);
        sql.push(&format!(") AS r{i}"));
    }
    let row = tx.raw_one(sql).await?.ok_or_else(|| Error::internal("no row of counts"))?;
    for (i, table) in by.keys().enumerate() {
        let count: i64 = row.try_get("", &format!("r{i}")).map_err(Error::internal)?;
        if count > 0 {
            holders.insert((*table).to_owned(), count.into());
        }
    }
    Ok(holders)
}

/// The columns of the unique index behind a refusal, without `tenant_id`, and the condition of a partial index. `taken` is what the refusal
/// names; the index is found by its last column. No columns: the index is over an expression of several, and nobody can be named.
async fn unique_key(scope: &Scope, table: &str, taken: &str) -> Result<(Vec<String>, Option<String>)> {
    let name = format!("{table}_{}_key", taken.rsplit(", ").next().unwrap_or(taken));
    let mut sql = Sql::new(if scope.is_postgres() {
        "SELECT indexdef AS made FROM pg_indexes WHERE schemaname = current_schema() AND indexname = "
    } else {
        "SELECT sql AS made FROM sqlite_master WHERE type = 'index' AND name = "
    });
    sql.bind(name);
    let row = scope.raw_one(sql).await?;
    let made = row.map(|row| row.try_get::<Option<String>>("", "made")).transpose().map_err(Error::internal)?.flatten();
    // a constraint: the columns are all there is to it
    let Some((_, made)) = made.as_deref().and_then(|made| made.split_once('(')) else {
        return Ok((taken.split(", ").map(str::to_owned).collect(), None));
    };
    let (columns, among) = made.split_once(" WHERE ").map_or((made, None), |(columns, among)| (columns, Some(among.to_owned())));
    let columns = columns.trim_end().strip_suffix(')').unwrap_or(columns);
    let columns: Vec<&str> = columns.split(", ").filter(|column| *column != "tenant_id").collect();
    let are_plain = columns.iter().all(|column| column.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    let columns = match columns.len() {
        _ if are_plain => columns.into_iter().map(str::to_owned).collect(),
        // something made of the one column
        1 => vec![taken.to_owned()],
        _ => Vec::new(),
    };
    Ok((columns, among))
}

/// Who has what is in use already: id, code and name of the live row with the same key. `id` is the row that was to get `values`, where there
/// is one, `taken` what the refusal calls the key.
#[boxed(?Send)]
pub(crate) async fn holder_of_key(spec: &Spec, scope: &Scope, id: Option<Uuid>, values: &Columns, taken: &str) -> Result<Option<Json>> {
    let (columns, among) = unique_key(scope, &spec.table, taken).await?;
    if columns.is_empty() {
        return Ok(None);
    }
    let shown: Vec<&str> = ["id", "code", "name"].into_iter().filter(|column| spec.has(column)).collect();
    let mut sql = Sql::new("SELECT ");
    sql.push(&shown.join(", ")).push(" FROM ").push(&spec.table).push(" WHERE id IS NOT NULL");
    let set = |name: &str| values.iter().find(|(column, _)| *column == name).map(|(_, value)| value.clone());
    for column in &columns {
        let folded = column.strip_suffix("_key").and_then(|plain| match set(plain) {
            Some(Value::String(Some(text))) => Some(Value::from(store::folded_key(plain, &text))),
            _ => None,
        });
        sql.push(" AND ").push(column).push(" = ");
        match (folded.or_else(|| set(column)), id) {
            (Some(value), _) => sql.bind(value),
            // what the row keeps
            (None, Some(id)) => {
                sql.push("(SELECT ").push(column).push(" FROM ").push(&spec.table).push(" WHERE id = ").bind(id);
                push_live_of(&mut sql, scope, &spec.table);
                sql.push(")")
            }
            (None, None) => return Ok(None),
        };
    }
    if let Some(among) = among {
        sql.push(" AND (").push(&among).push(")");
    }
    push_live_of(&mut sql, scope, &spec.table);
    let Some(row) = scope.raw_one(sql).await? else { return Ok(None) };
    let mut holder = serde_json::json!({"id": row.try_get::<Uuid>("", "id").map_err(Error::internal)?});
    for column in shown.into_iter().filter(|column| *column != "id") {
        holder[column] = row.try_get::<Option<String>>("", column).map_err(Error::internal)?.into();
    }
    Ok(Some(holder))
}

/// The refusal because of what [`holders`] or [`live_rows`] found, listed in `referenced_by`: table → number of rows.
#[must_use]
pub fn in_use(rule: &str, ko: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>, by: Map<String, Json>) -> Error {
    Error::rule(rule, ko, en).with("referenced_by", Json::Object(by))
}

/// How many live rows there are in these tables, where there are any.
///
/// # Errors
/// When the database cannot be read.
#[boxed(?Send)]
pub async fn live_rows(scope: &Scope, tables: &[&str]) -> Result<Map<String, Json>> {
    let mut found = Map::new();
    for table in tables {
        let mut sql = Sql::new("SELECT count(*) AS rows_there FROM ");
        sql.push(table).push(" WHERE id IS NOT NULL");
        push_live_of(&mut sql, scope, table);
        let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no count"))?;
        let count: i64 = row.try_get("", "rows_there").map_err(Error::internal)?;
        if count > 0 {
            found.insert((*table).to_owned(), count.into());
        }
    }
    Ok(found)
}

/// Refuses to delete a row that something live refers to, and says what does.
#[boxed(?Send)]
pub(crate) async fn check_unreferenced(spec: &Spec, tx: &Tx, id: Uuid) -> Result<()> {
    let holders = holders(spec, tx, id).await?;
    if holders.is_empty() {
        return Ok(());
    }
    Err(rules::REFERENCED.error().with("referenced_by", holders))
}

/// Those of some ids that are there and live, locked until the end of the transaction.
#[boxed(?Send)]
pub(crate) async fn live_ids(tx: &Tx, table: &str, ids: &HashSet<Uuid>) -> Result<HashSet<Uuid>> {
    let mut sql = Sql::new("SELECT id FROM ");
    sql.push(table).push(" WHERE id IN (").bind_all(ids.iter().map(|id| (*id).into())).push(")");
    push_live_of(&mut sql, tx, table);
    if tx.catalog().has_column(table, "merged_into_id") {
        sql.push(" AND merged_into_id IS NULL");
    }
    if tx.is_postgres() {
        sql.push(" FOR KEY SHARE");
    }
    let rows = tx.raw_all(sql).await?;
    rows.iter().map(|row| row.try_get("", "id").map_err(Error::internal)).collect()
}

/// Those of some rows that something live refers to.
#[boxed(?Send)]
pub(crate) async fn referred_to(spec: &Spec, scope: &Scope, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    let mut locked = HashSet::new();
    for reference in scope.catalog().referring_to(&spec.table).filter(|_| !ids.is_empty()) {
        let mut sql = Sql::new("SELECT DISTINCT ");
        sql.push(&reference.column).push(" AS id FROM ").push(&reference.table).push(" WHERE ").push(&reference.column).push(" IN (");
        sql.bind_all(ids.iter().map(|id| (*id).into())).push(")");
        push_live_of(&mut sql, scope, &reference.table);
        for row in scope.raw_all(sql).await? {
            locked.insert(row.try_get("", "id").map_err(Error::internal)?);
        }
    }
    for (table, column, key) in naming(spec, scope).filter(|_| !ids.is_empty()) {
        let mut sql = Sql::new("SELECT named.id FROM ");
        sql.push(&spec.table).push(" named WHERE named.id IN (").bind_all(ids.iter().map(|id| (*id).into())).push(")");
        if let Some(tenant) = scope.tenant().filter(|_| scope.catalog().has_column(&spec.table, "tenant_id")) {
            sql.push(" AND named.tenant_id = ").bind(tenant);
        }
        sql.push(" AND EXISTS (SELECT 1 FROM ").push(table).push(" WHERE ").push(column).push(" = named.").push(key);
        push_live_of(&mut sql, scope, table);
        sql.push(")");
        for row in scope.raw_all(sql).await? {
            locked.insert(row.try_get("", "id").map_err(Error::internal)?);
        }
    }
    Ok(locked)
}
