//! Revaluation: what is open in other currencies at the rate of a day, and back on the day after.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Caller, both};
use tests::fim::{
    ACCOUNTS, ENTRIES, PERIODS, account,
    invoices::{self, act, id, issued, line},
    payments::{ITEMS, PAYMENTS, partner},
    period, verdict,
};

const REVALUATIONS: &str = "/api/v1/tenants/fim/revaluations";
const REPORTS: &str = "/api/v1/tenants/fim/reports";
const RATES: &str = "/api/v1/tenants/adm/exchange-rates";

async fn rate(caller: &Caller, currency: &str, rate: &str, from: &str) -> Value {
    let body = json!({"from_currency": currency, "to_currency": "KRW", "rate": rate, "valid_from": from});
    caller.post(RATES, &body).await.ok(201)
}

/// What a partner owed or was owed since the second of March.
async fn opened(caller: &Caller, partner: &str, kind: &str, currency: &str, rate: &str, amount: &str) -> Value {
    let body = json!({"kind": kind, "partner_id": partner, "doc_no": "이월-1", "doc_date": "2026-03-02", "due_date": "2026-04-30",
        "currency": currency, "exchange_rate": rate, "amount": amount});
    caller.post(ITEMS, &body).await.ok(201)
}

async fn paid(caller: &Caller, kind: &str, partner: &str, rate: &str, item: &Value, (amount, day): (&str, &str)) -> Value {
    let body = json!({"transaction_date": day, "transaction_type": kind, "payment_method": "BANK_TRANSFER", "currency": item["currency"],
        "exchange_rate": rate, "partner_id": partner, "account_id": account(caller, "103").await, "amount": amount});
    let made = caller.post(PAYMENTS, &body).await.id();
    let how = json!({"allocations": [{"item_id": item["id"], "amount": amount}]});
    caller.post(&format!("{PAYMENTS}/{made}/complete"), &how).await.ok(200)
}

async fn revalue(caller: &Caller, as_of: &str) -> Answer {
    caller.post(REVALUATIONS, &json!({"as_of": as_of})).await
}

async fn taken_back(caller: &Caller, row: &Value) -> Value {
    caller.post(&format!("{REVALUATIONS}/{}/reverse", id(row)), &json!({"reason": "환율 정정"})).await.ok(200)
}

/// Debit less credit of accounts up to a day.
async fn stands<const N: usize>(caller: &Caller, day: &str, codes: [&str; N]) -> [String; N] {
    let report = caller.get(&format!("{REPORTS}/trial-balance?from=2026-01-01&as_of={day}")).await.ok(200);
    let rows = report["rows"].as_array().unwrap();
    codes.map(|code| {
        let row = rows.iter().find(|row| row["account_code"] == code);
        row.map_or("0".to_owned(), |row| row["closing"].as_str().unwrap().to_owned())
    })
}

/// The open items tie to the control account, whatever was revalued.
async fn ties(caller: &Caller, kind: &str, day: &str) -> String {
    let report = caller.get(&format!("{REPORTS}/aging?kind={kind}&as_of={day}")).await.ok(200);
    assert_eq!(report["difference"], "0", "{day}: {report}");
    report["revalued"].as_str().unwrap().to_owned()
}

both! {
    async fn an_invoice_in_dollars_stands_at_the_rate_of_the_day_and_is_back_on_the_next(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = invoices::partner(&admin).await;
        let _ = rate(&admin, "USD", "1300", "2026-03-01").await;
        let _ = rate(&admin, "USD", "1350", "2026-03-31").await;
        let sale = issued(&admin, &customer, &[line("1", "1000", json!({"tax_kind": "ZERO_RATED"}))], json!({"currency_code": "USD"})).await;
        // in the currency of the books nothing changes
        let _ = issued(&admin, &customer, &[line("1", "5000", json!({"tax_kind": "EXEMPT"}))], json!({})).await;
        assert_eq!(stands(&admin, "2026-03-31", ["108"]).await, ["1305000"]);
        let done = revalue(&admin, "2026-03-31").await.ok(201);
        assert_eq!((&done["as_of"], &done["returned_on"], &done["status"]), (&json!("2026-03-31"), &json!("2026-04-01"), &json!("POSTED")));
        assert_eq!((&done["gain"], &done["loss"]), (&json!("50000"), &json!("0")));
        let lines = done["lines"].as_array().unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!((&lines[0]["doc_no"], &lines[0]["currency"], &lines[0]["exchange_rate"]), (&sale["invoice_no"], &json!("USD"), &json!("1350")));
        assert_eq!((&lines[0]["amount"], &lines[0]["base_amount"], &lines[0]["revalued_amount"], &lines[0]["gain"]), (&json!("1000"), &json!("1300000"), &json!("1350000"), &json!("50000")));
        // on the day itself, the day before, the day after
        assert_eq!(stands(&admin, "2026-03-31", ["108", "910", "955"]).await, ["1355000", "-50000", "0"]);
        assert_eq!(stands(&admin, "2026-03-30", ["108", "910"]).await, ["1305000", "0"]);
        assert_eq!(stands(&admin, "2026-04-01", ["108", "910"]).await, ["1305000", "0"]);
        for (day, revalued) in [("2026-03-30", "0"), ("2026-03-31", "50000"), ("2026-04-01", "0")] {
            assert_eq!(ties(&admin, "RECEIVABLE", day).await, revalued, "{day}");
        }
        // one entry, with the customer on its line
        let entry = admin.get(&format!("{ENTRIES}/{}", done["je_id"].as_str().unwrap())).await.ok(200);
        assert_eq!((&entry["ref_doc_type"], &entry["ref_doc_id"], &entry["status"], &entry["je_type"]), (&json!("REVALUATION"), &done["id"], &json!("POSTED"), &json!("ADJUSTMENT")));
        let posted = entry["lines"].as_array().unwrap();
        assert_eq!((posted.len(), &posted[0]["partner_id"], &posted[0]["base_debit"], &posted[1]["base_credit"]), (2, &json!(customer), &json!("50000"), &json!("50000")));
        // the item is what it was
        let item = &admin.get(&format!("{ITEMS}?doc_id={}", id(&sale))).await.ok(200)["items"][0];
        assert_eq!((&item["base_amount"], &item["exchange_rate"]), (&json!("1300000"), &json!("1300")));
        // paid later: against the rate of the invoice, exactly
        let _ = paid(&admin, "RECEIPT", &customer, "1340", item, ("1000", "2026-04-15")).await;
        assert_eq!(stands(&admin, "2026-04-30", ["108", "907", "952", "910", "955"]).await, ["5000", "-40000", "0", "0", "0"]);
        assert_eq!(ties(&admin, "RECEIVABLE", "2026-04-30").await, "0");
        assert_eq!(verdict(&admin).await["valid"], true);
        // nothing of it is another company's
        let strange = app.admin_b().await;
        assert_eq!(strange.get(&format!("{REVALUATIONS}/{}", id(&done))).await.status, 404);
        assert_eq!(strange.post(&format!("{REVALUATIONS}/{}/reverse", id(&done)), &json!({})).await.status, 404);
        let none = revalue(&strange, "2026-03-31").await.ok(201);
        assert_eq!((&none["lines"], &none["je_id"], &none["gain"]), (&json!([]), &Value::Null, &json!("0")));
        assert_eq!(stands(&strange, "2026-03-31", ["108"]).await, ["0"]);
    }

    async fn a_day_is_valued_once_and_anew_when_it_was_taken_back(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let wrong = rate(&admin, "USD", "1350", "2026-03-31").await;
        let _ = opened(&admin, &customer, "RECEIVABLE", "USD", "1300", "100").await;
        let answers = join_all((0..20).map(|_| revalue(&admin, "2026-03-31"))).await;
        let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(made.len(), 1);
        let first = made[0].ok(201);
        for refused in answers.iter().filter(|answer| answer.status != 201) {
            let detail = refused.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["revaluation_id"]), (&json!("fim.revalued"), &first["id"]));
        }
        assert_eq!(stands(&admin, "2026-03-31", ["108", "910"]).await, ["135000", "-5000"]);
        assert_eq!(admin.get(&format!("{ENTRIES}?status=POSTED")).await.ok(200)["total"], 3);
        // its entries go with it only
        for entry in [&first["je_id"], &first["return_je_id"]] {
            let refused = admin.post(&format!("{ENTRIES}/{}/reverse", entry.as_str().unwrap()), &json!({"date": "2026-04-02"})).await;
            assert_eq!(refused.refused(409, "CONFLICT")["rule"], "fim.entry_of_document");
        }
        // the rate was wrong
        let _ = admin.patch(&format!("{RATES}/{}", id(&wrong)), &json!({"rate": "1280"})).await.ok(200);
        let gone = taken_back(&admin, &first).await;
        assert_eq!((&gone["status"], &gone["status_reason"]), (&json!("REVERSED"), &json!("환율 정정")));
        assert_eq!(taken_back(&admin, &first).await, gone, "again it stays as it is");
        for day in ["2026-03-31", "2026-04-01"] {
            assert_eq!(stands(&admin, day, ["108", "910", "955"]).await, ["130000", "0", "0"], "{day}");
            assert_eq!(ties(&admin, "RECEIVABLE", day).await, "0");
        }
        let second = revalue(&admin, "2026-03-31").await.ok(201);
        assert_eq!((&second["gain"], &second["loss"]), (&json!("0"), &json!("2000")));
        assert_eq!(stands(&admin, "2026-03-31", ["108", "910", "955"]).await, ["128000", "0", "2000"]);
        assert_eq!(stands(&admin, "2026-04-01", ["108", "955"]).await, ["130000", "0"]);
        // the next month's end does not count it twice
        let _ = rate(&admin, "USD", "1310", "2026-04-30").await;
        assert_eq!(revalue(&admin, "2026-04-30").await.ok(201)["gain"], "1000");
        assert_eq!(stands(&admin, "2026-04-30", ["108", "910", "955"]).await, ["131000", "-1000", "0"]);
        assert_eq!(admin.get(&format!("{REVALUATIONS}?status=POSTED")).await.ok(200)["total"], 2);
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn what_is_owed_costs_more_when_the_rate_rises_and_yen_have_no_fraction(app: TestApp) {
        let admin = app.admin_a().await;
        let (vendor, customer) = (partner(&admin).await, partner(&admin).await);
        let _ = rate(&admin, "USD", "1350.5", "2026-03-31").await;
        let _ = rate(&admin, "JPY", "9.0455", "2026-03-31").await;
        let debt = opened(&admin, &vendor, "PAYABLE", "USD", "1300", "100.01").await;
        let _ = opened(&admin, &customer, "RECEIVABLE", "JPY", "9.2", "12345").await;
        let _ = opened(&admin, &vendor, "PAYABLE", "JPY", "9.2", "1000").await;
        let done = revalue(&admin, "2026-03-31").await.ok(201);
        // 100.01 × 1300 = 130,013 → × 1350.5 = 135,063.505; 12,345 × 9.2 = 113,574 → × 9.0455 = 111,666.6975; 9,200 → 9,045.5
        let told: Vec<(&str, &str, &str)> = done["lines"].as_array().unwrap().iter()
            .map(|line| (line["currency"].as_str().unwrap(), line["revalued_amount"].as_str().unwrap(), line["gain"].as_str().unwrap())).collect();
        assert_eq!(told, [("USD", "135064", "-5051"), ("JPY", "9046", "154"), ("JPY", "111667", "-1907")]);
        assert_eq!((&done["gain"], &done["loss"]), (&json!("154"), &json!("6958")));
        assert_eq!(stands(&admin, "2026-03-31", ["108", "251", "910", "955"]).await, ["111667", "-144110", "-154", "6958"]);
        assert_eq!(stands(&admin, "2026-04-01", ["108", "251", "910", "955"]).await, ["113574", "-139213", "0", "0"]);
        for kind in ["RECEIVABLE", "PAYABLE"] {
            let _ = (ties(&admin, kind, "2026-03-31").await, ties(&admin, kind, "2026-04-01").await);
        }
        // the debt is paid at 1290: 10 won less for each dollar than it was booked at
        let _ = paid(&admin, "PAYMENT", &vendor, "1290", &debt, ("100.01", "2026-04-10")).await;
        assert_eq!(stands(&admin, "2026-04-10", ["907", "952"]).await, ["-1000", "0"]);
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn an_account_of_another_currency_is_worth_what_the_day_says(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let _ = rate(&admin, "USD", "1300", "2026-03-01").await;
        let _ = rate(&admin, "USD", "1400", "2026-03-31").await;
        let dollars = json!({"account_code": "1031", "account_name": "외화예금 (USD)", "account_type": "ASSET", "account_group": "당좌자산",
            "is_bank_account": true, "currency": "USD"});
        let dollars = admin.post(ACCOUNTS, &dollars).await.ok(201)["id"].clone();
        // 1,000 come in at 1,300, 400 go out at 1,350, and 100 to an account in won, where the bank has changed them
        let moved = async |day: &str, rate: &str, amount: &str, to: &Value, from: &Value| {
            let body = json!({"je_date": day, "currency": "USD", "exchange_rate": rate, "lines": [
                {"account_id": to, "debit_amount": amount}, {"account_id": from, "credit_amount": amount}]});
            let made = admin.post(ENTRIES, &body).await.id();
            admin.post(&format!("{ENTRIES}/{made}/post"), &json!({})).await.ok(200)
        };
        let (sales, rent, won) = (json!(account(&admin, "401").await), json!(account(&admin, "819").await), json!(account(&admin, "103").await));
        let _ = moved("2026-03-02", "1300", "1000", &dollars, &sales).await;
        let _ = moved("2026-03-10", "1350", "400", &rent, &dollars).await;
        let _ = moved("2026-03-20", "1310", "100", &won, &dollars).await;
        // after the day, and no part of it
        let _ = moved("2026-04-01", "1400", "50", &dollars, &sales).await;
        let _ = opened(&admin, &customer, "RECEIVABLE", "USD", "1300", "10").await;
        let done = revalue(&admin, "2026-03-31").await.ok(201);
        let lines = done["lines"].as_array().unwrap();
        assert_eq!((lines.len(), &lines[0]["kind"], &lines[1]["kind"]), (2, &json!("RECEIVABLE"), &json!("CASH")));
        // 1,300,000 − 540,000 − 131,000 = 629,000 for 500, which are worth 700,000
        let cash = &lines[1];
        assert_eq!((&cash["account_id"], &cash["item_id"], &cash["partner_id"], &cash["currency"]), (&dollars, &Value::Null, &Value::Null, &json!("USD")));
        assert_eq!((&cash["amount"], &cash["base_amount"], &cash["revalued_amount"], &cash["gain"]), (&json!("500"), &json!("629000"), &json!("700000"), &json!("71000")));
        assert_eq!((&done["gain"], &done["loss"]), (&json!("72000"), &json!("0")));
        assert_eq!(stands(&admin, "2026-03-31", ["1031", "103", "910"]).await, ["700000", "131000", "-72000"]);
        assert_eq!(stands(&admin, "2026-04-01", ["1031", "910"]).await, ["699000", "0"]);
        // the bank's own statement counts dollars, whatever they are worth
        let statement = json!({"account_id": dollars, "from_date": "2026-03-31", "to_date": "2026-03-31", "opening_balance": "501", "closing_balance": "500",
            "lines": [{"booked_on": "2026-03-31", "amount": "-1", "description": "수수료"}]});
        let statement = admin.post("/api/v1/tenants/fim/bank-statements", &statement).await.ok(201);
        let step = async |verb: &str, body: Value| admin.post(&format!("/api/v1/tenants/fim/bank-statements/{}/{verb}", id(&statement)), &body).await;
        let _ = step("explain", json!({"line_id": statement["lines"][0]["id"], "note": "수수료"})).await.ok(200);
        let detail = step("finish", json!({})).await.refused(409, "CONFLICT");
        assert_eq!((&detail["ledger_balance"], &detail["difference"]), (&json!("500"), &json!("1")));
        // what cash did in the books and what the balance sheet has of it are one
        let flow = admin.get(&format!("{REPORTS}/cash-flow?from=2026-03-01&to=2026-03-31")).await.ok(200);
        assert_eq!(flow["closing"], "831000", "{flow}");
        // nobody else puts won into it
        let mixed = json!({"je_date": "2026-03-31", "lines": [{"account_id": dollars, "debit_amount": "1"}, {"account_id": won, "credit_amount": "1"}]});
        assert_eq!(admin.post(ENTRIES, &mixed).await.refused(422, "VALIDATION_ERROR")["errors"][0]["field"], "lines.0.account_id");
        let _ = taken_back(&admin, &done).await;
        assert_eq!(stands(&admin, "2026-03-31", ["1031", "910"]).await, ["629000", "0"]);
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn only_what_was_open_on_the_day_is_valued(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = invoices::partner(&admin).await;
        let _ = rate(&admin, "USD", "1300", "2026-03-01").await;
        let _ = rate(&admin, "USD", "1400", "2026-03-31").await;
        let item = opened(&admin, &customer, "RECEIVABLE", "USD", "1300", "1000").await;
        // a part before the day, a part after it, and one that is undone after it
        let _ = paid(&admin, "RECEIPT", &customer, "1320", &item, ("333.33", "2026-03-20")).await;
        let undone = paid(&admin, "RECEIPT", &customer, "1320", &item, ("100", "2026-03-25")).await;
        let _ = paid(&admin, "RECEIPT", &customer, "1390", &item, ("200", "2026-04-02")).await;
        let body = json!({"allocation_id": undone["allocations"][0]["id"], "date": "2026-04-03"});
        let _ = admin.post(&format!("{PAYMENTS}/{}/unallocate", id(&undone)), &body).await.ok(200);
        // invoiced after the day, cancelled on it, cancelled after it
        let dollars = |day: &str| json!({"currency_code": "USD", "invoice_date": day, "exchange_rate": "1300"});
        let ten = [line("1", "10", json!({"tax_kind": "EXEMPT"}))];
        let _ = issued(&admin, &customer, &ten, dollars("2026-04-01")).await;
        let before = issued(&admin, &customer, &ten, dollars("2026-03-10")).await;
        let _ = act(&admin, &before, "cancel", json!({"date": "2026-03-31"})).await.ok(200);
        let after = issued(&admin, &customer, &ten, dollars("2026-03-10")).await;
        let _ = act(&admin, &after, "cancel", json!({"date": "2026-04-01"})).await.ok(200);
        let opening = opened(&admin, &customer, "RECEIVABLE", "USD", "1300", "77").await;
        let _ = admin.post(&format!("{ITEMS}/{}/reverse", id(&opening)), &json!({"date": "2026-03-30"})).await.ok(200);
        assert_eq!(ties(&admin, "RECEIVABLE", "2026-03-31").await, "0", "before it is valued");
        let done = revalue(&admin, "2026-03-31").await.ok(201);
        let told: Vec<(&str, &str, &str)> = done["lines"].as_array().unwrap().iter()
            .map(|line| (line["amount"].as_str().unwrap(), line["base_amount"].as_str().unwrap(), line["gain"].as_str().unwrap())).collect();
        // 1,000 − 333.33 − 100; 1,300,000 − 433,329 − 130,000 = 736,671; at 1,400 it is 793,338
        assert_eq!(told, [("566.67", "736671", "56667"), ("10", "13000", "1000")]);
        assert_eq!(ties(&admin, "RECEIVABLE", "2026-03-31").await, "57667");
        assert_eq!(ties(&admin, "RECEIVABLE", "2026-04-30").await, "0");
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn a_rate_that_is_missing_is_named_and_nothing_is_posted(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let _ = rate(&admin, "USD", "1350", "2026-04-01").await;
        let _ = opened(&admin, &customer, "RECEIVABLE", "USD", "1300", "100").await;
        let _ = opened(&admin, &customer, "RECEIVABLE", "JPY", "9", "100").await;
        let _ = opened(&admin, &customer, "RECEIVABLE", "JPY", "9", "200").await;
        let refused = revalue(&admin, "2026-03-31").await;
        assert_eq!(refused.wrong_fields(), ["as_of"]);
        assert!(refused.json.to_string().contains("2026-03-31") && refused.json.to_string().contains("USD, JPY"), "{refused:?}");
        let refused = revalue(&admin, "2026-04-01").await;
        assert!(!refused.json.to_string().contains("USD") && refused.json.to_string().contains("JPY"), "{refused:?}");
        assert_eq!(admin.get(REVALUATIONS).await.ok(200)["total"], 0);
        for wrong in [json!({}), json!({"as_of": "2999-12-31"}), json!({"as_of": "2026-02-30"}), json!({"as_of": null})] {
            assert_eq!(admin.post(REVALUATIONS, &wrong).await.wrong_fields(), ["as_of"], "{wrong}");
        }
    }

    async fn nothing_is_valued_into_a_closed_month(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let _ = rate(&admin, "USD", "1350", "2026-03-31").await;
        let _ = opened(&admin, &customer, "RECEIVABLE", "USD", "1300", "100").await;
        let act = async |label: &str, verb: &str| {
            let month = period(&admin, label).await;
            let body = if verb == "reopen" { json!({"reason": "점검"}) } else { json!({}) };
            admin.post(&format!("{PERIODS}/{}/{verb}", id(&month)), &body).await.ok(200)
        };
        // the month of the day, or that of the day after
        for label in ["2026-03", "2026-04"] {
            let _ = act(label, "close").await;
            let refused = revalue(&admin, "2026-03-31").await;
            let detail = refused.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["period"]), (&json!("fim.period_closed"), &json!(label)));
            assert_eq!(admin.get(REVALUATIONS).await.ok(200)["total"], 0, "not even half of it");
            assert_eq!(stands(&admin, "2026-03-31", ["108", "910"]).await, ["130000", "0"]);
            let _ = act(label, "reopen").await;
        }
        let done = revalue(&admin, "2026-03-31").await.ok(201);
        let _ = act("2026-03", "close").await;
        let refused = admin.post(&format!("{REVALUATIONS}/{}/reverse", id(&done)), &json!({})).await;
        assert_eq!(refused.refused(409, "CONFLICT")["rule"], "fim.period_closed");
        assert_eq!(stands(&admin, "2026-04-01", ["108", "910"]).await, ["130000", "0"]);
    }
}
