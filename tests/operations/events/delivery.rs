//! Events reach their consumers: at least once, in order, and what cannot be dealt with is kept.

use kernel::{Error, Realm, Result};
use serde_json::json;
use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};
use store::{Published, Sql};
use testkit::{Backend, TestApp, both};
use uuid::Uuid;
use worker::{Consumer, Context, Handler, Worker};

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";
const DEAD_LETTERS: &str = "/api/v1/manager/audt/dead-letters";

fn context(app: &TestApp) -> Context {
    Context { platform: app.platform().clone(), data_dir: app.site().folder.clone() }
}

/// Both databases are tried at once in one process: each counts for itself.
type Counts = [AtomicUsize; 2];

fn of(work: &Context) -> usize {
    usize::from(work.platform.database(Realm::Tenant).backend() == Backend::Postgres)
}

fn add(counts: &Counts, work: &Context, n: usize) {
    counts[of(work)].fetch_add(n, Ordering::SeqCst);
}

fn seen(counts: &Counts, app: &TestApp) -> usize {
    counts[of(&context(app))].load(Ordering::SeqCst)
}

/// A worker with one consumer, which is given as a plain function.
fn worker(app: &TestApp, name: &'static str, handle: Handler) -> Worker {
    let consumer = Consumer { name, realms: &[Realm::Tenant], wants: |kind| kind.starts_with("adm.organization."), pauses: true, handle };
    Worker::new(context(app), vec![consumer], Vec::new(), Vec::new())
}

async fn make(app: &TestApp, name: &str) -> Uuid {
    app.admin_a().await.post(ORGANIZATIONS, &json!({"name": name})).await.id().parse().unwrap()
}

both! {
    async fn a_consumer_gets_every_event_in_order_and_none_again(app: TestApp) {
        static SEEN: Mutex<Vec<(usize, i64, Uuid)>> = Mutex::new(Vec::new());
        let key = of(&context(&app));
        let read: Handler = |work, _, events| Box::pin(async move {
            let key = of(work);
            SEEN.lock().unwrap().extend(events.iter().map(|event| (key, event.seq, event.aggregate_id)));
            Ok(())
        });
        let mut made = Vec::new();
        for n in 0..150 {
            made.push(make(&app, &format!("조직 {n}")).await);
        }
        let (one, other) = (worker(&app, "test", read), worker(&app, "test", read));
        let (a, b) = futures_util::future::join(one.settle(), other.settle()).await;
        assert!(a.unwrap() + b.unwrap() >= 150);
        assert_eq!(one.settle().await.unwrap(), 0, "nothing is left");
        let seen: Vec<(i64, Uuid)> = SEEN.lock().unwrap().iter().filter(|(whose, ..)| *whose == key).map(|(_, seq, id)| (*seq, *id)).collect();
        assert!(seen.is_sorted_by_key(|(seq, _)| *seq) && seen.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order, each once: {seen:?}");
        assert_eq!(seen.iter().map(|(_, id)| *id).collect::<Vec<_>>(), made);
    }

    async fn a_node_that_dies_with_events_in_its_hands_is_taken_over(app: TestApp) {
        static SEEN: Counts = [const { AtomicUsize::new(0) }; 2];
        let hangs: Handler = |_, _, _| Box::pin(std::future::pending());
        let reads: Handler = |work, _, events| Box::pin(async move {
            add(&SEEN, work, events.len());
            Ok(())
        });
        let _ = make(&app, "하나").await;
        let before = seen(&SEEN, &app);
        let dying = worker(&app, "test", hangs);
        assert!(tokio::time::timeout(std::time::Duration::from_secs(3), dying.settle()).await.is_err(), "it hangs");
        let other = worker(&app, "test", reads);
        other.settle().await.unwrap();
        assert_eq!(seen(&SEEN, &app), before, "the lease holds for a while");
        app.clock().advance(6);
        other.settle().await.unwrap();
        assert_eq!(seen(&SEEN, &app) - before, 1, "nothing is lost");
    }

    async fn who_writes_for_longer_than_a_lease_is_not_in_their_own_way(app: TestApp) {
        static DONE: Counts = [const { AtomicUsize::new(0) }; 2];
        let read: Handler = |work, company, events| Box::pin(async move {
            let cx = store::Context::system(Realm::Tenant, company, "test");
            let statement = || Sql::new("UPDATE adm_organizations SET description = 'x'");
            let long = work.platform.database(Realm::Tenant).write(&cx, async |tx| {
                tx.raw_execute(statement()).await?;
                // the lease is renewed meanwhile: on SQLite by the connection that is held here
                tokio::time::sleep(std::time::Duration::from_secs(3)).await;
                tx.raw_execute(statement()).await
            });
            long.await?;
            add(&DONE, work, events.len());
            Ok(())
        });
        let _ = make(&app, "하나").await;
        let worker = worker(&app, "test", read);
        worker.settle().await.unwrap();
        assert_eq!((seen(&DONE, &app), worker.settle().await.unwrap()), (1, 0), "dealt with, at the first attempt");
    }

    async fn what_fails_is_attempted_later_and_later_then_kept_and_replayed(app: TestApp) {
        static ATTEMPTS: Counts = [const { AtomicUsize::new(0) }; 2];
        static DONE: Counts = [const { AtomicUsize::new(0) }; 2];
        let read: Handler = |work, _, events| Box::pin(async move {
            for event in events {
                if event.payload["name"] == "독" {
                    add(&ATTEMPTS, work, 1);
                    return Err(Error::internal("the receiver is out of paper"));
                }
                add(&DONE, work, 1);
            }
            Ok::<_, Error>(()) as Result<()>
        });
        let _ = make(&app, "앞").await;
        let poison = make(&app, "독").await;
        let _ = make(&app, "뒤").await;
        // a name the platform has no consumer of: its dead letters cannot be replayed by it
        let worker = worker(&app, "test", read);
        worker.settle().await.unwrap();
        let first = seen(&ATTEMPTS, &app);
        assert!(first >= 1 && seen(&DONE, &app) > 0, "what stands before it is dealt with");
        for (i, wait) in [1, 5, 30, 120, 600].into_iter().enumerate() {
            worker.settle().await.unwrap();
            assert_eq!(seen(&ATTEMPTS, &app), first + i, "not before its time");
            app.clock().advance(wait);
            worker.settle().await.unwrap();
            assert_eq!(seen(&ATTEMPTS, &app), first + i + 1, "after {wait} seconds it is attempted again");
        }
        let manager = app.manager().await;
        let dead_letters = manager.get(&format!("{DEAD_LETTERS}?aggregate_id={poison}")).await.ok(200);
        let dead_letter = &dead_letters["items"][0];
        assert_eq!((&dead_letter["reader"], &dead_letter["status"], &dead_letter["attempts"], &dead_letter["kind"]), (&json!("test"), &json!("DEAD"), &json!(6), &json!("adm.organization.created")));
        assert_eq!((&dead_letter["error"], &dead_letter["realm"]), (&json!("the receiver is out of paper"), &json!("TENANT")));
        assert!(seen(&DONE, &app) >= 2, "what comes after it is not held up for ever");
        let path = format!("{DEAD_LETTERS}/{}/replay", dead_letter["id"].as_str().unwrap());
        assert_eq!(manager.post(&path, &json!({})).await.refused(409, "CONFLICT")["rule"], "audt.reader_gone");
    }

    async fn a_dead_letter_of_a_consumer_that_works_again_is_replayed_once(app: TestApp) {
        // an invitation whose email could not be written: the folder is a file
        let mail = app.site().folder.join("mail");
        std::fs::write(&mail, b"in the way").unwrap();
        let (admin, manager) = (app.admin_a().await, app.manager().await);
        let invited = json!({"username": "invited", "email": "invited@alpha.example", "full_name": "초대"});
        let user = admin.post("/api/v1/tenants/adm/users", &invited).await.id();
        app.settle().await;
        for wait in [1, 5, 30, 120, 600] {
            app.clock().advance(wait);
            app.settle().await;
        }
        let dead_letters = manager.get(&format!("{DEAD_LETTERS}?status=DEAD")).await.ok(200);
        let dead_letter = dead_letters["items"].as_array().unwrap().iter().find(|dead_letter| dead_letter["reader"] == "mail-invitation").unwrap().clone();
        let path = format!("{DEAD_LETTERS}/{}/replay", dead_letter["id"].as_str().unwrap());
        let still = manager.post(&path, &json!({})).await.refused(409, "CONFLICT");
        assert_eq!(still["rule"], "audt.still_failing");
        std::fs::remove_file(&mail).unwrap();
        let replayed = manager.post(&path, &json!({})).await.ok(200);
        assert_eq!(replayed["status"], "REPLAYED");
        assert_eq!(manager.post(&path, &json!({})).await.ok(200), replayed, "again is harmless");
        let emails: Vec<String> = std::fs::read_dir(&mail).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        assert_eq!(emails.iter().filter(|text| text.contains("invited@alpha.example")).count(), 1, "one email to {user}");
    }

    /// Of the companies that were behind two hundred were answered, in any order. When so many were suspended,
    /// nobody else's events reached a consumer.
    async fn companies_that_cannot_be_served_hold_up_nobody(app: TestApp) {
        static SEEN: Counts = [const { AtomicUsize::new(0) }; 2];
        const NAME: &str = "늦지 않는 조직";
        let read: Handler = |work, _, events: &[Published]| Box::pin(async move {
            add(&SEEN, work, events.iter().filter(|event| event.payload["name"] == NAME).count());
            Ok(())
        });
        let _ = make(&app, NAME).await;
        app.settle().await;
        let (db, company) = (app.database(Realm::Tenant), app.company_a().await.id);
        let mut sql = Sql::new("SELECT last_no FROM stream_heads WHERE stream = 'events' AND tenant_id = ");
        sql.bind(company);
        let head = db.read(Some(company)).await.unwrap().raw_one(sql).await.unwrap().unwrap();
        // companies nobody knows are not served; the one that is comes after all of them
        let unserved = (1..=250).map(|n| (Uuid::from_u128(n), 1));
        for (company, last_no) in unserved.chain([(company, head.try_get::<i64>("", "last_no").unwrap())]) {
            let cx = store::Context::system(Realm::Tenant, Some(company), "test");
            let written = db.write(&cx, async |tx| {
                let mut sql = Sql::new("DELETE FROM stream_heads WHERE stream = 'events' AND tenant_id = ");
                sql.bind(company);
                tx.raw_execute(sql).await?;
                let mut sql = Sql::new("INSERT INTO stream_heads (tenant_id, id, stream, last_no, created_at) VALUES (");
                sql.bind(company).push(", ").bind(store::new_id()).push(", 'events', ").bind(last_no).push(", ").bind(tx.now()).push(")");
                tx.raw_execute(sql).await
            });
            written.await.unwrap();
        }
        let worker = worker(&app, "test", read);
        for _ in 0..2 {
            worker.settle().await.unwrap();
        }
        assert_eq!(seen(&SEEN, &app), 1);
    }

    async fn consumers_that_pause_wait_for_a_suspended_company(app: TestApp) {
        static SEEN: Counts = [const { AtomicUsize::new(0) }; 2];
        let read: Handler = |work, _, events: &[Published]| Box::pin(async move {
            add(&SEEN, work, events.len());
            Ok(())
        });
        let _ = make(&app, "하나").await;
        let before = seen(&SEEN, &app);
        let (manager, company) = (app.manager().await, app.company_a().await.id);
        let path = |verb: &str| format!("/api/v1/manager/tenants/{company}/{verb}");
        let _ = manager.post(&path("suspend"), &json!({"reason": "미납"})).await.ok(200);
        let worker = worker(&app, "test", read);
        worker.settle().await.unwrap();
        assert_eq!(seen(&SEEN, &app), before, "background work for it pauses");
        let _ = manager.post(&path("activate"), &json!({})).await.ok(200);
        worker.settle().await.unwrap();
        assert_eq!(seen(&SEEN, &app), before + 1, "and goes on where it was");
    }
}
