//! Roles, permissions, and who has which.

use futures_util::future::join_all;
use kernel::Realm;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Context, Sql};
use testkit::{Caller, PASSWORD, TestApp, both};
use tests::idam::{IDAM, give, person, role, role_of_code, somebody};

/// What a role's list says and what its rows say.
async fn both_ways(caller: &Caller, role: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let listed = caller.get(&format!("{IDAM}/roles/{role}")).await.ok(200)["permissions"].clone();
    let rows = caller.get(&format!("{IDAM}/role-permissions?role_id={role}&page_size=100")).await.ok(200);
    let mut codes = BTreeSet::new();
    for row in rows["items"].as_array().unwrap() {
        let permission = caller.get(&format!("{IDAM}/permissions/{}", row["permission_id"].as_str().unwrap())).await.ok(200);
        assert!(codes.insert(permission["code"].as_str().unwrap().to_owned()), "twice: {permission}");
    }
    (listed.as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect(), codes)
}

async fn permission(caller: &Caller, code: &str) -> Value {
    caller.get(&format!("{IDAM}/permissions?code={code}")).await.ok(200)["items"][0].clone()
}

/// Puts the super administrator's own grant out of the way: who is asked is `admin`.
async fn grant_of(app: &TestApp, user: &str, role: &str) -> String {
    let found = app.manager().await.get(&format!("{IDAM}/user-roles?user_id={user}&role_id={role}")).await.ok(200);
    found["items"][0]["id"].as_str().unwrap().to_owned()
}

both! {
    async fn the_catalogue_is_that_of_the_code_and_cannot_be_made(app: TestApp) {
        let manager = app.manager().await;
        let mut codes = BTreeSet::new();
        for page in 1.. {
            let data = manager.get(&format!("{IDAM}/permissions?status=ACTIVE&page_size=100&page={page}")).await.ok(200);
            let items = data["items"].as_array().unwrap().clone();
            if items.is_empty() {
                break;
            }
            codes.extend(items.iter().map(|item| item["code"].as_str().unwrap().to_owned()));
        }
        let keys: Vec<kernel::PermissionKey> = gateway::modules().iter().filter(|module| module.realm == Realm::Manager).flat_map(resource::Module::catalogue).collect();
        for key in &keys {
            for code in [key.to_string(), format!("{}.{}.*", key.domain, key.resource), format!("{}.*", key.domain), "*".to_owned()] {
                assert!(codes.contains(&code), "{code} is missing");
            }
        }
        assert!(codes.iter().all(|code| code.ends_with('*') || keys.iter().any(|key| key.to_string() == *code)), "{codes:?}");
        let row = permission(&manager, "idam.users.deactivate").await;
        assert_eq!((&row["action"], &row["category"], &row["resource"], &row["is_system"]), (&json!("EXECUTE"), &json!("idam"), &json!("users"), &json!(true)));
        assert_eq!(permission(&manager, "idam.users.*").await["action"], "MANAGE");
        // it can be described, and nothing else
        let path = format!("{IDAM}/permissions/{}", row["id"].as_str().unwrap());
        let changed = manager.patch(&path, &json!({"name": "계정 정지", "description": "로그인 차단"})).await.ok(200);
        assert_eq!((&changed["name"], &changed["code"]), (&json!("계정 정지"), &row["code"]));
        assert_eq!(manager.patch(&path, &json!({"status": "INACTIVE"})).await.wrong_fields(), ["status"]);
        manager.delete(&path).await.refused(405, "METHOD_NOT_ALLOWED");
        let app = app.restarted().await;
        assert_eq!(app.manager().await.get(&path).await.ok(200)["name"], "계정 정지", "a start does not undo it");
        app.stop().await;
    }

    async fn what_the_code_forgot_is_inactive_and_what_it_knows_again_is_active(app: TestApp) {
        let database = app.database(Realm::Manager);
        let cx = Context::system(Realm::Manager, None, "test");
        let done = database.write(&cx, async |tx| {
            tx.raw_execute(Sql::new("UPDATE idam_permissions SET code = 'idam.users.fly' WHERE code = 'idam.users.deactivate'")).await?;
            tx.raw_execute(Sql::new("UPDATE idam_permissions SET status = 'INACTIVE' WHERE code = 'idam.users.read'")).await
        });
        assert_eq!(done.await.unwrap(), 1);
        let app = app.restarted().await;
        let manager = app.manager().await;
        for (code, status) in [("idam.users.fly", "INACTIVE"), ("idam.users.deactivate", "ACTIVE"), ("idam.users.read", "ACTIVE")] {
            assert_eq!(permission(&manager, code).await["status"], status, "{code}");
        }
        app.stop().await;
    }

    async fn the_rows_of_a_role_made_before_there_were_rows_are_filled_in_at_the_start(app: TestApp) {
        let id = role(&app, &["idam.users.read", "tnnt.*"]).await;
        let cx = Context::system(Realm::Manager, None, "test");
        app.database(Realm::Manager).write(&cx, async |tx| tx.raw_execute(Sql::new("DELETE FROM idam_role_permissions")).await).await.unwrap();
        let app = app.restarted().await;
        let manager = app.manager().await;
        for role in [id, role_of_code(&app, "SUPER_ADMIN").await, role_of_code(&app, "PLATFORM_ADMIN").await, role_of_code(&app, "READONLY_ADMIN").await] {
            let (list, rows) = both_ways(&manager, &role).await;
            assert!(!list.is_empty() && list == rows, "{list:?} {rows:?}");
        }
        app.stop().await;
    }

    /// However a role's permissions are changed, its list and its rows say the same, and the door what they say.
    async fn a_roles_list_and_rows_agree_after_any_sequence(app: TestApp) {
        let manager = app.manager().await;
        let codes = ["idam.users.read", "idam.roles.read", "idam.users.*", "tnnt.tenants.read", "tnnt.*"];
        let id = role(&app, &["idam.users.read", "idam.users.read"]).await;
        let path = format!("{IDAM}/roles/{id}");
        let mut dice = 12345_u64;
        let mut roll = |n: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((dice >> 33) % n).unwrap()
        };
        let mut wanted: BTreeSet<String> = [codes[0].to_owned()].into();
        for _ in 0..40 {
            let code = codes[roll(5)];
            match roll(3) {
                0 => {
                    let body = json!({"role_id": id, "permission_id": permission(&manager, code).await["id"]});
                    let answer = manager.post(&format!("{IDAM}/role-permissions"), &body).await;
                    assert_eq!(answer.status, if wanted.insert(code.to_owned()) { 201 } else { 409 }, "{answer:?}");
                }
                1 => {
                    let permission = permission(&manager, code).await;
                    let query = format!("{IDAM}/role-permissions?role_id={id}&permission_id={}", permission["id"].as_str().unwrap());
                    let rows = manager.get(&query).await.ok(200);
                    assert_eq!(rows["total"], json!(i32::from(wanted.remove(code))));
                    if let Some(row) = rows["items"].as_array().unwrap().first() {
                        let _ = manager.delete(&format!("{IDAM}/role-permissions/{}", row["id"].as_str().unwrap())).await.ok(200);
                    }
                }
                _ => {
                    wanted = (0..roll(4)).map(|_| codes[roll(5)].to_owned()).collect();
                    let mut list: Vec<&String> = wanted.iter().collect();
                    // said twice is said once
                    list.extend(wanted.iter().take(1));
                    let _ = manager.patch(&path, &json!({"permissions": list})).await.ok(200);
                }
            }
            assert_eq!(both_ways(&manager, &id).await, (wanted.clone(), wanted.clone()));
        }
    }

    async fn a_role_keeps_the_rules_of_its_kind(app: TestApp) {
        let manager = app.manager().await;
        let post = async |body: Value| manager.post(&format!("{IDAM}/roles"), &body).await;
        for (n, (category, scope, good)) in [
            ("MANAGER_ADMIN", "GLOBAL", true), ("MANAGER_ADMIN", "TENANT", false), ("PLATFORM_SUPPORT", "TENANT", false),
            ("TENANT_ADMIN", "TENANT", true), ("TENANT_ADMIN", "GLOBAL", true), ("TENANT_USER", "TENANT", true), ("TENANT_USER", "GLOBAL", false),
        ].into_iter().enumerate() {
            let answer = post(json!({"code": format!("KIND-{n}"), "name": format!("종류 {n}"), "category": category, "scope": scope})).await;
            if good { let _ = answer.ok(201); } else { assert_eq!(answer.wrong_fields(), ["category"]); }
        }
        assert_eq!(post(json!({"code": "KIND-U", "name": "사용자", "category": "TENANT_USER"})).await.ok(201)["scope"], "TENANT");
        for level in [0, 201, -1] {
            assert_eq!(post(json!({"code": "LEVEL", "name": "x", "level": level})).await.wrong_fields(), ["level"]);
        }
        assert_eq!(post(json!({"code": "NONSENSE", "name": "x", "permissions": ["idam.users.fly"]})).await.wrong_fields(), ["permissions"]);
        let system = role_of_code(&app, "GUEST").await;
        let path = format!("{IDAM}/roles/{system}");
        let body = json!({"role_id": system, "permission_id": permission(&manager, "idam.users.read").await["id"]});
        for answer in [manager.patch(&path, &json!({"name": "x"})).await, manager.delete(&path).await, manager.post(&format!("{IDAM}/role-permissions"), &body).await] {
            assert!(["idam.system_role", "referenced"].contains(&answer.refused(409, "CONFLICT")["rule"].as_str().unwrap()));
        }
        let (user, used) = (person(&app).await.0, role(&app, &[]).await);
        let grant = give(&app, &user, &used).await;
        assert_eq!(manager.delete(&format!("{IDAM}/roles/{used}")).await.refused(409, "CONFLICT")["referenced_by"], json!({"idam_user_roles": 1}));
        let _ = manager.delete(&format!("{IDAM}/user-roles/{}", grant["id"].as_str().unwrap())).await.ok(200);
        let _ = manager.delete(&format!("{IDAM}/roles/{used}")).await.ok(200);
    }

    async fn a_grant_counts_until_it_ends(app: TestApp) {
        let manager = app.manager().await;
        let ((user, username), reading) = (person(&app).await, role(&app, &["idam.users.read"]).await);
        let caller = app.stranger().sign_in(None, &username, PASSWORD).await;
        let sees = async |wanted: bool| {
            for _ in 0..60 {
                if (caller.get(&format!("{IDAM}/users")).await.status == 200) == wanted {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            panic!("not within a second");
        };
        sees(false).await;
        let grant = give(&app, &user, &reading).await;
        assert_eq!((&grant["granted_by"], &grant["status"], &grant["tenant_context"]), (&json!(manager.id()), &json!("ACTIVE"), &Value::Null));
        sees(true).await;
        let path = format!("{IDAM}/user-roles/{}", grant["id"].as_str().unwrap());
        let _ = manager.patch(&path, &json!({"status": "INACTIVE"})).await.ok(200);
        sees(false).await;
        let end = app.now().plus_seconds(60).to_string();
        let _ = manager.patch(&path, &json!({"status": "ACTIVE", "expires_at": end})).await.ok(200);
        sees(true).await;
        app.clock().advance(61);
        sees(false).await;
        assert_eq!(manager.patch(&path, &json!({"expires_at": end})).await.wrong_fields(), ["expires_at"], "that is over");
        assert_eq!(manager.patch(&path, &json!({"status": "EXPIRED"})).await.wrong_fields(), ["status"]);
        let door = app.platform().act_as_system(Realm::Manager, None, "test");
        assert_eq!((auth::roles::expire(&door).await.unwrap(), auth::roles::expire(&door).await.unwrap()), (1, 0));
        assert_eq!(manager.get(&path).await.ok(200)["status"], "EXPIRED");
        let _ = manager.patch(&path, &json!({"expires_at": null, "status": "ACTIVE"})).await.ok(200);
        sees(true).await;
        let again = json!({"user_id": user, "role_id": reading});
        assert_eq!(manager.post(&format!("{IDAM}/user-roles"), &again).await.refused(409, "CONFLICT")["rule"], "unique");
        // a role that sleeps gives nothing
        let _ = manager.patch(&format!("{IDAM}/roles/{reading}"), &json!({"status": "INACTIVE"})).await.ok(200);
        sees(false).await;
    }

    async fn nobody_gives_more_than_they_hold(app: TestApp) {
        let clerk = somebody(&app, &["idam.user-roles.*", "idam.roles.*", "idam.role-permissions.*", "idam.permissions.read", "idam.users.*"]).await;
        let (user, username) = person(&app).await;
        let (small, large) = (role(&app, &["idam.users.read"]).await, role(&app, &["tnnt.tenants.suspend"]).await);
        let give = |role: &str| json!({"user_id": user, "role_id": role});
        let _ = clerk.post(&format!("{IDAM}/user-roles"), &give(&small)).await.ok(201);
        let exceeds = |answer: testkit::Answer| assert_eq!(answer.refused(403, "FORBIDDEN")["reason"], "exceeds_own_rights", "{answer:?}");
        exceeds(clerk.post(&format!("{IDAM}/user-roles"), &give(&large)).await);
        exceeds(clerk.post(&format!("{IDAM}/user-roles"), &give(&role_of_code(&app, "SUPER_ADMIN").await)).await);
        let body = json!({"role_id": small, "permission_id": permission(&clerk, "tnnt.tenants.read").await["id"]});
        exceeds(clerk.post(&format!("{IDAM}/role-permissions"), &body).await);
        exceeds(clerk.patch(&format!("{IDAM}/roles/{small}"), &json!({"permissions": ["*"]})).await);
        // waking up what sleeps is giving, too
        let _ = app.manager().await.patch(&format!("{IDAM}/roles/{large}"), &json!({"status": "INACTIVE"})).await.ok(200);
        exceeds(clerk.patch(&format!("{IDAM}/roles/{large}"), &json!({"status": "ACTIVE"})).await);
        let grant = tests::idam::give(&app, &user, &large).await;
        exceeds(clerk.patch(&format!("{IDAM}/user-roles/{}", grant["id"].as_str().unwrap()), &json!({"status": "INACTIVE"})).await);
        // and so is the password of somebody who holds more, though their role sleeps
        exceeds(clerk.post(&format!("{IDAM}/users/{user}/reset-password"), &json!({"new_password": "another-quiet-lantern-7"})).await);
        let _ = app.stranger().sign_in(None, &username, PASSWORD).await;
    }

    async fn the_last_super_administrator_stays(app: TestApp) {
        let manager = app.manager().await;
        let role = role_of_code(&app, "SUPER_ADMIN").await;
        let me = manager.id().to_string();
        let own = format!("{IDAM}/user-roles/{}", grant_of(&app, &me, &role).await);
        let end = json!({"expires_at": app.now().plus_seconds(3600).to_string()});
        let stays = |answer: testkit::Answer| assert_eq!(answer.refused(409, "CONFLICT")["rule"], "idam.last_super_admin", "{answer:?}");
        let tries = async |stays: &dyn Fn(testkit::Answer)| {
            stays(manager.delete(&own).await);
            stays(manager.patch(&own, &json!({"status": "INACTIVE"})).await);
            stays(manager.patch(&own, &end).await);
            stays(manager.delete(&format!("{IDAM}/users/{me}")).await);
            stays(manager.post(&format!("{IDAM}/users/{me}/deactivate"), &json!({})).await);
        };
        tries(&stays).await;
        // one for a while only is none
        let (other, username) = person(&app).await;
        let grant = manager.post(&format!("{IDAM}/user-roles"), &json!({"user_id": other, "role_id": role, "expires_at": end["expires_at"]})).await.id();
        tries(&stays).await;
        // another role of theirs is no matter
        let small = tests::idam::role(&app, &[]).await;
        let third = tests::idam::give(&app, &me, &small).await;
        let _ = manager.delete(&format!("{IDAM}/user-roles/{}", third["id"].as_str().unwrap())).await.ok(200);
        // two who take each other away at once
        let _ = manager.patch(&format!("{IDAM}/user-roles/{grant}"), &json!({"expires_at": null})).await.ok(200);
        let second = app.stranger().sign_in(None, &username, PASSWORD).await;
        let theirs = format!("{IDAM}/user-roles/{grant}");
        let answers = join_all([manager.delete(&theirs), second.delete(&own)]).await;
        let gone = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(gone, 1, "{answers:?}");
    }
}
