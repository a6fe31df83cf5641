//! A family of refresh tokens against what it should be: whatever happens in whatever order, one token at most is of use beside its
//! direct parent, and a family that was used twice, left or ended is never alive again.

use kernel::{Realm, Timestamp};
use proptest::{
    prelude::{BoxedStrategy, Just, Strategy as _, any, prop_oneof},
    sample::Index,
    test_runner::{Config, TestCaseError, TestRunner},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::cell::RefCell;
use testkit::{Answer, Backend, Caller, PASSWORD, TestApp};
use uuid::Uuid;

const AUTH: &str = "/api/v1/tenants/auth";
const OTHER_PASSWORD: &str = "copper-meadow-whistle-88";
const DAY: i64 = 24 * 60 * 60;
const WHO: &str = "nobody";

#[derive(Clone, Debug)]
enum Act {
    /// With any token there ever was.
    Refresh(Index),
    /// With the newest but so many.
    RefreshRecent(usize),
    Wait(i64),
    Logout,
    /// In another session of the same user.
    ChangePassword {
        end_others: bool,
    },
    /// And enabled again.
    Disable,
    Restart,
}

fn act() -> BoxedStrategy<Act> {
    prop_oneof![
        4 => any::<Index>().prop_map(Act::Refresh),
        12 => prop_oneof![6 => Just(0_usize), 4 => Just(1), 1 => Just(2)].prop_map(Act::RefreshRecent),
        6 => prop_oneof![1_i64..=9, Just(10), Just(11), Just(899), Just(900)].prop_map(Act::Wait),
        5 => prop_oneof![Just(DAY), Just(5 * DAY), Just(7 * DAY - 1), Just(7 * DAY)].prop_map(Act::Wait),
        1 => Just(Act::Logout),
        1 => any::<bool>().prop_map(|end_others| Act::ChangePassword { end_others }),
        1 => Just(Act::Disable),
        1 => Just(Act::Restart),
    ]
    .boxed()
}

/// What is there beside the family, over all sequences.
struct World {
    app: TestApp,
    company: Uuid,
    user: Uuid,
    /// Of the administrator; keys do not expire while the clock runs.
    key: String,
    passwords: [&'static str; 2],
}

impl World {
    async fn new(backend: Backend) -> Self {
        let app = TestApp::start(backend).await;
        let key = app.admin_a().await.post("/api/v1/tenants/adm/api-keys", &json!({"key_name": "시험"})).await.ok(201)["api_key"].clone();
        let (company, user) = (app.company_a().await.id, app.nobody_a().await.id());
        Self { company, user, key: key.as_str().unwrap().to_owned(), passwords: [PASSWORD, OTHER_PASSWORD], app }
    }

    async fn as_admin(&self, verb: &str) {
        let path = format!("/api/v1/tenants/adm/users/{}/{verb}", self.user);
        let request = self.app.stranger().request(Method::POST, &path).header("x-api-key", &self.key).json(&json!({}));
        let _ = request.send().await.ok(200);
    }

    async fn sign_in(&self) -> Value {
        self.app.stranger().try_sign_in(Some("alpha"), WHO, self.passwords[0]).await.ok(200)
    }
}

/// The family as it should be.
struct Family {
    /// Every token there was; the last is the leaf.
    tokens: Vec<String>,
    access: Caller,
    began: Timestamp,
    used: Timestamp,
    ended: bool,
}

impl Family {
    fn alive(&self, now: Timestamp) -> bool {
        !self.ended && now < self.began.plus_seconds(30 * DAY) && now < self.used.plus_seconds(7 * DAY)
    }

    fn take(&mut self, answer: &Value, caller: &Caller, now: Timestamp) {
        self.tokens.push(answer["refresh_token"].as_str().unwrap().to_owned());
        self.access = caller.holding(answer);
        self.used = now;
    }

    async fn refresh(&mut self, world: &World, at: usize) -> Result<(), String> {
        let (now, request) = (world.app.now(), Uuid::now_v7());
        let sending = world.app.stranger().request(Method::POST, &format!("{AUTH}/refresh")).header("x-request-id", request.to_string());
        let answer: Answer = sending.json(&json!({"refresh_token": self.tokens[at]})).send().await;
        let (leaf, alive) = (self.tokens.len() - 1, self.alive(now));
        let fresh_parent = at + 1 == leaf && now <= self.used.plus_seconds(10);
        if alive && at == leaf {
            must(answer.status == 200, || format!("the leaf is refused: {answer:?}"))?;
            let child = answer.ok(200);
            must(self.tokens.iter().all(|known| *known != child["refresh_token"]), || "a token came twice".to_owned())?;
            self.take(&child, &world.app.stranger(), now);
        } else if alive && fresh_parent {
            must(answer.status == 200, || format!("a lost answer is not given again: {answer:?}"))?;
            must(answer.ok(200)["refresh_token"] == self.tokens[leaf], || "another child of one parent".to_owned())?;
        } else {
            must(answer.status == 401, || format!("token {at} of {leaf} is taken, alive {alive}: {answer:?}"))?;
            self.ended = true;
        }
        let theft = alive && at != leaf && !fresh_parent;
        if answer.status == 200 || (!alive && at != leaf) {
            return Ok(()); // reading what was left behind takes its time
        }
        let events = world.app.published(Realm::Tenant, Some(world.company), request).await;
        let told = events.iter().any(|event| event.kind == "auth.refresh.reused");
        must(told == theft, || format!("a theft {theft}, and it was told {told}"))?;
        let audits = world.app.audits(Realm::Tenant, Some(world.company), request).await;
        must(theft == audits.iter().any(|audit| audit.result == "BLOCKED"), || format!("a theft {theft}, and the audit has {audits:?}"))
    }

    async fn act(&mut self, world: &mut World, act: &Act) -> Result<(), String> {
        match act {
            Act::Refresh(index) => self.refresh(world, index.index(self.tokens.len())).await?,
            Act::RefreshRecent(back) => self.refresh(world, (self.tokens.len() - 1).saturating_sub(*back)).await?,
            Act::Wait(seconds) => world.app.clock().advance(*seconds),
            Act::Logout => {
                let answer = self.access.post(&format!("{AUTH}/logout"), &json!({})).await;
                must([200, 401].contains(&answer.status), || format!("{answer:?}"))?;
                self.ended |= answer.status == 200;
            }
            Act::ChangePassword { end_others } => {
                let other = world.app.stranger().holding(&world.sign_in().await);
                let [old, new] = world.passwords;
                let change = json!({"current_password": old, "new_password": new, "end_other_sessions": end_others});
                let _ = other.post(&format!("{AUTH}/change-password"), &change).await.ok(200);
                world.passwords = [new, old];
                self.ended |= end_others;
            }
            Act::Disable => {
                world.as_admin("deactivate").await;
                let leaf = self.tokens.len() - 1;
                let was = std::mem::replace(&mut self.ended, true);
                self.refresh(world, leaf).await.map_err(|error| format!("while disabled (ended before: {was}): {error}"))?;
                world.as_admin("activate").await;
            }
            Act::Restart => {
                world.app = world.app.clone().restarted().await;
                self.access.base = world.app.stranger().base;
            }
        }
        self.look(world).await
    }

    /// The access token is worth something as long as it lives and the family does.
    async fn look(&self, world: &World) -> Result<(), String> {
        let now = world.app.now();
        if now >= self.began.plus_seconds(30 * DAY) {
            return Ok(()); // a node believes half a second, and the clock jumps
        }
        let worth = !self.ended && now < self.used.plus_seconds(15 * 60);
        let answer = self.access.get(&format!("{AUTH}/me")).await;
        must(answer.status == if worth { 200 } else { 401 }, || format!("worth {worth}: {answer:?}"))
    }
}

fn must(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

async fn play(world: &mut World, acts: &[Act]) -> Result<(), String> {
    let tokens = world.sign_in().await;
    let now = world.app.now();
    let mut family = Family { tokens: Vec::new(), access: world.app.stranger(), began: now, used: now, ended: false };
    family.take(&tokens, &world.app.stranger(), now);
    for (at, act) in acts.iter().enumerate() {
        family.act(world, act).await.map_err(|error| format!("act {at}, {act:?}: {error}"))?;
    }
    // and of all there ever was, one at most: the leaf first, then the dead
    let alive = family.alive(world.app.now());
    let leaf = family.tokens.len() - 1;
    family.refresh(world, leaf).await?;
    must(alive != family.ended, || "the leaf and the family disagree".to_owned())?;
    world.app.clock().advance(11);
    for at in 0..=leaf {
        family.refresh(world, at).await?;
    }
    must(family.ended, || "old tokens have not ended it".to_owned())
}

fn families(backend: Backend, cases: u32) {
    let system = actix_web::rt::System::new();
    let world = RefCell::new(system.block_on(World::new(backend)));
    let config = Config { cases, max_shrink_iters: 150, failure_persistence: None, ..Config::default() };
    let sequences = proptest::collection::vec(act(), 1..14);
    let verdict =
        TestRunner::new(config).run(&sequences, |acts| system.block_on(play(&mut world.borrow_mut(), &acts)).map_err(TestCaseError::fail));
    system.block_on(world.borrow().app.stop());
    verdict.unwrap_or_else(|error| panic!("{error}"));
}

mod a_family_has_one_leaf_and_never_comes_back {
    use super::{Backend, families};

    #[test]
    fn on_sqlite() {
        families(Backend::Sqlite, 60);
    }

    #[test]
    fn on_postgres() {
        families(Backend::Postgres, 10);
    }
}

testkit::both! {
    async fn twenty_refreshes_at_once_are_one(app: TestApp) {
        for (realm, company, username) in [("manager", None, "admin"), ("tenants", Some("alpha"), "boss")] {
            let first = app.stranger().try_sign_in(company, username, PASSWORD).await.ok(200);
            let path = format!("/api/v1/{realm}/auth/refresh");
            let ask = async || app.stranger().post(&path, &json!({"refresh_token": first["refresh_token"]})).await;
            let answers = futures_util::future::join_all((0..20).map(|_| ask())).await;
            let child = answers[0].ok(200)["refresh_token"].clone();
            for answer in &answers {
                let tokens = answer.ok(200);
                assert_eq!(tokens["refresh_token"], child, "all of them have the same child");
                let _ = app.stranger().holding(&tokens).get(&format!("/api/v1/{realm}/auth/me")).await.ok(200);
            }
            // it has moved on by one, and the child is its leaf
            app.clock().advance(11);
            let grandchild = app.stranger().post(&path, &json!({"refresh_token": child})).await.ok(200);
            assert_ne!(grandchild["refresh_token"], child);
            let _ = app.stranger().post(&path, &json!({"refresh_token": grandchild["refresh_token"]})).await.ok(200);
        }
    }
}
