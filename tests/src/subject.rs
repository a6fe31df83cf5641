//! A resource under test: where it stands, what it takes, who may.

use crate::document::{document, resolved};
use futures_util::FutureExt as _;
use kernel::Realm;
use reqwest::Method;
use resource::{ResourceInfo, Spec};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicU64, Ordering},
};
use testkit::{Answer, Caller, TestApp};
use uuid::Uuid;

/// What cannot be made from an example alone; it has tests of its own.
const NEEDS_A_STORY: [&str; 2] = ["/idam/impersonations", "/fim/vat-settlements"];

/// Fields that may be left out each, but not all of them together: the one that stays in a small example.
pub const ONE_OF_SEVERAL: [(&str, &str); 1] = [("crm.contacts", "email")];

/// A new row as it is read later: without what is shown once.
pub fn lasting(mut row: Value) -> Value {
    if let Some(fields) = row.as_object_mut() {
        fields.shift_remove("api_key");
    }
    row
}

/// A number no other row of this test process has.
pub fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Counts by itself, so that it goes round only after so many of its own kind, whatever else is made meanwhile.
struct Series(AtomicU64);

impl Series {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// Three letters no other row has. They begin as no currency does that a company is born with, whatever number comes.
fn letters() -> String {
    const FIRST: [char; 4] = ['V', 'X', 'Y', 'Z'];
    static NEXT: Series = Series::new();
    let n = usize::try_from(NEXT.next()).unwrap();
    let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).unwrap());
    [FIRST[n / 676 % FIRST.len()], letter(n / 26), letter(n)].iter().collect()
}

/// A day no other row has, before this year.
fn day() -> String {
    static NEXT: Series = Series::new();
    let n = NEXT.next() % (126 * 336);
    format!("{}-{:02}-{:02}", 1900 + n / 336, n / 28 % 12 + 1, n % 28 + 1)
}

/// One resource, seen by one who may do everything to it.
#[derive(Clone)]
pub struct Subject {
    /// The platform it runs in.
    pub app: TestApp,
    /// What it declares.
    pub spec: &'static Spec,
    /// Whose it is.
    pub realm: Realm,
    /// The administrator of company a, or the super administrator.
    pub owner: Caller,
    /// `/api/v1/tenants/adm/organizations`
    pub path: String,
}

/// Tries `story` on every resource that can be made, and tells of all that fail.
pub async fn every_resource(app: &TestApp, story: impl AsyncFn(&Subject)) {
    each(app, true, story).await;
}

/// Tries `story` on every resource that is made by the platform only: logs, sessions.
pub async fn every_log(app: &TestApp, story: impl AsyncFn(&Subject)) {
    each(app, false, story).await;
}

async fn each(app: &TestApp, made: bool, story: impl AsyncFn(&Subject)) {
    let mut failed = Vec::new();
    let mut seen = 0;
    for module in gateway::modules() {
        for info in &module.resources {
            let subject = Subject::new(app, module.realm, info).await;
            if subject.has("post", "") != made || NEEDS_A_STORY.contains(&info.path) {
                continue;
            }
            seen += 1;
            if let Err(panic) = AssertUnwindSafe(story(&subject)).catch_unwind().await {
                let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                failed.push(format!("{}: {}", subject.path, text.unwrap_or_default()));
            }
        }
    }
    assert!(seen >= if made { 25 } else { 5 }, "only {seen} resources");
    assert!(failed.is_empty(), "{} of {seen} resources break the contract:\n\n{}\n", failed.len(), failed.join("\n\n"));
}

impl Subject {
    /// Of this app, of this module's realm.
    pub async fn new(app: &TestApp, realm: Realm, info: &ResourceInfo) -> Self {
        let owner = if realm == Realm::Manager { app.manager().await } else { app.admin_a().await };
        let spec = (info.spec)().unwrap();
        assert_eq!(spec.realm, realm, "{}: resource and module disagree about the realm", info.path);
        Self { app: app.clone(), spec, realm, owner, path: format!("/api/v1/{}{}", realm.segment(), info.path) }
    }

    /// The same resource seen by somebody else.
    pub fn seen_by(&self, owner: Caller) -> Self {
        Self { owner, ..self.clone() }
    }

    /// Whether its rows are companies'.
    pub fn is_tenant(&self) -> bool {
        self.realm == Realm::Tenant
    }

    /// The company whose rows these are; none on the manager side.
    pub async fn tenant(&self) -> Option<Uuid> {
        if self.is_tenant() { Some(self.app.company_a().await.id) } else { None }
    }

    /// The path of a row.
    pub fn row(&self, id: &str) -> String {
        format!("{}/{id}", self.path)
    }

    /// The operation in the document, if it is mounted; `below` is what stands behind the resource's path: ``, `/{id}`, `/bulk`.
    pub fn operation(&self, method: &str, below: &str) -> Option<&'static Value> {
        document()["paths"].get(format!("{}{below}", self.path))?.get(method)
    }

    /// Whether the operation is mounted.
    pub fn has(&self, method: &str, below: &str) -> bool {
        self.operation(method, below).is_some()
    }

    /// Verbs of actions on a row: `activate`, `suspend` …
    pub fn actions(&self) -> Vec<String> {
        let prefix = format!("{}/{{id}}/", self.path);
        let paths = document()["paths"].as_object().unwrap();
        let posts = paths.iter().filter(|(_, item)| item.get("post").is_some());
        posts.filter_map(|(path, _)| path.strip_prefix(&prefix).map(str::to_owned)).collect()
    }

    /// The schema of a body, references resolved.
    pub fn body_schema(&self, method: &str, below: &str) -> Option<&'static Value> {
        let schema = &self.operation(method, below)?["requestBody"]["content"]["application/json"]["schema"];
        Some(resolved(schema))
    }

    /// Fields that a PATCH may carry.
    pub fn changeable(&self) -> BTreeSet<String> {
        let schema = self.body_schema("patch", "/{id}");
        schema.and_then(|schema| schema["properties"].as_object()).map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
    }

    /// Fields that a POST must carry.
    pub fn required(&self) -> BTreeSet<String> {
        let schema = self.body_schema("post", "").and_then(|schema| schema["required"].as_array());
        schema.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// A body that is good for a create, with what it refers to made first.
    pub async fn example(&self) -> Value {
        let n = unique();
        let mut text = self.spec.example.replace("{n}", &n.to_string());
        for (word, made) in [("{abc}", letters as fn() -> String), ("{day}", day)] {
            if text.contains(word) {
                text = text.replace(word, &made());
            }
        }
        let mut body: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("the example is no JSON: {error}"));
        self.fill(&mut body).await;
        body
    }

    /// Puts ids in the place of what an example refers to, in its lines too.
    async fn fill(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for value in fields.values_mut() {
                    Box::pin(self.fill(value)).await;
                }
            }
            Value::Array(items) => {
                for value in items {
                    Box::pin(self.fill(value)).await;
                }
            }
            Value::String(text) => {
                let Some(path) = text.strip_prefix('@').map(str::to_owned) else { return };
                *value = if path.contains('?') {
                    // one of those that are there
                    let found = self.owner.get(&format!("/api/v1/{}{path}", self.realm.segment())).await.ok(200);
                    found["items"][0]["id"].clone()
                } else {
                    json!(Box::pin(self.other(&path).await.make()).await.id())
                };
            }
            _ => {}
        }
    }

    /// The example without what may be left out: its columns are empty where they can be.
    pub async fn small_example(&self) -> Value {
        let mut required = self.required();
        required.extend(ONE_OF_SEVERAL.iter().filter(|(target, _)| *target == self.spec.target()).map(|(_, field)| (*field).to_owned()));
        let mut body = self.example().await;
        body.as_object_mut().unwrap().retain(|name, _| required.contains(name));
        body
    }

    async fn other(&self, path: &str) -> Self {
        let modules = gateway::modules();
        let mut all = modules.iter().filter(|module| module.realm == self.realm).flat_map(|module| &module.resources);
        let info = all.find(|info| info.path == path).unwrap_or_else(|| panic!("the example refers to {path}, which no module has"));
        Self::new(&self.app, self.realm, info).await.seen_by(self.owner.clone())
    }

    /// A row as lists show it: without its lines.
    pub fn listed(&self, mut row: Value) -> Value {
        if let Some(fields) = row.as_object_mut() {
            fields.retain(|field, _| !self.spec.line_fields().unwrap().contains(&field.as_str()));
        }
        row
    }

    /// A new row.
    pub async fn make(&self) -> Answer {
        let body = self.example().await;
        self.make_of(&body).await
    }

    /// A new row of this body.
    pub async fn make_of(&self, body: &Value) -> Answer {
        let answer = self.owner.post(&self.path, body).await;
        assert_eq!(answer.status, 201, "{answer:?} to {body}");
        answer
    }

    /// A body that changes a row made from another example: what both a create and a PATCH know, references aside.
    pub async fn change(&self) -> Value {
        let mut changeable = self.changeable();
        // what replaces lines has tests of its own
        changeable.retain(|field| !self.spec.line_fields().unwrap().contains(&field.as_str()));
        let mut body = self.example().await;
        body.as_object_mut().unwrap().retain(|name, value| changeable.contains(name) && !is_id(value));
        assert!(body.as_object().is_some_and(|body| !body.is_empty()), "the example has no field that a PATCH may change");
        body
    }

    /// Sends a request that is recognised afterwards by its id.
    pub async fn traced(&self, method: Method, path: &str, body: Option<&Value>) -> (Uuid, Answer) {
        let request = Uuid::now_v7();
        let mut sending = self.owner.request(method, path).header("x-request-id", request.to_string());
        if let Some(body) = body {
            sending = sending.json(body);
        }
        let answer = sending.send().await;
        assert_eq!(answer.header("x-request-id"), request.to_string(), "the caller's request id is kept: {answer:?}");
        (request, answer)
    }

    /// How many rows the list counts.
    pub async fn total(&self) -> i64 {
        let data = self.owner.get(&format!("{}?page_size=1", self.path)).await.ok(200);
        data["total"].as_i64().expect("a total")
    }

    /// What a search finds, as the list's data.
    pub async fn search(&self, text: &str) -> Value {
        let url = reqwest::Url::parse_with_params("http://x/", [("search", text), ("page_size", "100")]).expect("an address");
        self.owner.get(&format!("{}?{}", self.path, url.query().unwrap_or_default())).await.ok(200)
    }
}

/// JSON keeps the order of its keys, which says nothing.
pub fn sorted<'k>(keys: impl Iterator<Item = &'k String>) -> Vec<&'k str> {
    let mut keys: Vec<&str> = keys.map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Whether it is the id of a row.
pub fn is_id(value: &Value) -> bool {
    value.as_str().is_some_and(|text| Uuid::try_parse(text).is_ok())
}

/// A date such as `2026-03-31`: it has one spelling.
pub fn is_day(value: &Value) -> bool {
    value.as_str().is_some_and(|text| kernel::Day::parse(text).is_ok())
}
