//! Access tokens: what is believed, and what is not.

use super::{part, told};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, both};

const ME: &str = "/api/v1/tenants/auth/me";

fn written(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

both! {
    async fn a_token_says_who_where_and_until_when(app: TestApp) {
        let company = app.company_a().await;
        let caller = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        let token = caller.token.clone().unwrap();
        let (head, claims) = (part(&token, 0), part(&token, 1));
        assert_eq!((&head["alg"], &head["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
        assert_eq!((&claims["sub"], &claims["tid"], &claims["realm"]), (&json!(caller.id()), &json!(company.id), &json!("tenant")));
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!("http://cxg.test"), &json!("cxg")));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
        assert_eq!(claims["iat"].as_i64().unwrap(), app.now().unix_seconds());
        let keys = app.stranger().get("/.well-known/jwks.json").await.json;
        let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == head["kid"]).expect("the key is published");
        assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
        assert!(key.get("d").is_none(), "the private half");
        assert!(claims["jti"] != part(&app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await.token.unwrap(), 1)["jti"]);
    }

    async fn a_token_expires(app: TestApp) {
        let caller = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        app.clock().advance(899);
        let _ = caller.get(ME).await.ok(200);
        app.clock().advance(1);
        caller.get(ME).await.refused(401, "UNAUTHORIZED");
    }

    async fn whatever_is_wrong_with_a_token_looks_the_same(app: TestApp) {
        let caller = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        let other = app.stranger().sign_in(Some("bravo"), "boss", PASSWORD).await;
        let token = caller.token.clone().unwrap();
        let [head, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
        let without = |alg: &str| {
            let mut head = part(&token, 0);
            head["alg"] = json!(alg);
            format!("{}.{claims}", written(&head))
        };
        let mut promoted = part(&token, 1);
        promoted["realm"] = json!("manager");
        let mut longer = part(&token, 1);
        longer["exp"] = json!(longer["exp"].as_i64().unwrap() + 86_400);
        let other_claims = other.token.as_deref().unwrap().split('.').nth(1).unwrap();
        let wrong = [
            format!("{}.", without("none")),
            format!("{}.{signature}", without("none")),
            format!("{}.{signature}", without("HS256")),
            format!("{head}.{claims}."),
            format!("{head}.{claims}"),
            format!("{head}.{}.{signature}", written(&promoted)),
            format!("{head}.{}.{signature}", written(&longer)),
            format!("{head}.{other_claims}.{signature}"),
            format!("{token}A"),
            token[1..].to_owned(),
            caller.refresh_token.clone().unwrap(),
            "nonsense".to_owned(),
            "a.b.c".to_owned(),
            "x".repeat(100_000),
        ];
        let nothing = app.stranger().get(ME).await;
        nothing.refused(401, "UNAUTHORIZED");
        for token in wrong {
            let answer = caller.with_token(Some(&token)).get(ME).await;
            assert_eq!((answer.status, told(&answer)), (401, told(&nothing)), "{}", &token[..token.len().min(80)]);
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
        for header in ["", "Bearer", "Bearer ", "Basic Ym9zczpib3Nz", &format!("Token {token}"), &token] {
            let answer = app.stranger().request(Method::GET, ME).header("authorization", header).send().await;
            assert_eq!(told(&answer), told(&nothing), "{header:?}");
        }
        // the scheme has no case
        let _ = app.stranger().request(Method::GET, ME).header("authorization", format!("bearer {token}")).send().await.ok(200);
    }

    async fn a_token_opens_its_own_realm_only(app: TestApp) {
        let (manager, admin) = (app.manager().await, app.admin_a().await);
        for path in [ME, "/api/v1/tenants/adm/users", "/api/v1/tenants/adm/roles"] {
            assert_eq!(manager.get(path).await.refused(403, "FORBIDDEN")["reason"], "wrong_realm");
        }
        for path in ["/api/v1/manager/auth/me", "/api/v1/manager/idam/users", "/api/v1/manager/tenants"] {
            assert_eq!(admin.get(path).await.refused(403, "FORBIDDEN")["reason"], "wrong_realm");
        }
    }

    async fn a_restart_leaves_people_signed_in(app: TestApp) {
        let caller = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        let app = app.restarted().await;
        let again = app.stranger().with_token(caller.token.as_deref());
        assert_eq!(again.get(ME).await.ok(200)["username"], "boss");
        let _ = app.stranger().post("/api/v1/tenants/auth/refresh", &json!({"refresh_token": caller.refresh_token})).await.ok(200);
        app.stop().await;
    }
}
