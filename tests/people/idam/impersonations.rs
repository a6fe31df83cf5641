//! Staff act as one of a company's people: consented, for a while, both names in the audit.

use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use store::Sql;
use testkit::{Answer, Caller, PASSWORD, TestApp, both};
use tests::{
    idam::{IDAM, somebody},
    people::{role_of_a, somebody_of_a},
};
use uuid::Uuid;

const CONSENTS: &str = "/api/v1/tenants/adm/support-consents";
const ME: &str = "/api/v1/tenants/auth/me";
const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

async fn consent(app: &TestApp, more: Value) -> String {
    let mut body = json!({"reason": "마감 확인"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.admin_a().await.post(CONSENTS, &body).await.id()
}

async fn begin(app: &TestApp, staff: &Caller, more: Value) -> Answer {
    let mut body = json!({"tenant_id": app.company_a().await.id, "user_id": app.admin_a().await.id(), "reason": "문의 17"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    staff.post(&format!("{IDAM}/impersonations"), &body).await
}

fn acting(staff: &Caller, begun: &Answer) -> Caller {
    staff.with_token(begun.ok(201)["access_token"].as_str())
}

async fn ends(caller: &Caller) {
    for _ in 0..50 {
        if caller.get(ME).await.status == 401 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it does not end within a second");
}

both! {
    async fn without_a_consent_that_covers_it_nobody_acts_as_another(app: TestApp) {
        let staff = somebody(&app, &["idam.impersonations.*"]).await;
        let refused = async |more: Value| assert_eq!(begin(&app, &staff, more).await.refused(409, "CONFLICT")["rule"], "idam.no_consent");
        refused(json!({})).await;
        let nobody = app.nobody_a().await.id();
        let _ = consent(&app, json!({"user_id": nobody})).await;
        refused(json!({})).await;
        let _ = begin(&app, &staff, json!({"user_id": nobody})).await.ok(201);
        let _ = consent(&app, json!({"expires_at": app.now().plus_seconds(60).to_string()})).await;
        refused(json!({"allow_write": true})).await;
        let _ = begin(&app, &staff, json!({})).await.ok(201);
        app.clock().advance(61);
        refused(json!({})).await;
        for (more, field) in [
            (json!({"minutes": 0}), "minutes"), (json!({"minutes": 61}), "minutes"), (json!({"reason": " "}), "reason"),
            (json!({"tenant_id": Uuid::now_v7()}), "tenant_id"), (json!({"user_id": Uuid::now_v7()}), "user_id"),
            (json!({"user_id": app.admin_b().await.id()}), "user_id"),
        ] {
            assert_eq!(begin(&app, &staff, more).await.wrong_fields(), [field]);
        }
        let admin = app.admin_a().await;
        for days in [-1, 31] {
            let body = json!({"reason": "x", "expires_at": app.now().plus_seconds(days * 24 * 60 * 60).to_string()});
            assert_eq!(admin.post(CONSENTS, &body).await.wrong_fields(), ["expires_at"]);
        }
    }

    /// With the consent of somebody weak staff acted as an administrator.
    async fn nobody_lets_staff_act_as_somebody_stronger(app: TestApp) {
        const REASON: &str = "consent_exceeds_rights";
        let (admin, staff) = (app.admin_a().await, somebody(&app, &["idam.impersonations.*"]).await);
        let weak = somebody_of_a(&app, &["adm.support-consents.*", "adm.organizations.read"]).await;
        let strong = somebody_of_a(&app, &["adm.organizations.*"]).await;
        let readers = [somebody_of_a(&app, &["adm.organizations.read"]).await, somebody_of_a(&app, &["adm.organizations.read"]).await];
        let named = weak.post(CONSENTS, &json!({"reason": "마감 확인", "user_id": strong.id()})).await;
        assert_eq!(named.refused(403, "FORBIDDEN")["reason"], "exceeds_own_rights");
        let _ = weak.post(CONSENTS, &json!({"reason": "마감 확인"})).await.ok(201);
        let begun_as = async |user: &Caller| begin(&app, &staff, json!({"user_id": user.id()})).await;
        for (user, lacking) in [(&admin, "*"), (&strong, "adm.organizations.*")] {
            let detail = begun_as(user).await.refused(403, "FORBIDDEN");
            assert_eq!((&detail["reason"], &detail["permission"]), (&json!(REASON), &json!(lacking)));
        }
        // as themselves, and as who may no more than they do
        let _ = begun_as(&weak).await.ok(201);
        let acting = acting(&staff, &begun_as(&readers[0]).await);
        let _ = acting.get(ME).await.ok(200);
        // who is given more meanwhile is not acted as any longer
        let role = role_of_a(&app, &["crm.*"]).await;
        let _ = admin.post("/api/v1/tenants/adm/user-roles", &json!({"user_id": readers[0].id(), "role_id": role})).await.ok(201);
        ends(&acting).await;
        // nor anybody with the consent of who is gone
        let _ = admin.post(&format!("/api/v1/tenants/adm/users/{}/deactivate", weak.id()), &json!({})).await.ok(200);
        assert_eq!(begun_as(&readers[1]).await.refused(403, "FORBIDDEN")["reason"], REASON);
        // an administrator's consent allows anybody
        let _ = consent(&app, json!({})).await;
        for user in [&admin, &strong, &readers[0], &readers[1]] {
            let _ = begun_as(user).await.ok(201);
        }
        // a key has a part of its owner's rights, and what staff may do is asked of the person: it consents to nothing
        let made = admin.post("/api/v1/tenants/adm/api-keys", &json!({"key_name": "연동", "scopes": ["adm.support-consents.*"]})).await.ok(201);
        let by_key = async |body: Value| {
            let request = app.stranger().request(Method::POST, CONSENTS).header("x-api-key", made["api_key"].as_str().unwrap());
            request.json(&body).send().await
        };
        for user in [Value::Null, json!(strong.id()), json!(app.nobody_a().await.id())] {
            assert_eq!(by_key(json!({"reason": "x", "user_id": user})).await.refused(403, "FORBIDDEN")["reason"], "api_key");
        }
    }

    async fn it_looks_and_touches_nothing_unless_it_may(app: TestApp) {
        let staff = somebody(&app, &["idam.impersonations.*"]).await;
        let _ = consent(&app, json!({"allow_write": true})).await;
        let reader = acting(&staff, &begin(&app, &staff, json!({})).await);
        let me = reader.get(ME).await.ok(200);
        assert_eq!((&me["username"], &me["impersonated_by"]), (&json!("boss"), &json!(staff.username)));
        assert_eq!(app.admin_a().await.get(ME).await.ok(200)["impersonated_by"], Value::Null);
        let _ = reader.get(ORGANIZATIONS).await.ok(200);
        assert_eq!(reader.post(ORGANIZATIONS, &json!({"name": "x"})).await.refused(403, "FORBIDDEN")["reason"], "read_only");
        let writer = acting(&staff, &begin(&app, &staff, json!({"allow_write": true})).await);
        let row = writer.post(ORGANIZATIONS, &json!({"name": "by staff"})).await.ok(201);
        assert_eq!(row["created_by"], json!(app.admin_a().await.id()));
        // credentials and consents are never touched
        let user = app.nobody_a().await.id();
        for caller in [&reader, &writer] {
            for (method, path) in [
                (Method::POST, "/api/v1/tenants/auth/change-password".to_owned()), (Method::POST, "/api/v1/tenants/adm/api-keys".to_owned()),
                (Method::POST, CONSENTS.to_owned()), (Method::POST, format!("{CONSENTS}/{}/revoke", Uuid::now_v7())),
                (Method::POST, format!("/api/v1/tenants/adm/users/{user}/reset-password")), (Method::POST, "/api/v1/tenants/adm/users".to_owned()),
                (Method::PATCH, format!("/api/v1/tenants/adm/users/{user}")), (Method::GET, "/api/v1/tenants/auth/sessions".to_owned()),
                // nor are rights, which would outlive the hour
                (Method::POST, "/api/v1/tenants/adm/user-roles".to_owned()), (Method::POST, "/api/v1/tenants/adm/roles".to_owned()),
                (Method::POST, format!("/api/v1/tenants/adm/user-roles/{}/revoke", Uuid::now_v7())),
            ] {
                let answer = caller.request(method, &path).json(&json!({})).send().await;
                assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], "impersonation", "{answer:?}");
            }
        }
        // and the token opens nothing of the provider's side
        writer.get(&format!("{IDAM}/users")).await.refused(403, "FORBIDDEN");
    }

    async fn both_names_are_in_the_audit_of_both_sides(app: TestApp) {
        let staff = somebody(&app, &["idam.impersonations.*"]).await;
        let _ = consent(&app, json!({"allow_write": true})).await;
        let company = app.company_a().await.id;
        let boss = app.admin_a().await.id();
        let seen = async |request: Uuid| {
            let mut sql = Sql::new("SELECT actor_kind, actor_name, user_id, on_behalf_of, action_performed FROM audt_audit_logs WHERE request_id = ");
            sql.bind(request).push(" ORDER BY id");
            let rows = app.database(Realm::Tenant).read(Some(company)).await.unwrap().raw_all(sql).await.unwrap();
            let text = |row: &sea_orm::QueryResult, name: &str| row.try_get::<String>("", name).unwrap();
            rows.iter().map(|row| {
                assert_eq!((text(row, "actor_kind"), text(row, "actor_name")), ("STAFF".to_owned(), staff.username.clone()));
                assert_eq!((row.try_get::<Option<Uuid>>("", "user_id").unwrap(), row.try_get::<Option<Uuid>>("", "on_behalf_of").unwrap()), (Some(staff.id()), Some(boss)));
                text(row, "action_performed")
            }).collect::<Vec<_>>()
        };
        let body = json!({"tenant_id": company, "user_id": boss, "reason": "문의 17", "allow_write": true});
        let request = Uuid::now_v7();
        let path = format!("{IDAM}/impersonations");
        let begun = staff.request(Method::POST, &path).header("x-request-id", request.to_string()).json(&body).send().await;
        assert_eq!(seen(request).await, ["LOGIN"]);
        let audits = app.audits(Realm::Manager, None, request).await;
        assert_eq!((audits[0].action.as_str(), audits[0].user_id, &audits[0].after["reason"]), ("CREATE", Some(staff.id()), &json!("문의 17")));
        assert!(!format!("{audits:?}").contains(begun.ok(201)["access_token"].as_str().unwrap()));
        let request = Uuid::now_v7();
        let writing = acting(&staff, &begun).request(Method::POST, ORGANIZATIONS).header("x-request-id", request.to_string());
        let _ = writing.json(&json!({"name": "둘"})).send().await.ok(201);
        assert_eq!(seen(request).await, ["CREATE"]);
        let request = Uuid::now_v7();
        let end = staff.request(Method::POST, &format!("{path}/{}/end", begun.id())).header("x-request-id", request.to_string());
        assert!(end.json(&json!({})).send().await.ok(200)["ended_at"].is_string());
        assert_eq!(seen(request).await, ["LOGOUT"]);
        assert_eq!(app.audits(Realm::Manager, None, request).await[0].action, "EXECUTE");
        let listed = app.manager().await.get(&format!("{path}?staff_id={}", staff.id())).await.ok(200);
        assert_eq!((&listed["total"], &listed["items"][0]["reason"], &listed["items"][0]["ended_by"]), (&json!(1), &json!("문의 17"), &json!(staff.id())));
    }

    async fn it_ends_with_its_time_its_consent_and_its_staff(app: TestApp) {
        let manager = app.manager().await;
        let staff = somebody(&app, &["idam.impersonations.*"]).await;
        let first = consent(&app, json!({})).await;
        let begun = begin(&app, &staff, json!({"minutes": 5})).await;
        assert_eq!(begun.ok(201)["expires_in"], 300);
        let timed = acting(&staff, &begun);
        let _ = timed.get(ME).await.ok(200);
        app.clock().advance(301);
        ends(&timed).await;
        // signed in again: a quarter of an hour is a long time
        let consented = acting(&staff, &begin(&app, &staff, json!({})).await);
        let _ = consented.get(ME).await.ok(200);
        let _ = app.admin_a().await.post(&format!("{CONSENTS}/{first}/revoke"), &json!({"reason": "끝"})).await.ok(200);
        ends(&consented).await;
        let list = manager.get(&format!("{IDAM}/impersonations?staff_id={}&sort=-created_at", staff.id())).await.ok(200);
        assert!(list["items"][0]["ended_at"].is_string(), "the provider hears of it: {list}");
        let _ = consent(&app, json!({})).await;
        let ended = begin(&app, &staff, json!({})).await;
        let caller = acting(&staff, &ended);
        let _ = staff.post(&format!("{IDAM}/impersonations/{}/end", ended.id()), &json!({})).await.ok(200);
        ends(&caller).await;
        let last = acting(&staff, &begin(&app, &staff, json!({})).await);
        let _ = last.get(ME).await.ok(200);
        let _ = manager.post(&format!("{IDAM}/users/{}/deactivate", staff.id()), &json!({})).await.ok(200);
        ends(&last).await;
    }

    /// Item E: an impersonation survived suspension and activation of the company, and of the staff member.
    async fn it_does_not_come_back_with_its_company_or_its_staff(app: TestApp) {
        let manager = app.manager().await;
        let staff = somebody(&app, &["idam.impersonations.*"]).await;
        let _ = consent(&app, json!({})).await;
        let company = format!("/api/v1/manager/tenants/{}", app.company_a().await.id);
        let person = format!("{IDAM}/users/{}", staff.id());
        for (out, back) in [(format!("{company}/suspend"), format!("{company}/activate")), (format!("{person}/deactivate"), format!("{person}/activate"))] {
            let staff = app.stranger().sign_in(None, &staff.username, PASSWORD).await;
            let begun = begin(&app, &staff, json!({})).await;
            let caller = acting(&staff, &begun);
            let _ = caller.get(ME).await.ok(200);
            let request = Uuid::now_v7();
            let sending = manager.request(Method::POST, &out).header("x-request-id", request.to_string());
            let _ = sending.json(&json!({})).send().await.ok(200);
            let _ = manager.post(&back, &json!({})).await.ok(200);
            ends(&caller).await;
            let row = manager.get(&format!("{IDAM}/impersonations/{}", begun.id())).await.ok(200);
            assert_eq!(row["ended_by"], json!(manager.id()), "{out}");
            let audits = app.audits(Realm::Manager, None, request).await;
            assert!(audits.iter().any(|audit| audit.target_id.as_deref() == Some(begun.id().as_str())), "{audits:?}");
        }
        // who belongs to the company is let in again
        let _ = app.admin_a().await.get(ME).await.ok(200);
    }

    async fn a_repeated_beginning_is_one_and_shows_its_token_once(app: TestApp) {
        let staff = somebody(&app, &["idam.impersonations.*"]).await;
        let _ = consent(&app, json!({})).await;
        let body = json!({"tenant_id": app.company_a().await.id, "user_id": app.admin_a().await.id(), "reason": "한 번"});
        let post = || staff.request(Method::POST, &format!("{IDAM}/impersonations")).header("idempotency-key", "once").json(&body).send();
        let (first, again) = (post().await, post().await);
        assert_eq!((&first.ok(201)["id"], &again.ok(201)["access_token"]), (&again.ok(201)["id"], &json!("***")));
        let sessions = app.admin_a().await.get(&format!("/api/v1/tenants/adm/sessions?user_id={}&page_size=100", app.admin_a().await.id())).await.ok(200);
        let acting = sessions["items"].as_array().unwrap().iter().filter(|session| session["impersonator_name"] == json!(staff.username)).count();
        assert_eq!(acting, 1, "{sessions}");
    }
}
