use sea_orm_migration::prelude::*;
use store::migrate::{company_table_anew, is_postgres, live_unique, run};

/// A write-off may wait to be posted.
pub(super) struct PendingClearings;

const TABLE: &str = "fim_clearings";
const STATUS: &str =
    "CHECK (status IN ('PENDING', 'POSTED', 'REVERSED', 'CANCELLED') AND (status = 'REVERSED') = (reversal_je_id IS NOT NULL))";
const POSTED: &str = "CHECK ((status IN ('POSTED', 'REVERSED')) = (je_id IS NOT NULL) AND (je_id IS NOT NULL) = (clearing_no IS NOT NULL) \
     AND (je_id IS NOT NULL) = (exchange_rate IS NOT NULL))";
const WANTED: &str = "CHECK (status <> 'PENDING' OR (kind = 'WRITE_OFF' AND wanted IS NOT NULL))";

impl MigrationName for PendingClearings {
    fn name(&self) -> &'static str {
        "m20261130_231500_fim_pending_clearings"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for PendingClearings {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        if is_postgres(m) {
            return run(
                m,
                &format!(
                    "ALTER TABLE {TABLE} ADD COLUMN wanted {{json}}, ALTER COLUMN clearing_no DROP NOT NULL, ALTER COLUMN exchange_rate DROP NOT NULL, \
                     ALTER COLUMN je_id DROP NOT NULL, DROP CONSTRAINT {TABLE}_status_check, ADD CONSTRAINT {TABLE}_status_check {STATUS}, \
                     ADD CONSTRAINT {TABLE}_posted_check {POSTED}, ADD CONSTRAINT {TABLE}_wanted_check {WANTED}"
                ),
            )
            .await;
        }
        let body = format!(
            "clearing_no varchar(50), kind varchar(20) NOT NULL, date {{date}} NOT NULL, partner_id {{uuid}} NOT NULL, currency varchar(3) NOT NULL, \
             exchange_rate bigint, amount bigint NOT NULL, account_id {{uuid}}, reason varchar(500) NOT NULL, \
             status varchar(20) NOT NULL DEFAULT 'POSTED', status_reason varchar(500), je_id {{uuid}}, reversal_je_id {{uuid}}, wanted {{json}}, \
             CONSTRAINT {TABLE}_kind_check CHECK (kind IN ('WRITE_OFF', 'NETTING')), \
             CONSTRAINT {TABLE}_account_id_check CHECK ((kind = 'WRITE_OFF') = (account_id IS NOT NULL)), \
             CONSTRAINT {TABLE}_amount_check CHECK (amount > 0), \
             CONSTRAINT {TABLE}_status_check {STATUS}, CONSTRAINT {TABLE}_posted_check {POSTED}, CONSTRAINT {TABLE}_wanted_check {WANTED}, \
             CONSTRAINT {TABLE}_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id), \
             CONSTRAINT {TABLE}_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id), \
             CONSTRAINT {TABLE}_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id), \
             CONSTRAINT {TABLE}_reversal_je_id_fkey FOREIGN KEY (tenant_id, reversal_je_id) REFERENCES fim_journal_entries (tenant_id, id)"
        );
        let columns = "clearing_no, kind, date, partner_id, currency, exchange_rate, amount, account_id, reason, status, status_reason, je_id, \
             reversal_je_id";
        company_table_anew(m, TABLE, &["clearing_no_key", "je_id_key", "partner_id_idx"], columns, &body).await?;
        live_unique(m, TABLE, "clearing_no", "tenant_id, clearing_no").await?;
        live_unique(m, TABLE, "je_id", "tenant_id, je_id").await?;
        run(m, &format!("CREATE INDEX {TABLE}_partner_id_idx ON {TABLE} (tenant_id, partner_id, date)")).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, &format!("DELETE FROM {TABLE} WHERE je_id IS NULL")).await?;
        if !is_postgres(m) {
            // the wider rules hold for what narrower ones let in
            return Ok(());
        }
        run(
            m,
            &format!(
                "ALTER TABLE {TABLE} DROP CONSTRAINT {TABLE}_posted_check, DROP CONSTRAINT {TABLE}_wanted_check, DROP COLUMN wanted, \
                 ALTER COLUMN clearing_no SET NOT NULL, ALTER COLUMN exchange_rate SET NOT NULL, ALTER COLUMN je_id SET NOT NULL"
            ),
        )
        .await
    }
}
