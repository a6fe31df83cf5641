//! Counts requests, and refuses what is too much.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web::Data,
};
use auth::{Platform, count, is_counted};
use envelope::{Failure, LateHeaders, RequestMeta};
use erp::is_erp_path;
use limits::{Caller, Limits, Purpose, Shared};
use std::net::{IpAddr, Ipv4Addr};

use crate::settings::{OnOff, Settings};

/// The limits of these settings; `None`: off.
pub(crate) fn limits(settings: &Settings) -> std::io::Result<Option<Data<Limits>>> {
    if settings.rate_limit == OnOff::Off {
        return Ok(None);
    }
    let shared = settings.redis_url.as_deref().map(Shared::new).transpose().map_err(std::io::Error::other)?;
    Ok(Some(Data::new(Limits::new(limits::Policy::default(), shared))))
}

/// Health, documents and the like are not counted.
pub(crate) fn is_counted_path(path: &str) -> bool {
    path.strip_prefix("/api/v1").is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) || is_erp_path(path)
}

fn purpose(method: &Method, path: &str, query: &str) -> Purpose {
    let auth = path.strip_prefix("/api/v1/").and_then(|rest| rest.split_once("/auth/"));
    match auth {
        Some(("manager" | "tenants", what)) if method == Method::POST => match what {
            "login" | "login/mfa" => Purpose::Login,
            "register" => Purpose::Register,
            "forgot-password" => Purpose::ForgotPassword,
            "refresh" => Purpose::Refresh,
            _ => Purpose::General,
        },
        None if method == Method::POST && query.split('&').any(|pair| pair == "dry_run=true") => Purpose::DryRun,
        _ => Purpose::General,
    }
}

/// The middleware. It stands innermost, so that what it refuses is logged, has the headers a browser needs, and its envelope.
pub(crate) async fn limit(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    // as it is routed: an encoded letter must not open a way around
    let path = request.match_info().as_str();
    let (Some(limits), true) = (request.app_data::<Data<Limits>>(), is_counted_path(path) && request.method() != Method::OPTIONS) else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let (limits, purpose) = (limits.clone(), purpose(request.method(), path, request.query_string()));
    let Some(platform) = request.app_data::<Data<Platform>>().cloned() else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let headers = LateHeaders::of(request.request());
    let address = RequestMeta::of(request.request()).address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let stranger = Caller::address(address);
    if matches!(purpose, Purpose::General | Purpose::DryRun) && platform.has_unproven_key(request.request()) {
        // counted before the database is asked about the key: made-up ones would have it read as often as they like
        if let Err(error) = count(&limits, &headers, &stranger, Purpose::General, platform.now()).await {
            return Ok(request.error_response(Failure(error)));
        }
        let Some(owner) = platform.caller_of(request.request()).await else {
            return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
        };
        return match count(&limits, &headers, &owner, purpose, platform.now()).await {
            Ok(()) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
            Err(error) => Ok(request.error_response(Failure(error))),
        };
    }
    let (caller, purpose) = match purpose {
        Purpose::General | Purpose::DryRun => match platform.caller_of(request.request()).await {
            Some(caller) => (caller, purpose),
            // a stranger has one window, whatever they say they are doing
            None => (stranger, Purpose::General),
        },
        // who is not known yet, whatever they carry
        _ => (stranger, purpose),
    };
    if purpose != Purpose::Refresh {
        return match count(&limits, &headers, &caller, purpose, platform.now()).await {
            Ok(()) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
            Err(error) => Ok(request.error_response(Failure(error))),
        };
    }
    // whose it is stands in the body: the handler counts it for its user, and what is left for the address
    let response = next.call(request).await?.map_into_boxed_body();
    if !is_counted(&headers)
        && let Err(error) = count(&limits, &headers, &caller, Purpose::General, platform.now()).await
    {
        return Ok(response.error_response(Failure(error)));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::{is_counted_path, purpose};
    use actix_web::http::Method;
    use limits::Purpose;

    #[test]
    fn the_api_is_counted_and_nothing_else() {
        for path in
            ["/api/v1", "/api/v1/", "/api/v1/tenants/adm/users", "/users", "/users/7", "/organizations/", "/roles", "/departments/tree"]
        {
            assert!(is_counted_path(path), "{path}");
        }
        for path in ["/", "/health/live", "/metrics", "/docs", "/openapi.json", "/usersx", "/api/v10", "/.well-known/jwks.json"] {
            assert!(!is_counted_path(path), "{path}");
        }
    }

    #[test]
    fn what_is_tried_by_strangers_has_a_limit_of_its_own() {
        assert_eq!(purpose(&Method::POST, "/api/v1/manager/auth/login", ""), Purpose::Login);
        assert_eq!(purpose(&Method::POST, "/api/v1/tenants/auth/login/mfa", ""), Purpose::Login);
        assert_eq!(purpose(&Method::POST, "/api/v1/manager/auth/register", ""), Purpose::Register);
        assert_eq!(purpose(&Method::POST, "/api/v1/tenants/auth/forgot-password", ""), Purpose::ForgotPassword);
        assert_eq!(purpose(&Method::POST, "/api/v1/tenants/auth/refresh", ""), Purpose::Refresh);
        assert_eq!(purpose(&Method::GET, "/api/v1/tenants/auth/me", ""), Purpose::General);
        assert_eq!(purpose(&Method::POST, "/api/v1/tenants/adm/login", ""), Purpose::General);
        assert_eq!(purpose(&Method::POST, "/api/v1/tenants/auth/login", "dry_run=true"), Purpose::Login);
    }

    #[test]
    fn trials_are_counted_apart() {
        let path = "/api/v1/tenants/fim/invoices";
        assert_eq!(purpose(&Method::POST, path, "dry_run=true"), Purpose::DryRun);
        assert_eq!(purpose(&Method::POST, path, "dry_run=false"), Purpose::General);
        assert_eq!(purpose(&Method::GET, path, "dry_run=true"), Purpose::General);
    }
}
