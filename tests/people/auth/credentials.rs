//! What follows when somebody's credentials change: sessions end, links and half-finished sign-ins are useless, the old address is told.

use super::emails::{deliver, emails, token};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Caller, PASSWORD, TestApp, both};
use tests::{
    idam::{IDAM, give, person, role},
    mfa::{half, show, turned_on},
    people::{admin_role_of_a, one_of_a, role_of_a, somebody_of_a},
};
use uuid::Uuid;

const ADM: &str = "/api/v1/tenants/adm";
const NEW: &str = "copper-meadow-whistle-88";

/// One side: its administrator, and somebody without rights who has just signed in.
struct Side {
    realm: &'static str,
    tenant: Option<Uuid>,
    company: Option<&'static str>,
    admin: Caller,
    person: Caller,
    email: String,
    /// Of the person's row.
    path: String,
}

impl Side {
    async fn both(app: &TestApp) -> [Self; 2] {
        let (id, username) = person(app).await;
        let staff = app.stranger().sign_in(None, &username, PASSWORD).await;
        let person = somebody_of_a(app, &[]).await;
        [
            Self {
                realm: "tenants",
                tenant: Some(app.company_a().await.id),
                company: Some("alpha"),
                admin: app.admin_a().await,
                email: format!("{}@alpha.example", person.username),
                path: format!("{ADM}/users/{}", person.id()),
                person,
            },
            Self {
                realm: "manager",
                tenant: None,
                company: None,
                admin: app.manager().await,
                email: format!("{username}@provider.example"),
                path: format!("{IDAM}/users/{id}"),
                person: staff,
            },
        ]
    }

    fn auth(&self, rest: &str) -> String {
        format!("/api/v1/{}/auth/{rest}", self.realm)
    }

    /// Asks for a link to set a new password; its token.
    async fn link(&self, app: &TestApp, email: &str) -> String {
        let _ = app
            .stranger()
            .post(&self.auth("forgot-password"), &json!({"tenant": self.company, "email": email}).without_null())
            .await
            .ok(200);
        deliver(app, self.tenant).await;
        token(app)
    }

    async fn redeem(&self, app: &TestApp, token: &str, password: &str) -> Answer {
        app.stranger().post(&self.auth("reset-password"), &json!({"token": token, "new_password": password})).await
    }
}

trait WithoutNull {
    fn without_null(self) -> Value;
}

impl WithoutNull for Value {
    fn without_null(mut self) -> Value {
        self.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self
    }
}

/// The last email, which must go to this address.
#[track_caller]
fn last_email(app: &TestApp, to: &str) -> String {
    let message = emails(app).pop().unwrap();
    assert!(message.contains(&format!("To: {to}")), "{message}");
    message
}

both! {
    /// Faults F1 and F10: after another address was set the old link, the old sessions and the old address' owner knew nothing of it.
    async fn another_address_ends_what_was_open_and_the_old_one_is_told(app: TestApp) {
        for side in Side::both(&app).await {
            let link = side.link(&app, &side.email).await;
            // nothing changes, nothing ends
            let _ = side.admin.patch(&side.path, &json!({"email": side.email, "full_name": "김개명"})).await.ok(200);
            let _ = side.person.get(&side.auth("me")).await.ok(200);
            let count = emails(&app).len();
            let fresh = format!("fresh-{}", side.email);
            let _ = side.admin.patch(&side.path, &json!({"email": fresh})).await.ok(200);
            side.person.get(&side.auth("me")).await.refused(401, "UNAUTHORIZED");
            side.person.with_token(None).post(&side.auth("refresh"), &json!({"refresh_token": side.person.refresh_token})).await.refused(401, "UNAUTHORIZED");
            assert_eq!(side.redeem(&app, &link, NEW).await.wrong_fields(), ["token"]);
            deliver(&app, side.tenant).await;
            let message = last_email(&app, &side.email);
            assert_eq!(emails(&app).len(), count + 1);
            assert!(!message.contains(&fresh) && !message.contains("token="), "{message}");
            // the one who made the change stays signed in
            let _ = side.admin.get(&side.auth("me")).await.ok(200);
            let link = side.link(&app, &fresh).await;
            let _ = side.redeem(&app, &link, NEW).await.ok(200);
        }
        // the small ERP, where the user name is the address
        let admin = app.admin_a().await;
        let made = admin.post("/users/", &json!({"email": "erp@alpha.example", "full_name": "홍길동", "password": "cotton-river-lamp-31"})).await;
        let caller = app.stranger().sign_in(Some("alpha"), "erp@alpha.example", "cotton-river-lamp-31").await;
        let path = format!("/users/{}", made.json["id"]);
        let body = json!({"email": "erp2@alpha.example", "full_name": "홍길동"});
        assert_eq!(admin.request(Method::PUT, &path).json(&body).send().await.status, 200);
        caller.get("/api/v1/tenants/auth/me").await.refused(401, "UNAUTHORIZED");
        deliver(&app, Some(app.company_a().await.id)).await;
        last_email(&app, "erp@alpha.example");
    }

    /// Fault F10, and item E (an old link that survives deactivation and activation): whatever sets the password, or puts somebody out,
    /// makes the links before it useless.
    async fn a_link_dies_with_the_password_it_was_to_replace(app: TestApp) {
        for side in Side::both(&app).await {
            let link = side.link(&app, &side.email).await;
            let change = json!({"current_password": PASSWORD, "new_password": NEW});
            let _ = side.person.post(&side.auth("change-password"), &change).await.ok(200);
            assert_eq!(side.redeem(&app, &link, PASSWORD).await.wrong_fields(), ["token"], "changed by its owner");
            let link = side.link(&app, &side.email).await;
            let _ = side.admin.post(&format!("{}/reset-password", side.path), &json!({"new_password": PASSWORD})).await.ok(200);
            assert_eq!(side.redeem(&app, &link, NEW).await.wrong_fields(), ["token"], "set by an administrator");
            deliver(&app, side.tenant).await;
            last_email(&app, &side.email);
            let link = side.link(&app, &side.email).await;
            for verb in ["deactivate", "activate"] {
                let _ = side.admin.post(&format!("{}/{verb}", side.path), &json!({})).await.ok(200);
            }
            assert_eq!(side.redeem(&app, &link, NEW).await.wrong_fields(), ["token"], "deactivated in between");
            let _ = app.stranger().sign_in(side.company, &side.person.username, PASSWORD).await;
        }
    }

    /// Fault F10: the invitation went on working at the old address, and the new one got none.
    async fn who_is_invited_and_gets_another_address_is_invited_there(app: TestApp) {
        let (admin, company) = (app.admin_a().await, Some(app.company_a().await.id));
        let made = admin.post(&format!("{ADM}/users"), &json!({"username": "fresh", "email": "typo@alpha.example", "full_name": "신입"})).await;
        deliver(&app, company).await;
        let first = token(&app);
        let _ = admin.patch(&format!("{ADM}/users/{}", made.id()), &json!({"email": "fresh@alpha.example"})).await.ok(200);
        let accept = async |token: &str| app.stranger().post("/api/v1/tenants/auth/accept-invitation", &json!({"token": token, "password": NEW})).await;
        assert_eq!(accept(&first).await.wrong_fields(), ["token"]);
        deliver(&app, company).await;
        assert_eq!(emails(&app).len(), 2);
        last_email(&app, "fresh@alpha.example");
        let second = token(&app);
        assert_ne!(first, second);
        let _ = accept(&second).await.ok(200);
        let _ = app.stranger().sign_in(Some("alpha"), "fresh", NEW).await;
    }

    /// Item E: a sign-in that waits for its code survived deactivation and activation; likewise another address.
    async fn a_half_finished_sign_in_does_not_outlive_what_happens_to_its_user(app: TestApp) {
        for side in Side::both(&app).await {
            let device = turned_on(&app, &side.person, side.realm).await;
            let username = side.person.username.clone();
            let acts: [(&str, &[(&str, Value)]); 3] = [
                ("deactivated", &[("deactivate", json!({})), ("activate", json!({}))]),
                ("another address", &[("", json!({"email": format!("other-{}", side.email)}))]),
                ("another password", &[("reset-password", json!({"new_password": PASSWORD}))]),
            ];
            for (why, acts) in acts {
                let token = half(&app, side.company, &username).await;
                for (verb, body) in acts {
                    let answer = if verb.is_empty() { side.admin.patch(&side.path, body).await } else { side.admin.post(&format!("{}/{verb}", side.path), body).await };
                    let _ = answer.ok(200);
                }
                show(&app, side.realm, &token, &device.next_code(&app)).await.refused(401, "UNAUTHORIZED");
                let whole = show(&app, side.realm, &half(&app, side.company, &username).await, &device.next_code(&app)).await;
                assert_eq!(whole.status, 200, "{why}: {whole:?}");
            }
        }
    }

    /// Fault F1 names `reset-mfa`: somebody who has lost the second factor gets in with the password again.
    async fn a_second_factor_that_was_lost_is_taken_away(app: TestApp) {
        for side in Side::both(&app).await {
            let path = format!("{}/reset-mfa", side.path);
            // there is none: nothing happens
            let _ = side.admin.post(&path, &json!({})).await.ok(200);
            let _ = side.person.get(&side.auth("me")).await.ok(200);
            let device = turned_on(&app, &side.person, side.realm).await;
            let waiting = half(&app, side.company, &side.person.username).await;
            let _ = side.admin.post(&path, &json!({})).await.ok(200);
            side.person.get(&side.auth("me")).await.refused(401, "UNAUTHORIZED");
            show(&app, side.realm, &waiting, &device.next_code(&app)).await.refused(401, "UNAUTHORIZED");
            deliver(&app, side.tenant).await;
            last_email(&app, &side.email);
            let caller = app.stranger().sign_in(side.company, &side.person.username, PASSWORD).await;
            assert_eq!(caller.get(&side.auth("me")).await.ok(200)["mfa_enabled"], false);
            assert_ne!(turned_on(&app, &caller, side.realm).await.recovery, device.recovery);
            // one's own goes with a code of it only
            let own = format!("{}/{}/reset-mfa", side.path.rsplit_once('/').unwrap().0, side.admin.id());
            assert_eq!(side.admin.post(&own, &json!({})).await.refused(409, "CONFLICT")["rule"], "auth.own_mfa");
        }
    }

    /// An attacker in somebody's open session made themselves an account, a role or a key that opens again.
    async fn what_gives_rights_or_an_account_asks_for_a_fresh_code(app: TestApp) {
        let second = one_of_a(&app, &app.admin_a().await, &admin_role_of_a(&app).await).await;
        let (id, username) = person(&app).await;
        let _ = give(&app, &id, &role(&app, &["*"]).await).await;
        let staff = app.stranger().sign_in(None, &username, PASSWORD).await;
        let [of_a, of_provider] = Side::both(&app).await;
        let role_a = role_of_a(&app, &["adm.users.read"]).await;
        let role_p = role(&app, &["idam.users.read"]).await;
        let erp = async |path: String| app.admin_a().await.get(&path).await.ok(200)["no"].as_i64().unwrap();
        let user_no = erp(of_a.path.clone()).await;
        let role_no = erp(format!("{ADM}/roles/{}", role_a.as_str().unwrap())).await;
        let key_a = second.post(&format!("{ADM}/api-keys"), &json!({"key_name": "x"})).await.id();
        let key_p = staff.post(&format!("{IDAM}/api-keys"), &json!({"key_name": "x"})).await.id();
        let found = app.manager().await.get(&format!("{IDAM}/permissions?code=idam.roles.read")).await.ok(200);
        let permission = found["items"][0]["id"].clone();
        let _ = turned_on(&app, &second, "tenants").await;
        let _ = turned_on(&app, &staff, "manager").await;
        app.clock().advance(10 * 60);
        let user = |more: Value| {
            let mut body = json!({"username": "stepper", "email": "stepper@x.example", "full_name": "김계단"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let a = |rest: &str| format!("{ADM}/{rest}");
        let p = |rest: &str| format!("{IDAM}/{rest}");
        let of_role = |path: String, role: &Value| format!("{path}/{}", role.as_str().unwrap());
        for (caller, method, path, body) in [
            (&second, "POST", a("users"), user(json!({"password": PASSWORD}))),
            (&second, "POST", a("users"), user(json!({"role_id": role_a}))),
            (&second, "PATCH", of_a.path.clone(), json!({"role_id": role_a})),
            (&second, "POST", a("user-roles"), json!({"user_id": of_a.person.id(), "role_id": role_a})),
            (&second, "POST", a("roles"), json!({"code": "STEPPER", "name": "계단", "permissions": ["crm.*"]})),
            (&second, "PATCH", of_role(a("roles"), &role_a), json!({"permissions": ["crm.*"]})),
            (&second, "PATCH", a(&format!("api-keys/{key_a}")), json!({"key_name": "y"})),
            (&second, "POST", a(&format!("api-keys/{key_a}/activate")), json!({})),
            (&staff, "POST", p("users"), user(json!({"password": PASSWORD}))),
            (&staff, "POST", p("user-roles"), json!({"user_id": of_provider.person.id(), "role_id": role_p})),
            (&staff, "POST", p("roles"), json!({"code": "STEPPER", "name": "계단", "permissions": ["tnnt.*"]})),
            (&staff, "PATCH", p(&format!("roles/{role_p}")), json!({"permissions": ["tnnt.*"]})),
            (&staff, "POST", p("role-permissions"), json!({"role_id": role_p, "permission_id": permission})),
            (&staff, "PATCH", p(&format!("api-keys/{key_p}")), json!({"key_name": "y"})),
            (&staff, "POST", p(&format!("api-keys/{key_p}/activate")), json!({})),
        ] {
            let answer = caller.request(method.parse().unwrap(), &path).json(&body).send().await;
            assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], "step_up", "{method} {path} {body}");
        }
        // the small ERP
        let person = json!({"email": "stepper@x.example", "full_name": "김계단", "password": PASSWORD});
        assert_eq!(second.post("/users/", &person).await.status, 403);
        assert_eq!(second.post(&format!("/users/{user_no}/roles"), &json!({"role_id": role_no})).await.status, 403);
        let all = second.request(Method::PUT, &format!("/users/{user_no}/roles")).json(&json!({"role_ids": [role_no]}));
        assert_eq!(all.send().await.status, 403);
        // an empty role, and a name, give nobody anything
        let _ = second.post(&a("roles"), &json!({"code": "EMPTY", "name": "빈 역할"})).await.ok(201);
        let _ = second.patch(&of_role(a("roles"), &role_a), &json!({"name": "이름만"})).await.ok(200);
        let _ = staff.post(&p("roles"), &json!({"code": "EMPTY", "name": "빈 역할"})).await.ok(201);
        let _ = staff.patch(&p(&format!("roles/{role_p}")), &json!({"name": "이름만"})).await.ok(200);
    }

    /// Faults F1 and F20: what makes somebody able to sign in as another asks for a fresh second factor, as a new password always did.
    async fn what_lets_somebody_in_as_another_asks_for_a_fresh_code(app: TestApp) {
        let second = one_of_a(&app, &app.admin_a().await, &admin_role_of_a(&app).await).await;
        let (id, username) = person(&app).await;
        let everything = role(&app, &["*"]).await;
        let _ = give(&app, &id, &everything).await;
        let staff = app.stranger().sign_in(None, &username, PASSWORD).await;
        let [of_a, of_provider] = Side::both(&app).await;
        let _ = turned_on(&app, &second, "tenants").await;
        let _ = turned_on(&app, &staff, "manager").await;
        app.clock().advance(10 * 60);
        let key = json!({"key_name": "x"});
        let begin = json!({"tenant_id": app.company_a().await.id, "user_id": of_a.person.id(), "reason": "x"});
        for (caller, method, path, body) in [
            (&second, "PATCH", of_a.path.clone(), json!({"email": "another@alpha.example"})),
            (&second, "POST", format!("{}/activate", of_a.path), json!({})),
            (&second, "POST", format!("{}/invite", of_a.path), json!({})),
            (&second, "POST", format!("{}/reset-mfa", of_a.path), json!({})),
            (&second, "POST", format!("{ADM}/api-keys"), key.clone()),
            (&second, "POST", format!("{ADM}/support-consents"), json!({"reason": "x"})),
            (&staff, "PATCH", of_provider.path.clone(), json!({"email": "another@provider.example"})),
            (&staff, "POST", format!("{}/activate", of_provider.path), json!({})),
            (&staff, "POST", format!("{}/reset-mfa", of_provider.path), json!({})),
            (&staff, "POST", format!("{IDAM}/api-keys"), key.clone()),
            (&staff, "POST", format!("{IDAM}/impersonations"), begin),
        ] {
            let answer = caller.request(method.parse().unwrap(), &path).json(&body).send().await;
            assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], "step_up", "{method} {path}");
        }
        let row = app.admin_a().await.get(&of_a.path).await.ok(200);
        let body = json!({"email": "another@alpha.example", "full_name": row["full_name"]});
        assert_eq!(second.request(Method::PUT, &format!("/users/{}", row["no"])).json(&body).send().await.status, 403);
        // a name is no credential
        let _ = second.patch(&of_a.path, &json!({"full_name": "김개명"})).await.ok(200);
        let _ = staff.patch(&of_provider.path, &json!({"full_name": "김개명"})).await.ok(200);
    }
}
