//! Addresses, bank accounts and staff: written, shown, audited and deleted with their customer.

use serde_json::{Value, json};
use testkit::both;
use tests::crm::{CUSTOMERS, customer};

fn names(row: &Value) -> Vec<&str> {
    row["addresses"].as_array().unwrap().iter().map(|line| line["address_name"].as_str().unwrap_or_default()).collect()
}

both! {
    async fn the_set_is_replaced_by_what_is_sent(app: TestApp) {
        let admin = app.admin_a().await;
        let made = customer(&admin, "줄", json!({"addresses": [
            {"address_type": "HEADQUARTER", "address_name": "본사", "is_default": true, "phone": "02-312-3456"},
            {"address_type": "WAREHOUSE", "address_name": "창고"},
        ]})).await;
        let (row, first) = (format!("{CUSTOMERS}/{}", made.id()), made.ok(201));
        assert_eq!(names(&first), ["본사", "창고"]);
        assert_eq!((&first["banks"], &first["staff"]), (&json!([]), &json!([])));
        assert_eq!(first["addresses"][0]["country_code"], "KOR");
        assert_eq!(admin.get(&row).await.ok(200), first);
        let listed = admin.get(CUSTOMERS).await.ok(200);
        assert!(listed["items"][0].get("addresses").is_none(), "lists leave lines out");
        // one changed, one added, one removed
        let [head, store] = [0, 1].map(|at| first["addresses"][at]["id"].clone());
        let request = uuid::Uuid::now_v7();
        let body = json!({"addresses": [{"id": head, "address1": "서울 중구 1"}, {"address_type": "FACTORY", "address_name": "공장"}]});
        let answer = admin.request(reqwest::Method::PATCH, &row).header("x-request-id", request.to_string()).json(&body).send().await;
        let now = answer.ok(200);
        assert_eq!((names(&now), answer.header("etag")), (vec!["본사", "공장"], "\"2\""));
        assert_eq!((&now["addresses"][0]["id"], &now["addresses"][0]["address1"], &now["addresses"][0]["is_default"]), (&head, &json!("서울 중구 1"), &json!(true)));
        assert_ne!(now["addresses"][1]["id"], store);
        // one audit row tells of all of it
        let audits = app.audits(kernel::Realm::Tenant, Some(app.company_a().await.id), request).await;
        let [audit] = audits.as_slice() else { panic!("{audits:?}") };
        assert_eq!((&audit.before["addresses"], &audit.after["addresses"]), (&first["addresses"], &now["addresses"]));
        // nothing changes: no new version
        let again = admin.patch(&row, &json!({"addresses": [{"id": head}, {"id": now["addresses"][1]["id"]}]})).await;
        assert_eq!((again.ok(200), again.header("etag")), (now.clone(), "\"2\""));
        let again = admin.patch(&row, &json!({"addresses": now["addresses"]})).await;
        assert_eq!((again.ok(200), again.header("etag")), (now.clone(), "\"2\""), "a line is sent back as it was read");
        // null empties a field of a line; what is left out stays
        let cleared = admin.patch(&row, &json!({"addresses": [{"id": head, "address1": null}]})).await.ok(200);
        assert_eq!((&cleared["addresses"][0]["address1"], &cleared["addresses"][0]["phone"]), (&json!(null), &json!("02-312-3456")));
        let none = admin.patch(&row, &json!({"addresses": []})).await.ok(200);
        assert_eq!(none["addresses"], json!([]));
        assert_eq!(admin.patch(&row, &json!({"name": "줄2"})).await.ok(200)["addresses"], json!([]));
    }

    async fn what_is_wrong_with_a_line_is_told_with_its_place(app: TestApp) {
        let admin = app.admin_a().await;
        let bad = json!({"name": "줄", "addresses": [{"address_type": "BRANCH"}, {"address_type": "NOWHERE", "phone": "x", "nonsense": 1}], "banks": [{}]});
        let wrong = admin.post(CUSTOMERS, &bad).await.wrong_fields();
        for field in ["addresses.1.address_type", "addresses.1.nonsense", "addresses.1.phone", "banks.0.account_no", "banks.0.bank_code"] {
            assert!(wrong.contains(&field.to_owned()), "{field}: {wrong:?}");
        }
        let made = customer(&admin, "줄", json!({"addresses": [{"address_type": "BRANCH"}]})).await;
        let row = format!("{CUSTOMERS}/{}", made.id());
        let other = customer(&admin, "남의 줄", json!({"addresses": [{"address_type": "BRANCH"}]})).await.ok(201)["addresses"][0]["id"].clone();
        let own = made.ok(201)["addresses"][0]["id"].clone();
        for (lines, field) in [
            (json!([{"address_name": "종류 없음"}]), "addresses.0.address_type"),
            (json!([{"id": own}, {"id": uuid::Uuid::now_v7()}]), "addresses.1.id"),
            (json!([{"id": other}]), "addresses.0.id"),
            (json!([{"id": own}, {"id": own}]), "addresses.1.id"),
            (json!([{"id": own, "address_type": "X"}]), "addresses.0.address_type"),
            (json!({"id": own}), "addresses"),
        ] {
            assert_eq!(admin.patch(&row, &json!({"addresses": lines})).await.wrong_fields(), [field], "{lines}");
        }
        assert_eq!(admin.patch(&row, &json!({"addresses": null})).await.wrong_fields(), ["addresses"]);
        let many: Vec<Value> = (0..1001).map(|_| json!({"address_type": "BRANCH"})).collect();
        assert_eq!(admin.patch(&row, &json!({"addresses": many})).await.wrong_fields(), ["addresses"]);
        assert_eq!(admin.get(&row).await.ok(200), made.ok(201), "nothing of it happened");
    }

    async fn one_is_the_default_and_another_can_take_its_place(app: TestApp) {
        let admin = app.admin_a().await;
        let two = json!({"name": "둘", "addresses": [
            {"address_type": "BRANCH", "address_name": "가", "is_default": true}, {"address_type": "BRANCH", "address_name": "나", "is_default": true}]});
        assert_eq!(admin.post(CUSTOMERS, &two).await.refused(409, "CONFLICT")["rule"], "unique");
        let twice = json!({"name": "둘", "addresses": [{"address_type": "BRANCH", "address_name": "가"}, {"address_type": "OTHER", "address_name": "가"}]});
        assert_eq!(admin.post(CUSTOMERS, &twice).await.refused(409, "CONFLICT")["rule"], "unique");
        let made = customer(&admin, "둘", json!({"addresses": [
            {"address_type": "BRANCH", "address_name": "가"}, {"address_type": "BRANCH", "address_name": "나", "is_default": true}]})).await;
        let lines = made.ok(201)["addresses"].clone();
        let body = json!({"addresses": [{"id": lines[0]["id"], "is_default": true}, {"id": lines[1]["id"], "is_default": false}]});
        let now = admin.patch(&format!("{CUSTOMERS}/{}", made.id()), &body).await.ok(200);
        assert_eq!((&now["addresses"][0]["is_default"], &now["addresses"][1]["is_default"]), (&json!(true), &json!(false)));
    }

    async fn who_looks_after_a_customer_is_one_of_the_companys_own_and_one_of_each_kind(app: TestApp) {
        let admin = app.admin_a().await;
        let me = admin.id();
        let line = |more: Value| {
            let mut line = json!({"employee_id": me, "start_date": "2026-01-01"});
            line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            line
        };
        let try_with = async |lines: Value| admin.post(CUSTOMERS, &json!({"name": "담당", "staff": lines})).await;
        assert_eq!(try_with(json!([line(json!({"end_date": "2025-12-31"}))])).await.wrong_fields(), ["end_date"]);
        assert_eq!(try_with(json!([line(json!({"employee_id": app.admin_b().await.id()}))])).await.wrong_fields(), ["employee_id"]);
        assert_eq!(try_with(json!([line(json!({})), line(json!({"start_date": "2026-02-01"}))])).await.refused(409, "CONFLICT")["rule"], "unique");
        let good = json!([line(json!({"end_date": "2026-01-31"})), line(json!({"start_date": "2026-02-01"})), line(json!({"manager_type": "SALES"}))]);
        assert_eq!(try_with(good).await.ok(201)["staff"].as_array().unwrap().len(), 3);
    }

    async fn an_account_is_one_and_has_digits(app: TestApp) {
        let admin = app.admin_a().await;
        let account = |no: &str| json!({"account_type": "CHECKING", "bank_code": "004", "account_no": no, "account_holder": "한빛전자", "is_primary": true});
        let made = customer(&admin, "은행", json!({"banks": [account("123-45-67890")]})).await.ok(201);
        assert_eq!((&made["banks"][0]["bank_code"], &made["banks"][0]["status"]), (&json!("004"), &json!("ACTIVE")));
        for no in ["12", "abc-12345"] {
            assert_eq!(admin.post(CUSTOMERS, &json!({"name": "은행", "banks": [account(no)]})).await.wrong_fields(), ["account_no"], "{no}");
        }
    }
}
