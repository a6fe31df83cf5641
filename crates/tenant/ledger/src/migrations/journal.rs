use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, is_postgres, live_unique, run};

/// Journal entries with their lines, and the head of each company's chain of posted entries.
pub(super) struct Journal;

impl MigrationName for Journal {
    fn name(&self) -> &'static str {
        "m20261122_000201_fim_journal_entries"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Journal {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "fim_journal_entries",
            Rows::Kept,
            "je_code varchar(50), je_type varchar(20) NOT NULL DEFAULT 'GENERAL', je_date {date} NOT NULL, posting_date {date} NOT NULL, \
             period varchar(7) NOT NULL, fiscal_year varchar(4) NOT NULL, ref_doc_type varchar(50), ref_doc_id {uuid}, ref_doc_no varchar(100), \
             total_debit bigint NOT NULL DEFAULT 0, total_credit bigint NOT NULL DEFAULT 0, currency varchar(3) NOT NULL, \
             exchange_rate bigint NOT NULL DEFAULT 100000000, description text, memo text, status varchar(20) NOT NULL DEFAULT 'DRAFT', \
             posted_at {timestamp}, posted_by {uuid}, reversed_je_id {uuid}, reverses_je_id {uuid}, reversal_reason varchar(500), \
             chain_no bigint, entry_hash {bytes}, \
             CONSTRAINT fim_journal_entries_status_check CHECK (status IN ('DRAFT', 'POSTED', 'REVERSED', 'CANCELLED')), \
             CONSTRAINT fim_journal_entries_je_type_check CHECK (je_type IN ('GENERAL', 'PURCHASE', 'SALES', 'PAYROLL', 'ADJUSTMENT', 'CLOSING')), \
             CONSTRAINT fim_journal_entries_exchange_rate_check CHECK (exchange_rate > 0), \
             CONSTRAINT fim_journal_entries_posted_check CHECK (status IN ('DRAFT', 'CANCELLED') OR \
               (je_code IS NOT NULL AND chain_no IS NOT NULL AND entry_hash IS NOT NULL AND posted_at IS NOT NULL AND total_debit = total_credit)), \
             CONSTRAINT fim_journal_entries_reversed_je_id_check CHECK ((status = 'REVERSED') = (reversed_je_id IS NOT NULL)), \
             CONSTRAINT fim_journal_entries_chain_no_key UNIQUE (tenant_id, chain_no), \
             CONSTRAINT fim_journal_entries_reverses_je_id_key UNIQUE (tenant_id, reverses_je_id), \
             CONSTRAINT fim_journal_entries_reversed_je_id_fkey FOREIGN KEY (tenant_id, reversed_je_id) REFERENCES fim_journal_entries (tenant_id, id), \
             CONSTRAINT fim_journal_entries_reverses_je_id_fkey FOREIGN KEY (tenant_id, reverses_je_id) REFERENCES fim_journal_entries (tenant_id, id)",
        )
        .await?;
        live_unique(m, "fim_journal_entries", "je_code", "tenant_id, je_code").await?;
        run(m, "CREATE INDEX fim_journal_entries_posting_date_idx ON fim_journal_entries (tenant_id, posting_date, chain_no)").await?;
        // a document is posted once; when that posting is reversed it may be posted anew
        run(
            m,
            "CREATE UNIQUE INDEX fim_journal_entries_ref_doc_id_key ON fim_journal_entries (tenant_id, ref_doc_type, ref_doc_id) \
             WHERE status = 'POSTED' AND ref_doc_id IS NOT NULL AND reverses_je_id IS NULL",
        )
        .await?;
        company_table(
            m,
            "fim_journal_entry_lines",
            Rows::Plain,
            "je_id {uuid} NOT NULL, line_no integer NOT NULL, account_id {uuid} NOT NULL, debit_amount bigint NOT NULL DEFAULT 0, \
             credit_amount bigint NOT NULL DEFAULT 0, base_debit bigint NOT NULL DEFAULT 0, base_credit bigint NOT NULL DEFAULT 0, \
             description varchar(500), cost_center varchar(50), project_code varchar(50), department_id {uuid}, partner_id {uuid}, \
             partner_type varchar(20), tax_code varchar(20), tax_amount bigint NOT NULL DEFAULT 0, quantity bigint, unit_price bigint, \
             posting_date {date} NOT NULL, is_closing boolean NOT NULL DEFAULT false, chain_no bigint, \
             CONSTRAINT fim_journal_entry_lines_line_no_key UNIQUE (tenant_id, je_id, line_no), \
             CONSTRAINT fim_journal_entry_lines_line_no_check CHECK (line_no > 0), \
             CONSTRAINT fim_journal_entry_lines_debit_amount_check CHECK ((debit_amount > 0 AND credit_amount = 0) OR (debit_amount = 0 AND credit_amount > 0) OR \
               (debit_amount = 0 AND credit_amount = 0 AND base_debit <> base_credit)), \
             CONSTRAINT fim_journal_entry_lines_base_debit_check CHECK (base_debit >= 0 AND base_credit >= 0 AND (base_debit = 0 OR base_credit = 0)), \
             CONSTRAINT fim_journal_entry_lines_partner_type_check CHECK (partner_type IS NULL OR partner_type IN ('CUSTOMER', 'VENDOR', 'EMPLOYEE', 'OTHER')), \
             CONSTRAINT fim_journal_entry_lines_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id), \
             CONSTRAINT fim_journal_entry_lines_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id), \
             CONSTRAINT fim_journal_entry_lines_department_id_fkey FOREIGN KEY (tenant_id, department_id) REFERENCES adm_departments (tenant_id, id)",
        )
        .await?;
        // statements read this index alone, in the order they group by
        let sums = "is_closing, department_id, project_code, base_debit, base_credit";
        let columns = if is_postgres(m) {
            format!("(tenant_id, account_id, posting_date, chain_no) INCLUDE ({sums})")
        } else {
            format!("(tenant_id, account_id, posting_date, chain_no, {sums})")
        };
        run(m, &format!("CREATE INDEX fim_journal_entry_lines_ledger_idx ON fim_journal_entry_lines {columns} WHERE chain_no IS NOT NULL"))
            .await?;
        run(m, "CREATE INDEX fim_journal_entry_lines_partner_id_idx ON fim_journal_entry_lines (tenant_id, partner_id, account_id) WHERE partner_id IS NOT NULL").await?;
        // what was posted behind a place in the chain
        run(
            m,
            "CREATE INDEX fim_journal_entry_lines_chain_no_idx ON fim_journal_entry_lines (tenant_id, chain_no) WHERE chain_no IS NOT NULL",
        )
        .await?;
        // the hot row of a company: the end of its chain, taken last
        company_table(
            m,
            "fim_ledgers",
            Rows::Plain,
            "base_currency varchar(3) NOT NULL, base_places integer NOT NULL, chain_no bigint NOT NULL DEFAULT 0, entry_hash {bytes} NOT NULL, posted_at {timestamp}, \
             CONSTRAINT fim_ledgers_base_currency_key UNIQUE (tenant_id)",
        )
        .await?;
        // months summed up, so that a statement does not read every line; exact up to `rolled_up_to`, which is no column of the hot row:
        // nobody who posts waits for the summing up
        company_table(
            m,
            "fim_ledger_rollups",
            Rows::Plain,
            "rolled_up_to bigint NOT NULL DEFAULT 0, CONSTRAINT fim_ledger_rollups_tenant_id_key UNIQUE (tenant_id)",
        )
        .await?;
        company_table(
            m,
            "fim_ledger_months",
            Rows::Plain,
            "month {date} NOT NULL, account_id {uuid} NOT NULL, department_id {uuid}, project_code varchar(50), is_closing boolean NOT NULL, debit bigint NOT NULL, credit bigint NOT NULL, \
             CONSTRAINT fim_ledger_months_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id)",
        )
        .await?;
        let nil = if is_postgres(m) { "'00000000-0000-0000-0000-000000000000'::uuid" } else { "''" };
        run(
            m,
            &format!(
                "CREATE UNIQUE INDEX fim_ledger_months_month_key ON fim_ledger_months \
                 (tenant_id, month, account_id, is_closing, (COALESCE(department_id, {nil})), (COALESCE(project_code, '')))"
            ),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["fim_ledger_months", "fim_ledger_rollups", "fim_ledgers", "fim_journal_entry_lines", "fim_journal_entries"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
