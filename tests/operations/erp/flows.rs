//! The five verbs of each resource, in the order of the specification.

use super::{bare, detail, is_moment, no, organization, put};
use serde_json::{Value, json};
use testkit::{Caller, both};

/// The life of one row: made, listed, read, changed, deleted; what is told of a name that is taken and of a row that is gone.
async fn life(caller: &Caller, root: &str, made: &Value, changed: &Value, taken: Option<&str>, missing: &str) {
    let answer = caller.post(root, made).await;
    let row = bare(&answer, 201);
    let id = no(&answer);
    let path = format!("{root}{id}");
    for (field, value) in made.as_object().unwrap().iter().filter(|(field, _)| *field != "password") {
        assert_eq!(&row[field], value, "{row}");
    }
    is_moment(&row["created_at"]);
    assert_eq!(row["updated_at"], row["created_at"], "{row}");
    assert!(bare(&caller.get(root).await, 200).as_array().unwrap().contains(&row));
    assert_eq!(bare(&caller.get(&path).await, 200), row);
    // both spellings answer
    assert_eq!(bare(&caller.get(root.trim_end_matches('/')).await, 200), bare(&caller.get(root).await, 200));
    assert_eq!(bare(&caller.get(&format!("{path}/")).await, 200), row);
    if let Some(taken) = taken {
        detail(&caller.post(root, made).await, 400, taken);
        detail(&caller.post(root.trim_end_matches('/'), made).await, 400, taken);
    }
    let now = bare(&put(caller, &path, changed).await, 200);
    for (field, value) in changed.as_object().unwrap().iter().filter(|(field, _)| *field != "password") {
        assert_eq!(&now[field], value, "{now}");
    }
    assert_eq!((&now["id"], &now["created_at"]), (&row["id"], &row["created_at"]));
    assert_eq!(bare(&caller.get(&path).await, 200), now);
    // the first one's name is free now
    if let Some(taken) = taken {
        let other = no(&caller.post(root, made).await);
        detail(&put(caller, &format!("{root}{other}"), changed).await, 400, taken);
        let _ = caller.delete(&format!("{root}{other}")).await;
    }
    let gone = caller.delete(&path).await;
    assert_eq!((gone.status, gone.bytes.len()), (204, 0), "{gone:?}");
    for answer in [caller.get(&path).await, put(caller, &path, changed).await, caller.delete(&path).await] {
        detail(&answer, 404, missing);
    }
    for number in ["0", "-1", "987654", "99999999999999999999999"] {
        detail(&caller.get(&format!("{root}{number}")).await, 404, missing);
    }
    assert!(!bare(&caller.get(root).await, 200).as_array().unwrap().iter().any(|row| row["id"] == id));
}

both! {
    async fn an_organization_lives_as_it_did(app: TestApp) {
        let admin = app.admin_a().await;
        let made = json!({"name": "Seoul General Hospital", "description": "Public healthcare"});
        let answer = bare(&admin.post("/organizations/", &made).await, 201);
        let keys: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((answer["id"].clone(), keys), (json!(1), vec!["id", "name", "description", "created_at", "updated_at"]));
        let changed = json!({"name": "서울종합병원", "description": "공공의료"});
        assert_eq!(admin.delete("/organizations/1").await.status, 204);
        life(&admin, "/organizations/", &made, &changed, Some("Organization name already exists"), "Organization not found").await;
    }

    async fn a_role_lives_as_it_did(app: TestApp) {
        let admin = app.admin_a().await;
        let (made, changed) = (json!({"name": "admin", "description": "Full access"}), json!({"name": "간호사", "description": null}));
        life(&admin, "/roles/", &made, &changed, Some("Role name already exists"), "Role not found").await;
    }

    async fn one_of_the_people_lives_as_they_did(app: TestApp) {
        let admin = app.admin_a().await;
        let hospital = organization(&admin, "병원").await;
        let made = json!({"email": "alice@example.com", "full_name": "Alice", "password": "secret123", "organization_id": hospital, "department_id": null});
        let answer = bare(&admin.post("/users/", &made).await, 201);
        let keys: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "email", "full_name", "is_active", "organization_id", "department_id", "created_at", "updated_at"]);
        assert_eq!(admin.delete(&format!("/users/{}", answer["id"])).await.status, 204);
        let changed = json!({"email": "alice.kim@example.com", "full_name": "앨리스", "organization_id": null, "department_id": null, "is_active": true});
        life(&admin, "/users/", &made, &changed, Some("Email already registered"), "User not found").await;
    }

    async fn a_department_lives_likewise(app: TestApp) {
        let admin = app.admin_a().await;
        let hospital = organization(&admin, "병원").await;
        let top = no(&admin.post("/departments/", &json!({"name": "진료부", "organization_id": hospital})).await);
        let made = json!({"name": "원무과", "organization_id": hospital, "parent_id": null, "description": "접수"});
        let changed = json!({"name": "원무팀", "organization_id": hospital, "parent_id": top, "description": null});
        // under the same parent a name is there once
        let twin = json!({"name": "원무팀", "organization_id": hospital, "parent_id": top});
        let answer = admin.post("/departments/", &twin).await;
        detail(&admin.post("/departments/", &twin).await, 400, "Department name already exists");
        assert_eq!(admin.delete(&format!("/departments/{}", no(&answer))).await.status, 204);
        life(&admin, "/departments/", &made, &changed, None, "Department not found").await;
        // a circle, a department of another organization, another organization
        let below = no(&admin.post("/departments/", &json!({"name": "외래", "organization_id": hospital, "parent_id": top})).await);
        let circle = put(&admin, &format!("/departments/{top}"), &json!({"name": "진료부", "organization_id": hospital, "parent_id": below})).await;
        assert!(bare(&circle, 409)["detail"].is_string());
        let other = organization(&admin, "다른 병원").await;
        let moved = put(&admin, &format!("/departments/{below}"), &json!({"name": "외래", "organization_id": other})).await;
        assert!(bare(&moved, 409)["detail"].is_string());
        let stray = admin.post("/departments/", &json!({"name": "떠돌이", "organization_id": other, "parent_id": top})).await;
        assert_eq!(crate::erp::faults(&stray)[0].0, json!(["body", "parent_id"]));
        // what stands below keeps it
        assert!(bare(&admin.delete(&format!("/departments/{top}")).await, 409)["detail"].is_string());
        assert!(bare(&admin.delete(&format!("/organizations/{hospital}")).await, 409)["detail"].is_string());
    }

    /// What a PUT leaves out is empty afterwards; what a client read it may send back.
    async fn a_put_says_everything_anew(app: TestApp) {
        let admin = app.admin_a().await;
        let id = no(&admin.post("/organizations/", &json!({"name": "가", "description": "있다"})).await);
        let path = format!("/organizations/{id}");
        let mut row = bare(&put(&admin, &path, &json!({"name": "나"})).await, 200);
        assert_eq!((&row["name"], &row["description"]), (&json!("나"), &Value::Null));
        row["description"] = json!("다시");
        assert_eq!(bare(&put(&admin, &path, &row).await, 200)["description"], "다시");
        assert_eq!(bare(&put(&admin, &path, &json!({"name": "나", "description": ""})).await, 200)["description"], Value::Null);
    }

    async fn two_of_one_name_at_once_are_one(app: TestApp) {
        let admin = app.admin_a().await;
        let user = |n: usize| json!({"email": format!("twin{n}@example.com"), "full_name": "쌍둥이", "password": "secret123"});
        for n in 0..4 {
            for (root, body, taken) in [
                ("/organizations/", json!({"name": format!("동시 {n}")}), "Organization name already exists"),
                ("/roles/", json!({"name": format!("role {n}")}), "Role name already exists"),
                ("/users/", user(n), "Email already registered"),
            ] {
                let answers = futures_util::future::join_all((0..4).map(|_| admin.post(root, &body))).await;
                let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
                assert_eq!((made.len(), refused.len()), (1, 3), "{answers:?}");
                for answer in refused {
                    detail(answer, 400, taken);
                }
            }
        }
    }

    /// Other names that give the same code: each has one of its own.
    async fn codes_are_made_of_names(app: TestApp) {
        let admin = app.admin_a().await;
        let names = ["ward west", "ward-west", "Ward / West", "서쪽 병동", "동쪽 병동"];
        let bodies: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        let answers = futures_util::future::join_all(bodies.iter().map(|body| admin.post("/roles/", body))).await;
        let mut codes = Vec::new();
        for answer in &answers {
            assert_eq!(answer.status, 201, "{answer:?}");
        }
        for row in admin.get(&format!("{}/roles?page_size=100&is_system=false", crate::erp::ADM)).await.ok(200)["items"].as_array().unwrap() {
            if names.contains(&row["name"].as_str().unwrap()) {
                assert_eq!(row["permissions"], json!([]));
                codes.push(row["code"].as_str().unwrap().to_owned());
            }
        }
        codes.sort();
        assert_eq!(codes, ["ROLE", "ROLE_2", "WARD_WEST", "WARD_WEST_2", "WARD_WEST_3"]);
    }

    async fn a_long_list_ends_and_says_where_it_goes_on(app: TestApp) {
        let admin = app.admin_a().await;
        let items: Vec<Value> = (0..500).map(|n| json!({"data": {"name": format!("조직 {n:04}")}})).collect();
        for turn in 0..3 {
            let items: Vec<Value> = items.iter().map(|item| json!({"data": {"name": format!("{} {turn}", item["data"]["name"].as_str().unwrap())}})).collect();
            let _ = admin.post(&format!("{}/organizations/bulk", crate::erp::ADM), &json!({"items": items})).await.ok(200);
        }
        let first = admin.get("/organizations/").await;
        let rows = bare(&first, 200);
        assert_eq!(rows.as_array().unwrap().len(), 1000);
        assert!(rows.as_array().unwrap().iter().zip(1..).all(|(row, no)| row["id"] == no), "oldest first");
        assert_eq!(first.header("link"), "</organizations/?skip=1000&limit=1000>; rel=\"next\"");
        let rest = admin.get("/organizations/?skip=1000&limit=1000").await;
        assert_eq!(bare(&rest, 200).as_array().unwrap().len(), 500);
        assert_eq!(rest.header("link"), "");
        assert_eq!(bare(&admin.get("/organizations?skip=3&limit=2").await, 200).as_array().unwrap().iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), [4, 5]);
    }
}
