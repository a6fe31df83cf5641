//! The windows of all nodes, in Redis.

use crate::{Rule, Subject, Verdict, window::Standing};
use kernel::boxed;
use redis::{AsyncConnectionConfig, Client, RedisResult, Script, aio::MultiplexedConnection};
use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};
use tokio::{runtime::Handle, time::timeout};

/// How long a request waits for Redis.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long nobody asks it after a failure.
const PAUSE: Duration = Duration::from_secs(2);
/// How long making a connection may take; no request waits for it.
const CONNECTING: Duration = Duration::from_secs(1);

/// Windows in Redis: one script a decision, exact over all nodes.
///
/// After a failure nothing is asked for two seconds; then the next request starts one attempt to connect, beside itself. The nodes' clocks
/// are the measure, as they are for tokens; what they differ by, the hour may be off.
#[derive(Clone)]
pub struct Shared(Arc<Inner>);

struct Inner {
    client: Client,
    script: Script,
    link: RwLock<Link>,
    /// Where the connection lives: not with a worker that may be busy.
    runtime: Handle,
}

enum Link {
    Up(MultiplexedConnection),
    Connecting,
    Away(Instant),
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

impl Shared {
    /// Begins to connect, on the runtime it is called in.
    pub fn new(url: &str) -> RedisResult<Self> {
        let client = Client::open(url)?;
        let script = Script::new(include_str!("window.lua"));
        let shared = Self(Arc::new(Inner { client, script, link: RwLock::new(Link::Connecting), runtime: Handle::current() }));
        shared.connect();
        Ok(shared)
    }

    /// As [`crate::Local::hit`], over all nodes. `None`: Redis does not answer.
    #[boxed(?Send)]
    pub async fn hit(&self, subject: Subject, rules: &[Rule], now: i64) -> Option<Verdict> {
        let mut connection = self.connection()?;
        let mut call = self.0.script.prepare_invoke();
        call.arg(now);
        for rule in rules {
            // braces: all windows of a caller lie on one node of a cluster
            call.key(format!("cxg:limit:{{{subject}}}:{}", rule.name)).arg(rule.span.length()).arg(rule.span.run()).arg(rule.hits);
        }
        let why = match timeout(PATIENCE, call.invoke_async::<Vec<i64>>(&mut connection)).await {
            Ok(Ok(answer)) if answer.len() == 1 + 3 * rules.len() => return Some(read(&answer, rules)),
            Ok(Ok(_)) => "an answer of another shape".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} ms", PATIENCE.as_millis()),
        };
        self.lost(&why);
        None
    }

    /// The connection, when there is one; else whoever comes after the pause starts to make another.
    fn connection(&self) -> Option<MultiplexedConnection> {
        match &*self.0.link.read().unwrap_or_else(PoisonError::into_inner) {
            Link::Up(connection) => return Some(connection.clone()),
            Link::Away(since) if since.elapsed() >= PAUSE => {}
            Link::Away(_) | Link::Connecting => return None,
        }
        let mut link = self.0.link.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(&*link, Link::Away(since) if since.elapsed() >= PAUSE) {
            *link = Link::Connecting;
            drop(link);
            self.connect();
        }
        None
    }

    fn lost(&self, why: &str) {
        let mut link = self.0.link.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*link, Link::Up(_)) {
            tracing::warn!(why, "Redis does not answer; each node limits by itself until it does");
            *link = Link::Away(Instant::now());
        }
    }

    fn connect(&self) {
        let inner = self.0.clone();
        self.0.runtime.spawn(async move {
            let made = async {
                let config = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECTING)).set_response_timeout(Some(CONNECTING));
                let mut connection = inner.client.get_multiplexed_async_connection_with_config(&config).await?;
                inner.script.prepare_invoke().load_async(&mut connection).await?;
                RedisResult::Ok(connection)
            };
            let link = match timeout(CONNECTING, made).await {
                Ok(Ok(connection)) => {
                    tracing::info!("Redis holds the limits");
                    Link::Up(connection)
                }
                Ok(Err(error)) => {
                    tracing::debug!(%error, "Redis is away");
                    Link::Away(Instant::now())
                }
                Err(_) => Link::Away(Instant::now()),
            };
            *inner.link.write().unwrap_or_else(PoisonError::into_inner) = link;
        });
    }

    /// Whether Redis answers at present.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(*self.0.link.read().unwrap_or_else(PoisonError::into_inner), Link::Up(_))
    }
}

fn read(answer: &[i64], rules: &[Rule]) -> Verdict {
    let mut standings = [Standing::default(); 4];
    for (standing, numbers) in standings.iter_mut().zip(answer[1..].chunks_exact(3)) {
        *standing = Standing { total: u32::try_from(numbers[0]).unwrap_or(u32::MAX), free_in: numbers[1], wait: numbers[2] };
    }
    Verdict::of(rules, &standings[..rules.len().min(4)])
}
