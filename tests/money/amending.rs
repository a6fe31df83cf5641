//! To the tax office, and what corrects an invoice afterwards.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Caller, both};
use tests::fim::{
    account,
    invoices::{DAY, INVOICES, act, again, another, balance, drafted, entry, id, issued, line, partner, sides},
    payments::PAYMENTS,
    period, verdict,
};

/// Amends one, and answers the sheets.
async fn amended(caller: &Caller, row: &Value, body: Value) -> Vec<Value> {
    act(caller, row, "amend", body).await.ok(200)["sheets"].as_array().unwrap().clone()
}

fn figures(sheet: &Value) -> (&str, &str, &str) {
    (sheet["supply_amount"].as_str().unwrap(), sheet["tax_amount"].as_str().unwrap(), sheet["total_amount"].as_str().unwrap())
}

both! {
    async fn what_is_sent_arrives_with_a_number_of_the_tax_office(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let draft = drafted(&admin, &partner, &[line("1", "1000", json!({}))], json!({})).await;
        let _ = act(&admin, &draft, "send", json!({})).await.refused(409, "CONFLICT");
        let row = act(&admin, &draft, "issue", json!({})).await.ok(200);
        let answers = join_all((0..8).map(|_| act(&admin, &row, "send", json!({})))).await;
        for answer in answers {
            let sent = answer.ok(200);
            assert_eq!((&sent["status"], &sent["transmission_status"], &sent["transmission_attempts"]), (&json!("SENT"), &json!("WAITING"), &json!(1)));
        }
        let _ = act(&admin, &row, "cancel", json!({})).await.refused(409, "CONFLICT");
        app.settle().await;
        let arrived = again(&admin, &row).await;
        assert_eq!((&arrived["status"], &arrived["transmission_status"], &arrived["is_nts_confirmed"]), (&json!("CONFIRMED"), &json!("SUCCEEDED"), &json!(true)));
        let number = arrived["approval_no"].as_str().unwrap();
        assert!(number.len() == 24 && number.bytes().all(|digit| digit.is_ascii_digit()) && number.starts_with("20260310"), "{number}");
        assert!(arrived["nts_confirmed_at"].is_string());
        // once more is harmless, and it is not taken back any more
        assert_eq!(act(&admin, &row, "send", json!({})).await.ok(200)["status"], "CONFIRMED");
        app.settle().await;
        assert_eq!(again(&admin, &row).await, arrived);
        let _ = act(&admin, &row, "cancel", json!({})).await.refused(409, "CONFLICT");
        let events = admin.get("/api/v1/tenants/adm/events?kind=fim.invoice.*").await.ok(200);
        let names: Vec<&str> = events["items"].as_array().unwrap().iter().filter(|event| event["aggregate_id"] == row["id"]).filter_map(|event| event["kind"].as_str()).collect();
        assert_eq!(names, ["fim.invoice.created", "fim.invoice.issued", "fim.invoice.sent", "fim.invoice.confirmed"]);
        let bought = issued(&admin, &partner, &[line("1", "1000", json!({}))], json!({"direction": "PURCHASE"})).await;
        assert_eq!(act(&admin, &bought, "send", json!({})).await.refused(409, "CONFLICT")["rule"], "fim.invoice_received");
    }

    async fn what_failed_is_sent_again(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = partner(&admin).await;
        let once = another(&admin, 2, json!({"email": "nts-fail-once@hanbit.example"})).await;
        let always = another(&admin, 3, json!({"email": "nts-fail@hanbit.example"})).await;
        let lines = [line("1", "1000", json!({}))];
        for (partner, ends) in [(once, "SUCCEEDED"), (always, "FAILED")] {
            let row = issued(&admin, &partner, &lines, json!({})).await;
            let _ = act(&admin, &row, "send", json!({})).await.ok(200);
            app.settle().await;
            let failed = again(&admin, &row).await;
            assert_eq!((&failed["status"], &failed["transmission_status"], &failed["transmission_error_code"]), (&json!("SENT"), &json!("FAILED"), &json!("SIM-4001")));
            assert_eq!(failed["approval_no"], Value::Null);
            let waiting = act(&admin, &row, "send", json!({})).await.ok(200);
            assert_eq!((&waiting["transmission_status"], &waiting["transmission_attempts"], &waiting["transmission_error_code"]), (&json!("WAITING"), &json!(2), &Value::Null));
            app.settle().await;
            assert_eq!(again(&admin, &row).await["transmission_status"], ends);
        }
    }

    async fn each_reason_makes_its_sheets(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let lines = [line("10", "10000", json!({}))];
        let mut all = Vec::new();
        for _ in 0..6 {
            all.push(issued(&admin, &partner, &lines, json!({})).await);
        }
        let whole = ("-100000", "-10000", "-110000");
        // 1: the original taken away, the correct one instead, both of the original's day
        let sheets = amended(&admin, &all[0], json!({"code": 1, "lines": [line("9", "10000", json!({}))], "reason": "수량 착오"})).await;
        assert_eq!((figures(&sheets[0]), figures(&sheets[1])), (whole, ("90000", "9000", "99000")));
        assert_eq!((&sheets[0]["invoice_type"], &sheets[1]["invoice_type"], &sheets[0]["invoice_date"], &sheets[1]["invoice_date"]), (&json!("CREDIT_NOTE"), &json!("MODIFIED"), &json!(DAY), &json!(DAY)));
        assert_eq!((&sheets[0]["status"], &sheets[0]["amendment_code"], &sheets[0]["original_invoice_id"], &sheets[0]["invoice_no"]), (&json!("ISSUED"), &json!(1), &all[0]["id"], &json!("INV-2026-000007")));
        assert_eq!(entry(&admin, &sheets[0]["je_id"]).await, sides(&[("108", "0", "110000"), ("255", "10000", "0"), ("401", "100000", "0")]));
        // 2: the difference, up or down, of its own day; the original's day in the remark
        let up = amended(&admin, &all[1], json!({"code": 2, "date": "2026-04-02", "amount": "5000"})).await;
        let down = amended(&admin, &all[1], json!({"code": 2, "date": "2026-04-03", "amount": "-2000"})).await;
        assert_eq!((figures(&up[0]), figures(&down[0])), (("5000", "500", "5500"), ("-2000", "-200", "-2200")));
        assert_eq!((&up[0]["invoice_type"], &down[0]["invoice_type"], &up[0]["invoice_date"], &up[0]["issue_deadline"]), (&json!("DEBIT_NOTE"), &json!("CREDIT_NOTE"), &json!("2026-04-02"), &json!("2026-05-11")));
        assert!(up[0]["remark"].as_str().unwrap().contains(DAY));
        // 3: what was returned
        let back = amended(&admin, &all[2], json!({"code": 3, "date": "2026-04-05", "lines": [line("2", "10000", json!({}))]})).await;
        assert_eq!((figures(&back[0]), &back[0]["invoice_date"], &back[0]["lines"][0]["quantity"]), (("-20000", "-2000", "-22000"), &json!("2026-04-05"), &json!("-2")));
        assert!(back[0]["remark"].as_str().unwrap().contains(DAY));
        // 4: the whole, of the day of the cancellation
        let gone = amended(&admin, &all[3], json!({"code": 4, "date": "2026-04-06"})).await;
        assert_eq!((figures(&gone[0]), &gone[0]["invoice_date"], gone.len()), (whole, &json!("2026-04-06"), 1));
        // 5: with 10 % away, with 0 % instead, of the original's day; the day of the letter of credit in the remark
        let zero = amended(&admin, &all[4], json!({"code": 5, "date": "2026-04-07"})).await;
        assert_eq!((figures(&zero[0]), figures(&zero[1])), (whole, ("100000", "0", "100000")));
        assert_eq!((&zero[1]["issue_type"], &zero[1]["invoice_date"], &zero[1]["lines"][0]["tax_kind"]), (&json!("ZERO_RATE"), &json!(DAY), &json!("ZERO_RATED")));
        assert!(zero[1]["remark"].as_str().unwrap().contains("2026-04-07"));
        // 6: the whole, of the original's day
        let twice = amended(&admin, &all[5], json!({"code": 6})).await;
        assert_eq!((figures(&twice[0]), &twice[0]["invoice_date"]), (whole, &json!(DAY)));
        // set off against what is to be paid
        let paid: Vec<Value> = join_all(all.iter().map(|row| again(&admin, row))).await.iter().map(|row| row["paid_amount"].clone()).collect();
        assert_eq!(paid, [json!("110000"), json!("2200"), json!("22000"), json!("110000"), json!("110000"), json!("110000")]);
        // 6 × 110,000 − 110,000 + 99,000 + 5,500 − 2,200 − 22,000 − 110,000 − 110,000 + 100,000 − 110,000
        assert_eq!(balance(&admin, "108").await, "400300");
        let of_one = admin.get(&format!("{INVOICES}?original_invoice_id={}", id(&all[0]))).await.ok(200);
        assert_eq!(of_one["total"], 2);
        // a sheet goes to the tax office, too
        let _ = act(&admin, &back[0], "send", json!({})).await.ok(200);
        app.settle().await;
        assert_eq!(again(&admin, &back[0]).await["status"], "CONFIRMED");
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn what_does_not_go_with_a_reason_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let lines = [line("10", "10000", json!({}))];
        let draft = drafted(&admin, &partner, &lines, json!({})).await;
        let _ = act(&admin, &draft, "amend", json!({"code": 6})).await.refused(409, "CONFLICT");
        let row = act(&admin, &draft, "issue", json!({})).await.ok(200);
        let one = json!([line("1", "1", json!({}))]);
        for (body, field) in [
            (json!({}), "code"),
            (json!({"code": 0}), "code"),
            (json!({"code": 7}), "code"),
            (json!({"code": 2}), "lines"),
            (json!({"code": 3}), "lines"),
            (json!({"code": 2, "amount": "0"}), "amount"),
            (json!({"code": 2, "amount": "1.5"}), "amount"),
            (json!({"code": 3, "amount": "-5"}), "amount"),
            (json!({"code": 4, "amount": "5"}), "amount"),
            (json!({"code": 6, "lines": one}), "lines"),
            (json!({"code": 2, "lines": one, "amount": "5"}), "lines"),
            (json!({"code": 3, "date": "2026-03-09", "amount": "5"}), "date"),
            (json!({"code": 6, "date": "2026-03-11"}), "date"),
            (json!({"code": 5}), "date"),
            (json!({"code": 3, "lines": [line("-1", "5", json!({}))]}), "lines.0.quantity"),
            (json!({"code": 6, "colour": "red"}), "colour"),
        ] {
            assert_eq!(act(&admin, &row, "amend", body.clone()).await.wrong_fields(), [field], "{body}");
        }
        // a closed month takes no sheet
        let march = period(&admin, "2026-03").await["id"].as_str().unwrap().to_owned();
        let _ = admin.post(&format!("{}/{march}/close", tests::fim::PERIODS), &json!({})).await.ok(200);
        assert_eq!(act(&admin, &row, "amend", json!({"code": 6})).await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
        let sheets = amended(&admin, &row, json!({"code": 4, "date": "2026-04-01"})).await;
        assert_eq!(act(&admin, &sheets[0], "amend", json!({"code": 6})).await.refused(409, "CONFLICT")["rule"], "fim.credit_note");
        let _ = act(&app.admin_b().await, &row, "amend", json!({"code": 4})).await.refused(404, "NOT_FOUND");
        // what was amended is not taken back
        assert_eq!(act(&admin, &row, "cancel", json!({})).await.refused(409, "CONFLICT")["rule"], "fim.invoice_amended");
    }

    async fn what_is_taken_away_reaches_the_invoice_and_never_passes_it(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let row = issued(&admin, &partner, &[line("8", "10000", json!({}))], json!({})).await;
        let back = json!({"code": 3, "date": "2026-04-01", "amount": "20000"});
        let answers = join_all((0..8).map(|_| act(&admin, &row, "amend", back.clone()))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 4);
        for refused in answers.iter().filter(|answer| answer.status != 200) {
            let detail = refused.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["left"]), (&json!("fim.credit_exceeds"), &json!("0")));
        }
        assert_eq!(again(&admin, &row).await["paid_amount"], "88000");
        assert_eq!((balance(&admin, "108").await, balance(&admin, "401").await, balance(&admin, "255").await), ("0".to_owned(), "0".to_owned(), "0".to_owned()));
        // parts that are rounded each come to the tax of the whole: 1,234 + 678 + 33 = 1,945, and 1,000 + 945 again
        let lines = [line("1", "12345", json!({})), line("1", "6789", json!({})), line("1", "333", json!({}))];
        let odd = issued(&admin, &partner, &lines, json!({})).await;
        assert_eq!(odd["tax_amount"], "1945");
        let first = amended(&admin, &odd, json!({"code": 3, "date": "2026-04-01", "amount": "10000"})).await;
        let last = amended(&admin, &odd, json!({"code": 3, "date": "2026-04-01", "amount": "9467"})).await;
        assert_eq!((figures(&first[0]).1, figures(&last[0]).1), ("-1000", "-945"));
        assert_eq!(balance(&admin, "108").await, "0");
        let _ = act(&admin, &odd, "amend", json!({"code": 3, "date": "2026-04-01", "amount": "1"})).await.refused(409, "CONFLICT");
    }

    async fn a_sheet_that_takes_away_is_taken_back_before_it_is_sent(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let sale = issued(&admin, &partner, &[line("10", "10000", json!({}))], json!({})).await;
        let sheet = amended(&admin, &sale, json!({"code": 3, "date": "2026-03-20", "amount": "30000"})).await.remove(0);
        assert_eq!((balance(&admin, "108").await, &again(&admin, &sale).await["paid_amount"]), ("77000".into(), &json!("33000")));
        let answers = join_all((0..8).map(|_| act(&admin, &sheet, "cancel", json!({"reason": "반품 취소"})))).await;
        for answer in answers {
            let gone = answer.ok(200);
            assert_eq!((&gone["status"], &gone["paid_amount"], &gone["cancel_reason"]), (&json!("CANCELLED"), &json!("0"), &json!("반품 취소")));
        }
        assert_eq!((balance(&admin, "108").await, balance(&admin, "255").await, &again(&admin, &sale).await["paid_amount"]), ("110000".into(), "-10000".into(), &json!("0")));
        let aging = admin.get("/api/v1/tenants/fim/reports/aging?kind=RECEIVABLE&as_of=2026-03-31").await.ok(200);
        assert_eq!((&aging["totals"]["total"], &aging["difference"]), (&json!("110000"), &json!("0")));
        // all of it may be taken away again, and is not cancelled while that stands
        let whole = amended(&admin, &sale, json!({"code": 4, "date": "2026-03-25"})).await.remove(0);
        assert_eq!(act(&admin, &sale, "cancel", json!({})).await.refused(409, "CONFLICT")["rule"], "fim.invoice_amended");
        // of a sheet that was sent nothing is taken back
        let _ = act(&admin, &whole, "send", json!({})).await.ok(200);
        let _ = act(&admin, &whole, "cancel", json!({})).await.refused(409, "CONFLICT");
        assert_eq!((balance(&admin, "108").await, verdict(&admin).await["valid"].clone()), ("0".into(), json!(true)));
        // when its sheets are gone an invoice may go too
        let other = issued(&admin, &partner, &[line("1", "500", json!({}))], json!({})).await;
        let sheet = amended(&admin, &other, json!({"code": 4, "date": "2026-03-20"})).await.remove(0);
        let _ = act(&admin, &sheet, "cancel", json!({"date": "2026-03-22"})).await.ok(200);
        assert_eq!(act(&admin, &other, "cancel", json!({})).await.ok(200)["status"], "CANCELLED");
        for day in ["2026-03-15", "2026-03-21", "2026-03-31"] {
            let aging = admin.get(&format!("/api/v1/tenants/fim/reports/aging?kind=RECEIVABLE&as_of={day}")).await.ok(200);
            assert_eq!(aging["difference"], "0", "{day}: {aging}");
        }
    }

    async fn a_sheet_whose_money_went_back_is_not_taken_back(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let sale = issued(&admin, &partner, &[line("10", "10000", json!({}))], json!({})).await;
        let pay = async |kind: &str, amount: &str| {
            let body = json!({"transaction_date": "2026-03-28", "transaction_type": kind, "payment_method": "BANK_TRANSFER",
                "partner_id": partner, "account_id": account(&admin, "103").await, "amount": amount});
            let made = admin.post(PAYMENTS, &body).await.id();
            admin.post(&format!("{}/{made}/complete", PAYMENTS), &json!({"auto": true})).await.ok(200)
        };
        let _ = pay("RECEIPT", "110000").await;
        let sheet = amended(&admin, &sale, json!({"code": 3, "date": "2026-03-20", "amount": "30000"})).await.remove(0);
        let back = pay("PAYMENT", "33000").await;
        assert_eq!(back["unallocated"], "0");
        assert_eq!(act(&admin, &sheet, "cancel", json!({})).await.refused(409, "CONFLICT")["rule"], "fim.invoice_settled");
        assert_eq!((balance(&admin, "108").await, verdict(&admin).await["valid"].clone()), ("0".into(), json!(true)));
    }

    async fn the_last_part_takes_the_last_of_the_tax_however_small_it_is(app: TestApp) {
        let admin = app.admin_a().await;
        tests::fim::invoices::set(&admin, "accounting.vat_rounding", "HALF_UP").await;
        let partner = partner(&admin).await;
        // 0.5 is 1, three times; 1.1 is 1, and 0.4 would be none
        let lines = [line("1", "5", json!({})), line("1", "5", json!({})), line("1", "5", json!({}))];
        let row = issued(&admin, &partner, &lines, json!({})).await;
        assert_eq!(row["tax_amount"], "3");
        let mut taxes = Vec::new();
        for amount in ["11", "4"] {
            let sheets = amended(&admin, &row, json!({"code": 3, "date": "2026-04-01", "amount": amount})).await;
            taxes.push(sheets[0]["tax_amount"].clone());
        }
        assert_eq!(taxes, ["-1", "-2"]);
        assert_eq!((balance(&admin, "108").await, balance(&admin, "255").await), ("0".to_owned(), "0".to_owned()));
    }

    async fn a_mistake_elsewhere_on_the_sheet_changes_no_amount(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let sale = issued(&admin, &partner, &[line("1", "1100", json!({}))], json!({"prices_include_tax": true})).await;
        assert_eq!((figures(&sale), &sale["prices_include_tax"]), (("1000", "100", "1100"), &json!(true)));
        // an amount of supply bears its tax on top, as the prices of that sheet do
        let more = amended(&admin, &sale, json!({"code": 2, "date": "2026-03-20", "reason": "단가 인상", "amount": "585"})).await;
        assert_eq!((figures(&more[0]), &more[0]["prices_include_tax"]), (("585", "58", "643"), &json!(false)));
        // the rule of rounding is another by now
        tests::fim::invoices::set(&admin, "accounting.vat_rounding", "UP").await;
        for (row, back, again) in [(&more[0], ("-585", "-58", "-643"), ("585", "58", "643")), (&sale, ("-1000", "-100", "-1100"), ("1000", "100", "1100"))] {
            let sheets = amended(&admin, row, json!({"code": 1, "reason": "담당자 오기"})).await;
            assert_eq!((figures(&sheets[0]), figures(&sheets[1])), (back, again));
            assert_eq!(sheets[1]["prices_include_tax"], row["prices_include_tax"]);
        }
        // lines that are said are computed, as the prices of the sheet are meant
        let other = issued(&admin, &partner, &[line("1", "1100", json!({}))], json!({"prices_include_tax": true})).await;
        let sheets = amended(&admin, &other, json!({"code": 1, "reason": "수량 오기", "lines": [line("2", "1100", json!({}))]})).await;
        assert_eq!(figures(&sheets[1]), ("2000", "200", "2200"));
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn what_rounding_leaves_between_a_claim_and_what_takes_it_away_is_posted(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        for (direction, code) in [("SALES", "108"), ("PURCHASE", "251")] {
            let dollars = json!({"direction": direction, "currency_code": "USD", "exchange_rate": "1287.33"});
            let row = issued(&admin, &partner, &[line("1", "10", json!({"tax_kind": "ZERO_RATED"}))], dollars).await;
            // 10 × 1287.33 = 12,873.3; 3.33 × 1287.33 = 4,286.8… three times is more than 9.99 of it
            let mut sheets = Vec::new();
            for amount in ["3.33", "3.33", "3.33", "0.01"] {
                sheets.extend(amended(&admin, &row, json!({"code": 3, "date": "2026-04-01", "amount": amount})).await);
            }
            assert_eq!(balance(&admin, code).await, "0", "{direction}");
            assert_eq!(again(&admin, &row).await["paid_amount"], "10");
            let kind = if direction == "SALES" { "RECEIVABLE" } else { "PAYABLE" };
            let aging = admin.get(&format!("/api/v1/tenants/fim/reports/aging?kind={kind}&as_of=2026-04-30")).await.ok(200);
            assert_eq!((&aging["totals"]["total"], &aging["difference"]), (&json!("0"), &json!("0")), "{aging}");
            // with the sheets goes what was posted between them and the claim
            for sheet in sheets {
                let _ = act(&admin, &sheet, "cancel", json!({})).await.ok(200);
            }
            assert_eq!(again(&admin, &row).await["paid_amount"], "0");
            let aging = admin.get(&format!("/api/v1/tenants/fim/reports/aging?kind={kind}&as_of=2026-04-30")).await.ok(200);
            assert_eq!((&aging["totals"]["total"], &aging["difference"]), (&json!(if direction == "SALES" { "12873" } else { "-12873" }), &json!("0")), "{aging}");
            let _ = act(&admin, &row, "cancel", json!({})).await.ok(200);
        }
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    /// Fault F6: −2,900,000 of tax stood on an invoice with 100,000.
    async fn no_kind_of_tax_is_taken_away_beyond_what_it_came_to(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let sale = issued(&admin, &partner, &[line("1", "1000000", json!({})), line("1", "500000", json!({"tax_kind": "EXEMPT"}))], json!({})).await;
        let amend = async |code: i32, lines: Vec<Value>| act(&admin, &sale, "amend", json!({"code": code, "date": "2026-03-20", "lines": lines})).await;
        let less = |price: &str, kind: &str| line("-1", price, json!({"tax_kind": kind}));
        let more = |price: &str, kind: &str| line("1", price, json!({"tax_kind": kind}));
        for lines in [
            vec![less("30000000", "TAXABLE"), more("40000000", "EXEMPT")],
            vec![less("1000001", "TAXABLE"), more("2000000", "EXEMPT")],
            vec![more("2000000", "TAXABLE"), less("500001", "EXEMPT")],
            vec![less("1", "ZERO_RATED"), more("100", "TAXABLE")],
        ] {
            let detail = amend(2, lines.clone()).await.refused(409, "CONFLICT");
            assert_eq!(detail["rule"], "fim.credit_exceeds", "{lines:?}");
        }
        let detail = amend(3, vec![more("500001", "EXEMPT")]).await.refused(409, "CONFLICT");
        assert_eq!((&detail["rule"], &detail["tax_kind"], &detail["left"]), (&json!("fim.credit_exceeds"), &json!("EXEMPT"), &json!("500000")));
        // within each kind both may move
        let sheet = amend(2, vec![less("400000", "TAXABLE"), more("500000", "EXEMPT")]).await.ok(200)["sheets"][0].clone();
        assert_eq!(figures(&sheet), ("100000", "-40000", "60000"));
        let detail = amend(3, vec![more("600001", "TAXABLE")]).await.refused(409, "CONFLICT");
        assert_eq!((&detail["left_supply"], &detail["left_tax"]), (&json!("600000"), &json!("60000")));
        // what such a sheet took away is not taken away once more with it
        let detail = act(&admin, &sheet, "amend", json!({"code": 2, "date": "2026-03-21", "lines": [less("1", "TAXABLE"), more("10", "EXEMPT")]})).await;
        assert_eq!(detail.refused(409, "CONFLICT")["tax_kind"], "TAXABLE");
        let last = amend(3, vec![more("600000", "TAXABLE")]).await.ok(200)["sheets"][0].clone();
        assert_eq!(figures(&last), ("-600000", "-60000", "-660000"));
        assert_eq!(balance(&admin, "255").await, "0");
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    /// Section E: returned piece by piece beside an exempt line, tax stayed.
    async fn what_is_returned_piece_by_piece_takes_its_own_tax_and_no_other(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let exempt = json!({"tax_kind": "EXEMPT", "product_name": "도서"});
        let sale = issued(&admin, &partner, &[line("3", "15", json!({})), line("1", "100", exempt.clone())], json!({})).await;
        assert_eq!(figures(&sale), ("145", "4", "149"));
        let mut taxes = Vec::new();
        for returned in [line("1", "15", json!({})), line("1", "15", json!({})), line("1", "15", json!({})), line("1", "100", exempt)] {
            let sheets = amended(&admin, &sale, json!({"code": 3, "date": "2026-04-01", "lines": [returned]})).await;
            taxes.push(sheets[0]["tax_amount"].clone());
        }
        assert_eq!(taxes, ["-1", "-1", "-2", "0"]);
        assert_eq!((balance(&admin, "108").await, balance(&admin, "255").await), ("0".to_owned(), "0".to_owned()));
        // amounts that were sent are those it comes to
        let other = issued(&admin, &partner, &[line("3", "15", json!({}))], json!({})).await;
        let all = |tax: &str| json!({"code": 3, "date": "2026-04-01", "lines": [line("3", "15", json!({"tax_amount": tax}))]});
        assert_eq!(act(&admin, &other, "amend", all("5")).await.wrong_fields(), ["lines.0.tax_amount"]);
        let _ = amended(&admin, &other, all("4")).await;
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    /// Section E: with the rule of rounding changed between invoice and return, another tax came back than was borne.
    async fn what_is_returned_takes_the_tax_it_bore_however_taxes_are_rounded_by_now(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let set = async |rule: &str| tests::fim::invoices::set(&admin, "accounting.vat_rounding", rule).await;
        let (desk, lamp) = (json!({"product_name": "책상"}), json!({"product_name": "전등"}));
        for (at_first, later, whole, parts) in [("UP", "DOWN", "4", ["-2", "-2"]), ("DOWN", "UP", "2", ["-1", "-1"])] {
            for inclusive in [false, true] {
                set(at_first).await;
                let (price, more) = if inclusive { ("16", json!({"prices_include_tax": true})) } else { ("15", json!({})) };
                let sale = issued(&admin, &partner, &[line("1", price, desk.clone()), line("1", price, lamp.clone())], more).await;
                assert_eq!(sale["tax_amount"], whole, "{at_first} {inclusive}");
                set(later).await;
                let mut taxes = Vec::new();
                for what in [&desk, &lamp] {
                    let sheets = amended(&admin, &sale, json!({"code": 3, "date": "2026-04-01", "lines": [line("1", price, what.clone())]})).await;
                    taxes.push(sheets[0]["tax_amount"].clone());
                }
                assert_eq!(taxes, parts, "{at_first} {inclusive}");
            }
        }
        assert_eq!([balance(&admin, "108").await, balance(&admin, "255").await, balance(&admin, "401").await], ["0", "0", "0"]);
    }

    /// Section G: what a division leaves over goes to its last part. 3 × 33.3333 are 100, and one is 33.
    async fn the_last_of_a_quantity_takes_what_rounding_left_of_its_line(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let sale = issued(&admin, &partner, &[line("3", "33.3333", json!({}))], json!({})).await;
        assert_eq!(figures(&sale), ("100", "10", "110"));
        let mut parts = Vec::new();
        for _ in 0..3 {
            let sheet = amended(&admin, &sale, json!({"code": 3, "date": "2026-04-01", "lines": [line("1", "33.3333", json!({}))]})).await.remove(0);
            parts.push((sheet["supply_amount"].clone(), sheet["tax_amount"].clone()));
        }
        assert_eq!(parts, [(json!("-33"), json!("-3")), (json!("-33"), json!("-3")), (json!("-34"), json!("-4"))]);
        // of a tax of the document as a whole, what is left goes to the first of the largest remainders
        tests::fim::invoices::set(&admin, "accounting.vat_basis", "DOCUMENT").await;
        let lines = [line("1", "15", json!({})), line("1", "15", json!({})), line("1", "15", json!({}))];
        let sale = issued(&admin, &partner, &lines, json!({})).await;
        let taxes: Vec<&Value> = sale["lines"].as_array().unwrap().iter().map(|line| &line["tax_amount"]).collect();
        assert_eq!((&sale["tax_amount"], taxes), (&json!("4"), vec![&json!("2"), &json!("1"), &json!("1")]));
        let _ = amended(&admin, &sale, json!({"code": 3, "date": "2026-04-01", "amount": "45"})).await;
        assert_eq!([balance(&admin, "108").await, balance(&admin, "255").await, balance(&admin, "401").await], ["0", "0", "0"]);
    }

    /// Fault F16: an amendment dated ahead was issued ahead.
    async fn no_sheet_bears_a_day_to_come(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let sale = issued(&admin, &partner, &[line("1", "1000", json!({}))], json!({})).await;
        let ahead = json!({"code": 4, "date": "2099-01-01"});
        assert_eq!(act(&admin, &sale, "amend", ahead).await.wrong_fields(), ["date"]);
    }
}
