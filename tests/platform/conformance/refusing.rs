//! Who may not, and what there is not.

use super::reading::good_body;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Caller, both};
use tests::{Subject, every_resource, lasting};
use uuid::Uuid;

both! {
    async fn strangers_the_other_realm_and_people_without_the_right_are_refused(app: TestApp) {
        every_resource(&app, async |resource| {
            let id = resource.make().await.id();
            let (powerless, other) = if resource.is_tenant() {
                (app.nobody_a().await, app.manager().await)
            } else {
                (app.guest().await, app.admin_a().await)
            };
            for (method, below, permission) in operations(resource) {
                let path = format!("{}{}", resource.path, below.replace("{id}", &id));
                // whoever may not learns nothing of what is wrong with the body, the id or the query
                for path in [path.clone(), path.replace(&id, "no-id"), format!("{path}?page_size=0")] {
                    for body in [json!({}).to_string(), "{".to_owned()] {
                        let send = async |caller: &Caller| send(caller, &method, &path, &body).await;
                        let answer = send(&app.stranger()).await;
                        answer.refused(401, "UNAUTHORIZED");
                        assert_eq!(answer.header("www-authenticate"), "Bearer", "{answer:?}");
                        assert_eq!(send(&powerless).await.refused(403, "FORBIDDEN")["permission"], permission, "{method} {path}");
                        assert_eq!(send(&other).await.refused(403, "FORBIDDEN")["reason"], "wrong_realm", "{method} {path}");
                    }
                }
            }
            let _ = resource.owner.get(&resource.row(&id)).await.ok(200);
        })
        .await;
    }

    async fn another_companys_row_is_not_there(app: TestApp) {
        every_resource(&app, async |resource| {
            if !resource.is_tenant() {
                return;
            }
            let made = resource.make().await;
            let theirs = resource.seen_by(app.admin_b().await);
            for (method, below, _) in operations(resource).into_iter().filter(|(_, below, _)| below.contains("{id}")) {
                let path = format!("{}{}", resource.path, below.replace("{id}", &made.id()));
                let action = below.rsplit('/').next().unwrap();
                let body = if method == Method::POST { good_body(resource, action) } else { json!({}) };
                let answer = send(&theirs.owner, &method, &path, &body.to_string()).await;
                answer.refused(404, "NOT_FOUND");
                // absent, deleted, not yours: word for word the same
                let absent = send(&theirs.owner, &method, &path.replace(&made.id(), &Uuid::now_v7().to_string()), &body.to_string()).await;
                assert_eq!((&answer.json["message"], &answer.json["detail"]), (&absent.json["message"], &absent.json["detail"]));
            }
            let mine = resource.owner.get(&resource.row(&made.id())).await;
            assert_eq!((mine.ok(200), mine.header("etag")), (lasting(made.ok(201)), "\"1\""), "nothing was changed");
        })
        .await;
    }

    /// Fault of issue 10, section F: refusals showed the names of constraints (`adm_payment_terms_months_check`), expressions and `decimal4`.
    async fn a_refusal_shows_no_inner_name(app: TestApp) {
        every_resource(&app, async |resource| {
            let fields = resource.body_schema("post", "").unwrap()["properties"].as_object().unwrap();
            let send = async |body: &Value, what: &str| {
                for language in ["ko", "en"] {
                    let answer = resource.owner.request(Method::POST, &resource.path).header("accept-language", language).json(body).send().await;
                    assert!(answer.status < 500, "{what}: {answer:?}");
                    let detail = &answer.json["detail"];
                    let told = detail["errors"].as_array().into_iter().flatten().flat_map(|error| [&error["message"], &error["rule"]]);
                    for text in told.chain([&answer.json["message"], &detail["rule"]]).filter_map(Value::as_str) {
                        let inner = ["_check", "_key", "_fkey", "^", "\\", "(?", "decimal8 ", "(decimal4)", "(uuid)"];
                        assert!(inner.iter().all(|inner| !text.contains(inner)), "{what}: {text}: {answer:?}");
                    }
                }
            };
            // all of a body is wrong in the same way
            for wrong in [json!(true), json!(-1), json!("\u{1}"), json!("!"), json!([7])] {
                let body: serde_json::Map<String, Value> = fields.keys().map(|name| (name.clone(), wrong.clone())).collect();
                send(&body.into(), &wrong.to_string()).await;
            }
            // a number is beyond what makes sense, all else is good: what the schema does not know, the database does
            for (name, schema) in fields {
                let kinds = [&schema["type"], &schema["type"][0], &schema["type"][1]];
                let is_number = schema["format"].as_str().is_some_and(|format| format.starts_with("decimal")) || kinds.contains(&&json!("integer"));
                for beyond in [json!(-1), json!(1_000_000), json!(2_147_483_647)].into_iter().filter(|_| is_number) {
                    let mut body = resource.example().await;
                    body[name] = beyond;
                    send(&body, name).await;
                }
            }
        })
        .await;
    }

    async fn verbs_that_are_not_mounted_are_405(app: TestApp) {
        every_resource(&app, async |resource| {
            let id = resource.make().await.id();
            let mut paths = vec![String::new(), "/{id}".to_owned()];
            paths.extend(["/bulk", "/export"].into_iter().filter(|below| resource.has("post", below) || resource.has("get", below)).map(str::to_owned));
            paths.extend(resource.actions().iter().map(|action| format!("/{{id}}/{action}")));
            for below in paths {
                for method in ["get", "post", "put", "patch", "delete"].into_iter().filter(|method| !resource.has(method, &below)) {
                    let path = format!("{}{}", resource.path, below.replace("{id}", &id));
                    // GET /{id} and its like also answer /bulk and /export where those have no such verb
                    let answer = send(&resource.owner, &method.to_uppercase().parse().unwrap(), &path, "{}").await;
                    answer.refused(405, "METHOD_NOT_ALLOWED");
                }
            }
        })
        .await;
    }

    async fn a_refusal_is_audited_and_changes_nothing(app: TestApp) {
        every_resource(&app, async |resource| {
            let powerless = if resource.is_tenant() { app.nobody_a().await } else { app.guest().await };
            let theirs = resource.seen_by(powerless.clone());
            let before = resource.total().await;
            let body = resource.example().await;
            let (request, answer) = theirs.traced(Method::POST, &resource.path, Some(&body)).await;
            let permission = answer.refused(403, "FORBIDDEN")["permission"].clone();
            let tenant = resource.tenant().await;
            let audits = app.audits(resource.realm, tenant, request).await;
            let [audit] = audits.as_slice() else { panic!("one line: {audits:?}") };
            assert_eq!((audit.result.as_str(), audit.user_id), ("BLOCKED", Some(powerless.id())), "{audit:?}");
            assert_eq!((json!(audit.permission), audit.target.clone()), (permission, resource.spec.target()), "{audit:?}");
            let published = app.published(resource.realm, tenant, request).await;
            assert_eq!(published.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["audt.audit_log.recorded"], "nothing happened but the refusal");
            // what its references needed was made by the owner, and stands elsewhere
            assert_eq!(resource.total().await, before);
        })
        .await;
    }
}

/// Every operation of a resource with the permission it names: method, what stands behind the path, permission.
fn operations(resource: &Subject) -> Vec<(Method, String, Value)> {
    let paths = tests::document()["paths"].as_object().unwrap();
    let mut all = Vec::new();
    for (path, item) in paths {
        let Some(below) = path.strip_prefix(resource.path.as_str()).filter(|below| below.is_empty() || below.starts_with('/')) else {
            continue;
        };
        for (method, operation) in item.as_object().unwrap() {
            let permission = operation["x-permission"].clone();
            let key = permission.as_str().unwrap_or_else(|| panic!("{method} {path} has no x-permission"));
            let known = format!("{}.{}.", resource.spec.domain, resource.spec.name);
            assert!(key.starts_with(&known), "{method} {path} needs {key}, which is not one of {known}*");
            all.push((method.to_uppercase().parse().unwrap(), below.to_owned(), permission));
        }
    }
    assert!(all.len() >= 2, "{} is hardly mounted: {all:?}", resource.path);
    all
}

async fn send(caller: &Caller, method: &Method, path: &str, body: &str) -> Answer {
    let request = caller.request(method.clone(), path);
    let request = if *method == Method::GET { request } else { request.raw("application/json", body) };
    request.send().await
}
