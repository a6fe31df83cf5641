use crate::{
    AuditEntry, Catalog, Context, Event, Insert, Scope, Sql, Tx, Work, audit,
    conn::Conn,
    outbox,
    search::Searched,
    session::{Opener, Pool},
    work::Keeping,
};
use kernel::{Clock, Error, Realm, Result, Timestamp, boxed};
use sea_orm::{
    ConnectionTrait, QueryResult, Statement,
    sqlx::{
        ConnectOptions,
        postgres::PgConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use std::{
    path::PathBuf,
    str::FromStr,
    sync::{Arc, OnceLock, RwLock},
    time::Duration,
};
use tokio::sync::Notify;
use uuid::Uuid;

/// How often a lost race is run again before the caller gets 503.
const RETRIES: u32 = 6;
/// How long a request waits for a connection, and SQLite for its write lock.
const WAIT: Duration = Duration::from_secs(5);
/// What PostgreSQL bounds for whoever serves a request: a statement (waiting for locks is part of it), and a transaction that does
/// nothing. Transactions of the platform itself have no bound for their statements ([`Conn::begin`]), nor has what the worker looks through
/// of all companies. A URL may say other bounds (`?options=-c%20statement_timeout%3D60000`).
const BOUNDS: [(&str, &str); 2] = [("statement_timeout", "30s"), ("idle_in_transaction_session_timeout", "60s")];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// From a `sqlite://…` or `postgres://…` URL.
    pub fn of_url(url: &str) -> Result<Self> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => Err(Error::internal("a database URL begins with sqlite:// or postgres://")),
        }
    }

    /// The file a `sqlite://…` URL names; none of any other.
    #[must_use]
    pub fn file_of_url(url: &str) -> Option<PathBuf> {
        let is_sqlite = Self::of_url(url).is_ok_and(|backend| backend == Self::Sqlite);
        let options = is_sqlite.then(|| SqliteConnectOptions::from_str(url).ok())??;
        Some(options.get_filename().to_path_buf())
    }
}

/// The time of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one clock all others are handed")]
    fn now(&self) -> Timestamp {
        Timestamp::new(time::OffsetDateTime::now_utc())
    }
}

pub struct Options {
    pub url: String,
    /// Most connections that all threads share (on SQLite: for reading).
    pub connections: usize,
    /// PostgreSQL: most connections that each thread has for itself, beside those.
    pub of_thread: usize,
    pub clock: Arc<dyn Clock>,
}

/// One of the two databases. Cheap to clone; connections are opened when they are needed.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    realm: Realm,
    backend: Backend,
    reading: Pool,
    writing: Option<Pool>,
    catalog: RwLock<Arc<Catalog>>,
    /// Whoever asks for all companies' rows of the tables that allow it.
    all: Option<Pool>,
    published: Arc<Notify>,
    /// What its lists are searched in; said once, at start.
    searched: OnceLock<Arc<Searched>>,
    clock: Arc<dyn Clock>,
}

impl Database {
    /// Prepares the pools; nothing is opened yet, so the database may be away.
    pub fn new(realm: Realm, options: &Options) -> Result<Self> {
        let backend = Backend::of_url(&options.url)?;
        let (reading, writing, all) = match backend {
            Backend::Sqlite => {
                let open = SqliteConnectOptions::from_str(&options.url)
                    .map_err(Error::internal)?
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    // a system of record: a committed transaction survives the loss of power
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(WAIT)
                    // two MiB a connection: the system's own page cache serves all of them
                    .pragma("cache_size", "-2000")
                    .pragma("temp_store", "MEMORY")
                    .statement_cache_capacity(256)
                    .disable_statement_logging();
                let writing = Pool::shared(Opener::Sqlite(Box::new(open.clone())), 1, WAIT);
                let reading = Pool::shared(Opener::Sqlite(Box::new(open.pragma("query_only", "1"))), options.connections, WAIT);
                (reading, Some(writing), None)
            }
            Backend::Postgres => {
                let open = PgConnectOptions::from_str(&options.url).map_err(Error::internal)?;
                let given = open.get_options().unwrap_or_default().to_owned();
                let open = open
                    .options(BOUNDS.into_iter().filter(|(name, _)| !given.contains(name)))
                    // neither owner nor superuser, whatever the login is: row-level security binds
                    // and a page by chance costs as little as the next one, as on any disk without a head: who asks for 500 codes does not
                    // have the whole table read
                    .options([("role", crate::migrate::APP_ROLE), ("random_page_cost", "1.1")])
                    .application_name("cxg")
                    .statement_cache_capacity(256)
                    .disable_statement_logging();
                let worker = Box::new(open.clone().options([("app.worker", "on"), ("statement_timeout", "0")]));
                let all = Pool::shared(Opener::Postgres(worker), 1, WAIT);
                (Pool::per_thread(Opener::Postgres(Box::new(open)), options.of_thread, options.connections, WAIT), None, Some(all))
            }
        };
        let catalog = RwLock::default();
        Ok(Self(Arc::new(Inner {
            realm,
            backend,
            reading,
            writing,
            catalog,
            all,
            published: Arc::default(),
            searched: OnceLock::new(),
            clock: options.clock.clone(),
        })))
    }

    #[must_use]
    pub fn backend(&self) -> Backend {
        self.0.backend
    }

    #[must_use]
    pub fn realm(&self) -> Realm {
        self.0.realm
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        self.0.catalog.read().map_or_else(|poisoned| poisoned.into_inner().clone(), |catalog| catalog.clone())
    }

    /// Says which columns of which tables are searched; once, before anything is written.
    pub fn search_in(&self, searched: Searched) {
        self.0.searched.get_or_init(|| Arc::new(searched));
    }

    pub(crate) fn searched(&self) -> Arc<Searched> {
        self.0.searched.get().cloned().unwrap_or_default()
    }

    /// Reads what the database says about its tables; after migrating, before serving.
    #[boxed(?Send)]
    pub async fn load_catalog(&self) -> Result<()> {
        let scope = self.read(None).await?;
        let loaded = Catalog::load(&scope.conn).await.map_err(|e| scope.explain(e))?;
        match self.0.catalog.write() {
            Ok(mut catalog) => *catalog = Arc::new(loaded),
            Err(poisoned) => *poisoned.into_inner() = Arc::new(loaded),
        }
        Ok(())
    }

    /// A connection to read what `tenant` may see; `None` for the provider's own rows.
    #[boxed(?Send)]
    pub async fn read(&self, tenant: Option<Uuid>) -> Result<Scope> {
        Ok(Scope::new(Conn::new(self.0.reading.lend(tenant).await?), tenant, self.catalog()))
    }

    /// A connection that sees all companies' rows of the few tables whose policy allows it (events
    /// and their consumers' offsets), and no other: for the worker.
    #[boxed(?Send)]
    pub async fn read_for_all(&self) -> Result<Scope> {
        let pool = self.0.all.as_ref().unwrap_or(&self.0.reading);
        Ok(Scope::new(Conn::new(pool.lend(None).await?), None, self.catalog()))
    }

    /// Told whenever this process has published an event.
    #[must_use]
    pub fn published(&self) -> Arc<Notify> {
        self.0.published.clone()
    }

    async fn writing(&self, cx: &Context) -> Result<Tx> {
        let pool = self.0.writing.as_ref().unwrap_or(&self.0.reading);
        let scope = Scope::new(Conn::new(pool.lend(cx.tenant).await?), cx.tenant, self.catalog());
        Ok(Tx::new(scope, cx.clone(), self.now(), self.searched()))
    }

    /// Runs `work` in a transaction: its rows, its audit rows and its events, or nothing.
    ///
    /// A lost race or a connection that broke before the commit runs it again, so `work` must
    /// not do anything outside the transaction.
    pub async fn write<T>(&self, cx: &Context, work: impl AsyncFn(&Tx) -> Result<T>) -> Result<T> {
        let keeping = Keeping::new(&work);
        self.write_erased(cx, &keeping).await?;
        keeping.done()
    }

    /// [`Database::write`] without the type of the result: compiled once.
    #[boxed(?Send)]
    async fn write_erased(&self, cx: &Context, work: &dyn Work<()>) -> Result<()> {
        let mut tries = 0;
        loop {
            let Err(error) = self.try_write(cx, work).await else { return Ok(()) };
            tries += 1;
            self.before_retry(error, tries).await?;
        }
    }

    async fn try_write(&self, cx: &Context, work: &dyn Work<()>) -> Result<()> {
        let tx = self.writing(cx).await?;
        tx.begin().await?;
        if cx.is_dry_run {
            tx.wait_briefly().await?;
        }
        let done = match work.run(&tx).await {
            Ok(()) => tx.record_traces().await,
            Err(error) => Err(error),
        };
        match done {
            Ok(_) if cx.is_dry_run => {
                tx.rollback().await;
                Ok(())
            }
            Ok(published) => {
                tx.commit().await?;
                if published {
                    self.0.published.notify_one();
                }
                Ok(())
            }
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Waits before another attempt, or gives the error back.
    async fn before_retry(&self, error: Error, tries: u32) -> Result<()> {
        if !error.is_transient() || tries > RETRIES {
            return Err(error);
        }
        if let Some(pool) = &self.0.writing {
            pool.forget_idle();
        }
        tracing::debug!(%error, tries, "running the transaction again");
        // 2, 4, 8 … ms, each up to twice as long, so that two that met do not meet again
        let [dice] = crate::random_bytes::<1>()?;
        let base = 1_u64 << tries;
        tokio::time::sleep(Duration::from_millis(base + base * u64::from(dice) / 255)).await;
        Ok(())
    }

    /// Inserts one row with its audit row and its event, and nothing else.
    ///
    /// The same promise as [`Database::write`], in one statement where the database can
    /// (PostgreSQL): round trips decide the rate of writes.
    #[boxed(?Send)]
    pub async fn insert_one(&self, cx: &Context, insert: &Insert<'_>, entry: AuditEntry, event: Event) -> Result<QueryResult> {
        if self.0.backend == Backend::Sqlite {
            return self
                .write(cx, async |tx| {
                    let row = tx.insert_numbered(insert).await?;
                    tx.audit(entry.clone());
                    tx.publish(event.clone());
                    Ok(row)
                })
                .await;
        }
        let mut tries = 0;
        loop {
            let tx = self.writing(cx).await?;
            let mut sql = Sql::new("WITH ");
            if insert.running_no {
                sql.push("number AS (");
                tx.count_up(&mut sql, insert.table, "", 1, None)?;
                sql.push("), ");
            }
            sql.push("row AS (");
            tx.insert_into(&mut sql, insert);
            sql.push("), audited AS (");
            audit::insert(&mut sql, cx, tx.now(), std::slice::from_ref(&entry));
            sql.push("), published AS (");
            outbox::insert(&mut sql, cx, tx.now(), vec![event.clone()]);
            if let Some(kept) = tx.kept_of_values(insert.table, &insert.values) {
                sql.push("), kept AS (");
                tx.push_keep(&mut sql, insert.table, &[kept]);
            }
            sql.push(") SELECT ").push(&insert.returning.join(", ")).push(" FROM row");
            match tx.last_one(sql).await {
                Ok(row) => {
                    self.0.published.notify_one();
                    return row.ok_or_else(|| Error::internal("nothing inserted"));
                }
                Err(error) => {
                    tries += 1;
                    self.before_retry(error, tries).await?;
                }
            }
        }
    }

    /// Names of the migrations that were taken; none where the table is missing.
    #[boxed(?Send)]
    pub async fn migrations_taken(&self) -> Result<Vec<String>> {
        let scope = self.read(None).await?;
        crate::migrate::taken(&scope.conn).await.map_err(|e| scope.explain(e))
    }

    /// Whether the database answers.
    #[boxed(?Send)]
    pub async fn ping(&self) -> Result<()> {
        self.read(None).await?.raw_one(Sql::new("SELECT 1 AS one")).await.map(|_| ())
    }

    /// Refuses to serve with a database user whom row-level security does not bind.
    #[boxed(?Send)]
    pub async fn check_role(&self) -> Result<(), String> {
        if self.0.backend == Backend::Sqlite {
            return Ok(());
        }
        let sql = "SELECT current_user::text AS who, r.rolsuper AS super, r.rolbypassrls AS bypass, \
            EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                WHERE c.relkind = 'r' AND n.nspname = current_schema() AND c.relowner = r.oid) AS owner \
            FROM pg_roles r WHERE r.rolname = current_user";
        let scope = self.read(None).await.map_err(|e| e.to_string())?;
        let row = scope
            .conn
            .query_one_raw(Statement::from_string(sea_orm::DbBackend::Postgres, sql))
            .await
            .map_err(|e| e.to_string())?
            .ok_or("the database does not say who we are")?;
        let flag = |name: &str| row.try_get::<bool>("", name).unwrap_or(true);
        for (name, says) in [("super", "is a superuser"), ("bypass", "has BYPASSRLS"), ("owner", "owns tables")] {
            if flag(name) {
                let who: String = row.try_get("", "who").unwrap_or_default();
                return Err(format!(
                    "the database user {who} {says}, so row-level security would not bind it; run `cxg migrate up` and serve with a login that is a member of {}",
                    crate::migrate::APP_ROLE
                ));
            }
        }
        Ok(())
    }

    /// No new connections; for the end of the program.
    pub fn close(&self) {
        self.0.reading.close();
        if let Some(pool) = &self.0.all {
            pool.close();
        }
        if let Some(pool) = &self.0.writing {
            pool.close();
        }
    }
}
