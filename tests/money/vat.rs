//! The tax return: boxes from invoices, tied to the ledger.

use serde_json::{Value, json};
use testkit::{Caller, both};
use tests::fim::{
    account,
    invoices::{act, another, drafted, issued, line, partner},
    posted,
};

const REPORT: &str = "/api/v1/tenants/fim/reports/vat-return";

async fn of_the_quarter(caller: &Caller, more: &str) -> Value {
    caller.get(&format!("{REPORT}?from=2026-01-01&to=2026-03-31{more}")).await.ok(200)
}

fn of_box(report: &Value, no: &str) -> (String, String, i64) {
    let found = report["boxes"].as_array().unwrap().iter().find(|row| row["box"] == no).unwrap();
    (found["supply"].as_str().unwrap().to_owned(), found["tax"].as_str().unwrap().to_owned(), found["count"].as_i64().unwrap())
}

fn row(supply: &str, tax: &str, count: i64) -> (String, String, i64) {
    (supply.to_owned(), tax.to_owned(), count)
}

both! {
    async fn invoices_fill_the_boxes_and_the_ledger_agrees(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let other = another(&admin, 2, json!({})).await;
        let sale = issued(&admin, &partner, &[line("10", "10000", json!({}))], json!({})).await;
        let _ = issued(&admin, &other, &[line("1", "50000", json!({"tax_kind": "ZERO_RATED"}))], json!({})).await;
        let _ = issued(&admin, &other, &[line("1", "7000", json!({"tax_kind": "EXEMPT"}))], json!({})).await;
        let gone = issued(&admin, &other, &[line("1", "999000", json!({}))], json!({})).await;
        let _ = act(&admin, &gone, "cancel", json!({})).await.ok(200);
        let _ = act(&admin, &sale, "amend", json!({"code": 3, "date": "2026-03-20", "amount": "20000"})).await.ok(200);
        // beyond the period
        let _ = issued(&admin, &partner, &[line("1", "1000", json!({}))], json!({"invoice_date": "2026-04-01"})).await;
        let buy = json!({"direction": "PURCHASE"});
        let (equipment, meals) = (account(&admin, "212").await, account(&admin, "813").await);
        let _ = issued(&admin, &partner, &[line("1", "30000", json!({})), line("1", "5000", json!({"tax_kind": "EXEMPT"}))], buy.clone()).await;
        let _ = issued(&admin, &partner, &[line("1", "40000", json!({"account_id": equipment}))], buy.clone()).await;
        let _ = issued(&admin, &partner, &[line("1", "6000", json!({"account_id": meals, "non_deductible_reason": "ENTERTAINMENT"}))], buy).await;
        let report = of_the_quarter(&admin, "").await;
        assert_eq!(of_box(&report, "1"), row("80000", "8000", 2), "a sheet that takes away is one of them");
        assert_eq!(of_box(&report, "5"), row("50000", "0", 1));
        assert_eq!(of_box(&report, "6"), row("0", "0", 0));
        assert_eq!(of_box(&report, "9"), row("130000", "8000", 3));
        assert_eq!(of_box(&report, "10"), row("36000", "3600", 2));
        assert_eq!(of_box(&report, "11"), row("40000", "4000", 1));
        assert_eq!(of_box(&report, "50"), row("6000", "600", 1));
        assert_eq!(of_box(&report, "85"), row("7000", "0", 1));
        assert_eq!(of_box(&report, "86"), row("5000", "0", 1));
        assert_eq!((&report["output_tax"], &report["input_tax"], &report["payable"]), (&json!("8000"), &json!("7000"), &json!("1000")));
        for tie in ["output_tie", "input_tie"] {
            assert_eq!(report[tie]["difference"], "0", "{report}");
        }
        // an entry without an invoice shows
        let _ = posted(&admin, "2026-03-31", &[("108", 1100, 0), ("401", 0, 1000), ("255", 0, 100)]).await;
        let after = of_the_quarter(&admin, "").await;
        assert_eq!((&after["output_tie"]["ledger"], &after["output_tie"]["difference"]), (&json!("8100"), &json!("100")));
        // as it was known before
        let known_at = report["known_at"].as_str().unwrap();
        assert_eq!(of_the_quarter(&admin, &format!("&known_at={known_at}")).await, report);
        // sheets by business number
        let by = admin.get(&format!("{REPORT}/partners?from=2026-01-01&to=2026-03-31")).await.ok(200);
        assert_eq!((&by["supply"], &by["tax"], &by["count"], by["rows"].as_array().unwrap().len()), (&json!("130000"), &json!("8000"), &json!(3), 2));
        // another company has nothing
        assert_eq!(of_box(&of_the_quarter(&app.admin_b().await, "").await, "9"), row("0", "0", 0));
    }

    async fn what_was_filed_is_given_again_whatever_is_cancelled_since(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let sale = issued(&admin, &partner, &[line("10", "10000", json!({}))], json!({})).await;
        let filed = of_the_quarter(&admin, "").await;
        let known_at = filed["known_at"].as_str().unwrap().to_owned();
        let _ = act(&admin, &sale, "cancel", json!({})).await.ok(200);
        let _ = issued(&admin, &partner, &[line("1", "777", json!({}))], json!({})).await;
        assert_eq!(of_box(&of_the_quarter(&admin, "").await, "1"), row("777", "77", 1));
        assert_eq!(of_the_quarter(&admin, &format!("&known_at={known_at}")).await, filed);
    }

    async fn a_box_leads_to_its_invoices(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let mut made = Vec::new();
        for price in ["1000", "2000", "3000"] {
            made.push(issued(&admin, &partner, &[line("1", price, json!({})), line("1", "500", json!({"tax_kind": "EXEMPT"}))], json!({})).await);
        }
        let found = admin.get(&format!("{REPORT}/documents?box=1&from=2026-01-01&to=2026-03-31&page_size=2")).await.ok(200);
        assert_eq!((&found["total"], &found["supply"], &found["tax"]), (&json!(3), &json!("6000"), &json!("600")));
        let rows = found["rows"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["invoice_id"], &rows[1]["supply"]), (2, &made[0]["id"], &json!("2000")));
        let last = admin.get(&format!("{REPORT}/documents?box=1&from=2026-01-01&to=2026-03-31&page_size=2&page=2")).await.ok(200);
        assert_eq!(last["rows"][0]["invoice_id"], made[2]["id"]);
        for (query, field) in [("", "box"), ("box=77", "box"), ("box=1&page=0", "page"), ("box=1&page_size=501", "page_size"), ("box=1&from=2026-04-01&to=2026-03-01", "from"), ("box=1&x=1", "x")] {
            assert_eq!(admin.get(&format!("{REPORT}/documents?{query}")).await.wrong_fields(), [field], "{query}");
        }
    }

    async fn what_was_invoiced_late_costs_a_part_of_its_supply(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let issue = async |issue_date: &str, more: Value| {
            let draft = drafted(&admin, &partner, &[line("1", "123456", json!({})), line("1", "7000", json!({"tax_kind": "EXEMPT"}))], more).await;
            act(&admin, &draft, "issue", json!({"issue_date": issue_date})).await.ok(200)
        };
        // until the tenth of April it is in time, until the return of the half-year it is late, then it counts as not issued
        let _ = issue("2026-04-10", json!({})).await;
        let late = issue("2026-04-11", json!({})).await;
        let last = issue("2026-07-27", json!({})).await;
        let never = issue("2026-07-28", json!({})).await;
        let bought = issue("2026-07-28", json!({"direction": "PURCHASE"})).await;
        let gone = issue("2026-05-01", json!({})).await;
        let _ = act(&admin, &gone, "cancel", json!({})).await.ok(200);
        let report = admin.get(&format!("{REPORT}/late?from=2026-01-01&to=2026-03-31")).await.ok(200);
        let told: Vec<(&Value, &str, &str, &str)> = report["rows"].as_array().unwrap().iter()
            .map(|row| (&row["invoice_id"], row["supply"].as_str().unwrap(), row["rate"].as_str().unwrap(), row["penalty"].as_str().unwrap())).collect();
        assert_eq!(told, [(&late["id"], "123456", "0.01", "1234"), (&last["id"], "123456", "0.01", "1234"), (&never["id"], "123456", "0.02", "2469")]);
        assert!(!report["rows"].to_string().contains(bought["id"].as_str().unwrap()));
        assert_eq!((&report["rows"][0]["issue_deadline"], &report["rows"][0]["return_due"], &report["penalty"]), (&json!("2026-04-10"), &json!("2026-07-27"), &json!("4937")));
        assert_eq!(of_the_quarter(&admin, "").await["late_penalty"], "4937");
        assert_eq!(of_the_quarter(&app.admin_b().await, "").await["late_penalty"], "0");
        let csv = admin.get(&format!("{REPORT}/late?from=2026-01-01&to=2026-03-31&format=csv")).await;
        assert!(String::from_utf8_lossy(&csv.bytes).contains("2469"), "{csv:?}");
    }
}
