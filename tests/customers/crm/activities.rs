//! What is done with a customer: planned, done, followed up.

use super::deals::{ACTIVITIES, act, contact, customer, deal, read};
use futures_util::future::join_all;
use kernel::{Realm, Zone};
use serde_json::{Value, json};
use testkit::{Answer, Caller, TestApp, both};
use tests::people::{one_of_a, somebody_of_a};
use uuid::Uuid;

/// The day it is, so many days from now.
fn day(app: &TestApp, ahead: i64) -> String {
    Zone::seoul().day(app.now().plus_seconds(ahead * 86_400)).to_string()
}

async fn plan(by: &Caller, more: Value) -> Answer {
    let mut body = json!({"activity_type": "CALL", "subject": "안부 전화", "activity_date": "2026-11-20"});
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    by.post(ACTIVITIES, &body).await
}

both! {
    async fn an_activity_begins_and_is_done(app: TestApp) {
        let admin = app.admin_a().await;
        let made = plan(&admin, json!({"start_time": "14:00", "end_time": "15:30:00"})).await.ok(201);
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!((&made["status"], &made["is_completed"], &made["priority"]), (&json!("PLANNED"), &json!(false), &json!("NORMAL")));
        assert_eq!((&made["owner_id"], &made["participants"]), (&json!(admin.id()), &json!([])));
        assert_eq!((&made["duration_minutes"], &made["end_time"]), (&json!(90), &json!("15:30")));
        assert_eq!(made["starts_at"], "2026-11-20T05:00:00Z", "two in the afternoon in Seoul");
        let begun = act(&admin, ACTIVITIES, &id, "start", json!({})).await;
        assert_eq!((begun.ok(200)["status"].as_str(), begun.header("etag")), (Some("IN_PROGRESS"), "\"2\""));
        assert_eq!(act(&admin, ACTIVITIES, &id, "start", json!({})).await.header("etag"), "\"2\"", "begun already");
        let said = json!({"outcome": "SUCCESSFUL", "outcome_notes": "견적 요청"});
        let done = act(&admin, ACTIVITIES, &id, "complete", said).await.ok(200);
        assert_eq!((&done["status"], &done["is_completed"], &done["outcome"]), (&json!("COMPLETED"), &json!(true), &json!("SUCCESSFUL")));
        assert_eq!((&done["completed_by"], &done["completed_at"]), (&json!(admin.id()), &json!(app.now())));
        assert_eq!(done["follow_up_activity_id"], Value::Null, "nobody asked for one");
        let again = act(&admin, ACTIVITIES, &id, "complete", json!({"outcome": "NO_ANSWER", "follow_up_date": day(&app, 3)})).await;
        assert_eq!((&again.ok(200), again.header("etag")), (&done, "\"3\""));
        for verb in ["start", "cancel"] {
            let refused = act(&admin, ACTIVITIES, &id, verb, json!({})).await.refused(409, "CONFLICT");
            assert_eq!((&refused["status"], &refused["allowed"]), (&json!("COMPLETED"), &json!([])), "{verb}");
        }
        let path = format!("{ACTIVITIES}/{id}");
        assert_eq!(admin.patch(&path, &json!({"activity_date": "2026-11-21"})).await.refused(409, "CONFLICT")["rule"], "crm.activity_over");
        assert_eq!(admin.patch(&path, &json!({"outcome": "UNSUCCESSFUL"})).await.ok(200)["outcome"], "UNSUCCESSFUL", "told better");
        // one that is planned can be done without a beginning, or not at all
        let other = plan(&admin, json!({})).await.id();
        let refused = admin.patch(&format!("{ACTIVITIES}/{other}"), &json!({"outcome": "SUCCESSFUL"})).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "crm.activity_not_completed");
        let cancelled = act(&admin, ACTIVITIES, &other, "cancel", json!({})).await.ok(200);
        assert_eq!((&cancelled["status"], &cancelled["is_completed"]), (&json!("CANCELLED"), &json!(false)));
        let third = plan(&admin, json!({})).await.id();
        assert_eq!(act(&admin, ACTIVITIES, &third, "complete", json!({})).await.ok(200)["is_completed"], true);
    }

    async fn a_follow_up_is_planned_once_however_often_it_is_asked_for(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = customer(&admin).await;
        let opportunity = deal(&admin, json!({"partner_id": partner})).await;
        let on = day(&app, 7);
        let wanted = json!({"opportunity_id": opportunity, "is_follow_up_required": true, "follow_up_date": on, "priority": "HIGH", "participants": [{"name": "박부장"}]});
        let id = plan(&admin, wanted).await.id();
        let dones = join_all((0..12).map(|_| act(&admin, ACTIVITIES, &id, "complete", json!({})))).await;
        assert!(dones.iter().all(|answer| answer.status == 200), "{dones:?}");
        let next = dones[0].json["data"]["follow_up_activity_id"].clone();
        assert!(dones.iter().all(|answer| answer.json["data"]["follow_up_activity_id"] == next), "{dones:?}");
        let listed = admin.get(&format!("{ACTIVITIES}?activity_type=FOLLOW_UP")).await.ok(200);
        assert_eq!(listed["total"], 1);
        let follow_up = &listed["items"][0];
        assert_eq!(follow_up["id"], next);
        let same = (&json!(partner), &json!(opportunity), &json!("HIGH"), &json!([{"name": "박부장"}]));
        assert_eq!((&follow_up["partner_id"], &follow_up["opportunity_id"], &follow_up["priority"], &follow_up["participants"]), same);
        assert_eq!((&follow_up["activity_date"], &follow_up["status"]), (&json!(on), &json!("PLANNED")));
        assert_eq!(follow_up["subject"], "[후속] 안부 전화");
        // asked for when it is done
        let other = plan(&admin, json!({"subject": "가".repeat(200)})).await.id();
        let done = act(&admin, ACTIVITIES, &other, "complete", json!({"follow_up_date": day(&app, 0)})).await.ok(200);
        assert_eq!(done["is_follow_up_required"], true);
        let next = done["follow_up_activity_id"].as_str().unwrap();
        // the follow-up may go; the link goes with it
        let _ = admin.delete(&format!("{ACTIVITIES}/{next}")).await.ok(200);
        assert_eq!(read(&admin, ACTIVITIES, &other).await["follow_up_activity_id"], Value::Null);
        let none = plan(&admin, json!({"follow_up_date": on})).await.id();
        let done = act(&admin, ACTIVITIES, &none, "complete", json!({})).await.ok(200);
        assert_eq!(done["follow_up_activity_id"], Value::Null, "a day without the wish is none");
    }

    async fn what_does_not_fit_is_refused(app: TestApp) {
        let (admin, other) = (app.admin_a().await, app.admin_b().await);
        let (mine, second, foreign) = (customer(&admin).await, customer(&admin).await, customer(&other).await);
        let (person, stranger) = (contact(&admin, &mine).await, contact(&admin, &second).await);
        let opportunity = deal(&admin, json!({"partner_id": mine})).await;
        let theirs = deal(&other, json!({})).await;
        let gone = Uuid::now_v7();
        for (body, field) in [
            (json!({"activity_type": "LUNCH"}), "activity_type"),
            (json!({"activity_date": "2026-02-30"}), "activity_date"),
            (json!({"start_time": "24:00"}), "start_time"),
            (json!({"start_time": "10:00", "end_time": "09:59"}), "end_time"),
            (json!({"follow_up_date": "2026-11-19"}), "follow_up_date"),
            (json!({"reminder_minutes": 0}), "reminder_minutes"),
            (json!({"meeting_url": "javascript:alert(1)"}), "meeting_url"),
            (json!({"related_to_type": "OPPORTUNITY", "partner_id": mine}), "related_to_type"),
            (json!({"related_to_type": "LEAD"}), "related_to_type"),
            (json!({"owner_id": other.id()}), "owner_id"),
            (json!({"partner_id": foreign}), "partner_id"),
            (json!({"opportunity_id": theirs}), "opportunity_id"),
            (json!({"opportunity_id": opportunity, "partner_id": second}), "opportunity_id"),
            (json!({"opportunity_id": opportunity, "contact_id": stranger}), "contact_id"),
            (json!({"contact_id": gone}), "contact_id"),
            (json!({"participants": [{"user_id": other.id()}]}), "participants"),
            (json!({"participants": [{"contact_id": gone}]}), "participants"),
            (json!({"participants": "박부장"}), "participants"),
            (json!({"participants": [{}]}), "participants.0"),
            (json!({"participants": [{"name": "a", "user_id": admin.id()}]}), "participants.0"),
            // left over of fault F21: names of people who take part had rules of their own
            (json!({"participants": [{"name": "박부장"}, {"name": "\u{3164}"}]}), "participants.1.name"),
            (json!({"participants": [{"name": "박\u{200b}부장"}]}), "participants.0.name"),
            (json!({"participants": [{"name": "박\u{202e}부장"}]}), "participants.0.name"),
            (json!({"participants": [{"name": "박".repeat(101)}]}), "participants.0.name"),
            (json!({"status": "COMPLETED"}), "status"),
            (json!({"is_completed": true}), "is_completed"),
            (json!({"duration_minutes": 15}), "duration_minutes"),
        ] {
            assert_eq!(plan(&admin, body.clone()).await.wrong_fields(), [field], "{body}");
        }
        // what nobody named follows from what was
        let everyone = json!([{"user_id": admin.id()}, {"contact_id": person}, {"name": "외부 자문"}]);
        let row = plan(&admin, json!({"opportunity_id": opportunity, "contact_id": person, "participants": everyone})).await.ok(201);
        assert_eq!((&row["partner_id"], &row["related_to_type"], &row["participants"]), (&json!(mine), &json!("OPPORTUNITY"), &everyone));
        let row = plan(&admin, json!({"contact_id": stranger})).await.ok(201);
        assert_eq!((&row["partner_id"], &row["related_to_type"]), (&json!(second), &json!("CONTACT")));
        let path = format!("{ACTIVITIES}/{}", row["id"].as_str().unwrap());
        assert_eq!(admin.patch(&path, &json!({"partner_id": mine})).await.wrong_fields(), ["contact_id"]);
        assert_eq!(admin.patch(&path, &json!({"contact_id": null})).await.ok(200)["related_to_type"], "PARTNER");
        let id = plan(&admin, json!({})).await.id();
        for (body, field) in [
            (json!({"outcome": "FINE"}), "outcome"),
            (json!({"follow_up_date": day(&app, -1)}), "follow_up_date"),
            (json!({"follow_up_date": "soon"}), "follow_up_date"),
            (json!({"done": true}), "done"),
        ] {
            assert_eq!(act(&admin, ACTIVITIES, &id, "complete", body.clone()).await.wrong_fields(), [field], "{body}");
        }
        for verb in ["start", "complete", "cancel"] {
            act(&other, ACTIVITIES, &id, verb, json!({})).await.refused(404, "NOT_FOUND");
        }
        let reader = somebody_of_a(&app, &["crm.activities.read", "crm.activities.start"]).await;
        let _ = act(&reader, ACTIVITIES, &id, "start", json!({})).await.ok(200);
        assert_eq!(act(&reader, ACTIVITIES, &id, "complete", json!({})).await.refused(403, "FORBIDDEN")["permission"], "crm.activities.complete");
        let role = admin.get("/api/v1/tenants/adm/roles?code=SALES").await.ok(200)["items"][0]["id"].clone();
        let seller = one_of_a(&app, &admin, &role).await;
        let own = plan(&seller, json!({})).await.ok(201);
        assert_eq!(own["owner_id"], json!(seller.id()));
        let _ = act(&seller, ACTIVITIES, own["id"].as_str().unwrap(), "complete", json!({})).await.ok(200);
    }

    async fn a_deal_that_finds_its_customer_takes_its_activities_along(app: TestApp) {
        let admin = app.admin_a().await;
        let opportunity = deal(&admin, json!({})).await;
        let id = plan(&admin, json!({"opportunity_id": opportunity})).await.id();
        assert_eq!(read(&admin, ACTIVITIES, &id).await["partner_id"], Value::Null);
        let partner = customer(&admin).await;
        let _ = admin.patch(&format!("/api/v1/tenants/crm/opportunities/{opportunity}"), &json!({"partner_id": partner})).await.ok(200);
        assert_eq!(read(&admin, ACTIVITIES, &id).await["partner_id"], json!(partner));
    }

    async fn what_happened_is_told(app: TestApp) {
        let admin = app.admin_a().await;
        let id = plan(&admin, json!({})).await.id();
        let request = Uuid::now_v7();
        let done = admin.request(reqwest::Method::POST, &format!("{ACTIVITIES}/{id}/complete")).header("x-request-id", request.to_string());
        let done = done.json(&json!({"follow_up_date": day(&app, 1)})).send().await.ok(200);
        let events = app.published(Realm::Tenant, Some(app.company_a().await.id), request).await;
        let mut kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["crm.activity.completed", "crm.activity.created"]);
        let completed = events.iter().find(|event| event.kind == "crm.activity.completed").unwrap();
        assert_eq!(completed.payload["follow_up_activity_id"], done["follow_up_activity_id"]);
    }
}
