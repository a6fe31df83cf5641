use sea_orm_migration::prelude::*;
use store::migrate::run;

/// Whether somebody gave the rate of an entry, and the rate of the other direction where its amounts were divided by that one.
pub(super) struct GivenRates;

impl MigrationName for GivenRates {
    fn name(&self) -> &'static str {
        "m20261130_050001_fim_given_rates"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for GivenRates {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "ALTER TABLE fim_journal_entries ADD COLUMN is_rate_said boolean NOT NULL DEFAULT false").await?;
        run(
            m,
            "ALTER TABLE fim_journal_entries ADD COLUMN rate_divisor bigint CONSTRAINT fim_journal_entries_rate_divisor_check CHECK (rate_divisor > 0)",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in ["rate_divisor", "is_rate_said"] {
            run(m, &format!("ALTER TABLE fim_journal_entries DROP COLUMN {column}")).await?;
        }
        Ok(())
    }
}
