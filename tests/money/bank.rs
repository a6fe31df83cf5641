//! Bank statements: each line once, each line a payment, and no difference left.

use encoding_rs::EUC_KR;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Caller, both};
use tests::fim::{
    account,
    payments::{ITEMS, PAYMENTS, balance, opened, paid, partner},
    posted,
};

const STATEMENTS: &str = "/api/v1/tenants/fim/bank-statements";

/// `(day, amount, counterparty, reference)` as a statement of March from nothing.
async fn statement(caller: &Caller, opening: i64, lines: &[(&str, i64, &str, &str)]) -> Answer {
    let closing = opening + lines.iter().map(|line| line.1).sum::<i64>();
    let lines: Vec<Value> = lines
        .iter()
        .map(|(day, amount, who, reference)| json!({"booked_on": day, "amount": amount.to_string(), "counterparty": who, "reference": Some(reference).filter(|text| !text.is_empty())}))
        .collect();
    let body = json!({"account_id": account(caller, "103").await, "from_date": "2026-03-01", "to_date": "2026-03-31",
        "opening_balance": opening.to_string(), "closing_balance": closing.to_string(), "lines": lines});
    caller.post(STATEMENTS, &body).await
}

async fn step(caller: &Caller, statement: &Value, verb: &str, body: &Value) -> Answer {
    caller.post(&format!("{STATEMENTS}/{}/{verb}", statement["id"].as_str().unwrap()), body).await
}

async fn upload(caller: &Caller, query: &str, bytes: &[u8]) -> Answer {
    caller.request(Method::POST, &format!("{STATEMENTS}/import?{query}")).raw("text/csv", bytes).send().await
}

async fn name_of(caller: &Caller, partner: &str) -> String {
    caller.get(&format!("/api/v1/tenants/crm/customers/{partner}")).await.ok(200)["name"].as_str().unwrap().to_owned()
}

both! {
    /// What a statement has of a day to come was completed as a payment of that day.
    async fn a_line_of_a_day_to_come_settles_nothing(app: TestApp) {
        let admin = app.admin_a().await;
        let item = opened(&admin, &partner(&admin).await, "RECEIVABLE", "1000", "2026-03-31").await;
        let ahead = kernel::Zone::seoul().day(app.now()).plus_days(1).unwrap();
        let body = json!({"account_id": account(&admin, "103").await, "from_date": ahead, "to_date": ahead, "opening_balance": "0",
            "closing_balance": "1000", "lines": [{"booked_on": ahead, "amount": "1000"}]});
        let made = admin.post(STATEMENTS, &body).await.ok(201);
        let body = json!({"line_id": made["lines"][0]["id"], "items": [{"item_id": item, "amount": "1000"}]});
        assert_eq!(step(&admin, &made, "match", &body).await.wrong_fields(), ["line_id"]);
        assert_eq!(admin.get(PAYMENTS).await.ok(200)["total"], 0);
    }

    async fn a_statement_is_matched_line_by_line_until_nothing_differs(app: TestApp) {
        let admin = app.admin_a().await;
        let (one, two) = (partner(&admin).await, partner(&admin).await);
        let name = name_of(&admin, &two).await;
        let done = paid(&admin, "RECEIPT", &one, "100000", &json!({})).await;
        let mut items = Vec::new();
        for amount in ["30000", "20000", "7000"] {
            items.push(opened(&admin, &two, "RECEIVABLE", amount, "2026-03-31").await);
        }
        let made = statement(&admin, 0, &[("2026-03-11", 100_000, "누군가", "A1"), ("2026-03-12", 50_000, &name, "A2"), ("2026-03-13", -300, "수수료", "A3")]).await.ok(201);
        let lines: Vec<Value> = made["lines"].as_array().unwrap().iter().map(|line| line["id"].clone()).collect();
        let found = admin.get(&format!("{STATEMENTS}/{}/suggestions", made["id"].as_str().unwrap())).await.ok(200);
        let best = |at: usize| found["lines"][at]["candidates"][0].clone();
        assert_eq!((&best(0)["payment_id"], &best(0)["reasons"]), (&done["id"], &json!(["SAME_AMOUNT", "DATE_NEAR"])));
        assert_eq!((&best(1)["reasons"], best(1)["items"].as_array().unwrap().len()), (&json!(["SUM_OF_ITEMS", "NAME_IN_TEXT"]), 2));
        assert_eq!(found["lines"][2]["candidates"], json!([]));
        let refused = step(&admin, &made, "finish", &json!({})).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["unmatched"]), (&json!("fim.lines_unmatched"), &json!(3)));
        for _ in 0..2 {
            let _ = step(&admin, &made, "match", &json!({"line_id": lines[0], "payment_id": done["id"]})).await.ok(200);
        }
        let shares: Vec<Value> = best(1)["items"].as_array().unwrap().iter().map(|item| json!({"item_id": item["item_id"], "amount": item["amount"]})).collect();
        let after = step(&admin, &made, "match", &json!({"line_id": lines[1], "items": shares})).await.ok(200);
        assert_eq!(after["lines"][1]["status"], "MATCHED");
        let payment = admin.get(&format!("{PAYMENTS}/{}", after["lines"][1]["payment_id"].as_str().unwrap())).await.ok(200);
        assert_eq!((&payment["status"], &payment["unallocated"], &payment["amount"]), (&json!("COMPLETED"), &json!("0"), &json!("50000")));
        assert_eq!(admin.get(&format!("{ITEMS}/{}", items[2])).await.ok(200)["settled"], "0");
        assert_eq!(balance(&admin, "103").await, "150000");
        // a payment the bank knows is not cancelled
        let refused = admin.post(&format!("{PAYMENTS}/{}/cancel", done["id"].as_str().unwrap()), &json!({"reason": "x"})).await;
        assert_eq!(refused.refused(409, "CONFLICT")["rule"], "fim.payment_matched");
        // the fee: explained it is no difference, booked it is none either
        let _ = step(&admin, &made, "explain", &json!({"line_id": lines[2], "note": "이체 수수료, 익월 처리"})).await.ok(200);
        let finished = step(&admin, &made, "finish", &json!({})).await.ok(200);
        assert_eq!(finished["status"], "FINISHED");
        let _ = step(&admin, &made, "unmatch", &json!({"line_id": lines[2]})).await.refused(409, "CONFLICT");
        assert_eq!(step(&admin, &made, "reopen", &json!({})).await.ok(200)["status"], "OPEN");
        let _ = posted(&admin, "2026-03-20", &[("831", 300, 0), ("103", 0, 300)]).await;
        let refused = step(&admin, &made, "finish", &json!({})).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["difference"]), (&json!("fim.not_reconciled"), &json!("300")));
    }

    async fn what_somebody_booked_by_hand_is_matched_too(app: TestApp) {
        let admin = app.admin_a().await;
        // wages of two and the fee of the bank in one entry, interest in another
        let wages = posted(&admin, "2026-03-20", &[("801", 500, 0), ("831", 30, 0), ("103", 0, 530)]).await;
        let interest = posted(&admin, "2026-03-24", &[("103", 7, 0), ("901", 0, 7)]).await;
        let elsewhere = posted(&admin, "2026-03-24", &[("101", 7, 0), ("901", 0, 7)]).await;
        let payment = paid(&admin, "RECEIPT", &partner(&admin).await, "7", &json!({})).await;
        let lines = [("2026-03-20", -300, "김사원", "W1"), ("2026-03-20", -200, "이사원", "W2"), ("2026-03-20", -30, "수수료", ""), ("2026-03-25", 7, "이자", ""), ("2026-03-26", 7, "누군가", "")];
        let made = statement(&admin, 0, &lines).await.ok(201);
        let line = |at: usize| made["lines"][at]["id"].clone();
        let found = admin.get(&format!("{STATEMENTS}/{}/suggestions", made["id"].as_str().unwrap())).await.ok(200);
        let best = &found["lines"][3]["candidates"][0];
        assert_eq!((&best["je_id"], &best["je_code"], &best["payment_id"]), (&interest["id"], &interest["je_code"], &Value::Null));
        assert_eq!(best["reasons"], json!(["SAME_AMOUNT", "DATE_NEAR"]));
        let to = async |at: usize, entry: &Value| step(&admin, &made, "match", &json!({"line_id": line(at), "je_id": entry})).await;
        for (entry, rule) in [(&wages["id"], "fim.amount_differs"), (&elsewhere["id"], "fim.amount_differs")] {
            assert_eq!(to(3, entry).await.refused(409, "CONFLICT")["rule"], rule);
        }
        let foreign = posted(&app.admin_b().await, "2026-03-20", &[("103", 7, 0), ("901", 0, 7)]).await;
        for wrong in [&foreign["id"], &payment["je_id"], &json!("0192f0c1-2345-7abc-8def-0123456789ab")] {
            assert_eq!(to(3, wrong).await.refused(422, "VALIDATION_ERROR")["errors"][0]["field"], "je_id");
        }
        let both = json!({"line_id": line(3), "je_id": interest["id"], "payment_id": payment["id"]});
        assert_eq!(step(&admin, &made, "match", &both).await.refused(422, "VALIDATION_ERROR")["errors"][0]["field"], "je_id");
        let draft = json!({"je_date": "2026-03-25", "lines": [{"account_id": account(&admin, "103").await, "debit_amount": "7"}, {"account_id": account(&admin, "901").await, "credit_amount": "7"}]});
        let draft = admin.post("/api/v1/tenants/fim/transactions", &draft).await.ok(201);
        to(3, &draft["id"]).await.refused(409, "CONFLICT");
        // at once and twice: each line is a part once, and no more than the entry has
        let (a, b, c, again) = tokio::join!(to(0, &wages["id"]), to(1, &wages["id"]), to(2, &wages["id"]), to(0, &wages["id"]));
        for answer in [a, b, c, again] {
            let _ = answer.ok(200);
        }
        let after = to(3, &interest["id"]).await.ok(200);
        assert_eq!((&after["lines"][0]["je_id"], &after["lines"][0]["status"], &after["lines"][0]["payment_id"]), (&wages["id"], &json!("MATCHED"), &Value::Null));
        assert_eq!(to(4, &interest["id"]).await.refused(409, "CONFLICT")["rule"], "fim.amount_differs");
        let found = admin.get(&format!("{STATEMENTS}/{}/suggestions", made["id"].as_str().unwrap())).await.ok(200);
        assert!(found["lines"][0]["candidates"].as_array().unwrap().iter().all(|one| one["je_id"].is_null() && one["payment_id"] == payment["id"]));
        let _ = step(&admin, &made, "match", &json!({"line_id": line(4), "payment_id": payment["id"]})).await.ok(200);
        assert_eq!(step(&admin, &made, "finish", &json!({})).await.ok(200)["status"], "FINISHED");
        // what the bank knows is not taken back under it
        let back = format!("/api/v1/tenants/fim/transactions/{}/reverse", wages["id"].as_str().unwrap());
        let refused = admin.post(&back, &json!({"date": "2026-03-31"})).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["bank_statement_id"]), (&json!("fim.entry_matched"), &made["id"]));
        let _ = step(&admin, &made, "reopen", &json!({})).await.ok(200);
        for at in 0..3 {
            let after = step(&admin, &made, "unmatch", &json!({"line_id": line(at)})).await.ok(200);
            assert_eq!((&after["lines"][at]["je_id"], &after["lines"][at]["status"]), (&Value::Null, &json!("UNMATCHED")));
        }
        let _ = admin.post(&back, &json!({"date": "2026-03-31"})).await.ok(200);
        to(0, &wages["id"]).await.refused(409, "CONFLICT");
    }

    async fn a_line_is_there_once(app: TestApp) {
        let admin = app.admin_a().await;
        // two that nothing tells apart are two
        let lines = [("2026-03-02", 1000, "가", ""), ("2026-03-02", 1000, "가", ""), ("2026-03-03", -400, "나", "X")];
        let first = statement(&admin, 500, &lines).await.ok(201);
        assert_eq!((first["lines"].as_array().unwrap().len(), &first["closing_balance"]), (3, &json!("2100")));
        assert_eq!(statement(&admin, 500, &lines).await.refused(409, "CONFLICT")["rule"], "fim.statement_known");
        let more = [lines[0], lines[1], lines[2], ("2026-03-04", 9, "다", "")];
        let second = statement(&admin, 500, &more).await.ok(201);
        assert_eq!((second["lines"].as_array().unwrap().len(), &second["known_lines"]), (1, &json!(3)));
        // another company's are others
        let _ = statement(&app.admin_b().await, 500, &lines).await.ok(201);
        let row = format!("{STATEMENTS}/{}", first["id"].as_str().unwrap());
        app.admin_b().await.get(&row).await.refused(404, "NOT_FOUND");
        let _ = admin.delete(&row).await.ok(200);
        let _ = statement(&admin, 500, &lines).await.ok(201);
    }

    /// Section E: two downloads of one day, in other columns and another format, doubled the lines.
    async fn a_line_is_the_same_whichever_file_brings_it(app: TestApp) {
        let admin = app.admin_a().await;
        let bank = account(&admin, "103").await;
        // two real lines that say the same, and two more
        let first = "거래일자,적요,출금액,입금액,잔액,거래처,거래번호\n2026-03-02,이체,,5000,5000,한빛전자,A 1\n2026-03-02,이체,,5000,10000,한빛전자,A2\n2026-03-02,수수료,500,,9500,,A3\n2026-03-02,이체,,700,10200,(주)가나,A4\n";
        assert_eq!(upload(&admin, &format!("account_id={bank}"), first.as_bytes()).await.ok(201)["lines"].as_array().unwrap().len(), 4);
        let known = async |file: &str, query: &str| {
            let refused = upload(&admin, &format!("account_id={bank}{query}"), file.as_bytes()).await.refused(409, "CONFLICT");
            assert_eq!(refused["rule"], "fim.statement_known", "{file}");
        };
        // the same columns in another order, the newest first, without the reference
        known("잔액,거래일시,금액,내용\n\"10,200\",2026.03.02 15:00:01,700,이체\n\"9,500\",2026.03.02 14:00:01,-500,수수료\n\"10,000\",2026.03.02 13:00:01,\"5,000\",이체\n\"5,000\",2026.03.02 12:00:01,\"5,000\",이체\n", "").await;
        // without balances, by the reference, in another width
        known("date,reference,amount\n20260302,Ａ1,5000\n20260302,a2,5000\n20260302,A3,-500\n20260302,A4,700\n", "&opening_balance=0").await;
        // by its texts alone, where it has nothing else
        known("date,name,deposit,withdrawal\n2026-03-02,한빛 전자,5000,\n2026-03-02,한빛전자,5000,\n2026-03-02,,,500\n2026-03-02,㈜가나,700,\n", "&opening_balance=0").await;
        // a third line that says the same is a third line, another partner's another one
        let more = "date,name,deposit,withdrawal\n2026-03-02,한빛전자,5000,\n2026-03-02,한빛전자,5000,\n2026-03-02,한빛전자,5000,\n2026-03-02,다라마,700,\n";
        let taken = upload(&admin, &format!("account_id={bank}&opening_balance=0"), more.as_bytes()).await.ok(201);
        let told: Vec<(&str, &str)> = taken["lines"].as_array().unwrap().iter().map(|line| (line["amount"].as_str().unwrap(), line["counterparty"].as_str().unwrap())).collect();
        assert_eq!((told, &taken["known_lines"]), (vec![("5000", "한빛전자"), ("700", "다라마")], &json!(2)));
        // the same balance with another amount is another line
        let other = upload(&admin, &format!("account_id={bank}"), b"date,amount,balance\n2026-03-02,-700,9500\n").await.ok(201);
        assert_eq!(other["lines"].as_array().unwrap().len(), 1);
    }

    async fn what_a_statement_may_not_be(app: TestApp) {
        let admin = app.admin_a().await;
        let good = json!({"account_id": account(&admin, "103").await, "from_date": "2026-03-01", "to_date": "2026-03-31", "opening_balance": "0",
            "closing_balance": "10", "lines": [{"booked_on": "2026-03-02", "amount": "10"}]});
        for (path, value, field) in [
            ("/closing_balance", json!("11"), "closing_balance"),
            ("/to_date", json!("2026-02-01"), "to_date"),
            ("/account_id", json!(account(&admin, "401").await), "account_id"),
            ("/account_id", json!(account(&app.admin_b().await, "103").await), "account_id"),
            ("/lines/0/amount", json!("0"), "lines.0.amount"),
            ("/lines/0/amount", json!("0.5"), "lines.0.amount"),
            ("/lines/0/booked_on", json!("2026-04-01"), "lines.0.booked_on"),
        ] {
            let mut body = good.clone();
            *body.pointer_mut(path).unwrap() = value.clone();
            assert_eq!(admin.post(STATEMENTS, &body).await.wrong_fields(), [field], "{value}");
        }
        let made = admin.post(STATEMENTS, &good).await.ok(201);
        let line = made["lines"][0]["id"].clone();
        let wrong = async |body: Value| step(&admin, &made, "match", &body).await.wrong_fields();
        assert_eq!(wrong(json!({"line_id": uuid::Uuid::now_v7(), "payment_id": uuid::Uuid::now_v7()})).await, ["line_id"]);
        assert_eq!(wrong(json!({"line_id": line, "payment_id": uuid::Uuid::now_v7()})).await, ["payment_id"]);
        assert_eq!(wrong(json!({"line_id": line})).await, ["payment_id"]);
        let other = paid(&admin, "RECEIPT", &partner(&admin).await, "11", &json!({})).await;
        let refused = step(&admin, &made, "match", &json!({"line_id": line, "payment_id": other["id"]})).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "fim.amount_differs");
        let out = paid(&admin, "PAYMENT", &partner(&admin).await, "10", &json!({})).await;
        let _ = step(&admin, &made, "match", &json!({"line_id": line, "payment_id": out["id"]})).await.refused(409, "CONFLICT");
    }

    async fn a_file_of_the_bank_is_read_whichever_way_it_is_written(app: TestApp) {
        let admin = app.admin_a().await;
        let bank = account(&admin, "103").await;
        // the newest first, in CP949
        let text = "거래일자,적요,출금액(원),입금액(원),잔액,거래처\r\n2026.03.05 10:11:12,이체,\"1,000\",,\"4,000\",수도사업소\r\n2026.03.02,입금,,\"5,000\",\"5,000\",한빛전자\r\n합계,,,,,\r\n";
        let made = upload(&admin, &format!("account_id={bank}"), &EUC_KR.encode(text).0).await.ok(201);
        assert_eq!((&made["from_date"], &made["to_date"], &made["opening_balance"], &made["closing_balance"]), (&json!("2026-03-02"), &json!("2026-03-05"), &json!("0"), &json!("4000")));
        let lines: Vec<(&str, &str)> = made["lines"].as_array().unwrap().iter().map(|line| (line["amount"].as_str().unwrap(), line["counterparty"].as_str().unwrap())).collect();
        assert_eq!(lines, [("5000", "한빛전자"), ("-1000", "수도사업소")]);
        let again = upload(&admin, &format!("account_id={bank}"), text.as_bytes()).await;
        assert_eq!(again.refused(409, "CONFLICT")["rule"], "fim.statement_known");
        let english = upload(&admin, &format!("account_id={bank}&opening_balance=4000"), b"date,description,deposit,withdrawal\n2026-03-06,x,7,\n").await.ok(201);
        assert_eq!(english["closing_balance"], "4007");
        for (file, field) in [
            ("date,deposit,withdrawal\n2026-03-06,7,\n", "잔액"),
            ("date,deposit\n2026-03-06,7\n", "출금액"),
            ("deposit,withdrawal\n7,\n", "거래일자"),
            ("date,deposit,withdrawal,balance\n2026-03-06,7,,7\n2026-03-07,7,,15\n", "file"),
            ("date,deposit,withdrawal,balance\n2026-13-06,7,,7\n", "rows.2.booked_on"),
            ("date,deposit,withdrawal,balance\n2026-03-06,x,,7\n", "rows.2.amount"),
        ] {
            assert_eq!(upload(&admin, &format!("account_id={bank}"), file.as_bytes()).await.wrong_fields(), [field], "{file}");
        }
        assert_eq!(upload(&admin, "", text.as_bytes()).await.wrong_fields(), ["account_id"]);
    }
}
