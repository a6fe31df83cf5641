//! `cxg work` and `cxg audit verify`.

use kernel::Realm;
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::{Database, Options, Sql, SystemClock};
use testkit::{Backend, Caller, Cluster, PASSWORD, Program, SECRET_KEY, Site};
use tests::process::{PATIENCE, block_on, until, words};

fn arguments(site: &Site, more: &[&str]) -> Vec<String> {
    let fixed = ["--secret-key", SECRET_KEY, "--demo", "false", "--migrate", "false", "--rate-limit", "off"];
    [words(more), site.arguments(), words(&fixed)].concat()
}

async fn waiting(site: &Site, realm: Realm) -> i64 {
    let (manager, tenant) = site.urls();
    let url = if realm == Realm::Manager { manager } else { tenant };
    let sql = "SELECT count(*) AS n FROM outbox WHERE seq IS NULL";
    if site.backend == Backend::Postgres {
        let names = site.database_names();
        return Cluster::get().psql(if realm == Realm::Manager { names.0 } else { names.1 }, sql).parse().unwrap();
    }
    let database = Database::new(realm, &Options { url, connections: 1, of_thread: 0, clock: Arc::new(SystemClock) }).unwrap();
    let row = database.read(None).await.unwrap().raw_one(Sql::new(sql)).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

fn a_worker_alone_does_what_is_waiting(backend: Backend) {
    let site = Site::new(backend);
    block_on(async {
        assert!(waiting(&site, Realm::Manager).await > 0 && waiting(&site, Realm::Tenant).await > 0, "the template's events wait");
        let mut worker = Program::start(&arguments(&site, &["work"]), &[]);
        let _ = worker.until_it_says("works on", PATIENCE);
        let since = Instant::now();
        while waiting(&site, Realm::Manager).await + waiting(&site, Realm::Tenant).await > 0 {
            assert!(since.elapsed() < PATIENCE, "the worker gets nowhere");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        worker.signal("TERM");
        let _ = worker.wait().well();
        let said = Program::run(&arguments(&site, &["audit", "verify"]), &[]).well();
        assert!(said.contains("rows are as they were written"), "{said}");

        if site.backend == Backend::Sqlite {
            // the files are one process's: beside one that serves nobody else works
            return;
        }
        // beside one that serves
        let mut serving = Program::start(&arguments(&site, &["serve", "--bind", "127.0.0.1:0"]), &[]);
        let mut worker = Program::start(&arguments(&site, &["work"]), &[]);
        let _ = worker.until_it_says("works on", PATIENCE);
        let stranger = Caller::stranger(serving.address());
        until(&stranger, "/health/ready", 200).await;
        let admin = stranger.sign_in(Some("alpha"), "boss", PASSWORD).await;
        for n in 0..20 {
            let _ = admin.post("/api/v1/tenants/adm/organizations", &json!({"name": format!("둘이서 {n}")})).await.ok(201);
        }
        let manager = stranger.sign_in(None, "admin", PASSWORD).await;
        let since = Instant::now();
        loop {
            let copies = manager.get("/api/v1/manager/audt/audit-logs?target=adm.organizations&action_performed=CREATE").await.ok(200);
            if copies["total"] == json!(20) {
                break;
            }
            assert!(since.elapsed() < PATIENCE, "{}", copies["total"]);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        for program in [serving, worker] {
            program.signal("TERM");
            let _ = program.wait().well();
        }
        let said = Program::run(&arguments(&site, &["audit", "verify", "--tenant", "alpha"]), &[]).well();
        assert!(said.contains("rows are as they were written"), "{said}");
        let said = Program::run(&arguments(&site, &["audit", "verify", "--tenant", "nobody"]), &[]).badly();
        assert!(said.contains("no company nobody"), "{said}");
    });
}

#[test]
fn a_worker_alone_does_what_is_waiting_on_sqlite() {
    a_worker_alone_does_what_is_waiting(Backend::Sqlite);
}

#[test]
fn a_worker_alone_does_what_is_waiting_on_postgres() {
    a_worker_alone_does_what_is_waiting(Backend::Postgres);
}
