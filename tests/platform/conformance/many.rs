//! Many changes in one request, where a resource offers it.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::both;
use tests::{Subject, every_resource};

both! {
    async fn each_item_goes_its_own_way_unless_all_go_together(app: TestApp) {
        every_resource(&app, async |resource| {
            if !resource.has("post", "/bulk") {
                return;
            }
            let path = format!("{}/bulk", resource.path);
            let (kept, gone) = (resource.make().await.id(), resource.make().await.id());
            let items = |good: &Value, change: &Value| {
                json!([
                    {"data": good},
                    {"op": "create", "data": {"nonsense": 1}},
                    {"op": "create", "data": good},
                    {"op": "update", "id": kept, "data": change},
                    {"op": "update", "data": change},
                    {"op": "delete", "id": gone},
                    {"op": "delete", "id": gone},
                ])
            };
            let (good, change) = (resource.example().await, resource.change().await);
            let before = resource.total().await;
            // together: the second fails, so nothing happens
            let (request, answer) = resource.traced(Method::POST, &path, Some(&json!({"atomic": true, "items": items(&good, &change)}))).await;
            assert_eq!(answer.refused(422, "VALIDATION_ERROR")["index"], 1, "{answer:?}");
            assert_eq!(resource.total().await, before, "all or nothing");
            assert_traces(resource, request, 0).await;
            // each on its own
            let (request, answer) = resource.traced(Method::POST, &path, Some(&json!({"items": items(&good, &change)}))).await;
            let data = answer.ok(200);
            let results = data["results"].as_array().unwrap();
            let statuses: Vec<i64> = results.iter().map(|result| result["status"].as_i64().unwrap()).collect();
            assert_eq!(statuses, [201, 422, 409, 200, 422, 200, 404], "{data}");
            assert_eq!((&data["succeeded"], &data["failed"]), (&json!(3), &json!(4)), "{data}");
            for (index, result) in results.iter().enumerate() {
                let succeeded = result["status"].as_i64().unwrap() < 300;
                assert_eq!(result["index"], index);
                assert_eq!((result["data"].is_null(), result["error"].is_null()), (!succeeded, succeeded), "{result}");
            }
            assert_eq!(resource.total().await, before, "one more, one less");
            assert_traces(resource, request, 3).await;
            // together, and nothing wrong
            let items = json!([{"data": resource.example().await}, {"data": resource.example().await}]);
            let (request, answer) = resource.traced(Method::POST, &path, Some(&json!({"atomic": true, "items": items}))).await;
            assert_eq!(answer.ok(200)["succeeded"], 2);
            assert_traces(resource, request, 2).await;
            assert_eq!(resource.total().await, before + 2);
        })
        .await;
    }

    async fn a_bulk_is_bounded_and_needs_every_right_it_uses(app: TestApp) {
        every_resource(&app, async |resource| {
            if !resource.has("post", "/bulk") {
                return;
            }
            let path = format!("{}/bulk", resource.path);
            assert_eq!(resource.owner.post(&path, &json!({"items": []})).await.wrong_fields(), ["items"]);
            let many: Vec<Value> = (0..501).map(|_| json!({"data": {}})).collect();
            assert_eq!(resource.owner.post(&path, &json!({"items": many})).await.wrong_fields(), ["items"]);
            if !resource.is_tenant() {
                return;
            }
            let creator = with_rights(resource, &["create", "read"]).await;
            let id = resource.make().await.id();
            let item = json!({"data": resource.example().await});
            let _ = creator.post(&path, &json!({"items": [item]})).await.ok(200);
            for (op, verb) in [("delete", "delete"), ("update", "update")] {
                let items = json!({"items": [{"data": resource.example().await}, {"op": op, "id": id, "data": {}}]});
                let before = resource.total().await;
                let detail = creator.post(&path, &items).await.refused(403, "FORBIDDEN");
                assert_eq!(detail["permission"], format!("{}.{verb}", resource.spec.target()));
                assert_eq!(resource.total().await, before);
            }
        })
        .await;
    }
}

async fn assert_traces(resource: &Subject, request: uuid::Uuid, count: usize) {
    let tenant = resource.tenant().await;
    let (audits, events) =
        (resource.app.audits(resource.realm, tenant, request).await, resource.app.published(resource.realm, tenant, request).await);
    assert_eq!((audits.len(), events.len()), (count, count), "one line and one event for each that succeeded: {audits:?} {events:?}");
}

/// One of company a's people who holds these rights to the resource only.
async fn with_rights(resource: &Subject, actions: &[&str]) -> testkit::Caller {
    let permissions: Vec<String> = actions.iter().map(|action| format!("{}.{action}", resource.spec.target())).collect();
    tests::people::somebody_of_a(&resource.app, &permissions.iter().map(String::as_str).collect::<Vec<_>>()).await
}
