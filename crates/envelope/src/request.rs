use actix_web::{HttpMessage, HttpRequest, dev::ServiceRequest};
use kernel::Lang;
use uuid::Uuid;

/// What is known of a request before anything else: its id and the caller's language.
#[derive(Clone, Copy, Debug)]
pub struct RequestMeta {
    /// The caller's `X-Request-Id` when it is a UUID, else a new one (v7).
    pub id: Uuid,
    pub lang: Lang,
}

impl RequestMeta {
    /// Reads the headers and remembers the result with the request.
    pub fn identify(request: &ServiceRequest) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let id = header("x-request-id").and_then(|text| Uuid::try_parse(text).ok()).unwrap_or_else(Uuid::now_v7);
        let meta = Self { id, lang: header("accept-language").map(Lang::from_header).unwrap_or_default() };
        request.extensions_mut().insert(meta);
        meta
    }

    /// The id and language of a request that passed the middleware.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().copied().unwrap_or_else(|| Self { id: Uuid::now_v7(), lang: Lang::default() })
    }
}
