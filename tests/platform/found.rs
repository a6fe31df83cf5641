//! What somebody found who tried everything by hand; each was wrong once.

use kernel::Realm;
use serde_json::{Value, json};
use store::{Context, Sql};
use testkit::{Backend, Cluster, PASSWORD, Program, SECRET_KEY, Site, TestApp, both};
use tests::{
    idam::{give as give_platform_role, person, role},
    people::{role_of_a, somebody_of_a},
};

const AUDT: &str = "/api/v1/manager/audt";

/// Runs a statement on the provider's database past all its guards.
async fn meddle(app: &TestApp, statement: &str) {
    if app.backend() == Backend::Postgres {
        let database = app.site().database_names().0.to_owned();
        let _ = Cluster::get().psql(&database, &format!("SET session_replication_role = replica;\n{statement};"));
        return;
    }
    let cx = Context::system(Realm::Manager, None, "test");
    let database = app.database(Realm::Manager);
    let done = database.write(&cx, async |tx| {
        for trigger in ["fixed", "chained", "stays"] {
            tx.raw_execute(Sql::new(&format!("DROP TRIGGER IF EXISTS audt_audit_logs_{trigger}"))).await?;
        }
        tx.raw_execute(Sql::new(statement)).await
    });
    assert!(done.await.unwrap() > 0, "nothing was changed: {statement}");
}

async fn verdict(app: &TestApp) -> Value {
    app.manager().await.get(&format!("{AUDT}/audit-logs/verify")).await.ok(200)
}

async fn some_audit_of_a(app: &TestApp) {
    for _ in 0..3 {
        let _ = role_of_a(app, &["adm.users.read"]).await;
    }
    let _ = app.settle().await;
    assert_eq!(verdict(app).await["valid"], true);
}

both! {
    async fn what_the_provider_reads_of_a_companys_audit_is_verified_too(app: TestApp) {
        some_audit_of_a(&app).await;
        let company = app.company_a().await.id;
        meddle(&app, "UPDATE audt_audit_logs SET actor_name = 'somebody else' WHERE tenant_id IS NOT NULL AND chain_no = 2").await;
        let found = verdict(&app).await;
        assert_eq!((&found["valid"], &found["first_bad"]["no"], &found["first_bad"]["tenant_id"]), (&json!(false), &json!(2), &json!(company)), "{found}");
        assert!(found["first_bad"]["reason"].as_str().unwrap().contains("copy"), "{found}");
    }

    async fn a_copy_that_the_provider_lost_is_missed(app: TestApp) {
        some_audit_of_a(&app).await;
        meddle(&app, "DELETE FROM audt_audit_logs WHERE tenant_id IS NOT NULL AND chain_no = 2").await;
        let found = verdict(&app).await;
        assert_eq!((&found["valid"], &found["first_bad"]["no"]), (&json!(false), &json!(2)), "{found}");
        assert!(found["first_bad"]["id"].is_string(), "{found}");
    }

    async fn the_audit_of_a_company_that_was_deleted_is_verified_like_any(app: TestApp) {
        some_audit_of_a(&app).await;
        let all = verdict(&app).await["checked"].as_i64().unwrap();
        let _ = app.manager().await.delete(&format!("/api/v1/manager/tenants/{}", app.company_a().await.id)).await.ok(200);
        let _ = app.settle().await;
        let found = verdict(&app).await;
        assert!(found["valid"] == true && found["checked"].as_i64().unwrap() > all, "{all}, then {found}");
    }

    async fn a_role_that_ran_out_can_be_given_again(app: TestApp) {
        let end = app.now().plus_seconds(60).to_string();
        let (admin, user, reading) = (app.admin_a().await, somebody_of_a(&app, &[]).await, role_of_a(&app, &["adm.users.read"]).await);
        let ((staff, username), platform_role) = (person(&app).await, role(&app, &["idam.roles.read"]).await);
        let body = json!({"user_id": user.id(), "role_id": reading, "expires_at": end});
        let first = admin.post("/api/v1/tenants/adm/user-roles", &body).await.id();
        let platform_body = json!({"user_id": staff, "role_id": platform_role, "expires_at": end});
        let _ = app.manager().await.post("/api/v1/manager/idam/user-roles", &platform_body).await.ok(201);
        app.clock().advance(61);
        let body = json!({"user_id": user.id(), "role_id": reading});
        let _ = admin.post("/api/v1/tenants/adm/user-roles", &body).await.ok(201);
        admin.post("/api/v1/tenants/adm/user-roles", &body).await.refused(409, "CONFLICT");
        // the one before stays as history
        assert_eq!(admin.get(&format!("/api/v1/tenants/adm/user-roles/{first}")).await.ok(200)["is_active"], false);
        let _ = user.get("/api/v1/tenants/adm/users").await.ok(200);
        assert!(give_platform_role(&app, &staff, &platform_role).await["expires_at"].is_null());
        let staff = app.stranger().sign_in(None, &username, PASSWORD).await;
        let _ = staff.get("/api/v1/manager/idam/roles").await.ok(200);
    }

    async fn what_names_a_company_there_is_not_is_refused(app: TestApp) {
        let manager = app.manager().await;
        let nobody = json!([store::new_id()]);
        let report = json!({"report_name": "R", "report_type": "ISO27001", "start_date": "2026-01-01", "close_date": "2026-06-30",
                            "scope": "SPECIFIC_TENANT", "tenant_ids": nobody});
        assert_eq!(manager.post(&format!("{AUDT}/compliances"), &report).await.wrong_fields(), ["tenant_ids"]);
        let policy = json!({"policy_name": "P", "policy_type": "ACCESS_CONTROL", "policy_category": "MONITORING", "version": "1",
                            "effective_date": "2026-01-01", "rules": {}, "tenant_ids": nobody});
        assert_eq!(manager.post(&format!("{AUDT}/policies"), &policy).await.wrong_fields(), ["tenant_ids"]);
    }

    async fn days_to_keep_without_a_retention_are_refused(app: TestApp) {
        let policy = json!({"policy_name": "P", "policy_type": "PASSWORD", "policy_category": "MONITORING", "version": "1",
                            "effective_date": "2026-01-01", "rules": {"keep_days": 365}});
        assert_eq!(app.manager().await.post(&format!("{AUDT}/policies"), &policy).await.wrong_fields(), ["rules.keep_days"]);
    }

    async fn unknown_fields_are_named_where_there_are_no_others(app: TestApp) {
        let path = format!("/api/v1/manager/idam/users/{}/activate", person(&app).await.0);
        assert_eq!(app.manager().await.post(&path, &json!({"why": 1})).await.wrong_fields(), ["why"]);
    }

    async fn events_of_a_family_are_read_and_others_not_looked_through_twice(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = role_of_a(&app, &["adm.users.read"]).await;
        let _ = app.settle().await;
        let all = admin.get("/api/v1/tenants/adm/events?limit=500").await.ok(200);
        let found = admin.get("/api/v1/tenants/adm/events?kind=adm.role.*").await.ok(200);
        let kinds: Vec<&str> = found["items"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert!(!kinds.is_empty() && kinds.iter().all(|kind| kind.starts_with("adm.role.")), "{kinds:?}");
        assert_eq!(found["next_after"], all["next_after"]);
        assert_eq!(admin.get("/api/v1/tenants/adm/events?kind=no.such.kind").await.ok(200)["next_after"], all["next_after"]);
        // a page that is full goes on behind its last
        let one = admin.get("/api/v1/tenants/adm/events?limit=1").await.ok(200);
        assert_eq!(one["next_after"], one["items"][0]["seq"]);
    }
}

async fn a_server_of_letters_that_is_away_holds_up_nobody_else(backend: Backend) {
    let app = TestApp::start_with(backend, &["--smtp-url", "smtp://127.0.0.1:1"]).await;
    let forgotten = json!({"email": "guest@provider.example"});
    let _ = app.stranger().post("/api/v1/manager/auth/forgot-password", &forgotten).await.ok(200);
    let _ = role_of_a(&app, &["adm.users.read"]).await;
    let _ = app.settle().await;
    // the companies come behind the provider, and the jobs behind both
    let events = app.admin_a().await.get("/api/v1/tenants/adm/events?kind=adm.role.created").await.ok(200);
    assert!(
        events["items"].as_array().unwrap().iter().any(|event| event["payload"]["code"].as_str().unwrap().starts_with("STORY")),
        "{events}"
    );
    app.clock().advance(61);
    let _ = app.settle().await;
    let heads = std::fs::read_to_string(app.site().folder.join("audit/heads.jsonl")).unwrap();
    assert!(heads.contains(&app.company_a().await.id.to_string()), "{heads}");
    // it is no fault of the letter's, however long it takes
    for _ in 0..10 {
        app.clock().advance(700);
        let _ = app.settle().await;
    }
    let scope = app.database(Realm::Manager).read(None).await.unwrap();
    assert!(scope.raw_all(Sql::new("SELECT id FROM audt_dead_letters")).await.unwrap().is_empty(), "a dead letter");
    // and nobody is sent a token that has expired meanwhile: the reader is past it
    assert!(scope.raw_all(Sql::new("SELECT id FROM outbox_cursors WHERE last_error IS NOT NULL")).await.unwrap().is_empty());
    drop(scope);
    app.stop().await;
}

#[test]
fn a_server_of_letters_that_is_away_holds_up_nobody_else_on_sqlite() {
    actix_web::rt::System::new().block_on(a_server_of_letters_that_is_away_holds_up_nobody_else(Backend::Sqlite));
}

#[test]
fn a_server_of_letters_that_is_away_holds_up_nobody_else_on_postgres() {
    actix_web::rt::System::new().block_on(a_server_of_letters_that_is_away_holds_up_nobody_else(Backend::Postgres));
}

#[test]
fn nodes_that_start_at_one_moment_all_serve_and_tell_each_sign_in_once() {
    let site = Site::empty(Backend::Postgres);
    let environment = [("CXG_SECRET_KEY", SECRET_KEY), ("CXG_DEMO", "true")];
    let migrate = [site.arguments(), vec!["migrate".to_owned(), "up".to_owned()]].concat();
    let _ = Program::run(&migrate, &environment).well();
    let serve = [site.arguments(), vec!["--bind".to_owned(), "127.0.0.1:0".to_owned()]].concat();
    let mut programs: Vec<Program> = (0..4).map(|_| Program::start(&serve, &environment)).collect();
    for program in &mut programs {
        let _ = program.address();
    }
    std::thread::sleep(std::time::Duration::from_secs(2));
    let said: String = programs.iter().map(Program::out).collect();
    assert_eq!((said.matches("manager sign-in").count(), said.matches("demo company sign-in").count()), (1, 1), "{said}");
}
