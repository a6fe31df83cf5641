//! `kill -9` between commit and dispatch: nothing is lost, nothing comes of what was rolled back.

use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use testkit::{Backend, Caller, PASSWORD, Program, SECRET_KEY, Site};
use tests::process::{PATIENCE, block_on, until, words};

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";
/// Kills, on each database.
const KILLS: usize = 50;

fn start(site: &Site) -> Program {
    let fixed = ["--bind", "127.0.0.1:0", "--secret-key", SECRET_KEY, "--demo", "false", "--rate-limit", "off", "--migrate", "false"];
    Program::start(&[site.arguments(), words(&fixed)].concat(), &[])
}

/// Everything the company has published, by number.
async fn published(admin: &Caller) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let page = admin.get(&format!("/api/v1/tenants/adm/events?after={after}&limit=500")).await.ok(200);
        let items = page["items"].as_array().unwrap();
        if items.is_empty() {
            return all;
        }
        after = page["next_after"].as_i64().unwrap();
        all.extend(items.iter().cloned());
    }
}

fn nothing_is_lost_between_commit_and_dispatch(backend: Backend) {
    let site = Site::new(backend);
    block_on(async {
        let (mut token, mut acknowledged) = (None, BTreeSet::new());
        for round in 0..KILLS {
            let mut program = start(&site);
            let stranger = Caller::stranger(program.address());
            until(&stranger, "/health/ready", 200).await;
            if token.is_none() || round % 20 == 0 {
                token = stranger.sign_in(Some("alpha"), "boss", PASSWORD).await.token;
            }
            let admin = stranger.with_token(token.as_deref());
            // some commit, one is refused, some are in the air when it dies
            let one = admin.post(ORGANIZATIONS, &json!({"name": format!("죽기 전 {round}")})).await.ok(201);
            acknowledged.insert(one["id"].as_str().unwrap().to_owned());
            admin.post(ORGANIZATIONS, &json!({"name": format!("죽기 전 {round}")})).await.refused(409, "CONFLICT");
            let last: Vec<_> = (0..3)
                .map(|n| {
                    let admin = admin.clone();
                    actix_web::rt::spawn(async move {
                        let body = json!({"name": format!("마지막 {round}-{n}")});
                        let answer = admin.request(Method::POST, ORGANIZATIONS).json(&body).try_send().await;
                        answer.ok().filter(|answer| answer.status == 201).map(|answer| answer.id())
                    })
                })
                .collect();
            tokio::time::sleep(Duration::from_millis(u64::try_from(round % 10).unwrap() * 4)).await;
            program.signal("KILL");
            for answer in last {
                acknowledged.extend(answer.await.unwrap());
            }
        }

        let mut program = start(&site);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        let admin = stranger.sign_in(Some("alpha"), "boss", PASSWORD).await;
        let manager = stranger.sign_in(None, "admin", PASSWORD).await;
        let mut rows = Vec::new();
        for page in 1.. {
            let list = admin.get(&format!("{ORGANIZATIONS}?page_size=100&page={page}")).await.ok(200);
            rows.extend(list["items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            if page >= list["total_pages"].as_u64().unwrap() {
                break;
            }
        }
        let rows: BTreeSet<String> = rows.into_iter().collect();
        assert!(acknowledged.len() >= KILLS && acknowledged.is_subset(&rows), "what was answered is there");
        let since = Instant::now();
        loop {
            let events = published(&admin).await;
            let made: Vec<&str> = events
                .iter()
                .filter(|event| event["kind"] == "adm.organization.created")
                .map(|event| event["aggregate_id"].as_str().unwrap())
                .collect();
            let numbers: Vec<i64> = events.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
            assert_eq!(numbers, (1..=i64::try_from(numbers.len()).unwrap()).collect::<Vec<_>>(), "without a gap");
            // and the last of its readers has had them: each row's audit lies with the provider
            let copies = manager
                .get("/api/v1/manager/audt/audit-logs?target=adm.organizations&action_performed=CREATE&result=SUCCESS&page_size=1")
                .await;
            if made.len() == rows.len() && copies.ok(200)["total"] == json!(rows.len()) {
                assert_eq!(made.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), rows, "one event a row, and none without");
                break;
            }
            assert!(since.elapsed() < PATIENCE, "{} events of {} rows; {copies:?}", made.len(), rows.len());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let verdict = manager.get("/api/v1/manager/audt/audit-logs/verify").await.ok(200);
        assert_eq!((&verdict["valid"], &verdict["first_bad"]), (&json!(true), &Value::Null), "{verdict}");
        program.signal("TERM");
    });
}

#[test]
fn nothing_is_lost_between_commit_and_dispatch_on_sqlite() {
    nothing_is_lost_between_commit_and_dispatch(Backend::Sqlite);
}

#[test]
fn nothing_is_lost_between_commit_and_dispatch_on_postgres() {
    nothing_is_lost_between_commit_and_dispatch(Backend::Postgres);
}
