//! `cxg migrate`, `config`, `openapi`, `admin create`, `seed`.

use testkit::{Backend, Caller, PASSWORD, Program, SECRET_KEY, Site, temporary_folder};
use tests::process::{PATIENCE, block_on, in_folder, until, words};

#[test]
fn config_shows_what_is_in_force_and_no_secret() {
    let folder = temporary_folder().display().to_string();
    let environment = [
        ("CXG_DATA_DIR", folder.as_str()),
        ("CXG_MANAGER_DATABASE_URL", "postgres://boss:hunter2@db.example:5432/mgmt?sslmode=require"),
        ("CXG_TENANT_DATABASE_URL", "postgres://boss:hunter2@db.example:5432/tnnt"),
        ("CXG_REDIS_URL", "redis://:hunter2@cache.example:6379/0"),
        ("CXG_ADMIN_PASSWORD", "hunter2-and-more"),
        ("CXG_SECRET_KEY", "hunter2hunter2hunter2hunter2hunter2"),
        ("CXG_SMTP_URL", "smtp://user:hunter2@mail.example:587"),
    ];
    // the command line wins over the environment
    let out = Program::run(&words(&["config", "--bind", "127.0.0.1:9999"]), &environment).well();
    assert!(!out.contains("hunter2"), "{out}");
    for line in [
        "CXG_BIND=127.0.0.1:9999",
        "CXG_ADMIN_PASSWORD=***",
        "CXG_SECRET_KEY=***",
        "CXG_MIGRATE=false",
        "CXG_DEMO=false",
        "CXG_PUBLIC_URL=http://127.0.0.1:9999",
    ] {
        assert!(out.lines().any(|shown| shown == line), "{line}: {out}");
    }
    assert!(out.contains("postgres://boss:***@db.example:5432/tnnt"), "{out}");
    let embedded = Program::run(&words(&["config"]), &[("CXG_DATA_DIR", folder.as_str())]).well();
    for line in ["CXG_MIGRATE=true", "CXG_DEMO=true", "CXG_ADMIN_PASSWORD=", "CXG_REGISTER=open"] {
        assert!(embedded.lines().any(|shown| shown == line), "{line}: {embedded}");
    }
}

#[test]
fn openapi_prints_the_document() {
    let out = Program::run(&words(&["openapi"]), &[]).well();
    assert!(out == gateway::document::text(), "the program was built from other sources than this test: run `cargo build`");
}

/// Fault of issue 10, section G: `cxg openapi | head` panicked.
#[test]
fn who_has_seen_enough_ends_the_output() {
    use std::{io::Read as _, process::Stdio};
    let mut program = Program::command(&words(&["openapi"])).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 64];
    program.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let out = program.wait_with_output().unwrap();
    assert!(out.status.success() && out.stderr.is_empty(), "{:?}: {}", out.status, String::from_utf8_lossy(&out.stderr));
}

fn migrations_go_up_and_down(backend: Backend) {
    let site = Site::empty(backend);
    let migrate = |direction: &str| Program::run(&[site.arguments(), words(&["migrate", direction])].concat(), &[]);
    let count = |text: &str, word: &str| text.lines().filter(|line| line.contains(&format!("  {word}  "))).count();
    let all = migrations::names::<migrations::Manager>().len() + migrations::names::<migrations::Tenant>().len();

    let fresh = migrate("status").well();
    assert_eq!((count(&fresh, "applied"), count(&fresh, "pending")), (0, all), "{fresh}");
    let up = migrate("up").well();
    assert!(up.contains(&all.to_string()), "{up}");
    let done = migrate("status").well();
    assert_eq!((count(&done, "applied"), count(&done, "pending")), (all, 0), "{done}");
    assert!(migrate("up").well().starts_with('0'), "nothing is left to do");
    // all the way down, and up again: every step can be taken back
    let steps = migrations::names::<migrations::Manager>().len().max(migrations::names::<migrations::Tenant>().len());
    let _ = migrate("down").well();
    let one_less = migrate("status").well();
    assert_eq!((count(&one_less, "applied"), count(&one_less, "pending")), (all - 2, 2), "the last step, in both databases: {one_less}");
    for _ in 1..steps {
        let _ = migrate("down").well();
    }
    let empty = migrate("status").well();
    assert_eq!((count(&empty, "applied"), count(&empty, "pending")), (0, all), "{empty}");
    let _ = migrate("up").well();
    assert_eq!(count(&migrate("status").well(), "applied"), all);
}

#[test]
fn migrations_go_up_and_down_on_sqlite() {
    migrations_go_up_and_down(Backend::Sqlite);
}

#[test]
fn migrations_go_up_and_down_on_postgres() {
    migrations_go_up_and_down(Backend::Postgres);
}

#[test]
fn an_old_schema_is_not_served() {
    let site = Site::empty(Backend::Postgres);
    let serve = [site.arguments(), words(&["--bind", "127.0.0.1:0"])].concat();
    let environment = [("CXG_SECRET_KEY", SECRET_KEY)];
    let said = Program::run(&serve, &environment).badly();
    assert!(said.contains("cxg migrate up"), "{said}");
    // one step short is old, too
    let migrate = |direction: &str| Program::run(&[site.arguments(), words(&["migrate", direction])].concat(), &environment).well();
    let _ = migrate("up");
    let _ = migrate("down");
    let said = Program::run(&serve, &environment).badly();
    assert!(said.contains("cxg migrate up"), "{said}");
    let _ = migrate("up");
    block_on(async {
        let mut program = Program::start(&serve, &environment);
        until(&Caller::stranger(program.address()), "/health/ready", 200).await;
        // on PostgreSQL there is no demo unless it is asked for
        assert!(!program.out().contains("demo company"), "{}", program.out());
    });
}

#[test]
fn another_administrator_is_made_on_the_command_line() {
    block_on(async {
        let folder = temporary_folder();
        let create = |more: &[&str]| Program::run(&[in_folder(&folder), words(&["admin", "create"]), words(more)].concat(), &[]);
        let given = create(&["--username", "second", "--password", PASSWORD]).well();
        assert!(given.contains("second") && !given.contains(PASSWORD), "{given}");
        let made_up = create(&["--username", "Third"]).well();
        let password = made_up.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(
            create(&["--username", "SECOND", "--password", PASSWORD]).badly().to_lowercase().contains("second"),
            "there is one already"
        );
        for weak in ["short", "password", "second-and-more"] {
            let said = create(&["--username", "second-and", "--password", weak]).badly();
            assert!(said.to_lowercase().contains("password"), "{weak}: {said}");
        }
        let mut program = Program::start(&in_folder(&folder), &[("CXG_DEMO", "false")]);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        for (username, password) in [("second", PASSWORD), ("third", &password)] {
            let caller = stranger.sign_in(None, username, password).await;
            assert_eq!(caller.get("/api/v1/manager/auth/me").await.ok(200)["roles"], serde_json::json!(["SUPER_ADMIN"]));
        }
    });
}

#[test]
fn the_demo_is_made_once_and_nobody_is_locked_out() {
    block_on(async {
        let folder = temporary_folder();
        let seed = || Program::run(&[in_folder(&folder), words(&["seed", "--demo"])].concat(), &[]).well();
        let first = seed();
        let second = seed();
        assert_eq!((first.matches("demo company sign-in").count(), second.matches("sign-in").count()), (1, 0), "{first}\n{second}");
        let password = first.lines().find(|line| line.contains("demo company sign-in")).unwrap().rsplit(" / ").next().unwrap();
        let password = password.split_whitespace().next().unwrap().to_owned();
        let mut program = Program::start(&in_folder(&folder), &[]);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        let _ = stranger.sign_in(Some("demo"), "admin", &password).await;
        // whichever of the two made the provider's first user has shown the password
        let out = if first.contains("manager sign-in") { first } else { program.until_it_says("manager sign-in", PATIENCE) };
        assert_eq!(out.matches("manager sign-in").count(), 1, "{out}");
    });
}

/// `cxg audit verify` in an empty folder made a new platform and said that its 0 rows are as they were written.
#[test]
fn a_command_that_looks_makes_nothing_and_migrates_nothing() {
    let folder = temporary_folder().join("not-there");
    let run = |command: &[&str]| Program::run(&[in_folder(&folder), words(command)].concat(), &[]);
    for command in [&["config"][..], &["openapi"], &["migrate", "status"]] {
        let _ = run(command).well();
        assert!(!folder.exists(), "{command:?}");
    }
    // nor does what changes a platform make one
    for command in [&["audit", "verify"][..], &["migrate", "down"], &["keys", "rotate"], &["keys", "reseal"], &["keys", "prune-secret"]] {
        let said = run(command).badly();
        assert!(said.contains("there is no"), "{command:?}: {said}");
        assert!(!folder.exists(), "{command:?}");
    }
    // of two databases one is missing
    let _ = run(&["migrate", "up"]).well();
    std::fs::remove_file(folder.join("tnnt.db")).unwrap();
    let said = run(&["audit", "verify"]).badly();
    assert!(said.contains("tnnt.db is missing"), "{said}");
    assert!(!folder.join("tnnt.db").exists());
    // an older schema stays as it is, though a start of this version would migrate it
    let _ = run(&["admin", "create", "--username", "someone"]).well();
    let _ = run(&["migrate", "down"]).well();
    let said = run(&["audit", "verify"]).badly();
    assert!(said.contains("pending") && said.contains("cxg migrate up"), "{said}");
    assert_eq!(run(&["migrate", "status"]).well().matches("  pending  ").count(), 2);
}

/// `println!` panics where nobody reads: `cxg config | head -1`.
#[test]
fn a_command_whose_output_nobody_reads_does_its_work_all_the_same() {
    let folder = temporary_folder();
    let unread = |command: &[&str]| Program::run_unread(&[in_folder(&folder), words(command)].concat(), &[]);
    let commands = [
        &["migrate", "up"][..],
        &["migrate", "status"],
        &["admin", "create", "--username", "someone"],
        &["seed", "--demo"],
        &["audit", "verify"],
        &["keys", "rotate"],
        &["keys", "reseal"],
        &["config"],
        &["--help"],
        &["--version"],
    ];
    for command in commands {
        let ended = unread(command);
        assert!(ended.status.success() && !ended.err.contains("panicked"), "{command:?}: {ended:?}");
    }
    let ended = unread(&["admin", "create", "--username", "someone"]);
    assert!(ended.err.contains("there is a user someone already"), "{ended:?}");
}

#[test]
fn the_data_folder_and_the_key_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = temporary_folder().join("data");
    let _ = Program::run(&[in_folder(&folder), words(&["admin", "create", "--username", "someone"])].concat(), &[]).well();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("secret.key"))), (0o700, 0o600));
}
