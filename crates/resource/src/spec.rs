use crate::{Action, Lines, Lookup, Rule, lines};
use envelope::{Schema, Title, TypeDoc, check};
use kernel::{Error, Realm, Result};
use paperclip::v2::schema::Apiv2Schema;
use sea_orm::{ActiveModelTrait, EntityName, EntityTrait, FromQueryResult, IdenStatic, IntoActiveModel, Iterable, ModelTrait, QueryResult};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, LazyLock, RwLock},
};
use store::{Columns, columns_of, values_of};

type Model<R> = <<R as Resource>::Entity as EntityTrait>::Model;
type Active<R> = <<R as Resource>::Entity as EntityTrait>::ActiveModel;
type Column<R> = <<R as Resource>::Entity as EntityTrait>::Column;

/// What a range parameter holds; says the parameters' names and how they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeKind {
    /// An instant: `<column>_from` (inclusive), `<column>_to` (exclusive).
    Time,
    /// A business day: `<column>_from` (inclusive), `<column>_to` (exclusive).
    Day,
    /// Money: `<column>_min`, `<column>_max`, both inclusive.
    Amount,
    /// A whole number: `<column>_min`, `<column>_max`, both inclusive.
    Integer,
}

/// A plain resource.
pub trait Resource: Sized + 'static {
    const REALM: Realm;
    /// Code of the domain: `adm`.
    const DOMAIN: &'static str;
    /// Plural, kebab-case, as in the path: `organizations`.
    const NAME: &'static str;
    /// Singular, snake_case, as in events: `organization`.
    const NOUN: &'static str;
    type Entity: EntityTrait;
    /// What is shown. Often the entity's model itself, its internal columns skipped by serde.
    type View: From<Model<Self>> + Serialize + Apiv2Schema + 'static;
    type Create: DeserializeOwned + Apiv2Schema + IntoActiveModel<Active<Self>> + 'static;
    /// Fields are [`kernel::Patch`] (may be cleared) or [`kernel::Change`] (may not).
    type Update: DeserializeOwned + Apiv2Schema + IntoActiveModel<Active<Self>> + 'static;
    /// Each field filters the column of its name by equality.
    type Filter: DeserializeOwned + Apiv2Schema + IntoActiveModel<Active<Self>> + 'static;
    /// Columns a caller may sort by.
    const SORT: &'static [Column<Self>];
    /// Text columns that `search` looks in.
    const SEARCH: &'static [Column<Self>];
    /// Ranges besides that of `created_at`.
    const RANGES: &'static [(Column<Self>, RangeKind)] = &[];
    /// Whether rows have `no`, a running number in the company.
    const RUNNING_NO: bool = false;
    /// A part of the table only: the rows whose column has one of these words. The others are not there for this
    /// resource, and a row that is made without the word gets the first.
    const ONLY: Option<(Column<Self>, &'static [&'static str])> = None;
    /// Tables whose rows belong to a row of this one (its sessions, its lines): they refer to it
    /// and do not keep it from being deleted.
    const OWNED: &'static [&'static str] = &[];
    /// Whether rows can be imported from files, and the business key by which a row that is there
    /// already is known (`Some(&[])`: none). Only for a resource whose verbs are all plain.
    const IMPORT: Option<&'static [Column<Self>]> = None;
    /// Rows that belong to a row and are written with it.
    const LINES: &'static [Lines] = &[];
    /// The column of the business code, and what the codes begin with that are made for who sends none: `C000001`.
    const NUMBERED: Option<(Column<Self>, &'static str)> = None;
    /// References that are written as a code.
    const LOOKUPS: &'static [Lookup] = &[];
    /// Columns, of whatever table, that name a row of this resource without a foreign key, each with the column of this resource that
    /// it holds: a `currency` has the `code` of a currency. A row that is named is not deleted, just as one that is referred to.
    const NAMED_IN: &'static [(&'static str, Column<Self>)] = &[];
    /// A rule that needs the database, kept by every verb that writes, bulk and import among them.
    const RULE: Option<Rule> = None;
    /// The column of the state, which changes by actions only.
    const STATE: Option<Column<Self>> = None;
    /// The column by which people know a row. Without: what looks like a name among those that are shown and searched.
    const TITLE: Option<Column<Self>> = None;
    /// A valid body for create, as JSON. `{n}` stands for a number, `"@/adm/organizations"` for
    /// the id of one of those: it is the document's example and the conformance test's input.
    const EXAMPLE: &'static str;

    /// What is done with a row besides the five verbs.
    #[must_use]
    fn actions() -> Vec<Action> {
        Vec::new()
    }

    /// Whether this row may be changed now; pure. (“A posted entry is immutable.”)
    fn may_change(_row: &Model<Self>) -> Result<()> {
        Ok(())
    }

    /// Whether this row may be deleted now; pure. What refers to it is asked elsewhere.
    fn may_delete(row: &Model<Self>) -> Result<()> {
        Self::may_change(row)
    }
}

/// What a read-only resource takes for a create or an update: nothing. It is not mounted either.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadOnly {}

impl Apiv2Schema for ReadOnly {}

impl<A: ActiveModelTrait> IntoActiveModel<A> for ReadOnly {
    fn into_active_model(self) -> A {
        <A as ActiveModelTrait>::default()
    }
}

/// A row as it goes to the caller.
pub struct ViewJson {
    /// `None` for rows that never change.
    pub version: Option<i64>,
    pub json: String,
}

/// A [`Resource`] without its types: what the engine works with.
pub struct Spec {
    pub realm: Realm,
    pub domain: &'static str,
    pub name: &'static str,
    pub noun: &'static str,
    pub table: String,
    pub columns: Vec<&'static str>,
    pub sort: Vec<&'static str>,
    pub search: Vec<&'static str>,
    /// The field by which people know a row; none where a row has no name, as a session.
    pub title: Option<&'static str>,
    pub ranges: Vec<(&'static str, RangeKind)>,
    pub running_no: bool,
    pub(crate) only: Option<(&'static str, &'static [&'static str])>,
    pub(crate) owned: &'static [&'static str],
    /// Importable; the business key, if there is one.
    pub import: Option<Option<&'static str>>,
    pub(crate) lines: &'static [Lines],
    pub(crate) numbered: Option<(&'static str, &'static str)>,
    pub(crate) lookups: &'static [Lookup],
    pub(crate) named_in: Vec<(&'static str, &'static str)>,
    pub(crate) rule: Option<Rule>,
    /// The column of the state, where rows have one.
    pub state: Option<&'static str>,
    pub actions: Vec<Action>,
    pub example: &'static str,
    /// What the fields are called by people, by their names.
    pub titles: fn() -> Vec<(String, Title)>,
    /// The fields shown, in the entity's order.
    pub shown: Vec<&'static str>,
    pub(crate) filter_schema: fn() -> Result<Arc<Schema>>,
    pub(crate) create_schema: fn() -> Result<Arc<Schema>>,
    pub(crate) update_schema: fn() -> Result<Arc<Schema>>,
    pub(crate) may_be_empty: fn(&str) -> bool,
    pub(crate) create: fn(Value) -> Result<Columns>,
    pub(crate) update: fn(Value) -> Result<Columns>,
    pub(crate) filter: fn(Value) -> Result<Columns>,
    /// A row as the JSON text of its view.
    pub(crate) view: fn(&QueryResult) -> Result<String>,
    /// An empty value of each column's kind.
    pub(crate) blanks: fn(&[&str]) -> Result<Vec<sea_orm::Value>>,
    pub(crate) values: fn(&QueryResult) -> Result<Columns>,
    pub(crate) may_change: fn(&QueryResult) -> Result<()>,
    pub(crate) may_delete: fn(&QueryResult) -> Result<()>,
}

static SPECS: LazyLock<RwLock<HashMap<TypeId, &'static Spec>>> = LazyLock::new(RwLock::default);

impl Spec {
    /// The spec of a resource, made once.
    pub fn of<R: Resource>() -> Result<&'static Self> {
        let key = TypeId::of::<R>();
        if let Some(known) = SPECS.read().ok().and_then(|specs| specs.get(&key).copied()) {
            return Ok(known);
        }
        let made: &'static Self = Box::leak(Box::new(Self::make::<R>()?));
        if let Ok(mut specs) = SPECS.write() {
            specs.insert(key, made);
        }
        Ok(made)
    }

    fn make<R: Resource>() -> Result<Self> {
        let columns = columns_of::<R::Entity>();
        // its fields only: compiling the schemas of all resources would be most of a start
        let view = TypeDoc::of::<R::View>().fields();
        let mut ranges = vec![("created_at", RangeKind::Time)];
        ranges.extend(R::RANGES.iter().map(|(column, kind)| (column.as_str(), *kind)));
        let shown: Vec<&'static str> = columns.iter().copied().filter(|column| view.iter().any(|name| name == column)).collect();
        let search: Vec<&'static str> = R::SEARCH.iter().map(IdenStatic::as_str).collect();
        Ok(Self {
            realm: R::REALM,
            domain: R::DOMAIN,
            name: R::NAME,
            noun: R::NOUN,
            table: R::Entity::default().table_name().to_owned(),
            title: R::TITLE.map(|column| column.as_str()).or_else(|| title_of(&shown, &search)),
            shown,
            columns,
            sort: R::SORT.iter().map(IdenStatic::as_str).collect(),
            search,
            ranges,
            running_no: R::RUNNING_NO,
            only: R::ONLY.map(|(column, words)| (column.as_str(), words)),
            owned: R::OWNED,
            import: R::IMPORT.map(|key| key.first().map(IdenStatic::as_str)),
            lines: R::LINES,
            numbered: R::NUMBERED.map(|(column, prefix)| (column.as_str(), prefix)),
            lookups: R::LOOKUPS,
            named_in: R::NAMED_IN.iter().map(|(column, key)| (*column, key.as_str())).collect(),
            rule: R::RULE,
            state: R::STATE.map(|column| column.as_str()),
            actions: R::actions(),
            example: R::EXAMPLE,
            titles: || TypeDoc::of::<R::View>().titles(),
            create_schema: Schema::of::<R::Create>,
            update_schema: Schema::of::<R::Update>,
            filter_schema: Schema::of::<R::Filter>,
            may_be_empty: |name| Column::<R>::iter().any(|column| column.as_str() == name && sea_orm::ColumnTrait::def(&column).is_null()),
            create: |body| {
                let taken = lines::taken(R::LINES, &body)?;
                Ok(values_of(&check::<R::Create>(body)?.into_active_model()).into_iter().chain(taken).collect())
            },
            update: |body| {
                let taken = lines::taken(R::LINES, &body)?;
                Ok(values_of(&check::<R::Update>(body)?.into_active_model()).into_iter().chain(taken).collect())
            },
            filter: |query| Ok(values_of(&check::<R::Filter>(query)?.into_active_model())),
            view: |row| serde_json::to_string(&R::View::from(read::<R>(row)?)).map_err(Error::internal),
            blanks: |columns| columns.iter().map(|name| blank_of::<R>(name)).collect(),
            values: |row| {
                let model = read::<R>(row)?;
                Ok(Column::<R>::iter().map(|column| (column.as_str(), model.get(column))).collect())
            },
            may_change: |row| R::may_change(&read::<R>(row)?),
            may_delete: |row| R::may_delete(&read::<R>(row)?),
        })
    }

    /// A row as it goes to the caller.
    pub(crate) fn show(&self, row: &QueryResult) -> Result<ViewJson> {
        let version = if self.has("row_version") { row.try_get("", "row_version").map_err(Error::internal)? } else { None };
        Ok(ViewJson { version, json: (self.view)(row)? })
    }

    /// A row as its caller sees it, for the audit.
    pub(crate) fn snapshot(&self, row: &QueryResult) -> Result<Value> {
        serde_json::from_str(&(self.view)(row)?).map_err(Error::internal)
    }

    /// What a row has in some of its columns.
    pub(crate) fn keys(&self, row: &QueryResult, columns: &[&str]) -> Result<Vec<sea_orm::Value>> {
        let values = (self.values)(row)?;
        let value = |name: &&str| values.iter().find(|(column, _)| column == name).map(|(_, value)| value.clone());
        columns.iter().map(|name| value(name).ok_or_else(|| Error::internal(format!("no column {name}")))).collect()
    }

    /// The spec of a name, `adm.organizations`, once somebody asked for it by its type: the
    /// gateway does for all, at start.
    #[must_use]
    pub fn named(target: &str) -> Option<&'static Self> {
        SPECS.read().ok()?.values().copied().find(|spec| spec.target() == target)
    }

    /// The fields in which rows that belong to a row are written with it.
    pub fn line_fields(&self) -> Result<Vec<&'static str>> {
        lines::fields(self.lines)
    }

    /// `adm.organizations`.
    #[must_use]
    pub fn target(&self) -> String {
        format!("{}.{}", self.domain, self.name)
    }

    #[must_use]
    pub(crate) fn event(&self, what: &str) -> String {
        format!("{}.{}.{what}", self.domain, self.noun)
    }

    /// Columns a list may be sorted by.
    pub(crate) fn sorts(&self) -> impl Iterator<Item = &'static str> + '_ {
        let created = Some("created_at").filter(|column| self.has(column) && !self.sort.contains(column));
        created.into_iter().chain(self.sort.iter().copied().filter(|column| self.has(column)))
    }

    /// The column of this name, if it may be empty.
    #[must_use]
    pub(crate) fn empty(&self, name: &str) -> Option<&'static str> {
        self.columns.iter().copied().find(|column| *column == name).filter(|column| (self.may_be_empty)(column))
    }

    #[must_use]
    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.contains(&column)
    }
}

/// The field by which people know a row, where its resource does not say: its name, its code, its number, or what it is searched by.
fn title_of(shown: &[&'static str], search: &[&'static str]) -> Option<&'static str> {
    const NAMES: [&str; 4] = ["name", "full_name", "title", "subject"];
    const CODES: [&str; 4] = ["code", "username", "no", "date"];
    let among = |names: &[&str]| names.iter().find_map(|name| shown.iter().copied().find(|column| column == name));
    let searched = |ends: &[&str]| {
        let is_own = |column: &str| !["biz_name", "ceo_name", "biz_no"].iter().any(|other| column.ends_with(other));
        search.iter().copied().find(|column| shown.contains(column) && is_own(column) && ends.iter().any(|end| column.ends_with(end)))
    };
    among(&NAMES)
        .or_else(|| searched(&["_name"]))
        .or_else(|| searched(&["_code", "_no"]))
        .or_else(|| search.first().copied().filter(|column| shown.contains(column)))
        .or_else(|| among(&CODES))
}

// one copy a resource, not one in each of its closures
#[inline(never)]
fn read<R: Resource>(row: &QueryResult) -> Result<Model<R>> {
    Model::<R>::from_query_result(row, "").map_err(Error::internal)
}

/// An empty value of a column's kind. Columns of our own types say what they are stored as.
fn blank_of<R: Resource>(name: &str) -> Result<sea_orm::Value> {
    use sea_orm::{ColumnTrait, Value, sea_query::ColumnType};
    let column = Column::<R>::iter().find(|column| column.as_str() == name).ok_or_else(|| Error::internal(format!("no column {name}")))?;
    Ok(match column.def().get_column_type() {
        ColumnType::Uuid => Value::Uuid(None),
        ColumnType::BigInteger => Value::BigInt(None),
        ColumnType::Integer => Value::Int(None),
        ColumnType::Boolean => Value::Bool(None),
        ColumnType::Date => Value::TimeDate(None),
        ColumnType::TimestampWithTimeZone => Value::TimeDateTimeWithTimeZone(None),
        ColumnType::String(_) | ColumnType::Text | ColumnType::Char(_) => Value::String(None),
        other => return Err(Error::internal(format!("a list cannot be sorted by {other:?}"))),
    })
}

#[cfg(test)]
mod tests {
    use super::title_of;

    #[test]
    fn a_row_is_known_by_what_looks_like_its_name() {
        for (shown, search, title) in [
            (vec!["id", "code", "name"], vec!["code", "name"], Some("name")),
            (vec!["account_code", "account_name"], vec!["account_code", "account_name"], Some("account_name")),
            (vec!["invoice_no", "buyer_biz_name"], vec!["invoice_no", "buyer_biz_name"], Some("invoice_no")),
            (vec!["period"], vec!["period"], Some("period")),
            (vec!["name_hash", "username"], vec!["name_hash_name"], Some("username")),
            (vec!["id", "user_id"], vec![], None),
        ] {
            assert_eq!(title_of(&shown, &search), title, "{shown:?}");
        }
    }
}
