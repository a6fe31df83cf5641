//! Signing in.

use super::told;
use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Backend, PASSWORD, TestApp, both};
use uuid::Uuid;

const LOGIN: &str = "/api/v1/tenants/auth/login";

both! {
    async fn a_name_or_an_address_signs_in_however_it_is_typed(app: TestApp) {
        let stranger = app.stranger();
        for (company, username) in [("alpha", "boss"), ("ALPHA", "BOSS"), (" Alpha ", " boss "), ("alpha", "boss@alpha.example"), ("alpha", "Boss@ALPHA.example")] {
            let tokens = stranger.try_sign_in(Some(company), username, PASSWORD).await.ok(200);
            assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("bearer"), &json!(900)));
            assert_eq!((&tokens["user"]["username"], &tokens["user"]["tenant"], &tokens["user"]["user_type"]), (&json!("boss"), &json!("alpha"), &json!("TENANT")));
            let me = stranger.holding(&tokens).get("/api/v1/tenants/auth/me").await.ok(200);
            assert_eq!(me, tokens["user"], "a sign-in says what `me` says");
            assert_eq!((&me["permissions"], &me["roles"]), (&json!(["*"]), &json!(["ADMIN"])));
        }
        for username in ["admin", "ADMIN", "admin@localhost.localdomain"] {
            let tokens = stranger.try_sign_in(None, username, PASSWORD).await.ok(200);
            assert_eq!((&tokens["user"]["user_type"], &tokens["user"]["tenant"]), (&json!("MASTER"), &Value::Null));
        }
        // the same name in two companies is two people
        assert_ne!(app.admin_a().await.id(), app.admin_b().await.id());
    }

    async fn whatever_does_not_fit_looks_the_same(app: TestApp) {
        let (stranger, admin) = (app.stranger(), app.admin_a().await);
        let invited = json!({"username": "invited", "email": "invited@alpha.example", "full_name": "초대"});
        let _ = admin.post("/api/v1/tenants/adm/users", &invited).await.ok(201);
        let away = json!({"username": "away", "email": "away@alpha.example", "full_name": "휴직", "password": PASSWORD});
        let away = admin.post("/api/v1/tenants/adm/users", &away).await.id();
        let _ = admin.post(&format!("/api/v1/tenants/adm/users/{away}/deactivate"), &json!({})).await.ok(200);
        let gone = json!({"username": "gone", "email": "gone@alpha.example", "full_name": "퇴사", "password": PASSWORD});
        let gone = admin.post("/api/v1/tenants/adm/users", &gone).await.id();
        let _ = admin.delete(&format!("/api/v1/tenants/adm/users/{gone}")).await.ok(200);

        let wrong = stranger.try_sign_in(Some("alpha"), "boss", "something else entirely").await;
        let _ = wrong.refused(401, "UNAUTHORIZED");
        let tries = [
            ("alpha", "nobody-at-all", PASSWORD),
            ("alpha", "away", PASSWORD),
            ("alpha", "gone", PASSWORD),
            ("alpha", "invited", PASSWORD),
            ("alpha", "invited", "something else entirely"),
            ("unknown-company", "boss", PASSWORD),
            ("alpha", "guest", PASSWORD),
            ("alpha", "boss", &PASSWORD.to_uppercase()),
            ("alpha", "' OR 1=1 --", PASSWORD),
            ("alpha", "%", PASSWORD),
        ];
        for (company, username, password) in tries {
            let answer = stranger.try_sign_in(Some(company), username, password).await;
            assert_eq!((answer.status, told(&answer)), (401, told(&wrong)), "{company} {username}");
        }
        let manager = stranger.try_sign_in(None, "admin", "something else entirely").await;
        assert_eq!(told(&manager), told(&wrong));
        // somebody of a company is nobody to the provider
        assert_eq!(told(&stranger.try_sign_in(None, "boss", PASSWORD).await), told(&wrong));
    }

    async fn a_sign_in_and_a_failed_one_are_audited(app: TestApp) {
        let company = app.company_a().await;
        let user = app.admin_a().await.id();
        for (password, result) in [(PASSWORD, "SUCCESS"), ("wrong wrong wrong", "FAILURE")] {
            let request = Uuid::now_v7();
            let body = json!({"tenant": "alpha", "username": "boss", "password": password});
            app.stranger().request(Method::POST, LOGIN).header("x-request-id", request.to_string()).json(&body).send().await;
            let audits = app.audits(Realm::Tenant, Some(company.id), request).await;
            let [audit] = audits.as_slice() else { panic!("{audits:?}") };
            assert_eq!((audit.action.as_str(), audit.result.as_str(), audit.user_id), ("LOGIN", result, Some(user)), "{audit:?}");
            assert!(!format!("{audit:?}").contains(password));
        }
    }

    async fn a_sign_in_says_what_it_lacks(app: TestApp) {
        let stranger = app.stranger();
        assert_eq!(stranger.post(LOGIN, &json!({"username": "boss", "password": PASSWORD})).await.wrong_fields(), ["tenant"]);
        assert_eq!(stranger.post(LOGIN, &json!({})).await.wrong_fields(), ["password", "username"]);
        assert_eq!(stranger.post("/api/v1/manager/auth/login", &json!({"username": 1, "password": [], "extra": 1})).await.wrong_fields(), ["extra", "password", "username"]);
        stranger.request(Method::POST, LOGIN).raw("application/json", "{").send().await.refused(400, "VALIDATION_ERROR");
        assert_eq!(stranger.post(LOGIN, &json!({"tenant": "alpha", "username": "boss", "password": "x".repeat(129)})).await.wrong_fields(), ["password"]);
    }

    async fn a_header_may_name_the_company_and_must_agree_with_the_body(app: TestApp) {
        let stranger = app.stranger();
        let login = |key: &str, body: Value| stranger.request(Method::POST, LOGIN).header("x-tenant-key", key).json(&body).send();
        let without = json!({"username": "boss", "password": PASSWORD});
        assert_eq!(login("bravo", without.clone()).await.ok(200)["user"]["tenant"], "bravo");
        let with = json!({"tenant": "alpha", "username": "boss", "password": PASSWORD});
        assert_eq!(login("ALPHA", with.clone()).await.ok(200)["user"]["tenant"], "alpha");
        assert_eq!(login("bravo", with).await.refused(403, "FORBIDDEN")["reason"], "other_tenant");
        login("no-such", without).await.refused(401, "UNAUTHORIZED");
    }

    async fn signing_out_ends_the_session_at_once_and_no_other(app: TestApp) {
        for (realm, company, username) in [("manager", None, "admin"), ("tenants", Some("alpha"), "boss")] {
            let (one, other) = (app.stranger().sign_in(company, username, PASSWORD).await, app.stranger().sign_in(company, username, PASSWORD).await);
            let me = format!("/api/v1/{realm}/auth/me");
            let _ = one.get(&me).await.ok(200);
            assert_eq!(one.post(&format!("/api/v1/{realm}/auth/logout"), &json!({})).await.ok(200), json!({"done": true}));
            one.get(&me).await.refused(401, "UNAUTHORIZED");
            one.post(&format!("/api/v1/{realm}/auth/refresh"), &json!({"refresh_token": one.refresh_token})).await.refused(401, "UNAUTHORIZED");
            let _ = other.get(&me).await.ok(200);
        }
    }

    async fn who_is_deactivated_or_deleted_is_out_at_once(app: TestApp) {
        let admin = app.admin_a().await;
        for (verb, status) in [("deactivate", 401), ("delete", 401)] {
            let person = tests::people::somebody_of_a(&app, &["adm.users.read"]).await;
            let path = format!("/api/v1/tenants/adm/users/{}", person.id());
            let _ = person.get("/api/v1/tenants/adm/users").await.ok(200);
            let done = if verb == "delete" { admin.delete(&path).await } else { admin.post(&format!("{path}/{verb}"), &json!({})).await };
            let _ = done.ok(200);
            assert_eq!(person.get("/api/v1/tenants/adm/users").await.status, status, "{verb}");
            person.post("/api/v1/tenants/auth/refresh", &json!({"refresh_token": person.refresh_token})).await.refused(401, "UNAUTHORIZED");
            if verb == "deactivate" {
                // coming back does not bring the old session back
                let _ = admin.post(&format!("{path}/activate"), &json!({})).await.ok(200);
                person.get("/api/v1/tenants/auth/me").await.refused(401, "UNAUTHORIZED");
                let _ = app.stranger().sign_in(Some("alpha"), &person.username, PASSWORD).await;
            }
        }
    }

    async fn a_changed_role_takes_effect_at_once(app: TestApp) {
        let admin = app.admin_a().await;
        let role = tests::people::role_of_a(&app, &["adm.users.read"]).await;
        let person = tests::people::one_of_a(&app, &admin, &role).await;
        let users = "/api/v1/tenants/adm/users";
        let _ = person.get(users).await.ok(200);
        let path = format!("/api/v1/tenants/adm/roles/{}", role.as_str().unwrap());
        let _ = admin.patch(&path, &json!({"permissions": ["adm.roles.read"]})).await.ok(200);
        person.get(users).await.refused(403, "FORBIDDEN");
        let _ = person.get("/api/v1/tenants/adm/roles").await.ok(200);
        let _ = admin.patch(&path, &json!({"is_active": false})).await.ok(200);
        person.get("/api/v1/tenants/adm/roles").await.refused(403, "FORBIDDEN");
        let _ = admin.patch(&format!("{users}/{}", person.id()), &json!({"role_id": null})).await.ok(200);
        assert_eq!(person.get("/api/v1/tenants/auth/me").await.ok(200)["roles"], json!([]));
    }

    async fn nobody_gives_more_than_they_hold(app: TestApp) {
        let person = tests::people::somebody_of_a(&app, &["adm.roles.*", "adm.users.*"]).await;
        let role = |permissions: Value| json!({"code": "GIFT", "name": "선물", "permissions": permissions});
        for too_much in ["*", "crm.*", "adm.*", "adm.organizations.read"] {
            let answer = person.post("/api/v1/tenants/adm/roles", &role(json!([too_much]))).await;
            assert!(answer.status == 403 || answer.status == 422, "{too_much}: {answer:?}");
        }
        assert_eq!(person.post("/api/v1/tenants/adm/roles", &role(json!(["adm.nonsense.read"]))).await.wrong_fields(), ["permissions"]);
        let _ = person.post("/api/v1/tenants/adm/roles", &role(json!(["adm.users.read"]))).await.ok(201);
        let admin_role = tests::people::admin_role_of_a(&app).await;
        let promotion = person.patch(&format!("/api/v1/tenants/adm/users/{}", person.id()), &json!({"role_id": admin_role})).await;
        assert_eq!(promotion.refused(403, "FORBIDDEN")["reason"], "exceeds_own_rights");
        let puppet = json!({"username": "puppet", "email": "puppet@alpha.example", "full_name": "인형", "password": PASSWORD, "role_id": admin_role});
        assert_eq!(person.post("/api/v1/tenants/adm/users", &puppet).await.refused(403, "FORBIDDEN")["reason"], "exceeds_own_rights");
        let theft = format!("/api/v1/tenants/adm/users/{}/reset-password", app.admin_a().await.id());
        assert_eq!(person.post(&theft, &json!({"new_password": PASSWORD})).await.refused(403, "FORBIDDEN")["reason"], "exceeds_own_rights");
        let _ = app.admin_a().await.get("/api/v1/tenants/auth/me").await.ok(200);
    }

    async fn the_last_administrator_stays(app: TestApp) {
        let (admin, manager) = (app.admin_a().await, app.manager().await);
        let path = format!("/api/v1/tenants/adm/users/{}", admin.id());
        let refused = |answer: testkit::Answer| answer.refused(409, "CONFLICT")["rule"].clone();
        assert_eq!(refused(admin.post(&format!("{path}/deactivate"), &json!({})).await), "adm.last_admin");
        assert_eq!(refused(admin.delete(&path).await), "adm.last_admin");
        assert_eq!(refused(admin.patch(&path, &json!({"role_id": null})).await), "adm.last_admin");
        let path = format!("/api/v1/manager/idam/users/{}", manager.id());
        assert_eq!(refused(manager.post(&format!("{path}/deactivate"), &json!({})).await), "idam.last_super_admin");
        assert_eq!(refused(manager.delete(&path).await), "idam.last_super_admin");
    }
}

#[test]
fn a_subdomain_names_the_company() {
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::start_with(Backend::Sqlite, &["--base-domain", "cxg.test"]).await;
        let login = |host: &str| {
            app.stranger().request(Method::POST, LOGIN).header("host", host).json(&json!({"username": "boss", "password": PASSWORD})).send()
        };
        assert_eq!(login("alpha.cxg.test").await.ok(200)["user"]["tenant"], "alpha");
        assert_eq!(login("BRAVO.CXG.TEST:8100").await.ok(200)["user"]["tenant"], "bravo");
        login("nobody.cxg.test").await.refused(401, "UNAUTHORIZED");
        assert_eq!(login("alpha.elsewhere.test").await.wrong_fields(), ["tenant"]);
        let admin = app.admin_a().await;
        let me = |host: &str| admin.request(Method::GET, "/api/v1/tenants/auth/me").header("host", host).send();
        let _ = me("alpha.cxg.test").await.ok(200);
        assert_eq!(me("bravo.cxg.test").await.refused(403, "FORBIDDEN")["reason"], "other_tenant");
        app.stop().await;
    });
}
