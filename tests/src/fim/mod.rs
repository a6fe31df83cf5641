//! Entries, invoices, payments and clearings of a story.

pub mod clearings;
pub mod invoices;
pub mod payments;

use serde_json::{Value, json};
use testkit::{Answer, Backend, Caller, TestApp};
use uuid::Uuid;

/// The path of the chart of accounts.
pub const ACCOUNTS: &str = "/api/v1/tenants/fim/accounts";
/// The path of journal entries.
pub const ENTRIES: &str = "/api/v1/tenants/fim/transactions";
/// The path of the months of the books.
pub const PERIODS: &str = "/api/v1/tenants/fim/periods";

/// The id of an account of the chart.
pub async fn account(caller: &Caller, code: &str) -> String {
    let found = caller.get(&format!("{ACCOUNTS}?account_code={code}")).await.ok(200);
    found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("no account {code}")).to_owned()
}

/// `(account, debit, credit)` as lines of a body.
pub async fn lines(caller: &Caller, lines: &[(&str, i64, i64)]) -> Value {
    let mut all = Vec::new();
    for (code, debit, credit) in lines {
        let mut line = json!({"account_id": account(caller, code).await});
        if *debit != 0 {
            line["debit_amount"] = json!(debit.to_string());
        }
        if *credit != 0 {
            line["credit_amount"] = json!(credit.to_string());
        }
        all.push(line);
    }
    json!(all)
}

/// Drafts an entry on a day.
pub async fn draft(caller: &Caller, day: &str, wanted: &[(&str, i64, i64)]) -> Answer {
    let body = json!({"je_date": day, "description": "테스트 전표", "lines": lines(caller, wanted).await});
    caller.post(ENTRIES, &body).await
}

/// Drafts and posts one.
pub async fn posted(caller: &Caller, day: &str, wanted: &[(&str, i64, i64)]) -> Value {
    let id = draft(caller, day, wanted).await.id();
    caller.post(&format!("{ENTRIES}/{id}/post"), &json!({})).await.ok(200)
}

/// The month of this label, `2026-03`.
pub async fn period(caller: &Caller, label: &str) -> Value {
    caller.get(&format!("{PERIODS}?period={label}")).await.ok(200)["items"][0].clone()
}

/// A statement with the ids as the database keeps them.
pub fn in_words_of(app: &TestApp, sql: &str) -> String {
    if app.backend() == Backend::Postgres {
        return sql.to_owned();
    }
    let part = |part: &str| Uuid::try_parse(part).map_or_else(|_| format!("'{part}'"), |id| format!("X'{}'", id.simple()));
    let mut parts = sql.split('\'');
    let mut words = parts.next().unwrap_or_default().to_owned();
    while let (Some(quoted), Some(rest)) = (parts.next(), parts.next()) {
        words += &part(quoted);
        words += rest;
    }
    words
}

/// Whether the chain of postings holds.
pub async fn verdict(caller: &Caller) -> Value {
    caller.get(&format!("{ENTRIES}/verify")).await.ok(200)
}
