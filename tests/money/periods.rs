//! Months that take postings, and months that do not.

use serde_json::json;
use testkit::{PASSWORD, both};
use tests::fim::{ENTRIES, PERIODS, draft, period, posted};

both! {
    async fn a_company_is_born_with_the_months_of_its_year(app: TestApp) {
        let admin = app.admin_a().await;
        let months = admin.get(&format!("{PERIODS}?fiscal_year=2026&sort=period&page_size=50")).await.ok(200);
        assert_eq!(months["total"], 12);
        let february = &months["items"][1];
        assert_eq!(
            (&february["period"], &february["start_date"], &february["end_date"], &february["status"]),
            (&json!("2026-02"), &json!("2026-02-01"), &json!("2026-02-28"), &json!("OPEN"))
        );
        let nowhere = draft(&admin, "2031-01-01", &[("101", 1, 0), ("401", 0, 1)]).await.id();
        let refused = admin.post(&format!("{ENTRIES}/{nowhere}/post"), &json!({})).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "fim.no_period");
    }

    async fn a_closed_month_takes_nothing_and_a_draft_does_not_stop_its_closing(app: TestApp) {
        let admin = app.admin_a().await;
        let waiting = draft(&admin, "2026-03-15", &[("101", 1000, 0), ("401", 0, 1000)]).await.id();
        let march = period(&admin, "2026-03").await["id"].as_str().unwrap().to_owned();
        for _ in 0..2 {
            assert_eq!(admin.post(&format!("{PERIODS}/{march}/close"), &json!({})).await.ok(200)["status"], "CLOSED");
        }
        let refused = admin.post(&format!("{ENTRIES}/{waiting}/post"), &json!({})).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "fim.period_closed");
        // months are closed in no order
        let _ = posted(&admin, "2026-02-15", &[("101", 1000, 0), ("401", 0, 1000)]).await;
        assert_eq!(admin.post(&format!("{PERIODS}/{march}/reopen"), &json!({})).await.wrong_fields(), ["reason"]);
        let reopened = admin.post(&format!("{PERIODS}/{march}/reopen"), &json!({"reason": "누락 전표"})).await.ok(200);
        assert_eq!((&reopened["status"], &reopened["closed_at"]), (&json!("OPEN"), &serde_json::Value::Null));
        let _ = admin.post(&format!("{ENTRIES}/{waiting}/post"), &json!({})).await.ok(200);
        // a status is not changed by hand
        let _ = admin.patch(&format!("{PERIODS}/{march}"), &json!({"status": "CLOSED"})).await.refused(405, "METHOD_NOT_ALLOWED");
    }

    async fn an_exception_is_one_persons_for_a_while(app: TestApp) {
        let admin = app.admin_a().await;
        let role = admin.get("/api/v1/tenants/adm/roles?code=ACCOUNTANT").await.ok(200)["items"][0]["id"].clone();
        let person = json!({"username": "kim.books", "email": "kim@hanbit.test", "full_name": "김회계", "password": PASSWORD, "role_id": role});
        let kim = admin.post("/api/v1/tenants/adm/users", &person).await.ok(201);
        let books = app.stranger().sign_in(Some(app.company_a().await.code), "kim.books", PASSWORD).await;
        let march = period(&admin, "2026-03").await["id"].as_str().unwrap().to_owned();
        let soft = format!("{PERIODS}/{march}/soft-close");
        let until = app.now().plus_seconds(3600);
        assert_eq!(admin.post(&soft, &json!({"user_id": kim["id"], "until": until})).await.wrong_fields(), ["reason"]);
        assert_eq!(admin.post(&soft, &json!({"user_id": kim["id"]})).await.wrong_fields(), ["until"]);
        let late = app.now().plus_seconds(8 * 24 * 3600);
        assert_eq!(admin.post(&soft, &json!({"user_id": kim["id"], "until": late, "reason": "결산"})).await.wrong_fields(), ["until"]);
        let given = admin.post(&soft, &json!({"user_id": kim["id"], "until": until, "reason": "결산 조정"})).await.ok(200);
        assert_eq!((&given["status"], &given["exception_user_id"]), (&json!("SOFT_CLOSED"), &kim["id"]));
        let make = async || draft(&admin, "2026-03-15", &[("101", 1000, 0), ("401", 0, 1000)]).await.id();
        let (first, second, third) = (make().await, make().await, make().await);
        let nothing = json!({});
        assert_eq!(admin.post(&format!("{ENTRIES}/{first}/post"), &nothing).await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
        let _ = books.post(&format!("{ENTRIES}/{second}/post"), &nothing).await.ok(200);
        app.clock().advance(3601);
        let books = app.stranger().sign_in(Some(app.company_a().await.code), "kim.books", PASSWORD).await;
        assert_eq!(books.post(&format!("{ENTRIES}/{third}/post"), &nothing).await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
    }
}
