//! Every change leaves one line in the audit and one event; what fails leaves neither.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Audit, Published, both};
use tests::{Subject, every_resource, lasting};
use uuid::Uuid;

both! {
    async fn a_change_leaves_one_audit_row_and_one_event(app: TestApp) {
        every_resource(&app, async |resource| {
            let body = resource.example().await;
            let (request, made) = resource.traced(Method::POST, &resource.path, Some(&body)).await;
            let row = lasting(made.ok(201));
            let (audit, event) = traces(resource, request, "CREATE", "create", &made.id()).await;
            assert_eq!(event.kind, format!("{}.{}.created", resource.spec.domain, resource.spec.noun));
            assert!(audit.before.is_null() && audit.after.is_object(), "{audit:?}");
            for (field, value) in audit.after.as_object().unwrap().iter().filter(|(field, _)| row.get(field.as_str()).is_some()) {
                assert_eq!(*value, row[field], "{field} of {audit:?}");
            }
            if let Some(password) = body["password"].as_str() {
                let text = format!("{audit:?} {event:?}");
                assert!(!text.contains(password) && !text.contains("$argon2"), "{text}");
            }

            if resource.has("patch", "/{id}") {
                let change = resource.change().await;
                let (request, answer) = resource.traced(Method::PATCH, &resource.row(&made.id()), Some(&change)).await;
                let now = answer.ok(200);
                let (audit, event) = traces(resource, request, "UPDATE", "update", &made.id()).await;
                assert_eq!(event.kind, format!("{}.{}.updated", resource.spec.domain, resource.spec.noun));
                for (field, value) in row.as_object().unwrap() {
                    let changed = now[field] != *value;
                    assert_eq!(audit.before.get(field).is_some(), changed, "{field}: only what differs is kept: {audit:?}");
                    if changed {
                        assert_eq!((&audit.before[field], &audit.after[field]), (value, &now[field]), "{field}");
                    }
                }
            }
            if resource.has("delete", "/{id}") {
                let (request, answer) = resource.traced(Method::DELETE, &resource.row(&made.id()), None).await;
                let _ = answer.ok(200);
                let (audit, event) = traces(resource, request, "DELETE", "delete", &made.id()).await;
                assert_eq!(event.kind, format!("{}.{}.deleted", resource.spec.domain, resource.spec.noun));
                assert_eq!(audit.before["id"], json!(made.id()), "what was there is kept: {audit:?}");
            }
        })
        .await;
    }

    async fn what_fails_leaves_nothing(app: TestApp) {
        every_resource(&app, async |resource| {
            let body = resource.example().await;
            let id = resource.make_of(&body).await.id();
            let row = resource.row(&id);
            let mut tries = vec![
                resource.traced(Method::POST, &resource.path, Some(&json!({"nonsense": true}))).await,
                // the business key is taken
                resource.traced(Method::POST, &resource.path, Some(&body)).await,
                resource.traced(Method::DELETE, &resource.row(&Uuid::now_v7().to_string()), None).await,
            ];
            if resource.has("patch", "/{id}") {
                tries.push(resource.traced(Method::PATCH, &row, Some(&json!({"nonsense": true}))).await);
                tries.push(resource.traced(Method::PATCH, &resource.row(&Uuid::now_v7().to_string()), Some(&json!({}))).await);
            }
            let tenant = resource.tenant().await;
            for (request, answer) in tries.into_iter().filter(|(_, answer)| answer.status != 201) {
                assert!(answer.status >= 400, "{answer:?}");
                let (audits, events) = (app.audits(resource.realm, tenant, request).await, app.published(resource.realm, tenant, request).await);
                assert!(audits.is_empty() && events.is_empty(), "{answer:?}: {audits:?} {events:?}");
            }
        })
        .await;
    }

    async fn reading_leaves_nothing(app: TestApp) {
        every_resource(&app, async |resource| {
            let id = resource.make().await.id();
            for path in [resource.path.clone(), resource.row(&id), format!("{}/export", resource.path)] {
                let (request, answer) = resource.traced(Method::GET, &path, None).await;
                assert_eq!(answer.status, 200, "{answer:?}");
                assert!(app.audits(resource.realm, resource.tenant().await, request).await.is_empty());
            }
        })
        .await;
    }
}

/// The one line and the one event of a request, checked for who did it to what.
async fn traces(resource: &Subject, request: Uuid, action: &str, verb: &str, id: &str) -> (Audit, Published) {
    let tenant = resource.tenant().await;
    let audits = resource.app.audits(resource.realm, tenant, request).await;
    let [audit] = audits.as_slice() else { panic!("{action}: one audit row, not {audits:?}") };
    assert_eq!((audit.action.as_str(), audit.result.as_str()), (action, "SUCCESS"), "{audit:?}");
    assert_eq!((audit.user_id, audit.actor.as_str()), (Some(resource.owner.id()), resource.owner.username.as_str()), "{audit:?}");
    assert_eq!((audit.target.as_str(), audit.target_id.as_deref()), (resource.spec.target().as_str(), Some(id)), "{audit:?}");
    assert_eq!(audit.permission, format!("{}.{verb}", resource.spec.target()), "{audit:?}");
    // making a company goes on in both databases under requests of its own
    let mut events = resource.app.published(resource.realm, tenant, request).await;
    if (action, resource.spec.name) == ("UPDATE", "users") {
        // another address is an event of signing in, too: `signin::credentials` looks at it
        events.retain(|event| event.kind != "auth.credentials.changed");
    }
    let [event] = events.as_slice() else { panic!("{action}: one event, not {events:?}") };
    assert_eq!(event.aggregate_id.to_string(), id, "{event:?}");
    assert!(matches!(event.payload, Value::Object(_)), "{event:?}");
    (audit.clone(), event.clone())
}
