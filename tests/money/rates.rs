//! Exchange rates: those that were given, those that were looked up, and those of the other direction.

use serde_json::{Value, json};
use testkit::{Caller, PASSWORD, TestApp, both};
use tests::fim::{
    ENTRIES, account,
    invoices::{INVOICES, act, drafted, entry, issued, line},
    lines,
    payments::{ITEMS, PAYMENTS, partner},
};

const RATES: &str = "/api/v1/tenants/adm/exchange-rates";
const REPORTS: &str = "/api/v1/tenants/fim/reports";

async fn rate(caller: &Caller, (from, to): (&str, &str), rate: &str, day: &str) {
    let body = json!({"from_currency": from, "to_currency": to, "rate": rate, "valid_from": day});
    let _ = caller.post(RATES, &body).await.ok(201);
}

/// The first user of a new company that keeps its books in dollars.
async fn in_dollars(app: &TestApp) -> Caller {
    let first = json!({"username": "first", "email": "first@usd.example", "full_name": "First", "password": PASSWORD});
    let company = json!({"code": "usd", "name": "USD company", "start_date": "2026-01-01", "currency": "USD", "admin": first});
    let _ = app.manager().await.post("/api/v1/manager/tenants", &company).await.ok(201);
    app.stranger().sign_in(Some("usd"), "first", PASSWORD).await
}

async fn stands(caller: &Caller, code: &str) -> String {
    let report = caller.get(&format!("{REPORTS}/trial-balance?from=2026-01-01&as_of=2026-12-31")).await.ok(200);
    let row = report["rows"].as_array().unwrap().iter().find(|row| row["account_code"] == code).cloned();
    row.map_or("0".to_owned(), |row| row["closing"].as_str().unwrap().to_owned())
}

both! {
    /// Section E: 1,382,500,000 won at 1,382.5 a dollar were 1,000,003.73 dollars, by way of an inverse of eight places.
    async fn amounts_are_divided_by_a_rate_of_the_other_direction(app: TestApp) {
        let admin = in_dollars(&app).await;
        rate(&admin, ("USD", "KRW"), "1382.5", "2026-03-01").await;
        let mut all = lines(&admin, &[("101", 1_382_500_000, 0), ("331", 0, 1_382_500_000)]).await;
        let made = admin.post(ENTRIES, &json!({"je_date": "2026-03-02", "currency": "KRW", "lines": all})).await.ok(201);
        assert_eq!((&made["lines"][0]["base_debit"], &made["lines"][1]["base_credit"], &made["exchange_rate"]), (&json!("1000000"), &json!("1000000"), &json!("0.00072333")));
        // changed, it is divided again
        all[0]["description"] = json!("현금");
        let path = format!("{ENTRIES}/{}", made["id"].as_str().unwrap());
        assert_eq!(admin.patch(&path, &json!({"lines": all})).await.ok(200)["lines"][0]["base_debit"], "1000000");
        let _ = admin.post(&format!("{path}/post"), &json!({})).await.ok(200);
        let back = admin.post(&format!("{path}/reverse"), &json!({"date": "2026-03-31"})).await.ok(200);
        assert_eq!(back["lines"][0]["base_credit"], "1000000");
        // an opening, and a payment of it in two parts
        let customer = partner(&admin).await;
        let opening = json!({"kind": "RECEIVABLE", "partner_id": customer, "doc_date": "2026-03-02", "due_date": "2026-03-31", "currency": "KRW", "amount": "1382500000"});
        let item = admin.post(ITEMS, &opening).await.ok(201);
        assert_eq!(item["base_amount"], "1000000");
        let payment = json!({"transaction_date": "2026-03-10", "transaction_type": "RECEIPT", "payment_method": "BANK_TRANSFER", "partner_id": customer,
            "account_id": account(&admin, "103").await, "currency": "KRW", "amount": "1382500000"});
        let payment = format!("{PAYMENTS}/{}", admin.post(PAYMENTS, &payment).await.id());
        assert_eq!(admin.post(&format!("{payment}/complete"), &json!({})).await.ok(200)["base_amount"], "1000000");
        let half = json!({"date": "2026-03-11", "allocations": [{"item_id": item["id"], "amount": "691250000"}]});
        for _ in 0..2 {
            let _ = admin.post(&format!("{payment}/allocate"), &half).await.ok(200);
        }
        for code in ["108", "259", "907", "952"] {
            assert_eq!(stands(&admin, code).await, "0", "{code}: nothing was gained or lost at one rate");
        }
        // revalued at the same rate nothing changes
        let _ = admin.post(ITEMS, &opening).await.ok(201);
        let done = admin.post("/api/v1/tenants/fim/revaluations", &json!({"as_of": "2026-03-31"})).await.ok(201);
        assert_eq!((&done["gain"], &done["loss"]), (&json!("0"), &json!("0")));
    }

    /// Section E, the same of invoices: what amends one is divided as that one was.
    async fn an_invoice_and_what_amends_it_are_divided_alike(app: TestApp) {
        let admin = app.admin_a().await;
        rate(&admin, ("KRW", "USD"), "0.0007", "2026-03-01").await;
        let customer = tests::fim::invoices::partner(&admin).await;
        let sale = issued(&admin, &customer, &[line("1", "1000000000", json!({"tax_kind": "ZERO_RATED"}))], json!({"currency_code": "USD"})).await;
        assert_eq!(entry(&admin, &sale["je_id"]).await[0].1, "1428571428571", "and not 1428571428570");
        rate(&admin, ("KRW", "USD"), "0.0008", "2026-04-01").await;
        let _ = act(&admin, &sale, "send", json!({})).await.ok(200);
        app.settle().await;
        let done = act(&admin, &sale, "amend", json!({"code": 4, "date": "2026-04-05"})).await.ok(200);
        assert_eq!(entry(&admin, &done["sheets"][0]["je_id"]).await[0].2, "1428571428571");
        assert_eq!((stands(&admin, "108").await, stands(&admin, "401").await), ("0".into(), "0".into()));
    }

    /// Section E: a rate that somebody gave stayed when the date of an invoice or a payment changed, and went when that of an entry did.
    async fn a_rate_that_was_given_stays_and_one_that_was_looked_up_is_looked_up_again(app: TestApp) {
        let admin = app.admin_a().await;
        rate(&admin, ("USD", "KRW"), "1300", "2026-03-01").await;
        rate(&admin, ("USD", "KRW"), "1350", "2026-03-15").await;
        rate(&admin, ("EUR", "KRW"), "1500", "2026-03-01").await;
        let customer = tests::fim::invoices::partner(&admin).await;
        let all = lines(&admin, &[("101", 10, 0), ("331", 0, 10)]).await;
        let entry = async |given: Option<&str>, change: Value| {
            let body = json!({"je_date": "2026-03-02", "currency": "USD", "exchange_rate": given, "lines": all});
            let made = admin.post(ENTRIES, &body).await.id();
            let after = admin.patch(&format!("{ENTRIES}/{made}"), &change).await.ok(200);
            after["exchange_rate"].as_str().unwrap().to_owned()
        };
        let moved = json!({"posting_date": "2026-03-20"});
        assert_eq!((entry(Some("1234.5"), moved.clone()).await, entry(None, moved).await), ("1234.5".into(), "1350".into()));
        assert_eq!(entry(Some("1234.5"), json!({"currency": "EUR"})).await, "1500", "it was one of dollars");
        assert_eq!(entry(Some("1234.5"), json!({"posting_date": "2026-03-20", "exchange_rate": "1260"})).await, "1260");
        let invoice = async |given: Option<&str>, change: Value| {
            let made = drafted(&admin, &customer, &[line("1", "10", json!({"tax_kind": "ZERO_RATED"}))], json!({"currency_code": "USD", "exchange_rate": given})).await;
            let after = admin.patch(&format!("{INVOICES}/{}", made["id"].as_str().unwrap()), &change).await.ok(200);
            act(&admin, &after, "issue", json!({})).await.ok(200)["exchange_rate"].as_str().unwrap().to_owned()
        };
        let moved = json!({"invoice_date": "2026-03-20"});
        assert_eq!((invoice(Some("1234.5"), moved.clone()).await, invoice(None, moved).await), ("1234.5".into(), "1350".into()));
        assert_eq!(invoice(Some("1234.5"), json!({"currency_code": "EUR"})).await, "1500");
        let bank = account(&admin, "103").await;
        let payment = async |given: Option<&str>, change: Value| {
            let body = json!({"transaction_date": "2026-03-02", "transaction_type": "RECEIPT", "payment_method": "CASH", "partner_id": customer,
                "account_id": bank, "currency": "USD", "exchange_rate": given, "amount": "10"});
            let path = format!("{PAYMENTS}/{}", admin.post(PAYMENTS, &body).await.id());
            let _ = admin.patch(&path, &change).await.ok(200);
            admin.post(&format!("{path}/complete"), &json!({})).await.ok(200)["exchange_rate"].as_str().unwrap().to_owned()
        };
        let moved = json!({"transaction_date": "2026-03-20"});
        assert_eq!((payment(Some("1234.5"), moved.clone()).await, payment(None, moved).await), ("1234.5".into(), "1350".into()));
        assert_eq!(payment(Some("1234.5"), json!({"currency": "EUR"})).await, "1500");
        assert_eq!(payment(Some("1234.5"), json!({"currency": "usd"})).await, "1234.5", "it is one of dollars");
    }
}
