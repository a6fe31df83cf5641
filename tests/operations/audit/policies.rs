//! What is kept how long.

use super::{LOGS, ORGANIZATIONS, business, seal, verdict};
use serde_json::{Value, json};
use testkit::{PASSWORD, TestApp, both};

const POLICIES: &str = "/api/v1/manager/audt/policies";
const DAY: i64 = 24 * 60 * 60;

fn retention(name: &str, days: i64) -> Value {
    json!({"policy_name": name, "policy_type": "DATA_RETENTION", "policy_category": "DATA_PROTECTION", "rules": {"keep_days": days}, "effective_date": "2026-01-01", "version": "1.0"})
}

async fn in_force(app: &TestApp, policy: &Value) -> String {
    let manager = app.manager().await;
    let id = manager.post(POLICIES, policy).await.id();
    let _ = manager.post(&format!("{POLICIES}/{id}/submit"), &json!({})).await.ok(200);
    assert_eq!(manager.post(&format!("{POLICIES}/{id}/approve"), &json!({})).await.ok(200)["status"], "ACTIVE");
    id
}

both! {
    async fn a_policy_goes_its_way_and_an_approved_one_never_changes(app: TestApp) {
        let manager = app.manager().await;
        let id = manager.post(POLICIES, &retention("보존", 365)).await.id();
        let path = |verb: &str| format!("{POLICIES}/{id}/{verb}");
        assert_eq!(manager.post(&path("approve"), &json!({})).await.refused(409, "CONFLICT")["allowed"], json!(["PENDING_APPROVAL", "ARCHIVED"]));
        assert_eq!(manager.post(&path("submit"), &json!({})).await.ok(200)["status"], "PENDING_APPROVAL");
        assert_eq!(manager.post(&path("submit"), &json!({})).await.ok(200)["status"], "PENDING_APPROVAL", "again is harmless");
        let approved = manager.post(&path("approve"), &json!({})).await.ok(200);
        assert_eq!((&approved["status"], &approved["approved_by"]), (&json!("ACTIVE"), &json!("admin")));
        assert_eq!(manager.patch(&format!("{POLICIES}/{id}"), &json!({"description": "x"})).await.refused(409, "CONFLICT")["rule"], "audt.policy_fixed");
        assert_eq!(manager.delete(&format!("{POLICIES}/{id}")).await.refused(409, "CONFLICT")["rule"], "audt.policy_fixed");
        // a new version takes its place
        let mut next = retention("보존", 400);
        next["version"] = json!("2.0");
        next["previous_version_id"] = json!(id);
        let _ = in_force(&app, &next).await;
        assert_eq!(manager.get(&format!("{POLICIES}/{id}")).await.ok(200)["status"], "ARCHIVED");
        assert_eq!(manager.post(&path("submit"), &json!({})).await.refused(409, "CONFLICT")["allowed"], json!([]));
    }

    async fn a_policy_that_does_not_hold_together_is_refused(app: TestApp) {
        let manager = app.manager().await;
        for (change, field) in [
            (json!({"rules": {}}), "rules.keep_days"),
            (json!({"rules": {"keep_days": 89}}), "rules.keep_days"),
            (json!({"rules": {"keep_days": "x"}}), "rules.keep_days"),
            (json!({"rules": {"keep_days": 90, "alerts": [{"event": "x", "count": 0, "within_minutes": 1}]}}), "rules.alerts.0.count"),
            (json!({"expiry_date": "2025-12-31"}), "expiry_date"),
            (json!({"tenant_ids": []}), "tenant_ids"),
        ] {
            let mut policy = retention("보존", 365);
            policy.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let answer = manager.post(POLICIES, &policy).await;
            assert!(answer.wrong_fields()[0].starts_with(field.split('.').next().unwrap()), "{field}: {answer:?}");
        }
    }

    async fn old_rows_go_and_what_is_left_can_be_verified_and_tampering_still_found(app: TestApp) {
        let company = app.company_a().await.id;
        business(&app, 12).await;
        seal(&app).await;
        let _ = in_force(&app, &retention("90일 보존", 90)).await;
        app.clock().advance(40 * DAY);
        let old_rows = {
            let manager = app.stranger().sign_in(None, "admin", PASSWORD).await;
            manager.get(&format!("{LOGS}?tenant_id={company}")).await.ok(200)["total"].as_i64().unwrap()
        };
        assert!(old_rows >= 12);
        let admin = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        let _ = admin.post(ORGANIZATIONS, &json!({"name": "40일 뒤"})).await.ok(201);
        seal(&app).await;
        // a day later nothing is old enough yet
        app.clock().advance(DAY);
        app.settle().await;
        let manager = app.stranger().sign_in(None, "admin", PASSWORD).await;
        assert!(manager.get(&format!("{LOGS}?tenant_id={company}")).await.ok(200)["total"].as_i64().unwrap() > old_rows);
        // the first block is now older than ninety days, the second is not
        app.clock().advance(50 * DAY);
        app.settle().await;
        let manager = app.stranger().sign_in(None, "admin", PASSWORD).await;
        let left = manager.get(&format!("{LOGS}?tenant_id={company}&page_size=100")).await.ok(200);
        let numbers: Vec<i64> = left["items"].as_array().unwrap().iter().filter_map(|row| row["chain_no"].as_i64()).collect();
        assert!(!numbers.is_empty() && numbers.iter().all(|no| *no > old_rows), "the old ones are gone, also with the provider: {numbers:?}");
        assert!(left["items"].to_string().contains("40일 뒤"));
        seal(&app).await;
        let told = verdict(&manager, "").await;
        assert_eq!((&told["valid"], &told["first_bad"]), (&json!(true), &Value::Null), "{told}");
        let purge = manager.get(&format!("{LOGS}?action_performed=DELETE&target=audt.audit-logs")).await.ok(200);
        assert!(purge["items"].to_string().contains("90일 보존"), "that it was done is on record: {purge}");
    }
}
