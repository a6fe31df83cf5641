//! Accounts that strangers make, where the provider allows it.

use serde_json::json;
use testkit::{Backend, PASSWORD, TestApp, both};

const REGISTER: &str = "/api/v1/manager/auth/register";

both! {
    async fn an_open_registration_makes_an_account_without_rights(app: TestApp) {
        let stranger = app.stranger();
        let body = json!({"username": "  Newcomer ", "email": "New@Comer.example", "password": PASSWORD, "full_name": "새사람"});
        let made = stranger.post(REGISTER, &body).await.ok(201);
        assert_eq!((&made["username"], &made["email"], &made["status"]), (&json!("newcomer"), &json!("new@comer.example"), &json!("ACTIVE")));
        assert!(!made.to_string().contains("hash") && !made.to_string().contains(PASSWORD), "{made}");
        let caller = stranger.sign_in(None, "newcomer", PASSWORD).await;
        let me = caller.get("/api/v1/manager/auth/me").await.ok(200);
        assert_eq!((&me["roles"], &me["permissions"]), (&json!(["GUEST"]), &json!([])));
        caller.get("/api/v1/manager/idam/users").await.refused(403, "FORBIDDEN");
        // taken names and addresses, in any case
        let again = |username: &str, email: &str| json!({"username": username, "email": email, "password": PASSWORD});
        assert_eq!(stranger.post(REGISTER, &again("NEWCOMER", "x@example.com")).await.refused(409, "CONFLICT")["field"], "username");
        assert_eq!(stranger.post(REGISTER, &again("another", "NEW@comer.example")).await.refused(409, "CONFLICT")["field"], "email");
        // rights cannot be asked for
        let mut greedy = again("greedy", "greedy@example.com");
        greedy["roles"] = json!(["SUPER_ADMIN"]);
        greedy["user_type"] = json!("SYSTEM");
        assert_eq!(stranger.post(REGISTER, &greedy).await.wrong_fields(), ["roles", "user_type"]);
    }
}

fn start(how: &'static str, story: impl AsyncFnOnce(TestApp)) {
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::start_with(Backend::Sqlite, &["--register", how]).await;
        story(app.clone()).await;
        app.stop().await;
    });
}

#[test]
fn a_closed_registration_makes_none() {
    start("closed", async |app| {
        let body = json!({"username": "newcomer", "email": "new@comer.example", "password": PASSWORD});
        assert_eq!(app.stranger().post(REGISTER, &body).await.refused(403, "FORBIDDEN")["reason"], "register_closed");
        app.stranger().try_sign_in(None, "newcomer", PASSWORD).await.refused(401, "UNAUTHORIZED");
    });
}

#[test]
fn a_registration_by_approval_waits_for_an_administrator() {
    start("approval", async |app| {
        let body = json!({"username": "newcomer", "email": "new@comer.example", "password": PASSWORD});
        let made = app.stranger().post(REGISTER, &body).await;
        assert_eq!(made.ok(201)["status"], "INACTIVE");
        app.stranger().try_sign_in(None, "newcomer", PASSWORD).await.refused(401, "UNAUTHORIZED");
        let _ = app.manager().await.post(&format!("/api/v1/manager/idam/users/{}/activate", made.id()), &json!({})).await.ok(200);
        let _ = app.stranger().sign_in(None, "newcomer", PASSWORD).await;
    });
}
