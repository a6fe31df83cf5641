//! What is on its way: the sums of the pipeline are those of the list.

use super::deals::{ACTIVITIES, OPPORTUNITIES, act, deal, later};
use serde_json::{Value, json};
use testkit::{Caller, PASSWORD, both};
use uuid::Uuid;

async fn pipeline(by: &Caller, query: &str) -> Value {
    by.get(&format!("{OPPORTUNITIES}/pipeline?{query}")).await.ok(200)
}

/// One stage of the only currency: count, amount, weighted amount, days.
fn stage<'p>(pipeline: &'p Value, stage: &str) -> (i64, &'p str, &'p str, Option<&'p str>) {
    let stages = pipeline["currencies"][0]["stages"].as_array().unwrap();
    let found = stages.iter().find(|row| row["stage"] == stage).unwrap();
    let text = |name: &str| found[name].as_str();
    (found["count"].as_i64().unwrap(), text("amount").unwrap(), text("weighted_amount").unwrap(), text("average_days"))
}

fn totals(pipeline: &Value) -> (i64, &str, &str) {
    let row = &pipeline["currencies"][0];
    (row["count"].as_i64().unwrap(), row["amount"].as_str().unwrap(), row["weighted_amount"].as_str().unwrap())
}

fn money(value: &Value) -> kernel::Money {
    value.as_str().unwrap().parse().unwrap()
}

both! {
    async fn a_deal_moves_through_the_pipeline(app: TestApp) {
        let admin = app.admin_a().await;
        assert_eq!(pipeline(&admin, "").await["currencies"], json!([]), "nothing yet");
        let id = deal(&admin, json!({"amount": "20000000"})).await;
        let other = deal(&admin, json!({"amount": "3000001"})).await;
        let now = pipeline(&admin, "").await;
        assert_eq!(stage(&now, "LEAD"), (2, "23000001", "2300000", Some("0")));
        assert_eq!((totals(&now), &now["win_rate"], &now["open_count"]), ((2, "23000001", "2300000"), &Value::Null, &json!(2)));
        let mut caller = later(&app, 36 * 3_600).await;
        let _ = act(&caller, OPPORTUNITIES, &id, "move", json!({"stage": "QUALIFIED"})).await.ok(200);
        let now = pipeline(&caller, "").await;
        assert_eq!(stage(&now, "LEAD"), (1, "3000001", "300000", Some("1.5")));
        assert_eq!(stage(&now, "QUALIFIED"), (1, "20000000", "5000000", Some("0")));
        assert_eq!(totals(&now), (2, "23000001", "5300000"));
        for to in ["PROPOSAL", "NEGOTIATION", "CLOSING"] {
            let _ = act(&caller, OPPORTUNITIES, &id, "move", json!({"stage": to})).await.ok(200);
        }
        caller = later(&app, 24 * 3_600).await;
        let now = pipeline(&caller, "").await;
        assert_eq!(stage(&now, "CLOSING"), (1, "20000000", "18000000", Some("1")));
        assert_eq!(stage(&now, "PROPOSAL"), (0, "0", "0", None));
        let _ = act(&caller, OPPORTUNITIES, &id, "win", json!({})).await.ok(200);
        let now = pipeline(&caller, "").await;
        assert_eq!(stage(&now, "WON"), (1, "20000000", "20000000", Some("2.5")), "two and a half days from the first word to the order");
        assert_eq!((totals(&now), &now["win_rate"]), ((1, "3000001", "300000"), &json!("100")));
        let _ = act(&caller, OPPORTUNITIES, &other, "lose", json!({"reason": "NO_BUDGET"})).await.ok(200);
        let third = deal(&caller, json!({})).await;
        let _ = act(&caller, OPPORTUNITIES, &third, "lose", json!({"reason": "TIMING"})).await.ok(200);
        let fourth = deal(&caller, json!({})).await;
        let _ = act(&caller, OPPORTUNITIES, &fourth, "cancel", json!({})).await.ok(200);
        let now = pipeline(&caller, "").await;
        assert_eq!((&now["win_rate"], &now["currencies"][0]["win_rate"]), (&json!("33.33"), &json!("33.33")), "one of three");
        assert_eq!((&now["open_count"], &now["won_count"], &now["lost_count"], &now["cancelled_count"]), (&json!(0), &json!(1), &json!(2), &json!(1)));
        assert_eq!((totals(&now), stage(&now, "LOST").0, stage(&now, "LEAD").0), ((0, "0", "0"), 2, 0));
    }

    async fn the_sums_are_those_of_the_list_whatever_is_asked(app: TestApp) {
        let (admin, other) = (app.admin_a().await, app.admin_b().await);
        let mine = tests::people::somebody_of_a(&app, &["crm.*"]).await;
        let stages = ["LEAD", "QUALIFIED", "PROPOSAL", "NEGOTIATION", "CLOSING"];
        for n in 0..24_i64 {
            let by = if n % 3 == 0 { &mine } else { &admin };
            let currency = if n % 4 == 0 { "USD" } else { "KRW" };
            let day = format!("2027-{:02}-15", n % 6 + 1);
            let body = json!({"stage": stages[usize::try_from(n % 5).unwrap()], "amount": (n * 1_234_567).to_string(), "currency": currency, "expected_close_date": day});
            let id = deal(by, body).await;
            match n {
                5 | 6 => drop(act(by, OPPORTUNITIES, &id, "win", json!({})).await.ok(200)),
                7 => drop(act(by, OPPORTUNITIES, &id, "lose", json!({"reason": "PRICE"})).await.ok(200)),
                8 => drop(act(by, OPPORTUNITIES, &id, "cancel", json!({})).await.ok(200)),
                _ => {}
            }
        }
        let _ = deal(&other, json!({"amount": "999999999"})).await;
        let me = format!("owner_id={}", mine.id());
        for filter in ["", &me, "currency=USD", "expected_close_date_from=2027-02-15&expected_close_date_to=2027-05-15", &format!("{me}&currency=KRW")] {
            let told = pipeline(&admin, filter).await;
            let listed = admin.get(&format!("{OPPORTUNITIES}?page_size=100&{filter}")).await.ok(200);
            let rows = listed["items"].as_array().unwrap();
            let mut seen = 0;
            for currency in told["currencies"].as_array().unwrap() {
                for stage in currency["stages"].as_array().unwrap() {
                    let of: Vec<&Value> = rows
                        .iter()
                        .filter(|row| row["currency"] == currency["currency"] && row["stage"] == stage["stage"] && row["status"] != "CANCELLED")
                        .collect();
                    let sum = |field: &str| of.iter().map(|row| money(&row[field])).sum::<kernel::MoneySum>();
                    assert_eq!(stage["count"], json!(of.len()), "{filter} {stage}");
                    assert_eq!((money(&stage["amount"]).into(), money(&stage["weighted_amount"]).into()), (sum("amount"), sum("expected_revenue")), "{filter} {stage}");
                    seen += of.len();
                }
            }
            let given_up = rows.iter().filter(|row| row["status"] == "CANCELLED").count();
            assert_eq!((seen + given_up, &told["cancelled_count"]), (rows.len(), &json!(given_up)), "{filter}");
        }
        let currencies = pipeline(&admin, "").await;
        let names: Vec<&str> = currencies["currencies"].as_array().unwrap().iter().map(|row| row["currency"].as_str().unwrap()).collect();
        assert_eq!(names, ["KRW", "USD"], "never added together");
        // the board: a column of it, the largest first
        let column = admin.get(&format!("{OPPORTUNITIES}?status=OPEN&stage=CLOSING&sort=-amount")).await.ok(200);
        let amounts: Vec<kernel::Money> = column["items"].as_array().unwrap().iter().map(|row| money(&row["amount"])).collect();
        assert!(amounts.len() > 2 && amounts.is_sorted_by(|a, b| a >= b), "{amounts:?}");
    }

    async fn the_demo_company_has_deals_in_every_stage(app: TestApp) {
        let password = serde_json::from_value(json!(PASSWORD)).unwrap();
        assert!(flows::demo::seed(app.platform(), &password).await.unwrap());
        let admin = app.stranger().sign_in(Some("demo"), "admin", PASSWORD).await;
        let told = pipeline(&admin, "").await;
        let counts = ["open_count", "won_count", "lost_count", "cancelled_count"].map(|name| told[name].as_i64().unwrap());
        assert_eq!((counts, &told["win_rate"]), ([6, 1, 1, 1], &json!("50")));
        for name in ["LEAD", "QUALIFIED", "PROPOSAL", "NEGOTIATION", "CLOSING", "WON", "LOST"] {
            assert!(stage(&told, name).0 > 0, "{name}: {told}");
        }
        for row in admin.get(&format!("{OPPORTUNITIES}?page_size=100")).await.ok(200)["items"].as_array().unwrap() {
            let history = admin.get(&format!("{OPPORTUNITIES}/{}/history", row["id"].as_str().unwrap())).await.ok(200);
            let seconds: i64 = history["stages"].as_array().unwrap().iter().map(|span| span["seconds"].as_i64().unwrap()).sum();
            assert!(seconds > 86_400 && history["age_seconds"] == seconds, "{history}");
        }
        let done = admin.get(&format!("{ACTIVITIES}?is_completed=true")).await.ok(200);
        let planned = admin.get(&format!("{ACTIVITIES}?status=PLANNED")).await.ok(200);
        assert_eq!((&done["total"], &planned["total"]), (&json!(9), &json!(3)));
    }

    async fn what_cannot_be_asked_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        for (query, field) in
            [("owner_id=me", "owner_id"), ("expected_close_date_from=soon", "expected_close_date_from"), ("currency=won!", "currency"), ("stage=LEAD", "stage")]
        {
            assert_eq!(admin.get(&format!("{OPPORTUNITIES}/pipeline?{query}")).await.wrong_fields(), [field], "{query}");
        }
        assert_eq!(pipeline(&admin, &format!("owner_id={}", Uuid::now_v7())).await["currencies"], json!([]));
        app.nobody_a().await.get(&format!("{OPPORTUNITIES}/pipeline")).await.refused(403, "FORBIDDEN");
    }

    /// Fault F5: two deals of 900 trillion made the pipeline a 500.
    async fn deals_that_come_to_more_than_one_amount_are_summed_up(app: TestApp) {
        let admin = app.admin_a().await;
        for _ in 0..2 {
            let _ = deal(&admin, json!({"amount": "900000000000000"})).await;
        }
        let now = pipeline(&admin, "").await;
        assert_eq!(stage(&now, "LEAD"), (2, "1800000000000000", "180000000000000", Some("0")));
        assert_eq!(totals(&now), (2, "1800000000000000", "180000000000000"));
    }
}
