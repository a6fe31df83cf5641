//! Who may become whom: whoever decides how somebody signs in holds everything that somebody holds.

use kernel::Realm;
use reqwest::Method;
use sea_orm::Iterable as _;
use serde_json::{Value, json};
use testkit::{Answer, Caller, PASSWORD, TestApp, both};
use tests::{
    document,
    idam::{IDAM, give, person, role, somebody},
    people::{role_of_a, somebody_of_a},
};
use uuid::Uuid;

const ADM: &str = "/api/v1/tenants/adm";

/// Somebody who holds more than the one who tries to become them.
struct Strong {
    user: Caller,
    /// Running number, by which the small ERP knows them.
    no: i64,
    key: String,
    grant: String,
    role: Value,
    role_no: i64,
}

async fn strong_of_a(app: &TestApp) -> Strong {
    let admin = app.admin_a().await;
    let user = somebody_of_a(app, &["adm.organizations.*"]).await;
    let role = role_of_a(app, &["crm.*"]).await;
    let grant = admin.post(&format!("{ADM}/user-roles"), &json!({"user_id": user.id(), "role_id": role})).await.id();
    let key = admin.post(&format!("{ADM}/api-keys"), &json!({"key_name": "연동", "user_id": user.id()})).await.id();
    let no = async |path: String| admin.get(&path).await.ok(200)["no"].as_i64().unwrap();
    let (no, role_no) = (no(format!("{ADM}/users/{}", user.id())).await, no(format!("{ADM}/roles/{}", role.as_str().unwrap())).await);
    Strong { user, no, key, grant, role, role_no }
}

async fn strong_of_provider(app: &TestApp) -> Strong {
    let (id, username) = person(app).await;
    let role = role(app, &["tnnt.*"]).await;
    let grant = give(app, &id, &role).await["id"].as_str().unwrap().to_owned();
    let key = app.manager().await.post(&format!("{IDAM}/api-keys"), &json!({"key_name": "연동", "user_id": id})).await.id();
    let user = app.stranger().sign_in(None, &username, PASSWORD).await;
    Strong { user, no: 0, key, grant, role: json!(role), role_no: 0 }
}

fn schema(operation: &Value) -> Value {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    match schema["$ref"].as_str() {
        Some(name) => document()["components"]["schemas"][name.rsplit('/').next().unwrap()].clone(),
        None => schema.clone(),
    }
}

/// A value for a field of a body, other than the one that stands there.
fn sample(field: &str, strong: &Strong) -> Value {
    match field {
        "email" => json!("attacker@evil.example"),
        "user_id" => json!(strong.user.id()),
        "role_id" => strong.role.clone(),
        "new_password" => json!("copper-meadow-whistle-88"),
        "key_name" | "service_account" => json!("another"),
        "scopes" => json!([]),
        "allowed_ips" => json!(["203.0.113.7"]),
        "expires_at" => json!("2099-01-01T00:00:00Z"),
        "rate_limit_per_minute" | "rate_limit_per_hour" | "rate_limit_per_day" => json!(7),
        "status" => json!("INACTIVE"),
        // a new field: if it has nothing to do with signing in it belongs in `signin::credentials::FREE_COLUMNS`
        _ => panic!("what would somebody write into {field} to become somebody else?"),
    }
}

/// The bodies an operation is tried with: what it demands, or each field alone where nothing is demanded.
fn bodies(operation: &Value, strong: &Strong) -> Vec<Value> {
    let schema = schema(operation);
    let one = |fields: Vec<&str>| Value::Object(fields.into_iter().map(|field| (field.to_owned(), sample(field, strong))).collect());
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !required.is_empty() {
        let mut body = one(required);
        if schema["properties"].get("user_id").is_some() {
            body["user_id"] = sample("user_id", strong);
        }
        return vec![body];
    }
    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
    let fields = fields.keys().filter(|field| !signin::credentials::FREE_COLUMNS.contains(&field.as_str()));
    let each: Vec<Value> =
        fields.filter(|field| !["reason", "overlap_minutes"].contains(&field.as_str())).map(|field| one(vec![field])).collect();
    if each.is_empty() { vec![json!({})] } else { each }
}

/// Sends it; the answer must be the refusal, and leave one audit row that says so.
async fn is_refused(app: &TestApp, clerk: &Caller, realm: Realm, method: &str, path: &str, body: &Value) {
    let request = Uuid::now_v7();
    let sending = clerk.request(method.to_uppercase().parse().unwrap(), path).header("x-request-id", request.to_string());
    let answer = sending.json(body).send().await;
    assert_eq!(answer.status, 403, "{method} {path} {body}: {answer:?}");
    if path.starts_with("/api/") {
        assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], "exceeds_own_rights", "{method} {path} {body}");
    }
    let tenant = if realm == Realm::Tenant { Some(app.company_a().await.id) } else { None };
    let audits = app.audits(realm, tenant, request).await;
    let rows: Vec<_> = audits.iter().map(|audit| (audit.result.as_str(), audit.user_id)).collect();
    assert_eq!(rows, [("BLOCKED", Some(clerk.id()))], "{method} {path} {body}");
}

#[track_caller]
fn exceeds(answer: &Answer) {
    assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], "exceeds_own_rights", "{answer:?}");
}

/// Every operation that writes below these places of the document, tried on somebody stronger. Answers their names.
async fn try_all(app: &TestApp, clerk: &Caller, realm: Realm, base: &str, strong: &Strong) -> Vec<String> {
    let user = strong.user.id().to_string();
    let mut tried = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        let id = match path.strip_prefix(base).map(|rest| rest.split('/').nth(1).unwrap_or_default()) {
            Some("users") if path.contains("{id}") => &user,
            Some("api-keys") => &strong.key,
            Some("user-roles") => &strong.grant,
            _ => continue,
        };
        for (method, operation) in item.as_object().unwrap().iter().filter(|(method, _)| !["get", "head"].contains(&method.as_str())) {
            for body in bodies(operation, strong) {
                is_refused(app, clerk, realm, method, &path.replace("{id}", id), &body).await;
            }
            tried.push(format!("{method} {}", &path[base.len()..]));
        }
    }
    tried
}

const VERBS: [&str; 13] = [
    "patch /users/{id}",
    "delete /users/{id}",
    "post /users/{id}/activate",
    "post /users/{id}/deactivate",
    "post /users/{id}/reset-password",
    "post /users/{id}/reset-mfa",
    "post /api-keys",
    "patch /api-keys/{id}",
    "delete /api-keys/{id}",
    "post /api-keys/{id}/rotate",
    "post /user-roles",
    "patch /user-roles/{id}",
    "delete /user-roles/{id}",
];

both! {
    /// Faults F1 and E ("refusals leave no audit row"): a user with `adm.users.update` changed the address of an administrator and had a
    /// reset link sent there. The fields and verbs come from the document, so that a new one is tried as well. With the keys of item G:
    /// nobody makes, changes or ends a key of somebody who may more.
    async fn nobody_decides_how_somebody_who_may_more_signs_in(app: TestApp) {
        let strong = strong_of_a(&app).await;
        let clerk = somebody_of_a(&app, &["adm.users.*", "adm.user-roles.*", "adm.api-keys.*", "adm.roles.*"]).await;
        let before = app.admin_a().await.get(&format!("{ADM}/users/{}", strong.user.id())).await.ok(200);
        let tried = try_all(&app, &clerk, Realm::Tenant, ADM, &strong).await;
        for verb in VERBS.iter().chain(&["post /users/{id}/invite", "post /user-roles/{id}/revoke"]) {
            assert!(tried.iter().any(|name| name == verb), "{verb} is not in {tried:?}");
        }
        // the small ERP
        let erp = format!("/users/{}", strong.no);
        let put = |more: Value| {
            let mut body = json!({"email": before["email"], "full_name": before["full_name"]});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        for (method, path, body) in [
            ("put", erp.clone(), put(json!({"email": "attacker@evil.example"}))),
            ("put", erp.clone(), put(json!({"password": "copper-meadow-whistle-88"}))),
            ("put", erp.clone(), put(json!({"is_active": false}))),
            ("delete", erp.clone(), json!({})),
            ("post", format!("{erp}/roles"), json!({"role_id": strong.role_no})),
            ("put", format!("{erp}/roles"), json!({"role_ids": []})),
            ("delete", format!("{erp}/roles/{}", strong.role_no), json!({})),
        ] {
            if method == "post" {
                // they have the role already: 400 before anything else
                assert_eq!(clerk.post(&path, &body).await.status, 400);
                continue;
            }
            is_refused(&app, &clerk, Realm::Tenant, method, &path, &body).await;
        }
        // the main role is a role of theirs, too
        for role in [Value::Null, role_of_a(&app, &["adm.users.read"]).await] {
            is_refused(&app, &clerk, Realm::Tenant, "patch", &format!("{ADM}/users/{}", strong.user.id()), &json!({"role_id": role})).await;
        }
        let after = app.admin_a().await.get(&format!("{ADM}/users/{}", strong.user.id())).await.ok(200);
        assert_eq!(before, after);
        let _ = strong.user.get("/api/v1/tenants/auth/me").await.ok(200);
        // what has nothing to do with signing in may be changed, and a user who holds no more is no secret
        let _ = clerk.patch(&format!("{ADM}/users/{}", strong.user.id()), &json!({"full_name": "김다른", "phone": "010-1234-5678"})).await.ok(200);
        let weak = somebody_of_a(&app, &["adm.users.read"]).await;
        let _ = clerk.patch(&format!("{ADM}/users/{}", weak.id()), &json!({"email": "weak@alpha.example"})).await.ok(200);
        assert_eq!(clerk.post(&format!("{ADM}/api-keys"), &json!({"key_name": "x", "user_id": weak.id()})).await.ok(201)["user_id"], json!(weak.id()));
    }

    /// A clerk made a key for somebody without rights, who became an administrator later; so did the clerk.
    async fn a_key_for_another_has_what_they_hold_when_it_is_made(app: TestApp) {
        let admin = app.admin_a().await;
        let clerk = somebody_of_a(&app, &["adm.users.*", "adm.api-keys.*"]).await;
        let weak = somebody_of_a(&app, &["adm.users.read"]).await;
        let keys = format!("{ADM}/api-keys");
        let made = clerk.post(&keys, &json!({"key_name": "x", "user_id": weak.id()})).await;
        assert_eq!(made.ok(201)["scopes"], json!(["adm.users.read"]));
        let path = format!("{keys}/{}", made.id());
        exceeds(&clerk.post(&keys, &json!({"key_name": "x", "user_id": weak.id(), "scopes": ["*"]})).await);
        exceeds(&clerk.patch(&path, &json!({"scopes": null})).await);
        exceeds(&clerk.patch(&path, &json!({"scopes": ["*"]})).await);
        // one the owner made is all of theirs, until another has its secret
        let own = somebody_of_a(&app, &["adm.api-keys.*"]).await;
        let theirs = own.post(&keys, &json!({"key_name": "own"})).await;
        assert!(theirs.ok(201)["scopes"].is_null());
        let rotated = clerk.post(&format!("{keys}/{}/rotate", theirs.id()), &json!({})).await;
        assert_eq!(rotated.ok(201)["scopes"], json!(["adm.api-keys.*"]));
        let wide = own.post(&keys, &json!({"key_name": "wide", "scopes": ["*"]})).await.id();
        exceeds(&clerk.post(&format!("{keys}/{wide}/rotate"), &json!({})).await);
        let role = role_of_a(&app, &["adm.*"]).await;
        for (user, key) in [(&weak, &made), (&own, &rotated)] {
            let _ = admin.patch(&format!("{ADM}/users/{}", user.id()), &json!({"role_id": role})).await.ok(200);
            let text = key.json["data"]["api_key"].as_str().unwrap();
            let body = json!({"code": "TAKEN", "name": "빼앗음", "permissions": ["adm.*"]});
            let answer = app.stranger().request(Method::POST, &format!("{ADM}/roles")).header("x-api-key", text).json(&body).send().await;
            answer.refused(403, "FORBIDDEN");
        }
    }

    /// The same on the provider's side.
    async fn a_key_for_another_of_staff_has_what_they_hold_when_it_is_made(app: TestApp) {
        let clerk = somebody(&app, &["idam.users.*", "idam.api-keys.*"]).await;
        let (weak, _) = person(&app).await;
        let keys = format!("{IDAM}/api-keys");
        let made = clerk.post(&keys, &json!({"key_name": "x", "user_id": weak})).await;
        assert_eq!(made.ok(201)["scopes"], json!([]));
        exceeds(&clerk.patch(&format!("{keys}/{}", made.id()), &json!({"scopes": null})).await);
        let rotated = clerk.post(&format!("{keys}/{}/rotate", made.id()), &json!({})).await;
        assert_eq!(rotated.ok(201)["scopes"], json!([]));
        let all = role(&app, &["*"]).await;
        let _ = give(&app, &weak, &all).await;
        let text = rotated.json["data"]["api_key"].as_str().unwrap();
        let answer = app.stranger().request(Method::GET, &format!("{IDAM}/users")).header("x-api-key", text).send().await;
        answer.refused(403, "FORBIDDEN");
    }

    /// Who may not delete somebody is refused, and audited, before anything is said of what refers to them.
    async fn deleting_somebody_stronger_is_forbidden_whatever_refers_to_them(app: TestApp) {
        let strong = strong_of_a(&app).await;
        let clerk = somebody_of_a(&app, &["adm.users.*"]).await;
        let admin = app.admin_a().await;
        let organization = admin.post(&format!("{ADM}/organizations"), &json!({"name": "참조상사"})).await.id();
        let department =
            json!({"organization_id": organization, "code": "REFERS", "name": "참조팀", "manager_id": strong.user.id(), "valid_from": "2026-01-01"});
        let _ = admin.post(&format!("{ADM}/departments"), &department).await.ok(201);
        let path = format!("{ADM}/users/{}", strong.user.id());
        is_refused(&app, &clerk, Realm::Tenant, "delete", &path, &json!({})).await;
        is_refused(&app, &clerk, Realm::Tenant, "delete", &format!("/users/{}", strong.no), &json!({})).await;
        assert_eq!(admin.delete(&path).await.refused(409, "CONFLICT")["rule"], "referenced");
    }

    /// Fault F1 on the provider's side.
    async fn nobody_decides_how_staff_who_may_more_sign_in(app: TestApp) {
        let strong = strong_of_provider(&app).await;
        let clerk = somebody(&app, &["idam.users.*", "idam.user-roles.*", "idam.api-keys.*"]).await;
        let path = format!("{IDAM}/users/{}", strong.user.id());
        let before = app.manager().await.get(&path).await.ok(200);
        let tried = try_all(&app, &clerk, Realm::Manager, IDAM, &strong).await;
        for verb in VERBS {
            assert!(tried.iter().any(|name| name == verb), "{verb} is not in {tried:?}");
        }
        assert_eq!(before, app.manager().await.get(&path).await.ok(200));
        let _ = strong.user.get("/api/v1/manager/auth/me").await.ok(200);
        let _ = clerk.patch(&path, &json!({"full_name": "김다른"})).await.ok(200);
        let (weak, _) = person(&app).await;
        let _ = clerk.patch(&format!("{IDAM}/users/{weak}"), &json!({"email": "weak@provider.example"})).await.ok(200);
    }

    /// Fault F1: a key with `adm.users.update` changed the address of its own owner, and so became the owner without its scopes.
    async fn a_key_does_not_change_its_owners_credentials(app: TestApp) {
        for (admin, base) in [(app.admin_a().await, ADM), (app.manager().await, IDAM)] {
            let made = admin.post(&format!("{base}/api-keys"), &json!({"key_name": "everything", "scopes": ["*"]})).await;
            let key = made.ok(201)["api_key"].as_str().unwrap().to_owned();
            let own = format!("{base}/users/{}", admin.id());
            let ask = async |method: Method, path: &str, body: Value| {
                app.stranger().request(method, path).header("x-api-key", &key).json(&body).send().await
            };
            let refused = |answer: Answer| assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], "api_key", "{answer:?}");
            refused(ask(Method::PATCH, &own, json!({"email": "attacker@evil.example"})).await);
            for verb in ["reset-password", "reset-mfa", "activate", "deactivate"] {
                let body = if verb == "reset-password" { json!({"new_password": "copper-meadow-whistle-88"}) } else { json!({}) };
                refused(ask(Method::POST, &format!("{own}/{verb}"), body).await);
            }
            refused(ask(Method::DELETE, &own, json!({})).await);
            let _ = ask(Method::PATCH, &own, json!({"phone": "010-1234-5678"})).await.ok(200);
            if base == ADM {
                let row = admin.get(&own).await.ok(200);
                let body = json!({"email": "attacker@evil.example", "full_name": row["full_name"]});
                assert_eq!(ask(Method::PUT, &format!("/users/{}", row["no"]), body).await.status, 403);
            }
        }
    }

    /// Item E: a role with rights the caller lacks was emptied by `permissions: []`.
    async fn a_role_that_holds_more_is_not_changed_in_any_way(app: TestApp) {
        let small = json!(["adm.users.read"]);
        let clerk = somebody_of_a(&app, &["adm.roles.*", "adm.users.read"]).await;
        let large = role_of_a(&app, &["adm.organizations.*"]).await;
        let path = format!("{ADM}/roles/{}", large.as_str().unwrap());
        for body in [
            json!({"permissions": []}), json!({"permissions": small}), json!({"name": "이름"}), json!({"description": "설명"}),
            json!({"is_active": false}),
        ] {
            is_refused(&app, &clerk, Realm::Tenant, "patch", &path, &body).await;
        }
        is_refused(&app, &clerk, Realm::Tenant, "delete", &path, &json!({})).await;
        is_refused(&app, &clerk, Realm::Tenant, "post", &format!("{ADM}/roles"), &json!({"code": "MORE", "name": "더", "permissions": ["*"]})).await;
        let row = app.admin_a().await.get(&path).await.ok(200);
        assert_eq!((&row["permissions"], &row["is_active"]), (&json!(["adm.organizations.*"]), &json!(true)));
        let erp = format!("/roles/{}", row["no"]);
        is_refused(&app, &clerk, Realm::Tenant, "put", &erp, &json!({"name": "이름"})).await;
        is_refused(&app, &clerk, Realm::Tenant, "delete", &erp, &json!({})).await;
        let own = role_of_a(&app, &["adm.users.read"]).await;
        let own = format!("{ADM}/roles/{}", own.as_str().unwrap());
        is_refused(&app, &clerk, Realm::Tenant, "patch", &own, &json!({"permissions": ["adm.*"]})).await;
        let _ = clerk.patch(&own, &json!({"permissions": [], "name": "빈 역할"})).await.ok(200);
        let _ = clerk.delete(&own).await.ok(200);
    }

    /// Item E on the provider's side, where a role's rows say the same as its list.
    async fn a_role_of_the_provider_that_holds_more_is_not_changed_in_any_way(app: TestApp) {
        let keys = ["idam.roles.*", "idam.role-permissions.*", "idam.permissions.read", "idam.users.read"];
        let clerk = somebody(&app, &keys).await;
        let large = role(&app, &["tnnt.*", "idam.users.read"]).await;
        let path = format!("{IDAM}/roles/{large}");
        for body in [json!({"permissions": []}), json!({"name": "이름"}), json!({"status": "INACTIVE"}), json!({"is_default": true})] {
            is_refused(&app, &clerk, Realm::Manager, "patch", &path, &body).await;
        }
        is_refused(&app, &clerk, Realm::Manager, "delete", &path, &json!({})).await;
        let code = async |code: &str| clerk.get(&format!("{IDAM}/permissions?code={code}")).await.ok(200)["items"][0]["id"].clone();
        let more = json!({"role_id": large, "permission_id": code("idam.roles.read").await});
        is_refused(&app, &clerk, Realm::Manager, "post", &format!("{IDAM}/role-permissions"), &more).await;
        let rows = clerk.get(&format!("{IDAM}/role-permissions?role_id={large}")).await.ok(200);
        assert_eq!(rows["total"], 2);
        for row in rows["items"].as_array().unwrap() {
            let path = format!("{IDAM}/role-permissions/{}", row["id"].as_str().unwrap());
            is_refused(&app, &clerk, Realm::Manager, "delete", &path, &json!({})).await;
        }
        let own = role(&app, &["idam.users.read"]).await;
        let _ = clerk.patch(&format!("{IDAM}/roles/{own}"), &json!({"permissions": []})).await.ok(200);
        let _ = clerk.delete(&format!("{IDAM}/roles/{own}")).await.ok(200);
    }
}

/// A column of users is guarded unless it is listed, and what decides about signing in is not.
#[test]
fn what_decides_about_signing_in_is_not_among_the_free_columns() {
    use auth::entities;
    use sea_orm::IdenStatic as _;
    use signin::credentials::FREE_COLUMNS;
    let mut columns: Vec<&str> = entities::adm_user::Column::iter().map(|column| column.as_str()).collect();
    columns.extend(entities::idam_user::Column::iter().map(|column| column.as_str()));
    for free in FREE_COLUMNS {
        assert!(columns.contains(free), "{free} is no column of users");
    }
    for column in ["username", "email", "password_hash", "password_changed_at", "status", "mfa_enabled", "deleted_at", "user_type"] {
        assert!(columns.contains(&column) && !FREE_COLUMNS.contains(&column), "{column}");
    }
}
