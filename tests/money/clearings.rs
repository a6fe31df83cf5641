//! Open items that are settled without money: written off, or set off against what is owed the other way.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Caller, both};
use tests::fim::{
    ACCOUNTS, ENTRIES, PERIODS, account,
    clearings::{CLEARINGS, clear, taken_back, ties},
    invoices::{self, INVOICES, id, issued, line},
    payments::{ITEMS, balance, lines_of, opened, paid, partner},
    period,
};

async fn rest(caller: &Caller, item: &str) -> (String, String) {
    let item = caller.get(&format!("{ITEMS}/{item}")).await.ok(200);
    (item["settled"].as_str().unwrap().to_owned(), item["base_settled"].as_str().unwrap().to_owned())
}

fn line_text(line: &(String, String, String)) -> (&str, &str, &str) {
    (&line.0, &line.1, &line.2)
}

/// In another currency, at a rate.
async fn foreign(caller: &Caller, partner: &str, kind: &str, rate: &str, amount: &str) -> String {
    let body = json!({"kind": kind, "partner_id": partner, "doc_date": "2026-03-02", "due_date": "2026-04-30", "currency": "USD", "exchange_rate": rate, "amount": amount});
    caller.post(ITEMS, &body).await.id()
}

both! {
    async fn what_will_not_come_is_written_off_and_can_be_asked_for_again(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let item = opened(&admin, &customer, "RECEIVABLE", "100000", "2026-03-31").await;
        let _ = paid(&admin, "RECEIPT", &customer, "60000", &json!({"allocations": [{"item_id": item, "amount": "60000"}]})).await;
        let done = clear(&admin, "WRITE_OFF", &[(&item, "40000")], json!({})).await.ok(201);
        assert_eq!((&done["clearing_no"], &done["amount"], &done["status"], &done["partner_id"]), (&json!("CLR-2026-000001"), &json!("40000"), &json!("POSTED"), &json!(customer)));
        assert_eq!((done["allocations"].as_array().unwrap().len(), &done["allocations"][0]["against_type"], &done["allocations"][0]["amount"]), (1, &json!("CLEARING"), &json!("40000")));
        assert_eq!(lines_of(&admin, &done["je_id"]).await.iter().map(line_text).collect::<Vec<_>>(), [("108", "0", "40000"), ("835", "40000", "0")]);
        assert_eq!((rest(&admin, &item).await.0, balance(&admin, "108").await, balance(&admin, "835").await), ("100000".into(), "0".into(), "40000".into()));
        ties(&admin).await;
        let refused = admin.post(&format!("{ENTRIES}/{}/reverse", done["je_id"].as_str().unwrap()), &json!({"date": "2026-03-31"})).await;
        assert_eq!(refused.refused(409, "CONFLICT")["rule"], "fim.entry_of_document");
        let back = taken_back(&admin, &done).await.ok(200);
        assert_eq!((&back["status"], &back["status_reason"]), (&json!("REVERSED"), &json!("착오")));
        assert!(!back["allocations"][0]["undone_at"].is_null() && back["allocations"][0]["undo_je_id"] == back["reversal_je_id"]);
        assert_eq!(taken_back(&admin, &done).await.ok(200), back, "again it stays as it is");
        assert_eq!((rest(&admin, &item).await.0, balance(&admin, "108").await, balance(&admin, "835").await), ("60000".into(), "40000".into(), "0".into()));
        ties(&admin).await;
        // a won that is too little to ask for, to an account of one's own choice
        let fees = account(&admin, "831").await;
        let more = clear(&admin, "WRITE_OFF", &[(&item, "1")], json!({"account_id": fees})).await.ok(201);
        assert_eq!((&more["clearing_no"], &more["account_id"]), (&json!("CLR-2026-000002"), &json!(fees)));
        assert_eq!(balance(&admin, "831").await, "1");
        // nothing of it is another company's
        let other = app.admin_b().await;
        assert_eq!(other.get(&format!("{CLEARINGS}/{}", id(&done))).await.status, 404);
        assert_eq!(taken_back(&other, &more).await.status, 404);
    }

    async fn a_write_off_may_wait_to_be_posted(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let item = opened(&admin, &customer, "RECEIVABLE", "1000", "2026-03-31").await;
        let pending = json!({"is_pending": true});
        let one = clear(&admin, "WRITE_OFF", &[(&item, "700")], pending.clone()).await.ok(201);
        assert_eq!((&one["status"], &one["amount"], &one["date"]), (&json!("PENDING"), &json!("700"), &json!("2026-03-31")));
        assert_eq!((&one["clearing_no"], &one["je_id"], &one["exchange_rate"]), (&Value::Null, &Value::Null, &Value::Null));
        assert!(one.get("wanted").is_none(), "{one}");
        // nothing is settled or posted yet, and another may wait for the same
        assert_eq!((rest(&admin, &item).await.0, balance(&admin, "108").await), ("0".into(), "1000".into()));
        let other = clear(&admin, "WRITE_OFF", &[(&item, "700")], pending.clone()).await.ok(201);
        let path = |row: &Value, verb: &str| format!("{CLEARINGS}/{}/{verb}", id(row));
        assert_eq!(taken_back(&admin, &one).await.refused(409, "CONFLICT")["allowed"], json!(["POSTED", "CANCELLED"]));
        let ahead = admin.post(&path(&one, "post"), &json!({"date": "2030-01-01"})).await;
        assert_eq!(ahead.wrong_fields(), ["date"]);
        let posted = admin.post(&path(&one, "post"), &json!({})).await.ok(200);
        assert_eq!((&posted["status"], &posted["clearing_no"]), (&json!("POSTED"), &json!("CLR-2026-000001")));
        assert_eq!(lines_of(&admin, &posted["je_id"]).await.iter().map(line_text).collect::<Vec<_>>(), [("108", "0", "700"), ("835", "700", "0")]);
        // what is left is checked when it is posted
        assert_eq!(admin.post(&path(&other, "post"), &json!({})).await.refused(409, "CONFLICT")["rule"], "fim.over_allocated");
        let cancelled = admin.post(&path(&other, "cancel"), &json!({"reason": "회수"})).await.ok(200);
        assert_eq!((&cancelled["status"], &cancelled["status_reason"]), (&json!("CANCELLED"), &json!("회수")));
        assert_eq!(admin.post(&path(&other, "post"), &json!({})).await.refused(409, "CONFLICT")["allowed"], json!([]));
        assert_eq!(taken_back(&admin, &posted).await.ok(200)["status"], "REVERSED");
        assert_eq!(balance(&admin, "108").await, "1000");
        // of a write-off only, and only of what is there
        assert_eq!(clear(&admin, "NETTING", &[(&item, "1")], pending.clone()).await.wrong_fields(), ["is_pending"]);
        assert_eq!(clear(&admin, "WRITE_OFF", &[(&item, "1001")], pending).await.refused(409, "CONFLICT")["rule"], "fim.over_allocated");
        ties(&admin).await;
    }

    async fn what_need_not_be_paid_goes_where_it_is_said_to(app: TestApp) {
        let admin = app.admin_a().await;
        let vendor = partner(&admin).await;
        let debt = opened(&admin, &vendor, "PAYABLE", "5000", "2026-03-31").await;
        assert_eq!(clear(&admin, "WRITE_OFF", &[(&debt, "5000")], json!({})).await.wrong_fields(), ["account_id"]);
        let _ = clear(&admin, "WRITE_OFF", &[(&debt, "5000")], json!({"account_id": account(&admin, "901").await})).await.ok(201);
        assert_eq!((balance(&admin, "251").await, balance(&admin, "901").await), ("0".into(), "-5000".into()));
        ties(&admin).await;
        // what is nothing in the books leaves them on the right side, too
        let rates = json!({"from_currency": "JPY", "to_currency": "KRW", "rate": "0.001", "valid_from": "2026-03-01"});
        let _ = admin.post("/api/v1/tenants/adm/exchange-rates", &rates).await.ok(201);
        let body = json!({"kind": "PAYABLE", "partner_id": vendor, "doc_date": "2026-03-02", "due_date": "2026-03-31", "currency": "JPY", "exchange_rate": "0.001", "amount": "1"});
        let little = admin.post(ITEMS, &body).await.ok(201);
        assert_eq!(little["base_amount"], "0");
        let done = clear(&admin, "WRITE_OFF", &[(id(&little), "1")], json!({"account_id": account(&admin, "901").await})).await.ok(201);
        let entry = admin.get(&format!("{ENTRIES}/{}", done["je_id"].as_str().unwrap())).await.ok(200);
        assert_eq!((&entry["lines"][0]["debit_amount"], &entry["lines"][1]["credit_amount"]), (&json!("1"), &json!("1")));
        ties(&admin).await;
    }

    async fn what_both_owe_each_other_is_set_off(app: TestApp) {
        let admin = app.admin_a().await;
        let both = partner(&admin).await;
        let claims = [opened(&admin, &both, "RECEIVABLE", "70000", "2026-03-31").await, opened(&admin, &both, "RECEIVABLE", "10000", "2026-03-31").await];
        let debt = opened(&admin, &both, "PAYABLE", "50000", "2026-03-31").await;
        let unequal = clear(&admin, "NETTING", &[(&claims[0], "50000"), (&debt, "49999")], json!({})).await;
        assert_eq!(unequal.wrong_fields(), ["items"]);
        let done = clear(&admin, "NETTING", &[(&claims[0], "40000"), (&debt, "50000"), (&claims[1], "10000")], json!({})).await.ok(201);
        assert_eq!((&done["amount"], &done["account_id"], done["allocations"].as_array().unwrap().len()), (&json!("50000"), &Value::Null, 3));
        assert_eq!((balance(&admin, "108").await, balance(&admin, "251").await), ("30000".into(), "0".into()));
        ties(&admin).await;
        let _ = taken_back(&admin, &done).await.ok(200);
        assert_eq!((balance(&admin, "108").await, balance(&admin, "251").await), ("80000".into(), "-50000".into()));
        ties(&admin).await;
        // in dollars of different days: 100 were claimed at 1,300 and are owed at 1,350, two of three parts do not come out even
        let rates = json!({"from_currency": "USD", "to_currency": "KRW", "rate": "1320", "valid_from": "2026-03-01"});
        let _ = admin.post("/api/v1/tenants/adm/exchange-rates", &rates).await.ok(201);
        let (claim, debt) = (foreign(&admin, &both, "RECEIVABLE", "1300.5", "100.01").await, foreign(&admin, &both, "PAYABLE", "1350.5", "100.01").await);
        for part in ["33.34", "33.34", "33.33"] {
            let _ = clear(&admin, "NETTING", &[(&debt, part), (&claim, part)], json!({})).await.ok(201);
        }
        // 100.01 × 1,300.5 = 130,063.005; × 1,350.5 = 135,063.505
        assert_eq!((rest(&admin, &claim).await, rest(&admin, &debt).await), (("100.01".into(), "130063".into()), ("100.01".into(), "135064".into())));
        assert_eq!((balance(&admin, "907").await, balance(&admin, "952").await), ("-5001".into(), "0".into()));
        ties(&admin).await;
    }

    async fn an_invoice_that_was_written_off_is_not_asked_for(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = invoices::partner(&admin).await;
        let sale = issued(&admin, &customer, &[line("1", "100000", json!({}))], json!({})).await;
        let item = admin.get(&format!("{ITEMS}?doc_id={}", id(&sale))).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let done = clear(&admin, "WRITE_OFF", &[(&item, "110000")], json!({})).await.ok(201);
        assert_eq!(admin.get(&format!("{INVOICES}/{}", id(&sale))).await.ok(200)["paid_amount"], "110000");
        let refused = invoices::act(&admin, &sale, "cancel", json!({"reason": "x"})).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "fim.invoice_settled");
        let _ = taken_back(&admin, &done).await.ok(200);
        assert_eq!(admin.get(&format!("{INVOICES}/{}", id(&sale))).await.ok(200)["paid_amount"], "0");
        let _ = invoices::act(&admin, &sale, "cancel", json!({"reason": "x"})).await.ok(200);
        ties(&admin).await;
    }

    async fn nothing_is_cleared_twice_or_beyond_itself(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let item = opened(&admin, &customer, "RECEIVABLE", "1000", "2026-03-31").await;
        let answers = join_all((0..20).map(async |_| clear(&admin, "WRITE_OFF", &[(&item, "300")], json!({})).await)).await;
        let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(made.len(), 3);
        for refused in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(refused.refused(409, "CONFLICT")["rule"], "fim.over_allocated");
        }
        let mut numbers: Vec<String> = made.iter().map(|answer| answer.json["data"]["clearing_no"].as_str().unwrap().to_owned()).collect();
        numbers.sort();
        assert_eq!(numbers, ["CLR-2026-000001", "CLR-2026-000002", "CLR-2026-000003"]);
        let first = made[0].ok(201);
        let again = join_all((0..5).map(|_| taken_back(&admin, &first))).await;
        assert!(again.iter().all(|answer| answer.status == 200), "{again:?}");
        assert_eq!((rest(&admin, &item).await.0, balance(&admin, "108").await), ("600".into(), "400".into()));
        ties(&admin).await;
    }

    /// A clearing still took a day to come.
    async fn nothing_is_cleared_on_a_day_to_come(app: TestApp) {
        let admin = app.admin_a().await;
        let both = partner(&admin).await;
        let today = kernel::Zone::seoul().day(app.now());
        let ahead = today.plus_days(1).unwrap();
        let claim = opened(&admin, &both, "RECEIVABLE", "1000", "2026-03-31").await;
        let debt = opened(&admin, &both, "PAYABLE", "1000", "2026-03-31").await;
        for (kind, items) in [("WRITE_OFF", vec![(&*claim, "1")]), ("NETTING", vec![(&*claim, "1"), (&*debt, "1")])] {
            assert_eq!(clear(&admin, kind, &items, json!({"date": ahead})).await.wrong_fields(), ["date"], "{kind}");
            assert_eq!(clear(&admin, kind, &items, json!({"date": today})).await.ok(201)["date"], json!(today), "{kind}");
        }
        ties(&admin).await;
    }

    async fn what_a_clearing_may_not_be(app: TestApp) {
        let admin = app.admin_a().await;
        let (one, two) = (partner(&admin).await, partner(&admin).await);
        let claim = opened(&admin, &one, "RECEIVABLE", "1000", "2026-03-31").await;
        let debt = opened(&admin, &one, "PAYABLE", "1000", "2026-03-31").await;
        let of_other = opened(&admin, &two, "RECEIVABLE", "1000", "2026-03-31").await;
        let dollars = foreign(&admin, &one, "RECEIVABLE", "1300", "10").await;
        let stranger = opened(&app.admin_b().await, &partner(&app.admin_b().await).await, "RECEIVABLE", "1000", "2026-03-31").await;
        for (items, field) in [
            (vec![], "items"),
            (vec![(&*stranger, "1")], "items"),
            (vec![(&*claim, "0")], "items.0.amount"),
            (vec![(&*claim, "-1")], "items.0.amount"),
            (vec![(&*claim, "0.5")], "items.0.amount"),
            (vec![(&*claim, "1"), (&*claim, "1")], "items.1.item_id"),
            (vec![(&*claim, "1"), (&*of_other, "1")], "items.1.item_id"),
            (vec![(&*claim, "1"), (&*dollars, "1")], "items.1.item_id"),
            (vec![(&*claim, "1"), (&*debt, "1")], "items.1.item_id"),
        ] {
            assert_eq!(clear(&admin, "WRITE_OFF", &items, json!({})).await.wrong_fields(), [field], "{items:?}");
        }
        let whole = [(&*claim, "1000")];
        assert_eq!(clear(&admin, "WRITE_OFF", &whole, json!({"date": "2026-03-01"})).await.wrong_fields(), ["items.0.item_id"]);
        for code in ["108", "251", "259", "131", "103", "101"] {
            assert_eq!(clear(&admin, "WRITE_OFF", &whole, json!({"account_id": account(&admin, code).await})).await.wrong_fields(), ["account_id"], "{code}");
        }
        assert_eq!(clear(&admin, "WRITE_OFF", &whole, json!({"account_id": account(&app.admin_b().await, "835").await})).await.wrong_fields(), ["account_id"]);
        assert_eq!(clear(&admin, "WRITE_OFF", &whole, json!({"reason": ""})).await.wrong_fields(), ["reason"]);
        assert_eq!(clear(&admin, "WRITE_OFF", &whole, json!({"amount": "5"})).await.wrong_fields(), ["amount"]);
        let pair = [(&*claim, "1000"), (&*debt, "1000")];
        assert_eq!(clear(&admin, "NETTING", &pair, json!({"account_id": account(&admin, "835").await})).await.wrong_fields(), ["account_id"]);
        assert_eq!(clear(&admin, "WRITE_OFF", &[(&claim, "1001")], json!({})).await.refused(409, "CONFLICT")["rule"], "fim.over_allocated");
        // of a month that is closed neither a clearing nor its reversal
        let done = clear(&admin, "NETTING", &pair, json!({})).await.ok(201);
        let march = period(&admin, "2026-03").await["id"].as_str().unwrap().to_owned();
        let _ = admin.post(&format!("{PERIODS}/{march}/close"), &json!({})).await.ok(200);
        assert_eq!(clear(&admin, "WRITE_OFF", &[(&of_other, "1")], json!({})).await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
        assert_eq!(taken_back(&admin, &done).await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
        assert_eq!((rest(&admin, &claim).await.0, rest(&admin, &of_other).await.0), ("1000".into(), "0".into()));
        // nobody writes such an entry by hand, and an account it went to stays
        let draft = json!({"je_date": "2026-04-01", "ref_doc_type": "clearing", "lines": [{"account_id": account(&admin, "101").await, "debit_amount": "1"}, {"account_id": account(&admin, "103").await, "credit_amount": "1"}]});
        assert_eq!(admin.post(ENTRIES, &draft).await.wrong_fields(), ["ref_doc_type"]);
        assert_eq!(admin.delete(&format!("{ACCOUNTS}/{}", account(&admin, "108").await)).await.status, 409);
        assert_eq!(app.nobody_a().await.get(CLEARINGS).await.status, 403);
        ties(&admin).await;
    }
}
