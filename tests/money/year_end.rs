//! 결산: a year is closed, and closed again.

use super::guards::by_hand;
use kernel::Day;
use serde_json::{Value, json};
use testkit::{Caller, both};
use tests::fim::{ENTRIES, PERIODS, draft, period, posted, verdict};

const REPORTS: &str = "/api/v1/tenants/fim/reports";

async fn close(caller: &Caller, year: &str) -> Value {
    caller.post(&format!("{PERIODS}/year-end"), &json!({"fiscal_year": year})).await.ok(200)["entry"].clone()
}

async fn balance(caller: &Caller, code: &str) -> Value {
    let report = caller.get(&format!("{REPORTS}/trial-balance?as_of=2026-12-31")).await.ok(200);
    let rows = report["rows"].as_array().unwrap();
    rows.iter().find(|row| row["account_code"] == code).map_or(json!("0"), |row| row["closing"].clone())
}

both! {
    async fn the_result_goes_to_retained_earnings_and_again_with_the_same_result(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = posted(&admin, "2026-05-02", &[("108", 1_000_000, 0), ("401", 0, 1_000_000)]).await;
        let _ = posted(&admin, "2026-06-02", &[("819", 300_000, 0), ("103", 0, 300_000)]).await;
        let closed = close(&admin, "2026").await;
        assert_eq!((&closed["je_type"], &closed["posting_date"], &closed["total_debit"]), (&json!("CLOSING"), &json!("2026-12-31"), &json!("1000000")));
        assert_eq!(balance(&admin, "401").await, "0");
        assert_eq!(balance(&admin, "375").await, "-700000", "what was earned");
        // the statement of the year still says what it said, the balance sheet balances
        let result = admin.get(&format!("{REPORTS}/profit-and-loss?from=2026-01-01&to=2026-12-31")).await.ok(200);
        assert_eq!(result["net_profit"], "700000");
        let sheet = admin.get(&format!("{REPORTS}/balance-sheet?as_of=2026-12-31")).await.ok(200);
        assert_eq!((&sheet["assets"], &sheet["unclosed_result"]), (&sheet["liabilities_and_equity"], &json!("0")));
        // again: nothing new
        assert_eq!(close(&admin, "2026").await["id"], closed["id"]);
        // something came late: as if it had been there from the beginning
        let _ = posted(&admin, "2026-12-30", &[("819", 100_000, 0), ("103", 0, 100_000)]).await;
        let anew = close(&admin, "2026").await;
        assert_ne!(anew["id"], closed["id"]);
        assert_eq!((balance(&admin, "375").await, balance(&admin, "819").await), (json!("-600000"), json!("0")));
        assert_eq!(verdict(&admin).await["valid"], true);
        assert_eq!(admin.get("/api/v1/tenants/fim/verify").await.ok(200)["valid"], true);
    }

    async fn what_was_closed_by_hand_is_not_closed_again(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = posted(&admin, "2026-05-02", &[("108", 1_000_000, 0), ("401", 0, 1_000_000)]).await;
        let _ = posted(&admin, "2026-06-02", &[("819", 300_000, 0), ("103", 0, 300_000)]).await;
        let id = draft(&admin, "2026-12-31", &[("401", 400_000, 0), ("375", 0, 400_000)]).await.id();
        // nobody writes such an entry any more: its lines are as those of an older one
        by_hand(&app, &format!("UPDATE fim_journal_entry_lines SET is_closing = TRUE WHERE je_id = '{id}'")).await.unwrap();
        let _ = admin.post(&format!("{ENTRIES}/{id}/post"), &json!({})).await.ok(200);
        for _ in 0..2 {
            assert_eq!(close(&admin, "2026").await["total_debit"], "600000", "the rest of the sales");
            assert_eq!((balance(&admin, "375").await, balance(&admin, "401").await), (json!("-700000"), json!("0")));
        }
        let result = admin.get(&format!("{REPORTS}/profit-and-loss?from=2026-01-01&to=2026-12-31")).await.ok(200);
        assert_eq!((&result["net_profit"], &verdict(&admin).await["valid"]), (&json!("700000"), &json!(true)));
    }

    async fn the_months_of_the_next_year_are_there_in_time(app: TestApp) {
        let admin = app.admin_a().await;
        app.settle().await;
        let ahead = |days: i64| Day(app.now().get().date()).plus_days(days).unwrap().to_string();
        // whatever day it is now, and whether the daily job has run already
        let later = ahead(800);
        assert!(period(&admin, &later[..7]).await.is_null(), "nobody has made it yet");
        app.clock().advance(770 * 86_400);
        app.settle().await;
        let admin = app.stranger().sign_in(Some("alpha"), "boss", testkit::PASSWORD).await;
        assert_eq!(period(&admin, &later[..7]).await["status"], "OPEN");
        assert_eq!(posted(&admin, &later, &[("108", 1000, 0), ("401", 0, 1000)]).await["status"], "POSTED");
    }

    async fn a_year_that_is_not_there_or_whose_last_month_is_closed_is_not_closed(app: TestApp) {
        let admin = app.admin_a().await;
        let path = format!("{PERIODS}/year-end");
        assert_eq!(admin.post(&path, &json!({"fiscal_year": "1999"})).await.wrong_fields(), ["fiscal_year"]);
        assert_eq!(admin.post(&path, &json!({})).await.wrong_fields(), ["fiscal_year"]);
        assert_eq!(close(&admin, "2026").await, Value::Null, "nothing was earned or spent");
        let _ = posted(&admin, "2026-05-02", &[("108", 1000, 0), ("401", 0, 1000)]).await;
        let december = period(&admin, "2026-12").await["id"].as_str().unwrap().to_owned();
        let _ = admin.post(&format!("{PERIODS}/{december}/close"), &json!({})).await.ok(200);
        assert_eq!(admin.post(&path, &json!({"fiscal_year": "2026"})).await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
    }

    async fn twenty_closings_at_once_make_one_entry(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = posted(&admin, "2026-05-02", &[("108", 1000, 0), ("401", 0, 1000)]).await;
        let path = format!("{PERIODS}/year-end");
        let body = json!({"fiscal_year": "2026"});
        let answers = futures_util::future::join_all((0..20).map(|_| admin.post(&path, &body))).await;
        let ids: std::collections::BTreeSet<String> = answers.iter().map(|answer| answer.ok(200)["entry"]["id"].to_string()).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(balance(&admin, "375").await, "-1000");
    }
}
