//! Schemas: texts of a kind, what types are for, what all rows have, and what stands around answers.

use super::{add, each, look, reference, referred};
use kernel::schema::NAME;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Texts of a value type stand once under its name: `Email`, `Text100`.
pub(super) fn share_texts(document: &mut Value) {
    let mut made = BTreeMap::new();
    for part in ["paths", "components"] {
        each(&mut document[part], &mut |value| {
            let Some(name) = value.as_object_mut().and_then(|fields| fields.shift_remove(NAME)) else { return };
            if let Some(named) = name.as_str().and_then(|name| named_text(name, value, &mut made)) {
                *value = named;
            }
        });
    }
    add(document, "schemas", made);
}

fn named_text(name: &str, value: &Value, made: &mut BTreeMap<String, Value>) -> Option<Value> {
    let mut text = value.clone();
    let fields = text.as_object_mut()?;
    let description = fields.shift_remove("description");
    let examples = fields.shift_remove("examples");
    let may_be_null = fields.get("type").is_some_and(|kind| kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "null")));
    fields.insert("type".to_owned(), "string".into());
    let known = made.entry(name.to_owned()).or_insert_with(|| text.clone());
    let known = known.as_object_mut()?;
    let known_examples = known.shift_remove("examples").or(examples);
    let is_the_same = text.as_object() == Some(&*known);
    if let Some(examples) = known_examples {
        known.insert("examples".to_owned(), examples);
    }
    if !is_the_same {
        return None;
    }
    let named = reference("schemas", name);
    let mut named = if may_be_null { json!({"anyOf": [named, {"type": "null"}]}) } else { named };
    if let Some(description) = description {
        named["description"] = description;
    }
    Some(named)
}

/// What a type is for stands at the type, and not at each reference to it.
pub(super) fn share_descriptions(document: &mut Value) {
    let mut texts: BTreeMap<String, Value> = BTreeMap::new();
    look(&document["components"]["schemas"], &mut |value| {
        // a field has a text of its own; an item of a list and what an envelope holds have that of their type
        for inner in [&value["items"], &value["properties"]["data"]] {
            let name = referred(inner, "schemas").filter(|name| document["components"]["schemas"][name].get("properties").is_some());
            if let (Some(name), Some(text)) = (name, inner.get("description")) {
                texts.entry(name.to_owned()).or_insert_with(|| text.clone());
            }
        }
    });
    each(document, &mut |value| {
        let name = referred(value, "schemas").or_else(|| referred(&value["anyOf"][0], "schemas"));
        let is_told = name.and_then(|name| texts.get(name)).is_some_and(|text| value.get("description") == Some(text));
        if is_told && let Some(fields) = value.as_object_mut() {
            fields.shift_remove("description");
        }
    });
    for (name, text) in texts {
        document["components"]["schemas"][name.as_str()]["description"] = text;
    }
}

/// The envelopes of answers and the pages of lists: what all of them have is in `Envelope` and `Page`.
pub(super) fn share_wrappings(document: &mut Value) {
    let mut made = BTreeMap::new();
    for (name, field) in [("Envelope", "data"), ("Page", "items")] {
        let prefix = format!("{name}_");
        for (_, schema) in
            document["components"]["schemas"].as_object_mut().into_iter().flatten().filter(|(other, _)| other.starts_with(&prefix))
        {
            let mut common = schema.take();
            let own = common
                .get_mut("properties")
                .and_then(Value::as_object_mut)
                .and_then(|properties| properties.shift_remove(field))
                .unwrap_or_default();
            if let Some(required) = common.get_mut("required").and_then(Value::as_array_mut) {
                required.retain(|required| required != field);
            }
            *schema = json!({"allOf": [reference("schemas", name), {"properties": {field: own}, "required": [field]}]});
            made.insert(name.to_owned(), common);
        }
    }
    add(document, "schemas", made);
}

/// An envelope that only one answer uses is written in that answer.
pub(super) fn unwrap_what_is_used_once(document: &mut Value) {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    look(document, &mut |value| {
        if let Some(name) = referred(value, "schemas").filter(|name| name.starts_with("Envelope_")) {
            *uses.entry(name.to_owned()).or_default() += 1;
        }
    });
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let once = uses.into_iter().filter(|(_, count)| *count == 1);
    let once: BTreeMap<String, Value> = once.filter_map(|(name, _)| Some((name.clone(), schemas.shift_remove(&name)?))).collect();
    each(document, &mut |value| {
        if let Some(envelope) = referred(value, "schemas").and_then(|name| once.get(name)) {
            *value = envelope.clone();
        }
    });
}
