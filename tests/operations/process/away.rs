//! The database is away: at the start, and while serving.

use kernel::Realm;
use serde_json::json;
use std::{sync::Arc, time::Instant};
use store::{Database, Options, Sql, SystemClock};
use testkit::{Answer, Caller, Cluster, PASSWORD, Program, SECRET_KEY, postgres::OWNER, temporary_folder};
use tests::process::{block_on, until, words};

fn unavailable(answer: &Answer) {
    answer.refused(503, "SERVICE_UNAVAILABLE");
    assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{answer:?}");
}

#[test]
fn a_database_that_is_away_is_waited_for_without_a_restart() {
    block_on(async {
        let cluster = Cluster::start_new();
        cluster.create_database("mgmt", None);
        cluster.create_database("tnnt", None);
        let (manager, tenant) = (cluster.url(OWNER, "mgmt"), cluster.url(OWNER, "tnnt"));
        let folder = temporary_folder().display().to_string();
        let places = words(&[
            "--data-dir",
            &folder,
            "--manager-database-url",
            &manager,
            "--tenant-database-url",
            &tenant,
            "--secret-key",
            SECRET_KEY,
        ]);
        let _ = Program::run(&[places.clone(), words(&["migrate", "up"])].concat(), &[]).well();
        cluster.stop();

        let mut program = Program::start(&[places, words(&["--bind", "127.0.0.1:0", "--admin-password", PASSWORD])].concat(), &[]);
        let stranger = Caller::stranger(program.address());
        let forged = stranger.with_token(Some("x"));
        for path in ["/api/v1/manager/auth/me", "/api/v1/tenants/adm/organizations"] {
            unavailable(&forged.get(path).await);
        }
        unavailable(&stranger.try_sign_in(None, "admin", PASSWORD).await);
        assert_eq!(stranger.get("/health/live").await.status, 200, "alive, though of no use");
        let ready = stranger.get("/health/ready").await;
        assert_eq!((ready.status, &ready.json["away"]), (503, &json!(["platform", "manager_database", "tenant_database"])), "{ready:?}");
        assert!(!ready.header("retry-after").is_empty(), "{ready:?}");
        assert_eq!(stranger.get("/api/v1/nonsense").await.status, 404);

        cluster.start();
        until(&stranger, "/health/ready", 200).await;
        let admin = stranger.sign_in(None, "admin", PASSWORD).await;
        let company = json!({"code": "first", "name": "첫 회사", "start_date": "2026-01-01",
            "admin": {"username": "boss", "email": "boss@first.example", "full_name": "김", "password": PASSWORD}});
        let _ = admin.post("/api/v1/manager/tenants", &company).await.ok(201);
        let boss = stranger.sign_in(Some("first"), "boss", PASSWORD).await;

        // it goes while serving, the hard way
        for round in 0..2 {
            if round == 0 {
                cluster.stop()
            } else {
                cluster.kill_hard()
            }
            let since = Instant::now();
            unavailable(&until(&boss, "/api/v1/tenants/adm/organizations", 503).await);
            unavailable(&boss.post("/api/v1/tenants/adm/organizations", &json!({"name": "x"})).await);
            unavailable(&stranger.try_sign_in(None, "admin", PASSWORD).await);
            let ready = until(&stranger, "/health/ready", 503).await;
            assert_eq!(ready.json["away"], json!(["manager_database", "tenant_database"]), "{ready:?}");
            assert!(since.elapsed() < tests::process::PATIENCE, "told at once, not after every timeout there is: {:?}", since.elapsed());
            cluster.start();
            until(&stranger, "/health/ready", 200).await;
            // every connection that broke is made anew: none of the next calls meets an old one
            until(&boss, "/api/v1/tenants/adm/organizations", 200).await;
            for n in 0..20 {
                let made = boss.post("/api/v1/tenants/adm/organizations", &json!({"name": format!("조직 {round}-{n}")})).await;
                assert_eq!(made.status, 201, "{made:?}");
            }
        }
        assert_eq!(boss.get("/api/v1/tenants/adm/organizations").await.ok(200)["total"], 40);
        program.signal("TERM");
        assert!(program.wait().status.success());
    });
}

/// Who logs in does not matter, an owner or even a superuser: every connection takes the role `cxg_app`, whom row-level security binds.
#[test]
fn a_superusers_login_serves_in_the_role_that_may_less() {
    block_on(async {
        let cluster = Cluster::start_new();
        cluster.create_database("mgmt", None);
        cluster.create_database("tnnt", None);
        let url = |database: &str| cluster.url("postgres", database);
        assert_eq!(cluster.psql("mgmt", "SELECT rolsuper FROM pg_roles WHERE rolname = 'postgres'"), "t");
        let folder = temporary_folder().display().to_string();
        let places = words(&[
            "--data-dir",
            &folder,
            "--manager-database-url",
            &url("mgmt"),
            "--tenant-database-url",
            &url("tnnt"),
            "--secret-key",
            SECRET_KEY,
        ]);
        let _ = Program::run(&[places.clone(), words(&["migrate", "up"])].concat(), &[]).well();
        let serve = words(&["--bind", "127.0.0.1:0", "--admin-password", PASSWORD, "--demo", "true"]);
        let mut program = Program::start(&[places, serve].concat(), &[]);
        until(&Caller::stranger(program.address()), "/health/ready", 200).await;
        assert_ne!(cluster.psql("tnnt", "SELECT count(*) FROM adm_users"), "0");
        let database =
            Database::new(Realm::Tenant, &Options { url: url("tnnt"), connections: 1, of_thread: 0, clock: Arc::new(SystemClock) })
                .unwrap();
        let scope = database.read(None).await.unwrap();
        let row =
            scope.raw_one(Sql::new("SELECT current_user::text AS who, (SELECT count(*) FROM adm_users) AS seen")).await.unwrap().unwrap();
        let found: (String, i64) = (row.try_get("", "who").unwrap(), row.try_get("", "seen").unwrap());
        assert_eq!(found, ("cxg_app".to_owned(), 0), "without a company no row is seen");
    });
}

/// What counts is the role that is taken: where that is more than it may be, nothing is served.
#[test]
fn a_role_that_may_too_much_is_not_served() {
    let cluster = Cluster::start_new();
    cluster.create_database("mgmt", None);
    cluster.create_database("tnnt", None);
    let url = |user: &str, database: &str| cluster.url(user, database);
    let folder = temporary_folder().display().to_string();
    let places = words(&[
        "--data-dir",
        &folder,
        "--manager-database-url",
        &url(OWNER, "mgmt"),
        "--tenant-database-url",
        &url(OWNER, "tnnt"),
        "--secret-key",
        SECRET_KEY,
    ]);
    let _ = Program::run(&[places.clone(), words(&["migrate", "up"])].concat(), &[]).well();
    // whoever gives the role that serves more than it may have is refused
    cluster.psql("postgres", "ALTER ROLE cxg_app BYPASSRLS");
    let said = Program::run(&[places.clone(), words(&["--bind", "127.0.0.1:0"])].concat(), &[]).badly();
    assert!(said.contains("cxg_app") && said.contains("BYPASSRLS"), "{said}");
    cluster.psql("postgres", "ALTER ROLE cxg_app NOBYPASSRLS SUPERUSER");
    let said = Program::run(&[places.clone(), words(&["--bind", "127.0.0.1:0"])].concat(), &[]).badly();
    assert!(said.contains("cxg_app") && said.contains("superuser"), "{said}");
    cluster.psql("postgres", "ALTER ROLE cxg_app NOSUPERUSER");
    cluster.psql("tnnt", "CREATE TABLE own (id int); ALTER TABLE own OWNER TO cxg_app");
    let said = Program::run(&[places, words(&["--bind", "127.0.0.1:0"])].concat(), &[]).badly();
    assert!(said.contains("cxg_app") && said.contains("owns tables"), "{said}");
}
