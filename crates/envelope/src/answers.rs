//! What operations answer, for the document: errors and headers stand once, among the components.

use crate::{
    openapi::{SAFE, schema},
    upload::XLSX,
};
use kernel::Code;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Errors an operation may answer, and what any request may meet; `(status, name among the components, description)`.
const ERRORS: [(&str, &str, &str); 6] = [
    ("404", "NotFound", "Absent, deleted or not yours"),
    ("409", "Conflict", "Against a rule of the business"),
    ("412", "PreconditionFailed", "If-Match does not fit"),
    ("422", "Invalid", "Some values are not valid"),
    ("423", "Locked", "Too many tries; locked for a while"),
    (
        "default",
        "Error",
        "What any request may meet: 400 the body, the query or the address cannot be read; 401 no credential, or one that is malformed, \
         expired or revoked; 403 the right is missing, or the company is suspended; 405 another method; 413 the body is too large; 415 it is \
         of another type than is read; 422 some values are not valid, `detail.errors` names each; 429 too many requests, Retry-After and \
         X-RateLimit-* say when there is more; 500 a fault of the platform, its log has it under the request id; 503 a part is away, try again",
    ),
];

/// Headers of answers; `(name, description, schema)`.
pub(crate) fn headers() -> [(&'static str, &'static str, Value); 9] {
    let text = || json!({"type": "string"});
    let number = || json!({"type": "integer", "minimum": 0, "maximum": SAFE});
    [
        (
            "X-Request-Id",
            "The caller's X-Request-Id where it is a UUID, else a new one. The log and the audit have it.",
            json!({"type": "string", "format": "uuid"}),
        ),
        ("X-RateLimit-Limit", "Requests an hour.", number()),
        ("X-RateLimit-Remaining", "What is left of them.", number()),
        ("X-RateLimit-Reset", "Seconds until there is more.", number()),
        ("Retry-After", "Seconds after which trying again makes sense.", number()),
        ("ETag", "The version of the row, for If-Match and If-None-Match.", text()),
        ("Location", "Where what was made can be read.", json!({"type": "string", "format": "uri-reference"})),
        ("Idempotent-Replayed", "true: given before, for the same Idempotency-Key.", json!({"type": "string", "enum": ["true"]})),
        ("Content-Disposition", "The name of the file.", text()),
    ]
}

fn header_refs<'n>(names: impl IntoIterator<Item = &'n str>) -> Value {
    let refs = names.into_iter().map(|name| (name.to_owned(), json!({"$ref": format!("#/components/headers/{name}")})));
    Value::Object(refs.collect())
}

/// What every answer has, of a caller who is counted. Errors say so each; of others the document says it once.
const ALWAYS: [&str; 4] = ["X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"];

/// The headers of all answers.
pub(crate) fn headers_of_all() -> Value {
    header_refs(ALWAYS)
}

/// Which codes there are, and what a program finds in `detail`.
pub(crate) fn type_errors(schemas: &mut Map<String, Value>) {
    let Some(error) = schemas.get_mut("ErrorBody") else { return };
    error["properties"]["success"] = json!({"type": "boolean", "enum": [false], "description": "Always false."});
    error["properties"]["data"] = json!({"type": "null", "description": "Always null."});
    error["properties"]["code"]["enum"] = json!(Code::ALL.map(Code::as_str).into_iter().collect::<BTreeSet<_>>());
    error["properties"]["timestamp"]["format"] = "date-time".into();
    error["examples"] = json!([{
        "success": false, "data": null, "message": "입력값이 올바르지 않습니다. 오류 목록을 확인하세요.", "code": "VALIDATION_ERROR",
        "timestamp": "2026-11-23T00:30:00.000Z",
        "request_id": "0192f0c1-2345-7abc-8def-0123456789ab",
        "detail": {"errors": [{"field": "name", "rule": "required", "message": "필수 항목입니다."}]},
    }]);
    error["properties"]["detail"] = json!({"$ref": "#/components/schemas/ErrorDetail"});
    if let Some(required) = error["required"].as_array_mut() {
        required.insert(1, "data".into());
    }
    let text = |what: &str| json!({"type": "string", "description": what});
    let detail = json!({
        "type": "object",
        "description": "More for programs; a rule may add what it is about.",
        "properties": {
            "errors": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/ErrorField"},
                "description": "Everything that is wrong with the request.",
            },
            "rule": text("The rule that is broken; its name is stable."),
            "permission": text("The right that is missing."),
            "reason": text("Why somebody known is refused."),
            "field": text("The field with a value that is in use already."),
            "status": text("The state that the row is in."),
            "allowed": {"type": "array", "items": {"type": "string"}, "description": "The states from which it is possible."},
            "locked_until": {"type": "string", "format": "date-time", "description": "When a locked account opens again."},
            "limit": {"type": "integer", "minimum": 0, "maximum": SAFE, "description": "What at most is taken."},
            "more": {"type": "integer", "minimum": 1, "maximum": SAFE, "description": "How many other faults were found."},
            "referenced_by": {
                "type": "object",
                "additionalProperties": {"type": "integer", "minimum": 1, "maximum": SAFE},
                "description": "How many rows of what refer to the row.",
            },
        },
    });
    let field = json!({
        "type": "object",
        "properties": {
            "field": text("Path from the root of the body, or the name of the parameter: `lines.0.amount`."),
            "rule": text("The rule it breaks; its name is stable: `required`, `max_length`, `unknown` …"),
            "message": text("A sentence for people."),
        },
        "required": ["field", "message", "rule"],
    });
    schemas.insert("ErrorDetail".to_owned(), detail);
    schemas.insert("ErrorField".to_owned(), field);
}

/// The errors, once; those of a legacy API, whose names begin with `legacy`, have bodies of their own.
pub(crate) fn error_responses(legacy: Option<&str>) -> Map<String, Value> {
    let mut all = Map::new();
    for (status, name, description) in ERRORS {
        let kind = if status == "422" { "Invalid" } else { "Error" };
        let own = legacy.map(|prefix| (format!("{prefix}{name}"), format!("{prefix}{kind}")));
        for (name, body) in std::iter::once((name.to_owned(), "ErrorBody".to_owned())).chain(own) {
            let more: &[&str] = match status {
                "412" => &["ETag"],
                "423" | "default" => &["Retry-After"],
                _ => &[],
            };
            let content = json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{body}")}}});
            let headers = header_refs(ALWAYS.iter().chain(more).copied());
            all.insert(name, json!({"description": description, "headers": headers, "content": content}));
        }
    }
    all
}

/// What an operation answers. `legacy`: what names begin with where it is one of a legacy API.
pub(crate) fn responses(op: &mut Map<String, Value>, method: &str, path: &str, legacy: Option<&str>) {
    let (has_id, signs_in) = (path.contains('{'), path.contains("/auth/"));
    let is_row = path.ends_with('}');
    let answered = op.get("responses").map(Value::to_string).unwrap_or_default();
    let (is_page, is_file) = (answered.contains("/Envelope_Page_"), answered.contains("x-file\\\""));
    let mut answers = op.remove("responses").and_then(|r| r.as_object().cloned()).unwrap_or_default();
    for (status, answer) in &mut answers {
        if answer.get("description").is_none() {
            answer["description"] = "".into();
        }
        let mut headers = Vec::new();
        if let Some(body) = answer.as_object_mut().and_then(|answer| answer.remove("schema")) {
            let mut body = schema(body, false);
            let (is_file, is_print) = (body.get("x-file").is_some(), take(&mut body, FILE_TOO));
            let mut content = if is_file { json!({}) } else { json!({"application/json": {"schema": body}}) };
            if is_file || is_print {
                content["text/csv"] = json!({"schema": {"type": "string"}});
                content[XLSX] = json!({"schema": {"type": "string", "format": "binary"}});
                headers.push("Content-Disposition");
            }
            if !is_file && (is_row || status == "201" || (has_id && method == "post")) {
                headers.push("ETag");
            }
            if status == "201" && !signs_in {
                headers.push("Location");
            }
            if method == "post" && !signs_in {
                headers.push("Idempotent-Replayed");
            }
            answer["content"] = content;
        }
        if !headers.is_empty() {
            answer["headers"] = header_refs(headers);
        }
    }
    if method == "get" && is_row {
        let headers = header_refs(["ETag"]);
        answers.insert("304".to_owned(), json!({"description": "If-None-Match names the current version", "headers": headers}));
    }
    for (status, name, _) in ERRORS {
        let wanted = match status {
            // besides rows: what a view is asked about
            "404" => has_id || (method == "get" && !is_page && !is_file && !signs_in),
            "412" => has_id && method != "get",
            "409" => method != "get" || !(is_row || is_page || is_file),
            // what is wrong with values has a body of its own there
            "422" => legacy.is_some(),
            "423" => signs_in && method == "post",
            _ => true,
        };
        if wanted && !answers.contains_key(status) {
            let name = format!("{}{name}", legacy.unwrap_or_default());
            answers.insert(status.to_owned(), json!({"$ref": format!("#/components/responses/{name}")}));
        }
    }
    op.insert("responses".into(), Value::Object(answers));
}

/// Marks an answer that is also to be had as a file.
pub const FILE_TOO: &str = "x-file-too";

/// Takes a mark out of a schema; whether it was there.
pub(crate) fn take(schema: &mut Value, mark: &str) -> bool {
    schema.as_object_mut().is_some_and(|schema| schema.remove(mark).is_some())
}
