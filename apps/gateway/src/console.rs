//! `/frontend/`: the web console, served from the binary.
//!
//! Every address below it that is no file is a page of the console, which finds its way itself. Without Node at build time the console is
//! missing, and the page says so; the API does not care.

use crate::app::reading;
use crate::docs_ui::PLAIN_CSP;
use crate::embedded::{File, answer, missing, page};
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/console"]
#[allow_missing = true]
struct Console;

/// Nothing inline, nothing from elsewhere. `data:` is for the marks in the style sheets of Element Plus.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types vue";

const MISSING_HTML: &str = r#"<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CXG</title>
<link rel="icon" href="data:,">
</head>
<body>
<h1>CXG</h1>
<p>이 실행 파일은 Node.js와 npm 없이 빌드되어 웹 콘솔이 들어 있지 않습니다. API는 그대로 동작합니다.
Node.js 20 이상과 npm을 설치하고 <code>touch apps/gateway/build/main.rs</code> 후 다시 빌드하십시오.</p>
<p lang="en">This binary was built without Node.js and npm, so the web console is not in it. The API works all the same.
Install Node.js 20 or newer with npm, run <code>touch apps/gateway/build/main.rs</code> and build again.</p>
<p><a href="/docs">/docs</a> · <a href="/openapi.json">/openapi.json</a></p>
</body>
</html>
"#;

pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(reading(web::resource("/frontend"), web::get().to(home)))
        .service(reading(web::resource("/frontend/assets/{file}"), web::get().to(asset)))
        .service(reading(web::resource("/frontend/{tail:.*}"), web::get().to(index)));
}

async fn home() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/frontend/")).finish()
}

async fn index() -> HttpResponse {
    match Console::get("index.html").map(|file| String::from_utf8_lossy(&file.data).into_owned()) {
        Some(html) => page(CSP, html),
        None => page(PLAIN_CSP, MISSING_HTML),
    }
}

/// Their names change with their content: a browser need never ask again.
async fn asset(request: HttpRequest, file: web::Path<String>) -> HttpResponse {
    let name = format!("assets/{}", *file);
    match File::of::<Console>(&name) {
        Some(found) => answer(&request, found, "public, max-age=31536000, immutable").await,
        None => missing(),
    }
}
