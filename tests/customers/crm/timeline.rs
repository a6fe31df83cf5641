//! A customer's story in one list.

use super::deals::{ACTIVITIES, CONTACTS, CUSTOMERS, OPPORTUNITIES, act, contact, customer, deal, later};
use kernel::Realm;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Instant};
use store::Sql;
use testkit::{Backend, Caller, both};
use tests::people::somebody_of_a;
use uuid::Uuid;

async fn timeline(by: &Caller, customer: &str, query: &str) -> Value {
    by.get(&format!("{CUSTOMERS}/{customer}/timeline?{query}")).await.ok(200)
}

fn kinds(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect()
}

both! {
    async fn what_happened_stands_there_newest_first(app: TestApp) {
        let mut caller = app.admin_a().await;
        let id = customer(&caller).await;
        let other = customer(&caller).await;
        caller = later(&app, 60).await;
        let person = contact(&caller, &id).await;
        contact(&caller, &other).await;
        caller = later(&app, 60).await;
        let opportunity = deal(&caller, json!({"partner_id": id, "name": "창고 선반"})).await;
        caller = later(&app, 60).await;
        let _ = act(&caller, OPPORTUNITIES, &opportunity, "move", json!({"stage": "QUALIFIED"})).await.ok(200);
        caller = later(&app, 60).await;
        let _ = caller.patch(&format!("{CUSTOMERS}/{id}"), &json!({"credit_limit": "5000000"})).await.ok(200);
        let _ = caller.patch(&format!("{CUSTOMERS}/{id}"), &json!({"fax": "02-123-4567"})).await.ok(200);
        caller = later(&app, 60).await;
        let _ = act(&caller, OPPORTUNITIES, &opportunity, "win", json!({})).await.ok(200);
        let page = timeline(&caller, &id, "").await;
        let wanted = [
            "crm.opportunity.won",
            "crm.customer.updated",
            "crm.opportunity.moved",
            "crm.opportunity.created",
            "crm.contact.created",
            "crm.customer.created",
        ];
        assert_eq!(kinds(&page), wanted, "a fax number is no news");
        let items = page["items"].as_array().unwrap();
        assert_eq!((&items[0]["id"], &items[0]["title"], &items[0]["amount"]), (&json!(opportunity), &json!("창고 선반"), &json!("10000000")));
        assert_eq!((&items[2]["from"], &items[2]["to"], &items[2]["by"]), (&json!("LEAD"), &json!("QUALIFIED"), &json!(caller.id())));
        assert_eq!((&items[4]["id"], &items[1]["id"]), (&json!(person), &json!(id)));
        assert_eq!(items[1]["changes"]["after"]["credit_limit"], "5000000");
        assert_eq!(page["next_cursor"], Value::Null);
        // a call is where it was made, one that is planned stands before all that was
        let call = |day: &str| json!({"activity_type": "CALL", "subject": "통화", "activity_date": day, "partner_id": id});
        let old = caller.post(ACTIVITIES, &call("2020-01-02")).await.id();
        let _ = act(&caller, ACTIVITIES, &old, "complete", json!({"outcome": "NO_ANSWER"})).await.ok(200);
        let _ = caller.post(ACTIVITIES, &call("2099-01-02")).await.ok(201);
        let page = timeline(&caller, &id, "").await;
        assert_eq!((kinds(&page)[0], kinds(&page)[7]), ("crm.activity.planned", "crm.activity.completed"));
        let last = &page["items"][7];
        assert_eq!((&last["type"], &last["to"], &last["at"]), (&json!("CALL"), &json!("NO_ANSWER"), &json!("2020-01-01T15:00:00Z")));
        assert_eq!(kinds(&timeline(&caller, &other, "").await), ["crm.contact.created", "crm.customer.created"]);
        // what is deleted was a mistake
        let _ = caller.delete(&format!("{ACTIVITIES}/{old}")).await.ok(200);
        let _ = caller.delete(&format!("{CONTACTS}/{person}")).await.ok(200);
        assert_eq!(timeline(&caller, &id, "").await["items"].as_array().unwrap().len(), 6);
    }

    async fn a_cursor_walks_through_all_of_it(app: TestApp) {
        let admin = app.admin_a().await;
        let id = customer(&admin).await;
        for n in 0..7 {
            // all at one moment
            let opportunity = deal(&admin, json!({"partner_id": id})).await;
            if n % 2 == 0 {
                let _ = act(&admin, OPPORTUNITIES, &opportunity, "cancel", json!({})).await.ok(200);
            }
            contact(&admin, &id).await;
        }
        let all = timeline(&admin, &id, "page_size=100").await;
        let whole = all["items"].as_array().unwrap().clone();
        assert_eq!(whole.len(), 7 + 4 + 7 + 1);
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = timeline(&admin, &id, &format!("page_size=3{cursor}")).await;
            walked.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(walked, whole, "no doubles, no gaps");
        for (query, field) in [("page_size=0", "page_size"), ("page_size=101", "page_size"), ("cursor=x", "cursor"), ("cursor=", "cursor"), ("page=2", "page")] {
            assert_eq!(admin.get(&format!("{CUSTOMERS}/{id}/timeline?{query}")).await.wrong_fields(), [field], "{query}");
        }
        app.admin_b().await.get(&format!("{CUSTOMERS}/{id}/timeline")).await.refused(404, "NOT_FOUND");
        admin.get(&format!("{CUSTOMERS}/{}/timeline", Uuid::now_v7())).await.refused(404, "NOT_FOUND");
        assert_eq!(admin.get(&format!("{CUSTOMERS}/x/timeline")).await.wrong_fields(), ["id"]);
    }

    async fn nobody_sees_more_than_their_rights(app: TestApp) {
        let admin = app.admin_a().await;
        let id = customer(&admin).await;
        let _ = deal(&admin, json!({"partner_id": id})).await;
        contact(&admin, &id).await;
        let reader = somebody_of_a(&app, &["crm.customers.read", "crm.contacts.read"]).await;
        let seen: BTreeSet<String> = kinds(&timeline(&reader, &id, "").await).into_iter().map(str::to_owned).collect();
        assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), ["crm.contact.created", "crm.customer.created"]);
        app.nobody_a().await.get(&format!("{CUSTOMERS}/{id}/timeline")).await.refused(403, "FORBIDDEN");
    }

    async fn ten_thousand_rows_are_no_burden(app: TestApp) {
        let admin = app.admin_a().await;
        let (id, other) = (customer(&admin).await, customer(&admin).await);
        let call = json!({"activity_type": "CALL", "subject": "통화", "activity_date": "2026-01-05", "partner_id": id});
        let first = admin.post(ACTIVITIES, &call).await.id();
        // copies of the first call: half of them this customer's
        let company = app.company_a().await.id;
        let copy = {
            let (new_id, columns) = match app.backend() {
                Backend::Sqlite => ("randomblob(16)", "SELECT name AS c FROM pragma_table_info('crm_activities')"),
                Backend::Postgres => ("gen_random_uuid()", "SELECT column_name::text AS c FROM information_schema.columns WHERE table_name = 'crm_activities'"),
            };
            let database = app.database(Realm::Tenant);
            let scope = database.read(Some(company)).await.unwrap();
            let rows = scope.raw_all(Sql::new(columns)).await.unwrap();
            let columns: Vec<String> = rows.iter().map(|row| row.try_get("", "c").unwrap()).filter(|name| name != "id" && name != "partner_id").collect();
            (new_id, columns.join(", "))
        };
        let database = app.database(Realm::Tenant);
        let context = store::Context::system(Realm::Tenant, Some(company), "test");
        let (first, here, there): (Uuid, Uuid, Uuid) = (first.parse().unwrap(), id.parse().unwrap(), other.parse().unwrap());
        database
            .write(&context, async |tx| {
                for partner in [here, there] {
                    let mut sql = Sql::new("INSERT INTO crm_activities (id, partner_id, ");
                    sql.push(&copy.1).push(") WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT ");
                    sql.push(copy.0).push(", p.partner, ").push(&copy.1).push(" FROM crm_activities, n, (SELECT id AS partner FROM crm_partners WHERE id = ");
                    sql.bind(partner).push(") p WHERE crm_activities.id = ").bind(first);
                    tx.raw_execute(sql).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let began = Instant::now();
        for _ in 0..10 {
            assert_eq!(timeline(&admin, &id, "").await["items"].as_array().unwrap().len(), 20);
        }
        let each = began.elapsed() / 10;
        println!("a page of 10,000 activities, by {:?}: {each:?}", app.backend());
        assert!(each.as_millis() < 1_000, "a page takes {each:?}");
    }

    async fn what_was_invoiced_and_paid_stands_there_for_who_may_see_it(app: TestApp) {
        use tests::fim::{invoices, payments};
        let admin = app.admin_a().await;
        let partner = invoices::partner(&admin).await;
        let caller = later(&app, 60).await;
        let lines = [invoices::line("1", "10000", json!({}))];
        let sale = invoices::issued(&caller, &partner, &lines, json!({})).await;
        // neither a draft nor what the company bought
        let _ = invoices::drafted(&caller, &partner, &lines, json!({})).await;
        let _ = invoices::issued(&caller, &partner, &lines, json!({"direction": "PURCHASE"})).await;
        let caller = later(&app, 60).await;
        let receipt = payments::paid(&caller, "RECEIPT", &partner, "5000", &json!({})).await;
        let _ = payments::noted(&caller, "RECEIPT", &partner, "700").await.ok(201);
        let page = timeline(&caller, &partner, "").await;
        assert_eq!(kinds(&page), ["fim.payment.completed", "fim.invoice.issued", "crm.customer.created"]);
        let items = page["items"].as_array().unwrap();
        assert_eq!((&items[0]["id"], &items[0]["code"], &items[0]["type"], &items[0]["amount"]), (&receipt["id"], &receipt["transaction_code"], &json!("RECEIPT"), &json!("5000")));
        assert_eq!((&items[1]["id"], &items[1]["code"], &items[1]["amount"], &items[1]["currency"]), (&sale["id"], &sale["invoice_no"], &json!("11000"), &json!("KRW")));
        assert_eq!(items[1]["by"], json!(caller.id()));
        // one by one, by the cursor
        let first = timeline(&caller, &partner, "page_size=1").await;
        let second = timeline(&caller, &partner, &format!("page_size=1&cursor={}", first["next_cursor"].as_str().unwrap())).await;
        assert_eq!((kinds(&first), kinds(&second)), (vec!["fim.payment.completed"], vec!["fim.invoice.issued"]));
        let caller = later(&app, 60).await;
        let _ = invoices::act(&caller, &sale, "cancel", json!({})).await.ok(200);
        assert_eq!(kinds(&timeline(&caller, &partner, "").await)[..2], ["fim.invoice.cancelled", "fim.payment.completed"]);
        // who may not see money is told nothing of it
        let seller = somebody_of_a(&app, &["crm.customers.read"]).await;
        assert_eq!(kinds(&timeline(&seller, &partner, "").await), ["crm.customer.created"]);
    }
}
