//! Searching as people type: parts of words, initial consonants, numbers with or without hyphens;
//! and that no row is left out of it, whoever wrote it.

use kernel::Realm;
use serde_json::{Value, json};
use store::{Context, Sql};
use testkit::{Caller, TestApp, both};

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

async fn found(caller: &Caller, path: &str, typed: &str) -> Value {
    let url = reqwest::Url::parse_with_params("http://x/", [("search", typed), ("page_size", "100")]).unwrap();
    let data = caller.get(&format!("{path}?{}", url.query().unwrap())).await.ok(200);
    assert_eq!(data["total"], data["items"].as_array().unwrap().len(), "{typed}");
    data
}

async fn names(caller: &Caller, typed: &str) -> Vec<String> {
    let data = found(caller, ORGANIZATIONS, typed).await;
    let mut names: Vec<_> = data["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

async fn without_a_text(app: &TestApp) -> Vec<String> {
    let mut missing = Vec::new();
    for module in gateway::modules() {
        let companies = match module.realm {
            Realm::Manager => vec![None],
            Realm::Tenant => vec![Some(app.company_a().await.id), Some(app.company_b().await.id)],
        };
        for resource in module.resources {
            let spec = (resource.spec)().unwrap();
            for company in companies.iter().filter(|_| !spec.search.is_empty()) {
                // what is kept has each text of the row: folding leaves small letters and digits alone
                let (table, column) = (&spec.table, spec.search[0]);
                let mut sql = Sql::new("SELECT count(*) AS n FROM ");
                sql.push(table).push(" t LEFT JOIN search_texts s ON s.id = t.id WHERE (s.id IS NULL OR s.target <> ").bind(table.as_str());
                sql.push(" OR (t.").push(column).push(" IS NOT NULL AND s.text = ''))");
                if let Some(company) = company {
                    sql.push(" AND t.tenant_id = ").bind(*company);
                }
                let row = app.database(module.realm).read(*company).await.unwrap().raw_one(sql).await.unwrap().unwrap();
                let n: i64 = row.try_get("", "n").unwrap();
                if n > 0 {
                    missing.push(format!("{table}: {n}"));
                }
            }
        }
    }
    missing
}

both! {
    async fn words_are_found_by_their_parts_and_by_initial_consonants(app: TestApp) {
        let admin = app.admin_a().await;
        for name in ["(주)한빛전자", "한빛 상사", "하늘병원", "ÉCLAIR Ｇlas", "100% 면", "건설부산"] {
            let _ = admin.post(ORGANIZATIONS, &json!({"name": name})).await.ok(201);
        }
        let both = ["(주)한빛전자", "한빛 상사"];
        for (typed, expected) in [
            ("한빛", both.as_slice()),
            ("ㅎㅂ", &both),
            ("한ㅂ", &both),
            ("ㅎ빛", &both),
            ("\u{1112}\u{1161}\u{11ab}\u{1107}\u{1175}\u{11be}", &both),
            ("ㅎㅂㅈㅈ", &both[..1]),
            ("㈜한빛", &both[..1]),
            ("빛전", &both[..1]),
            ("한빛상", &both[1..]),
            ("ㅎㅂㅅㅅ", &both[1..]),
            ("빛", &both),
            ("ㅎㄴㅂㅇ", &["하늘병원"]),
            ("ㄳ", &["건설부산"]),
            ("éclair glas", &["ÉCLAIR Ｇlas"]),
            ("ＥＣＬ", &[]),
            ("100％", &["100% 면"]),
            ("10_", &[]),
            ("한%빛", &[]),
            ("ㅂㅎ", &[]),
        ] {
            assert_eq!(names(&admin, typed).await, expected, "{typed}");
            assert!(names(&app.admin_b().await, typed).await.is_empty(), "{typed} finds rows of another company");
        }
    }

    async fn a_search_goes_with_filters_pages_and_cursors(app: TestApp) {
        let admin = app.admin_a().await;
        for n in 0..5 {
            let status = if n == 0 { "CLOSED" } else { "ACTIVE" };
            let _ = admin.post(ORGANIZATIONS, &json!({"name": format!("한빛 {n}호점"), "status": status})).await.ok(201);
            let _ = admin.post(ORGANIZATIONS, &json!({"name": format!("나눔 {n}호점"), "status": status})).await.ok(201);
        }
        let path = format!("{ORGANIZATIONS}?search=%E3%85%8E%E3%85%82&status=ACTIVE&sort=name&page_size=3");
        let page = admin.get(&path).await.ok(200);
        assert_eq!((&page["total"], page["items"].as_array().unwrap().len()), (&json!(4), 3));
        let next = admin.get(&format!("{path}&cursor={}", page["next_cursor"].as_str().unwrap())).await.ok(200);
        assert_eq!(next["items"].as_array().unwrap().len(), 1);
        let second = admin.get(&format!("{path}&page=9")).await.ok(200);
        assert_eq!((&second["total"], &second["items"]), (&json!(4), &json!([])));
    }

    async fn numbers_are_found_with_and_without_hyphens(app: TestApp) {
        let admin = app.admin_a().await;
        let body = json!({"name": "번호", "code": "HB-2026-7", "biz_no": "123-45-67891"});
        let made = admin.post(ORGANIZATIONS, &body).await;
        let _ = made.ok(201);
        let _ = admin.post(ORGANIZATIONS, &json!({"name": "다른"})).await.ok(201);
        for typed in ["123-45-67891", "1234567891", "45-678", "2345", "hb-2026", "2026-7", "20267"] {
            assert_eq!(names(&admin, typed).await, ["번호"], "{typed}");
        }
        assert!(names(&admin, "54-321").await.is_empty());
    }

    async fn a_changed_row_is_found_by_what_it_says_now(app: TestApp) {
        let admin = app.admin_a().await;
        let id = admin.post(ORGANIZATIONS, &json!({"name": "한빛", "code": "HB"})).await.id();
        let row = format!("{ORGANIZATIONS}/{id}");
        let _ = admin.patch(&row, &json!({"name": "나눔"})).await.ok(200);
        assert!(names(&admin, "한빛").await.is_empty() && names(&admin, "ㅎㅂ").await.is_empty());
        assert_eq!(names(&admin, "ㄴㄴ").await, ["나눔"]);
        assert_eq!(names(&admin, "hb").await, ["나눔"], "what was not sent stays");
        let _ = admin.patch(&row, &json!({"code": null, "ceo_name": "홍길동"})).await.ok(200);
        assert!(names(&admin, "hb").await.is_empty());
        assert_eq!(names(&admin, "ㅎㄱㄷ").await, ["나눔"]);
        let items = json!({"items": [{"data": {"name": "묶음"}}, {"op": "update", "id": id, "data": {"name": "다시"}}]});
        let _ = admin.post(&format!("{ORGANIZATIONS}/bulk"), &items).await.ok(200);
        assert_eq!((names(&admin, "ㅁㅇ").await, names(&admin, "ㄷㅅ").await), (vec!["묶음".to_owned()], vec!["다시".to_owned()]));
        let _ = admin.delete(&row).await.ok(200);
        assert!(names(&admin, "다시").await.is_empty());
    }

    async fn people_and_logs_are_found_the_same_way(app: TestApp) {
        let (admin, manager) = (app.admin_a().await, app.manager().await);
        let person = json!({"username": "gildong", "full_name": "홍길동", "email": "gildong@example.com", "password": testkit::PASSWORD});
        let _ = admin.post("/api/v1/tenants/adm/users", &person).await.ok(201);
        for typed in ["ㅎㄱㄷ", "길동", "GILDONG@"] {
            assert_eq!(found(&admin, "/api/v1/tenants/adm/users", typed).await["total"], 1, "{typed}");
        }
        assert!(found(&admin, "/api/v1/tenants/adm/login-logs", "oSS").await["total"].as_i64().unwrap() > 0);
        app.settle().await;
        assert!(found(&manager, "/api/v1/manager/audt/audit-logs", "USERS.cr").await["total"].as_i64().unwrap() > 0);
        assert!(found(&manager, "/api/v1/manager/idam/permissions", "audt.").await["total"].as_i64().unwrap() > 0);
    }

    async fn no_row_is_left_out_whoever_wrote_it(app: TestApp) {
        tests::every_resource(&app, async |resource| {
            let _ = resource.make().await;
        })
        .await;
        let _ = app.stranger().try_sign_in(Some("alpha"), "boss", "wrong").await;
        app.settle().await;
        assert_eq!(without_a_text(&app).await, Vec::<String>::new());
    }

    async fn rows_from_before_are_found_after_a_start(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = admin.post(ORGANIZATIONS, &json!({"name": "한빛"})).await.ok(201);
        let company = app.company_a().await.id;
        let database = app.database(Realm::Tenant);
        let forget = async |sql: &str| {
            let cx = Context::system(Realm::Tenant, Some(company), "test");
            database.write(&cx, async |tx| {
                let mut sql = Sql::new(sql);
                sql.push(" WHERE tenant_id = ").bind(company);
                tx.raw_execute(sql).await
            }).await.unwrap()
        };
        assert!(forget("DELETE FROM search_texts").await > 0);
        assert!(names(&admin, "ㅎㅂ").await.is_empty());
        flows::provisioning::refresh_all(app.platform()).await.unwrap();
        assert_eq!(names(&admin, "ㅎㅂ").await, ["한빛"]);
        // texts of an older edition are made again
        assert!(forget("UPDATE search_texts SET edition = 0, text = 'old'").await > 0);
        assert!(names(&admin, "ㅎㅂ").await.is_empty());
        flows::provisioning::refresh_all(app.platform()).await.unwrap();
        assert_eq!(names(&admin, "ㅎㅂ").await, ["한빛"]);
        assert_eq!(without_a_text(&app).await, Vec::<String>::new());
    }
}
