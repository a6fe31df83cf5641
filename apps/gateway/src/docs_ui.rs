//! `/docs` (Swagger UI) and `/redoc` (ReDoc): two pages that render `/openapi.json`, served from the binary and closed to the outside.
//!
//! `build/docs_ui.rs` fetches the bundles. When it could not, both pages still answer and say so: documentation is never a reason not to start.

use crate::app::reading;
use crate::embedded::{File, answer, mime, missing, page};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;
use std::sync::OnceLock;

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
pub(crate) const PLAIN_CSP: &str = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
Node.js 20 이상과 npm을 설치하고 <code>touch apps/gateway/build/main.rs</code> 후 다시 빌드하십시오.</p>
<p lang="en">This binary was built without Node.js and npm, so the documentation pages (Swagger UI, ReDoc) are not in it.
Install Node.js 20 or newer with npm, run <code>touch apps/gateway/build/main.rs</code> and build again.</p>
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

/// The rules of the business as a table, made once a process.
fn rules_page() -> &'static str {
    static PAGE: OnceLock<String> = OnceLock::new();
    PAGE.get_or_init(|| {
        let mut rules = crate::rules();
        rules.sort_by_key(|rule| rule.name);
        let row = |rule: &&kernel::Rule| {
            format!("<tr><td><code>{}</code></td><td>{}</td><td lang=\"en\">{}</td></tr>\n", rule.name, rule.ko, rule.en)
        };
        let rows: String = rules.iter().map(row).collect();
        RULES_HTML.replace("{rows}", &rows)
    })
}

async fn rules() -> HttpResponse {
    page(PLAIN_CSP, rules_page())
}

const RULES_HTML: &str = r#"<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CXG API: rules</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/assets/rules.css">
</head>
<body>
<h1>업무 규칙 · Rules</h1>
<p>409 응답의 <code>detail.rule</code>에 오는 이름입니다. 이름은 바뀌지 않으며, 중괄호 안의 말은 응답에서 값으로 바뀝니다.</p>
<p lang="en">The names that come as <code>detail.rule</code> of an answer 409. A name never changes; what is in braces is replaced by a value in the answer.</p>
<table>
<thead><tr><th>rule</th><th>한국어</th><th>English</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
<p><a href="/docs">Swagger UI</a> · <a href="/redoc">ReDoc</a> · <a href="/openapi.json">openapi.json</a></p>
</body>
</html>
"#;

const RULES_CSS: &str = "body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; font-family: system-ui, sans-serif; line-height: 1.5; }\n\
    table { border-collapse: collapse; }\nth, td { border-bottom: 1px solid #ccc; padding: 0.4rem 0.8rem; text-align: left; vertical-align: top; }\n";

/// Mounts `/docs`, `/redoc` and the files they need. Without credential: they hold nothing but what `/openapi.json` says to everybody.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(reading(web::resource(["/docs", "/docs/"]), web::get().to(swagger)))
        .service(reading(web::resource(["/redoc", "/redoc/"]), web::get().to(redoc)))
        .service(reading(web::resource(["/docs/rules", "/docs/rules/"]), web::get().to(rules)))
        .service(reading(web::resource("/docs/assets/{file}"), web::get().to(asset)));
}

/// Whether the bundles are in this binary; `main` may say so at start, and tests need not guess.
pub fn available() -> bool {
    ["swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js"].iter().all(|file| File::of::<Bundles>(file).is_some())
}

async fn swagger() -> HttpResponse {
    if available() { page(SWAGGER_CSP, SWAGGER_HTML) } else { page(PLAIN_CSP, MISSING_HTML) }
}

async fn redoc() -> HttpResponse {
    if available() { page(REDOC_CSP, REDOC_HTML) } else { page(PLAIN_CSP, MISSING_HTML) }
}

async fn asset(request: HttpRequest, file: web::Path<String>) -> HttpResponse {
    match find(&file) {
        // always asked again (a 304 costs nothing): after an upgrade an old script under the new page's CSP would not run
        Some(found) => answer(&request, found, "no-cache").await,
        None => missing(),
    }
}

fn find(name: &str) -> Option<File> {
    let own = match name {
        "swagger-init.js" => SWAGGER_INIT,
        "redoc-init.js" => REDOC_INIT,
        "page.css" => PAGE_CSS,
        "rules.css" => RULES_CSS,
        _ => return File::of::<Bundles>(name),
    };
    Some(File::own(own, mime(name)?))
}
