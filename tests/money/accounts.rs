//! The chart of accounts.

use serde_json::json;
use testkit::both;
use tests::fim::{ACCOUNTS, account, draft, posted};

both! {
    async fn a_company_is_born_with_the_korean_chart_and_its_roles(app: TestApp) {
        let admin = app.admin_a().await;
        for (code, name, role) in [
            ("108", "외상매출금", "RECEIVABLE"),
            ("135", "부가세대급금", "VAT_IN"),
            ("251", "외상매입금", "PAYABLE"),
            ("255", "부가세예수금", "VAT_OUT"),
            ("401", "상품매출", "SALES"),
            ("375", "이월이익잉여금", "RETAINED_EARNINGS"),
        ] {
            let row = admin.get(&format!("{ACCOUNTS}?role={role}")).await.ok(200);
            assert_eq!(row["total"], 1);
            assert_eq!((&row["items"][0]["account_code"], &row["items"][0]["account_name"]), (&json!(code), &json!(name)));
        }
        let search = admin.get(&format!("{ACCOUNTS}?search=업무추진")).await.ok(200);
        assert_eq!(search["items"][0]["account_code"], "813");
    }

    async fn accounts_hang_in_a_tree_of_one_type(app: TestApp) {
        let admin = app.admin_a().await;
        let group = json!({"account_code": "8", "account_name": "판매비와관리비", "account_type": "EXPENSE", "is_control_account": true});
        let group = admin.post(ACCOUNTS, &group).await.ok(201);
        assert_eq!((&group["is_posting_allowed"], &group["level_depth"]), (&json!(false), &json!(1)));
        let under = |parent: &serde_json::Value, code: &str, kind: &str, control: bool| {
            json!({"account_code": code, "account_name": code, "account_type": kind, "parent_id": parent["id"], "is_control_account": control})
        };
        let below = admin.post(ACCOUNTS, &under(&group, "81", "EXPENSE", true)).await.ok(201);
        assert_eq!(below["level_depth"], 2);
        let leaf = admin.post(ACCOUNTS, &under(&below, "81100", "EXPENSE", false)).await.ok(201);
        assert_eq!(leaf["level_depth"], 3);
        assert_eq!(admin.post(ACCOUNTS, &under(&group, "X1", "REVENUE", false)).await.wrong_fields(), ["parent_id"]);
        assert_eq!(admin.post(ACCOUNTS, &under(&leaf, "X2", "EXPENSE", false)).await.wrong_fields(), ["parent_id"], "a leaf carries nothing");
        let row = |row: &serde_json::Value| format!("{ACCOUNTS}/{}", row["id"].as_str().unwrap());
        let cycle = admin.patch(&row(&group), &json!({"parent_id": below["id"]})).await;
        assert_eq!(cycle.refused(409, "CONFLICT")["rule"], "fim.account_cycle");
        // what stands below moves along
        let top = admin.patch(&row(&below), &json!({"parent_id": null})).await.ok(200);
        assert_eq!(top["level_depth"], 1);
        assert_eq!(admin.get(&row(&leaf)).await.ok(200)["level_depth"], 2);
        assert_eq!(admin.patch(&row(&below), &json!({"is_posting_allowed": true})).await.wrong_fields(), ["is_posting_allowed"]);
        let _ = admin.delete(&row(&below)).await.refused(409, "CONFLICT");
    }

    async fn what_is_used_stays(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = posted(&admin, "2026-03-02", &[("813", 50_000, 0), ("101", 0, 50_000)]).await;
        let used = format!("{ACCOUNTS}/{}", account(&admin, "813").await);
        assert_eq!(admin.delete(&used).await.refused(409, "CONFLICT")["rule"], "referenced");
        assert_eq!(admin.patch(&used, &json!({"is_posting_allowed": false})).await.refused(409, "CONFLICT")["rule"], "fim.account_used");
        // what the platform posts to stays in use, but may be called otherwise
        let sales = format!("{ACCOUNTS}/{}", account(&admin, "401").await);
        assert_eq!(admin.delete(&sales).await.refused(409, "CONFLICT")["rule"], "fim.account_has_role");
        assert_eq!(admin.patch(&sales, &json!({"is_active": false})).await.refused(409, "CONFLICT")["rule"], "fim.account_has_role");
        assert_eq!(admin.patch(&sales, &json!({"account_code": "4019"})).await.ok(200)["role"], "SALES");
        // one that is not active takes no new lines
        let _ = admin.patch(&used, &json!({"is_active": false})).await.ok(200);
        let refused = draft(&admin, "2026-03-03", &[("101", 1000, 0), ("813", 0, 1000)]).await;
        assert_eq!(refused.wrong_fields(), ["lines.1.account_id"]);
    }
}
