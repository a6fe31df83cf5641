use super::guards::{FROZEN, freeze};
use sea_orm_migration::prelude::*;
use store::migrate::run;

/// An entry says itself whether a document posted it, and whether only that document reverses it.
pub(super) struct EntryOrigins;

/// The kinds of documents there were when entries did not say it.
const DOCUMENTS: &str = "'INVOICE', 'INVOICE_CANCEL', 'PAYMENT', 'ALLOCATION', 'UNALLOCATION', 'OPENING', 'SET_OFF', 'YEAR_END', \
     'REVALUATION', 'REVALUATION_RETURN', 'VAT_SETTLEMENT', 'CLEARING'";

const REF: &str = "fim_journal_entries_ref_doc_id_key";

impl MigrationName for EntryOrigins {
    fn name(&self) -> &'static str {
        "m20261130_222500_fim_entry_origins"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for EntryOrigins {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(
            m,
            "ALTER TABLE fim_journal_entries ADD COLUMN origin varchar(20) NOT NULL DEFAULT 'MANUAL' \
             CONSTRAINT fim_journal_entries_origin_check CHECK (origin IN ('MANUAL', 'DOCUMENT'))",
        )
        .await?;
        run(m, "ALTER TABLE fim_journal_entries ADD COLUMN is_document_bound boolean NOT NULL DEFAULT false").await?;
        // nobody could write an entry of these kinds by hand; the closing of a year was always reversed by hand
        run(
            m,
            &format!(
                "UPDATE fim_journal_entries SET origin = 'DOCUMENT', is_document_bound = (ref_doc_type <> 'YEAR_END') \
                 WHERE ref_doc_type IN ({DOCUMENTS})"
            ),
        )
        .await?;
        // what somebody writes by hand about a document does not stand in the place of the document's own entry
        run(m, &format!("DROP INDEX {REF}")).await?;
        run(
            m,
            &format!(
                "CREATE UNIQUE INDEX {REF} ON fim_journal_entries (tenant_id, origin, ref_doc_type, ref_doc_id) \
                 WHERE status = 'POSTED' AND ref_doc_id IS NOT NULL AND reverses_je_id IS NULL"
            ),
        )
        .await?;
        freeze(m, &[FROZEN.as_slice(), &["origin", "is_document_bound"]].concat()).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        freeze(m, &FROZEN).await?;
        run(m, &format!("DROP INDEX {REF}")).await?;
        run(
            m,
            &format!(
                "CREATE UNIQUE INDEX {REF} ON fim_journal_entries (tenant_id, ref_doc_type, ref_doc_id) \
                 WHERE status = 'POSTED' AND ref_doc_id IS NOT NULL AND reverses_je_id IS NULL"
            ),
        )
        .await?;
        for column in ["is_document_bound", "origin"] {
            run(m, &format!("ALTER TABLE fim_journal_entries DROP COLUMN {column}")).await?;
        }
        Ok(())
    }
}
