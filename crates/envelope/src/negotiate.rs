//! What a caller may say about the form of the answer: compressed, and only if it is another than before.

use actix_http::encoding::Encoder;
use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    http::{
        StatusCode,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ContentEncoding, HeaderMap, HeaderValue, IF_NONE_MATCH, VARY},
    },
};

/// Smaller answers stay as they are: they fit into one packet either way.
const WORTH_IT: u64 = 1024;

/// Whether the caller takes gzip.
#[must_use]
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"))
            && !words.any(|word| word.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0))
    })
}

/// Whether `If-None-Match` names this tag: the caller has the answer already. Weak and strong tags compare alike here (RFC 9110, 13.1.2).
#[must_use]
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let etag = plain(etag);
    headers
        .get_all(IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || plain(tag) == etag)
}

/// 304 in the place of a row the caller has in this version already.
#[must_use]
pub fn unless_known(request: &actix_web::HttpRequest, response: HttpResponse) -> HttpResponse {
    let etag = response.headers().get(actix_web::http::header::ETAG);
    let known = etag.and_then(|etag| etag.to_str().ok()).is_some_and(|etag| is_known(request.headers(), etag));
    if !(known && request.method().is_safe() && response.status() == StatusCode::OK) {
        return response;
    }
    let mut unchanged = HttpResponse::NotModified();
    if let Some(etag) = etag {
        unchanged.insert_header((actix_web::http::header::ETAG, etag.clone()));
    }
    unchanged.finish()
}

/// Texts shrink; a workbook is compressed already, and events must not wait for a full buffer.
fn shrinks(response: &HttpResponse) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_text = kind.starts_with("application/json") || (kind.starts_with("text/") && !kind.starts_with("text/event-stream"));
    is_text && !response.headers().contains_key(CONTENT_ENCODING)
}

/// The answer, compressed where that is worth it and `accepted`.
pub(crate) fn compressed(mut response: HttpResponse, accepted: bool) -> HttpResponse {
    let large = match response.body().size() {
        BodySize::Sized(size) => size >= WORTH_IT,
        BodySize::Stream => true,
        BodySize::None => false,
    };
    if !large || !shrinks(&response) {
        return response;
    }
    if accepted {
        return response.map_body(|head, body| Encoder::response(ContentEncoding::Gzip, head, body)).map_into_boxed_body();
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// What HEAD answers: the head of an answer without its body, which says how long it would be.
pub(crate) fn without_body(response: HttpResponse) -> HttpResponse {
    response.map_body(|_, body| BoxBody::new(Absent(body.size())))
}

struct Absent(BodySize);

impl MessageBody for Absent {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<actix_web::web::Bytes, Self::Error>>> {
        std::task::Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use super::{accepts_gzip, is_known};
    use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, IF_NONE_MATCH};

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        for (text, taken) in [("gzip, deflate, br", true), ("br, GZIP;q=0.5", true), ("gzip;q=0", false), ("br", false), ("", false)] {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(text))]);
            assert_eq!(accepts_gzip(&headers), taken, "{text}");
        }
    }

    #[test]
    fn a_tag_is_known_in_a_list_weak_or_by_a_star() {
        for (text, known) in [("\"3\"", true), ("W/\"3\"", true), ("\"1\", \"3\"", true), ("*", true), ("\"4\"", false), ("3", false)] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(text))]);
            assert_eq!(is_known(&headers, "\"3\""), known, "{text}");
        }
    }
}
