use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, is_postgres, run};

/// What may be spent, by account, department and month.
pub(super) struct Budgets;

impl MigrationName for Budgets {
    fn name(&self) -> &'static str {
        "m20261122_000208_fim_budgets"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Budgets {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "fim_budgets",
            Rows::Kept,
            "account_id {uuid} NOT NULL, department_id {uuid}, fiscal_year varchar(4) NOT NULL, period varchar(7) NOT NULL, amount bigint NOT NULL, \
             currency varchar(3) NOT NULL, status varchar(20) NOT NULL DEFAULT 'DRAFT', notes text, \
             CONSTRAINT fim_budgets_amount_check CHECK (amount >= 0), \
             CONSTRAINT fim_budgets_status_check CHECK (status IN ('DRAFT', 'APPROVED', 'CLOSED')), \
             CONSTRAINT fim_budgets_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id), \
             CONSTRAINT fim_budgets_department_id_fkey FOREIGN KEY (tenant_id, department_id) REFERENCES adm_departments (tenant_id, id)",
        )
        .await?;
        let nil = if is_postgres(m) { "'00000000-0000-0000-0000-000000000000'::uuid" } else { "''" };
        run(
            m,
            &format!(
                "CREATE UNIQUE INDEX fim_budgets_period_key ON fim_budgets (tenant_id, account_id, period, (COALESCE(department_id, {nil}))) \
                 WHERE deleted_at IS NULL"
            ),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE fim_budgets").await
    }
}
