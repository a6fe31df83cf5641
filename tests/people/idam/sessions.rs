//! Sessions: seen, ended, and never with what would open one.

use kernel::Realm;
use serde_json::json;
use testkit::{PASSWORD, both};
use tests::idam::{IDAM, person, somebody};

const OWN: &str = "/api/v1/manager/auth/sessions";

both! {
    async fn a_session_that_is_ended_is_ended_at_once(app: TestApp) {
        let manager = app.manager().await;
        let (user, username) = person(&app).await;
        let (one, other) = (app.stranger().sign_in(None, &username, PASSWORD).await, app.stranger().sign_in(None, &username, PASSWORD).await);
        let list = manager.get(&format!("{IDAM}/sessions?user_id={user}&status=ACTIVE")).await.ok(200);
        assert_eq!(list["total"], 2);
        assert!(!list.to_string().contains("hash"), "{list}");
        let current = one.get(OWN).await.ok(200);
        let id = current.as_array().unwrap().iter().find(|session| session["is_current"] == true).unwrap()["id"].as_str().unwrap().to_owned();
        let _ = manager.delete(&format!("{IDAM}/sessions/{id}")).await.ok(200);
        one.get(OWN).await.refused(401, "UNAUTHORIZED");
        let refresh = one.with_token(None).post("/api/v1/manager/auth/refresh", &json!({"refresh_token": one.refresh_token})).await;
        refresh.refused(401, "UNAUTHORIZED");
        assert_eq!(other.get(OWN).await.ok(200).as_array().unwrap().len(), 1);
        assert_eq!(manager.get(&format!("{IDAM}/sessions/{id}")).await.ok(200)["status"], "REVOKED");
        let _ = manager.delete(&format!("{IDAM}/sessions/{id}")).await.ok(200);
        let all = manager.post(&format!("{IDAM}/sessions/revoke-all"), &json!({"user_id": user})).await.ok(200);
        assert_eq!(all["revoked"], 1);
        other.get(OWN).await.refused(401, "UNAUTHORIZED");
        // one's own, but for the one that asks
        let (me, elsewhere) = (app.stranger().sign_in(None, "admin", PASSWORD).await, app.stranger().sign_in(None, "admin", PASSWORD).await);
        let _ = me.post(&format!("{IDAM}/sessions/revoke-all"), &json!({"user_id": me.id(), "except_current": true})).await.ok(200);
        let _ = me.get(OWN).await.ok(200);
        elsewhere.get(OWN).await.refused(401, "UNAUTHORIZED");
        let nobody = json!({"user_id": uuid::Uuid::now_v7()});
        assert_eq!(me.post(&format!("{IDAM}/sessions/revoke-all"), &nobody).await.wrong_fields(), ["user_id"]);
    }

    async fn everybody_ends_their_own_sessions_and_no_others(app: TestApp) {
        let (_, username) = person(&app).await;
        let one = app.stranger().sign_in(None, &username, PASSWORD).await;
        let stranger = somebody(&app, &[]).await;
        let id = one.get(OWN).await.ok(200)[0]["id"].as_str().unwrap().to_owned();
        stranger.delete(&format!("{OWN}/{id}")).await.refused(404, "NOT_FOUND");
        stranger.delete(&format!("{OWN}/{}", uuid::Uuid::now_v7())).await.refused(404, "NOT_FOUND");
        let _ = one.delete(&format!("{OWN}/{id}")).await.ok(200);
        one.get(OWN).await.refused(401, "UNAUTHORIZED");
        // in a company, too
        let nobody = app.stranger().sign_in(Some("alpha"), "nobody", PASSWORD).await;
        let path = "/api/v1/tenants/auth/sessions";
        let own = nobody.get(path).await.ok(200);
        let current = own.as_array().unwrap().iter().find(|session| session["is_current"] == true).unwrap();
        app.admin_b().await.delete(&format!("{path}/{}", current["id"].as_str().unwrap())).await.refused(404, "NOT_FOUND");
        let _ = nobody.delete(&format!("{path}/{}", current["id"].as_str().unwrap())).await.ok(200);
        nobody.get(path).await.refused(401, "UNAUTHORIZED");
    }

    async fn a_session_whose_time_is_over_is_marked_so(app: TestApp) {
        let (user, username) = person(&app).await;
        let _ = app.stranger().sign_in(None, &username, PASSWORD).await;
        app.clock().advance(8 * 24 * 60 * 60);
        let door = app.platform().act_as_system(Realm::Manager, None, "test");
        assert!(auth::sessions::expire(&door).await.unwrap() >= 1);
        assert_eq!(auth::sessions::expire(&door).await.unwrap(), 0);
        let manager = app.stranger().sign_in(None, "admin", PASSWORD).await;
        let list = manager.get(&format!("{IDAM}/sessions?user_id={user}")).await.ok(200);
        assert_eq!((&list["total"], &list["items"][0]["status"]), (&json!(1), &json!("EXPIRED")));
    }
}
