//! What goes on beside the requests: the worker, with all consumers, jobs and queues there are.

use crate::{consumers::consumers, jobs::jobs};
use audt::auditing::{self, HeadFile, Missed};
use futures_util::future::join;
use kernel::{Realm, boxed};
use std::time::Duration;
use tokio::time::sleep;
use worker::{Context, WorkQueue, Worker, back_off};

/// Until the heads of the audit that were missed are looked for again.
const AGAIN: Duration = Duration::from_secs(1);

/// The queues: chunks of imports.
fn queues() -> Vec<WorkQueue> {
    vec![WorkQueue {
        process: |work| {
            Box::pin(async move {
                let is_served = async |company| work.is_served(Some(company)).await;
                resource::import::work(work.platform.database(Realm::Tenant), is_served).await
            })
        },
    }]
}

/// The worker of the platform.
#[must_use]
pub fn worker(work: Context) -> Worker {
    Worker::new(work, consumers(), jobs(), queues())
}

/// Works until it is dropped. What fails is logged and comes round again.
#[boxed(?Send)]
pub async fn run(work: Context) {
    work.ready().await;
    let heads = HeadFile::in_data_dir(&work.data_dir);
    // before anything is sealed: afterwards it cannot be seen any more what was missed
    let mut missed = loop {
        match auditing::missed_heads(&work.platform, &heads).await {
            Ok(missed) => break missed,
            Err(error) => tracing::warn!(%error, "which heads of the audit are to be exported cannot be seen now"),
        }
        sleep(AGAIN).await;
    };
    export(&work, &heads, &mut missed).await;
    // side by side: neither waits for a company whose heads fail
    join(keep_exporting(&work, &heads, missed), worker(work.clone()).run()).await;
}

async fn export(work: &Context, heads: &HeadFile, missed: &mut Missed) {
    if let Err(error) = auditing::export_missed(&work.platform, heads, missed).await {
        tracing::warn!(%error, "heads of the audit could not all be exported; they will be");
    }
}

async fn keep_exporting(work: &Context, heads: &HeadFile, mut missed: Missed) {
    let mut failures = 0;
    while !missed.is_empty() {
        sleep(Duration::from_secs(back_off(failures).unsigned_abs())).await;
        failures += 1;
        export(work, heads, &mut missed).await;
    }
}
