use crate::{LegacyApi, address};
use actix_web::{HttpMessage, HttpRequest, dev::ServiceRequest, web::Data};
use kernel::Lang;
use std::net::IpAddr;
use uuid::Uuid;

/// What is known of a request before anything else: its id, where it came from, and the caller's language.
#[derive(Clone, Copy, Debug)]
pub struct RequestMeta {
    /// The caller's `X-Request-Id` when it is a UUID, else a new one (v7).
    pub id: Uuid,
    pub lang: Lang,
    /// The client's, also behind proxies that are trusted.
    pub address: Option<IpAddr>,
    /// What the program serves beside the API of the envelope.
    legacy: Option<LegacyApi>,
}

impl RequestMeta {
    /// Reads the headers and remembers the result with the request.
    pub fn identify(request: &ServiceRequest) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let id = header("x-request-id").and_then(|text| Uuid::try_parse(text).ok()).unwrap_or_else(Uuid::now_v7);
        let lang = header("accept-language").map(Lang::from_header).unwrap_or_default();
        let legacy = request.app_data::<Data<LegacyApi>>().map(|api| *api.get_ref());
        let meta = Self { id, lang, address: address::of(request), legacy };
        request.extensions_mut().insert(meta);
        meta
    }

    /// What is known of a request that passed the middleware.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let known = request.extensions().get::<Self>().copied();
        let address = || request.peer_addr().map(|peer| peer.ip().to_canonical());
        known.unwrap_or_else(|| Self { id: Uuid::now_v7(), lang: Lang::default(), address: address(), legacy: None })
    }

    /// The legacy API, where the path is one of its.
    pub(crate) fn legacy_api(&self, path: &str) -> Option<LegacyApi> {
        self.legacy.filter(|api| (api.has_path)(path))
    }
}
