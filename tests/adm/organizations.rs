//! Legal entities and sites.

use serde_json::json;
use testkit::both;

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

both! {
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
