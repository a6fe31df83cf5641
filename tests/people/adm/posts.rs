//! Several posts at once.

use kernel::Day;
use serde_json::{Value, json};
use testkit::{Answer, Caller, TestApp, both};

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";
const DEPARTMENTS: &str = "/api/v1/tenants/adm/departments";
const USERS: &str = "/api/v1/tenants/adm/users";
const POSTS: &str = "/api/v1/tenants/adm/user-posts";

fn day(app: &TestApp, ahead: i64) -> String {
    let today = Day(app.now().get().to_offset(time::macros::offset!(+9)).date());
    today.plus_days(ahead).unwrap().to_string()
}

/// One of the people, and two departments.
async fn scene(caller: &Caller) -> (String, String, String) {
    let organization = caller.post(ORGANIZATIONS, &json!({"name": "본사"})).await.id();
    let department = async |code: &str| {
        let body = json!({"organization_id": organization, "code": code, "name": code, "valid_from": "2020-01-01"});
        caller.post(DEPARTMENTS, &body).await.id()
    };
    let user = json!({"username": "two-hats", "email": "two-hats@example.com", "full_name": "김겸직"});
    (caller.post(USERS, &user).await.id(), department("SALES").await, department("TECH").await)
}

async fn post(caller: &Caller, user: &str, department: &str, more: Value) -> Answer {
    let mut body = json!({"user_id": user, "department_id": department});
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    caller.post(POSTS, &body).await
}

async fn stands(caller: &Caller, user: &str) -> Value {
    caller.get(&format!("{USERS}/{user}")).await.ok(200)["department_id"].clone()
}

both! {
    async fn somebody_has_several_posts_and_one_is_primary(app: TestApp) {
        let admin = app.admin_a().await;
        let (user, sales, tech) = scene(&admin).await;
        let first = post(&admin, &user, &sales, json!({"position": "팀장", "is_primary": true})).await.ok(201);
        assert_eq!((&first["valid_from"], &first["valid_to"]), (&json!(day(&app, 0)), &Value::Null));
        assert_eq!(stands(&admin, &user).await, json!(sales), "the primary post is where the user stands");
        let second = post(&admin, &user, &tech, json!({"position": "위원"})).await.id();
        assert_eq!(stands(&admin, &user).await, json!(sales));
        assert_eq!(admin.get(&format!("{POSTS}?user_id={user}")).await.ok(200)["total"], 2);
        assert_eq!(admin.get(&format!("{POSTS}?department_id={tech}")).await.ok(200)["items"][0]["id"], json!(second));
        // one is primary, not two
        let both = admin.patch(&format!("{POSTS}/{second}"), &json!({"is_primary": true})).await;
        assert_eq!(both.refused(409, "CONFLICT")["rule"], "unique");
        assert_eq!(stands(&admin, &user).await, json!(sales), "what is refused changes nothing");
        let _ = admin.patch(&format!("{POSTS}/{}", first["id"].as_str().unwrap()), &json!({"is_primary": false})).await.ok(200);
        let _ = admin.patch(&format!("{POSTS}/{second}"), &json!({"is_primary": true})).await.ok(200);
        assert_eq!(stands(&admin, &user).await, json!(tech));
    }

    async fn two_posts_in_one_department_do_not_overlap(app: TestApp) {
        let admin = app.admin_a().await;
        let (user, sales, _) = scene(&admin).await;
        let first = post(&admin, &user, &sales, json!({"valid_from": "2024-01-01", "valid_to": "2025-01-01"})).await.id();
        for (from, to) in [("2024-06-01", json!(null)), ("2023-01-01", json!(null)), ("2023-01-01", json!("2024-01-02")), ("2024-12-31", json!("2026-01-01"))] {
            let answer = post(&admin, &user, &sales, json!({"valid_from": from, "valid_to": to})).await;
            let detail = answer.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["held_by"]["id"]), (&json!("adm.post_overlaps"), &json!(first)), "{from} {to}");
        }
        let before = post(&admin, &user, &sales, json!({"valid_from": "2023-01-01", "valid_to": "2024-01-01"})).await.id();
        let _ = post(&admin, &user, &sales, json!({"valid_from": "2025-01-01"})).await.ok(201);
        let longer = admin.patch(&format!("{POSTS}/{before}"), &json!({"valid_to": "2024-01-02"})).await;
        assert_eq!(longer.refused(409, "CONFLICT")["rule"], "adm.post_overlaps");
    }

    async fn a_user_who_changes_department_takes_the_primary_post_along(app: TestApp) {
        let admin = app.admin_a().await;
        let (user, sales, tech) = scene(&admin).await;
        let primary = json!({"position": "팀장", "is_primary": true, "valid_from": "2024-01-01"});
        let first = post(&admin, &user, &sales, primary).await.id();
        let _ = admin.patch(&format!("{USERS}/{user}"), &json!({"department_id": tech})).await.ok(200);
        let ended = admin.get(&format!("{POSTS}/{first}")).await.ok(200);
        assert_eq!((&ended["department_id"], &ended["valid_to"]), (&json!(sales), &json!(day(&app, 0))));
        let now = admin.get(&format!("{POSTS}?user_id={user}&valid_to=null")).await.ok(200)["items"].clone();
        let row = &now[0];
        assert_eq!((now.as_array().unwrap().len(), &row["department_id"], &row["is_primary"], &row["position"]), (1, &json!(tech), &json!(true), &json!("팀장")));
        assert_eq!(row["valid_from"], json!(day(&app, 0)));
        // nowhere: no post is left, and the department with posts in its past stays
        let _ = admin.patch(&format!("{USERS}/{user}"), &json!({"department_id": null})).await.ok(200);
        assert_eq!(admin.get(&format!("{POSTS}?user_id={user}&valid_to=null")).await.ok(200)["total"], 0);
        let detail = admin.delete(&format!("{DEPARTMENTS}/{sales}")).await.refused(409, "CONFLICT");
        assert_eq!(detail["referenced_by"], json!({"adm_user_posts": 1}));
        // and they go with the user
        let _ = admin.delete(&format!("{USERS}/{user}")).await.ok(200);
        let _ = admin.delete(&format!("{DEPARTMENTS}/{sales}")).await.ok(200);
    }

    async fn a_primary_post_of_a_day_to_come_waits_for_it(app: TestApp) {
        let admin = app.admin_a().await;
        let (user, sales, tech) = scene(&admin).await;
        app.settle().await;
        let _ = post(&admin, &user, &sales, json!({"is_primary": true, "valid_from": "2024-01-01", "valid_to": day(&app, 1)})).await.ok(201);
        let _ = post(&admin, &user, &tech, json!({"is_primary": true, "valid_from": day(&app, 1)})).await.ok(201);
        assert_eq!(stands(&admin, &user).await, json!(sales));
        app.clock().advance(86_400);
        app.settle().await;
        let admin = app.stranger().sign_in(Some("alpha"), "boss", testkit::PASSWORD).await;
        assert_eq!(stands(&admin, &user).await, json!(tech));
    }

    async fn a_bad_post_is_refused(app: TestApp) {
        let (admin, other) = (app.admin_a().await, app.admin_b().await);
        let (user, sales, tech) = scene(&admin).await;
        let (their_user, their_department, _) = scene(&other).await;
        assert_eq!(post(&admin, &their_user, &sales, json!({})).await.wrong_fields(), ["user_id"]);
        assert_eq!(post(&admin, &user, &their_department, json!({})).await.wrong_fields(), ["department_id"]);
        for (field, value) in [
            ("valid_from", json!("2026-02-30")),
            ("valid_to", json!("2020-01-01")),
            ("position", json!("가".repeat(51))),
            ("is_primary", json!("yes")),
        ] {
            assert_eq!(post(&admin, &user, &sales, json!({ field: value })).await.wrong_fields(), [field]);
        }
        let _ = admin.post(&format!("{DEPARTMENTS}/{tech}/close"), &json!({})).await.ok(200);
        assert_eq!(post(&admin, &user, &tech, json!({})).await.wrong_fields(), ["department_id"], "it is closed");
        let id = post(&admin, &user, &sales, json!({})).await.id();
        other.get(&format!("{POSTS}/{id}")).await.refused(404, "NOT_FOUND");
        other.patch(&format!("{POSTS}/{id}"), &json!({"position": "x"})).await.refused(404, "NOT_FOUND");
        assert_eq!(admin.patch(&format!("{POSTS}/{id}"), &json!({"department_id": tech})).await.wrong_fields(), ["department_id"]);
    }
}
