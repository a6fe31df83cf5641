//! The OpenAPI document of the platform.

mod marks;

use crate::{
    app::api,
    embedded::{File, answer},
    modules,
};
use actix_web::{HttpRequest, HttpResponse, http::Method};
use envelope::openapi::{self, About};
use kernel::Realm;
use paperclip::actix::OpenApiExt;
use resource::Module;
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    sync::{LazyLock, OnceLock},
};

const DESCRIPTION: &str = "A multi-company business platform. Every answer stands in an envelope \
    (`success, data, message, code, timestamp, request_id`); `message` is Korean, or English with `Accept-Language: en`. \
    `x-permission` names the right an operation needs, `x-sort` the columns a list may be sorted by, `x-noun` and `x-title-field` what a row \
    is called, `x-refers-to` the list that an id is of, `x-transition` from which states an action leads to which (no `from`: from any; no `to`: the state stays); done again, an action answers \
    the state that was reached and does nothing. `x-rules` lists what can be refused with 409 by its `detail.rule` \
    (also at /docs/rules), `x-events` the kinds of events.";

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
    if let Some(example) = adm::erp::example(method, path) {
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

/// What stands under a tag such as `tenants.crm.customers`.
fn tag(name: &str) -> Option<String> {
    match name {
        "manager.auth" => return Some("로그인 (운영자) · signing in, provider".to_owned()),
        "tenants.auth" => return Some("로그인 (회사) · signing in, company".to_owned()),
        "erp" => return Some("작은 ERP (회사 관리) · the small ERP: bare JSON over the data of adm".to_owned()),
        _ => {}
    }
    let (segment, rest) = name.split_once('.')?;
    let is_of = |module: &Module| {
        let stands_there = module.resources.iter().any(|resource| resource.path.trim_start_matches('/').replace('/', ".") == rest);
        module.realm.segment() == segment && (stands_there || rest.split('.').next() == Some(module.code))
    };
    let module = modules().into_iter().find(is_of)?;
    let side = if module.realm == Realm::Manager { "manager" } else { "tenant" };
    Some(format!("{} — {} ({side})", module.title, module.code))
}

pub(crate) fn finished(v2: &Value) -> Value {
    let modules = modules();
    let nouns = marks::nouns(&modules);
    let about = About { title: "CXG", version: env!("CARGO_PKG_VERSION"), description: DESCRIPTION, tag, nouns };
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
        let parameter = json!({"name": "dry_run", "in": "query", "required": false, "schema": {"type": "boolean", "default": false},
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
