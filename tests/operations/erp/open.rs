//! The open mode: without a token, on this machine, for one company.

use super::{bare, detail, no, organization, put};
use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Backend, Caller, Program, TestApp, temporary_folder};
use tests::process::{PATIENCE, block_on, in_folder, until};

/// One story on each database, with the surface open for company a.
fn open<F: Future<Output = ()>>(more: &[&str], story: impl Fn(TestApp) -> F) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        actix_web::rt::System::new().block_on(async {
            let app = TestApp::start_with(backend, &[&["--erp-open", "true"], more].concat()).await;
            story(app.clone()).await;
            app.stop().await;
        });
    }
}

#[test]
fn whoever_sits_here_needs_no_token() {
    open(&["--erp-tenant", "alpha"], async |app| {
        let stranger = app.stranger();
        let id = organization(&stranger, "Seoul General Hospital").await;
        assert_eq!(bare(&put(&stranger, &format!("/organizations/{id}"), &json!({"name": "병원"})).await, 200)["name"], "병원");
        let user = no(&stranger
            .post("/users/", &json!({"email": "a@alpha.example", "full_name": "가", "password": "secret123", "organization_id": id}))
            .await);
        let roles = bare(&stranger.get("/roles/").await, 200);
        let given = stranger.post(&format!("/users/{user}/roles"), &json!({"role_id": roles[0]["id"]})).await;
        assert_eq!(given.status, 201, "{given:?}");
        // it is that company's, and nobody made it
        let admin = app.admin_a().await;
        let row = admin.get(&format!("{}/organizations", crate::erp::ADM)).await.ok(200)["items"][0].clone();
        assert_eq!((&row["name"], &row["created_by"]), (&json!("병원"), &Value::Null));
        assert_eq!(app.admin_b().await.get(&format!("{}/organizations", crate::erp::ADM)).await.ok(200)["total"], 0);
        let request = given.header("x-request-id").parse().unwrap();
        let audits = app.audits(Realm::Tenant, Some(app.company_a().await.id), request).await;
        assert_eq!((audits[0].actor.as_str(), audits[0].user_id), ("erp-open", None));
        // the same request twice
        let once = || stranger.request(Method::POST, "/organizations/").header("idempotency-key", "k").json(&json!({"name": "한 번"}));
        let (first, second) = (once().send().await, once().send().await);
        assert_eq!((bare(&first, 201), second.header("idempotent-replayed")), (bare(&second, 201), "true"));
        // who shows a token is of their own company
        let b = app.admin_b().await;
        assert_eq!(bare(&b.get("/organizations/").await, 200), json!([]));
        detail(&app.nobody_a().await.get("/organizations/").await, 403, "이 작업을 할 권한이 없습니다.");
    });
}

#[test]
fn nothing_else_is_open() {
    open(&["--erp-tenant", "alpha"], async |app| {
        let stranger = app.stranger();
        stranger.get(&format!("{}/organizations", crate::erp::ADM)).await.refused(401, "UNAUTHORIZED");
        stranger.get("/api/v1/tenants/auth/me").await.refused(401, "UNAUTHORIZED");
        // a bad credential is not none
        detail(&stranger.with_token(Some("nonsense")).get("/organizations/").await, 401, "Not authenticated");
        let with = |name: &str, value: &str| stranger.request(Method::GET, "/organizations/").header(name, value).send();
        detail(&with("authorization", "Basic YTpi").await, 401, "Not authenticated");
        detail(&with("x-api-key", "cxg_x_y").await, 401, "Not authenticated");
        // a page of somewhere else that reaches this machine under a name of its own; a request a proxy passed on
        detail(&with("host", "erp.evil.example").await, 401, "Not authenticated");
        detail(&with("x-forwarded-for", "203.0.113.9").await, 401, "Not authenticated");
        detail(&with("forwarded", "for=203.0.113.9").await, 401, "Not authenticated");
        assert_eq!(with("host", "localhost:8100").await.status, 200);
        detail(&with("x-tenant-key", "bravo").await, 403, "로그인한 회사와 다른 회사입니다.");
    });
}

#[test]
fn a_company_there_is_not_is_named() {
    open(&[], async |app| {
        // no `demo` here
        let answer = app.stranger().get("/organizations/").await;
        assert!(bare(&answer, 403)["detail"].as_str().unwrap().contains("demo"), "{answer:?}");
    });
}

#[test]
fn it_is_refused_where_others_could_come() {
    for bind in ["0.0.0.0:0", "[::]:0", "192.0.2.7:8100"] {
        let folder = temporary_folder().display().to_string();
        let said = Program::run(&[], &[("CXG_DATA_DIR", &folder), ("CXG_BIND", bind), ("CXG_ERP_OPEN", "true")]).badly();
        assert!(said.contains("CXG_ERP_OPEN") && said.contains("loopback") && said.contains("CXG_BIND"), "{bind}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

/// As the first reader of the specification starts it: the demo company, nothing to sign in to.
#[test]
fn the_program_serves_the_demo_company_openly() {
    block_on(async {
        let folder = temporary_folder();
        let mut program = Program::start(&in_folder(&folder), &[("CXG_ERP_OPEN", "true")]);
        let stranger = Caller::stranger(program.address());
        let _ = program.until_it_says("shown once", PATIENCE);
        until(&stranger, "/health/ready", 200).await;
        let made = stranger.post("/organizations/", &json!({"name": "Seoul General Hospital", "description": "Public healthcare"})).await;
        assert_eq!(bare(&made, 201)["name"], "Seoul General Hospital");
        assert!(
            program.err().contains("CXG_ERP_OPEN") || program.out().contains("CXG_ERP_OPEN"),
            "it is said at the start: {}",
            program.out()
        );
        program.signal("TERM");
        assert!(program.wait().status.success());

        let mut closed = Program::start(&in_folder(&folder), &[]);
        let stranger = Caller::stranger(closed.address());
        until(&stranger, "/health/ready", 200).await;
        detail(&stranger.get("/organizations/").await, 401, "Not authenticated");
        closed.signal("TERM");
        assert!(closed.wait().status.success());
    });
}
