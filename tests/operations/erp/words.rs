//! What is wrong is told as FastAPI and pydantic told it.

use super::{bare, detail, faults, organization, put, somebody};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::both;

fn fault(loc: Value, kind: &str) -> (Value, String) {
    (loc, kind.to_owned())
}

both! {
    async fn a_bad_body_is_told_field_by_field(app: TestApp) {
        let admin = app.admin_a().await;
        let name = |kind: &str| vec![fault(json!(["body", "name"]), kind)];
        for (body, wrong) in [
            (json!({}), name("missing")),
            (json!({"description": "x"}), name("missing")),
            (json!({"name": null}), name("string_type")),
            (json!({"name": 7}), name("string_type")),
            (json!({"name": ""}), name("string_too_short")),
            (json!({"name": "가".repeat(201)}), name("string_too_long")),
            (json!({"name": "a\u{0}b"}), name("nul")),
            (json!({"name": "a", "description": [1]}), vec![fault(json!(["body", "description"]), "string_type")]),
            (json!([]), vec![fault(json!(["body"]), "model_attributes_type")]),
            (json!("x"), vec![fault(json!(["body"]), "model_attributes_type")]),
        ] {
            assert_eq!(faults(&admin.post("/organizations/", &body).await), wrong, "{body}");
        }
        let missing = admin.post("/organizations/", &json!({})).await;
        assert_eq!(bare(&missing, 422), json!({"detail": [{"loc": ["body", "name"], "msg": "Field required", "type": "missing"}]}));
        let all = admin.post("/users/", &json!({"email": "no address", "password": "short", "organization_id": "1"})).await;
        let mut wrong = faults(&all);
        wrong.sort_by_key(|(loc, _)| loc.to_string());
        let wanted = [("email", "value_error"), ("full_name", "missing"), ("organization_id", "int_type"), ("password", "string_too_short")];
        assert_eq!(wrong, wanted.map(|(field, kind)| fault(json!(["body", field]), kind)));
        assert!(!String::from_utf8_lossy(&all.bytes).contains("\"short\""), "what was typed as a password is not told back: {all:?}");
        let id = organization(&admin, "있다").await;
        assert_eq!(faults(&put(&admin, &format!("/organizations/{id}"), &json!({"description": "x"})).await), name("missing"));
    }

    /// Fault of section F: the small ERP took passwords that the other faces refuse.
    async fn a_password_keeps_the_rules_of_every_face(app: TestApp) {
        let admin = app.admin_a().await;
        let user = |n: usize, password: &str| json!({"email": format!("p{n}@alpha.example"), "full_name": "비번", "password": password});
        for (n, password) in ["1234567", "가나다라마바사", &"x".repeat(129), "12345678", "password"].iter().enumerate() {
            assert_eq!(faults(&admin.post("/users/", &user(n, password)).await)[0].0, json!(["body", "password"]), "{password}");
        }
        for (n, password) in ["secret123", "푸른하늘은하수하얀쪽배"].iter().enumerate() {
            assert_eq!(admin.post("/users/", &user(n, password)).await.status, 201, "{password}");
        }
    }

    async fn what_is_no_json_is_told_where(app: TestApp) {
        let admin = app.admin_a().await;
        let raw = |body: &str| admin.request(Method::POST, "/organizations/").raw("application/json", body.to_owned()).send();
        let broken = raw("{\"name\": }").await;
        assert_eq!(bare(&broken, 422), json!({"detail": [{"loc": ["body", 9], "msg": "JSON decode error", "type": "json_invalid"}]}));
        for body in ["{", "{\"name\": \"a\", \"name\": \"b\"}", "nonsense"] {
            let wrong = faults(&raw(body).await);
            assert_eq!((wrong.len(), wrong[0].1.as_str(), &wrong[0].0[0]), (1, "json_invalid", &json!("body")), "{body}");
        }
        for body in ["", "  \n"] {
            assert_eq!(faults(&raw(body).await), [fault(json!(["body"]), "missing")]);
        }
        let form = admin.request(Method::POST, "/organizations/").raw("application/x-www-form-urlencoded", "name=x").send().await;
        assert_eq!(faults(&form), [fault(json!(["body"]), "model_attributes_type")]);
        let large = admin.request(Method::POST, "/organizations/").raw("application/json", vec![b' '; 1024 * 1024 + 1]).send().await;
        assert!(bare(&large, 413)["detail"].is_string());
    }

    async fn paths_and_queries_are_told_likewise(app: TestApp) {
        let admin = app.admin_a().await;
        for (path, name) in [("/organizations/abc", "org_id"), ("/departments/1.5", "department_id"), ("/roles/%20", "role_id"), ("/users/x/roles", "user_id")] {
            let answer = admin.get(path).await;
            let text = "Input should be a valid integer, unable to parse string as an integer";
            assert_eq!(bare(&answer, 422), json!({"detail": [{"loc": ["path", name], "msg": text, "type": "int_parsing"}]}));
        }
        assert_eq!(faults(&put(&admin, "/organizations/abc", &json!({"name": "x"})).await), [fault(json!(["path", "org_id"]), "int_parsing")]);
        for (query, name, kind) in [
            ("skip=-1", "skip", "greater_than_equal"),
            ("limit=0", "limit", "greater_than_equal"),
            ("limit=1001", "limit", "less_than_equal"),
            ("limit=ten", "limit", "int_parsing"),
            ("page=2", "page", "extra_forbidden"),
        ] {
            assert_eq!(faults(&admin.get(&format!("/users/?{query}")).await), [fault(json!(["query", name]), kind)], "{query}");
        }
        detail(&admin.patch("/organizations/1", &json!({})).await, 405, "Method Not Allowed");
        assert_eq!(admin.patch("/organizations/1", &json!({})).await.header("allow"), "DELETE, GET, HEAD, PUT");
        detail(&admin.delete("/users/").await, 405, "Method Not Allowed");
        assert_eq!(admin.delete("/users/").await.header("allow"), "GET, HEAD, POST");
        detail(&admin.get("/organizations/1/nonsense").await, 404, "Not Found");
        detail(&admin.get("/users/1/roles/2/3").await, 404, "Not Found");
    }

    /// The messages of the specification are what they are; others come in the caller's language.
    async fn other_sentences_are_in_the_callers_language(app: TestApp) {
        let admin = app.admin_a().await;
        let nobody = app.nobody_a().await;
        for (lang, text) in [("ko", "이 작업을 할 권한이 없습니다."), ("en", "You do not have permission to do this.")] {
            detail(&nobody.request(Method::GET, "/users/").header("accept-language", lang).send().await, 403, text);
            detail(&admin.request(Method::GET, "/users/999").header("accept-language", lang).send().await, 404, "User not found");
        }
        let user = somebody(&admin, "korean@alpha.example").await;
        let answer = admin.get(&format!("/users/{user}")).await;
        for (name, value) in [("cache-control", "no-store"), ("x-content-type-options", "nosniff")] {
            assert_eq!(answer.header(name), value);
        }
        assert!(!answer.header("x-request-id").is_empty());
    }
}
