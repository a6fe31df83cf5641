//! From a draft to a posted entry.

use super::guards::by_hand;
use futures_util::future::join_all;
use kernel::Realm;
use serde_json::{Value, json};
use store::{Context, Sql};
use testkit::both;
use tests::fim::{ENTRIES, account, draft, lines, payments::partner, verdict};
use uuid::Uuid;

both! {
    async fn an_entry_that_is_off_by_one_won_is_refused_with_the_difference(app: TestApp) {
        let admin = app.admin_a().await;
        let refused = draft(&admin, "2026-03-02", &[("108", 110_000, 0), ("401", 0, 100_000), ("255", 0, 9_999)]).await;
        let detail = refused.refused(422, "VALIDATION_ERROR");
        assert_eq!((&detail["errors"][0]["field"], &detail["errors"][0]["rule"]), (&json!("lines"), &json!("balanced")));
        assert_eq!(detail["difference"], "1");
        assert_eq!(admin.get(ENTRIES).await.ok(200)["total"], 0, "nothing is left of it");
    }

    async fn a_line_has_one_side_above_zero_in_whole_won(app: TestApp) {
        let admin = app.admin_a().await;
        let (cash, sales) = (account(&admin, "101").await, account(&admin, "401").await);
        let try_line = async |line: Value| {
            let mut first = json!({"account_id": cash});
            for (field, value) in line.as_object().unwrap() {
                first[field] = value.clone();
            }
            let body = json!({"je_date": "2026-03-02", "lines": [first, {"account_id": sales, "credit_amount": "100"}]});
            admin.post(ENTRIES, &body).await.wrong_fields()
        };
        assert_eq!(try_line(json!({})).await, ["lines.0.debit_amount"]);
        assert_eq!(try_line(json!({"debit_amount": "100", "credit_amount": "100"})).await, ["lines.0.debit_amount"]);
        assert_eq!(try_line(json!({"debit_amount": "-100"})).await, ["lines.0.debit_amount"]);
        assert_eq!(try_line(json!({"debit_amount": "99.5"})).await, ["lines.0.debit_amount"], "won have no smaller part");
        assert_eq!(try_line(json!({"debit_amount": "100", "account_id": uuid::Uuid::now_v7()})).await, ["lines.0.account_id"]);
        assert_eq!(try_line(json!({"debit_amount": "100", "department_id": uuid::Uuid::now_v7()})).await, ["lines.0.department_id"]);
        assert_eq!(try_line(json!({"debit_amount": "1e3"})).await, ["lines.0.debit_amount"]);
        let other = account(&app.admin_b().await, "101").await;
        assert_eq!(try_line(json!({"debit_amount": "100", "account_id": other})).await, ["lines.0.account_id"], "another company's account");
        // amounts that no sum can hold
        let most = "922337203685477";
        let body = json!({"je_date": "2026-03-02", "lines": [
            {"account_id": cash, "debit_amount": most}, {"account_id": cash, "debit_amount": most}, {"account_id": sales, "credit_amount": most}]});
        assert_eq!(admin.post(ENTRIES, &body).await.refused(409, "CONFLICT")["rule"], "fim.too_large");
        for broken in [json!([]), json!([{"account_id": cash, "debit_amount": "100"}])] {
            let body = json!({"je_date": "2026-03-02", "lines": broken});
            assert_eq!(admin.post(ENTRIES, &body).await.wrong_fields(), ["lines"]);
        }
    }

    async fn a_number_is_given_when_an_entry_is_posted_and_not_before(app: TestApp) {
        let admin = app.admin_a().await;
        let sale: [(&str, i64, i64); 3] = [("108", 110_000, 0), ("401", 0, 100_000), ("255", 0, 10_000)];
        let first = draft(&admin, "2026-03-31", &sale).await.ok(201);
        let second = draft(&admin, "2026-03-02", &sale).await.ok(201);
        assert_eq!((&first["status"], &first["je_code"], &first["period"]), (&json!("DRAFT"), &Value::Null, &json!("2026-03")));
        let post = async |entry: &Value| admin.post(&format!("{ENTRIES}/{}/post", entry["id"].as_str().unwrap()), &json!({})).await.ok(200);
        let posted = post(&second).await;
        assert_eq!((&posted["status"], &posted["je_code"], &posted["chain_no"]), (&json!("POSTED"), &json!("JE-2026-000001"), &json!(1)));
        assert_eq!(posted["lines"][0]["base_debit"], "110000");
        assert_eq!(post(&first).await["je_code"], "JE-2026-000002");
        // again it is what it became
        assert_eq!(post(&second).await["je_code"], "JE-2026-000001");
        let fields = admin.get(&format!("{ENTRIES}/{}", posted["id"].as_str().unwrap())).await.ok(200);
        assert_eq!(fields["lines"], posted["lines"]);
        assert_eq!(verdict(&admin).await, json!({"valid": true, "checked": 2, "first_bad": null}));
    }

    async fn a_draft_changes_and_goes_and_a_posted_entry_does_not(app: TestApp) {
        let admin = app.admin_a().await;
        let made = draft(&admin, "2026-03-02", &[("813", 50_000, 0), ("101", 0, 50_000)]).await.ok(201);
        let row = format!("{ENTRIES}/{}", made["id"].as_str().unwrap());
        let new = lines(&admin, &[("814", 70_000, 0), ("103", 0, 70_000)]).await;
        let changed = admin.patch(&row, &json!({"posting_date": "2026-04-01", "memo": "통신비로 정정", "lines": new})).await.ok(200);
        assert_eq!((&changed["period"], &changed["total_debit"], &changed["je_date"]), (&json!("2026-04"), &json!("70000"), &json!("2026-03-02")));
        assert_eq!(changed["lines"].as_array().unwrap().len(), 2);
        // what is not sent stays
        let again = admin.patch(&row, &json!({"memo": null})).await.ok(200);
        assert_eq!((&again["memo"], &again["total_debit"], &again["lines"][0]["account_id"]), (&Value::Null, &json!("70000"), &changed["lines"][0]["account_id"]));
        let _ = admin.post(&format!("{row}/post"), &json!({})).await.ok(200);
        for refused in [admin.patch(&row, &json!({"memo": "x"})).await, admin.delete(&row).await] {
            assert_eq!(refused.refused(409, "CONFLICT")["rule"], "fim.entry_posted");
        }
        let _ = admin.post(&format!("{row}/cancel"), &json!({})).await.refused(409, "CONFLICT");
        let other = draft(&admin, "2026-03-02", &[("813", 1, 0), ("101", 0, 1)]).await.id();
        let _ = admin.delete(&format!("{ENTRIES}/{other}")).await.ok(200);
        let given_up = draft(&admin, "2026-03-02", &[("813", 1, 0), ("101", 0, 1)]).await.id();
        for _ in 0..2 {
            assert_eq!(admin.post(&format!("{ENTRIES}/{given_up}/cancel"), &json!({})).await.ok(200)["status"], "CANCELLED");
        }
        let _ = admin.post(&format!("{ENTRIES}/{given_up}/post"), &json!({})).await.refused(409, "CONFLICT");
    }

    async fn twenty_postings_of_one_draft_make_one_entry(app: TestApp) {
        let admin = app.admin_a().await;
        let id = draft(&admin, "2026-03-02", &[("101", 1000, 0), ("401", 0, 1000)]).await.id();
        let path = format!("{ENTRIES}/{id}/post");
        let nothing = json!({});
        let answers = join_all((0..20).map(|_| admin.post(&path, &nothing))).await;
        for answer in answers {
            assert_eq!(answer.ok(200)["je_code"], "JE-2026-000001");
        }
        assert_eq!(admin.get(&format!("{ENTRIES}?status=POSTED")).await.ok(200)["total"], 1);
        assert_eq!(verdict(&admin).await["checked"], 1);
    }

    async fn nobody_writes_the_entry_of_a_document_that_posts_itself(app: TestApp) {
        let admin = app.admin_a().await;
        let lines = lines(&admin, &[("108", 1000, 0), ("401", 0, 1000)]).await;
        let body = |kind: &str| json!({"je_date": "2026-03-02", "ref_doc_type": kind, "ref_doc_id": uuid::Uuid::now_v7(), "lines": lines});
        for own in ["INVOICE", "PAYMENT", "invoice", "YEAR_END", "REVALUATION", "VAT_SETTLEMENT"] {
            assert_eq!(admin.post(ENTRIES, &body(own)).await.wrong_fields(), ["ref_doc_type"], "{own}");
        }
        let free = admin.post(ENTRIES, &body("EXPENSE_REPORT")).await.id();
        let row = format!("{ENTRIES}/{free}");
        assert_eq!(admin.patch(&row, &json!({"ref_doc_type": "INVOICE"})).await.wrong_fields(), ["ref_doc_type"]);
        let _ = admin.patch(&row, &json!({"ref_doc_type": "TRAVEL_REPORT"})).await.ok(200);
        assert_eq!(admin.patch(&row, &json!({"ref_doc_type": null, "memo": "수기"})).await.ok(200)["memo"], "수기");
        assert_eq!(admin.get(ENTRIES).await.ok(200)["total"], 1);
    }

    async fn a_document_is_posted_once(app: TestApp) {
        let admin = app.admin_a().await;
        let document = uuid::Uuid::now_v7();
        let lines = lines(&admin, &[("101", 1000, 0), ("401", 0, 1000)]).await;
        let body = json!({"je_date": "2026-03-02", "ref_doc_type": "EXPENSE_REPORT", "ref_doc_id": document, "lines": lines});
        let ids = join_all((0..20).map(|_| admin.post(ENTRIES, &body))).await;
        let paths: Vec<String> = ids.iter().map(|made| format!("{ENTRIES}/{}/post", made.id())).collect();
        let nothing = json!({});
        let answers = join_all(paths.iter().map(|path| admin.post(path, &nothing))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        for refused in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(refused.refused(409, "CONFLICT")["rule"], "unique");
        }
        // when that posting is taken back, the document may be posted anew
        let winner = answers.iter().find(|answer| answer.status == 200).unwrap().ok(200);
        let _ = admin.post(&format!("{ENTRIES}/{}/reverse", winner["id"].as_str().unwrap()), &json!({"date": "2026-03-31"})).await.ok(200);
        let again = admin.post(ENTRIES, &body).await.id();
        let _ = admin.post(&format!("{ENTRIES}/{again}/post"), &json!({})).await.ok(200);
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn a_hundred_drafts_posted_at_once_have_consecutive_numbers(app: TestApp) {
        let admin = app.admin_a().await;
        let wanted = lines(&admin, &[("101", 1000, 0), ("401", 0, 1000)]).await;
        let body = json!({"je_date": "2026-03-02", "lines": wanted});
        let mut paths = Vec::new();
        for _ in 0..10 {
            let made = join_all((0..10).map(|_| admin.post(ENTRIES, &body))).await;
            paths.extend(made.iter().map(|made| format!("{ENTRIES}/{}/post", made.id())));
        }
        // on a machine with other things to do, who waited too long is told to come again
        let post = async |path: &String| {
            let mut answer = admin.post(path, &json!({})).await;
            for _ in 0..60 {
                if answer.status != 503 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                answer = admin.post(path, &json!({})).await;
            }
            answer
        };
        let answers = join_all(paths.iter().map(post)).await;
        let mut codes: Vec<String> = answers.iter().map(|answer| answer.ok(200)["je_code"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        let wanted: Vec<String> = (1..=100).map(|no| format!("JE-2026-{no:06}")).collect();
        assert_eq!(codes, wanted);
        assert_eq!(verdict(&admin).await, json!({"valid": true, "checked": 100, "first_bad": null}));
    }

    async fn a_foreign_currency_stands_in_won_too(app: TestApp) {
        let admin = app.admin_a().await;
        let rate = json!({"from_currency": "USD", "to_currency": "KRW", "rate": "1382.5", "valid_from": "2026-03-01"});
        let _ = admin.post("/api/v1/tenants/adm/exchange-rates", &rate).await.ok(201);
        let (bank, sales, fee) = (account(&admin, "103").await, account(&admin, "401").await, account(&admin, "831").await);
        let body = json!({"je_date": "2026-03-02", "currency": "USD", "lines": [
            {"account_id": bank, "debit_amount": "99.99"}, {"account_id": fee, "debit_amount": "0.01"}, {"account_id": sales, "credit_amount": "100"}]});
        let made = admin.post(ENTRIES, &body).await.ok(201);
        assert_eq!(made["exchange_rate"], "1382.5");
        let base: Vec<&Value> = made["lines"].as_array().unwrap().iter().map(|line| if line["base_debit"] == "0" { &line["base_credit"] } else { &line["base_debit"] }).collect();
        // 99.99 × 1382.5 = 138,236.175 and 0.01 × 1382.5 = 13.825: rounded 138,236 + 14 = 138,250
        assert_eq!(base, [&json!("138236"), &json!("14"), &json!("138250")]);
        let mut three = body.clone();
        three["lines"][0]["debit_amount"] = json!("99.999");
        assert_eq!(admin.post(ENTRIES, &three).await.wrong_fields(), ["lines.0.debit_amount"]);
        let mut before = body.clone();
        before["je_date"] = json!("2026-02-28");
        assert_eq!(admin.post(ENTRIES, &before).await.wrong_fields(), ["exchange_rate"], "no rate is in force that day");
        before["exchange_rate"] = json!("1400");
        assert_eq!(admin.post(ENTRIES, &before).await.ok(201)["lines"][2]["base_credit"], "140000");
        let mut won = body.clone();
        (won["currency"], won["exchange_rate"]) = (json!("KRW"), json!("2"));
        assert_eq!(admin.post(ENTRIES, &won).await.wrong_fields(), ["exchange_rate"]);
        let mut unknown = body;
        unknown["currency"] = json!("XXX");
        assert_eq!(admin.post(ENTRIES, &unknown).await.wrong_fields(), ["currency"]);
    }

    async fn every_step_leaves_its_trace(app: TestApp) {
        let admin = app.admin_a().await;
        let id = draft(&admin, "2026-03-02", &[("101", 1000, 0), ("401", 0, 1000)]).await.id();
        let request = uuid::Uuid::now_v7();
        let post = admin.request(reqwest::Method::POST, &format!("{ENTRIES}/{id}/post")).header("x-request-id", request.to_string());
        let _ = post.json(&json!({})).send().await.ok(200);
        let events = app.published(kernel::Realm::Tenant, Some(app.company_a().await.id), request).await;
        assert_eq!(events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["fim.journal_entry.posted"]);
        assert_eq!((&events[0].payload["je_code"], &events[0].payload["total"]), (&json!("JE-2026-000001"), &json!("1000")));
    }

    /// Finding 10: what an employee owed in the account of claims stood in the ledger, and in no list of what is open.
    async fn claims_and_debts_are_of_customers_and_vendors(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let of = async |code: &str, kind: &str| {
            let mut sides = lines(&admin, &[(code, 1000, 0), ("401", 0, 1000)]).await;
            (sides[0]["partner_id"], sides[0]["partner_type"]) = (json!(partner), json!(kind));
            json!({"je_date": "2026-03-02", "lines": sides})
        };
        let drafted = admin.post(ENTRIES, &of("108", "CUSTOMER").await).await.id();
        let row = format!("{ENTRIES}/{drafted}");
        for code in ["108", "251"] {
            for kind in ["EMPLOYEE", "OTHER"] {
                let body = of(code, kind).await;
                assert_eq!(admin.post(ENTRIES, &body).await.wrong_fields(), ["lines.0.partner_type"], "{code} {kind}");
                assert_eq!(admin.patch(&row, &json!({"lines": body["lines"]})).await.wrong_fields(), ["lines.0.partner_type"]);
            }
        }
        let _ = admin.post(ENTRIES, &of("101", "EMPLOYEE").await).await.ok(201);
        // a draft that has been there
        let sql = format!("UPDATE fim_journal_entry_lines SET partner_type = 'OTHER' WHERE je_id = '{drafted}' AND line_no = 1");
        by_hand(&app, &sql).await.unwrap();
        assert_eq!(admin.post(&format!("{row}/post"), &json!({})).await.wrong_fields(), ["lines.0.partner_type"]);
    }

    /// Finding 11: a draft whose partner is gone was a fault of the program.
    async fn a_draft_whose_partner_is_gone_is_not_posted(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let mut sides = lines(&admin, &[("401", 0, 1000), ("108", 1000, 0)]).await;
        sides[1]["partner_id"] = json!(partner);
        let drafted = admin.post(ENTRIES, &json!({"je_date": "2026-03-02", "lines": sides})).await.id();
        // a draft keeps its partner now; older ones do not
        let company = app.company_a().await.id;
        let context = Context::system(Realm::Tenant, Some(company), "test");
        let database = app.database(Realm::Tenant);
        let gone = database.write(&context, async |tx| {
            let mut sql = Sql::new("UPDATE crm_partners SET deleted_at = created_at WHERE tenant_id = ");
            sql.bind(company).push(" AND id = ").bind(partner.parse::<Uuid>().unwrap());
            tx.raw_execute(sql).await
        });
        assert_eq!(gone.await.unwrap(), 1);
        assert_eq!(admin.post(&format!("{ENTRIES}/{drafted}/post"), &json!({})).await.wrong_fields(), ["lines.1.partner_id"]);
    }
}
