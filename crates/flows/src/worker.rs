//! What goes on beside the requests: events get their numbers and go to their readers, and
//! what is due by the clock is run. `cxg serve` has a worker in it, `cxg work` is one alone;
//! any number of them may run.

use crate::{
    auditing,
    schedule::{self, Job},
    subscribers::Reader,
};
use auth::Platform;
use futures_util::future::join3;
use kernel::{Code, Error, Realm, Result, Timestamp, boxed};
use std::{cell::RefCell, collections::HashMap, path::PathBuf, time::Duration};
use store::{
    Published,
    delivery::{self, Failed, Place},
    jobs, stream,
};
use tokio::time::{Instant, interval_at, sleep, timeout};
use uuid::Uuid;

/// Events handed to a reader at once.
const BATCH: u64 = 100;
/// Other nodes publish too, and failures come round again.
const LOOK: Duration = Duration::from_millis(500);
/// How long news may gather after the first: many are dealt with as cheaply as one.
const GATHER: Duration = Duration::from_millis(20);
/// How often a lease is renewed while a reader or a job is at work.
const RENEW: Duration = Duration::from_secs(2);

/// What readers and jobs work with.
#[derive(Clone)]
pub struct Workplace {
    pub platform: Platform,
    /// Where files go: signed heads of the audit.
    pub data_dir: PathBuf,
}

/// Seconds until what failed for a company is tried again, after its first, second … failure in a row.
const BACK_OFF: [i64; 5] = [1, 5, 30, 120, 600];

fn back_off(failures: usize) -> i64 {
    BACK_OFF[failures.min(BACK_OFF.len() - 1)]
}

/// A piece of a round that may fail by itself: what is done (numbering, a reader, a job), and for whom.
type Part = (&'static str, Realm, Option<Uuid>);

/// What has failed, how often in a row, and when it is tried again.
type Failing = HashMap<Part, (usize, Timestamp)>;

/// A worker. Its name tells its leases from those of others.
pub struct Worker {
    place: Workplace,
    node: Uuid,
    readers: Vec<Reader>,
    jobs: Vec<Job>,
    failing: RefCell<Failing>,
    /// The company up to which a reader has come, where more are behind than are told at once.
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
    pub fn new(place: Workplace) -> Self {
        Self::with(place, crate::subscribers::readers(), schedule::jobs())
    }

    /// With readers and jobs of one's own.
    #[must_use]
    pub fn with(place: Workplace, readers: Vec<Reader>, jobs: Vec<Job>) -> Self {
        Self { place, node: store::new_id(), readers, jobs, failing: RefCell::default(), turns: RefCell::default() }
    }

    /// Works until it is dropped. What fails is logged and comes round again.
    #[boxed(?Send)]
    pub async fn run(self) {
        self.ready().await;
        // before anything is sealed: afterwards it cannot be seen any more what was missed
        let mut missed = None;
        while missed.is_none() {
            if let Err(error) = auditing::export_missed(&self.place, &mut missed).await {
                self.rest(&error).await;
            }
        }
        // side by side: readers of events do not wait for a long import, nor it for them, nor either for a company whose heads fail
        join3(self.keep_exporting(missed), self.keep_reading(), self.keep_importing()).await;
    }

    async fn keep_exporting(&self, mut missed: Option<auditing::Missed>) {
        let mut failures = 0;
        while missed.as_ref().is_some_and(|missed| !missed.is_empty()) {
            sleep(Duration::from_secs(back_off(failures).unsigned_abs())).await;
            failures += 1;
            if let Err(error) = auditing::export_missed(&self.place, &mut missed).await {
                tracing::warn!(%error, "heads of the audit could not all be exported; they will be");
            }
        }
    }

    /// Waits while the platform does not serve: it is not up yet, or about to stop.
    async fn ready(&self) {
        while !self.place.platform.is_ready() {
            sleep(LOOK).await;
        }
    }

    async fn keep_reading(&self) {
        let [manager, tenant] = [Realm::Manager, Realm::Tenant].map(|realm| self.place.platform.streams(realm).published());
        loop {
            self.ready().await;
            // what failed for one company was logged, and the others go on
            match self.look().await.map(|looked| looked.done) {
                Ok(0) => {
                    let told = async {
                        tokio::select! {
                            () = manager.notified() => {}
                            () = tenant.notified() => {}
                        }
                    };
                    if timeout(LOOK, told).await.is_ok() {
                        sleep(GATHER).await;
                    }
                }
                Ok(_) => sleep(GATHER).await,
                Err(error) => self.rest(&error).await,
            }
        }
    }

    async fn keep_importing(&self) {
        loop {
            self.ready().await;
            match self.import().await {
                Ok(0) => sleep(LOOK).await,
                Ok(_) => tokio::task::yield_now().await,
                Err(error) => self.rest(&error).await,
            }
        }
    }

    async fn rest(&self, error: &Error) {
        tracing::warn!(%error, "the worker's round was cut short");
        sleep(Duration::from_secs(1)).await;
    }

    /// Does all there is to do now; answers how many events, chunks and jobs it has dealt with.
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
    pub async fn round(&self) -> Result<usize> {
        let looked = self.look().await?;
        let imported = self.import().await?;
        looked.failed.map_or(Ok(looked.done + imported), Err)
    }

    /// Deals with a chunk of each import that waits.
    async fn import(&self) -> Result<usize> {
        let company = async |id| Ok(!self.is_suspended(Some(id)).await?);
        Box::pin(resource::import::work(self.place.platform.streams(Realm::Tenant), company)).await
    }

    /// Looks once for events and jobs.
    async fn look(&self) -> Result<Looked> {
        let mut looked = Looked::default();
        for realm in [Realm::Manager, Realm::Tenant] {
            let db = self.place.platform.streams(realm);
            for company in stream::unnumbered(db).await? {
                let number = async {
                    while stream::number(db, company).await? > 0 {}
                    Ok(0)
                };
                self.try_part(&mut looked, ("numbers", realm, company), number).await?;
            }
            for reader in self.readers.iter().filter(|reader| reader.realms.contains(&realm)) {
                for company in self.next_behind(realm, reader).await? {
                    // boxed: several workers may share one thread's stack
                    self.try_part(&mut looked, (reader.name, realm, company), Box::pin(self.deliver(realm, reader, company))).await?;
                }
            }
        }
        for name in jobs::due(self.place.platform.streams(Realm::Manager)).await? {
            if let Some(job) = self.jobs.iter().find(|job| job.name == name) {
                let run = async { Box::pin(self.run_job(job)).await.map(usize::from) };
                self.try_part(&mut looked, (job.name, Realm::Manager, None), run).await?;
            }
        }
        Ok(looked)
    }

    /// The companies that are behind, those whose turn it is: who cannot be served just now holds up nobody that comes after.
    async fn next_behind(&self, realm: Realm, reader: &Reader) -> Result<Vec<Option<Uuid>>> {
        let turn = (reader.name, realm);
        let after = self.turns.borrow().get(&turn).copied();
        let next = delivery::behind(self.place.platform.streams(realm), reader.name, after).await?;
        match next.last() {
            Some(Some(last)) if next.len() == delivery::COMPANIES_AT_ONCE => self.turns.borrow_mut().insert(turn, *last),
            _ => self.turns.borrow_mut().remove(&turn),
        };
        Ok(next)
    }

    /// Does a part of a round unless it has failed a moment ago. One company's trouble is not the others', nor one job's: what fails is
    /// logged and comes round again, later each time. Only a database that is away ends the round.
    async fn try_part(&self, looked: &mut Looked, part: Part, work: impl Future<Output = Result<usize>>) -> Result<()> {
        let now = self.place.platform.now();
        let before = self.failing.borrow().get(&part).copied();
        if before.is_some_and(|(_, again)| now < again) {
            return Ok(());
        }
        match work.await {
            Ok(done) => {
                looked.done += done;
                self.failing.borrow_mut().remove(&part);
            }
            Err(error) if error.code() == Code::Unavailable && self.is_away().await => return Err(error),
            Err(error) => {
                let failures = before.map_or(0, |(failures, _)| failures);
                let wait = back_off(failures);
                let (what, realm, company) = part;
                tracing::error!(what, realm = realm.as_str(), ?company, wait, cause = error.cause(), %error, "a part of the worker's round failed; the rest goes on");
                self.failing.borrow_mut().insert(part, (failures + 1, now.plus_seconds(wait)));
                looked.failed.get_or_insert(error);
            }
        }
        Ok(())
    }

    /// Whether one of the databases does not answer.
    async fn is_away(&self) -> bool {
        for realm in [Realm::Manager, Realm::Tenant] {
            if self.place.platform.ping(realm).await.is_err() {
                return true;
            }
        }
        false
    }

    /// Hands a company's events to one reader, as far as they go.
    async fn deliver(&self, realm: Realm, reader: &Reader, company: Option<Uuid>) -> Result<usize> {
        if reader.pauses && self.is_suspended(company).await? {
            return Ok(0);
        }
        let db = self.place.platform.streams(realm);
        let Some(mut place) = delivery::take(db, company, reader.name, self.node).await? else { return Ok(0) };
        let mut done = 0;
        loop {
            let events = stream::events_after(&db.read(company).await?, place.last_seq, None, BATCH).await?;
            let Some(last) = events.last().map(|event| event.seq) else {
                place.leave(db).await?;
                return Ok(done);
            };
            done += events.len();
            let wanted: Vec<Published> = events.iter().filter(|event| (reader.wants)(&event.kind)).cloned().collect();
            if place.attempts == 0 && self.hand_over(reader, realm, &place, &wanted).await.is_ok() {
                if !place.pass(db, last).await? {
                    return Ok(done);
                }
                continue;
            }
            // one of them is the trouble: find it
            for event in events {
                if !(reader.wants)(&event.kind) {
                    continue;
                }
                if let Err(error) = self.hand_over(reader, realm, &place, std::slice::from_ref(&event)).await {
                    if error.code() == Code::Unavailable {
                        // a server is away, the event is not to blame: it is not counted, and nobody else waits for it
                        let why = error.cause().map_or_else(|| error.to_string(), str::to_owned);
                        tracing::warn!(reader = reader.name, event = %event.id, why, "what a reader needs is away; it is asked again");
                        if event.seq > place.last_seq + 1 && place.attempts == 0 && !place.pass(db, event.seq - 1).await? {
                            return Ok(done);
                        }
                        place.postpone(db, &why).await?;
                        return Ok(done);
                    }
                    let why = error.cause().map_or_else(|| error.to_string(), str::to_owned);
                    tracing::warn!(reader = reader.name, event = %event.id, kind = event.kind, attempts = place.attempts + 1, why, "an event could not be dealt with");
                    // what stands before it is done with
                    if event.seq > place.last_seq + 1 && place.attempts == 0 && !place.pass(db, event.seq - 1).await? {
                        return Ok(done);
                    }
                    match place.fail(db, &why).await? {
                        Failed::Later => return Ok(done),
                        Failed::Dead => place.bury(self.place.platform.streams(Realm::Manager), realm, &event, &why).await?,
                    }
                }
                if !place.pass(db, event.seq).await? {
                    return Ok(done);
                }
            }
            if place.last_seq < last && !place.pass(db, last).await? {
                return Ok(done);
            }
        }
    }

    /// Lets the reader work, the lease renewed meanwhile.
    async fn hand_over(&self, reader: &Reader, realm: Realm, place: &Place, events: &[Published]) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let db = self.place.platform.streams(realm);
        leased((reader.read)(&self.place, place.tenant, events), RENEW, async || place.hold(db).await.map(|_| ())).await
    }

    async fn is_suspended(&self, company: Option<Uuid>) -> Result<bool> {
        let Some(id) = company else { return Ok(false) };
        Ok(self.place.platform.directory().by_id(id).await?.is_none_or(|company| company.served().is_err()))
    }

    /// Runs the tick of a job that is due, if no other node does.
    async fn run_job(&self, job: &Job) -> Result<bool> {
        let db = self.place.platform.streams(Realm::Manager);
        let Some(tick) = jobs::take(db, job.name, self.node).await? else { return Ok(false) };
        let result = leased((job.run)(&self.place), RENEW * 10, async || tick.hold(db).await).await;
        let error = result.err().map(|error: Error| error.cause().map_or_else(|| error.to_string(), str::to_owned));
        if let Some(why) = &error {
            tracing::error!(job = job.name, why, "a job failed; it runs again at its next time");
        }
        let next = schedule::next(job.cron, db.now())?;
        tick.finish(db, next, error).await?;
        Ok(true)
    }

    /// Makes the rows of the jobs; once, at start.
    #[boxed(?Send)]
    pub async fn declare(&self) -> Result<()> {
        let db = self.place.platform.streams(Realm::Manager);
        for job in &self.jobs {
            jobs::declare(db, job.name, job.cron, schedule::next(job.cron, db.now())?).await?;
        }
        Ok(())
    }
}

/// Does the work while its lease is renewed: beside it, never in its way. On SQLite both write by one connection, and the work may hold it
/// for longer than a renewal waits.
async fn leased<T>(work: impl Future<Output = T>, every: Duration, hold: impl AsyncFn() -> Result<()>) -> T {
    let renewing = async {
        let mut renew = interval_at(Instant::now() + every, every);
        loop {
            renew.tick().await;
            if let Err(error) = hold().await {
                tracing::debug!(%error, "a lease was not renewed");
            }
        }
    };
    tokio::select! {
        done = work => done,
        never = renewing => never,
    }
}
