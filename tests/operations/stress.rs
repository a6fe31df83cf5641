//! Requests that are meant to cost more than they are worth, and callers who go away in the middle. `script/attack` does the same longer and
//! against the program itself.

use envelope::off_the_workers;
use futures_util::future::{Either, join_all, select};
use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    future::poll_fn,
    pin::pin,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    task::Poll,
    time::{Duration, Instant},
};
use store::{Context, Database, Options, Sql, SystemClock};
use testkit::{Backend, Caller, PASSWORD, Program, Request, SECRET_KEY, Site, TestApp, both};
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    sync::{Mutex, mpsc},
};
use uuid::Uuid;

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";
const CUSTOMERS: &str = "/api/v1/tenants/crm/customers";
const TRANSACTIONS: &str = "/api/v1/tenants/fim/transactions";
/// What took minutes when its work was quadratic takes a fraction of a second: a machine that is busy with other things is not so slow.
const LONG: Duration = Duration::from_secs(20);

/// Polls a future at most so many times, then drops it; whether it came to its end.
async fn broken_off<F: Future>(polls: usize, future: F) -> bool {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// For whom the connection that is lent to a company speaks, and whether its answers are those to its own questions.
async fn speaks_for_itself(database: &Database, company: Uuid, question: i64) {
    let scope = database.read(Some(company)).await.unwrap();
    let mut sql = Sql::new("SELECT current_setting('app.tenant_id', true) AS company, CAST(");
    sql.bind(question).push(" AS bigint) AS answer");
    let row = scope.raw_one(sql).await.unwrap().unwrap();
    let (says, answer): (String, i64) = (row.try_get("", "company").unwrap(), row.try_get("", "answer").unwrap());
    assert_eq!((says, answer), (company.to_string(), question));
}

/// Fault F3: whoever went away while the company of a connection was set left one that spoke for another. Everything that is asked of a
/// connection is broken off at every place where it can be.
#[test]
fn a_connection_that_was_given_up_speaks_for_nobody() {
    testkit::run(Backend::Postgres, async |app| {
        let (a, b) = (app.company_a().await.id, app.company_b().await.id);
        // one connection: the next borrower gets what the one before left
        let url = app.site().urls().1;
        let options = Options { url, connections: 1, of_thread: 0, clock: std::sync::Arc::new(SystemClock) };
        let database = Database::new(Realm::Tenant, &options).unwrap();
        let as_b = Context::system(Realm::Tenant, Some(b), "test");
        let many = || Sql::new("SELECT n, repeat('x', 1000) AS text FROM generate_series(1, 300) n");
        let mut given_up = 0;
        // an answer that is there at once leaves nothing to break off: then once more
        for _ in 0..100 {
            for way in 0..4 {
                let mut polls = 1;
                loop {
                    speaks_for_itself(&database, a, 17).await;
                    let is_done = match way {
                        0 => broken_off(polls, database.read(Some(b))).await,
                        1 => broken_off(polls, async { database.read(Some(b)).await.unwrap().raw_all(many()).await.unwrap().len() }).await,
                        2 => broken_off(polls, database.write(&as_b, async |tx| tx.raw_all(many()).await.map(|rows| rows.len()))).await,
                        _ => {
                            let part = async |tx: &store::Tx| tx.attempt(async || tx.raw_all(many()).await.map(|rows| rows.len())).await;
                            broken_off(polls, database.write(&as_b, part)).await
                        }
                    };
                    speaks_for_itself(&database, a, 18).await;
                    speaks_for_itself(&database, b, 19).await;
                    if is_done {
                        break;
                    }
                    given_up += 1;
                    polls += 1;
                    assert!(polls < 2000, "it never comes to an end");
                }
            }
            if given_up >= 20 {
                break;
            }
        }
        assert!(given_up >= 20, "{given_up} were broken off: the test shows nothing");
        database.close();
    });
}

/// Sends a request and resets the connection a moment later.
async fn reset(address: &str, token: &str, after: Duration) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    let request = format!("GET {ORGANIZATIONS} HTTP/1.1\r\nHost: cxg.test\r\nAuthorization: Bearer {token}\r\n\r\n");
    let _ = stream.write_all(request.as_bytes()).await;
    tokio::time::sleep(after).await;
    let _ = stream.set_zero_linger();
}

/// Fault F3, from outside: beside connections that are reset in the middle of their requests nobody gets an empty list, a 401 or a 500.
#[test]
fn resets_do_no_harm_to_those_beside() {
    const RESETS: usize = 1200;
    const READS: usize = 60;
    testkit::run(Backend::Postgres, async |app: TestApp| {
        let (a, b) = (app.admin_a().await, app.admin_b().await);
        for (caller, rows) in [(&a, 3), (&b, 5)] {
            for n in 0..rows {
                let _ = caller.post(ORGANIZATIONS, &json!({"name": format!("조직 {n}")})).await.ok(201);
            }
        }
        let address = a.base.trim_start_matches("http://").to_owned();
        let is_over = AtomicBool::new(false);
        let read = AtomicUsize::new(0);
        let reader = async |caller: &Caller, rows: u64| {
            while !is_over.load(Ordering::Relaxed) {
                let answer = caller.get(ORGANIZATIONS).await;
                // a database that is asked for more connections than it has says to come again
                if answer.status != 503 {
                    assert_eq!(answer.ok(200)["total"], rows);
                    read.fetch_add(1, Ordering::Relaxed);
                }
            }
        };
        let attacker = async |first: usize| {
            // however slow the machine is, somebody has read beside it in the end
            for n in (first..).step_by(4).take_while(|n| *n < RESETS || read.load(Ordering::Relaxed) < READS) {
                let caller = if n % 2 == 0 { &a } else { &b };
                let after = Duration::from_micros(u64::try_from(n * 37 % 4000).unwrap());
                reset(&address, caller.token.as_deref().unwrap(), after).await;
                tokio::time::sleep(Duration::from_millis(6)).await;
            }
        };
        let attack = async {
            join_all((0..4).map(attacker)).await;
            is_over.store(true, Ordering::Relaxed);
        };
        tokio::join!(attack, reader(&a, 3), reader(&b, 5), reader(&a, 3), reader(&b, 5));
        assert_eq!(a.get(ORGANIZATIONS).await.ok(200)["total"], 3);
        let _ = a.post(ORGANIZATIONS, &json!({"name": "danach"})).await.ok(201);
    });
}

/// An object of so many fields that nobody knows.
fn wide(fields: usize) -> Value {
    (0..fields).map(|n| (format!("a{n}"), json!(0))).collect::<serde_json::Map<_, _>>().into()
}

/// How many faults are told, and how many more there are.
fn told(detail: &Value) -> (usize, u64) {
    (detail["errors"].as_array().unwrap().len(), detail["more"].as_u64().unwrap_or_default())
}

/// Does something while heavy work has no place left in this process.
async fn while_no_place_is_free(work: impl Future<Output = ()>) {
    /// As many as `envelope` has.
    const PLACES: usize = 2;
    /// One test at a time: two that had a place each would wait for each other.
    static TAKING: Mutex<()> = Mutex::const_new(());
    let _taking = TAKING.lock().await;
    let (begun, mut has_begun) = mpsc::unbounded_channel();
    let take = |_: usize| {
        let (end, may_end) = std::sync::mpsc::channel::<()>();
        let begun = begun.clone();
        actix_web::rt::spawn(off_the_workers(move || {
            let _ = begun.send(());
            // until the other end is dropped, as it also is when the test fails
            let _ = may_end.recv();
        }));
        end
    };
    let ends: Vec<_> = (0..PLACES).map(take).collect();
    drop(begun);
    for _ in 0..PLACES {
        has_begun.recv().await.expect("a place");
    }
    work.await;
    drop(ends);
}

/// A request that does heavy work: without a place it is not answered, however much is answered beside it; with one it is.
async fn waits_for_a_place(beside: &Caller, request: Request, status: u16) {
    let mut answer = pin!(request.send());
    while_no_place_is_free(async {
        let others = pin!(async {
            for _ in 0..20 {
                assert_eq!(beside.get("/health/live").await.status, 200);
                let _ = beside.get(CUSTOMERS).await.ok(200);
            }
        });
        if let Either::Left((answer, _)) = select(answer.as_mut(), others).await {
            panic!("answered without a place: {answer:?}");
        }
    })
    .await;
    let _ = answer.await.ok(status);
}

both! {
    /// Fault F12: whatever works on a whole file or a whole table does it off the workers, in one of few places.
    async fn heavy_work_waits_for_its_place_and_holds_nobody_up(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = admin.post(CUSTOMERS, &json!({"name": "한빛전자"})).await.id();
        let get = |path: String| (admin.request(Method::GET, &path), 200);
        let send = |path: &str, file: &str| admin.request(Method::POST, path).raw("text/csv", file);
        let failed = send(&format!("{CUSTOMERS}/import"), "코드,이름\nT-1,\n").send().await.id();
        app.settle().await;
        let errors = format!("{CUSTOMERS}/import/{failed}/errors");
        let statements = "/api/v1/tenants/fim/bank-statements";
        let import = format!("{statements}/import?account_id={}", tests::fim::account(&admin, "103").await);
        let statement = send(&import, "date,amount,balance\n2026-03-02,700,700\n").send().await.id();
        for (request, status) in [
            get(format!("{CUSTOMERS}/duplicates")),
            get(format!("{CUSTOMERS}/{customer}/duplicates")),
            get(format!("{CUSTOMERS}/export?format=xlsx")),
            get(format!("{errors}?format=json")),
            get(format!("{errors}?format=xlsx")),
            get("/api/v1/tenants/fim/reports/cash-flow?from=2026-03-01&to=2026-03-31&format=csv".to_owned()),
            get(format!("{statements}/{statement}/suggestions")),
            (send(&format!("{CUSTOMERS}/import?dry_run=true"), "코드,이름\nT-2,한빛\n"), 202),
            (send(&import, "date,amount,balance\n2026-03-03,-200,500\n"), 201),
        ] {
            waits_for_a_place(&admin, request, status).await;
        }
    }

    /// Fault F2: a sign-in of 850 KB of unknown fields was quadratic work that anybody could ask for.
    async fn a_body_of_many_unknown_fields_is_refused_at_once(app: TestApp) {
        let since = Instant::now();
        let body = wide(85_000);
        let stranger = app.stranger();
        for path in ["/api/v1/tenants/auth/login", "/api/v1/manager/auth/login", "/api/v1/manager/auth/register"] {
            let detail = stranger.post(path, &body).await.refused(422, "VALIDATION_ERROR");
            assert_eq!(told(&detail).0, 100, "{path}");
            assert!(told(&detail).1 > 0, "{path}");
            assert!(detail["errors"].as_array().unwrap().iter().all(|error| error["rule"] == "unknown"), "{path}");
        }
        // few unknown fields are told with everything else, as ever
        let few = stranger.post("/api/v1/tenants/auth/login", &json!({"tenant": "alpha", "username": 1, "x": 1, "y": 1})).await;
        assert_eq!(few.wrong_fields(), ["password", "username", "x", "y"]);
        assert!(few.json["detail"].get("more").is_none());
        // a name longer than any there is, and what is wrong below it
        let long = stranger.post("/api/v1/tenants/auth/login", &json!({"k".repeat(100_000): 1})).await;
        let _ = long.refused(400, "VALIDATION_ERROR");
        assert!(since.elapsed() < LONG, "{:?}", since.elapsed());
    }

    /// Fault F2, in its other forms: a query of many parameters, lists of wrong lines, of wrong items, of texts with NUL.
    async fn whatever_is_sent_in_thousands_costs_what_thousands_cost(app: TestApp) {
        let admin = app.admin_a().await;
        let since = Instant::now();
        let parameters = |count: usize| (0..count).map(|n| format!("a{n}=1&")).collect::<String>();
        let detail = admin.get(&format!("{ORGANIZATIONS}?{}", parameters(400))).await.refused(422, "VALIDATION_ERROR");
        assert_eq!(told(&detail), (100, 300));
        let detail = admin.get(&format!("{ORGANIZATIONS}?{}", parameters(600))).await.refused(422, "VALIDATION_ERROR");
        assert_eq!((told(&detail).0, &detail["errors"][0]["field"]), (1, &json!("query")));
        let lines: Vec<Value> = (0..400).map(|n| json!(n)).collect();
        let customer = json!({"name": "한빛", "addresses": lines});
        for (path, body) in [
            (CUSTOMERS, &customer),
            (TRANSACTIONS, &json!({"je_date": "2026-03-02", "lines": lines})),
            ("/api/v1/tenants/crm/customers/bulk", &json!({"items": lines})),
            ("/api/v1/tenants/crm/customers/bulk", &wide(80_000)),
            (ORGANIZATIONS, &json!({"name": (0..100_000).map(|_| "\0").collect::<Vec<_>>()})),
        ] {
            let detail = admin.post(path, body).await.refused(422, "VALIDATION_ERROR");
            assert_eq!(told(&detail).0, 100, "{path}");
            assert!(told(&detail).1 > 0, "{path}");
        }
        // each item of a bulk tells its own
        let items = json!({"items": [{"data": wide(30_000)}, {"data": wide(30_000)}]});
        let done = admin.post("/api/v1/tenants/crm/customers/bulk", &items).await.ok(200);
        assert_eq!(done["failed"], 2);
        assert_eq!(told(&done["results"][1]["error"]["detail"]).0, 100);
        // what stands in a line keeps its path and its hundred
        let detail = admin.post(CUSTOMERS, &json!({"name": "한빛", "addresses": [wide(30_000)]})).await.refused(422, "VALIDATION_ERROR");
        assert_eq!(told(&detail).0, 100);
        assert!(detail["errors"][0]["field"].as_str().unwrap().starts_with("addresses.0."), "{}", detail["errors"][0]);
        assert!(since.elapsed() < LONG, "{:?}", since.elapsed());
    }

    /// A list of more items than its schema allows was looked at item by item, or written: seconds of a worker, or of all other writers.
    async fn a_list_of_too_many_items_is_refused_before_anybody_looks_at_them(app: TestApp) {
        let admin = app.admin_a().await;
        let since = Instant::now();
        let refused = async |path: &str, field: &str, item: Value, count: usize| {
            let detail = admin.post(path, &json!({field: vec![item; count]})).await.refused(422, "VALIDATION_ERROR");
            assert_eq!(told(&detail), (1, 0), "{path}: {detail}");
            assert_eq!((&detail["errors"][0]["field"], &detail["errors"][0]["rule"]), (&json!(field), &json!("max_items")), "{path}");
        };
        for (path, field, most) in [
            (CUSTOMERS, "addresses", 1000),
            (TRANSACTIONS, "lines", 1000),
            ("/api/v1/tenants/fim/invoices", "lines", 1000),
            ("/api/v1/tenants/fim/clearings", "items", 1000),
            ("/api/v1/tenants/fim/bank-statements", "lines", 5000),
            ("/api/v1/tenants/crm/customers/bulk", "items", 500),
        ] {
            refused(path, field, json!({}), most + 1).await;
        }
        for (item, count) in [(json!({}), 250_000), (json!({"a0": 1}), 60_000), (json!(1), 100_000)] {
            refused(TRANSACTIONS, "lines", item, count).await;
        }
        assert!(since.elapsed() < LONG, "{:?}", since.elapsed());
    }

    /// Fault F12: whether a password of a hundred characters is a common one took seconds of a worker, and anybody could ask for it.
    async fn a_long_password_holds_nobody_up(app: TestApp) {
        let stranger = app.stranger();
        let since = Instant::now();
        let hard = ["4@8({[<36|9!1705$+7%2".repeat(10), "4@83691705!7$2(".repeat(10)];
        let registers = (0..4).map(|n| {
            let password: String = hard[n % 2].chars().skip(n).take(100).collect();
            let body = json!({"username": format!("person{n}"), "email": format!("person{n}@provider.example"), "password": password});
            let stranger = stranger.clone();
            async move { stranger.post("/api/v1/manager/auth/register", &body).await.ok(201) }
        });
        let health = async {
            for _ in 0..20 {
                assert_eq!(stranger.get("/health/live").await.status, 200);
            }
            since.elapsed()
        };
        let (_, healthy) = tokio::join!(join_all(registers), health);
        assert!(healthy < LONG, "{healthy:?}");
    }
}

/// Fault F4: a file of 400 KB with a heading of 200 columns and 200,000 rows was a gigabyte of blank cells.
#[test]
fn a_file_takes_as_much_memory_as_stands_in_it() {
    let site = Site::new(Backend::Sqlite);
    tests::process::block_on(async {
        let fixed = ["--bind", "127.0.0.1:0", "--secret-key", SECRET_KEY, "--demo", "false", "--rate-limit", "off", "--migrate", "false"];
        let mut program = Program::start(&[site.arguments(), tests::process::words(&fixed)].concat(), &[]);
        let stranger = Caller::stranger(program.address());
        let _ = tests::process::until(&stranger, "/health/ready", 200).await;
        let admin = stranger.sign_in(Some("alpha"), "boss", PASSWORD).await;
        let before = program.most_memory();
        // known columns with many more that are known but not to be set, so that the heading is good
        let export = admin.get(&format!("{CUSTOMERS}/export")).await.bytes;
        let shown = String::from_utf8(export).unwrap();
        let heading: Vec<&str> = shown.trim_start_matches('\u{feff}').lines().next().unwrap().split(',').collect();
        let blank = vec![heading.iter().find(|name| **name == "created_at").copied().unwrap(); 200 - heading.len()];
        let heading = [heading, blank].concat().join(",");
        let unknown: Vec<String> = (0..200).map(|n| format!("h{n}")).collect();
        let rows = "x\n".repeat(200_000);
        let send = async |heading: &str, query: &str| {
            let file = format!("{heading}\n{rows}");
            assert!(file.len() < 500_000, "it is small");
            admin.request(Method::POST, &format!("{CUSTOMERS}/import?{query}")).raw("text/csv", file).send().await
        };
        let unknown = unknown.join(",");
        for answer in join_all((0..3).map(|_| send(&unknown, ""))).await {
            assert_eq!(told(&answer.refused(422, "VALIDATION_ERROR")).0, 100);
        }
        let _ = send(&heading, "dry_run=true").await.ok(202);
        let more = program.most_memory() - before;
        assert!(more < 500, "{more} MiB");
        drop(program);
    });
}
