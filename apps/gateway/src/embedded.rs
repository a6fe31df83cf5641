//! Files that came into the binary at build time, as answers: compressed once, asked again with an ETag.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, VARY, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, web};
use envelope::{accepts_gzip, is_known};
use flate2::Compression;
use flate2::write::GzEncoder;

/// A file and what a browser must know of it.
#[derive(Clone)]
pub(crate) struct File {
    pub bytes: Cow<'static, [u8]>,
    pub mime: &'static str,
    pub hash: String,
}

impl File {
    /// What is written in this program itself.
    pub fn own(text: &'static str, mime: &'static str) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(text.as_bytes());
        Self { bytes: Cow::Borrowed(text.as_bytes()), mime, hash: hex(&hasher.finish().to_be_bytes()) }
    }

    /// None for a kind of file that is not served.
    pub fn of(name: &str, file: rust_embed::EmbeddedFile) -> Option<Self> {
        let mime = mime(name)?;
        Some(Self { bytes: file.data, mime, hash: hex(&file.metadata.sha256_hash()[..12]) })
    }
}

pub(crate) fn mime(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("js") => Some("text/javascript; charset=utf-8"),
        Some("css") => Some("text/css; charset=utf-8"),
        Some("txt") => Some("text/plain; charset=utf-8"),
        Some("svg") => Some("image/svg+xml"),
        Some("woff2") => Some("font/woff2"),
        _ => None,
    }
}

/// A page under a policy of its own. Always asked again: it names the scripts that belong to it.
pub(crate) fn page(csp: &'static str, body: impl Into<Cow<'static, str>>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, csp))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(body.into().into_owned())
}

pub(crate) fn missing() -> HttpResponse {
    HttpResponse::NotFound().insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff")).finish()
}

/// The file, or 304 where the browser has it.
pub(crate) async fn answer(request: &HttpRequest, file: File, cache: &'static str) -> HttpResponse {
    let zipped = file.bytes.len() > 1024 && accepts_gzip(request.headers());
    // two spellings of one content: a strong tag may not name both
    let etag = if zipped { format!("\"{}-gz\"", file.hash) } else { format!("\"{}\"", file.hash) };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((ETAG, etag.clone()))
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if is_known(request.headers(), &etag) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.insert_header((CONTENT_TYPE, file.mime));
    if zipped {
        let File { hash, bytes, .. } = file;
        // 1.7 MB take a while: not on a thread that serves others
        if let Ok(Ok(small)) = web::block(move || gzip(hash, &bytes)).await {
            return response.insert_header((CONTENT_ENCODING, "gzip")).body(web::Bytes::from_owner(small));
        }
        return HttpResponse::InternalServerError().finish();
    }
    match file.bytes {
        Cow::Borrowed(bytes) => response.body(web::Bytes::from_static(bytes)),
        Cow::Owned(bytes) => response.body(bytes),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A shared slice that `Bytes` can own, so that a request costs no copy of the bundle.
#[derive(Clone)]
struct Zipped(Arc<[u8]>);

impl AsRef<[u8]> for Zipped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Each bundle is compressed once, at its first use, by content: a debug build reads the folder anew at each request.
fn gzip(hash: String, bytes: &[u8]) -> std::io::Result<Zipped> {
    static DONE: Mutex<Option<HashMap<String, Zipped>>> = Mutex::new(None);
    // held while compressing: two first readers do not both pay
    let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
    let done = done.get_or_insert_default();
    if let Some(ready) = done.get(&hash) {
        return Ok(ready.clone());
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::default());
    encoder.write_all(bytes)?;
    let small = Zipped(encoder.finish()?.into());
    done.insert(hash, small.clone());
    Ok(small)
}
