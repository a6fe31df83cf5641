//! The web console in a real browser, against the platform: the suite in `apps/console` is run by Node, and its output is this test's.

use serde_json::json;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, Instant},
};
use testkit::{Answer, Backend, Caller, PASSWORD, TestApp, temporary_folder};

/// Far more than it takes: a browser that hangs shall not hang the run.
const PATIENCE: Duration = Duration::from_mins(12);

fn console() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../apps/console").canonicalize().unwrap()
}

/// Node with the console's own packages. What is missing is an error, never a reason to skip.
fn node(arguments: &[&str], environment: &[(&str, &str)], log: &Path) -> Child {
    let folder = console();
    assert!(
        folder.join("node_modules/vitest").is_dir(),
        "the console's packages are missing: run `npm ci` in apps/console (script/test does it)"
    );
    let file = File::create(log).unwrap();
    let mut command = Command::new("node");
    command.args(arguments).current_dir(folder).envs(environment.iter().copied()).env("NO_COLOR", "1");
    command.stdout(file.try_clone().unwrap()).stderr(file).spawn().expect("Node.js is needed for the tests of the console")
}

fn chromium() -> PathBuf {
    let places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found = places.iter().map(PathBuf::from).find(|path| path.exists());
    found.expect("Chromium is needed for the tests of the console (Debian: chromium; script/test installs it)")
}

/// Somebody who may only look.
async fn viewer(boss: &Caller) {
    let roles = boss.get("/api/v1/tenants/adm/roles?search=VIEWER").await.ok(200);
    let role = roles["items"].as_array().unwrap().iter().find(|role| role["code"] == "VIEWER").unwrap()["id"].clone();
    let user = json!({"username": "viewer", "email": "viewer@a.example", "full_name": "정조회", "password": PASSWORD, "role_id": role});
    assert_eq!(boss.post("/api/v1/tenants/adm/users", &user).await.status, 201);
}

/// Waits for the end, while events find their way as they do in a running program.
async fn wait(mut child: Child, app: Option<&TestApp>, log: &Path) {
    let since = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if since.elapsed() > PATIENCE {
            child.kill().unwrap();
        }
        if let Some(app) = app {
            app.settle().await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let said = fs::read_to_string(log).unwrap_or_default();
    assert!(status.success(), "the suite of the console failed ({status}):\n{said}");
    println!("{said}");
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

#[test]
fn it_is_served_from_the_binary_under_a_strict_policy() {
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::start(Backend::Sqlite).await;
        let caller = app.stranger();
        let page = caller.get("/frontend/").await;
        let html = text(&page);
        assert_eq!(page.status, 200, "{page:?}");
        assert!(html.contains("id=\"app\""), "the console is not in this binary: was it built with Node.js?\n{html}");
        let policy = page.header("content-security-policy").to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(
            !html.contains("<style") && !html.contains("style=") && !html.contains("http"),
            "something is inline, or from elsewhere:\n{html}"
        );
        // every address below is a page of the console; it is always asked for again
        let deep = caller.get("/frontend/company/adm/organizations?page=2").await;
        assert_eq!((deep.status, text(&deep), deep.header("cache-control")), (200, html.clone(), "no-cache"));

        // the files have names of their own content: asked for once, never again; and what is none is not the page
        let script = html.split('"').find(|part| part.starts_with("/frontend/assets/") && part.ends_with(".js")).unwrap();
        let answer = caller.get(script).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/javascript; charset=utf-8"));
        assert!(answer.header("cache-control").contains("immutable"), "{answer:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(caller.get("/frontend/assets/index-0.js").await.status, 404);
        assert_eq!(caller.get("/frontend/assets/..%2findex.html").await.status, 404);
        app.stop().await;
    });
}

#[test]
fn people_can_work_with_it() {
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::start_with(Backend::Sqlite, &["--rate-limit", "off"]).await;
        let boss = app.admin_a().await;
        viewer(&boss).await;
        let log = temporary_folder().join("console.log");
        let chromium = chromium();
        let environment = [
            ("CHROMIUM", chromium.to_str().unwrap()),
            ("CONSOLE_AT", boss.base.as_str()),
            ("CONSOLE_COMPANY", "alpha"),
            ("CONSOLE_BOSS", "boss"),
            ("CONSOLE_VIEWER", "viewer"),
            ("CONSOLE_PASSWORD", PASSWORD),
            ("CONSOLE_PROVIDER_PASSWORD", PASSWORD),
        ];
        let child = node(&["node_modules/vitest/vitest.mjs", "run", "--project", "browser"], &environment, &log);
        wait(child, Some(&app), &log).await;
        app.stop().await;
    });
}

#[test]
fn its_metadata_is_that_of_the_document() {
    let log = temporary_folder().join("meta.log");
    let child = node(&["node_modules/vitest/vitest.mjs", "run", "--project", "meta"], &[], &log);
    actix_web::rt::System::new().block_on(wait(child, None, &log));
}

#[test]
fn its_types_are_those_of_the_document() {
    let folder = temporary_folder();
    let script = "npm run --silent check";
    let log = folder.join("types.log");
    let file = File::create(&log).unwrap();
    assert!(console().join("node_modules/vue-tsc").is_dir(), "the console's packages are missing: run `npm ci` in apps/console");
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(console()).stdout(file.try_clone().unwrap()).stderr(file);
    actix_web::rt::System::new().block_on(wait(command.spawn().unwrap(), None, &log));
}
