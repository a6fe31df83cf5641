use sea_orm_migration::prelude::*;
use store::migrate::{company_table_anew, is_postgres, run};

/// What amendments of a settled tax period change is settled beside it.
pub(super) struct VatSupplements;

const TABLE: &str = "fim_vat_settlements";
const COLUMNS: &str = "from_date, to_date, output_tax, input_tax, payable, status, status_reason, je_id";
const SUPPLEMENT: &str = "FOREIGN KEY (tenant_id, supplement_of_id) REFERENCES fim_vat_settlements (tenant_id, id)";

impl MigrationName for VatSupplements {
    fn name(&self) -> &'static str {
        "m20261130_040002_fim_vat_supplements"
    }
}

/// A period is settled once; what supplements that is not counted.
async fn once(m: &SchemaManager<'_>, which: &str) -> Result<(), DbErr> {
    run(m, &format!("CREATE UNIQUE INDEX {TABLE}_from_date_key ON {TABLE} (tenant_id, from_date) WHERE status = 'POSTED'{which}")).await
}

#[async_trait::async_trait]
impl MigrationTrait for VatSupplements {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        if is_postgres(m) {
            run(m, &format!("DROP INDEX {TABLE}_from_date_key")).await?;
            run(
                m,
                &format!(
                    "ALTER TABLE {TABLE} ADD COLUMN supplement_of_id {{uuid}}, ADD CONSTRAINT {TABLE}_supplement_of_id_fkey {SUPPLEMENT}"
                ),
            )
            .await?;
        } else {
            let body = format!(
                "from_date {{date}} NOT NULL, to_date {{date}} NOT NULL, output_tax bigint NOT NULL, input_tax bigint NOT NULL, payable bigint NOT NULL, \
                 status varchar(20) NOT NULL DEFAULT 'POSTED', status_reason varchar(500), je_id {{uuid}} NOT NULL, supplement_of_id {{uuid}}, \
                 CONSTRAINT {TABLE}_status_check CHECK (status IN ('POSTED', 'REVERSED')), \
                 CONSTRAINT {TABLE}_to_date_check CHECK (to_date > from_date), \
                 CONSTRAINT {TABLE}_payable_check CHECK (payable = output_tax - input_tax), \
                 CONSTRAINT {TABLE}_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id), \
                 CONSTRAINT {TABLE}_supplement_of_id_fkey {SUPPLEMENT}"
            );
            company_table_anew(m, TABLE, &["from_date_key"], COLUMNS, &body).await?;
        }
        once(m, " AND supplement_of_id IS NULL").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // what supplements a settlement counts no more
        run(m, &format!("UPDATE {TABLE} SET status = 'REVERSED', supplement_of_id = NULL WHERE supplement_of_id IS NOT NULL")).await?;
        run(m, &format!("DROP INDEX {TABLE}_from_date_key")).await?;
        if is_postgres(m) {
            run(m, &format!("ALTER TABLE {TABLE} DROP COLUMN supplement_of_id")).await?;
        }
        once(m, "").await
    }
}
