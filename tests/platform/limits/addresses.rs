//! The client's address: what the audit, the sessions and the limits see of it.

use actix_web::rt::System;
use kernel::Realm;
use reqwest::Method;
use serde_json::json;
use store::Sql;
use testkit::{Backend, PASSWORD, TestApp};

/// Signs in through these headers; the address the account remembers.
async fn seen(app: &TestApp, headers: &[&str]) -> String {
    let mut request = app.stranger().request(Method::POST, "/api/v1/manager/auth/login");
    for line in headers {
        request = request.header("X-Forwarded-For", line);
    }
    let _ = request.json(&json!({"username": "admin", "password": PASSWORD})).send().await.ok(200);
    let scope = app.database(Realm::Manager).read(None).await.unwrap();
    let row = scope.raw_one(Sql::new("SELECT last_login_ip AS ip FROM idam_users WHERE username = 'admin'")).await.unwrap();
    row.unwrap().try_get("", "ip").unwrap()
}

#[test]
fn a_stranger_does_not_choose_their_address() {
    System::new().block_on(async {
        let app = TestApp::start(Backend::Sqlite).await;
        assert_eq!(seen(&app, &["6.6.6.6"]).await, "127.0.0.1");
        app.stop().await;
        let app = TestApp::start_with(Backend::Sqlite, &["--trusted-proxies", "10.0.0.0/8"]).await;
        assert_eq!(seen(&app, &["6.6.6.6"]).await, "127.0.0.1", "the peer is not one of the proxies");
        app.stop().await;
    });
}

#[test]
fn a_trusted_proxy_says_whom_it_saw() {
    System::new().block_on(async {
        let app = TestApp::start_with(Backend::Sqlite, &["--trusted-proxies", "127.0.0.1, 10.0.0.0/8"]).await;
        assert_eq!(seen(&app, &[]).await, "127.0.0.1");
        assert_eq!(seen(&app, &["6.6.6.6, 203.0.113.9, 10.0.0.2"]).await, "203.0.113.9");
        assert_eq!(seen(&app, &["6.6.6.6, 203.0.113.9", "10.0.0.2"]).await, "203.0.113.9", "several lines are one list");
        assert_eq!(seen(&app, &["6.6.6.6, what, 10.0.0.2"]).await, "10.0.0.2", "nothing is believed beyond what cannot be read");
        app.stop().await;
    });
}
