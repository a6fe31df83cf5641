//! Names as people type them: Hangul, emoji, odd blanks; and what must not get in.

use serde_json::json;
use testkit::both;

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

both! {
    async fn every_script_comes_back_as_it_went(app: TestApp) {
        let admin = app.admin_a().await;
        let names = [
            "한빛상사",
            "뷁쀍 ㈜한글",
            "株式会社日本",
            "Ünïcødé GmbH & Co. KG",
            "🏢🇰🇷👩‍👩‍👧‍👦",
            "مرحبا",
            "Robert'); DROP TABLE adm_organizations;--",
            "<script>alert(1)</script>",
            "a\"b\\c/d",
            "%_$1{}",
            "null",
            "\u{1F9D1}\u{200D}\u{1F4BB} x",
        ];
        for name in names {
            let made = admin.post(ORGANIZATIONS, &json!({"name": name, "description": format!("{name}\n{name}")})).await;
            let row = made.ok(201);
            assert_eq!((&row["name"], &row["description"]), (&json!(name), &json!(format!("{name}\n{name}"))));
            assert_eq!(admin.get(&format!("{ORGANIZATIONS}/{}", made.id())).await.ok(200), row);
            let url = reqwest::Url::parse_with_params("http://x/", [("search", name)]).unwrap();
            let found = admin.get(&format!("{ORGANIZATIONS}?{}", url.query().unwrap())).await.ok(200);
            assert!(found["items"].as_array().unwrap().iter().any(|item| item["id"] == row["id"]), "{name} is not found: {found}");
        }
        // two syllables of four
        let found = admin.get(&format!("{ORGANIZATIONS}?search=%EB%B9%9B%EC%83%81")).await.ok(200);
        assert_eq!((&found["total"], &found["items"][0]["name"]), (&json!(1), &json!("한빛상사")));
    }

    async fn what_looks_alike_is_alike(app: TestApp) {
        let admin = app.admin_a().await;
        let post = |body: serde_json::Value| {
            let admin = admin.clone();
            async move { admin.post(ORGANIZATIONS, &body).await }
        };
        let _ = post(json!({"name": "한빛 Trading", "code": "hb-1"})).await.ok(201);
        let same = [
            "한빛 trading",
            "한빛 TRADING",
            "  한빛   Trading ",
            "한빛\u{3000}Trading",
            "한빛\u{a0}Trading",
            // the same syllables in parts, as some machines type them
            "\u{1112}\u{1161}\u{11ab}\u{1107}\u{1175}\u{11be} Trading",
        ];
        for name in same {
            assert_eq!(post(json!({"name": name})).await.refused(409, "CONFLICT")["field"], "name", "{name:?}");
        }
        for code in ["HB-1", "hb-1", " Hb-1 "] {
            assert_eq!(post(json!({"name": format!("other {code:?}"), "code": code})).await.refused(409, "CONFLICT")["field"], "code", "{code:?}");
        }
        let row = post(json!({"name": "  나눔\t 상사  ", "code": " nn-2 "})).await.ok(201);
        assert_eq!((&row["name"], &row["code"]), (&json!("나눔 상사"), &json!("NN-2")), "trimmed, and kept in one spelling");
        // letters of other scripts have cases, too
        let _ = post(json!({"name": "ÉCLAIR"})).await.ok(201);
        assert_eq!(post(json!({"name": "éclair"})).await.refused(409, "CONFLICT")["field"], "name");
    }

    async fn what_is_no_text_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        let long = "가".repeat(201);
        for name in ["", "   ", "\u{3000}", "a\0b", "\u{7}bell", "a\u{1b}[31m", "\u{7f}", &long] {
            assert_eq!(admin.post(ORGANIZATIONS, &json!({"name": name})).await.wrong_fields(), ["name"], "{name:?}");
        }
        let _ = admin.post(ORGANIZATIONS, &json!({"name": "가".repeat(200)})).await.ok(201);
        assert_eq!(admin.post(ORGANIZATIONS, &json!({"name": "x", "description": "a\0b"})).await.wrong_fields(), ["description"]);
        assert_eq!(admin.post(ORGANIZATIONS, &json!({"name": "x", "biz_no": "123-45-67890"})).await.wrong_fields(), ["biz_no"]);
        assert_eq!(admin.post(ORGANIZATIONS, &json!({"name": "x", "email": "not an address"})).await.wrong_fields(), ["email"]);
        assert_eq!(admin.post(ORGANIZATIONS, &json!({"name": "x", "phone": "call me"})).await.wrong_fields(), ["phone"]);
        assert_eq!(admin.post(ORGANIZATIONS, &json!({"name": "x", "status": "active"})).await.wrong_fields(), ["status"]);
        // a NUL elsewhere
        assert_eq!(admin.get(&format!("{ORGANIZATIONS}?search=a%00b")).await.wrong_fields(), ["search"]);
        assert_eq!(admin.get(&format!("{ORGANIZATIONS}?code=a%00b")).await.wrong_fields(), ["code"]);
        admin.get(&format!("{ORGANIZATIONS}?x%00=1")).await.refused(422, "VALIDATION_ERROR");
        assert_eq!(app.stranger().try_sign_in(Some("al\0pha"), "boss", testkit::PASSWORD).await.status / 100, 4);
        assert_eq!(app.stranger().try_sign_in(Some("alpha"), "bo\0ss", testkit::PASSWORD).await.status / 100, 4);
    }

    async fn messages_speak_the_callers_language_and_codes_do_not(app: TestApp) {
        let asking = |language: &str| app.stranger().request(reqwest::Method::GET, "/api/v1/tenants/auth/me").header("accept-language", language).send();
        let korean = asking("ko-KR,ko;q=0.9,en;q=0.5").await;
        for language in ["en", "en-US,en;q=0.9", "EN"] {
            let english = asking(language).await;
            assert_eq!(english.json["code"], korean.json["code"]);
            assert!(english.json["message"].as_str().unwrap().is_ascii() && !korean.json["message"].as_str().unwrap().is_ascii());
        }
        for language in ["", "*", "fr", "xx;q=nonsense", &"e".repeat(5000)] {
            assert_eq!(asking(language).await.json["message"], korean.json["message"], "{language:?}");
        }
        let admin = app.admin_a().await;
        let wrong = admin.request(reqwest::Method::POST, ORGANIZATIONS).header("accept-language", "en").json(&json!({})).send().await;
        assert_eq!(wrong.json["detail"]["errors"], json!([{"field": "name", "rule": "required", "message": "is required"}]));
    }

    async fn a_request_id_is_kept_when_it_is_one(app: TestApp) {
        let asking = |id: &str| app.stranger().request(reqwest::Method::GET, "/api/v1/tenants/auth/me").header("x-request-id", id).send();
        let own = uuid::Uuid::new_v7(uuid::Timestamp::now(uuid::NoContext)).to_string();
        assert_eq!(asking(&own).await.json["request_id"], json!(own));
        for odd in ["", "1", "<script>", "0192f0c1-2345-7abc-8def", &"x".repeat(3000)] {
            let answer = asking(odd).await;
            let id: uuid::Uuid = answer.json["request_id"].as_str().unwrap().parse().unwrap();
            assert_eq!(id.get_version_num(), 7, "{answer:?}");
        }
    }
}
