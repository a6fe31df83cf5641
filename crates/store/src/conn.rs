use crate::session::{Lent, Link, Session};
use async_trait::async_trait;
use kernel::boxed;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sqlx::{self, AssertSqlSafe, Executor, query_with, raw_sql},
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::{Mutex, MutexGuard};

/// A borrowed connection as SeaORM wants it. Private to this crate: outside there are only
/// `Scope` and `Tx`, which are no `ConnectionTrait`.
pub(crate) struct Conn {
    session: Mutex<Lent>,
    backend: DbBackend,
}

impl Conn {
    pub fn new(session: Lent) -> Self {
        let backend = match session.link {
            Some(Link::Postgres(_)) => DbBackend::Postgres,
            Some(Link::Sqlite(_)) | None => DbBackend::Sqlite,
        };
        Self { session: Mutex::new(session), backend }
    }

    /// From here to `commit` or `rollback` a dropped connection is closed, never reused. The statements of one that is
    /// `unhurried` may take as long as they like.
    #[boxed(?Send)]
    pub async fn begin(&self, unhurried: bool) -> Result<(), DbErr> {
        let sql = match self.backend {
            // take the write lock now: a later upgrade from reading fails at once with BUSY
            DbBackend::Sqlite => "BEGIN IMMEDIATE",
            _ if unhurried => "BEGIN; SET LOCAL statement_timeout = 0",
            _ => "BEGIN",
        };
        self.session.lock().await.reusable = false;
        self.execute_unprepared(sql).await.map(|_| ())
    }

    #[boxed(?Send)]
    pub async fn end(&self, sql: &'static str) -> Result<(), DbErr> {
        self.execute_unprepared(sql).await?;
        self.session.lock().await.reusable = true;
        Ok(())
    }

    /// Asks the database something. Until the answer is there as a whole the connection is not fit for another borrower: whoever goes away
    /// in between leaves it to be closed. Where something else than the database itself said no it is closed at once.
    async fn run<T>(&self, work: impl AsyncFnOnce(&mut Link) -> Result<T, sqlx::Error>) -> Result<T, DbErr> {
        let mut session: MutexGuard<'_, Lent> = self.session.lock().await;
        let Session { link, reusable, .. } = &mut **session;
        let Some(open) = link else { return Err(DbErr::Conn(RuntimeErr::Internal("the connection is closed".to_owned()))) };
        let was_reusable = std::mem::replace(reusable, false);
        let done = work(open).await;
        if matches!(done, Ok(_) | Err(sqlx::Error::Database(_) | sqlx::Error::RowNotFound)) {
            *reusable = was_reusable;
        } else {
            *link = None;
        }
        done.map_err(|cause| DbErr::Query(RuntimeErr::SqlxError(cause.into())))
    }
}

/// Statements with more parameters are of many rows, and are planned each time on PostgreSQL: the plan that is kept of a
/// prepared statement was made when the table was smaller, and reads the whole of it a year later.
const KEPT: usize = 150;

/// A statement with its values, and whether its plan is kept.
fn bound(statement: Statement) -> (AssertSqlSafe<String>, SqlxValues, bool) {
    let values = statement.values.unwrap_or(sea_orm::Values(Vec::new()));
    let is_kept = values.0.len() <= KEPT;
    (AssertSqlSafe(statement.sql), SqlxValues(values), is_kept)
}

#[async_trait]
impl ConnectionTrait for Conn {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let (sql, values, is_kept) = bound(statement);
        self.run(async move |link| match link {
            Link::Postgres(link) => link.execute(query_with(sql, values).persistent(is_kept)).await.map(ExecResult::from),
            Link::Sqlite(link) => link.execute(query_with(sql, values)).await.map(ExecResult::from),
        })
        .await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(async |link| match link {
            Link::Postgres(link) => link.execute(raw_sql(AssertSqlSafe(sql))).await.map(ExecResult::from),
            Link::Sqlite(link) => link.execute(raw_sql(AssertSqlSafe(sql))).await.map(ExecResult::from),
        })
        .await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let (sql, values, is_kept) = bound(statement);
        self.run(async move |link| match link {
            Link::Postgres(link) => Ok(link.fetch_optional(query_with(sql, values).persistent(is_kept)).await?.map(Into::into)),
            Link::Sqlite(link) => Ok(link.fetch_optional(query_with(sql, values)).await?.map(Into::into)),
        })
        .await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let (sql, values, is_kept) = bound(statement);
        self.run(async move |link| match link {
            Link::Postgres(link) => {
                Ok(link.fetch_all(query_with(sql, values).persistent(is_kept)).await?.into_iter().map(Into::into).collect())
            }
            Link::Sqlite(link) => Ok(link.fetch_all(query_with(sql, values)).await?.into_iter().map(Into::into).collect()),
        })
        .await
    }
}
