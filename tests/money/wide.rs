//! Sums that are wider than one amount, and what an account can hold.

use super::guards::{by_hand, refused};
use serde_json::{Value, json};
use testkit::{Backend, Caller, TestApp, both};
use tests::fim::{ENTRIES, account, draft, posted, verdict};

const REPORTS: &str = "/api/v1/tenants/fim/reports";
const MUCH: i64 = 900_000_000_000_000;

async fn balance(caller: &Caller) -> Value {
    let mut report = caller.get(&format!("{REPORTS}/trial-balance?from=2026-03-01&to=2026-03-31")).await.ok(200);
    report.as_object_mut().unwrap().shift_remove("known_at");
    report
}

fn row(report: &Value, code: &str) -> [String; 3] {
    let row = report["rows"].as_array().unwrap().iter().find(|row| row["account_code"] == code).unwrap();
    ["debit", "credit", "closing"].map(|side| row[side].as_str().unwrap().to_owned())
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let scope = app.database(kernel::Realm::Tenant).read(Some(app.company_a().await.id)).await.unwrap();
    let row = scope.raw_one(store::Sql::new(&format!("SELECT COUNT(*) AS n FROM {table}"))).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

both! {
    /// Fault F5: two postings of 900 trillion made every report a 500 for ever.
    async fn what_adds_up_to_more_than_one_amount_is_reported_and_no_account_goes_beyond_it(app: TestApp) {
        let admin = app.admin_a().await;
        // as if the months were about to be summed up
        let company = app.company_a().await.id;
        assert_eq!(by_hand(&app, &format!("UPDATE fim_ledgers SET chain_no = 198 WHERE tenant_id = '{company}'")).await.unwrap(), 1);
        let first = posted(&admin, "2026-03-02", &[("101", MUCH, 0), ("401", 0, MUCH)]).await;
        let more = draft(&admin, "2026-03-03", &[("101", MUCH, 0), ("331", 0, MUCH)]).await.id();
        let answer = admin.post(&format!("{ENTRIES}/{more}/post"), &json!({})).await;
        assert_eq!(answer.refused(409, "CONFLICT")["rule"], "fim.too_large");
        // elsewhere there is room, and what brings an account back always has it
        let _ = posted(&admin, "2026-03-03", &[("103", MUCH, 0), ("331", 0, MUCH)]).await;
        assert_eq!(balance(&admin).await["totals"]["debit"], "1800000000000000");
        let _ = admin.post(&format!("{ENTRIES}/{}/reverse", first["id"].as_str().unwrap()), &json!({"date": "2026-03-04"})).await.ok(200);
        let _ = posted(&admin, "2026-03-05", &[("101", MUCH, 0), ("401", 0, MUCH)]).await;
        let before = balance(&admin).await;
        assert_eq!(row(&before, "101"), ["1800000000000000", "900000000000000", "900000000000000"]);
        assert_eq!(before["totals"], json!({"opening": "0", "debit": "3600000000000000", "credit": "3600000000000000", "closing": "0"}));
        let partner = admin.post("/api/v1/tenants/crm/customers", &json!({"name": "한빛전자"})).await.id();
        let cash = account(&admin, "101").await;
        let days = "from=2026-03-01&to=2026-03-31";
        for report in [
            "profit-and-loss?", "balance-sheet?", "cash-flow?", "journal?", "budget-vs-actual?", "vat-return?", "vat-return/late?", "vat-return/partners?",
            &format!("general-ledger?account_id={cash}&page_size=2&page=2&"), &format!("partner-statement?partner_id={partner}&"),
        ] {
            let _ = admin.get(&format!("{REPORTS}/{report}{days}")).await.ok(200);
        }
        let cash = admin.get(&format!("{REPORTS}/cash-flow?{days}")).await.ok(200);
        assert_eq!((&cash["closing"], &cash["difference"]), (&json!("1800000000000000"), &json!("0")));
        let sheet = admin.get(&format!("{REPORTS}/balance-sheet?as_of=2026-03-31")).await.ok(200);
        assert_eq!((&sheet["assets"], &sheet["liabilities_and_equity"]), (&json!("1800000000000000"), &json!("1800000000000000")));
        // summed up by month it is the same
        app.settle().await;
        assert!(count(&app, "fim_ledger_months").await > 0);
        assert_eq!(balance(&admin).await, before);
    }

    /// Fault F5: the database holds it too, whoever posts.
    async fn the_database_itself_lets_no_account_go_beyond_an_amount(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = posted(&admin, "2026-03-02", &[("101", MUCH, 0), ("401", 0, MUCH)]).await;
        for (no, lines) in [(2, [("101", MUCH, 0), ("331", 0, MUCH)]), (3, [("103", MUCH, 0), ("401", 0, MUCH)])] {
            let id = draft(&admin, "2026-03-03", &lines).await.id();
            let _ = by_hand(&app, &format!("UPDATE fim_journal_entry_lines SET chain_no = {no} WHERE je_id = '{id}'")).await.unwrap();
            let hash = if app.backend() == Backend::Postgres { "decode('00', 'hex')" } else { "x'00'" };
            let post = format!("UPDATE fim_journal_entries SET status = 'POSTED', je_code = 'X-{no}', chain_no = {no}, entry_hash = {hash}, posted_at = created_at WHERE id = '{id}'");
            if app.backend() == Backend::Postgres {
                refused(&app, &post, "fim_account_balances_balance_check").await;
            } else {
                // the hash is no text to be read as an id
                let sql = post.replace(&format!("'{id}'"), &format!("X'{}'", id.replace('-', "")));
                let company = app.company_a().await.id;
                let cx = store::Context::system(kernel::Realm::Tenant, Some(company), "a statement by hand");
                let error = app.database(kernel::Realm::Tenant).write(&cx, async |tx| tx.raw_execute(store::Sql::new(&sql)).await).await.unwrap_err();
                assert_eq!(error.cause(), Some("fim_account_balances_balance_check"));
            }
            let _ = by_hand(&app, &format!("UPDATE fim_journal_entry_lines SET chain_no = NULL WHERE je_id = '{id}'")).await.unwrap();
        }
        // to the last of what one amount can be
        let rest = 922_337_203_685_477 - MUCH;
        let _ = posted(&admin, "2026-03-03", &[("101", rest, 0), ("401", 0, rest)]).await;
        let over = draft(&admin, "2026-03-03", &[("101", 1, 0), ("401", 0, 1)]).await.id();
        assert_eq!(admin.post(&format!("{ENTRIES}/{over}/post"), &json!({})).await.refused(409, "CONFLICT")["rule"], "fim.too_large");
        let _ = posted(&admin, "2026-03-03", &[("401", 1, 0), ("101", 0, 1)]).await;
        assert_eq!(verdict(&admin).await["valid"], true);
        // a balance beside its lines is found
        let cash = account(&admin, "101").await;
        let _ = by_hand(&app, &format!("UPDATE fim_account_balances SET rest = rest + 1 WHERE account_id = '{cash}'")).await.unwrap();
        assert_eq!(verdict(&admin).await["first_bad"]["id"], cash);
    }
}
