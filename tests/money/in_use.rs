//! Masters and settings that rows depend on stay as they are while there are such rows.

use serde_json::{Value, json};
use testkit::{Caller, both};
use tests::fim::{
    ACCOUNTS, ENTRIES, account, draft, lines,
    payments::{ITEMS, PAYMENTS, opened, paid, partner},
    posted,
};

const CURRENCIES: &str = "/api/v1/tenants/adm/currencies";
const CUSTOMERS: &str = "/api/v1/tenants/crm/customers";
const DEPARTMENTS: &str = "/api/v1/tenants/adm/departments";
const RATES: &str = "/api/v1/tenants/adm/exchange-rates";

async fn currency(caller: &Caller, code: &str) -> String {
    let found = caller.get(&format!("{CURRENCIES}?code={code}")).await.ok(200);
    format!("{CURRENCIES}/{}", found["items"][0]["id"].as_str().unwrap())
}

/// The tables that a refusal names.
fn holders(detail: &Value) -> Vec<String> {
    detail["referenced_by"].as_object().unwrap_or_else(|| panic!("{detail}")).keys().cloned().collect()
}

/// An opening item in dollars.
async fn in_dollars(caller: &Caller, partner: &str, rate: Option<&str>) -> testkit::Answer {
    let body = json!({"kind": "RECEIVABLE", "partner_id": partner, "doc_date": "2026-03-02", "due_date": "2026-03-31", "currency": "USD",
        "exchange_rate": rate, "amount": "100.25"});
    caller.post(ITEMS, &body).await
}

both! {
    /// Fault F15: the decimals of the base currency and of currencies in use could be changed, and KRW 0.5 was posted.
    async fn a_currency_with_amounts_keeps_its_digits_and_stays(app: TestApp) {
        let admin = app.admin_a().await;
        let (krw, usd, eur) = (currency(&admin, "KRW").await, currency(&admin, "USD").await, currency(&admin, "EUR").await);
        let refused = admin.patch(&krw, &json!({"decimal_places": 2})).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "adm.currency_used");
        assert!(holders(&refused).contains(&"fim_ledgers".to_owned()), "the books are kept in it: {refused}");
        // nothing is in dollars yet; rates do not count, they have places of their own
        let rate = json!({"from_currency": "USD", "to_currency": "KRW", "rate": "1300", "valid_from": "2026-03-01"});
        let rate = admin.post(RATES, &rate).await.id();
        assert_eq!(admin.patch(&usd, &json!({"decimal_places": 3})).await.ok(200)["decimal_places"], 3);
        let _ = admin.patch(&usd, &json!({"decimal_places": 2})).await.ok(200);
        let customer = partner(&admin).await;
        let _ = in_dollars(&admin, &customer, None).await.ok(201);
        for digits in [0, 3] {
            let refused = admin.patch(&usd, &json!({"decimal_places": digits})).await.refused(409, "CONFLICT");
            assert_eq!(holders(&refused), ["fim_journal_entries", "fim_open_items"], "{refused}");
        }
        let _ = admin.patch(&usd, &json!({"decimal_places": 2, "name": "미국 달러"})).await.ok(200);
        let _ = admin.delete(&format!("{RATES}/{rate}")).await.ok(200);
        let refused = admin.delete(&usd).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], holders(&refused)), (&json!("referenced"), vec!["fim_journal_entries".to_owned(), "fim_open_items".to_owned()]));
        let many = json!({"items": [{"op": "delete", "id": usd.rsplit('/').next().unwrap()}, {"op": "update", "id": usd.rsplit('/').next().unwrap(), "data": {"decimal_places": 4}}]});
        assert_eq!(admin.post(&format!("{CURRENCIES}/bulk"), &many).await.ok(200)["failed"], 2);
        let _ = admin.delete(&eur).await.ok(200);
        // another company has no dollars
        let b = app.admin_b().await;
        let _ = b.delete(&currency(&b, "USD").await).await.ok(200);
    }

    /// Section E: a new item in a currency that is not in use was taken; what is there must still be settled and taken back.
    async fn nothing_new_is_begun_in_a_currency_that_is_not_in_use(app: TestApp) {
        let admin = app.admin_a().await;
        let (usd, customer) = (currency(&admin, "USD").await, partner(&admin).await);
        let (first, second) = (in_dollars(&admin, &customer, Some("1300")).await.ok(201), in_dollars(&admin, &customer, Some("1300")).await.ok(201));
        let entry = json!({"je_date": "2026-03-02", "currency": "USD", "exchange_rate": "1300", "lines": lines(&admin, &[("101", 5, 0), ("401", 0, 5)]).await});
        let entry = admin.post(ENTRIES, &entry).await.id();
        let _ = admin.post(&format!("{ENTRIES}/{entry}/post"), &json!({})).await.ok(200);
        let _ = admin.patch(&usd, &json!({"is_active": false})).await.ok(200);
        assert_eq!(in_dollars(&admin, &customer, Some("1300")).await.wrong_fields(), ["currency"]);
        let body = json!({"je_date": "2026-03-02", "currency": "USD", "exchange_rate": "1300", "lines": lines(&admin, &[("101", 5, 0), ("401", 0, 5)]).await});
        assert_eq!(admin.post(ENTRIES, &body).await.wrong_fields(), ["currency"]);
        let won = draft(&admin, "2026-03-02", &[("101", 5, 0), ("401", 0, 5)]).await.id();
        assert_eq!(admin.patch(&format!("{ENTRIES}/{won}"), &json!({"currency": "USD", "exchange_rate": "1300"})).await.wrong_fields(), ["currency"]);
        let invoice = json!({"partner_id": customer, "invoice_date": "2026-03-02", "currency_code": "USD", "exchange_rate": "1300",
            "lines": [{"product_name": "상품", "quantity": "1", "unit_price": "10"}]});
        assert_eq!(admin.post("/api/v1/tenants/fim/invoices", &invoice).await.wrong_fields(), ["currency_code"]);
        let new = json!({"account_code": "1039", "account_name": "외화예금", "account_type": "ASSET", "currency": "USD"});
        assert_eq!(admin.post(ACCOUNTS, &new).await.wrong_fields(), ["currency"]);
        // what is there is settled and taken back
        let payment = json!({"transaction_date": "2026-03-10", "transaction_type": "RECEIPT", "payment_method": "CASH", "partner_id": customer,
            "account_id": account(&admin, "103").await, "currency": "USD", "exchange_rate": "1310", "amount": "100.25"});
        let payment = admin.post(PAYMENTS, &payment).await.id();
        let how = json!({"allocations": [{"item_id": first["id"], "amount": "100.25"}]});
        assert_eq!(admin.post(&format!("{PAYMENTS}/{payment}/complete"), &how).await.ok(200)["unallocated"], "0");
        let _ = admin.post(&format!("{ITEMS}/{}/reverse", second["id"].as_str().unwrap()), &json!({"date": "2026-03-31"})).await.ok(200);
        let _ = admin.post(&format!("{ENTRIES}/{entry}/reverse"), &json!({"date": "2026-03-31"})).await.ok(200);
    }

    /// Fault F15 and section E: an account of 1,000 dollars was turned into one of euros, and the revaluation posted a loss.
    async fn an_account_that_is_used_keeps_its_currency_and_its_flags(app: TestApp) {
        let admin = app.admin_a().await;
        let new = json!({"account_code": "1031", "account_name": "외화예금", "account_type": "ASSET", "is_bank_account": true, "currency": "USD"});
        let row = format!("{ACCOUNTS}/{}", admin.post(ACCOUNTS, &new).await.id());
        assert_eq!(admin.patch(&row, &json!({"currency": "XXX"})).await.wrong_fields(), ["currency"], "the company has no such currency");
        let _ = admin.patch(&row, &json!({"currency": "EUR", "is_bank_account": false})).await.ok(200);
        let _ = admin.patch(&row, &json!({"currency": "USD", "is_bank_account": true})).await.ok(200);
        let mut body = json!({"je_date": "2026-03-02", "currency": "USD", "exchange_rate": "1300", "lines": lines(&admin, &[("1031", 1000, 0), ("331", 0, 1000)]).await});
        let entry = format!("{ENTRIES}/{}", admin.post(ENTRIES, &body).await.id());
        let changes = [json!({"currency": "EUR"}), json!({"currency": null}), json!({"is_bank_account": false}), json!({"is_cash_account": true}), json!({"is_posting_allowed": false})];
        for posts in [false, true] {
            if posts {
                let _ = admin.post(&format!("{entry}/post"), &json!({})).await.ok(200);
            }
            for change in &changes {
                let refused = admin.patch(&row, change).await.refused(409, "CONFLICT");
                assert_eq!(refused["rule"], "fim.account_used", "{change}");
                assert!(holders(&refused).contains(&"fim_journal_entry_lines".to_owned()), "{refused}");
            }
            let refused = admin.delete(&row).await.refused(409, "CONFLICT");
            assert_eq!((&refused["rule"], holders(&refused)[0].as_str()), (&json!("referenced"), "fim_journal_entry_lines"));
        }
        // names and places are free
        let _ = admin.patch(&row, &json!({"account_name": "외화보통예금", "account_group": "당좌자산", "currency": "USD"})).await.ok(200);
        // a draft that is deleted holds nothing
        let other = json!({"account_code": "1032", "account_name": "외화예금 2", "account_type": "ASSET", "currency": "USD"});
        let other = format!("{ACCOUNTS}/{}", admin.post(ACCOUNTS, &other).await.id());
        body["lines"] = lines(&admin, &[("1032", 7, 0), ("331", 0, 7)]).await;
        let entry = format!("{ENTRIES}/{}", admin.post(ENTRIES, &body).await.id());
        let _ = admin.patch(&other, &json!({"currency": "EUR"})).await.refused(409, "CONFLICT");
        let _ = admin.delete(&entry).await.ok(200);
        let _ = admin.patch(&other, &json!({"currency": "EUR"})).await.ok(200);
        let _ = admin.delete(&other).await.ok(200);
    }

    /// Fault F15: a customer, a department or an account that only lines of the ledger name could be deleted.
    async fn what_lines_of_the_ledger_name_is_not_deleted(app: TestApp) {
        let admin = app.admin_a().await;
        let organization = admin.post("/api/v1/tenants/adm/organizations", &json!({"name": "본사"})).await.id();
        for posts in [false, true] {
            let customer = partner(&admin).await;
            let department = admin.post(DEPARTMENTS, &json!({"organization_id": organization, "code": format!("D{posts}"), "name": format!("부서 {posts}")})).await.id();
            let mut all = lines(&admin, &[("813", 10, 0), ("101", 0, 10)]).await;
            all[0]["partner_id"] = json!(customer);
            all[0]["department_id"] = json!(department);
            let entry = format!("{ENTRIES}/{}", admin.post(ENTRIES, &json!({"je_date": "2026-03-02", "lines": all})).await.id());
            if posts {
                let _ = admin.post(&format!("{entry}/post"), &json!({})).await.ok(200);
            }
            let rows = [format!("{CUSTOMERS}/{customer}"), format!("{DEPARTMENTS}/{department}"), format!("{ACCOUNTS}/{}", account(&admin, "813").await)];
            for row in &rows {
                let refused = admin.delete(row).await.refused(409, "CONFLICT");
                assert_eq!((&refused["rule"], &refused["referenced_by"]["fim_journal_entry_lines"].is_null()), (&json!("referenced"), &false), "{row}: {refused}");
            }
            let many = json!({"items": [{"op": "delete", "id": customer}]});
            assert_eq!(admin.post(&format!("{CUSTOMERS}/bulk"), &many).await.ok(200)["failed"], 1);
            if !posts {
                let _ = admin.delete(&entry).await.ok(200);
                for row in &rows[..2] {
                    let _ = admin.delete(row).await.ok(200);
                }
            }
        }
        // it is the company's own lines that count
        let b = app.admin_b().await;
        let theirs = partner(&b).await;
        let _ = b.delete(&format!("{CUSTOMERS}/{theirs}")).await.ok(200);
    }

    /// Fault F15: the month a fiscal year begins in could be moved under entries and their numbers.
    async fn the_start_of_the_fiscal_year_stays_once_something_stands_in_one(app: TestApp) {
        let admin = app.admin_a().await;
        let setting = "/api/v1/tenants/adm/settings/accounting.fiscal_year_start_month";
        let _ = admin.patch(setting, &json!({"value": 4})).await.ok(200);
        let _ = admin.patch(setting, &json!({"value": null})).await.ok(200);
        let _ = posted(&admin, "2026-03-02", &[("101", 5, 0), ("401", 0, 5)]).await;
        let refused = admin.patch(setting, &json!({"value": 4})).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], holders(&refused)), (&json!("adm.setting_used"), vec!["fim_journal_entries".to_owned()]));
        assert_eq!(admin.get(setting).await.ok(200)["value"], 1);
        // the same said aloud changes nothing
        assert_eq!(admin.patch(setting, &json!({"value": 1})).await.ok(200)["is_default"], false);
        let _ = admin.patch(setting, &json!({"value": null})).await.ok(200);
        // other settings are free, and so is another company
        let _ = admin.patch("/api/v1/tenants/adm/settings/accounting.vat_rounding", &json!({"value": "UP"})).await.ok(200);
        let _ = app.admin_b().await.patch(setting, &json!({"value": 4})).await.ok(200);
    }

    /// Section E: an entry by hand to the account of claims or debts that names a partner made account and aging differ.
    async fn an_entry_by_hand_that_names_a_partner_opens_an_item(app: TestApp) {
        let admin = app.admin_a().await;
        let (customer, vendor) = (partner(&admin).await, partner(&admin).await);
        let aging = async |kind: &str, day: &str| admin.get(&format!("/api/v1/tenants/fim/reports/aging?kind={kind}&as_of={day}")).await.ok(200);
        let with = async |wanted: &[(&str, i64, i64)], at: usize, who: &str| {
            let mut all = lines(&admin, wanted).await;
            all[at]["partner_id"] = json!(who);
            let id = admin.post(ENTRIES, &json!({"je_date": "2026-03-02", "ref_doc_no": "수기-1", "lines": all})).await.id();
            admin.post(&format!("{ENTRIES}/{id}/post"), &json!({})).await.ok(200)
        };
        let sale = with(&[("108", 1100, 0), ("401", 0, 1100)], 0, &customer).await;
        let _ = with(&[("811", 300, 0), ("251", 0, 300)], 1, &vendor).await;
        let back = with(&[("401", 100, 0), ("108", 0, 100)], 1, &customer).await;
        for (kind, total) in [("RECEIVABLE", "1000"), ("PAYABLE", "-300")] {
            let report = aging(kind, "2026-03-31").await;
            assert_eq!((&report["totals"]["total"], &report["difference"]), (&json!(total), &json!("0")), "{report}");
        }
        let statement = admin.get(&format!("/api/v1/tenants/fim/reports/partner-statement?partner_id={customer}&to=2026-03-31")).await.ok(200);
        assert_eq!(statement["closing"], "1000");
        let items = admin.get(&format!("{ITEMS}?partner_id={customer}&doc_type=ENTRY&sort=amount")).await.ok(200);
        assert_eq!((&items["total"], &items["items"][0]["amount"], &items["items"][1]["je_id"], &items["items"][1]["doc_no"]), (&json!(2), &json!("-100"), &sale["id"], &json!("수기-1")));
        // it is paid as any other, and its entry is not taken back under the payment
        let payment = paid(&admin, "RECEIPT", &customer, "600", &json!({"allocations": [{"item_id": items["items"][1]["id"], "amount": "600"}]})).await;
        let undo = |entry: &Value| format!("{ENTRIES}/{}/reverse", entry["id"].as_str().unwrap());
        let refused = admin.post(&undo(&sale), &json!({"date": "2026-03-31"})).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "fim.item_settled");
        let _ = admin.post(&format!("{PAYMENTS}/{}/cancel", payment["id"].as_str().unwrap()), &json!({"reason": "x", "date": "2026-03-20"})).await.ok(200);
        for entry in [&sale, &back] {
            let _ = admin.post(&undo(entry), &json!({"date": "2026-04-05"})).await.ok(200);
        }
        for (day, total) in [("2026-04-04", "1000"), ("2026-04-05", "0")] {
            let report = aging("RECEIVABLE", day).await;
            assert_eq!((&report["totals"]["total"], &report["difference"]), (&json!(total), &json!("0")), "{day}");
        }
        assert_eq!(admin.get(&format!("{ITEMS}?partner_id={customer}")).await.ok(200)["total"], 0);
        // an opening is taken back as an opening only
        let item = opened(&admin, &customer, "RECEIVABLE", "5", "2026-03-31").await;
        let entry = admin.get(&format!("{ITEMS}/{item}")).await.ok(200)["je_id"].clone();
        let refused = admin.post(&undo(&json!({"id": entry})), &json!({})).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "fim.entry_of_document");
    }
}
