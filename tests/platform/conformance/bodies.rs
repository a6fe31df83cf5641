//! What a body may not be.

use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::both;
use tests::{every_resource, is_id, sorted};

both! {
    async fn everything_wrong_with_a_body_is_told_at_once(app: TestApp) {
        every_resource(&app, async |resource| {
            let mut body = resource.example().await;
            for value in body.as_object_mut().unwrap().values_mut() {
                *value = if value.is_object() { json!(17) } else { json!({"not": "this"}) };
            }
            let wanted = sorted(body.as_object().unwrap().keys());
            let answer = resource.owner.post(&resource.path, &body).await;
            assert_eq!(answer.wrong_fields(), wanted, "{answer:?}");
        })
        .await;
    }

    async fn what_is_required_is_required(app: TestApp) {
        every_resource(&app, async |resource| {
            let answer = resource.owner.post(&resource.path, &json!({})).await;
            assert_eq!(answer.wrong_fields().into_iter().collect::<BTreeSet<_>>(), resource.required(), "{answer:?}");
            let errors = answer.json["detail"]["errors"].as_array().unwrap().clone();
            assert!(errors.iter().all(|error| error["rule"] == "required" && error["message"].is_string()), "{answer:?}");
            // each on its own, too
            for missing in resource.required() {
                let mut body = resource.example().await;
                body.as_object_mut().unwrap().remove(&missing);
                assert_eq!(resource.owner.post(&resource.path, &body).await.wrong_fields(), [missing.as_str()]);
            }
        })
        .await;
    }

    async fn unknown_and_internal_fields_are_refused(app: TestApp) {
        every_resource(&app, async |resource| {
            let created = resource.body_schema("post", "").unwrap()["properties"].as_object().unwrap();
            let internal = resource.spec.columns.iter().copied().chain(["id", "status", "tenant_id", "password_hash", "nonsense"]);
            let internal: BTreeSet<&str> = internal.collect();
            let mut body = resource.example().await;
            let unknown: Vec<&str> = internal.iter().copied().filter(|name| !created.contains_key(*name)).collect();
            assert!(unknown.contains(&"tenant_id") && unknown.contains(&"row_version") && unknown.contains(&"password_hash"), "{unknown:?}");
            for name in &unknown {
                body[*name] = json!(null);
            }
            let mut answer = resource.owner.post(&resource.path, &body).await;
            assert_eq!(answer.wrong_fields(), unknown, "{answer:?}");

            if resource.has("patch", "/{id}") {
                let changeable = resource.changeable();
                let row = resource.row(&resource.make().await.id());
                for name in internal.iter().filter(|name| !changeable.contains(**name)) {
                    answer = resource.owner.patch(&row, &json!({ *name: null })).await;
                    assert_eq!(answer.wrong_fields(), [*name], "{answer:?}");
                    assert_eq!(answer.json["detail"]["errors"][0]["rule"], "unknown", "{answer:?}");
                }
                // where an action moves the status, a PATCH does not
                if !resource.actions().is_empty() {
                    assert!(!changeable.contains("status"), "the status has actions {:?} and may be changed by PATCH", resource.actions());
                }
            }
        })
        .await;
    }

    async fn a_body_that_cannot_be_parsed_is_400(app: TestApp) {
        every_resource(&app, async |resource| {
            let deep = format!("{{\"x\":{}1{}}}", "[".repeat(300), "]".repeat(300));
            let bad: [&[u8]; 8] =
                [b"{", b"{\"a\":1,\"a\":2}", deep.as_bytes(), b"{} {}", b"nonsense", b"{\"a\":\xff}", b"{\"a\":NaN}", b"{'a':1}"];
            for body in bad {
                let answer = resource.owner.request(Method::POST, &resource.path).raw("application/json", body).send().await;
                answer.refused(400, "VALIDATION_ERROR");
            }
            if resource.has("patch", "/{id}") {
                let row = resource.row(&resource.make().await.id());
                for body in bad {
                    resource.owner.request(Method::PATCH, &row).raw("application/json", body).send().await.refused(400, "VALIDATION_ERROR");
                }
            }
        })
        .await;
    }

    async fn a_body_that_is_no_object_is_422(app: TestApp) {
        every_resource(&app, async |resource| {
            for body in [json!([]), json!("text"), json!(1), Value::Null] {
                let answer = resource.owner.post(&resource.path, &body).await;
                answer.refused(422, "VALIDATION_ERROR");
            }
        })
        .await;
    }

    async fn a_body_over_a_mebibyte_is_413_and_another_type_415(app: TestApp) {
        every_resource(&app, async |resource| {
            let body = resource.example().await;
            let padded = format!("{}{}", " ".repeat(1024 * 1024), body);
            let answer = resource.owner.request(Method::POST, &resource.path).raw("application/json", padded).send().await;
            answer.refused(413, "PAYLOAD_TOO_LARGE");
            // just below the limit is fine
            let padding = 1024 * 1024 - body.to_string().len();
            let padded = format!("{}{}", " ".repeat(padding), body);
            let _ = resource.owner.request(Method::POST, &resource.path).raw("application/json; charset=utf-8", padded).send().await.ok(201);
            for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"] {
                let request = resource.owner.request(Method::POST, &resource.path).raw(kind, body.to_string());
                request.send().await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
            }
        })
        .await;
    }

    async fn a_nul_is_refused_wherever_text_goes(app: TestApp) {
        every_resource(&app, async |resource| {
            let example = resource.example().await;
            let texts = example.as_object().unwrap().iter().filter(|(_, value)| value.is_string() && !is_id(value));
            for (field, value) in texts {
                let mut body = example.clone();
                body[field] = json!(format!("{}\0x", value.as_str().unwrap()));
                let answer = resource.owner.post(&resource.path, &body).await;
                // a password is hashed, not kept
                if field == "password" {
                    continue;
                }
                assert_eq!(answer.wrong_fields(), [field.as_str()], "{answer:?}");
            }
        })
        .await;
    }
}
