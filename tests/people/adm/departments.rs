//! The tree of departments.

use serde_json::{Value, json};
use testkit::{Caller, both};

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";
const DEPARTMENTS: &str = "/api/v1/tenants/adm/departments";

async fn organization(caller: &Caller, name: &str) -> String {
    caller.post(ORGANIZATIONS, &json!({"name": name})).await.id()
}

async fn department(caller: &Caller, organization: &str, code: &str, more: Value) -> String {
    let mut body = json!({"organization_id": organization, "code": code, "name": format!("부서 {code}"), "valid_from": "2026-01-01"});
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    caller.post(DEPARTMENTS, &body).await.id()
}

/// Code and depth of each node, in the order of reading.
async fn tree(caller: &Caller, query: &str) -> Vec<(String, i64)> {
    let nodes = caller.get(&format!("{DEPARTMENTS}/tree?{query}")).await.ok(200);
    nodes.as_array().unwrap().iter().map(|node| (node["code"].as_str().unwrap().to_owned(), node["depth"].as_i64().unwrap())).collect()
}

fn nodes(wanted: &[(&str, i64)]) -> Vec<(String, i64)> {
    wanted.iter().map(|(code, depth)| ((*code).to_owned(), *depth)).collect()
}

both! {
    async fn the_tree_reads_from_top_to_bottom(app: TestApp) {
        let admin = app.admin_a().await;
        let head = organization(&admin, "본사").await;
        let other = organization(&admin, "지사").await;
        let sales = department(&admin, &head, "SALES", json!({"sort_order": 2})).await;
        let tech = department(&admin, &head, "TECH", json!({"sort_order": 1})).await;
        let _ = department(&admin, &head, "SALES-2", json!({"parent_id": sales, "sort_order": 2})).await;
        let first = department(&admin, &head, "SALES-1", json!({"parent_id": sales, "sort_order": 1})).await;
        let _ = department(&admin, &other, "BRANCH", json!({})).await;
        let whole = [("TECH", 0), ("SALES", 0), ("SALES-1", 1), ("SALES-2", 1)];
        assert_eq!(tree(&admin, &format!("organization_id={head}&as_of=2026-06-01")).await, nodes(&whole));
        assert_eq!(tree(&admin, &format!("organization_id={other}&as_of=2026-06-01")).await, nodes(&[("BRANCH", 0)]));
        // moved below another, and to the root
        let _ = admin.patch(&format!("{DEPARTMENTS}/{sales}"), &json!({"parent_id": tech})).await.ok(200);
        let moved = [("TECH", 0), ("SALES", 1), ("SALES-1", 2), ("SALES-2", 2)];
        assert_eq!(tree(&admin, &format!("organization_id={head}")).await, nodes(&moved));
        let _ = admin.patch(&format!("{DEPARTMENTS}/{first}"), &json!({"parent_id": null})).await.ok(200);
        let roots = admin.get(&format!("{DEPARTMENTS}?parent_id=null&organization_id={head}&sort=code")).await.ok(200);
        let roots: Vec<&Value> = roots["items"].as_array().unwrap().iter().map(|row| &row["code"]).collect();
        assert_eq!(roots, ["SALES-1", "TECH"]);
        let below = admin.get(&format!("{DEPARTMENTS}?parent_id={sales}")).await.ok(200);
        assert_eq!((&below["total"], &below["items"][0]["code"]), (&json!(1), &json!("SALES-2")));
        assert!(tree(&app.admin_b().await, "as_of=2026-06-01").await.is_empty(), "another company's tree is another tree");
    }

    async fn the_tree_is_that_of_a_day(app: TestApp) {
        let admin = app.admin_a().await;
        let head = organization(&admin, "본사").await;
        let old = department(&admin, &head, "OLD", json!({"valid_from": "2020-01-01", "valid_to": "2026-07-01"})).await;
        let _ = department(&admin, &head, "CHILD", json!({"parent_id": old, "valid_from": "2020-01-01"})).await;
        let _ = department(&admin, &head, "NEW", json!({"valid_from": "2026-07-01"})).await;
        let on = async |day: &str| tree(&admin, &format!("organization_id={head}&as_of={day}")).await;
        assert_eq!(on("2019-12-31").await, nodes(&[]));
        assert_eq!(on("2026-06-30").await, nodes(&[("OLD", 0), ("CHILD", 1)]));
        // its last day was the one before; whoever hung below it is not lost
        assert_eq!(on("2026-07-01").await, nodes(&[("CHILD", 0), ("NEW", 0)]));
        assert_eq!(admin.get(&format!("{DEPARTMENTS}/tree?as_of=2026-02-30")).await.wrong_fields(), ["as_of"]);
        // a day that is no span
        for (from, to) in [("2026-07-01", "2026-07-01"), ("2026-07-02", "2026-07-01")] {
            let body = json!({"organization_id": head, "code": "NEVER", "name": "없음", "valid_from": from, "valid_to": to});
            assert_eq!(admin.post(DEPARTMENTS, &body).await.wrong_fields(), ["valid_to"]);
        }
    }

    async fn a_department_hangs_where_it_can(app: TestApp) {
        let admin = app.admin_a().await;
        let (head, other) = (organization(&admin, "본사").await, organization(&admin, "지사").await);
        let top = department(&admin, &head, "TOP", json!({})).await;
        let middle = department(&admin, &head, "MIDDLE", json!({"parent_id": top})).await;
        let bottom = department(&admin, &head, "BOTTOM", json!({"parent_id": middle})).await;
        let elsewhere = department(&admin, &other, "ELSEWHERE", json!({})).await;
        for parent in [&top, &middle, &bottom] {
            let answer = admin.patch(&format!("{DEPARTMENTS}/{top}"), &json!({"parent_id": parent})).await;
            assert_eq!(answer.refused(409, "CONFLICT")["rule"], "adm.department_cycle", "below {parent}");
        }
        assert_eq!(admin.patch(&format!("{DEPARTMENTS}/{bottom}"), &json!({"parent_id": elsewhere})).await.wrong_fields(), ["parent_id"]);
        let stray = json!({"organization_id": head, "parent_id": elsewhere, "code": "STRAY", "name": "길잃음", "valid_from": "2026-01-01"});
        assert_eq!(admin.post(DEPARTMENTS, &stray).await.wrong_fields(), ["parent_id"]);
        // what others hang below stays
        let detail = admin.delete(&format!("{DEPARTMENTS}/{middle}")).await.refused(409, "CONFLICT");
        assert_eq!((&detail["rule"], &detail["referenced_by"]), (&json!("referenced"), &json!({"adm_departments": 1})));
        let detail = admin.delete(&format!("{ORGANIZATIONS}/{head}")).await.refused(409, "CONFLICT");
        assert_eq!(detail["referenced_by"], json!({"adm_departments": 3}));
        for id in [&bottom, &middle, &top] {
            let _ = admin.delete(&format!("{DEPARTMENTS}/{id}")).await.ok(200);
        }
        let _ = admin.delete(&format!("{ORGANIZATIONS}/{head}")).await.ok(200);
    }

    async fn siblings_have_names_of_their_own(app: TestApp) {
        let admin = app.admin_a().await;
        let head = organization(&admin, "본사").await;
        let parent = department(&admin, &head, "P", json!({})).await;
        for place in [json!({"name": "Team"}), json!({"name": "Team", "parent_id": parent})] {
            // the same name at another place is another team
            let code = format!("C{}", place.as_object().unwrap().len());
            let _ = department(&admin, &head, &code, place.clone()).await;
            let mut twin = place.clone();
            twin["organization_id"] = json!(head);
            twin["code"] = json!("TWIN");
            twin["name"] = json!(" TEAM ");
            let detail = admin.post(DEPARTMENTS, &twin).await.refused(409, "CONFLICT");
            assert!(detail["field"].as_str().is_some_and(|field| field.split(", ").any(|name| name == "name")), "{detail}");
        }
    }

    /// Today where the company is, not where the machine is.
    async fn a_department_begins_today_when_nothing_is_said(app: TestApp) {
        let admin = app.admin_a().await;
        let head = organization(&admin, "본사").await;
        let made = admin.post(DEPARTMENTS, &json!({"organization_id": head, "code": "NOW", "name": "오늘"})).await.ok(201);
        let seoul = app.now().get().to_offset(time::macros::offset!(+9)).date();
        assert_eq!(made["valid_from"], json!(seoul.to_string()));
    }
}
