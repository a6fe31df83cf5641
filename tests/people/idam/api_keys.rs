//! API keys: a program with a part of its owner's rights, in either realm.

use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use store::Sql;
use testkit::{Answer, Caller, TestApp, both};
use tests::{
    idam::{IDAM, person, somebody},
    people::{role_of_a, somebody_of_a},
};
use uuid::Uuid;

const KEYS: &str = "/api/v1/tenants/adm/api-keys";
const USERS: &str = "/api/v1/tenants/adm/users";
const ME: &str = "/api/v1/tenants/auth/me";

async fn ask(app: &TestApp, key: &str, method: Method, path: &str) -> Answer {
    app.stranger().request(method, path).header("x-api-key", key).send().await
}

async fn new_key(caller: &Caller, body: Value) -> (String, String) {
    let made = caller.post(KEYS, &body).await;
    (made.id(), made.ok(201)["api_key"].as_str().unwrap().to_owned())
}

/// Asks until the status is this, for at most the second the contract gives.
async fn becomes(app: &TestApp, key: &str, path: &str, status: u16) -> Answer {
    for _ in 0..50 {
        let answer = ask(app, key, Method::GET, path).await;
        if answer.status == status {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{path} does not become {status}");
}

both! {
    async fn a_key_is_shown_once_and_kept_as_a_hash(app: TestApp) {
        let admin = app.admin_a().await;
        let post = || admin.request(Method::POST, KEYS).header("idempotency-key", "one key").json(&json!({"key_name": "창고 연동"})).send();
        let (made, again) = (post().await, post().await);
        let (row, text) = (made.ok(201), made.json["data"]["api_key"].as_str().unwrap().to_owned());
        assert_eq!((&again.json["data"]["id"], &again.json["data"]["api_key"]), (&row["id"], &json!("***")));
        assert_eq!(text, format!("cxg_{}_{}", row["key_id"].as_str().unwrap(), text.rsplit('_').next().unwrap()));
        assert_eq!(row["key_id"], json!(format!("{}{}", app.company_a().await.id.simple(), made.id().parse::<Uuid>().unwrap().simple())));
        let secret = text.rsplit('_').next().unwrap();
        for path in [format!("{KEYS}/{}", made.id()), KEYS.to_owned(), format!("{KEYS}/export")] {
            let answer = admin.get(&path).await;
            let shown = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(answer.status == 200 && !shown.contains(secret) && !shown.contains("hash"), "{shown}");
        }
        let company = app.company_a().await.id;
        for table in ["audt_audit_logs", "outbox", "idempotency_keys"] {
            let column = match table { "audt_audit_logs" => "extra_data", "outbox" => "payload", _ => "answer" };
            let mut sql = Sql::new(&format!("SELECT CAST({column} AS text) AS text FROM {table} WHERE {column} IS NOT NULL AND tenant_id = "));
            sql.bind(company);
            for row in app.database(Realm::Tenant).read(Some(company)).await.unwrap().raw_all(sql).await.unwrap() {
                assert!(!row.try_get::<String>("", "text").unwrap().contains(secret), "{table}");
            }
        }
        assert_eq!(ask(&app, &text, Method::GET, ME).await.ok(200)["username"], "boss");
    }

    async fn what_is_no_key_or_too_much_is_401(app: TestApp) {
        let admin = app.admin_a().await;
        let (_, key) = new_key(&admin, json!({"key_name": "a"})).await;
        let mut wrong = key.clone();
        wrong.replace_range(key.len() - 1.., if key.ends_with('0') { "1" } else { "0" });
        let elsewhere = key.replace(&app.company_a().await.id.simple().to_string(), &app.company_b().await.id.simple().to_string());
        let unknown = key.replace(&app.company_a().await.id.simple().to_string(), &Uuid::now_v7().simple().to_string());
        for bad in [&wrong, &elsewhere, &unknown, "", "cxg_", "cxg_x_y", &key[4..], &"k".repeat(5000)] {
            ask(&app, bad, Method::GET, ME).await.refused(401, "UNAUTHORIZED");
        }
        let two = admin.request(Method::GET, ME).header("x-api-key", &key).send().await;
        two.refused(401, "UNAUTHORIZED");
        // the other realm
        assert_eq!(ask(&app, &key, Method::GET, &format!("{IDAM}/users")).await.refused(403, "FORBIDDEN")["reason"], "wrong_realm");
        for (body, field) in [
            (json!({"key_name": "x", "scopes": ["adm.users.fly"]}), "scopes"),
            (json!({"key_name": "x", "allowed_ips": ["localhost"]}), "allowed_ips"),
            (json!({"key_name": "x", "expires_at": "2020-01-01T00:00:00Z"}), "expires_at"),
            (json!({"key_name": "x", "user_id": Uuid::now_v7()}), "user_id"),
            (json!({"key_name": "x", "rate_limit_per_hour": 0}), "rate_limit_per_hour"),
        ] {
            assert_eq!(admin.post(KEYS, &body).await.wrong_fields(), [field]);
        }
    }

    async fn a_key_has_its_scopes_and_no_more_than_its_owner(app: TestApp) {
        let owner = somebody_of_a(&app, &["adm.users.read", "adm.roles.read", "adm.api-keys.create"]).await;
        let (_, narrow) = new_key(&owner, json!({"key_name": "n", "scopes": ["adm.users.*", "adm.organizations.*"]})).await;
        let _ = ask(&app, &narrow, Method::GET, USERS).await.ok(200);
        let refused = ask(&app, &narrow, Method::GET, "/api/v1/tenants/adm/roles").await.refused(403, "FORBIDDEN");
        assert_eq!(refused, json!({"permission": "adm.roles.read", "reason": "scope"}));
        // a scope beyond what the owner may is worth nothing, and it is not the scope that is missing
        let refused = ask(&app, &narrow, Method::GET, "/api/v1/tenants/adm/organizations").await.refused(403, "FORBIDDEN");
        assert_eq!(refused, json!({"permission": "adm.organizations.read"}));
        let (_, wide) = new_key(&owner, json!({"key_name": "w"})).await;
        let _ = ask(&app, &wide, Method::GET, "/api/v1/tenants/adm/roles").await.ok(200);
        let _ = ask(&app, &wide, Method::GET, "/api/v1/tenants/adm/organizations").await.refused(403, "FORBIDDEN");
        assert_eq!(ask(&app, &narrow, Method::GET, ME).await.ok(200)["permissions"], json!(["adm.users.read"]));
    }

    async fn a_key_does_nothing_personal(app: TestApp) {
        let admin = app.admin_a().await;
        let (id, key) = new_key(&admin, json!({"key_name": "everything", "scopes": ["*"]})).await;
        for (method, path) in [
            (Method::POST, "/api/v1/tenants/auth/change-password".to_owned()), (Method::POST, "/api/v1/tenants/auth/logout".to_owned()),
            (Method::GET, "/api/v1/tenants/auth/sessions".to_owned()), (Method::DELETE, format!("/api/v1/tenants/auth/sessions/{id}")),
            (Method::POST, KEYS.to_owned()), (Method::POST, format!("{KEYS}/{id}/rotate")), (Method::DELETE, format!("{KEYS}/{id}")),
        ] {
            let answer = app.stranger().request(method, &path).header("x-api-key", &key).json(&json!({})).send().await;
            assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], "api_key", "{answer:?}");
        }
        let manager = app.manager().await;
        let staff = manager.post(&format!("{IDAM}/api-keys"), &json!({"key_name": "staff"})).await.ok(201);
        let answer = app.stranger().request(Method::POST, &format!("{IDAM}/impersonations")).header("x-api-key", staff["api_key"].as_str().unwrap());
        assert_eq!(answer.json(&json!({})).send().await.refused(403, "FORBIDDEN")["reason"], "api_key");
    }

    async fn what_a_key_does_is_its_owners_and_told_apart(app: TestApp) {
        let admin = app.admin_a().await;
        let (_, key) = new_key(&admin, json!({"key_name": "창고 연동"})).await;
        let request = Uuid::now_v7();
        let sending = app.stranger().request(Method::POST, "/api/v1/tenants/adm/organizations").header("x-api-key", &key);
        let made = sending.header("x-request-id", request.to_string()).json(&json!({"name": "by key"})).send().await.ok(201);
        assert_eq!(made["created_by"], json!(admin.id()));
        let company = app.company_a().await.id;
        let audits = app.audits(Realm::Tenant, Some(company), request).await;
        assert_eq!((audits[0].user_id, audits[0].actor.as_str()), (Some(admin.id()), "boss / 창고 연동"));
        let mut sql = Sql::new("SELECT actor_kind, session_id FROM audt_audit_logs WHERE request_id = ");
        sql.bind(request);
        let row = app.database(Realm::Tenant).read(Some(company)).await.unwrap().raw_one(sql).await.unwrap().unwrap();
        assert_eq!((row.try_get::<String>("", "actor_kind").unwrap().as_str(), row.try_get::<Option<Uuid>>("", "session_id").unwrap()), ("API_KEY", None));
    }

    async fn a_key_works_from_its_addresses_only(app: TestApp) {
        let admin = app.admin_a().await;
        let (id, key) = new_key(&admin, json!({"key_name": "here", "allowed_ips": ["127.0.0.0/8"]})).await;
        let _ = ask(&app, &key, Method::GET, USERS).await.ok(200);
        for elsewhere in [json!(["203.0.113.7"]), json!(["2001:db8::/32", "10.0.0.0/8"])] {
            let _ = admin.patch(&format!("{KEYS}/{id}"), &json!({"allowed_ips": elsewhere})).await.ok(200);
            assert_eq!(ask(&app, &key, Method::GET, USERS).await.refused(403, "FORBIDDEN")["reason"], "address");
        }
        let _ = admin.patch(&format!("{KEYS}/{id}"), &json!({"allowed_ips": null})).await.ok(200);
        let _ = ask(&app, &key, Method::GET, USERS).await.ok(200);
    }

    async fn a_key_sleeps_ends_and_is_replaced(app: TestApp) {
        let admin = app.admin_a().await;
        let (id, key) = new_key(&admin, json!({"key_name": "life"})).await;
        let act = async |verb: &str, body: Value| admin.post(&format!("{KEYS}/{id}/{verb}"), &body).await;
        assert_eq!(act("deactivate", json!({})).await.ok(200)["status"], "INACTIVE");
        ask(&app, &key, Method::GET, USERS).await.refused(401, "UNAUTHORIZED");
        assert_eq!(act("activate", json!({})).await.ok(200)["status"], "ACTIVE");
        let _ = ask(&app, &key, Method::GET, USERS).await.ok(200);
        // rotated: the old one stays good for the overlap
        for bad in [-1, 10_081] {
            assert_eq!(act("rotate", json!({"overlap_minutes": bad})).await.wrong_fields(), ["overlap_minutes"]);
        }
        let second = act("rotate", json!({"overlap_minutes": 10})).await.ok(201)["api_key"].as_str().unwrap().to_owned();
        assert_ne!(second, key);
        for good in [&key, &second] {
            let _ = ask(&app, good, Method::GET, USERS).await.ok(200);
        }
        app.clock().advance(10 * 60);
        ask(&app, &key, Method::GET, USERS).await.refused(401, "UNAUTHORIZED");
        let third = act("rotate", json!({"overlap_minutes": 0})).await.ok(201)["api_key"].as_str().unwrap().to_owned();
        ask(&app, &second, Method::GET, USERS).await.refused(401, "UNAUTHORIZED");
        let _ = ask(&app, &third, Method::GET, USERS).await.ok(200);
        let end = app.now().plus_seconds(60).to_string();
        let _ = admin.patch(&format!("{KEYS}/{id}"), &json!({"expires_at": end})).await.ok(200);
        app.clock().advance(61);
        becomes(&app, &third, USERS, 401).await;
        let _ = admin.patch(&format!("{KEYS}/{id}"), &json!({"expires_at": null})).await.ok(200);
        assert_eq!(act("revoke", json!({})).await.ok(200)["status"], "REVOKED");
        ask(&app, &third, Method::GET, USERS).await.refused(401, "UNAUTHORIZED");
        for verb in ["activate", "deactivate", "rotate"] {
            let detail = act(verb, json!({})).await.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["allowed"]), (&json!("transition"), &json!([])), "{verb}");
        }
        let _ = act("revoke", json!({})).await.ok(200);
    }

    async fn a_key_ends_with_what_its_owner_is(app: TestApp) {
        let admin = app.admin_a().await;
        let owner = somebody_of_a(&app, &["adm.users.read", "adm.api-keys.*"]).await;
        let (_, key) = new_key(&owner, json!({"key_name": "k"})).await;
        let _ = ask(&app, &key, Method::GET, USERS).await.ok(200);
        let path = format!("{USERS}/{}", owner.id());
        let (nothing, reading) = (role_of_a(&app, &[]).await, role_of_a(&app, &["adm.users.read"]).await);
        let _ = admin.patch(&path, &json!({"role_id": nothing})).await.ok(200);
        becomes(&app, &key, USERS, 403).await;
        let _ = admin.patch(&path, &json!({"role_id": reading})).await.ok(200);
        becomes(&app, &key, USERS, 200).await;
        let _ = admin.post(&format!("{path}/deactivate"), &json!({})).await.ok(200);
        becomes(&app, &key, USERS, 401).await;
        let _ = admin.post(&format!("{path}/activate"), &json!({})).await.ok(200);
        becomes(&app, &key, USERS, 200).await;
        let company = format!("/api/v1/manager/tenants/{}", app.company_a().await.id);
        let _ = app.manager().await.post(&format!("{company}/suspend"), &json!({})).await.ok(200);
        assert_eq!(becomes(&app, &key, USERS, 403).await.json["detail"]["reason"], "tenant_suspended");
        let _ = app.manager().await.post(&format!("{company}/activate"), &json!({})).await.ok(200);
        becomes(&app, &key, USERS, 200).await;
        let _ = admin.delete(&path).await.ok(200);
        becomes(&app, &key, USERS, 401).await;
    }

    async fn nobody_has_the_key_of_somebody_who_may_more(app: TestApp) {
        let clerk = somebody(&app, &["idam.api-keys.*", "idam.users.read"]).await;
        let keys = format!("{IDAM}/api-keys");
        let admin = app.manager().await;
        let theirs = admin.post(&keys, &json!({"key_name": "root"})).await.id();
        let exceeds = |answer: Answer| assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], "exceeds_own_rights", "{answer:?}");
        exceeds(clerk.post(&keys, &json!({"key_name": "x", "user_id": admin.id()})).await);
        exceeds(clerk.post(&format!("{keys}/{theirs}/rotate"), &json!({})).await);
        exceeds(clerk.post(&format!("{keys}/{theirs}/activate"), &json!({})).await);
        exceeds(clerk.patch(&format!("{keys}/{theirs}"), &json!({"scopes": null, "key_name": "y"})).await);
        let (weak, _) = person(&app).await;
        assert_eq!(clerk.post(&keys, &json!({"key_name": "x", "user_id": weak})).await.ok(201)["user_id"], json!(weak));
    }

    async fn how_a_key_is_used_is_written_down_after_a_while(app: TestApp) {
        let admin = app.admin_a().await;
        let (id, key) = new_key(&admin, json!({"key_name": "counted"})).await;
        for _ in 0..3 {
            let _ = ask(&app, &key, Method::GET, USERS).await.ok(200);
        }
        let row = async || admin.get(&format!("{KEYS}/{id}")).await;
        assert_eq!(row().await.ok(200)["usage_count"], 0, "not at every call");
        app.platform().flush_usage().await.unwrap();
        let answer = row().await;
        let used = answer.ok(200);
        assert_eq!((&used["usage_count"], &used["last_used_ip"], answer.header("etag")), (&json!(3), &json!("127.0.0.1"), "\"1\""));
        assert!(used["last_used_at"].is_string());
        app.platform().flush_usage().await.unwrap();
        assert_eq!(row().await.ok(200)["usage_count"], 3);
    }
}
