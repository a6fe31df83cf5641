//! Create, update, delete: the writes of a plain resource, over its [`Spec`].

use crate::{
    Spec,
    condition::{keep_inside, push_live},
    lines,
    numbering::number,
    references::{check_references, check_unreferenced, holder_of_key, look_up, refers},
    spec::ViewJson,
};
use auth::Door;
use envelope::Answer;
use futures_util::future::LocalBoxFuture;
use kernel::{Error, Lang, PermissionKey, Result, Versions, boxed};
use sea_orm::{FromQueryResult, QueryResult, Value};
use serde_json::{Value as Json, json};
use store::{Action, AuditEntry, Columns, Event, Insert, Scope, Sql, Tx};
use uuid::Uuid;

/// What a [`Guard`] sees.
pub struct Changing<'t> {
    /// `None` while creating.
    pub id: Option<Uuid>,
    /// The row as it is; `None` while creating.
    pub(crate) row: Option<&'t QueryResult>,
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
pub type Guard<'g> = dyn for<'t> Fn(&'t Door, &'t Tx, Changing<'t>) -> LocalBoxFuture<'t, Result<()>> + 'g;

/// A [`Guard`] that every verb of a resource keeps, imports too, which have no caller any more: a plain function that gets
/// the permission.
pub type Rule = for<'t> fn(&'t Tx, &'t str, Changing<'t>) -> LocalBoxFuture<'t, Result<()>>;

/// No rule but those of the declaration.
pub const NO_GUARD: &Guard<'static> = &|_, _, _| Box::pin(async { Ok(()) });

fn answer(shown: ViewJson) -> Answer {
    Answer::json(shown.json, shown.version)
}

fn entry(door: &Door, spec: &Spec, action: Action, id: Uuid) -> AuditEntry {
    AuditEntry::new(action, door.permission().to_string(), spec.target(), id)
}

/// Creates a row. The body has been read; `body` is checked here.
#[boxed(?Send)]
pub(crate) async fn create(door: &Door, spec: &Spec, body: Json) -> Result<Answer> {
    let mut values = (spec.create)(body)?;
    keep_inside(spec, &mut values, true)?;
    // an error names an amount as the caller sees it, which its row knows
    let amounts = values.iter().any(|(_, value)| matches!(value, Value::BigInt(_)));
    let alone =
        !door.is_dry_run()? && door.idempotency()?.is_none() && !amounts && is_simple(spec) && !refers(&door.catalog(), spec, &values);
    if !alone {
        return create_with(door, spec, values, NO_GUARD).await;
    }
    // nothing to look up first: the row, its audit row and its event in one statement
    let id = store::new_id();
    let after = describe(&values);
    values.push(("id", id.into()));
    let insert = Insert { table: &spec.table, values, returning: &spec.columns, running_no: spec.running_no };
    let audit = entry(door, spec, Action::Create, id).after(after.clone());
    let values = insert.values.clone();
    let done = door.insert_one(&insert, audit, Event::new(spec.event("created"), id, after)).await;
    naming_holder(door, spec, None, &values, done.and_then(|row| spec.show(&row).map(answer))).await
}

/// Whether a row needs nothing but itself.
fn is_simple(spec: &Spec) -> bool {
    spec.lines.is_empty() && spec.numbered.is_none() && spec.lookups.is_empty() && spec.rule.is_none()
}

/// Creates a row with a rule of its own.
#[boxed(?Send)]
pub async fn create_with(door: &Door, spec: &Spec, values: Columns, guard: &Guard<'_>) -> Result<Answer> {
    let done = door.write_answer(201, async |tx| insert(door, spec, tx, values.clone(), guard).await).await;
    naming_holder(door, spec, None, &values, done).await
}

/// Creates a row in a transaction that does more than that.
#[boxed(?Send)]
pub async fn insert(door: &Door, spec: &Spec, tx: &Tx, mut values: Columns, guard: &Guard<'_>) -> Result<Answer> {
    keep_inside(spec, &mut values, true)?;
    let plans = lines::plan(spec, tx, None, &mut values).await?;
    look_up(spec, tx, &mut values, true).await?;
    check_references(spec, tx, &values).await?;
    if let Some(rule) = spec.rule {
        rule(tx, &door.permission().to_string(), Changing { id: None, row: None, values: &values }).await?;
    }
    guard(door, tx, Changing { id: None, row: None, values: &values }).await?;
    number(spec, tx, &mut values).await?;
    // a guard that publishes something about the row has chosen the id
    let chosen = values.iter().position(|(column, _)| *column == "id").map(|at| values.remove(at).1);
    let id = if let Some(Value::Uuid(Some(id))) = chosen { id } else { store::new_id() };
    let sent = values.clone();
    values.push(("id", id.into()));
    let insert = Insert { table: &spec.table, values, returning: &spec.columns, running_no: spec.running_no };
    let row = tx.insert_numbered(&insert).await?;
    lines::apply(tx, id, plans).await?;
    let lines = lines::of_row(spec, tx, id).await?;
    let mut after = describe_row(spec, &sent, &row)?;
    add(&mut after, lines.iter().filter(|(_, rows)| *rows != json!([])).cloned());
    tx.audit(entry(door, spec, Action::Create, id).after(after.clone()));
    tx.publish(Event::new(spec.event("created"), id, after));
    whole(spec, &row, &lines)
}

fn add(row: &mut Json, lines: impl IntoIterator<Item = (&'static str, Json)>) {
    if let Some(fields) = row.as_object_mut() {
        fields.extend(lines.into_iter().map(|(field, lines)| (field.to_owned(), lines)));
    }
}

/// A row with its lines, as it is answered.
fn whole(spec: &Spec, row: &QueryResult, lines: &[(&'static str, Json)]) -> Result<Answer> {
    let mut shown = spec.show(row)?;
    if !lines.is_empty() && shown.json.ends_with('}') {
        shown.json.pop();
        for (field, lines) in lines {
            shown.json.push_str(&format!(r#","{field}":{lines}"#));
        }
        shown.json.push('}');
    }
    Ok(answer(shown))
}

/// “Already in use” says by whom, to those who may look: a person who types a business number wants to know who has it. `id` is the row
/// that was to get `values`, where there is one. For handlers that write by [`insert`] and [`modify`], after their transaction.
#[boxed(?Send)]
pub async fn naming_holder(door: &Door, spec: &Spec, id: Option<Uuid>, values: &Columns, done: Result<Answer>) -> Result<Answer> {
    let Err(error) = done else { return done };
    let read = PermissionKey { domain: spec.domain, resource: spec.name, action: "read" };
    if error.rule_name() != Some("unique") || door.demand(read).is_err() {
        return Err(error);
    }
    let detail = error.detail(Lang::En);
    let taken = detail.get("field").and_then(Json::as_str).unwrap_or_default();
    match holder_of_key(spec, &door.read().await?, id, values, taken).await? {
        Some(holder) => Err(error.with("held_by", holder)),
        None => Err(error),
    }
}

/// Changes what the body names. The body has been read; `body` is checked here.
#[boxed(?Send)]
pub(crate) async fn update(door: &Door, spec: &Spec, id: Uuid, body: Json) -> Result<Answer> {
    update_with(door, spec, id, body, NO_GUARD).await
}

/// Changes a row with a rule of its own.
#[boxed(?Send)]
pub async fn update_with(door: &Door, spec: &Spec, id: Uuid, body: Json, guard: &Guard<'_>) -> Result<Answer> {
    change_with(door, spec, id, (spec.update)(body)?, guard).await
}

/// [`update_with`] for values that did not come as a body.
#[boxed(?Send)]
pub async fn change_with(door: &Door, spec: &Spec, id: Uuid, values: Columns, guard: &Guard<'_>) -> Result<Answer> {
    let expected = door.if_match()?;
    let done = door.write_answer(200, async |tx| modify(door, spec, tx, id, expected, values.clone(), guard).await).await;
    naming_holder(door, spec, Some(id), &values, done).await
}

/// Changes a row in a transaction that does more than that.
#[boxed(?Send)]
pub async fn modify(
    door: &Door,
    spec: &Spec,
    tx: &Tx,
    id: Uuid,
    expected: Option<Versions>,
    wanted: Columns,
    guard: &Guard<'_>,
) -> Result<Answer> {
    let permission = door.permission().to_string();
    let wanted = differing(spec, tx, &permission, id, expected, wanted).await?;
    if wanted.is_nothing() {
        return whole(spec, &wanted.row, &lines::of_row(spec, tx, id).await?);
    }
    guard(door, tx, Changing { id: Some(id), row: Some(&wanted.row), values: &wanted.values }).await?;
    let columns = wanted.values.iter().map(|(column, _)| *column).filter(|column| spec.shown.contains(column));
    let columns: Vec<&str> = columns.chain(wanted.plans.iter().map(|plan| plan.before().0)).collect();
    let payload = json!({"id": id, "changed": columns});
    let (changed, lines) = apply(spec, tx, &permission, id, wanted).await?;
    tx.publish(Event::new(spec.event("updated"), id, payload));
    whole(spec, &changed, &lines)
}

/// The lines of a row under the names of their fields.
type LinesShown = Vec<(&'static str, Json)>;

/// A row as it is, and what is to become of it.
pub(crate) struct Differing {
    pub row: QueryResult,
    pub values: Columns,
    plans: Vec<lines::Plan>,
}

impl Differing {
    pub fn is_nothing(&self) -> bool {
        self.values.is_empty() && self.plans.is_empty()
    }
}

/// The row, locked, and what of the values wanted is not so already; all that may be asked of them is.
#[boxed(?Send)]
pub(crate) async fn differing(
    spec: &Spec,
    tx: &Tx,
    permission: &str,
    id: Uuid,
    expected: Option<Versions>,
    wanted: Columns,
) -> Result<Differing> {
    let row = lock(spec, tx, id, expected).await?;
    (spec.may_change)(&row)?;
    let mut wanted = wanted;
    let mut plans = lines::plan(spec, tx, Some(id), &mut wanted).await?;
    plans.retain(|plan| !plan.is_nothing());
    let is = (spec.values)(&row)?;
    let mut values: Columns = wanted.into_iter().filter(|wanted| !is.contains(wanted)).collect();
    if values.is_empty() && plans.is_empty() {
        return Ok(Differing { row, values, plans });
    }
    keep_inside(spec, &mut values, false)?;
    look_up(spec, tx, &mut values, false).await?;
    check_references(spec, tx, &values).await?;
    if let Some(rule) = spec.rule {
        rule(tx, permission, Changing { id: Some(id), row: Some(&row), values: &values }).await?;
    }
    Ok(Differing { row, values, plans })
}

/// Sets what differs, and leaves the audit row that says so; answers the row as it is now, with its lines.
#[boxed(?Send)]
pub(crate) async fn apply(spec: &Spec, tx: &Tx, permission: &str, id: Uuid, wanted: Differing) -> Result<(QueryResult, LinesShown)> {
    let Differing { row, values, plans } = wanted;
    let mut before = spec.snapshot(&row)?;
    add(&mut before, plans.iter().map(lines::Plan::before));
    let fields: Vec<&str> = plans.iter().map(|plan| plan.before().0).collect();
    let changed = tx.update_row(&spec.table, id, values, &spec.columns).await?.ok_or_else(Error::not_found)?;
    lines::apply(tx, id, plans).await?;
    let lines = lines::of_row(spec, tx, id).await?;
    let mut after = spec.snapshot(&changed)?;
    add(&mut after, lines.iter().filter(|(field, _)| fields.contains(field)).cloned());
    tx.audit(AuditEntry::new(Action::Update, permission, spec.target(), id).change(&before, &after));
    Ok((changed, lines))
}

/// Deletes a row: it is marked, and gone for everybody.
#[boxed(?Send)]
pub async fn delete_with(door: &Door, spec: &Spec, id: Uuid, guard: &Guard<'_>) -> Result<Answer> {
    let expected = door.if_match()?;
    door.write_answer(200, async |tx| remove(door, spec, tx, id, expected, guard).await).await
}

#[boxed(?Send)]
pub(crate) async fn remove(door: &Door, spec: &Spec, tx: &Tx, id: Uuid, expected: Option<Versions>, guard: &Guard<'_>) -> Result<Answer> {
    let row = lock(spec, tx, id, expected).await?;
    (spec.may_delete)(&row)?;
    // looked at before the guard, which may remove what refers; answered after it: who may not delete does not learn who refers
    let unreferenced = check_unreferenced(spec, tx, id).await;
    let values = deletion(spec, tx);
    if let Some(rule) = spec.rule {
        rule(tx, &door.permission().to_string(), Changing { id: Some(id), row: Some(&row), values: &values }).await?;
    }
    guard(door, tx, Changing { id: Some(id), row: Some(&row), values: &values }).await?;
    unreferenced?;
    let mut before = spec.snapshot(&row)?;
    add(&mut before, lines::of_row(spec, tx, id).await?);
    lines::remove(door, spec, tx, id).await?;
    mark_deleted(spec, tx, id).await?;
    let mut audit = entry(door, spec, Action::Delete, id);
    audit.before = Some(before);
    tx.audit(audit);
    tx.publish(Event::new(spec.event("deleted"), id, json!({"id": id})));
    Answer::new(&json!({"id": id}))
}

/// What marks a row as deleted; nothing where rows really go.
fn deletion(spec: &Spec, tx: &Tx) -> Columns {
    if spec.has("deleted_at") { vec![("deleted_at", tx.now().into()), ("deleted_by", tx.context().actor.id.into())] } else { Vec::new() }
}

#[boxed(?Send)]
pub(crate) async fn mark_deleted(spec: &Spec, tx: &Tx, id: Uuid) -> Result<()> {
    let values = deletion(spec, tx);
    if values.is_empty() {
        let mut sql = Sql::new("DELETE FROM ");
        sql.push(&spec.table).push(" WHERE ");
        push_live(&mut sql, spec, tx);
        sql.push(" AND id = ").bind(id);
        return tx.raw_execute(sql).await.map(|_| ());
    }
    tx.update_row(&spec.table, id, values, &spec.columns).await?.ok_or_else(Error::not_found).map(|_| ())
}

/// One row with its lines, as the caller sees it: what an action answers.
#[boxed(?Send)]
pub async fn answer_of(spec: &Spec, scope: &Scope, id: Uuid) -> Result<Answer> {
    let mut sql = Sql::new("SELECT ");
    sql.push(&spec.columns.join(", ")).push(" FROM ").push(&spec.table).push(" WHERE ");
    push_live(&mut sql, spec, scope);
    sql.push(" AND id = ").bind(id);
    let row = scope.raw_one(sql).await?.ok_or_else(Error::not_found)?;
    whole(spec, &row, &lines::of_row(spec, scope, id).await?)
}

/// How a row is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Locking {
    /// Nothing that refers to it is made meanwhile.
    ForUpdate,
    /// What refers to it may be made meanwhile.
    ForNoKeyUpdate,
}

/// The row, locked until the end of the transaction, if it is there and of the version expected.
pub(crate) async fn lock(spec: &Spec, tx: &Tx, id: Uuid, expected: Option<Versions>) -> Result<QueryResult> {
    lock_as(spec, tx, id, expected, Locking::ForUpdate).await
}

#[boxed(?Send)]
pub(crate) async fn lock_as(spec: &Spec, tx: &Tx, id: Uuid, expected: Option<Versions>, locking: Locking) -> Result<QueryResult> {
    let mut sql = Sql::new("SELECT ");
    sql.push(&spec.columns.join(", ")).push(" FROM ").push(&spec.table).push(" WHERE ");
    push_live(&mut sql, spec, tx);
    sql.push(" AND id = ").bind(id);
    if tx.is_postgres() {
        sql.push(if locking == Locking::ForUpdate { " FOR UPDATE" } else { " FOR NO KEY UPDATE" });
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

/// [`describe`], amounts as the caller sees them: in their columns they are bare numbers.
pub(crate) fn describe_row(spec: &Spec, values: &Columns, row: &QueryResult) -> Result<Json> {
    let mut after = describe(values);
    let snapshot = spec.snapshot(row)?;
    for (field, value) in after.as_object_mut().into_iter().flatten() {
        if let Some(shown) = snapshot.get(field) {
            *value = shown.clone();
        }
    }
    Ok(after)
}
