//! Payments and receipts: what they post, what they settle, and that nothing is settled twice.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Caller, both};
use tests::fim::{
    ENTRIES, PERIODS, account,
    payments::{ITEMS, PAYMENTS, balance, lines_of, noted, opened, paid, partner},
    period, verdict,
};

async fn step(caller: &Caller, payment: &Value, verb: &str, body: &Value) -> Answer {
    caller.post(&format!("{PAYMENTS}/{}/{verb}", payment["id"].as_str().unwrap()), body).await
}

async fn settled(caller: &Caller, item: &str) -> String {
    caller.get(&format!("{ITEMS}/{item}")).await.ok(200)["settled"].as_str().unwrap().to_owned()
}

fn is(lines: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    lines.iter().map(|(code, debit, credit)| ((*code).to_owned(), (*debit).to_owned(), (*credit).to_owned())).collect()
}

both! {
    async fn a_receipt_settles_what_it_says_and_the_rest_is_an_advance(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let item = opened(&admin, &customer, "RECEIVABLE", "110000", "2026-03-31").await;
        assert_eq!((balance(&admin, "108").await, balance(&admin, "375").await), ("110000".into(), "-110000".into()));
        let pending = noted(&admin, "RECEIPT", &customer, "150000").await.ok(201);
        assert_eq!((&pending["status"], &pending["transaction_code"], &pending["unallocated"]), (&json!("PENDING"), &Value::Null, &json!("0")));
        assert_eq!(balance(&admin, "103").await, "0", "nothing is posted before it is completed");
        let done = step(&admin, &pending, "complete", &json!({"allocations": [{"item_id": item, "amount": "110000"}]})).await.ok(200);
        assert_eq!((&done["status"], &done["transaction_code"], &done["unallocated"]), (&json!("COMPLETED"), &json!("PAY-2026-000001"), &json!("40000")));
        assert_eq!(lines_of(&admin, &done["je_id"]).await, is(&[("103", "150000", "0"), ("108", "0", "110000"), ("259", "0", "40000")]));
        assert_eq!(done["allocations"][0]["item_id"], json!(item));
        assert_eq!(settled(&admin, &item).await, "110000");
        // again it is what it became
        assert_eq!(step(&admin, &done, "complete", &json!({})).await.ok(200), done);
        assert_eq!(admin.get(&format!("{PAYMENTS}/{}", done["id"].as_str().unwrap())).await.ok(200), done);
        let row = format!("{PAYMENTS}/{}", done["id"].as_str().unwrap());
        for refused in [admin.patch(&row, &json!({"memo": "x"})).await, admin.delete(&row).await] {
            assert_eq!(refused.refused(409, "CONFLICT")["rule"], "fim.payment_closed");
        }
    }

    async fn a_payment_with_a_fee(app: TestApp) {
        let admin = app.admin_a().await;
        let vendor = partner(&admin).await;
        let item = opened(&admin, &vendor, "PAYABLE", "100000", "2026-03-31").await;
        let body = json!({"transaction_date": "2026-03-10", "transaction_type": "PAYMENT", "payment_method": "BANK_TRANSFER",
            "partner_id": vendor, "account_id": account(&admin, "103").await, "amount": "120000", "fee_amount": "500"});
        let out = admin.post(PAYMENTS, &body).await.ok(201);
        let out = step(&admin, &out, "complete", &json!({"allocations": [{"item_id": item, "amount": "100000"}]})).await.ok(200);
        let lines = lines_of(&admin, &out["je_id"]).await;
        assert_eq!(lines, is(&[("103", "0", "120500"), ("831", "500", "0"), ("251", "100000", "0"), ("131", "20000", "0")]));
        let mut body = body;
        body["transaction_type"] = json!("RECEIPT");
        let fee = admin.post(PAYMENTS, &body).await.ok(201);
        let fee = step(&admin, &fee, "complete", &json!({})).await.ok(200);
        assert_eq!(lines_of(&admin, &fee["je_id"]).await, is(&[("103", "119500", "0"), ("831", "500", "0"), ("259", "0", "120000")]));
    }

    async fn what_is_due_first_is_settled_first(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let mut items = Vec::new();
        for due in ["2026-04-30", "2026-03-31", "2026-05-31"] {
            items.push(opened(&admin, &customer, "RECEIVABLE", "100000", due).await);
        }
        // of somebody else, and older
        let other = opened(&admin, &partner(&admin).await, "RECEIVABLE", "100000", "2026-03-03").await;
        let done = paid(&admin, "RECEIPT", &customer, "250000", &json!({"auto": true})).await;
        assert_eq!(done["unallocated"], "0");
        let mut rests = Vec::new();
        for item in &items {
            rests.push(settled(&admin, item).await);
        }
        assert_eq!(rests, ["100000", "100000", "50000"]);
        assert_eq!(settled(&admin, &other).await, "0");
        assert_eq!((balance(&admin, "108").await, balance(&admin, "259").await), ("150000".into(), "0".into()));
        // the half that was paid is undone: the item is what it was, the money an advance
        let half = done["allocations"].as_array().unwrap().iter().find(|row| row["amount"] == "50000").unwrap()["id"].clone();
        for _ in 0..2 {
            let after = step(&admin, &done, "unallocate", &json!({"allocation_id": half, "date": "2026-03-20"})).await.ok(200);
            assert_eq!(after["unallocated"], "50000");
        }
        assert_eq!(settled(&admin, &items[2]).await, "0");
        assert_eq!((balance(&admin, "108").await, balance(&admin, "259").await), ("200000".into(), "-50000".into()));
        // and allocated anew
        let again = step(&admin, &done, "allocate", &json!({"auto": true, "date": "2026-03-25"})).await.ok(200);
        assert_eq!(again["unallocated"], "0");
        assert_eq!((balance(&admin, "108").await, balance(&admin, "259").await), ("150000".into(), "0".into()));
        // nothing is left to allocate
        assert_eq!(step(&admin, &done, "allocate", &json!({"auto": true})).await.ok(200), again);
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    /// A payment was still completed, and allocated, on a day to come.
    async fn money_does_not_move_on_a_day_to_come(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let today = kernel::Zone::seoul().day(app.now());
        let ahead = today.plus_days(1).unwrap();
        let item = opened(&admin, &customer, "RECEIVABLE", "1000", "2026-03-31").await;
        // planned it may be
        let planned = noted(&admin, "RECEIPT", &customer, "300").await.ok(201);
        let row = format!("{PAYMENTS}/{}", planned["id"].as_str().unwrap());
        let _ = admin.patch(&row, &json!({"transaction_date": ahead})).await.ok(200);
        assert_eq!(step(&admin, &planned, "complete", &json!({})).await.wrong_fields(), ["transaction_date"]);
        let _ = admin.patch(&row, &json!({"transaction_date": today})).await.ok(200);
        let done = step(&admin, &planned, "complete", &json!({})).await.ok(200);
        let on = |day: kernel::Day| json!({"allocations": [{"item_id": item, "amount": "300"}], "date": day});
        assert_eq!(step(&admin, &done, "allocate", &on(ahead)).await.wrong_fields(), ["date"]);
        assert_eq!(step(&admin, &done, "allocate", &on(today)).await.ok(200)["unallocated"], "0");
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn what_the_rate_did_meanwhile_is_gained_or_lost(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let open = async |kind: &str, amount: &str| {
            let body = json!({"kind": kind, "partner_id": customer, "doc_date": "2026-03-02", "due_date": "2026-03-31",
                "currency": "USD", "exchange_rate": "1300", "amount": amount});
            admin.post(ITEMS, &body).await.ok(201)
        };
        let pay = async |kind: &str, amount: &str, rate: &str, how: Value| {
            let body = json!({"transaction_date": "2026-03-10", "transaction_type": kind, "payment_method": "BANK_TRANSFER", "currency": "USD",
                "exchange_rate": rate, "partner_id": customer, "account_id": account(&admin, "103").await, "amount": amount});
            let made = admin.post(PAYMENTS, &body).await.ok(201);
            step(&admin, &made, "complete", &how).await.ok(200)
        };
        let item = open("RECEIVABLE", "1000").await;
        assert_eq!(item["base_amount"], "1300000");
        let part = |amount: &str| json!({"allocations": [{"item_id": item["id"], "amount": amount}]});
        let first = pay("RECEIPT", "333.33", "1350", part("333.33")).await;
        // 333.33 × 1350 = 449,995.5 and × 1300 = 433,329
        assert_eq!(lines_of(&admin, &first["je_id"]).await, is(&[("103", "449996", "0"), ("108", "0", "433329"), ("907", "0", "16667")]));
        // an advance at another rate, allocated later
        let second = pay("RECEIPT", "700", "1250", json!({})).await;
        assert_eq!(lines_of(&admin, &second["je_id"]).await, is(&[("103", "875000", "0"), ("259", "0", "875000")]));
        let mut later = part("666.67");
        later["date"] = json!("2026-03-20");
        let second = step(&admin, &second, "allocate", &later).await.ok(200);
        // 666.67 × 1250 = 833,337.5; the item's last part takes what is left of it: 1,300,000 − 433,329
        let movement = admin.get(&format!("{ENTRIES}?ref_doc_type=ALLOCATION")).await.ok(200)["items"][0]["id"].clone();
        assert_eq!(lines_of(&admin, &movement).await, is(&[("259", "833338", "0"), ("108", "0", "866671"), ("952", "33333", "0")]));
        assert_eq!(balance(&admin, "108").await, "0", "paid is paid, to the won");
        assert_eq!(balance(&admin, "259").await, "-41662");
        // undone to the won
        let allocation = second["allocations"][0]["id"].clone();
        let _ = step(&admin, &second, "unallocate", &json!({"allocation_id": allocation, "date": "2026-03-25"})).await.ok(200);
        assert_eq!((balance(&admin, "108").await, balance(&admin, "259").await, balance(&admin, "952").await), ("866671".into(), "-875000".into(), "0".into()));
        // a payable: what costs more is a loss
        let debt = open("PAYABLE", "100").await;
        let out = pay("PAYMENT", "100", "1350", json!({"allocations": [{"item_id": debt["id"], "amount": "100"}]})).await;
        assert_eq!(lines_of(&admin, &out["je_id"]).await, is(&[("103", "0", "135000"), ("251", "130000", "0"), ("952", "5000", "0")]));
        let taken_back = step(&admin, &out, "cancel", &json!({"reason": "오입금", "date": "2026-03-28"})).await.ok(200);
        assert_eq!((&taken_back["status"], &taken_back["allocated"]), (&json!("CANCELLED"), &json!("0")));
        assert_eq!(balance(&admin, "251").await, "-130000");
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn a_cancelled_payment_leaves_nothing_whatever_was_done_with_it(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let (one, other) = (
            opened(&admin, &customer, "RECEIVABLE", "60000", "2026-03-31").await,
            opened(&admin, &customer, "RECEIVABLE", "60000", "2026-04-30").await,
        );
        let done = paid(&admin, "RECEIPT", &customer, "100000", &json!({"allocations": [{"item_id": one, "amount": "60000"}]})).await;
        let _ = step(&admin, &done, "allocate", &json!({"allocations": [{"item_id": other, "amount": "30000"}], "date": "2026-03-12"})).await.ok(200);
        let first = done["allocations"][0]["id"].clone();
        let _ = step(&admin, &done, "unallocate", &json!({"allocation_id": first, "date": "2026-03-13"})).await.ok(200);
        let again = step(&admin, &done, "allocate", &json!({"allocations": [{"item_id": one, "amount": "20000"}], "date": "2026-03-14"})).await.ok(200);
        assert_eq!(again["unallocated"], "50000");
        // what documents posted is not reversed behind their back
        let direct = admin.post(&format!("{ENTRIES}/{}/reverse", done["je_id"].as_str().unwrap()), &json!({})).await;
        assert_eq!(direct.refused(409, "CONFLICT")["rule"], "fim.entry_of_document");
        assert_eq!(step(&admin, &done, "cancel", &json!({})).await.wrong_fields(), ["reason"]);
        assert_eq!(step(&admin, &done, "cancel", &json!({"reason": "x", "date": "2026-03-13"})).await.wrong_fields(), ["date"]);
        for _ in 0..2 {
            let gone = step(&admin, &done, "cancel", &json!({"reason": "계좌 착오", "date": "2026-03-31"})).await.ok(200);
            assert_eq!((&gone["status"], &gone["allocated"], &gone["status_reason"]), (&json!("CANCELLED"), &json!("0"), &json!("계좌 착오")));
            assert!(gone["reversal_je_id"].is_string() && gone["allocations"].as_array().unwrap().iter().all(|row| row["undone_on"].is_string()));
        }
        assert_eq!((settled(&admin, &one).await, settled(&admin, &other).await), ("0".into(), "0".into()));
        for (code, closing) in [("103", "0"), ("259", "0"), ("108", "120000")] {
            assert_eq!(balance(&admin, code).await, closing, "{code}");
        }
        let _ = step(&admin, &done, "allocate", &json!({"auto": true})).await.refused(409, "CONFLICT");
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn nothing_is_settled_beyond_itself(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let item = opened(&admin, &customer, "RECEIVABLE", "100000", "2026-03-31").await;
        let big = noted(&admin, "RECEIPT", &customer, "500000").await.ok(201);
        let with = |amount: &str| json!({"allocations": [{"item_id": item, "amount": amount}]});
        let refused = step(&admin, &big, "complete", &with("100001")).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["rest"]), (&json!("fim.over_allocated"), &json!("100000")));
        assert_eq!(admin.get(&format!("{PAYMENTS}?status=COMPLETED")).await.ok(200)["total"], 0, "nothing is left of it");
        let small = noted(&admin, "RECEIPT", &customer, "1000").await.ok(201);
        let refused = step(&admin, &small, "complete", &with("1001")).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["rest"]), (&json!("fim.over_allocated"), &json!("1000")));
        // the number that was not used is used
        assert_eq!(step(&admin, &small, "complete", &with("1000")).await.ok(200)["transaction_code"], "PAY-2026-000001");
    }

    async fn what_does_not_fit_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let bank = account(&admin, "103").await;
        let good = json!({"transaction_date": "2026-03-10", "transaction_type": "RECEIPT", "payment_method": "CASH", "partner_id": customer,
            "account_id": bank, "amount": "1000"});
        let with = async |field: &str, value: Value| {
            let mut body = good.clone();
            body[field] = value;
            admin.post(PAYMENTS, &body).await.wrong_fields()
        };
        let there = app.admin_b().await;
        for (field, value) in [
            ("amount", json!("0")),
            ("amount", json!("-1")),
            ("amount", json!("10.5")),
            ("fee_amount", json!("-1")),
            ("fee_amount", json!("1000")),
            ("currency", json!("XXX")),
            ("exchange_rate", json!("0")),
            ("card_no", json!("1234-5678-9012-3456")),
            ("account_id", json!(account(&admin, "401").await)),
            ("account_id", json!(account(&there, "103").await)),
            ("partner_id", json!(partner(&there).await)),
        ] {
            assert_eq!(with(field, value.clone()).await, [field], "{value}");
        }
        let made = admin.post(PAYMENTS, &good).await.ok(201);
        let share = |item: &str, amount: &str| json!({"allocations": [{"item_id": item, "amount": amount}]});
        let wrong = async |body: Value| step(&admin, &made, "complete", &body).await.wrong_fields();
        let item = opened(&admin, &customer, "RECEIVABLE", "1000", "2026-03-31").await;
        for amount in ["0", "-5", "0.5"] {
            assert_eq!(wrong(share(&item, amount)).await, ["allocations.0.amount"], "{amount}");
        }
        let at_item = ["allocations.0.item_id"];
        assert_eq!(wrong(share(&opened(&admin, &partner(&admin).await, "RECEIVABLE", "10", "2026-03-31").await, "10")).await, at_item);
        assert_eq!(wrong(share(&opened(&admin, &customer, "PAYABLE", "10", "2026-03-31").await, "10")).await, at_item);
        let theirs = opened(&there, &partner(&there).await, "RECEIVABLE", "10", "2026-03-31").await;
        assert_eq!(wrong(share(&theirs, "10")).await, ["allocations"], "another company's");
        let dollars = json!({"kind": "RECEIVABLE", "partner_id": customer, "doc_date": "2026-03-02", "due_date": "2026-03-31", "currency": "USD",
            "exchange_rate": "1300", "amount": "10"});
        let dollars = admin.post(ITEMS, &dollars).await.id();
        assert_eq!(wrong(share(&dollars, "10")).await, at_item);
        assert_eq!(wrong(json!({"auto": true, "allocations": []})).await, ["auto"]);
        assert_eq!(wrong(json!({"allocations": [{"item_id": item, "amount": "1"}, {"item_id": item, "amount": "1"}]})).await, ["allocations.1.item_id"]);
        // a closed month
        let march = period(&admin, "2026-03").await["id"].as_str().unwrap().to_owned();
        let _ = admin.post(&format!("{PERIODS}/{march}/close"), &json!({})).await.ok(200);
        assert_eq!(step(&admin, &made, "complete", &json!({})).await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
        // what never happened
        let failed = step(&admin, &made, "fail", &json!({"reason": "잔액 부족"})).await.ok(200);
        assert_eq!((&failed["status"], &failed["status_reason"]), (&json!("FAILED"), &json!("잔액 부족")));
        for verb in ["complete", "cancel", "allocate"] {
            let _ = step(&admin, &made, verb, &json!({"auto": true}).as_object().filter(|_| verb != "cancel").map_or(json!({}), |body| json!(body))).await.refused(409, "CONFLICT");
        }
        let given_up = admin.post(PAYMENTS, &good).await.ok(201);
        assert_eq!(step(&admin, &given_up, "cancel", &json!({})).await.ok(200)["status"], "CANCELLED");
        let strange = step(&there, &made, "complete", &json!({})).await;
        strange.refused(404, "NOT_FOUND");
    }

    async fn twenty_receipts_for_one_item_settle_it_once(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let item = opened(&admin, &customer, "RECEIVABLE", "100000", "2026-03-31").await;
        let other = opened(&admin, &customer, "RECEIVABLE", "1000000", "2026-03-31").await;
        let mut made = Vec::new();
        for _ in 0..20 {
            made.push(noted(&admin, "RECEIPT", &customer, "30000").await.ok(201));
        }
        // in either order of the items: nobody waits for somebody who waits for him
        let bodies: Vec<Value> = (0..20)
            .map(|at| {
                let (one, two) = (json!({"item_id": item, "amount": "25000"}), json!({"item_id": other, "amount": "5000"}));
                json!({"allocations": if at % 2 == 0 { [one, two] } else { [two, one] }})
            })
            .collect();
        let answers = join_all(made.iter().zip(&bodies).map(|(payment, body)| step(&admin, payment, "complete", body))).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 4);
        for lost in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(lost.refused(409, "CONFLICT")["rule"], "fim.over_allocated");
        }
        assert_eq!((settled(&admin, &item).await, settled(&admin, &other).await), ("100000".into(), "20000".into()));
        assert_eq!(balance(&admin, "108").await, "980000");
        let mut codes: Vec<String> = answers.iter().filter(|answer| answer.status == 200).map(|answer| answer.ok(200)["transaction_code"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        assert_eq!(codes, (1..=4).map(|no| format!("PAY-2026-{no:06}")).collect::<Vec<_>>());
        // one advance, twenty times at once
        let advance = paid(&admin, "RECEIPT", &customer, "100000", &json!({})).await;
        let body = json!({"allocations": [{"item_id": other, "amount": "30000"}], "date": "2026-03-20"});
        let answers = join_all((0..20).map(|_| step(&admin, &advance, "allocate", &body))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3);
        assert_eq!(settled(&admin, &other).await, "110000");
        // completed once, cancelled once
        let once = noted(&admin, "RECEIPT", &customer, "7").await.ok(201);
        for (verb, body, status) in [("complete", json!({}), "COMPLETED"), ("cancel", json!({"reason": "x"}), "CANCELLED")] {
            for answer in join_all((0..20).map(|_| step(&admin, &once, verb, &body))).await {
                assert_eq!(answer.ok(200)["status"], status);
            }
        }
        let entries = admin.get(&format!("{ENTRIES}?ref_doc_id={}", once["id"].as_str().unwrap())).await.ok(200);
        assert_eq!(entries["total"], 2, "one entry and its reversing entry");
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn an_opening_item_is_taken_back_while_it_is_open(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let item = opened(&admin, &customer, "RECEIVABLE", "1000", "2026-03-31").await;
        let done = paid(&admin, "RECEIPT", &customer, "400", &json!({"auto": true})).await;
        let path = format!("{ITEMS}/{item}/reverse");
        assert_eq!(admin.post(&path, &json!({})).await.refused(409, "CONFLICT")["rule"], "fim.item_settled");
        let _ = step(&admin, &done, "cancel", &json!({"reason": "x", "date": "2026-03-15"})).await.ok(200);
        let _ = admin.post(&path, &json!({"date": "2026-03-15"})).await.ok(200);
        assert_eq!(balance(&admin, "108").await, "0");
        admin.get(&format!("{ITEMS}/{item}")).await.refused(404, "NOT_FOUND");
        // and what is no beginning
        let wrong = async |body: Value| admin.post(ITEMS, &body).await.wrong_fields();
        let good = json!({"kind": "RECEIVABLE", "partner_id": customer, "doc_date": "2026-03-02", "due_date": "2026-03-31", "amount": "10"});
        for (field, value) in [("amount", json!("0")), ("amount", json!("1.5")), ("due_date", json!("2026-03-01")), ("partner_id", json!(uuid::Uuid::now_v7())), ("currency", json!("XXX"))] {
            let mut body = good.clone();
            body[field] = value.clone();
            assert_eq!(wrong(body).await, [field], "{value}");
        }
    }

    async fn every_step_of_a_payment_leaves_its_trace(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = partner(&admin).await;
        let item = opened(&admin, &customer, "RECEIVABLE", "1000", "2026-03-31").await;
        let done = paid(&admin, "RECEIPT", &customer, "1000", &json!({})).await;
        let done = step(&admin, &done, "allocate", &json!({"allocations": [{"item_id": item, "amount": "1000"}]})).await.ok(200);
        let _ = step(&admin, &done, "unallocate", &json!({"allocation_id": done["allocations"][0]["id"]})).await.ok(200);
        let _ = step(&admin, &done, "cancel", &json!({"reason": "x"})).await.ok(200);
        app.settle().await;
        let events = admin.get("/api/v1/tenants/adm/events").await.ok(200);
        let names: Vec<&str> = events["items"].as_array().unwrap().iter().filter(|event| event["aggregate_id"] == done["id"]).filter_map(|event| event["kind"].as_str()).collect();
        assert_eq!(names, ["fim.payment.created", "fim.payment.completed", "fim.payment.allocated", "fim.payment.unallocated", "fim.payment.cancelled"]);
    }
}
