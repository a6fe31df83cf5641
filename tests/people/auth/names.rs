//! User names and e-mail addresses: one name space, names that can be seen, and no look-alikes.

use super::emails::{deliver, emails};
use kernel::Realm;
use serde_json::json;
use store::{Context, Sql};
use testkit::{Backend, PASSWORD, TestApp, both};

const REGISTER: &str = "/api/v1/manager/auth/register";
const IDAM: &str = "/api/v1/manager/idam/users";
const ADM: &str = "/api/v1/tenants/adm/users";

fn user(username: &str, email: &str) -> serde_json::Value {
    json!({"username": username, "email": email, "full_name": "홍길동", "password": PASSWORD})
}

/// Sets a user name or an address behind the program's back; what the database says.
async fn force(app: &TestApp, realm: Realm, column: &str, from: &str, to: &str) -> kernel::Result<u64> {
    let tenant = if realm == Realm::Tenant { Some(app.company_a().await.id) } else { None };
    let table = if realm == Realm::Tenant { "adm_users" } else { "idam_users" };
    let database = app.database(realm);
    let context = Context::system(realm, tenant, "test");
    let write = database.write(&context, async |tx| {
        let mut sql = Sql::new("UPDATE ");
        sql.push(table).push(" SET ").push(column).push(" = ").bind(to).push(" WHERE ").push(column).push(" = ").bind(from);
        if let Some(tenant) = tenant {
            sql.push(" AND tenant_id = ").bind(tenant);
        }
        tx.raw_execute(sql).await
    });
    write.await
}

both! {
    /// Fault F9: a stranger who took somebody's address for a user name kept them from signing in.
    async fn nobody_takes_an_address_of_another_for_a_user_name(app: TestApp) {
        let (manager, admin, stranger) = (app.manager().await, app.admin_a().await, app.stranger());
        let _ = manager.post(IDAM, &user("alice", "alice@prov.example")).await.ok(201);
        let _ = admin.post(ADM, &user("alice", "alice@prov.example")).await.ok(201);
        let thief = user("Alice@Prov.example", "thief@prov.example");
        assert_eq!(stranger.post(REGISTER, &thief).await.wrong_fields(), ["username"]);
        assert_eq!(manager.post(IDAM, &thief).await.wrong_fields(), ["username"]);
        assert_eq!(admin.post(ADM, &thief).await.wrong_fields(), ["username"]);
        let company = json!({"code": "charlie", "name": "찰리", "start_date": "2026-01-01", "admin": user("alice@prov.example", "thief@prov.example")});
        assert_eq!(manager.post("/api/v1/manager/tenants", &company).await.wrong_fields(), ["admin.username"]);
        // not even an address that nobody has yet
        assert_eq!(stranger.post(REGISTER, &user("free@prov.example", "thief@prov.example")).await.wrong_fields(), ["username"]);
        let same = user("alice@prov.example", "alice@prov.example");
        assert_eq!(stranger.post(REGISTER, &same).await.refused(409, "CONFLICT")["rule"], "unique");
        assert_eq!(admin.post(ADM, &same).await.refused(409, "CONFLICT")["rule"], "unique");
        let _ = stranger.sign_in(None, "alice@prov.example", PASSWORD).await;
        let _ = stranger.sign_in(Some("alpha"), "Alice@prov.example", PASSWORD).await;
        // one's own address is a user name; then it is nobody else's address
        let _ = admin.post(ADM, &user("bob@prov.example", "bob@prov.example")).await.ok(201);
        assert_eq!(admin.post(ADM, &user("other", "bob@prov.example")).await.refused(409, "CONFLICT")["field"], "email");
        let erp = json!({"email": "bob@prov.example", "full_name": "밥", "password": PASSWORD});
        assert_eq!(admin.post("/users/", &erp).await.status, 400);
    }

    /// Fault F9, on update: the user name that is the address goes with it, and the old address is free.
    async fn a_user_name_that_is_the_address_follows_it(app: TestApp) {
        let (manager, admin, stranger) = (app.manager().await, app.admin_a().await, app.stranger());
        for (caller, path, company) in [(&manager, IDAM, None), (&admin, ADM, Some("alpha"))] {
            let dora = caller.post(path, &user("dora@prov.example", "dora@prov.example")).await;
            let _ = caller.post(path, &user("eve", "eve@prov.example")).await.ok(201);
            let row = format!("{path}/{}", dora.id());
            assert_eq!(caller.patch(&row, &json!({"email": "eve@prov.example"})).await.refused(409, "CONFLICT")["field"], "email");
            let moved = caller.patch(&row, &json!({"email": "dora2@prov.example"})).await.ok(200);
            assert_eq!((&moved["username"], &moved["email"]), (&json!("dora2@prov.example"), &json!("dora2@prov.example")));
            let _ = stranger.sign_in(company, "dora2@prov.example", PASSWORD).await;
            let _ = stranger.try_sign_in(company, "dora@prov.example", PASSWORD).await.refused(401, "UNAUTHORIZED");
            let _ = caller.post(path, &user("dora", "dora@prov.example")).await.ok(201);
            // another name stays as it is
            let eve = caller.get(&format!("{path}?username=eve")).await.ok(200)["items"][0].clone();
            let eve = caller.patch(&format!("{path}/{}", eve["id"].as_str().unwrap()), &json!({"email": "eve2@prov.example"})).await.ok(200);
            assert_eq!(eve["username"], "eve");
        }
    }

    /// Fault F9, for two at once: the database holds it.
    async fn of_two_who_take_one_name_at_once_one_has_it(app: TestApp) {
        let (manager, admin) = (app.manager().await, app.admin_a().await);
        for n in 0..5 {
            let email = format!("twin{n}@prov.example");
            for (caller, path) in [(&manager, IDAM), (&admin, ADM)] {
                let (one, other) = (user(&email, &email), user(&format!("twin{n}"), &email));
                let (one, other) = futures_util::future::join(caller.post(path, &one), caller.post(path, &other)).await;
                let mut statuses = [one.status, other.status];
                statuses.sort_unstable();
                assert_eq!(statuses, [201, 409], "{one:?} {other:?}");
            }
        }
        for (realm, caller, path) in [(Realm::Manager, &manager, IDAM), (Realm::Tenant, &admin, ADM)] {
            let _ = caller.post(path, &user("frank", "frank@prov.example")).await.ok(201);
            let _ = caller.post(path, &user("grace", "grace@prov.example")).await.ok(201);
            let refused = force(&app, realm, "username", "grace", "frank@prov.example").await.unwrap_err();
            assert_eq!((refused.rule_name(), refused.detail(kernel::Lang::En)["field"].as_str()), (Some("unique"), Some("username")));
            assert_eq!(force(&app, realm, "username", "grace", "grace@prov.example").await.unwrap(), 1, "one's own address");
        }
        if app.backend() == Backend::Postgres {
            // two transactions that see nothing of each other: the second waits for the first
            let take = async |username: &str, to: &str| force(&app, Realm::Manager, "username", username, to).await.is_ok();
            let _ = manager.post(IDAM, &user("heidi", "heidi@prov.example")).await.ok(201);
            let (one, other) = futures_util::future::join(take("heidi", "twin0-x@prov.example"), take("frank", "twin0-x@prov.example")).await;
            assert!(one != other, "{one} {other}");
        }
    }

    /// Fault F21: names that cannot be seen or look like others were taken.
    async fn names_can_be_seen_and_look_like_no_other(app: TestApp) {
        let (manager, admin, stranger) = (app.manager().await, app.admin_a().await, app.stranger());
        for bad in ["\u{430}dmin", "ad\u{ad}min", "ad\u{200b}min", "admin\u{202e}", "\u{3164}\u{3164}\u{3164}", "hong길동"] {
            assert_eq!(stranger.post(REGISTER, &user(bad, "new@prov.example")).await.wrong_fields(), ["username"], "{bad:?}");
            assert_eq!(manager.post(IDAM, &user(bad, "new@prov.example")).await.wrong_fields(), ["username"], "{bad:?}");
            assert_eq!(admin.post(ADM, &user(bad, "new@prov.example")).await.wrong_fields(), ["username"], "{bad:?}");
        }
        // another width is the same name, also to sign in with
        assert_eq!(manager.post(IDAM, &user("ａｄｍｉｎ", "new@prov.example")).await.refused(409, "CONFLICT")["field"], "username");
        assert_eq!(admin.post(ADM, &user("ＢＯＳＳ", "new@prov.example")).await.refused(409, "CONFLICT")["field"], "username");
        let _ = stranger.sign_in(Some("alpha"), "ｂｏｓｓ", PASSWORD).await;
        let made = admin.post(ADM, &user("홍길동７", "seven@prov.example")).await.ok(201);
        assert_eq!(made["username"], "홍길동7");
        for bad in ["\u{200b}", "\u{3164}", "한\u{200b}빛", "\u{202e}abc", "\u{2067}한빛", "\u{2800}", "한\u{feff}빛"] {
            for (path, field) in [("/api/v1/tenants/adm/organizations", "name"), ("/api/v1/tenants/adm/roles", "name"), ("/api/v1/tenants/crm/customers", "name")] {
                let answer = admin.post(path, &json!({"code": "SEEN", "name": bad})).await;
                assert_eq!(answer.wrong_fields(), [field], "{path} {bad:?}");
            }
            let person = json!({"username": "unseen", "email": "unseen@prov.example", "full_name": bad, "password": PASSWORD});
            assert_eq!(admin.post(ADM, &person).await.wrong_fields(), ["full_name"], "{bad:?}");
            assert_ne!(admin.post("/organizations/", &json!({"name": bad})).await.status, 201, "{bad:?}");
        }
        // a longer text keeps its joined emoji
        let note = json!({"name": "메모", "description": "👨\u{200d}👩\u{200d}👧 가족"});
        let _ = admin.post("/api/v1/tenants/adm/organizations", &note).await.ok(201);
        let turned = json!({"name": "메모 2", "description": "a\u{202e}b"});
        assert_eq!(admin.post("/api/v1/tenants/adm/organizations", &turned).await.wrong_fields(), ["description"]);
    }

    /// A variation selector is not seen: `admin` with one was another `admin`.
    async fn a_name_holds_no_variation_selector(app: TestApp) {
        let (manager, admin, stranger) = (app.manager().await, app.admin_a().await, app.stranger());
        for unseen in ["\u{fe0f}", "\u{e0100}"] {
            let (name, address) = (format!("admin{unseen}"), format!("new{unseen}@prov.example"));
            for (caller, path) in [(&stranger, REGISTER), (&manager, IDAM), (&admin, ADM)] {
                assert_eq!(caller.post(path, &user(&name, "new@prov.example")).await.wrong_fields(), ["username"], "{path} {name:?}");
                assert_eq!(caller.post(path, &user("newcomer", &address)).await.wrong_fields(), ["email"], "{path} {address:?}");
            }
        }
    }

    /// A name of 870 KB that becomes 18 times as long in compatibility form held a worker for two seconds.
    async fn what_is_too_long_for_a_name_is_nobodys(app: TestApp) {
        let stranger = app.stranger();
        let long = "\u{fdfa}".repeat(290_000);
        let address = format!("{long}@prov.example");
        for company in [None, Some("alpha"), Some("nowhere")] {
            for name in [&long, &address, &"a".repeat(256)] {
                let _ = stranger.try_sign_in(company, name, PASSWORD).await.refused(401, "UNAUTHORIZED");
            }
        }
        let _ = stranger.try_sign_in(Some(&long), "boss", PASSWORD).await.refused(401, "UNAUTHORIZED");
        for (realm, mut body) in [("manager", json!({})), ("tenants", json!({"tenant": "alpha"}))] {
            body["email"] = json!(address);
            let answer = stranger.post(&format!("/api/v1/{realm}/auth/forgot-password"), &body).await;
            assert_eq!(answer.wrong_fields(), ["email"], "{realm}");
            let refresh = stranger.post(&format!("/api/v1/{realm}/auth/refresh"), &json!({"refresh_token": long})).await;
            assert_eq!(refresh.status, 401, "{realm}");
            let code = stranger.post(&format!("/api/v1/{realm}/auth/login/mfa"), &json!({"mfa_token": long, "code": "000000"})).await;
            assert_eq!(code.status, 401, "{realm}");
            let reset = json!({"token": long, "new_password": PASSWORD});
            assert_eq!(stranger.post(&format!("/api/v1/{realm}/auth/reset-password"), &reset).await.wrong_fields(), ["token"], "{realm}");
        }
        assert_eq!(stranger.post(REGISTER, &user(&long, "long@prov.example")).await.wrong_fields(), ["username"]);
        assert_eq!(stranger.post(REGISTER, &user("long", &address)).await.wrong_fields(), ["email"]);
        let erp = json!({"email": address, "full_name": "긴이름", "password": PASSWORD});
        assert_eq!(app.admin_a().await.post("/users/", &erp).await.status, 422);
    }

    /// Names that were taken before they were folded open the door as they were typed then.
    async fn a_name_from_before_folding_still_signs_in(app: TestApp) {
        let (manager, admin, stranger) = (app.manager().await, app.admin_a().await, app.stranger());
        for (realm, caller, path, company) in [(Realm::Manager, &manager, IDAM, None), (Realm::Tenant, &admin, ADM, Some("alpha"))] {
            for (name, old, typed) in [("fullw", "ｆullw", " ｆUllw"), ("kkk", "ㅋㅋㅋ", "ㅋㅋㅋ")] {
                let _ = caller.post(path, &user(name, &format!("{name}@prov.example"))).await.ok(201);
                assert_eq!(force(&app, realm, "username", name, old).await.unwrap(), 1);
                let _ = stranger.sign_in(company, typed, PASSWORD).await;
                let _ = stranger.sign_in(company, &format!("{name}@prov.example"), PASSWORD).await;
            }
            let _ = caller.post(path, &user("eve3", "eve3@prov.example")).await.ok(201);
            assert_eq!(force(&app, realm, "email", "eve3@prov.example", "ｅve3@prov.example").await.unwrap(), 1);
            let _ = stranger.sign_in(company, "ｅve3@prov.example", PASSWORD).await;
            // who has the folded name comes first
            let other = user("fullw", "other@prov.example");
            let mine = caller.post(path, &other).await.id();
            assert_eq!(stranger.sign_in(company, "ｆullw", PASSWORD).await.id().to_string(), mine);
        }
    }

    /// An account with such an address got no email to set a new password.
    async fn an_address_from_before_folding_gets_its_email(app: TestApp) {
        let (manager, admin, company) = (app.manager().await, app.admin_a().await, app.company_a().await.id);
        for (realm, caller, path, tenant) in [(Realm::Manager, &manager, IDAM, None), (Realm::Tenant, &admin, ADM, Some(company))] {
            let (old, new) = ("ｅve4@prov.example", "eve4@prov.example");
            let _ = caller.post(path, &user("eve4", new)).await.ok(201);
            assert_eq!(force(&app, realm, "email", new, old).await.unwrap(), 1);
            let asked = async |address: &str, goes_to: &str| {
                let count = emails(&app).len();
                let mut body = json!({"email": address});
                if tenant.is_some() {
                    body["tenant"] = json!("alpha");
                }
                let _ = app.stranger().post(&format!("/api/v1/{}/auth/forgot-password", realm.segment()), &body).await.ok(200);
                deliver(&app, tenant).await;
                let emails = emails(&app);
                assert!(emails.len() > count, "{address}");
                assert!(emails.last().unwrap().contains(&format!("To: {goes_to}")), "{emails:?}");
            };
            asked(" ｅVe4@prov.example", old).await;
            // who has the folded address comes first, as by who signs in
            let _ = caller.post(path, &user("eve5", new)).await.ok(201);
            asked(old, new).await;
        }
    }

    /// Section F: `12345678` and `password` were taken by the small ERP; the rule about the own name holds on every face.
    async fn a_common_password_is_one_on_every_face(app: TestApp) {
        let (manager, admin) = (app.manager().await, app.admin_a().await);
        let staff = manager.post(IDAM, &user("walter", "walter@prov.example")).await.id();
        let person = admin.post(ADM, &user("walter", "walter@prov.example")).await;
        let no = person.ok(201)["no"].clone();
        for bad in ["12345678", "password", "qwertyuiop", "walter-blue-sky-77"] {
            let erp = json!({"email": "walter@other.example", "full_name": "발터", "password": bad});
            let answer = admin.post("/users/", &erp).await;
            assert_eq!((answer.status, answer.json["detail"][0]["loc"].to_string().contains("password")), (422, true), "{bad}: {answer:?}");
            let put = json!({"email": "walter@prov.example", "full_name": "발터", "password": bad});
            let answer = admin.request(reqwest::Method::PUT, &format!("/users/{no}")).json(&put).send().await;
            assert_eq!(answer.status, 422, "{bad}: {answer:?}");
            let mut made = user("walter2", "walter@other.example");
            made["password"] = json!(bad);
            assert_eq!(admin.post(ADM, &made).await.wrong_fields(), ["password"], "{bad}");
            for (caller, path) in [(&manager, format!("{IDAM}/{staff}")), (&admin, format!("{ADM}/{}", person.id()))] {
                let answer = caller.post(&format!("{path}/reset-password"), &json!({"new_password": bad})).await;
                assert_eq!(answer.wrong_fields(), ["new_password"], "{bad}");
            }
        }
        // the company's name, too
        let erp = json!({"email": "w@other.example", "full_name": "발터", "password": "the-ALPHA-company"});
        assert_eq!(admin.post("/users/", &erp).await.status, 422);
        let erp = json!({"email": "w@other.example", "full_name": "발터", "password": "secret123"});
        assert_eq!(admin.post("/users/", &erp).await.status, 201);
    }
}
