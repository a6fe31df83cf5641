//! paperclip collects a Swagger 2 document; this makes OpenAPI 3.1 of it.
//!
//! Operation ids and tags are derived from method and path (`names`). The permission, which travels as the scope of the bearer
//! requirement, becomes `x-permission`. What is answered is described by `answers`. [`share`] comes last: what repeats is said once.

mod layout;
mod names;
mod sharing;

use crate::{
    LegacyApi,
    answers::{error_responses, headers, headers_of_all, responses, take, type_errors},
    bodies::{bound_lists, close_objects, narrow, references},
    titles,
    upload::XLSX,
};
use kernel::schema::MARK;
use names::Names;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub use layout::text;
pub use names::plural;
pub use sharing::share;

/// What the document says about itself.
pub struct About {
    pub title: &'static str,
    pub version: &'static str,
    pub description: &'static str,
    /// What a tag is for.
    pub tag: fn(&str) -> Option<String>,
    /// What one row of a collection is, by the collection's path: `journal_entry`.
    pub nouns: BTreeMap<String, String>,
    /// What else the document describes.
    pub legacy: Option<LegacyApi>,
}

pub use crate::answers::FILE_TOO;

/// Says of a parameter of which field's range it is which end: `{"of": "amount", "end": "min"}`.
pub const RANGE: &str = "x-range";

/// A whole number up to here is exact wherever JSON is read, in a browser too.
pub const SAFE: i64 = 9_007_199_254_740_991;

/// Turns paperclip's document into OpenAPI 3.1. `examples` gives the body example of an
/// operation by `(method, path)`.
#[must_use]
pub fn finish(v2: &Value, about: &About, example: &dyn Fn(&str, &str) -> Option<Value>) -> Value {
    let mut paths = Map::new();
    let known = entries(v2, "paths").map(|(path, _)| path.trim_end_matches('/').to_owned()).collect();
    let prefix = about.legacy.map(|api| names::pascal(api.name));
    let prefix = prefix.as_deref();
    let mut made = Made {
        names: Names { known: &known, nouns: &about.nouns, elsewhere: prefix.unwrap_or_default() },
        definitions: v2.get("definitions").unwrap_or(&Value::Null),
        ids: BTreeMap::new(),
        bodies: BTreeSet::new(),
        open_bodies: BTreeSet::new(),
        legacy: about.legacy.zip(prefix),
        example,
    };
    for (path, item) in entries(v2, "paths") {
        // paperclip writes scope("/x").route("") as "/x/"; it is served at "/x"
        let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        let path = about.legacy.map_or_else(|| path.to_owned(), |api| (api.documented_path)(path));
        let path = path.as_str();
        let mut operations = Map::new();
        for (method, op) in item.as_object().into_iter().flatten().filter(|(method, _)| *method != "parameters") {
            let op = operation(path, method, op.clone(), &mut made);
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
    let taken = narrow(&mut schemas, made.bodies, true);
    narrow(&mut schemas, made.open_bodies, false);
    for (_, given) in schemas.iter_mut().filter(|(name, _)| !taken.contains(*name)) {
        decimals_are_texts(given);
    }
    type_errors(&mut schemas);
    let titles = titles::take(&mut schemas);
    let described = |(name, text, schema): (&str, &str, Value)| (name.to_owned(), json!({"description": text, "schema": schema}));
    json!({
        "openapi": "3.1.0",
        "info": {"title": about.title, "version": about.version, "description": about.description, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "tags": tags,
        "x-titles": titles,
        "x-headers": headers_of_all(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": error_responses(prefix),
            "headers": headers().into_iter().map(described).collect::<Map<_, _>>(),
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

/// What the operations are made of, and what they leave behind.
struct Made<'m> {
    names: Names<'m>,
    definitions: &'m Value,
    ids: BTreeMap<String, u32>,
    /// Schemas that bodies consist of.
    bodies: BTreeSet<String>,
    /// Those of the legacy API, where unknown fields are passed over.
    open_bodies: BTreeSet<String>,
    /// The legacy API, and what names begin with there.
    legacy: Option<(LegacyApi, &'m str)>,
    example: &'m dyn Fn(&str, &str) -> Option<Value>,
}

impl Made<'_> {
    /// Whether a body of this Swagger 2 schema must have something in it; where nothing is needed it may be left out.
    fn needs_fields(&self, schema: &Value) -> bool {
        let name = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
        let schema = name.and_then(|name| self.definitions.get(name)).unwrap_or(schema);
        schema.get("required").and_then(Value::as_array).is_some_and(|fields| !fields.is_empty())
    }
}

/// Amounts come as texts, always; only what is sent may be a number.
fn decimals_are_texts(value: &mut Value) {
    if value.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("decimal"))
        && let Some(Value::Array(kinds)) = value.get_mut("type")
    {
        kinds.retain(|kind| kind != "number");
        if let [one] = kinds.as_slice() {
            value["type"] = one.clone();
        }
    }
    match value {
        Value::Object(map) => map.values_mut().for_each(decimals_are_texts),
        Value::Array(list) => list.iter_mut().for_each(decimals_are_texts),
        _ => {}
    }
}

fn operation(path: &str, method: &str, op: Value, made: &mut Made) -> Value {
    let Value::Object(mut op) = op else { return op };
    op.remove("consumes");
    op.remove("produces");
    let legacy = made.legacy.filter(|(api, _)| (api.has_path)(path));
    // the lines of a comment are those of the source
    if let Some(text) = op.get("description").and_then(Value::as_str) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        op.insert("description".into(), text.into());
    }
    let mut parameters = Vec::new();
    for parameter in op.remove("parameters").as_ref().and_then(Value::as_array).into_iter().flatten() {
        let Some(parameter) = parameter.as_object() else { continue };
        let text = |key: &str| parameter.get(key).and_then(Value::as_str);
        if text("in") == Some("body") {
            let raw = parameter.get("schema").cloned().unwrap_or_default();
            let required = legacy.is_some() || made.needs_fields(&raw);
            let mut body = schema(raw, false);
            bound_lists(&mut body);
            references(&body, if legacy.is_some() { &mut made.open_bodies } else { &mut made.bodies });
            if body.get("x-upload").is_some() {
                let file = json!({"type": "string", "format": "binary"});
                let form = json!({"type": "object", "required": ["file"], "properties": {"file": file}});
                let content =
                    json!({"multipart/form-data": {"schema": form}, "text/csv": {"schema": {"type": "string"}}, XLSX: {"schema": file}});
                op.insert("requestBody".into(), json!({"required": true, "content": content}));
                continue;
            }
            let mut content = json!({"schema": body});
            if let Some(example) = (made.example)(method, path) {
                content["example"] = example;
            }
            let mut body = json!({"content": {"application/json": content}});
            if required {
                body["required"] = true.into();
            }
            op.insert("requestBody".into(), body);
        } else {
            parameters.push(parameter_of(parameter));
        }
    }
    let secured = secure(&mut op);
    for (name, description) in headers_of(method, path, secured) {
        parameters.push(json!({"name": name, "in": "header", "description": description, "schema": {"type": "string"}}));
    }
    if !parameters.is_empty() {
        op.insert("parameters".into(), Value::Array(parameters));
    }
    responses(&mut op, method, path, legacy.map(|(_, prefix)| prefix));
    let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty() && !matches!(*word, "api" | "v1")).collect();
    let tag = legacy.map_or_else(|| tag_of(&words), |(api, _)| api.name.to_owned());
    let id = made.names.operation_id(method, path);
    let count = made.ids.entry(id.clone()).or_default();
    *count += 1;
    // a test says that no two have one name
    op.insert("operationId".into(), if *count > 1 { json!(format!("{id}{count}")) } else { json!(id) });
    op.insert("tags".into(), json!([tag]));
    Value::Object(op)
}

/// `manager.idam.users`, `tenants.adm.roles`, `manager.auth`: realm, domain, resource.
fn tag_of(words: &[&str]) -> String {
    let names: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('{')).collect();
    let depth = if names.get(1) == Some(&"auth") || names.get(1) == Some(&"tenants") { 2 } else { 3 };
    names.into_iter().take(depth).collect::<Vec<_>>().join(".")
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
            "At most 255 characters. The same key with the same body and query gives the first answer again, for 24 hours.",
        ));
    }
    if matches!(method, "patch" | "put" | "delete") || (method == "post" && path.contains("{id}/")) {
        headers.push(("If-Match", "The ETag that was read, or a list of them; 412 when the row has changed since."));
    }
    if method == "get" && path.ends_with('}') {
        headers.push(("If-None-Match", "The ETag of a row that was read; 304 while it has not changed."));
    }
    headers
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
    let mut schema = schema(Value::Object(rest), false);
    decimals_are_texts(&mut schema);
    if take(&mut schema, "x-or-null") {
        schema = nullable(schema);
    }
    let is_list = schema.get("type").is_some_and(|kind| kind == "array");
    let range = schema.as_object_mut().and_then(|schema| schema.shift_remove(RANGE));
    let mut out = json!({"name": name, "in": place, "schema": schema});
    if required {
        out["required"] = true.into();
    }
    if let Some(range) = range {
        out[RANGE] = range;
    }
    if is_list {
        // one parameter with commas: a repeated one is refused
        out["style"] = "form".into();
        out["explode"] = false.into();
    }
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
    let bounds = match map.get("format").and_then(Value::as_str) {
        Some("int32") => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        Some("int64") => Some((-SAFE, SAFE)),
        _ => None,
    };
    if let Some((least, most)) = bounds {
        if !map.contains_key("minimum") {
            // whoever shows an example without one shows the least
            map.entry("example").or_insert_with(|| 1.into());
        }
        map.entry("minimum").or_insert_with(|| least.into());
        map.entry("maximum").or_insert_with(|| most.into());
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
        let description = value.as_object_mut().and_then(|fields| fields.shift_remove("description"));
        let mut either = json!({"anyOf": [value, {"type": "null"}]});
        if let Some(description) = description {
            either["description"] = description;
        }
        return either;
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
