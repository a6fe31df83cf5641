//! Invoices of a story.

use super::{ACCOUNTS, ENTRIES};
use crate::crm::{biz_no, customer};
use serde_json::{Value, json};
use testkit::{Answer, Caller};

/// The path of invoices.
pub const INVOICES: &str = "/api/v1/tenants/fim/invoices";
const SETTINGS: &str = "/api/v1/tenants/adm/settings";
/// The day most invoices of these tests bear.
pub const DAY: &str = "2026-03-10";

/// A customer who is a supplier, too, of a company that has headquarters.
pub async fn partner(caller: &Caller) -> String {
    let hq = json!({"name": "주식회사 본사", "biz_no": "124-81-00998", "ceo_name": "박대표", "is_headquarters": true, "email": "tax@us.example"});
    let made = caller.post("/api/v1/tenants/adm/organizations", &hq).await;
    assert!(matches!(made.status, 201 | 409), "{made:?}");
    another(caller, 1, json!({})).await
}

/// One more of them.
pub async fn another(caller: &Caller, n: u64, more: Value) -> String {
    let mut fields =
        json!({"type": "BOTH", "biz_no": biz_no(n), "ceo_name": "김한빛", "payment_terms": "NET30", "email": "buyer@hanbit.example"});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    customer(caller, &format!("한빛전자 {n}"), fields).await.id()
}

/// Quantity, price and what else of a line.
pub fn line(quantity: &str, price: &str, more: Value) -> Value {
    let mut line = json!({"product_name": "무선 키보드", "quantity": quantity, "unit_price": price});
    line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    line
}

/// A body that drafts one.
pub fn body(partner: &str, lines: &[Value], more: Value) -> Value {
    let mut body = json!({"partner_id": partner, "invoice_date": DAY, "lines": lines});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// A draft.
pub async fn drafted(caller: &Caller, partner: &str, lines: &[Value], more: Value) -> Value {
    caller.post(INVOICES, &body(partner, lines, more)).await.ok(201)
}

/// The id of a row.
pub fn id(row: &Value) -> &str {
    row["id"].as_str().unwrap()
}

/// An action of an invoice.
pub async fn act(caller: &Caller, row: &Value, verb: &str, body: Value) -> Answer {
    caller.post(&format!("{INVOICES}/{}/{verb}", id(row)), &body).await
}

/// Drafts and issues one.
pub async fn issued(caller: &Caller, partner: &str, lines: &[Value], more: Value) -> Value {
    let draft = drafted(caller, partner, lines, more).await;
    act(caller, &draft, "issue", json!({})).await.ok(200)
}

/// The invoice as it is now.
pub async fn again(caller: &Caller, row: &Value) -> Value {
    caller.get(&format!("{INVOICES}/{}", id(row))).await.ok(200)
}

/// `(account, debit, credit)` of an entry's lines, in won.
pub async fn entry(caller: &Caller, je: &Value) -> Vec<(String, String, String)> {
    let entry = caller.get(&format!("{ENTRIES}/{}", je.as_str().unwrap())).await.ok(200);
    let mut all = Vec::new();
    for line in entry["lines"].as_array().unwrap() {
        let account = caller.get(&format!("{ACCOUNTS}/{}", line["account_id"].as_str().unwrap())).await.ok(200);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        all.push((text(&account["account_code"]), text(&line["base_debit"]), text(&line["base_credit"])));
    }
    all.sort();
    all
}

/// What [`entry`] should answer.
pub fn sides(wanted: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    wanted.iter().map(|(account, debit, credit)| ((*account).to_owned(), (*debit).to_owned(), (*credit).to_owned())).collect()
}

/// Sets a setting of the company.
pub async fn set(caller: &Caller, key: &str, value: &str) {
    let _ = caller.patch(&format!("{SETTINGS}/{key}"), &json!({"value": value})).await.ok(200);
}

/// The balance of an account in the trial balance of the year.
pub async fn balance(caller: &Caller, code: &str) -> String {
    let report = caller.get("/api/v1/tenants/fim/reports/trial-balance?as_of=2026-12-31").await.ok(200);
    let row = report["rows"].as_array().unwrap().iter().find(|row| row["account_code"] == code).cloned();
    row.map_or("0".to_owned(), |row| row["closing"].as_str().unwrap().to_owned())
}
