//! The offset of each consumer in a company's events.
//!
//! A consumer takes a stream under a lease, gets its events in order, and advances its offset when
//! it has dealt with them. A node that dies keeps its lease for a few seconds only; the next
//! one begins at the offset, so an event may come twice and never not at all. One that fails
//! is attempted again later and later, and delays nobody but this consumer of this company;
//! when it goes on failing it becomes a dead letter, and the consumer goes on behind it.

use crate::{Database, Published, Sql, context::Context, new_id, stream::companies};
use kernel::{Error, Realm, Result, boxed};
use uuid::Uuid;

/// Seconds a lease holds without being renewed.
pub const LEASE: i64 = 5;
/// Seconds until what was away is asked again.
const AWAY: i64 = 5;
/// Seconds until the next attempt after the first, second … failure.
const BACK_OFF: [i64; 5] = [1, 5, 30, 120, 600];

/// How far a consumer has come in a stream that it has leased.
#[derive(Clone, Debug)]
pub struct Offset {
    pub tenant: Option<Uuid>,
    pub consumer: &'static str,
    /// The number of the last event it has dealt with.
    pub last_seq: i64,
    /// How often the event after `last_seq` has failed.
    pub attempts: i32,
    node: Uuid,
}

/// Companies that one call of [`behind`] answers, at most.
pub const COMPANIES_AT_ONCE: usize = 200;

/// What becomes of an event that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// It will be attempted again.
    Retry,
    /// It has failed too often.
    DeadLetter,
}

/// The companies whose events `consumer` has not all had, and may have now: at most [`COMPANIES_AT_ONCE`], in the order of their ids,
/// beginning after `after`. To go on, ask with the last company answered as `after`; the order goes round, so that every company's turn
/// comes.
#[boxed(?Send)]
pub async fn behind(db: &Database, consumer: &str, after: Option<Uuid>) -> Result<Vec<Option<Uuid>>> {
    let scope = db.read_for_all().await?;
    let (column, same) = match db.realm() {
        Realm::Manager => ("NULL AS tenant_id", ""),
        Realm::Tenant => ("h.tenant_id AS tenant_id", " AND c.tenant_id = h.tenant_id"),
    };
    let mut sql = Sql::new(&format!("SELECT {column} FROM stream_heads h LEFT JOIN outbox_cursors c ON c.reader = "));
    sql.bind(consumer)
        .push(same)
        .push(" WHERE h.stream = 'events' AND h.last_no > COALESCE(c.last_seq, 0) AND (c.leased_until IS NULL OR c.leased_until <= ");
    sql.bind(db.now()).push(") AND (c.next_attempt_at IS NULL OR c.next_attempt_at <= ").bind(db.now()).push(")");
    if db.realm() == Realm::Tenant {
        sql.push(" ORDER BY ");
        if let Some(after) = after {
            sql.push("CASE WHEN h.tenant_id > ").bind(after).push(" THEN 0 ELSE 1 END, ");
        }
        sql.push("h.tenant_id LIMIT ").bind(i64::try_from(COMPANIES_AT_ONCE).unwrap_or(i64::MAX));
    }
    companies(db, &scope, sql).await
}

/// The number up to which every one of `consumers` has dealt with the events.
#[boxed(?Send)]
pub async fn passed_by_all(db: &Database, tenant: Option<Uuid>, consumers: &[&str]) -> Result<i64> {
    let scope = db.read(tenant).await?;
    let mut sql = Sql::new("SELECT count(*) AS n, COALESCE(min(last_seq), 0) AS passed FROM outbox_cursors WHERE reader IN (");
    sql.bind_all(consumers.iter().map(|consumer| (*consumer).into())).push(")");
    scope.push_own(&mut sql);
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no minimum"))?;
    let n: i64 = row.try_get("", "n").map_err(Error::internal)?;
    let passed = row.try_get("", "passed").map_err(Error::internal)?;
    Ok(if usize::try_from(n).is_ok_and(|n| n == consumers.len()) { passed } else { 0 })
}

/// Leases a stream for a consumer. `None`: another node has it, or it is not yet time for another attempt.
#[boxed(?Send)]
pub async fn take(db: &Database, tenant: Option<Uuid>, consumer: &'static str, node: Uuid) -> Result<Option<Offset>> {
    let cx = Context::system(db.realm(), tenant, "dispatcher");
    db.write(&cx, async |tx| {
        let until = tx.now().plus_seconds(LEASE);
        let mut sql = Sql::new("INSERT INTO outbox_cursors (id, ");
        sql.push(if tenant.is_some() { "tenant_id, " } else { "" }).push("reader, last_seq, leased_by, leased_until, created_at) VALUES (");
        sql.bind(new_id());
        if let Some(tenant) = tenant {
            sql.push(", ").bind(tenant);
        }
        sql.push(", ").bind(consumer).push(", 0, ").bind(node).push(", ").bind(until).push(", ").bind(tx.now()).push(") ON CONFLICT (");
        sql.push(if tenant.is_some() { "tenant_id, reader" } else { "reader" }).push(") DO UPDATE SET leased_by = ").bind(node);
        sql.push(", leased_until = ").bind(until);
        sql.push(" WHERE (outbox_cursors.leased_until IS NULL OR outbox_cursors.leased_until <= ").bind(tx.now());
        sql.push(") AND (outbox_cursors.next_attempt_at IS NULL OR outbox_cursors.next_attempt_at <= ").bind(tx.now());
        sql.push(") RETURNING last_seq, attempts");
        let Some(row) = tx.raw_one(sql).await? else { return Ok(None) };
        Ok(Some(Offset {
            tenant,
            consumer,
            last_seq: row.try_get("", "last_seq").map_err(Error::internal)?,
            attempts: row.try_get("", "attempts").map_err(Error::internal)?,
            node,
        }))
    })
    .await
}

impl Offset {
    /// Advances to `seq` and renews the lease. False: the lease was lost, another node goes on.
    #[boxed(?Send)]
    pub async fn advance(&mut self, db: &Database, seq: i64) -> Result<bool> {
        let set = |sql: &mut Sql, now: kernel::Timestamp| {
            sql.push("last_seq = ").bind(seq).push(", attempts = 0, next_attempt_at = NULL, last_error = NULL, leased_until = ");
            sql.bind(now.plus_seconds(LEASE));
        };
        let kept = self.change(db, set).await?;
        if kept {
            (self.last_seq, self.attempts) = (seq, 0);
        }
        Ok(kept)
    }

    /// Renews the lease, for work that takes longer than it.
    #[boxed(?Send)]
    pub async fn renew(&self, db: &Database) -> Result<bool> {
        self.change(db, |sql, now| {
            sql.push("leased_until = ").bind(now.plus_seconds(LEASE));
        })
        .await
    }

    /// Ends the lease.
    #[boxed(?Send)]
    pub async fn release(self, db: &Database) -> Result<()> {
        self.change(db, |sql, _| {
            sql.push("leased_until = NULL");
        })
        .await
        .map(|_| ())
    }

    /// The event after this offset has failed: the lease ends, and it is attempted again when its time has come.
    #[boxed(?Send)]
    pub async fn fail(&self, db: &Database, error: &str) -> Result<Failed> {
        let Some(wait) = usize::try_from(self.attempts).ok().and_then(|attempts| BACK_OFF.get(attempts)) else {
            return Ok(Failed::DeadLetter);
        };
        self.change(db, |sql, now| {
            sql.push("attempts = attempts + 1, leased_until = NULL, last_error = ").bind(error);
            sql.push(", next_attempt_at = ").bind(now.plus_seconds(*wait));
        })
        .await?;
        Ok(Failed::Retry)
    }

    /// The event after this offset waits for something that is away: the lease ends for a few
    /// seconds, and the event has not failed.
    #[boxed(?Send)]
    pub async fn postpone(&self, db: &Database, why: &str) -> Result<()> {
        self.change(db, |sql, now| {
            sql.push("leased_until = NULL, last_error = ").bind(why);
            sql.push(", next_attempt_at = ").bind(now.plus_seconds(AWAY));
        })
        .await
        .map(|_| ())
    }

    async fn change(&self, db: &Database, set: impl Fn(&mut Sql, kernel::Timestamp)) -> Result<bool> {
        let cx = Context::system(db.realm(), self.tenant, "dispatcher");
        db.write(&cx, async |tx| {
            let mut sql = Sql::new("UPDATE outbox_cursors SET ");
            set(&mut sql, tx.now());
            sql.push(" WHERE reader = ").bind(self.consumer).push(" AND leased_by = ").bind(self.node);
            tx.push_own(&mut sql);
            Ok(tx.raw_execute(sql).await? > 0)
        })
        .await
    }

    /// Keeps an event that this consumer could not deal with, in the provider's database.
    #[boxed(?Send)]
    pub async fn keep_dead_letter(&self, manager: &Database, realm: Realm, event: &Published, error: &str) -> Result<()> {
        let cx = Context::system(Realm::Manager, None, "dispatcher");
        manager
            .write(&cx, async |tx| {
                let mut sql = Sql::new(
                    "INSERT INTO audt_dead_letters (id, realm, tenant_id, reader, event_id, seq, kind, aggregate_id, attempts, error, created_at) VALUES (",
                );
                let id = new_id();
                sql.bind(id).push(", ").bind(realm.as_str().to_uppercase()).push(", ").bind(self.tenant).push(", ").bind(self.consumer);
                sql.push(", ").bind(event.id).push(", ").bind(event.seq).push(", ").bind(event.kind.clone()).push(", ");
                sql.bind(event.aggregate_id).push(", ").bind(self.attempts + 1).push(", ").bind(error).push(", ").bind(tx.now());
                sql.push(") ON CONFLICT DO NOTHING");
                tx.raw_execute(sql).await?;
                tx.search_again("audt_dead_letters", &[id]).await
            })
            .await
    }
}
