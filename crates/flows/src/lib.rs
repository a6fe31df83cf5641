//! What needs two domains, or both databases. Imported by the gateway only.
//!
//! A domain never writes in another one; what must be written in two lives here, as a
//! function with a name from the trade.

pub mod auditing;
pub mod demo;
mod housekeeping;
mod merging;
pub mod provisioning;
pub mod rules;
pub mod schedule;
pub mod subscribers;
mod timeline;
pub mod worker;

pub use auditing::audt_module;
pub use timeline::crm_module;

use envelope::web;
use kernel::Result;
use resource::Module;
use std::fmt::Debug;

/// Does something for each of them, and answers the first failure when all are done: what fails for one company keeps no other waiting.
pub(crate) async fn each<T: Copy + Debug>(what: &str, all: impl IntoIterator<Item = T>, work: impl AsyncFn(T) -> Result<()>) -> Result<()> {
    let mut failed = Ok(());
    for one in all {
        if let Err(error) = work(one).await {
            tracing::error!(what, ?one, cause = error.cause(), %error, "failed for one; the others go on");
            failed = failed.and(Err(error));
        }
    }
    failed
}

/// `tnnt` with the way a company is made.
#[must_use]
pub fn tnnt_module() -> Module {
    Module {
        routes: |cfg| {
            cfg.service(tnnt::scope(web::post().to(provisioning::create)));
        },
        ..tnnt::module()
    }
}
