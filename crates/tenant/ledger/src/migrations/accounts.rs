use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, live_unique, run};

/// The chart of accounts, and the months that can be posted to.
pub(super) struct Accounts;

impl MigrationName for Accounts {
    fn name(&self) -> &'static str {
        "m20261122_000200_fim_accounts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Accounts {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "fim_accounts",
            Rows::Kept,
            "account_code varchar(50) NOT NULL, account_name varchar(200) NOT NULL, account_name_en varchar(200), account_type varchar(20) NOT NULL, \
             account_group varchar(50), account_class varchar(50), role varchar(30), parent_id {uuid}, level_depth integer NOT NULL DEFAULT 1, \
             is_control_account boolean NOT NULL DEFAULT false, is_posting_allowed boolean NOT NULL DEFAULT true, \
             is_bank_account boolean NOT NULL DEFAULT false, is_cash_account boolean NOT NULL DEFAULT false, currency varchar(3), \
             fs_position varchar(50), statement_order integer NOT NULL DEFAULT 0, tax_category varchar(20), tax_code varchar(20), \
             description text, notes text, is_active boolean NOT NULL DEFAULT true, \
             CONSTRAINT fim_accounts_account_type_check CHECK (account_type IN ('ASSET', 'LIABILITY', 'EQUITY', 'REVENUE', 'EXPENSE')), \
             CONSTRAINT fim_accounts_level_depth_check CHECK (level_depth BETWEEN 1 AND 10), \
             CONSTRAINT fim_accounts_statement_order_check CHECK (statement_order >= 0), \
             CONSTRAINT fim_accounts_parent_id_check CHECK (parent_id IS NULL OR parent_id <> id), \
             CONSTRAINT fim_accounts_is_posting_allowed_check CHECK (NOT (is_control_account AND is_posting_allowed)), \
             CONSTRAINT fim_accounts_role_check CHECK (role IS NULL OR is_posting_allowed), \
             CONSTRAINT fim_accounts_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES fim_accounts (tenant_id, id)",
        )
        .await?;
        live_unique(m, "fim_accounts", "account_code", "tenant_id, account_code").await?;
        run(m, "CREATE UNIQUE INDEX fim_accounts_role_key ON fim_accounts (tenant_id, role) WHERE role IS NOT NULL AND deleted_at IS NULL")
            .await?;
        company_table(
            m,
            "fim_periods",
            Rows::Kept,
            "period varchar(7) NOT NULL, fiscal_year varchar(4) NOT NULL, start_date {date} NOT NULL, end_date {date} NOT NULL, \
             status varchar(20) NOT NULL DEFAULT 'OPEN', closed_at {timestamp}, closed_by {uuid}, \
             exception_user_id {uuid}, exception_until {timestamp}, exception_reason varchar(500), \
             CONSTRAINT fim_periods_status_check CHECK (status IN ('OPEN', 'SOFT_CLOSED', 'CLOSED')), \
             CONSTRAINT fim_periods_end_date_check CHECK (end_date >= start_date), \
             CONSTRAINT fim_periods_exception_until_check CHECK ((exception_user_id IS NULL) = (exception_until IS NULL)), \
             CONSTRAINT fim_periods_period_key UNIQUE (tenant_id, period), \
             CONSTRAINT fim_periods_start_date_key UNIQUE (tenant_id, start_date)",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["fim_periods", "fim_accounts"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
