//! What is taken away on one node is gone on the others within a second.

use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Caller, TestApp, both};
use tests::people::{one_of_a, role_of_a};

const ME: &str = "/api/v1/tenants/auth/me";
const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";
/// What the issue allows.
const SECOND: Duration = Duration::from_secs(1);

/// The same caller at another node.
fn there(node: &TestApp, caller: &Caller) -> Caller {
    node.stranger().with_token(caller.token.as_deref())
}

both! {
    async fn what_is_taken_away_here_is_gone_there_within_a_second(app: TestApp) {
        let node = app.another_node(&[], 0).await;
        let (admin, manager, company) = (app.admin_a().await, app.manager().await, app.company_a().await.id);

        // a session
        let role = role_of_a(&app, &["adm.organizations.*"]).await;
        let one = one_of_a(&app, &admin, &role).await;
        let over = there(&node, &one);
        let _ = over.get(ME).await.ok(200);
        let session = admin.get(&format!("/api/v1/tenants/adm/sessions?user_id={}&status=ACTIVE", one.id())).await.ok(200)["items"][0]["id"].clone();
        let _ = admin.delete(&format!("/api/v1/tenants/adm/sessions/{}", session.as_str().unwrap())).await.ok(200);
        one.get(ME).await.refused(401, "UNAUTHORIZED");
        tokio::time::sleep(SECOND).await;
        over.get(ME).await.refused(401, "UNAUTHORIZED");

        // a right
        let two = one_of_a(&app, &admin, &role).await;
        let over = there(&node, &two);
        let _ = over.post(ORGANIZATIONS, &json!({"name": "둘"})).await.ok(201);
        let _ = admin.patch(&format!("/api/v1/tenants/adm/roles/{}", role.as_str().unwrap()), &json!({"permissions": ["adm.organizations.read"]})).await.ok(200);
        tokio::time::sleep(SECOND).await;
        over.post(ORGANIZATIONS, &json!({"name": "셋"})).await.refused(403, "FORBIDDEN");
        let _ = over.get(ORGANIZATIONS).await.ok(200);

        // an account
        let _ = admin.post(&format!("/api/v1/tenants/adm/users/{}/deactivate", two.id()), &json!({})).await.ok(200);
        tokio::time::sleep(SECOND).await;
        over.get(ORGANIZATIONS).await.refused(401, "UNAUTHORIZED");

        // a key
        let made = admin.post("/api/v1/tenants/adm/api-keys", &json!({"key_name": "연동"})).await.ok(201);
        let with_key = async |path: &str| node.stranger().request(reqwest::Method::GET, path).header("x-api-key", made["api_key"].as_str().unwrap()).send().await;
        let _ = with_key(ORGANIZATIONS).await.ok(200);
        let _ = admin.post(&format!("/api/v1/tenants/adm/api-keys/{}/revoke", made["id"].as_str().unwrap()), &json!({})).await.ok(200);
        tokio::time::sleep(SECOND).await;
        with_key(ORGANIZATIONS).await.refused(401, "UNAUTHORIZED");

        // the company
        let over = there(&node, &admin);
        let _ = over.get(ME).await.ok(200);
        let suspension: Value = json!({"reason": "미납"});
        let _ = manager.post(&format!("/api/v1/manager/tenants/{company}/suspend"), &suspension).await.ok(200);
        tokio::time::sleep(SECOND).await;
        assert_eq!(over.get(ME).await.refused(403, "FORBIDDEN")["reason"], "tenant_suspended");
        node.stop().await;
    }
}
