//! The rounds of a worker.

use crate::{
    back_off::{Failing, Part},
    consumer::Consumer,
    context::Context,
    delivery::{deliver, reason},
    job::{Job, next_run},
    lease::leased,
    queue::WorkQueue,
};
use futures_util::future::{join, join_all};
use kernel::{Code, Error, Realm, Result, boxed};
use std::{cell::RefCell, collections::HashMap, time::Duration};
use store::{delivery, jobs, stream};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// Other nodes publish too, and failures come round again.
const LOOK: Duration = Duration::from_millis(500);
/// How long news may gather after the first: many are dealt with as cheaply as one.
const GATHER: Duration = Duration::from_millis(20);
/// How often a lease is renewed while a job is at work.
const RENEW: Duration = Duration::from_secs(20);

/// A worker. By `node` its leases are known from those of others.
pub struct Worker {
    cx: Context,
    node: Uuid,
    consumers: Vec<Consumer>,
    jobs: Vec<Job>,
    queues: Vec<WorkQueue>,
    failing: Failing,
    /// The company up to which a consumer was served, where more are behind than are answered at once.
    turns: RefCell<HashMap<(&'static str, Realm), Uuid>>,
}

/// What a look has come to.
#[derive(Default)]
struct Looked {
    done: usize,
    /// The first of what failed; the rest was done all the same.
    failed: Option<Error>,
}

impl Worker {
    #[must_use]
    pub fn new(cx: Context, consumers: Vec<Consumer>, jobs: Vec<Job>, queues: Vec<WorkQueue>) -> Self {
        Self { cx, node: store::new_id(), consumers, jobs, queues, failing: Failing::default(), turns: RefCell::default() }
    }

    /// Works until it is dropped. What fails is logged and comes round again.
    #[boxed(?Send)]
    pub async fn run(self) {
        // side by side: consumers of events do not wait for a long import, nor it for them
        join(self.keep_looking(), join_all(self.queues.iter().map(|queue| self.keep_processing(queue)))).await;
    }

    async fn keep_looking(&self) {
        let [manager, tenant] = [Realm::Manager, Realm::Tenant].map(|realm| self.cx.platform.database(realm).published());
        loop {
            self.cx.ready().await;
            // what failed for one company was logged, and the others go on
            match self.look().await.map(|looked| looked.done) {
                Ok(0) => {
                    let news = async {
                        tokio::select! {
                            () = manager.notified() => {}
                            () = tenant.notified() => {}
                        }
                    };
                    if timeout(LOOK, news).await.is_ok() {
                        sleep(GATHER).await;
                    }
                }
                Ok(_) => sleep(GATHER).await,
                Err(error) => rest(&error).await,
            }
        }
    }

    async fn keep_processing(&self, queue: &WorkQueue) {
        loop {
            self.cx.ready().await;
            match (queue.process)(&self.cx).await {
                Ok(0) => sleep(LOOK).await,
                Ok(_) => tokio::task::yield_now().await,
                Err(error) => rest(&error).await,
            }
        }
    }

    /// Does all there is to do now; answers how many events, jobs and pieces of queues it has dealt with.
    #[boxed(?Send)]
    pub async fn settle(&self) -> Result<usize> {
        let mut all = 0;
        loop {
            match self.round().await? {
                0 => return Ok(all),
                done => all += done,
            }
        }
    }

    /// Looks once for everything. An error is answered when all the rest is done.
    #[boxed(?Send)]
    pub async fn round(&self) -> Result<usize> {
        let Looked { mut done, failed } = self.look().await?;
        for queue in &self.queues {
            done += (queue.process)(&self.cx).await?;
        }
        failed.map_or(Ok(done), Err)
    }

    /// Looks once for events and jobs.
    async fn look(&self) -> Result<Looked> {
        let mut looked = Looked::default();
        for realm in [Realm::Manager, Realm::Tenant] {
            let db = self.cx.platform.database(realm);
            for company in stream::unnumbered(db).await? {
                let number = async {
                    while stream::number(db, company).await? > 0 {}
                    Ok(0)
                };
                self.do_part(&mut looked, ("numbers", realm, company), number).await?;
            }
            for consumer in self.consumers.iter().filter(|consumer| consumer.realms.contains(&realm)) {
                for company in self.next_behind(realm, consumer).await? {
                    // boxed: several workers may share one thread's stack
                    let delivered = Box::pin(deliver(&self.cx, self.node, realm, consumer, company));
                    self.do_part(&mut looked, (consumer.name, realm, company), delivered).await?;
                }
            }
        }
        for name in jobs::due(self.cx.platform.database(Realm::Manager)).await? {
            if let Some(job) = self.jobs.iter().find(|job| job.name == name) {
                let run = async { Box::pin(self.run_job(job)).await.map(usize::from) };
                self.do_part(&mut looked, (job.name, Realm::Manager, None), run).await?;
            }
        }
        Ok(looked)
    }

    /// The companies that are behind, those whose turn it is: who cannot be served just now delays nobody that comes after.
    async fn next_behind(&self, realm: Realm, consumer: &Consumer) -> Result<Vec<Option<Uuid>>> {
        let turn = (consumer.name, realm);
        let after = self.turns.borrow().get(&turn).copied();
        let next = delivery::behind(self.cx.platform.database(realm), consumer.name, after).await?;
        match next.last() {
            Some(Some(last)) if next.len() == delivery::COMPANIES_AT_ONCE => self.turns.borrow_mut().insert(turn, *last),
            _ => self.turns.borrow_mut().remove(&turn),
        };
        Ok(next)
    }

    /// Does a part of a round unless it has failed a moment ago. One company's trouble is not the others', nor one job's: what fails is
    /// logged and comes round again, later each time. Only a database that is away ends the round.
    async fn do_part(&self, looked: &mut Looked, part: Part, work: impl Future<Output = Result<usize>>) -> Result<()> {
        let now = self.cx.platform.now();
        if self.failing.is_waiting(&part, now) {
            return Ok(());
        }
        match work.await {
            Ok(done) => {
                looked.done += done;
                self.failing.succeeded(&part);
            }
            Err(error) if error.code() == Code::Unavailable && self.is_away().await => return Err(error),
            Err(error) => {
                let wait = self.failing.failed(part, now);
                let ((what, realm, company), cause) = (part, error.cause());
                let realm = realm.as_str();
                tracing::error!(what, realm, ?company, wait, cause, %error, "a part of the worker's round failed; the rest goes on");
                looked.failed.get_or_insert(error);
            }
        }
        Ok(())
    }

    /// Whether one of the databases does not answer.
    async fn is_away(&self) -> bool {
        for realm in [Realm::Manager, Realm::Tenant] {
            if self.cx.platform.ping(realm).await.is_err() {
                return true;
            }
        }
        false
    }

    /// Runs the tick of a job that is due, if no other node does.
    async fn run_job(&self, job: &Job) -> Result<bool> {
        let db = self.cx.platform.database(Realm::Manager);
        let Some(tick) = jobs::take(db, job.name, self.node).await? else { return Ok(false) };
        let result = leased((job.run)(&self.cx), RENEW, async || tick.renew(db).await).await;
        let error = result.err().map(|error| reason(&error));
        if let Some(why) = &error {
            tracing::error!(job = job.name, why, "a job failed; it runs again at its next time");
        }
        let next = next_run(job.cron, db.now())?;
        tick.finish(db, next, error).await?;
        Ok(true)
    }

    /// Makes the rows of the jobs; once, at start.
    #[boxed(?Send)]
    pub async fn declare(&self) -> Result<()> {
        let db = self.cx.platform.database(Realm::Manager);
        for job in &self.jobs {
            jobs::declare(db, job.name, job.cron, next_run(job.cron, db.now())?).await?;
        }
        Ok(())
    }
}

async fn rest(error: &Error) {
    tracing::warn!(%error, "the worker's round was cut short");
    sleep(Duration::from_secs(1)).await;
}
