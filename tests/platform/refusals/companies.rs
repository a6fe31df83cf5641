//! Companies that are not served, and what is another company's.

use super::{Credential, closed, minimal_body, refused_because};
use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use testkit::{Backend, PASSWORD, TestApp, both, run};
use tests::{NO_ID, every_resource, fim::invoices};

/// For each collection of the document the id of a row that is company a's.
async fn rows_of_a(app: &TestApp) -> BTreeMap<String, String> {
    let admin = app.admin_a().await;
    let made = RefCell::new(BTreeMap::new());
    every_resource(app, async |resource| {
        if resource.is_tenant() && resource.has("post", "") {
            let id = resource.make().await.id();
            made.borrow_mut().insert(resource.path.clone(), id);
        }
    })
    .await;
    let mut made = made.into_inner();
    for operation in closed(Realm::Tenant) {
        let Some((collection, _)) = operation.path.split_once("/{id}") else { continue };
        if made.contains_key(collection) {
            continue;
        }
        if collection.ends_with("/import") {
            let template = admin.get(&format!("{collection}/template")).await;
            assert_eq!(template.status, 200, "{template:?}");
            let file = [template.bytes, b"\nX,X\n".to_vec()].concat();
            made.insert(collection.to_owned(), admin.request(Method::POST, collection).raw("text/csv", file).send().await.id());
            continue;
        }
        let listed = admin.get(collection).await.ok(200);
        let first = if listed.is_array() { &listed[0]["id"] } else { &listed["items"][0]["id"] };
        let id = match first.as_str() {
            Some(id) => id.to_owned(),
            None if collection.ends_with("/vat-settlements") => {
                // there must be a tax to settle
                let partner = invoices::partner(&admin).await;
                let _ =
                    invoices::issued(&admin, &partner, &[invoices::line("1", "1000", json!({}))], json!({"invoice_date": "2026-06-15"}))
                        .await;
                admin.post(collection, &json!({"from_date": "2026-06-01", "to_date": "2026-06-30"})).await.id()
            }
            None => admin.post(collection, &json!({"key_name": "열쇠", "reason": "도움"})).await.id(),
        };
        made.insert(collection.to_owned(), id);
    }
    made
}

both! {
    async fn an_id_of_another_company_is_as_one_there_is_not(app: TestApp) {
        let (rows, mine, theirs) = (rows_of_a(&app).await, app.admin_a().await, app.admin_b().await);
        let without = |answer: &testkit::Answer| -> Value {
            let mut body = answer.json.clone();
            body.as_object_mut().unwrap().retain(|key, _| key != "timestamp" && key != "request_id");
            body
        };
        let mut tried = 0;
        for operation in closed(Realm::Tenant) {
            let Some((collection, below)) = operation.path.split_once("/{id}") else { continue };
            let (id, body) = (&rows[collection], minimal_body(&operation));
            if operation.reads() && below.is_empty() {
                assert_eq!(operation.request(&mine, id, &body).send().await.status, 200, "the row is there: {}", operation.name());
            }
            let answer = operation.request(&theirs, id, &body).send().await;
            answer.refused(404, "NOT_FOUND");
            assert_eq!(without(&answer), without(&operation.request(&theirs, NO_ID, &body).send().await), "{}", operation.name());
            tried += 1;
        }
        assert!(tried > 30, "{tried}");
        // and all of it is still there
        for (collection, id) in &rows {
            let has_row = closed(Realm::Tenant).iter().any(|operation| operation.reads() && operation.path == format!("{collection}/{{id}}"));
            if has_row {
                let _ = mine.get(&format!("{collection}/{id}")).await.ok(200);
            }
        }
    }
}

#[test]
fn a_company_that_is_not_served_is_refused_everywhere_with_the_reason() {
    run(Backend::Sqlite, async |app| {
        let caller = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        let key = caller.post("/api/v1/tenants/adm/api-keys", &json!({"key_name": "열쇠"})).await.ok(201)["api_key"].clone();
        let by_key = Credential::Key(app.stranger(), key.as_str().unwrap().to_owned());
        let by_token = Credential::Token(caller.clone());
        let company = format!("/api/v1/manager/tenants/{}", app.company_a().await.id);
        for (verb, reason) in [("suspend", "tenant_suspended"), ("terminate", "tenant_terminated")] {
            let _ = app.manager().await.post(&format!("{company}/{verb}"), &json!({})).await.ok(200);
            tokio::time::sleep(Duration::from_millis(600)).await;
            for credential in [&by_token, &by_key] {
                refused_because(credential, Realm::Tenant, |_| Some(reason)).await;
            }
        }
        let _ = app.manager().await.delete(&company).await.ok(200);
        tokio::time::sleep(Duration::from_millis(600)).await;
        for (credential, who) in [(&by_token, "a token of a deleted company"), (&by_key, "a key of a deleted company")] {
            super::nobody_knows(credential, Realm::Tenant, who).await;
        }
        let _ = app.admin_b().await.get("/api/v1/tenants/auth/me").await.ok(200);
    });
}

#[test]
fn a_request_that_names_another_company_is_refused_everywhere() {
    run(Backend::Sqlite, async |app| {
        let admin = app.admin_a().await;
        for operation in closed(Realm::Tenant) {
            for named in ["bravo", "no-such-company", "", "alpha, bravo", "알파"] {
                let request = operation.request(&admin, NO_ID, &json!({})).header("x-tenant-key", named);
                let detail = request.send().await.refused(403, "FORBIDDEN");
                assert_eq!(detail["reason"], "other_tenant", "{} {named:?}", operation.name());
            }
        }
        let own = admin.request(Method::GET, "/api/v1/tenants/auth/me").header("x-tenant-key", "ALPHA").send().await;
        let _ = own.ok(200);
    });
}
