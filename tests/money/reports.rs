//! Statements: they balance, they can be asked again, they do not drift.

use super::guards::by_hand;
use serde_json::{Value, json};
use testkit::{Caller, TestApp, both};
use tests::fim::{ENTRIES, account, lines, posted, verdict};

const REPORTS: &str = "/api/v1/tenants/fim/reports";

/// Places of the chain whose sums stand together.
const PART: i64 = 16_384;

async fn report(caller: &Caller, which: &str) -> Value {
    caller.get(&format!("{REPORTS}/{which}")).await.ok(200)
}

fn row<'v>(report: &'v Value, code: &str) -> &'v Value {
    report["rows"].as_array().unwrap().iter().find(|row| row["account_code"] == code).unwrap_or_else(|| panic!("no {code} in {report}"))
}

/// A month of a small trader: capital, a purchase, a sale with its cost, rent, and what was paid and received.
async fn a_month(admin: &Caller) {
    for (day, wanted) in [
        ("2026-03-02", vec![("103", 50_000_000, 0), ("331", 0, 50_000_000)]),
        ("2026-03-05", vec![("146", 10_000_000, 0), ("135", 1_000_000, 0), ("251", 0, 11_000_000)]),
        ("2026-03-10", vec![("108", 16_500_000, 0), ("401", 0, 15_000_000), ("255", 0, 1_500_000)]),
        ("2026-03-10", vec![("451", 8_000_000, 0), ("146", 0, 8_000_000)]),
        ("2026-03-25", vec![("819", 2_000_000, 0), ("135", 200_000, 0), ("103", 0, 2_200_000)]),
        ("2026-03-26", vec![("251", 11_000_000, 0), ("103", 0, 11_000_000)]),
        ("2026-03-30", vec![("103", 16_500_000, 0), ("108", 0, 16_500_000)]),
        ("2026-03-31", vec![("931", 100_000, 0), ("103", 0, 100_000)]),
    ] {
        let _ = posted(admin, day, &wanted).await;
    }
}

both! {
    async fn a_month_in_three_statements(app: TestApp) {
        let admin = app.admin_a().await;
        a_month(&admin).await;
        let balance = report(&admin, "trial-balance?as_of=2026-03-31&from=2026-03-01").await;
        let bank = row(&balance, "103");
        assert_eq!(
            (&bank["opening"], &bank["debit"], &bank["credit"], &bank["closing"]),
            (&json!("0"), &json!("66500000"), &json!("13300000"), &json!("53200000"))
        );
        assert_eq!(row(&balance, "401")["closing"], "-15000000", "debit is positive");
        assert_eq!(balance["totals"], json!({"opening": "0", "debit": "115300000", "credit": "115300000", "closing": "0"}));
        let result = report(&admin, "profit-and-loss?from=2026-03-01&to=2026-03-31").await;
        let said = |field: &str| result[field].clone();
        assert_eq!(
            (said("gross_profit"), said("operating_profit"), said("profit_before_tax"), said("net_profit")),
            (json!("7000000"), json!("5000000"), json!("4900000"), json!("4900000"))
        );
        assert_eq!((&result["sales"]["total"], &result["sales"]["rows"][0]["balance"]), (&json!("15000000"), &json!("-15000000")));
        let sheet = report(&admin, "balance-sheet?as_of=2026-03-31").await;
        assert_eq!((&sheet["assets"], &sheet["liabilities_and_equity"]), (&json!("56400000"), &json!("56400000")));
        assert_eq!((&sheet["unclosed_result"], &sheet["liabilities"]), (&json!("4900000"), &json!("1500000")));
        // before anything happened there is nothing
        let empty = report(&admin, "trial-balance?as_of=2026-02-28").await;
        assert_eq!(empty["rows"], json!([]));
        // another company sees nothing of it
        assert_eq!(report(&app.admin_b().await, "trial-balance?as_of=2026-03-31").await["rows"], json!([]));
    }

    async fn what_was_given_once_is_given_again_to_the_last_digit(app: TestApp) {
        let admin = app.admin_a().await;
        a_month(&admin).await;
        let first = report(&admin, "trial-balance?as_of=2026-03-31").await;
        let known_at = first["known_at"].as_str().unwrap().to_owned();
        // posted later, and dated back
        let _ = posted(&admin, "2026-03-15", &[("811", 300_000, 0), ("101", 0, 300_000)]).await;
        let now = report(&admin, "trial-balance?as_of=2026-03-31").await;
        assert_eq!(row(&now, "811")["closing"], "300000");
        let again = report(&admin, &format!("trial-balance?as_of=2026-03-31&known_at={known_at}")).await;
        assert_eq!(again, first);
        for which in ["profit-and-loss?from=2026-03-01&to=2026-03-31", "balance-sheet?as_of=2026-03-31"] {
            let old = report(&admin, &format!("{which}&known_at={known_at}")).await;
            assert!(!old.to_string().contains("300000\""), "{old}");
        }
        let ahead = app.now().plus_seconds(60);
        assert_eq!(admin.get(&format!("{REPORTS}/trial-balance?known_at={ahead}")).await.wrong_fields(), ["known_at"]);
    }

    async fn the_ledger_of_an_account_carries_its_balance_over_pages(app: TestApp) {
        let admin = app.admin_a().await;
        a_month(&admin).await;
        // of one entry several lines, on whichever page they come to stand
        let _ = posted(&admin, "2026-03-28", &[("103", 10, 0), ("103", 20, 0), ("103", 0, 5), ("901", 0, 25)]).await;
        let _ = posted(&admin, "2026-03-28", &[("103", 7, 0), ("103", 0, 7)]).await;
        let bank = account(&admin, "103").await;
        let ask = async |more: &str| report(&admin, &format!("general-ledger?account_id={bank}&from=2026-03-03&to=2026-03-31{more}")).await;
        let whole = ask("").await;
        assert_eq!((&whole["opening"], &whole["closing"], &whole["total"]), (&json!("50000000"), &json!("53200025"), &json!(9)));
        for size in 1..=5_usize {
            let mut rows = Vec::new();
            let mut balance = whole["opening"].clone();
            for page in 1..=9_usize.div_ceil(size) {
                let part = ask(&format!("&page={page}&page_size={size}")).await;
                assert_eq!((&part["opening"], &part["total"]), (&balance, &json!(9)), "page {page} of {size}");
                balance = part["closing"].clone();
                rows.extend(part["rows"].as_array().unwrap().clone());
            }
            assert_eq!(json!(rows), whole["rows"], "pages of {size}");
        }
        let beyond = ask("&page=11&page_size=1").await;
        assert_eq!((&beyond["rows"], &beyond["opening"], &beyond["closing"]), (&json!([]), &json!("53200025"), &json!("53200025")));
        assert_eq!(admin.get(&format!("{REPORTS}/general-ledger")).await.wrong_fields(), ["account_id"]);
        assert_eq!(admin.get(&format!("{REPORTS}/general-ledger?account_id={bank}&page_size=501")).await.wrong_fields(), ["page_size"]);
        let other = account(&app.admin_b().await, "103").await;
        assert_eq!(admin.get(&format!("{REPORTS}/general-ledger?account_id={other}")).await.wrong_fields(), ["account_id"]);
    }

    async fn sums_of_months_and_lines_say_the_same_at_every_moment(app: TestApp) {
        the_same_at_every_moment(&app).await;
        assert_eq!(verdict(&app.admin_a().await).await["valid"], true);
    }

    async fn where_one_part_of_the_months_ends_they_say_the_same_too(app: TestApp) {
        // as if so many entries were there already, more than are summed up at once (a chain that begins there is none that verifies)
        let company = app.company_a().await.id;
        let shift = format!("UPDATE fim_ledgers SET chain_no = {} WHERE tenant_id = '{company}'", 2 * PART - 100);
        assert_eq!(by_hand(&app, &shift).await.unwrap(), 1);
        the_same_at_every_moment(&app).await;
        let parts = store::Sql::new("SELECT COUNT(DISTINCT part) AS n FROM fim_ledger_months");
        let row = app.database(kernel::Realm::Tenant).read(Some(company)).await.unwrap().raw_one(parts).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), 2);
    }

    /// Finding 7: a statement of December 9999 was a fault of the program.
    async fn the_last_month_of_all_is_a_month(app: TestApp) {
        let admin = app.admin_a().await;
        a_month(&admin).await;
        for which in ["cash-flow", "profit-and-loss", "trial-balance", "vat-return"] {
            for from in ["9999-12-31", "9999-12-05", "9999-12-01", "9999-11-05", "2026-01-01"] {
                let _ = report(&admin, &format!("{which}?from={from}&to=9999-12-31")).await;
            }
        }
        let [year, all] = ["2026-12-31", "9999-12-31"].map(|to| format!("profit-and-loss?from=2026-01-01&to={to}"));
        assert_eq!(report(&admin, &year).await["net_profit"], report(&admin, &all).await["net_profit"]);
    }
}

async fn the_same_at_every_moment(app: &TestApp) {
    let admin = app.admin_a().await;
    let sale = lines(&admin, &[("108", 1100, 0), ("401", 0, 1000), ("255", 0, 100)]).await;
    let cost = lines(&admin, &[("451", 700, 0), ("146", 0, 700)]).await;
    let mut moments = Vec::new();
    // more entries than are left unsummed, over three months, back and forth
    for at in 0..230_u32 {
        let day = format!("2026-{:02}-{:02}", 2 + at * 7 % 3, 1 + at * 11 % 28);
        let body = json!({"je_date": day, "lines": if at % 3 == 0 { &cost } else { &sale }});
        let id = admin.post(ENTRIES, &body).await.id();
        let entry = admin.post(&format!("{ENTRIES}/{id}/post"), &json!({})).await.ok(200);
        if at % 46 == 17 {
            let known = entry["posted_at"].as_str().unwrap().to_owned();
            moments.push((known.clone(), all_of(&admin, &known).await));
        }
    }
    let now = all_of(&admin, "").await;
    app.settle().await;
    assert_eq!(all_of(&admin, "").await, now, "summing up changes nothing");
    for (known, said) in moments {
        assert_eq!(all_of(&admin, &known).await, said, "as known at {known}");
    }
    let months = app.database(kernel::Realm::Tenant);
    let company = app.company_a().await.id;
    let count = store::Sql::new("SELECT COUNT(*) AS n FROM fim_ledger_months");
    let row = months.read(Some(company)).await.unwrap().raw_one(count).await.unwrap().unwrap();
    assert!(row.try_get::<i64>("", "n").unwrap() > 5, "the months were summed up");
}

/// Statements of whole months, of parts of months and of days, as known at a moment.
async fn all_of(admin: &Caller, known: &str) -> Vec<Value> {
    let known = if known.is_empty() { String::new() } else { format!("&known_at={known}") };
    let mut all = Vec::new();
    for which in [
        "trial-balance?from=2026-02-01&to=2026-04-30",
        "trial-balance?from=2026-02-10&to=2026-04-03",
        "trial-balance?from=2026-03-05&to=2026-03-07",
        "trial-balance?from=2026-03-01&to=2026-03-31",
        "profit-and-loss?from=2026-02-15&to=2026-03-31",
        "balance-sheet?as_of=2026-03-20",
    ] {
        let mut answer = report(admin, &format!("{which}{known}")).await;
        answer.as_object_mut().unwrap().shift_remove("known_at");
        all.push(answer);
    }
    all
}
