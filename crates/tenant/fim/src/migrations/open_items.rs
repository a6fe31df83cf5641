use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, run};

/// What partners owe and are owed, and what was settled of it.
pub(super) struct OpenItems;

impl MigrationName for OpenItems {
    fn name(&self) -> &'static str {
        "m20261122_000203_fim_open_items"
    }
}

/// Between nothing and the whole: of a claim upwards, of a credit note downwards.
fn within(part: &str, whole: &str) -> String {
    format!("({whole} > 0 AND {part} BETWEEN 0 AND {whole}) OR ({whole} < 0 AND {part} BETWEEN {whole} AND 0)")
}

#[async_trait::async_trait]
impl MigrationTrait for OpenItems {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let (settled, base_settled) = (within("settled", "amount"), within("base_settled", "base_amount"));
        company_table(
            m,
            "fim_open_items",
            Rows::Kept,
            &format!(
                "kind varchar(20) NOT NULL, partner_id {{uuid}} NOT NULL, account_id {{uuid}} NOT NULL, doc_type varchar(50) NOT NULL, doc_id {{uuid}} NOT NULL, \
                 doc_no varchar(100), je_id {{uuid}}, doc_date {{date}} NOT NULL, due_date {{date}} NOT NULL, currency varchar(3) NOT NULL, \
                 exchange_rate bigint NOT NULL, amount bigint NOT NULL, settled bigint NOT NULL DEFAULT 0, base_amount bigint NOT NULL, \
                 base_settled bigint NOT NULL DEFAULT 0, \
                 CONSTRAINT fim_open_items_kind_check CHECK (kind IN ('RECEIVABLE', 'PAYABLE')), \
                 CONSTRAINT fim_open_items_settled_check CHECK ({settled}), \
                 CONSTRAINT fim_open_items_base_settled_check CHECK (({base_settled}) OR base_amount = 0), \
                 CONSTRAINT fim_open_items_doc_id_key UNIQUE (tenant_id, doc_type, doc_id), \
                 CONSTRAINT fim_open_items_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id), \
                 CONSTRAINT fim_open_items_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id), \
                 CONSTRAINT fim_open_items_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id)"
            ),
        )
        .await?;
        run(m, "CREATE INDEX fim_open_items_partner_id_idx ON fim_open_items (tenant_id, kind, partner_id, due_date)").await?;
        run(m, "CREATE INDEX fim_open_items_due_date_idx ON fim_open_items (tenant_id, kind, due_date) WHERE settled <> amount").await?;
        company_table(
            m,
            "fim_allocations",
            Rows::Kept,
            "item_id {uuid} NOT NULL, against_type varchar(20) NOT NULL, against_id {uuid} NOT NULL, amount bigint NOT NULL, base_amount bigint NOT NULL, \
             allocated_on {date} NOT NULL, undone_on {date}, undone_at {timestamp}, je_id {uuid}, \
             CONSTRAINT fim_allocations_against_type_check CHECK (against_type IN ('PAYMENT', 'ITEM')), \
             CONSTRAINT fim_allocations_amount_check CHECK (amount <> 0), \
             CONSTRAINT fim_allocations_undone_on_check CHECK ((undone_on IS NULL) = (undone_at IS NULL) AND (undone_on IS NULL OR undone_on >= allocated_on)), \
             CONSTRAINT fim_allocations_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES fim_open_items (tenant_id, id), \
             CONSTRAINT fim_allocations_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id)",
        )
        .await?;
        run(m, "CREATE INDEX fim_allocations_item_id_idx ON fim_allocations (tenant_id, item_id)").await?;
        run(m, "CREATE INDEX fim_allocations_against_id_idx ON fim_allocations (tenant_id, against_id)").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["fim_allocations", "fim_open_items"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
