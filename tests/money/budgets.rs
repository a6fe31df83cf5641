//! Budgets: put in force, drawn on, exceeded.

use super::books::as_burglar;
use kernel::Realm;
use serde_json::{Value, json};
use testkit::{Caller, both};
use tests::fim::{ENTRIES, account, draft, lines, posted};

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

    /// Fault F14: a blocking budget was passed by an entry of the type CLOSING, and by crediting, spending, and reversing the credit.
    async fn a_budget_that_blocks_is_not_passed_by_the_side(app: TestApp) {
        let admin = app.admin_a().await;
        let made = budget(&admin, "833", "100000").await;
        let _ = admin.post(&format!("{BUDGETS}/{}/approve", made["id"].as_str().unwrap()), &json!({})).await.ok(200);
        control(&admin, "BLOCK").await;
        let over = lines(&admin, &[("833", 500_000, 0), ("103", 0, 500_000)]).await;
        let closing = json!({"je_date": "2026-03-10", "je_type": "CLOSING", "lines": over});
        assert_eq!(admin.post(ENTRIES, &closing).await.wrong_fields(), ["je_type"]);
        let id = draft(&admin, "2026-03-10", &[("833", 500_000, 0), ("103", 0, 500_000)]).await.id();
        assert_eq!(admin.patch(&format!("{ENTRIES}/{id}"), &json!({"je_type": "CLOSING"})).await.wrong_fields(), ["je_type"]);
        // one that was typed so before nobody could
        as_burglar(&app, &format!("UPDATE fim_journal_entries SET je_type = 'CLOSING' WHERE id = '{id}'")).await;
        assert_eq!(admin.post(&format!("{ENTRIES}/{id}/post"), &json!({})).await.wrong_fields(), ["je_type"]);
        // credited, spent, and the credit taken back
        let credit = posted(&admin, "2026-03-11", &[("103", 400_000, 0), ("833", 0, 400_000)]).await;
        let _ = posted(&admin, "2026-03-12", &[("833", 500_000, 0), ("103", 0, 500_000)]).await;
        let back = format!("{ENTRIES}/{}/reverse", credit["id"].as_str().unwrap());
        let refused = admin.post(&back, &json!({"date": "2026-03-13"})).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["available"], &refused["drawn"]), (&json!("fim.budget_exceeded"), &json!("0"), &json!("400000")));
        assert_eq!(admin.get(&format!("{ENTRIES}/{}", credit["id"].as_str().unwrap())).await.ok(200)["status"], "POSTED");
        // in a month without a budget it may go, and what takes a spending back always may
        let _ = admin.post(&back, &json!({"date": "2026-04-01"})).await.ok(200);
        let spent = posted(&admin, "2026-04-02", &[("833", 70_000, 0), ("103", 0, 70_000)]).await;
        let _ = admin.post(&format!("{ENTRIES}/{}/reverse", spent["id"].as_str().unwrap()), &json!({"date": "2026-04-03"})).await.ok(200);
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
        let other = tests::fim::account(&app.admin_b().await, "833").await;
        let body = json!({"account_id": other, "period": "2026-05", "amount": "1"});
        assert_eq!(admin.post(BUDGETS, &body).await.wrong_fields(), ["account_id"]);
        let body = json!({"account_id": account, "period": "2026-05", "amount": "-1"});
        assert_eq!(admin.post(BUDGETS, &body).await.status, 422);
    }
}
