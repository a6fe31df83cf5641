//! What is due by the clock: one line a job. The cron texts are read in Korean time.

use crate::{auditing, housekeeping, worker::Workplace};
use croner::Cron;
use futures_util::future::LocalBoxFuture;
use kernel::{Error, Result, Timestamp};
use std::str::FromStr;

/// One line of the table.
pub struct Job {
    /// Its name in `jobs`; never changes.
    pub name: &'static str,
    /// Minute, hour, day, month, day of the week.
    pub cron: &'static str,
    pub run: for<'a> fn(&'a Workplace) -> LocalBoxFuture<'a, Result<()>>,
}

/// The jobs.
#[must_use]
pub fn jobs() -> Vec<Job> {
    vec![
        Job { name: "audit-blocks", cron: "* * * * *", run: |work| Box::pin(auditing::seal(work)) },
        Job { name: "audit-retention", cron: "30 3 * * *", run: |work| Box::pin(auditing::retention::apply(work)) },
        Job { name: "idempotency-keys", cron: "15 * * * *", run: |work| Box::pin(housekeeping::forget_idempotency_keys(work)) },
        Job { name: "sessions", cron: "*/10 * * * *", run: |work| Box::pin(housekeeping::expire_sessions(work)) },
        Job { name: "company-days", cron: "1,31 * * * *", run: |work| Box::pin(housekeeping::begin_days(work)) },
        Job { name: "events", cron: "45 3 * * *", run: |work| Box::pin(housekeeping::forget_events(work)) },
        Job { name: "imports", cron: "15 4 * * *", run: |work| Box::pin(housekeeping::forget_imports(work)) },
    ]
}

/// The first time after `now` that a cron text names.
pub fn next(cron: &str, now: Timestamp) -> Result<Timestamp> {
    let cron = Cron::from_str(cron).map_err(Error::internal)?;
    let zone = jiff::tz::TimeZone::get("Asia/Seoul").map_err(Error::internal)?;
    let now = jiff::Timestamp::from_microsecond(now.unix_micros()).map_err(Error::internal)?.to_zoned(zone);
    let next = cron.find_next_occurrence(&now, false).map_err(Error::internal)?;
    Timestamp::from_unix_micros(next.timestamp().as_microsecond()).ok_or_else(|| Error::internal("beyond the calendar"))
}

#[cfg(test)]
mod tests {
    use super::{jobs, next};
    use kernel::Timestamp;
    use std::collections::BTreeSet;

    #[test]
    fn cron_texts_are_in_korean_time() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        assert_eq!(next("30 3 * * *", at("2026-11-22T00:00:00Z")).unwrap(), at("2026-11-22T18:30:00Z"));
        assert_eq!(next("* * * * *", at("2026-11-22T00:00:00Z")).unwrap(), at("2026-11-22T00:01:00Z"), "strictly later");
        assert!(next("not a cron", at("2026-11-22T00:00:00Z")).is_err());
    }

    #[test]
    fn every_job_has_a_name_of_its_own_and_a_time() {
        let names: BTreeSet<_> = jobs().iter().map(|job| job.name).collect();
        assert_eq!(names.len(), jobs().len());
        for job in jobs() {
            assert!(next(job.cron, Timestamp::parse("2026-02-28T23:59:59Z").unwrap()).is_ok(), "{}", job.name);
        }
    }
}
