//! Many at once: each rule holds as if they had come one after the other.

use futures_util::future::join_all;
use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::{Answer, both};
use tests::people::{admin_role_of_a, one_of_a};

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";
const DEPARTMENTS: &str = "/api/v1/tenants/adm/departments";

fn statuses(answers: &[Answer]) -> BTreeMap<u16, usize> {
    answers.iter().fold(BTreeMap::new(), |mut counts, answer| {
        *counts.entry(answer.status).or_default() += 1;
        counts
    })
}

both! {
    async fn running_numbers_have_neither_gap_nor_double(app: TestApp) {
        let (a, b) = (app.admin_a().await, app.admin_b().await);
        // every fourth fails, and must not take a number with it
        let creates = (0..64).map(|n| {
            let name = if n % 4 == 3 { json!(17) } else { json!(format!("조직 {n}")) };
            let caller = if n % 8 < 4 { a.clone() } else { b.clone() };
            async move { (n % 8 < 4, caller.post(ORGANIZATIONS, &json!({"name": name})).await) }
        });
        let answers = join_all(creates).await;
        for of_a in [true, false] {
            let made: Vec<&Answer> = answers.iter().filter(|(a, answer)| *a == of_a && answer.status == 201).map(|(_, answer)| answer).collect();
            assert_eq!(made.len(), 24, "{:?}", statuses(&answers.iter().map(|(_, answer)| answer.clone()).collect::<Vec<_>>()));
            let mut numbers: Vec<i64> = made.iter().map(|answer| answer.json["data"]["no"].as_i64().unwrap()).collect();
            numbers.sort_unstable();
            assert_eq!(numbers, (1..=24).collect::<Vec<_>>());
        }
        // what conflicts gives its number back, too
        let _ = a.post(ORGANIZATIONS, &json!({"name": "조직 0"})).await.refused(409, "CONFLICT");
        assert_eq!(a.post(ORGANIZATIONS, &json!({"name": "danach"})).await.ok(201)["no"], 25);
    }

    async fn one_key_sent_many_times_makes_one_row(app: TestApp) {
        let admin = app.admin_a().await;
        let body = json!({"name": "한 번만"});
        let posts = (0..64).map(|_| admin.request(Method::POST, ORGANIZATIONS).header("idempotency-key", "once").json(&body).send());
        let answers = join_all(posts).await;
        let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
        let firsts = made.iter().filter(|answer| answer.header("idempotent-replayed").is_empty()).count();
        assert_eq!(firsts, 1, "{:?}", statuses(&answers));
        assert!(made.iter().all(|answer| answer.json["data"] == made[0].json["data"] && answer.header("etag") == "\"1\""));
        for other in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(other.refused(409, "CONFLICT")["rule"], "busy", "{other:?}");
        }
        assert_eq!(admin.get(ORGANIZATIONS).await.ok(200)["total"], 1);
    }

    async fn a_name_is_given_once(app: TestApp) {
        let admin = app.admin_a().await;
        let posts = (0..16).map(|n| {
            let name = if n % 2 == 0 { "Only One" } else { " ONLY  one " };
            let admin = admin.clone();
            async move { admin.post(ORGANIZATIONS, &json!({"name": name})).await }
        });
        let answers = join_all(posts).await;
        assert_eq!(statuses(&answers), BTreeMap::from([(201, 1), (409, 15)]));
        for answer in answers.iter().filter(|answer| answer.status == 409) {
            let detail = answer.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["field"]), (&json!("unique"), &json!("name")));
        }
    }

    async fn departments_moved_at_once_form_no_circle(app: TestApp) {
        let admin = app.admin_a().await;
        let organization = admin.post(ORGANIZATIONS, &json!({"name": "본사"})).await.id();
        for round in 0..8 {
            let mut ids = Vec::new();
            for n in 0..3 {
                let body = json!({"organization_id": organization, "code": format!("R{round}-{n}"), "name": format!("팀 {round}-{n}")});
                ids.push(admin.post(DEPARTMENTS, &body).await.id());
            }
            // 0 below 1, 1 below 2, 2 below 0
            let moves = (0..3).map(|n| {
                let (admin, ids) = (admin.clone(), ids.clone());
                async move { admin.patch(&format!("{DEPARTMENTS}/{}", ids[n]), &json!({"parent_id": ids[(n + 1) % 3]})).await }
            });
            let answers = join_all(moves).await;
            assert_eq!(statuses(&answers), BTreeMap::from([(200, 2), (409, 1)]), "{answers:?}");
            let refused = answers.iter().find(|answer| answer.status == 409).unwrap();
            assert_eq!(refused.refused(409, "CONFLICT")["rule"], "adm.department_cycle");
            for id in &ids {
                let (mut at, mut steps) = (json!(id), 0);
                while let Some(id) = at.as_str() {
                    at = admin.get(&format!("{DEPARTMENTS}/{id}")).await.ok(200)["parent_id"].clone();
                    steps += 1;
                    assert!(steps <= 3, "a circle");
                }
            }
        }
    }

    async fn two_administrators_who_put_each_other_out_leave_one(app: TestApp) {
        let role = admin_role_of_a(&app).await;
        let mut standing = app.admin_a().await;
        for _ in 0..5 {
            let other = one_of_a(&app, &standing, &role).await;
            let out = |by: &testkit::Caller, whom: &testkit::Caller| {
                let (by, path) = (by.clone(), format!("/api/v1/tenants/adm/users/{}/deactivate", whom.id()));
                async move { by.post(&path, &json!({})).await }
            };
            let (one, two) = futures_util::future::join(out(&standing, &other), out(&other, &standing)).await;
            // the one who came second is stopped by the rule, or is no longer signed in
            let done = [&one, &two].iter().filter(|answer| answer.status == 200).count();
            assert_eq!(done, 1, "{one:?} {two:?}");
            let refused = if one.status == 200 { &two } else { &one };
            assert!(refused.status == 401 || (refused.status == 409 && refused.json["detail"]["rule"] == "adm.last_admin"), "{refused:?}");
            if two.status == 200 {
                standing = other;
            }
            let active = standing.get(&format!("/api/v1/tenants/adm/users?status=ACTIVE&role_id={}", role.as_str().unwrap())).await.ok(200);
            assert_eq!(active["total"], 1, "exactly one administrator is left");
        }
    }

    async fn of_many_changes_to_one_version_one_succeeds(app: TestApp) {
        let admin = app.admin_a().await;
        let id = admin.post(ORGANIZATIONS, &json!({"name": "본사"})).await.id();
        let path = format!("{ORGANIZATIONS}/{id}");
        for version in 1..=4 {
            let changes = (0..16).map(|n| admin.request(Method::PATCH, &path).header("if-match", format!("\"{version}\"")).json(&json!({"description": format!("{version}-{n}")})).send());
            let answers = join_all(changes).await;
            assert_eq!(statuses(&answers), BTreeMap::from([(200, 1), (412, 15)]));
            let current = format!("\"{}\"", version + 1);
            assert!(answers.iter().all(|answer| answer.header("etag") == current), "{answers:?}");
        }
    }

    async fn changes_without_a_version_all_count(app: TestApp) {
        let admin = app.admin_a().await;
        let id = admin.post(ORGANIZATIONS, &json!({"name": "본사"})).await.id();
        let path = format!("{ORGANIZATIONS}/{id}");
        let bodies: Vec<Value> = (0..32).map(|n| json!({"description": format!("{n}")})).collect();
        let answers = join_all(bodies.iter().map(|body| admin.patch(&path, body))).await;
        assert_eq!(statuses(&answers), BTreeMap::from([(200, 32)]));
        assert_eq!(admin.get(&path).await.header("etag"), "\"33\"", "no change was lost");
    }

    async fn a_row_is_not_deleted_under_what_is_being_hung_below_it(app: TestApp) {
        let admin = app.admin_a().await;
        for round in 0..10 {
            let organization = admin.post(ORGANIZATIONS, &json!({"name": format!("조직 {round}")})).await.id();
            let child = json!({"organization_id": organization, "code": format!("C{round}"), "name": format!("팀 {round}")});
            let path = format!("{ORGANIZATIONS}/{organization}");
            let (made, deleted) = futures_util::future::join(admin.post(DEPARTMENTS, &child), admin.delete(&path)).await;
            match (made.status, deleted.status) {
                (201, 409) => assert_eq!(deleted.json["detail"]["referenced_by"]["adm_departments"], 1, "{deleted:?}"),
                (422, 200) => assert_eq!(made.wrong_fields(), ["organization_id"]),
                _ => panic!("{made:?} {deleted:?}"),
            }
        }
    }

    async fn one_first_sign_in_after_another_leaves_every_session_good(app: TestApp) {
        let stranger = app.stranger();
        let signed_in = join_all((0..8).map(|_| stranger.sign_in(Some("alpha"), "boss", testkit::PASSWORD))).await;
        let answers = join_all(signed_in.iter().map(|caller| caller.get("/api/v1/tenants/auth/me"))).await;
        assert_eq!(statuses(&answers), BTreeMap::from([(200, 8)]));
    }

    async fn a_refresh_token_used_twice_at_once_gives_one_child(app: TestApp) {
        let caller = app.stranger().sign_in(Some("alpha"), "boss", testkit::PASSWORD).await;
        let body = json!({"refresh_token": caller.refresh_token});
        let answers = join_all((0..8).map(|_| caller.post("/api/v1/tenants/auth/refresh", &body))).await;
        assert_eq!(statuses(&answers), BTreeMap::from([(200, 8)]));
        let children: std::collections::BTreeSet<String> = answers.iter().map(|answer| answer.json["data"]["refresh_token"].as_str().unwrap().to_owned()).collect();
        assert_eq!(children.len(), 1);
    }

    async fn changes_of_many_at_once_are_all_audited(app: TestApp) {
        let admin = app.admin_a().await;
        let requests: Vec<uuid::Uuid> = (0..32).map(|_| uuid::Uuid::now_v7()).collect();
        let posts = requests.iter().map(|request| {
            let body = json!({"name": format!("조직 {request}")});
            admin.request(Method::POST, ORGANIZATIONS).header("x-request-id", request.to_string()).json(&body).send()
        });
        assert_eq!(statuses(&join_all(posts).await), BTreeMap::from([(201, 32)]));
        let tenant = Some(app.company_a().await.id);
        for request in requests {
            assert_eq!(app.audits(Realm::Tenant, tenant, request).await.len(), 1);
            assert_eq!(app.published(Realm::Tenant, tenant, request).await.len(), 1);
        }
    }
}
