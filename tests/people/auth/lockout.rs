//! Guessing is slow: five failures lock, for a growing time, an account and the network they came from.

use super::told;
use futures_util::future::join_all;
use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use store::{Context, Sql};
use testkit::{Answer, PASSWORD, TestApp, both};

const WRONG: &str = "something else entirely";
const SIDES: [(Option<&str>, &str); 2] = [(None, "guest"), (Some("alpha"), "nobody")];

/// Seconds of the lock, of an answer that must be one.
#[track_caller]
fn locked(answer: &Answer) -> i64 {
    let detail = answer.refused(423, "ACCOUNT_LOCKED");
    assert!(kernel::Timestamp::parse(detail["locked_until"].as_str().unwrap()).is_ok(), "{answer:?}");
    answer.header("retry-after").parse().unwrap()
}

async fn wrong(app: &TestApp, company: Option<&str>, username: &str) -> Answer {
    app.stranger().try_sign_in(company, username, WRONG).await
}

async fn right(app: &TestApp, company: Option<&str>, username: &str) -> Answer {
    app.stranger().try_sign_in(company, username, PASSWORD).await
}

/// A sign-in with a device's cookie; or with something that looks like one.
async fn with_cookie(app: &TestApp, username: &str, password: &str, cookie: &str) -> Answer {
    let body = json!({"tenant": "alpha", "username": username, "password": password});
    let stranger = app.stranger();
    stranger.request(Method::POST, "/api/v1/tenants/auth/login").header("cookie", format!("a=b; {cookie}; c=d")).json(&body).send().await
}

/// The cookie a sign-in leaves: name and value.
fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

both! {
    async fn five_failures_lock_for_a_growing_time_and_a_success_ends_it(app: TestApp) {
        for (company, username) in SIDES {
            for _ in 0..4 {
                wrong(&app, company, username).await.refused(401, "UNAUTHORIZED");
            }
            // a success before the fifth forgets the four
            let _ = right(&app, company, username).await.ok(200);
            for _ in 0..5 {
                wrong(&app, company, username).await.refused(401, "UNAUTHORIZED");
            }
            for minutes in [1, 2, 4, 8, 16, 30, 30] {
                assert_eq!(locked(&right(&app, company, username).await), minutes * 60, "the right password does not help");
                app.clock().advance(minutes * 60 - 1);
                assert_eq!(locked(&wrong(&app, company, username).await), 1);
                app.clock().advance(1);
                wrong(&app, company, username).await.refused(401, "UNAUTHORIZED");
            }
            app.clock().advance(30 * 60);
            let _ = right(&app, company, username).await.ok(200);
            wrong(&app, company, username).await.refused(401, "UNAUTHORIZED");
            let _ = right(&app, company, username).await.ok(200);
        }
    }

    /// Fault F11: what was typed was counted, so that user name and e-mail address gave ten tries instead of five.
    async fn name_and_address_of_one_account_are_counted_together(app: TestApp) {
        for (company, username, email) in [(None, "guest", "guest@provider.example"), (Some("alpha"), "nobody", "nobody@alpha.example")] {
            let shouted = format!(" {} ", email.to_uppercase());
            for typed in [username, email, &shouted, username, email] {
                wrong(&app, company, typed).await.refused(401, "UNAUTHORIZED");
            }
            for typed in [username, email] {
                assert_eq!(locked(&right(&app, company, typed).await), 60, "{typed}");
            }
            // a success under either name forgets what was counted under the other
            app.clock().advance(60);
            let _ = right(&app, company, email).await.ok(200);
            for typed in [username, email, username, email] {
                wrong(&app, company, typed).await.refused(401, "UNAUTHORIZED");
            }
            let _ = right(&app, company, username).await.ok(200);
        }
    }

    async fn failures_are_forgotten_after_half_a_day(app: TestApp) {
        for _ in 0..4 {
            wrong(&app, Some("alpha"), "nobody").await.refused(401, "UNAUTHORIZED");
        }
        app.clock().advance(12 * 60 * 60 + 1);
        for _ in 0..4 {
            wrong(&app, Some("alpha"), "nobody").await.refused(401, "UNAUTHORIZED");
        }
        let _ = right(&app, Some("alpha"), "nobody").await.ok(200);
    }

    async fn a_name_that_nobody_has_locks_just_the_same(app: TestApp) {
        let mut tales: Vec<Vec<Value>> = Vec::new();
        for (company, username) in [("alpha", "nobody"), ("alpha", "nobody-at-all"), ("no-such-company", "boss")] {
            let mut tale = Vec::new();
            for _ in 0..7 {
                let answer = wrong(&app, Some(company), username).await;
                tale.push(json!([answer.status, told(&answer), answer.header("retry-after"), answer.header("set-cookie")]));
            }
            tales.push(tale);
        }
        assert_eq!(tales[0], tales[1]);
        assert_eq!(tales[0], tales[2]);
        assert_eq!(tales[0].iter().filter(|answer| answer[0] == 423).count(), 2);
        // nobody else is locked with them, not the same name elsewhere either
        let _ = right(&app, Some("alpha"), "boss").await.ok(200);
        let _ = right(&app, Some("bravo"), "boss").await.ok(200);
    }

    async fn of_fifty_guesses_at_once_five_are_looked_at(app: TestApp) {
        let answers = join_all((0..50).map(|_| wrong(&app, Some("alpha"), "nobody"))).await;
        let refused = answers.iter().filter(|answer| answer.status == 401).count();
        let locks = answers.iter().filter(|answer| answer.status == 423).count();
        assert_eq!((refused, locks), (5, 45), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        locked(&right(&app, Some("alpha"), "nobody").await);
        let company = app.company_a().await.id;
        let mut sql = Sql::new("SELECT id FROM adm_login_logs WHERE attempt_type = 'FAILED_LOGIN' AND tenant_id = ");
        sql.bind(company);
        assert_eq!(app.database(Realm::Tenant).read(Some(company)).await.unwrap().raw_all(sql).await.unwrap().len(), 5);
    }

    async fn who_knows_the_password_may_come_in_many_times_at_once(app: TestApp) {
        let answers = join_all((0..20).map(|_| right(&app, Some("alpha"), "nobody"))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    }

    async fn the_owner_gets_in_on_a_known_device_while_strangers_are_locked_out(app: TestApp) {
        let first = right(&app, Some("alpha"), "nobody").await;
        let _ = first.ok(200);
        let set = first.header("set-cookie");
        assert!(set.starts_with("cxg_device=") && set.ends_with("; HttpOnly; SameSite=Strict; Path=/api; Max-Age=31536000"), "{set}");
        let device = cookie_of(&first);
        let elsewhere = cookie_of(&right(&app, Some("alpha"), "boss").await);
        for _ in 0..5 {
            wrong(&app, Some("alpha"), "nobody").await.refused(401, "UNAUTHORIZED");
        }
        locked(&right(&app, Some("alpha"), "nobody").await);
        for useless in [&elsewhere, "cxg_device=", "cxg_device=AAAA", &format!("{device}A"), &device.replace("cxg_device", "other")] {
            locked(&with_cookie(&app, "nobody", PASSWORD, useless).await);
        }
        let again = with_cookie(&app, "nobody", PASSWORD, &device).await;
        let _ = again.ok(200);
        assert_eq!(cookie_of(&again), device, "the device keeps its number");
        locked(&right(&app, Some("alpha"), "nobody").await);
        // a device that was stolen is no way around the lock
        for _ in 0..5 {
            with_cookie(&app, "nobody", WRONG, &device).await.refused(401, "UNAUTHORIZED");
        }
        locked(&with_cookie(&app, "nobody", PASSWORD, &device).await);
    }

    async fn above_fifty_failures_in_an_hour_only_known_devices_are_let_in(app: TestApp) {
        let device = cookie_of(&right(&app, Some("alpha"), "nobody").await);
        wrong(&app, Some("alpha"), "nobody").await.refused(401, "UNAUTHORIZED");
        // fifty networks are more than a test has: their sum stands in the one row that is nobody's network
        let as_if = Context::system(Realm::Manager, None, "test");
        app.database(Realm::Manager)
            .write(&as_if, async |tx| tx.raw_execute(Sql::new("UPDATE auth_login_throttles SET failures = failures + 49")).await)
            .await
            .unwrap();
        wrong(&app, Some("alpha"), "nobody").await.refused(401, "UNAUTHORIZED");
        // the network is locked for half an hour, the account for an hour
        app.clock().advance(31 * 60);
        assert_eq!(locked(&right(&app, Some("alpha"), "nobody").await), 29 * 60);
        let _ = with_cookie(&app, "nobody", PASSWORD, &device).await.ok(200);
        let _ = right(&app, Some("alpha"), "boss").await.ok(200);
        app.clock().advance(29 * 60 + 1);
        let _ = right(&app, Some("alpha"), "nobody").await.ok(200);
    }

    async fn a_stolen_session_does_not_find_out_the_password(app: TestApp) {
        for (company, username) in SIDES {
            let caller = app.stranger().sign_in(company, username, PASSWORD).await;
            let realm = if company.is_some() { "tenants" } else { "manager" };
            let path = format!("/api/v1/{realm}/auth/change-password");
            let change = |current: &str| json!({"current_password": current, "new_password": "copper-meadow-whistle-88"});
            for _ in 0..5 {
                assert_eq!(caller.post(&path, &change(WRONG)).await.wrong_fields(), ["current_password"]);
            }
            assert_eq!(locked(&caller.post(&path, &change(PASSWORD)).await), 60);
            // signing in is another matter
            let _ = right(&app, company, username).await.ok(200);
            app.clock().advance(60);
            let _ = caller.post(&path, &change(PASSWORD)).await.ok(200);
        }
    }

    async fn a_new_password_from_an_administrator_unlocks(app: TestApp) {
        let person = tests::people::somebody_of_a(&app, &[]).await;
        for _ in 0..5 {
            wrong(&app, Some("alpha"), &person.username).await.refused(401, "UNAUTHORIZED");
        }
        locked(&right(&app, Some("alpha"), &person.username).await);
        let path = format!("/api/v1/tenants/adm/users/{}/reset-password", person.id());
        let _ = app.admin_a().await.post(&path, &json!({"new_password": "copper-meadow-whistle-88"})).await.ok(200);
        let _ = app.stranger().sign_in(Some("alpha"), &person.username, "copper-meadow-whistle-88").await;
    }
}
