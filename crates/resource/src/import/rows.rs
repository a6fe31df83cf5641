//! The rows of one chunk: checked like the bodies of POSTs, written many at a time.

use super::{
    batch::{Heading, Model, OnDuplicate},
    cell,
};
use crate::{
    Changing, Spec, change,
    condition::{keep_inside, push_live},
    numbering, references,
};
use kernel::{Error, Lang, Result, boxed};
use sea_orm::Value;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};
use store::{Action, AuditEntry, Columns, Sql, Tx, new_id};
use uuid::Uuid;

/// A row of a file as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line {
    /// Its number in the file, from 1.
    pub row: usize,
    pub cells: Vec<String>,
    /// Its business key stood in the file before.
    pub again: bool,
}

/// What is wrong with one field of a row.
#[derive(Clone, Debug, Serialize, Deserialize, paperclip::actix::Apiv2Schema)]
#[openapi(rename = "ImportFault")]
pub struct Fault {
    /// 항목 | Field
    pub field: String,
    /// 규칙 | Rule
    pub rule: String,
    /// 메시지 | Message
    pub message: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Bad {
    pub row: usize,
    pub cells: Vec<String>,
    pub faults: Vec<Fault>,
}

/// A row that was changed, and what it said before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Changed {
    pub id: Uuid,
    pub version: i64,
    pub before: Map<String, Json>,
}

/// What came of a chunk.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub created: Vec<Uuid>,
    pub updated: Vec<Changed>,
    /// Counted apart: a dry run creates and changes nothing.
    pub would_create: i64,
    pub would_update: i64,
    pub skipped: i64,
    pub bad: Vec<Bad>,
}

impl Outcome {
    fn fail(&mut self, line: Line, error: &Error) {
        self.bad.push(Bad { row: line.row, cells: line.cells, faults: faults_of(error) });
    }
}

fn faults_of(error: &Error) -> Vec<Fault> {
    let faults = error.fields().iter().map(|field| Fault {
        field: field.field.clone(),
        rule: field.rule.clone(),
        message: field.text.text(Lang::Ko).to_owned(),
    });
    let faults: Vec<Fault> = faults.collect();
    if !faults.is_empty() {
        return faults;
    }
    let detail = error.detail(Lang::Ko);
    let field = detail.get("field").and_then(Json::as_str).unwrap_or_default().to_owned();
    vec![Fault { field, rule: error.rule_name().unwrap_or("invalid").to_owned(), message: error.message(Lang::Ko).to_owned() }]
}

/// A row that is to be inserted.
struct New {
    line: Line,
    id: Uuid,
    values: Columns,
}

/// A row that is there, and what the file says about it.
struct Known {
    line: Line,
    id: Uuid,
    body: Map<String, Json>,
}

/// Deals with the lines of a chunk, in the transaction.
#[boxed(?Send)]
pub(super) async fn apply(spec: &Spec, tx: &Tx, batch: &Model, lines: Vec<Line>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let read = read(spec, &batch.columns.0, lines, &mut outcome)?;
    let there = match spec.import.flatten() {
        Some(key) => rows_there(spec, tx, key, &read).await?,
        None => HashMap::new(),
    };
    // in a dry run by chunks nothing of the chunks before is there
    let blind = batch.is_dry_run && !batch.is_whole();
    let (mut new, mut known): (Vec<New>, Vec<Known>) = (Vec::new(), Vec::new());
    let mut seen: HashMap<String, Uuid> = HashMap::new();
    for Read { line, body, values, key } in read {
        let id = key.as_ref().and_then(|key| there.get(key).or_else(|| seen.get(key))).copied();
        let again = id.is_some() || (blind && line.again);
        match (again, batch.on_duplicate) {
            (false, _) => {
                let id = new_id();
                seen.extend(key.map(|key| (key, id)));
                new.push(New { line, id, values });
            }
            (true, OnDuplicate::Error) => {
                let field = spec.import.flatten().unwrap_or_default();
                let taken = store::rules::UNIQUE.filled(&[("field", &field)]);
                outcome.fail(line, &taken.with("field", field));
            }
            (true, OnDuplicate::Skip) => outcome.skipped += 1,
            (true, OnDuplicate::Update) => match id {
                Some(id) => known.push(Known { line, id, body }),
                None => outcome.would_update += 1,
            },
        }
    }
    let new = look_up(spec, tx, new, &mut outcome).await?;
    let new = refer(spec, tx, new, &mut outcome).await?;
    for group in alike(spec, number(spec, tx, new).await?) {
        insert(spec, tx, batch, group, &mut outcome).await?;
    }
    for row in known {
        match tx.attempt(async || update(spec, tx, batch, &row).await).await {
            Ok(changed) => outcome.updated.push(changed),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => outcome.fail(row.line, &error),
        }
    }
    outcome.bad.sort_by_key(|bad| bad.row);
    Ok(outcome)
}

struct Read {
    line: Line,
    body: Map<String, Json>,
    values: Columns,
    /// The business key as the column has it.
    key: Option<String>,
}

/// Cells as the bodies of creates, checked as those are.
fn read(spec: &Spec, columns: &[Heading], lines: Vec<Line>, outcome: &mut Outcome) -> Result<Vec<Read>> {
    let schema = (spec.create_schema)()?;
    let fields: Vec<_> = columns.iter().map(|column| column.field.as_deref().map(|field| (field, schema.kind_of(field)))).collect();
    let mut good = Vec::with_capacity(lines.len());
    for mut line in lines {
        let mut body = Map::new();
        let mut wrong = Vec::new();
        for (cell, field) in line.cells.iter().zip(&fields) {
            match field.map(|(field, kind)| (field, cell::read(cell, field, kind))) {
                Some((field, Ok(Some(value)))) => {
                    body.insert(field.to_owned(), value);
                }
                Some((_, Err(error))) => wrong.push(error),
                _ => {}
            }
        }
        line.cells.iter_mut().for_each(|cell| *cell = cell::displayed(cell).to_owned());
        if !wrong.is_empty() {
            outcome.fail(line, &Error::invalid(wrong));
            continue;
        }
        let checked = (spec.create)(Json::Object(body.clone())).and_then(|mut values| {
            keep_inside(spec, &mut values, true)?;
            Ok(values)
        });
        match checked {
            Ok(values) => {
                let key = spec.import.flatten().and_then(|key| values.iter().find(|(column, _)| *column == key));
                let key = key.and_then(|(_, value)| if let Value::String(Some(text)) = value { Some(text.clone()) } else { None });
                good.push(Read { line, body, values, key });
            }
            Err(error) => outcome.fail(line, &error),
        }
    }
    Ok(good)
}

/// The live rows that have one of the keys.
async fn rows_there(spec: &Spec, tx: &Tx, key: &str, rows: &[Read]) -> Result<HashMap<String, Uuid>> {
    let keys: HashSet<&String> = rows.iter().filter_map(|row| row.key.as_ref()).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new("SELECT id, ");
    sql.push(key).push(" AS key FROM ").push(&spec.table).push(" WHERE ");
    push_live(&mut sql, spec, tx);
    sql.push(" AND ").push(key).push(" IN (").bind_all(keys.into_iter().map(|key| key.as_str().into())).push(")");
    let there = tx.raw_all(sql).await?;
    there
        .iter()
        .map(|row| Ok((row.try_get("", "key")?, row.try_get("", "id")?)))
        .collect::<Result<_, _>>()
        .map_err(|e: sea_orm::DbErr| Error::internal(e))
}

/// Leaves out the rows that refer to what is not there; those referred to are locked until the commit.
async fn refer(spec: &Spec, tx: &Tx, mut rows: Vec<New>, outcome: &mut Outcome) -> Result<Vec<New>> {
    let references: Vec<_> = tx.catalog().referred_by(&spec.table).cloned().collect();
    for reference in references {
        let target = |row: &New| row.values.iter().find(|(column, _)| *column == reference.column).and_then(|(_, value)| uuid_of(value));
        let wanted: HashSet<Uuid> = rows.iter().filter_map(target).collect();
        if wanted.is_empty() {
            continue;
        }
        let there = references::live_ids(tx, &reference.target, &wanted).await?;
        let (good, bad): (Vec<New>, Vec<New>) = rows.into_iter().partition(|row| target(row).is_none_or(|id| there.contains(&id)));
        bad.into_iter().for_each(|row| outcome.fail(row.line, &Error::no_such(reference.column.clone())));
        rows = good;
    }
    Ok(rows)
}

fn uuid_of(value: &Value) -> Option<Uuid> {
    if let Value::Uuid(Some(id)) = value { Some(*id) } else { None }
}

/// The references that are written as codes; a code that stands in many rows is looked up once.
async fn look_up(spec: &Spec, tx: &Tx, rows: Vec<New>, outcome: &mut Outcome) -> Result<Vec<New>> {
    if spec.lookups.is_empty() {
        return Ok(rows);
    }
    let is_code = |column: &str| spec.lookups.iter().any(|lookup| lookup.code == column);
    let mut known: HashMap<String, Result<Columns>> = HashMap::new();
    let mut good = Vec::with_capacity(rows.len());
    for mut row in rows {
        let codes: Columns = row.values.iter().filter(|(column, _)| is_code(column)).cloned().collect();
        let looked_up = match known.entry(format!("{codes:?}")) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let mut filled = codes.clone();
                let done = references::look_up(spec, tx, &mut filled, true).await;
                new.insert(done.map(|()| filled.split_off(codes.len())))
            }
        };
        match looked_up {
            Ok(ids) => {
                row.values.extend(ids.iter().cloned());
                good.push(row);
            }
            Err(error) => outcome.fail(row.line, error),
        }
    }
    Ok(good)
}

/// Codes for rows that came without.
async fn number(spec: &Spec, tx: &Tx, mut rows: Vec<New>) -> Result<Vec<New>> {
    let Some((column, _)) = spec.numbered else { return Ok(rows) };
    let without = rows.iter_mut().filter(|row| !row.values.iter().any(|(name, _)| *name == column)).map(|row| &mut row.values);
    numbering::number_all(spec, tx, without.collect()).await?;
    Ok(rows)
}

/// Rows that set the same columns go into one statement; one by one where each is to be asked about what those before it did.
fn alike(spec: &Spec, rows: Vec<New>) -> Vec<Vec<New>> {
    if spec.rule.is_some() {
        return rows.into_iter().map(|row| vec![row]).collect();
    }
    let mut groups: BTreeMap<Vec<&'static str>, Vec<New>> = BTreeMap::new();
    for row in rows {
        groups.entry(row.values.iter().map(|(column, _)| *column).collect()).or_default().push(row);
    }
    groups.into_values().collect()
}

/// Inserts rows at once; where the database refuses one of them, each half on its own, until it is found.
async fn insert(spec: &Spec, tx: &Tx, batch: &Model, rows: Vec<New>, outcome: &mut Outcome) -> Result<()> {
    let mut waiting = vec![rows];
    while let Some(mut rows) = waiting.pop() {
        match tx.attempt(async || insert_all(spec, tx, batch, &rows).await).await {
            Ok(()) => outcome.created.extend(rows.iter().map(|row| row.id)),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) if rows.len() == 1 => rows.into_iter().for_each(|row| outcome.fail(row.line, &error)),
            Err(_) => {
                let rest = rows.split_off(rows.len() / 2);
                // the first half first: of two rows that cannot both be, the first is taken
                waiting.extend([rest, rows]);
            }
        }
    }
    Ok(())
}

async fn insert_all(spec: &Spec, tx: &Tx, batch: &Model, rows: &[New]) -> Result<()> {
    if let Some(rule) = spec.rule {
        for row in rows {
            rule(tx, &batch.permission, Changing { id: None, row: None, values: &row.values }).await?;
        }
    }
    let values = rows.iter().map(|row| row.values.iter().cloned().chain([("id", row.id.into())]).collect()).collect();
    let made = tx.insert_rows(&spec.table, values, &spec.columns, spec.running_no).await?;
    let by_id: HashMap<Uuid, &Columns> = rows.iter().map(|row| (row.id, &row.values)).collect();
    for row in &made {
        let id: Uuid = row.try_get("", "id").map_err(Error::internal)?;
        let values = by_id.get(&id).ok_or_else(|| Error::internal("another row came back"))?;
        let entry = AuditEntry::new(Action::Create, batch.permission.as_str(), spec.target(), id);
        tx.audit(entry.after(change::describe_row(spec, values, row)?));
    }
    Ok(())
}

/// Changes a row as the file says; what it does not say stays.
async fn update(spec: &Spec, tx: &Tx, batch: &Model, row: &Known) -> Result<Changed> {
    let schema = (spec.update_schema)()?;
    let fields: HashSet<&str> = schema.fields().map(|(name, _)| name).collect();
    let body = row.body.iter().filter(|(field, _)| fields.contains(field.as_str())).map(|(field, value)| (field.clone(), value.clone()));
    let wanted = (spec.update)(Json::Object(body.collect()))?;
    let wanted = change::differing(spec, tx, &batch.permission, row.id, None, wanted).await?;
    let snapshot = spec.snapshot(&wanted.row)?;
    let before = wanted.values.iter().filter_map(|(column, _)| Some(((*column).to_owned(), snapshot.get(*column)?.clone())));
    let before: Map<String, Json> = before.collect();
    let after = if wanted.is_nothing() { wanted.row } else { change::apply(spec, tx, &batch.permission, row.id, wanted).await?.0 };
    let version = after.try_get("", "row_version").map_err(Error::internal)?;
    Ok(Changed { id: row.id, version, before })
}
