//! Answers that several operations give: `Customer`, `CustomerCreated`, `Deleted`, `File`.

use super::{add, free_name, object, operations, operations_mut, reference, referred};
use crate::openapi::names::pascal;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Moves answers among the components. An error that no operation answers is left out.
pub(super) fn share(document: &mut Value) {
    join_headers(document);
    let mut order = Vec::new();
    let mut uses: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (_, operation) in operations(document) {
        for (status, answer) in object(&operation["responses"]).filter(|(_, answer)| answer.get("$ref").is_none()) {
            let key = (status.clone(), answer.to_string());
            let count = uses.entry(key.clone()).or_insert_with(|| {
                order.push((key, answer.clone()));
                0
            });
            *count += 1;
        }
    }
    let mut taken: BTreeSet<String> = object(&document["components"]["responses"]).map(|(name, _)| name.clone()).collect();
    let (mut made, mut names) = (BTreeMap::new(), BTreeMap::new());
    for (key, answer) in order {
        if uses.get(&key).is_none_or(|count| *count < 2) {
            continue;
        }
        let name = free_name(&answer_name(&key.0, &answer), &taken);
        taken.insert(name.clone());
        names.insert(key, name.clone());
        made.insert(name, answer);
    }
    for (_, operation) in operations_mut(document) {
        for (status, answer) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(name) = names.get(&(status.clone(), answer.to_string())) {
                *answer = reference("responses", name);
            }
        }
    }
    add(document, "responses", made);
    let given = operations(document).flat_map(|(_, operation)| operation["responses"].as_object().into_iter().flat_map(Map::values));
    let used: BTreeSet<String> = given.filter_map(|answer| referred(answer, "responses").map(str::to_owned)).collect();
    if let Some(responses) = document["components"]["responses"].as_object_mut() {
        responses.retain(|name, _| used.contains(name));
    }
}

/// A row is answered alike by whatever answers it: with the headers that any of these operations may send.
fn join_headers(document: &mut Value) {
    let mut joined: BTreeMap<(String, String), Map<String, Value>> = BTreeMap::new();
    for (_, operation) in operations(document) {
        for (status, answer) in object(&operation["responses"]).filter(|(_, answer)| answer.get("content").is_some()) {
            let headers = joined.entry((status.clone(), answer["content"].to_string())).or_default();
            headers.extend(object(&answer["headers"]).map(|(name, header)| (name.clone(), header.clone())));
        }
    }
    for (_, operation) in operations_mut(document) {
        for (status, answer) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            let key = answer.get("content").map(|content| (status.clone(), content.to_string()));
            if let Some(headers) = key.and_then(|key| joined.get(&key)).filter(|headers| !headers.is_empty()) {
                answer["headers"] = headers.clone().into();
            }
        }
    }
}

/// What an answer is called: by what it holds, and how that came to be.
fn answer_name(status: &str, answer: &Value) -> String {
    let schema = &answer["content"]["application/json"]["schema"];
    let Some(name) = referred(schema, "schemas") else {
        return match (referred(&schema["items"], "schemas"), status) {
            (Some(item), _) => pascal(item) + "List",
            (None, "204") => "NoContent".to_owned(),
            (None, "304") => "NotModified".to_owned(),
            _ => "File".to_owned(),
        };
    };
    let schema = name.strip_prefix("Envelope_").unwrap_or(name);
    match (schema.strip_prefix("Page_"), status) {
        (Some(row), _) => pascal(row) + "Page",
        (None, "201") => pascal(schema) + "Created",
        (None, "202") => pascal(schema) + "Accepted",
        (None, _) => pascal(schema),
    }
}
