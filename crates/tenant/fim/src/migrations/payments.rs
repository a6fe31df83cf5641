use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, live_unique, run};

/// Money that came in or went out, and what an allocation took of it.
pub(super) struct Payments;

impl MigrationName for Payments {
    fn name(&self) -> &'static str {
        "m20261122_000204_fim_payments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Payments {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "fim_payment_transactions",
            Rows::Kept,
            "transaction_code varchar(50), transaction_date {date} NOT NULL, transaction_type varchar(20) NOT NULL, payment_method varchar(20) NOT NULL, \
             partner_id {uuid} NOT NULL, partner_type varchar(20), account_id {uuid} NOT NULL, amount bigint NOT NULL, currency varchar(3) NOT NULL, \
             exchange_rate bigint, fee_amount bigint NOT NULL DEFAULT 0, allocated bigint NOT NULL DEFAULT 0, base_amount bigint NOT NULL DEFAULT 0, \
             base_allocated bigint NOT NULL DEFAULT 0, ref_doc_no varchar(100), bank_name varchar(100), \
             bank_account varchar(50), bank_account_holder varchar(100), check_no varchar(50), card_no varchar(20), description text, memo text, \
             approval_code varchar(50), status varchar(20) NOT NULL DEFAULT 'PENDING', status_reason varchar(500), \
             completed_at {timestamp}, je_id {uuid}, reversal_je_id {uuid}, \
             CONSTRAINT fim_payment_transactions_transaction_type_check CHECK (transaction_type IN ('RECEIPT', 'PAYMENT')), \
             CONSTRAINT fim_payment_transactions_payment_method_check CHECK (payment_method IN \
               ('CASH', 'BANK_TRANSFER', 'CREDIT_CARD', 'DEBIT_CARD', 'CHECK', 'VIRTUAL_ACCOUNT', 'MOBILE_PAYMENT')), \
             CONSTRAINT fim_payment_transactions_status_check CHECK (status IN ('PENDING', 'COMPLETED', 'FAILED', 'CANCELLED')), \
             CONSTRAINT fim_payment_transactions_amount_check CHECK (amount > 0), \
             CONSTRAINT fim_payment_transactions_exchange_rate_check CHECK (exchange_rate > 0), \
             CONSTRAINT fim_payment_transactions_fee_amount_check CHECK (fee_amount >= 0), \
             CONSTRAINT fim_payment_transactions_allocated_check CHECK (allocated BETWEEN 0 AND amount AND (allocated = 0 OR status = 'COMPLETED')), \
             CONSTRAINT fim_payment_transactions_base_allocated_check CHECK (base_allocated BETWEEN 0 AND base_amount), \
             CONSTRAINT fim_payment_transactions_je_id_check CHECK (status <> 'COMPLETED' OR (transaction_code IS NOT NULL AND je_id IS NOT NULL)), \
             CONSTRAINT fim_payment_transactions_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id), \
             CONSTRAINT fim_payment_transactions_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id), \
             CONSTRAINT fim_payment_transactions_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id), \
             CONSTRAINT fim_payment_transactions_reversal_je_id_fkey FOREIGN KEY (tenant_id, reversal_je_id) REFERENCES fim_journal_entries (tenant_id, id)",
        )
        .await?;
        live_unique(m, "fim_payment_transactions", "transaction_code", "tenant_id, transaction_code").await?;
        run(
            m,
            "CREATE INDEX fim_payment_transactions_partner_id_idx ON fim_payment_transactions (tenant_id, partner_id, transaction_date)",
        )
        .await?;
        run(
            m,
            "CREATE INDEX fim_payment_transactions_account_id_idx ON fim_payment_transactions (tenant_id, account_id, transaction_date)",
        )
        .await?;
        run(m, "ALTER TABLE fim_allocations ADD COLUMN against_base bigint").await?;
        run(m, "ALTER TABLE fim_allocations ADD COLUMN undo_je_id {uuid}").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in ["against_base", "undo_je_id"] {
            run(m, &format!("ALTER TABLE fim_allocations DROP COLUMN {column}")).await?;
        }
        run(m, "DROP TABLE fim_payment_transactions").await
    }
}
