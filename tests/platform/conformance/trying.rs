//! `?dry_run=true`: the same checks and the same answer, and nothing is saved.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, both};
use tests::{every_resource, lasting, parameters, unique};
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

    /// Found by an attack: what is not offered did the real thing, and so did a parameter that was misspelt.
    async fn what_cannot_be_tried_is_refused_and_not_done(app: TestApp) {
        every_resource(&app, async |resource| {
            let (body, before) = (resource.example().await, resource.total().await);
            for (query, field) in [("dryrun=true", "dryrun"), ("dry_run=true&foo=1", "foo"), ("Dry_Run=true", "Dry_Run")] {
                let answer = resource.owner.post(&format!("{}?{query}", resource.path), &body).await;
                assert_eq!(answer.wrong_fields(), [field], "{query}");
            }
            assert_eq!(resource.total().await, before, "nothing was made");
            let row = resource.row(&Uuid::now_v7().to_string());
            for (method, below) in [(Method::PATCH, "/{id}"), (Method::DELETE, "/{id}")] {
                if resource.has(&method.as_str().to_lowercase(), below) {
                    let answer = resource.owner.request(method, &format!("{row}?dry_run=true")).json(&json!({})).send().await;
                    assert_eq!(answer.wrong_fields(), ["dry_run"]);
                }
            }
        })
        .await;
        let (admin, manager) = (app.admin_a().await, app.manager().await);
        let password = json!({"current_password": PASSWORD, "new_password": "another-word-for-a-door"});
        for path in ["change-password", "logout", "mfa/enroll", "step-up", "login", "refresh"] {
            let answer = admin.post(&format!("/api/v1/tenants/auth/{path}?dry_run=true"), &password).await;
            assert_eq!(answer.wrong_fields(), ["dry_run"], "{path}");
        }
        let _ = admin.get("/api/v1/tenants/auth/me").await.ok(200);
        let _ = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        let _ = admin.post("/api/v1/tenants/adm/support-consents", &json!({"reason": "도움"})).await.ok(201);
        let wanted = json!({"tenant_id": app.company_a().await.id, "user_id": admin.id(), "reason": "문의 확인"});
        let begun = manager.post("/api/v1/manager/idam/impersonations?dry_run=true", &wanted).await;
        assert_eq!(begun.wrong_fields(), ["dry_run"]);
        let sessions = admin.get("/api/v1/tenants/adm/sessions?page_size=100").await.ok(200);
        assert!(sessions["items"].as_array().unwrap().iter().all(|session| session["impersonation_id"].is_null()), "{sessions}");
        let undo = format!("/api/v1/tenants/crm/customers/import/{}/undo?dry_run=true", Uuid::now_v7());
        assert_eq!(admin.post(&undo, &json!({})).await.wrong_fields(), ["dry_run"]);
        // the small ERP passes over what it does not know, as it always did, and cannot be tried
        let nobody = |query: &str| format!("/organizations/987654321?{query}");
        assert_eq!(admin.request(Method::DELETE, &nobody("foo=1")).send().await.status, 404);
        assert_eq!(admin.request(Method::DELETE, &nobody("dry_run=true")).send().await.status, 422);
    }

    /// Found by an attack: merges that were only tried, again and again, held up whoever cleared the customers' items.
    async fn whoever_only_tries_gives_way(app: TestApp) {
        let admin = app.admin_a().await;
        let customer = admin.post("/api/v1/tenants/crm/customers", &json!({"name": "한빛", "type": "CUSTOMER"})).await.id();
        if app.backend() != store::Backend::Postgres {
            return;
        }
        let company = app.company_a().await.id;
        let context = store::Context::system(kernel::Realm::Tenant, Some(company), "test");
        app.database(kernel::Realm::Tenant)
            .write(&context, async |tx| {
                let mut sql = store::Sql::new("SELECT id FROM crm_partners WHERE tenant_id = ");
                sql.bind(company).push(" FOR UPDATE");
                let _ = tx.raw_all(sql).await?;
                let refused = admin.post(&format!("/api/v1/tenants/crm/customers/{customer}/suspend?dry_run=true"), &json!({})).await;
                assert_eq!(refused.refused(409, "CONFLICT")["rule"], "busy");
                Ok(())
            })
            .await
            .unwrap();
    }
}
