//! Whether the platform lives, whether it can serve, and how busy it is.

use crate::app::reading;
use actix_web::{HttpResponse, http::StatusCode, web};
use auth::Platform;
use kernel::Realm;
use serde_json::json;
use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};
use tokio::{sync::Mutex, time::timeout};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(reading(web::resource("/"), web::get().to(root)))
        .service(reading(web::resource("/health/live"), web::get().to(|| async { HttpResponse::Ok().json(json!({"status": "alive"})) })))
        .service(reading(web::resource("/health/ready"), web::get().to(ready)))
        .service(reading(web::resource("/metrics"), web::get().to(metrics)));
}

async fn root(platform: web::Data<Platform>) -> HttpResponse {
    let status = if platform.is_ready() { "healthy" } else { "starting" };
    HttpResponse::Ok().json(json!({"name": "CXG", "version": env!("CARGO_PKG_VERSION"), "status": status, "docs": "/docs"}))
}

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long it is believed what the parts answered: anybody may ask, as often as they like.
const BELIEVED: Duration = Duration::from_secs(1);

/// What other parts were away when they were asked last.
pub(crate) struct Readiness {
    /// `CXG_REDIS_URL`, where it is set.
    redis: Option<String>,
    /// Held while the parts are asked, so that all who want to know wait for one answer.
    last: Mutex<Option<(Instant, Vec<&'static str>)>>,
}

impl Readiness {
    pub fn new(redis: Option<String>) -> Self {
        Self { redis, last: Mutex::default() }
    }

    /// The names of what is away, asked by `probe` unless somebody has asked a moment ago.
    async fn away(&self, now: impl Fn() -> Instant, probe: impl AsyncFnOnce() -> Vec<&'static str>) -> Vec<&'static str> {
        let mut last = self.last.lock().await;
        if let Some((at, away)) = &*last
            && now().duration_since(*at) < BELIEVED
        {
            return away.clone();
        }
        let away = probe().await;
        *last = Some((now(), away.clone()));
        away
    }

    async fn probe(&self, platform: &Platform) -> Vec<&'static str> {
        let database = async |name, realm| {
            let there = matches!(timeout(PATIENCE, platform.ping(realm)).await, Ok(Ok(())));
            (!there).then_some(name)
        };
        let redis = async {
            let url = self.redis.as_ref()?;
            let there = matches!(timeout(PATIENCE, ping_redis(url)).await, Ok(Ok(())));
            (!there).then_some("redis")
        };
        let (manager, tenant, redis) =
            tokio::join!(database("manager_database", Realm::Manager), database("tenant_database", Realm::Tenant), redis);
        [manager, tenant, redis].into_iter().flatten().collect()
    }
}

async fn ready(platform: web::Data<Platform>, readiness: web::Data<Readiness>) -> HttpResponse {
    let mut away = readiness.away(Instant::now, async || readiness.probe(&platform).await).await;
    // known without asking anybody: who is stopping says so at once
    if !platform.is_ready() {
        away.insert(0, "platform");
    }
    if away.is_empty() {
        HttpResponse::Ok().json(json!({"status": "ready"}))
    } else {
        HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "2")).json(json!({"status": "unavailable", "away": away}))
    }
}

async fn ping_redis(url: &str) -> redis::RedisResult<()> {
    let mut connection = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
    redis::cmd("PING").query_async(&mut connection).await
}

/// Where the public halves of the signing keys are.
pub(crate) const JWKS: &str = "/.well-known/jwks.json";

pub(crate) async fn jwks(platform: web::Data<Platform>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(platform.jwks())
}

/// Answers by class of status.
#[derive(Default)]
pub(crate) struct Metrics([AtomicU64; 5]);

impl Metrics {
    pub fn count(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.0[class].fetch_add(1, Ordering::Relaxed);
    }
}

async fn metrics(platform: web::Data<Platform>, counted: web::Data<Metrics>) -> HttpResponse {
    let mut text = String::from("# HELP cxg_ready Whether requests are served.\n# TYPE cxg_ready gauge\n");
    let _ = writeln!(text, "cxg_ready {}", u8::from(platform.is_ready()));
    text.push_str("# HELP cxg_responses_total Answers by class of status.\n# TYPE cxg_responses_total counter\n");
    for (class, count) in (1..).zip(&counted.0) {
        let _ = writeln!(text, "cxg_responses_total{{class=\"{class}xx\"}} {}", count.load(Ordering::Relaxed));
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text)
}

#[cfg(test)]
mod tests {
    use super::{BELIEVED, Readiness};
    use futures_util::future::join_all;
    use std::{
        cell::Cell,
        time::{Duration, Instant},
    };

    /// `/health/ready` is anonymous and asks three servers: a flood of callers makes them answer once a second, not once a call.
    #[actix_web::test]
    async fn the_parts_are_asked_once_a_second_whoever_wants_to_know() {
        let (readiness, asked) = (Readiness::new(None), Cell::new(0));
        let started = Instant::now();
        let ask = async |after: Duration| {
            let probe = async || {
                asked.set(asked.get() + 1);
                // everybody else comes meanwhile
                tokio::task::yield_now().await;
                vec!["redis"]
            };
            readiness.away(|| started + after, probe).await
        };
        let answers = join_all((0..100).map(|_| ask(Duration::ZERO))).await;
        assert_eq!((asked.get(), answers), (1, vec![vec!["redis"]; 100]));
        let _ = ask(BELIEVED - Duration::from_millis(1)).await;
        assert_eq!(asked.get(), 1);
        let _ = ask(BELIEVED).await;
        assert_eq!(asked.get(), 2);
    }
}
