use crate::{
    Failure, RequestMeta,
    failure::{of_status, render},
};
use actix_web::{
    Error as ActixError, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use futures_util::FutureExt;
use kernel::{Error, Result};
use std::panic::AssertUnwindSafe;

/// The middleware around everything: an id for each request, panics caught, every error in
/// the envelope, the headers no answer goes without.
pub async fn face(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let meta = RequestMeta::identify(&request);
    let http = request.request().clone();
    let path = http.path().to_owned();
    let is_api = path.starts_with("/api/");
    let mut response = match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => finish(response.map_into_boxed_body(), is_api),
        Ok(Err(error)) => ServiceResponse::new(http.clone(), of_actix(&error, &http)),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
            ServiceResponse::new(http.clone(), render(&Error::internal(format!("panic: {}", text.unwrap_or_default())), &http))
        }
    };
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&meta.id.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if is_api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// What actix answered by itself, or a handler as an error, gets its envelope.
fn finish(response: ServiceResponse<BoxBody>, is_api: bool) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let (request, inner) = response.into_parts();
    let body = match inner.error() {
        Some(error) => of_actix(error, &request),
        None if is_api && status.as_u16() >= 400 && !is_json(&inner) => {
            let mut answer = render(&of_status(status), &request);
            if let Some(allow) = inner.headers().get(header::ALLOW) {
                answer.headers_mut().insert(header::ALLOW, allow.clone());
            }
            answer
        }
        None => inner,
    };
    ServiceResponse::new(request, body)
}

fn is_json(response: &HttpResponse) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

fn of_actix(error: &ActixError, request: &HttpRequest) -> HttpResponse {
    match error.as_error::<Failure>() {
        Some(Failure(error)) => render(error, request),
        None => {
            let status = error.as_response_error().status_code();
            let status = if status == StatusCode::INTERNAL_SERVER_ERROR { return render(&Error::internal(error), request) } else { status };
            render(&of_status(status), request)
        }
    }
}

/// The answer for paths nobody serves.
pub async fn unknown_path(request: HttpRequest) -> HttpResponse {
    let _ = request.extensions();
    render(&Error::not_found(), &request)
}
