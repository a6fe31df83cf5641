//! The days a company works.

use serde_json::{Value, json};
use testkit::both;

const CALENDAR: &str = "/api/v1/tenants/adm/calendar";
const HOLIDAYS: &str = "/api/v1/tenants/adm/holidays";

both! {
    async fn a_year_is_listed_with_its_names(app: TestApp) {
        let admin = app.admin_a().await;
        let year = admin.get(&format!("{CALENDAR}?year=2026")).await.ok(200);
        assert_eq!((&year["year"], &year["business_days"]), (&json!(2026), &json!(245)));
        let days = year["days"].as_array().unwrap();
        let of = |date: &str| days.iter().find(|day| day["date"] == date).map(|day| (day["name"].as_str().unwrap(), day["kind"].as_str().unwrap()));
        assert_eq!(of("2026-02-17"), Some(("설날", "PUBLIC")));
        assert_eq!(of("2026-08-17"), Some(("대체공휴일(광복절)", "SUBSTITUTE")));
        assert_eq!(of("2026-06-03"), Some(("제9회 전국동시지방선거일", "ELECTION")));
        assert_eq!(of("2026-09-28"), None);
        assert_eq!(days.len(), 22);
        // no year of the calendar at all; and one whose holidays nobody knows
        for year in ["0", "-1", "10000", "2147483647"] {
            assert_eq!(admin.get(&format!("{CALENDAR}?year={year}")).await.wrong_fields(), ["year"], "{year}");
        }
        assert_eq!(admin.get(&format!("{CALENDAR}?year=9999")).await.refused(409, "CONFLICT")["rule"], "adm.calendar_no_data");
    }

    async fn the_company_adds_its_own_days(app: TestApp) {
        let admin = app.admin_a().await;
        let to = async |query: &str| admin.get(&format!("{CALENDAR}/business-day?{query}")).await;
        assert_eq!(to("from=2026-11-20&days=1").await.ok(200)["date"], "2026-11-23");
        let _ = admin.post(HOLIDAYS, &json!({"date": "2026-11-23", "name": "창립기념일"})).await.ok(201);
        let saturday = admin.post(HOLIDAYS, &json!({"date": "2026-11-28", "name": "재고 실사", "is_working_day_override": true})).await.id();
        assert_eq!(to("from=2026-11-20&days=1").await.ok(200)["date"], "2026-11-24");
        assert_eq!(to("from=2026-11-27&days=1").await.ok(200)["date"], "2026-11-28");
        assert_eq!(to("from=2026-11-30&days=-1").await.ok(200)["date"], "2026-11-28");
        let year = admin.get(&format!("{CALENDAR}?year=2026")).await.ok(200);
        assert_eq!(year["business_days"], 245);
        let kinds: Vec<&Value> =
            year["days"].as_array().unwrap().iter().filter(|day| day["date"].as_str().unwrap() > "2026-11-01").map(|day| &day["kind"]).collect();
        assert_eq!(kinds, ["COMPANY", "WORKING", "PUBLIC"]);
        assert_eq!(admin.post(HOLIDAYS, &json!({"date": "2026-11-23", "name": "또"})).await.refused(409, "CONFLICT")["field"], "date");
        let _ = admin.delete(&format!("{HOLIDAYS}/{saturday}")).await.ok(200);
        assert_eq!(to("from=2026-11-27&days=1").await.ok(200)["date"], "2026-11-30");
        let other = app.admin_b().await.get(&format!("{CALENDAR}/business-day?from=2026-11-20&days=1")).await.ok(200);
        assert_eq!(other["date"], "2026-11-23", "another company works that day");
    }

    async fn business_days_are_counted_over_holidays(app: TestApp) {
        let admin = app.admin_a().await;
        for (query, wanted) in [
            ("from=2026-09-23&days=3", "2026-09-30"),
            ("from=2027-02-05&days=5", "2027-02-16"),
            ("from=2026-09-30&days=-3", "2026-09-23"),
            ("from=2026-09-26&days=0", "2026-09-28"),
            ("from=2026-09-23", "2026-09-23"),
        ] {
            assert_eq!(admin.get(&format!("{CALENDAR}/business-day?{query}")).await.ok(200)["date"], wanted, "{query}");
        }
    }

    async fn a_year_without_data_is_said_to_be_one(app: TestApp) {
        let admin = app.admin_a().await;
        for year in [2019, 2051, 9999] {
            let refused = admin.get(&format!("{CALENDAR}?year={year}")).await.refused(409, "CONFLICT");
            assert_eq!((&refused["rule"], &refused["last"]), (&json!("adm.calendar_no_data"), &json!(2050)), "{year}");
        }
        for query in ["from=2051-01-04&days=1", "from=2050-12-30&days=5", "from=2020-01-03&days=-5", "from=2051-01-04"] {
            let refused = admin.get(&format!("{CALENDAR}/business-day?{query}")).await.refused(409, "CONFLICT");
            assert_eq!(refused["rule"], "adm.calendar_no_data", "{query}");
        }
        assert_eq!(admin.get(&format!("{CALENDAR}/business-day?from=2026-01-05&days=5001")).await.wrong_fields(), ["days"]);
        assert_eq!(admin.get(&format!("{CALENDAR}/business-day?days=many")).await.wrong_fields(), ["days"]);
        assert_eq!(admin.get(&format!("{CALENDAR}/business-day?from=2026-13-01")).await.wrong_fields(), ["from"]);
        assert_eq!(admin.get(&format!("{CALENDAR}?year=soon")).await.wrong_fields(), ["year"]);
    }
}
