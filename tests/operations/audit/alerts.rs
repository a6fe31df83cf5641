//! Policies raise alerts.

use serde_json::{Value, json};
use testkit::{TestApp, both};

const POLICIES: &str = "/api/v1/manager/audt/policies";
const ALERTS: &str = "/api/v1/manager/audt/alerts";

async fn watch(app: &TestApp, event: &str, count: i64, companies: Option<Value>) -> String {
    let manager = app.manager().await;
    let mut policy = json!({"policy_name": format!("감시 {event}"), "policy_type": "AUTHENTICATION", "policy_category": "MONITORING",
        "rules": {"alerts": [{"event": event, "count": count, "within_minutes": 10}]}, "effective_date": "2026-01-01", "version": "1"});
    if let Some(companies) = companies {
        policy["tenant_ids"] = companies;
    }
    let id = manager.post(POLICIES, &policy).await.id();
    for verb in ["submit", "approve"] {
        let _ = manager.post(&format!("{POLICIES}/{id}/{verb}"), &json!({})).await.ok(200);
    }
    id
}

both! {
    async fn what_comes_too_often_raises_one_alert(app: TestApp) {
        let policy = watch(&app, "adm.organization.*", 3, None).await;
        let (manager, a) = (app.manager().await, app.admin_a().await);
        app.settle().await;
        for n in 0..2 {
            let _ = a.post("/api/v1/tenants/adm/organizations", &json!({"name": format!("조직 {n}")})).await.ok(201);
        }
        app.settle().await;
        assert_eq!(manager.get(ALERTS).await.ok(200)["total"], 0, "not often enough yet");
        for n in 2..6 {
            let _ = a.post("/api/v1/tenants/adm/organizations", &json!({"name": format!("조직 {n}")})).await.ok(201);
            app.settle().await;
        }
        let alerts = manager.get(ALERTS).await.ok(200);
        let alert = &alerts["items"][0];
        assert_eq!((&alerts["total"], &alert["policy_id"], &alert["tenant_id"], &alert["status"]), (&json!(1), &json!(policy), &json!(app.company_a().await.id), &json!("OPEN")));
        assert_eq!((&alert["kind"], &alert["count"]), (&json!("adm.organization.*"), &json!(3)));
        let logs = manager.get("/api/v1/manager/audt/audit-logs?risk_level=HIGH&event_category=SECURITY_VIOLATION").await.ok(200);
        assert_eq!(logs["items"][0]["target"], "audt.alerts");
        let path = format!("{ALERTS}/{}/acknowledge", alert["id"].as_str().unwrap());
        let seen = manager.post(&path, &json!({})).await.ok(200);
        assert_eq!((&seen["status"], manager.post(&path, &json!({})).await.ok(200)), (&json!("ACKNOWLEDGED"), seen.clone()));
        // once it is past, it is raised anew
        app.clock().advance(11 * 60);
        for n in 6..9 {
            let _ = a.post("/api/v1/tenants/adm/organizations", &json!({"name": format!("조직 {n}")})).await.ok(201);
        }
        app.settle().await;
        assert_eq!(manager.get(&format!("{ALERTS}?status=OPEN")).await.ok(200)["total"], 1);
    }

    async fn a_policy_for_some_companies_looks_at_those_only(app: TestApp) {
        let b = app.company_b().await.id;
        let _ = watch(&app, "adm.organization.created", 1, Some(json!([b]))).await;
        let _ = app.admin_a().await.post("/api/v1/tenants/adm/organizations", &json!({"name": "가"})).await.ok(201);
        app.settle().await;
        let manager = app.manager().await;
        assert_eq!(manager.get(ALERTS).await.ok(200)["total"], 0);
        let _ = app.admin_b().await.post("/api/v1/tenants/adm/organizations", &json!({"name": "나"})).await.ok(201);
        app.settle().await;
        let alerts = manager.get(&format!("{ALERTS}?tenant_id={b}")).await.ok(200);
        assert_eq!(alerts["total"], 1);
    }
}
