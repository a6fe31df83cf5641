//! A deal on its way: one step at a time, to its end.

use super::deals::{ACTIVITIES, CONTACTS, CUSTOMERS, OPPORTUNITIES, act, contact, customer, deal, later, read};
use futures_util::future::join_all;
use kernel::Realm;
use serde_json::{Value, json};
use testkit::{Caller, both};
use tests::people::somebody_of_a;
use uuid::Uuid;

async fn to(by: &Caller, id: &str, stage: &str) -> Value {
    act(by, OPPORTUNITIES, id, "move", json!({"stage": stage})).await.ok(200)
}

async fn history(by: &Caller, id: &str) -> Value {
    by.get(&format!("{OPPORTUNITIES}/{id}/history")).await.ok(200)
}

fn places(history: &Value) -> Vec<&str> {
    history["stages"].as_array().unwrap().iter().map(|span| span["stage"].as_str().unwrap()).collect()
}

/// The probability it has, and what is expected of it.
fn worth(row: &Value) -> (i64, &str) {
    (row["win_probability"].as_i64().unwrap(), row["expected_revenue"].as_str().unwrap())
}

both! {
    async fn a_deal_goes_its_way_and_is_worth_more_with_each_step(app: TestApp) {
        let admin = app.admin_a().await;
        let id = deal(&admin, json!({"amount": "12345678"})).await;
        let row = read(&admin, OPPORTUNITIES, &id).await;
        assert_eq!((&row["stage"], &row["status"], &row["currency"]), (&json!("LEAD"), &json!("OPEN"), &json!("KRW")));
        assert_eq!(row["owner_id"], json!(admin.id()), "whoever makes it owns it");
        // 10 % of 12,345,678 won is 1,234,567.8: a won has no parts
        assert_eq!(worth(&row), (10, "1234568"));
        for (stage, percent, expected) in
            [("QUALIFIED", 25, "3086420"), ("PROPOSAL", 50, "6172839"), ("NEGOTIATION", 75, "9259259"), ("CLOSING", 90, "11111110")]
        {
            let row = to(&admin, &id, stage).await;
            assert_eq!((&row["stage"], worth(&row)), (&json!(stage), (percent, expected)));
        }
        assert_eq!(worth(&to(&admin, &id, "NEGOTIATION").await), (75, "9259259"), "one step back");
        let won = act(&admin, OPPORTUNITIES, &id, "win", json!({})).await.ok(200);
        assert_eq!((&won["stage"], &won["status"], worth(&won)), (&json!("WON"), &json!("WON"), (100, "12345678")));
        let zone = kernel::Zone::seoul();
        assert_eq!(won["actual_close_date"], json!(zone.day(app.now()).to_string()));
        let refused = act(&admin, OPPORTUNITIES, &id, "move", json!({"stage": "CLOSING"})).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["allowed"], &refused["status"]), (&json!("transition"), &json!([]), &json!("WON")));
        for verb in ["cancel", "reopen"] {
            assert_eq!(act(&admin, OPPORTUNITIES, &id, verb, json!({})).await.refused(409, "CONFLICT")["allowed"], json!([]), "{verb}");
        }
        let refused = admin.delete(&format!("{OPPORTUNITIES}/{id}")).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "crm.opportunity_won");
    }

    async fn a_step_too_far_is_refused_and_the_same_step_is_harmless(app: TestApp) {
        let admin = app.admin_a().await;
        let id = deal(&admin, json!({})).await;
        for (stage, allowed) in [("PROPOSAL", json!(["QUALIFIED"])), ("WON", json!(["QUALIFIED"])), ("LOST", json!(["QUALIFIED"]))] {
            let refused = act(&admin, OPPORTUNITIES, &id, "move", json!({"stage": stage})).await.refused(409, "CONFLICT");
            assert_eq!((&refused["allowed"], &refused["status"]), (&allowed, &json!("LEAD")), "{stage}");
        }
        to(&admin, &id, "QUALIFIED").await;
        let again = act(&admin, OPPORTUNITIES, &id, "move", json!({"stage": "QUALIFIED"})).await;
        assert_eq!((again.ok(200)["stage"].as_str(), again.header("etag")), (Some("QUALIFIED"), "\"2\""));
        let refused = act(&admin, OPPORTUNITIES, &id, "move", json!({"stage": "CLOSING"})).await.refused(409, "CONFLICT");
        assert_eq!(refused["allowed"], json!(["LEAD", "PROPOSAL"]));
        assert_eq!(places(&history(&admin, &id).await), ["LEAD", "QUALIFIED"]);
        for body in [json!({}), json!({"stage": "won"}), json!({"stage": "DONE"}), json!({"stage": null}), json!({"stage": 3})] {
            assert_eq!(act(&admin, OPPORTUNITIES, &id, "move", body.clone()).await.wrong_fields(), ["stage"], "{body}");
        }
        let stale = admin.request(reqwest::Method::POST, &format!("{OPPORTUNITIES}/{id}/win")).header("if-match", "\"1\"").json(&json!({}));
        stale.send().await.refused(412, "PRECONDITION_FAILED");
        let nowhere = Uuid::now_v7().to_string();
        act(&admin, OPPORTUNITIES, &nowhere, "win", json!({})).await.refused(404, "NOT_FOUND");
        // stage and status are moved by actions only
        for field in ["stage", "status", "expected_revenue", "actual_close_date", "lost_reason", "stage_entered_at"] {
            assert_eq!(admin.patch(&format!("{OPPORTUNITIES}/{id}"), &json!({field: null})).await.wrong_fields(), [field]);
        }
        let body = json!({"name": "x", "expected_revenue": "1", "status": "WON"});
        assert_eq!(admin.post(OPPORTUNITIES, &body).await.wrong_fields(), ["expected_revenue", "status"]);
        for stage in ["WON", "LOST"] {
            assert_eq!(admin.post(OPPORTUNITIES, &json!({"name": "x", "stage": stage})).await.wrong_fields(), ["stage"]);
        }
    }

    async fn a_deal_is_lost_for_a_reason_and_can_be_taken_up_again(app: TestApp) {
        let admin = app.admin_a().await;
        let id = deal(&admin, json!({"stage": "PROPOSAL"})).await;
        for body in [json!({}), json!({"reason": null}), json!({"reason": "BAD_LUCK"}), json!({"reason": "price"}), json!({"detail": "x"})] {
            assert_eq!(act(&admin, OPPORTUNITIES, &id, "lose", body.clone()).await.wrong_fields(), ["reason"], "{body}");
        }
        let lost = act(&admin, OPPORTUNITIES, &id, "lose", json!({"reason": "PRICE", "detail": "12% 더 낮은 견적"})).await.ok(200);
        assert_eq!((&lost["stage"], &lost["status"], &lost["lost_reason"]), (&json!("LOST"), &json!("LOST"), &json!("PRICE")));
        assert_eq!((worth(&lost), lost["actual_close_date"].is_string()), ((0, "0"), true));
        let same = act(&admin, OPPORTUNITIES, &id, "lose", json!({"reason": "TIMING"})).await.ok(200);
        assert_eq!(same["lost_reason"], "PRICE", "what was said first stands");
        assert_eq!(act(&admin, OPPORTUNITIES, &id, "win", json!({})).await.refused(409, "CONFLICT")["allowed"], json!(["OPEN"]));
        // what was agreed on stays; what is told may be added to
        let path = format!("{OPPORTUNITIES}/{id}");
        assert_eq!(admin.patch(&path, &json!({"amount": "1"})).await.refused(409, "CONFLICT")["rule"], "crm.opportunity_closed");
        let _ = admin.patch(&path, &json!({"notes": "내년 예산에 다시 시도"})).await.ok(200);
        let open = act(&admin, OPPORTUNITIES, &id, "reopen", json!({})).await.ok(200);
        assert_eq!((&open["stage"], &open["status"], &open["lost_reason"]), (&json!("PROPOSAL"), &json!("OPEN"), &Value::Null));
        assert_eq!((worth(&open), &open["actual_close_date"]), ((50, "5000000"), &Value::Null));
        let given_up = act(&admin, OPPORTUNITIES, &id, "cancel", json!({})).await.ok(200);
        assert_eq!((&given_up["stage"], &given_up["status"], worth(&given_up)), (&json!("PROPOSAL"), &json!("CANCELLED"), (0, "0")));
        let refused = act(&admin, OPPORTUNITIES, &id, "move", json!({"stage": "LEAD"})).await.refused(409, "CONFLICT");
        assert_eq!((&refused["status"], &refused["allowed"]), (&json!("CANCELLED"), &json!(["OPEN"])));
        to_open_again(&admin, &id).await;
        let way = ["PROPOSAL", "LOST", "PROPOSAL", "CANCELLED", "PROPOSAL"];
        assert_eq!(places(&history(&admin, &id).await), way);
    }

    async fn days_in_the_stages_sum_to_the_age(app: TestApp) {
        let admin = app.admin_a().await;
        let id = deal(&admin, json!({})).await;
        let mut spans = Vec::new();
        let mut caller;
        for (seconds, stage) in [(90_061, "QUALIFIED"), (1, "PROPOSAL"), (200_000, "NEGOTIATION"), (59, "PROPOSAL"), (86_400, "NEGOTIATION")] {
            caller = later(&app, seconds).await;
            to(&caller, &id, stage).await;
            spans.push(seconds);
        }
        caller = later(&app, 3_600).await;
        spans.push(3_600);
        let told = history(&caller, &id).await;
        let seconds: Vec<i64> = told["stages"].as_array().unwrap().iter().map(|span| span["seconds"].as_i64().unwrap()).collect();
        assert_eq!(seconds, spans);
        let age: i64 = spans.iter().sum();
        assert_eq!((&told["age_seconds"], &told["age_days"]), (&json!(age), &json!(age / 86_400)));
        assert_eq!((&told["stages"][0]["days"], &told["stages"][0]["from_stage"]), (&json!(1), &Value::Null));
        assert_eq!((&told["stages"][5]["left_at"], &told["stages"][5]["from_stage"]), (&Value::Null, &json!("PROPOSAL")));
        // its clock stops with it
        let _ = act(&caller, OPPORTUNITIES, &id, "win", json!({})).await.ok(200);
        caller = later(&app, 500_000).await;
        let told = history(&caller, &id).await;
        assert_eq!((&told["age_seconds"], &told["stages"][6]["seconds"]), (&json!(age), &json!(0)));
    }

    async fn twenty_who_win_it_at_once_win_it_once(app: TestApp) {
        let admin = app.admin_a().await;
        let id = deal(&admin, json!({"stage": "CLOSING"})).await;
        let wins = join_all((0..20).map(|_| act(&admin, OPPORTUNITIES, &id, "win", json!({})))).await;
        assert!(wins.iter().all(|answer| answer.status == 200 && answer.json["data"]["status"] == "WON"), "{wins:?}");
        assert_eq!(read(&admin, OPPORTUNITIES, &id).await["status"], "WON");
        assert_eq!(places(&history(&admin, &id).await), ["CLOSING", "WON"]);
        // of two ends at once one comes true
        let other = deal(&admin, json!({"stage": "CLOSING"})).await;
        let ends = [("win", json!({})), ("lose", json!({"reason": "PRICE"})), ("cancel", json!({}))];
        let ends = join_all(ends.into_iter().map(|(verb, body)| act(&admin, OPPORTUNITIES, &other, verb, body))).await;
        assert_eq!(ends.iter().filter(|answer| answer.status == 200).count(), 1, "{ends:?}");
        assert_eq!(places(&history(&admin, &other).await).len(), 2);
    }

    async fn the_database_itself_refuses_a_contradiction(app: TestApp) {
        let admin = app.admin_a().await;
        let (won, lost) = (deal(&admin, json!({})).await, deal(&admin, json!({})).await);
        let _ = act(&admin, OPPORTUNITIES, &won, "win", json!({})).await.ok(200);
        let _ = act(&admin, OPPORTUNITIES, &lost, "lose", json!({"reason": "PRICE"})).await.ok(200);
        let database = app.database(Realm::Tenant);
        let context = store::Context::system(Realm::Tenant, Some(app.company_a().await.id), "test");
        for (id, set) in [
            (&won, "status = 'OPEN'"),
            (&won, "stage = 'LEAD'"),
            (&won, "stage = 'LOST'"),
            (&won, "win_probability = 99"),
            (&won, "expected_revenue = expected_revenue - 10000"),
            (&won, "amount = amount + 1, expected_revenue = expected_revenue + 1"),
            (&won, "actual_close_date = NULL"),
            (&won, "lost_reason = 'PRICE'"),
            (&lost, "lost_reason = NULL"),
            (&lost, "lost_reason = 'BAD_LUCK'"),
            (&lost, "stage = 'LEAD', status = 'OPEN'"),
        ] {
            let answer = database
                .write(&context, async |tx| {
                    let mut sql = store::Sql::new("UPDATE crm_opportunities SET ");
                    sql.push(set).push(" WHERE id = ").bind(id.parse::<Uuid>().unwrap());
                    tx.raw_execute(sql).await
                })
                .await;
            assert_eq!(answer.unwrap_err().code(), kernel::Code::Validation, "{set}");
        }
    }

    async fn who_won_is_told_with_what_a_quote_needs(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = customer(&admin).await;
        let id = deal(&admin, json!({"partner_id": partner, "code": "big-1", "product_interest": "책상 40개"})).await;
        let request = Uuid::now_v7();
        let win = admin.request(reqwest::Method::POST, &format!("{OPPORTUNITIES}/{id}/win")).header("x-request-id", request.to_string());
        let _ = win.json(&json!({})).send().await.ok(200);
        let tenant = Some(app.company_a().await.id);
        let events = app.published(Realm::Tenant, tenant, request).await;
        assert_eq!(events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["crm.opportunity.won"]);
        let payload = &events[0].payload;
        assert_eq!((&payload["code"], &payload["partner_id"]), (&json!("BIG-1"), &json!(partner)));
        assert_eq!((&payload["amount"], &payload["currency"], &payload["product_interest"]), (&json!("10000000"), &json!("KRW"), &json!("책상 40개")));
        let audit = app.audits(Realm::Tenant, tenant, request).await;
        assert_eq!((audit.len(), audit[0].permission.as_str(), &audit[0].after["status"]), (1, "crm.opportunities.win", &json!("WON")));
    }

    async fn a_probability_by_hand_stays_until_it_follows_again(app: TestApp) {
        let admin = app.admin_a().await;
        let id = deal(&admin, json!({"amount": "999"})).await;
        let path = format!("{OPPORTUNITIES}/{id}");
        let row = admin.patch(&path, &json!({"win_probability": 33})).await.ok(200);
        assert_eq!((worth(&row), &row["is_probability_manual"]), ((33, "330"), &json!(true)));
        assert_eq!(worth(&to(&admin, &id, "QUALIFIED").await), (33, "330"), "the stage does not move it");
        assert_eq!(worth(&admin.patch(&path, &json!({"amount": "1000"})).await.ok(200)), (33, "330"));
        let row = admin.patch(&path, &json!({"is_probability_manual": false})).await.ok(200);
        assert_eq!((worth(&row), &row["is_probability_manual"]), ((25, "250"), &json!(false)));
        for (body, field) in [
            (json!({"win_probability": 101}), "win_probability"),
            (json!({"win_probability": -1}), "win_probability"),
            (json!({"win_probability": 12.5}), "win_probability"),
            (json!({"win_probability": 10, "is_probability_manual": false}), "is_probability_manual"),
            (json!({"amount": "-1"}), "amount"),
            (json!({"amount": "0.5"}), "amount"),
            (json!({"currency": "XXX"}), "currency"),
            (json!({"owner_id": Uuid::now_v7()}), "owner_id"),
            (json!({"department_id": Uuid::now_v7()}), "department_id"),
        ] {
            assert_eq!(admin.patch(&path, &body).await.wrong_fields(), [field], "{body}");
        }
        // the company's own percentages
        let _ = admin.patch("/api/v1/tenants/adm/settings/sales.probability_proposal", &json!({"value": 60})).await.ok(200);
        assert_eq!(worth(&to(&admin, &id, "PROPOSAL").await), (60, "600"));
        let dollars = deal(&admin, json!({"currency": "USD", "amount": "100.55"})).await;
        assert_eq!(worth(&read(&admin, OPPORTUNITIES, &dollars).await), (10, "10.06"), "cents are rounded half up");
        let row = admin.patch(&format!("{OPPORTUNITIES}/{dollars}"), &json!({"currency": "KRW", "amount": "5"})).await.ok(200);
        assert_eq!(worth(&row), (10, "1"));
    }

    async fn codes_are_given_in_order_around_those_given_by_hand(app: TestApp) {
        let admin = app.admin_a().await;
        let year = kernel::Zone::seoul().day(app.now()).0.year();
        let _ = deal(&admin, json!({"code": format!("opp-{year}-000002")})).await;
        let body = json!({"name": "x"});
        let made = join_all((0..8).map(|_| admin.post(OPPORTUNITIES, &body))).await;
        let mut codes: Vec<String> = made.iter().map(|answer| answer.ok(201)["code"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        let wanted = [1, 3, 4, 5, 6, 7, 8, 9].map(|n| format!("OPP-{year}-{n:06}"));
        assert_eq!(codes, wanted);
    }

    async fn who_is_concerned_fits(app: TestApp) {
        let (admin, other) = (app.admin_a().await, app.admin_b().await);
        let (mine, second, foreign) = (customer(&admin).await, customer(&admin).await, customer(&other).await);
        let (person, stranger) = (contact(&admin, &mine).await, contact(&admin, &second).await);
        let post = async |body: Value| {
            let mut deal = json!({"name": "x"});
            for (field, value) in body.as_object().unwrap() {
                deal[field] = value.clone();
            }
            admin.post(OPPORTUNITIES, &deal).await
        };
        assert_eq!(post(json!({"partner_id": foreign})).await.wrong_fields(), ["partner_id"], "another company's customer");
        assert_eq!(post(json!({"partner_id": Uuid::now_v7()})).await.wrong_fields(), ["partner_id"]);
        assert_eq!(post(json!({"owner_id": other.id()})).await.wrong_fields(), ["owner_id"]);
        assert_eq!(post(json!({"partner_id": mine, "contact_id": stranger})).await.wrong_fields(), ["contact_id"]);
        assert_eq!(post(json!({"contact_id": person})).await.wrong_fields(), ["contact_id"], "a contact without the customer");
        let id = post(json!({"partner_id": mine, "contact_id": person})).await.id();
        let path = format!("{OPPORTUNITIES}/{id}");
        assert_eq!(admin.patch(&path, &json!({"contact_id": stranger})).await.wrong_fields(), ["contact_id"]);
        assert_eq!(admin.patch(&path, &json!({"partner_id": second})).await.wrong_fields(), ["contact_id"], "the contact stays behind");
        let moved = admin.patch(&path, &json!({"partner_id": second, "contact_id": stranger})).await.ok(200);
        assert_eq!(moved["partner_id"], json!(second));
        // with something done for it, it stays with its customer
        let call = json!({"activity_type": "CALL", "subject": "첫 통화", "activity_date": "2026-11-20", "opportunity_id": id});
        let _ = admin.post(ACTIVITIES, &call).await.ok(201);
        let refused = admin.patch(&path, &json!({"partner_id": mine, "contact_id": person})).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "crm.opportunity_has_activities");
        // and the customer, the contact and the owner stay as long as it is there
        for (path, id) in [(CUSTOMERS, &second), (CONTACTS, &stranger)] {
            assert_eq!(admin.delete(&format!("{path}/{id}")).await.refused(409, "CONFLICT")["rule"], "referenced");
        }
        for verb in ["move", "win", "lose", "cancel", "reopen"] {
            let body = if verb == "move" { json!({"stage": "QUALIFIED"}) } else if verb == "lose" { json!({"reason": "PRICE"}) } else { json!({}) };
            act(&other, OPPORTUNITIES, &id, verb, body).await.refused(404, "NOT_FOUND");
        }
        other.get(&format!("{OPPORTUNITIES}/{id}/history")).await.refused(404, "NOT_FOUND");
    }

    async fn each_step_needs_its_own_right(app: TestApp) {
        let admin = app.admin_a().await;
        let id = deal(&admin, json!({})).await;
        let mover = somebody_of_a(&app, &["crm.opportunities.read", "crm.opportunities.move"]).await;
        to(&mover, &id, "QUALIFIED").await;
        for (verb, body) in [("win", json!({})), ("lose", json!({"reason": "PRICE"})), ("cancel", json!({})), ("reopen", json!({}))] {
            let refused = act(&mover, OPPORTUNITIES, &id, verb, body).await.refused(403, "FORBIDDEN");
            assert_eq!(refused["permission"], format!("crm.opportunities.{verb}"));
        }
        let role = admin.get("/api/v1/tenants/adm/roles?code=SALES").await.ok(200)["items"][0]["id"].clone();
        let seller = tests::people::one_of_a(&app, &admin, &role).await;
        let own = deal(&seller, json!({})).await;
        let _ = act(&seller, OPPORTUNITIES, &own, "win", json!({})).await.ok(200);
        let _ = seller.get(&format!("{OPPORTUNITIES}/pipeline")).await.ok(200);
        assert_eq!(read(&seller, OPPORTUNITIES, &own).await["owner_id"], json!(seller.id()));
    }
}

async fn to_open_again(by: &Caller, id: &str) {
    for _ in 0..2 {
        let open = act(by, OPPORTUNITIES, id, "reopen", json!({})).await.ok(200);
        assert_eq!((&open["stage"], &open["status"]), (&json!("PROPOSAL"), &json!("OPEN")));
    }
}
