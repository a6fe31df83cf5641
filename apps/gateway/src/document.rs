//! The OpenAPI document of the platform.

mod marks;
mod tags;

use crate::{
    app::api,
    embedded::{File, answer},
    modules,
};
use actix_web::{HttpRequest, HttpResponse, http::Method};
use envelope::openapi::{self, About};
use paperclip::actix::OpenApiExt;
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    sync::{LazyLock, OnceLock},
};

const DESCRIPTION: &str = "A multi-company business platform.\n\n\
    * **Answers** stand in an envelope (`success, data, message, code, timestamp, request_id`); `message` is Korean, or English with \
    `Accept-Language: en`. Every answer has the headers of `x-headers`. `default` is what any request may be answered besides.\n\
    * **Lists**: a filter asks for equality, `null` for what is empty where the field can be; of a range `_from`, `_min` and `_max` are \
    inclusive, `_to` is exclusive.\n\
    * **Writing**: where there is a parameter `dry_run`, everything is checked and answered, and nothing saved. An action whose state is \
    reached already answers the row and does nothing. Of many in one request (`bulk`) each needs the right that it would need alone.\n\
    * **For programs**: `x-permission` names the right an operation needs, `x-step-up` that it asks for a fresh second factor, `x-sort` the \
    columns a list may be sorted by, `x-range` of which field's range a parameter is which end, `x-noun` and `x-title-field` what a row is \
    called, `x-titles` what fields are called, `x-refers-to` the list that an id is of, `x-transition` from which states an action leads to \
    which (`from` is empty where rows have no state; no `to`: the state stays). `x-rules` lists what can be refused with 409 by its \
    `detail.rule` (also at /docs/rules), `x-events` the kinds of events.";

/// A resource's example, its placeholders replaced by what they stand for in the document.
fn parsed(example: &str) -> Option<Value> {
    serde_json::from_str(&example.replace("{n}", "1").replace("{abc}", "SGD").replace("{day}", "2026-11-23")).ok()
}

fn shown_example(text: &str) -> Option<Value> {
    let mut example = parsed(text)?;
    name_ids(&mut example);
    Some(example)
}

/// Puts an id in the place of each reference, in lines too.
fn name_ids(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(name_ids),
        Value::Array(items) => items.iter_mut().for_each(name_ids),
        Value::String(text) if text.starts_with("@/") => *text = "0192f0c1-2345-7abc-8def-0123456789ab".to_owned(),
        _ => {}
    }
}

fn example(method: &str, path: &str) -> Option<Value> {
    if let Some(example) = erp::example(method, path) {
        return serde_json::from_str(example).ok();
    }
    if method != "post" {
        return None;
    }
    modules().iter().find_map(|module| {
        let resource = module.resources.iter().find(|resource| path == format!("/api/v1/{}{}", module.realm.segment(), resource.path))?;
        shown_example((resource.spec)().ok()?.example)
    })
}

fn tag(name: &str) -> Option<String> {
    tags::described(name, &modules())
}

pub(crate) fn finished(v2: &Value) -> Value {
    let modules = modules();
    let nouns = marks::nouns(&modules);
    let about =
        About { title: "CXG", version: env!("CARGO_PKG_VERSION"), description: DESCRIPTION, tag, nouns, legacy: Some(erp::LEGACY_API) };
    let mut document = openapi::finish(v2, &about, &example);
    mark_trials(&mut document);
    marks::mark(&mut document, &modules);
    openapi::share(&mut document);
    document["x-rules"] = crate::rules().iter().map(|rule| json!({"rule": rule.name, "ko": rule.ko, "en": rule.en})).collect();
    document["x-events"] = crate::events().unwrap_or_default().into();
    document
}

fn is_secured(operation: &Value) -> bool {
    operation["security"].as_array().is_none_or(|ways| !ways.is_empty())
}

fn mark_trials(document: &mut Value) {
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        let Some(operation) = item.get_mut("post").filter(|operation| is_secured(operation) && auth::can_be_tried(&Method::POST, path))
        else {
            continue;
        };
        let parameter = json!({"name": "dry_run", "in": "query", "schema": {"type": "boolean", "default": false},
            "description": "true: the same checks and the same answer, and nothing is saved."});
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(parameter),
            None => operation["parameters"] = json!([parameter]),
        }
    }
}

/// The document as text, made once a process.
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let made = RefCell::new(Value::Null);
        let app = actix_web::App::new().wrap_api().configure(|cfg| api().document(cfg)).with_raw_json_spec(|app, v2| {
            *made.borrow_mut() = finished(&v2);
            app
        });
        let _ = app.build();
        openapi::text(&made.borrow())
    })
}

/// The document as it lies in the repository; a test says that it is the one of this build. Anybody may ask for it, so answering must cost
/// nothing: to make it anew takes a second and a hundred megabytes.
const COMMITTED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

pub(crate) const PATH: &str = "/openapi.json";

pub(crate) async fn serve(request: HttpRequest) -> HttpResponse {
    static FILE: LazyLock<File> = LazyLock::new(|| File::gzip(COMMITTED, "application/json"));
    answer(&request, FILE.clone(), "no-cache").await
}
