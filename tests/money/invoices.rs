//! From a draft to an issued invoice, and back.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, both};
use tests::{
    crm::{biz_no, customer},
    fim::{
        ENTRIES, account,
        invoices::{DAY, INVOICES, act, again, another, balance, body, drafted, entry, id, issued, line, partner, set, sides},
        period, verdict,
    },
};

both! {
    async fn a_draft_is_computed_and_filled_in_and_has_no_number(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let made = drafted(&admin, &partner, &[line("10", "10000", json!({"product_code": "kb-100"})), line("2.5", "333.3333", json!({"tax_kind": "ZERO_RATED"}))], json!({})).await;
        assert_eq!((&made["status"], &made["invoice_no"], &made["direction"], &made["invoice_type"]), (&json!("DRAFT"), &Value::Null, &json!("SALES"), &json!("TAX")));
        assert_eq!((&made["supply_amount"], &made["tax_amount"], &made["total_amount"]), (&json!("100833"), &json!("10000"), &json!("110833")));
        assert_eq!((&made["lines"][1]["supply_amount"], &made["lines"][1]["tax_amount"], &made["lines"][1]["line_no"]), (&json!("833"), &json!("0"), &json!(2)));
        assert_eq!((&made["supplier_biz_no"], &made["supplier_biz_name"], &made["supplier_ceo_name"]), (&json!("124-81-00998"), &json!("주식회사 본사"), &json!("박대표")));
        assert_eq!((&made["buyer_biz_name"], &made["buyer_email"]), (&json!("한빛전자 1"), &json!("buyer@hanbit.example")));
        assert_eq!(made["lines"][0]["account_id"], account(&admin, "401").await);
        assert_eq!((&made["currency_code"], &made["issue_deadline"], &made["je_id"]), (&json!("KRW"), &json!("2026-04-10"), &Value::Null));
        assert_eq!(again(&admin, &made).await, made);
        // a purchase is the other way round
        let bought = drafted(&admin, &partner, &[line("1", "5000", json!({}))], json!({"direction": "PURCHASE", "vendor_invoice_no": "V-1"})).await;
        assert_eq!((&bought["supplier_biz_name"], &bought["buyer_biz_name"]), (&json!("한빛전자 1"), &json!("주식회사 본사")));
        assert_eq!(bought["lines"][0]["account_id"], account(&admin, "146").await);
    }

    async fn a_draft_changes_and_is_computed_anew(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let made = drafted(&admin, &partner, &[line("1", "10000", json!({})), line("2", "500", json!({}))], json!({})).await;
        let row = format!("{INVOICES}/{}", id(&made));
        let first = made["lines"][0]["id"].clone();
        let changed = admin.patch(&row, &json!({"lines": [{"id": first, "quantity": "3"}, line("1", "700", json!({}))]})).await.ok(200);
        assert_eq!((&changed["supply_amount"], &changed["tax_amount"], &changed["lines"][0]["supply_amount"]), (&json!("30700"), &json!("3070"), &json!("30000")));
        assert_eq!((&changed["lines"][0]["id"], &changed["lines"].as_array().unwrap().len()), (&first, &2));
        // prices with the tax in them
        let inclusive = admin.patch(&row, &json!({"prices_include_tax": true, "invoice_date": "2026-09-05"})).await.ok(200);
        assert_eq!((&inclusive["total_amount"], &inclusive["tax_amount"], &inclusive["issue_deadline"]), (&json!("30700"), &json!("2790"), &json!("2026-10-12")));
        assert_eq!(inclusive["lines"][0]["tax_amount"], "2727");
        // to another partner: the buyer is another
        let other = another(&admin, 2, json!({})).await;
        assert_eq!(admin.patch(&row, &json!({"partner_id": other})).await.ok(200)["buyer_biz_name"], "한빛전자 2");
        for wrong in [json!({"total_amount": "1"}), json!({"lines": [{"id": first, "quantity": "-1"}]}), json!({"lines": [{"id": uuid::Uuid::now_v7()}]}), json!({"lines": [{"id": first, "colour": "red"}]}), json!({"lines": []})] {
            let answer = admin.patch(&row, &wrong).await;
            assert_eq!(answer.status, 422, "{wrong}: {answer:?}");
        }
        let issued = act(&admin, &made, "issue", json!({})).await;
        assert_eq!(issued.status, 200, "{issued:?}");
        for refused in [admin.patch(&row, &json!({"remark": "x"})).await, admin.patch(&row, &json!({"lines": []})).await, admin.delete(&row).await] {
            assert_eq!(refused.refused(409, "CONFLICT")["rule"], "fim.invoice_issued");
        }
    }

    async fn what_contradicts_or_cannot_be_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let wrong = async |lines: &[Value], more: Value| admin.post(INVOICES, &body(&partner, lines, more)).await.wrong_fields();
        let good = line("1", "1000", json!({}));
        assert_eq!(wrong(&[], json!({})).await, ["lines"]);
        assert_eq!(wrong(&[line("-1", "1000", json!({})), line("0", "-1", json!({}))], json!({})).await, ["lines.0.quantity", "lines.1.quantity", "lines.1.unit_price"]);
        assert_eq!(wrong(&[line("1.00001", "1000", json!({}))], json!({})).await, ["lines.0.quantity"]);
        assert_eq!(wrong(&[line("1", "1000", json!({"supply_amount": "999"}))], json!({})).await, ["lines.0.supply_amount"]);
        assert_eq!(wrong(&[line("1", "1000", json!({"nonsense": 1}))], json!({})).await, ["lines.0.nonsense"]);
        assert_eq!(wrong(&[line("1", "1000", json!({"account_id": account(&app.admin_b().await, "401").await}))], json!({})).await, ["lines.0.account_id"]);
        assert_eq!(wrong(&[line("1", "1000", json!({"non_deductible_reason": "LAND"}))], json!({})).await, ["lines.0.non_deductible_reason"]);
        assert_eq!(wrong(&[line("900000000000", "900000000000", json!({}))], json!({})).await, ["lines"]);
        assert_eq!(wrong(std::slice::from_ref(&good), json!({"tax_amount": "101"})).await, ["tax_amount"]);
        assert_eq!(wrong(std::slice::from_ref(&good), json!({"currency_code": "XXX"})).await, ["currency_code"]);
        assert_eq!(wrong(std::slice::from_ref(&good), json!({"supplier_biz_no": "124-81-00999"})).await, ["supplier_biz_no"]);
        assert_eq!(wrong(std::slice::from_ref(&good), json!({"vendor_invoice_no": "A"})).await, ["vendor_invoice_no"]);
        assert_eq!(wrong(std::slice::from_ref(&good), json!({"status": "ISSUED"})).await, ["status"]);
        let stranger = another(&app.admin_b().await, 3, json!({})).await;
        assert_eq!(admin.post(INVOICES, &body(&stranger, std::slice::from_ref(&good), json!({}))).await.wrong_fields(), ["partner_id"]);
        // what agrees may be sent
        let said = json!({"supply_amount": "1000", "tax_amount": 100, "total_amount": "1100"});
        assert_eq!(drafted(&admin, &partner, &[line("1", "1000", said.clone())], said).await["total_amount"], "1100");
        assert_eq!(admin.get(INVOICES).await.ok(200)["total"], 1, "nothing is left of the others");
    }

    async fn a_tax_is_rounded_as_the_company_has_set(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let lines = [line("1", "12345", json!({})), line("1", "6789", json!({})), line("1", "333", json!({}))];
        for (rounding, basis, tax) in [("DOWN", "LINE", "1945"), ("DOWN", "DOCUMENT", "1946"), ("HALF_UP", "LINE", "1947"), ("HALF_UP", "DOCUMENT", "1947"), ("UP", "LINE", "1948")] {
            set(&admin, "accounting.vat_rounding", rounding).await;
            set(&admin, "accounting.vat_basis", basis).await;
            let made = drafted(&admin, &partner, &lines, json!({})).await;
            assert_eq!((&made["supply_amount"], &made["tax_amount"]), (&json!("19467"), &json!(tax)), "{rounding} {basis}");
            let sum: i64 = made["lines"].as_array().unwrap().iter().map(|line| line["tax_amount"].as_str().unwrap().parse::<i64>().unwrap()).sum();
            assert_eq!(sum.to_string(), tax);
        }
    }

    async fn issuing_numbers_posts_and_opens_at_once(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let sale = issued(&admin, &partner, &[line("10", "10000", json!({}))], json!({})).await;
        assert_eq!((&sale["status"], &sale["invoice_no"], &sale["due_date"], &sale["paid_amount"]), (&json!("ISSUED"), &json!("INV-2026-000001"), &json!("2026-04-09"), &json!("0")));
        assert_eq!(entry(&admin, &sale["je_id"]).await, sides(&[("108", "110000", "0"), ("255", "0", "10000"), ("401", "0", "100000")]));
        let posted = admin.get(&format!("{ENTRIES}/{}", sale["je_id"].as_str().unwrap())).await.ok(200);
        assert_eq!((&posted["ref_doc_type"], &posted["ref_doc_id"], &posted["ref_doc_no"], &posted["posting_date"]), (&json!("INVOICE"), &sale["id"], &json!("INV-2026-000001"), &json!(DAY)));
        assert!(posted["lines"].as_array().unwrap().iter().all(|line| line["partner_id"] == json!(partner)));
        let taxed = posted["lines"].as_array().unwrap().iter().find(|line| line["tax_code"] == "TAXABLE").unwrap();
        assert_eq!(taxed["tax_amount"], "10000");
        // the entry goes with its invoice, and not alone
        let alone = admin.post(&format!("{ENTRIES}/{}/reverse", sale["je_id"].as_str().unwrap()), &json!({})).await;
        assert_eq!(alone.refused(409, "CONFLICT")["rule"], "fim.entry_of_document");
        // a purchase has numbers of its own, and its tax is deducted unless it may not be
        let lines = [line("1", "100000", json!({})), line("1", "50000", json!({"account_id": account(&admin, "813").await, "non_deductible_reason": "ENTERTAINMENT"})), line("1", "7000", json!({"tax_kind": "EXEMPT"}))];
        let bought = issued(&admin, &partner, &lines, json!({"direction": "PURCHASE", "vendor_invoice_no": "V-100", "due_date": "2026-05-31"})).await;
        assert_eq!((&bought["invoice_no"], &bought["due_date"], &bought["total_amount"]), (&json!("PINV-2026-000001"), &json!("2026-05-31"), &json!("172000")));
        assert_eq!(
            entry(&admin, &bought["je_id"]).await,
            sides(&[("135", "10000", "0"), ("146", "100000", "0"), ("146", "7000", "0"), ("251", "0", "172000"), ("813", "55000", "0")])
        );
        // the same again is harmless
        assert_eq!(act(&admin, &sale, "issue", json!({})).await.ok(200), again(&admin, &sale).await);
        assert_eq!(verdict(&admin).await, json!({"valid": true, "checked": 2, "first_bad": null}));
    }

    async fn twenty_issues_of_one_draft_make_one_entry_and_numbers_have_no_gap(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let lines = [line("1", "1000", json!({}))];
        let draft = drafted(&admin, &partner, &lines, json!({})).await;
        let answers = join_all((0..20).map(|_| act(&admin, &draft, "issue", json!({})))).await;
        for answer in answers {
            assert_eq!(answer.ok(200)["invoice_no"], "INV-2026-000001");
        }
        assert_eq!(admin.get(&format!("{ENTRIES}?status=POSTED")).await.ok(200)["total"], 1);
        let mut drafts = Vec::new();
        for _ in 0..12 {
            drafts.push(drafted(&admin, &partner, &lines, json!({})).await);
        }
        let answers = join_all(drafts.iter().map(|draft| act(&admin, draft, "issue", json!({})))).await;
        let mut numbers: Vec<String> = answers.iter().map(|answer| answer.ok(200)["invoice_no"].as_str().unwrap().to_owned()).collect();
        numbers.sort();
        assert_eq!(numbers, (2..=13).map(|no| format!("INV-2026-{no:06}")).collect::<Vec<_>>());
        assert_eq!(balance(&admin, "108").await, "14300");
    }

    async fn what_the_law_wants_must_be_there_at_issue(app: TestApp) {
        let admin = app.admin_a().await;
        let nameless = customer(&admin, "번호 없는 거래처", json!({})).await.id();
        let draft = drafted(&admin, &nameless, &[line("1", "1000", json!({}))], json!({})).await;
        assert_eq!(act(&admin, &draft, "issue", json!({})).await.wrong_fields(), ["buyer_biz_no", "supplier_biz_name", "supplier_biz_no"]);
        let _ = partner(&admin).await;
        let _ = admin.patch(&format!("/api/v1/tenants/crm/customers/{nameless}"), &json!({"biz_no": biz_no(9)})).await.ok(200);
        // what the masters say meanwhile is taken
        let done = act(&admin, &draft, "issue", json!({})).await.ok(200);
        assert_eq!((&done["supplier_biz_no"], &done["buyer_biz_name"]), (&json!("124-81-00998"), &json!("번호 없는 거래처")));
        let free = drafted(&admin, &nameless, &[line("1", "0", json!({}))], json!({})).await;
        assert_eq!(act(&admin, &free, "issue", json!({})).await.wrong_fields(), ["total_amount"]);
        let early = drafted(&admin, &nameless, &[line("1", "10", json!({}))], json!({})).await;
        assert_eq!(act(&admin, &early, "issue", json!({"issue_date": "2026-03-09"})).await.wrong_fields(), ["issue_date"]);
        let march = period(&admin, "2026-03").await["id"].as_str().unwrap().to_owned();
        let _ = admin.post(&format!("{}/{march}/close", tests::fim::PERIODS), &json!({})).await.ok(200);
        assert_eq!(act(&admin, &early, "issue", json!({})).await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
        assert_eq!(again(&admin, &early).await["invoice_no"], Value::Null);
    }

    async fn a_suppliers_number_comes_once(app: TestApp) {
        let admin = app.admin_a().await;
        let (one, two) = (partner(&admin).await, another(&admin, 2, json!({})).await);
        let lines = [line("1", "1000", json!({}))];
        let purchase = json!({"direction": "PURCHASE", "vendor_invoice_no": "V-1"});
        let first = drafted(&admin, &one, &lines, purchase.clone()).await;
        let refused = admin.post(INVOICES, &body(&one, &lines, purchase.clone())).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "unique");
        assert!(refused["field"].as_str().unwrap().contains("vendor_invoice_no"), "{refused}");
        let _ = drafted(&admin, &two, &lines, purchase.clone()).await;
        let _ = act(&admin, &first, "cancel", json!({})).await.ok(200);
        let _ = drafted(&admin, &one, &lines, purchase).await;
    }

    /// Who had the number was not said, and of a key of several columns it could be somebody with one of them only.
    async fn it_is_said_which_invoice_has_the_number(app: TestApp) {
        let admin = app.admin_a().await;
        let (one, two) = (partner(&admin).await, another(&admin, 2, json!({})).await);
        let lines = [line("1", "1000", json!({}))];
        let purchase = |no: &str| json!({"direction": "PURCHASE", "vendor_invoice_no": no});
        // of another vendor, cancelled, and the one it is
        let _ = drafted(&admin, &two, &lines, purchase("V-1")).await;
        let cancelled = drafted(&admin, &one, &lines, purchase("V-1")).await;
        let _ = act(&admin, &cancelled, "cancel", json!({})).await.ok(200);
        let first = drafted(&admin, &one, &lines, purchase("V-1")).await;
        let held_by = |answer: Answer| answer.refused(409, "CONFLICT")["held_by"]["id"].clone();
        assert_eq!(held_by(admin.post(INVOICES, &body(&one, &lines, purchase("ｖ－1"))).await), first["id"]);
        // a change meets the same, whichever of the columns it changes
        let other = drafted(&admin, &one, &lines, purchase("V-2")).await;
        assert_eq!(held_by(admin.patch(&format!("{INVOICES}/{}", id(&other)), &json!({"vendor_invoice_no": "v-1"})).await), first["id"]);
        let moved = drafted(&admin, &two, &lines, purchase("V-2")).await;
        assert_eq!(held_by(admin.patch(&format!("{INVOICES}/{}", id(&moved)), &json!({"partner_id": one})).await), other["id"]);
        // a key of one column
        let approved = json!({"direction": "PURCHASE", "approval_no": "20260310-41000012-abc12345"});
        let first = drafted(&admin, &one, &lines, approved.clone()).await;
        assert_eq!(held_by(admin.post(INVOICES, &body(&two, &lines, approved)).await), first["id"]);
    }

    /// Fault F19: one vendor's invoice was entered, and its tax deducted, once for each spelling of its number.
    async fn a_suppliers_number_is_one_in_every_spelling(app: TestApp) {
        let admin = app.admin_a().await;
        let one = partner(&admin).await;
        let lines = [line("1", "1000", json!({}))];
        let purchase = |field: &str, no: &str| json!({"direction": "PURCHASE", field: no});
        let refused = async |field: &str, no: &str| {
            let detail = admin.post(INVOICES, &body(&one, &lines, purchase(field, no))).await.refused(409, "CONFLICT");
            assert!(detail["rule"] == "unique" && detail["field"].as_str().unwrap().contains(field), "{no}: {detail}");
        };
        let first = drafted(&admin, &one, &lines, purchase("vendor_invoice_no", "INV-2026-a1")).await;
        assert_eq!(first["vendor_invoice_no"], "INV-2026-a1", "it is shown as it was written");
        for same in ["inv-2026-A1", "ＩＮＶ－２０２６－ａ１", "INV\u{2010}2026\u{2013}a1", "INV\u{2212}2026-a1"] {
            refused("vendor_invoice_no", same).await;
        }
        let unseen = admin.post(INVOICES, &body(&one, &lines, purchase("vendor_invoice_no", "INV-2026-\u{200b}a1"))).await;
        assert_eq!(unseen.wrong_fields(), ["vendor_invoice_no"]);
        let other = drafted(&admin, &one, &lines, purchase("vendor_invoice_no", "INV2026a1")).await;
        let renamed = admin.patch(&format!("{INVOICES}/{}", id(&other)), &json!({"vendor_invoice_no": "Inv-2026-a1"})).await;
        assert_eq!(renamed.refused(409, "CONFLICT")["rule"], "unique");
        let _ = drafted(&admin, &one, &lines, purchase("approval_no", "20260310-41000012-abc12345")).await;
        for same in [
            "2026031041000012abc12345",
            "20260310-41000012-ABC12345",
            "20260310－41000012－abc12345",
            "20260310 41000012 abc12345",
            "20260310.41000012/abc_12345",
        ] {
            refused("approval_no", same).await;
        }
        let _ = drafted(&admin, &one, &lines, purchase("approval_no", "20260310-41000012-abc12346")).await;
        // of two at once one is taken
        let (left, right) = (body(&one, &lines, purchase("vendor_invoice_no", "Z-9")), body(&one, &lines, purchase("vendor_invoice_no", "ｚ－９")));
        let (left, right) = futures_util::future::join(admin.post(INVOICES, &left), admin.post(INVOICES, &right)).await;
        assert_eq!(left.status + right.status, 201 + 409, "{left:?} {right:?}");
    }

    /// Fault F18: an amount of 16 digits as a JSON number was kept as another one, and what is no decimal was taken for one.
    async fn an_amount_is_kept_as_it_was_written_or_refused(app: TestApp) {
        let admin = app.admin_a().await;
        let one = partner(&admin).await;
        let made = drafted(&admin, &one, &[line("1", "1", json!({"unit_price": 123456789012.5}))], json!({"prices_include_tax": true})).await;
        assert_eq!(made["lines"][0]["unit_price"], "123456789012.5");
        let wrong = async |amount: &str| {
            let text = body(&one, &[line("1", "AMOUNT", json!({}))], json!({})).to_string().replace("\"AMOUNT\"", amount);
            let answer = admin.request(reqwest::Method::POST, INVOICES).raw("application/json", text).send().await;
            assert_eq!(answer.wrong_fields(), ["lines.0.unit_price"], "{amount}");
        };
        for amount in ["99999999999999.99", "1234567890123.456", "1234567890123456", "1e3", "1E2"] {
            wrong(amount).await;
        }
        for amount in ["1_000", ".5", "5.", "+5", "1e3", "1,000", " 5", "5 ", "\u{665}", "５", "0x10", "-", "NaN"] {
            wrong(&json!(amount).to_string()).await;
        }
        for amount in ["1_000", ".5", "%2B5", "1e3"] {
            let answer = admin.get(&format!("/api/v1/tenants/crm/customers?credit_limit_min={amount}")).await;
            assert_eq!(answer.wrong_fields(), ["credit_limit_min"], "{amount}");
        }
    }

    async fn what_was_cancelled_is_out_of_the_books(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let draft = drafted(&admin, &partner, &[line("1", "1000", json!({}))], json!({})).await;
        assert_eq!(act(&admin, &draft, "cancel", json!({})).await.ok(200)["status"], "CANCELLED");
        let _ = act(&admin, &draft, "issue", json!({})).await.refused(409, "CONFLICT");
        for direction in ["SALES", "PURCHASE"] {
            let row = issued(&admin, &partner, &[line("10", "10000", json!({}))], json!({"direction": direction})).await;
            for _ in 0..2 {
                let gone = act(&admin, &row, "cancel", json!({"reason": "거래 취소"})).await.ok(200);
                assert_eq!((&gone["status"], &gone["cancel_reason"], &gone["paid_amount"]), (&json!("CANCELLED"), &json!("거래 취소"), &json!("0")));
            }
            let entry = admin.get(&format!("{ENTRIES}/{}", row["je_id"].as_str().unwrap())).await.ok(200);
            assert_eq!(entry["status"], "REVERSED");
        }
        for code in ["108", "255", "401", "146", "135", "251"] {
            assert_eq!(balance(&admin, code).await, "0", "{code}");
        }
        // the month is closed: what stands in it stays
        let row = issued(&admin, &partner, &[line("1", "1000", json!({}))], json!({})).await;
        let march = period(&admin, "2026-03").await["id"].as_str().unwrap().to_owned();
        let _ = admin.post(&format!("{}/{march}/close", tests::fim::PERIODS), &json!({})).await.ok(200);
        assert_eq!(act(&admin, &row, "cancel", json!({})).await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
        assert_eq!(act(&admin, &row, "cancel", json!({"date": "2026-04-01"})).await.ok(200)["status"], "CANCELLED");
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn a_foreign_currency_stands_in_won_too(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let rate = json!({"from_currency": "USD", "to_currency": "KRW", "rate": "1382.5", "valid_from": "2026-03-01"});
        let _ = admin.post("/api/v1/tenants/adm/exchange-rates", &rate).await.ok(201);
        let lines = [line("3", "33.333", json!({})), line("1", "0.01", json!({"tax_kind": "ZERO_RATED"}))];
        let sale = issued(&admin, &partner, &lines, json!({"currency_code": "USD"})).await;
        assert_eq!((&sale["supply_amount"], &sale["tax_amount"], &sale["exchange_rate"]), (&json!("100.01"), &json!("10"), &json!("1382.5")));
        // 110.01 × 1382.5 = 152,088.825; 100 × 1382.5 = 138,250; 10 × 1382.5 = 13,825; 0.01 × 1382.5 = 13.825
        assert_eq!(entry(&admin, &sale["je_id"]).await, sides(&[("108", "152089", "0"), ("255", "0", "13825"), ("401", "0", "138250"), ("401", "0", "14")]));
        let before = drafted(&admin, &partner, &lines, json!({"currency_code": "USD", "invoice_date": "2026-02-01"})).await;
        assert_eq!(act(&admin, &before, "issue", json!({})).await.wrong_fields(), ["exchange_rate"]);
        assert_eq!(balance(&admin, "108").await, "152089");
        let _ = act(&admin, &sale, "cancel", json!({})).await.ok(200);
        assert_eq!(balance(&admin, "108").await, "0");
    }

    async fn the_database_itself_keeps_what_was_issued(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let row = issued(&admin, &partner, &[line("1", "1000", json!({}))], json!({})).await;
        let draft = drafted(&admin, &partner, &[line("1", "1000", json!({}))], json!({})).await;
        for (sql, check) in [
            ("UPDATE fim_tax_invoices SET supply_amount = 1, total_amount = 10000 - 9000 + 1 WHERE id = '{id}'", "fim_tax_invoices_frozen_check"),
            ("UPDATE fim_tax_invoices SET status = 'DRAFT' WHERE id = '{id}'", "fim_tax_invoices_frozen_check"),
            ("UPDATE fim_tax_invoices SET invoice_no = 'X' WHERE id = '{id}'", "fim_tax_invoices_frozen_check"),
            ("UPDATE fim_tax_invoice_lines SET quantity = 2 WHERE tax_invoice_id = '{id}'", "fim_tax_invoice_lines_frozen_check"),
            ("DELETE FROM fim_tax_invoice_lines WHERE tax_invoice_id = '{id}'", "fim_tax_invoice_lines_frozen_check"),
        ] {
            crate::guards::refused(&app, &sql.replace("{id}", id(&row)), check).await;
        }
        // the sum of the lines is the document's
        let _ = crate::guards::by_hand(&app, &format!("UPDATE fim_tax_invoices SET supply_amount = 0, total_amount = tax_amount WHERE id = '{}'", id(&draft))).await.unwrap();
        let answer = act(&admin, &draft, "issue", json!({})).await;
        assert_eq!(answer.status, 422, "{answer:?}");
        crate::guards::refused(&app, &format!("UPDATE fim_tax_invoices SET total_amount = 5 WHERE id = '{}'", id(&draft)), "fim_tax_invoices_sum_check").await;
    }

    async fn an_accountant_may_all_of_it_and_a_seller_nothing(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let as_role = async |code: &str, name: &str| {
            let role = admin.get(&format!("/api/v1/tenants/adm/roles?code={code}")).await.ok(200)["items"][0]["id"].clone();
            let person = json!({"username": name, "email": format!("{name}@hanbit.test"), "full_name": "직원", "password": testkit::PASSWORD, "role_id": role});
            let _ = admin.post("/api/v1/tenants/adm/users", &person).await.ok(201);
            app.stranger().sign_in(Some(app.company_a().await.code), name, testkit::PASSWORD).await
        };
        let books = as_role("ACCOUNTANT", "kim.books").await;
        let row = issued(&books, &partner, &[line("1", "1000", json!({}))], json!({})).await;
        let _ = act(&books, &row, "cancel", json!({})).await.ok(200);
        let seller = as_role("SALES", "lee.sales").await;
        let _ = seller.get(INVOICES).await.refused(403, "FORBIDDEN");
        let _ = act(&seller, &row, "issue", json!({})).await.refused(403, "FORBIDDEN");
        // another company's invoice is not there
        let _ = act(&app.admin_b().await, &row, "issue", json!({})).await.refused(404, "NOT_FOUND");
    }

    /// Fault F16: an invoice was issued in 2099, and a late one as if it had been in time.
    async fn it_is_issued_today_unless_somebody_may_say_another_day(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let lines = [line("1", "1000", json!({}))];
        let draft = drafted(&admin, &partner, &lines, json!({})).await;
        assert_eq!(act(&admin, &draft, "issue", json!({"issue_date": "2099-01-01"})).await.wrong_fields(), ["issue_date"]);
        let today = kernel::Zone::seoul().day(app.now());
        let tomorrow = today.plus_days(1).unwrap();
        assert_eq!(act(&admin, &draft, "issue", json!({"issue_date": tomorrow})).await.wrong_fields(), ["issue_date"]);
        let role = json!({"code": "ISSUER", "name": "발행 담당", "permissions": ["fim.invoices.read", "fim.invoices.create", "fim.invoices.issue"]});
        let role = admin.post("/api/v1/tenants/adm/roles", &role).await.id();
        let person = json!({"username": "issuer", "email": "issuer@hanbit.test", "full_name": "발행", "password": testkit::PASSWORD, "role_id": role});
        let _ = admin.post("/api/v1/tenants/adm/users", &person).await.ok(201);
        let issuer = app.stranger().sign_in(Some(app.company_a().await.code), "issuer", testkit::PASSWORD).await;
        let refused = act(&issuer, &draft, "issue", json!({"issue_date": "2026-04-10"})).await;
        let detail = refused.refused(403, "FORBIDDEN");
        assert_eq!((&detail["permission"], &detail["reason"]), (&json!("fim.invoices.issue-dated"), &json!("issue_date")));
        // who may issue is told what else is asked for, and why
        let text = refused.json["message"].as_str().unwrap();
        assert!(text.contains("fim.invoices.issue-dated") && text.contains(&today.to_string()), "{text}");
        let done = act(&issuer, &draft, "issue", json!({"issue_date": today})).await.ok(200);
        assert_eq!(done["issue_date"], json!(today));
        // who may say it does
        let draft = drafted(&admin, &partner, &lines, json!({})).await;
        assert_eq!(act(&admin, &draft, "issue", json!({"issue_date": "2026-04-10"})).await.ok(200)["issue_date"], "2026-04-10");
    }

    /// Finding 7: an invoice of December 9999 was a fault of the program.
    async fn an_invoice_that_could_never_be_issued_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let last = json!({"invoice_date": "9999-12-31"});
        assert_eq!(admin.post(INVOICES, &body(&partner, &[line("1", "1000", json!({}))], last.clone())).await.wrong_fields(), ["invoice_date"]);
        let made = drafted(&admin, &partner, &[line("1", "1000", json!({}))], json!({})).await;
        assert_eq!(admin.patch(&format!("{INVOICES}/{}", id(&made)), &last).await.wrong_fields(), ["invoice_date"]);
    }
}
