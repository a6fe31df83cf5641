//! Who a request comes from, and how many of them are answered.

mod addresses;
mod nodes;
mod requests;
mod windows;

use actix_web::rt::System;
use testkit::{Answer, Backend, TestApp};

/// One story with an app that limits.
fn limited<F: Future<Output = ()>>(more: &[&str], story: impl FnOnce(TestApp) -> F) {
    System::new().block_on(async {
        let app = TestApp::start_with(Backend::Sqlite, &[&["--rate-limit", "on"], more].concat()).await;
        story(app.clone()).await;
        app.stop().await;
    });
}

/// Limit, what remains, and seconds until more is free, as the headers say.
#[track_caller]
fn standing(answer: &Answer) -> (u32, u32, u32) {
    let number = |name: &str| answer.header(name).parse().unwrap_or_else(|_| panic!("{name}: {answer:?}"));
    (number("x-ratelimit-limit"), number("x-ratelimit-remaining"), number("x-ratelimit-reset"))
}

/// 429, with the seconds after which trying again makes sense.
#[track_caller]
fn too_many(answer: &Answer) -> u32 {
    let detail = answer.refused(429, "RATE_LIMITED");
    let (limit, remaining, reset) = standing(answer);
    assert_eq!((detail["limit"].as_u64(), remaining), (Some(u64::from(limit)), 0), "{answer:?}");
    let wait = answer.header("retry-after").parse().unwrap_or_else(|_| panic!("no Retry-After: {answer:?}"));
    assert_eq!(wait, reset.max(1), "{answer:?}");
    wait
}

/// Asks `times` times; how often it was answered, and the last answer.
async fn ask(caller: &testkit::Caller, path: &str, times: usize) -> (usize, Answer) {
    let mut answered = 0;
    let mut last = caller.get(path).await;
    for n in 0..times {
        answered += usize::from(last.status != 429);
        if n + 1 < times {
            last = caller.get(path).await;
        }
    }
    (answered, last)
}
