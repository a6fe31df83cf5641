//! Changing and resetting passwords.

use serde_json::json;
use testkit::{PASSWORD, both};

const NEW: &str = "copper-meadow-whistle-88";

both! {
    async fn a_password_is_changed_by_who_knows_the_old_one(app: TestApp) {
        for (realm, company, username) in [("manager", None, "guest"), ("tenants", Some("alpha"), "nobody")] {
            let one = app.stranger().sign_in(company, username, PASSWORD).await;
            let other = app.stranger().sign_in(company, username, PASSWORD).await;
            let (path, me) = (format!("/api/v1/{realm}/auth/change-password"), format!("/api/v1/{realm}/auth/me"));
            let change = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
            let wrong = one.post(&path, &change("not the password", NEW)).await;
            assert_eq!(wrong.wrong_fields(), ["current_password"]);
            for weak in ["short", "password", "12345678", "aaaaaaaa", "qwertyuiop", &format!("{username}-and-more-words"), &"x".repeat(129)] {
                assert_eq!(one.post(&path, &change(PASSWORD, weak)).await.wrong_fields(), ["new_password"], "{weak}");
            }
            if company.is_some() {
                assert_eq!(one.post(&path, &change(PASSWORD, "the-ALPHA-company-rocks")).await.wrong_fields(), ["new_password"]);
            }
            assert_eq!(one.post(&path, &json!({})).await.wrong_fields(), ["current_password", "new_password"]);
            // nothing has happened so far
            let third = app.stranger().sign_in(company, username, PASSWORD).await;

            assert_eq!(one.post(&path, &change(PASSWORD, NEW)).await.ok(200), json!({"done": true}));
            app.stranger().try_sign_in(company, username, PASSWORD).await.refused(401, "UNAUTHORIZED");
            let _ = app.stranger().sign_in(company, username, NEW).await;
            for caller in [&one, &other, &third] {
                let _ = caller.get(&me).await.ok(200);
            }
            let mut again = change(NEW, PASSWORD);
            again["end_other_sessions"] = json!(true);
            let _ = one.post(&path, &again).await.ok(200);
            let _ = one.get(&me).await.ok(200);
            for caller in [&other, &third] {
                caller.get(&me).await.refused(401, "UNAUTHORIZED");
                caller.post(&format!("/api/v1/{realm}/auth/refresh"), &json!({"refresh_token": caller.refresh_token})).await.refused(401, "UNAUTHORIZED");
            }
        }
    }

    async fn a_reset_puts_everybody_else_out_who_used_the_account(app: TestApp) {
        let admin = app.admin_a().await;
        let person = tests::people::somebody_of_a(&app, &["adm.users.read"]).await;
        let path = format!("/api/v1/tenants/adm/users/{}/reset-password", person.id());
        assert_eq!(admin.post(&path, &json!({"new_password": "short"})).await.wrong_fields(), ["new_password"]);
        let _ = person.get("/api/v1/tenants/auth/me").await.ok(200);
        let _ = admin.post(&path, &json!({"new_password": NEW})).await.ok(200);
        person.get("/api/v1/tenants/auth/me").await.refused(401, "UNAUTHORIZED");
        app.stranger().try_sign_in(Some("alpha"), &person.username, PASSWORD).await.refused(401, "UNAUTHORIZED");
        let _ = app.stranger().sign_in(Some("alpha"), &person.username, NEW).await;
    }

    async fn who_was_invited_signs_in_once_there_is_a_password(app: TestApp) {
        let admin = app.admin_a().await;
        let made = admin.post("/api/v1/tenants/adm/users", &json!({"username": "fresh", "email": "fresh@alpha.example", "full_name": "신입"})).await;
        assert_eq!(made.ok(201)["status"], "INVITED");
        let path = format!("/api/v1/tenants/adm/users/{}", made.id());
        assert_eq!(admin.post(&format!("{path}/activate"), &json!({})).await.refused(409, "CONFLICT")["rule"], "adm.no_password");
        let _ = admin.post(&format!("{path}/reset-password"), &json!({"new_password": NEW})).await.ok(200);
        assert_eq!(admin.get(&path).await.ok(200)["status"], "ACTIVE");
        let _ = app.stranger().sign_in(Some("alpha"), "fresh", NEW).await;
    }

    async fn a_weak_password_is_refused_wherever_one_is_set(app: TestApp) {
        let (admin, manager) = (app.admin_a().await, app.manager().await);
        for weak in ["short", "password1", "weakling-and-more"] {
            let user = json!({"username": "weakling", "email": "weak@alpha.example", "full_name": "약함", "password": weak});
            assert_eq!(admin.post("/api/v1/tenants/adm/users", &user).await.wrong_fields(), ["password"], "{weak}");
            assert_eq!(manager.post("/api/v1/manager/idam/users", &user).await.wrong_fields(), ["password"], "{weak}");
            let registration = json!({"username": "weakling", "email": "weak@alpha.example", "password": weak});
            assert_eq!(app.stranger().post("/api/v1/manager/auth/register", &registration).await.wrong_fields(), ["password"], "{weak}");
            let company = json!({"code": "weakling", "name": "약한회사", "start_date": "2026-01-01",
                "admin": {"username": "weakling", "email": "weak@alpha.example", "full_name": "약함", "password": weak}});
            assert_eq!(manager.post("/api/v1/manager/tenants", &company).await.wrong_fields(), ["admin.password"], "{weak}");
        }
    }
}
