//! Starting and stopping.

use serde_json::json;
use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
};
use testkit::{Caller, PASSWORD, Program, temporary_folder};
use tests::process::{PATIENCE, block_on, in_folder, until, words};

/// The password behind `label: … / password   (…)`.
fn password(out: &str, label: &str) -> String {
    let line = out.lines().find(|line| line.starts_with(label)).unwrap_or_else(|| panic!("no {label}: {out}"));
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().rposition(|word| *word == "/").unwrap();
    words[at + 1].to_owned()
}

#[test]
fn the_first_start_shows_its_sign_ins_and_the_second_does_not() {
    block_on(async {
        let folder = temporary_folder();
        // nobody hears the log, and yet the sign-ins are told
        let mut first = Program::start(&in_folder(&folder), &[("CXG_LOG", "off")]);
        let address = first.address();
        let out = first.until_it_says("shown once", PATIENCE);
        assert_eq!(out.matches("listens on").count(), 1, "{out}");
        assert_eq!((out.matches("manager sign-in").count(), out.matches("demo company sign-in").count()), (1, 1), "{out}");
        assert!(out.contains(&folder.display().to_string()), "where the data lies: {out}");
        let stranger = Caller::stranger(&address);
        until(&stranger, "/health/ready", 200).await;
        let manager = stranger.sign_in(None, "admin", &password(&out, "manager sign-in")).await;
        let admin = stranger.sign_in(Some("demo"), "admin", &password(&out, "demo company sign-in")).await;
        assert_eq!(admin.get("/api/v1/tenants/auth/me").await.ok(200)["tenant"], "demo");
        first.signal("TERM");
        assert!(first.wait().status.success());

        let mut second = Program::start(&in_folder(&folder), &[]);
        let stranger = Caller::stranger(second.address());
        until(&stranger, "/health/ready", 200).await;
        assert!(!second.out().contains("sign-in"), "{}", second.out());
        // who was signed in still is
        assert_eq!(stranger.with_token(manager.token.as_deref()).get("/api/v1/manager/auth/me").await.ok(200)["username"], "admin");
    });
}

/// The accounts were made before the port was taken: when that failed, their passwords had been shown to nobody.
#[test]
fn a_port_that_is_taken_costs_no_password() {
    block_on(async {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().to_string();
        let folder = temporary_folder();
        let data = folder.display().to_string();
        let said = Program::run(&words(&["--data-dir", &data, "--bind", &port]), &[]).badly();
        assert!(said.contains(&format!("cannot listen on {port} (CXG_BIND)")) && !said.contains("sign-in"), "{said}");
        let mut program = Program::start(&in_folder(&folder), &[]);
        let out = program.until_it_says("listens on", PATIENCE);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        let _ = stranger.sign_in(None, "admin", &password(&out, "manager sign-in:")).await;
        let _ = stranger.sign_in(Some("demo"), "admin", &password(&out, "demo company sign-in:")).await;
        // and the console is where the start says
        let console = out.lines().find_map(|line| line.strip_prefix("console: ")).unwrap_or_else(|| panic!("no console: {out}"));
        let page = stranger.get(console.strip_prefix(&stranger.base).unwrap()).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), "{page:?}");
    });
}

/// PostgreSQL for one side only was told as "migrations are pending".
#[test]
fn one_database_of_two_is_refused_by_the_name_of_the_other() {
    for (given, missing) in
        [("CXG_MANAGER_DATABASE_URL", "CXG_TENANT_DATABASE_URL"), ("CXG_TENANT_DATABASE_URL", "CXG_MANAGER_DATABASE_URL")]
    {
        let folder = temporary_folder().join("data");
        let data = folder.display().to_string();
        for command in [&["serve"][..], &["migrate", "up"], &["migrate", "status"], &["audit", "verify"]] {
            let said = Program::run(&words(command), &[("CXG_DATA_DIR", &data), (given, "postgres://u:hunter2@h/db")]).badly();
            assert!(said.contains(&format!("{missing} is missing")) && !said.contains("hunter2"), "{given} {command:?}: {said}");
            assert!(!folder.exists());
        }
    }
}

#[test]
fn a_given_password_is_taken_and_not_told() {
    block_on(async {
        let folder = temporary_folder();
        let mut program = Program::start(&in_folder(&folder), &[("CXG_ADMIN_PASSWORD", PASSWORD), ("CXG_DEMO", "false")]);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        let _ = stranger.sign_in(None, "admin", PASSWORD).await;
        stranger.try_sign_in(Some("demo"), "admin", PASSWORD).await.refused(401, "UNAUTHORIZED");
        program.signal("TERM");
        let ended = program.wait();
        assert!(!ended.said().contains(PASSWORD), "{ended:?}");
        assert!(!ended.out.contains("demo company"), "{ended:?}");
    });
}

#[test]
fn what_cannot_be_is_refused_by_the_name_of_its_setting() {
    let file = temporary_folder().join("a-file");
    std::fs::write(&file, "").unwrap();
    let below = file.join("data").display().to_string();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    let wrong: [(&str, &str); 16] = [
        ("CXG_BNID", "127.0.0.1:8100"),
        ("CXG_BIND", "nowhere"),
        ("CXG_BIND", &port),
        ("CXG_DATA_DIR", &below),
        ("CXG_MIGRATE", "perhaps"),
        ("CXG_DEMO", "perhaps"),
        ("CXG_REGISTER", "perhaps"),
        ("CXG_RATE_LIMIT", "perhaps"),
        ("CXG_LOG_FORMAT", "perhaps"),
        ("CXG_ERP_OPEN", "perhaps"),
        ("CXG_SECRET_KEY", "short"),
        ("CXG_PUBLIC_URL", "ftp://x"),
        ("CXG_MANAGER_DATABASE_URL", "mysql://u:hunter2@h/db"),
        ("CXG_TENANT_DATABASE_URL", "nonsense"),
        ("CXG_REDIS_URL", "nonsense"),
        ("CXG_LOG", "nonsense=loud"),
    ];
    let mut unclear = Vec::new();
    for (name, value) in wrong {
        let folder = temporary_folder();
        let data = folder.display().to_string();
        let mut environment = vec![("CXG_DATA_DIR", data.as_str()), ("CXG_BIND", "127.0.0.1:0"), ("CXG_DEMO", "false")];
        environment.retain(|(known, _)| *known != name);
        environment.push((name, value));
        let said = Program::run(&[], &environment).badly();
        if !said.contains(name) {
            unclear.push(format!("{name}={value}: {said}"));
        }
        assert!(!said.contains("hunter2") && !said.contains("panicked") && !said.contains("backtrace"), "{name}={value}: {said}");
    }
    assert!(unclear.is_empty(), "what is wrong is not named:\n{}", unclear.join("\n"));
}

#[test]
fn wrong_words_on_the_command_line_are_refused() {
    for wrong in [&["nonsense"][..], &["--nonsense"], &["migrate"], &["migrate", "sideways"], &["seed"], &["admin", "create"]] {
        let said = Program::run(&words(wrong), &[]).badly();
        assert!(said.contains("Usage") || said.contains("--help"), "{wrong:?}: {said}");
    }
}

#[test]
fn a_stop_says_so_first_and_finishes_what_is_in_hand() {
    block_on(async {
        let folder = temporary_folder();
        let mut program = Program::start(&in_folder(&folder), &[("CXG_ADMIN_PASSWORD", PASSWORD), ("CXG_DEMO", "false")]);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        let manager = stranger.sign_in(None, "admin", PASSWORD).await;
        let body = json!({"code": "in-hand", "name": "진행 중", "start_date": "2026-01-01"}).to_string();
        let mut slow = TcpStream::connect(stranger.base.trim_start_matches("http://")).unwrap();
        let head = format!(
            "POST /api/v1/manager/tenants HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            manager.token.as_deref().unwrap(),
            body.len()
        );
        slow.write_all(format!("{head}{}", &body[..10]).as_bytes()).unwrap();
        // the head has been read when a later request on another connection was answered, and then some
        for _ in 0..20 {
            let _ = manager.get("/api/v1/manager/auth/me").await.ok(200);
        }
        program.signal("TERM");
        let answer = until(&stranger, "/health/ready", 503).await;
        assert_eq!(answer.json["status"], "unavailable", "{answer:?}");
        slow.write_all(&body.as_bytes()[10..]).unwrap();
        slow.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut answer = String::new();
        slow.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        let ended = program.wait();
        assert!(ended.status.success(), "{ended:?}");
    });
}

#[test]
fn health_and_metrics_are_told_without_a_credential() {
    block_on(async {
        let folder = temporary_folder();
        let mut program = Program::start(&in_folder(&folder), &[("CXG_DEMO", "false")]);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        assert_eq!(stranger.get("/").await.json["status"], "healthy");
        assert_eq!(stranger.get("/health/live").await.json["status"], "alive");
        let metrics = stranger.get("/metrics").await;
        let text = String::from_utf8(metrics.bytes).unwrap();
        assert!(text.contains("cxg_ready 1") && text.contains("cxg_responses_total{class=\"2xx\"}"), "{text}");
        for path in ["/docs", "/redoc"] {
            let page = stranger.get(path).await;
            assert!(page.status < 400, "{page:?}");
            let html = String::from_utf8_lossy(&page.bytes).into_owned();
            assert!(
                !html.contains("https://cdn") && !html.contains("unpkg.com") && !html.contains("jsdelivr"),
                "all of it comes from the program: {html}"
            );
        }
    });
}
