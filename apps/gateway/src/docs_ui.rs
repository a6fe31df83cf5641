//! `/docs` (Swagger UI) and `/redoc` (ReDoc): two pages that render `/openapi.json`, served from the binary and closed to the outside.
//!
//! `build.rs` fetches the bundles. When it could not, both pages still answer and say so: documentation is never a reason not to start.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/docs-ui"]
#[allow_missing = true]
struct Bundles;

/// Swagger UI 5.35 styles itself through the CSSOM only: nothing inline is needed.
const SWAGGER_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// ReDoc 2.5.4 adds two `<style>` elements: an empty one that it fills through the CSSOM (the hash of nothing), and its scrollbar's rules,
/// constant for the pinned version. Two hashes are tighter than 'unsafe-inline'. Its search runs in a worker made from a blob.
const REDOC_CSP: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; \
     img-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page without bundles: text and a link.
const PLAIN_CSP: &str = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// `href="data:,"`: without it every browser asks for /favicon.ico
const SWAGGER_HTML: &str = r#"<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CXG API · Swagger UI</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="stylesheet" href="/docs/assets/page.css">
</head>
<body>
<div id="ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/swagger-init.js"></script>
</body>
</html>
"#;

const REDOC_HTML: &str = r#"<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CXG API · ReDoc</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/assets/page.css">
</head>
<body>
<div id="ui"></div>
<script src="/docs/assets/redoc.standalone.js"></script>
<script src="/docs/assets/redoc-init.js"></script>
</body>
</html>
"#;

const MISSING_HTML: &str = r#"<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CXG API</title>
<link rel="icon" href="data:,">
</head>
<body>
<h1>CXG API</h1>
<p>이 실행 파일은 Node.js와 npm 없이 빌드되어 문서 화면(Swagger UI, ReDoc)이 들어 있지 않습니다.
Node.js 20 이상과 npm을 설치하고 <code>touch apps/gateway/docs-ui/package.json</code> 후 다시 빌드하십시오.</p>
<p lang="en">This binary was built without Node.js and npm, so the documentation pages (Swagger UI, ReDoc) are not in it.
Install Node.js 20 or newer with npm, run <code>touch apps/gateway/docs-ui/package.json</code> and build again.</p>
<p><a href="/openapi.json">/openapi.json</a></p>
</body>
</html>
"#;

// `showExtensions` shows `x-permission`; some 70 resources are folded, or the page takes seconds to draw.
// The token is not kept in the browser: it would outlive the session that was meant.
const SWAGGER_INIT: &str = r##""use strict";
window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#ui",
  validatorUrl: null,
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  displayRequestDuration: true,
  showExtensions: true,
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout"
});
"##;

const REDOC_INIT: &str = r#""use strict";
Redoc.init("/openapi.json", { showExtensions: ["x-permission"], nativeScrollbars: true }, document.getElementById("ui"));
"#;

const PAGE_CSS: &str = "body { margin: 0; }\n";

/// Mounts `/docs`, `/redoc` and the files they need. Without credential: they hold nothing but what `/openapi.json` says to everybody.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource(["/docs", "/docs/"]).route(web::get().to(swagger)).route(web::head().to(swagger)))
        .service(web::resource(["/redoc", "/redoc/"]).route(web::get().to(redoc)).route(web::head().to(redoc)))
        .service(web::resource("/docs/assets/{file}").route(web::get().to(asset)).route(web::head().to(asset)));
}

/// Whether the bundles are in this binary; `main` may say so at start, and tests need not guess.
pub fn available() -> bool {
    ["swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js"].iter().all(|file| Bundles::get(file).is_some())
}

async fn swagger() -> HttpResponse {
    if available() { html(SWAGGER_CSP, SWAGGER_HTML) } else { html(PLAIN_CSP, MISSING_HTML) }
}

async fn redoc() -> HttpResponse {
    if available() { html(REDOC_CSP, REDOC_HTML) } else { html(PLAIN_CSP, MISSING_HTML) }
}

fn html(csp: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, csp))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(body)
}

async fn asset(request: HttpRequest, file: web::Path<String>) -> HttpResponse {
    let Some(found) = find(&file) else {
        return HttpResponse::NotFound().insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff")).finish();
    };
    let zipped = found.bytes.len() > 1024 && accepts_gzip(request.headers());
    // two spellings of one content: a strong tag may not name both
    let etag = if zipped { format!("\"{}-gz\"", found.hash) } else { format!("\"{}\"", found.hash) };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((ETAG, etag.clone()))
        // always asked again (a 304 costs nothing): after an upgrade an old script under the new page's CSP would not run
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if matches(request.headers(), &etag) {
        return response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
    }
    response.insert_header((CONTENT_TYPE, found.mime));
    if zipped {
        let hash = found.hash;
        let bytes = found.bytes;
        // 1.7 MB take a while: not on a thread that serves others
        if let Ok(Ok(small)) = web::block(move || gzip(hash, &bytes)).await {
            return response.insert_header((CONTENT_ENCODING, "gzip")).body(web::Bytes::from_owner(small));
        }
        return HttpResponse::InternalServerError().finish();
    }
    response.body(found.bytes.into_owned())
}

struct Found {
    bytes: Cow<'static, [u8]>,
    mime: &'static str,
    hash: String,
}

fn find(name: &str) -> Option<Found> {
    let own = match name {
        "swagger-init.js" => Some((SWAGGER_INIT, "text/javascript; charset=utf-8")),
        "redoc-init.js" => Some((REDOC_INIT, "text/javascript; charset=utf-8")),
        "page.css" => Some((PAGE_CSS, "text/css; charset=utf-8")),
        _ => None,
    };
    if let Some((text, mime)) = own {
        let mut hasher = DefaultHasher::new();
        hasher.write(text.as_bytes());
        let hash = hex(&hasher.finish().to_be_bytes());
        return Some(Found { bytes: Cow::Borrowed(text.as_bytes()), mime, hash });
    }
    let mime = match name.rsplit_once('.').map(|(_, end)| end) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        _ => return None,
    };
    let file = Bundles::get(name)?;
    Some(Found { bytes: file.data, mime, hash: hex(&file.metadata.sha256_hash()[..12]) })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"))
            && !words.any(|word| word.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0))
    })
}

fn matches(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || tag.trim().trim_start_matches("W/") == etag)
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
