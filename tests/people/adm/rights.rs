//! Further roles of a company's people: until when, and where; and what comes of them.

use serde_json::{Value, json};
use testkit::{Answer, Caller, TestApp, both};
use tests::people::{admin_role_of_a, one_of_a, role_of_a, somebody_of_a};

const ADM: &str = "/api/v1/tenants/adm";

async fn give(by: &Caller, user: &Caller, role: &Value, more: Value) -> Answer {
    let mut body = json!({"user_id": user.id(), "role_id": role});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    by.post(&format!("{ADM}/user-roles"), &body).await
}

async fn becomes(caller: &Caller, path: &str, status: u16) {
    for _ in 0..50 {
        if caller.get(path).await.status == status {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{path} does not become {status}");
}

async fn department(app: &TestApp, organization: &str, code: &str, parent: Option<&str>) -> String {
    let body = json!({"organization_id": organization, "code": code, "name": code, "parent_id": parent});
    app.admin_a().await.post(&format!("{ADM}/departments"), &body).await.id()
}

both! {
    async fn a_further_role_counts_until_it_is_taken_back(app: TestApp) {
        let admin = app.admin_a().await;
        let (user, reading) = (somebody_of_a(&app, &[]).await, role_of_a(&app, &["adm.users.read"]).await);
        let users = format!("{ADM}/users");
        let made = give(&admin, &user, &reading, json!({})).await;
        becomes(&user, &users, 200).await;
        assert_eq!(give(&admin, &user, &reading, json!({})).await.refused(409, "CONFLICT")["rule"], "unique");
        let path = format!("{ADM}/user-roles/{}", made.id());
        let revoked = admin.post(&format!("{path}/revoke"), &json!({"reason": "부서 이동"})).await.ok(200);
        assert_eq!((&revoked["is_active"], &revoked["revoke_reason"], &revoked["revoked_by"]), (&json!(false), &json!("부서 이동"), &json!(admin.id())));
        becomes(&user, &users, 403).await;
        assert_eq!(admin.patch(&path, &json!({"expires_at": "2099-01-01T00:00:00Z"})).await.refused(409, "CONFLICT")["rule"], "adm.role_revoked");
        // given again, until a moment
        let end = app.now().plus_seconds(60).to_string();
        let _ = give(&admin, &user, &reading, json!({"expires_at": end})).await.ok(201);
        becomes(&user, &users, 200).await;
        app.clock().advance(61);
        becomes(&user, &users, 403).await;
        assert_eq!(give(&admin, &somebody_of_a(&app, &[]).await, &reading, json!({"expires_at": end})).await.wrong_fields(), ["expires_at"]);
    }

    async fn nobody_gives_a_role_that_holds_more_than_they_do(app: TestApp) {
        let clerk = somebody_of_a(&app, &["adm.user-roles.*", "adm.users.*", "adm.roles.update"]).await;
        let user = somebody_of_a(&app, &[]).await;
        let exceeds = |answer: Answer| assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], "exceeds_own_rights", "{answer:?}");
        let large = role_of_a(&app, &["adm.organizations.*"]).await;
        exceeds(give(&clerk, &user, &admin_role_of_a(&app).await, json!({})).await);
        exceeds(give(&clerk, &user, &large, json!({})).await);
        let _ = give(&clerk, &user, &role_of_a(&app, &["adm.users.read"]).await, json!({})).await.ok(201);
        // all roles of somebody are looked at before their password is set, not the first only
        let reset = async || clerk.post(&format!("{ADM}/users/{}/reset-password", user.id()), &json!({"new_password": "another-quiet-lantern-7"})).await;
        let _ = reset().await.ok(200);
        let _ = give(&app.admin_a().await, &user, &large, json!({})).await.ok(201);
        exceeds(reset().await);
        let role = format!("{ADM}/roles/{}", large.as_str().unwrap());
        let _ = app.admin_a().await.patch(&role, &json!({"is_active": false})).await.ok(200);
        exceeds(clerk.patch(&role, &json!({"is_active": true})).await);
        exceeds(reset().await);
    }

    async fn the_last_administrator_stays_however_they_came_to_it(app: TestApp) {
        let admin = app.admin_a().await;
        let (second, role) = (somebody_of_a(&app, &["adm.users.read"]).await, admin_role_of_a(&app).await);
        let own = format!("{ADM}/users/{}", admin.id());
        let stays = |answer: Answer| assert_eq!(answer.refused(409, "CONFLICT")["rule"], "adm.last_admin", "{answer:?}");
        // for a while, or in a department, is not for good
        let end = json!({"expires_at": app.now().plus_seconds(3600).to_string()});
        let timed = give(&admin, &second, &role, end.clone()).await.id();
        stays(admin.post(&format!("{own}/deactivate"), &json!({})).await);
        stays(admin.delete(&own).await);
        stays(admin.patch(&own, &json!({"role_id": null})).await);
        let grant = format!("{ADM}/user-roles/{timed}");
        let _ = admin.patch(&grant, &json!({"expires_at": null})).await.ok(200);
        let _ = admin.patch(&own, &json!({"role_id": null})).await.ok(200);
        // now the other one is the last
        becomes(&second, &format!("{ADM}/organizations"), 200).await;
        stays(second.delete(&grant).await);
        stays(second.post(&format!("{grant}/revoke"), &json!({})).await);
        stays(second.patch(&grant, &end).await);
    }

    /// A right for a department counts there and below, and nowhere else.
    async fn a_right_for_a_department_stays_in_it(app: TestApp) {
        let admin = app.admin_a().await;
        let organization = admin.post(&format!("{ADM}/organizations"), &json!({"name": "본사"})).await.id();
        let top = department(&app, &organization, "TOP", None).await;
        let middle = department(&app, &organization, "MIDDLE", Some(&top)).await;
        let bottom = department(&app, &organization, "BOTTOM", Some(&middle)).await;
        let beside = department(&app, &organization, "BESIDE", Some(&top)).await;
        let user = somebody_of_a(&app, &[]).await;
        let role = role_of_a(&app, &["adm.departments.*", "adm.users.read"]).await;
        let grant = give(&admin, &user, &role, json!({"department_id": middle})).await.id();
        let change = async |id: &str, body: Value| user.patch(&format!("{ADM}/departments/{id}"), &body).await;
        for (n, id) in [&middle, &bottom].into_iter().enumerate() {
            let answer = change(id, json!({"description": format!("변경 {n}")})).await;
            assert_eq!(answer.ok(200)["description"], json!(format!("변경 {n}")));
        }
        for id in [&top, &beside, &uuid::Uuid::now_v7().to_string()] {
            let detail = change(id, json!({"description": "x"})).await.refused(403, "FORBIDDEN");
            assert_eq!(detail["permission"], "adm.departments.update", "{id}");
        }
        let request = uuid::Uuid::now_v7();
        let sending = user.request(reqwest::Method::PATCH, &format!("{ADM}/departments/{top}")).header("x-request-id", request.to_string());
        sending.json(&json!({"description": "x"})).send().await.refused(403, "FORBIDDEN");
        let audits = app.audits(kernel::Realm::Tenant, Some(app.company_a().await.id), request).await;
        assert_eq!((audits[0].result.as_str(), audits[0].user_id), ("BLOCKED", Some(user.id())), "{audits:?}");
        // moving it out is no business of theirs; within is
        for parent in [json!(beside), json!(null), json!(top)] {
            let _ = change(&bottom, json!({"parent_id": parent})).await.refused(403, "FORBIDDEN");
        }
        let leaf = department(&app, &organization, "LEAF", Some(&bottom)).await;
        assert_eq!(change(&leaf, json!({"parent_id": middle})).await.ok(200)["parent_id"], json!(middle));
        // it is not a right in general: not for this, nor for anything that asks for no department
        assert_eq!(user.get(&format!("{ADM}/users")).await.status, 403);
        assert_eq!(user.post(&format!("{ADM}/departments"), &json!({"organization_id": organization, "code": "N", "name": "N"})).await.status, 403);
        assert_eq!(user.delete(&format!("{ADM}/departments/{leaf}")).await.status, 403);
        assert_eq!(user.get("/api/v1/tenants/auth/me").await.ok(200)["permissions"], json!([]));
        let said = admin.get(&format!("{ADM}/explain?user={}&permission=adm.users.read", user.id())).await.ok(200);
        assert_eq!((&said["allowed"], &said["missing"]), (&json!(false), &json!(["department_only"])));
        // a second department beside the first
        let _ = give(&admin, &user, &role, json!({"department_id": beside})).await.ok(201);
        assert_eq!(give(&admin, &user, &role, json!({"department_id": beside})).await.refused(409, "CONFLICT")["rule"], "unique");
        let _ = change(&beside, json!({"description": "y"})).await.ok(200);
        let _ = admin.post(&format!("{ADM}/user-roles/{grant}/revoke"), &json!({})).await.ok(200);
        let _ = change(&bottom, json!({"description": "z"})).await.refused(403, "FORBIDDEN");
        // in general it reaches everything
        let general = one_of_a(&app, &admin, &role).await;
        let _ = general.patch(&format!("{ADM}/departments/{bottom}"), &json!({"parent_id": null})).await.ok(200);
    }

    async fn a_companys_explanation_is_what_its_door_says(app: TestApp) {
        let admin = app.admin_a().await;
        let grants = [json!(["adm.users.read"]), json!(["adm.*"]), json!(["*"]), json!([]), json!(["adm.roles.*", "adm.organizations.read"])];
        for first in 0..grants.len() {
            for second in 0..grants.len() {
                let list = |n: usize| -> Vec<String> { serde_json::from_value(grants[n].clone()).unwrap() };
                let (one, other) = (list(first), list(second));
                let user = somebody_of_a(&app, &one.iter().map(String::as_str).collect::<Vec<_>>()).await;
                let further = role_of_a(&app, &other.iter().map(String::as_str).collect::<Vec<_>>()).await;
                let grant = give(&admin, &user, &further, json!({})).await.id();
                if (first + second) % 3 == 0 {
                    let _ = admin.post(&format!("{ADM}/user-roles/{grant}/revoke"), &json!({})).await.ok(200);
                }
                for name in ["users", "roles", "organizations"] {
                    let said = admin.get(&format!("{ADM}/explain?user={}&permission=adm.{name}.read", user.id())).await.ok(200);
                    let status = user.get(&format!("{ADM}/{name}")).await.status;
                    assert_eq!(said["allowed"], json!(status == 200), "{status}: {said}");
                }
            }
        }
        // another company's people are nobody here
        let other = app.admin_b().await.id();
        assert_eq!(admin.get(&format!("{ADM}/explain?user={other}&permission=adm.users.read")).await.wrong_fields(), ["user"]);
    }
}
