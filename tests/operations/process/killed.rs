//! `kill -9` between request and answer.

use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use store::{Database, Options, Sql, SystemClock};
use testkit::{Backend, Caller, PASSWORD, Program, SECRET_KEY, Site};
use tests::process::{block_on, until, words};
use uuid::Uuid;

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";
const CLIENTS: usize = 8;
/// How many answers have come when the program is killed.
const ANSWERS: usize = 60;

fn start(site: &Site) -> Program {
    let fixed = ["--bind", "127.0.0.1:0", "--secret-key", SECRET_KEY, "--demo", "false", "--rate-limit", "off", "--migrate", "false"];
    Program::start(&[site.arguments(), words(&fixed)].concat(), &[])
}

/// What the clients know: the key of each create that was sent, with the answer if it came.
type Sent = Arc<Mutex<BTreeMap<String, Option<Value>>>>;

async fn create(caller: &Caller, key: &str) -> Result<testkit::Answer, reqwest::Error> {
    let body = json!({"name": format!("조직 {key}")});
    caller.request(Method::POST, ORGANIZATIONS).header("idempotency-key", key).json(&body).try_send().await
}

fn a_kill_loses_nothing_that_was_answered(backend: Backend) {
    let site = Site::new(backend);
    block_on(async {
        let mut tenant = None;
        let sent = Sent::default();
        for round in 0..3 {
            let mut program = start(&site);
            let stranger = Caller::stranger(program.address());
            until(&stranger, "/health/ready", 200).await;
            let admin = stranger.sign_in(Some("alpha"), "boss", PASSWORD).await;
            let me = admin.token.as_deref().unwrap().split('.').nth(1).unwrap();
            use base64::Engine as _;
            let claims: Value = serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(me).unwrap()).unwrap();
            tenant = claims["tid"].as_str().map(|id| id.parse::<Uuid>().unwrap());

            // what was sent before and not answered is sent again, as clients do
            let unanswered: Vec<String> =
                sent.lock().unwrap().iter().filter(|(_, answer)| answer.is_none()).map(|(key, _)| key.clone()).collect();
            for key in unanswered {
                let row = create(&admin, &key).await.unwrap().ok(201);
                sent.lock().unwrap().insert(key, Some(row));
            }
            let answered = Arc::new(AtomicUsize::new(0));
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    let (admin, sent, answered) = (admin.clone(), sent.clone(), answered.clone());
                    actix_web::rt::spawn(async move {
                        for n in 0.. {
                            let key = format!("{round}-{client}-{n}");
                            sent.lock().unwrap().insert(key.clone(), None);
                            let Ok(answer) = create(&admin, &key).await else { return };
                            sent.lock().unwrap().insert(key, Some(answer.ok(201)));
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                    })
                })
                .collect();
            let since = Instant::now();
            while answered.load(Ordering::SeqCst) < ANSWERS {
                assert!(since.elapsed() < tests::process::PATIENCE, "the clients get nowhere");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            program.signal("KILL");
            for client in clients {
                client.await.unwrap();
            }
        }

        let mut program = start(&site);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        let admin = stranger.sign_in(Some("alpha"), "boss", PASSWORD).await;
        let sent = sent.lock().unwrap().clone();
        let lost = sent.values().filter(|answer| answer.is_none()).count();
        assert!(lost > 0, "nothing was in the air when it was killed: the test shows nothing");
        for key in sent.iter().filter(|(_, answer)| answer.is_none()).map(|(key, _)| key) {
            // whether it was done before or is done now, it is done once
            let _ = create(&admin, key).await.unwrap().ok(201);
        }
        for (key, row) in sent.iter().filter_map(|(key, row)| Some((key, row.as_ref()?))) {
            let again = create(&admin, key).await.unwrap();
            assert_eq!((again.ok(201), again.header("idempotent-replayed")), (row.clone(), "true"), "{key} was answered");
        }
        everything_fits(&site, tenant.unwrap(), &sent).await;
    });
}

async fn everything_fits(site: &Site, tenant: Uuid, sent: &BTreeMap<String, Option<Value>>) {
    let (_, url) = site.urls();
    let database = Database::new(Realm::Tenant, &Options { url, connections: 1, of_thread: 0, clock: Arc::new(SystemClock) }).unwrap();
    let scope = database.read(Some(tenant)).await.unwrap();
    let ask = async |sql: &str| {
        let mut sql = Sql::new(sql);
        sql.bind(tenant);
        scope.raw_all(sql).await.unwrap()
    };
    let rows = ask("SELECT id, no, name FROM adm_organizations WHERE deleted_at IS NULL AND tenant_id = ").await;
    let names: BTreeSet<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    assert_eq!(names, sent.keys().map(|key| format!("조직 {key}")).collect(), "each that was sent, and no other");
    assert_eq!(rows.len(), sent.len(), "each once");
    let mut numbers: Vec<i64> = rows.iter().map(|row| row.try_get("", "no").unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=i64::try_from(rows.len()).unwrap()).collect::<Vec<_>>(), "neither gap nor double");

    let mut ids: Vec<String> = rows.iter().map(|row| row.try_get::<Uuid>("", "id").unwrap().to_string()).collect();
    ids.sort();
    let audits = ask(
        "SELECT resource_id AS id FROM audt_audit_logs WHERE target = 'adm.organizations' AND action_performed = 'CREATE' AND tenant_id = ",
    )
    .await;
    let mut audited: Vec<String> = audits.iter().map(|row| row.try_get("", "id").unwrap()).collect();
    audited.sort();
    assert_eq!(audited, ids, "one audit row each");
    let events = ask("SELECT aggregate_id AS id FROM outbox WHERE kind = 'adm.organization.created' AND tenant_id = ").await;
    let mut published: Vec<String> = events.iter().map(|row| row.try_get::<Uuid>("", "id").unwrap().to_string()).collect();
    published.sort();
    assert_eq!(published, ids, "one event each");
}

#[test]
fn a_kill_loses_nothing_that_was_answered_on_sqlite() {
    a_kill_loses_nothing_that_was_answered(Backend::Sqlite);
}

#[test]
fn a_kill_loses_nothing_that_was_answered_on_postgres() {
    a_kill_loses_nothing_that_was_answered(Backend::Postgres);
}
