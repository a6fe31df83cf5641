//! The second factor: turned on, asked for, spent, asked for again.

use kernel::Realm;
use serde_json::{Value, json};
use store::Sql;
use testkit::{PASSWORD, both};
use tests::mfa::{half, path, show, turned_on};
use totp_rs::Secret;

const SIDES: [(&str, Option<&str>, &str); 2] = [("manager", None, "guest"), ("tenants", Some("alpha"), "nobody")];

both! {
    async fn with_a_second_factor_a_password_is_half_a_sign_in(app: TestApp) {
        for (realm, company, username) in SIDES {
            let caller = app.stranger().sign_in(company, username, PASSWORD).await;
            assert_eq!(caller.post(&path(realm, "mfa/enroll"), &json!({"current_password": "not it at all"})).await.wrong_fields(), ["current_password"]);
            let device = turned_on(&app, &caller, realm).await;
            assert_eq!(device.recovery.len(), 10);
            assert_eq!(caller.get(&path(realm, "me")).await.ok(200)["mfa_enabled"], true);
            let token = half(&app, company, username).await;
            // half a sign-in opens nothing
            let halved = app.stranger().with_token(token.as_str());
            halved.get(&path(realm, "me")).await.refused(401, "UNAUTHORIZED");
            halved.post(&path(realm, "refresh"), &json!({"refresh_token": token})).await.refused(401, "UNAUTHORIZED");
            show(&app, realm, &token, "000000").await.refused(401, "UNAUTHORIZED");
            let code = device.next_code(&app);
            let whole = show(&app, realm, &token, &code).await;
            assert_eq!(whole.ok(200)["mfa_required"], false);
            assert!(whole.header("set-cookie").starts_with("cxg_device="));
            let whole = app.stranger().holding(&whole.ok(200));
            assert_eq!(whole.get(&path(realm, "me")).await.ok(200)["username"], username);
            // token and code are good once, each with a fresh other
            show(&app, realm, &token, &device.next_code(&app)).await.refused(401, "UNAUTHORIZED");
            let token = half(&app, company, username).await;
            show(&app, realm, &token, &code).await.refused(401, "UNAUTHORIZED");
            let other = if realm == "manager" { "tenants" } else { "manager" };
            show(&app, other, &token, &device.next_code(&app)).await.refused(401, "UNAUTHORIZED");
            for bad in [json!(""), json!("cxm_"), whole.token.clone().into(), whole.refresh_token.clone().into(), json!(format!("{}A", token.as_str().unwrap()))] {
                show(&app, realm, &bad, &device.next_code(&app)).await.refused(401, "UNAUTHORIZED");
            }
            let token = half(&app, company, username).await;
            app.clock().advance(5 * 60);
            show(&app, realm, &token, &device.code(&app)).await.refused(401, "UNAUTHORIZED");
        }
    }

    async fn a_recovery_code_opens_once(app: TestApp) {
        for (realm, company, username) in SIDES {
            let caller = app.stranger().sign_in(company, username, PASSWORD).await;
            let device = turned_on(&app, &caller, realm).await;
            let spoken = device.recovery[0].to_lowercase().replace('-', " ");
            let _ = show(&app, realm, &half(&app, company, username).await, &spoken).await.ok(200);
            show(&app, realm, &half(&app, company, username).await, &device.recovery[0]).await.refused(401, "UNAUTHORIZED");
            // two at once with the same one
            let (one, other) = (half(&app, company, username).await, half(&app, company, username).await);
            let both = futures_util::future::join(show(&app, realm, &one, &device.recovery[1]), show(&app, realm, &other, &device.recovery[1])).await;
            let mut statuses = [both.0.status, both.1.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 401]);
            // new ones make the old ones useless
            let renewed = caller.post(&path(realm, "mfa/recovery-codes"), &json!({"code": device.next_code(&app)})).await.ok(200);
            let fresh = renewed["recovery_codes"][0].as_str().unwrap().to_owned();
            assert!(!device.recovery.contains(&fresh));
            show(&app, realm, &half(&app, company, username).await, &device.recovery[2]).await.refused(401, "UNAUTHORIZED");
            let _ = show(&app, realm, &half(&app, company, username).await, &fresh).await.ok(200);
        }
    }

    async fn codes_are_guessed_as_slowly_as_passwords(app: TestApp) {
        for (realm, company, username) in SIDES {
            let caller = app.stranger().sign_in(company, username, PASSWORD).await;
            let device = turned_on(&app, &caller, realm).await;
            let token = half(&app, company, username).await;
            for _ in 0..5 {
                show(&app, realm, &token, "000000").await.refused(401, "UNAUTHORIZED");
            }
            show(&app, realm, &token, &device.next_code(&app)).await.refused(423, "ACCOUNT_LOCKED");
            // the same account, whatever the code is for
            caller.post(&path(realm, "step-up"), &json!({"code": device.code(&app)})).await.refused(423, "ACCOUNT_LOCKED");
            app.clock().advance(30);
            let _ = caller.post(&path(realm, "step-up"), &json!({"code": device.code(&app)})).await.ok(200);
        }
    }

    async fn what_matters_asks_for_a_fresh_code(app: TestApp) {
        let manager = app.manager().await;
        let company = json!({"code": "fleeting", "name": "잠깐상사", "start_date": "2026-01-01"});
        let made = format!("/api/v1/manager/tenants/{}", manager.post("/api/v1/manager/tenants", &company).await.id());
        // without a second factor nothing is asked
        let _ = manager.post(&format!("{made}/suspend"), &json!({})).await.ok(200);
        let _ = manager.post(&format!("{made}/activate"), &json!({})).await.ok(200);
        let device = turned_on(&app, &manager, "manager").await;
        // the code that turned it on counts
        let _ = manager.post(&format!("{made}/suspend"), &json!({})).await.ok(200);
        app.clock().advance(10 * 60);
        let admin = app.stranger();
        let tokens = show(&app, "manager", &half(&app, None, "admin").await, &device.next_code(&app)).await.ok(200);
        let other = admin.holding(&tokens);
        let guest = app.guest().await.id();
        let guarded = [
            format!("{made}/suspend"), format!("{made}/terminate"), format!("/api/v1/manager/idam/users/{guest}/reset-password"),
            path("manager", "mfa/disable"), path("manager", "mfa/recovery-codes"),
        ];
        for route in &guarded {
            assert_eq!(manager.post(route, &json!({})).await.refused(403, "FORBIDDEN")["reason"], "step_up", "{route}");
        }
        assert_eq!(manager.delete(&made).await.refused(403, "FORBIDDEN")["reason"], "step_up");
        let _ = manager.get(&made).await.ok(200);
        let _ = other.post(&format!("{made}/activate"), &json!({})).await.ok(200);
        // a sign-in with a code is as good as a step-up, for its own session
        let _ = other.post(&format!("{made}/suspend"), &json!({})).await.ok(200);
        assert_eq!(manager.post(&path("manager", "step-up"), &json!({"code": "12345"})).await.wrong_fields(), ["code"]);
        let _ = manager.post(&path("manager", "step-up"), &json!({"code": device.next_code(&app)})).await.ok(200);
        let _ = manager.delete(&made).await.ok(200);
    }

    async fn turning_it_off_takes_a_code(app: TestApp) {
        for (realm, company, username) in SIDES {
            let caller = app.stranger().sign_in(company, username, PASSWORD).await;
            let _ = caller.post(&path(realm, "mfa/confirm"), &json!({"code": "123456"})).await.wrong_fields();
            let device = turned_on(&app, &caller, realm).await;
            assert_eq!(caller.post(&path(realm, "mfa/enroll"), &json!({"current_password": PASSWORD})).await.refused(409, "CONFLICT")["rule"], "auth.mfa_enabled");
            assert_eq!(caller.post(&path(realm, "mfa/confirm"), &json!({"code": device.next_code(&app)})).await.refused(409, "CONFLICT")["rule"], "auth.mfa_enabled");
            assert_eq!(caller.post(&path(realm, "mfa/disable"), &json!({"code": "000000"})).await.wrong_fields(), ["code"]);
            let _ = caller.post(&path(realm, "mfa/disable"), &json!({"code": device.next_code(&app)})).await.ok(200);
            assert_eq!(caller.get(&path(realm, "me")).await.ok(200)["mfa_enabled"], false);
            let _ = app.stranger().sign_in(company, username, PASSWORD).await;
            // and on again, with another secret
            assert_ne!(turned_on(&app, &caller, realm).await.secret, device.secret);
        }
    }

    async fn a_secret_that_was_never_confirmed_asks_nothing(app: TestApp) {
        let caller = app.stranger().sign_in(Some("alpha"), "nobody", PASSWORD).await;
        let _ = caller.post(&path("tenants", "mfa/enroll"), &json!({"current_password": PASSWORD})).await.ok(200);
        let _ = app.stranger().sign_in(Some("alpha"), "nobody", PASSWORD).await;
        // asked again, the last secret is the one that counts
        let _ = turned_on(&app, &caller, "tenants").await;
    }

    async fn neither_secret_nor_codes_lie_open_in_the_database(app: TestApp) {
        let caller = app.stranger().sign_in(Some("alpha"), "nobody", PASSWORD).await;
        let device = turned_on(&app, &caller, "tenants").await;
        let company = app.company_a().await.id;
        let scope = app.database(Realm::Tenant).read(Some(company)).await.unwrap();
        let secret = Secret::try_from_base32(&device.secret).unwrap();
        for (table, column) in [("adm_mfa", "secret_sealed"), ("adm_recovery_codes", "code_hash")] {
            let rows = scope.raw_all(Sql::new(&format!("SELECT {column} AS kept FROM {table}"))).await.unwrap();
            assert!(!rows.is_empty());
            for row in rows {
                let kept: Vec<u8> = row.try_get("", "kept").unwrap();
                assert!(!kept.windows(10).any(|part| secret.as_ref().starts_with(part)));
                assert!(device.recovery.iter().all(|code| kept != code.as_bytes() && kept != code.replace('-', "").as_bytes()));
            }
        }
        for table in ["audt_audit_logs WHERE tenant_id = ", "outbox WHERE tenant_id = "] {
            let column = if table.starts_with("audt") { "extra_data" } else { "payload" };
            let mut sql = Sql::new(&format!("SELECT {column} AS kept FROM {table}"));
            sql.bind(company);
            for row in scope.raw_all(sql).await.unwrap() {
                let kept: Value = row.try_get("", "kept").unwrap();
                assert!(!kept.to_string().contains(&device.secret) && device.recovery.iter().all(|code| !kept.to_string().contains(code)));
            }
        }
    }
}

#[test]
fn the_document_says_what_asks_for_a_fresh_code() {
    let mut marked = Vec::new();
    for (path, item) in tests::document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["x-step-up"] == true {
                marked.push(format!("{method} {path}"));
            }
        }
    }
    for wanted in [
        "post /api/v1/manager/idam/api-keys",
        "post /api/v1/manager/idam/api-keys/{id}/activate",
        "post /api/v1/manager/idam/api-keys/{id}/rotate",
        "post /api/v1/manager/idam/impersonations",
        "post /api/v1/manager/idam/users/{id}/activate",
        "post /api/v1/manager/idam/users/{id}/reset-mfa",
        "post /api/v1/tenants/adm/api-keys",
        "post /api/v1/tenants/adm/api-keys/{id}/activate",
        "post /api/v1/tenants/adm/api-keys/{id}/rotate",
        "post /api/v1/tenants/adm/support-consents",
        "post /api/v1/tenants/adm/users/{id}/activate",
        "post /api/v1/tenants/adm/users/{id}/invite",
        "post /api/v1/tenants/adm/users/{id}/reset-mfa",
        "post /api/v1/manager/auth/mfa/disable",
        "post /api/v1/manager/auth/mfa/recovery-codes",
        "post /api/v1/manager/idam/users/{id}/reset-password",
        "delete /api/v1/manager/tenants/{id}",
        "post /api/v1/manager/tenants/{id}/suspend",
        "post /api/v1/manager/tenants/{id}/terminate",
        "post /api/v1/tenants/adm/users/{id}/reset-password",
        "post /api/v1/tenants/auth/mfa/disable",
        "post /api/v1/tenants/auth/mfa/recovery-codes",
    ] {
        assert!(marked.iter().any(|operation| operation == wanted), "{wanted} is not among {marked:?}");
    }
}
