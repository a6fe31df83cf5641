//! Assessments are computed from the running platform.

use super::{business, seal};
use serde_json::{Value, json};
use store::Sql;
use testkit::{Caller, both};

const COMPLIANCES: &str = "/api/v1/manager/audt/compliances";

async fn assess(manager: &Caller, more: Value) -> Value {
    let mut body = json!({"report_type": "ISO27001", "report_name": "점검", "start_date": "2026-01-01", "close_date": "2026-12-31"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    manager.post(COMPLIANCES, &body).await.ok(201)
}

fn finding<'f>(assessment: &'f Value, check: &str) -> &'f Value {
    assessment["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["check"] == check)
        .unwrap_or_else(|| panic!("{check}: {assessment}"))
}

both! {
    async fn an_assessment_says_what_it_has_seen(app: TestApp) {
        business(&app, 5).await;
        seal(&app).await;
        let manager = app.manager().await;
        let assessment = assess(&manager, json!({})).await;
        for check in ["isolation.service_role", "isolation.row_level_security", "audit.chain_intact", "accounts.password_hashing", "audit.recorded", "audit.sealed", "events.dead_letters"] {
            assert_eq!(finding(&assessment, check)["passed"], true, "{check}: {assessment}");
        }
        // nobody has a second factor, and no policy says how long rows are kept
        assert_eq!((&finding(&assessment, "accounts.second_factor")["passed"], &finding(&assessment, "audit.retention_policy")["passed"]), (&json!(false), &json!(false)));
        assert_eq!((&assessment["compliance_status"], &assessment["findings_count"], &assessment["critical_count"]), (&json!("PARTIAL"), &json!(2), &json!(0)));
        assert!(finding(&assessment, "accounts.second_factor")["evidence"].as_str().unwrap().contains("admin"));
        // it changes with the facts
        let policy = json!({"policy_name": "보존", "policy_type": "DATA_RETENTION", "policy_category": "DATA_PROTECTION", "rules": {"keep_days": 365}, "effective_date": "2026-01-01", "version": "1.0"});
        let id = manager.post("/api/v1/manager/audt/policies", &policy).await.id();
        for verb in ["submit", "approve"] {
            let _ = manager.post(&format!("/api/v1/manager/audt/policies/{id}/{verb}"), &json!({})).await.ok(200);
        }
        let again = assess(&manager, json!({"report_name": "다시"})).await;
        assert_eq!((&finding(&again, "audit.retention_policy")["passed"], &again["findings_count"]), (&json!(true), &json!(1)));
    }

    async fn a_broken_chain_makes_it_non_compliant(app: TestApp) {
        business(&app, 5).await;
        seal(&app).await;
        let company = app.company_a().await.id;
        // the head of the chain is not under a lock of its own
        let database = app.database(kernel::Realm::Tenant);
        let cx = store::Context::system(kernel::Realm::Tenant, Some(company), "burglar");
        let mut sql = Sql::new("UPDATE stream_heads SET last_no = last_no + 1 WHERE stream = 'audit' AND tenant_id = ");
        sql.bind(company);
        database.write(&cx, async |tx| tx.raw_execute(sql.clone()).await).await.unwrap();
        let manager = app.manager().await;
        let assessment = assess(&manager, json!({})).await;
        assert_eq!((&assessment["compliance_status"], &assessment["critical_count"]), (&json!("NON_COMPLIANT"), &json!(1)), "{assessment}");
        assert!(finding(&assessment, "audit.chain_intact")["evidence"].as_str().unwrap().contains(&company.to_string()));
        // the other company alone is not touched by it
        let other = assess(&manager, json!({"scope": "SPECIFIC_TENANT", "tenant_ids": [app.company_b().await.id]})).await;
        assert_eq!(finding(&other, "audit.chain_intact")["passed"], true);
    }

    async fn an_assessment_goes_its_way_and_its_findings_are_nobodys_to_type(app: TestApp) {
        let manager = app.manager().await;
        let body = json!({"report_type": "CUSTOM", "report_name": "점검", "start_date": "2026-01-01", "close_date": "2026-12-31"});
        let typed = |more: Value| { let mut body = body.clone(); body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone()); body };
        for (more, field) in [
            (json!({"findings_count": 0}), "findings_count"),
            (json!({"compliance_status": "COMPLIANT"}), "compliance_status"),
            (json!({"close_date": "2025-12-31"}), "close_date"),
            (json!({"scope": "SPECIFIC_TENANT"}), "tenant_ids"),
            (json!({"tenant_ids": [app.company_a().await.id]}), "tenant_ids"),
        ] {
            assert_eq!(manager.post(COMPLIANCES, &typed(more)).await.wrong_fields(), [field]);
        }
        let id = manager.post(COMPLIANCES, &body).await.id();
        let path = |verb: &str| format!("{COMPLIANCES}/{id}/{verb}");
        assert_eq!(manager.post(&path("publish"), &json!({})).await.refused(409, "CONFLICT")["allowed"], json!(["PENDING_REVIEW"]));
        for (verb, status) in [("submit", "PENDING_REVIEW"), ("approve", "APPROVED"), ("publish", "PUBLISHED"), ("publish", "PUBLISHED")] {
            assert_eq!(manager.post(&path(verb), &json!({})).await.ok(200)["status"], status);
        }
        manager.patch(&format!("{COMPLIANCES}/{id}"), &json!({"report_name": "x"})).await.refused(409, "CONFLICT");
        manager.delete(&format!("{COMPLIANCES}/{id}")).await.refused(409, "CONFLICT");
    }
}
