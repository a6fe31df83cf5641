use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, company_table_anew, is_postgres, live_unique, run};

/// What was settled without money.
pub(super) struct Clearings;

const AGAINST: &str = "CHECK (against_type IN ('PAYMENT', 'ITEM', 'CLEARING'))";

impl MigrationName for Clearings {
    fn name(&self) -> &'static str {
        "m20261122_000307_fim_clearings"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Clearings {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "fim_clearings",
            Rows::Kept,
            "clearing_no varchar(50) NOT NULL, kind varchar(20) NOT NULL, date {date} NOT NULL, partner_id {uuid} NOT NULL, currency varchar(3) NOT NULL, \
             exchange_rate bigint NOT NULL, amount bigint NOT NULL, account_id {uuid}, reason varchar(500) NOT NULL, \
             status varchar(20) NOT NULL DEFAULT 'POSTED', status_reason varchar(500), je_id {uuid} NOT NULL, reversal_je_id {uuid}, \
             CONSTRAINT fim_clearings_kind_check CHECK (kind IN ('WRITE_OFF', 'NETTING')), \
             CONSTRAINT fim_clearings_account_id_check CHECK ((kind = 'WRITE_OFF') = (account_id IS NOT NULL)), \
             CONSTRAINT fim_clearings_amount_check CHECK (amount > 0), \
             CONSTRAINT fim_clearings_status_check CHECK (status IN ('POSTED', 'REVERSED') AND (status = 'REVERSED') = (reversal_je_id IS NOT NULL)), \
             CONSTRAINT fim_clearings_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id), \
             CONSTRAINT fim_clearings_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id), \
             CONSTRAINT fim_clearings_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id), \
             CONSTRAINT fim_clearings_reversal_je_id_fkey FOREIGN KEY (tenant_id, reversal_je_id) REFERENCES fim_journal_entries (tenant_id, id)",
        )
        .await?;
        live_unique(m, "fim_clearings", "clearing_no", "tenant_id, clearing_no").await?;
        live_unique(m, "fim_clearings", "je_id", "tenant_id, je_id").await?;
        run(m, "CREATE INDEX fim_clearings_partner_id_idx ON fim_clearings (tenant_id, partner_id, date)").await?;
        if is_postgres(m) {
            return run(
                m,
                &format!(
                    "ALTER TABLE fim_allocations DROP CONSTRAINT fim_allocations_against_type_check, \
                     ADD CONSTRAINT fim_allocations_against_type_check {AGAINST}"
                ),
            )
            .await;
        }
        let body = format!(
            "item_id {{uuid}} NOT NULL, against_type varchar(20) NOT NULL, against_id {{uuid}} NOT NULL, amount bigint NOT NULL, base_amount bigint NOT NULL, \
             allocated_on {{date}} NOT NULL, undone_on {{date}}, undone_at {{timestamp}}, je_id {{uuid}}, against_base bigint, undo_je_id {{uuid}}, \
             CONSTRAINT fim_allocations_against_type_check {AGAINST}, \
             CONSTRAINT fim_allocations_amount_check CHECK (amount <> 0), \
             CONSTRAINT fim_allocations_undone_on_check CHECK ((undone_on IS NULL) = (undone_at IS NULL) AND (undone_on IS NULL OR undone_on >= allocated_on)), \
             CONSTRAINT fim_allocations_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES fim_open_items (tenant_id, id), \
             CONSTRAINT fim_allocations_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id)"
        );
        let columns =
            "item_id, against_type, against_id, amount, base_amount, allocated_on, undone_on, undone_at, je_id, against_base, undo_je_id";
        company_table_anew(m, "fim_allocations", &["item_id_idx", "against_id_idx"], columns, &body).await?;
        run(m, "CREATE INDEX fim_allocations_item_id_idx ON fim_allocations (tenant_id, item_id)").await?;
        run(m, "CREATE INDEX fim_allocations_against_id_idx ON fim_allocations (tenant_id, against_id)").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // the wider rule holds for what the narrower one lets in
        run(m, "DROP TABLE fim_clearings").await
    }
}
