//! Departments through time: moved from a day on, merged, closed.

use futures_util::future::join;
use kernel::Day;
use serde_json::{Value, json};
use testkit::{Answer, Caller, TestApp, both};

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";
const DEPARTMENTS: &str = "/api/v1/tenants/adm/departments";
const USERS: &str = "/api/v1/tenants/adm/users";
const POSTS: &str = "/api/v1/tenants/adm/user-posts";

/// A day so many after today, where the company is.
fn day(app: &TestApp, ahead: i64) -> String {
    let today = Day(app.now().get().to_offset(time::macros::offset!(+9)).date());
    today.plus_days(ahead).unwrap().to_string()
}

/// An organization with departments; each is named with the one above it, and they are all a hundred days old.
async fn company(app: &TestApp, caller: &Caller, wanted: &[(&str, Option<&str>)]) -> Vec<String> {
    let organization = caller.post(ORGANIZATIONS, &json!({"name": "본사"})).await.id();
    let mut ids: Vec<(&str, String)> = Vec::new();
    for (code, above) in wanted {
        let parent = above.map(|above| ids.iter().find(|(code, _)| *code == above).unwrap().1.clone());
        let body = json!({"organization_id": organization, "parent_id": parent, "code": code, "name": format!("부서 {code}"), "valid_from": day(app, -100)});
        ids.push((code, caller.post(DEPARTMENTS, &body).await.id()));
    }
    ids.into_iter().map(|(_, id)| id).collect()
}

async fn act(caller: &Caller, id: &str, what: &str, body: Value) -> Answer {
    caller.post(&format!("{DEPARTMENTS}/{id}/{what}"), &body).await
}

/// The tree of a day: `A > B, C`: each with its depth.
async fn tree(caller: &Caller, day: &str) -> String {
    let nodes = caller.get(&format!("{DEPARTMENTS}/tree?as_of={day}")).await.ok(200);
    let text = |node: &Value| format!("{}{}", node["code"].as_str().unwrap(), node["depth"]);
    nodes.as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(" ")
}

async fn parent(caller: &Caller, id: &str) -> Value {
    caller.get(&format!("{DEPARTMENTS}/{id}")).await.ok(200)["parent_id"].clone()
}

async fn somebody(caller: &Caller, name: &str, department: &str) -> String {
    let body = json!({"username": name, "email": format!("{name}@alpha.example"), "full_name": "김사람", "department_id": department});
    caller.post(USERS, &body).await.id()
}

both! {
    async fn the_tree_of_a_day_is_where_everything_stood_that_day(app: TestApp) {
        let admin = app.admin_a().await;
        let ids = company(&app, &admin, &[("A", None), ("B", Some("A")), ("C", None)]).await;
        let (a, b, c) = (&ids[0], &ids[1], &ids[2]);
        let moved = act(&admin, b, "move", json!({"parent_id": c, "effective_date": day(&app, -10)})).await.ok(200);
        assert_eq!(moved["parent_id"], json!(c));
        assert_eq!(tree(&admin, &day(&app, -11)).await, "A0 B1 C0");
        assert_eq!(tree(&admin, &day(&app, -10)).await, "A0 C0 B1");
        assert_eq!(tree(&admin, &day(&app, -101)).await, "");
        // a PATCH is a move from today on; the day before it stays as it was
        let _ = admin.patch(&format!("{DEPARTMENTS}/{b}"), &json!({"parent_id": null})).await.ok(200);
        assert_eq!(tree(&admin, &day(&app, -1)).await, "A0 C0 B1");
        assert_eq!(tree(&admin, &day(&app, 0)).await, "A0 B0 C0");
        let places = admin.get(&format!("{DEPARTMENTS}/{b}/history")).await.ok(200);
        let wanted = json!([
            {"parent_id": a, "valid_from": day(&app, -100), "valid_to": day(&app, -10)},
            {"parent_id": c, "valid_from": day(&app, -10), "valid_to": day(&app, 0)},
            {"parent_id": null, "valid_from": day(&app, 0), "valid_to": null},
        ]);
        assert_eq!(places, wanted);
        let places = admin.get(&format!("{DEPARTMENTS}/{a}/history")).await.ok(200);
        assert_eq!(places, json!([{"parent_id": null, "valid_from": day(&app, -100), "valid_to": null}]), "it never moved");
        // into what is over nothing is written; the same once more is nothing
        let early = act(&admin, b, "move", json!({"parent_id": a, "effective_date": day(&app, -1)})).await.refused(409, "CONFLICT");
        assert_eq!((&early["rule"], &early["valid_from"]), (&json!("adm.department_moves_later"), &json!(day(&app, 0))));
        let _ = act(&admin, b, "move", json!({"parent_id": null})).await.ok(200);
        assert_eq!(admin.get(&format!("{DEPARTMENTS}/{b}/history")).await.ok(200), wanted);
    }

    async fn a_planned_move_takes_effect_by_itself(app: TestApp) {
        let admin = app.admin_a().await;
        let ids = company(&app, &admin, &[("A", None), ("B", None)]).await;
        let (a, b) = (&ids[0], &ids[1]);
        app.settle().await;
        let planned = act(&admin, b, "move", json!({"parent_id": a, "effective_date": day(&app, 2)})).await.ok(200);
        assert_eq!(planned["parent_id"], Value::Null, "it stands where it stood");
        assert_eq!((tree(&admin, &day(&app, 1)).await, tree(&admin, &day(&app, 2)).await), ("A0 B0".to_owned(), "A0 B1".to_owned()));
        // what somebody is to move below neither goes nor is closed
        assert_eq!(admin.delete(&format!("{DEPARTMENTS}/{a}")).await.refused(409, "CONFLICT")["rule"], "adm.department_awaited");
        assert_eq!(act(&admin, a, "close", json!({})).await.refused(409, "CONFLICT")["rule"], "adm.department_awaited");
        app.clock().advance(86_400);
        app.settle().await;
        let admin = app.stranger().sign_in(Some("alpha"), "boss", testkit::PASSWORD).await;
        assert_eq!(parent(&admin, b).await, Value::Null);
        app.clock().advance(86_400);
        app.settle().await;
        let admin = app.stranger().sign_in(Some("alpha"), "boss", testkit::PASSWORD).await;
        assert_eq!(parent(&admin, b).await, json!(a));
    }

    async fn nothing_stands_below_itself_on_any_day(app: TestApp) {
        let admin = app.admin_a().await;
        let ids = company(&app, &admin, &[("A", None), ("B", None), ("C", Some("B"))]).await;
        let (a, b, c) = (&ids[0], &ids[1], &ids[2]);
        for below in [b, c] {
            assert_eq!(act(&admin, b, "move", json!({"parent_id": below})).await.refused(409, "CONFLICT")["rule"], "adm.department_cycle");
        }
        // A goes below C in ten days: so B may go below A neither then nor now
        let _ = act(&admin, a, "move", json!({"parent_id": c, "effective_date": day(&app, 10)})).await.ok(200);
        for ahead in [0, 10, 20] {
            let answer = act(&admin, b, "move", json!({"parent_id": a, "effective_date": day(&app, ahead)})).await;
            assert_eq!(answer.refused(409, "CONFLICT")["rule"], "adm.department_cycle", "in {ahead} days");
        }
        assert_eq!(tree(&admin, &day(&app, 10)).await, "B0 C1 A2");
    }

    async fn two_planned_moves_at_once_form_no_circle(app: TestApp) {
        let admin = app.admin_a().await;
        let ids = company(&app, &admin, &[("A", None), ("B", None)]).await;
        let to = |parent: &str| json!({"parent_id": parent, "effective_date": day(&app, 5)});
        let (one, two) = join(act(&admin, &ids[0], "move", to(&ids[1])), act(&admin, &ids[1], "move", to(&ids[0]))).await;
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{one:?} {two:?}");
    }

    async fn a_merge_takes_everything_along(app: TestApp) {
        let admin = app.admin_a().await;
        let ids = company(&app, &admin, &[("A", None), ("B", None), ("C", Some("B")), ("D", Some("C"))]).await;
        let (a, b, c) = (&ids[0], &ids[1], &ids[2]);
        let (one, two) = (somebody(&admin, "one", b).await, somebody(&admin, "two", a).await);
        let post = json!({"user_id": one, "department_id": b, "is_primary": true, "valid_from": day(&app, -50)});
        let _ = admin.post(POSTS, &post).await.ok(201);
        let _ = admin.post(POSTS, &json!({"user_id": two, "department_id": b, "valid_from": day(&app, -50)})).await.ok(201);
        for into in [b, c] {
            assert_eq!(act(&admin, b, "merge", json!({"into_id": into})).await.refused(409, "CONFLICT")["rule"], "adm.department_cycle");
        }
        for (ahead, id) in [(1, b), (-100, b), (-101, b)] {
            let answer = act(&admin, id, "merge", json!({"into_id": a, "effective_date": day(&app, ahead)})).await;
            assert_eq!(answer.wrong_fields(), ["effective_date"], "{ahead}");
        }
        let merged = act(&admin, b, "merge", json!({"into_id": a, "effective_date": day(&app, -3)})).await.ok(200);
        assert_eq!(merged["valid_to"], json!(day(&app, -3)));
        assert_eq!(tree(&admin, &day(&app, -4)).await, "A0 B0 C1 D2");
        assert_eq!(tree(&admin, &day(&app, -3)).await, "A0 C1 D2");
        assert_eq!(parent(&admin, c).await, json!(a));
        assert_eq!(admin.get(&format!("{USERS}/{one}")).await.ok(200)["department_id"], json!(a));
        let posts = async |user: &str| {
            let rows = admin.get(&format!("{POSTS}?user_id={user}&sort=valid_from")).await.ok(200)["items"].clone();
            let row = |row: &Value| (row["department_id"].clone(), row["valid_from"].clone(), row["valid_to"].clone(), row["is_primary"].clone());
            rows.as_array().unwrap().iter().map(row).collect::<Vec<_>>()
        };
        for (user, primary) in [(&one, true), (&two, false)] {
            let wanted = [
                (json!(b), json!(day(&app, -50)), json!(day(&app, -3)), json!(primary)),
                (json!(a), json!(day(&app, -3)), Value::Null, json!(primary)),
            ];
            assert_eq!(posts(user).await, wanted);
        }
        // once more: it is not there any more
        assert_eq!(act(&admin, b, "merge", json!({"into_id": a})).await.wrong_fields(), ["effective_date"]);
        assert_eq!(act(&admin, c, "merge", json!({"into_id": b})).await.wrong_fields(), ["effective_date"]);
    }

    async fn what_is_not_empty_is_not_closed(app: TestApp) {
        let admin = app.admin_a().await;
        let ids = company(&app, &admin, &[("A", None), ("B", Some("A"))]).await;
        let (a, b) = (&ids[0], &ids[1]);
        let user = somebody(&admin, "one", a).await;
        let post = admin.post(POSTS, &json!({"user_id": user, "department_id": a, "valid_from": day(&app, -5)})).await.id();
        let refused = async |children: i64, people: i64| {
            let detail = act(&admin, a, "close", json!({})).await.refused(409, "CONFLICT");
            assert_eq!(detail, json!({"rule": "adm.department_in_use", "children": children, "people": people}));
        };
        refused(1, 1).await;
        assert_eq!(act(&admin, b, "close", json!({"effective_date": day(&app, -1)})).await.ok(200)["valid_to"], json!(day(&app, -1)));
        refused(0, 1).await;
        let _ = admin.patch(&format!("{USERS}/{user}"), &json!({"department_id": null})).await.ok(200);
        refused(0, 1).await;
        let _ = admin.patch(&format!("{POSTS}/{post}"), &json!({"valid_to": day(&app, 0)})).await.ok(200);
        let closed = act(&admin, a, "close", json!({})).await.ok(200);
        assert_eq!(closed["valid_to"], json!(day(&app, 0)));
        let again = act(&admin, a, "close", json!({})).await;
        assert_eq!(again.ok(200), closed, "closed is closed");
        assert_eq!(tree(&admin, &day(&app, 0)).await, "");
        // nobody goes below what is closed
        let ids = admin.get(ORGANIZATIONS).await.ok(200)["items"][0]["id"].clone();
        let new = admin.post(DEPARTMENTS, &json!({"organization_id": ids, "code": "N", "name": "새 부서"})).await.id();
        assert_eq!(act(&admin, &new, "move", json!({"parent_id": a})).await.refused(409, "CONFLICT")["rule"], "adm.department_closed");
    }

    async fn what_is_wrong_is_said(app: TestApp) {
        let (admin, other) = (app.admin_a().await, app.admin_b().await);
        let ids = company(&app, &admin, &[("A", None), ("B", None)]).await;
        let foreign = company(&app, &other, &[("X", None)]).await;
        let (a, b) = (&ids[0], &ids[1]);
        assert_eq!(act(&admin, a, "move", json!({})).await.wrong_fields(), ["parent_id"], "left out is not null");
        for bad in ["2026-02-30", "soon", "", &day(&app, -101)] {
            let move_ = act(&admin, a, "move", json!({"parent_id": b, "effective_date": bad})).await;
            assert_eq!(move_.wrong_fields(), ["effective_date"], "{bad}");
            assert_eq!(act(&admin, a, "close", json!({"effective_date": bad})).await.wrong_fields(), ["effective_date"], "{bad}");
        }
        assert_eq!(act(&admin, a, "merge", json!({})).await.wrong_fields(), ["into_id"]);
        // another company's are not there
        assert_eq!(act(&admin, a, "move", json!({"parent_id": foreign[0]})).await.wrong_fields(), ["parent_id"]);
        assert_eq!(act(&admin, a, "merge", json!({"into_id": foreign[0]})).await.wrong_fields(), ["into_id"]);
        for (what, body) in [("move", json!({"parent_id": null})), ("close", json!({})), ("merge", json!({"into_id": b}))] {
            act(&admin, &foreign[0], what, body).await.refused(404, "NOT_FOUND");
        }
        admin.get(&format!("{DEPARTMENTS}/{}/history", foreign[0])).await.refused(404, "NOT_FOUND");
        // who may only look moves nothing
        let reader = tests::people::somebody_of_a(&app, &["adm.departments.read", "adm.departments.update"]).await;
        for (what, body) in [("move", json!({"parent_id": b})), ("close", json!({})), ("merge", json!({"into_id": b}))] {
            act(&reader, a, what, body).await.refused(403, "FORBIDDEN");
        }
    }
}
