//! Create, update, delete: the writes of a plain resource, over its [`Spec`].

use crate::{
    Spec,
    condition::{keep_inside, push_live},
    spec::Shown,
};
use auth::Door;
use envelope::Answer;
use futures_util::future::LocalBoxFuture;
use kernel::{Error, Result};
use sea_orm::{FromQueryResult, QueryResult, Value};
use serde_json::{Value as Json, json};
use store::{Action, AuditEntry, Columns, Event, Insert, Scope, Sql, Tx};
use uuid::Uuid;

/// What a [`Guard`] sees.
pub struct Changing<'t> {
    /// `None` while creating.
    pub id: Option<Uuid>,
    /// The row as it is; `None` while creating.
    row: Option<&'t QueryResult>,
    /// What will be set.
    pub values: &'t Columns,
}

impl Changing<'_> {
    /// The row as it is; `None` while creating.
    pub fn before<M: FromQueryResult>(&self) -> Result<Option<M>> {
        self.row.map(|row| M::from_query_result(row, "").map_err(Error::internal)).transpose()
    }

    /// What a column will be set to, if it will.
    #[must_use]
    pub fn value(&self, column: &str) -> Option<&Value> {
        self.values.iter().find(|(name, _)| *name == column).map(|(_, value)| value)
    }

    /// The id a column will be set to; `None`: it is not set, or emptied.
    #[must_use]
    pub fn id_in(&self, column: &str) -> Option<Uuid> {
        match self.value(column) {
            Some(Value::Uuid(id)) => *id,
            _ => None,
        }
    }
}

/// A rule that needs the database, run inside the transaction before the row is written:
/// no cycle in a tree, the last administrator stays.
pub type Guard<'g> = &'g (dyn for<'t> Fn(&'t Door, &'t Tx, Changing<'t>) -> LocalBoxFuture<'t, Result<()>> + 'g);

/// No rule but those of the declaration.
pub const FREE: Guard<'static> = &|_, _, _| Box::pin(async { Ok(()) });

fn answer(shown: Shown) -> Answer {
    Answer::json(shown.json, shown.version)
}

fn entry(door: &Door, spec: &Spec, action: Action, id: Uuid) -> AuditEntry {
    AuditEntry::new(action, door.permission().to_string(), spec.target(), id)
}

/// Creates a row. The body has been read; `body` is checked here.
pub(crate) async fn create(door: &Door, spec: &Spec, body: Json) -> Result<Answer> {
    let mut values = (spec.create)(body)?;
    keep_inside(spec, &mut values, true)?;
    // an amount is told as the caller sees it, which its row knows
    let amounts = values.iter().any(|(_, value)| matches!(value, Value::BigInt(_)));
    let alone = door.idempotency()?.is_none() && !amounts && !refers(&door.catalog(), spec, &values);
    if !alone {
        return door.write_answer(201, async |tx| insert(door, spec, tx, values.clone(), FREE).await).await;
    }
    // nothing to look up first: the row, its audit row and its event in one statement
    let id = store::new_id();
    let after = describe(&values);
    values.push(("id", id.into()));
    let insert = Insert { table: &spec.table, values, returning: &spec.columns, running_no: spec.running_no };
    let audit = entry(door, spec, Action::Create, id).after(after.clone());
    let row = door.insert_one(&insert, audit, Event::new(spec.event("created"), id, after)).await?;
    (spec.show)(&row).map(answer)
}

/// Creates a row with a rule of its own.
pub async fn create_with(door: &Door, spec: &Spec, values: Columns, guard: Guard<'_>) -> Result<Answer> {
    door.write_answer(201, async |tx| insert(door, spec, tx, values.clone(), guard).await).await
}

pub(crate) async fn insert(door: &Door, spec: &Spec, tx: &Tx, mut values: Columns, guard: Guard<'_>) -> Result<Answer> {
    keep_inside(spec, &mut values, true)?;
    check_references(spec, tx, &values).await?;
    guard(door, tx, Changing { id: None, row: None, values: &values }).await?;
    // a guard that publishes something about the row has chosen the id
    let chosen = values.iter().position(|(column, _)| *column == "id").map(|at| values.remove(at).1);
    let id = if let Some(Value::Uuid(Some(id))) = chosen { id } else { store::new_id() };
    let mut after = describe(&values);
    values.push(("id", id.into()));
    let insert = Insert { table: &spec.table, values, returning: &spec.columns, running_no: spec.running_no };
    let row = tx.insert_numbered(&insert).await?;
    // an amount is a bare number in its column; told is what the caller sees
    let snapshot = (spec.snapshot)(&row)?;
    for (field, value) in after.as_object_mut().into_iter().flatten() {
        if let Some(shown) = snapshot.get(field) {
            *value = shown.clone();
        }
    }
    tx.audit(entry(door, spec, Action::Create, id).after(after.clone()));
    tx.publish(Event::new(spec.event("created"), id, after));
    (spec.show)(&row).map(answer)
}

/// Changes what the body names. The body has been read; `body` is checked here.
pub(crate) async fn update(door: &Door, spec: &Spec, id: Uuid, body: Json) -> Result<Answer> {
    update_with(door, spec, id, body, FREE).await
}

/// Changes a row with a rule of its own.
pub async fn update_with(door: &Door, spec: &Spec, id: Uuid, body: Json, guard: Guard<'_>) -> Result<Answer> {
    let values = (spec.update)(body)?;
    let expected = door.if_match()?;
    door.write_answer(200, async |tx| modify(door, spec, tx, id, expected, values.clone(), guard).await).await
}

pub(crate) async fn modify(
    door: &Door,
    spec: &Spec,
    tx: &Tx,
    id: Uuid,
    expected: Option<i64>,
    wanted: Columns,
    guard: Guard<'_>,
) -> Result<Answer> {
    let row = lock(spec, tx, id, expected).await?;
    (spec.may_change)(&row)?;
    let is = (spec.values)(&row)?;
    let mut values: Columns = wanted.into_iter().filter(|wanted| !is.contains(wanted)).collect();
    if values.is_empty() {
        return (spec.show)(&row).map(answer);
    }
    keep_inside(spec, &mut values, false)?;
    check_references(spec, tx, &values).await?;
    guard(door, tx, Changing { id: Some(id), row: Some(&row), values: &values }).await?;
    let columns: Vec<&str> = values.iter().map(|(column, _)| *column).filter(|column| spec.shown.contains(column)).collect();
    let payload = json!({"id": id, "changed": columns});
    let changed = tx.update_row(&spec.table, id, values, &spec.columns).await?.ok_or_else(Error::not_found)?;
    tx.audit(entry(door, spec, Action::Update, id).change(&(spec.snapshot)(&row)?, &(spec.snapshot)(&changed)?));
    tx.publish(Event::new(spec.event("updated"), id, payload));
    (spec.show)(&changed).map(answer)
}

/// Deletes a row: it is marked, and gone for everybody.
pub async fn delete_with(door: &Door, spec: &Spec, id: Uuid, guard: Guard<'_>) -> Result<Answer> {
    let expected = door.if_match()?;
    door.write_answer(200, async |tx| remove(door, spec, tx, id, expected, guard).await).await
}

pub(crate) async fn remove(door: &Door, spec: &Spec, tx: &Tx, id: Uuid, expected: Option<i64>, guard: Guard<'_>) -> Result<Answer> {
    let row = lock(spec, tx, id, expected).await?;
    (spec.may_delete)(&row)?;
    check_unreferenced(spec, tx, id).await?;
    let values: Columns = if spec.has("deleted_at") {
        vec![("deleted_at", tx.now().into()), ("deleted_by", tx.context().actor.id.into())]
    } else {
        Vec::new()
    };
    guard(door, tx, Changing { id: Some(id), row: Some(&row), values: &values }).await?;
    if values.is_empty() {
        let mut sql = Sql::new("DELETE FROM ");
        sql.push(&spec.table).push(" WHERE ");
        push_live(&mut sql, spec, tx);
        sql.push(" AND id = ").bind(id);
        tx.raw_execute(sql).await?;
    } else {
        tx.update_row(&spec.table, id, values, &spec.columns).await?.ok_or_else(Error::not_found)?;
    }
    let mut audit = entry(door, spec, Action::Delete, id);
    audit.before = Some((spec.snapshot)(&row)?);
    tx.audit(audit);
    tx.publish(Event::new(spec.event("deleted"), id, json!({"id": id})));
    Answer::new(&json!({"id": id}))
}

/// One row as the caller sees it.
pub(crate) async fn get(spec: &Spec, scope: &Scope, id: Uuid) -> Result<Answer> {
    let mut sql = Sql::new("SELECT ");
    sql.push(&spec.columns.join(", ")).push(" FROM ").push(&spec.table).push(" WHERE ");
    push_live(&mut sql, spec, scope);
    sql.push(" AND id = ").bind(id);
    let row = scope.raw_one(sql).await?.ok_or_else(Error::not_found)?;
    (spec.show)(&row).map(answer)
}

/// The row, locked until the end of the transaction, if it is there and of the version expected.
async fn lock(spec: &Spec, tx: &Tx, id: Uuid, expected: Option<i64>) -> Result<QueryResult> {
    let mut sql = Sql::new("SELECT ");
    sql.push(&spec.columns.join(", ")).push(" FROM ").push(&spec.table).push(" WHERE ");
    push_live(&mut sql, spec, tx);
    sql.push(" AND id = ").bind(id);
    if tx.is_postgres() {
        sql.push(" FOR UPDATE");
    }
    let row = tx.raw_one(sql).await?.ok_or_else(Error::not_found)?;
    let version: i64 = row.try_get("", "row_version").map_err(Error::internal)?;
    match expected {
        Some(expected) if expected != version => Err(Error::stale(version)),
        _ => Ok(row),
    }
}

/// What was set, for the audit and the event; internal columns left out.
fn describe(values: &Columns) -> Json {
    let plain = |value: &Value| match value {
        Value::String(Some(text)) => json!(text),
        Value::Uuid(Some(id)) => json!(id),
        Value::Bool(Some(flag)) => json!(flag),
        Value::Int(Some(number)) => json!(number),
        Value::BigInt(Some(number)) => json!(number),
        Value::TimeDate(Some(date)) => json!(date.to_string()),
        Value::TimeDateTimeWithTimeZone(Some(at)) => json!(kernel::Timestamp::new(*at)),
        Value::Json(Some(json)) => (**json).clone(),
        _ => Json::Null,
    };
    values
        .iter()
        .filter(|(column, _)| !column.contains("hash"))
        .map(|(column, value)| ((*column).to_owned(), plain(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn refers(catalog: &store::Catalog, spec: &Spec, values: &Columns) -> bool {
    catalog
        .referred_by(&spec.table)
        .any(|reference| values.iter().any(|(column, value)| *column == reference.column && *value != value.as_null()))
}

/// Whatever the row is to refer to must be there, live and of the same company; it is kept
/// from being deleted until the end of the transaction.
async fn check_references(spec: &Spec, tx: &Tx, values: &Columns) -> Result<()> {
    for reference in tx.catalog().referred_by(&spec.table) {
        let Some((_, value)) = values.iter().find(|(column, value)| *column == reference.column && *value != value.as_null()) else {
            continue;
        };
        let mut sql = Sql::new("SELECT 1 AS one FROM ");
        sql.push(&reference.target).push(" WHERE id = ").bind(value.clone());
        if let Some(tenant) = tx.tenant().filter(|_| tx.catalog().has_column(&reference.target, "tenant_id")) {
            sql.push(" AND tenant_id = ").bind(tenant);
        }
        if tx.catalog().has_column(&reference.target, "deleted_at") {
            sql.push(" AND deleted_at IS NULL");
        }
        if tx.is_postgres() {
            sql.push(" FOR KEY SHARE");
        }
        if tx.raw_one(sql).await?.is_none() {
            return Err(Error::no_such(reference.column.clone()));
        }
    }
    Ok(())
}

/// A row that something live refers to stays; the caller is told what.
async fn check_unreferenced(spec: &Spec, tx: &Tx, id: Uuid) -> Result<()> {
    let by: Vec<_> = tx.catalog().referring_to(&spec.table).filter(|reference| !spec.owned.contains(&reference.table.as_str())).collect();
    if by.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("SELECT ");
    for (i, reference) in by.iter().enumerate() {
        sql.push(if i > 0 { ", (SELECT count(*) FROM " } else { "(SELECT count(*) FROM " });
        sql.push(&reference.table).push(" WHERE ").push(&reference.column).push(" = ").bind(id);
        if let Some(tenant) = tx.tenant().filter(|_| tx.catalog().has_column(&reference.table, "tenant_id")) {
            sql.push(" AND tenant_id = ").bind(tenant);
        }
        if tx.catalog().has_column(&reference.table, "deleted_at") {
            sql.push(" AND deleted_at IS NULL");
        }
        sql.push(&format!(") AS r{i}"));
    }
    let row = tx.raw_one(sql).await?.ok_or_else(|| Error::internal("no row of counts"))?;
    let mut holders = serde_json::Map::new();
    for (i, reference) in by.iter().enumerate() {
        let count: i64 = row.try_get("", &format!("r{i}")).map_err(Error::internal)?;
        if count > 0 {
            let total = holders.get(&reference.table).and_then(Json::as_i64).unwrap_or_default() + count;
            holders.insert(reference.table.clone(), total.into());
        }
    }
    if holders.is_empty() {
        return Ok(());
    }
    let names = holders.keys().cloned().collect::<Vec<_>>().join(", ");
    Err(Error::rule(
        "referenced",
        format!("다른 자료가 참조하고 있어 삭제할 수 없습니다: {names}"),
        format!("Still referred to by {names}"),
    )
    .with("referenced_by", Json::Object(holders)))
}
