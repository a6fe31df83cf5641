//! A company that is suspended, comes back, or ends.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::{Answer, Caller, PASSWORD, TestApp, both};

const ME: &str = "/api/v1/tenants/auth/me";

async fn act(app: &TestApp, company: &str, verb: &str, body: Value) -> Answer {
    let manager = app.manager().await;
    let found = manager.get(&format!("/api/v1/manager/tenants?code={company}")).await.ok(200);
    manager.post(&format!("/api/v1/manager/tenants/{}/{verb}", found["items"][0]["id"].as_str().unwrap()), &body).await
}

/// Asks until the answer has this status, for at most the second the contract gives.
async fn within_a_second(caller: &Caller, path: &str, status: u16) -> Answer {
    let since = Instant::now();
    loop {
        let answer = caller.get(path).await;
        if answer.status == status {
            return answer;
        }
        assert!(since.elapsed() < Duration::from_secs(1), "{answer:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

both! {
    async fn a_suspended_company_is_refused_with_the_reason(app: TestApp) {
        let (caller, others) = (app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await, app.admin_b().await);
        let _ = caller.get(ME).await.ok(200);
        let row = act(&app, "alpha", "suspend", json!({"reason": "요금 미납"})).await.ok(200);
        assert_eq!((&row["status"], &row["is_suspended"], &row["suspended_reason"]), (&json!("SUSPENDED"), &json!(true), &json!("요금 미납")));
        assert!(row["suspended_date"].is_string(), "{row}");

        let refused = within_a_second(&caller, ME, 403).await;
        let login = caller.try_sign_in(Some("alpha"), "boss", PASSWORD).await;
        let refresh = caller.with_token(None).post("/api/v1/tenants/auth/refresh", &json!({"refresh_token": caller.refresh_token})).await;
        let write = caller.post("/api/v1/tenants/adm/organizations", &json!({"name": "x"})).await;
        for answer in [refused, login, refresh, write] {
            let detail = answer.refused(403, "FORBIDDEN");
            assert_eq!(detail, json!({"reason": "tenant_suspended", "suspended_reason": "요금 미납"}), "{answer:?}");
            assert!(answer.json["message"].as_str().unwrap().contains("요금 미납"), "{answer:?}");
        }
        let _ = others.get(ME).await.ok(200);

        // once more is harmless, and changes nothing
        let again = act(&app, "alpha", "suspend", json!({"reason": "다른 이유"})).await.ok(200);
        assert_eq!(again, row);
        // activating brings everything back, sessions too
        let row = act(&app, "alpha", "activate", json!({})).await.ok(200);
        assert_eq!((&row["status"], &row["is_suspended"], &row["suspended_reason"], &row["suspended_date"]), (&json!("ACTIVE"), &json!(false), &Value::Null, &Value::Null));
        within_a_second(&caller, ME, 200).await;
        let _ = caller.sign_in(Some("alpha"), "boss", PASSWORD).await;
        let _ = caller.with_token(None).post("/api/v1/tenants/auth/refresh", &json!({"refresh_token": caller.refresh_token})).await.ok(200);
    }

    async fn a_terminated_company_stays_so(app: TestApp) {
        let caller = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        assert_eq!(act(&app, "alpha", "terminate", json!({})).await.ok(200)["status"], "TERMINATED");
        assert_eq!(within_a_second(&caller, ME, 403).await.json["detail"]["reason"], "tenant_terminated");
        let login = caller.try_sign_in(Some("alpha"), "boss", PASSWORD).await;
        assert_eq!(login.refused(403, "FORBIDDEN")["reason"], "tenant_terminated");
        for verb in ["activate", "suspend"] {
            let detail = act(&app, "alpha", verb, json!({})).await.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["status"], &detail["allowed"]), (&json!("transition"), &json!("TERMINATED"), &json!([])));
        }
        assert_eq!(act(&app, "alpha", "terminate", json!({})).await.ok(200)["status"], "TERMINATED", "the same twice is harmless");
    }

    async fn what_a_company_cannot_become_is_told(app: TestApp) {
        let _ = act(&app, "alpha", "suspend", json!({})).await.ok(200);
        let manager = app.manager().await;
        let trial = json!({"code": "trial-one", "name": "시험", "type": "TRIAL", "start_date": "2026-01-01"});
        let trial = manager.post("/api/v1/manager/tenants", &trial).await;
        assert_eq!(trial.ok(201)["status"], "TRIAL");
        let path = format!("/api/v1/manager/tenants/{}", trial.id());
        assert_eq!(manager.post(&format!("{path}/activate"), &json!({})).await.ok(200)["status"], "ACTIVE", "a trial ends well");
        let _ = manager.post(&format!("{path}/terminate"), &json!({})).await.ok(200);
        assert_eq!(manager.post(&format!("{path}/suspend"), &json!({})).await.refused(409, "CONFLICT")["allowed"], json!([]));
        // an action is guarded by If-Match as a change is
        let request = manager.request(reqwest::Method::POST, &format!("{path}/terminate")).header("if-match", "\"1\"").json(&json!({}));
        let answer = request.send().await;
        answer.refused(412, "PRECONDITION_FAILED");
        assert_eq!(answer.header("etag"), "\"3\"");
    }

    async fn a_deleted_company_is_gone_for_its_people(app: TestApp) {
        let caller = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        let id = app.company_a().await.id;
        let _ = app.manager().await.delete(&format!("/api/v1/manager/tenants/{id}")).await.ok(200);
        within_a_second(&caller, ME, 401).await;
        caller.try_sign_in(Some("alpha"), "boss", PASSWORD).await.refused(401, "UNAUTHORIZED");
        let refresh = caller.with_token(None).post("/api/v1/tenants/auth/refresh", &json!({"refresh_token": caller.refresh_token})).await;
        refresh.refused(401, "UNAUTHORIZED");
    }
}
