//! What is due by the clock: one line a job. The cron texts are read in Korean time.

use crate::housekeeping;
use audt::auditing::{self, HeadFile};
use worker::{Context, Job};

/// The jobs.
#[must_use]
pub fn jobs() -> Vec<Job> {
    vec![
        Job { name: "audit-blocks", cron: "* * * * *", run: |work| Box::pin(seal(work)) },
        Job { name: "audit-retention", cron: "30 3 * * *", run: |work| Box::pin(auditing::retention::apply(&work.platform)) },
        Job { name: "idempotency-keys", cron: "15 * * * *", run: |work| Box::pin(housekeeping::forget_idempotency_keys(work)) },
        Job { name: "sessions", cron: "*/10 * * * *", run: |work| Box::pin(housekeeping::expire_sessions(work)) },
        Job { name: "company-days", cron: "1,31 * * * *", run: |work| Box::pin(housekeeping::begin_days(work)) },
        Job { name: "events", cron: "45 3 * * *", run: |work| Box::pin(housekeeping::forget_events(work)) },
        Job { name: "imports", cron: "15 4 * * *", run: |work| Box::pin(housekeeping::forget_imports(work)) },
    ]
}

async fn seal(work: &Context) -> kernel::Result<()> {
    auditing::seal(&work.platform, &HeadFile::in_data_dir(&work.data_dir)).await
}

#[cfg(test)]
mod tests {
    use super::jobs;
    use kernel::Timestamp;
    use std::collections::BTreeSet;
    use worker::next_run;

    #[test]
    fn every_job_has_a_name_of_its_own_and_a_time() {
        let names: BTreeSet<_> = jobs().iter().map(|job| job.name).collect();
        assert_eq!(names.len(), jobs().len());
        for job in jobs() {
            assert!(next_run(job.cron, Timestamp::parse("2026-02-28T23:59:59Z").unwrap()).is_ok(), "{}", job.name);
        }
    }
}
