//! An explanation is the real answer.

use serde_json::{Value, json};
use testkit::{Caller, PASSWORD, TestApp, both};
use tests::idam::{IDAM, give, person, role};

async fn explained(by: &Caller, user: &str, permission: &str) -> Value {
    by.get(&format!("{IDAM}/explain?user={user}&permission={permission}")).await.ok(200)
}

/// A deterministic stranger to every pattern.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

/// Permissions with an operation that does no harm, and its path in either realm.
const ASKED: [(&str, &str); 4] =
    [("idam.users.read", "users"), ("idam.roles.read", "roles"), ("idam.sessions.read", "sessions"), ("idam.api-keys.read", "api-keys")];
const GRANTS: [&str; 8] =
    ["*", "idam.*", "idam.users.*", "idam.users.read", "idam.roles.read", "idam.sessions.*", "idam.api-keys.update", "tnnt.*"];

async fn agree(app: &TestApp, caller: &Caller, user: &str) {
    for (permission, path) in ASKED {
        let said = explained(&app.manager().await, user, permission).await;
        let status = caller.get(&format!("{IDAM}/{path}")).await.status;
        assert_eq!(said["allowed"], json!(status == 200), "{status}: {said}");
        assert_eq!(said["because"].as_array().unwrap().is_empty(), status != 200, "{said}");
        assert_eq!(said["missing"].as_array().unwrap().is_empty(), status == 200, "{said}");
    }
}

both! {
    async fn an_explanation_is_what_the_door_says(app: TestApp) {
        let manager = app.manager().await;
        let mut dice = Dice(7);
        for _ in 0..6 {
            let (user, username) = person(&app).await;
            let caller = app.stranger().sign_in(None, &username, PASSWORD).await;
            agree(&app, &caller, &user).await;
            for _ in 0..3 {
                let grants: Vec<&str> = (0..dice.roll(4)).map(|_| GRANTS[dice.roll(GRANTS.len())]).collect();
                let role = role(&app, &grants).await;
                let grant = give(&app, &user, &role).await;
                let path = format!("{IDAM}/user-roles/{}", grant["id"].as_str().unwrap());
                match dice.roll(4) {
                    0 => drop(manager.patch(&path, &json!({"status": "INACTIVE"})).await.ok(200)),
                    1 => drop(manager.patch(&format!("{IDAM}/roles/{role}"), &json!({"status": "INACTIVE"})).await.ok(200)),
                    2 => drop(manager.patch(&path, &json!({"expires_at": app.now().plus_seconds(60).to_string()})).await.ok(200)),
                    _ => {}
                }
                agree(&app, &caller, &username).await;
            }
        }
    }

    async fn an_explanation_names_the_role_or_what_is_missing(app: TestApp) {
        let manager = app.manager().await;
        let (user, username) = person(&app).await;
        let why = async |user: &str| explained(&app.manager().await, user, "idam.users.read").await;
        assert_eq!(why(&user).await["missing"], json!(["no_role_grants"]));
        let id = role(&app, &["idam.users.*"]).await;
        let grant = give(&app, &user, &id).await;
        let code = manager.get(&format!("{IDAM}/roles/{id}")).await.ok(200)["code"].clone();
        let said = why(&username.to_uppercase()).await;
        assert_eq!((&said["allowed"], &said["user"]["id"], &said["missing"]), (&json!(true), &json!(user), &json!([])));
        assert_eq!(said["because"], json!([{"role": code, "grant": "idam.users.*", "via": "USER_ROLE", "expires_at": null}]));
        let grant = format!("{IDAM}/user-roles/{}", grant["id"].as_str().unwrap());
        let _ = manager.patch(&grant, &json!({"expires_at": app.now().plus_seconds(5).to_string()})).await.ok(200);
        app.clock().advance(6);
        assert_eq!(why(&user).await["missing"], json!(["grant_expired"]));
        let _ = manager.patch(&grant, &json!({"expires_at": null, "status": "INACTIVE"})).await.ok(200);
        assert_eq!(why(&user).await["missing"], json!(["grant_inactive"]));
        let _ = manager.patch(&grant, &json!({"status": "ACTIVE"})).await.ok(200);
        let _ = manager.patch(&format!("{IDAM}/roles/{id}"), &json!({"status": "INACTIVE"})).await.ok(200);
        assert_eq!(why(&user).await["missing"], json!(["role_inactive"]));
        let _ = manager.post(&format!("{IDAM}/users/{user}/deactivate"), &json!({})).await.ok(200);
        assert_eq!(why(&user).await["missing"], json!(["user_inactive", "role_inactive"]));
        for (query, field) in [("user=nobody-at-all&permission=idam.users.read", "user"), ("user=admin&permission=idam.users.fly", "permission"), ("user=admin", "permission"), ("permission=idam.users.read", "user")] {
            assert_eq!(manager.get(&format!("{IDAM}/explain?{query}")).await.wrong_fields(), [field]);
        }
    }
}
