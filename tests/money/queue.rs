//! The queue before the end of the chain ([ADR 16](../../docs/adr/0016-the-ledger-is-guarded-by-the-database.md)).

use kernel::Realm;
use serde_json::json;
use std::time::{Duration, Instant};
use store::{Context, Sql};
use testkit::{Backend, Cluster, TestApp};
use tests::fim::{ENTRIES, draft, verdict};
use tokio::sync::Notify;

const DRAFTS: usize = 6;

/// On PostgreSQL those who post wait at an advisory lock, which is given in the order in which they came. Without it they would wait for the
/// row at the end of the chain, and each change of that row mixes the waiters anew.
#[test]
fn who_posts_first_gets_the_first_place() {
    testkit::run(Backend::Postgres, async |app: TestApp| {
        let admin = app.admin_a().await;
        let mut paths = Vec::new();
        for n in 0..DRAFTS {
            let id = draft(&admin, "2026-03-02", &[("101", 1000, 0), ("401", 0, 1000)]).await.id();
            paths.push((n, format!("{ENTRIES}/{id}/post")));
        }
        let (held, release) = (Notify::new(), Notify::new());
        let database = app.database(Realm::Tenant);
        let company = app.company_a().await.id;
        let cx = Context::system(Realm::Tenant, Some(company), "test");
        // somebody holds the end of the chain, without having stood in the queue
        let holder = database.write(&cx, async |tx| {
            let mut sql = Sql::new("SELECT chain_no FROM fim_ledgers WHERE tenant_id = ");
            sql.bind(company).push(" FOR UPDATE");
            let rows = tx.raw_all(sql).await?;
            held.notify_one();
            release.notified().await;
            Ok(rows.len())
        });
        let name = app.site().database_names().1;
        let waiting = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND wait_event_type = 'Lock'");
        let queue = format!(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = '{name}' AND l.locktype = 'advisory' AND NOT l.granted"
        );
        let story = async {
            held.notified().await;
            let mut posting = Vec::new();
            // each comes when the one before it waits
            for (n, path) in paths {
                let admin = admin.clone();
                posting.push(actix_web::rt::spawn(async move { admin.post(&path, &json!({})).await }));
                let since = Instant::now();
                while Cluster::get().psql("postgres", &waiting) != (n + 1).to_string() {
                    assert!(since.elapsed() < Duration::from_secs(30), "the posting {n} does not wait");
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
            // the first waits for the row, all others behind the first
            assert_eq!(Cluster::get().psql("postgres", &queue), (DRAFTS - 1).to_string());
            release.notify_one();
            let mut places = Vec::new();
            for posted in posting {
                places.push(posted.await.unwrap().ok(200)["chain_no"].as_i64().unwrap());
            }
            assert_eq!(places, [1, 2, 3, 4, 5, 6]);
        };
        let (rows, ()) = futures_util::future::join(holder, story).await;
        assert_eq!(rows.unwrap(), 1);
        assert_eq!(verdict(&admin).await["valid"], true);
    });
}
