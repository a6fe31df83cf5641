//! One row for each write and refusal of either realm, chained and copied to the provider.

use super::{LOGS, ORGANIZATIONS, VERIFY, business, context, seal, verdict};
use audt::auditing::HeadFile;
use flows::background;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::both;
use tests::people::somebody_of_a;
use uuid::Uuid;

both! {
    async fn what_a_company_does_is_seen_by_the_provider_with_before_and_after(app: TestApp) {
        let (admin, manager, company) = (app.admin_a().await, app.manager().await, app.company_a().await.id);
        let row = admin.post(ORGANIZATIONS, &json!({"name": "본점"})).await.id();
        let request = Uuid::now_v7();
        let answer = admin.request(Method::PATCH, &format!("{ORGANIZATIONS}/{row}")).header("x-request-id", request.to_string()).json(&json!({"name": "새 본점"})).send().await;
        let _ = answer.ok(200);
        app.settle().await;
        let logs = manager.get(&format!("{LOGS}?request_id={request}")).await.ok(200);
        let log = &logs["items"][0];
        assert_eq!((&logs["total"], &log["tenant_id"], &log["user_id"]), (&json!(1), &json!(company), &json!(admin.id())));
        assert_eq!((&log["extra_data"]["before"], &log["extra_data"]["after"]["name"]), (&json!({"name": "본점", "updated_at": null, "updated_by": null}), &json!("새 본점")));
        assert_eq!((&log["action_performed"], &log["result"], &log["target"], &log["description"]), (&json!("UPDATE"), &json!("SUCCESS"), &json!("adm.organizations"), &json!("adm.organizations.update")));
        assert!(log["chain_no"].as_i64().unwrap() > 0 && log["receipt"].as_str().unwrap().len() == 64, "{log}");
        assert!(log["source_ip"].is_string() && log["session_id"].is_string(), "{log}");
    }

    async fn a_refusal_is_a_row_of_the_chain_too(app: TestApp) {
        let (nobody, manager) = (app.nobody_a().await, app.manager().await);
        let request = Uuid::now_v7();
        let answer = nobody.request(Method::POST, ORGANIZATIONS).header("x-request-id", request.to_string()).json(&json!({"name": "x"})).send().await;
        answer.refused(403, "FORBIDDEN");
        app.settle().await;
        let log = &manager.get(&format!("{LOGS}?request_id={request}&result=BLOCKED")).await.ok(200)["items"][0];
        assert_eq!((&log["user_id"], &log["description"]), (&json!(nobody.id()), &json!("adm.organizations.create")));
        assert!(log["chain_no"].is_i64(), "{log}");
    }

    async fn the_chain_holds_under_writers_and_workers_at_once(app: TestApp) {
        let (admin, manager, company) = (app.admin_a().await, app.manager().await, app.company_a().await.id);
        let writing = futures_util::future::join_all((0..6).map(|writer| {
            let admin = admin.clone();
            async move {
                for n in 0..10 {
                    let _ = admin.post(ORGANIZATIONS, &json!({"name": format!("{writer}-{n}")})).await.ok(201);
                }
            }
        }));
        let working = async {
            for _ in 0..8 {
                futures_util::future::join(app.settle(), app.settle()).await;
            }
        };
        futures_util::future::join(writing, working).await;
        seal(&app).await;
        let verdict = verdict(&manager, &format!("?tenant_id={company}")).await;
        assert_eq!((&verdict["valid"], &verdict["first_bad"]), (&json!(true), &Value::Null));
        assert!(verdict["checked"].as_i64().unwrap() >= 60, "{verdict}");
        let all = super::super::verdict(&manager, "").await;
        assert!(all["valid"] == true && all["checked"].as_i64() > verdict["checked"].as_i64(), "{all}");
    }

    async fn a_head_that_was_cut_off_while_it_was_written_is_exported_when_a_worker_begins(app: TestApp) {
        business(&app, 3).await;
        seal(&app).await;
        business(&app, 3).await;
        seal(&app).await;
        let file = app.site().folder.join("audit").join("heads.jsonl");
        let heads = HeadFile::at(file.clone());
        let whole = heads.anchors().unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, &text[..text.len() - 60]).unwrap();
        assert_eq!(heads.anchors().unwrap().len(), whole.len() - 1);
        // a worker works until it is dropped
        assert!(tokio::time::timeout(std::time::Duration::from_secs(3), background::run(context(&app))).await.is_err());
        let again = heads.anchors().unwrap();
        assert!(whole.iter().all(|anchor| again.contains(anchor)) && again.len() >= whole.len(), "{again:?}");
        assert_eq!(verdict(&app.manager().await, "").await["valid"], true);
    }

    async fn the_audit_is_read_only_and_for_those_who_may(app: TestApp) {
        business(&app, 1).await;
        app.settle().await;
        let (manager, guest) = (app.manager().await, app.guest().await);
        let id = manager.get(LOGS).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        for (method, path) in [(Method::POST, LOGS.to_owned()), (Method::PATCH, format!("{LOGS}/{id}")), (Method::DELETE, format!("{LOGS}/{id}")), (Method::PUT, format!("{LOGS}/{id}"))] {
            manager.request(method, &path).json(&json!({})).send().await.refused(405, "METHOD_NOT_ALLOWED");
        }
        guest.get(LOGS).await.refused(403, "FORBIDDEN");
        guest.get(VERIFY).await.refused(403, "FORBIDDEN");
        assert_eq!(manager.get(&format!("{}?tenant_id={}", VERIFY, Uuid::now_v7())).await.wrong_fields(), ["tenant_id"]);
    }

    async fn one_row_names_both_whoever_acts_for_somebody(app: TestApp) {
        // nobody acts for this one
        let somebody = somebody_of_a(&app, &["adm.organizations.*"]).await;
        let _ = somebody.post(ORGANIZATIONS, &json!({"name": "제 것"})).await.ok(201);
        app.settle().await;
        let log = &app.manager().await.get(&format!("{LOGS}?user_id={}&action_performed=CREATE", somebody.id())).await.ok(200)["items"][0];
        assert_eq!((&log["actor_kind"], &log["on_behalf_of"], &log["on_behalf_of_name"]), (&json!("USER"), &Value::Null, &Value::Null));
    }
}
