use sea_orm_migration::prelude::*;
use store::migrate::{is_postgres, run};

/// What was posted on which days, for the days of a statement that make no whole month: without it all lines of the company were read.
pub(super) struct ByDay;

impl MigrationName for ByDay {
    fn name(&self) -> &'static str {
        "m20261122_000303_fim_lines_by_day"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ByDay {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let sums = "account_id, is_closing, department_id, project_code, base_debit, base_credit";
        let columns = if is_postgres(m) {
            format!("(tenant_id, posting_date, chain_no) INCLUDE ({sums})")
        } else {
            format!("(tenant_id, posting_date, chain_no, {sums})")
        };
        run(
            m,
            &format!(
                "CREATE INDEX fim_journal_entry_lines_posting_date_idx ON fim_journal_entry_lines {columns} WHERE chain_no IS NOT NULL"
            ),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP INDEX fim_journal_entry_lines_posting_date_idx").await
    }
}
