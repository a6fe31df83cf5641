//! Who gets in: the same credentials and rights as everywhere, refused in bare JSON.

use super::{bare, detail};
use reqwest::Method;
use serde_json::json;
use testkit::{Backend, TestApp, both, run};
use tests::{answer_of, operations, people::somebody_of_a};

const NO: &str = "987654";

both! {
    async fn nobody_gets_in_without_a_credential(app: TestApp) {
        let stranger = app.stranger();
        let forged = stranger.with_token(Some("eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.AAAA"));
        let mut tried = 0;
        for operation in operations().into_iter().filter(|operation| operation.is_bare()) {
            for caller in [&stranger, &forged] {
                let answer = operation.request(caller, NO, &json!({})).send().await;
                detail(&answer, 401, "Not authenticated");
                assert_eq!(answer.header("www-authenticate"), "Bearer");
            }
            tried += 1;
        }
        assert_eq!(tried, 24);
    }

    async fn nobody_gets_in_without_the_right(app: TestApp) {
        let (manager, nobody, admin) = (app.manager().await, app.nobody_a().await, app.admin_a().await);
        for operation in operations().into_iter().filter(|operation| operation.is_bare()) {
            for caller in [&manager, &nobody] {
                let answer = operation.request(caller, NO, &json!({})).send().await;
                assert!(bare(&answer, 403)["detail"].as_str().is_some_and(|text| !text.is_empty()));
            }
            let other = operation.request(&admin, NO, &json!({})).header("x-tenant-key", "bravo").send().await;
            detail(&other, 403, "로그인한 회사와 다른 회사입니다.");
            let own = operation.request(&admin, NO, &json!({})).header("x-tenant-key", "alpha").send().await;
            assert!(![401, 403].contains(&own.status) && own.status < 500, "{own:?}");
        }
    }

    async fn a_key_opens_what_its_scopes_say(app: TestApp) {
        let admin = app.admin_a().await;
        let key = admin.post(&format!("{}/api-keys", crate::erp::ADM), &json!({"key_name": "옛 프로그램", "scopes": ["adm.organizations.*"]})).await.ok(201);
        let key = key["api_key"].as_str().unwrap().to_owned();
        let asked = |path: &str| app.stranger().request(Method::GET, path).header("x-api-key", &key).send();
        assert!(bare(&asked("/organizations/").await, 200).is_array());
        assert_eq!(asked("/users/").await.status, 403);
        let reader = somebody_of_a(&app, &["adm.organizations.read"]).await;
        assert!(bare(&reader.get("/organizations/").await, 200).is_array());
        assert_eq!(reader.post("/organizations/", &json!({"name": "x"})).await.status, 403);
    }

    async fn a_company_that_is_suspended_is_not_served(app: TestApp) {
        let admin = app.admin_a().await;
        let company = format!("/api/v1/manager/tenants/{}", app.company_a().await.id);
        let _ = app.manager().await.post(&format!("{company}/suspend"), &json!({"reason": "미납"})).await.ok(200);
        assert!(bare(&admin.get("/organizations/").await, 403)["detail"].as_str().unwrap().contains("미납"));
    }
}

#[test]
fn its_requests_are_counted() {
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::start_with(Backend::Sqlite, &["--rate-limit", "on"]).await;
        let stranger = app.stranger();
        let mut last = stranger.get("/organizations/").await;
        let mut answered = 1;
        while last.status != 429 && answered < 200 {
            last = stranger.get(if answered % 2 == 0 { "/organizations" } else { "/users/7/" }).await;
            answered += 1;
        }
        assert!(bare(&last, 429)["detail"].is_string());
        assert_eq!((last.header("x-ratelimit-limit"), answered), ("100", 101));
        assert!(!last.header("retry-after").is_empty());
        app.stop().await;
    });
}

/// What it answers is what the document says.
#[test]
fn the_document_describes_it() {
    run(Backend::Sqlite, async |app: TestApp| {
        let admin = app.admin_a().await;
        for operation in operations().into_iter().filter(|operation| operation.is_bare()) {
            assert_eq!(operation.about["tags"], json!(["erp"]), "{}", operation.name());
            let answer = operation.request(&admin, NO, &json!({})).send().await;
            assert!(answer_of(operation.about, answer.status).is_some(), "{}: {answer:?}", operation.name());
        }
        let paths: Vec<String> = operations().into_iter().filter(|operation| operation.is_bare()).map(|operation| operation.path).collect();
        for path in ["/organizations/", "/organizations/{org_id}", "/users/", "/users/{user_id}", "/users/{user_id}/roles/{role_id}"] {
            assert!(paths.iter().any(|known| known == path), "{path} is not in {paths:?}");
        }
    });
}
