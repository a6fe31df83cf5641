//! Emails with a token in them: for who forgot their password, and for who is invited.

use kernel::Realm;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt};
use store::Sql;
use testkit::{PASSWORD, TestApp, both};
use uuid::Uuid;

const NEW: &str = "copper-meadow-whistle-88";

/// Hands every event that asks for an email to who writes it; again and again is fine.
pub(super) async fn deliver(app: &TestApp, tenant: Option<Uuid>) {
    let realm = if tenant.is_some() { Realm::Tenant } else { Realm::Manager };
    let mut sql = Sql::new(
        "SELECT id, kind, payload FROM outbox WHERE kind IN ('auth.password_reset.requested', 'adm.user.invited', 'auth.credentials.changed')",
    );
    if let Some(tenant) = tenant {
        sql.push(" AND tenant_id = ").bind(tenant);
    }
    sql.push(" ORDER BY created_at, id");
    let rows = app.database(realm).read(tenant).await.unwrap().raw_all(sql).await.unwrap();
    for row in rows {
        let (id, kind): (Uuid, String) = (row.try_get("", "id").unwrap(), row.try_get("", "kind").unwrap());
        let payload: Value = row.try_get("", "payload").unwrap();
        let done = match kind.as_str() {
            "auth.credentials.changed" => signin::emails::credentials_changed(app.platform(), tenant, &payload).await,
            "adm.user.invited" => signin::emails::invitation(app.platform(), tenant, id, &payload).await,
            _ => signin::emails::password_reset(app.platform(), tenant, id, &payload).await,
        };
        done.unwrap();
    }
}

/// The emails that were written, oldest first.
pub(super) fn emails(app: &TestApp) -> Vec<String> {
    let folder = app.site().folder.join("mail");
    let mut files: Vec<_> = fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    if let Some(file) = files.first() {
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.as_path()), mode(file.as_path())), (0o700, 0o600), "emails are their owner's only");
    }
    files.into_iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The token of the newest email.
pub(super) fn token(app: &TestApp) -> String {
    let message = emails(app).pop().expect("an email");
    let text = message.split_once("token=").unwrap().1;
    text.split_whitespace().next().unwrap().to_owned()
}

async fn side(app: &TestApp, realm: &str) -> (Option<Uuid>, Option<&'static str>, &'static str, &'static str) {
    match realm {
        "manager" => (None, None, "guest", "guest@provider.example"),
        _ => (Some(app.company_a().await.id), Some("alpha"), "nobody", "nobody@alpha.example"),
    }
}

fn forgotten(company: Option<&str>, email: &str) -> Value {
    match company {
        Some(company) => json!({"tenant": company, "email": email}),
        None => json!({"email": email}),
    }
}

both! {
    async fn a_forgotten_password_is_set_anew_with_the_token_of_an_email(app: TestApp) {
        for realm in ["manager", "tenants"] {
            let (tenant, company, username, email) = side(&app, realm).await;
            let path = |rest: &str| format!("/api/v1/{realm}/auth/{rest}");
            let before = app.stranger().sign_in(company, username, PASSWORD).await;
            for _ in 0..6 {
                app.stranger().try_sign_in(company, username, "something else entirely").await;
            }
            app.stranger().try_sign_in(company, username, PASSWORD).await.refused(423, "ACCOUNT_LOCKED");
            let count = emails(&app).len();
            let stranger = app.stranger();
            assert_eq!(stranger.post(&path("forgot-password"), &forgotten(company, &email.to_uppercase())).await.ok(200), json!({"done": true}));
            deliver(&app, tenant).await;
            deliver(&app, tenant).await;
            assert_eq!(emails(&app).len(), count + 1, "one email an event");
            let message = emails(&app).pop().unwrap();
            assert!(message.contains(&format!("To: {email}")) && message.contains("http://cxg.test/frontend/reset?token=cxo_"), "{message}");
            let token = token(&app);
            let reset = |token: &str, password: &str| json!({"token": token, "new_password": password});
            // a weak password does not use the token up
            for weak in ["short", "password1", &format!("{username}-and-more-words")] {
                assert_eq!(stranger.post(&path("reset-password"), &reset(&token, weak)).await.wrong_fields(), ["new_password"], "{weak}");
            }
            let other = if realm == "manager" { "tenants" } else { "manager" };
            assert_eq!(stranger.post(&format!("/api/v1/{other}/auth/reset-password"), &reset(&token, NEW)).await.wrong_fields(), ["token"]);
            let _ = before.get(&path("me")).await.ok(200);
            let _ = stranger.post(&path("reset-password"), &reset(&token, NEW)).await.ok(200);
            before.get(&path("me")).await.refused(401, "UNAUTHORIZED");
            before.post(&path("refresh"), &json!({"refresh_token": before.refresh_token})).await.refused(401, "UNAUTHORIZED");
            // the lock is gone, the old password too
            let _ = app.stranger().sign_in(company, username, NEW).await;
            app.stranger().try_sign_in(company, username, PASSWORD).await.refused(401, "UNAUTHORIZED");
            // used, bent, made up
            let mut bent = token.clone();
            bent.replace_range(60..61, if &token[60..61] == "A" { "B" } else { "A" });
            for wrong in [token.as_str(), &bent, &token[..50], "", "cxo_", "nonsense", &"x".repeat(10_000)] {
                assert_eq!(stranger.post(&path("reset-password"), &reset(wrong, NEW)).await.wrong_fields(), ["token"], "{wrong}");
            }
        }
    }

    async fn a_token_is_good_for_an_hour_and_of_two_at_once_one_is_used(app: TestApp) {
        let company = app.company_a().await.id;
        let ask = json!({"tenant": "alpha", "email": "nobody@alpha.example"});
        let (forgot, reset) = ("/api/v1/tenants/auth/forgot-password", "/api/v1/tenants/auth/reset-password");
        let _ = app.stranger().post(forgot, &ask).await.ok(200);
        deliver(&app, Some(company)).await;
        let body = json!({"token": token(&app), "new_password": NEW});
        app.clock().advance(60 * 60);
        assert_eq!(app.stranger().post(reset, &body).await.wrong_fields(), ["token"]);
        let _ = app.stranger().post(forgot, &ask).await.ok(200);
        let _ = app.stranger().post(forgot, &ask).await.ok(200);
        deliver(&app, Some(company)).await;
        let tokens: Vec<String> = emails(&app).iter().map(|message| message.split_once("token=").unwrap().1.split_whitespace().next().unwrap().to_owned()).collect();
        assert_eq!(tokens.len(), 3);
        let stranger = app.stranger();
        let body = json!({"token": tokens[2], "new_password": NEW});
        let (one, other) = futures_util::future::join(stranger.post(reset, &body), stranger.post(reset, &body)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
        // its sibling is gone with it
        assert_eq!(stranger.post(reset, &json!({"token": tokens[1], "new_password": NEW})).await.wrong_fields(), ["token"]);
    }

    async fn forgetting_tells_nobody_who_is_there(app: TestApp) {
        let path = "/api/v1/tenants/auth/forgot-password";
        let known = app.stranger().post(path, &json!({"tenant": "alpha", "email": "boss@alpha.example"})).await;
        for body in [
            json!({"tenant": "alpha", "email": "no-one@alpha.example"}),
            json!({"tenant": "alpha", "email": "boss@bravo.example"}),
            json!({"tenant": "no-such-company", "email": "boss@alpha.example"}),
        ] {
            let answer = app.stranger().post(path, &body).await;
            assert_eq!((answer.status, &answer.json["data"]), (known.status, &known.json["data"]), "{body}");
        }
        deliver(&app, Some(app.company_a().await.id)).await;
        deliver(&app, None).await;
        let written = emails(&app);
        assert_eq!(written.len(), 1, "{written:?}");
        assert!(written[0].contains("To: boss@alpha.example"));
        assert_eq!(app.stranger().post(path, &json!({"tenant": "alpha", "email": "no address"})).await.wrong_fields(), ["email"]);
        // who is put out gets no email, and a flood of requests no flood of emails
        let admin = app.admin_a().await;
        let person = tests::people::somebody_of_a(&app, &[]).await;
        let _ = admin.post(&format!("/api/v1/tenants/adm/users/{}/deactivate", person.id()), &json!({})).await.ok(200);
        let _ = app.stranger().post(path, &json!({"tenant": "alpha", "email": format!("{}@alpha.example", person.username)})).await.ok(200);
        for _ in 0..8 {
            let _ = app.stranger().post(path, &json!({"tenant": "alpha", "email": "nobody@alpha.example"})).await.ok(200);
        }
        deliver(&app, Some(app.company_a().await.id)).await;
        assert_eq!(emails(&app).len(), 1 + 5);
    }

    async fn who_is_invited_chooses_a_password_and_comes_in(app: TestApp) {
        let (admin, company) = (app.admin_a().await, app.company_a().await.id);
        let (users, accept) = ("/api/v1/tenants/adm/users", "/api/v1/tenants/auth/accept-invitation");
        let made = admin.post(users, &json!({"username": "fresh", "email": "fresh@alpha.example", "full_name": "신입"})).await;
        let invite = format!("{users}/{}/invite", made.id());
        deliver(&app, Some(company)).await;
        let first = token(&app);
        let message = emails(&app).pop().unwrap();
        assert!(message.contains("http://cxg.test/frontend/invitation?token=cxo_") && message.contains("fresh") && message.contains("알파상사"), "{message}");
        // invited again, the first email is good no more
        assert_eq!(admin.post(&invite, &json!({})).await.ok(200)["status"], "INVITED");
        deliver(&app, Some(company)).await;
        let second = token(&app);
        let body = |token: &str, password: &str| json!({"token": token, "password": password});
        let stranger = app.stranger();
        assert_eq!(stranger.post(accept, &body(&first, NEW)).await.wrong_fields(), ["token"]);
        assert_eq!(stranger.post(accept, &body(&second, "fresh-is-my-name-1")).await.wrong_fields(), ["password"]);
        // a token for one purpose is none for another
        let reset = json!({"token": second, "new_password": NEW});
        assert_eq!(stranger.post("/api/v1/tenants/auth/reset-password", &reset).await.wrong_fields(), ["token"]);
        stranger.try_sign_in(Some("alpha"), "fresh", NEW).await.refused(401, "UNAUTHORIZED");
        let _ = stranger.post(accept, &body(&second, NEW)).await.ok(200);
        assert_eq!(admin.get(&format!("{users}/{}", made.id())).await.ok(200)["status"], "ACTIVE");
        let _ = stranger.sign_in(Some("alpha"), "fresh", NEW).await;
        assert_eq!(stranger.post(accept, &body(&second, NEW)).await.wrong_fields(), ["token"]);
        assert_eq!(admin.post(&invite, &json!({})).await.refused(409, "CONFLICT")["rule"], "adm.not_invited");
    }

    async fn an_invitation_dies_with_its_user_and_after_a_week(app: TestApp) {
        let (admin, company) = (app.admin_a().await, app.company_a().await.id);
        let (users, accept) = ("/api/v1/tenants/adm/users", "/api/v1/tenants/auth/accept-invitation");
        for end in ["delete", "deactivate", "reset-password", "wait"] {
            let user = json!({"username": format!("for-{end}"), "email": format!("{end}@alpha.example"), "full_name": "초대"});
            let path = format!("{users}/{}", admin.post(users, &user).await.id());
            deliver(&app, Some(company)).await;
            let body = json!({"token": token(&app), "password": NEW});
            match end {
                "delete" => _ = admin.delete(&path).await.ok(200),
                "wait" => app.clock().advance(7 * 24 * 60 * 60),
                verb => {
                    let body = if verb == "deactivate" { json!({}) } else { json!({"new_password": PASSWORD}) };
                    _ = admin.post(&format!("{path}/{verb}"), &body).await.ok(200);
                }
            }
            assert_eq!(app.stranger().post(accept, &body).await.wrong_fields(), ["token"], "{end}");
        }
    }

    async fn the_first_administrator_without_a_password_is_invited(app: TestApp) {
        let first = json!({"username": "chief", "email": "chief@newcomer.example", "full_name": "대표"});
        let company = json!({"code": "newcomer", "name": "새로상사", "start_date": "2026-01-01", "admin": first});
        let id: Uuid = app.manager().await.post("/api/v1/manager/tenants", &company).await.id().parse().unwrap();
        deliver(&app, Some(id)).await;
        let body = json!({"token": token(&app), "password": NEW});
        let _ = app.stranger().post("/api/v1/tenants/auth/accept-invitation", &body).await.ok(200);
        let caller = app.stranger().sign_in(Some("newcomer"), "chief", NEW).await;
        assert_eq!(caller.get("/api/v1/tenants/auth/me").await.ok(200)["roles"], json!(["ADMIN"]));
    }
}
