//! Settling value added tax: what the return and the ledger agree on, once for a period.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Caller, both};
use tests::fim::{
    ENTRIES, PERIODS, account,
    clearings::{CLEARINGS, clear},
    draft,
    invoices::{act, drafted, id, issued, line, partner},
    payments::{balance, opened},
    period, posted, verdict,
};

const SETTLEMENTS: &str = "/api/v1/tenants/fim/vat-settlements";
const RETURN: &str = "/api/v1/tenants/fim/reports/vat-return?from=2026-01-01&to=2026-03-31";

async fn settle(caller: &Caller, from: &str, to: &str) -> Answer {
    caller.post(SETTLEMENTS, &json!({"from_date": from, "to_date": to})).await
}

async fn taken_back(caller: &Caller, row: &Value) -> Answer {
    caller.post(&format!("{SETTLEMENTS}/{}/reverse", id(row)), &json!({"reason": "수정신고"})).await
}

async fn sold(caller: &Caller, partner: &str, price: &str, more: Value) -> Value {
    issued(caller, partner, &[line("1", price, json!({}))], more).await
}

both! {
    async fn a_quarter_is_settled_once_and_agrees_with_its_return(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let _ = sold(&admin, &partner, "100000", json!({})).await;
        let _ = sold(&admin, &partner, "30000", json!({"direction": "PURCHASE"})).await;
        // of the next quarter
        let _ = sold(&admin, &partner, "50000", json!({"invoice_date": "2026-04-01"})).await;
        let answers = join_all((0..20).map(|_| settle(&admin, "2026-01-01", "2026-03-31"))).await;
        let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(made.len(), 1);
        let done = made[0].ok(201);
        assert_eq!((&done["output_tax"], &done["input_tax"], &done["payable"], &done["status"]), (&json!("10000"), &json!("3000"), &json!("7000"), &json!("POSTED")));
        for refused in answers.iter().filter(|answer| answer.status != 201) {
            let detail = refused.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["vat_settlement_id"]), (&json!("fim.vat_settled"), &done["id"]));
        }
        // a month of it is a part of it
        assert_eq!(settle(&admin, "2026-03-01", "2026-04-30").await.refused(409, "CONFLICT")["rule"], "fim.vat_settled");
        let entry = admin.get(&format!("{ENTRIES}/{}", done["je_id"].as_str().unwrap())).await.ok(200);
        assert_eq!((&entry["posting_date"], &entry["ref_doc_type"], &entry["total_debit"]), (&json!("2026-03-31"), &json!("VAT_SETTLEMENT"), &json!("10000")));
        assert_eq!([balance(&admin, "255").await, balance(&admin, "135").await, balance(&admin, "261").await], ["-5000", "0", "-7000"]);
        // the return is what it was, and still agrees
        let report = admin.get(RETURN).await.ok(200);
        assert_eq!((&report["payable"], &report["output_tie"]["difference"], &report["input_tie"]["difference"]), (&json!("7000"), &json!("0"), &json!("0")));
        let refused = admin.post(&format!("{ENTRIES}/{}/reverse", done["je_id"].as_str().unwrap()), &json!({})).await;
        assert_eq!(refused.refused(409, "CONFLICT")["rule"], "fim.entry_of_document");
        // back, and again with what was invoiced late
        let gone = taken_back(&admin, &done).await.ok(200);
        assert_eq!((&gone["status"], &gone["status_reason"]), (&json!("REVERSED"), &json!("수정신고")));
        assert_eq!(taken_back(&admin, &done).await.ok(200), gone);
        assert_eq!([balance(&admin, "255").await, balance(&admin, "135").await, balance(&admin, "261").await], ["-15000", "3000", "0"]);
        let _ = sold(&admin, &partner, "1000", json!({"invoice_date": "2026-03-31"})).await;
        assert_eq!(settle(&admin, "2026-01-01", "2026-03-31").await.ok(201)["payable"], "7100");
        assert_eq!(settle(&admin, "2026-04-01", "2026-06-30").await.ok(201)["payable"], "5000");
        assert_eq!([balance(&admin, "255").await, balance(&admin, "261").await], ["0", "-12100"]);
        assert_eq!(admin.get(&format!("{SETTLEMENTS}?status=POSTED")).await.ok(200)["total"], 2);
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn what_was_bought_for_more_is_refunded(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let _ = sold(&admin, &partner, "10000", json!({})).await;
        let gone = sold(&admin, &partner, "777000", json!({})).await;
        let _ = act(&admin, &gone, "cancel", json!({})).await.ok(200);
        let _ = sold(&admin, &partner, "90000", json!({"direction": "PURCHASE"})).await;
        let done = settle(&admin, "2026-01-01", "2026-03-31").await.ok(201);
        assert_eq!(done["payable"], "-8000");
        assert_eq!([balance(&admin, "255").await, balance(&admin, "135").await, balance(&admin, "120").await, balance(&admin, "261").await], ["0", "0", "8000", "0"]);
    }

    async fn where_ledger_and_return_differ_both_are_named_and_nothing_is_posted(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let _ = sold(&admin, &partner, "100000", json!({})).await;
        let stray = posted(&admin, "2026-02-10", &[("101", 1100, 0), ("401", 0, 1000), ("255", 0, 100)]).await;
        let detail = settle(&admin, "2026-01-01", "2026-03-31").await.refused(409, "CONFLICT");
        assert_eq!((&detail["rule"], &detail["account_code"]), (&json!("fim.vat_differs"), &json!("255")));
        assert_eq!((&detail["ledger"], &detail["documents"], &detail["difference"]), (&json!("10100"), &json!("10000"), &json!("100")));
        let _ = admin.post(&format!("{ENTRIES}/{}/reverse", id(&stray)), &json!({"date": "2026-02-10"})).await.ok(200);
        let stray = posted(&admin, "2026-02-10", &[("135", 50, 0), ("101", 0, 50)]).await;
        assert_eq!(settle(&admin, "2026-01-01", "2026-03-31").await.refused(409, "CONFLICT")["account_code"], "135");
        assert_eq!(admin.get(SETTLEMENTS).await.ok(200)["total"], 0);
        let _ = admin.post(&format!("{ENTRIES}/{}/reverse", id(&stray)), &json!({"date": "2026-02-10"})).await.ok(200);
        let done = settle(&admin, "2026-01-01", "2026-03-31").await.ok(201);
        // nothing of it is another company's
        let strange = app.admin_b().await;
        assert_eq!(strange.get(&format!("{SETTLEMENTS}/{}", id(&done))).await.status, 404);
        assert_eq!(taken_back(&strange, &done).await.status, 404);
        assert_eq!(settle(&strange, "2026-01-01", "2026-03-31").await.refused(409, "CONFLICT")["rule"], "fim.nothing_to_settle");
    }

    async fn a_period_is_whole_months_that_are_over_and_open(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        for (from, to, field) in [
            ("2026-01-02", "2026-03-31", "from_date"),
            ("2026-01-01", "2026-03-30", "to_date"),
            ("2026-04-01", "2026-03-31", "to_date"),
            ("2026-01-01", "2026-07-31", "to_date"),
            ("2999-01-01", "2999-03-31", "to_date"),
        ] {
            assert_eq!(settle(&admin, from, to).await.wrong_fields(), [field], "{from} {to}");
        }
        assert_eq!(admin.post(SETTLEMENTS, &json!({})).await.wrong_fields(), ["from_date", "to_date"]);
        let _ = sold(&admin, &partner, "10000", json!({})).await;
        let june = period(&admin, "2026-06").await;
        let _ = admin.post(&format!("{PERIODS}/{}/close", id(&june)), &json!({})).await.ok(200);
        assert_eq!(settle(&admin, "2026-01-01", "2026-06-30").await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
        assert_eq!(balance(&admin, "255").await, "-1000");
    }

    /// Fault F7: a cancellation dated into another tax period changed the return of the first, and neither could be settled any more.
    async fn a_cancellation_counts_on_its_own_day(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let (gone, bought) = (sold(&admin, &partner, "70000", json!({})).await, sold(&admin, &partner, "20000", json!({"direction": "PURCHASE"})).await);
        let _ = sold(&admin, &partner, "100000", json!({})).await;
        let before = admin.get(RETURN).await.ok(200);
        for row in [&gone, &bought] {
            let _ = act(&admin, row, "cancel", json!({"date": "2026-04-01"})).await.ok(200);
        }
        let shown = |report: &Value, no: &str| {
            let found = report["boxes"].as_array().unwrap().iter().find(|row| row["box"] == no).unwrap().clone();
            (found["supply"].as_str().unwrap().to_owned(), found["tax"].as_str().unwrap().to_owned(), found["count"].as_i64().unwrap())
        };
        // the earlier return stays, the later one has it with the other sign, and over both it never was
        let first = admin.get(RETURN).await.ok(200);
        let second = admin.get("/api/v1/tenants/fim/reports/vat-return?from=2026-04-01&to=2026-06-30").await.ok(200);
        let half = admin.get("/api/v1/tenants/fim/reports/vat-return?from=2026-01-01&to=2026-06-30").await.ok(200);
        assert_eq!((&first["boxes"], &first["payable"]), (&before["boxes"], &json!("15000")));
        assert_eq!((shown(&second, "1"), shown(&second, "10")), (("-70000".into(), "-7000".into(), 1), ("-20000".into(), "-2000".into(), 1)));
        assert_eq!((shown(&half, "1"), shown(&half, "10")), (("100000".into(), "10000".into(), 1), ("0".into(), "0".into(), 0)));
        for report in [&first, &second, &half] {
            assert_eq!((&report["output_tie"]["difference"], &report["input_tie"]["difference"]), (&json!("0"), &json!("0")), "{report}");
        }
        let behind = admin.get("/api/v1/tenants/fim/reports/vat-return/documents?box=1&from=2026-04-01&to=2026-06-30").await.ok(200);
        assert_eq!((&behind["rows"][0]["invoice_id"], &behind["tax"]), (&gone["id"], &json!("-7000")));
        let by = admin.get("/api/v1/tenants/fim/reports/vat-return/partners?from=2026-04-01&to=2026-06-30").await.ok(200);
        assert_eq!((&by["tax"], &by["count"]), (&json!("-7000"), &json!(1)));
        assert_eq!(settle(&admin, "2026-01-01", "2026-03-31").await.ok(201)["payable"], "15000");
        assert_eq!(settle(&admin, "2026-04-01", "2026-06-30").await.ok(201)["payable"], "-5000");
        assert_eq!([balance(&admin, "255").await, balance(&admin, "135").await], ["0", "0"]);
        let known_at = before["known_at"].as_str().unwrap();
        assert_eq!(admin.get(&format!("{RETURN}&known_at={known_at}")).await.ok(200), before);
    }

    /// Fault F8: what was issued or taken back into a settled period was in no settlement.
    async fn nothing_is_invoiced_into_a_settled_period(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let sale = sold(&admin, &partner, "100000", json!({})).await;
        let later = sold(&admin, &partner, "50000", json!({"invoice_date": "2026-04-01"})).await;
        let done = settle(&admin, "2026-01-01", "2026-03-31").await.ok(201);
        let told = |answer: Answer| {
            let detail = answer.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["vat_settlement_id"]), (&json!("fim.vat_settled"), &done["id"]));
        };
        for direction in ["SALES", "PURCHASE"] {
            let draft = drafted(&admin, &partner, &[line("1", "1000", json!({}))], json!({"direction": direction, "invoice_date": "2026-03-31"})).await;
            told(act(&admin, &draft, "issue", json!({})).await);
        }
        told(act(&admin, &sale, "cancel", json!({})).await);
        for code in [2, 3] {
            told(act(&admin, &sale, "amend", json!({"code": code, "date": "2026-03-31", "amount": "1000"})).await);
        }
        told(act(&admin, &sale, "amend", json!({"code": 4, "date": "2026-03-31"})).await);
        // of the next period it is free
        let _ = act(&admin, &later, "cancel", json!({})).await.ok(200);
        let _ = act(&admin, &sale, "cancel", json!({"date": "2026-04-02"})).await.ok(200);
        assert_eq!(admin.get(RETURN).await.ok(200)["output_tax"], "10000");
        assert_eq!(settle(&admin, "2026-04-01", "2026-06-30").await.ok(201)["payable"], "-10000");
        assert_eq!((balance(&admin, "255").await, verdict(&admin).await["valid"].clone()), ("0".into(), json!(true)));
    }

    /// Fault F8: what amendments with the day of their original changed in a settled period was in no settlement.
    async fn an_amendment_of_a_settled_period_supplements_its_settlement(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let all = [
            sold(&admin, &partner, "100000", json!({})).await,
            sold(&admin, &partner, "70000", json!({})).await,
            sold(&admin, &partner, "20000", json!({})).await,
            sold(&admin, &partner, "30000", json!({"direction": "PURCHASE"})).await,
        ];
        let done = settle(&admin, "2026-01-01", "2026-03-31").await.ok(201);
        assert_eq!((&done["payable"], &done["supplement_of_id"]), (&json!("16000"), &Value::Null));
        let known_at = admin.get(RETURN).await.ok(200)["known_at"].as_str().unwrap().to_owned();
        let amend = async |row: &Value, body: Value| act(&admin, row, "amend", body).await.ok(200);
        let _ = amend(&all[0], json!({"code": 1, "lines": [line("1", "150000", json!({}))]})).await;
        let _ = amend(&all[1], json!({"code": 6})).await;
        let _ = amend(&all[2], json!({"code": 5, "date": "2026-04-07"})).await;
        let _ = amend(&all[3], json!({"code": 6})).await;
        // nothing to settle where no amount changes
        let _ = amend(&sold(&admin, &partner, "10", json!({"invoice_date": "2026-04-01"})).await, json!({"code": 1})).await;
        let report = admin.get(RETURN).await.ok(200);
        let parts: Vec<(&Value, &str, &str)> = report["settlements"].as_array().unwrap().iter()
            .map(|part| (&part["supplement_of_id"], part["output_tax"].as_str().unwrap(), part["input_tax"].as_str().unwrap())).collect();
        let of = &done["id"];
        assert_eq!(parts, [(&Value::Null, "19000", "3000"), (of, "5000", "0"), (of, "-7000", "0"), (of, "-2000", "0"), (of, "0", "-3000")]);
        assert_eq!((&report["output_tax"], &report["input_tax"], &report["payable"]), (&json!("15000"), &json!("0"), &json!("15000")));
        assert_eq!((&report["output_tie"]["difference"], &report["input_tie"]["difference"]), (&json!("0"), &json!("0")));
        let known = admin.get(&format!("{RETURN}&known_at={known_at}")).await.ok(200);
        assert_eq!((known["settlements"].as_array().unwrap().len(), &known["payable"]), (1, &json!("16000")));
        assert_eq!([balance(&admin, "255").await, balance(&admin, "135").await], ["-1", "0"], "a won of April");
        assert_eq!([balance(&admin, "261").await, balance(&admin, "120").await], ["-24000", "9000"]);
        // each is in the list; they go with the settlement, and not alone
        let listed = admin.get(&format!("{SETTLEMENTS}?supplement_of_id={}", id(&done))).await.ok(200);
        assert_eq!(listed["total"], 4);
        let detail = taken_back(&admin, &listed["items"][0]).await.refused(409, "CONFLICT");
        assert_eq!((&detail["rule"], &detail["vat_settlement_id"]), (&json!("fim.vat_supplement"), of));
        assert_eq!(settle(&admin, "2026-01-01", "2026-03-31").await.refused(409, "CONFLICT")["vat_settlement_id"], *of);
        let _ = taken_back(&admin, &done).await.ok(200);
        assert_eq!(admin.get(&format!("{SETTLEMENTS}?status=POSTED")).await.ok(200)["total"], 0);
        assert_eq!([balance(&admin, "261").await, balance(&admin, "120").await], ["0", "0"]);
        let anew = settle(&admin, "2026-01-01", "2026-03-31").await.ok(201);
        assert_eq!((&anew["payable"], balance(&admin, "261").await), (&json!("15000"), "-15000".into()));
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    /// Finding 12: what was written by hand into a settled period made it differ when it was settled again.
    async fn no_tax_is_written_by_hand_into_a_settled_period(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let _ = sold(&admin, &partner, "100000", json!({})).await;
        let stray = posted(&admin, "2026-02-10", &[("255", 50, 0), ("401", 0, 50)]).await;
        let _ = posted(&admin, "2026-02-11", &[("401", 50, 0), ("255", 0, 50)]).await;
        let done = settle(&admin, "2026-01-01", "2026-03-31").await.ok(201);
        let told = |answer: Answer| {
            let detail = answer.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["vat_settlement_id"]), (&json!("fim.vat_settled"), &done["id"]));
        };
        for wanted in [[("101", 100, 0), ("255", 0, 100)], [("135", 100, 0), ("101", 0, 100)]] {
            let made = draft(&admin, "2026-03-31", &wanted).await.id();
            told(admin.post(&format!("{ENTRIES}/{made}/post"), &json!({})).await);
        }
        let back = async |day: &str| admin.post(&format!("{ENTRIES}/{}/reverse", id(&stray)), &json!({"date": day})).await;
        told(back("2026-03-31").await);
        let _ = back("2026-04-01").await.ok(200);
        // nothing of the return moves
        let _ = posted(&admin, "2026-03-31", &[("101", 100, 0), ("401", 0, 100)]).await;
        let _ = taken_back(&admin, &done).await.ok(200);
        assert_eq!(settle(&admin, "2026-01-01", "2026-03-31").await.ok(201)["payable"], done["payable"]);
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    /// What was written off to 부가세예수금 went into a settled period, with no relief to be asked about.
    async fn nothing_is_written_off_to_the_tax_of_a_settled_period(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let _ = sold(&admin, &partner, "100000", json!({})).await;
        let later = sold(&admin, &partner, "50000", json!({"invoice_date": "2026-04-01"})).await;
        let item = opened(&admin, &partner, "RECEIVABLE", "1000", "2026-03-31").await;
        let vat = account(&admin, "255").await;
        let march = settle(&admin, "2026-03-01", "2026-03-31").await.ok(201);
        let told = |answer: Answer, settlement: &Value| {
            let detail = answer.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["vat_settlement_id"]), (&json!("fim.vat_settled"), &settlement["id"]));
        };
        let to = async |day: &str| clear(&admin, "WRITE_OFF", &[(&item, "100")], json!({"date": day, "account_id": vat})).await;
        told(to("2026-03-31").await, &march);
        // of the next period it is free, and taken back by the same rule
        let done = to("2026-04-02").await.ok(201);
        let _ = posted(&admin, "2026-04-03", &[("401", 100, 0), ("255", 0, 100)]).await;
        let april = settle(&admin, "2026-04-01", "2026-04-30").await.ok(201);
        assert_eq!(april["output_tax"], later["tax_amount"]);
        let back = async |day: &str| admin.post(&format!("{CLEARINGS}/{}/reverse", id(&done)), &json!({"date": day, "reason": "착오"})).await;
        told(back("2026-04-30").await, &april);
        let _ = back("2026-05-01").await.ok(200);
        // to another account nothing of the return moves
        let _ = clear(&admin, "WRITE_OFF", &[(&item, "100")], json!({"date": "2026-03-31"})).await.ok(201);
        assert_eq!(verdict(&admin).await["valid"], true);
    }
}
