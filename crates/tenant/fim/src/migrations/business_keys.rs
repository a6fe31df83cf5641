use sea_orm_migration::prelude::*;
use store::migrate::{folded_unique, live_unique, run};

/// The number of a vendor's invoice and an approval number are the same in every spelling: with other case, width, dashes or characters
/// that cannot be seen. Before, an invoice could be entered, and its tax deducted, once for each.
pub(super) struct BusinessKeys;

const TABLE: &str = "fim_tax_invoices";

impl MigrationName for BusinessKeys {
    fn name(&self) -> &'static str {
        "m20261130_020001_fim_business_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for BusinessKeys {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in ["vendor_invoice_no", "approval_no"] {
            run(m, &format!("ALTER TABLE {TABLE} ADD COLUMN {column}_key text")).await?;
        }
        let is_alive = "deleted_at IS NULL AND status <> 'CANCELLED' AND vendor_invoice_no IS NOT NULL";
        folded_unique(m, TABLE, "vendor_invoice_no", &["partner_id"], is_alive).await?;
        folded_unique(m, TABLE, "approval_no", &[], "deleted_at IS NULL").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in ["vendor_invoice_no", "approval_no"] {
            run(m, &format!("DROP INDEX {TABLE}_{column}_key; ALTER TABLE {TABLE} DROP COLUMN {column}_key;")).await?;
        }
        live_unique(m, TABLE, "approval_no", "tenant_id, approval_no").await?;
        run(
            m,
            &format!(
                "CREATE UNIQUE INDEX {TABLE}_vendor_invoice_no_key ON {TABLE} (tenant_id, partner_id, vendor_invoice_no) \
                 WHERE deleted_at IS NULL AND status <> 'CANCELLED' AND vendor_invoice_no IS NOT NULL"
            ),
        )
        .await
    }
}
