//! Thousands of sequences of what a company does to its books (draft, post, reverse, close, reopen, issue, amend, cancel, pay, allocate,
//! unallocate, revalue …) on both databases at once, beside a small model in memory that knows what must come of it: which step is accepted and
//! which is refused for what, and after each sequence every balance, every open item, what was paid of every invoice. What one database
//! answers the other answers, but for ids and moments.
//!
//! `SEQUENCES=10000` says how many (`just sequences`), `PROPTEST_RNG_SEED` begins where another run began. What fails is made shorter in
//! companies of its own, and printed with the seed.

mod acts;
mod books;
mod looking;
mod model;
mod money;

use acts::{Act, At};
use books::Books;
use model::{Model, Step};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::BTreeMap,
    env,
    fmt::Write as _,
    time::{Duration, Instant},
};
use testkit::{Answer, Backend, TestApp};

/// How many when nobody says it: as many as a run of all tests has time for.
const SEQUENCES: u32 = 80;
/// Sequences in one company: longer, and looking it over takes more time than a new one.
const IN_ONE: usize = 16;
/// After how many all entries are looked over, from the first one on.
const VERIFIED: usize = 5;

/// How long a sequence that failed is made shorter.
const PATIENCE: Duration = Duration::from_secs(90);

/// A company that is on both databases, and what it should be.
struct Company {
    books: [Books; 2],
    model: Model,
    /// What ids stand for: the how-manieth was told first.
    known: [BTreeMap<String, usize>; 2],
    sequences: usize,
}

/// How often which act came to what.
type Tally = BTreeMap<String, usize>;

/// Two servers, with the companies that are new on them.
struct World {
    apps: [TestApp; 2],
    new: usize,
    company: Option<Company>,
    /// Which way to round the next company has.
    rules: usize,
    tally: Tally,
}

/// The next company begins.
async fn renewed(world: &mut World) {
    if world.new == 0 {
        for (app, backend) in world.apps.iter_mut().zip([Backend::Sqlite, Backend::Postgres]) {
            app.stop().await;
            *app = TestApp::start(backend).await;
        }
        world.new = 2;
    }
    world.new -= 1;
    let is_first = world.new == 1;
    let caller = async |app: &TestApp| if is_first { app.admin_a().await } else { app.admin_b().await };
    let rules = money::RULES[world.rules % money::RULES.len()];
    world.rules += 1;
    let books = [Books::new(caller(&world.apps[0]).await, rules).await, Books::new(caller(&world.apps[1]).await, rules).await];
    world.company = Some(Company { books, model: Model::new(rules), known: Default::default(), sequences: 0 });
}

/// Without what differs: ids become the number of their first appearance, moments a word.
fn plain(value: &mut Value, known: &mut BTreeMap<String, usize>) {
    match value {
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => {
            let next = known.len();
            *text = format!("#{}", known.entry(text.clone()).or_insert(next));
        }
        Value::String(text) if text.len() > 19 && kernel::Timestamp::parse(text).is_ok() => "moment".clone_into(text),
        Value::Array(all) => all.iter_mut().for_each(|value| plain(value, known)),
        Value::Object(fields) => fields.values_mut().for_each(|value| plain(value, known)),
        _ => {}
    }
}

/// Why it was refused: `409 <rule>` or `422 <field>`.
fn reason(answer: &Answer) -> String {
    let detail = &answer.json["detail"];
    let why = if answer.status == 422 { &detail["errors"][0]["field"] } else { &detail["rule"] };
    format!("{} {}", answer.status, why.as_str().unwrap_or_default())
}

fn must(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

impl Company {
    async fn step(&mut self, step: &Step, tally: &mut Tally) -> Result<(), String> {
        let [one, two] = &mut self.books;
        let answers: [Answer; 2] = futures_util::future::join(one.send(&self.model, step), two.send(&self.model, step)).await.into();
        let told = [0, 1].map(|at| {
            let mut told = serde_json::json!([answers[at].status, answers[at].json["data"], answers[at].json["detail"]]);
            plain(&mut told, &mut self.known[at]);
            told
        });
        must(told[0] == told[1], || format!("SQLite and PostgreSQL differ:\n{}\n{}", told[0], told[1]))?;
        let answer = &answers[0];
        let accepted = answer.status < 300;
        let name: String = format!("{step:?}").chars().take_while(|letter| letter.is_alphabetic()).collect();
        *tally.entry(format!("{name} {}", if accepted { "ok".to_owned() } else { reason(answer) })).or_default() += 1;
        match self.model.act(step) {
            Ok(says) => {
                must(accepted, || format!("refused, and should not be: {answer:?}"))?;
                looking::says(&answer.json["data"], &says).map_err(|error| format!("{error}: {answer:?}"))?;
            }
            Err(reasons) => {
                must(reasons.contains(&reason(answer)), || format!("should be refused for one of {reasons:?}: {answer:?}"))?;
            }
        }
        must(self.model.untied() == (0, 0), || format!("the model's own items and accounts do not tie: {:?}", self.model.untied()))?;
        if accepted {
            for (books, answer) in self.books.iter_mut().zip(&answers) {
                books.learn(&self.model, step, answer);
            }
            looking::learn_dues(&mut self.model, step, answer);
        }
        Ok(())
    }

    async fn play(&mut self, acts: &[Act], day: At, tally: &mut Tally) -> Result<(), String> {
        for month in self.model.begin() {
            for books in &self.books {
                books.reopen(month).await;
            }
        }
        let mut done = String::new();
        for act in acts {
            let Some(step) = self.model.resolve(act) else { continue };
            let _ = write!(done, "\n  {step:?}");
            self.step(&step, tally).await.map_err(|error| format!("{error}\nafter{done}"))?;
        }
        // what is wrong there stays wrong
        let every_entry = self.sequences.is_multiple_of(VERIFIED);
        self.sequences += 1;
        let [one, two] = &self.books;
        let mut told: [books::Told; 2] = futures_util::future::join(one.look(day, every_entry), two.look(day, every_entry)).await.into();
        for (told, known) in told.iter_mut().zip(&mut self.known) {
            told.values_mut().for_each(|value| plain(value, known));
        }
        for (what, of) in &told[0] {
            must(*of == told[1][what], || format!("SQLite and PostgreSQL differ in {what}:\n{of}\n{}\nafter{done}", told[1][what]))?;
        }
        looking::compare(&self.model, &told[0], day).map_err(|error| format!("{error}\nafter{done}"))
    }
}

async fn play(world: &mut World, acts: &[Act], day: At) -> Result<(), String> {
    if world.company.as_ref().is_none_or(|company| company.sequences >= IN_ONE) {
        renewed(world).await;
    }
    let company = world.company.as_mut().unwrap();
    let (number, rules) = (company.sequences, company.model.rules);
    let verdict = company.play(acts, day, &mut world.tally).await;
    if verdict.is_err() {
        // nobody knows what is in it now; the next rounds as it did, to see the same happen
        (world.company, world.new, world.rules) = (None, 0, world.rules - 1);
    }
    verdict.map_err(|error| format!("{error}\nin sequence {number} of a company with {rules:?}"))
}

/// Drops one act after the other while what is left still fails in a company of its own.
async fn shortened(world: &mut World, mut acts: Vec<Act>, day: At, mut why: String) -> (Vec<Act>, String) {
    println!("{why}\nis being made shorter");
    let (since, rules) = (Instant::now(), world.rules);
    for at in (0..acts.len()).rev().take_while(|_| since.elapsed() < PATIENCE) {
        (world.company, world.new, world.rules) = (None, 0, rules);
        let mut fewer = acts.clone();
        fewer.remove(at);
        if let Err(error) = play(world, &fewer, day).await {
            (acts, why) = (fewer, error);
        }
    }
    (acts, why)
}

#[expect(clippy::disallowed_methods, reason = "how long a test may take is no setting of the product")]
fn said(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

#[test]
fn the_books_are_what_a_small_model_says_on_both_databases() {
    let cases = said("SEQUENCES").and_then(|count| u32::try_from(count).ok()).unwrap_or(SEQUENCES);
    let seed = said("PROPTEST_RNG_SEED").unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0);
    let system = actix_web::rt::System::new();
    let world = RefCell::new(system.block_on(async {
        let apps = [TestApp::start(Backend::Sqlite).await, TestApp::start(Backend::Postgres).await];
        World { apps, new: 2, company: None, rules: 0, tally: Tally::new() }
    }));
    // made shorter by ourselves: an act that is gone must not turn the others into something else
    let config = Config { cases, rng_seed: RngSeed::Fixed(seed), max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    let verdict = TestRunner::new(config)
        .run(&acts::sequence(), |(acts, day)| system.block_on(play(&mut world.borrow_mut(), &acts, day)).map_err(TestCaseError::fail));
    // with --nocapture: what was gone through
    for (what, count) in &world.borrow().tally {
        println!("{count:>7} {what}");
    }
    let failed = match verdict {
        Err(TestError::Fail(why, (acts, day))) => Some(system.block_on(shortened(&mut world.borrow_mut(), acts, day, why.to_string()))),
        verdict => verdict.map(|()| None).unwrap(),
    };
    let world = world.into_inner();
    system.block_on(async {
        for app in &world.apps {
            app.stop().await;
        }
    });
    if let Some((acts, why)) = failed {
        panic!("PROPTEST_RNG_SEED={seed} SEQUENCES={cases}\n{why}\nwhich was drawn as {acts:?}");
    }
}
