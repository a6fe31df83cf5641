//! Does it run at all?

use serde_json::json;
use testkit::both;

both! {
    async fn everybody_can_sign_in_and_sees_their_own_company(app: TestApp) {
        for (caller, company) in [(app.admin_a().await, json!("alpha")), (app.admin_b().await, json!("bravo")), (app.nobody_a().await, json!("alpha"))] {
            assert_eq!(caller.get("/api/v1/tenants/auth/me").await.ok(200)["tenant"], company);
        }
        for (caller, roles) in [(app.manager().await, json!(["SUPER_ADMIN"])), (app.guest().await, json!(["GUEST"]))] {
            assert_eq!(caller.get("/api/v1/manager/auth/me").await.ok(200)["roles"], roles);
        }
        app.stranger().get("/api/v1/manager/auth/me").await.refused(401, "UNAUTHORIZED");
    }
}
