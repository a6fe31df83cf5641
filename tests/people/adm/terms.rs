//! When an invoice is due.

use serde_json::{Value, json};
use testkit::{Caller, both};

const TERMS: &str = "/api/v1/tenants/adm/payment-terms";
const HOLIDAYS: &str = "/api/v1/tenants/adm/holidays";

async fn due(caller: &Caller, id: &str, from: &str) -> Value {
    caller.get(&format!("{TERMS}/{id}/due-date?from={from}")).await.ok(200)
}

both! {
    async fn the_terms_a_company_is_born_with_say_when(app: TestApp) {
        let admin = app.admin_a().await;
        for (code, from, wanted) in [
            ("CASH", "2026-11-22", "2026-11-22"),
            ("NET30", "2026-11-22", "2026-12-22"),
            ("EOM", "2026-02-03", "2026-02-28"),
            ("EONM", "2026-01-31", "2026-02-28"),
            ("EONM", "2027-12-31", "2028-01-31"),
        ] {
            let row = admin.get(&format!("{TERMS}?code={code}")).await.ok(200)["items"][0].clone();
            assert_eq!(due(&admin, row["id"].as_str().unwrap(), from).await["due_date"], wanted, "{code} {from}");
        }
    }

    async fn a_day_off_is_left_as_the_term_says(app: TestApp) {
        let admin = app.admin_a().await;
        let term = async |code: &str, more: Value| {
            let mut body = json!({"code": code, "name": code, "due_rule": "DAY_OF_MONTH", "day_of_month": 25});
            for (field, value) in more.as_object().unwrap() {
                body[field] = value.clone();
            }
            admin.post(TERMS, &body).await.id()
        };
        let stays = term("STAYS", json!({"months": 1})).await;
        let after = term("AFTER", json!({"months": 1, "adjustment": "FOLLOWING"})).await;
        let before = term("BEFORE", json!({"months": 1, "adjustment": "PRECEDING"})).await;
        // 2026-09-25 is 추석, a Friday
        assert_eq!(due(&admin, &stays, "2026-08-31").await["due_date"], "2026-09-25");
        assert_eq!(due(&admin, &after, "2026-08-31").await["due_date"], "2026-09-28");
        let moved = due(&admin, &before, "2026-08-31").await;
        assert_eq!((&moved["due_date"], &moved["unadjusted"]), (&json!("2026-09-23"), &json!("2026-09-25")));
        // the company's own day counts
        let _ = admin.post(HOLIDAYS, &json!({"date": "2026-09-28", "name": "징검다리 휴무"})).await.ok(201);
        assert_eq!(due(&admin, &after, "2026-08-31").await["due_date"], "2026-09-29");
        // what the calendar does not know is said; a term that does not ask it is not stopped
        let unknown = admin.get(&format!("{TERMS}/{after}/due-date?from=2051-01-01")).await;
        assert_eq!(unknown.refused(409, "CONFLICT")["rule"], "adm.calendar_no_data");
        assert_eq!(due(&admin, &stays, "2051-01-01").await["due_date"], "2051-02-25");
        // not before the invoice itself, and in a short month at its end
        let this = term("THIS", json!({"day_of_month": 31})).await;
        assert_eq!(due(&admin, &this, "2026-02-10").await["due_date"], "2026-02-28");
        let tenth = term("TENTH", json!({"day_of_month": 10})).await;
        assert_eq!(due(&admin, &tenth, "2026-11-10").await["due_date"], "2026-11-10");
        assert_eq!(due(&admin, &tenth, "2026-11-11").await["due_date"], "2026-12-10");
    }

    async fn paying_early_is_worth_what_the_term_says(app: TestApp) {
        let admin = app.admin_a().await;
        let body = json!({"code": "2-10-NET30", "name": "2/10 net 30", "due_rule": "DAYS", "days": 30, "discount_days": 10, "discount_percent": "2"});
        let id = admin.post(TERMS, &body).await.id();
        let answer = due(&admin, &id, "2026-11-22").await;
        assert_eq!((&answer["discount_until"], &answer["discount_percent"]), (&json!("2026-12-02"), &json!("2")));
        for (field, value) in [
            ("discount_percent", json!(null)),
            ("discount_percent", json!("100")),
            ("discount_percent", json!("0")),
            ("discount_days", json!(-1)),
            ("days", json!(366)),
            ("months", json!(25)),
            ("day_of_month", json!(10)),
            ("due_rule", json!("SOMETIME")),
        ] {
            let answer = admin.patch(&format!("{TERMS}/{id}"), &json!({field: value})).await;
            assert_eq!(answer.wrong_fields(), [field], "{value}");
        }
        let without_day = json!({"code": "X", "name": "X", "due_rule": "DAY_OF_MONTH"});
        assert_eq!(admin.post(TERMS, &without_day).await.wrong_fields(), ["day_of_month"]);
        assert_eq!(admin.get(&format!("{TERMS}/{id}/due-date?from=9999-12-31")).await.wrong_fields(), ["from"]);
        assert_eq!(admin.get(&format!("{TERMS}/{id}/due-date?from=soon")).await.wrong_fields(), ["from"]);
        app.admin_b().await.get(&format!("{TERMS}/{id}/due-date?from=2026-11-22")).await.refused(404, "NOT_FOUND");
    }
}
