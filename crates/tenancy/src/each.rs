use kernel::Result;
use std::fmt::Debug;

/// Does something for each company (or realm) of a list, and answers the first failure when all are done: what fails for one delays no other.
///
/// # Errors
/// The first failure; each is logged.
pub async fn for_each<T: Copy + Debug>(what: &str, all: impl IntoIterator<Item = T>, work: impl AsyncFn(T) -> Result<()>) -> Result<()> {
    let mut failed = Ok(());
    for one in all {
        if let Err(error) = work(one).await {
            tracing::error!(what, ?one, cause = error.cause(), %error, "failed for one; the others go on");
            failed = failed.and(Err(error));
        }
    }
    failed
}
