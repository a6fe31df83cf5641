//! Statements taken along as files, the journal, and the cash flow.

use serde_json::json;
use testkit::both;
use tests::fim::{ENTRIES, draft, posted};

const REPORTS: &str = "/api/v1/tenants/fim/reports";

both! {
    async fn every_statement_comes_as_a_file_too(app: TestApp) {
        let admin = app.admin_a().await;
        let entry = posted(&admin, "2026-03-02", &[("108", 110_000, 0), ("401", 0, 100_000), ("255", 0, 10_000)]).await;
        let partner = admin.post("/api/v1/tenants/crm/customers", &json!({"name": "한빛전자"})).await.id();
        let account = entry["lines"][0]["account_id"].as_str().unwrap();
        for (name, said) in [
            ("trial-balance", "108"), ("profit-and-loss", "401"), ("balance-sheet", "108"), ("journal", "JE-2026-000001"),
            ("cash-flow", "opening"), ("general-ledger", "JE-2026-000001"), ("budget-vs-actual", "known_at"), ("aging", "not_due"),
            ("vat-return", "Tax invoices issued"), ("partner-statement", "closing"),
        ] {
            let path = format!("{REPORTS}/{name}?");
            let path = match name {
                "general-ledger" => format!("{path}from=2026-03-01&to=2026-03-31&account_id={account}"),
                "partner-statement" => format!("{path}from=2026-03-01&to=2026-03-31&partner_id={partner}"),
                "aging" => format!("{path}kind=RECEIVABLE&as_of=2026-03-31"),
                _ => format!("{path}from=2026-03-01&to=2026-03-31"),
            };
            let csv = admin.get(&format!("{path}&format=csv")).await;
            let text = String::from_utf8(csv.bytes.clone()).unwrap();
            assert_eq!((csv.status, csv.header("content-type")), (200, "text/csv; charset=utf-8"), "{name}");
            assert!(csv.header("content-disposition").contains(&format!("{name}.csv")), "{csv:?}");
            assert!(text.contains(said), "{name}: {text}");
            let xlsx = admin.get(&format!("{path}&format=xlsx")).await;
            assert_eq!((xlsx.status, &xlsx.bytes[..2]), (200, b"PK".as_slice()), "{name}");
            assert_eq!(admin.get(&format!("{path}&format=pdf")).await.wrong_fields(), ["format"], "{name}");
        }
    }

    async fn a_department_of_nobody_here_is_said_to_be_none(app: TestApp) {
        let (admin, b) = (app.admin_a().await, app.admin_b().await);
        let organization = b.post("/api/v1/tenants/adm/organizations", &json!({"name": "남의 회사"})).await.id();
        let body = json!({"name": "남의 부서", "code": "THEIRS", "organization_id": organization});
        let theirs = b.post("/api/v1/tenants/adm/departments", &body).await.id();
        for name in ["trial-balance", "profit-and-loss", "balance-sheet", "journal", "cash-flow", "budget-vs-actual"] {
            let answer = admin.get(&format!("{REPORTS}/{name}?department_id={theirs}")).await;
            assert_eq!(answer.wrong_fields(), ["department_id"], "{name}");
        }
    }

    async fn the_journal_has_every_line_in_the_order_of_days(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = posted(&admin, "2026-03-09", &[("101", 500, 0), ("401", 0, 500)]).await;
        let _ = posted(&admin, "2026-03-02", &[("108", 110_000, 0), ("401", 0, 100_000), ("255", 0, 10_000)]).await;
        let journal = admin.get(&format!("{REPORTS}/journal?from=2026-03-01&to=2026-03-31&page_size=4")).await.ok(200);
        let codes: Vec<&str> = journal["rows"].as_array().unwrap().iter().map(|row| row["account_code"].as_str().unwrap()).collect();
        assert_eq!((codes, &journal["total"]), (vec!["108", "401", "255", "101"], &json!(5)));
        let rest = admin.get(&format!("{REPORTS}/journal?from=2026-03-01&to=2026-03-31&page_size=4&page=2")).await.ok(200);
        assert_eq!(rest["rows"].as_array().unwrap().len(), 1);
        // a draft is not in it
        assert_eq!(draft(&admin, "2026-03-03", &[("101", 1, 0), ("401", 0, 1)]).await.status, 201);
        assert_eq!(admin.get(&format!("{REPORTS}/journal?from=2026-03-01&to=2026-03-31")).await.ok(200)["total"], 5);
        assert_eq!(admin.get(&format!("{REPORTS}/journal?page=0")).await.wrong_fields(), ["page"]);
        assert_eq!(admin.get(ENTRIES).await.ok(200)["total"], 3);
    }

    async fn the_cash_flow_ends_in_what_the_cash_accounts_hold(app: TestApp) {
        let admin = app.admin_a().await;
        for (day, lines) in [
            ("2026-02-20", vec![("103", 5_000_000, 0), ("331", 0, 5_000_000)]),
            ("2026-03-02", vec![("108", 1_100_000, 0), ("401", 0, 1_000_000), ("255", 0, 100_000)]),
            ("2026-03-10", vec![("103", 1_100_000, 0), ("108", 0, 1_100_000)]),
            ("2026-03-11", vec![("212", 700_000, 0), ("103", 0, 700_000)]),
            ("2026-03-12", vec![("103", 2_000_000, 0), ("260", 0, 2_000_000)]),
            ("2026-03-13", vec![("819", 300_000, 0), ("135", 30_000, 0), ("103", 0, 330_000)]),
            ("2026-03-14", vec![("101", 50_000, 0), ("103", 0, 50_000)]),
        ] {
            let _ = posted(&admin, day, &lines).await;
        }
        let flow = admin.get(&format!("{REPORTS}/cash-flow?from=2026-03-01&to=2026-03-31")).await.ok(200);
        assert_eq!((&flow["opening"], &flow["closing"], &flow["difference"]), (&json!("5000000"), &json!("7070000"), &json!("0")));
        assert_eq!((&flow["operating"]["total"], &flow["investing"]["total"], &flow["financing"]["total"]), (&json!("770000"), &json!("-700000"), &json!("2000000")));
    }
}
