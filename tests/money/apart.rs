//! What one company does changes nothing in the statements of another.

use serde_json::{Value, json};
use testkit::{Caller, both};
use tests::fim::{
    ACCOUNTS, ENTRIES, account,
    clearings::clear,
    invoices::{act, again, drafted, id, issued, line, partner},
    lines,
    payments::{ITEMS, PAYMENTS},
    verdict,
};

const REPORTS: &str = "/api/v1/tenants/fim/reports";
const REVALUATIONS: &str = "/api/v1/tenants/fim/revaluations";

/// What the statements of a company are asked about.
struct Company {
    caller: Caller,
    partner: String,
    bank: String,
}

impl Company {
    /// A company with a partner, a bank account in dollars, and a document of every kind.
    async fn begin(caller: Caller, price: &str) -> Self {
        let partner = partner(&caller).await;
        let rate = json!({"from_currency": "USD", "to_currency": "KRW", "rate": "1300", "valid_from": "2026-03-01"});
        let _ = caller.post("/api/v1/tenants/adm/exchange-rates", &rate).await.ok(201);
        let bank = json!({"account_code": "1031", "account_name": "외화예금", "account_type": "ASSET", "currency": "USD", "is_bank_account": true});
        let bank = caller.post(ACCOUNTS, &bank).await.id();
        let company = Self { caller, partner, bank };
        company.trade(price).await;
        company
    }

    /// Invoices, an amendment, a cancellation, a late one, money in dollars, a bad debt, a budget.
    async fn trade(&self, price: &str) {
        let (caller, partner) = (&self.caller, &self.partner);
        let taxed = [line("2", price, json!({})), line("1", price, json!({"tax_kind": "EXEMPT"}))];
        let sale = issued(caller, partner, &taxed, json!({})).await;
        let _ = issued(caller, partner, &taxed, json!({"direction": "PURCHASE"})).await;
        let gone = issued(caller, partner, &taxed, json!({})).await;
        let _ = act(caller, &gone, "cancel", json!({"date": "2026-04-02"})).await.ok(200);
        let late = drafted(caller, partner, &taxed, json!({})).await;
        let _ = act(caller, &late, "issue", json!({"issue_date": "2026-05-20"})).await.ok(200);
        let _ = act(caller, &sale, "amend", json!({"code": 3, "date": "2026-03-20", "lines": [line("1", price, json!({}))]})).await.ok(200);
        let item = caller.get(&format!("{ITEMS}?doc_id={}", id(&late))).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let whole = again(caller, &late).await["total_amount"].as_str().unwrap().to_owned();
        let _ = clear(caller, "WRITE_OFF", &[(&item, &whole)], json!({"vat_relief": true})).await.ok(201);
        let open = json!({"kind": "RECEIVABLE", "partner_id": partner, "doc_date": "2026-03-02", "due_date": "2026-03-31", "currency": "USD",
            "exchange_rate": "1250", "amount": "100"});
        let open = caller.post(ITEMS, &open).await.id();
        let receipt = json!({"transaction_date": "2026-03-12", "transaction_type": "RECEIPT", "payment_method": "BANK_TRANSFER", "currency": "USD",
            "exchange_rate": "1280", "partner_id": partner, "account_id": self.bank, "amount": "40"});
        let receipt = caller.post(PAYMENTS, &receipt).await.id();
        let how = json!({"allocations": [{"item_id": open, "amount": "40"}]});
        let _ = caller.post(&format!("{PAYMENTS}/{receipt}/complete"), &how).await.ok(200);
    }

    async fn budget(&self) {
        let body = json!({"account_id": account(&self.caller, "833").await, "period": "2026-03", "amount": "1000000"});
        let made = self.caller.post("/api/v1/tenants/fim/budgets", &body).await.id();
        let _ = self.caller.post(&format!("/api/v1/tenants/fim/budgets/{made}/approve"), &json!({})).await.ok(200);
    }

    /// Entries over three months.
    async fn post(&self, count: u32, amount: i64) {
        let sale = lines(&self.caller, &[("108", amount, 0), ("401", 0, amount)]).await;
        let cost = lines(&self.caller, &[("833", amount / 2, 0), ("101", 0, amount / 2)]).await;
        for at in 0..count {
            let day = format!("2026-{:02}-{:02}", 2 + at * 7 % 3, 1 + at * 11 % 28);
            let made = self.caller.post(ENTRIES, &json!({"je_date": day, "lines": if at % 3 == 0 { &cost } else { &sale }})).await.id();
            let _ = self.caller.post(&format!("{ENTRIES}/{made}/post"), &json!({})).await.ok(200);
        }
    }

    /// Every statement, as JSON and as a file, as known at a moment; byte for byte.
    async fn statements(&self, known: Option<&str>) -> Vec<(String, Vec<u8>)> {
        let known = known.map(|at| format!("&known_at={at}")).unwrap_or_default();
        let control = account(&self.caller, "108").await;
        let mut paths = Vec::new();
        for span in ["from=2026-02-01&to=2026-04-30", "from=2026-02-10&to=2026-04-03", "from=2026-03-05&to=2026-03-21"] {
            for report in [
                "trial-balance",
                "profit-and-loss",
                "balance-sheet",
                "cash-flow",
                "journal",
                "budget-vs-actual",
                "vat-return",
                "vat-return/late",
            ] {
                paths.push(format!("{REPORTS}/{report}?{span}"));
            }
            for more in [format!("account_id={control}"), format!("account_id={}", self.bank)] {
                paths.push(format!("{REPORTS}/general-ledger?{span}&page_size=50&page=2&{more}"));
                paths.push(format!("{REPORTS}/general-ledger?{span}&{more}"));
            }
            paths.push(format!("{REPORTS}/partner-statement?{span}&partner_id={}", self.partner));
        }
        for kind in ["RECEIVABLE", "PAYABLE"] {
            paths.push(format!("{REPORTS}/aging?kind={kind}&as_of=2026-04-15"));
        }
        let mut all = Vec::new();
        for path in paths {
            let json = self.caller.get(&format!("{path}{known}")).await.ok(200);
            all.push((path.clone(), json.to_string().into_bytes()));
            let csv = self.caller.get(&format!("{path}{known}&format=csv")).await;
            assert_eq!(csv.status, 200, "{path}");
            all.push((format!("{path} csv"), csv.bytes));
        }
        for more in [
            "vat-return/documents?box=1&",
            "vat-return/documents?box=8&",
            "vat-return/documents?box=10&",
            "vat-return/partners?",
            "vat-return/partners?direction=PURCHASE&",
        ] {
            let path = format!("{REPORTS}/{more}from=2026-02-01&to=2026-04-30");
            all.push((path.clone(), self.caller.get(&format!("{path}{known}")).await.ok(200).to_string().into_bytes()));
        }
        all
    }

    /// What can be taken along, and what looking over the books says.
    async fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut all = vec![("verify".to_owned(), verdict(&self.caller).await.to_string().into_bytes())];
        for list in ["transactions", "open-items", "invoices", "payments", "clearings", "accounts", "budgets"] {
            let csv = self.caller.get(&format!("/api/v1/tenants/fim/{list}/export?format=csv")).await;
            assert_eq!(csv.status, 200, "{list}: {csv:?}");
            all.push((list.to_owned(), csv.bytes));
        }
        all
    }

    /// What a revaluation finds open and on the bank; it is taken back again.
    async fn valued(&self) -> Vec<Value> {
        let done = self.caller.post(REVALUATIONS, &json!({"as_of": "2026-03-31"})).await.ok(201);
        let _ = self.caller.post(&format!("{REVALUATIONS}/{}/reverse", id(&done)), &json!({})).await.ok(200);
        let figure = |line: &Value| json!([line["account_id"], line["item_id"], line["amount"], line["base_amount"], line["gain"]]);
        done["lines"].as_array().unwrap().iter().map(figure).collect()
    }
}

/// When the last entry was posted that these statements know.
fn moment_of(statements: &[(String, Vec<u8>)]) -> String {
    serde_json::from_slice::<Value>(&statements[0].1).unwrap()["known_at"].as_str().unwrap().to_owned()
}

fn same(one: &[(String, Vec<u8>)], other: &[(String, Vec<u8>)], when: &str) {
    for ((path, before), (_, after)) in one.iter().zip(other) {
        assert!(before == after, "{when}: {path}\n{}\n{}", String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    }
    assert_eq!(one.len(), other.len());
}

both! {
    /// Section G: filters of the company in the statements could be dropped, and on SQLite no test saw it.
    async fn what_another_company_does_changes_nothing(app: TestApp) {
        // the second company has posted before the first and posts after it, more than is left unsummed
        let second = Company::begin(app.admin_b().await, "777000").await;
        second.budget().await;
        second.post(120, 7_000).await;
        let second_early = second.statements(None).await;
        let second_moment = moment_of(&second_early);
        let first = Company::begin(app.admin_a().await, "10000").await;
        first.budget().await;
        first.post(60, 1_000).await;
        let early = first.statements(None).await;
        let moment = moment_of(&early);
        first.post(150, 1_000).await;
        let valued = first.valued().await;
        assert_eq!(valued.len(), 2, "an item and the bank: {valued:?}");
        app.settle().await;
        let (now, files) = (first.statements(None).await, first.files().await);
        let latest = moment_of(&now);
        same(&early, &first.statements(Some(&moment)).await, "as known earlier");

        second.trade("999000").await;
        second.post(120, 7_000).await;
        assert_eq!(second.valued().await.len(), 3);
        app.settle().await;
        same(&now, &first.statements(None).await, "now");
        same(&now, &first.statements(Some(&latest)).await, "as known at the end");
        same(&early, &first.statements(Some(&moment)).await, "as known earlier");
        same(&files, &first.files().await, "files");
        // whichever company a statement without its filter comes upon first, it is the wrong one for one of them
        same(&second_early, &second.statements(Some(&second_moment)).await, "the second, as known earlier");
        assert_eq!(first.valued().await, valued);
        for company in [&first, &second] {
            assert_eq!(verdict(&company.caller).await["valid"], true);
        }
    }
}
