//! Create, change, delete.

use reqwest::Method;
use serde_json::{Value, json};
use store::Sql;
use testkit::both;
use tests::{ONE_OF_SEVERAL, every_resource, is_day, is_id, lasting};
use uuid::Uuid;

both! {
    async fn a_new_row_is_answered_as_it_is_read_and_listed(app: TestApp) {
        every_resource(&app, async |resource| {
            let body = resource.example().await;
            let made = resource.make_of(&body).await;
            assert_eq!(made.header("etag"), "\"1\"", "{made:?}");
            let row = lasting(made.ok(201));
            for (field, value) in body.as_object().unwrap().iter().filter(|(field, _)| resource.spec.shown.contains(&field.as_str())) {
                assert_eq!(row[field], *value, "{field} of {made:?}");
            }
            let read = resource.owner.get(&resource.row(&made.id())).await;
            assert_eq!((read.ok(200), read.header("etag")), (row.clone(), "\"1\""));
            assert!(is_id(&row["id"]) && Uuid::try_parse(&made.id()).unwrap().get_version_num() == 7, "{made:?}");
            assert_eq!(row["created_by"], json!(resource.owner.id()), "{made:?}");
            let listed = resource.owner.get(&resource.path).await.ok(200);
            assert_eq!(listed["items"][0], resource.listed(row), "newest first, and shown as it is read");
        })
        .await;
    }

    async fn internal_columns_never_leave(app: TestApp) {
        every_resource(&app, async |resource| {
            let row = resource.make().await.ok(201);
            let shown: Vec<&String> = row.as_object().unwrap().keys().collect();
            let mut internal = vec!["password_hash", "row_version", "deleted_at", "deleted_by"];
            if resource.is_tenant() {
                internal.push("tenant_id");
            }
            for name in internal {
                assert!(!shown.iter().any(|field| *field == name), "{name} is shown: {row}");
            }
            assert!(!shown.iter().any(|field| field.contains("hash") || field.contains("secret")), "{row}");
        })
        .await;
    }

    async fn a_change_changes_what_it_names_and_nothing_else(app: TestApp) {
        every_resource(&app, async |resource| {
            if !resource.has("patch", "/{id}") {
                return;
            }
            let made = resource.make().await;
            let (before, change) = (lasting(made.ok(201)), resource.change().await);
            let changed = resource.owner.patch(&resource.row(&made.id()), &change).await;
            assert_eq!(changed.header("etag"), "\"2\"", "{changed:?}");
            let after = changed.ok(200);
            for (field, value) in before.as_object().unwrap() {
                match change.get(field) {
                    Some(wanted) => assert_eq!(after[field], *wanted, "{field}"),
                    None if field == "updated_at" => assert!(after[field].is_string(), "{changed:?}"),
                    None if field == "updated_by" => assert_eq!(after[field], json!(resource.owner.id())),
                    None => assert_eq!(after[field], *value, "{field} was not named"),
                }
            }
            let read = resource.owner.get(&resource.row(&made.id())).await;
            assert_eq!((read.ok(200), read.header("etag")), (after, "\"2\""));
        })
        .await;
    }

    async fn a_change_of_nothing_changes_nothing(app: TestApp) {
        every_resource(&app, async |resource| {
            if !resource.has("patch", "/{id}") {
                return;
            }
            let made = resource.make().await;
            let (request, same) = resource.traced(Method::PATCH, &resource.row(&made.id()), Some(&json!({}))).await;
            assert_eq!((same.ok(200), same.header("etag")), (lasting(made.ok(201)), "\"1\""));
            assert!(app.audits(resource.realm, resource.tenant().await, request).await.is_empty(), "nothing happened, so nothing is audited");
        })
        .await;
    }

    async fn null_clears_a_field_that_may_be_empty_and_is_refused_elsewhere(app: TestApp) {
        every_resource(&app, async |resource| {
            let Some(schema) = resource.body_schema("patch", "/{id}") else { return };
            let made = resource.make().await;
            let row = resource.row(&made.id());
            for (field, schema) in schema["properties"].as_object().unwrap() {
                if ONE_OF_SEVERAL.contains(&(&resource.spec.target(), field)) {
                    continue;
                }
                let null = |schema: &Value| schema["type"] == "null" || schema["type"].as_array().is_some_and(|types| types.contains(&json!("null")));
                let clears = null(schema) || schema["anyOf"].as_array().is_some_and(|any| any.iter().any(null));
                let answer = resource.owner.patch(&row, &json!({ field: null })).await;
                if clears {
                    assert_eq!(answer.ok(200)[field], Value::Null, "{field}");
                } else if schema.get("type").is_some() || schema.get("$ref").is_some() {
                    assert_eq!(answer.wrong_fields(), [field.as_str()]);
                }
            }
        })
        .await;
    }

    async fn a_deleted_row_is_gone_and_its_business_key_free(app: TestApp) {
        every_resource(&app, async |resource| {
            if !resource.has("delete", "/{id}") {
                return;
            }
            let body = resource.example().await;
            let made = resource.make_of(&body).await;
            let row = resource.row(&made.id());
            assert_eq!(resource.owner.delete(&row).await.ok(200), json!({"id": made.id()}));
            resource.owner.get(&row).await.refused(404, "NOT_FOUND");
            resource.owner.delete(&row).await.refused(404, "NOT_FOUND");
            if resource.has("patch", "/{id}") {
                resource.owner.patch(&row, &json!({})).await.refused(404, "NOT_FOUND");
            }
            let listed = resource.owner.get(&resource.path).await.ok(200);
            assert!(listed["items"].as_array().unwrap().iter().all(|item| item["id"] != made.id()), "still listed");
            assert_ne!(resource.make_of(&body).await.id(), made.id(), "the business key can be used again");
        })
        .await;
    }

    async fn a_business_key_is_unique_among_live_rows_however_it_is_typed(app: TestApp) {
        every_resource(&app, async |resource| {
            let body = resource.example().await;
            resource.make_of(&body).await;
            let keys = unique_columns(&app, resource).await;
            for key in keys.into_iter().filter(|key| key.iter().all(|column| body.get(column).is_some())) {
                for typed in [str::to_owned, str::to_uppercase, |text: &str| format!("  {text} ")] {
                    let mut same = resource.example().await;
                    for column in &key {
                        same[column] = match &body[column] {
                            Value::String(text) if !is_id(&body[column]) && !is_day(&body[column]) => json!(typed(text)),
                            other => other.clone(),
                        };
                    }
                    let answer = resource.owner.post(&resource.path, &same).await;
                    let detail = answer.refused(409, "CONFLICT");
                    assert_eq!(detail["rule"], "unique", "{answer:?}");
                    // what is told are names of fields
                    let mut named = detail["field"].as_str().unwrap_or_default().split(", ");
                    assert!(named.all(|name| key.iter().any(|column| column == name)), "{key:?}: {answer:?}");
                }
            }
        })
        .await;
    }

    async fn if_match_guards_against_what_somebody_else_changed(app: TestApp) {
        every_resource(&app, async |resource| {
            for method in [Method::PATCH, Method::DELETE] {
                if !resource.has(&method.as_str().to_lowercase(), "/{id}") {
                    continue;
                }
                let made = resource.make().await;
                let row = resource.row(&made.id());
                let sending = |etag: &str| {
                    let request = resource.owner.request(method.clone(), &row).header("if-match", etag);
                    if method == Method::PATCH { request.json(&json!({})) } else { request }
                };
                // a list none of which fits, tags of others, and weak ones, which never fit (RFC 9110, 13.1.1)
                for stale in ["\"0\"", "\"2\"", "\"999\"", "\"0\", \"2\"", "\"x\"", "W/\"1\""] {
                    let answer = sending(stale).send().await;
                    answer.refused(412, "PRECONDITION_FAILED");
                    assert_eq!(answer.header("etag"), "\"1\"", "the ETag that stands: {answer:?}");
                }
                for malformed in ["1", "abc", "\"1", "\"1\" \"2\"", ""] {
                    assert_eq!(sending(malformed).send().await.wrong_fields(), ["If-Match"], "{method} with {malformed:?}");
                }
                let _ = sending("\"1\"").send().await.ok(200);
                if method == Method::PATCH {
                    let _ = sending("*").send().await.ok(200);
                    let _ = sending("\"7\", W/\"1\", \"1\"").send().await.ok(200);
                }
            }
        })
        .await;
    }
}

/// The columns of each unique index over a resource's table, company and key aside, as the database says.
async fn unique_columns(app: &testkit::TestApp, resource: &tests::Subject) -> Vec<Vec<String>> {
    let sql = match app.backend() {
        testkit::Backend::Sqlite => {
            "SELECT sql AS text FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE UNIQUE%' AND tbl_name = "
        }
        testkit::Backend::Postgres => "SELECT indexdef AS text FROM pg_indexes WHERE indexdef LIKE 'CREATE UNIQUE%' AND tablename = ",
    };
    let mut sql = Sql::new(sql);
    sql.bind(resource.spec.table.clone());
    let database = app.database(resource.realm);
    let rows = database.read(None).await.unwrap().raw_all(sql).await.unwrap();
    let texts = rows.iter().map(|row| row.try_get::<String>("", "text").unwrap());
    let columns_in = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.filter(|word| resource.spec.columns.contains(word) && *word != "tenant_id").map(str::to_owned).collect()
    };
    texts
        .filter_map(|text| {
            let (key, condition) = text.split_once('(')?.1.split_once(" WHERE ").unwrap_or((&text, ""));
            // one that holds for some live rows only ("one base unit of a type") is no key of all of them
            columns_in(condition).iter().all(|column| column == "deleted_at").then(|| columns_in(key))
        })
        .filter(|columns| !columns.is_empty())
        .collect()
}
