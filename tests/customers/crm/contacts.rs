//! The people at a customer.

use futures_util::future::join_all;
use serde_json::json;
use testkit::both;
use tests::crm::{CONTACTS, CUSTOMERS, contact, customer};

both! {
    async fn a_contact_can_be_reached(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = customer(&admin, "연락", json!({})).await.id();
        let unreachable = json!({"partner_id": partner, "contact_name": "김아무"});
        assert_eq!(admin.post(CONTACTS, &unreachable).await.wrong_fields(), ["phone"]);
        let made = contact(&admin, &partner, "김아무", json!({"mobile": "010-1234-5678"})).await.ok(201);
        assert_eq!((&made["mobile_e164"], &made["phone_e164"]), (&json!("+821012345678"), &json!("+82212345678")));
        let row = format!("{CONTACTS}/{}", made["id"].as_str().unwrap());
        let _ = admin.patch(&row, &json!({"phone": null})).await.ok(200);
        assert_eq!(admin.patch(&row, &json!({"mobile": null})).await.wrong_fields(), ["phone"]);
        assert_eq!(contact(&admin, &uuid::Uuid::now_v7().to_string(), "없음", json!({})).await.wrong_fields(), ["partner_id"]);
        let theirs = customer(&app.admin_b().await, "남의 회사", json!({})).await.id();
        assert_eq!(contact(&admin, &theirs, "없음", json!({})).await.wrong_fields(), ["partner_id"]);
    }

    async fn a_name_is_once_at_a_customer_and_an_address_once_in_the_company(app: TestApp) {
        let admin = app.admin_a().await;
        let (one, other) = (customer(&admin, "하나", json!({})).await.id(), customer(&admin, "둘", json!({})).await.id());
        let body = json!({"email": "kim@example.com", "mobile": "010-1234-5678"});
        let _ = contact(&admin, &one, "김철수", body.clone()).await.ok(201);
        let taken = async |partner: &str, name: &str, more| contact(&admin, partner, name, more).await.refused(409, "CONFLICT")["field"].clone();
        assert!(taken(&one, "김철수", json!({})).await.as_str().unwrap().contains("contact_name"));
        assert_eq!(taken(&other, "김철수", json!({"email": "KIM@example.com"})).await, "email");
        assert_eq!(taken(&other, "김철수", json!({"mobile": "+82 10 1234 5678"})).await, "mobile", "one number in two spellings");
        let _ = contact(&admin, &other, "김철수", json!({})).await.ok(201);
        let b = app.admin_b().await;
        let theirs = customer(&b, "하나", json!({})).await.id();
        let _ = contact(&b, &theirs, "김철수", body).await.ok(201);
    }

    async fn a_new_primary_contact_takes_the_place_of_the_old_one(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = customer(&admin, "대표 담당", json!({})).await.id();
        let primary = json!({"is_primary": true});
        let first = contact(&admin, &partner, "첫째", primary.clone()).await.ok(201)["id"].clone();
        let second = contact(&admin, &partner, "둘째", json!({})).await.ok(201)["id"].clone();
        let primaries = async || {
            let found = admin.get(&format!("{CONTACTS}?partner_id={partner}&is_primary=true")).await.ok(200);
            found["items"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(primaries().await, std::slice::from_ref(&first));
        let _ = admin.patch(&format!("{CONTACTS}/{}", second.as_str().unwrap()), &primary).await.ok(200);
        assert_eq!(primaries().await, [second]);
        // in bulk and at once, too
        let items = json!({"items": [{"data": {"partner_id": partner, "contact_name": "셋째", "phone": "02-1234-5678", "is_primary": true}}]});
        assert_eq!(admin.post(&format!("{CONTACTS}/bulk"), &items).await.ok(200)["succeeded"], 1);
        assert_eq!(primaries().await.len(), 1);
        let names: Vec<String> = (0..6).map(|n| format!("동시 {n}")).collect();
        let answers = join_all(names.iter().map(|name| contact(&admin, &partner, name, primary.clone()))).await;
        assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
        assert_eq!(primaries().await.len(), 1);
        // each customer has one of its own
        let other = customer(&admin, "다른 곳", json!({})).await.id();
        let _ = contact(&admin, &other, "첫째", primary).await.ok(201);
        assert_eq!(primaries().await.len(), 1);
        let _ = admin.get(&format!("{CUSTOMERS}/{other}")).await.ok(200);
    }
}
