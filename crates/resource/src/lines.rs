//! Lines: rows that belong to a row and are written, shown, audited and deleted with it: the
//! addresses of a customer, the lines of an order. A kind of lines is a [`Resource`] that is not mounted.

use crate::{Resource, Spec, change, condition::push_live, references};
use auth::Door;
use kernel::{Error, FieldError, Result, boxed};
use paperclip::v2::{models::DefaultSchemaRaw, schema::Apiv2Schema};
use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};
use serde_json::{Map, Value as Json};
use std::{
    collections::{BTreeSet, HashMap},
    marker::PhantomData,
};
use store::{Columns, Scope, Sql, Tx};
use uuid::Uuid;

/// What numbers are put above while lines change places: no two may have one number even for a moment.
const ASIDE: i32 = 1_000_000;

/// More lines than a document of trade has are a mistake.
const MOST: usize = 1000;

/// One kind of rows that belong to a row.
pub struct Lines {
    spec: fn() -> Result<&'static Spec>,
    /// The column that refers to the row they belong to.
    parent: &'static str,
    number: Option<&'static str>,
    is_written: bool,
}

impl Lines {
    /// Lines in the field of their resource's name: `addresses: […]`. A create takes `Option<Vec<L::Create>>`, an
    /// update `Change<Vec<LineChange<L::Create>>>` (both `#[sea_orm(ignore)]`), the view has [`Rows`] of them.
    #[must_use]
    pub const fn of<L: Resource>(parent: &'static str) -> Self {
        Self { spec: Spec::of::<L>, parent, number: None, is_written: true }
    }

    /// Counted from 1 in this column (an `integer`), in the order they are sent.
    #[must_use]
    pub const fn numbered(self, column: &'static str) -> Self {
        Self { number: Some(column), ..self }
    }

    /// Rows that have verbs of their own, and only go with the row when it is deleted.
    #[must_use]
    pub const fn apart<L: Resource>(parent: &'static str) -> Self {
        Self { spec: Spec::of::<L>, parent, number: None, is_written: false }
    }

    pub(crate) fn spec(&self) -> Result<&'static Spec> {
        (self.spec)()
    }

    /// Those of a row, in their order.
    async fn rows(&self, scope: &Scope, id: Uuid) -> Result<Vec<QueryResult>> {
        let of = self.spec()?;
        let mut sql = Sql::new("SELECT ");
        sql.push(&of.columns.join(", ")).push(" FROM ").push(&of.table).push(" WHERE ");
        push_live(&mut sql, of, scope);
        sql.push(" AND ").push(self.parent).push(" = ").bind(id);
        sql.push(" ORDER BY ").push(self.number.unwrap_or("created_at")).push(", id");
        scope.raw_all(sql).await
    }
}

/// The lines in the view of a row. They are there where one row is answered; lists leave them out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Rows<T>(Option<Vec<T>>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Rows<T> {
    /// For `skip_serializing_if`: the engine puts them in.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.0.is_none()
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Rows<T> {
    fn name() -> Option<String> {
        Vec::<T>::name()
    }
    fn required() -> bool {
        false
    }
    fn raw_schema() -> DefaultSchemaRaw {
        Vec::<T>::raw_schema()
    }
}

/// A line of an update: with the `id` of one that is there what is sent of it changes; without, it is new and
/// needs what a new one needs.
pub struct LineChange<T>(PhantomData<fn() -> T>);

impl<'de, T> Deserialize<'de> for LineChange<T> {
    // read by the engine, which knows the line as it is
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(PhantomData))
    }
}

impl<T: Apiv2Schema> Apiv2Schema for LineChange<T> {
    fn name() -> Option<String> {
        T::name().map(|name| format!("{name}Change"))
    }
    fn raw_schema() -> DefaultSchemaRaw {
        let mut schema = T::raw_schema();
        schema.name = Self::name();
        schema.required.clear();
        schema.properties.insert("id".to_owned(), Box::new(Uuid::raw_schema()));
        schema
    }
}

/// The names of the fields in which lines are written.
pub(crate) fn fields(kinds: &[Lines]) -> Result<Vec<&'static str>> {
    kinds.iter().filter(|kind| kind.is_written).map(|kind| Ok(kind.spec()?.name)).collect()
}

/// The lines a body carries, as values under the names of their fields.
pub(crate) fn taken(kinds: &[Lines], body: &Json) -> Result<Columns> {
    let mut taken = Columns::new();
    for kind in kinds.iter().filter(|kind| kind.is_written) {
        let of = kind.spec()?;
        let Some(Json::Array(lines)) = body.get(of.name) else { continue };
        if lines.len() > MOST {
            return Err(Error::field(
                of.name,
                "max_items",
                format!("{MOST}개 이하여야 합니다."),
                format!("must have at most {MOST} items"),
            ));
        }
        taken.push((of.name, Json::from(lines.clone()).into()));
    }
    Ok(taken)
}

/// What is to happen to the lines of one kind.
pub(crate) struct Plan {
    kind: &'static Lines,
    of: &'static Spec,
    before: Vec<Json>,
    added: Vec<Columns>,
    changed: Vec<(Uuid, Columns)>,
    removed: Vec<Uuid>,
}

impl Plan {
    pub fn is_nothing(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// The field, and the lines as they are.
    pub fn before(&self) -> (&'static str, Json) {
        (self.of.name, Json::Array(self.before.clone()))
    }
}

/// Takes the lines out of `values` and works out what changes; `id` is that of a row that is there.
#[boxed(?Send)]
pub(crate) async fn plan(spec: &Spec, tx: &Tx, id: Option<Uuid>, values: &mut Columns) -> Result<Vec<Plan>> {
    let mut plans = Vec::new();
    for kind in spec.lines.iter().filter(|kind| kind.is_written) {
        let of = kind.spec()?;
        let Some(at) = values.iter().position(|(name, _)| *name == of.name) else { continue };
        let (_, Value::Json(Some(sent))) = values.remove(at) else { continue };
        let rows = match id {
            Some(id) => kind.rows(tx, id).await?,
            None => Vec::new(),
        };
        let plan = plan_one(kind, of, &rows, sent.as_array().map(Vec::as_slice).unwrap_or_default())?;
        let new = plan.added.iter().chain(plan.changed.iter().map(|(_, values)| values));
        references::check_references_of(of, tx, new).await?;
        for id in &plan.removed {
            references::check_unreferenced(of, tx, *id).await?;
        }
        plans.push(plan);
    }
    Ok(plans)
}

fn plan_one(kind: &'static Lines, of: &'static Spec, rows: &[QueryResult], sent: &[Json]) -> Result<Plan> {
    let mut there = Vec::with_capacity(rows.len());
    for row in rows {
        let id: Uuid = row.try_get("", "id").map_err(Error::internal)?;
        there.push((id, row, of.snapshot(row)?));
    }
    let mut plan = Plan {
        kind,
        of,
        before: there.iter().map(|(.., snapshot)| snapshot.clone()).collect(),
        added: Vec::new(),
        changed: Vec::new(),
        removed: Vec::new(),
    };
    let places: HashMap<Uuid, usize> = there.iter().zip(0..).map(|((id, ..), at)| (*id, at)).collect();
    let mut named = BTreeSet::new();
    for (place, (line, number)) in sent.iter().zip(1_i32..).enumerate() {
        let path = format!("{}.{place}", of.name);
        let number = kind.number.map(|column| (column, Value::Int(Some(number))));
        let mut line = line.clone();
        let id = line.as_object_mut().and_then(|fields| fields.shift_remove("id")).filter(|id| !id.is_null());
        let Some(id) = id else {
            let mut values = (of.create)(line).map_err(|error| below(&path, error))?;
            values.extend(number);
            plan.added.push(values);
            continue;
        };
        let id: Option<Uuid> = id.as_str().and_then(|text| text.parse().ok());
        let found = id.and_then(|id| places.get(&id)).and_then(|at| there.get(*at));
        let Some((id, row, snapshot)) = found.filter(|(id, ..)| named.insert(*id)) else {
            return Err(Error::no_such(format!("{path}.id")));
        };
        let mut values = merged(of, row, snapshot, &line).map_err(|error| below(&path, error))?;
        values.extend(number);
        let is = (of.values)(row)?;
        values.retain(|value| !is.contains(value));
        if !values.is_empty() {
            (of.may_change)(row)?;
            plan.changed.push((*id, values));
        }
    }
    for (id, row, _) in there.iter().filter(|(id, ..)| !named.contains(id)) {
        (of.may_delete)(row)?;
        plan.removed.push(*id);
    }
    Ok(plan)
}

/// What a line that is there becomes: what was sent of it over what it is.
fn merged(of: &Spec, row: &QueryResult, snapshot: &Json, sent: &Json) -> Result<Columns> {
    let schema = (of.create_schema)()?;
    let mut whole = Map::new();
    for (field, _) in schema.fields() {
        if let Some(value) = sent.get(field).or_else(|| snapshot.get(field)) {
            whole.insert(field.to_owned(), value.clone());
        }
    }
    let mut values = (of.create)(whole.into())?;
    // left out of a create a field has its default; sent as null in a change it is emptied
    let cleared = |name: &str| sent.get(name).is_some_and(Json::is_null) && (of.may_be_empty)(name);
    values.extend((of.values)(row)?.into_iter().filter(|(name, _)| cleared(name)).map(|(name, value)| (name, value.as_null())));
    Ok(values)
}

fn below(path: &str, error: Error) -> Error {
    error.map_fields(|field| FieldError { field: format!("{path}.{}", field.field), ..field })
}

/// Writes what was planned for the lines of `id`.
#[boxed(?Send)]
pub(crate) async fn apply(tx: &Tx, id: Uuid, plans: Vec<Plan>) -> Result<()> {
    for plan in plans {
        let Plan { kind, of, added, mut changed, removed, .. } = plan;
        for line in removed {
            change::mark_deleted(of, tx, line).await?;
        }
        if let Some(column) = kind.number {
            for (line, values) in &changed {
                if let Some((_, Value::Int(Some(number)))) = values.iter().find(|(name, _)| *name == column) {
                    tx.update_row(&of.table, *line, vec![(column, (number + ASIDE).into())], &of.columns).await?;
                }
            }
        }
        // who gives something up (“the default one”) goes before who takes it
        changed.sort_by_key(|(_, values)| !values.iter().any(|(_, value)| *value == Value::Bool(Some(false))));
        for (line, values) in changed {
            tx.update_row(&of.table, line, values, &of.columns).await?;
        }
        let added = added.into_iter().map(|mut values| {
            values.push((kind.parent, id.into()));
            values
        });
        tx.insert_rows(&of.table, added.collect(), &of.columns, false).await?;
    }
    Ok(())
}

/// The lines of a row as they are shown, each kind under its field.
#[boxed(?Send)]
pub(crate) async fn of_row(spec: &Spec, scope: &Scope, id: Uuid) -> Result<Vec<(&'static str, Json)>> {
    let mut all = Vec::new();
    for kind in spec.lines.iter().filter(|kind| kind.is_written) {
        let of = kind.spec()?;
        let rows = kind.rows(scope, id).await?;
        all.push((of.name, Json::Array(rows.iter().map(|row| of.snapshot(row)).collect::<Result<_>>()?)));
    }
    Ok(all)
}

/// A row is deleted: its lines go with it; rows that have verbs of their own are deleted as by these.
#[boxed(?Send)]
pub(crate) async fn remove(door: &Door, spec: &Spec, tx: &Tx, id: Uuid) -> Result<()> {
    for kind in spec.lines {
        let of = kind.spec()?;
        for row in kind.rows(tx, id).await? {
            let line: Uuid = row.try_get("", "id").map_err(Error::internal)?;
            if kind.is_written {
                references::check_unreferenced(of, tx, line).await?;
                change::mark_deleted(of, tx, line).await?;
            } else {
                Box::pin(change::remove(door, of, tx, line, None, change::NO_GUARD)).await?;
            }
        }
    }
    Ok(())
}
