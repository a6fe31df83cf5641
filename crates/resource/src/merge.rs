//! One row taken into another, and back: whatever the database's foreign keys say refers to it
//! follows, so tables of domains that come later do too.

use crate::{Spec, change::lock, references::push_live_of, rules};
use kernel::{Error, Lang, Result, boxed};
use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use store::{Columns, Reference, Sql, Tx};
use uuid::Uuid;

/// A row that referred to the one that was merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub table: String,
    pub column: String,
    pub id: Uuid,
    /// It stayed: where it would go there is one with the same key. Or a flag that only one may have
    /// (`is_primary`) was taken from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// What a merge did: all that is needed to take it back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Merging {
    pub moved: Vec<Moved>,
    pub kept: Vec<Moved>,
    /// Fields of the survivor that were empty, and with what they were filled.
    pub filled: Map<String, Json>,
    /// Those of them that only one row may have: they were taken from the other.
    pub taken: Vec<String>,
}

/// Columns that are not the row's business.
const OWN: [&str; 10] = [
    "id",
    "tenant_id",
    "row_version",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "deleted_at",
    "deleted_by",
    "merged_into_id",
];

fn is_taken(error: &Error) -> Option<String> {
    let taken = error.rule_name() == Some("unique");
    taken.then(|| error.detail(Lang::En).get("field").and_then(Json::as_str).unwrap_or_default().to_owned())
}

/// Takes `from` into `into`: what refers to it follows, empty fields are filled. Both rows are locked; what becomes of
/// `from` is the caller's to say.
///
/// # Errors
/// 404 where one of them is not there.
#[boxed(?Send)]
pub async fn merge(spec: &Spec, tx: &Tx, into: Uuid, from: Uuid) -> Result<Merging> {
    // always in the same order: two merges of the same rows wait for each other
    lock(spec, tx, into.min(from), None).await?;
    lock(spec, tx, into.max(from), None).await?;
    let mut done = Merging::default();
    let references: Vec<Reference> = tx.catalog().referring_to(&spec.table).cloned().collect();
    for reference in &references {
        let mut sql = Sql::new("SELECT id FROM ");
        sql.push(&reference.table).push(" WHERE ").push(&reference.column).push(" = ").bind(from);
        push_live_of(&mut sql, tx, &reference.table);
        sql.push(" ORDER BY id");
        let ids = tx.raw_all(sql).await?.iter().map(|row| row.try_get("", "id").map_err(Error::internal)).collect::<Result<Vec<Uuid>>>()?;
        let moved = |id: Uuid, because| Moved { table: reference.table.clone(), column: reference.column.clone(), id, because };
        // together where they can, each on its own where one of them cannot
        match tx.attempt(async || point(tx, reference, &ids, from, into, None).await).await {
            Ok(_) => done.moved.extend(ids.into_iter().map(|id| moved(id, None))),
            Err(error) if is_taken(&error).is_none() => return Err(error),
            Err(_) => {
                for id in ids {
                    let (followed, because) = follow(tx, reference, id, from, into).await?;
                    if followed { &mut done.moved } else { &mut done.kept }.push(moved(id, because));
                }
            }
        }
    }
    fill(spec, tx, into, from, &mut done).await?;
    Ok(done)
}

/// One row on its own: it goes, it goes without the flag that only one may have, or it stays.
async fn follow(tx: &Tx, reference: &Reference, id: Uuid, from: Uuid, into: Uuid) -> Result<(bool, Option<String>)> {
    let Err(error) = tx.attempt(async || point(tx, reference, &[id], from, into, None).await).await else { return Ok((true, None)) };
    let Some(taken) = is_taken(&error) else { return Err(error) };
    if let Some(flag) = taken.split(", ").find(|column| column.starts_with("is_")) {
        let without = Some((flag, false));
        match tx.attempt(async || point(tx, reference, &[id], from, into, without).await).await {
            Ok(_) => return Ok((true, Some(flag.to_owned()))),
            Err(error) if is_taken(&error).is_none() => return Err(error),
            Err(_) => {}
        }
    }
    Ok((false, Some(taken)))
}

/// Lets rows refer to `to` that refer to `from`. Answers how many did.
async fn point(tx: &Tx, reference: &Reference, ids: &[Uuid], from: Uuid, to: Uuid, flag: Option<(&str, bool)>) -> Result<u64> {
    let mut touched = 0;
    for ids in ids.chunks(1000) {
        let has = |column: &str| tx.catalog().has_column(&reference.table, column);
        let mut sql = Sql::new("UPDATE ");
        sql.push(&reference.table).push(" SET ").push(&reference.column).push(" = ").bind(to);
        if has("row_version") {
            sql.push(", row_version = row_version + 1");
        }
        if has("updated_at") {
            sql.push(", updated_at = ").bind(tx.now()).push(", updated_by = ").bind(tx.context().actor.id);
        }
        if let Some((flag, value)) = flag.filter(|(flag, _)| has(flag)) {
            sql.push(", ").push(flag).push(" = ").bind(value);
        }
        sql.push(" WHERE ").push(&reference.column).push(" = ").bind(from).push(" AND id IN (");
        sql.bind_all(ids.iter().map(|id| (*id).into())).push(")");
        push_live_of(&mut sql, tx, &reference.table);
        if let Some((flag, value)) = flag.filter(|(flag, _)| has(flag)) {
            sql.push(" AND ").push(flag).push(" = ").bind(!value);
        }
        touched += tx.raw_execute(sql).await?;
    }
    Ok(touched)
}

/// Fills what is empty in the survivor. A key that only one may have is taken from the other row.
async fn fill(spec: &Spec, tx: &Tx, into: Uuid, from: Uuid, done: &mut Merging) -> Result<()> {
    let (survivor, other) = (lock(spec, tx, into, None).await?, lock(spec, tx, from, None).await?);
    let (is, there) = ((spec.values)(&survivor)?, (spec.values)(&other)?);
    let empty: Columns = is.iter().filter(|(_, value)| *value == value.as_null()).cloned().collect();
    let derived = |name: &str| name.ends_with("_e164") || name.ends_with("_key");
    let mut values: Columns =
        there.into_iter().filter(|(name, value)| *value != value.as_null() && !OWN.contains(name) && !derived(name)).collect();
    values.retain(|(name, _)| empty.iter().any(|(column, _)| column == name));
    if values.is_empty() {
        return Ok(());
    }
    let filled = loop {
        let set = async || tx.update_row(&spec.table, into, values.clone(), &spec.columns).await;
        let error = match tx.attempt(set).await {
            Ok(row) => break row.ok_or_else(Error::not_found)?,
            Err(error) => error,
        };
        let taken = is_taken(&error).and_then(|field| empty.iter().find(|(column, _)| *column == field).cloned());
        let Some((column, null)) = taken.filter(|(column, _)| !done.taken.iter().any(|known| known == column)) else { return Err(error) };
        tx.update_row(&spec.table, from, vec![(column, null)], &spec.columns).await?;
        done.taken.push(column.to_owned());
    };
    let shown = spec.snapshot(&filled)?;
    done.filled = values.iter().map(|(name, _)| ((*name).to_owned(), shown.get(name).cloned().unwrap_or_default())).collect();
    Ok(())
}

/// Takes a merge back: what followed goes back, what was filled is emptied.
///
/// # Errors
/// 409 `merge.changed` where something was changed since in a way that cannot be taken back: `detail.rows`, `detail.fields`.
#[boxed(?Send)]
pub async fn unmerge(spec: &Spec, tx: &Tx, into: Uuid, from: Uuid, done: &Merging) -> Result<()> {
    lock(spec, tx, into.min(from), None).await?;
    lock(spec, tx, into.max(from), None).await?;
    unfill(spec, tx, into, from, done).await?;
    let mut groups: BTreeMap<(&str, &str, Option<&str>), Vec<Uuid>> = BTreeMap::new();
    for moved in &done.moved {
        groups.entry((&moved.table, &moved.column, moved.because.as_deref())).or_default().push(moved.id);
    }
    let mut lost: Map<String, Json> = Map::new();
    for ((table, column, flag), ids) in groups {
        let reference = Reference { table: table.to_owned(), column: column.to_owned(), target: spec.table.clone() };
        let back = async || point(tx, &reference, &ids, into, from, flag.map(|flag| (flag, true))).await;
        let missing = match tx.attempt(back).await {
            Ok(touched) => ids.len() as u64 - touched,
            Err(error) if is_taken(&error).is_some() => 1,
            Err(error) => return Err(error),
        };
        if missing > 0 {
            lost.insert(table.to_owned(), (lost.get(table).and_then(Json::as_u64).unwrap_or_default() + missing).into());
        }
    }
    if lost.is_empty() {
        return Ok(());
    }
    let names = lost.iter().map(|(table, count)| format!("{table} {count}")).collect::<Vec<_>>().join(", ");
    Err(rules::MERGE_CHANGED.filled(&[("changed", &names)]).with("rows", Json::Object(lost)))
}

async fn unfill(spec: &Spec, tx: &Tx, into: Uuid, from: Uuid, done: &Merging) -> Result<()> {
    if done.filled.is_empty() {
        return Ok(());
    }
    let row: QueryResult = lock(spec, tx, into, None).await?;
    let (shown, is) = (spec.snapshot(&row)?, (spec.values)(&row)?);
    let other: Vec<&str> =
        done.filled.iter().filter(|(name, value)| shown.get(name.as_str()) != Some(value)).map(|(name, _)| name.as_str()).collect();
    if !other.is_empty() {
        let names = other.join(", ");
        return Err(rules::MERGE_CHANGED.filled(&[("changed", &names)]).with("fields", other));
    }
    let was = |value: &(&'static str, Value)| done.filled.contains_key(value.0);
    let emptied: Columns = is.iter().filter(|value| was(value)).map(|(name, value)| (*name, value.as_null())).collect();
    tx.update_row(&spec.table, into, emptied, &spec.columns).await?;
    let given: Columns = is.into_iter().filter(|(name, _)| done.taken.iter().any(|taken| taken == name)).collect();
    if !given.is_empty() {
        tx.update_row(&spec.table, from, given, &spec.columns).await?;
    }
    Ok(())
}
