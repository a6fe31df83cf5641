//! Clearings of a story.

use super::{invoices::id, verdict};
use serde_json::{Value, json};
use testkit::{Answer, Caller};

/// The path of clearings.
pub const CLEARINGS: &str = "/api/v1/tenants/fim/clearings";
const AGING: &str = "/api/v1/tenants/fim/reports/aging";

/// Settles items without money.
pub async fn clear(caller: &Caller, kind: &str, items: &[(&str, &str)], more: Value) -> Answer {
    let items: Vec<Value> = items.iter().map(|(item, amount)| json!({"item_id": item, "amount": amount})).collect();
    let mut body = json!({"kind": kind, "date": "2026-03-31", "items": items, "reason": "거래처 폐업"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    caller.post(CLEARINGS, &body).await
}

/// Reverses one.
pub async fn taken_back(caller: &Caller, row: &Value) -> Answer {
    caller.post(&format!("{CLEARINGS}/{}/reverse", id(row)), &json!({"date": "2026-03-31", "reason": "착오"})).await
}

/// What is owed agrees with the ledger.
pub async fn ties(caller: &Caller) {
    for kind in ["RECEIVABLE", "PAYABLE"] {
        let aging = caller.get(&format!("{AGING}?kind={kind}&as_of=2026-12-31")).await.ok(200);
        assert_eq!(aging["difference"], "0", "{aging}");
    }
    assert_eq!(verdict(caller).await["valid"], true);
}
