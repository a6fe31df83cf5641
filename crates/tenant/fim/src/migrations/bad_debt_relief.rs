use sea_orm_migration::prelude::*;
use store::migrate::run;

/// The output tax that comes back with a claim that was written off.
pub(super) struct BadDebtRelief;

impl MigrationName for BadDebtRelief {
    fn name(&self) -> &'static str {
        "m20261122_000308_fim_bad_debt_relief"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for BadDebtRelief {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(
            m,
            "ALTER TABLE fim_allocations ADD COLUMN vat_relief bigint CONSTRAINT fim_allocations_vat_relief_check \
             CHECK (vat_relief IS NULL OR (vat_relief > 0 AND vat_relief < base_amount AND against_type = 'CLEARING'))",
        )
        .await?;
        run(m, "CREATE INDEX fim_allocations_vat_relief_idx ON fim_allocations (tenant_id, against_id) WHERE vat_relief IS NOT NULL").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP INDEX fim_allocations_vat_relief_idx").await?;
        run(m, "ALTER TABLE fim_allocations DROP COLUMN vat_relief").await
    }
}
