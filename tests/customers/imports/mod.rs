//! Importing files: whatever a Korean office saves them as, exact about what is wrong, and undone again.

mod files;
mod killed;
mod refusing;
mod rows;
mod undoing;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Caller, TestApp};

pub const CUSTOMERS: &str = "/api/v1/tenants/crm/customers";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Sends a file as it is.
pub async fn send(caller: &Caller, query: &str, kind: &str, file: impl Into<Vec<u8>>) -> Answer {
    caller.request(Method::POST, &format!("{CUSTOMERS}/import?{query}")).raw(kind, file).send().await
}

/// Sends a CSV file and lets the worker deal with it; answers the batch as it is then.
pub async fn import(app: &TestApp, caller: &Caller, query: &str, file: impl Into<Vec<u8>>) -> Value {
    let batch = send(caller, query, "text/csv", file).await.ok(202);
    assert_eq!(batch["state"], "PENDING");
    app.settle().await;
    look(caller, batch["id"].as_str().unwrap()).await
}

pub async fn look(caller: &Caller, id: &str) -> Value {
    caller.get(&format!("{CUSTOMERS}/import/{id}")).await.ok(200)
}

pub async fn undo(caller: &Caller, batch: &Value) -> Answer {
    caller.post(&format!("{CUSTOMERS}/import/{}/undo", batch["id"].as_str().unwrap()), &json!({})).await
}

/// What came of a batch: created, updated, skipped, failed.
pub fn counts(batch: &Value) -> [i64; 4] {
    ["created", "updated", "skipped", "failed"].map(|name| batch[name].as_i64().unwrap())
}

pub async fn total(caller: &Caller) -> i64 {
    caller.get(CUSTOMERS).await.ok(200)["total"].as_i64().unwrap()
}

/// The customer of a code.
pub async fn customer(caller: &Caller, code: &str) -> Value {
    let found = caller.get(&format!("{CUSTOMERS}?code={code}")).await.ok(200);
    found["items"][0].clone()
}

/// A file of good rows.
pub fn good(from: usize, count: usize) -> String {
    let row = |n: usize| format!("C-{n:06},주식회사 한빛 {n},02-1234-{:04},\"1,{:03}\"\n", n % 10_000, n % 1000);
    let rows = (from..from + count).map(row);
    format!("코드,이름,전화번호,여신한도\n{}", rows.collect::<String>())
}
