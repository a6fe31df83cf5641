//! Two customers that are one: what was posted for both reads as one, from when that was known.

use serde_json::{Value, json};
use testkit::{Caller, both};
use tests::fim::{
    invoices::{self, act, drafted, line},
    payments::{ITEMS, PAYMENTS, opened, paid, partner},
};

const CUSTOMERS: &str = "/api/v1/tenants/crm/customers";
const REPORTS: &str = "/api/v1/tenants/fim/reports";

async fn merge(caller: &Caller, into: &str, from: &str) -> testkit::Answer {
    caller.post(&format!("{CUSTOMERS}/{into}/merge"), &json!({"from_id": from})).await
}

async fn unmerge(caller: &Caller, into: &str) -> testkit::Answer {
    caller.post(&format!("{CUSTOMERS}/{into}/unmerge"), &json!({})).await
}

async fn aging(caller: &Caller, known_at: Option<&Value>) -> Value {
    let known = known_at.map(|at| format!("&known_at={}", at.as_str().unwrap())).unwrap_or_default();
    caller.get(&format!("{REPORTS}/aging?kind=RECEIVABLE&as_of=2026-12-31{known}")).await.ok(200)
}

async fn statement(caller: &Caller, partner: &str, known_at: Option<&Value>) -> Value {
    let known = known_at.map(|at| format!("&known_at={}", at.as_str().unwrap())).unwrap_or_default();
    caller.get(&format!("{REPORTS}/partner-statement?partner_id={partner}&from=2026-01-01&to=2026-12-31{known}")).await.ok(200)
}

/// What aging says of a partner.
fn open(aging: &Value, partner: &str) -> String {
    let row = aging["rows"].as_array().unwrap().iter().find(|row| row["partner_id"] == partner);
    row.map_or("0".to_owned(), |row| row["total"].as_str().unwrap().to_owned())
}

/// A moment later, so that a report asked with the moment of one before it is one of the past.
async fn later(app: &testkit::TestApp) {
    app.clock().advance(1);
}

both! {
    /// Fault F13: a merge moved items but not lines, so that statement and aging differed and reports of the past changed.
    async fn statements_read_through_a_merge_from_when_it_was_known(app: TestApp) {
        let admin = app.admin_a().await;
        let (into, from) = (partner(&admin).await, partner(&admin).await);
        let _ = opened(&admin, &into, "RECEIVABLE", "1000", "2026-03-31").await;
        let item = opened(&admin, &from, "RECEIVABLE", "300", "2026-04-30").await;
        let _ = paid(&admin, "RECEIPT", &from, "100", &json!({"allocations": [{"item_id": item, "amount": "100"}]})).await;
        let before = (aging(&admin, None).await, statement(&admin, &into, None).await, statement(&admin, &from, None).await);
        assert_eq!((open(&before.0, &into), open(&before.0, &from)), ("1000".into(), "200".into()));
        let known = before.0["known_at"].clone();
        let same_as_before = async || {
            assert_eq!(aging(&admin, Some(&known)).await, before.0);
            assert_eq!(statement(&admin, &into, Some(&known)).await, before.1);
            assert_eq!(statement(&admin, &from, Some(&known)).await, before.2);
        };
        same_as_before().await;
        let _ = merge(&admin, &into, &from).await.ok(200);
        same_as_before().await;
        let merged = (aging(&admin, None).await, statement(&admin, &into, None).await, statement(&admin, &from, None).await);
        assert_eq!((open(&merged.0, &into), open(&merged.0, &from), &merged.0["difference"]), ("1200".into(), "0".into(), &json!("0")));
        assert_eq!((&merged.1["closing"], merged.1["rows"].as_array().unwrap().len(), &merged.2["closing"]), (&json!("1200"), 3, &json!("0")));
        let (known_merged, of) = (merged.0["known_at"].clone(), merged.0["totals"].clone());
        assert_ne!(known_merged, known, "what is known has changed");
        assert_eq!(of, before.0["totals"]);
        later(&app).await;
        let _ = unmerge(&admin, &into).await.ok(200);
        same_as_before().await;
        assert_eq!(aging(&admin, Some(&known_merged)).await, merged.0, "as it was known while they were one");
        assert_eq!(statement(&admin, &into, Some(&known_merged)).await, merged.1);
        let after = aging(&admin, None).await;
        assert_eq!((open(&after, &into), open(&after, &from)), ("1000".into(), "200".into()));
        assert_eq!((&statement(&admin, &into, None).await["closing"], &statement(&admin, &from, None).await["closing"]), (&json!("1000"), &json!("200")));
        // a chain of them comes to the last
        let third = partner(&admin).await;
        let _ = merge(&admin, &into, &from).await.ok(200);
        let _ = merge(&admin, &third, &into).await.ok(200);
        let chained = aging(&admin, None).await;
        assert_eq!((open(&chained, &third), &statement(&admin, &third, None).await["closing"]), ("1200".into(), &json!("1200")));
        assert_eq!(aging(&admin, Some(&known)).await, before.0);
        // another company's merges are no business of this one
        let b = app.admin_b().await;
        let (one, other) = (partner(&b).await, partner(&b).await);
        let _ = opened(&b, &other, "RECEIVABLE", "7", "2026-03-31").await;
        let _ = merge(&b, &one, &other).await.ok(200);
        assert_eq!(open(&aging(&b, None).await, &one), "7");
        assert_eq!(aging(&admin, None).await, chained);
    }

    /// Fault F13: a merge was undone although a payment had been allocated to items of both.
    async fn what_a_merge_joined_is_not_torn_apart(app: TestApp) {
        let admin = app.admin_a().await;
        let (into, from) = (partner(&admin).await, invoices::partner(&admin).await);
        let mine = opened(&admin, &into, "RECEIVABLE", "1000", "2026-03-31").await;
        let theirs = opened(&admin, &from, "RECEIVABLE", "300", "2026-04-30").await;
        let _ = merge(&admin, &into, &from).await.ok(200);
        let shares = json!({"allocations": [{"item_id": mine, "amount": "1000"}, {"item_id": theirs, "amount": "300"}]});
        let both = paid(&admin, "RECEIPT", &into, "1300", &shares).await;
        let refused = unmerge(&admin, &into).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["documents"]), (&json!("merge.joined"), &json!([{"type": "PAYMENT", "id": both["id"]}])), "{refused}");
        assert_eq!(admin.get(&format!("{ITEMS}/{theirs}")).await.ok(200)["partner_id"], json!(into), "nothing of it happened");
        let _ = admin.post(&format!("{PAYMENTS}/{}/cancel", both["id"].as_str().unwrap()), &json!({"reason": "병합 취소", "date": "2026-03-20"})).await.ok(200);
        let _ = unmerge(&admin, &into).await.ok(200);
        assert_eq!(admin.get(&format!("{ITEMS}/{theirs}")).await.ok(200)["partner_id"], json!(from));
        let report = aging(&admin, None).await;
        assert_eq!((open(&report, &into), open(&report, &from), &report["difference"]), ("1000".into(), "300".into(), &json!("0")));
        // an invoice of the one that was issued for the other
        let sale = drafted(&admin, &from, &[line("1", "1000", json!({}))], json!({})).await;
        let _ = merge(&admin, &into, &from).await.ok(200);
        // what belongs to one of them alone does not join them
        let alone = opened(&admin, &into, "RECEIVABLE", "50", "2026-03-31").await;
        let _ = paid(&admin, "RECEIPT", &into, "50", &json!({"allocations": [{"item_id": alone, "amount": "50"}]})).await;
        let _ = unmerge(&admin, &into).await.ok(200);
        let _ = merge(&admin, &into, &from).await.ok(200);
        let _ = act(&admin, &sale, "issue", json!({})).await.ok(200);
        let refused = unmerge(&admin, &into).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["documents"][0]["id"]), (&json!("merge.joined"), &sale["id"]), "{refused}");
    }
}
