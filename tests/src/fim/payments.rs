//! Payments of a story, and what they settle.

use super::{ENTRIES, account};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::{Answer, Caller};

/// The path of payments.
pub const PAYMENTS: &str = "/api/v1/tenants/fim/payments";
/// The path of open items: what is owed to the company and by it.
pub const ITEMS: &str = "/api/v1/tenants/fim/open-items";

/// A customer of their own.
pub async fn partner(caller: &Caller) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let name = format!("한빛전자 {}", NEXT.fetch_add(1, Ordering::Relaxed));
    caller.post("/api/v1/tenants/crm/customers", &json!({"name": name})).await.id()
}

/// What a partner owed when the company began.
pub async fn opened(caller: &Caller, partner: &str, kind: &str, amount: &str, due: &str) -> String {
    let body = json!({"kind": kind, "partner_id": partner, "doc_date": "2026-03-02", "due_date": due, "amount": amount});
    caller.post(ITEMS, &body).await.id()
}

/// A payment that waits.
pub async fn noted(caller: &Caller, kind: &str, partner: &str, amount: &str) -> Answer {
    let body = json!({"transaction_date": "2026-03-10", "transaction_type": kind, "payment_method": "BANK_TRANSFER",
        "partner_id": partner, "account_id": account(caller, "103").await, "amount": amount});
    caller.post(PAYMENTS, &body).await
}

/// A payment that is completed.
pub async fn paid(caller: &Caller, kind: &str, partner: &str, amount: &str, how: &Value) -> Value {
    let id = noted(caller, kind, partner, amount).await.id();
    caller.post(&format!("{PAYMENTS}/{id}/complete"), how).await.ok(200)
}

/// Debit less credit of an account in all that is posted.
pub async fn balance(caller: &Caller, code: &str) -> String {
    let report = caller.get("/api/v1/tenants/fim/reports/trial-balance?from=2026-01-01&as_of=2026-12-31").await.ok(200);
    let row = report["rows"].as_array().unwrap().iter().find(|row| row["account_code"] == code).cloned();
    row.map_or("0".to_owned(), |row| row["closing"].as_str().unwrap().to_owned())
}

/// Account, debit and credit in the books, of the lines of an entry.
pub async fn lines_of(caller: &Caller, entry: &Value) -> Vec<(String, String, String)> {
    let entry = caller.get(&format!("{ENTRIES}/{}", entry.as_str().unwrap())).await.ok(200);
    let chart = caller.get("/api/v1/tenants/fim/accounts?page_size=100").await.ok(200);
    let code = |id: &Value| {
        chart["items"].as_array().unwrap().iter().find(|row| row["id"] == *id).unwrap()["account_code"].as_str().unwrap().to_owned()
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    entry["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (code(&line["account_id"]), text(&line["base_debit"]), text(&line["base_credit"])))
        .collect()
}
