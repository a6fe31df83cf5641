//! Two customers that are one: merged, and brought back.

use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::{Caller, TestApp, both};
use tests::crm::{CONTACTS, CUSTOMERS, biz_no, contact, customer};

/// Every row of the domain's tables, without what says how often and when it was written.
async fn everything(app: &TestApp) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let scope = app.database(kernel::Realm::Tenant).read(Some(app.company_a().await.id)).await.unwrap();
    for (table, columns) in [
        ("crm_partners", "code, name, biz_no, phone, phone_e164, email, industry, status, merged_into_id, deleted_at"),
        ("crm_partner_contacts", "partner_id, contact_name, phone, mobile, email, is_primary, status, deleted_at"),
        ("crm_partner_addresses", "partner_id, address_name, is_default, deleted_at"),
        ("crm_partner_banks", "partner_id, account_no, is_primary, deleted_at"),
        ("crm_partner_managers", "partner_id, employee_id, manager_type, end_date, deleted_at"),
    ] {
        for column in columns.split(", ") {
            // SQLite keeps ids as bytes
            let text = |column: &str| if scope.is_postgres() { format!("CAST({column} AS text)") } else { format!("hex({column})") };
            let sql = format!("SELECT {} AS id, {} AS v FROM {table}", text("id"), text(column));
            let rows = scope.raw_all(store::Sql::new(&sql)).await.unwrap();
            for row in rows {
                let (id, value) = (row.try_get::<String>("", "id").unwrap(), row.try_get::<Option<String>>("", "v").unwrap());
                all.insert(format!("{table}.{column}.{id}"), value.unwrap_or_default());
            }
        }
    }
    all
}

/// Two that are one: with people of the same name, two defaults, two primaries.
async fn twins(admin: &Caller) -> (String, String) {
    let into = customer(
        admin,
        "한빛전자",
        json!({"phone": "02-312-3456", "addresses": [{"address_type": "BRANCH", "address_name": "본점", "is_default": true}],
        "staff": [{"employee_id": admin.id(), "start_date": "2026-01-01"}]}),
    )
    .await
    .id();
    let from = customer(admin, "(주)한빛전자", json!({"biz_no": biz_no(30), "phone": "02-999-9999", "email": "info@hanbit.example", "industry": "전자",
        "addresses": [{"address_type": "BRANCH", "address_name": "본점"}, {"address_type": "WAREHOUSE", "address_name": "창고", "is_default": true}],
        "banks": [{"account_type": "CHECKING", "bank_code": "004", "account_no": "123-45-67890", "account_holder": "한빛", "is_primary": true}],
        "staff": [{"employee_id": admin.id(), "start_date": "2026-01-01"}]})).await.id();
    let _ = contact(admin, &into, "이서연", json!({"is_primary": true})).await.ok(201);
    let _ = contact(admin, &from, "이서연", json!({})).await.ok(201);
    let _ = contact(admin, &from, "박준호", json!({"is_primary": true, "email": "park@hanbit.example"})).await.ok(201);
    (into, from)
}

async fn merge(caller: &Caller, into: &str, from: &str) -> testkit::Answer {
    caller.post(&format!("{CUSTOMERS}/{into}/merge"), &json!({"from_id": from})).await
}

async fn unmerge(caller: &Caller, into: &str) -> testkit::Answer {
    caller.post(&format!("{CUSTOMERS}/{into}/unmerge"), &json!({})).await
}

both! {
    async fn everything_follows_and_comes_back(app: TestApp) {
        let admin = app.admin_a().await;
        let (into, from) = twins(&admin).await;
        let before = everything(&app).await;
        let now = merge(&admin, &into, &from).await.ok(200);
        assert_eq!((&now["id"], &now["phone"], &now["email"], &now["industry"]), (&json!(into), &json!("02-312-3456"), &json!("info@hanbit.example"), &json!("전자")));
        assert_eq!(now["biz_no"].as_str().unwrap().replace('-', ""), biz_no(30));
        let names = |field: &str, name: &str| now[field].as_array().unwrap().iter().map(|line| line[name].clone()).collect::<Vec<_>>();
        assert_eq!(names("addresses", "address_name"), ["본점", "창고"], "one of that name is there already");
        assert_eq!(names("addresses", "is_default"), [true, false]);
        assert_eq!(names("banks", "is_primary"), [true]);
        let people = admin.get(&format!("{CONTACTS}?partner_id={into}&sort=contact_name")).await.ok(200);
        let people: Vec<(&str, bool)> = people["items"].as_array().unwrap().iter().map(|row| (row["contact_name"].as_str().unwrap(), row["is_primary"].as_bool().unwrap())).collect();
        assert_eq!(people, [("박준호", false), ("이서연", true)]);
        // the other is there to be read, says where it went, and is nobody's to change
        let other = admin.get(&format!("{CUSTOMERS}/{from}")).await.ok(200);
        assert_eq!((&other["status"], &other["merged_into_id"], &other["biz_no"]), (&json!("CLOSED"), &json!(into), &json!(null)));
        let row = format!("{CUSTOMERS}/{from}");
        for answer in [admin.patch(&row, &json!({"name": "x"})).await, admin.delete(&row).await] {
            let detail = answer.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["merged_into_id"]), (&json!("crm.merged"), &json!(into)));
        }
        assert_eq!(contact(&admin, &from, "새 사람", json!({})).await.wrong_fields(), ["partner_id"], "nothing new refers to it");
        assert_eq!(admin.get(&format!("{CUSTOMERS}/duplicates")).await.ok(200), json!([]));
        // what happened is told
        let merges = admin.get(&format!("{CUSTOMERS}/{into}/merges")).await.ok(200);
        assert_eq!((&merges[0]["merged_id"], &merges[0]["filled"], &merges[0]["undone_at"]), (&json!(from), &json!(["biz_no", "email", "industry"]), &json!(null)), "{merges}");
        let kept: Vec<&str> = merges[0]["kept"].as_array().unwrap().iter().map(|row| row["table"].as_str().unwrap()).collect();
        assert_eq!(kept.len(), 3, "{merges}");
        for table in ["crm_partner_addresses", "crm_partner_contacts", "crm_partner_managers"] {
            assert!(kept.contains(&table), "{kept:?}");
        }
        // twice is harmless, and undone everything is as it was
        let again = merge(&admin, &into, &from).await;
        assert_eq!(again.ok(200), now);
        let _ = unmerge(&admin, &into).await.ok(200);
        let after = everything(&app).await;
        let differing: Vec<_> = before.iter().filter(|(key, value)| after.get(*key) != Some(value)).collect();
        assert!(differing.is_empty() && before.len() == after.len(), "{differing:?}");
        let _ = unmerge(&admin, &into).await.ok(200);
        assert_eq!(everything(&app).await, after, "twice is harmless");
        let _ = admin.patch(&row, &json!({"name": "다시 혼자"})).await.ok(200);
    }

    async fn what_cannot_be_brought_back_is_said(app: TestApp) {
        let admin = app.admin_a().await;
        let (into, from) = twins(&admin).await;
        let row = format!("{CUSTOMERS}/{into}");
        let _ = merge(&admin, &into, &from).await.ok(200);
        // a filled field was changed
        let _ = admin.patch(&row, &json!({"industry": "반도체"})).await.ok(200);
        let detail = unmerge(&admin, &into).await.refused(409, "CONFLICT");
        assert_eq!((&detail["rule"], &detail["fields"]), (&json!("merge.changed"), &json!(["industry"])));
        let _ = admin.patch(&row, &json!({"industry": "전자"})).await.ok(200);
        // something that followed was deleted
        let found = admin.get(&format!("{CONTACTS}?partner_id={into}&contact_name=박준호")).await.ok(200);
        let person = format!("{CONTACTS}/{}", found["items"][0]["id"].as_str().unwrap());
        let _ = admin.delete(&person).await.ok(200);
        let before = everything(&app).await;
        let detail = unmerge(&admin, &into).await.refused(409, "CONFLICT");
        assert_eq!((&detail["rule"], &detail["rows"]), (&json!("merge.changed"), &json!({"crm_partner_contacts": 1})));
        assert_eq!(everything(&app).await, before, "nothing of it happened");
    }

    async fn what_is_no_pair_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        let (one, other) = (customer(&admin, "가", json!({})).await.id(), customer(&admin, "나", json!({})).await.id());
        let b = app.admin_b().await;
        let theirs = customer(&b, "다", json!({})).await.id();
        assert_eq!(merge(&admin, &one, &one).await.wrong_fields(), ["from_id"]);
        assert_eq!(merge(&admin, &one, &theirs).await.wrong_fields(), ["from_id"]);
        assert_eq!(merge(&admin, &one, &uuid::Uuid::now_v7().to_string()).await.wrong_fields(), ["from_id"]);
        merge(&admin, &theirs, &one).await.refused(404, "NOT_FOUND");
        merge(&b, &one, &theirs).await.refused(404, "NOT_FOUND");
        assert_eq!(admin.post(&format!("{CUSTOMERS}/{one}/merge"), &json!({})).await.wrong_fields(), ["from_id"]);
        assert_eq!(unmerge(&admin, &one).await.refused(409, "CONFLICT")["rule"], "crm.not_merged");
        let _ = merge(&admin, &one, &other).await.ok(200);
        // the way back into itself, and a third with one that is gone
        assert_eq!(merge(&admin, &other, &one).await.refused(409, "CONFLICT")["rule"], "crm.merged");
        let third = customer(&admin, "라", json!({})).await.id();
        assert_eq!(merge(&admin, &third, &other).await.refused(409, "CONFLICT")["rule"], "crm.merged");
        let wrong = json!({"merge_id": uuid::Uuid::now_v7()});
        assert_eq!(admin.post(&format!("{CUSTOMERS}/{one}/unmerge"), &wrong).await.wrong_fields(), ["merge_id"]);
    }

    async fn a_chain_of_merges_is_undone_link_by_link(app: TestApp) {
        let admin = app.admin_a().await;
        let mut ids = Vec::new();
        for name in ["하나", "둘째", "셋째"] {
            let id = customer(&admin, name, json!({})).await.id();
            let _ = contact(&admin, &id, &format!("{name} 사람"), json!({})).await.ok(201);
            ids.push(id);
        }
        let before = everything(&app).await;
        let _ = merge(&admin, &ids[1], &ids[2]).await.ok(200);
        let _ = merge(&admin, &ids[0], &ids[1]).await.ok(200);
        assert_eq!(admin.get(&format!("{CUSTOMERS}/{}", ids[2])).await.ok(200)["merged_into_id"], json!(ids[0]), "who went there comes along");
        assert_eq!(admin.get(&format!("{CONTACTS}?partner_id={}", ids[0])).await.ok(200)["total"], 3);
        assert_eq!(unmerge(&admin, &ids[1]).await.refused(409, "CONFLICT")["rule"], "crm.merged");
        let _ = unmerge(&admin, &ids[0]).await.ok(200);
        let _ = unmerge(&admin, &ids[1]).await.ok(200);
        assert_eq!(everything(&app).await, before);
    }

    async fn two_merges_at_once_end_in_one_order(app: TestApp) {
        let admin = app.admin_a().await;
        let (one, other) = twins(&admin).await;
        let answers = join_all([merge(&admin, &one, &other), merge(&admin, &other, &one), merge(&admin, &one, &other), merge(&admin, &other, &one)]).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert!([[200, 409, 200, 409], [409, 200, 409, 200]].contains(&[statuses[0], statuses[1], statuses[2], statuses[3]]), "{answers:?}");
        let survivor = if statuses[0] == 200 { &one } else { &other };
        let merges = admin.get(&format!("{CUSTOMERS}/{survivor}/merges")).await.ok(200);
        assert_eq!(merges.as_array().unwrap().iter().filter(|merge: &&Value| merge["undone_at"].is_null()).count(), 1);
        let answers = join_all((0..4).map(|_| unmerge(&admin, survivor))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    }
}
