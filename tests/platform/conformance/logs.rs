//! What the platform itself writes and people only look at: logs, sessions.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::both;
use tests::every_log;
use uuid::Uuid;

both! {
    async fn a_log_is_listed_and_read_and_nothing_else(app: TestApp) {
        let filled = std::cell::Cell::new(0);
        every_log(&app, async |log| {
            let list = log.owner.get(&log.path).await.ok(200);
            let items = list["items"].as_array().unwrap();
            assert_eq!(list["total"].as_u64().unwrap() > 0, !items.is_empty(), "{list}");
            if !items.is_empty() {
                filled.set(filled.get() + 1);
            }
            for item in items {
                assert!(!item.as_object().unwrap().keys().any(|field| field.contains("hash") || field.contains("secret")), "{item}");
                if log.is_tenant() {
                    assert!(item.get("tenant_id").is_none(), "{item}");
                }
            }
            let absent = Uuid::now_v7().to_string();
            let id = items.first().and_then(|item| item["id"].as_str()).unwrap_or(&absent);
            if id != absent {
                assert_eq!(log.owner.get(&log.row(id)).await.ok(200), items[0]);
            }
            log.owner.get(&log.row(&Uuid::now_v7().to_string())).await.refused(404, "NOT_FOUND");
            assert_eq!(log.owner.get(&format!("{}?nonsense=1", log.path)).await.wrong_fields(), ["nonsense"]);
            for (method, path) in [(Method::POST, log.path.clone()), (Method::PATCH, log.row(id)), (Method::DELETE, log.row(id))] {
                let below = if method == Method::POST { "" } else { "/{id}" };
                if !log.has(&method.as_str().to_lowercase(), below) {
                    log.owner.request(method, &path).json(&json!({})).send().await.refused(405, "METHOD_NOT_ALLOWED");
                }
            }
        })
        .await;
        assert!(filled.get() > 0, "the callers of this app have left something somewhere");
    }

    async fn a_companys_log_is_its_own(app: TestApp) {
        let other = app.admin_b().await;
        every_log(&app, async |log| {
            if !log.is_tenant() {
                return;
            }
            let ids = |list: Value| -> Vec<Value> { list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect() };
            let path = format!("{}?page_size=100", log.path);
            let (own, theirs) = (ids(log.owner.get(&path).await.ok(200)), ids(other.get(&path).await.ok(200)));
            assert!(!own.iter().any(|id| theirs.contains(id)));
            let Some(one) = own.first() else { return };
            other.get(&log.row(one.as_str().unwrap())).await.refused(404, "NOT_FOUND");
        })
        .await;
    }
}
