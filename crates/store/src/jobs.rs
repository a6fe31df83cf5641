//! What is due by the clock: rows in `jobs` with a cron text, each tick run once whichever
//! node comes first, under a lease so that one that died is taken over.

use crate::{Database, Sql, context::Context, new_id};
use kernel::{Error, Realm, Result, Timestamp, boxed};
use uuid::Uuid;

/// Seconds a run may go on without renewing its lease.
const LEASE: i64 = 60;

/// A tick that this node is to run.
#[derive(Clone, Debug)]
pub struct Tick {
    pub job: String,
    /// When it was due.
    pub at: Timestamp,
    node: Uuid,
}

fn system() -> Context {
    Context::system(Realm::Manager, None, "jobs")
}

/// Makes the row of a job, or gives it another cron text.
#[boxed(?Send)]
pub async fn declare(db: &Database, name: &str, cron: &str, next: Timestamp) -> Result<()> {
    db.write(&system(), async |tx| {
        let mut sql = Sql::new("INSERT INTO jobs (id, name, cron, next_run_at, created_at) VALUES (");
        sql.bind(new_id()).push(", ").bind(name).push(", ").bind(cron).push(", ").bind(next).push(", ").bind(tx.now());
        sql.push(
            ") ON CONFLICT (name) DO UPDATE SET cron = excluded.cron, next_run_at = excluded.next_run_at WHERE jobs.cron <> excluded.cron",
        );
        tx.raw_execute(sql).await.map(|_| ())
    })
    .await
}

/// Takes the tick of a job that is due, if nobody has it.
#[boxed(?Send)]
pub async fn take(db: &Database, name: &str, node: Uuid) -> Result<Option<Tick>> {
    db.write(&system(), async |tx| {
        let mut sql = Sql::new("UPDATE jobs SET attempts = attempts + 1, leased_by = ");
        sql.bind(node).push(", leased_until = ").bind(tx.now().plus_seconds(LEASE)).push(" WHERE name = ").bind(name);
        sql.push(" AND next_run_at <= ").bind(tx.now()).push(" AND (leased_until IS NULL OR leased_until <= ").bind(tx.now());
        sql.push(") RETURNING next_run_at");
        let Some(row) = tx.raw_one(sql).await? else { return Ok(None) };
        let at = row.try_get("", "next_run_at").map_err(Error::internal)?;
        Ok(Some(Tick { job: name.to_owned(), at, node }))
    })
    .await
}

/// Names of the jobs that are due and free: one look before any is taken.
#[boxed(?Send)]
pub async fn due(db: &Database) -> Result<Vec<String>> {
    let mut sql = Sql::new("SELECT name FROM jobs WHERE next_run_at <= ");
    sql.bind(db.now()).push(" AND (leased_until IS NULL OR leased_until <= ").bind(db.now()).push(")");
    db.read(None).await?.raw_all(sql).await?.iter().map(|row| row.try_get("", "name").map_err(Error::internal)).collect()
}

impl Tick {
    /// Renews the lease while the work goes on.
    #[boxed(?Send)]
    pub async fn renew(&self, db: &Database) -> Result<()> {
        db.write(&system(), async |tx| {
            let mut sql = Sql::new("UPDATE jobs SET leased_until = ");
            sql.bind(tx.now().plus_seconds(LEASE)).push(" WHERE name = ").bind(self.job.clone()).push(" AND leased_by = ").bind(self.node);
            tx.raw_execute(sql).await.map(|_| ())
        })
        .await
    }

    /// Notes how the tick went; the job is due again at `next`. A tick that was noted by another
    /// node meanwhile stays as it is.
    #[boxed(?Send)]
    pub async fn finish(self, db: &Database, next: Timestamp, error: Option<String>) -> Result<()> {
        db.write(&system(), async |tx| {
            let mut sql = Sql::new("UPDATE jobs SET attempts = 0, leased_by = NULL, leased_until = NULL, next_run_at = ");
            sql.bind(next).push(", last_error = ").bind(error.clone()).push(" WHERE name = ").bind(self.job.clone());
            sql.push(" AND leased_by = ").bind(self.node).push(" AND next_run_at = ").bind(self.at);
            if tx.raw_execute(sql).await? == 0 {
                return Ok(());
            }
            let mut sql = Sql::new("INSERT INTO job_runs (id, job, tick, finished_at, error, created_at) VALUES (");
            sql.bind(new_id()).push(", ").bind(self.job.clone()).push(", ").bind(self.at).push(", ").bind(tx.now()).push(", ");
            sql.bind(error.clone()).push(", ").bind(tx.now()).push(") ON CONFLICT DO NOTHING");
            tx.raw_execute(sql).await.map(|_| ())
        })
        .await
    }
}
