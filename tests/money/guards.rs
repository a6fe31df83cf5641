//! What the database itself refuses, whoever asks with the rights of the service.

use kernel::Realm;
use serde_json::json;
use store::{Context, Sql};
use testkit::{TestApp, both};
use tests::fim::{PERIODS, draft, in_words_of, period, posted, verdict};
use uuid::Uuid;

/// Runs a statement as the service does for company a, past all code; answers what it said.
pub async fn by_hand(app: &TestApp, sql: &str) -> kernel::Result<u64> {
    let company = app.company_a().await.id;
    let cx = Context::system(Realm::Tenant, Some(company), "a statement by hand");
    app.database(Realm::Tenant).write(&cx, async |tx| tx.raw_execute(Sql::new(&in_words_of(app, sql))).await).await
}

pub async fn refused(app: &TestApp, sql: &str, check: &str) {
    let error = by_hand(app, sql).await.expect_err(sql);
    // callers read a rule and a sentence: the name stays inside
    assert_eq!((error.code(), error.cause()), (kernel::Code::Validation, Some(check)), "{sql}: {error}");
}

both! {
    async fn a_posted_entry_never_changes(app: TestApp) {
        let admin = app.admin_a().await;
        let entry = posted(&admin, "2026-03-02", &[("108", 110_000, 0), ("401", 0, 100_000), ("255", 0, 10_000)]).await;
        let id = entry["id"].as_str().unwrap();
        let frozen = "fim_journal_entries_frozen_check";
        for change in [
            "description = 'x'",
            "memo = 'x'",
            "total_debit = 1",
            "posting_date = '2026-03-03'",
            "period = '2026-04'",
            "je_code = 'JE-2026-000009'",
            "chain_no = 9",
            "currency = 'USD'",
            "exchange_rate = 1",
            "posted_by = NULL",
            "posted_at = '2020-01-01 00:00:00'",
            "status = 'DRAFT'",
            "status = 'CANCELLED'",
            "deleted_at = created_at",
        ] {
            refused(&app, &format!("UPDATE fim_journal_entries SET {change} WHERE id = '{id}'"), frozen).await;
        }
        refused(&app, &format!("DELETE FROM fim_journal_entries WHERE id = '{id}'"), frozen).await;
        let frozen = "fim_journal_entry_lines_frozen_check";
        for change in ["debit_amount = 1", "base_debit = 1", "account_id = account_id", "description = 'x'", "posting_date = '2026-03-03'", "chain_no = NULL"] {
            refused(&app, &format!("UPDATE fim_journal_entry_lines SET {change} WHERE je_id = '{id}' AND line_no = 1"), frozen).await;
        }
        refused(&app, &format!("DELETE FROM fim_journal_entry_lines WHERE je_id = '{id}'"), frozen).await;
        let copy = format!(
            "INSERT INTO fim_journal_entry_lines (id, tenant_id, je_id, line_no, account_id, debit_amount, posting_date, created_at) \
             SELECT '{}', tenant_id, je_id, 9, account_id, 5, posting_date, created_at FROM fim_journal_entry_lines WHERE je_id = '{id}' AND line_no = 1",
            Uuid::now_v7()
        );
        refused(&app, &copy, frozen).await;
        assert_eq!(verdict(&admin).await["valid"], true);
    }

    async fn nothing_is_posted_that_does_not_balance_or_lies_in_a_closed_month(app: TestApp) {
        let admin = app.admin_a().await;
        let make = async || draft(&admin, "2026-03-02", &[("101", 1000, 0), ("401", 0, 1000)]).await.id();
        let post = |id: &str, no: i64| {
            format!(
                "UPDATE fim_journal_entries SET status = 'POSTED', je_code = 'X-{no}', chain_no = {no}, entry_hash = tenant_hash, posted_at = created_at WHERE id = '{id}'"
            )
            .replace("tenant_hash", if app.backend() == testkit::Backend::Postgres { "decode('00', 'hex')" } else { "x'00'" })
        };
        let chain = |id: &str, no: i64| format!("UPDATE fim_journal_entry_lines SET chain_no = {no} WHERE je_id = '{id}'");
        // one won is missing
        let id = make().await;
        by_hand(&app, &chain(&id, 5)).await.unwrap();
        by_hand(&app, &format!("UPDATE fim_journal_entry_lines SET credit_amount = credit_amount - 10000 WHERE je_id = '{id}' AND line_no = 2")).await.unwrap();
        refused(&app, &post(&id, 5), "fim_journal_entries_balanced_check").await;
        // in won they differ
        let id = make().await;
        by_hand(&app, &chain(&id, 5)).await.unwrap();
        by_hand(&app, &format!("UPDATE fim_journal_entry_lines SET base_credit = base_credit - 10000 WHERE je_id = '{id}' AND line_no = 2")).await.unwrap();
        refused(&app, &post(&id, 5), "fim_journal_entries_balanced_check").await;
        // one line only
        let id = make().await;
        by_hand(&app, &format!("DELETE FROM fim_journal_entry_lines WHERE je_id = '{id}' AND line_no = 2")).await.unwrap();
        by_hand(&app, &chain(&id, 5)).await.unwrap();
        refused(&app, &post(&id, 5), "fim_journal_entries_lines_check").await;
        // its lines are not in the chain
        refused(&app, &post(&make().await, 5), "fim_journal_entries_chained_check").await;
        // an account that takes no lines
        let id = make().await;
        by_hand(&app, &chain(&id, 5)).await.unwrap();
        by_hand(&app, "UPDATE fim_accounts SET role = NULL, is_posting_allowed = false WHERE account_code = '401'").await.unwrap();
        refused(&app, &post(&id, 5), "fim_journal_entries_account_check").await;
        by_hand(&app, "UPDATE fim_accounts SET role = 'SALES', is_posting_allowed = true WHERE account_code = '401'").await.unwrap();
        // a closed month
        let march = period(&admin, "2026-03").await["id"].as_str().unwrap().to_owned();
        let _ = admin.post(&format!("{}/{march}/close", PERIODS), &json!({})).await.ok(200);
        refused(&app, &post(&id, 5), "fim_journal_entries_period_check").await;
        let _ = admin.post(&format!("{}/{march}/reopen", PERIODS), &json!({"reason": "시험"})).await.ok(200);
        by_hand(&app, &post(&id, 5)).await.unwrap();
        // nothing is born posted
        let copy = format!(
            "INSERT INTO fim_journal_entries (id, tenant_id, je_date, posting_date, period, fiscal_year, currency, status, je_code, chain_no, entry_hash, posted_at, total_debit, total_credit, created_at) \
             SELECT '{}', tenant_id, je_date, posting_date, period, fiscal_year, currency, 'POSTED', 'X-6', 6, entry_hash, posted_at, 0, 0, created_at FROM fim_journal_entries WHERE id = '{id}'",
            Uuid::now_v7()
        );
        refused(&app, &copy, "fim_journal_entries_draft_check").await;
        // what was put in past the service is found
        let found = verdict(&admin).await;
        assert_eq!((&found["valid"], &found["first_bad"]["id"]), (&json!(false), &json!(id)));
    }
}
