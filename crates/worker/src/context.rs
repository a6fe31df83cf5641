use auth::Platform;
use kernel::{Result, boxed};
use std::{path::PathBuf, time::Duration};
use tokio::time::sleep;
use uuid::Uuid;

/// How often it is looked whether the platform serves.
const LOOK: Duration = Duration::from_millis(500);

/// What consumers and jobs work with.
#[derive(Clone)]
pub struct Context {
    pub platform: Platform,
    /// Where files go: signed heads of the audit.
    pub data_dir: PathBuf,
}

impl Context {
    /// Waits while the platform does not serve: it is not up yet, or about to stop.
    #[boxed(?Send)]
    pub async fn ready(&self) {
        while !self.platform.is_ready() {
            sleep(LOOK).await;
        }
    }

    /// Whether a company is there and not suspended; the provider itself always is served.
    #[boxed(?Send)]
    pub async fn is_served(&self, company: Option<Uuid>) -> Result<bool> {
        let Some(id) = company else { return Ok(true) };
        Ok(self.platform.directory().by_id(id).await?.is_some_and(|company| company.served().is_ok()))
    }
}
