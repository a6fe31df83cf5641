//! Units: exact conversions that do not contradict each other.

use serde_json::{Value, json};
use testkit::{Answer, Caller, both};

const UNITS: &str = "/api/v1/tenants/adm/units";
const CONVERSIONS: &str = "/api/v1/tenants/adm/unit-conversions";

async fn unit(caller: &Caller, code: &str, kind: &str) -> String {
    caller.post(UNITS, &json!({"code": code, "name": code, "unit_type": kind})).await.id()
}

async fn of_code(caller: &Caller, code: &str) -> String {
    caller.get(&format!("{UNITS}?code={code}")).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn join(caller: &Caller, from: &str, to: &str, numerator: i64, denominator: i64) -> Answer {
    caller.post(CONVERSIONS, &json!({"from_unit_id": from, "to_unit_id": to, "numerator": numerator, "denominator": denominator})).await
}

async fn convert(caller: &Caller, query: &str) -> Answer {
    caller.get(&format!("{UNITS}/convert?{query}")).await
}

both! {
    async fn a_company_is_born_with_units_that_convert(app: TestApp) {
        let admin = app.admin_a().await;
        assert_eq!(admin.get(UNITS).await.ok(200)["total"], 9);
        for (query, result) in [
            ("from=KG&to=G&quantity=1.5", "1500"),
            ("from=g&to=kg&quantity=1.5", "0.0015"),
            ("from=M&to=CM&quantity=-2", "-200"),
            ("from=ML&to=L&quantity=250", "0.25"),
            ("from=EA&to=EA&quantity=7", "7"),
        ] {
            let answer = convert(&admin, query).await.ok(200);
            assert_eq!((&answer["result"], &answer["is_exact"]), (&json!(result), &json!(true)), "{query}");
        }
    }

    async fn what_is_not_exact_is_refused_unless_rounding_is_asked_for(app: TestApp) {
        let admin = app.admin_a().await;
        let (dozen, ea) = (unit(&admin, "DOZEN", "COUNT").await, of_code(&admin, "EA").await);
        let _ = join(&admin, &dozen, &ea, 12, 1).await.ok(201);
        assert_eq!(convert(&admin, "from=EA&to=DOZEN&quantity=6").await.ok(200)["result"], "0.5");
        let refused = convert(&admin, "from=EA&to=DOZEN&quantity=7").await.refused(422, "VALIDATION_ERROR");
        assert_eq!((&refused["errors"][0]["field"], &refused["errors"][0]["rule"]), (&json!("quantity"), &json!("not_exact")));
        for (round, result) in [("HALF_UP", "0.5833"), ("DOWN", "0.5833"), ("UP", "0.5834")] {
            let answer = convert(&admin, &format!("from=EA&to=DOZEN&quantity=7&round={round}")).await.ok(200);
            assert_eq!((&answer["result"], &answer["is_exact"]), (&json!(result), &json!(false)), "{round}");
        }
        assert_eq!(convert(&admin, "from=EA&to=DOZEN&quantity=7&round=SOMEHOW").await.wrong_fields(), ["round"]);
        assert_eq!(convert(&admin, "from=EA&to=DOZEN&quantity=0.00001").await.wrong_fields(), ["quantity"]);
        assert_eq!(convert(&admin, "from=EA&to=DOZEN").await.wrong_fields(), ["quantity"]);
        assert_eq!(convert(&admin, "from=DOZEN&to=EA&quantity=900000000000000").await.wrong_fields(), ["quantity"]);
        assert_eq!(convert(&admin, "from=NONE&to=EA&quantity=1").await.wrong_fields(), ["from"]);
        assert_eq!(convert(&admin, "from=KG&to=EA&quantity=1").await.wrong_fields(), ["to"]);
        assert_eq!(convert(&admin, "from=BOX&to=EA&quantity=1").await.refused(404, "NOT_FOUND")["rule"], "adm.no_conversion");
    }

    async fn a_circle_of_conversions_is_one(app: TestApp) {
        let admin = app.admin_a().await;
        let (pallet, carton, piece) = (unit(&admin, "PALLET", "COUNT").await, unit(&admin, "CARTON", "COUNT").await, unit(&admin, "PIECE", "COUNT").await);
        let first = join(&admin, &pallet, &carton, 40, 1).await.id();
        let _ = join(&admin, &carton, &piece, 12, 1).await.ok(201);
        assert_eq!(convert(&admin, "from=PALLET&to=PIECE&quantity=0.5").await.ok(200)["result"], "240");
        let refused = join(&admin, &pallet, &piece, 500, 1).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["follows"]), (&json!("adm.conversion_contradicts"), &json!("480")));
        // the other way round is the same circle, and a fraction is what it is in its lowest terms
        assert_eq!(join(&admin, &piece, &pallet, 1, 500).await.refused(409, "CONFLICT")["rule"], "adm.conversion_contradicts");
        let closing = join(&admin, &pallet, &piece, 960, 2).await.id();
        for body in [json!({"numerator": 481}), json!({"denominator": 3})] {
            let answer = admin.patch(&format!("{CONVERSIONS}/{closing}"), &body).await;
            assert_eq!(answer.refused(409, "CONFLICT")["rule"], "adm.conversion_contradicts", "{body}");
        }
        assert_eq!(admin.patch(&format!("{CONVERSIONS}/{first}"), &json!({"numerator": 41})).await.refused(409, "CONFLICT")["rule"], "adm.conversion_contradicts");
        let _ = admin.delete(&format!("{CONVERSIONS}/{closing}")).await.ok(200);
        let _ = admin.patch(&format!("{CONVERSIONS}/{first}"), &json!({"numerator": 41})).await.ok(200);
        assert_eq!(convert(&admin, "from=PALLET&to=PIECE&quantity=1").await.ok(200)["result"], "492");
    }

    async fn two_that_contradict_each_other_at_once_are_not_both_kept(app: TestApp) {
        let admin = app.admin_a().await;
        let (one, other) = (unit(&admin, "ONE", "TIME").await, unit(&admin, "OTHER", "TIME").await);
        let (there, back) = futures_util::future::join(join(&admin, &one, &other, 60, 1), join(&admin, &other, &one, 60, 1)).await;
        let mut statuses = [there.status, back.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{there:?} {back:?}");
    }

    async fn a_conversion_makes_sense(app: TestApp) {
        let admin = app.admin_a().await;
        let (kg, ea, big) = (of_code(&admin, "KG").await, of_code(&admin, "EA").await, of_code(&admin, "BOX").await);
        assert_eq!(join(&admin, &kg, &ea, 1, 1).await.wrong_fields(), ["to_unit_id"]);
        assert_eq!(join(&admin, &ea, &ea, 1, 1).await.wrong_fields(), ["to_unit_id"]);
        assert_eq!(join(&admin, &big, &ea, 0, 1).await.wrong_fields(), ["numerator"]);
        assert_eq!(join(&admin, &big, &ea, 1, -1).await.wrong_fields(), ["denominator"]);
        let half: Value = json!({"from_unit_id": big, "to_unit_id": ea, "numerator": 1.5});
        assert_eq!(admin.post(CONVERSIONS, &half).await.wrong_fields(), ["numerator"]);
        let _ = join(&admin, &big, &ea, 10, 1).await.ok(201);
        assert_eq!(join(&admin, &big, &ea, 10, 1).await.refused(409, "CONFLICT")["rule"], "unique");
        assert_eq!(admin.delete(&format!("{UNITS}/{big}")).await.refused(409, "CONFLICT")["rule"], "referenced");
        // one unit is the base of its type
        let second = admin.post(UNITS, &json!({"code": "TON", "name": "톤", "unit_type": "WEIGHT", "is_base": true})).await;
        assert_eq!(second.refused(409, "CONFLICT")["rule"], "unique");
    }
}
