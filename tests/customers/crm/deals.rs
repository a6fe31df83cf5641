//! Customers, contacts and deals made for a story.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::{Answer, Caller, PASSWORD, TestApp};

pub const CUSTOMERS: &str = "/api/v1/tenants/crm/customers";
pub const CONTACTS: &str = "/api/v1/tenants/crm/contacts";
pub const OPPORTUNITIES: &str = "/api/v1/tenants/crm/opportunities";
pub const ACTIVITIES: &str = "/api/v1/tenants/crm/activities";

static NEXT: AtomicU64 = AtomicU64::new(1);

pub async fn customer(by: &Caller) -> String {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    by.post(CUSTOMERS, &json!({"code": format!("STORY_{n}"), "name": format!("이야기상사 {n}")})).await.id()
}

pub async fn contact(by: &Caller, customer: &str) -> String {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let body = json!({"partner_id": customer, "contact_name": format!("이담당 {n}"), "email": format!("contact{n}@story.example")});
    by.post(CONTACTS, &body).await.id()
}

/// A deal of ten million won, unless `more` says otherwise.
pub async fn deal(by: &Caller, more: Value) -> String {
    let mut body = json!({"name": "사무용 가구 납품", "amount": "10000000"});
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    by.post(OPPORTUNITIES, &body).await.id()
}

/// An action on a row: `/{id}/{verb}`.
pub async fn act(by: &Caller, path: &str, id: &str, verb: &str, body: Value) -> Answer {
    by.post(&format!("{path}/{id}/{verb}"), &body).await
}

pub async fn read(by: &Caller, path: &str, id: &str) -> Value {
    by.get(&format!("{path}/{id}")).await.ok(200)
}

/// Time goes by; sessions do not last that long, so the administrator signs in again.
pub async fn later(app: &TestApp, seconds: i64) -> Caller {
    app.clock().advance(seconds);
    app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await
}
