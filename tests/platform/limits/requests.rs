//! Counting requests: for whom, against what, and what they are told.

use super::{ask, limited, standing, too_many};
use reqwest::Method;
use serde_json::json;
use testkit::{Caller, PASSWORD, both};

const ME: &str = "/api/v1/tenants/auth/me";
const LOGIN: &str = "/api/v1/manager/auth/login";
const REFRESH: &str = "/api/v1/tenants/auth/refresh";

both! {
    async fn nothing_is_limited_where_limits_are_off(app: TestApp) {
        for _ in 0..120 {
            let answer = app.stranger().get(ME).await;
            assert_eq!((answer.status, answer.header("x-ratelimit-limit")), (401, ""));
        }
    }
}

#[test]
fn a_user_has_a_thousand_in_an_hour_and_all_again_an_hour_later() {
    limited(&[], async |app| {
        let user = app.admin_a().await;
        for n in 1..=1000 {
            let answer = user.get(ME).await;
            assert_eq!((answer.status, standing(&answer)), (200, (1000, 1000 - n, 3600)));
        }
        assert_eq!(too_many(&user.get(ME).await), 3600);
        // a token does not outlive a quarter of an hour; the limit is the user's, not the token's
        app.clock().advance(3599);
        let again = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        assert_eq!(too_many(&again.get(ME).await), 1);
        app.clock().advance(1);
        let (answered, last) = ask(&again, ME, 1000).await;
        assert_eq!((answered, standing(&last).1), (1000, 0));
        let _ = too_many(&again.get(ME).await);
        // nobody else's is used up: not a colleague's, not the other company's, not the provider's, not the address's
        for (company, username) in [(Some("alpha"), "nobody"), (Some("bravo"), "boss"), (None, "admin")] {
            let other = app.stranger().sign_in(company, username, PASSWORD).await;
            let me = if company.is_some() { ME } else { "/api/v1/manager/auth/me" };
            assert_eq!(standing(&other.get(me).await), (1000, 999, 3600), "{username}");
        }
    });
}

#[test]
fn an_address_has_a_hundred() {
    limited(&["--trusted-proxies", "127.0.0.1"], async |app| {
        let from = |address: &str| app.stranger().request(Method::GET, ME).header("X-Forwarded-For", address).send();
        for n in 1..=100 {
            let answer = from("2001:db8:1:2::7").await;
            assert_eq!((answer.status, standing(&answer)), (401, (100, 100 - n, 3600)));
        }
        assert_eq!(too_many(&from("2001:db8:1:2::7").await), 3600);
        // a household has the whole /64
        let _ = too_many(&from("2001:db8:1:2:ffff::1").await);
        assert_eq!(standing(&from("2001:db8:1:3::7").await).1, 99);
        // what the client itself wrote in front is not believed
        let _ = too_many(&from("203.0.113.5, 2001:db8:1:2::7").await);
        // users behind the same address go on
        let user = app.admin_a().await;
        let answer = user.request(Method::GET, ME).header("X-Forwarded-For", "2001:db8:1:2::7").send().await;
        assert_eq!((answer.status, standing(&answer).0), (200, 1000));
    });
}

#[test]
fn a_stranger_cannot_borrow_an_address() {
    limited(&[], async |app| {
        for n in 0..100u32 {
            let answer = app.stranger().request(Method::GET, ME).header("X-Forwarded-For", format!("203.0.113.{n}")).send().await;
            assert_eq!(answer.status, 401);
        }
        let _ = too_many(&app.stranger().request(Method::GET, ME).header("X-Forwarded-For", "203.0.113.200").send().await);
        // neither do a made-up token nor an encoded letter help
        let _ = too_many(&app.stranger().with_token(Some("made.up.token")).get(ME).await);
        let _ = too_many(&app.stranger().get("/api/v1/%74enants/auth/me").await);
        assert_eq!(app.stranger().request(Method::GET, "/%61pi/v1/tenants/auth/me").send().await.status, 429);
    });
}

#[test]
fn every_class_of_answer_says_how_the_caller_stands() {
    limited(&[], async |app| {
        let (user, stranger) = (app.admin_a().await, app.stranger());
        let left = |answer: &testkit::Answer| standing(answer).1;
        assert_eq!(left(&user.get(ME).await), 999);
        let absent = user.get("/api/v1/tenants/adm/users/0193b7c8-0000-7000-8000-000000000000").await;
        assert_eq!((absent.status, left(&absent)), (404, 998));
        let nowhere = user.get("/api/v1/tenants/nowhere").await;
        assert_eq!((nowhere.status, left(&nowhere)), (404, 997));
        let invalid = user.post("/api/v1/tenants/adm/organizations", &json!({"nothing": 1})).await;
        assert_eq!((invalid.status, left(&invalid)), (422, 996));
        let broken = user.request(Method::POST, "/api/v1/tenants/adm/organizations").raw("application/json", "{").send().await;
        assert_eq!((broken.status, left(&broken)), (400, 995));
        let method = user.request(Method::PUT, "/api/v1/tenants/adm/organizations").json(&json!({})).send().await;
        assert_eq!((method.status, left(&method)), (405, 994));
        let elsewhere = user.get("/api/v1/manager/auth/me").await;
        assert_eq!((elsewhere.status, left(&elsewhere)), (403, 993));
        let file = user.get("/api/v1/tenants/adm/organizations/export").await;
        assert_eq!((file.status, left(&file)), (200, 992));
        let unknown = stranger.get(ME).await;
        assert_eq!((unknown.status, left(&unknown)), (401, 98), "the sign-in was the first");
        // the API's preflight, health and documents are free
        let preflight = user.request(Method::OPTIONS, ME).send().await;
        assert_eq!(preflight.header("x-ratelimit-limit"), "");
        for path in ["/", "/health/live", "/health/ready", "/metrics", "/docs", "/openapi.json", "/.well-known/jwks.json"] {
            let answer = stranger.get(path).await;
            assert_eq!((answer.status, answer.header("x-ratelimit-limit")), (200, ""), "{path}");
        }
        assert_eq!(left(&user.get(ME).await), 991);
        // the small ERP's paths are counted before they are there
        assert_eq!(left(&stranger.get("/users").await), 97);
        app.platform().close();
        let failed = user.get("/api/v1/tenants/adm/users").await;
        assert!(failed.status >= 500, "{failed:?}");
        assert_eq!(left(&failed), 990, "still the user's, by the signature");
    });
}

#[test]
fn what_strangers_try_has_a_limit_of_its_own() {
    limited(&["--trusted-proxies", "127.0.0.1", "--register", "closed"], async |app| {
        let send = async |path: &str, address: &str, body: &serde_json::Value| {
            app.stranger().request(Method::POST, path).header("X-Forwarded-For", address).json(body).send().await
        };
        for n in 1..=60 {
            let answer = send(LOGIN, "192.0.2.1", &json!({"username": "", "password": 7})).await;
            assert_eq!((answer.status, standing(&answer)), (422, (60, 60 - n, 3600)));
        }
        let right = json!({"username": "admin", "password": PASSWORD});
        assert_eq!(too_many(&send(LOGIN, "192.0.2.1", &right).await), 3600);
        // the company's side counts with it, another address does not, and the rest of the hundred is left
        let _ = too_many(
            &send("/api/v1/tenants/auth/login", "192.0.2.1", &json!({"tenant": "alpha", "username": "boss", "password": PASSWORD})).await,
        );
        let _ = send(LOGIN, "192.0.2.2", &right).await.ok(200);
        let answer = app.stranger().request(Method::GET, ME).header("X-Forwarded-For", "192.0.2.1").send().await;
        assert_eq!(standing(&answer), (100, 39, 3600));
        let register = json!({"username": "newcomer", "email": "new@comer.example", "password": PASSWORD});
        for n in 1..=20 {
            let answer = send("/api/v1/manager/auth/register", "192.0.2.3", &register).await;
            assert_eq!((answer.status, standing(&answer)), (403, (20, 20 - n, 3600)));
        }
        let _ = too_many(&send("/api/v1/manager/auth/register", "192.0.2.3", &register).await);
    });
}

#[test]
fn a_refresh_counts_for_its_user() {
    limited(&[], async |app| {
        let user = app.admin_a().await;
        let exchange = async |token: &str| app.stranger().post(REFRESH, &json!({"refresh_token": token})).await;
        let mut token = user.refresh_token.clone().unwrap();
        for n in 1..=300 {
            let answer = exchange(&token).await;
            token = answer.ok(200)["refresh_token"].as_str().unwrap().to_owned();
            assert_eq!(standing(&answer), (300, 300 - n, 3600));
        }
        let _ = too_many(&exchange(&token).await);
        assert_eq!(standing(&user.get(ME).await).1, 699, "in the same thousand");
        // the address has only signed in; a colleague's exchange is not refused
        let nobody = app.nobody_a().await;
        let _ = exchange(nobody.refresh_token.as_deref().unwrap()).await.ok(200);
        assert_eq!(standing(&app.stranger().get(ME).await).1, 97);
        // what is nobody's token counts for the address, and so does what cannot be read
        for n in 0..97 {
            let answer = if n % 2 == 0 { exchange("cxr_made-up").await } else { app.stranger().post(REFRESH, &json!({})).await };
            assert_eq!((answer.status, standing(&answer).1), (if n % 2 == 0 { 401 } else { 422 }, 96 - n));
        }
        let _ = too_many(&exchange("cxr_made-up").await);
        let _ = too_many(&app.stranger().post(REFRESH, &json!({})).await);
        // a full address stops nobody who has a token
        app.clock().advance(1);
        let other = exchange(nobody.refresh_token.as_deref().unwrap()).await;
        let _ = other.ok(200);
        // neither does a token that was ended fill up the user's own
        let _ = user.post("/api/v1/tenants/auth/logout", &json!({})).await.ok(200);
        let _ = too_many(&exchange(&token).await);
        assert_eq!(too_many(&exchange(&token).await), 3599, "the address's hundred, not the user's three hundred");
    });
}

/// Fault F20: each API key had a thousand of its own, and a made-up key had the database read for free.
#[test]
fn all_keys_of_an_owner_share_the_owners_limit_and_made_up_ones_count_for_the_address() {
    limited(&["--trusted-proxies", "127.0.0.1"], async |app| {
        let user = app.admin_a().await;
        let made = async |name: &str| {
            user.post("/api/v1/tenants/adm/api-keys", &json!({"key_name": name})).await.ok(201)["api_key"].as_str().unwrap().to_owned()
        };
        let keys = [made("하나").await, made("둘").await, made("셋").await];
        let ask = async |key: &str, address: &str| {
            app.stranger().request(Method::GET, ME).header("X-Forwarded-For", address).header("x-api-key", key).send().await
        };
        // three were asked for by the user
        for n in 1..=30 {
            let answer = ask(&keys[n as usize % 3], "192.0.2.1").await;
            assert_eq!((answer.status, standing(&answer)), (200, (1000, 997 - n, 3600)));
        }
        let (answered, _) = crate::limits::ask(&user, ME, 967).await;
        assert_eq!(answered, 967);
        for key in &keys {
            let _ = too_many(&ask(key, "192.0.2.1").await);
        }
        let _ = too_many(&user.get(ME).await);
        // made-up keys: of nobody, with another secret, no key at all; the address has a hundred of them
        let other = format!("{}{}", &keys[0][..keys[0].len() - 4], "0000");
        let unknown = format!("cxg_{}_{}", uuid::Uuid::now_v7().simple(), "0".repeat(64));
        for n in 1..=100 {
            let answer = ask([other.as_str(), &unknown, "nonsense"][n as usize % 3], "192.0.2.2").await;
            assert_eq!((answer.status, standing(&answer)), (401, (100, 100 - n, 3600)));
        }
        assert_eq!(too_many(&ask(&unknown, "192.0.2.2").await), 3600);
        // the database is not asked any more: with none there, the answer is the same, where another address waits for it in vain
        app.platform().close();
        let fresh = || format!("cxg_{}_{}", uuid::Uuid::now_v7().simple(), "1".repeat(64));
        let _ = too_many(&ask(&fresh(), "192.0.2.2").await);
        assert!(ask(&fresh(), "192.0.2.3").await.status >= 500);
    });
}

#[test]
fn a_script_of_another_origin_may_read_how_it_stands() {
    limited(&["--cors-origins", "https://console.example"], async |app| {
        let ask = || app.stranger().request(Method::GET, ME).header("Origin", "https://console.example").send();
        for n in 0..101 {
            let answer = ask().await;
            assert_eq!(answer.status, if n < 100 { 401 } else { 429 });
            assert_eq!(answer.header("access-control-allow-origin"), "https://console.example", "{:?}", answer.headers);
            assert!(
                answer.header("access-control-expose-headers").to_lowercase().contains("x-ratelimit-remaining"),
                "{:?}",
                answer.headers
            );
        }
    });
}

#[test]
fn a_hundred_at_once_are_counted_exactly() {
    limited(&[], async |app| {
        let callers: Vec<Caller> = (0..8).map(|_| Caller::stranger(&app.stranger().base)).collect();
        let answers = futures_util::future::join_all(callers.iter().map(|caller| ask(caller, ME, 20))).await;
        assert_eq!(answers.iter().map(|(answered, _)| answered).sum::<usize>(), 100);
    });
}

#[test]
fn a_proxy_that_is_no_address_ends_the_start() {
    use testkit::{Program, temporary_folder};
    let arguments = ["--data-dir", &temporary_folder().display().to_string(), "--trusted-proxies", "10.0.0.0/8,proxy"].map(String::from);
    let said = Program::run(&arguments, &[]).badly();
    assert!(said.contains("CXG_TRUSTED_PROXIES") && said.contains("proxy"), "{said}");
}
