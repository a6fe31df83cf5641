//! The small ERP (`/organizations/`, `/departments/`, `/roles/`, `/users/`): the shapes, codes and messages of the FastAPI skeleton, over
//! the rows of `adm`.

mod doors;
mod faces;
mod flows;
mod open;
mod people;
mod walk;
mod words;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Caller};

const ADM: &str = "/api/v1/tenants/adm";

async fn put(caller: &Caller, path: &str, body: &Value) -> Answer {
    caller.request(Method::PUT, path).json(body).send().await
}

/// The bare body of an answer that must have this status.
#[track_caller]
fn bare(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    assert!(answer.header("content-type").starts_with("application/json"), "{answer:?}");
    assert!(answer.json.get("success").is_none(), "no envelope here: {answer:?}");
    answer.json.clone()
}

/// `detail`, exactly.
#[track_caller]
fn detail(answer: &Answer, status: u16, text: &str) {
    assert_eq!(bare(answer, status), json!({"detail": text}), "{answer:?}");
}

/// What is wrong, as place and type.
#[track_caller]
fn faults(answer: &Answer) -> Vec<(Value, String)> {
    let body = bare(answer, 422);
    assert_eq!(body.as_object().unwrap().len(), 1, "{answer:?}");
    let fault = |fault: &Value| {
        let keys: Vec<&str> = fault.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["loc", "msg", "type"], "{answer:?}");
        assert!(fault["msg"].as_str().is_some_and(|text| !text.is_empty()), "{answer:?}");
        (fault["loc"].clone(), fault["type"].as_str().unwrap().to_owned())
    };
    body["detail"].as_array().unwrap_or_else(|| panic!("{answer:?}")).iter().map(fault).collect()
}

/// The number of a row that was made.
#[track_caller]
fn no(answer: &Answer) -> i64 {
    bare(answer, 201)["id"].as_i64().unwrap_or_else(|| panic!("{answer:?}"))
}

async fn organization(caller: &Caller, name: &str) -> i64 {
    no(&caller.post("/organizations/", &json!({"name": name})).await)
}

async fn somebody(caller: &Caller, email: &str) -> i64 {
    no(&caller.post("/users/", &json!({"email": email, "full_name": "홍길동", "password": "secret123"})).await)
}

/// UTC in whole seconds, without a zone.
#[track_caller]
fn is_moment(value: &Value) {
    let text = value.as_str().unwrap_or_default();
    assert!(text.len() == 19 && kernel::Timestamp::parse(&format!("{text}Z")).is_ok(), "{value}");
}
