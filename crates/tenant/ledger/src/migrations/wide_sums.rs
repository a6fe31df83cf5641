use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, is_postgres, run};

/// Sums that are wider than one amount, and the balance of each account, beyond which nothing is posted.
pub(super) struct WideSums;

/// What the database calls a posting that would take an account beyond what can be kept.
pub(crate) const BALANCE_CHECK: &str = "fim_account_balances_balance_check";

const MONTHS: &str = "fim_ledger_months";

/// What each account is moved by in the lines of an entry, as whole billions and the rest of each line.
fn moved(entry: &str) -> String {
    format!("FROM fim_journal_entry_lines l WHERE l.tenant_id = {entry}.tenant_id AND l.je_id = {entry}.id GROUP BY l.account_id")
}

/// Adds the lines of NEW, which was posted, to the balances of their accounts.
fn add(id: &str) -> String {
    format!(
        "INSERT INTO fim_account_balances (id, tenant_id, account_id, billions, rest, created_at) \
         SELECT {id}, NEW.tenant_id, l.account_id, SUM((l.base_debit - l.base_credit) / 1000000000), SUM((l.base_debit - l.base_credit) % 1000000000), \
         NEW.posted_at {} ORDER BY l.account_id ON CONFLICT (tenant_id, account_id) DO UPDATE SET \
         billions = fim_account_balances.billions + excluded.billions, rest = fim_account_balances.rest + excluded.rest;",
        moved("NEW")
    )
}

/// Whether NEW has taken an account further beyond what one amount can be (9,223,372,036,854,775,807 of its units on either side). What
/// brings it back is always posted.
fn beyond() -> String {
    format!(
        "EXISTS (SELECT 1 FROM (SELECT (b.billions + b.rest / 1000000000) * m.side AS billions, (b.rest % 1000000000) * m.side AS rest \
         FROM fim_account_balances b JOIN (SELECT l.account_id, CASE WHEN SUM(l.base_debit - l.base_credit) > 0 THEN 1 \
         WHEN SUM(l.base_debit - l.base_credit) < 0 THEN -1 ELSE 0 END AS side {}) m ON m.account_id = b.account_id \
         WHERE b.tenant_id = NEW.tenant_id) s WHERE s.billions > 9223372037 OR (s.billions = 9223372037 AND s.rest > -145224193) \
         OR (s.billions = 9223372036 AND s.rest > 854775807))",
        moved("NEW")
    )
}

impl MigrationName for WideSums {
    fn name(&self) -> &'static str {
        "m20261130_040001_fim_wide_sums"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for WideSums {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for side in ["debit", "credit"] {
            run(m, &format!("ALTER TABLE {MONTHS} ADD COLUMN {side}_billions bigint NOT NULL DEFAULT 0")).await?;
            run(m, &format!("UPDATE {MONTHS} SET {side}_billions = {side} / 1000000000, {side} = {side} % 1000000000")).await?;
        }
        company_table(
            m,
            "fim_account_balances",
            Rows::Plain,
            "account_id {uuid} NOT NULL, billions bigint NOT NULL, rest bigint NOT NULL, \
             CONSTRAINT fim_account_balances_account_id_key UNIQUE (tenant_id, account_id)",
        )
        .await?;
        let (id, now) =
            if is_postgres(m) { ("gen_random_uuid()", "now()") } else { ("randomblob(16)", "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')") };
        run(
            m,
            &format!(
                "INSERT INTO fim_account_balances (id, tenant_id, account_id, billions, rest, created_at) \
                 SELECT {id}, tenant_id, account_id, SUM((base_debit - base_credit) / 1000000000), SUM((base_debit - base_credit) % 1000000000), {now} \
                 FROM fim_journal_entry_lines WHERE chain_no IS NOT NULL GROUP BY tenant_id, account_id"
            ),
        )
        .await?;
        let when = "WHEN (OLD.status = 'DRAFT' AND NEW.status = 'POSTED')";
        let guard = if is_postgres(m) {
            format!(
                "CREATE FUNCTION fim_balance_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {} IF {} THEN {} END IF; RETURN NULL; END $guard$; \
                 CREATE TRIGGER fim_journal_entries_balances AFTER UPDATE ON fim_journal_entries FOR EACH ROW {when} EXECUTE FUNCTION fim_balance_guard();",
                add(id),
                beyond(),
                super::guards::refuse(BALANCE_CHECK)
            )
        } else {
            format!(
                "CREATE TRIGGER fim_journal_entries_balances AFTER UPDATE ON fim_journal_entries FOR EACH ROW {when} BEGIN {} \
                 SELECT CASE WHEN {} THEN RAISE(ABORT, 'CHECK constraint failed: {BALANCE_CHECK}') END; END;",
                add(id),
                beyond()
            )
        };
        run(m, &guard).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let drop = if is_postgres(m) {
            "DROP TRIGGER fim_journal_entries_balances ON fim_journal_entries; DROP FUNCTION fim_balance_guard;"
        } else {
            "DROP TRIGGER fim_journal_entries_balances;"
        };
        run(m, drop).await?;
        run(m, "DROP TABLE fim_account_balances").await?;
        for side in ["debit", "credit"] {
            run(m, &format!("UPDATE {MONTHS} SET {side} = {side}_billions * 1000000000 + {side}")).await?;
            run(m, &format!("ALTER TABLE {MONTHS} DROP COLUMN {side}_billions")).await?;
        }
        Ok(())
    }
}
