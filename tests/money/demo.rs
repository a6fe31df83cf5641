//! The demo company has a month of business, and its books are good.

use serde_json::json;
use testkit::{PASSWORD, both};

const FIM: &str = "/api/v1/tenants/fim";

both! {
    async fn the_demo_company_has_a_month_of_business_and_books_that_verify(app: TestApp) {
        let password = signin::Password::new(PASSWORD.to_owned());
        assert!(flows::demo::seed(app.platform(), &password).await.unwrap());
        let admin = app.stranger().sign_in(Some("demo"), "admin", PASSWORD).await;
        let get = async |path: &str| admin.get(&format!("{FIM}/{path}")).await.ok(200);
        let verdict = get("verify").await;
        assert!(verdict["valid"] == true && verdict["checked"].as_i64().unwrap() > 25, "{verdict}");
        let count = async |path: &str| get(path).await["total"].as_i64().unwrap();
        assert_eq!((count("invoices?direction=SALES&status=ISSUED").await, count("invoices?direction=PURCHASE&status=ISSUED").await), (6, 4));
        assert_eq!((count("payments?status=COMPLETED").await, count("invoices?currency_code=USD").await), (6, 1));
        let revalued = get("revaluations").await["items"][0].clone();
        let last = revalued["as_of"].as_str().unwrap().to_owned();
        // 12,000 dollars from 1,384.5 to 1,402.2
        assert_eq!(revalued["gain"], "212400");
        for kind in ["RECEIVABLE", "PAYABLE"] {
            for day in [&last, &revalued["returned_on"].as_str().unwrap().to_owned()] {
                let aging = get(&format!("reports/aging?kind={kind}&as_of={day}")).await;
                assert_eq!(aging["difference"], "0", "{kind} {day}: {aging}");
                assert_ne!(aging["totals"]["total"], "0");
            }
        }
        let first = format!("{}-01", &last[..7]);
        let balance = get(&format!("reports/trial-balance?from={first}&as_of={last}")).await;
        assert_eq!((&balance["totals"]["closing"], &balance["totals"]["debit"]), (&json!("0"), &balance["totals"]["credit"]));
        let vat = get(&format!("reports/vat-return?from={first}&to={last}")).await;
        assert_eq!((&vat["output_tie"]["difference"], &vat["input_tie"]["difference"], &vat["late_penalty"]), (&json!("0"), &json!("0"), &json!("0")));
        let result = get(&format!("reports/profit-and-loss?from={first}&to={last}")).await;
        assert!(result.to_string().contains("급여"), "{result}");
    }
}
