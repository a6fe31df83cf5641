//! What PostgreSQL bounds: how long a statement takes, how long a transaction does nothing.

use kernel::Realm;
use serde_json::json;
use std::{sync::Arc, time::Instant};
use store::{Context, Database, Options, Scope, Sql, SystemClock};
use testkit::{Backend, Cluster, Site, TestApp};
use tokio::sync::Notify;

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

async fn setting(scope: &Scope, name: &str) -> String {
    let row = scope.raw_one(Sql::new(&format!("SELECT current_setting('{name}') AS value"))).await.unwrap().unwrap();
    row.try_get("", "value").unwrap()
}

/// PostgreSQL had no `statement_timeout`: a statement that waited for a lock held its connection for as long as the lock was held.
#[test]
fn a_statement_that_serves_is_bounded_and_the_platforms_own_work_is_not() {
    let site = Site::new(Backend::Postgres);
    tests::process::block_on(async {
        let open = |url: String| {
            Database::new(Realm::Tenant, &Options { url, connections: 1, of_thread: 0, clock: Arc::new(SystemClock) }).unwrap()
        };
        let url = site.urls().1;
        let database = open(url.clone());
        let scope = database.read(None).await.unwrap();
        assert_eq!(setting(&scope, "statement_timeout").await, "30s");
        assert_eq!(setting(&scope, "idle_in_transaction_session_timeout").await, "1min");
        drop(scope);
        let scope = database.read_for_all().await.unwrap();
        assert_eq!(setting(&scope, "statement_timeout").await, "0");
        drop(scope);
        let system = Context::system(Realm::Tenant, None, "test");
        assert_eq!(database.write(&system, async |tx| Ok(setting(tx, "statement_timeout").await)).await.unwrap(), "0");
        // which ends with the transaction
        assert_eq!(setting(&database.read(None).await.unwrap(), "statement_timeout").await, "30s");
        let somebody = Context { actor: kernel::Actor { kind: kernel::ActorKind::User, ..system.actor.clone() }, ..system };
        assert_eq!(database.write(&somebody, async |tx| Ok(setting(tx, "statement_timeout").await)).await.unwrap(), "30s");
        // a URL may say another
        let other = open(format!("{url}&options=-c%20statement_timeout%3D60000"));
        let scope = other.read(None).await.unwrap();
        assert_eq!(setting(&scope, "statement_timeout").await, "1min");
        assert_eq!(setting(&scope, "idle_in_transaction_session_timeout").await, "1min");
        assert_eq!(setting(&scope, "role").await, "cxg_app");
    });
}

/// Who keeps all connections of a thread busy took the database away from the others whom that thread serves: there are some for everybody.
#[test]
fn a_thread_whose_own_connections_are_lent_takes_shared_ones() {
    let site = Site::new(Backend::Postgres);
    tests::process::block_on(async {
        let options = Options { url: site.urls().1, connections: 1, of_thread: 1, clock: Arc::new(SystemClock) };
        let database = Database::new(Realm::Tenant, &options).unwrap();
        let (own, shared) = (database.read(None).await.unwrap(), database.read(None).await.unwrap());
        let pid = async |scope: &Scope| -> i32 {
            scope.raw_one(Sql::new("SELECT pg_backend_pid() AS pid")).await.unwrap().unwrap().try_get("", "pid").unwrap()
        };
        let pids = (pid(&own).await, pid(&shared).await);
        assert_ne!(pids.0, pids.1);
        // a third waits for either
        let begin = Instant::now();
        let (third, ()) = tokio::join!(database.read(None), async {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            drop(shared);
        });
        assert!(begin.elapsed().as_millis() >= 200);
        assert_eq!(pid(&third.unwrap()).await, pids.1);
        drop(own);
        // and the thread's own comes first again
        assert_eq!(pid(&database.read(None).await.unwrap()).await, pids.0);
        database.close();
    });
}

/// What such a request is told. The statement is ended by hand while it waits, which PostgreSQL reports as it does a timeout (57014).
#[test]
fn a_statement_that_is_ended_by_its_bound_is_answered_503() {
    testkit::run(Backend::Postgres, async |app: TestApp| {
        let admin = app.admin_a().await;
        let row = format!("{ORGANIZATIONS}/{}", admin.post(ORGANIZATIONS, &json!({"name": "본사"})).await.id());
        let (held, release) = (Notify::new(), Notify::new());
        let database = app.database(Realm::Tenant);
        let cx = Context::system(Realm::Tenant, Some(app.company_a().await.id), "test");
        let holder = database.write(&cx, async |tx| {
            let rows = tx.raw_all(Sql::new("SELECT id FROM adm_organizations FOR UPDATE")).await?;
            held.notify_one();
            release.notified().await;
            Ok(rows.len())
        });
        let story = async {
            held.notified().await;
            let change = actix_web::rt::spawn({
                let (admin, row) = (admin.clone(), row.clone());
                async move { admin.patch(&row, &json!({"name": "본점"})).await }
            });
            let name = app.site().database_names().1;
            let cancel =
                format!("SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}' AND wait_event_type = 'Lock'");
            let since = Instant::now();
            while Cluster::get().psql("postgres", &cancel) == "0" {
                assert!(since.elapsed() < tests::process::PATIENCE, "the change does not wait for the row");
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            let answer = change.await.unwrap();
            answer.refused(503, "SERVICE_UNAVAILABLE");
            assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{answer:?}");
            release.notify_one();
        };
        let (rows, ()) = futures_util::future::join(holder, story).await;
        assert!(rows.unwrap() > 0);
        let _ = admin.patch(&row, &json!({"name": "본점"})).await.ok(200);
    });
}
