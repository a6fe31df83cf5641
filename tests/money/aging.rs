//! What is open by age, and the statement of a partner: both come to what the ledger says.

use serde_json::{Value, json};
use testkit::{Caller, both};
use tests::fim::{
    invoices::{self, act, issued, line},
    payments::{ITEMS, PAYMENTS, balance, opened, paid, partner},
    posted,
};

const REPORTS: &str = "/api/v1/tenants/fim/reports";

async fn aging(caller: &Caller, what: &str) -> Value {
    caller.get(&format!("{REPORTS}/aging?{what}")).await.ok(200)
}

fn buckets(of: &Value) -> Vec<&str> {
    ["not_due", "1_30", "31_60", "61_90", "over_90", "total"].map(|bucket| of[bucket].as_str().unwrap()).to_vec()
}

both! {
    async fn what_is_open_by_age_is_what_stands_in_the_ledger(app: TestApp) {
        let admin = app.admin_a().await;
        let (one, two) = (partner(&admin).await, partner(&admin).await);
        // due on the day, and 1, 30, 31, 60, 61, 90, 91 days before it
        for (amount, due) in [("1", "2026-06-30"), ("2", "2026-06-29"), ("4", "2026-05-31"), ("8", "2026-05-30"), ("16", "2026-05-01")] {
            let _ = opened(&admin, &one, "RECEIVABLE", amount, due).await;
        }
        for (amount, due) in [("32", "2026-04-30"), ("64", "2026-04-01"), ("128", "2026-03-31")] {
            let _ = opened(&admin, &two, "RECEIVABLE", amount, due).await;
        }
        let report = aging(&admin, "kind=RECEIVABLE&as_of=2026-06-30").await;
        assert_eq!(report["buckets"], json!(["not_due", "1_30", "31_60", "61_90", "over_90"]));
        assert_eq!(buckets(&report["totals"]), ["1", "6", "24", "96", "128", "255"]);
        let rows = report["rows"].as_array().unwrap();
        let row = |id: &str| rows.iter().find(|row| row["partner_id"] == *id).unwrap();
        assert_eq!(buckets(row(&one)), ["1", "6", "24", "0", "0", "31"]);
        assert_eq!(buckets(row(&two)), ["0", "0", "0", "96", "128", "224"]);
        assert_eq!((&report["control_total"], &report["difference"]), (&json!("255"), &json!("0")));
        // the oldest is paid in June, half of it is undone in July
        let done = paid(&admin, "RECEIPT", &two, "150", &json!({})).await;
        let path = format!("{PAYMENTS}/{}", done["id"].as_str().unwrap());
        let after = admin.post(&format!("{path}/allocate"), &json!({"auto": true, "date": "2026-06-15"})).await.ok(200);
        let before = aging(&admin, "kind=RECEIVABLE&as_of=2026-06-14").await;
        assert_eq!((&before["totals"]["total"], &before["difference"]), (&json!("255"), &json!("0")), "it was open the day before");
        let june = aging(&admin, "kind=RECEIVABLE&as_of=2026-06-30").await;
        assert_eq!((buckets(&june["totals"]), &june["difference"]), (vec!["1", "6", "24", "74", "0", "105"], &json!("0")));
        let known_at = june["known_at"].as_str().unwrap().to_owned();
        let undone = after["allocations"].as_array().unwrap().iter().find(|row| row["amount"] == "128").unwrap()["id"].clone();
        let _ = admin.post(&format!("{path}/unallocate"), &json!({"allocation_id": undone, "date": "2026-07-01"})).await.ok(200);
        assert_eq!(aging(&admin, "kind=RECEIVABLE&as_of=2026-06-30").await["totals"], june["totals"], "undone later");
        let july = aging(&admin, "kind=RECEIVABLE&as_of=2026-07-01").await;
        assert_eq!((&july["totals"]["total"], &july["difference"]), (&json!("233"), &json!("0")));
        assert_eq!(balance(&admin, "108").await, "233");
        // as it was known
        app.clock().advance(1);
        let again = aging(&admin, &format!("kind=RECEIVABLE&as_of=2026-07-01&known_at={known_at}")).await;
        assert_eq!((&again["totals"]["total"], &again["difference"]), (&json!("105"), &json!("0")));
        // what is posted by hand is told
        let _ = posted(&admin, "2026-07-01", &[("108", 7, 0), ("401", 0, 7)]).await;
        assert_eq!(aging(&admin, "kind=RECEIVABLE&as_of=2026-07-01").await["difference"], "7");
        // cancelled: open again, and no other company's
        let _ = admin.post(&format!("{path}/cancel"), &json!({"reason": "x", "date": "2026-07-02"})).await.ok(200);
        assert_eq!(aging(&admin, "kind=RECEIVABLE&as_of=2026-07-02").await["totals"]["total"], "255");
        assert_eq!(aging(&app.admin_b().await, "kind=RECEIVABLE&as_of=2026-07-02").await["rows"], json!([]));
    }

    async fn an_invoice_that_was_taken_back_is_open_until_that_day_and_not_after(app: TestApp) {
        let admin = app.admin_a().await;
        let row = issued(&admin, &invoices::partner(&admin).await, &[line("10", "10000", json!({}))], json!({})).await;
        let _ = act(&admin, &row, "cancel", json!({"date": "2026-04-05"})).await.ok(200);
        for (day, total) in [("2026-03-09", "0"), ("2026-04-04", "110000"), ("2026-04-05", "0")] {
            let report = aging(&admin, &format!("kind=RECEIVABLE&as_of={day}")).await;
            assert_eq!((&report["totals"]["total"], &report["difference"]), (&json!(total), &json!("0")), "{day}");
        }
    }

    async fn what_the_company_owes_is_negative(app: TestApp) {
        let admin = app.admin_a().await;
        let vendor = partner(&admin).await;
        let item = opened(&admin, &vendor, "PAYABLE", "1000", "2026-03-31").await;
        let _ = paid(&admin, "PAYMENT", &vendor, "300", &json!({"allocations": [{"item_id": item, "amount": "300"}]})).await;
        let report = aging(&admin, "kind=PAYABLE&as_of=2026-04-10").await;
        assert_eq!((buckets(&report["totals"]), &report["difference"]), (vec!["0", "-700", "0", "0", "0", "-700"], &json!("0")));
        assert_eq!(report["control_accounts"][0]["account_code"], "251");
        // one that is taken back is gone from that day on
        let other = opened(&admin, &vendor, "PAYABLE", "50", "2026-03-31").await;
        let _ = admin.post(&format!("{ITEMS}/{other}/reverse"), &json!({"date": "2026-04-05"})).await.ok(200);
        for (day, total) in [("2026-04-04", "-750"), ("2026-04-05", "-700")] {
            let report = aging(&admin, &format!("kind=PAYABLE&as_of={day}")).await;
            assert_eq!((&report["totals"]["total"], &report["difference"]), (&json!(total), &json!("0")), "{day}");
        }
        assert_eq!(admin.get(&format!("{REPORTS}/aging")).await.wrong_fields(), ["kind"]);
        assert_eq!(admin.get(&format!("{REPORTS}/aging?kind=NONSENSE")).await.wrong_fields(), ["kind"]);
    }

    async fn the_statement_of_a_partner_runs_from_opening_to_closing(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let item = opened(&admin, &customer, "RECEIVABLE", "1000", "2026-03-31").await;
        let _ = opened(&admin, &partner(&admin).await, "RECEIVABLE", "5", "2026-03-31").await;
        let done = paid(&admin, "RECEIPT", &customer, "1500", &json!({"allocations": [{"item_id": item, "amount": "1000"}]})).await;
        let ask = async |query: &str| admin.get(&format!("{REPORTS}/partner-statement?partner_id={customer}{query}")).await;
        let whole = ask("&from=2026-03-01&to=2026-03-31").await.ok(200);
        let told: Vec<(&str, &str, &str, &str)> = whole["rows"].as_array().unwrap().iter().map(|row| {
            let text = |field: &str| row[field].as_str().unwrap();
            (text("account_code"), text("debit"), text("credit"), text("balance"))
        }).collect();
        assert_eq!(told, [("108", "1000", "0", "1000"), ("108", "0", "1000", "0"), ("259", "0", "500", "-500")]);
        assert_eq!((&whole["opening"], &whole["closing"], &whole["rows"][1]["ref_doc_no"]), (&json!("0"), &json!("-500"), &done["transaction_code"]));
        let later = ask("&from=2026-03-10&to=2026-03-31").await.ok(200);
        assert_eq!((&later["opening"], &later["closing"]), (&json!("1000"), &json!("-500")));
        assert_eq!(admin.get(&format!("{REPORTS}/partner-statement")).await.wrong_fields(), ["partner_id"]);
        let strange = app.admin_b().await.get(&format!("{REPORTS}/partner-statement?partner_id={customer}")).await;
        assert_eq!(strange.wrong_fields(), ["partner_id"]);
    }
}
