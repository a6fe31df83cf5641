use sea_orm_migration::prelude::*;
use store::migrate::{company_table_anew, is_postgres, live_unique, run};

/// A line of a bank may be an entry that somebody booked by hand: interest, fees, wages.
pub(super) struct BankEntries;

const TABLE: &str = "fim_bank_statement_lines";
const COLUMNS: &str = "statement_id, account_id, line_no, booked_on, amount, balance, counterparty, description, reference, mark, occurrence, status, payment_id, note";
const MATCHED: &str = "CHECK ((status = 'MATCHED') = (payment_id IS NOT NULL OR je_id IS NOT NULL))";
const ONE: &str = "CHECK (payment_id IS NULL OR je_id IS NULL)";
const ENTRY: &str = "FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id)";

impl MigrationName for BankEntries {
    fn name(&self) -> &'static str {
        "m20261122_000304_fim_bank_entries"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for BankEntries {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        if is_postgres(m) {
            run(
                m,
                &format!(
                    "ALTER TABLE {TABLE} ADD COLUMN je_id {{uuid}}, DROP CONSTRAINT {TABLE}_payment_id_check, \
                     ADD CONSTRAINT {TABLE}_payment_id_check {MATCHED}, ADD CONSTRAINT {TABLE}_je_id_check {ONE}, ADD CONSTRAINT {TABLE}_je_id_fkey {ENTRY}"
                ),
            )
            .await?;
        } else {
            anew(m).await?;
        }
        run(m, &format!("CREATE INDEX {TABLE}_je_id_idx ON {TABLE} (tenant_id, je_id) WHERE je_id IS NOT NULL")).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // what was matched so is not matched any more
        run(m, &format!("UPDATE {TABLE} SET status = 'UNMATCHED', je_id = NULL WHERE je_id IS NOT NULL")).await?;
        run(m, &format!("DROP INDEX {TABLE}_je_id_idx")).await?;
        Ok(())
    }
}

async fn anew(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    let body = format!(
        "statement_id {{uuid}} NOT NULL, account_id {{uuid}} NOT NULL, line_no integer NOT NULL, booked_on {{date}} NOT NULL, amount bigint NOT NULL, \
         balance bigint, counterparty varchar(200), description varchar(500), reference varchar(100), mark varchar(150) NOT NULL, \
         occurrence integer NOT NULL, status varchar(20) NOT NULL DEFAULT 'UNMATCHED', payment_id {{uuid}}, note varchar(500), je_id {{uuid}}, \
         CONSTRAINT {TABLE}_status_check CHECK (status IN ('UNMATCHED', 'MATCHED', 'EXPLAINED')), \
         CONSTRAINT {TABLE}_amount_check CHECK (amount <> 0), CONSTRAINT {TABLE}_payment_id_check {MATCHED}, CONSTRAINT {TABLE}_je_id_check {ONE}, \
         CONSTRAINT {TABLE}_note_check CHECK (status <> 'EXPLAINED' OR note IS NOT NULL), \
         CONSTRAINT {TABLE}_statement_id_fkey FOREIGN KEY (tenant_id, statement_id) REFERENCES fim_bank_statements (tenant_id, id), \
         CONSTRAINT {TABLE}_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id), \
         CONSTRAINT {TABLE}_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES fim_payment_transactions (tenant_id, id), \
         CONSTRAINT {TABLE}_je_id_fkey {ENTRY}"
    );
    company_table_anew(m, TABLE, &["statement_id_idx", "mark_key", "payment_id_key"], COLUMNS, &body).await?;
    run(m, &format!("CREATE INDEX {TABLE}_statement_id_idx ON {TABLE} (tenant_id, statement_id, line_no)")).await?;
    live_unique(m, TABLE, "mark", "tenant_id, account_id, booked_on, amount, mark, occurrence").await?;
    live_unique(m, TABLE, "payment_id", "tenant_id, payment_id").await
}
