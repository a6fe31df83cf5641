//! paperclip collects a Swagger 2 document; this makes OpenAPI 3.1 of it.
//!
//! Operation ids, tags and summaries are derived from method and path where the handler
//! has none. The permission, which travels as the scope of the bearer requirement, becomes
//! `x-permission`.

use crate::bare;
use kernel::schema::MARK;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What the document says about itself.
pub struct About {
    pub title: &'static str,
    pub version: &'static str,
    pub description: &'static str,
    /// What a tag is for.
    pub tag: fn(&str) -> Option<String>,
}

/// Errors any operation may answer; `(status, description, only with a credential)`.
const ERRORS: [(&str, &str, bool); 10] = [
    ("400", "The body or the query cannot be parsed", false),
    ("401", "No, malformed, expired or revoked credential", true),
    ("403", "The right is missing, or the company is suspended", true),
    ("404", "Absent, deleted or not yours", false),
    ("409", "Against a rule of the business", false),
    ("412", "If-Match does not fit", false),
    ("422", "Some values are not valid", false),
    ("423", "Too many tries; locked for a while", false),
    ("429", "Too many requests; Retry-After and X-RateLimit-* say when there is more", false),
    ("503", "A part is away; try again", false),
];

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Turns paperclip's document into OpenAPI 3.1. `examples` gives the body example of an
/// operation by `(method, path)`.
#[must_use]
pub fn finish(v2: &Value, about: &About, example: &dyn Fn(&str, &str) -> Option<Value>) -> Value {
    let mut bodies = BTreeSet::new();
    let mut paths = Map::new();
    let mut ids = BTreeMap::<String, u32>::new();
    for (path, item) in entries(v2, "paths") {
        // paperclip writes scope("/x").route("") as "/x/"; it is served at "/x"
        let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        // the small ERP writes its collections with the slash
        let path = if bare::is_root(path) { format!("{path}/") } else { path.to_owned() };
        let path = path.as_str();
        let mut operations = Map::new();
        for (method, op) in item.as_object().into_iter().flatten().filter(|(method, _)| *method != "parameters") {
            let op = operation(path, method, op.clone(), &mut ids, &mut bodies, example);
            operations.insert(method.clone(), op);
        }
        if !operations.is_empty() {
            paths.insert(path.to_owned(), Value::Object(operations));
        }
    }
    let operations = paths.values().filter_map(Value::as_object).flat_map(Map::values);
    let used: BTreeSet<&str> = operations.filter_map(|op| op["tags"][0].as_str()).collect();
    let tags: Vec<Value> = used.into_iter().map(|name| json!({"name": name, "description": (about.tag)(name)})).collect();
    let mut schemas: Map<String, Value> = entries(v2, "definitions").map(|(name, s)| (name.to_owned(), schema(s.clone(), false))).collect();
    close(&mut schemas, bodies);
    json!({
        "openapi": "3.1.0",
        "info": {"title": about.title, "version": about.version, "description": about.description, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access_token of a sign-in."},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "A program's key: cxg_<id>_<secret>. Not together with a bearer token."},
            },
        },
    })
}

fn entries<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = (&'v str, &'v Value)> + use<'v> {
    value.get(key).and_then(Value::as_object).into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// Unknown fields of a body are refused, so its schemas say so.
fn close(schemas: &mut Map<String, Value>, mut names: BTreeSet<String>) {
    let mut closed = BTreeSet::new();
    while let Some(name) = names.pop_first() {
        if closed.insert(name.clone())
            && let Some(found) = schemas.get_mut(&name)
        {
            *found = close_objects(found.take());
            references(found, &mut names);
        }
    }
}

fn close_objects(mut value: Value) -> Value {
    if value.get("properties").is_some() && value.get("additionalProperties").is_none() {
        value["additionalProperties"] = false.into();
    }
    value
}

fn references(value: &Value, names: &mut BTreeSet<String>) {
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

fn operation(
    path: &str,
    method: &str,
    op: Value,
    ids: &mut BTreeMap<String, u32>,
    bodies: &mut BTreeSet<String>,
    example: &dyn Fn(&str, &str) -> Option<Value>,
) -> Value {
    let Value::Object(mut op) = op else { return op };
    op.remove("consumes");
    op.remove("produces");
    let mut parameters = Vec::new();
    for parameter in op.remove("parameters").as_ref().and_then(Value::as_array).into_iter().flatten() {
        let Some(parameter) = parameter.as_object() else { continue };
        let text = |key: &str| parameter.get(key).and_then(Value::as_str);
        if text("in") == Some("body") {
            let body = schema(parameter.get("schema").cloned().unwrap_or_default(), false);
            if !bare::is_bare(path) {
                references(&body, bodies);
            }
            if body.get("x-upload").is_some() {
                let file = json!({"type": "string", "format": "binary"});
                let form = json!({"type": "object", "required": ["file"], "properties": {"file": file}});
                let content =
                    json!({"multipart/form-data": {"schema": form}, "text/csv": {"schema": {"type": "string"}}, XLSX: {"schema": file}});
                op.insert("requestBody".into(), json!({"required": true, "content": content}));
                continue;
            }
            let mut content = json!({"schema": body});
            if let Some(example) = example(method, path) {
                content["example"] = example;
            }
            // an action's body may be left out
            let required = method != "post" || !path.contains("{id}/");
            op.insert("requestBody".into(), json!({"required": required, "content": {"application/json": content}}));
        } else {
            parameters.push(parameter_of(parameter));
        }
    }
    let secured = secure(&mut op);
    for (name, description) in headers_of(method, path, secured) {
        parameters.push(json!({"name": name, "in": "header", "required": false, "description": description, "schema": {"type": "string"}}));
    }
    if !parameters.is_empty() {
        op.insert("parameters".into(), Value::Array(parameters));
    }
    responses(&mut op, method, secured, path);
    let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty() && !matches!(*word, "api" | "v1")).collect();
    let tag = tag_of(path, &words);
    let verb = verb_of(method, &op);
    let id = op.get("operationId").and_then(Value::as_str).map_or_else(|| operation_id(verb, &words), str::to_owned);
    let count = ids.entry(id.clone()).or_default();
    *count += 1;
    op.insert("operationId".into(), if *count > 1 { json!(format!("{id}{count}")) } else { json!(id) });
    op.insert("tags".into(), json!([tag]));
    Value::Object(op)
}

/// `manager.idam.users`, `tenants.adm.roles`, `manager.auth`: realm, domain, resource. `erp`: the small ERP.
fn tag_of(path: &str, words: &[&str]) -> String {
    if bare::is_bare(path) {
        return "erp".to_owned();
    }
    let names: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('{')).collect();
    let depth = if names.get(1) == Some(&"auth") || names.get(1) == Some(&"tenants") { 2 } else { 3 };
    names.into_iter().take(depth).collect::<Vec<_>>().join(".")
}

/// What an operation does, for its id: a list is not one thing, and making is not posting.
fn verb_of<'m>(method: &'m str, op: &Map<String, Value>) -> &'m str {
    let answers = |status: &str| op.get("responses").and_then(|responses| responses.get(status));
    let is_page = answers("200").is_some_and(|answer| answer.to_string().contains("/Envelope_Page_"));
    match method {
        "get" if is_page => "list",
        "post" if answers("201").is_some() => "create",
        "patch" => "update",
        other => other,
    }
}

/// `listTenantsAdmUsers`, `getTenantsAdmUsersById`: unique because paths are.
fn operation_id(method: &str, words: &[&str]) -> String {
    let mut id = method.to_owned();
    for word in words {
        for part in word.split(['-', '_', '.']) {
            let part = part.trim_matches(['{', '}']);
            let part = if word.starts_with('{') { format!("By{}", capital(part)) } else { capital(part) };
            id.push_str(&part);
        }
    }
    id
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Moves the permission out of the scope; answers whether a credential is needed.
fn secure(op: &mut Map<String, Value>) -> bool {
    let scope = op.get("security").and_then(|s| s.pointer("/0/bearer/0")).and_then(Value::as_str).map(str::to_owned);
    let secured = op.get("security").is_some();
    if op.get("security").and_then(|s| s.pointer("/0/bearer/1")).is_some() {
        op.insert("x-step-up".into(), true.into());
    }
    if secured {
        // what is personal takes no key: it names who signed in
        let personal = scope.as_deref().is_some_and(|key| key.starts_with("auth.") && key != "auth.session.read");
        op.insert("security".into(), if personal { json!([{"bearer": []}]) } else { json!([{"bearer": []}, {"apiKey": []}]) });
    } else {
        op.insert("security".into(), json!([]));
    }
    if let Some(permission) = scope {
        op.insert("x-permission".into(), permission.into());
    }
    secured
}

fn headers_of(method: &str, path: &str, secured: bool) -> Vec<(&'static str, &'static str)> {
    let mut headers = Vec::new();
    if method == "post" && secured && !path.contains("/auth/") {
        headers.push((
            "Idempotency-Key",
            "At most 255 characters. The same key with the same body gives the first answer again, for 24 hours.",
        ));
    }
    if matches!(method, "patch" | "put" | "delete") || (method == "post" && path.contains("{id}/")) {
        headers.push(("If-Match", "The ETag that was read; 412 when the row has changed since."));
    }
    headers
}

fn responses(op: &mut Map<String, Value>, method: &str, secured: bool, path: &str) {
    let is_bare = bare::is_bare(path);
    let (has_id, signs_in) = (path.contains("{id}") || (is_bare && path.contains('{')), path.contains("/auth/"));
    let mut answers = op.remove("responses").and_then(|r| r.as_object().cloned()).unwrap_or_default();
    for answer in answers.values_mut() {
        if answer.get("description").is_none() {
            answer["description"] = "".into();
        }
        if let Some(body) = answer.as_object_mut().and_then(|answer| answer.remove("schema")) {
            let body = schema(body, false);
            answer["content"] = if body.get("x-file").is_some() {
                json!({"text/csv": {"schema": {"type": "string"}}, XLSX: {"schema": {"type": "string", "format": "binary"}}})
            } else {
                json!({"application/json": {"schema": body}})
            };
        }
    }
    for (status, description, only_secured) in ERRORS {
        let wanted = match status {
            "404" => has_id,
            "412" => has_id && method != "get",
            "409" => method != "get",
            "423" => signs_in && method == "post",
            _ => secured || signs_in || !only_secured,
        };
        if wanted && !answers.contains_key(status) {
            let body = match (is_bare, status) {
                (true, "422") => "ErpInvalid",
                (true, _) => "ErpError",
                (false, _) => "ErrorBody",
            };
            let content = json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{body}")}}});
            answers.insert(status.to_owned(), json!({"description": description, "content": content}));
        }
    }
    op.insert("responses".into(), Value::Object(answers));
}

fn parameter_of(parameter: &Map<String, Value>) -> Value {
    let mut rest = parameter.clone();
    let place = rest.remove("in").unwrap_or_default();
    let name = rest.remove("name").unwrap_or_default();
    let required = rest.remove("required") == Some(true.into()) || place == "path";
    rest.remove("collectionFormat");
    let description = rest.remove("description");
    let (text, keywords) = match description.as_ref().and_then(Value::as_str).map(|text| text.split_once(MARK).unwrap_or((text, ""))) {
        Some((text, keywords)) => (text.trim().to_owned(), keywords.to_owned()),
        None => (String::new(), String::new()),
    };
    if !keywords.is_empty() {
        rest.insert("title".into(), format!("{MARK}{keywords}").into());
    }
    let mut out = json!({"name": name, "in": place, "required": required, "schema": schema(Value::Object(rest), false)});
    if !text.is_empty() {
        out["description"] = text.into();
    }
    out
}

/// A Swagger 2 schema as JSON Schema 2020-12. With `closed`, objects refuse unknown fields.
#[must_use]
pub fn schema(value: Value, closed: bool) -> Value {
    let Value::Object(mut map) = value else { return value };
    let mut keywords = match map.get("title").and_then(Value::as_str).and_then(|title| title.strip_prefix(MARK)) {
        Some(json) => serde_json::from_str::<Map<String, Value>>(json).unwrap_or_default(),
        None => Map::new(),
    };
    if !keywords.is_empty() {
        map.remove("title");
    }
    // read by the parent, see below
    let not_null = keywords.remove("x-not-null");
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        let reference = reference.replace("#/definitions/", "#/components/schemas/");
        map.insert("$ref".into(), reference.into());
    }
    map.extend(keywords);
    if map.get("format").is_some_and(|format| format == "int32") {
        map.entry("minimum").or_insert_with(|| i32::MIN.into());
        map.entry("maximum").or_insert_with(|| i32::MAX.into());
    }
    if let Some(example) = map.remove("example") {
        map.insert("examples".into(), json!([example]));
    }
    let required: BTreeSet<String> =
        map.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            let mut converted = schema(property.take(), closed);
            let fixed = converted.as_object_mut().and_then(|map| map.remove("x-not-null")).is_some();
            *property = if required.contains(name) || fixed { converted } else { nullable(converted) };
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = map.get_mut(key).filter(|inner| inner.is_object()) {
            *inner = schema(inner.take(), closed);
        }
    }
    if let Some(flag) = not_null {
        map.insert("x-not-null".into(), flag);
    }
    if closed { close_objects(Value::Object(map)) } else { Value::Object(map) }
}

/// Not required: `null` says the same as leaving it out.
fn nullable(mut value: Value) -> Value {
    if value.get("$ref").is_some() {
        return json!({"anyOf": [value, {"type": "null"}]});
    }
    let Some(map) = value.as_object_mut() else { return value };
    match map.get_mut("type") {
        Some(Value::String(kind)) => {
            let kinds = json!([kind, "null"]);
            map.insert("type".into(), kinds);
        }
        Some(Value::Array(kinds)) => kinds.push("null".into()),
        _ => {}
    }
    if let Some(Value::Array(options)) = map.get_mut("enum") {
        options.push(Value::Null);
    }
    value
}
