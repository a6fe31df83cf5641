//! The list grammar: pages, sorting, filters, ranges, search, cursors.

use crate::{
    Spec,
    condition::{Condition, push_live, range, wrong},
    cursor,
    spec::ViewJson,
};
use envelope::{Answer, never_null, read_pairs, typed};
use kernel::{Error, FieldError, Result, boxed};
use sea_orm::{QueryResult, Value};
use store::{Scope, Sql, search::Typed};

const PAGE_SIZE: u64 = 20;
const MAX_PAGE_SIZE: u64 = 100;
/// Faults of one query that are looked for.
const MAX_ERRORS: usize = 500;
pub(crate) const MAX_PAGE: u64 = 1_000_000_000;

/// A list as it was asked for, checked.
pub(crate) struct Query {
    page: u64,
    page_size: u64,
    /// Column and whether it runs down; the id comes last of its own.
    order: Vec<(&'static str, bool)>,
    /// The order as text: a cursor is good for its own order only.
    order_text: String,
    cursor: Option<Vec<Option<Value>>>,
    total: bool,
    conditions: Vec<Condition>,
    search: Option<Typed>,
}

impl Query {
    /// Reads a query string; everything wrong with it is answered at once.
    pub fn read(spec: &Spec, text: &str) -> Result<Self> {
        let mut errors = Vec::new();
        let mut filters = Vec::new();
        let mut query = Self {
            page: 1,
            page_size: PAGE_SIZE,
            order: Vec::new(),
            order_text: String::new(),
            cursor: None,
            total: true,
            conditions: Vec::new(),
            search: None,
        };
        let filter_schema = (spec.filter_schema)()?;
        let (mut cursor, mut sort) = (None, None);
        let mut paged = false;
        for (name, value) in read_pairs(text)? {
            paged |= name == "page" || (name == "total" && value == "true");
            match name.as_str() {
                "page" => number(&name, &value, 1, MAX_PAGE, &mut errors, &mut query.page),
                "page_size" => number(&name, &value, 1, MAX_PAGE_SIZE, &mut errors, &mut query.page_size),
                "total" => match value.as_str() {
                    "true" => query.total = true,
                    "false" => query.total = false,
                    _ => errors.push(wrong(&name, "boolean", "true 또는 false여야 합니다.".into(), "must be true or false".into())),
                },
                "sort" => sort = Some(value),
                "cursor" => cursor = Some(value),
                "search" if !spec.search.is_empty() => {
                    if value.trim().chars().count() > 200 {
                        errors.push(wrong(&name, "max_length", "200자 이하여야 합니다.".into(), "must have at most 200 characters".into()));
                    } else {
                        query.search = Typed::read(&value);
                        query.conditions.extend(query.search.is_some().then_some(Condition::Found));
                    }
                }
                _ => match range(spec, &name, &value) {
                    Some(Ok(condition)) => query.conditions.push(condition),
                    Some(Err(error)) => errors.push(error),
                    None if value == "null" && filter_schema.field(&name).is_some() => match spec.empty(&name) {
                        Some(column) => query.conditions.push(Condition::Empty(column)),
                        None => errors.push(never_null(&name)),
                    },
                    None => filters.push((name, value)),
                },
            }
        }
        if cursor.is_some() && paged {
            errors.push(wrong(
                "cursor",
                "conflict",
                "cursor는 page, total과 함께 쓸 수 없습니다.".into(),
                "must not be combined with page or total".into(),
            ));
        }
        query.read_order(spec, sort.as_deref(), &mut errors);
        let filters = typed(&filters, &filter_schema);
        errors.extend(filter_schema.errors(&filters));
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        for (column, value) in (spec.filter)(filters)? {
            query.conditions.push(Condition::Equal(column, value));
        }
        if let Some(text) = cursor {
            query.cursor = Some(query.read_cursor(spec, &text)?);
            // a cursor is for walking on; who wants the total asks a page for it
            query.total = false;
        }
        Ok(query)
    }

    fn read_order(&mut self, spec: &Spec, sort: Option<&str>, errors: &mut Vec<FieldError>) {
        let default = if spec.has("created_at") { "-created_at" } else { "" };
        let text = sort.unwrap_or(default);
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            // there are not so many columns: who names more has named some twice, or none
            if errors.len() > MAX_ERRORS {
                break;
            }
            let (name, down) = word.strip_prefix('-').map_or((word.strip_prefix('+').unwrap_or(word), false), |name| (name, true));
            let column = spec.sorts().find(|column| *column == name);
            match column {
                Some(column) if self.order.iter().all(|(known, _)| *known != column) => self.order.push((column, down)),
                Some(_) => errors.push(wrong(
                    "sort",
                    "repeated",
                    format!("정렬 기준이 중복되었습니다: {name}"),
                    format!("must not contain {name} twice"),
                )),
                None => {
                    let allowed = spec.sorts().collect::<Vec<_>>().join(", ");
                    errors.push(wrong(
                        "sort",
                        "unknown",
                        format!("정렬할 수 없는 항목입니다: {name} (가능: {allowed})"),
                        format!("must not contain {name}; allowed: {allowed}"),
                    ));
                }
            }
        }
        self.order_text =
            self.order.iter().map(|(name, down)| format!("{}{name}", if *down { "-" } else { "" })).collect::<Vec<_>>().join(",");
    }

    /// All rows from where a cursor stands, for export: no page, no total.
    pub fn walk(mut self, size: u64) -> Self {
        (self.page, self.page_size, self.total) = (1, size, false);
        self
    }

    pub fn at(&mut self, spec: &Spec, text: &str) -> Result<()> {
        self.cursor = Some(self.read_cursor(spec, text)?);
        Ok(())
    }

    fn read_cursor(&self, spec: &Spec, text: &str) -> Result<Vec<Option<Value>>> {
        let columns: Vec<&str> = self.terms().map(|(column, _)| column).collect();
        cursor::read(text, &self.order_text, &(spec.blanks)(&columns)?)
    }

    /// A statement that has searched, once for its rows and their count.
    fn begun(&self, spec: &Spec, scope: &Scope) -> Sql {
        let mut sql = Sql::default();
        if let Some(typed) = &self.search {
            sql.push("WITH found AS MATERIALIZED (");
            typed.push_ids(&mut sql, scope, &spec.table);
            sql.push(") ");
        }
        sql
    }

    /// `WHERE …` without the cursor.
    fn push_where(&self, sql: &mut Sql, spec: &Spec, scope: &Scope) {
        push_live(sql, spec, scope);
        for condition in &self.conditions {
            condition.push(sql);
        }
    }

    /// What comes after the cursor, in this order.
    fn push_after(&self, sql: &mut Sql, keys: &[Option<Value>]) {
        let columns: Vec<(&str, bool)> = self.terms().collect();
        // newest first is by far the commonest, and a comparison of rows can use its index
        if let ([("created_at", true), ("id", true)], [Some(at), Some(id)]) = (columns.as_slice(), keys) {
            sql.push(" AND (created_at, id) < (").bind(at.clone()).push(", ").bind(id.clone()).push(")");
            return;
        }
        sql.push(" AND (");
        for (i, ((column, down), key)) in columns.iter().zip(keys).enumerate() {
            let last = i + 1 == columns.len();
            match key {
                Some(value) => {
                    sql.push("(").push(column).push(if *down { " < " } else { " > " }).bind(value.clone());
                    // empty ones stand at the end
                    sql.push(" OR ").push(column).push(" IS NULL");
                    if !last {
                        sql.push(" OR (").push(column).push(" = ").bind(value.clone()).push(" AND ");
                    }
                }
                None => {
                    sql.push("(").push(column).push(" IS NULL");
                    if !last {
                        sql.push(" AND (");
                    }
                }
            }
        }
        for (i, _) in columns.iter().enumerate() {
            sql.push(if i == 0 { ")" } else { "))" });
        }
        sql.push(")");
    }

    /// The order with the id behind; the id runs as the last column does.
    fn terms(&self) -> impl Iterator<Item = (&'static str, bool)> + '_ {
        let down = self.order.last().is_none_or(|(_, down)| *down);
        self.order.iter().copied().chain([("id", down)])
    }

    /// One page: its rows, and the total when it was asked for.
    async fn fetch(&self, spec: &Spec, scope: &Scope) -> Result<(Vec<QueryResult>, Option<i64>)> {
        let mut sql = self.begun(spec, scope);
        sql.push("SELECT ").push(&spec.columns.join(", "));
        if self.total {
            sql.push(", (SELECT count(*) FROM ").push(&spec.table).push(" WHERE ");
            self.push_where(&mut sql, spec, scope);
            sql.push(") AS total_count");
        }
        sql.push(" FROM ").push(&spec.table).push(" WHERE ");
        self.push_where(&mut sql, spec, scope);
        if let Some(keys) = &self.cursor {
            self.push_after(&mut sql, keys);
        }
        sql.push(" ORDER BY ");
        for (i, (column, down)) in self.terms().enumerate() {
            sql.push(if i > 0 { ", " } else { "" }).push(column).push(if down { " DESC" } else { "" });
            // created_at and id are never empty, and saying so would cost them their index
            if !matches!(column, "created_at" | "id") {
                sql.push(" NULLS LAST");
            }
        }
        // one more than asked for: is there a next page?
        sql.push(" LIMIT ").push(&(self.page_size + 1).to_string());
        if self.cursor.is_none() && self.page > 1 {
            sql.push(" OFFSET ").push(&((self.page - 1) * self.page_size).to_string());
        }
        let rows = scope.raw_all(sql).await?;
        let total = match (self.total, rows.first()) {
            (false, _) => None,
            (true, Some(row)) => Some(row.try_get("", "total_count").map_err(Error::internal)?),
            (true, None) => Some(self.count(spec, scope).await?),
        };
        Ok((rows, total))
    }

    async fn count(&self, spec: &Spec, scope: &Scope) -> Result<i64> {
        let mut sql = self.begun(spec, scope);
        sql.push("SELECT count(*) AS total_count FROM ").push(&spec.table).push(" WHERE ");
        self.push_where(&mut sql, spec, scope);
        let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no count"))?;
        row.try_get("", "total_count").map_err(Error::internal)
    }

    /// One page of shown rows and the cursor of the next.
    #[boxed(?Send)]
    pub async fn rows(&self, spec: &Spec, scope: &Scope) -> Result<(Vec<ViewJson>, Option<String>, Option<i64>)> {
        let (mut rows, total) = self.fetch(spec, scope).await?;
        let size = usize::try_from(self.page_size).map_err(Error::internal)?;
        let more = rows.len() > size;
        rows.truncate(size);
        let next = match rows.last().filter(|_| more) {
            Some(last) => {
                let columns: Vec<&str> = self.terms().map(|(column, _)| column).collect();
                Some(cursor::write(&self.order_text, &spec.keys(last, &columns)?)?)
            }
            None => None,
        };
        let shown = rows.iter().map(|row| spec.show(row)).collect::<Result<Vec<_>>>()?;
        Ok((shown, next, total))
    }

    /// The page as the envelope's data.
    #[boxed(?Send)]
    pub async fn answer(&self, spec: &Spec, scope: &Scope) -> Result<Answer> {
        let (rows, next, total) = self.rows(spec, scope).await?;
        let mut data = String::with_capacity(rows.iter().map(|row| row.json.len() + 1).sum::<usize>() + 160);
        data.push_str(r#"{"items":["#);
        for (i, row) in rows.iter().enumerate() {
            if i > 0 {
                data.push(',');
            }
            data.push_str(&row.json);
        }
        data.push(']');
        if let Some(total) = total {
            let pages = u64::try_from(total).map_err(Error::internal)?.div_ceil(self.page_size);
            data.push_str(&format!(r#","total":{total},"total_pages":{pages}"#));
        }
        if self.cursor.is_none() {
            data.push_str(&format!(r#","page":{}"#, self.page));
        }
        data.push_str(&format!(r#","page_size":{},"next_cursor":{}}}"#, self.page_size, serde_json::json!(next)));
        Ok(Answer::json(data, None))
    }
}

fn number(name: &str, value: &str, min: u64, max: u64, errors: &mut Vec<FieldError>, into: &mut u64) {
    match value.parse::<u64>() {
        Ok(number) if (min..=max).contains(&number) => *into = number,
        _ => errors.push(wrong(
            name,
            "range",
            format!("{min} 이상 {max} 이하의 정수여야 합니다."),
            format!("must be a whole number from {min} to {max}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{Query, Sql};
    use sea_orm::Value;

    #[test]
    fn the_condition_after_a_cursor_closes_every_bracket() {
        let order = |order: Vec<(&'static str, bool)>| Query {
            page: 1,
            page_size: 20,
            order,
            order_text: String::new(),
            cursor: None,
            total: false,
            conditions: Vec::new(),
            search: None,
        };
        let text = |query: &Query, keys: &[Option<Value>]| {
            let mut sql = Sql::default();
            query.push_after(&mut sql, keys);
            sql.text().to_owned()
        };
        let key = || Some(Value::from("x"));
        assert_eq!(text(&order(vec![("created_at", true)]), &[key(), key()]), " AND (created_at, id) < ($1, $2)");
        assert_eq!(
            text(&order(vec![("name", false)]), &[key(), key()]),
            " AND ((name > $1 OR name IS NULL OR (name = $2 AND (id > $3 OR id IS NULL))))"
        );
        assert_eq!(text(&order(vec![("name", false)]), &[None, key()]), " AND ((name IS NULL AND ((id > $1 OR id IS NULL))))");
        for keys in [[key(), key(), key()], [None, key(), key()], [key(), None, key()], [None, None, key()]] {
            let sql = text(&order(vec![("a", true), ("b", false)]), &keys);
            assert_eq!(sql.matches('(').count(), sql.matches(')').count(), "{sql}");
        }
    }
}
