use crate::RequestMeta;
use actix_web::{HttpResponse, ResponseError, body::BoxBody, http::StatusCode, http::header};
use kernel::{Code, Error};
use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use uuid::Uuid;

/// [`kernel::Error`] as actix wants errors. `?` makes it.
#[derive(Debug)]
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failure {}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Only the status: the middleware, which knows the request, writes the body.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

/// The envelope of every error.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct ErrorBody {
    /// Always false.
    pub success: bool,
    /// Always null.
    pub data: Option<String>,
    /// A sentence for people: Korean, or English when `Accept-Language` prefers it.
    pub message: String,
    /// Stable, for programs: `VALIDATION_ERROR`, `NOT_FOUND` …
    pub code: String,
    #[openapi(example = "2026-11-21T00:00:00.000Z")]
    pub timestamp: String,
    pub request_id: Uuid,
    /// More for programs: `errors` (field, rule, message), `rule`, `allowed`, `permission` …
    pub detail: Value,
}

/// Writes an error for this request, in the envelope or as the legacy API writes it; logs what is ours to mend.
pub(crate) fn render(error: &Error, meta: RequestMeta, path: &str) -> HttpResponse<BoxBody> {
    let status = StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match error.code() {
        Code::Internal => tracing::error!(request_id = %meta.id, path, %error, "request failed"),
        Code::Unavailable => tracing::warn!(request_id = %meta.id, path, %error, "request could not be served"),
        _ => {}
    }
    let mut response = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    if let Some(seconds) = error.retry_seconds() {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    if let Some(version) = error.current_version() {
        response.insert_header((header::ETAG, format!("\"{version}\"")));
    }
    if let Some(api) = meta.legacy_api(path) {
        return response.json((api.error_body)(error, meta.lang));
    }
    response.json(ErrorBody {
        success: false,
        data: None,
        message: error.message(meta.lang).to_owned(),
        code: error.code().as_str().to_owned(),
        timestamp: crate::reply::timestamp(),
        request_id: meta.id,
        detail: Value::Object(error.detail(meta.lang)),
    })
}

/// The error for a status that actix itself answered.
pub(crate) fn of_status(status: StatusCode) -> Error {
    use kernel::Message;
    match status.as_u16() {
        401 => Error::unauthorized(),
        404 => Error::not_found(),
        405 => Error::new(
            Code::MethodNotAllowed,
            Message::new("이 경로에서 지원하지 않는 메서드입니다.", "This path does not support that method."),
        ),
        413 => Error::new(Code::PayloadTooLarge, Message::new("요청 본문이 너무 큽니다.", "The request body is too large.")),
        415 => Error::new(
            Code::UnsupportedMediaType,
            Message::new("요청 본문을 application/json 형식으로 보내세요.", "Send the request body as application/json."),
        ),
        400 | 408 => Error::new(Code::Unparseable, Message::new("요청을 읽을 수 없습니다.", "The request cannot be parsed.")),
        503 => Error::unavailable("refused by the server"),
        other => Error::internal(format!("answered {other} by itself")),
    }
}
