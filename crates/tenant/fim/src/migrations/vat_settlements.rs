use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, run};

/// The taxes of a period, set off against each other.
pub(super) struct VatSettlements;

impl MigrationName for VatSettlements {
    fn name(&self) -> &'static str {
        "m20261122_000301_fim_vat_settlements"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for VatSettlements {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "fim_vat_settlements",
            Rows::Kept,
            "from_date {date} NOT NULL, to_date {date} NOT NULL, output_tax bigint NOT NULL, input_tax bigint NOT NULL, payable bigint NOT NULL, \
             status varchar(20) NOT NULL DEFAULT 'POSTED', status_reason varchar(500), je_id {uuid} NOT NULL, \
             CONSTRAINT fim_vat_settlements_status_check CHECK (status IN ('POSTED', 'REVERSED')), \
             CONSTRAINT fim_vat_settlements_to_date_check CHECK (to_date > from_date), \
             CONSTRAINT fim_vat_settlements_payable_check CHECK (payable = output_tax - input_tax), \
             CONSTRAINT fim_vat_settlements_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id)",
        )
        .await?;
        // a period is settled once; when that is reversed it may be settled anew
        run(
            m,
            "CREATE UNIQUE INDEX fim_vat_settlements_from_date_key ON fim_vat_settlements (tenant_id, from_date) WHERE status = 'POSTED'",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE fim_vat_settlements").await
    }
}
