use sea_orm_migration::prelude::*;
use store::migrate::{company_table_anew, is_postgres, run};

/// What stands in accounts of other currencies is valued too: no item, nobody's.
pub(super) struct RevaluedCash;

const TABLE: &str = "fim_revaluation_lines";
const COLUMNS: &str = "revaluation_id, line_no, item_id, kind, partner_id, account_id, doc_no, currency, exchange_rate, amount, base_amount, \
     revalued_amount, gain";
const KINDS: &str = "CHECK (kind IN ('RECEIVABLE', 'PAYABLE', 'CASH'))";
const WHOSE: &str = "CHECK ((kind = 'CASH') = (item_id IS NULL) AND (kind = 'CASH') = (partner_id IS NULL))";

impl MigrationName for RevaluedCash {
    fn name(&self) -> &'static str {
        "m20261122_000305_fim_revalued_cash"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for RevaluedCash {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        if is_postgres(m) {
            return run(
                m,
                &format!(
                    "ALTER TABLE {TABLE} ALTER COLUMN item_id DROP NOT NULL, ALTER COLUMN partner_id DROP NOT NULL, \
                     DROP CONSTRAINT {TABLE}_kind_check, ADD CONSTRAINT {TABLE}_kind_check {KINDS}, ADD CONSTRAINT {TABLE}_item_id_check {WHOSE}"
                ),
            )
            .await;
        }
        let body = format!(
            "revaluation_id {{uuid}} NOT NULL, line_no integer NOT NULL, item_id {{uuid}}, kind varchar(20) NOT NULL, partner_id {{uuid}}, \
             account_id {{uuid}} NOT NULL, doc_no varchar(100), currency varchar(3) NOT NULL, exchange_rate bigint NOT NULL, amount bigint NOT NULL, \
             base_amount bigint NOT NULL, revalued_amount bigint NOT NULL, gain bigint NOT NULL, \
             CONSTRAINT {TABLE}_line_no_key UNIQUE (tenant_id, revaluation_id, line_no), \
             CONSTRAINT {TABLE}_kind_check {KINDS}, CONSTRAINT {TABLE}_item_id_check {WHOSE}, \
             CONSTRAINT {TABLE}_gain_check CHECK (gain = CASE WHEN kind = 'PAYABLE' THEN base_amount - revalued_amount ELSE revalued_amount - base_amount END), \
             CONSTRAINT {TABLE}_revaluation_id_fkey FOREIGN KEY (tenant_id, revaluation_id) REFERENCES fim_revaluations (tenant_id, id), \
             CONSTRAINT {TABLE}_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES fim_open_items (tenant_id, id), \
             CONSTRAINT {TABLE}_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id), \
             CONSTRAINT {TABLE}_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id)"
        );
        company_table_anew(m, TABLE, &[], COLUMNS, &body).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // the wider rules hold for what narrower ones let in
        run(m, &format!("DELETE FROM {TABLE} WHERE kind = 'CASH'")).await
    }
}
