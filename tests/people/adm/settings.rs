//! Settings of the company, and the common codes it is born with.

use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::both;
use uuid::Uuid;

const SETTINGS: &str = "/api/v1/tenants/adm/settings";
const GROUPS: &str = "/api/v1/tenants/adm/code-groups";
const CODES: &str = "/api/v1/tenants/adm/codes";

both! {
    async fn a_setting_is_what_was_set_or_its_default(app: TestApp) {
        let admin = app.admin_a().await;
        let all = admin.get(SETTINGS).await.ok(200);
        assert!(all.as_array().unwrap().iter().all(|setting| setting["is_default"] == true && setting["value"] == setting["default"]), "{all}");
        let month = format!("{SETTINGS}/accounting.fiscal_year_start_month");
        let before = admin.get(&month).await.ok(200);
        assert_eq!((&before["type"], &before["value"], &before["maximum"]), (&json!("INTEGER"), &json!(1), &json!(12)));
        let changed = admin.patch(&month, &json!({"value": 4})).await.ok(200);
        assert_eq!((&changed["value"], &changed["is_default"]), (&json!(4), &json!(false)));
        assert_eq!(admin.get(&month).await.ok(200), changed);
        assert_eq!(app.admin_b().await.get(&month).await.ok(200)["value"], 1, "another company has its own");
        let _ = admin.patch(&month, &json!({"value": 7})).await.ok(200);
        let back = admin.patch(&month, &json!({"value": null})).await.ok(200);
        assert_eq!(back, before);
        let _ = admin.patch(&month, &json!({"value": 10})).await.ok(200);
        assert_eq!(admin.get(&month).await.ok(200)["value"], 10);
    }

    async fn a_change_of_a_setting_is_audited(app: TestApp) {
        let admin = app.admin_a().await;
        let path = format!("{SETTINGS}/stock.allow_negative");
        let request = Uuid::now_v7();
        let change = admin.request(Method::PATCH, &path).header("x-request-id", request.to_string()).json(&json!({"value": true}));
        let _ = change.send().await.ok(200);
        let audits = app.audits(Realm::Tenant, Some(app.company_a().await.id), request).await;
        assert_eq!(audits.len(), 1);
        assert_eq!((audits[0].target.as_str(), &audits[0].after), ("adm.settings", &json!({"value": true})));
    }

    async fn a_value_that_does_not_fit_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        for (key, value) in [
            ("accounting.fiscal_year_start_month", json!(0)),
            ("accounting.fiscal_year_start_month", json!("1")),
            ("accounting.fiscal_year_start_month", json!([1])),
            ("accounting.vat_rounding", json!("SIDEWAYS")),
            ("stock.allow_negative", json!("true")),
            ("sales.payment_term", json!("")),
            ("sales.payment_term", json!({"code": "EOM"})),
        ] {
            assert_eq!(admin.patch(&format!("{SETTINGS}/{key}"), &json!({"value": value})).await.wrong_fields(), ["value"], "{key} {value}");
        }
        assert_eq!(admin.patch(&format!("{SETTINGS}/accounting.vat_basis"), &json!({})).await.wrong_fields(), ["value"]);
        for unknown in ["accounting", "accounting.nothing", "company.name", "x"] {
            admin.get(&format!("{SETTINGS}/{unknown}")).await.refused(404, "NOT_FOUND");
            admin.patch(&format!("{SETTINGS}/{unknown}"), &json!({"value": 1})).await.refused(404, "NOT_FOUND");
        }
        app.nobody_a().await.get(SETTINGS).await.refused(403, "FORBIDDEN");
    }

    async fn built_in_codes_stay_and_the_company_adds_its_own(app: TestApp) {
        let admin = app.admin_a().await;
        let group = |code: &str| {
            let path = format!("{GROUPS}?code={code}");
            let admin = admin.clone();
            async move { admin.get(&path).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned() }
        };
        let (banks, positions) = (group("BANK").await, group("POSITION").await);
        let kookmin = admin.get(&format!("{CODES}?group_id={banks}&code=004")).await.ok(200)["items"][0].clone();
        assert_eq!(kookmin["name"], "국민은행");
        let built_in = format!("{CODES}/{}", kookmin["id"].as_str().unwrap());
        let system_group = format!("{GROUPS}/{banks}");
        for path in [&built_in, &system_group] {
            assert_eq!(admin.patch(path, &json!({"name": "다른 이름"})).await.refused(409, "CONFLICT")["rule"], "adm.system_code");
            assert_eq!(admin.delete(path).await.refused(409, "CONFLICT")["rule"], "adm.system_code");
        }
        // what is the company's is changed, in a built-in group, too
        let own = admin.post(CODES, &json!({"group_id": banks, "code": "999", "name": "사내 금고"})).await.id();
        let _ = admin.patch(&format!("{CODES}/{own}"), &json!({"name": "금고"})).await.ok(200);
        let staff = admin.get(&format!("{CODES}?group_id={positions}&code=STAFF")).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let _ = admin.patch(&format!("{CODES}/{staff}"), &json!({"name": "매니저"})).await.ok(200);
        // unique in its group, not beyond
        assert_eq!(admin.post(CODES, &json!({"group_id": banks, "code": "004", "name": "또"})).await.refused(409, "CONFLICT")["rule"], "unique");
        let _ = admin.post(CODES, &json!({"group_id": positions, "code": "004", "name": "넷"})).await.ok(201);
        let forged: Value = json!({"group_id": positions, "code": "F", "name": "F", "is_system": true});
        assert_eq!(admin.post(CODES, &forged).await.wrong_fields(), ["is_system"]);
        assert_eq!(admin.delete(&format!("{GROUPS}/{positions}")).await.refused(409, "CONFLICT")["rule"], "referenced");
    }
}
