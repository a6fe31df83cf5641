//! What narrows a list: filters, ranges, search. Columns come from the declaration, values
//! from the caller.

use crate::{Spec, spec::RangeKind};
use envelope::openapi::SAFE;
use kernel::{Day, Error, FieldError, Message, Money, Timestamp};
use sea_orm::Value;
use store::{Columns, Scope, Sql};

/// One condition of a list.
pub(crate) enum Condition {
    Equal(&'static str, Value),
    Empty(&'static str),
    Compare(&'static str, &'static str, Value),
    /// One of those in `found`, which stands in front of the statement.
    Found,
}

impl Condition {
    /// Appends ` AND …`.
    pub fn push(&self, sql: &mut Sql) {
        sql.push(" AND ");
        match self {
            Self::Equal(column, value) => sql.push(column).push(" = ").bind(value.clone()),
            Self::Empty(column) => sql.push(column).push(" IS NULL"),
            Self::Compare(column, operator, value) => sql.push(column).push(operator).bind(value.clone()),
            Self::Found => sql.push("id IN (SELECT id FROM found)"),
        };
    }
}

/// The company's live rows: the condition every query of the engine begins with.
pub(crate) fn push_live(sql: &mut Sql, spec: &Spec, scope: &Scope) {
    let mut first = true;
    if let Some(tenant) = scope.tenant().filter(|_| spec.has("tenant_id")) {
        sql.push("tenant_id = ").bind(tenant);
        first = false;
    }
    if spec.has("deleted_at") {
        sql.push(if first { "deleted_at IS NULL" } else { " AND deleted_at IS NULL" });
        first = false;
    }
    if first {
        sql.push("1 = 1");
    }
    if let Some((column, words)) = spec.only {
        sql.push(" AND ").push(column).push(" IN (").bind_all(words.iter().map(|word| (*word).into())).push(")");
    }
}

/// A row that is written through a resource over a part of its table stays in that part.
pub(crate) fn keep_inside(spec: &Spec, values: &mut Columns, creating: bool) -> Result<(), Error> {
    let Some((column, words)) = spec.only else { return Ok(()) };
    match values.iter().find(|(name, _)| *name == column) {
        Some((_, Value::String(Some(word)))) if words.contains(&word.as_str()) => Ok(()),
        Some(_) => {
            let words = words.join(", ");
            Err(Error::field(column, "enum", format!("{words} 중 하나여야 합니다."), format!("must be one of {words}")))
        }
        None => {
            values.extend(words.first().filter(|_| creating).map(|word| (column, (*word).into())));
            Ok(())
        }
    }
}

/// A range parameter, if the name is one.
pub(crate) fn range(spec: &Spec, name: &str, value: &str) -> Option<Result<Condition, FieldError>> {
    let (column, kind, end) = spec.ranges.iter().find_map(|(column, kind)| {
        let end = name.strip_prefix(column)?;
        let fits = match kind {
            RangeKind::Time | RangeKind::Day => matches!(end, "_from" | "_to"),
            RangeKind::Amount | RangeKind::Integer => matches!(end, "_min" | "_max"),
        };
        fits.then_some((*column, *kind, end))
    })?;
    let (parsed, wanted): (Option<Value>, _) = match kind {
        RangeKind::Time => (Timestamp::parse(value).ok().map(Into::into), "RFC 3339 (2026-01-31T09:00:00Z)"),
        RangeKind::Day => (Day::parse(value).ok().map(Into::into), "YYYY-MM-DD"),
        RangeKind::Amount => (value.parse::<Money>().ok().map(Into::into), "decimal (1200.5)"),
        RangeKind::Integer => {
            (value.parse::<i64>().ok().filter(|number| number.unsigned_abs() <= SAFE.unsigned_abs()).map(Into::into), "integer")
        }
    };
    let operator = match end {
        "_from" | "_min" => " >= ",
        "_to" => " < ",
        _ => " <= ",
    };
    Some(
        parsed
            .map(|value| Condition::Compare(column, operator, value))
            .ok_or_else(|| wrong(name, "format", format!("형식이 올바르지 않습니다. 필요한 형식: {wanted}"), format!("must be {wanted}"))),
    )
}

pub(crate) fn wrong(field: &str, rule: &str, ko: String, en: String) -> FieldError {
    FieldError::new(field, rule, Message::new(ko, en))
}
