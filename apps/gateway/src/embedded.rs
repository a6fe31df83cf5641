//! Files that came into the binary at build time, as answers: they lie there compressed, and are asked again with an ETag.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher};
use std::io::Read as _;
use std::sync::{Mutex, PoisonError, RwLock};

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, VARY, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, web};
use envelope::{accepts_gzip, is_known};
use flate2::read::GzDecoder;
use rust_embed::{EmbeddedFile, RustEmbed};

/// A file and what a browser must know of it.
#[derive(Clone)]
pub(crate) struct File {
    bytes: Cow<'static, [u8]>,
    is_gzip: bool,
    mime: &'static str,
    hash: String,
}

impl File {
    /// What is written in this program itself.
    pub fn own(text: &'static str, mime: &'static str) -> Self {
        Self { bytes: Cow::Borrowed(text.as_bytes()), is_gzip: false, mime, hash: hash(text.as_bytes()) }
    }

    /// What the build compressed.
    pub fn gzip(bytes: &'static [u8], mime: &'static str) -> Self {
        Self { bytes: Cow::Borrowed(bytes), is_gzip: true, mime, hash: hash(bytes) }
    }

    /// A file of a folder. `None`: there is none, or it is of a kind that is not served.
    pub fn of<Folder: RustEmbed>(name: &str) -> Option<Self> {
        let file =
            |file: EmbeddedFile, is_gzip, mime| Self { hash: hex(&file.metadata.sha256_hash()[..12]), bytes: file.data, is_gzip, mime };
        let mime = mime(name)?;
        let small = Folder::get(&format!("{name}.gz")).map(|found| file(found, true, mime));
        small.or_else(|| Folder::get(name).map(|found| file(found, false, mime)))
    }
}

/// What was unpacked, by hash: anybody may ask, and as often as they like.
static UNPACKED: RwLock<BTreeMap<String, web::Bytes>> = RwLock::new(BTreeMap::new());

fn known(hash: &str) -> Option<web::Bytes> {
    UNPACKED.read().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
}

/// Unpacks what the build compressed: each file once, and one at a time.
fn unpacked(file: &File) -> std::io::Result<web::Bytes> {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known(&file.hash) {
        return Ok(known);
    }
    let mut whole = Vec::new();
    GzDecoder::new(&*file.bytes).read_to_end(&mut whole)?;
    let whole = web::Bytes::from(whole);
    UNPACKED.write().unwrap_or_else(PoisonError::into_inner).insert(file.hash.clone(), whole.clone());
    Ok(whole)
}

fn hash(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hex(&hasher.finish().to_be_bytes())
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
    let goes_as_gzip = file.is_gzip && accepts_gzip(request.headers());
    // two spellings of one content: a strong tag may not name both
    let etag = if goes_as_gzip { format!("\"{}-gz\"", file.hash) } else { format!("\"{}\"", file.hash) };
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
    if goes_as_gzip {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    } else if file.is_gzip {
        if let Some(whole) = known(&file.hash) {
            return response.body(whole);
        }
        // 3 MB take a while: not on a thread that serves others
        return match web::block(move || unpacked(&file)).await {
            Ok(Ok(whole)) => response.body(whole),
            _ => HttpResponse::InternalServerError().finish(),
        };
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

#[cfg(test)]
mod tests {
    use super::{File, unpacked};
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    /// Whoever asks for a file without compression had it unpacked each time: a thousand small requests took two gigabytes.
    #[test]
    fn a_file_is_unpacked_once() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&[b'x'; 5000]).unwrap();
        let file = File::gzip(encoder.finish().unwrap().leak(), "text/plain");
        let (one, other) = (unpacked(&file).unwrap(), unpacked(&file).unwrap());
        assert_eq!((one.len(), one.as_ptr()), (5000, other.as_ptr()));
    }
}
