//! Legal entities and sites.

use serde_json::json;
use testkit::both;

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

both! {
    /// Fault F19: a name in another spelling was another name.
    async fn a_name_is_one_in_every_spelling(app: TestApp) {
        let admin = app.admin_a().await;
        let made = admin.post("/api/v1/tenants/adm/organizations", &json!({"name": "한빛 ABC-1"})).await.ok(201);
        for same in ["한빛 abc-1", "한빛 ＡＢＣ－１", "한빛\u{a0}ABC\u{2010}1", "\u{1112}\u{1161}\u{11ab}\u{1107}\u{1175}\u{11be} ABC-1"] {
            let refused = admin.post("/api/v1/tenants/adm/organizations", &json!({"name": same})).await.refused(409, "CONFLICT");
            assert_eq!((&refused["field"], &refused["held_by"]["id"]), (&json!("name"), &made["id"]), "{same}");
        }
        let customer = admin.post("/api/v1/tenants/crm/customers", &json!({"name": "고객"})).await.id();
        let contact = |name: &str| json!({"partner_id": customer, "contact_name": name, "phone": "02-1234-5678"});
        let _ = admin.post("/api/v1/tenants/crm/contacts", &contact("Kim Lee")).await.ok(201);
        let refused = admin.post("/api/v1/tenants/crm/contacts", &contact("ｋｉｍ LEE")).await.refused(409, "CONFLICT");
        assert!(refused["field"].as_str().unwrap().contains("contact_name"), "{refused}");
    }

    /// Section F: a moment whose offset takes it out of the calendar was a 500.
    async fn a_moment_beyond_the_calendar_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        for moment in ["9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00%2B00:01"] {
            for field in ["created_at_from", "created_at_to"] {
                let answer = admin.get(&format!("/api/v1/tenants/adm/organizations?{field}={moment}")).await;
                assert_eq!(answer.wrong_fields(), [field], "{moment}");
            }
            let moment = moment.replace("%2B", "+");
            let key = json!({"key_name": "열쇠", "expires_at": moment});
            assert_eq!(admin.post("/api/v1/tenants/adm/api-keys", &key).await.wrong_fields(), ["expires_at"], "{moment}");
        }
        for day in ["0000-01-01", "-0001-01-01", "%2B2026-01-01", "10000-01-01"] {
            let answer = admin.get(&format!("/api/v1/tenants/crm/customers?established_date_from={day}")).await;
            assert_eq!(answer.wrong_fields(), ["established_date_from"], "{day}");
            let customer = json!({"name": "고객", "established_date": day.replace("%2B", "+")});
            assert_eq!(admin.post("/api/v1/tenants/crm/customers", &customer).await.wrong_fields(), ["established_date"], "{day}");
        }
    }

    async fn there_is_one_headquarters(app: TestApp) {
        let admin = app.admin_a().await;
        let first = admin.post(ORGANIZATIONS, &json!({"name": "본사", "is_headquarters": true})).await.id();
        let second = json!({"name": "둘째", "is_headquarters": true});
        assert_eq!(admin.post(ORGANIZATIONS, &second).await.refused(409, "CONFLICT")["field"], "is_headquarters");
        let other = admin.post(ORGANIZATIONS, &json!({"name": "지사"})).await.id();
        let promote = json!({"is_headquarters": true});
        assert_eq!(admin.patch(&format!("{ORGANIZATIONS}/{other}"), &promote).await.refused(409, "CONFLICT")["field"], "is_headquarters");
        let _ = admin.patch(&format!("{ORGANIZATIONS}/{first}"), &json!({"is_headquarters": false})).await.ok(200);
        let _ = admin.patch(&format!("{ORGANIZATIONS}/{other}"), &promote).await.ok(200);
    }

    async fn a_business_number_is_kept_as_digits_and_shown_with_hyphens(app: TestApp) {
        let admin = app.admin_a().await;
        let made = admin.post(ORGANIZATIONS, &json!({"name": "본사", "biz_no": "1248100998"})).await;
        assert_eq!(made.ok(201)["biz_no"], "124-81-00998");
        for typed in ["124-81-00998", "1248100998"] {
            let found = admin.get(&format!("{ORGANIZATIONS}?biz_no={typed}")).await.ok(200);
            assert_eq!((&found["total"], &found["items"][0]["id"]), (&json!(1), &json!(made.id())), "{typed}");
        }
        let twin = json!({"name": "둘째", "biz_no": "124-81-00998"});
        assert_eq!(admin.post(ORGANIZATIONS, &twin).await.refused(409, "CONFLICT")["field"], "biz_no");
        // people search as they see it
        for typed in ["124-81", "1248100998"] {
            let found = admin.get(&format!("{ORGANIZATIONS}?search={typed}")).await.ok(200);
            assert_eq!(found["total"], 1, "searching {typed}");
        }
    }
}
