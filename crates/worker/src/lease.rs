use kernel::Result;
use std::time::Duration;
use tokio::time::{Instant, interval_at};

/// Does the work while its lease is renewed: beside it, never in its way. On SQLite both write by one connection, and the work may keep it
/// for longer than a renewal waits.
pub(crate) async fn leased<T>(work: impl Future<Output = T>, every: Duration, renew: impl AsyncFn() -> Result<()>) -> T {
    let renewing = async {
        let mut ticks = interval_at(Instant::now() + every, every);
        loop {
            ticks.tick().await;
            if let Err(error) = renew().await {
                tracing::debug!(%error, "a lease was not renewed");
            }
        }
    };
    tokio::select! {
        done = work => done,
        never = renewing => never,
    }
}
