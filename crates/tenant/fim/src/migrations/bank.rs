use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, live_unique, run};

/// What banks say about their accounts.
pub(super) struct Bank;

impl MigrationName for Bank {
    fn name(&self) -> &'static str {
        "m20261122_000205_fim_bank_statements"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Bank {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "fim_bank_statements",
            Rows::Kept,
            "account_id {uuid} NOT NULL, currency varchar(3) NOT NULL, from_date {date} NOT NULL, to_date {date} NOT NULL, opening_balance bigint NOT NULL, \
             closing_balance bigint NOT NULL, known_lines integer NOT NULL DEFAULT 0, status varchar(20) NOT NULL DEFAULT 'OPEN', finished_at {timestamp}, \
             CONSTRAINT fim_bank_statements_status_check CHECK (status IN ('OPEN', 'FINISHED')), \
             CONSTRAINT fim_bank_statements_to_date_check CHECK (to_date >= from_date), \
             CONSTRAINT fim_bank_statements_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id)",
        )
        .await?;
        run(m, "CREATE INDEX fim_bank_statements_account_id_idx ON fim_bank_statements (tenant_id, account_id, to_date)").await?;
        company_table(
            m,
            "fim_bank_statement_lines",
            Rows::Kept,
            "statement_id {uuid} NOT NULL, account_id {uuid} NOT NULL, line_no integer NOT NULL, booked_on {date} NOT NULL, amount bigint NOT NULL, balance bigint, \
             counterparty varchar(200), description varchar(500), reference varchar(100), mark varchar(150) NOT NULL, occurrence integer NOT NULL, \
             status varchar(20) NOT NULL DEFAULT 'UNMATCHED', payment_id {uuid}, note varchar(500), \
             CONSTRAINT fim_bank_statement_lines_status_check CHECK (status IN ('UNMATCHED', 'MATCHED', 'EXPLAINED')), \
             CONSTRAINT fim_bank_statement_lines_amount_check CHECK (amount <> 0), \
             CONSTRAINT fim_bank_statement_lines_payment_id_check CHECK ((status = 'MATCHED') = (payment_id IS NOT NULL)), \
             CONSTRAINT fim_bank_statement_lines_note_check CHECK (status <> 'EXPLAINED' OR note IS NOT NULL), \
             CONSTRAINT fim_bank_statement_lines_statement_id_fkey FOREIGN KEY (tenant_id, statement_id) REFERENCES fim_bank_statements (tenant_id, id), \
             CONSTRAINT fim_bank_statement_lines_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id), \
             CONSTRAINT fim_bank_statement_lines_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES fim_payment_transactions (tenant_id, id)",
        )
        .await?;
        run(m, "CREATE INDEX fim_bank_statement_lines_statement_id_idx ON fim_bank_statement_lines (tenant_id, statement_id, line_no)")
            .await?;
        // the same line is there once, a payment is one line
        live_unique(m, "fim_bank_statement_lines", "mark", "tenant_id, account_id, booked_on, amount, mark, occurrence").await?;
        live_unique(m, "fim_bank_statement_lines", "payment_id", "tenant_id, payment_id").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["fim_bank_statement_lines", "fim_bank_statements"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
