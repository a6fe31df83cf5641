//! What the document says of bodies that their types do not: no list is endless, and unknown fields are refused.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Items a list of a body may have where its type says nothing else; more than a document of trade has are a mistake.
const ITEMS: usize = 1000;

/// No list of a body is endless, and with `closed` its unknown fields are refused, so its schemas say so. Answers the names of all that
/// these bodies consist of.
pub(crate) fn narrow(schemas: &mut Map<String, Value>, mut names: BTreeSet<String>, closed: bool) -> BTreeSet<String> {
    let mut narrowed = BTreeSet::new();
    while let Some(name) = names.pop_first() {
        if narrowed.insert(name.clone())
            && let Some(found) = schemas.get_mut(&name)
        {
            if closed {
                *found = close_objects(found.take());
            }
            bound_lists(found);
            references(found, &mut names);
        }
    }
    narrowed
}

/// Every list in a schema gets a bound, where it has none.
pub(crate) fn bound_lists(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let is_list = |kind: &Value| kind == "array" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "array"));
            if map.get("type").is_some_and(is_list) {
                map.entry("maxItems").or_insert_with(|| ITEMS.into());
            }
            map.values_mut().for_each(bound_lists);
        }
        Value::Array(list) => list.iter_mut().for_each(bound_lists),
        _ => {}
    }
}

/// Refuses unknown fields.
pub(crate) fn close_objects(mut value: Value) -> Value {
    if value.get("properties").is_some() && value.get("additionalProperties").is_none() {
        value["additionalProperties"] = false.into();
    }
    value
}

/// The names of the schemas that a schema refers to.
pub(crate) fn references(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next()) {
                names.insert(name.to_owned());
            }
            map.values().for_each(|value| references(value, names));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, names)),
        _ => {}
    }
}
