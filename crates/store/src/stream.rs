//! Streams: what happened, in order, numbered without a gap after the commit.
//!
//! A row that is written waits for nobody, so its number cannot be known before its
//! transaction is over. Afterwards one transaction at a time, holding the head of the
//! company's stream, numbers what has been committed: whoever reads by number sees every row
//! once, however long its transaction took.
//!
//! Rows of one aggregate are numbered in the order in which they were written: each was
//! written while the aggregate's row was locked, at the time of the database's clock
//! (PostgreSQL) or in the order of rows (SQLite, which has one writer).

use crate::{Database, Scope, Sql, Tx, context::Context, new_id};
use kernel::{Error, Realm, Result, Timestamp, boxed};
use serde_json::Value;
use uuid::Uuid;

/// Rows numbered in one transaction.
const BATCH: i64 = 500;

/// Where a stream ends.
pub(crate) struct Head {
    pub last_no: i64,
    pub last_hash: Option<Vec<u8>>,
}

impl Tx {
    /// The head of a stream, locked; made when there is none.
    #[boxed(?Send)]
    pub(crate) async fn lock_head(&self, stream: &str) -> Result<Head> {
        let mut sql = Sql::new("INSERT INTO stream_heads (id, ");
        sql.push(if self.tenant().is_some() { "tenant_id, " } else { "" }).push("stream, last_no, created_at) VALUES (").bind(new_id());
        if let Some(tenant) = self.tenant() {
            sql.push(", ").bind(tenant);
        }
        sql.push(", ").bind(stream).push(", 0, ").bind(self.now()).push(") ON CONFLICT DO NOTHING");
        let read = || {
            let mut sql = Sql::new("SELECT last_no, last_hash FROM stream_heads WHERE stream = ");
            sql.bind(stream);
            self.push_own(&mut sql);
            if self.is_postgres() {
                sql.push(" FOR UPDATE");
            }
            sql
        };
        let row = match self.raw_one(read()).await? {
            Some(row) => row,
            None => {
                self.raw_execute(sql).await?;
                self.raw_one(read()).await?.ok_or_else(|| Error::transient("the head of a stream went away"))?
            }
        };
        Ok(Head {
            last_no: row.try_get("", "last_no").map_err(Error::internal)?,
            last_hash: row.try_get("", "last_hash").map_err(Error::internal)?,
        })
    }

    #[boxed(?Send)]
    pub(crate) async fn move_head(&self, stream: &str, last_no: i64, last_hash: Option<Vec<u8>>) -> Result<()> {
        let mut sql = Sql::new("UPDATE stream_heads SET last_no = ");
        sql.bind(last_no).push(", last_hash = ").bind(last_hash).push(" WHERE stream = ").bind(stream);
        self.push_own(&mut sql);
        self.raw_execute(sql).await.map(|_| ())
    }
}

impl Scope {
    /// ` AND tenant_id = …` where this scope speaks for a company.
    pub(crate) fn push_own(&self, sql: &mut Sql) {
        if let Some(tenant) = self.tenant() {
            sql.push(" AND tenant_id = ").bind(tenant);
        }
    }
}

/// An event as its consumers get it.
#[derive(Clone, Debug)]
pub struct Published {
    pub id: Uuid,
    /// Its number in the company's stream.
    pub seq: i64,
    pub kind: String,
    pub aggregate_id: Uuid,
    pub payload: Value,
    pub actor_id: Option<Uuid>,
    pub request_id: Uuid,
    pub occurred_at: Timestamp,
}

impl Published {
    fn read(row: &sea_orm::QueryResult) -> Result<Self> {
        let read = || -> Result<Self, sea_orm::DbErr> {
            Ok(Self {
                id: row.try_get("", "id")?,
                seq: row.try_get("", "seq")?,
                kind: row.try_get("", "kind")?,
                aggregate_id: row.try_get("", "aggregate_id")?,
                payload: row.try_get("", "payload")?,
                actor_id: row.try_get("", "actor_id")?,
                request_id: row.try_get("", "request_id")?,
                occurred_at: row.try_get("", "created_at")?,
            })
        };
        read().map_err(Error::internal)
    }
}

const EVENT: &str = "SELECT id, seq, kind, aggregate_id, payload, actor_id, request_id, created_at FROM outbox WHERE ";

/// ` AND kind …`; a kind ending with `*` stands for all that begin so.
fn push_kind(sql: &mut Sql, kind: &str) {
    match kind.strip_suffix('*') {
        Some(beginning) => {
            sql.push(" AND substr(kind, 1, ").bind(i32::try_from(beginning.chars().count()).unwrap_or(0)).push(") = ").bind(beginning)
        }
        None => sql.push(" AND kind = ").bind(kind),
    };
}

/// The events after a number, in order.
#[boxed(?Send)]
pub async fn events_after(scope: &Scope, after: i64, kind: Option<&str>, limit: u64) -> Result<Vec<Published>> {
    let mut sql = Sql::new(EVENT);
    sql.push("seq > ").bind(after);
    scope.push_own(&mut sql);
    if let Some(kind) = kind {
        push_kind(&mut sql, kind);
    }
    sql.push(" ORDER BY seq LIMIT ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
    scope.raw_all(sql).await?.iter().map(Published::read).collect()
}

/// How often a kind of event came since a moment.
#[boxed(?Send)]
pub async fn count_since(scope: &Scope, kind: &str, since: Timestamp) -> Result<i64> {
    let mut sql = Sql::new("SELECT count(*) AS n FROM outbox WHERE created_at > ");
    sql.bind(since);
    scope.push_own(&mut sql);
    push_kind(&mut sql, kind);
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no count"))?;
    row.try_get("", "n").map_err(Error::internal)
}

/// One event by its id.
#[boxed(?Send)]
pub async fn event(scope: &Scope, id: Uuid) -> Result<Option<Published>> {
    let mut sql = Sql::new(EVENT);
    sql.push("seq IS NOT NULL AND id = ").bind(id);
    scope.push_own(&mut sql);
    scope.raw_one(sql).await?.map(|row| Published::read(&row)).transpose()
}

/// Number of the first event that is still kept, and of the last; `None` before the first.
#[boxed(?Send)]
pub async fn bounds(scope: &Scope) -> Result<Option<(i64, i64)>> {
    let mut sql = Sql::new("SELECT min(seq) AS first, max(seq) AS last FROM outbox WHERE seq IS NOT NULL");
    scope.push_own(&mut sql);
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no bounds"))?;
    let get = |name: &str| row.try_get::<Option<i64>>("", name).map_err(Error::internal);
    Ok(get("first")?.zip(get("last")?))
}

/// The companies with events that have no number yet; `None` is the provider.
#[boxed(?Send)]
pub async fn unnumbered(db: &Database) -> Result<Vec<Option<Uuid>>> {
    let scope = db.read_for_all().await?;
    let text = match db.realm() {
        Realm::Manager => "SELECT NULL AS tenant_id FROM outbox WHERE seq IS NULL LIMIT 1",
        Realm::Tenant => "SELECT DISTINCT tenant_id FROM outbox WHERE seq IS NULL LIMIT 200",
    };
    companies(db, &scope, Sql::new(text)).await
}

/// Reads a column `tenant_id` of companies.
#[boxed(?Send)]
pub(crate) async fn companies(db: &Database, scope: &Scope, sql: Sql) -> Result<Vec<Option<Uuid>>> {
    let rows = scope.raw_all(sql).await?;
    match db.realm() {
        Realm::Manager => Ok(rows.iter().map(|_| None).collect()),
        Realm::Tenant => rows.iter().map(|row| row.try_get::<Uuid>("", "tenant_id").map(Some).map_err(Error::internal)).collect(),
    }
}

/// Numbers what a company's transactions have committed; answers how many.
#[boxed(?Send)]
pub async fn number(db: &Database, tenant: Option<Uuid>) -> Result<u64> {
    let cx = Context::system(db.realm(), tenant, "dispatcher");
    db.write(&cx, async |tx| {
        let head = tx.lock_head("events").await?;
        let (order, columns) = if tx.is_postgres() { ("written_at, id", "id, written_at") } else { ("written", "id, rowid AS written") };
        let mut sql = Sql::new("WITH waiting AS (SELECT ");
        sql.push(columns).push(" FROM outbox WHERE seq IS NULL");
        tx.push_own(&mut sql);
        sql.push(" ORDER BY ").push(if tx.is_postgres() { order } else { "rowid" }).push(" LIMIT ").bind(BATCH);
        sql.push("), numbered AS (SELECT id, row_number() OVER (ORDER BY ").push(order).push(") AS n FROM waiting) ");
        sql.push("UPDATE outbox SET seq = n + ").bind(head.last_no).push(", dispatched_at = ").bind(tx.now());
        sql.push(" FROM numbered WHERE numbered.id = outbox.id");
        if let Some(tenant) = tx.tenant() {
            sql.push(" AND outbox.tenant_id = ").bind(tenant);
        }
        let count = tx.raw_execute(sql).await?;
        if count > 0 {
            tx.move_head("events", head.last_no + i64::try_from(count).map_err(Error::internal)?, None).await?;
        }
        Ok(count)
    })
    .await
}

/// Deletes events that are older than `before` and that every consumer has dealt with.
#[boxed(?Send)]
pub async fn forget_events(db: &Database, tenant: Option<Uuid>, before: Timestamp, passed: i64) -> Result<u64> {
    let cx = Context::system(db.realm(), tenant, "retention");
    db.write(&cx, async |tx| {
        let mut sql = Sql::new("DELETE FROM outbox WHERE seq <= ");
        sql.bind(passed).push(" AND created_at < ").bind(before);
        tx.push_own(&mut sql);
        tx.raw_execute(sql).await
    })
    .await
}
