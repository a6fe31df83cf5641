//! Taking back what was posted.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::both;
use tests::fim::{
    ENTRIES, PERIODS,
    clearings::{CLEARINGS, clear},
    draft,
    invoices::{self, INVOICES, id, issued, line},
    payments::{ITEMS, PAYMENTS, opened, paid, partner},
    period, posted, verdict,
};

both! {
    async fn a_reversal_is_the_reversing_entry_and_both_know_of_each_other(app: TestApp) {
        let admin = app.admin_a().await;
        let entry = posted(&admin, "2026-03-02", &[("108", 110_000, 0), ("401", 0, 100_000), ("255", 0, 10_000)]).await;
        let row = format!("{ENTRIES}/{}", entry["id"].as_str().unwrap());
        let before = admin.post(&format!("{row}/reverse"), &json!({"date": "2026-03-01"})).await;
        assert_eq!(before.wrong_fields(), ["date"]);
        let reversing = admin.post(&format!("{row}/reverse"), &json!({"date": "2026-04-01", "reason": "이중 전기"})).await.ok(200);
        assert_eq!((&reversing["status"], &reversing["reverses_je_id"], &reversing["je_code"]), (&json!("POSTED"), &entry["id"], &json!("JE-2026-000002")));
        let sides = |entry: &Value, debit: &str, credit: &str| -> Vec<(Value, Value, Value)> {
            entry["lines"].as_array().unwrap().iter().map(|line| (line["account_id"].clone(), line[debit].clone(), line[credit].clone())).collect()
        };
        assert_eq!(sides(&entry, "debit_amount", "credit_amount"), sides(&reversing, "credit_amount", "debit_amount"));
        let reversed = admin.get(&row).await.ok(200);
        assert_eq!((&reversed["status"], &reversed["reversed_je_id"]), (&json!("REVERSED"), &reversing["id"]));
        assert_eq!(reversed["lines"], entry["lines"], "the entry itself stays as it was");
        // a reversing entry is not taken back, and the same reversal again is the one there is
        let again = admin.post(&format!("{row}/reverse"), &json!({})).await.ok(200);
        assert_eq!(again["id"], reversing["id"]);
        let of_reversing = admin.post(&format!("{ENTRIES}/{}/reverse", reversing["id"].as_str().unwrap()), &json!({})).await;
        assert_eq!(of_reversing.refused(409, "CONFLICT")["rule"], "fim.is_reversal");
        assert_eq!(verdict(&admin).await, json!({"valid": true, "checked": 2, "first_bad": null}));
    }

    async fn twenty_reversals_at_once_make_one_reversing_entry(app: TestApp) {
        let admin = app.admin_a().await;
        let entry = posted(&admin, "2026-03-02", &[("101", 1000, 0), ("401", 0, 1000)]).await;
        let path = format!("{ENTRIES}/{}/reverse", entry["id"].as_str().unwrap());
        let body = json!({"date": "2026-03-31"});
        let answers = join_all((0..20).map(|_| admin.post(&path, &body))).await;
        let ids: std::collections::BTreeSet<String> = answers.iter().map(|answer| answer.ok(200)["id"].to_string()).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(admin.get(ENTRIES).await.ok(200)["total"], 2);
    }

    async fn what_was_posted_in_a_closed_month_is_taken_back_in_an_open_one(app: TestApp) {
        let admin = app.admin_a().await;
        let entry = posted(&admin, "2026-03-02", &[("101", 1000, 0), ("401", 0, 1000)]).await;
        let march = period(&admin, "2026-03").await["id"].as_str().unwrap().to_owned();
        let _ = admin.post(&format!("{PERIODS}/{march}/close"), &json!({})).await.ok(200);
        let path = format!("{ENTRIES}/{}/reverse", entry["id"].as_str().unwrap());
        let closed = admin.post(&path, &json!({"date": "2026-03-31"})).await.refused(409, "CONFLICT");
        assert_eq!((&closed["rule"], &closed["period"]), (&json!("fim.period_closed"), &json!("2026-03")));
        let reversing = admin.post(&path, &json!({"date": "2026-04-01"})).await.ok(200);
        assert_eq!(reversing["period"], "2026-04");
    }

    async fn a_draft_is_not_reversed(app: TestApp) {
        let admin = app.admin_a().await;
        let id = draft(&admin, "2026-03-02", &[("101", 1000, 0), ("401", 0, 1000)]).await.id();
        let refused = admin.post(&format!("{ENTRIES}/{id}/reverse"), &json!({})).await.refused(409, "CONFLICT");
        assert_eq!(refused["allowed"], json!(["POSTED", "CANCELLED"]));
    }

    /// Finding 13: what was done could be taken back on a day to come.
    async fn nothing_is_taken_back_on_a_day_to_come(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let today = kernel::Zone::seoul().day(app.now());
        let (today, ahead) = (today.to_string(), today.plus_days(1).unwrap().to_string());
        let entry = posted(&admin, "2026-03-02", &[("101", 1000, 0), ("401", 0, 1000)]).await;
        let (item, other) = (opened(&admin, &customer, "RECEIVABLE", "1000", "2026-03-31").await, opened(&admin, &customer, "RECEIVABLE", "7", "2026-03-31").await);
        let payment = paid(&admin, "RECEIPT", &customer, "300", &json!({"allocations": [{"item_id": item, "amount": "300"}]})).await;
        let cleared = clear(&admin, "WRITE_OFF", &[(&item, "100")], json!({})).await.ok(201);
        let sale = issued(&admin, &invoices::partner(&admin).await, &[line("1", "1000", json!({}))], json!({})).await;
        for (path, mut body) in [
            (format!("{ENTRIES}/{}/reverse", id(&entry)), json!({})),
            (format!("{ITEMS}/{other}/reverse"), json!({})),
            (format!("{PAYMENTS}/{}/unallocate", id(&payment)), json!({"allocation_id": payment["allocations"][0]["id"]})),
            (format!("{PAYMENTS}/{}/cancel", id(&payment)), json!({"reason": "착오"})),
            (format!("{CLEARINGS}/{}/reverse", id(&cleared)), json!({"reason": "착오"})),
            (format!("{INVOICES}/{}/cancel", id(&sale)), json!({})),
        ] {
            body["date"] = json!(ahead);
            assert_eq!(admin.post(&path, &body).await.wrong_fields(), ["date"], "{path}");
            body["date"] = json!(today);
            let _ = admin.post(&path, &body).await.ok(200);
        }
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    /// What was posted ahead is taken back on its own day.
    async fn what_was_posted_ahead_is_taken_back_on_its_day(app: TestApp) {
        let admin = app.admin_a().await;
        let today = kernel::Zone::seoul().day(app.now());
        let [ahead, behind] = [1, 2].map(|days| today.plus_days(days).unwrap().to_string());
        let path = format!("{ENTRIES}/{}/reverse", id(&posted(&admin, &ahead, &[("101", 1000, 0), ("401", 0, 1000)]).await));
        assert_eq!(admin.post(&path, &json!({"date": behind})).await.wrong_fields(), ["date"]);
        assert_eq!(admin.post(&path, &json!({"date": ahead})).await.ok(200)["posting_date"], json!(ahead));
    }
}
