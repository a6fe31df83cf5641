//! Whether the platform lives, whether it can serve, and how busy it is.

use actix_web::{HttpResponse, http::StatusCode, web};
use auth::Platform;
use kernel::Realm;
use serde_json::json;
use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/", web::get().to(root))
        .route("/health/live", web::get().to(|| async { HttpResponse::Ok().json(json!({"status": "alive"})) }))
        .route("/health/ready", web::get().to(ready))
        .route("/metrics", web::get().to(metrics));
}

async fn root(platform: web::Data<Platform>) -> HttpResponse {
    let status = if platform.is_ready() { "healthy" } else { "starting" };
    HttpResponse::Ok().json(json!({"name": "CXG", "version": env!("CARGO_PKG_VERSION"), "status": status, "docs": "/docs"}))
}

/// `CXG_REDIS_URL`, where it is set.
pub(crate) struct Redis(pub Option<String>);

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

async fn ready(platform: web::Data<Platform>, redis: web::Data<Redis>) -> HttpResponse {
    let mut away = Vec::new();
    if !platform.is_ready() {
        away.push("platform");
    }
    for (name, realm) in [("manager_database", Realm::Manager), ("tenant_database", Realm::Tenant)] {
        if !matches!(tokio::time::timeout(PATIENCE, platform.ping(realm)).await, Ok(Ok(()))) {
            away.push(name);
        }
    }
    if let Some(url) = &redis.0
        && !matches!(tokio::time::timeout(PATIENCE, ping_redis(url)).await, Ok(Ok(())))
    {
        away.push("redis");
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
