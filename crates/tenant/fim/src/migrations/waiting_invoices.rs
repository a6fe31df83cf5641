use sea_orm_migration::prelude::*;
use store::migrate::run;

/// Tax invoices that wait to be issued or sent: few among all, and asked for by the first page of everybody who may see them.
pub(super) struct WaitingInvoices;

impl MigrationName for WaitingInvoices {
    fn name(&self) -> &'static str {
        "m20261201_010001_fim_waiting_invoices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for WaitingInvoices {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(
            m,
            "CREATE INDEX fim_tax_invoices_waiting_idx ON fim_tax_invoices (tenant_id, direction, status) \
             WHERE deleted_at IS NULL AND (status IN ('DRAFT', 'ISSUED') OR transmission_status = 'FAILED')",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP INDEX fim_tax_invoices_waiting_idx").await
    }
}
