//! The same request twice is one request, where it carries an `Idempotency-Key`.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Caller, PASSWORD, both};
use tests::{Subject, every_resource, lasting, unique};

both! {
    async fn the_same_key_and_body_is_answered_again(app: TestApp) {
        every_resource(&app, async |resource| {
            let (body, before) = (resource.example().await, resource.total().await);
            let key = format!("key {}", unique());
            let first = post(resource, &key, &body).await;
            let again = post(resource, &key, &body).await;
            assert_eq!((lasting(first.ok(201)), first.header("etag")), (lasting(again.ok(201)), again.header("etag")));
            assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
            assert_eq!(resource.total().await, before + 1, "one row");
            let other = post(resource, &key, &resource.example().await).await;
            assert_eq!(other.refused(422, "VALIDATION_ERROR")["rule"], "idempotency_mismatch");
            assert_eq!(resource.total().await, before + 1, "one row");
        })
        .await;
    }

    async fn a_day_later_the_key_is_free(app: TestApp) {
        every_resource(&app, async |resource| {
            let key = format!("key {}", unique());
            // the clock was moved for the resource before
            let resource = resource.seen_by(fresh(resource).await);
            let _ = post(&resource, &key, &resource.example().await).await.ok(201);
            app.clock().advance(24 * 60 * 60 - 1);
            let resource = resource.seen_by(fresh(&resource).await);
            assert_eq!(post(&resource, &key, &resource.example().await).await.status, 422, "still kept");
            app.clock().advance(1);
            let made = post(&resource, &key, &resource.example().await).await;
            assert_eq!((made.status, made.header("idempotent-replayed")), (201, ""), "{made:?}");
        })
        .await;
    }

    async fn a_key_belongs_to_its_caller_and_its_path(app: TestApp) {
        every_resource(&app, async |resource| {
            let key = format!("shared {}", unique());
            let body = resource.example().await;
            let _ = post(resource, &key, &body).await.ok(201);
            if resource.is_tenant() {
                // what company b sends has references of its own
                let theirs = resource.seen_by(app.admin_b().await);
                let made = post(&theirs, &key, &theirs.example().await).await;
                assert_eq!((made.status, made.header("idempotent-replayed")), (201, ""), "{made:?}");
            }
            if resource.has("post", "/bulk") {
                let answer = resource.owner.request(Method::POST, &format!("{}/bulk", resource.path)).header("idempotency-key", &key);
                let answer = answer.json(&json!({"items": [{"data": resource.example().await}]})).send().await;
                assert_eq!((answer.status, answer.header("idempotent-replayed")), (200, ""), "{answer:?}");
            }
        })
        .await;
    }

    async fn only_what_was_done_is_kept(app: TestApp) {
        every_resource(&app, async |resource| {
            let key = format!("later {}", unique());
            assert!(!post(resource, &key, &json!({})).await.wrong_fields().is_empty());
            let made = post(resource, &key, &resource.example().await).await;
            assert_eq!((made.status, made.header("idempotent-replayed")), (201, ""), "{made:?}");
            let long = post(resource, &"k".repeat(256), &resource.example().await).await;
            assert_eq!(long.wrong_fields(), ["Idempotency-Key"]);
            let _ = post(resource, &format!("{:k<255}", unique()), &resource.example().await).await.ok(201);
        })
        .await;
    }
}

async fn post(resource: &Subject, key: &str, body: &Value) -> Answer {
    resource.owner.request(Method::POST, &resource.path).header("idempotency-key", key).json(body).send().await
}

/// The owner, signed in again.
async fn fresh(resource: &Subject) -> Caller {
    let (company, username) = if resource.is_tenant() { (Some("alpha"), "boss") } else { (None, "admin") };
    resource.app.stranger().sign_in(company, username, PASSWORD).await
}
