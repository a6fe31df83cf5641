//! Credentials that are worth nothing any more, and those that are worth less than their owner.

use super::{Credential, nobody_knows, refused_because};
use kernel::Realm;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Backend, Caller, PASSWORD, TestApp, run};
use tests::{
    Operation,
    idam::{IDAM, give, person, role, somebody},
    people::somebody_of_a,
};

const ADM: &str = "/api/v1/tenants/adm";
/// A node may believe half a second what it read.
const BELIEVED: Duration = Duration::from_millis(600);

/// The two sides: whose administrator, under which path, and somebody with every right.
async fn sides(app: &TestApp) -> [(Realm, Caller, &'static str, Caller); 2] {
    let of_a = somebody_of_a(app, &["*"]).await;
    let staff = somebody(app, &["*"]).await;
    [(Realm::Tenant, app.admin_a().await, ADM, of_a), (Realm::Manager, app.manager().await, IDAM, staff)]
}

#[test]
fn an_ended_session_opens_nothing() {
    run(Backend::Sqlite, async |app| {
        for (realm, admin, base, caller) in sides(&app).await {
            let sessions = admin.get(&format!("{base}/sessions?user_id={}", caller.id())).await.ok(200);
            let _ = admin.delete(&format!("{base}/sessions/{}", sessions["items"][0]["id"].as_str().unwrap())).await.ok(200);
            nobody_knows(&Credential::Token(caller), realm, "a revoked session").await;
        }
        for (realm, company, username) in [(Realm::Tenant, Some("alpha"), "boss"), (Realm::Manager, None, "admin")] {
            let caller = app.stranger().sign_in(company, username, PASSWORD).await;
            let _ = caller.post(&format!("/api/v1/{}/auth/logout", realm.segment()), &json!({})).await.ok(200);
            nobody_knows(&Credential::Token(caller), realm, "who signed out").await;
        }
    });
}

#[test]
fn a_token_that_is_over_opens_nothing() {
    run(Backend::Sqlite, async |app| {
        let callers = sides(&app).await;
        app.clock().advance(900);
        for (realm, _, _, caller) in callers {
            nobody_knows(&Credential::Token(caller), realm, "an expired token").await;
        }
    });
}

#[test]
fn who_is_disabled_or_deleted_gets_nowhere() {
    run(Backend::Sqlite, async |app| {
        for (realm, admin, base, caller) in sides(&app).await {
            let key = caller.post(&format!("{base}/api-keys"), &json!({"key_name": "그의 것"})).await.ok(201)["api_key"].clone();
            let _ = admin.post(&format!("{base}/users/{}/deactivate", caller.id()), &json!({})).await.ok(200);
            nobody_knows(&Credential::Token(caller.clone()), realm, "a disabled user").await;
            nobody_knows(&Credential::Key(app.stranger(), key.as_str().unwrap().to_owned()), realm, "a key of a disabled user").await;
            let _ = admin.delete(&format!("{base}/users/{}", caller.id())).await.ok(200);
            nobody_knows(&Credential::Token(caller), realm, "a deleted user").await;
        }
    });
}

/// A new key of the administrator: its id and its text.
async fn key(admin: &Caller, base: &str, more: Value) -> (String, String) {
    let mut body = json!({"key_name": "열쇠"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = admin.post(&format!("{base}/api-keys"), &body).await;
    (made.id(), made.ok(201)["api_key"].as_str().unwrap().to_owned())
}

#[test]
fn a_key_that_is_not_in_use_opens_nothing() {
    run(Backend::Sqlite, async |app| {
        for (realm, admin, base, _) in sides(&app).await {
            let stranger = app.stranger();
            let good = Credential::Key(stranger.clone(), key(&admin, base, json!({})).await.1);
            let mut dead = Vec::new();
            for verb in ["deactivate", "revoke"] {
                let (id, text) = key(&admin, base, json!({})).await;
                let _ = admin.post(&format!("{base}/api-keys/{id}/{verb}"), &json!({})).await.ok(200);
                dead.push((verb, text));
            }
            let (id, text) = key(&admin, base, json!({})).await;
            let _ = admin.delete(&format!("{base}/api-keys/{id}")).await.ok(200);
            dead.push(("deleted", text));
            let (id, text) = key(&admin, base, json!({})).await;
            let _ = admin.post(&format!("{base}/api-keys/{id}/rotate"), &json!({"overlap_minutes": 0})).await.ok(201);
            dead.push(("exchanged", text));
            let (_, text) = key(&admin, base, json!({"expires_at": app.now().plus_seconds(60).to_string()})).await;
            dead.push(("expired", text));
            let (_, text) = key(&admin, base, json!({})).await;
            let bent = if text.ends_with('0') { '1' } else { '0' };
            dead.push(("one letter off", format!("{}{bent}", &text[..text.len() - 1])));
            app.clock().advance(61);
            tokio::time::sleep(BELIEVED).await;
            for (why, text) in dead {
                nobody_knows(&Credential::Key(stranger.clone(), text), realm, why).await;
            }
            let me = super::closed(realm).into_iter().find(|operation| operation.words() == ["auth", "session", "read"]).unwrap();
            let _ = good.tries(&me).await.ok(200);
        }
    });
}

/// What is a person's and no program's.
fn is_personal(operation: &Operation) -> bool {
    match operation.words() {
        ["auth", "session" | "home", "read"] => false,
        ["auth", ..] => true,
        [_, "api-keys", action] => action != "read",
        [_, "impersonations" | "support-consents", action] => action == "create",
        _ => false,
    }
}

#[test]
fn a_key_without_a_scope_opens_nothing_and_no_key_is_a_person() {
    run(Backend::Sqlite, async |app| {
        for (realm, admin, base, _) in sides(&app).await {
            let scopeless = Credential::Key(app.stranger(), key(&admin, base, json!({"scopes": []})).await.1);
            refused_because(&scopeless, realm, |operation| match operation.words() {
                _ if is_personal(operation) => Some("api_key"),
                ["auth", ..] => None,
                _ => Some("scope"),
            })
            .await;
            let elsewhere = Credential::Key(app.stranger(), key(&admin, base, json!({"allowed_ips": ["203.0.113.7"]})).await.1);
            refused_because(&elsewhere, realm, |_| Some("address")).await;
            // the wrong realm comes before everything else
            let other = if realm == Realm::Tenant { Realm::Manager } else { Realm::Tenant };
            refused_because(&scopeless, other, |_| Some("wrong_realm")).await;
        }
    });
}

#[test]
fn who_acts_for_reading_reads_and_writes_nothing() {
    run(Backend::Sqlite, async |app| {
        let staff = somebody(&app, &["idam.impersonations.*"]).await;
        let _ = app
            .admin_a()
            .await
            .post(&format!("{ADM}/support-consents"), &json!({"reason": "마감 확인", "allow_write": true}))
            .await
            .ok(201);
        let begun = json!({"tenant_id": app.company_a().await.id, "user_id": app.admin_a().await.id(), "reason": "문의 17"});
        let begun = staff.post(&format!("{IDAM}/impersonations"), &begun).await.ok(201);
        let reader = staff.with_token(begun["access_token"].as_str());
        let leaving = |operation: &Operation| operation.words() == ["auth", "session", "delete"];
        let personal = |operation: &Operation| match operation.words() {
            ["auth", "session" | "home", "read"] => false,
            ["auth", ..] => true,
            [_, "users" | "roles" | "user-roles" | "api-keys" | "invitations" | "sessions" | "support-consents", action] => {
                action != "read"
            }
            _ => false,
        };
        for operation in super::closed(Realm::Tenant).into_iter().filter(|operation| !leaving(operation)) {
            let answer = Credential::Token(reader.clone()).tries(&operation).await;
            if operation.reads() && !personal(&operation) {
                assert!([200, 404, 422].contains(&answer.status), "{}: {answer:?}", operation.name());
            } else {
                let reason = if personal(&operation) { "impersonation" } else { "read_only" };
                assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], reason, "{}", operation.name());
            }
        }
        refused_because(&Credential::Token(reader.clone()), Realm::Manager, |_| Some("wrong_realm")).await;
        // and may go
        let _ = reader.post("/api/v1/tenants/auth/logout", &json!({})).await.ok(200);
        nobody_knows(&Credential::Token(reader), Realm::Tenant, "who has gone").await;
    });
}

#[test]
fn a_role_that_is_taken_away_takes_its_rights_along() {
    run(Backend::Sqlite, async |app| {
        let ((id, username), role) = (person(&app).await, role(&app, &["*"]).await);
        let grant = give(&app, &id, &role).await;
        let caller = app.stranger().sign_in(None, &username, PASSWORD).await;
        let _ = caller.get(&format!("{IDAM}/users")).await.ok(200);
        let _ = app.manager().await.delete(&format!("{IDAM}/user-roles/{}", grant["id"].as_str().unwrap())).await.ok(200);
        tokio::time::sleep(BELIEVED).await;
        for operation in super::closed(Realm::Manager) {
            if operation.words()[0] != "auth" {
                let detail = Credential::Token(caller.clone()).tries(&operation).await.refused(403, "FORBIDDEN");
                assert_eq!(detail["permission"].as_str(), operation.permission(), "{}", operation.name());
            }
        }
    });
}
