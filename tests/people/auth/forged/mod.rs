//! A corpus of tokens that are not to be believed. Most of them carry a good signature: whoever wrote them holds one of our keys, and is
//! refused for what is wrong besides.

mod claims;
mod forger;
mod headers;
mod shapes;

use super::{emails, part, told};
use claims::Others;
use forger::Forger;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use testkit::{Answer, Backend, Caller, PASSWORD, TestApp, run};
use tests::people::{one_of_a, role_of_a};
use totp_rs::{Builder, Secret};

const ME: &str = "/api/v1/tenants/auth/me";

/// Tokens, each with what is wrong with it.
#[derive(Default)]
pub struct Corpus(Vec<(String, String)>);

impl Corpus {
    fn add(&mut self, name: impl Into<String>, token: String) {
        self.0.push((name.into(), token));
    }
}

async fn others(app: &TestApp) -> Others {
    let ended = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
    let _ = ended.post("/api/v1/tenants/auth/logout", &json!({})).await.ok(200);
    Others {
        colleague: app.nobody_a().await,
        stranger: app.admin_b().await,
        manager: app.manager().await,
        ended,
        other_company: app.company_b().await.id,
    }
}

/// What opens something, but not this door.
async fn other_credentials(app: &TestApp, corpus: &mut Corpus) {
    let admin = app.admin_a().await;
    let somebody = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
    corpus.add("a refresh token", somebody.refresh_token.clone().unwrap());
    corpus.add("a refresh token of a manager", app.manager().await.refresh_token.unwrap());
    let key = admin.post("/api/v1/tenants/adm/api-keys", &json!({"key_name": "열쇠"})).await.ok(201)["api_key"].clone();
    corpus.add("an API key", key.as_str().unwrap().to_owned());
    corpus.add("the secret of an API key", key.as_str().unwrap().rsplit('_').next().unwrap().to_owned());
    let company = Some(app.company_a().await.id);
    let forgotten = json!({"tenant": "alpha", "email": "nobody@alpha.example"});
    let _ = app.stranger().post("/api/v1/tenants/auth/forgot-password", &forgotten).await.ok(200);
    emails::deliver(app, company).await;
    corpus.add("a token of a forgotten password", emails::token(app));
    let role = role_of_a(app, &[]).await;
    let invited = json!({"username": "invited", "email": "invited@alpha.example", "full_name": "초대", "role_id": role});
    let invited = admin.post("/api/v1/tenants/adm/users", &invited).await.id();
    let _ = admin.post(&format!("/api/v1/tenants/adm/users/{invited}/invite"), &json!({})).await.ok(200);
    emails::deliver(app, company).await;
    corpus.add("an invitation", emails::token(app));
    let careful = one_of_a(app, &admin, &role).await;
    let enrolled = careful.post("/api/v1/tenants/auth/mfa/enroll", &json!({"current_password": PASSWORD})).await.ok(200);
    let secret = enrolled["secret"].as_str().unwrap();
    let code = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    let code = code.generate(u64::try_from(app.now().unix_seconds()).unwrap()).to_string();
    let confirmed = careful.post("/api/v1/tenants/auth/mfa/confirm", &json!({"code": code})).await.ok(200);
    let half = app.stranger().try_sign_in(Some("alpha"), &careful.username, PASSWORD).await;
    corpus.add("a token between password and code", half.ok(200)["mfa_token"].as_str().unwrap().to_owned());
    let cookie = app.stranger().try_sign_in(Some("alpha"), "boss", PASSWORD).await.header("set-cookie").to_owned();
    let cookie = cookie.split(['=', ';']).nth(1).unwrap();
    for (name, text) in [("a device", cookie), ("a code", &code), ("a recovery code", confirmed["recovery_codes"][0].as_str().unwrap())] {
        corpus.add(name, text.to_owned());
    }
    corpus.add("the secret of codes", secret.to_owned());
    corpus.add("a password", PASSWORD.to_owned());
    corpus.add("an id", admin.id().to_string());
}

async fn show(caller: &Caller, authorization: &str) -> Answer {
    caller.request(Method::GET, ME).header("authorization", authorization).send().await
}

/// All of them, each refused in the same words.
async fn refused(app: &TestApp, corpus: Corpus) {
    let nothing = app.stranger().get(ME).await;
    nothing.refused(401, "UNAUTHORIZED");
    assert_eq!(nothing.header("www-authenticate"), "Bearer");
    let stranger = app.stranger();
    let mut answers = Vec::new();
    for some in corpus.0.chunks(8) {
        let asked = some.iter().map(|(name, token)| {
            let stranger = &stranger;
            async move { (name, show(stranger, &format!("Bearer {token}")).await) }
        });
        answers.extend(join_all(asked).await);
    }
    let same = |answer: &Answer| answer.status == 401 && told(answer) == told(&nothing) && answer.header("www-authenticate") == "Bearer";
    let wrong: Vec<_> = answers.iter().filter(|(_, answer)| !same(answer)).collect();
    assert!(wrong.is_empty(), "{} of {} were not refused as all: {wrong:#?}", wrong.len(), answers.len());
}

#[test]
fn no_token_of_the_corpus_opens_anything() {
    run(Backend::Sqlite, async |app| {
        let caller = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        let forger = Forger::among_the_keys_of(&app, &caller).await;
        let good = forger.good();
        assert_eq!(show(&app.stranger(), &format!("Bearer {good}")).await.ok(200)["username"], "boss", "the forger's own work is good");
        let mut corpus = Corpus::default();
        headers::collect(&forger, &mut corpus);
        claims::collect(&app, &forger, &others(&app).await, &mut corpus);
        shapes::collect(&forger, &mut corpus);
        other_credentials(&app, &mut corpus).await;
        assert!(corpus.0.len() >= 400, "{}", corpus.0.len());
        let same: Vec<_> = corpus.0.iter().filter(|(_, token)| *token == good).collect();
        assert!(same.is_empty(), "nothing is wrong with {same:?}");
        refused(&app, corpus).await;
        assert_eq!(show(&app.stranger(), &format!("Bearer {good}")).await.ok(200)["username"], "boss", "and nobody is the worse for it");
    });
}

#[test]
fn a_token_counts_only_where_it_belongs_and_once() {
    run(Backend::Sqlite, async |app| {
        let caller = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        let good = caller.token.clone().unwrap();
        let nothing = told(&app.stranger().get(ME).await);
        let stranger = app.stranger();
        for header in [
            good.clone(),
            format!("Bearer{good}"),
            format!("Bearer:{good}"),
            format!("Bearer={good}"),
            format!("Bearer,{good}"),
            format!("Bearer Bearer {good}"),
            format!("DPoP {good}"),
            format!("JWT {good}"),
            format!("Token {good}"),
            format!("Basic {good}"),
            format!("Bearer {good}, Bearer {good}"),
            format!("Bearer\u{a0}{good}"),
            format!("bearer token=\"{good}\""),
            "Bearer".to_owned(),
            "Bearer null".to_owned(),
        ] {
            assert_eq!(told(&show(&stranger, &header).await), nothing, "{header}");
        }
        for query in ["access_token", "token", "authorization", "bearer"] {
            assert_eq!(told(&stranger.get(&format!("{ME}?{query}={good}")).await), nothing, "{query}");
        }
        for (header, value) in [
            ("cookie", format!("access_token={good}")),
            ("cookie", format!("Authorization=Bearer {good}")),
            ("x-api-key", good.clone()),
            ("x-access-token", good.clone()),
            ("proxy-authorization", format!("Bearer {good}")),
            ("x-forwarded-authorization", format!("Bearer {good}")),
            ("x-auth-token", good.clone()),
        ] {
            assert_eq!(told(&stranger.request(Method::GET, ME).header(header, value).send().await), nothing, "{header}");
        }
        // two of them, of which one would do
        for second in ["Bearer nonsense", "Basic Ym9zczpib3Nz", "", &format!("Bearer {good}")] {
            for pair in [[second, &format!("Bearer {good}")], [&format!("Bearer {good}"), second]] {
                let request = stranger.request(Method::GET, ME).header("authorization", pair[0]).header("authorization", pair[1]);
                assert_eq!(told(&request.send().await), nothing, "{pair:?}");
            }
        }
        let key = caller.post("/api/v1/tenants/adm/api-keys", &json!({"key_name": "열쇠"})).await.ok(201)["api_key"].clone();
        let key = key.as_str().unwrap();
        let _ = stranger.request(Method::GET, ME).header("x-api-key", key).send().await.ok(200);
        for (name, value) in [("x-api-key", key), ("x-api-key", "nonsense"), ("authorization", &format!("Bearer {good}"))] {
            for request in [
                stranger.request(Method::GET, ME).header("x-api-key", key).header(name, value),
                stranger.request(Method::GET, ME).header(name, value).header("x-api-key", key),
            ] {
                assert_eq!(told(&request.send().await), nothing, "with a key and {name} {value}");
            }
        }
        assert_eq!(part(&good, 1)["realm"], "tenant");
        assert_eq!(caller.get(ME).await.ok(200)["username"], "boss");
    });
}
