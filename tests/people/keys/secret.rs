//! The secret that wraps others at rest.

use super::{kid, me};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};
use testkit::{Backend, Caller, PASSWORD, Program, SECRET_KEY, Site, both, temporary_folder};
use tests::{
    mfa::{half, show, turned_on},
    process::{PATIENCE, block_on, in_folder, until, words},
};

const NEW: &str = "another-secret-key-of-the-tests-0123456789";

async fn refreshed(caller: &Caller) -> Caller {
    let body = json!({"refresh_token": caller.refresh_token});
    caller.holding(&caller.with_token(None).post("/api/v1/manager/auth/refresh", &body).await.ok(200))
}

both! {
    async fn a_secret_is_exchanged_in_the_setting(app: TestApp) {
        let before = app.manager().await;
        // secrets of people of both sides are sealed too
        let nobody = app.nobody_a().await;
        let phone = turned_on(&app, &nobody, "tenants").await;
        let guest = turned_on(&app, &app.guest().await, "manager").await;
        // on every node first behind the old one, then in front of it
        let behind = format!("{SECRET_KEY}\n{NEW}");
        let front = format!("{NEW}\n{SECRET_KEY}");
        let (old, new) = (app.another_node(&["--secret-key", &behind], 0).await, app.another_node(&["--secret-key", &front], 0).await);
        let at = |node: &testkit::TestApp, caller: &Caller| Caller { base: node.stranger().base, ..caller.clone() };
        let moved = refreshed(&at(&new, &before)).await;
        assert_eq!(me(&moved).await, 200);
        // its answer was lost: the same token again, from either node
        let replayed = refreshed(&at(&old, &before)).await;
        assert_eq!(me(&refreshed(&replayed).await).await, 200, "replayed by the old, the child is the same");
        assert_eq!(new.platform().sealed_with_older().await.unwrap(), 3);
        // a key made by a node with the new secret in front opens where it stands behind
        let made = new.platform().rotate_signing_key(false).await.unwrap();
        let fresh = new.stranger().sign_in(None, "admin", PASSWORD).await;
        assert_eq!((kid(&fresh), me(&at(&old, &fresh)).await), (made, 200));
        assert_eq!((new.platform().reseal().await.unwrap(), new.platform().reseal().await.unwrap()), (3, 0));
        assert_eq!(new.platform().sealed_with_older().await.unwrap(), 0);
        // and then the old one is not needed
        let only = app.another_node(&["--secret-key", NEW], 0).await;
        assert_eq!(me(&at(&only, &fresh)).await, 200);
        assert_eq!(me(&refreshed(&at(&only, &fresh)).await).await, 200);
        let token = half(&only, Some("alpha"), "nobody").await;
        let _ = show(&only, "tenants", &token, &phone.next_code(&only)).await.ok(200);
        let token = half(&only, None, "guest").await;
        let _ = show(&only, "manager", &token, &guest.recovery[3]).await.ok(200);
        for node in [old, new, only] {
            node.stop().await;
        }
    }
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_secret_is_exchanged_in_the_data_folder_while_nodes_serve() {
    block_on(async {
        // nodes that share a folder share PostgreSQL: SQLite has one
        let site = Site::empty(Backend::Postgres);
        let file = site.folder.join("secret.key");
        let environment = [("CXG_DEMO", "false"), ("CXG_ADMIN_PASSWORD", PASSWORD), ("CXG_PUBLIC_URL", "http://cxg.test")];
        let keys = |what: &str| Program::run(&[site.arguments(), words(&["keys", what])].concat(), &environment);
        let node = [site.arguments(), words(&["--bind", "127.0.0.1:0"])].concat();
        let _ = Program::run(&[site.arguments(), words(&["migrate", "up"])].concat(), &environment).well();
        let mut first = Program::start(&node, &environment);
        let one = Caller::stranger(first.address());
        until(&one, "/health/ready", 200).await;
        let before = one.sign_in(None, "admin", PASSWORD).await;
        let original = lines(&file);

        let said = keys("rotate-secret").well();
        assert!(said.contains("1 values"), "{said}");
        let exchanged = lines(&file);
        assert_eq!((exchanged.len(), &exchanged[1]), (2, &original[0]));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        // the node that served all the while goes on
        assert_eq!(me(&before).await, 200);
        let before = refreshed(&before).await;
        // and meets a key that was sealed, and a token that was tagged, with a secret it has not read
        let _ = keys("rotate").well();
        let mut second = Program::start(&node, &environment);
        let two = Caller::stranger(second.address());
        until(&two, "/health/ready", 200).await;
        let after = two.sign_in(None, "admin", PASSWORD).await;
        assert_ne!(kid(&after), kid(&before));
        let after = Caller { base: one.base.clone(), ..after };
        let after = refreshed(&after).await;
        assert_eq!([me(&after).await, me(&before).await], [200, 200]);

        // the old one goes when nothing is sealed with it, and no node may still seal with it
        let said = keys("prune-secret").badly();
        assert!(said.contains("two minutes"), "{said}");
        let third = "a-key-that-the-operator-has-put-in-front-0123456789";
        fs::write(&file, format!("{third}\n{}", exchanged.join("\n"))).unwrap();
        let settle = || {
            let file = fs::File::options().write(true).open(&file).unwrap();
            let changed = file.metadata().unwrap().modified().unwrap();
            file.set_modified(changed - Duration::from_secs(121)).unwrap();
        };
        settle();
        let said = keys("prune-secret").badly();
        assert!(said.contains("2 values") && said.contains("reseal"), "{said}");
        assert_eq!(lines(&file).len(), 3);
        let _ = keys("reseal").well();
        settle();
        let _ = keys("prune-secret").well();
        assert_eq!(lines(&file), [third]);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(keys("prune-secret").well().contains("only one"));
        let after = refreshed(&after).await;
        drop(first);
        drop(second);
        let mut again = Program::start(&node, &environment);
        let one = Caller::stranger(again.address());
        until(&one, "/health/ready", 200).await;
        let after = Caller { base: one.base.clone(), ..after };
        assert_eq!(me(&after).await, 200);
        let _ = again.until_it_says("listens on", PATIENCE);
    });
}

#[test]
fn a_secret_of_the_setting_is_not_exchanged_in_the_folder() {
    let folder = temporary_folder();
    let keys = |what: &str| Program::run(&[in_folder(&folder), words(&["keys", what])].concat(), &[("CXG_SECRET_KEY", NEW)]);
    let create = [in_folder(&folder), words(&["admin", "create", "--username", "someone"])].concat();
    let _ = Program::run(&create, &[("CXG_SECRET_KEY", NEW)]).well();
    let said = keys("rotate-secret").badly();
    assert!(said.contains("CXG_SECRET_KEY is set") && said.contains("reseal"), "{said}");
    assert!(!folder.join("secret.key").exists());
    assert!(keys("reseal").well().contains("0 values"));
    assert!(keys("prune-secret").well().contains("first key of CXG_SECRET_KEY"));
    assert!(!said.contains(NEW));
    let said = Program::run(&in_folder(&folder), &[("CXG_SECRET_KEY", &format!("{NEW}\nshort"))]).badly();
    assert!(said.contains("CXG_SECRET_KEY"), "{said}");
}
