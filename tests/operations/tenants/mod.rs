//! `/api/v1/manager/tenants`: how a company comes to life.

use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use store::{Context, Sql};
use testkit::{PASSWORD, TestApp, both};
use uuid::Uuid;

const TENANTS: &str = "/api/v1/manager/tenants";

fn company(code: &str) -> Value {
    let first = json!({"username": "first", "email": "first@company.example", "full_name": "김처음", "password": PASSWORD});
    json!({"code": code, "name": format!("회사 {code}"), "start_date": "2026-01-01", "currency": "KRW", "admin": first})
}

async fn steps(app: &TestApp, id: &str) -> Vec<(String, String)> {
    let data = app.manager().await.get(&format!("{TENANTS}/{id}/onboarding")).await.ok(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    data.as_array().unwrap().iter().map(|step| (text(&step["step_name"]), text(&step["step_status"]))).collect()
}

fn all_done() -> Vec<(String, String)> {
    ["REGISTRATION", "INITIAL_SETUP", "CONFIGURATION", "COMPLETED"].map(|step| (step.to_owned(), "COMPLETED".to_owned())).to_vec()
}

async fn roles(caller: &testkit::Caller) -> Vec<String> {
    let data = caller.get("/api/v1/tenants/adm/roles?page_size=100&sort=code").await.ok(200);
    data["items"].as_array().unwrap().iter().map(|role| role["code"].as_str().unwrap().to_owned()).collect()
}

const BUILT_IN: [&str; 7] = ["ACCOUNTANT", "ADMIN", "APPROVER", "PURCHASING", "SALES", "VIEWER", "WAREHOUSE"];

/// Changes what has no route, behind the platform's back; `company` is bound at the end of the text. Answers how many rows it touched.
async fn execute(app: &TestApp, realm: Realm, tenant: Option<Uuid>, text: &str, company: Uuid) -> u64 {
    let database = app.database(realm);
    let cx = Context::system(realm, tenant, "test");
    database
        .write(&cx, async |tx| {
            let mut sql = Sql::new(text);
            sql.bind(company);
            tx.raw_execute(sql).await
        })
        .await
        .unwrap()
}

both! {
    async fn a_new_company_can_be_signed_in_to_at_once(app: TestApp) {
        let made = app.manager().await.post(TENANTS, &company("fresh")).await;
        let row = made.ok(201);
        assert_eq!((&row["code"], &row["status"], &row["timezone"], &row["currency"]), (&json!("fresh"), &json!("ACTIVE"), &json!("Asia/Seoul"), &json!("KRW")));
        assert_eq!(steps(&app, &made.id()).await, all_done());
        let first = app.stranger().sign_in(Some("fresh"), "first", PASSWORD).await;
        let me = first.get("/api/v1/tenants/auth/me").await.ok(200);
        assert_eq!((&me["roles"], &me["tenant_name"]), (&json!(["ADMIN"]), &json!("회사 fresh")));
        assert_eq!(roles(&first).await, BUILT_IN);
        // what the company is, its settings say, too
        let id: Uuid = made.id().parse().unwrap();
        let rows = app.database(Realm::Tenant).read(Some(id)).await.unwrap();
        let rows = rows.raw_all({
            let mut sql = Sql::new("SELECT key, value FROM adm_settings WHERE category = 'company' AND tenant_id = ");
            sql.bind(id).push(" ORDER BY key");
            sql
        });
        let settings: Vec<(String, Value)> = rows.await.unwrap().iter().map(|row| (row.try_get("", "key").unwrap(), row.try_get("", "value").unwrap())).collect();
        let wanted = [("currency", "KRW"), ("locale", "ko-KR"), ("name", "회사 fresh"), ("timezone", "Asia/Seoul")];
        assert_eq!(settings, wanted.map(|(key, value)| (key.to_owned(), json!(value))));
        // the built-in roles stay as they are
        let role = first.get("/api/v1/tenants/adm/roles?code=VIEWER").await.ok(200)["items"][0]["id"].clone();
        let path = format!("/api/v1/tenants/adm/roles/{}", role.as_str().unwrap());
        for answer in [first.patch(&path, &json!({"permissions": ["*"]})).await, first.delete(&path).await] {
            assert_eq!(answer.refused(409, "CONFLICT")["rule"], "adm.system_role");
        }
    }

    async fn a_code_belongs_to_one_company_in_any_case(app: TestApp) {
        let manager = app.manager().await;
        let _ = manager.post(TENANTS, &company("unique-one")).await.ok(201);
        for code in ["unique-one", "UNIQUE-ONE", " Unique-One "] {
            let detail = manager.post(TENANTS, &company(code)).await.refused(409, "CONFLICT");
            assert_eq!(detail, json!({"rule": "unique", "field": "code"}));
        }
        for code in ["x", "has blank", "한글", "a".repeat(21).as_str(), "semi;colon", ""] {
            assert_eq!(manager.post(TENANTS, &company(code)).await.wrong_fields(), ["code"], "{code:?}");
        }
        let numbered = |code: &str, number: &str| {
            let mut body = company(code);
            body["biz_no"] = json!(number);
            body
        };
        let made = manager.post(TENANTS, &numbered("biz-one", "1248100998")).await;
        assert_eq!(made.ok(201)["biz_no"], "124-81-00998", "shown with hyphens");
        let detail = manager.post(TENANTS, &numbered("biz-two", "124-81-00998")).await.refused(409, "CONFLICT");
        assert_eq!(detail["field"], "biz_no");
        assert_eq!(manager.post(TENANTS, &numbered("biz-three", "124-81-00999")).await.wrong_fields(), ["biz_no"], "the check digit is wrong");
    }

    async fn a_company_that_cannot_be_made_leaves_nothing(app: TestApp) {
        let manager = app.manager().await;
        let before = manager.get(TENANTS).await.ok(200)["total"].clone();
        let mut body = company("half");
        body["admin"]["username"] = json!("x y");
        assert_eq!(manager.post(TENANTS, &body).await.wrong_fields(), ["admin.username"]);
        let mut body = company("half");
        body["close_date"] = json!("2025-01-01");
        assert!(matches!(manager.post(TENANTS, &body).await.status, 409 | 422), "it would end before it begins");
        assert_eq!(manager.get(TENANTS).await.ok(200)["total"], before);
        let _ = manager.post(TENANTS, &company("half")).await.ok(201);
    }

    async fn a_company_sent_twice_with_one_key_is_one(app: TestApp) {
        let manager = app.manager().await;
        let post = || manager.request(Method::POST, TENANTS).header("idempotency-key", "new company").json(&company("once")).send();
        let (first, again) = (post().await, post().await);
        assert_eq!((first.ok(201), again.header("idempotent-replayed")), (again.ok(201), "true"));
        assert_eq!(steps(&app, &first.id()).await, all_done());
        assert!(!again.json.to_string().contains(PASSWORD));
    }

    async fn what_was_cut_off_goes_on_at_the_next_start(app: TestApp) {
        let made = app.manager().await.post(TENANTS, &company("cut-off")).await;
        let _ = made.ok(201);
        let id: Uuid = made.id().parse().unwrap();
        // as if the process had been killed between the commit and the set-up
        for (table, rows) in [("adm_users", 1), ("adm_roles", 7), ("adm_settings", 4)] {
            assert_eq!(execute(&app, Realm::Tenant, Some(id), &format!("DELETE FROM {table} WHERE tenant_id = "), id).await, rows, "{table}");
        }
        let reset = "UPDATE tnnt_onboardings SET step_status = 'PENDING', completed_at = NULL WHERE step_name <> 'REGISTRATION' AND tenant_id = ";
        assert_eq!(execute(&app, Realm::Manager, None, reset, id).await, 3);
        let first = json!({"username": "first", "email": "first@company.example", "full_name": "김처음"});
        let data = format!("UPDATE tnnt_onboardings SET step_data = '{first}' WHERE step_name = 'CONFIGURATION' AND tenant_id = ");
        assert_eq!(execute(&app, Realm::Manager, None, &data, id).await, 1);
        app.stranger().try_sign_in(Some("cut-off"), "first", PASSWORD).await.refused(401, "UNAUTHORIZED");

        let app = app.restarted().await;
        assert_eq!(steps(&app, &made.id()).await, all_done());
        let count = async |table: &str| {
            let mut sql = Sql::new(&format!("SELECT count(*) AS n FROM {table} WHERE tenant_id = "));
            sql.bind(id);
            let scope = app.database(Realm::Tenant).read(Some(id)).await.unwrap();
            scope.raw_one(sql).await.unwrap().unwrap().try_get::<i64>("", "n").unwrap()
        };
        assert_eq!((count("adm_roles").await, count("adm_settings").await, count("adm_users").await), (7, 4, 1));
        // and once more changes nothing
        let app = app.restarted().await;
        assert_eq!(steps(&app, &made.id()).await, all_done());
        app.stop().await;
    }
}
