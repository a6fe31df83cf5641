//! People and their roles: signing in, being active, who is the last administrator.

use super::{ADM, bare, detail, faults, no, put, somebody};
use serde_json::{Value, json};
use testkit::{PASSWORD, both};

/// The number of a role by its name.
async fn role(caller: &testkit::Caller, name: &str) -> i64 {
    let roles = bare(&caller.get("/roles/").await, 200);
    roles.as_array().unwrap().iter().find(|role| role["name"] == name).unwrap()["id"].as_i64().unwrap()
}

fn names(roles: &Value) -> Vec<&str> {
    roles.as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect()
}

both! {
    async fn they_sign_in_with_their_e_mail_address(app: TestApp) {
        let admin = app.admin_a().await;
        let id = somebody(&admin, "Alice@Example.com").await;
        let path = format!("/users/{id}");
        assert_eq!(bare(&admin.get(&path).await, 200)["email"], "alice@example.com");
        let _ = app.stranger().sign_in(Some("alpha"), "alice@example.com", "secret123").await;
        let alice = admin.get(&format!("{ADM}/users?email=alice@example.com")).await.ok(200)["items"][0].clone();
        assert_eq!((&alice["username"], &alice["status"]), (&json!("alice@example.com"), &json!("ACTIVE")));
        // another address is another name to sign in with; the password stays
        let _ = bare(&put(&admin, &path, &json!({"email": "kim@example.com", "full_name": "김"})).await, 200);
        app.stranger().try_sign_in(Some("alpha"), "alice@example.com", "secret123").await.refused(401, "UNAUTHORIZED");
        let kim = app.stranger().sign_in(Some("alpha"), "kim@example.com", "secret123").await;
        // another password ends their sessions
        let _ = bare(&put(&admin, &path, &json!({"email": "kim@example.com", "full_name": "김", "password": "verynew88"})).await, 200);
        kim.get("/api/v1/tenants/auth/me").await.refused(401, "UNAUTHORIZED");
        let kim = app.stranger().sign_in(Some("alpha"), "kim@example.com", "verynew88").await;
        // inactive: out at once, and in again only when active
        let is_active = |active: bool| json!({"email": "kim@example.com", "full_name": "김", "is_active": active});
        assert_eq!(bare(&put(&admin, &path, &is_active(false)).await, 200)["is_active"], false);
        detail(&kim.get("/users/").await, 401, "Not authenticated");
        app.stranger().try_sign_in(Some("alpha"), "kim@example.com", "verynew88").await.refused(401, "UNAUTHORIZED");
        assert_eq!(bare(&put(&admin, &path, &json!({"email": "kim@example.com", "full_name": "김"})).await, 200)["is_active"], false, "left out it stays");
        assert_eq!(bare(&put(&admin, &path, &is_active(true)).await, 200)["is_active"], true);
        let _ = app.stranger().sign_in(Some("alpha"), "kim@example.com", "verynew88").await;
    }

    async fn who_has_another_name_keeps_it(app: TestApp) {
        let admin = app.admin_a().await;
        let user = json!({"username": "lee", "email": "lee@alpha.example", "full_name": "이", "password": PASSWORD});
        let user = admin.post(&format!("{ADM}/users"), &user).await.ok(201);
        let _ = bare(&put(&admin, &format!("/users/{}", user["no"]), &json!({"email": "lee2@alpha.example", "full_name": "이"})).await, 200);
        let _ = app.stranger().sign_in(Some("alpha"), "lee", PASSWORD).await;
    }

    async fn roles_are_given_and_taken_back(app: TestApp) {
        let admin = app.admin_a().await;
        let path = format!("/users/{}/roles", somebody(&admin, "roles@alpha.example").await);
        let (sales, viewer) = (role(&admin, "영업").await, role(&admin, "조회").await);
        assert_eq!(bare(&admin.get(&path).await, 200), json!([]));
        let given = bare(&admin.post(&format!("{path}/"), &json!({"role_id": sales})).await, 201);
        assert_eq!((&given["id"], &given["name"]), (&json!(sales), &json!("영업")));
        detail(&admin.post(&path, &json!({"role_id": sales})).await, 400, "Role already assigned");
        assert_eq!(faults(&admin.post(&path, &json!({"role_id": 999})).await), [(json!(["body", "role_id"]), "value_error".to_owned())]);
        assert_eq!(names(&bare(&put(&admin, &path, &json!({"role_ids": [viewer, sales, viewer]})).await, 200)), ["영업", "조회"]);
        // what they may, they may at once
        let caller = app.stranger().sign_in(Some("alpha"), "roles@alpha.example", "secret123").await;
        assert!(bare(&caller.get("/users/").await, 200).is_array());
        assert_eq!(names(&bare(&put(&admin, &path, &json!({"role_ids": [sales]})).await, 200)), ["영업"]);
        assert_eq!(caller.get("/users/").await.status, 403);
        assert_eq!(faults(&put(&admin, &path, &json!({"role_ids": [sales, 999]})).await), [(json!(["body", "role_ids", 1]), "value_error".to_owned())]);
        assert_eq!(admin.delete(&format!("{path}/{sales}")).await.status, 204);
        detail(&admin.delete(&format!("{path}/{sales}")).await, 404, "Role not found");
        detail(&admin.get("/users/999/roles").await, 404, "User not found");
        detail(&admin.post("/users/999/roles", &json!({"role_id": sales})).await, 404, "User not found");
        detail(&admin.delete(&format!("/users/999/roles/{sales}")).await, 404, "User not found");
        // it is the same grant there: taken back, and kept as history
        let grants = admin.get(&format!("{ADM}/user-roles?page_size=100")).await.ok(200);
        assert!(grants["items"].as_array().unwrap().iter().any(|grant| grant["is_active"] == false && !grant["revoked_at"].is_null()));
    }

    async fn nobody_gives_what_they_do_not_hold(app: TestApp) {
        let admin = app.admin_a().await;
        let path = format!("/users/{}/roles", somebody(&admin, "friend@alpha.example").await);
        let boss = role(&admin, "관리자").await;
        let keys = ["adm.users.*", "adm.user-roles.*", "adm.roles.read"];
        let clerk = tests::people::somebody_of_a(&app, &keys).await;
        assert_eq!(clerk.post(&path, &json!({"role_id": boss})).await.status, 403);
        assert_eq!(put(&clerk, &path, &json!({"role_ids": [boss]})).await.status, 403);
        // nor takes over who may more
        let chief = bare(&admin.get("/users/").await, 200).as_array().unwrap().iter().find(|row| row["full_name"] != "홍길동").unwrap().clone();
        let taken = json!({"email": chief["email"], "full_name": chief["full_name"], "password": "secret123"});
        let refused = put(&clerk, &format!("/users/{}", chief["id"]), &taken).await;
        assert_eq!(refused.status, 403, "{refused:?}");
        // a new password and being active need their own rights
        let editor = tests::people::somebody_of_a(&app, &["adm.users.update", "adm.users.read"]).await;
        let friend = json!({"email": "friend@alpha.example", "full_name": "벗"});
        let id = path.trim_end_matches("/roles").to_owned();
        assert_eq!(put(&editor, &id, &friend).await.status, 200);
        for more in [json!({"password": "secret1234"}), json!({"is_active": false})] {
            let mut body = friend.clone();
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            assert_eq!(put(&editor, &id, &body).await.status, 403, "{body}");
        }
    }

    async fn the_last_administrator_stays(app: TestApp) {
        let admin = app.admin_a().await;
        let (boss, viewer) = (role(&admin, "관리자").await, role(&admin, "조회").await);
        let users = bare(&admin.get("/users/").await, 200);
        let me = admin.get("/api/v1/tenants/auth/me").await.ok(200)["email"].clone();
        let me = users.as_array().unwrap().iter().find(|row| row["email"] == me).unwrap().clone();
        let path = format!("/users/{}", me["id"]);
        let inactive = json!({"email": me["email"], "full_name": me["full_name"], "is_active": false});
        for answer in [
            admin.delete(&path).await,
            put(&admin, &path, &inactive).await,
            admin.delete(&format!("{path}/roles/{boss}")).await,
            put(&admin, &format!("{path}/roles"), &json!({"role_ids": [viewer]})).await,
            put(&admin, &format!("{path}/roles"), &json!({"role_ids": []})).await,
        ] {
            assert_eq!(bare(&answer, 409)["detail"], "마지막 관리자는 삭제하거나 비활성화할 수 없고 역할을 회수할 수도 없습니다. 먼저 다른 관리자를 지정하세요.");
        }
        // of two that go at once one stays
        let second = somebody(&admin, "second@alpha.example").await;
        assert_eq!(no(&admin.post(&format!("/users/{second}/roles"), &json!({"role_id": boss})).await), boss);
        let second_path = format!("/users/{second}");
        let (one, other) = futures_util::future::join(admin.delete(&second_path), put(&admin, &format!("{path}/roles"), &json!({"role_ids": [viewer]}))).await;
        assert!(one.status == 409 || other.status == 409 || other.status == 401, "{one:?} {other:?}");
    }
}
