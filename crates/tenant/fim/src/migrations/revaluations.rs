use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, run};

/// What was open in other currencies, valued at the rates of a day.
pub(super) struct Revaluations;

impl MigrationName for Revaluations {
    fn name(&self) -> &'static str {
        "m20261122_000300_fim_revaluations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Revaluations {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "fim_revaluations",
            Rows::Kept,
            "as_of {date} NOT NULL, returned_on {date} NOT NULL, gain bigint NOT NULL, loss bigint NOT NULL, status varchar(20) NOT NULL DEFAULT 'POSTED', \
             status_reason varchar(500), je_id {uuid}, return_je_id {uuid}, \
             CONSTRAINT fim_revaluations_status_check CHECK (status IN ('POSTED', 'REVERSED')), \
             CONSTRAINT fim_revaluations_gain_check CHECK (gain >= 0 AND loss >= 0), \
             CONSTRAINT fim_revaluations_returned_on_check CHECK (returned_on > as_of), \
             CONSTRAINT fim_revaluations_je_id_check CHECK ((je_id IS NULL) = (return_je_id IS NULL) AND (je_id IS NOT NULL OR gain + loss = 0)), \
             CONSTRAINT fim_revaluations_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id), \
             CONSTRAINT fim_revaluations_return_je_id_fkey FOREIGN KEY (tenant_id, return_je_id) REFERENCES fim_journal_entries (tenant_id, id)",
        )
        .await?;
        // a day is valued once; when that is reversed it may be valued anew
        run(m, "CREATE UNIQUE INDEX fim_revaluations_as_of_key ON fim_revaluations (tenant_id, as_of) WHERE status = 'POSTED'").await?;
        company_table(
            m,
            "fim_revaluation_lines",
            Rows::Kept,
            "revaluation_id {uuid} NOT NULL, line_no integer NOT NULL, item_id {uuid} NOT NULL, kind varchar(20) NOT NULL, partner_id {uuid} NOT NULL, \
             account_id {uuid} NOT NULL, doc_no varchar(100), currency varchar(3) NOT NULL, exchange_rate bigint NOT NULL, amount bigint NOT NULL, \
             base_amount bigint NOT NULL, revalued_amount bigint NOT NULL, gain bigint NOT NULL, \
             CONSTRAINT fim_revaluation_lines_line_no_key UNIQUE (tenant_id, revaluation_id, line_no), \
             CONSTRAINT fim_revaluation_lines_kind_check CHECK (kind IN ('RECEIVABLE', 'PAYABLE')), \
             CONSTRAINT fim_revaluation_lines_gain_check CHECK (gain = CASE WHEN kind = 'PAYABLE' THEN base_amount - revalued_amount ELSE revalued_amount - base_amount END), \
             CONSTRAINT fim_revaluation_lines_revaluation_id_fkey FOREIGN KEY (tenant_id, revaluation_id) REFERENCES fim_revaluations (tenant_id, id), \
             CONSTRAINT fim_revaluation_lines_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES fim_open_items (tenant_id, id), \
             CONSTRAINT fim_revaluation_lines_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id), \
             CONSTRAINT fim_revaluation_lines_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id)",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["fim_revaluation_lines", "fim_revaluations"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
