//! HTTP itself: HEAD, compression, what the caller knows already, where a new row stands. Faults of issue 10, section F.

use reqwest::Method;
use serde_json::json;
use testkit::{Answer, Caller, both};
use tests::{every_resource, operations, unique};

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

/// The headers that say something of the answer itself.
fn said(answer: &Answer) -> Vec<(String, String)> {
    let own = ["date", "x-request-id", "x-ratelimit-remaining", "x-ratelimit-reset", "content-length"];
    let headers = answer.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    headers
}

async fn same_head(caller: &Caller, path: &str) {
    for coding in ["identity", "gzip"] {
        let ask = |method: Method| caller.request(method, path).header("accept-encoding", coding).send();
        let (get, head) = (ask(Method::GET).await, ask(Method::HEAD).await);
        assert_eq!((head.status, said(&head)), (get.status, said(&get)), "HEAD {path} ({coding})");
        assert!(head.bytes.is_empty(), "HEAD {path} ({coding})");
        assert!(head.headers.contains_key("content-length") == get.headers.contains_key("content-length"), "HEAD {path} ({coding})");
    }
}

both! {
    /// HEAD was 404 or 405 wherever nobody had thought of it.
    async fn head_answers_like_get_without_a_body(app: TestApp) {
        let (manager, admin, stranger) = (app.manager().await, app.admin_a().await, app.stranger());
        for path in [
            "/", "/health/live", "/health/ready", "/metrics", "/openapi.json", "/docs", "/redoc", "/docs/assets/page.css", "/docs/assets/nothing.js",
            "/frontend", "/frontend/", "/frontend/customers/7", "/.well-known/jwks.json", "/nothing", "/api/v1/nothing", "/users/", "/users/1",
        ] {
            same_head(&stranger, path).await;
        }
        for operation in operations().into_iter().filter(|operation| operation.method == "get") {
            let caller = if operation.path.starts_with("/api/v1/manager/") { &manager } else { &admin };
            let path = operation.path.split('/').map(|word| if word.starts_with('{') { "0192f0c1-2345-7abc-8def-0123456789ab" } else { word });
            same_head(caller, &path.collect::<Vec<_>>().join("/")).await;
        }
        let made = admin.post(ORGANIZATIONS, &json!({"name": "한빛"})).await;
        same_head(&admin, &format!("{ORGANIZATIONS}/{}", made.id())).await;
    }

    async fn what_a_path_does_not_know_is_405_and_says_what_it_knows(app: TestApp) {
        let admin = app.admin_a().await;
        for (method, path, allow) in [
            (Method::PUT, ORGANIZATIONS, "GET, HEAD, POST"),
            (Method::POST, "/health/live", "GET, HEAD"),
            (Method::DELETE, "/openapi.json", "GET, HEAD"),
            (Method::POST, "/docs", "GET, HEAD"),
            (Method::PATCH, "/users/1", "DELETE, GET, HEAD, PUT"),
            (Method::HEAD, "/api/v1/tenants/auth/logout", "POST"),
        ] {
            let answer = admin.request(method.clone(), path).send().await;
            assert_eq!(answer.status, 405, "{answer:?}");
            let mut methods: Vec<&str> = answer.header("allow").split(", ").collect();
            methods.sort_unstable();
            assert_eq!(methods.join(", "), allow, "{method} {path}");
            if method != Method::HEAD && !path.starts_with("/users") {
                assert_eq!(answer.json["code"], "METHOD_NOT_ALLOWED", "{method} {path}");
            }
        }
    }

    /// Every answer came as long as it was, whatever the caller took.
    async fn large_texts_are_compressed_for_those_who_take_it(app: TestApp) {
        let admin = app.admin_a().await;
        for n in 0..20 {
            let _ = admin.post(ORGANIZATIONS, &json!({"name": format!("주식회사 한빛 {n}")})).await.ok(201);
        }
        for (path, is_text) in [
            (ORGANIZATIONS.to_owned(), true),
            (format!("{ORGANIZATIONS}/export?sort=code"), true),
            (format!("{ORGANIZATIONS}/export?format=xlsx"), false),
            ("/openapi.json".to_owned(), true),
            (format!("{ORGANIZATIONS}?page_size=1"), false),
        ] {
            let plain = admin.get(&path).await;
            let zipped = admin.request(Method::GET, &path).header("accept-encoding", "br, gzip;q=0.8").send().await;
            assert_eq!((plain.status, zipped.status), (200, 200));
            assert_eq!(plain.header("content-encoding"), "");
            assert_eq!(zipped.header("content-encoding"), if is_text { "gzip" } else { "" }, "{path}");
            if is_text {
                assert!(zipped.header("vary").to_ascii_lowercase().contains("accept-encoding"), "{path}");
                assert_eq!(plain.bytes.len(), zipped.bytes.len(), "{path}");
            }
            let refused = admin.request(Method::GET, &path).header("accept-encoding", "gzip;q=0").send().await;
            assert_eq!(refused.header("content-encoding"), "", "{path}");
        }
    }

    /// There were ETags, and no 304; a 201 did not say where the new row stands.
    async fn a_row_is_found_where_its_201_says_and_sent_once(app: TestApp) {
        every_resource(&app, async |resource| {
            let key = format!("place {}", unique());
            let body = resource.example().await;
            let post = || resource.owner.request(Method::POST, &resource.path).header("idempotency-key", &key).json(&body).send();
            let (made, again) = (post().await, post().await);
            assert_eq!((made.status, made.header("location")), (201, resource.row(&made.id()).as_str()));
            assert_eq!(again.header("location"), made.header("location"), "the answer given again");
            if !resource.has("get", "/{id}") {
                return;
            }
            let read = resource.owner.get(made.header("location")).await;
            assert_eq!(read.ok(200)["id"], made.json["data"]["id"]);
            let etag = read.header("etag").to_owned();
            let unless = |tag: String| resource.owner.request(Method::GET, made.header("location")).header("if-none-match", tag).send();
            for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
                let answer = unless(known).await;
                assert_eq!((answer.status, answer.bytes.len(), answer.header("etag")), (304, 0, etag.as_str()), "{answer:?}");
            }
            for other in ["\"77\"", "W/\"77\"", "77"] {
                let _ = unless(other.to_owned()).await.ok(200);
            }
        })
        .await;
    }

    async fn the_small_erp_says_where_a_row_stands_too(app: TestApp) {
        let admin = app.admin_a().await;
        let made = admin.post("/organizations/", &json!({"name": "한빛"})).await;
        assert_eq!((made.status, made.header("location")), (201, format!("/organizations/{}", made.json["id"]).as_str()));
        let read = admin.get(made.header("location")).await;
        assert_eq!((read.status, &read.json), (200, &made.json));
        let unchanged = admin.request(Method::GET, made.header("location")).header("if-none-match", read.header("etag")).send().await;
        assert_eq!((unchanged.status, unchanged.bytes.len()), (304, 0));
    }

    /// An address that was too long was answered outside of the envelope.
    async fn an_address_that_is_too_long_is_refused_in_the_envelope(app: TestApp) {
        let admin = app.admin_a().await;
        for path in [format!("{ORGANIZATIONS}?name={}", "x".repeat(17_000)), format!("{ORGANIZATIONS}/{}", "x".repeat(40_000))] {
            let detail = admin.get(&path).await.refused(400, "VALIDATION_ERROR");
            assert_eq!((&detail["errors"][0]["field"], &detail["errors"][0]["rule"]), (&json!("url"), &json!("max_length")));
        }
        let long = admin.get(&format!("{ORGANIZATIONS}?name={}", "x".repeat(10_000))).await;
        assert_eq!(long.wrong_fields(), ["name"], "what is long and can be read is read");
    }

    /// One GET of the document cost 137 MB, and anybody could ask for it.
    async fn the_document_is_asked_for_once(app: TestApp) {
        let stranger = app.stranger();
        for coding in ["identity", "gzip"] {
            let first = stranger.request(Method::GET, "/openapi.json").header("accept-encoding", coding).send().await;
            assert_eq!((first.status, first.header("content-type")), (200, "application/json"));
            let etag = first.header("etag").to_owned();
            assert!(etag.starts_with('"'), "{etag}");
            let again = stranger.request(Method::GET, "/openapi.json").header("accept-encoding", coding).header("if-none-match", &etag);
            let again = again.send().await;
            assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, etag.as_str()));
        }
    }
}
