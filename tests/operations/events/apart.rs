//! One company's trouble is not the others': what fails for one is logged, tried again later, and holds up nobody else.

use flows::{consumers::consumers, jobs::jobs};
use kernel::Realm;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{Context, Sql};
use testkit::{Backend, Cluster, TestApp, both};
use tests::fim::in_words_of;
use uuid::Uuid;
use worker::{Job, Worker};

/// Statements of the owner of the companies' database.
async fn as_owner(app: &TestApp, statement: &str) {
    match app.backend() {
        Backend::Postgres => {
            Cluster::get().psql(app.site().database_names().1, statement);
        }
        Backend::Sqlite => {
            let cx = Context::system(Realm::Tenant, None, "owner");
            let statement = in_words_of(app, statement);
            let done = app.database(Realm::Tenant).write(&cx, async |tx| tx.raw_execute(Sql::new(&statement)).await).await;
            done.unwrap_or_else(|error| panic!("{statement}: {error} {:?}", error.cause()));
        }
    }
}

/// From now on this cannot be done to a company's rows of a table (`UPDATE`, `INSERT`).
async fn breaks(app: &TestApp, name: &str, verb: &str, table: &str, company: Uuid) {
    let head = format!("CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW WHEN (NEW.tenant_id = '{company}')");
    match app.backend() {
        Backend::Postgres => {
            let function =
                format!("CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$");
            as_owner(app, &format!("{function}; {head} EXECUTE FUNCTION {name}()")).await;
        }
        Backend::Sqlite => as_owner(app, &format!("{head} BEGIN SELECT RAISE(ABORT, 'broken'); END")).await,
    }
}

async fn is_mended(app: &TestApp, name: &str, table: &str) {
    let on = if app.backend() == Backend::Postgres { format!(" ON {table}") } else { String::new() };
    as_owner(app, &format!("DROP TRIGGER {name}{on}")).await;
}

async fn count(app: &TestApp, company: Uuid, table: &str, condition: &str) -> i64 {
    let mut sql = Sql::new(&format!("SELECT count(*) AS n FROM {table} WHERE {condition} AND tenant_id = "));
    sql.bind(company);
    let row = app.database(Realm::Tenant).read(Some(company)).await.unwrap().raw_one(sql).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// Rows that have no number in the audit's chain yet.
async fn unchained(app: &TestApp, company: Uuid) -> i64 {
    count(app, company, "audt_audit_logs", "chain_no IS NULL").await
}

both! {
    /// The worker's round was cut short by the first company whose step failed: nobody behind it got their events, nor did any job run.
    async fn a_company_whose_events_fail_holds_up_no_other(app: TestApp) {
        static RUNS: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];
        let run: for<'a> fn(&'a worker::Context) -> _ = |work| {
            let of = usize::from(work.platform.database(Realm::Tenant).backend() == Backend::Postgres);
            let done: futures_util::future::LocalBoxFuture<'_, kernel::Result<()>> = Box::pin(async move {
                RUNS[of].fetch_add(1, Ordering::SeqCst);
                Ok(())
            });
            done
        };
        let runs = || RUNS[usize::from(app.backend() == Backend::Postgres)].load(Ordering::SeqCst);
        let context = worker::Context { platform: app.platform().clone(), data_dir: app.site().folder.clone() };
        let (a, b) = (app.company_a().await.id, app.company_b().await.id);
        app.settle().await;
        // whichever of the two comes first
        for (round, (broken, whole)) in [(a, b), (b, a)].into_iter().enumerate() {
            let worker = Worker::new(context.clone(), consumers(), vec![Job { name: "test-apart", cron: "* * * * *", run }], Vec::new());
            worker.declare().await.unwrap();
            for admin in [app.admin_a().await, app.admin_b().await] {
                let _ = admin.post("/api/v1/tenants/adm/organizations", &json!({"name": format!("조직 {round}")})).await.ok(201);
            }
            breaks(&app, &format!("broken_{round}"), "UPDATE", "outbox", broken).await;
            app.clock().advance(60);
            let before = runs();
            assert!(worker.settle().await.is_err(), "what failed is told");
            assert_eq!((unchained(&app, whole).await, count(&app, whole, "outbox", "seq IS NULL").await), (0, 0), "the other is dealt with");
            assert!(unchained(&app, broken).await > 0);
            assert_eq!(runs() - before, 1, "and so are the jobs");
            // it is not tried again at once, nor does it cut a round short meanwhile
            assert_eq!(worker.settle().await.unwrap(), 0);
            is_mended(&app, &format!("broken_{round}"), "outbox").await;
            assert_eq!(worker.settle().await.unwrap(), 0, "not before its time");
            app.clock().advance(1);
            assert!(worker.settle().await.unwrap() > 0);
            assert_eq!((unchained(&app, broken).await, count(&app, broken, "outbox", "seq IS NULL").await), (0, 0), "nothing is lost");
        }
    }

    /// The same in the jobs that go over all companies: each ended at the first that failed.
    async fn a_company_whose_audit_cannot_be_sealed_holds_up_no_other(app: TestApp) {
        let context = worker::Context { platform: app.platform().clone(), data_dir: app.site().folder.clone() };
        let (a, b) = (app.company_a().await.id, app.company_b().await.id);
        let blocks = async |company| count(&app, company, "audt_audit_blocks", "block_no > 0").await;
        app.settle().await;
        for (round, (broken, whole)) in [(a, b), (b, a)].into_iter().enumerate() {
            for admin in [app.admin_a().await, app.admin_b().await] {
                let _ = admin.post("/api/v1/tenants/adm/organizations", &json!({"name": format!("조직 {round}")})).await.ok(201);
            }
            app.settle().await;
            let before = (blocks(broken).await, blocks(whole).await);
            breaks(&app, &format!("unsealed_{round}"), "INSERT", "audt_audit_blocks", broken).await;
            let seal = jobs().into_iter().find(|job| job.name == "audit-blocks").unwrap();
            assert!((seal.run)(&context).await.is_err(), "what failed is told");
            assert_eq!((blocks(broken).await, blocks(whole).await), (before.0, before.1 + 1));
            is_mended(&app, &format!("unsealed_{round}"), "audt_audit_blocks").await;
            (seal.run)(&context).await.unwrap();
            assert_eq!(blocks(broken).await, before.0 + 1);
        }
    }
}
