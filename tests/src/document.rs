//! The OpenAPI document: the list of what there is.

use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::LazyLock;
use testkit::{Answer, Caller, Request};

/// An id that no row has.
pub const NO_ID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

/// The OpenAPI document of this build.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(gateway::document::text()).unwrap());
    &DOCUMENT
}

/// One operation of the document.
pub struct Operation {
    /// In small letters, as the document has it.
    pub method: String,
    /// With the names of its parameters: `/api/v1/tenants/adm/users/{id}`.
    pub path: String,
    /// What the document says of it.
    pub about: &'static Value,
}

impl Operation {
    /// `get /api/v1/…`
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The permission it asks for.
    pub fn permission(&self) -> Option<&'static str> {
        self.about["x-permission"].as_str()
    }

    /// Whose operation it is.
    pub fn realm(&self) -> Realm {
        if self.path.starts_with("/api/v1/manager/") { Realm::Manager } else { Realm::Tenant }
    }

    /// Of the small ERP, which has no envelope; `erp` tries its door.
    pub fn is_bare(&self) -> bool {
        erp::is_erp_path(&self.path)
    }

    /// What everybody may who signed in, without a role.
    pub fn is_for_everybody(&self) -> bool {
        self.permission().is_some_and(|permission| permission.starts_with("auth."))
    }

    /// Whether it changes nothing.
    pub fn reads(&self) -> bool {
        self.method == "get"
    }

    /// `auth.session.read` and its like: domain, resource, action.
    pub fn words(&self) -> [&'static str; 3] {
        let words: Vec<&str> = self.permission().unwrap().split('.').collect();
        words.try_into().unwrap()
    }

    /// Sent with an id that nobody has, and an empty body.
    pub async fn send(&self, caller: &Caller) -> Answer {
        self.request(caller, NO_ID, &json!({})).send().await
    }

    /// With this id in its path, and this body where it has one.
    pub fn request(&self, caller: &Caller, id: &str, body: &Value) -> Request {
        let path = self.path.split('/').map(|word| if word.starts_with('{') { id } else { word });
        let path = path.collect::<Vec<_>>().join("/");
        let method: Method = self.method.to_uppercase().parse().unwrap();
        let request = caller.request(method.clone(), &path);
        if method == Method::GET { request } else { request.json(body) }
    }
}

/// All of them.
pub fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, about) in item.as_object().unwrap() {
            all.push(Operation { method: method.clone(), path: path.clone(), about });
        }
    }
    assert!(all.len() > 40, "hardly anything is documented: {}", all.len());
    all
}

/// Whether a schema takes `null`, by its type or as one of its forms.
pub fn takes_null(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    let by_type = schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(is_null));
    by_type || schema["anyOf"].as_array().is_some_and(|forms| forms.iter().any(|form| is_null(&form["type"])))
}

/// The parameters of an operation.
pub fn parameters(operation: &'static Value) -> impl Iterator<Item = &'static Value> {
    operation["parameters"].as_array().into_iter().flatten().map(resolved)
}

/// What any request may meet; it stands once, as the answer `default`.
pub const ANY: [u16; 10] = [400, 401, 403, 405, 413, 415, 422, 429, 500, 503];

/// What the document says of an operation that answers with this status.
pub fn answer_of(operation: &'static Value, status: u16) -> Option<&'static Value> {
    let answers = &operation["responses"];
    let otherwise = || answers.get("default").filter(|_| ANY.contains(&status));
    answers.get(status.to_string()).or_else(otherwise).map(resolved)
}

/// The fields that a schema knows, those of its parts among them.
pub fn properties(schema: &'static Value) -> Vec<(&'static String, &'static Value)> {
    let schema = resolved(schema);
    let own = schema["properties"].as_object().into_iter().flatten();
    own.chain(schema["allOf"].as_array().into_iter().flatten().flat_map(properties)).collect()
}

/// Follows a reference into the components of the document.
pub fn resolved(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str() {
        Some(reference) => document().pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => schema,
    }
}
