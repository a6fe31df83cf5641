use crate::{
    Failure, LateHeaders, RequestMeta, accepts_gzip,
    failure::{of_status, render},
    negotiate::{compressed, without_body},
};
use actix_web::{
    Error as ActixError, HttpMessage, HttpRequest, HttpResponse,
    body::{BodySize, BodyStream, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use futures_util::{FutureExt, TryStreamExt, stream};
use kernel::{Error, Message, boxed};
use std::{panic::AssertUnwindSafe, pin::Pin, time::Duration};

/// Time a handler may take until its answer begins; a stream may go on longer.
const HANDLER_DEADLINE: Duration = Duration::from_secs(60);

/// Bytes of an address, query and all. Beyond 64 KiB the parser of HTTP itself refuses it, which knows no envelope.
const ADDRESS_LIMIT: usize = 16 * 1024;

/// The middleware around everything: an id for each request, panics caught, every error in
/// the envelope, the headers no answer goes without; HEAD for whatever has a GET, and answers compressed.
pub async fn face(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, ActixError> {
    // HEAD is GET without the body, wherever there is a GET
    let is_head = request.method() == Method::HEAD;
    if is_head {
        request.head_mut().method = Method::GET;
    }
    let zips = accepts_gzip(request.headers());
    let meta = RequestMeta::identify(&request);
    // as it is routed, letters that need not be encoded decoded
    let path = request.match_info().as_str().to_owned();
    let late = LateHeaders::default();
    request.extensions_mut().insert(late.clone());
    // the request itself must not be held here: routing wants it for itself
    let failed = |mut response: HttpResponse| {
        dress(&mut response, meta, &path, &late);
        let response = if is_head { without_body(response) } else { response };
        Err(InternalError::from_response("answered in the envelope", response).into())
    };
    if request.uri().path_and_query().is_some_and(|address| address.as_str().len() > ADDRESS_LIMIT) {
        let text = format!("주소는 {ADDRESS_LIMIT}바이트 이하여야 합니다.");
        let text = Message::new(text, format!("must have at most {ADDRESS_LIMIT} bytes"));
        return failed(render(&Error::unparseable("url", "max_length", text), meta, &path));
    }
    let answer = AssertUnwindSafe(next.call(request)).catch_unwind();
    let answer = match tokio::time::timeout(HANDLER_DEADLINE, answer).await {
        Ok(answer) => answer,
        // what hung is dropped, and its transaction with it
        Err(_) => return failed(render(&Error::unavailable("the handler's deadline passed"), meta, &path)),
    };
    match answer {
        Ok(Ok(response)) => {
            let (request, response) = response.map_into_boxed_body().into_parts();
            let mut response = in_envelope(response, meta, &path);
            if response.status() == StatusCode::METHOD_NOT_ALLOWED {
                say_what_is_allowed(&mut response);
            }
            dress(&mut response, meta, &path, &late);
            let response = compressed(watched(response, meta), zips);
            let response = if is_head { without_body(response) } else { response };
            Ok(ServiceResponse::new(request, response))
        }
        Ok(Err(error)) => failed(of_actix(&error, meta, &path)),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
            failed(render(&Error::internal(format!("panic: {}", text.unwrap_or_default())), meta, &path))
        }
    }
}

/// A stream that breaks off has begun with a status of success: only the log can say that it did not end well.
fn watched(response: HttpResponse, meta: RequestMeta) -> HttpResponse {
    if response.body().size() != BodySize::Stream {
        return response;
    }
    response.map_body(|_, mut body| {
        let chunks = stream::poll_fn(move |cx| Pin::new(&mut body).poll_next(cx));
        BoxBody::new(BodyStream::new(chunks.inspect_err(move |error| tracing::error!(request_id = %meta.id, %error, "a stream broke off"))))
    })
}

fn is_api(meta: RequestMeta, path: &str) -> bool {
    path.starts_with("/api/") || meta.legacy_api(path).is_some()
}

/// The headers of every answer.
fn dress(response: &mut HttpResponse, meta: RequestMeta, path: &str, late: &LateHeaders) {
    let headers = response.headers_mut();
    late.write(headers);
    if let Ok(id) = HeaderValue::from_str(&meta.id.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if is_api(meta, path) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// What actix answered by itself, or a handler as an error, gets its envelope.
fn in_envelope(response: HttpResponse, meta: RequestMeta, path: &str) -> HttpResponse {
    let status = response.status();
    match response.error() {
        Some(error) => keeping_headers(&response, of_actix(error, meta, path)),
        // pages and files too answer a wrong method in the envelope; what else they say is for a browser
        None if (is_api(meta, path) || status == StatusCode::METHOD_NOT_ALLOWED) && status.as_u16() >= 400 && !is_json(&response) => {
            keeping_headers(&response, render(&of_status(status), meta, path))
        }
        None => response,
    }
}

/// What further middleware put on an answer (CORS, HSTS) stays when the envelope replaces it.
fn keeping_headers(old: &HttpResponse, mut new: HttpResponse) -> HttpResponse {
    for (name, value) in old.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) && !new.headers().contains_key(name) {
            new.headers_mut().append(name.clone(), value.clone());
        }
    }
    new
}

/// What no route of the API answers (health, pages, files) can only be read.
fn say_what_is_allowed(response: &mut HttpResponse) {
    if !response.headers().contains_key(header::ALLOW) {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
}

fn is_json(response: &HttpResponse) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

fn of_actix(error: &ActixError, meta: RequestMeta, path: &str) -> HttpResponse {
    if let Some(Failure(error)) = error.as_error::<Failure>() {
        return render(error, meta, path);
    }
    match error.as_response_error().status_code() {
        StatusCode::INTERNAL_SERVER_ERROR => render(&Error::internal(error), meta, path),
        status => render(&of_status(status), meta, path),
    }
}

/// The answer for paths nobody serves.
#[boxed(?Send)]
pub async fn unknown_path(request: HttpRequest) -> HttpResponse {
    render(&Error::not_found(), RequestMeta::of(&request), request.path())
}
