//! Budgets: put in force, drawn on, exceeded.

use super::{ENTRIES, account, draft, posted};
use kernel::Realm;
use serde_json::{Value, json};
use testkit::{Caller, both};

const BUDGETS: &str = "/api/v1/tenants/fim/budgets";

async fn budget(caller: &Caller, code: &str, amount: &str) -> Value {
    let body = json!({"account_id": account(caller, code).await, "period": "2026-03", "amount": amount});
    caller.post(BUDGETS, &body).await.ok(201)
}

async fn control(caller: &Caller, how: &str) {
    let _ = caller.patch("/api/v1/tenants/adm/settings/accounting.budget_control", &json!({"value": how})).await.ok(200);
}

both! {
    async fn a_budget_in_force_is_compared_with_what_was_posted(app: TestApp) {
        let admin = app.admin_a().await;
        let made = budget(&admin, "833", "1000000").await;
        assert_eq!((&made["status"], &made["fiscal_year"], &made["currency"]), (&json!("DRAFT"), &json!("2026"), &json!("KRW")));
        let row = format!("{BUDGETS}/{}", made["id"].as_str().unwrap());
        let _ = posted(&admin, "2026-03-10", &[("833", 300_000, 0), ("103", 0, 300_000)]).await;
        let _ = posted(&admin, "2026-04-10", &[("833", 50_000, 0), ("103", 0, 50_000)]).await;
        let report = "/api/v1/tenants/fim/reports/budget-vs-actual?from=2026-03-01&to=2026-03-31";
        assert_eq!(admin.get(report).await.ok(200)["rows"], json!([]), "a draft is no budget yet");
        for _ in 0..2 {
            assert_eq!(admin.post(&format!("{row}/approve"), &json!({})).await.ok(200)["status"], "APPROVED");
        }
        let told = admin.get(report).await.ok(200)["rows"][0].clone();
        assert_eq!((&told["budget"], &told["actual"], &told["available"]), (&json!("1000000"), &json!("300000"), &json!("700000")));
        assert_eq!(admin.patch(&row, &json!({"amount": "1"})).await.refused(409, "CONFLICT")["rule"], "fim.budget_approved");
        assert_eq!(admin.post(&format!("{row}/close"), &json!({})).await.ok(200)["status"], "CLOSED");
        let _ = admin.post(&format!("{row}/approve"), &json!({})).await.refused(409, "CONFLICT");
    }

    async fn what_passes_a_budget_is_told_or_refused_as_the_company_wants(app: TestApp) {
        let admin = app.admin_a().await;
        let made = budget(&admin, "833", "100000").await;
        let _ = admin.post(&format!("{BUDGETS}/{}/approve", made["id"].as_str().unwrap()), &json!({})).await.ok(200);
        control(&admin, "BLOCK").await;
        let _ = posted(&admin, "2026-03-10", &[("833", 60_000, 0), ("103", 0, 60_000)]).await;
        let id = draft(&admin, "2026-03-11", &[("833", 60_000, 0), ("103", 0, 60_000)]).await.id();
        let post = format!("{ENTRIES}/{id}/post");
        let refused = admin.post(&post, &json!({})).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["available"]), (&json!("fim.budget_exceeded"), &json!("40000")));
        assert_eq!(admin.get(&format!("{ENTRIES}/{id}")).await.ok(200)["status"], "DRAFT");
        control(&admin, "WARN").await;
        let request = uuid::Uuid::now_v7();
        let send = admin.request(reqwest::Method::POST, &post).header("x-request-id", request.to_string());
        let _ = send.json(&json!({})).send().await.ok(200);
        let events = app.published(Realm::Tenant, Some(app.company_a().await.id), request).await;
        let told = events.iter().find(|event| event.kind == "fim.budget.exceeded").expect("somebody is told");
        assert_eq!(told.payload["available"], "40000");
        // what takes an expense back draws on nothing
        control(&admin, "BLOCK").await;
        let _ = posted(&admin, "2026-03-12", &[("103", 20_000, 0), ("833", 0, 20_000)]).await;
    }

    async fn a_budget_is_of_a_month_and_there_once(app: TestApp) {
        let admin = app.admin_a().await;
        let account = account(&admin, "833").await;
        let _ = budget(&admin, "833", "1").await;
        let again = json!({"account_id": account, "period": "2026-03", "amount": "2"});
        assert_eq!(admin.post(BUDGETS, &again).await.refused(409, "CONFLICT")["rule"], "unique");
        for period in ["2026-13", "2026-3", "202603", "", "2026-03-01"] {
            let body = json!({"account_id": account, "period": period, "amount": "1"});
            assert_eq!(admin.post(BUDGETS, &body).await.wrong_fields(), ["period"], "{period}");
        }
        let other = crate::fim::account(&app.admin_b().await, "833").await;
        let body = json!({"account_id": other, "period": "2026-05", "amount": "1"});
        assert_eq!(admin.post(BUDGETS, &body).await.wrong_fields(), ["account_id"]);
        let body = json!({"account_id": account, "period": "2026-05", "amount": "-1"});
        assert_eq!(admin.post(BUDGETS, &body).await.status, 422);
    }
}
