//! One row, two faces: what is made, changed or deleted here is so under `/api/v1/tenants/adm`, and the reverse, with the same traces.

use super::{ADM, bare, detail, no, organization, put, somebody};
use kernel::Realm;
use reqwest::Method;
use serde_json::json;
use testkit::{Answer, both};

fn request_id(answer: &Answer) -> uuid::Uuid {
    answer.header("x-request-id").parse().unwrap_or_else(|_| panic!("{answer:?}"))
}

both! {
    async fn what_is_made_here_is_seen_there(app: TestApp) {
        let admin = app.admin_a().await;
        let id = organization(&admin, "서울종합병원").await;
        let row = admin.get(&format!("{ADM}/organizations?search=서울종합")).await.ok(200)["items"][0].clone();
        assert_eq!((&row["no"], &row["name"]), (&json!(id), &json!("서울종합병원")));
        let _ = admin.patch(&format!("{ADM}/organizations/{}", row["id"].as_str().unwrap()), &json!({"description": "저쪽에서"})).await.ok(200);
        assert_eq!(bare(&admin.get(&format!("/organizations/{id}")).await, 200)["description"], "저쪽에서");
        let _ = bare(&put(&admin, &format!("/organizations/{id}"), &json!({"name": "이쪽에서"})).await, 200);
        assert_eq!(admin.get(&format!("{ADM}/organizations/{}", row["id"].as_str().unwrap())).await.ok(200)["name"], "이쪽에서");
        let _ = admin.delete(&format!("{ADM}/organizations/{}", row["id"].as_str().unwrap())).await.ok(200);
        detail(&admin.get(&format!("/organizations/{id}")).await, 404, "Organization not found");
    }

    async fn what_is_made_there_is_seen_here(app: TestApp) {
        let admin = app.admin_a().await;
        let made = admin.post(&format!("{ADM}/organizations"), &json!({"name": "본사", "code": "HQ", "ceo_name": "김한빛"})).await.ok(201);
        let department = json!({"organization_id": made["id"], "code": "SALES", "name": "영업부"});
        let department = admin.post(&format!("{ADM}/departments"), &department).await.ok(201);
        let shown = bare(&admin.get(&format!("/departments/{}", department["no"])).await, 200);
        assert_eq!((&shown["name"], &shown["organization_id"], &shown["parent_id"]), (&json!("영업부"), &made["no"], &json!(null)));
        // a PUT here leaves alone what this face does not know
        let _ = bare(&put(&admin, &format!("/organizations/{}", made["no"]), &json!({"name": "새 본사"})).await, 200);
        let now = admin.get(&format!("{ADM}/organizations/{}", made["id"].as_str().unwrap())).await.ok(200);
        assert_eq!((&now["name"], &now["code"], &now["ceo_name"]), (&json!("새 본사"), &json!("HQ"), &json!("김한빛")));
        // the built-in roles are here, and as unchangeable
        let roles = bare(&admin.get("/roles/").await, 200);
        let boss = roles.as_array().unwrap().iter().find(|role| role["name"] == "관리자").unwrap().clone();
        let refused = put(&admin, &format!("/roles/{}", boss["id"]), &json!({"name": "대장"})).await;
        assert!(bare(&refused, 409)["detail"].is_string());
        assert!(bare(&admin.delete(&format!("/roles/{}", boss["id"])).await, 409)["detail"].is_string());
        // an invited user there is one who is not active here
        let user = json!({"username": "guest", "email": "guest@alpha.example", "full_name": "손님", "department_id": department["id"]});
        let user = admin.post(&format!("{ADM}/users"), &user).await.ok(201);
        let shown = bare(&admin.get(&format!("/users/{}", user["no"])).await, 200);
        assert_eq!((&shown["is_active"], &shown["department_id"]), (&json!(false), &department["no"]));
    }

    async fn every_write_leaves_the_same_traces(app: TestApp) {
        let (admin, company) = (app.admin_a().await, app.company_a().await.id);
        let made = admin.post("/organizations/", &json!({"name": "흔적"})).await;
        let id = no(&made);
        let changed = put(&admin, &format!("/organizations/{id}"), &json!({"name": "자취"})).await;
        let deleted = admin.delete(&format!("/organizations/{id}")).await;
        for (answer, action, permission, event) in [
            (&made, "CREATE", "adm.organizations.create", "adm.organization.created"),
            (&changed, "UPDATE", "adm.organizations.update", "adm.organization.updated"),
            (&deleted, "DELETE", "adm.organizations.delete", "adm.organization.deleted"),
        ] {
            let audits = app.audits(Realm::Tenant, Some(company), request_id(answer)).await;
            let [row] = audits.as_slice() else { panic!("one row: {audits:?}") };
            assert_eq!((row.action.as_str(), row.permission.as_str(), row.target.as_str()), (action, permission, "adm.organizations"));
            assert_eq!((row.user_id, row.result.as_str()), (Some(admin.id()), "SUCCESS"));
            let events = app.published(Realm::Tenant, Some(company), request_id(answer)).await;
            assert_eq!(events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), [event]);
        }
        let user = admin.post("/users/", &json!({"email": "trace@alpha.example", "full_name": "자취", "password": "secret123"})).await;
        assert_eq!(user.status, 201);
        let audits = app.audits(Realm::Tenant, Some(company), request_id(&user)).await;
        assert!(!format!("{audits:?}").contains("secret123") && !format!("{audits:?}").contains("argon2"), "{audits:?}");
        // a refusal leaves nothing but its row in the audit
        let nobody = app.nobody_a().await;
        let refused = nobody.post("/organizations/", &json!({"name": "아니"})).await;
        let audits = app.audits(Realm::Tenant, Some(company), request_id(&refused)).await;
        assert_eq!(audits.iter().map(|row| row.result.as_str()).collect::<Vec<_>>(), ["BLOCKED"]);
    }

    async fn versions_and_idempotency_count_here_too(app: TestApp) {
        let admin = app.admin_a().await;
        let body = json!({"name": "한 번만"});
        let once = |path: &str| admin.request(Method::POST, path).header("idempotency-key", "k1").json(&body);
        let (first, second) = (once("/organizations/").send().await, once("/organizations").send().await);
        assert_eq!((bare(&first, 201), second.header("idempotent-replayed")), (bare(&second, 201), "true"));
        let path = format!("/organizations/{}", no(&first));
        assert_eq!((first.header("etag"), admin.get(&path).await.header("etag")), ("\"1\"", "\"1\""));
        let guarded = |version: &str| admin.request(Method::PUT, &path).header("if-match", version).json(&json!({"name": "두 번"})).send();
        assert_eq!(guarded("\"1\"").await.header("etag"), "\"2\"");
        let stale = guarded("\"1\"").await;
        assert!(bare(&stale, 412)["detail"].is_string());
        assert_eq!(stale.header("etag"), "\"2\"");
    }

    async fn another_companys_rows_are_not_there(app: TestApp) {
        let (a, b) = (app.admin_a().await, app.admin_b().await);
        let (first, second) = (organization(&a, "하나").await, organization(&a, "둘").await);
        assert_eq!((first, second, organization(&b, "하나").await), (1, 2, 1), "numbers and names are each company's own");
        let user = somebody(&a, "only@alpha.example").await;
        assert!(bare(&b.get("/users/").await, 200).as_array().unwrap().iter().all(|row| row["email"] != "only@alpha.example"));
        for answer in [b.get("/organizations/2").await, put(&b, "/organizations/2", &json!({"name": "x"})).await, b.delete("/organizations/2").await] {
            detail(&answer, 404, "Organization not found");
        }
        let stray = b.post("/departments/", &json!({"name": "x", "organization_id": 2})).await;
        assert_eq!(crate::erp::faults(&stray), [(json!(["body", "organization_id"]), "value_error".to_owned())]);
        detail(&b.get(&format!("/users/{}/roles", user + 50)).await, 404, "User not found");
        assert_eq!(bare(&a.get("/organizations/2").await, 200)["name"], "둘");
    }
}
