//! Following a company's events by their numbers.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Caller, both};

const EVENTS: &str = "/api/v1/tenants/adm/events";
const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

/// Everything after a number, page by page, as a follower reads it.
async fn follow(caller: &Caller, path: &str, mut after: i64, limit: i64) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = caller.get(&format!("{path}?after={after}&limit={limit}")).await.ok(200);
        let items = page["items"].as_array().unwrap();
        if items.is_empty() {
            assert_eq!(page["next_after"], json!(after), "nothing new: the cursor stays");
            return all;
        }
        after = page["next_after"].as_i64().unwrap();
        assert_eq!(items.last().unwrap()["seq"], json!(after));
        all.extend(items.iter().cloned());
    }
}

fn numbers(events: &[Value]) -> Vec<i64> {
    events.iter().map(|event| event["seq"].as_i64().unwrap()).collect()
}

both! {
    async fn every_event_is_read_once_in_order_without_a_gap(app: TestApp) {
        let admin = app.admin_a().await;
        let mut made = Vec::new();
        for n in 0..25 {
            let row = admin.post(ORGANIZATIONS, &json!({"name": format!("지점 {n}")})).await.id();
            let _ = admin.patch(&format!("{ORGANIZATIONS}/{row}"), &json!({"description": "x"})).await.ok(200);
            made.push(row);
            if n % 7 == 0 {
                app.settle().await;
            }
        }
        app.settle().await;
        let all = follow(&admin, EVENTS, 0, 10).await;
        assert_eq!(numbers(&all), (1..=i64::try_from(all.len()).unwrap()).collect::<Vec<_>>(), "from one, without a gap");
        let ids: BTreeSet<&str> = all.iter().map(|event| event["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), all.len(), "each once");
        for row in &made {
            let kinds: Vec<&str> = all.iter().filter(|event| event["aggregate_id"] == json!(row)).map(|event| event["kind"].as_str().unwrap()).collect();
            assert_eq!(kinds, ["adm.organization.created", "adm.organization.updated"], "in the order in which it happened");
        }
        assert_eq!(follow(&admin, EVENTS, 0, 500).await, all, "the same whatever the pages");
        let created = admin.get(&format!("{EVENTS}?kind=adm.organization.created&limit=500")).await.ok(200);
        assert_eq!(created["items"].as_array().unwrap().len(), 25);
        // what comes later is behind
        let last = *numbers(&all).last().unwrap();
        let _ = admin.post(ORGANIZATIONS, &json!({"name": "나중"})).await.ok(201);
        app.settle().await;
        let later = follow(&admin, EVENTS, last, 100).await;
        assert_eq!((later.len(), &later[0]["seq"], &later[0]["actor_id"]), (1, &json!(last + 1), &json!(admin.id())));
    }

    async fn writers_at_once_leave_no_gap_for_a_reader_who_follows(app: TestApp) {
        let admin = app.admin_a().await;
        let before = { app.settle().await; follow(&admin, EVENTS, 0, 500).await.len() };
        let writing = futures_util::future::join_all((0..8).map(|writer| {
            let admin = admin.clone();
            async move {
                for n in 0..12 {
                    let _ = admin.post(ORGANIZATIONS, &json!({"name": format!("동시 {writer}-{n}")})).await.ok(201);
                }
            }
        }));
        // two workers number and deliver while it goes on, and somebody follows
        let working = async {
            for _ in 0..12 {
                futures_util::future::join(app.settle(), app.settle()).await;
            }
        };
        let mut seen = Vec::new();
        let following = async {
            let mut after = i64::try_from(before).unwrap();
            for _ in 0..40 {
                let page = admin.get(&format!("{EVENTS}?after={after}&limit=500")).await.ok(200);
                seen.extend(page["items"].as_array().unwrap().iter().cloned());
                after = page["next_after"].as_i64().unwrap();
            }
        };
        futures_util::future::join3(writing, working, following).await;
        app.settle().await;
        let last = seen.last().map_or(i64::try_from(before).unwrap(), |event| event["seq"].as_i64().unwrap());
        seen.extend(follow(&admin, EVENTS, last, 500).await);
        let seen: Vec<Value> = seen.into_iter().filter(|event| event["kind"] == "adm.organization.created").collect();
        assert_eq!(seen.len(), 96, "whoever follows misses nothing and sees nothing twice");
        let all = follow(&admin, EVENTS, 0, 500).await;
        assert_eq!(numbers(&all), (1..=i64::try_from(all.len()).unwrap()).collect::<Vec<_>>());
    }

    async fn a_companys_events_are_its_own_and_the_providers_are_the_providers(app: TestApp) {
        let (a, b, manager) = (app.admin_a().await, app.admin_b().await, app.manager().await);
        let row = a.post(ORGANIZATIONS, &json!({"name": "비밀 지점"})).await.id();
        app.settle().await;
        for (caller, path) in [(&b, EVENTS), (&manager, "/api/v1/manager/audt/events")] {
            let theirs = follow(caller, path, 0, 500).await;
            assert!(!theirs.is_empty() && !theirs.iter().any(|event| event.to_string().contains(&row)), "{path}");
        }
        let own = follow(&manager, "/api/v1/manager/audt/events", 0, 500).await;
        assert!(own.iter().any(|event| event["kind"] == "tnnt.tenant.created"), "{own:?}");
        assert_eq!(numbers(&own), (1..=i64::try_from(own.len()).unwrap()).collect::<Vec<_>>());
    }

    async fn what_failed_leaves_no_event(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = admin.post(ORGANIZATIONS, &json!({"name": "하나"})).await.ok(201);
        app.settle().await;
        let before = follow(&admin, EVENTS, 0, 500).await;
        admin.post(ORGANIZATIONS, &json!({"name": "하나"})).await.refused(409, "CONFLICT");
        let _ = admin.post(ORGANIZATIONS, &json!({"nonsense": 1})).await.wrong_fields();
        app.settle().await;
        assert_eq!(follow(&admin, EVENTS, 0, 500).await, before);
    }

    async fn a_wrong_cursor_is_told(app: TestApp) {
        let admin = app.admin_a().await;
        assert_eq!(admin.get(&format!("{EVENTS}?after=-1")).await.wrong_fields(), ["after"]);
        assert_eq!(admin.get(&format!("{EVENTS}?after=-1&limit=0")).await.wrong_fields(), ["after", "limit"]);
        assert_eq!(admin.get(&format!("{EVENTS}?limit=501")).await.wrong_fields(), ["limit"]);
        assert_eq!(admin.get(&format!("{EVENTS}?after=x")).await.wrong_fields(), ["after"]);
        assert_eq!(admin.get(&format!("{EVENTS}?cursor=1")).await.wrong_fields(), ["cursor"]);
    }

    async fn whoever_stays_away_for_too_long_is_told_to_begin_anew(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = admin.post(ORGANIZATIONS, &json!({"name": "옛날"})).await.ok(201);
        app.settle().await;
        let old = follow(&admin, EVENTS, 0, 500).await;
        let last = *numbers(&old).last().unwrap();
        app.clock().advance(91 * 24 * 60 * 60);
        // the night's housekeeping
        app.settle().await;
        let admin = app.stranger().sign_in(Some("alpha"), "boss", testkit::PASSWORD).await;
        let _ = admin.post(ORGANIZATIONS, &json!({"name": "지금"})).await.ok(201);
        app.settle().await;
        let detail = admin.get(&format!("{EVENTS}?after=1")).await.refused(409, "CONFLICT");
        assert_eq!(detail["rule"], "events.cursor_expired");
        assert!(detail["first"].as_i64().unwrap() > last - 1, "{detail}");
        let anew = follow(&admin, EVENTS, 0, 500).await;
        assert!(numbers(&anew)[0] > 1 && anew.iter().any(|event| event["payload"]["name"] == "지금"), "{anew:?}");
        // the one who was up to date goes on
        assert_eq!(follow(&admin, EVENTS, last, 500).await, anew);
    }
}
