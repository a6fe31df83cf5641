//! Whoever writes past all locks is found out.

use kernel::Realm;
use serde_json::{Value, json};
use store::{Context, Sql};
use testkit::{Backend, Cluster, TestApp, both};
use tests::fim::{in_words_of, posted, verdict};

const TABLES: [&str; 2] = ["fim_journal_entries", "fim_journal_entry_lines"];

/// The database as its owner has it, without the guards.
pub async fn as_burglar(app: &TestApp, sql: &str) {
    match app.backend() {
        Backend::Postgres => {
            Cluster::get().psql(app.site().database_names().1, sql);
        }
        Backend::Sqlite => {
            let cx = Context::system(Realm::Tenant, None, "burglar");
            let done = app.database(Realm::Tenant).write(&cx, async |tx| tx.raw_execute(Sql::new(&in_words_of(app, sql))).await).await;
            done.unwrap_or_else(|error| panic!("{sql}: {error} {:?}", error.cause()));
        }
    }
}

async fn take_the_guards_off(app: &TestApp) {
    if app.backend() == Backend::Postgres {
        for table in TABLES {
            as_burglar(app, &format!("ALTER TABLE {table} DISABLE TRIGGER ALL")).await;
        }
        return;
    }
    let scope = app.database(Realm::Tenant).read(None).await.unwrap();
    let rows = scope
        .raw_all(Sql::new("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'fim_journal_entr%'"))
        .await
        .unwrap();
    let names: Vec<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    drop(scope);
    for name in names {
        as_burglar(app, &format!("DROP TRIGGER {name}")).await;
    }
}

both! {
    async fn a_sum_beside_its_allocations_is_found(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = admin.post("/api/v1/tenants/crm/customers", &json!({"name": "한빛전자"})).await.id();
        let item = json!({"kind": "RECEIVABLE", "partner_id": partner, "doc_date": "2026-03-02", "due_date": "2026-03-31", "amount": "100000"});
        let item = admin.post("/api/v1/tenants/fim/open-items", &item).await.id();
        let bank = tests::fim::account(&admin, "103").await;
        let payment = json!({"transaction_date": "2026-03-10", "transaction_type": "RECEIPT", "payment_method": "CASH", "partner_id": partner,
            "account_id": bank, "amount": "60000"});
        let payment = admin.post("/api/v1/tenants/fim/payments", &payment).await.id();
        let _ = admin.post(&format!("/api/v1/tenants/fim/payments/{payment}/complete"), &json!({"auto": true})).await.ok(200);
        assert_eq!(verdict(&admin).await["valid"], true);
        for (table, column, id) in [("fim_open_items", "settled", &item), ("fim_payment_transactions", "allocated", &payment)] {
            as_burglar(&app, &format!("UPDATE {table} SET {column} = {column} - 10000 WHERE id = '{id}'")).await;
            let found = admin.get("/api/v1/tenants/fim/verify").await.ok(200);
            assert_eq!((&found["valid"], &found["first_bad"]["id"]), (&json!(false), &json!(id)), "{table}: {found}");
            as_burglar(&app, &format!("UPDATE {table} SET {column} = {column} + 10000 WHERE id = '{id}'")).await;
        }
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn the_first_entry_that_was_touched_is_named(app: TestApp) {
        let admin = app.admin_a().await;
        let mut entries = Vec::new();
        for day in 1..=6 {
            entries.push(posted(&admin, &format!("2026-03-0{day}"), &[("101", 1000 * day, 0), ("401", 0, 1000 * day)]).await);
        }
        let id = |at: usize| entries[at]["id"].as_str().unwrap();
        assert_eq!(verdict(&admin).await, json!({"valid": true, "checked": 6, "first_bad": null}));
        take_the_guards_off(&app).await;
        let third = id(2);
        // each burglary, and how it is undone
        let touch = [
            ("description = 'x'", "description = '테스트 전표'"),
            ("posting_date = '2026-02-03'", "posting_date = '2026-03-03'"),
            ("je_code = 'JE-2026-000009'", "je_code = 'JE-2026-000003'"),
            ("chain_no = 9", "chain_no = 3"),
            ("total_debit = 0, total_credit = 0", "total_debit = 30000000, total_credit = 30000000"),
        ];
        for (burglary, mended) in touch {
            as_burglar(&app, &format!("UPDATE fim_journal_entries SET {burglary} WHERE id = '{third}'")).await;
            let found = verdict(&admin).await;
            assert_eq!(found["valid"], false, "{burglary}");
            // a hole is seen at the entry behind it
            let expected = if burglary.starts_with("chain_no") { id(3) } else { third };
            assert_eq!(found["first_bad"]["id"], expected, "{burglary}: {found}");
            as_burglar(&app, &format!("UPDATE fim_journal_entries SET {mended} WHERE id = '{third}'")).await;
            assert_eq!(verdict(&admin).await["valid"], true, "{mended}");
        }
        // amounts of both sides, so that it balances still
        let raise = |by: i64| {
            format!(
                "UPDATE fim_journal_entry_lines SET debit_amount = CASE WHEN debit_amount > 0 THEN debit_amount + {by} ELSE 0 END, \
                 credit_amount = CASE WHEN credit_amount > 0 THEN credit_amount + {by} ELSE 0 END WHERE je_id = '{third}'"
            )
        };
        as_burglar(&app, &raise(10_000)).await;
        assert_eq!(verdict(&admin).await["first_bad"]["id"], third);
        as_burglar(&app, &raise(-10_000)).await;
        // the last one goes, lines and all
        let last = id(5);
        as_burglar(&app, &format!("DELETE FROM fim_journal_entry_lines WHERE je_id = '{last}'")).await;
        as_burglar(&app, &format!("DELETE FROM fim_journal_entries WHERE id = '{last}'")).await;
        let found = verdict(&admin).await;
        assert_eq!((&found["valid"], &found["checked"], &found["first_bad"]["id"]), (&json!(false), &json!(5), &Value::Null));
    }
}
