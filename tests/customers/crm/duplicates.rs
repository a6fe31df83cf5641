//! Customers that may be one.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::both;
use tests::crm::{CUSTOMERS, biz_no, customer};

fn pair<'v>(found: &'v Value, one: &str, other: &str) -> Option<&'v Value> {
    found.as_array().unwrap().iter().find(|pair| {
        let ids = [pair["customer"]["id"].as_str(), pair["other"]["id"].as_str()];
        ids.contains(&Some(one)) && ids.contains(&Some(other))
    })
}

both! {
    async fn names_and_numbers_say_who_may_be_one(app: TestApp) {
        let admin = app.admin_a().await;
        let first = customer(&admin, "주식회사 한빛전자", json!({"phone": "02-312-3456"})).await.id();
        let form = customer(&admin, "㈜한빛 전자", json!({})).await.id();
        let number = customer(&admin, "전혀 다른 이름", json!({"phone": "+82 2 312 3456"})).await.id();
        let typed = customer(&admin, "대한정밀공업", json!({})).await.id();
        let wrong = customer(&admin, "(주)대한정밀공엽", json!({})).await.id();
        let branch = customer(&admin, "대한물산 1공장", json!({})).await.id();
        let other_branch = customer(&admin, "대한물산 2공장", json!({})).await.id();
        customer(&app.admin_b().await, "한빛전자", json!({"phone": "02-312-3456"})).await;
        let found = admin.get(&format!("{CUSTOMERS}/duplicates")).await.ok(200);
        assert_eq!(found.as_array().unwrap().len(), 3, "{found}");
        assert_eq!(pair(&found, &first, &form).unwrap()["reasons"], json!(["NAME"]));
        assert_eq!(pair(&found, &first, &number).unwrap()["reasons"], json!(["PHONE"]));
        assert_eq!(pair(&found, &typed, &wrong).unwrap()["reasons"], json!(["SIMILAR_NAME"]));
        assert!(pair(&found, &branch, &other_branch).is_none());
        let scores: Vec<i64> = found.as_array().unwrap().iter().map(|pair| pair["score"].as_i64().unwrap()).collect();
        assert!(scores.is_sorted_by(|one, other| one >= other), "{scores:?}");
        // of one, and both reasons together weigh more
        let _ = admin.patch(&format!("{CUSTOMERS}/{form}"), &json!({"phone": "023123456"})).await.ok(200);
        let of_first = admin.get(&format!("{CUSTOMERS}/{first}/duplicates")).await.ok(200);
        assert_eq!((&of_first[0]["other"]["id"], &of_first[0]["reasons"], &of_first[0]["score"]), (&json!(form), &json!(["NAME", "PHONE"]), &json!(97)));
        assert_eq!(of_first.as_array().unwrap().len(), 2);
        let likely = admin.get(&format!("{CUSTOMERS}/duplicates?min_score=95&limit=1")).await.ok(200);
        assert_eq!(likely.as_array().unwrap().len(), 1);
        for (query, field) in [("limit=0", "limit"), ("limit=1001", "limit"), ("min_score=101", "min_score"), ("x=1", "x")] {
            assert_eq!(admin.get(&format!("{CUSTOMERS}/duplicates?{query}")).await.wrong_fields(), [field]);
        }
        app.admin_b().await.get(&format!("{CUSTOMERS}/{first}/duplicates")).await.refused(404, "NOT_FOUND");
    }

    async fn a_business_number_that_was_deleted_comes_back_to_mind(app: TestApp) {
        let admin = app.admin_a().await;
        let gone = customer(&admin, "옛 회사", json!({"biz_no": biz_no(7)})).await.id();
        let _ = admin.delete(&format!("{CUSTOMERS}/{gone}")).await.ok(200);
        let back = customer(&admin, "새 회사", json!({"biz_no": biz_no(7)})).await.id();
        let found = admin.get(&format!("{CUSTOMERS}/{back}/duplicates")).await.ok(200);
        assert_eq!((&found[0]["other"]["id"], &found[0]["other"]["is_deleted"], &found[0]["reasons"]), (&json!(gone), &json!(true), &json!(["BIZ_NO"])));
    }

    async fn thousands_of_customers_are_no_hurdle(app: TestApp) {
        let admin = app.admin_a().await;
        let syllables: Vec<char> = "가나다라마바사아자차카타파하한빛서울대정밀공업산전기계물류".chars().collect();
        let name = |n: usize| -> String { (0..5).map(|place| syllables[(n * 7919 / 13_usize.pow(place)) % syllables.len()]).collect() };
        for batch in 0..4 {
            let items: Vec<Value> = (0..500).map(|n| json!({"data": {"code": format!("B{batch}-{n}"), "name": format!("{}상사", name(batch * 500 + n))}})).collect();
            let _ = admin.post(&format!("{CUSTOMERS}/bulk"), &json!({"items": items})).await.ok(200);
        }
        let began = Instant::now();
        let found = admin.get(&format!("{CUSTOMERS}/duplicates?limit=1000")).await.ok(200);
        assert!(began.elapsed() < Duration::from_secs(20), "{:?} for {} pairs", began.elapsed(), found.as_array().unwrap().len());
    }
}
