//! What is due by the clock.

use kernel::{Error, Realm};
use std::sync::atomic::{AtomicUsize, Ordering};
use store::Sql;
use testkit::{Backend, TestApp, both};
use worker::{Context, Job, Worker};

fn context(app: &TestApp) -> Context {
    Context { platform: app.platform().clone(), data_dir: app.site().folder.clone() }
}

/// Both databases are tried at once in one process: each counts for itself.
type Counts = [AtomicUsize; 2];

fn of(work: &Context) -> usize {
    usize::from(work.platform.database(Realm::Tenant).backend() == Backend::Postgres)
}

fn count(counts: &Counts, app: &TestApp) -> usize {
    counts[of(&context(app))].load(Ordering::SeqCst)
}

async fn runs(app: &TestApp, job: &str) -> Vec<(kernel::Timestamp, Option<String>)> {
    let mut sql = Sql::new("SELECT tick, error FROM job_runs WHERE job = ");
    sql.bind(job).push(" ORDER BY tick");
    let rows = app.database(Realm::Manager).read(None).await.unwrap().raw_all(sql).await.unwrap();
    rows.iter().map(|row| (row.try_get("", "tick").unwrap(), row.try_get("", "error").unwrap())).collect()
}

both! {
    async fn each_tick_is_run_once_by_whoever_comes_first(app: TestApp) {
        static RUNS: Counts = [const { AtomicUsize::new(0) }; 2];
        let job = || Job { name: "test-minute", cron: "* * * * *", run: |work| Box::pin(async move { RUNS[of(work)].fetch_add(1, Ordering::SeqCst); Ok(()) }) };
        let workers: Vec<Worker> = (0..4).map(|_| Worker::new(context(&app), Vec::new(), vec![job()], Vec::new())).collect();
        for worker in &workers {
            worker.declare().await.unwrap();
        }
        futures_util::future::join_all(workers.iter().map(Worker::settle)).await;
        let at_first = count(&RUNS, &app);
        assert_eq!(at_first, 0, "its first time is still to come");
        for minute in 1..=5 {
            app.clock().advance(60);
            futures_util::future::join_all(workers.iter().map(Worker::settle)).await;
            assert_eq!(count(&RUNS, &app), minute, "once a minute, four workers or not");
        }
        // what was missed while nobody worked is not run five times over
        app.clock().advance(5 * 60);
        futures_util::future::join_all(workers.iter().map(Worker::settle)).await;
        assert_eq!(count(&RUNS, &app), 6);
        let ticks = runs(&app, "test-minute").await;
        assert_eq!(ticks.len(), 6, "{ticks:?}");
        assert!(ticks.iter().all(|(tick, error)| tick.unix_seconds() % 60 == 0 && error.is_none()), "{ticks:?}");
    }

    async fn a_job_that_fails_says_so_and_runs_again_at_its_next_time(app: TestApp) {
        let job = Job { name: "test-fails", cron: "* * * * *", run: |_| Box::pin(async { Err(Error::internal("no paper")) }) };
        let worker = Worker::new(context(&app), Vec::new(), vec![job], Vec::new());
        worker.declare().await.unwrap();
        for _ in 0..2 {
            app.clock().advance(60);
            worker.settle().await.unwrap();
        }
        let ticks = runs(&app, "test-fails").await;
        assert_eq!(ticks.iter().map(|(_, error)| error.as_deref()).collect::<Vec<_>>(), [Some("no paper"), Some("no paper")]);
    }

    async fn a_tick_whose_node_died_is_run_by_another(app: TestApp) {
        static RUNS: Counts = [const { AtomicUsize::new(0) }; 2];
        let hangs = Job { name: "test-dies", cron: "* * * * *", run: |_| Box::pin(std::future::pending()) };
        let works = Job { name: "test-dies", cron: "* * * * *", run: |work| Box::pin(async move { RUNS[of(work)].fetch_add(1, Ordering::SeqCst); Ok(()) }) };
        let dying = Worker::new(context(&app), Vec::new(), vec![hangs], Vec::new());
        dying.declare().await.unwrap();
        app.clock().advance(60);
        assert!(tokio::time::timeout(std::time::Duration::from_secs(3), dying.settle()).await.is_err(), "it hangs");
        let other = Worker::new(context(&app), Vec::new(), vec![works], Vec::new());
        other.settle().await.unwrap();
        assert_eq!(count(&RUNS, &app), 0, "the lease holds");
        app.clock().advance(61);
        other.settle().await.unwrap();
        assert_eq!(count(&RUNS, &app), 1);
    }
}
