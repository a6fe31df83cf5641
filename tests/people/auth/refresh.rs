//! Staying signed in: each refresh token can be used once, its lost answer asked for again.

use serde_json::{Value, json};
use testkit::{Answer, Caller, PASSWORD, TestApp, both};

const SIDES: [(&str, Option<&str>, &str); 2] = [("manager", None, "admin"), ("tenants", Some("alpha"), "boss")];

async fn refresh(app: &TestApp, realm: &str, token: &Value) -> Answer {
    app.stranger().post(&format!("/api/v1/{realm}/auth/refresh"), &json!({"refresh_token": token})).await
}

async fn me(caller: &Caller, realm: &str) -> u16 {
    caller.get(&format!("/api/v1/{realm}/auth/me")).await.status
}

both! {
    async fn a_refresh_gives_a_new_pair(app: TestApp) {
        for (realm, company, username) in SIDES {
            let first = app.stranger().try_sign_in(company, username, PASSWORD).await.ok(200);
            app.clock().advance(14 * 60);
            let second = refresh(&app, realm, &first["refresh_token"]).await.ok(200);
            assert_ne!((&first["access_token"], &first["refresh_token"]), (&second["access_token"], &second["refresh_token"]));
            assert_eq!((&second["user"], &second["expires_in"]), (&first["user"], &json!(900)));
            app.clock().advance(60);
            assert_eq!(me(&app.stranger().holding(&first), realm).await, 401, "the old access token has expired");
            assert_eq!(me(&app.stranger().holding(&second), realm).await, 200);
            // and on and on
            let mut token = second["refresh_token"].clone();
            for _ in 0..5 {
                app.clock().advance(3600);
                token = refresh(&app, realm, &token).await.ok(200)["refresh_token"].clone();
            }
        }
    }

    async fn a_lost_answer_is_given_again_for_ten_seconds(app: TestApp) {
        for (realm, company, username) in SIDES {
            let parent = app.stranger().try_sign_in(company, username, PASSWORD).await.ok(200)["refresh_token"].clone();
            let child = refresh(&app, realm, &parent).await.ok(200);
            app.clock().advance(10);
            let again = refresh(&app, realm, &parent).await.ok(200);
            assert_eq!(again["refresh_token"], child["refresh_token"], "the same child");
            assert_eq!(me(&app.stranger().holding(&child), realm).await, 200);
            // now that the child was used, its parent is old
            let grandchild = refresh(&app, realm, &child["refresh_token"]).await.ok(200);
            refresh(&app, realm, &parent).await.refused(401, "UNAUTHORIZED");
            assert_eq!(me(&app.stranger().holding(&grandchild), realm).await, 401, "the family is revoked");
            refresh(&app, realm, &grandchild["refresh_token"]).await.refused(401, "UNAUTHORIZED");
        }
    }

    async fn a_parent_that_comes_late_revokes_the_family(app: TestApp) {
        for (realm, company, username) in SIDES {
            let other = app.stranger().sign_in(company, username, PASSWORD).await;
            let parent = app.stranger().try_sign_in(company, username, PASSWORD).await.ok(200)["refresh_token"].clone();
            let child = refresh(&app, realm, &parent).await.ok(200);
            app.clock().advance(11);
            refresh(&app, realm, &parent).await.refused(401, "UNAUTHORIZED");
            assert_eq!(me(&app.stranger().holding(&child), realm).await, 401, "the thief's or the owner's: nobody knows, so both are out");
            refresh(&app, realm, &child["refresh_token"]).await.refused(401, "UNAUTHORIZED");
            assert_eq!(me(&other, realm).await, 200, "another sign-in of the same person is another family");
        }
    }

    async fn the_theft_is_audited(app: TestApp) {
        let tokens = app.stranger().try_sign_in(Some("alpha"), "boss", PASSWORD).await.ok(200);
        let _ = refresh(&app, "tenants", &tokens["refresh_token"]).await.ok(200);
        app.clock().advance(11);
        let request = uuid::Uuid::now_v7();
        let stranger = app.stranger();
        let sending = stranger.request(reqwest::Method::POST, "/api/v1/tenants/auth/refresh").header("x-request-id", request.to_string());
        sending.json(&json!({"refresh_token": tokens["refresh_token"]})).send().await.refused(401, "UNAUTHORIZED");
        let company = app.company_a().await;
        let audits = app.audits(kernel::Realm::Tenant, Some(company.id), request).await;
        let [audit] = audits.as_slice() else { panic!("{audits:?}") };
        assert_eq!((audit.result.as_str(), audit.target.as_str()), ("BLOCKED", "adm.sessions"), "{audit:?}");
    }

    async fn a_token_of_the_other_realm_or_of_nobody_is_refused(app: TestApp) {
        let manager = app.stranger().try_sign_in(None, "admin", PASSWORD).await.ok(200);
        let tenant = app.stranger().try_sign_in(Some("alpha"), "boss", PASSWORD).await.ok(200);
        refresh(&app, "tenants", &manager["refresh_token"]).await.refused(401, "UNAUTHORIZED");
        refresh(&app, "manager", &tenant["refresh_token"]).await.refused(401, "UNAUTHORIZED");
        // an access token is none, and neither are words
        let bent = tenant["refresh_token"].as_str().unwrap().to_owned() + "A";
        for wrong in [tenant["access_token"].clone(), json!(""), json!("cxr_"), json!("nonsense"), json!(bent), json!("x".repeat(100_000))] {
            refresh(&app, "tenants", &wrong).await.refused(401, "UNAUTHORIZED");
        }
        assert_eq!(refresh(&app, "tenants", &json!(17)).await.wrong_fields(), ["refresh_token"]);
        // and none of that has harmed the good ones
        let _ = refresh(&app, "tenants", &tenant["refresh_token"]).await.ok(200);
        let _ = refresh(&app, "manager", &manager["refresh_token"]).await.ok(200);
    }

    async fn a_session_ends_after_a_week_without_use_and_after_a_month_in_any_case(app: TestApp) {
        let day = 24 * 60 * 60;
        let idle = app.stranger().try_sign_in(Some("alpha"), "boss", PASSWORD).await.ok(200)["refresh_token"].clone();
        let mut used = app.stranger().try_sign_in(Some("alpha"), "boss", PASSWORD).await.ok(200)["refresh_token"].clone();
        app.clock().advance(7 * day - 1);
        used = refresh(&app, "tenants", &used).await.ok(200)["refresh_token"].clone();
        app.clock().advance(1);
        refresh(&app, "tenants", &idle).await.refused(401, "UNAUTHORIZED");
        for _ in 0..3 {
            app.clock().advance(7 * day - 2);
            used = refresh(&app, "tenants", &used).await.ok(200)["refresh_token"].clone();
        }
        // one second before the thirtieth day is over, and then
        app.clock().advance(2 * day + 5);
        used = refresh(&app, "tenants", &used).await.ok(200)["refresh_token"].clone();
        app.clock().advance(1);
        refresh(&app, "tenants", &used).await.refused(401, "UNAUTHORIZED");
    }
}
