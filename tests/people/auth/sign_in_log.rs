//! What coming and going leaves behind: rows of the log of sign-ins, and events.

use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use store::{Context, Sql};
use testkit::{PASSWORD, TestApp, both};
use uuid::Uuid;

const SIDES: [(&str, Option<&str>, &str); 2] = [("manager", None, "guest"), ("tenants", Some("alpha"), "nobody")];

/// The log of a realm since the template was made: attempt, success, reason, whether the user is known.
async fn log(app: &TestApp, tenant: Option<Uuid>, username: &str) -> Vec<(String, bool, Option<String>, bool)> {
    let (realm, table) = if tenant.is_some() { (Realm::Tenant, "adm_login_logs") } else { (Realm::Manager, "idam_login_logs") };
    let mut sql =
        Sql::new(&format!("SELECT attempt_type, success, failure_reason, user_id, ip_address, session_id FROM {table} WHERE username = "));
    sql.bind(username.to_owned());
    if let Some(tenant) = tenant {
        sql.push(" AND tenant_id = ").bind(tenant);
    }
    sql.push(" ORDER BY id");
    let rows = app.database(realm).read(tenant).await.unwrap().raw_all(sql).await.unwrap();
    rows.iter()
        .map(|row| {
            let attempt: String = row.try_get("", "attempt_type").unwrap();
            assert_eq!(row.try_get::<Option<String>>("", "ip_address").unwrap().as_deref(), Some("127.0.0.1"));
            let session: Option<Uuid> = row.try_get("", "session_id").unwrap();
            assert_eq!(session.is_some(), ["LOGIN", "LOGOUT"].contains(&attempt.as_str()));
            let user: Option<Uuid> = row.try_get("", "user_id").unwrap();
            (attempt, row.try_get("", "success").unwrap(), row.try_get("", "failure_reason").unwrap(), user.is_some())
        })
        .collect()
}

fn row(attempt: &str, reason: Option<&str>, known: bool) -> (String, bool, Option<String>, bool) {
    (attempt.to_owned(), reason.is_none(), reason.map(str::to_owned), known)
}

async fn tenant_of(app: &TestApp, company: Option<&str>) -> Option<Uuid> {
    if company.is_some() { Some(app.company_a().await.id) } else { None }
}

/// Sends a request and gives the kinds of the events it published.
async fn events(app: &TestApp, tenant: Option<Uuid>, path: &str, body: &Value, token: Option<&str>) -> Vec<String> {
    let request = Uuid::now_v7();
    let caller = app.stranger().with_token(token);
    caller.request(Method::POST, path).header("x-request-id", request.to_string()).json(body).send().await;
    let realm = if tenant.is_some() { Realm::Tenant } else { Realm::Manager };
    let published = app.published(realm, tenant, request).await;
    for event in &published {
        assert!(!event.payload.to_string().contains(PASSWORD), "{event:?}");
    }
    published.into_iter().map(|event| event.kind).collect()
}

both! {
    async fn every_attempt_is_logged(app: TestApp) {
        for (realm, company, username) in SIDES {
            let tenant = tenant_of(&app, company).await;
            let before = log(&app, tenant, username).await.len();
            let caller = app.stranger().sign_in(company, username, PASSWORD).await;
            let _ = caller.post(&format!("/api/v1/{realm}/auth/logout"), &json!({})).await.ok(200);
            for _ in 0..6 {
                app.stranger().try_sign_in(company, username, "something else entirely").await;
            }
            let bad = || row("FAILED_LOGIN", Some("INVALID_PASSWORD"), true);
            let wanted = [row("LOGIN", None, true), row("LOGOUT", None, true), bad(), bad(), bad(), bad(), bad(), row("LOCKED", Some("ACCOUNT_LOCKED"), true)];
            assert_eq!(log(&app, tenant, username).await[before..], wanted, "what is refused while locked leaves nothing");
            app.stranger().try_sign_in(company, "who-is-that", PASSWORD).await;
            assert_eq!(log(&app, tenant, "who-is-that").await, [row("FAILED_LOGIN", Some("USER_NOT_FOUND"), false)]);
        }
        // a company that there is not has no log; the provider's has it
        app.stranger().try_sign_in(Some("no-such-company"), "somebody-else", PASSWORD).await;
        assert_eq!(log(&app, None, "somebody-else").await, [row("FAILED_LOGIN", Some("TENANT_NOT_FOUND"), false)]);
    }

    async fn every_attempt_publishes_what_happened(app: TestApp) {
        for (realm, company, username) in SIDES {
            let tenant = tenant_of(&app, company).await;
            let path = |rest: &str| format!("/api/v1/{realm}/auth/{rest}");
            let login = |password: &str| {
                let mut body = json!({"username": username, "password": password});
                if let Some(company) = company {
                    body["tenant"] = company.into();
                }
                body
            };
            assert_eq!(events(&app, tenant, &path("login"), &login(PASSWORD), None).await, ["auth.session.opened"]);
            assert_eq!(events(&app, tenant, &path("login"), &login("wrong wrong"), None).await, ["auth.sign_in.failed"]);
            let caller = app.stranger().sign_in(company, username, PASSWORD).await;
            let token = caller.token.as_deref();
            let change = json!({"current_password": PASSWORD, "new_password": "copper-meadow-whistle-88"});
            assert_eq!(events(&app, tenant, &path("change-password"), &change, token).await, ["auth.password.changed"]);
            assert_eq!(events(&app, tenant, &path("logout"), &json!({}), token).await, ["auth.session.closed"]);
            let mut last = Vec::new();
            for _ in 0..5 {
                last = events(&app, tenant, &path("login"), &login("wrong wrong"), None).await;
            }
            assert_eq!(last, ["auth.sign_in.failed", "auth.account.locked"]);
            assert_eq!(events(&app, tenant, &path("login"), &login("wrong wrong"), None).await, [""; 0]);
        }
        let tokens = app.stranger().try_sign_in(Some("alpha"), "boss", PASSWORD).await.ok(200);
        let refresh = json!({"refresh_token": tokens["refresh_token"]});
        let company = Some(app.company_a().await.id);
        assert_eq!(events(&app, company, "/api/v1/tenants/auth/refresh", &refresh, None).await, [""; 0]);
        app.clock().advance(11);
        assert_eq!(events(&app, company, "/api/v1/tenants/auth/refresh", &refresh, None).await, ["auth.refresh.reused"]);
    }

    async fn the_log_can_only_be_added_to(app: TestApp) {
        if app.backend() != testkit::Backend::Postgres {
            return;
        }
        let company = app.company_a().await.id;
        for (realm, tenant, table) in [(Realm::Tenant, Some(company), "adm_login_logs"), (Realm::Manager, None, "idam_login_logs")] {
            let (database, cx) = (app.database(realm), Context::system(realm, tenant, "test"));
            for sql in [format!("UPDATE {table} SET success = true"), format!("DELETE FROM {table}")] {
                let done = database.write(&cx, async |tx| tx.raw_execute(Sql::new(&sql)).await).await;
                assert!(done.unwrap_err().to_string().contains("permission denied"), "{sql}");
            }
        }
    }

    /// Users of the small ERP come over with the hashes it kept.
    async fn an_imported_sha256_opens_and_is_made_anew(app: TestApp) {
        let company = app.company_a().await.id;
        let digest = sha256_hex(PASSWORD);
        let wrapped = signin::Password::wrap_sha256(&digest).await.unwrap();
        let cx = Context::system(Realm::Tenant, Some(company), "test");
        app.database(Realm::Tenant)
            .write(&cx, async |tx| {
                let mut sql = Sql::new("UPDATE adm_users SET password_hash = ");
                sql.bind(wrapped.clone()).push(" WHERE username = 'nobody' AND tenant_id = ").bind(company);
                tx.raw_execute(sql).await
            })
            .await
            .unwrap();
        app.stranger().try_sign_in(Some("alpha"), "nobody", &digest).await.refused(401, "UNAUTHORIZED");
        let _ = app.stranger().sign_in(Some("alpha"), "nobody", PASSWORD).await;
        let mut sql = Sql::new("SELECT password_hash FROM adm_users WHERE username = 'nobody' AND tenant_id = ");
        sql.bind(company);
        let row = app.database(Realm::Tenant).read(Some(company)).await.unwrap().raw_one(sql).await.unwrap().unwrap();
        assert!(row.try_get::<String>("", "password_hash").unwrap().starts_with("$argon2id$"));
        let _ = app.stranger().sign_in(Some("alpha"), "nobody", PASSWORD).await;
    }
}

fn sha256_hex(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
