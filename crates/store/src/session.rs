//! Pooled connections that remember for which company they speak.
//!
//! Row-level security reads the setting `app.tenant_id`. Setting it inside every
//! transaction costs a one-row read three round trips instead of one (BEGIN with the
//! setting, the query, COMMIT) and halves its rate. Here the setting belongs to the
//! connection, and the connection knows it: it is set again only when the next borrower
//! speaks for another company. What keeps that safe:
//!
//! * a connection is lent by [`Pool::lend`] only, which always takes the company and does not
//!   hand the connection out before the database has confirmed the setting;
//! * the setting is changed outside transactions, so a rollback cannot bring an old one back;
//! * whatever is asked of a connection, it is not reusable until the answer is there: a caller
//!   who goes away at any `await` leaves a connection that is closed, not reused;
//! * so is one that failed or was dropped inside a transaction; a new one has no company, and
//!   without one the policies show no row at all.
//!
//! Behind a pooler that shares server connections between clients (pgbouncer in transaction
//! mode) this would not hold; connect to the server itself.

use deadpool::managed::{Manager, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult, TimeoutType, Timeouts};
use kernel::{Error, Result, boxed};
use sea_orm::sqlx::{
    self, Connection as _, PgConnection, SqliteConnection, postgres::PgConnectOptions, query, sqlite::SqliteConnectOptions,
};
use std::{
    ops::{Deref, DerefMut},
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use thread_local::ThreadLocal;
use uuid::Uuid;

/// One connection and what was set on it.
pub(crate) struct Session {
    /// `None`: closed.
    pub link: Option<Link>,
    /// The company set on the connection; `None`: not set yet, or no company.
    tenant: Option<Uuid>,
    /// False while an answer is awaited, inside a transaction and after a failure of the
    /// connection: then it is closed instead of going back.
    pub reusable: bool,
}

/// A connection that is lent. One that is not reusable when it comes back is closed at once:
/// what it holds in the database (locks, a transaction) does not wait for the next borrower.
pub(crate) struct Lent(Object<Opener>);

impl Deref for Lent {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.0
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.0
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.0.reusable {
            self.0.link = None;
        }
    }
}

pub(crate) enum Link {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

#[derive(Clone)]
pub(crate) enum Opener {
    Postgres(Box<PgConnectOptions>),
    Sqlite(Box<SqliteConnectOptions>),
}

impl Manager for Opener {
    type Type = Session;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Session, sqlx::Error> {
        let link = match self {
            Self::Postgres(options) => Link::Postgres(PgConnection::connect_with(options).await?),
            Self::Sqlite(options) => Link::Sqlite(SqliteConnection::connect_with(options).await?),
        };
        Ok(Session { link: Some(link), tenant: None, reusable: true })
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<sqlx::Error> {
        if session.reusable { Ok(()) } else { Err(RecycleError::message("not reusable")) }
    }
}

type Connections = deadpool::managed::Pool<Opener>;

/// Connections of one kind (reading or writing) to one database.
pub(crate) struct Pool {
    opener: Opener,
    wait: Duration,
    /// Most connections of a thread, which are its own: a socket belongs to the event loop of the thread that opened it, and lent to
    /// another thread every answer wakes both.
    of_thread: usize,
    own: ThreadLocal<Connections>,
    /// Most connections that all threads share, for a thread whose own are all lent: whoever keeps them busy does not keep out the others.
    of_all: usize,
    shared: OnceLock<Connections>,
    is_closed: AtomicBool,
}

impl Pool {
    /// At most `size` connections for all threads.
    pub fn shared(opener: Opener, size: usize, wait: Duration) -> Self {
        Self::per_thread(opener, 0, size, wait)
    }

    /// At most `own` connections a thread, and as many as `shared` for all of them.
    pub fn per_thread(opener: Opener, own: usize, shared: usize, wait: Duration) -> Self {
        let (of_thread, of_all) = (own, shared);
        Self { opener, wait, of_thread, own: ThreadLocal::new(), of_all, shared: OnceLock::new(), is_closed: AtomicBool::new(false) }
    }

    fn new_pool(&self, size: usize) -> Result<Connections> {
        let made = deadpool::managed::Pool::builder(self.opener.clone())
            .max_size(size)
            // the most recently used first: it most likely speaks for the same company
            .queue_mode(QueueMode::Lifo)
            .wait_timeout(Some(self.wait))
            .create_timeout(Some(self.wait))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(Error::internal)?;
        if self.is_closed.load(Ordering::Acquire) {
            made.close();
        }
        Ok(made)
    }

    /// One of the thread's own connections, else one of those all share.
    async fn get(&self) -> Result<Object<Opener>> {
        if self.of_thread > 0 {
            let own = self.own.get_or_try(|| self.new_pool(self.of_thread))?;
            let at_once = Timeouts { wait: Some(Duration::ZERO), ..own.timeouts() };
            match own.timeout_get(&at_once).await {
                Err(PoolError::Timeout(TimeoutType::Wait)) => {}
                found => return found.map_err(no_connection),
            }
        }
        let shared = match self.shared.get() {
            Some(shared) => shared,
            None => {
                let made = self.new_pool(self.of_all)?;
                self.shared.get_or_init(|| made)
            }
        };
        shared.get().await.map_err(no_connection)
    }

    fn each(&self, work: impl Fn(&Connections)) {
        self.own.iter().chain(self.shared.get()).for_each(work);
    }

    /// A connection that speaks for `tenant`.
    #[boxed(?Send)]
    pub async fn lend(&self, tenant: Option<Uuid>) -> Result<Lent> {
        let mut session = Lent(self.get().await?);
        let Session { link, tenant: known, reusable } = &mut *session;
        if *known == tenant {
            return Ok(session);
        }
        let Some(Link::Postgres(link)) = link else { return Ok(session) };
        // from here until the database has answered nobody knows for whom it speaks
        *reusable = false;
        let text = tenant.map(|id| id.to_string()).unwrap_or_default();
        match query("SELECT set_config('app.tenant_id', $1, false)").bind(text).execute(link).await {
            Ok(_) => {
                (*known, *reusable) = (tenant, true);
                Ok(session)
            }
            Err(cause) => {
                self.forget_idle();
                Err(Error::transient(cause))
            }
        }
    }

    /// Closes what lies idle: after one connection broke, its siblings are most likely broken
    /// too, and each would cost a request.
    pub fn forget_idle(&self) {
        self.each(|pool| drop(pool.retain(|_, _| false)));
    }

    pub fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.each(Connections::close);
    }
}

/// A database that is away or busy comes back; one that refuses us needs a person.
fn no_connection(cause: PoolError<sqlx::Error>) -> Error {
    let text = format!("no connection: {cause}");
    match &cause {
        PoolError::Backend(sqlx::Error::Database(answer)) => match answer.code().as_deref() {
            // starting, stopping, no slot left · a SQLite file that is busy
            Some("57P01" | "57P02" | "57P03" | "53300" | "5") => Error::unavailable(text),
            _ => Error::internal(text),
        },
        _ => Error::unavailable(text),
    }
}
