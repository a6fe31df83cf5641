//! `?dry_run=true`: the same checks and the same answer, and nothing is saved.

use super::{every_resource, lasting, parameters, unique};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::both;
use uuid::Uuid;

/// What is another in every row.
const MADE_ANEW: [&str; 6] = ["id", "created_at", "key_id", "doc_id", "je_id", "against_id"];

/// The fields of a row that do not depend on when it is made.
fn comparable(row: Value) -> Value {
    let mut row = lasting(row);
    fn bare(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.retain(|name, _| !MADE_ANEW.contains(&name.as_str()) && !name.ends_with("_at"));
                fields.values_mut().for_each(bare);
            }
            Value::Array(items) => items.iter_mut().for_each(bare),
            _ => {}
        }
    }
    bare(&mut row);
    row
}

both! {
    async fn a_row_that_is_only_tried_is_answered_and_not_made(app: TestApp) {
        every_resource(&app, async |resource| {
            let (body, before) = (resource.example().await, resource.total().await);
            let path = format!("{}?dry_run=true", resource.path);
            let mut known = parameters(resource.operation("post", "").unwrap());
            assert!(known.any(|parameter| parameter["name"] == "dry_run"), "the document says that it can be tried");
            let (request, key) = (Uuid::now_v7(), format!("tried {}", unique()));
            let send = async |path: &str, request: Uuid| {
                let sent = resource.owner.request(Method::POST, path).header("x-request-id", request.to_string());
                sent.header("idempotency-key", &key).json(&body).send().await
            };
            let tried = send(&path, request).await;
            let seen = tried.ok(201);
            assert_eq!((tried.header("etag"), tried.header("location")), ("", ""), "there is no row: {tried:?}");
            assert_eq!(tried.json["message"], "시험 실행입니다. 저장된 것은 없습니다.");
            assert_eq!(resource.total().await, before, "nothing was made");
            let tenant = resource.tenant().await;
            assert!(app.audits(resource.realm, tenant, request).await.is_empty(), "no audit row");
            assert!(app.published(resource.realm, tenant, request).await.is_empty(), "no event");
            let read = resource.owner.get(&resource.row(seen["id"].as_str().unwrap())).await;
            let _ = read.refused(404, "NOT_FOUND");

            // the key is free, and so are the numbers: the row is made as it was shown
            let made = send(&resource.path, Uuid::now_v7()).await;
            assert_eq!(made.header("idempotent-replayed"), "", "{made:?}");
            assert_eq!(comparable(made.ok(201)), comparable(seen), "as it was shown");

            let maybe = resource.owner.post(&format!("{}?dry_run=maybe", resource.path), &body).await;
            assert_eq!(maybe.wrong_fields(), ["dry_run"]);
            let wrong = resource.owner.post(&path, &json!({"nonsense": true})).await;
            assert!(wrong.wrong_fields().contains(&"nonsense".to_owned()), "{wrong:?}");
        })
        .await;
    }
}
