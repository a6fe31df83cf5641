//! Document series: what numbers look like, and that there is each of them once.

use kernel::{Day, Realm};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::Context;
use testkit::{TestApp, both};

const SERIES: &str = "/api/v1/tenants/adm/document-series";

/// The number a document of this day gets that becomes binding now.
async fn number(app: &TestApp, database: &store::Database, series: &str, day: &str) -> String {
    let cx = Context::system(Realm::Tenant, Some(app.company_a().await.id), "test");
    let day = Day::parse(day).unwrap();
    database.write(&cx, async |tx| tx.number_document(series, day).await).await.unwrap()
}

both! {
    async fn a_hundred_at_once_are_a_hundred_numbers(app: TestApp) {
        let database = app.database(Realm::Tenant);
        let all = futures_util::future::join_all((0..100).map(|_| number(&app, &database, "SO", "2026-03-09"))).await;
        let wanted: BTreeSet<String> = (1..=100).map(|n| format!("SO-2026-{n:06}")).collect();
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), wanted, "each once, and none left out");
        // another year, another series and another company count for themselves
        assert_eq!(number(&app, &database, "SO", "2027-01-01").await, "SO-2027-000001");
        assert_eq!(number(&app, &database, "PO", "2026-03-09").await, "PO-2026-000001");
        let given = app.admin_a().await.get(&format!("{SERIES}/SO")).await.ok(200)["given"].clone();
        assert_eq!((given, app.admin_b().await.get(&format!("{SERIES}/SO")).await.ok(200)["given"].clone()), (json!(101), json!(0)));
        // a transaction that fails leaves no gap
        let cx = Context::system(Realm::Tenant, Some(app.company_a().await.id), "test");
        let day = Day::parse("2026-03-09").unwrap();
        let failed = database.write(&cx, async |tx| {
            tx.number_document("SO", day).await?;
            Err::<(), _>(kernel::Error::not_found())
        });
        assert!(failed.await.is_err());
        assert_eq!(number(&app, &database, "SO", "2026-12-31").await, "SO-2026-000101");
    }

    async fn a_company_says_what_its_numbers_look_like(app: TestApp) {
        let (admin, database) = (app.admin_a().await, app.database(Realm::Tenant));
        let one = format!("{SERIES}/SO");
        let seoul = app.now().get().to_offset(time::macros::offset!(+9)).date();
        let standard = admin.get(&one).await.ok(200);
        assert_eq!((&standard["prefix"], &standard["reset"], &standard["is_default"]), (&json!("SO"), &json!("YEARLY"), &json!(true)));
        assert_eq!(standard["next_number"], json!(format!("SO-{:04}-000001", seoul.year())));
        let monthly = json!({"prefix": "ORD", "pattern": "{PREFIX}{YY}{MM}-{0000}", "reset": "MONTHLY"});
        let changed = admin.patch(&one, &monthly).await.ok(200);
        assert_eq!(changed["next_number"], json!(format!("ORD{:02}{:02}-0001", seoul.year() % 100, u8::from(seoul.month()))));
        assert_eq!(number(&app, &database, "SO", "2026-03-09").await, "ORD2603-0001");
        assert_eq!(number(&app, &database, "SO", "2026-03-31").await, "ORD2603-0002");
        assert_eq!(number(&app, &database, "SO", "2026-04-01").await, "ORD2604-0001");
        // another look, and the count goes on
        let _ = admin.patch(&one, &json!({"pattern": "{PREFIX}-{YYYY}{MM}-{000000}"})).await.ok(200);
        assert_eq!(number(&app, &database, "SO", "2026-03-31").await, "ORD-202603-000003");
        // when it begins anew is settled with the first number
        let refused = admin.patch(&one, &json!({"reset": "NEVER"})).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "adm.series_in_use");
        assert_eq!(admin.patch(&format!("{SERIES}/PO"), &json!({"prefix": "ORD"})).await.refused(409, "CONFLICT")["field"], "prefix");
        assert_eq!(admin.patch(&format!("{SERIES}/PO"), &json!({"prefix": "QT"})).await.refused(409, "CONFLICT")["field"], "prefix");
        for (body, field) in [
            (json!({"prefix": "p o"}), "prefix"),
            (json!({"pattern": "{PREFIX}-{000000}"}), "pattern"),
            (json!({"pattern": "{YYYY}-{000000}"}), "pattern"),
            (json!({"reset": "MONTHLY"}), "pattern"),
            (json!({"reset": "DAILY"}), "reset"),
            (json!({"next_number": 7}), "next_number"),
        ] {
            assert_eq!(admin.patch(&format!("{SERIES}/PO"), &body).await.wrong_fields(), [field], "{body}");
        }
        admin.get(&format!("{SERIES}/adm_users")).await.refused(404, "NOT_FOUND");
        admin.patch(&format!("{SERIES}/NOPE"), &json!({"prefix": "X"})).await.refused(404, "NOT_FOUND");
        let names: Vec<Value> = admin.get(SERIES).await.ok(200).as_array().unwrap().iter().map(|series| series["series"].clone()).collect();
        assert!(names.contains(&json!("SO")) && !names.iter().any(|name| name.as_str().unwrap().starts_with("adm")), "{names:?}");
        assert_eq!(app.admin_b().await.get(&one).await.ok(200)["prefix"], "SO", "another company's are its own");
    }

    /// What a newer version lets a built-in role do, those of companies that are there already may do after a start.
    async fn built_in_roles_of_old_companies_keep_up(app: TestApp) {
        let admin = app.admin_a().await;
        let roles = "/api/v1/tenants/adm/roles";
        let permissions = async |code: &str| admin.get(&format!("{roles}?code={code}")).await.ok(200)["items"][0]["permissions"].clone();
        let sales = permissions("SALES").await;
        let own = json!({"code": "MINE", "name": "우리 역할", "permissions": ["adm.organizations.read"]});
        let _ = admin.post(roles, &own).await.ok(201);
        let company = app.company_a().await.id;
        let database = app.database(Realm::Tenant);
        let cx = Context::system(Realm::Tenant, Some(company), "test");
        let older = database.write(&cx, async |tx| {
            let mut sql = store::Sql::new("UPDATE adm_roles SET permissions = ");
            sql.bind(json!(["crm.*"])).push(" WHERE code IN ('SALES', 'VIEWER') AND tenant_id = ").bind(company);
            tx.raw_execute(sql).await
        });
        assert_eq!(older.await.unwrap(), 2);
        assert_eq!(permissions("SALES").await, json!(["crm.*"]));
        flows::provisioning::refresh_all(app.platform()).await.unwrap();
        assert_eq!(permissions("SALES").await, sales);
        assert_eq!(permissions("VIEWER").await, json!(["crm.*"]), "an update shows nobody more who may only look");
        assert_eq!(permissions("MINE").await, json!(["adm.organizations.read"]), "what a company made stays");
    }
}
