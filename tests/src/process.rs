//! What stories about the program itself share.

use std::{
    path::Path,
    time::{Duration, Instant},
};
use testkit::{Answer, Caller};

/// Long enough for a slow machine, short enough to notice that it never comes.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Words of the command line.
pub fn words(text: &[&str]) -> Vec<String> {
    text.iter().map(|word| (*word).to_owned()).collect()
}

/// Arguments of a first start on SQLite: a folder, any port.
pub fn in_folder(folder: &Path) -> Vec<String> {
    words(&["--data-dir", &folder.display().to_string(), "--bind", "127.0.0.1:0"])
}

/// Runs a story that starts no app of its own.
pub fn block_on<F: Future<Output = ()>>(story: F) {
    actix_web::rt::System::new().block_on(story);
}

/// Asks until the answer has this status.
pub async fn until(caller: &Caller, path: &str, status: u16) -> Answer {
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
