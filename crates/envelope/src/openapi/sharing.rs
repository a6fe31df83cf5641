//! What stands in the document many times is said once, among its components, and referred to: texts, envelopes, parameters, answers.

use super::names::pascal;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Shorter patterns than this are as short as a reference to them.
const LONG_PATTERN: usize = 100;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Moves what repeats among the components. Nothing may be added to the document afterwards: an operation does not own its parts any more.
pub fn share(document: &mut Value) {
    share_texts(document);
    share_wrappings(document);
    share_parameters(document);
    share_responses(document);
    share_security(document);
}

fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    let items = document["paths"].as_object().into_iter().flat_map(Map::values);
    items.filter_map(Value::as_object).flatten().filter(|(method, _)| METHODS.contains(&method.as_str())).map(|(_, operation)| operation)
}

fn operations_mut(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    items
        .filter_map(Value::as_object_mut)
        .flatten()
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .map(|(_, operation)| operation)
}

fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// A name that is free: with a number, when others have it already.
fn free_name(name: &str, taken: &BTreeSet<String>) -> String {
    let with_number = |number: usize| if number == 1 { name.to_owned() } else { format!("{name}{number}") };
    (1..).map(with_number).find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Puts components beside those that are there, by their names.
fn add(document: &mut Value, kind: &str, made: BTreeMap<String, Value>) {
    let components = &mut document["components"][kind];
    match components.as_object_mut() {
        Some(known) => known.extend(made),
        None => *components = Value::Object(made.into_iter().collect()),
    }
}

/// Texts whose pattern is long: `Text100`, and `Memo` for those of several lines.
fn share_texts(document: &mut Value) {
    let mut made = BTreeMap::new();
    for part in ["paths", "components"] {
        name_texts(&mut document[part], &mut made);
    }
    add(document, "schemas", made);
}

fn name_texts(value: &mut Value, made: &mut BTreeMap<String, Value>) {
    if let Some(named) = named_text(value, made) {
        *value = named;
        return;
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|value| name_texts(value, made)),
        Value::Array(items) => items.iter_mut().for_each(|value| name_texts(value, made)),
        _ => {}
    }
}

fn named_text(value: &Value, made: &mut BTreeMap<String, Value>) -> Option<Value> {
    let fields = value.as_object()?;
    let pattern = fields.get("pattern")?.as_str().filter(|pattern| pattern.len() > LONG_PATTERN)?;
    let most = fields.get("maxLength")?;
    // control characters are refused in a line only
    let name = if pattern.contains(r"\x00-\x08") { format!("Text{most}") } else { "Memo".to_owned() };
    let text = json!({"type": "string", "minLength": fields.get("minLength"), "maxLength": most, "pattern": pattern});
    let known = made.entry(name.clone()).or_insert_with(|| text.clone());
    if *known != text {
        return None;
    }
    let named = reference("schemas", &name);
    let may_be_null = fields.get("type").is_some_and(|kind| kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "null")));
    let mut named = if may_be_null { json!({"anyOf": [named, {"type": "null"}]}) } else { named };
    if let Some(description) = fields.get("description") {
        named["description"] = description.clone();
    }
    Some(named)
}

/// The envelopes of answers and the pages of lists: what all have stands in `Envelope` and `Page`.
fn share_wrappings(document: &mut Value) {
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
            *schema = json!({
                "allOf": [reference("schemas", name), {"type": "object", "properties": {field: own}, "required": [field]}],
            });
            made.insert(name.to_owned(), common);
        }
    }
    add(document, "schemas", made);
}

/// The resource of operations with this tag, where all have the same: `CrmCustomers`.
fn owner(tags: &BTreeSet<String>) -> String {
    let mut tags = tags.iter();
    match (tags.next(), tags.next()) {
        (Some(tag), None) => pascal(tag.split_once('.').filter(|(_, rest)| rest.contains('.')).map_or(tag.as_str(), |(_, rest)| rest)),
        _ => String::new(),
    }
}

/// Parameters that stand in several operations: `Page`, and `CrmCustomersSort` where they are all of one resource.
fn share_parameters(document: &mut Value) {
    let mut order = Vec::new();
    let mut uses: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    for operation in operations(document) {
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let key = parameter.to_string();
            let (count, tags) = uses.entry(key.clone()).or_insert_with(|| {
                order.push((key, parameter.clone()));
                Default::default()
            });
            *count += 1;
            tags.insert(tag.to_owned());
        }
    }
    let (mut made, mut names, mut taken) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    for (key, parameter) in order {
        let Some((_, tags)) = uses.get(&key).filter(|(count, _)| *count > 1) else { continue };
        let wanted = owner(tags) + &pascal(parameter["name"].as_str().unwrap_or_default());
        let name = free_name(&wanted, &taken);
        taken.insert(name.clone());
        names.insert(key, name.clone());
        made.insert(name, parameter);
    }
    for operation in operations_mut(document) {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(name) = names.get(&parameter.to_string()) {
                *parameter = reference("parameters", name);
            }
        }
    }
    add(document, "parameters", made);
}

/// What an answer is called: by what it holds, and how it came to be.
fn answer_name(status: &str, answer: &Value) -> String {
    let schema = answer["content"]["application/json"]["schema"]["$ref"].as_str();
    let Some(schema) = schema.and_then(|path| path.rsplit('/').next()) else {
        return match status {
            "204" => "NoContent",
            "304" => "NotModified",
            _ => "File",
        }
        .to_owned();
    };
    let how = match status {
        "201" => "Created",
        "202" => "Accepted",
        _ if answer["headers"].get("Idempotent-Replayed").is_some() => "Changed",
        _ => "",
    };
    format!("{}{how}", schema.strip_prefix("Envelope_").unwrap_or(schema))
}

/// Answers that several operations give: `Customer`, `CustomerChanged`, `File`. An error that no operation answers is left out.
fn share_responses(document: &mut Value) {
    let mut order = Vec::new();
    let mut uses: BTreeMap<(String, String), usize> = BTreeMap::new();
    for operation in operations(document) {
        for (status, answer) in operation["responses"].as_object().into_iter().flatten().filter(|(_, answer)| answer.get("$ref").is_none())
        {
            let key = (status.clone(), answer.to_string());
            let count = uses.entry(key.clone()).or_insert_with(|| {
                order.push((key, answer.clone()));
                0
            });
            *count += 1;
        }
    }
    let mut taken: BTreeSet<String> =
        document["components"]["responses"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
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
    for operation in operations_mut(document) {
        for (status, answer) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(name) = names.get(&(status.clone(), answer.to_string())) {
                *answer = reference("responses", name);
            }
        }
    }
    add(document, "responses", made);
    let given = operations(document).flat_map(|operation| operation["responses"].as_object().into_iter().flat_map(Map::values));
    let used: BTreeSet<String> = given.filter_map(|answer| Some(answer["$ref"].as_str()?.rsplit('/').next()?.to_owned())).collect();
    if let Some(responses) = document["components"]["responses"].as_object_mut() {
        responses.retain(|name, _| used.contains(name));
    }
}

/// The credentials that nearly all operations take stand at the document's root; an operation says only what is otherwise.
fn share_security(document: &mut Value) {
    let usual = json!([{"bearer": []}, {"apiKey": []}]);
    for operation in operations_mut(document).filter_map(Value::as_object_mut) {
        if operation.get("security") == Some(&usual) {
            operation.shift_remove("security");
        }
    }
    document["security"] = usual;
}

#[cfg(test)]
mod tests {
    use super::share;
    use serde_json::{Value, json};

    #[test]
    fn what_repeats_is_said_once() {
        let page = json!({"name": "page", "in": "query", "schema": {"type": "integer"}});
        let sort = json!({"name": "sort", "in": "query", "schema": {"type": "string"}});
        let only = json!({"name": "only", "in": "query", "schema": {"type": "string"}});
        let answer = json!({"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Envelope_X"}}}});
        let operation = |tag: &str, parameters: &[&Value]| json!({"tags": [tag], "parameters": parameters, "security": [{"bearer": []}, {"apiKey": []}], "responses": {"200": answer}});
        let pattern = format!(r"^[^\x00-\x08{}]*$", "x".repeat(100));
        let name = json!({"type": ["string", "null"], "minLength": 1, "maxLength": 20, "pattern": pattern, "description": "Its name."});
        let envelope = |data: &str| json!({"type": "object", "properties": {"data": {"type": data}, "message": {"type": "string"}}, "required": ["data"]});
        let mut document = json!({
            "paths": {
                "/a": {"get": operation("tenants.crm.customers", &[&page, &sort, &only])},
                "/a/export": {"get": operation("tenants.crm.customers", &[&sort])},
                "/b": {"get": operation("tenants.crm.contacts", &[&page])},
            },
            "components": {"schemas": {"X": {"properties": {"name": name}}, "Envelope_X": envelope("string"), "Envelope_Y": envelope("null")}},
        });
        share(&mut document);
        let parameter = |name: &str| json!({"$ref": format!("#/components/parameters/{name}")});
        assert_eq!(document["paths"]["/a"]["get"]["parameters"], json!([parameter("Page"), parameter("CrmCustomersSort"), only]));
        assert_eq!(
            document["paths"]["/b"]["get"],
            json!({
                "tags": ["tenants.crm.contacts"], "parameters": [parameter("Page")], "responses": {"200": {"$ref": "#/components/responses/X"}},
            })
        );
        let components = &document["components"];
        assert_eq!(components["parameters"], json!({"CrmCustomersSort": sort, "Page": page}));
        assert_eq!(components["responses"], json!({"X": answer}));
        assert_eq!(
            components["schemas"]["X"]["properties"]["name"],
            json!({"anyOf": [{"$ref": "#/components/schemas/Text20"}, {"type": "null"}], "description": "Its name."})
        );
        assert_eq!(components["schemas"]["Text20"], json!({"type": "string", "minLength": 1, "maxLength": 20, "pattern": pattern}));
        assert_eq!(
            components["schemas"]["Envelope_Y"],
            json!({"allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {"type": "object", "properties": {"data": {"type": "null"}}, "required": ["data"]},
            ]})
        );
        assert_eq!(
            components["schemas"]["Envelope"],
            json!({"type": "object", "properties": {"message": {"type": "string"}}, "required": []})
        );
        assert_eq!(document["security"], json!([{"bearer": []}, {"apiKey": []}]));
    }
}
