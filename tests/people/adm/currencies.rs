//! Currencies and what they are worth on a day.

use serde_json::{Value, json};
use testkit::both;

const CURRENCIES: &str = "/api/v1/tenants/adm/currencies";
const RATES: &str = "/api/v1/tenants/adm/exchange-rates";

both! {
    async fn a_company_is_born_with_its_currency_and_those_of_its_neighbours(app: TestApp) {
        let admin = app.admin_a().await;
        let rows = admin.get(&format!("{CURRENCIES}?sort=sort_order")).await.ok(200);
        let rows: Vec<(&str, i64, bool)> = rows["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row["code"].as_str().unwrap(), row["decimal_places"].as_i64().unwrap(), row["is_base"].as_bool().unwrap()))
            .collect();
        assert_eq!(rows, [("KRW", 0, true), ("USD", 2, false), ("EUR", 2, false), ("JPY", 0, false), ("CNY", 2, false)]);
    }

    async fn there_is_one_base_and_it_stays(app: TestApp) {
        let admin = app.admin_a().await;
        let base = admin.get(&format!("{CURRENCIES}?is_base=true")).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let refused = admin.delete(&format!("{CURRENCIES}/{base}")).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "adm.base_currency");
        assert_eq!(admin.patch(&format!("{CURRENCIES}/{base}"), &json!({"is_active": false})).await.wrong_fields(), ["is_active"]);
        assert_eq!(admin.post(CURRENCIES, &json!({"code": "GBP", "name": "파운드", "is_base": true})).await.wrong_fields(), ["is_base"]);
        for code in ["KR", "KRWX", "12A", ""] {
            assert_eq!(admin.post(CURRENCIES, &json!({"code": code, "name": "?"})).await.wrong_fields(), ["code"], "{code}");
        }
        assert_eq!(admin.post(CURRENCIES, &json!({"code": "GBP", "name": "파운드", "decimal_places": 5})).await.wrong_fields(), ["decimal_places"]);
        assert_eq!(admin.post(CURRENCIES, &json!({"code": "usd", "name": "달러"})).await.refused(409, "CONFLICT")["field"], "code");
    }

    async fn the_latest_rate_in_force_is_the_one(app: TestApp) {
        let admin = app.admin_a().await;
        let rate = |from: &str, to: &str, rate: &str, day: &str, kind: &str| {
            json!({"from_currency": from, "to_currency": to, "rate": rate, "valid_from": day, "rate_type": kind})
        };
        for (value, day) in [("1380.5", "2026-11-01"), ("1390", "2026-11-10"), ("1400.12345678", "2026-12-01")] {
            let _ = admin.post(RATES, &rate("USD", "KRW", value, day, "SPOT")).await.ok(201);
        }
        let _ = admin.post(RATES, &rate("USD", "KRW", "1500", "2026-11-01", "CUSTOMS")).await.ok(201);
        let asked = async |query: &str| admin.get(&format!("{RATES}/effective?{query}")).await;
        for (day, wanted) in [("2026-11-01", "1380.5"), ("2026-11-09", "1380.5"), ("2026-11-10", "1390"), ("2026-11-30", "1390"), ("2027-01-01", "1400.12345678")] {
            let found = asked(&format!("from=USD&to=KRW&on={day}")).await.ok(200);
            assert_eq!((&found["rate"], &found["is_inverse"]), (&json!(wanted), &json!(false)), "{day}");
        }
        assert_eq!(asked("from=usd&to=krw&on=2026-11-22&rate_type=CUSTOMS").await.ok(200)["rate"], "1500");
        // the other way round, and said so
        let other = asked("from=KRW&to=USD&on=2026-11-22").await.ok(200);
        assert_eq!((&other["rate"], &other["is_inverse"], &other["valid_from"]), (&json!("0.00071942"), &json!(true), &json!("2026-11-10")));
        let _ = admin.post(RATES, &rate("KRW", "USD", "0.0007", "2026-11-20", "SPOT")).await.ok(201);
        let direct = asked("from=KRW&to=USD&on=2026-11-22").await.ok(200);
        assert_eq!((&direct["rate"], &direct["is_inverse"]), (&json!("0.0007"), &json!(false)));
        assert_eq!(asked("from=EUR&to=EUR&on=2026-11-22").await.ok(200)["rate"], "1");
        for none in ["from=USD&to=KRW&on=2026-10-31", "from=USD&to=EUR&on=2026-11-22", "from=USD&to=KRW&on=2026-11-22&rate_type=SELLING", "from=XXX&to=KRW&on=2026-11-22"] {
            assert_eq!(asked(none).await.refused(404, "NOT_FOUND")["rule"], "adm.no_exchange_rate", "{none}");
        }
        assert_eq!(asked("to=KRW").await.wrong_fields(), ["from"]);
        assert_eq!(asked("from=USD&to=KRW&on=yesterday").await.wrong_fields(), ["on"]);
        assert_eq!(asked("from=USD&to=KRW&rate_type=BEST").await.wrong_fields(), ["rate_type"]);
        // another company knows nothing of it
        app.admin_b().await.get(&format!("{RATES}/effective?from=USD&to=KRW&on=2026-11-22")).await.refused(404, "NOT_FOUND");
    }

    async fn a_rate_makes_sense(app: TestApp) {
        let admin = app.admin_a().await;
        let with = |field: &str, value: Value| {
            let mut body = json!({"from_currency": "USD", "to_currency": "KRW", "rate": "1390", "valid_from": "2026-11-10"});
            body[field] = value;
            body
        };
        for (field, value) in [
            ("rate", json!("0")),
            ("rate", json!("-1")),
            ("rate", json!("1.123456789")),
            ("rate", json!("many")),
            ("from_currency", json!("ZZZ")),
            ("to_currency", json!("ZZZ")),
            ("to_currency", json!("USD")),
            ("valid_from", json!("2026-02-30")),
            ("rate_type", json!("BEST")),
        ] {
            assert_eq!(admin.post(RATES, &with(field, value.clone())).await.wrong_fields(), [field], "{value}");
        }
        let made = admin.post(RATES, &with("rate", json!(1390))).await.id();
        assert_eq!(admin.post(RATES, &with("rate", json!("1"))).await.refused(409, "CONFLICT")["rule"], "unique");
        // a currency with rates stays
        let usd = admin.get(&format!("{CURRENCIES}?code=USD")).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(admin.delete(&format!("{CURRENCIES}/{usd}")).await.refused(409, "CONFLICT")["rule"], "referenced");
        let _ = admin.delete(&format!("{RATES}/{made}")).await.ok(200);
        let _ = admin.delete(&format!("{CURRENCIES}/{usd}")).await.ok(200);
        assert_eq!(admin.post(RATES, &with("rate", json!("1"))).await.wrong_fields(), ["from_currency"]);
    }
}
