//! Secrets are where they were put and nowhere else: one plays through everything that has one, with the real program talking as much as it
//! can, and then they are looked for in the log, in the files of both databases, in what is listed and exported, and in every refusal.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Realm;
use reqwest::Method;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use testkit::{Answer, Caller, Program, temporary_folder};
use tests::{
    operations,
    process::{block_on, in_folder, until},
};
use totp_rs::{Builder, Secret};

const SECRET_KEY: &str = "canary-key-0f9a4c6be17d48a3b5c2d8e6f1a7b390";
const ADMIN: &str = "canary-admin-pw-7c1e55d0";
const FIRST: &str = "canary-first-pw-2b8f90aa";
const SECOND: &str = "canary-second-pw-93d4e1c7";
const THIRD: &str = "canary-third-pw-5fe0a628";
const WRONG: &str = "canary-wrong-pw-e81b6d34";

/// What must not be found, and what was seen by those who must not see it.
struct Canary {
    stranger: Caller,
    secrets: Vec<(String, Vec<u8>)>,
    seen: Vec<String>,
}

impl Canary {
    fn hide(&mut self, name: &str, text: &str) -> String {
        assert!(text.len() >= 8, "{name} is too short to be found: {text}");
        // of an access token the part that makes it one
        let text = text.trim();
        let mark = if text.matches('.').count() == 2 { text.rsplit('.').next().unwrap() } else { text };
        self.secrets.push((name.to_owned(), mark.as_bytes().to_vec()));
        // and what is inside: of the opaque ones the secret behind prefix and ids, as bytes
        if let Some(rest) = ["cxr_", "cxo_", "cxm_"].iter().find_map(|prefix| text.strip_prefix(prefix)) {
            let bytes = URL_SAFE_NO_PAD.decode(rest).unwrap();
            self.secrets.push((format!("{name}, its bytes"), bytes[bytes.len() - 24..].to_vec()));
        }
        if let Some((_, secret)) = text.strip_prefix("cxg_").and_then(|rest| rest.rsplit_once('_')) {
            self.secrets.push((format!("{name}, its secret"), secret.as_bytes().to_vec()));
        }
        text.to_owned()
    }

    /// A secret of an answer that shows it once.
    fn shown(&mut self, name: &str, answer: &Value, field: &str) -> String {
        self.hide(name, answer[field].as_str().unwrap_or_else(|| panic!("no {field}: {answer}")))
    }

    /// Signed in, with what that gives hidden.
    fn entered(&mut self, answer: &Answer) -> Caller {
        let tokens = answer.ok(200);
        self.shown("an access token", &tokens, "access_token");
        self.shown("a refresh token", &tokens, "refresh_token");
        let cookie = answer.header("set-cookie").split(['=', ';']).nth(1).unwrap_or_default().to_owned();
        if !cookie.is_empty() {
            self.hide("a device", &cookie);
        }
        self.stranger.holding(&tokens)
    }

    /// Something that everybody may read, as far as secrets go.
    fn see(&mut self, answer: &Answer) {
        self.seen.push(format!("{} {:?} {}", answer.status, answer.headers, String::from_utf8_lossy(&answer.bytes)));
    }

    async fn refused(&mut self, caller: &Caller, path: &str, body: &Value) {
        let answer = caller.post(path, body).await;
        assert!(answer.status >= 400, "{answer:?}");
        self.see(&answer);
    }

    /// None of the secrets is in there.
    fn look(&self, place: &str, text: &[u8]) {
        for (name, secret) in &self.secrets {
            if let Some(at) = text.windows(secret.len()).position(|window| window == secret) {
                let around = &text[at.saturating_sub(300)..(at + secret.len() + 100).min(text.len())];
                panic!("{name} is in {place}: …{}…", String::from_utf8_lossy(around));
            }
        }
    }
}

fn me(realm: &str, rest: &str) -> String {
    format!("/api/v1/{realm}/auth/{rest}")
}

/// The token of the next letter to this address.
async fn letter(folder: &Path, to: &str) -> String {
    let since = Instant::now();
    loop {
        let files = fs::read_dir(folder.join("mail")).into_iter().flatten().map(|entry| entry.unwrap().path());
        for file in files.collect::<Vec<PathBuf>>() {
            let text = fs::read_to_string(&file).unwrap();
            if let Some((_, rest)) = text.split_once("token=").filter(|_| text.contains(&format!("To: {to}"))) {
                let token = rest.split_whitespace().next().unwrap().to_owned();
                fs::remove_file(file).unwrap();
                return token;
            }
        }
        assert!(since.elapsed() < tests::process::PATIENCE, "no email to {to}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Passwords, right and wrong, and bodies that cannot be read.
async fn passwords(canary: &mut Canary, boss: &Caller, realm: &str, login: &Value) {
    let stranger = canary.stranger.clone();
    let with = |field: &str, value: Value| {
        let mut body = login.clone();
        body[field] = value;
        body
    };
    for body in [
        with("password", json!(WRONG)),
        with("password", json!([WRONG])),
        with("passwort", json!(WRONG)),
        with("username", json!({"x": WRONG})),
    ] {
        canary.refused(&stranger, &me(realm, "login"), &body).await;
    }
    for broken in [format!(r#"{{"password": "{WRONG}""#), format!(r#"{{"password": "{WRONG}", "password": "{WRONG}"}}"#), WRONG.to_owned()]
    {
        for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
            let answer = stranger.request(Method::POST, &me(realm, "login")).raw(kind, broken.clone()).send().await;
            assert!(answer.status >= 400, "{answer:?}");
            canary.see(&answer);
        }
    }
    let change = |old: &str, new: &str| json!({"current_password": old, "new_password": new});
    canary.refused(boss, &me(realm, "change-password"), &change(WRONG, SECOND)).await;
    canary
        .refused(boss, &me(realm, "change-password"), &json!({"current_password": FIRST, "new_password": SECOND, "repeat": SECOND}))
        .await;
    let _ = boss.post(&me(realm, "change-password"), &change(FIRST, SECOND)).await.ok(200);
}

async fn keys(canary: &mut Canary, boss: &Caller, base: &str, realm: &str) {
    let path = format!("{base}/api-keys");
    let made = boss.request(Method::POST, &path).header("idempotency-key", "canary").json(&json!({"key_name": "열쇠"})).send().await;
    let key = canary.shown("an API key", &made.ok(201), "api_key");
    let again = boss.request(Method::POST, &path).header("idempotency-key", "canary").json(&json!({"key_name": "열쇠"})).send().await;
    canary.see(&again);
    let used = canary.stranger.request(Method::GET, &me(realm, "me")).header("x-api-key", &key).send().await;
    assert_eq!(used.status, 200);
    canary.see(&used);
    let rotated = boss.post(&format!("{path}/{}/rotate", made.id()), &json!({})).await;
    canary.shown("the next secret of a key", &rotated.ok(201), "api_key");
    for request in [
        canary.stranger.with_token(Some(&key)).request(Method::GET, &me(realm, "me")),
        canary.stranger.request(Method::GET, &me(realm, "me")).header("x-api-key", format!("{key}0")),
        canary.stranger.request(Method::GET, &format!("{}?api_key={key}", me(realm, "me"))),
        canary.stranger.request(Method::POST, &me(realm, "refresh")).json(&json!({"refresh_token": key})),
        canary.stranger.request(Method::GET, &me(realm, "me")).header("x-tenant-key", &key),
    ] {
        let answer = request.send().await;
        assert!(answer.status >= 400, "{answer:?}");
        canary.see(&answer);
    }
}

async fn second_factor(canary: &mut Canary, boss: &Caller, realm: &str, login: &Value) -> Caller {
    let enrolled = boss.post(&me(realm, "mfa/enroll"), &json!({"current_password": SECOND})).await.ok(200);
    let secret = canary.shown("the secret of codes", &enrolled, "secret");
    let secret = Secret::try_from_base32(&secret).unwrap();
    let now = u64::try_from(kernel::Clock::now(&store::SystemClock).unix_seconds()).unwrap();
    let code = Builder::new().with_secret(secret).build().unwrap().generate(now).to_string();
    let confirm = boss.request(Method::POST, &me(realm, "mfa/confirm")).header("idempotency-key", "codes").json(&json!({"code": code}));
    let codes = confirm.send().await.ok(200)["recovery_codes"].clone();
    let code = |at: usize| codes[at].as_str().unwrap().to_owned();
    for at in 0..10 {
        canary.hide("a recovery code", &code(at));
        canary.hide("a recovery code without hyphens", &code(at).replace('-', ""));
    }
    let half = canary.stranger.post(&me(realm, "login"), login).await.ok(200);
    let token = canary.shown("a token between password and code", &half, "mfa_token");
    let stranger = canary.stranger.clone();
    canary.refused(&stranger, &me(realm, "login/mfa"), &json!({"mfa_token": token, "code": "wrong-canary-code"})).await;
    let whole = stranger.post(&me(realm, "login/mfa"), &json!({"mfa_token": token, "code": code(0)})).await;
    let boss = canary.entered(&whole);
    canary.refused(&stranger, &me(realm, "login/mfa"), &json!({"mfa_token": token, "code": code(1)})).await;
    let _ = boss.post(&me(realm, "step-up"), &json!({"code": code(2)})).await.ok(200);
    let renewed = boss.post(&me(realm, "mfa/recovery-codes"), &json!({"code": code(3)})).await;
    for code in renewed.ok(200)["recovery_codes"].as_array().unwrap() {
        canary.hide("a new recovery code", code.as_str().unwrap());
    }
    boss
}

/// Tokens that come again.
async fn refreshing(canary: &mut Canary, boss: &Caller, realm: &str) {
    let stranger = canary.stranger.clone();
    let first = boss.refresh_token.clone().unwrap();
    let refresh = async |token: &str| stranger.post(&me(realm, "refresh"), &json!({"refresh_token": token})).await;
    let second = canary.entered(&refresh(&first).await);
    let third = canary.entered(&refresh(second.refresh_token.as_deref().unwrap()).await);
    let theft = refresh(&first).await;
    theft.refused(401, "UNAUTHORIZED");
    canary.see(&theft);
    canary.see(&refresh(third.refresh_token.as_deref().unwrap()).await);
    canary.see(&stranger.get(&format!("{}?access_token={}", me(realm, "me"), third.token.as_deref().unwrap())).await);
}

/// Letters with a token in them.
async fn emails(canary: &mut Canary, boss: &Caller, folder: &Path) {
    let (users, stranger) = ("/api/v1/tenants/adm/users", canary.stranger.clone());
    let role = boss.get("/api/v1/tenants/adm/roles?code=ADMIN").await.ok(200)["items"][0]["id"].clone();
    let user = |name: &str, password: Option<&str>| {
        let mut body = json!({"username": name, "email": format!("{name}@canary.example"), "full_name": "김", "role_id": role});
        if let Some(password) = password {
            body["password"] = json!(password);
        }
        body
    };
    let made = boss.request(Method::POST, users).header("idempotency-key", "user").json(&user("forgetful", Some(FIRST))).send().await;
    canary.see(&made);
    canary.refused(boss, users, &user("forgetful", Some(FIRST))).await;
    canary.see(&boss.patch(&format!("{users}/{}", made.id()), &json!({"password": THIRD, "password_hash": THIRD})).await);
    let _ =
        stranger.post(&me("tenants", "forgot-password"), &json!({"tenant": "aviary", "email": "forgetful@canary.example"})).await.ok(200);
    let token = canary.hide("a token of a forgotten password", &letter(folder, "forgetful@canary.example").await);
    let page = stranger.request(Method::GET, &format!("/frontend/reset?token={token}")).send().await;
    assert!(page.status < 500, "{page:?}");
    canary.refused(&stranger, &me("tenants", "reset-password"), &json!({"token": token, "new_password": "short"})).await;
    let _ = stranger.post(&me("tenants", "reset-password"), &json!({"token": token, "new_password": THIRD})).await.ok(200);
    canary.refused(&stranger, &me("tenants", "reset-password"), &json!({"token": token, "new_password": THIRD})).await;
    let invited = boss.post(users, &user("invited", None)).await.id();
    canary.hide("an invitation that another takes the place of", &letter(folder, "invited@canary.example").await);
    canary.see(&boss.post(&format!("{users}/{invited}/invite"), &json!({})).await);
    let token = canary.hide("an invitation", &letter(folder, "invited@canary.example").await);
    let _ = stranger.post(&me("tenants", "accept-invitation"), &json!({"token": token, "password": SECOND})).await.ok(200);
    canary.refused(&stranger, &me("tenants", "accept-invitation"), &json!({"token": token, "password": SECOND})).await;
    let _ = boss.post(&format!("{users}/{}/reset-password", made.id()), &json!({"new_password": FIRST})).await.ok(200);
}

/// Everything that is listed and exported.
async fn lists(canary: &mut Canary, realm: Realm, caller: &Caller) {
    for operation in operations().iter().filter(|operation| operation.realm() == realm && operation.method == "get") {
        if operation.path.contains('{') || !operation.path.starts_with("/api/") {
            continue;
        }
        let answer = caller.get(&operation.path).await;
        assert!([200, 422].contains(&answer.status), "{answer:?}");
        canary.see(&answer);
    }
}

#[test]
fn no_secret_is_anywhere_it_was_not_put() {
    block_on(async {
        let folder = temporary_folder();
        let environment = [
            ("CXG_SECRET_KEY", SECRET_KEY),
            ("CXG_ADMIN_PASSWORD", ADMIN),
            ("CXG_DEMO", "false"),
            ("CXG_RATE_LIMIT", "off"),
            ("CXG_LOG", "trace"),
            ("CXG_LOG_FORMAT", "json"),
        ];
        let mut program = Program::start(&in_folder(&folder), &environment);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        let mut canary = Canary { stranger: stranger.clone(), secrets: Vec::new(), seen: Vec::new() };
        for (name, text) in [
            ("the secret key", SECRET_KEY),
            ("the first password", ADMIN),
            ("a password", FIRST),
            ("a new password", SECOND),
            ("a password set anew", THIRD),
            ("a wrong password", WRONG),
        ] {
            canary.hide(name, text);
        }
        let admin = canary.entered(&stranger.try_sign_in(None, "admin", ADMIN).await);
        canary.refused(&admin, "/api/v1/manager/auth/register", &json!({"username": "g", "email": FIRST, "password": FIRST})).await;
        let first = json!({"username": "boss", "email": "boss@canary.example", "full_name": "김관리", "password": FIRST});
        let company = json!({"code": "aviary", "name": "카나리아", "start_date": "2026-01-01", "admin": first});
        let made = admin.request(Method::POST, "/api/v1/manager/tenants").header("idempotency-key", "company").json(&company).send().await;
        assert_eq!(made.status, 201, "{made:?}");
        canary.see(&made);
        canary.refused(&admin, "/api/v1/manager/tenants", &company).await;
        let staff = json!({"username": "boss", "email": "boss@provider.example", "full_name": "김관리", "password": FIRST});
        let staff = admin.post("/api/v1/manager/idam/users", &staff).await;
        canary.see(&staff);
        let super_admin = admin.get("/api/v1/manager/auth/me").await.ok(200)["roles"][0].clone();
        let role = admin.get(&format!("/api/v1/manager/idam/roles?code={}", super_admin.as_str().unwrap())).await.ok(200)["items"][0]["id"]
            .clone();
        let _ = admin.post("/api/v1/manager/idam/user-roles", &json!({"user_id": staff.id(), "role_id": role})).await.ok(201);

        for (realm, of, company, base) in
            [(Realm::Manager, "manager", None, "/api/v1/manager/idam"), (Realm::Tenant, "tenants", Some("aviary"), "/api/v1/tenants/adm")]
        {
            let login = |password: &str| match company {
                Some(company) => json!({"tenant": company, "username": "boss", "password": password}),
                None => json!({"username": "boss", "password": password}),
            };
            let boss = canary.entered(&stranger.try_sign_in(company, "boss", FIRST).await);
            passwords(&mut canary, &boss, of, &login(FIRST)).await;
            keys(&mut canary, &boss, base, of).await;
            if company.is_some() {
                emails(&mut canary, &boss, &folder).await;
                let _ = boss.post(&format!("{base}/support-consents"), &json!({"reason": "도움"})).await.ok(201);
                let acting = json!({"tenant_id": made.ok(201)["id"], "user_id": boss.id(), "reason": "문의"});
                let acting = admin.post("/api/v1/manager/idam/impersonations", &acting).await.ok(201);
                canary.shown("a token of acting as somebody", &acting, "access_token");
            }
            let boss = second_factor(&mut canary, &boss, of, &login(SECOND)).await;
            lists(&mut canary, realm, &boss).await;
            refreshing(&mut canary, &boss, of).await;
        }

        let invited = canary.entered(&stranger.try_sign_in(Some("aviary"), "invited", SECOND).await);
        // a database that fails in the middle of it, in words of its own
        let url = format!("sqlite://{}", folder.join("tnnt.db").display());
        let database = sea_orm::Database::connect(&url).await.unwrap();
        let trigger = "CREATE TRIGGER boom BEFORE UPDATE ON adm_users BEGIN SELECT RAISE(ABORT, 'boom'); END";
        let _ = database.execute_unprepared(trigger).await.unwrap();
        let change = json!({"current_password": SECOND, "new_password": THIRD});
        for failed in
            [invited.post(&me("tenants", "change-password"), &change).await, stranger.try_sign_in(Some("aviary"), "invited", SECOND).await]
        {
            assert_eq!(failed.status, 500, "{failed:?}");
            canary.see(&failed);
        }
        database.close().await.unwrap();

        program.signal("TERM");
        let ended = program.wait();
        assert!(ended.status.success(), "{ended:?}");
        assert!(ended.err.contains("boom") && ended.err.contains("\"TRACE\""), "the log says much");
        canary.look("the log", ended.said().as_bytes());
        for seen in &canary.seen {
            canary.look("an answer", seen.as_bytes());
        }
        for file in ["mgmt.db", "tnnt.db", "mgmt.db-wal", "tnnt.db-wal"] {
            canary.look(file, &fs::read(folder.join(file)).unwrap_or_default());
        }
        // what may be read is found, so that a secret would be
        let rows = fs::read(folder.join("tnnt.db")).unwrap();
        assert!(rows.windows(19).any(|window| window == b"boss@canary.example"));
        assert!(canary.seen.iter().any(|seen| seen.contains("boss@canary.example")) && ended.err.contains("/api/v1/tenants/auth/login"));
        let shown = Program::run(&[in_folder(&folder), tests::process::words(&["config"])].concat(), &environment).well();
        canary.look("cxg config", shown.as_bytes());
        assert!(canary.secrets.len() > 60 && canary.seen.len() > 100, "{} {}", canary.secrets.len(), canary.seen.len());
    });
}
