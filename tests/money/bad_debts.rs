//! 대손세액공제: the tax of a sale that was written off comes back in the period of the write-off, and goes again when it is taken back.

use serde_json::{Value, json};
use testkit::{Caller, both};
use tests::fim::{
    ENTRIES, account,
    clearings::{CLEARINGS, clear, taken_back, ties},
    invoices::{act, id, issued, line, partner},
    payments::{ITEMS, balance, lines_of, opened, paid},
};

const REPORT: &str = "/api/v1/tenants/fim/reports/vat-return";

async fn month(caller: &Caller, days: &str) -> Value {
    caller.get(&format!("{REPORT}?{days}")).await.ok(200)
}

fn tax_of(report: &Value, no: &str) -> (String, i64) {
    let found = report["boxes"].as_array().unwrap().iter().find(|row| row["box"] == no).unwrap();
    assert!(no != "8" || found["supply"] == "0", "a bad debt is no supply: {found}");
    (found["tax"].as_str().unwrap().to_owned(), found["count"].as_i64().unwrap())
}

async fn claim_of(caller: &Caller, sale: &Value) -> String {
    caller.get(&format!("{ITEMS}?doc_id={}", id(sale))).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned()
}

const JANUARY: &str = "from=2026-01-01&to=2026-01-31";
const FEBRUARY: &str = "from=2026-02-01&to=2026-02-28";
const MARCH: &str = "from=2026-03-01&to=2026-03-31";

both! {
    async fn the_tax_comes_back_when_it_is_written_off_and_goes_when_it_is_asked_for_again(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        // a third of it bears no tax
        let lines = [line("1", "100000", json!({})), line("1", "50000", json!({"tax_kind": "EXEMPT"}))];
        let sale = issued(&admin, &customer, &lines, json!({"invoice_date": "2026-01-15"})).await;
        let item = claim_of(&admin, &sale).await;
        let _ = paid(&admin, "RECEIPT", &customer, "80000", &json!({"allocations": [{"item_id": item, "amount": "80000"}]})).await;
        let relief = json!({"date": "2026-02-20", "vat_relief": true});
        let done = clear(&admin, "WRITE_OFF", &[(&item, "80000")], relief).await.ok(201);
        assert_eq!((&done["amount"], &done["allocations"][0]["vat_relief"]), (&json!("80000"), &json!("5000")));
        let posted = lines_of(&admin, &done["je_id"]).await;
        let text = |rows: &[(&str, &str, &str)]| rows.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect::<Vec<_>>();
        assert_eq!(posted, text(&[("108", "0", "80000"), ("835", "75000", "0"), ("255", "5000", "0")]));
        ties(&admin).await;
        // the return of the sale stays, that of the write-off has it
        let january = month(&admin, JANUARY).await;
        assert_eq!((tax_of(&january, "8"), tax_of(&january, "9")), (("0".into(), 0), ("10000".into(), 1)));
        let february = month(&admin, FEBRUARY).await;
        assert_eq!((tax_of(&february, "8"), tax_of(&february, "9")), (("-5000".into(), 1), ("-5000".into(), 1)));
        assert_eq!((&february["output_tax"], &february["payable"], &february["output_tie"]["difference"]), (&json!("-5000"), &json!("-5000"), &json!("0")));
        let behind = admin.get(&format!("{REPORT}/documents?box=8&{FEBRUARY}")).await.ok(200);
        assert_eq!((&behind["total"], &behind["tax"], &behind["rows"][0]["invoice_id"], &behind["rows"][0]["clearing_id"]), (&json!(1), &json!("-5000"), &sale["id"], &done["id"]));
        let sheets = admin.get(&format!("{REPORT}/documents?box=9&{JANUARY}")).await.ok(200);
        assert_eq!((&sheets["rows"][0]["invoice_id"], &sheets["rows"][0]["clearing_id"]), (&sale["id"], &Value::Null));
        let by = admin.get(&format!("{REPORT}/partners?{FEBRUARY}")).await.ok(200);
        assert_eq!((&by["count"], &by["tax"]), (&json!(0), &json!("0")), "no sheet of the month");
        // settled with it: the tax office owes it
        let settled = admin.post("/api/v1/tenants/fim/vat-settlements", &json!({"from_date": "2026-02-01", "to_date": "2026-02-28"})).await.ok(201);
        assert_eq!((&settled["output_tax"], &settled["payable"]), (&json!("-5000"), &json!("-5000")));

        // the customer pays after all
        let back = taken_back(&admin, &done).await.ok(200);
        assert_eq!((&back["status"], &back["allocations"][0]["vat_relief"]), (&json!("REVERSED"), &json!("5000")));
        let march = month(&admin, MARCH).await;
        assert_eq!((tax_of(&march, "8"), &march["output_tie"]["difference"]), (("5000".into(), 1), &json!("0")));
        let behind = admin.get(&format!("{REPORT}/documents?box=8&{MARCH}")).await.ok(200);
        assert_eq!((&behind["rows"][0]["tax"], &behind["rows"][0]["clearing_id"]), (&json!("5000"), &done["id"]));
        // what was filed does not change
        assert_eq!(tax_of(&month(&admin, FEBRUARY).await, "8"), ("-5000".into(), 1));
        let quarter = month(&admin, "from=2026-01-01&to=2026-03-31").await;
        assert_eq!((tax_of(&quarter, "8"), &quarter["output_tax"]), (("0".into(), 2), &json!("10000")));
        // as it was known before it was taken back
        let known_at = february["known_at"].as_str().unwrap();
        assert_eq!(tax_of(&month(&admin, &format!("{MARCH}&known_at={known_at}")).await, "8"), ("0".into(), 0));
        assert_eq!((balance(&admin, "835").await, balance(&admin, "108").await), ("0".into(), "80000".into()));
        ties(&admin).await;
        // nothing of it is another company's
        assert_eq!(tax_of(&month(&app.admin_b().await, FEBRUARY).await, "8"), ("0".into(), 0));
    }

    async fn parts_of_a_claim_bring_back_no_more_than_its_tax(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let sale = issued(&admin, &customer, &[line("1", "100", json!({}))], json!({"invoice_date": "2026-03-02"})).await;
        let item = claim_of(&admin, &sale).await;
        // 3.36…, 3.36… and 3.27… of 10
        for part in ["37", "37", "36"] {
            let done = clear(&admin, "WRITE_OFF", &[(&item, part)], json!({"vat_relief": true})).await.ok(201);
            assert_eq!(done["allocations"][0]["vat_relief"], "3");
        }
        let march = month(&admin, MARCH).await;
        assert_eq!((tax_of(&march, "8"), &march["output_tie"]["difference"]), (("-9".into(), 3), &json!("0")));
        ties(&admin).await;
    }

    async fn the_tax_of_a_claim_in_dollars_comes_back_as_it_stood_in_the_books(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let rates = json!({"from_currency": "USD", "to_currency": "KRW", "rate": "1400", "valid_from": "2026-03-01"});
        let _ = admin.post("/api/v1/tenants/adm/exchange-rates", &rates).await.ok(201);
        let dollars = json!({"invoice_date": "2026-03-02", "currency_code": "USD", "exchange_rate": "1300.7"});
        let sale = issued(&admin, &customer, &[line("1", "100.01", json!({}))], dollars).await;
        assert_eq!(sale["tax_amount"], "10");
        // 10.00 × 1,300.7 = 13,007 of 143,090.007; a third of it, in both rounded down
        let item = claim_of(&admin, &sale).await;
        let done = clear(&admin, "WRITE_OFF", &[(&item, "36.67")], json!({"vat_relief": true})).await.ok(201);
        assert_eq!(done["allocations"][0]["vat_relief"], "4335");
        let entry = admin.get(&format!("{ENTRIES}/{}", done["je_id"].as_str().unwrap())).await.ok(200);
        let tax = &entry["lines"][2];
        assert_eq!((&tax["debit_amount"], &tax["base_debit"], &entry["total_debit"]), (&json!("3.33"), &json!("4335"), &json!("36.67")));
        let march = month(&admin, MARCH).await;
        assert_eq!((tax_of(&march, "8"), tax_of(&march, "9"), &march["output_tie"]["difference"]), (("-4335".into(), 1), ("8672".into(), 2), &json!("0")));
        ties(&admin).await;
    }

    async fn where_there_is_no_tax_none_comes_back(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let day = json!({"invoice_date": "2026-03-02"});
        let taxed = claim_of(&admin, &issued(&admin, &customer, &[line("1", "100000", json!({}))], day.clone()).await).await;
        let exempt = claim_of(&admin, &issued(&admin, &customer, &[line("1", "1000", json!({"tax_kind": "EXEMPT"}))], day.clone()).await).await;
        let bought = claim_of(&admin, &issued(&admin, &customer, &[line("1", "1000", json!({}))], json!({"invoice_date": "2026-03-02", "direction": "PURCHASE"})).await).await;
        let carried = opened(&admin, &customer, "RECEIVABLE", "1000", "2026-03-31").await;
        let sales = account(&admin, "901").await;
        for (item, more) in [
            (&exempt, json!({})),
            (&bought, json!({"account_id": sales})),
            (&carried, json!({})),
        ] {
            let mut body = json!({"vat_relief": true});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let answer = clear(&admin, "WRITE_OFF", &[(item, "10")], body).await;
            assert_eq!(answer.wrong_fields(), ["items.0.item_id"], "{more}");
        }
        let both_ways = clear(&admin, "NETTING", &[(&taxed, "100"), (&bought, "100")], json!({"vat_relief": true})).await;
        assert_eq!(both_ways.wrong_fields(), ["vat_relief"]);
        assert_eq!(clear(&admin, "WRITE_OFF", &[(&taxed, "5")], json!({"vat_relief": "yes"})).await.wrong_fields(), ["vat_relief"]);
        // a part too small to have a won of tax in it
        assert_eq!(clear(&admin, "WRITE_OFF", &[(&taxed, "10")], json!({"vat_relief": true})).await.wrong_fields(), ["items.0.item_id"]);
        assert_eq!(admin.get(CLEARINGS).await.ok(200)["total"], 0);
        // without it nothing of the tax moves
        let plain = clear(&admin, "WRITE_OFF", &[(&taxed, "110000")], json!({"vat_relief": false})).await.ok(201);
        assert_eq!((&plain["allocations"][0]["vat_relief"], balance(&admin, "835").await), (&Value::Null, "110000".into()));
        assert_eq!(tax_of(&month(&admin, MARCH).await, "8"), ("0".into(), 0));
        ties(&admin).await;
    }

    /// Ten years after the supply, and the return of that half of a year, it is too late.
    async fn no_tax_comes_back_of_a_supply_of_more_than_ten_years_ago(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let sale = issued(&admin, &customer, &[line("1", "100000", json!({}))], json!({"invoice_date": "2026-03-02"})).await;
        let item = claim_of(&admin, &sale).await;
        app.clock().advance(11 * 366 * 86_400);
        let admin = app.stranger().sign_in(Some(app.company_a().await.code), "boss", testkit::PASSWORD).await;
        let on = async |day: &str| clear(&admin, "WRITE_OFF", &[(&item, "110000")], json!({"date": day, "vat_relief": true})).await;
        assert_eq!(on("2036-07-26").await.wrong_fields(), ["items.0.item_id"]);
        // in time it is the month that is missing, which nobody made that far ahead
        assert_eq!(on("2036-07-25").await.refused(409, "CONFLICT")["rule"], "fim.no_period");
    }

    /// Fault F6: relief and then an amendment took the same tax back twice.
    async fn tax_that_came_back_is_not_taken_away_once_more(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let sale = issued(&admin, &customer, &[line("10", "100000", json!({}))], json!({"invoice_date": "2026-03-02"})).await;
        let item = claim_of(&admin, &sale).await;
        let amend = async |body: Value| act(&admin, &sale, "amend", body).await;
        let done = clear(&admin, "WRITE_OFF", &[(&item, "550000")], json!({"vat_relief": true})).await.ok(201);
        assert_eq!(done["allocations"][0]["vat_relief"], "50000");
        for code in [1, 4, 6] {
            let detail = amend(json!({"code": code})).await.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["relieved"], &detail["left_tax"]), (&json!("fim.vat_relieved"), &json!("50000"), &json!("50000")), "{code}");
        }
        let refused = amend(json!({"code": 3, "date": "2026-03-31", "amount": "500001"})).await;
        let _ = amend(json!({"code": 3, "date": "2026-03-31", "amount": "600000"})).await.refused(409, "CONFLICT");
        assert_eq!(refused.status, 200, "a won of supply has no tax of its own: {refused:?}");
        let report = month(&admin, MARCH).await;
        assert_eq!((&report["output_tax"], &report["output_tie"]["difference"]), (&json!("0"), &json!("0")));
        // with the write-off taken back it goes
        let _ = taken_back(&admin, &done).await.ok(200);
        let _ = amend(json!({"code": 3, "date": "2026-03-31", "amount": "499999"})).await.ok(200);
        let report = month(&admin, MARCH).await;
        assert_eq!((&report["output_tax"], &report["output_tie"]["difference"]), (&json!("0"), &json!("0")));
        ties(&admin).await;
    }

    /// Fault F6: an amendment and then relief took the same tax back twice.
    async fn tax_that_was_taken_away_does_not_come_back(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let lines = [line("1", "1000000", json!({})), line("1", "1000000", json!({"tax_kind": "EXEMPT"}))];
        let sale = issued(&admin, &customer, &lines, json!({"invoice_date": "2026-03-02"})).await;
        let item = claim_of(&admin, &sale).await;
        let back = async |lines: Value| act(&admin, &sale, "amend", json!({"code": 3, "date": "2026-03-10", "lines": lines})).await.ok(200);
        let _ = back(json!([line("0.5", "1000000", json!({}))])).await;
        // of 1,550,000 that is still owed 50,000 are tax
        let done = clear(&admin, "WRITE_OFF", &[(&item, "775000")], json!({"vat_relief": true})).await.ok(201);
        assert_eq!(done["allocations"][0]["vat_relief"], "25000");
        let _ = taken_back(&admin, &done).await.ok(200);
        let _ = back(json!([line("0.5", "1000000", json!({}))])).await;
        let nothing = clear(&admin, "WRITE_OFF", &[(&item, "1000000")], json!({"vat_relief": true})).await;
        assert_eq!(nothing.wrong_fields(), ["items.0.item_id"]);
        let report = month(&admin, MARCH).await;
        assert_eq!((&report["output_tax"], &report["output_tie"]["difference"]), (&json!("0"), &json!("0")));
        ties(&admin).await;
    }

    /// Fault F8: tax of bad debts was taken back into a settled period, where no settlement had it.
    async fn relief_is_not_dated_into_a_settled_period(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let sale = issued(&admin, &customer, &[line("1", "100000", json!({}))], json!({"invoice_date": "2026-02-02"})).await;
        let item = claim_of(&admin, &sale).await;
        let settled = async |from: &str, to: &str| admin.post("/api/v1/tenants/fim/vat-settlements", &json!({"from_date": from, "to_date": to})).await.ok(201);
        let march = settled("2026-02-01", "2026-03-31").await;
        let relief = |day: &str| json!({"date": day, "vat_relief": true});
        let detail = clear(&admin, "WRITE_OFF", &[(&item, "110000")], relief("2026-03-31")).await.refused(409, "CONFLICT");
        assert_eq!((&detail["rule"], &detail["vat_settlement_id"]), (&json!("fim.vat_settled"), &march["id"]));
        let done = clear(&admin, "WRITE_OFF", &[(&item, "110000")], relief("2026-04-01")).await.ok(201);
        let april = settled("2026-04-01", "2026-04-30").await;
        let back = async |day: &str| admin.post(&format!("{CLEARINGS}/{}/reverse", id(&done)), &json!({"date": day, "reason": "착오"})).await;
        assert_eq!(back("2026-04-30").await.refused(409, "CONFLICT")["vat_settlement_id"], april["id"]);
        let _ = back("2026-05-01").await.ok(200);
        // without relief nothing of the return moves
        let _ = clear(&admin, "WRITE_OFF", &[(&item, "10000")], json!({"date": "2026-03-31"})).await.ok(201);
        ties(&admin).await;
    }
}
