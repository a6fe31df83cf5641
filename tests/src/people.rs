//! A company's people of a story.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::{Caller, PASSWORD, TestApp};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A role of company a with these permissions; gives its id.
pub async fn role_of_a(app: &TestApp, permissions: &[&str]) -> Value {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let role = json!({"code": format!("STORY-{n}"), "name": format!("이야기 {n}"), "permissions": permissions});
    app.admin_a().await.post("/api/v1/tenants/adm/roles", &role).await.ok(201)["id"].clone()
}

/// One of company a's people with a role of these permissions, signed in.
pub async fn somebody_of_a(app: &TestApp, permissions: &[&str]) -> Caller {
    let role = role_of_a(app, permissions).await;
    one_of_a(app, &app.admin_a().await, &role).await
}

/// Another of company a's people in this role, made `by` one who may, and signed in.
pub async fn one_of_a(app: &TestApp, by: &Caller, role: &Value) -> Caller {
    let username = format!("person{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let email = format!("{username}@alpha.example");
    let user = json!({"username": username, "email": email, "full_name": "김사람", "password": PASSWORD, "role_id": role});
    let _ = by.post("/api/v1/tenants/adm/users", &user).await.ok(201);
    app.stranger().sign_in(Some("alpha"), &username, PASSWORD).await
}

/// The id of company a's role ADMIN.
pub async fn admin_role_of_a(app: &TestApp) -> Value {
    app.admin_a().await.get("/api/v1/tenants/adm/roles?code=ADMIN").await.ok(200)["items"][0]["id"].clone()
}
