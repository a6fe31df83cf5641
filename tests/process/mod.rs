//! The program itself: how it starts, what it refuses, its commands, and what being killed leaves behind.

mod away;
mod bounds;
mod canary;
mod commands;
mod folder;
mod killed;
mod postings;
mod starting;
mod working;

use std::{
    path::Path,
    time::{Duration, Instant},
};
use testkit::{Answer, Caller};

/// Long enough for a slow machine, short enough to notice that it never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn words(text: &[&str]) -> Vec<String> {
    text.iter().map(|word| (*word).to_owned()).collect()
}

/// Arguments of a first start on SQLite: a folder, any port.
pub(crate) fn in_folder(folder: &Path) -> Vec<String> {
    words(&["--data-dir", &folder.display().to_string(), "--bind", "127.0.0.1:0"])
}

pub(crate) fn block_on<F: Future<Output = ()>>(story: F) {
    actix_web::rt::System::new().block_on(story);
}

/// Asks until the answer has this status.
pub(crate) async fn until(caller: &Caller, path: &str, status: u16) -> Answer {
    let since = Instant::now();
    loop {
        let answer = caller.request(reqwest::Method::GET, path).try_send().await;
        if let Ok(answer) = &answer
            && answer.status == status
        {
            return answer.clone();
        }
        assert!(since.elapsed() < PATIENCE, "{path} does not come to {status}: {answer:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
