//! The provider's people of a story.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::{Caller, PASSWORD, TestApp};

/// The path of the provider's people, their roles and keys.
pub const IDAM: &str = "/api/v1/manager/idam";

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A role of the provider's side with these permissions; gives its id.
pub async fn role(app: &TestApp, permissions: &[&str]) -> String {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let body = json!({"code": format!("STORY-{n}"), "name": format!("이야기 {n}"), "permissions": permissions});
    app.manager().await.post(&format!("{IDAM}/roles"), &body).await.id()
}

/// One of the provider's people without a role, made but not signed in: id and user name.
pub async fn person(app: &TestApp) -> (String, String) {
    let username = format!("staff{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let body = json!({"username": username, "email": format!("{username}@provider.example"), "full_name": "김운영", "password": PASSWORD});
    (app.manager().await.post(&format!("{IDAM}/users"), &body).await.id(), username)
}

/// Gives a role; the answer is the grant.
pub async fn give(app: &TestApp, user: &str, role: &str) -> Value {
    let body = json!({"user_id": user, "role_id": role});
    app.manager().await.post(&format!("{IDAM}/user-roles"), &body).await.ok(201)
}

/// One of the provider's people with these permissions, signed in.
pub async fn somebody(app: &TestApp, permissions: &[&str]) -> Caller {
    let ((id, username), role) = (person(app).await, role(app, permissions).await);
    let _ = give(app, &id, &role).await;
    app.stranger().sign_in(None, &username, PASSWORD).await
}

/// The id of the role of this code.
pub async fn role_of_code(app: &TestApp, code: &str) -> String {
    let found = app.manager().await.get(&format!("{IDAM}/roles?code={code}")).await.ok(200);
    found["items"][0]["id"].as_str().unwrap().to_owned()
}
