//! What is served where.

use crate::{console, docs_ui, document, health, modules, rate, settings::Settings};
use actix_cors::Cors;
use actix_web::{
    HttpResponse, Resource, Route,
    body::MessageBody,
    dev::{Server, Service, ServiceRequest, ServiceResponse},
    middleware::{Condition, DefaultHeaders, Next, from_fn},
    web as plain,
};
use audt::auditing::HeadFile;
use auth::Platform;
use envelope::{RequestMeta, Routes, face, web};
use kernel::Realm;
use std::{net::SocketAddr, rc::Rc, time::Duration};
use tracing::Span;
use tracing_actix_web::{RootSpanBuilder, TracingLogger};

/// The routes of the API below `/api/v1`, and of the small ERP.
pub(crate) fn api() -> web::ServiceConfig {
    let of = |realm: Realm, scope: web::Scope| {
        modules().into_iter().filter(|module| module.realm == realm).fold(scope, |scope, module| scope.configure(module.routes))
    };
    let mut declared = web::ServiceConfig::default();
    declared.service(
        web::scope("/api/v1")
            .service(of(Realm::Manager, web::scope("/manager").configure(signin::api::manager)))
            .service(of(Realm::Tenant, web::scope("/tenants").configure(signin::api::tenant))),
    );
    erp::routes(&mut declared);
    declared
}

/// One span a request, with what every log line should have.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = RequestMeta::of(request.request()).id;
        tracing::info_span!("request", method = %request.method(), path = request.path(), request_id = %id)
    }

    fn on_request_end<B: MessageBody>(_: Span, outcome: &Result<ServiceResponse<B>, actix_web::Error>) {
        let status = match outcome {
            Ok(response) => response.response().error().map_or(response.status(), |error| error.as_response_error().status_code()),
            Err(error) => error.as_response_error().status_code(),
        };
        // reads that went well are the bulk of it, and nobody looks for them
        if status.is_success() {
            tracing::debug!(status = status.as_u16(), "answered");
        } else {
            tracing::info!(status = status.as_u16(), "answered");
        }
    }
}

/// Headers a script of another origin may read.
const EXPOSED: [&str; 8] = [
    "etag",
    "location",
    "idempotent-replayed",
    "x-request-id",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
];

fn cors(settings: &Settings) -> Condition<Cors> {
    let origins: Vec<&str> =
        settings.cors_origins.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|origin| !origin.is_empty()).collect();
    let cors = origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    let cors = cors.allow_any_method().allow_any_header().expose_headers(EXPOSED).max_age(3600);
    Condition::new(!origins.is_empty(), cors)
}

/// Keys may have been exchanged elsewhere: looked at before whatever signs, seals or verifies.
async fn fresh_keys(
    platform: plain::Data<Platform>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    // health must not wait for a database
    if rate::is_counted_path(request.match_info().as_str()) || request.path() == health::JWKS {
        platform.keep_keys_fresh().await;
    }
    next.call(request).await
}

/// What is only read: every other method is 405.
pub(crate) fn reading(resource: Resource, route: Route) -> Resource {
    resource.route(route).default_service(plain::to(|| async { HttpResponse::MethodNotAllowed().finish() }))
}

/// Starts listening and answering. Answers the server and the address.
pub fn listen(settings: &Settings, platform: &Platform, workers: usize) -> std::io::Result<(Server, SocketAddr)> {
    let (run, address) = bind(settings, platform, workers)?;
    Ok((run(), address))
}

/// Takes the port. Answers what starts the server, and the address, which the system chose for port 0. Who calls before the server is
/// started waits for it.
pub fn bind(settings: &Settings, platform: &Platform, workers: usize) -> std::io::Result<(impl FnOnce() -> Server + use<>, SocketAddr)> {
    let data = plain::Data::new(platform.clone());
    let metrics = plain::Data::new(health::Metrics::default());
    let (settings, bind) = (settings.clone(), settings.bind.clone());
    let https = settings.public_url().starts_with("https://");
    let readiness = plain::Data::new(health::Readiness::new(settings.redis_url.clone()));
    let work = plain::Data::new(crate::startup::work_context(&settings, platform));
    let heads = plain::Data::new(HeadFile::in_data_dir(&settings.data_dir));
    let legacy = plain::Data::new(erp::LEGACY_API);
    let proxies = plain::Data::new(settings.trusted_proxies().map_err(std::io::Error::other)?);
    let limits = rate::limits(&settings)?;
    let server = actix_web::HttpServer::new(move || {
        let counted = metrics.clone();
        let mut headers = DefaultHeaders::new();
        if https {
            headers = headers.add(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"));
        }
        let app = actix_web::App::new()
            .wrap(from_fn(rate::limit))
            .wrap(from_fn(fresh_keys))
            .wrap(cors(&settings))
            .wrap(TracingLogger::<RequestSpan>::new())
            .wrap(headers)
            .wrap(from_fn(face))
            .wrap_fn(move |mut request, service| {
                erp::remove_last_slash(&mut request);
                let counted = counted.clone();
                let answer = service.call(request);
                async move {
                    let response = answer.await?;
                    counted.count(response.status());
                    Ok(response)
                }
            })
            .app_data(data.clone())
            .app_data(metrics.clone())
            .app_data(readiness.clone())
            .app_data(work.clone())
            .app_data(heads.clone())
            .app_data(legacy.clone())
            .app_data(proxies.clone());
        let app = limits.iter().fold(app, |app, limits| app.app_data(limits.clone()));
        let routes = Rc::new(Routes::of(api()));
        app.service(reading(plain::resource(document::PATH), plain::get().to(document::serve)))
            .service(reading(plain::resource(health::JWKS), plain::get().to(health::jwks)))
            .configure(health::routes)
            .configure(docs_ui::configure)
            .configure(console::configure)
            .default_service(plain::route().to(move |request, payload: plain::Payload| routes.answer(request, payload.into_inner())))
    })
    .workers(workers)
    .shutdown_timeout(30)
    .client_request_timeout(Duration::from_secs(10))
    .keep_alive(Duration::from_secs(75))
    .disable_signals()
    .bind(&bind)?;
    let address = server.addrs().first().copied().ok_or_else(|| std::io::Error::other("not listening"))?;
    Ok((move || server.run(), address))
}
