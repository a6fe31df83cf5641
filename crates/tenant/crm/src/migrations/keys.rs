use sea_orm_migration::prelude::*;
use store::migrate::{folded_unique, live_unique, run};

/// A contact's and an address's name are the same in every spelling.
pub(super) struct Keys;

const COLUMNS: [(&str, &str); 2] = [("crm_partner_contacts", "contact_name"), ("crm_partner_addresses", "address_name")];

impl MigrationName for Keys {
    fn name(&self) -> &'static str {
        "m20261130_020003_crm_business_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Keys {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in COLUMNS {
            run(m, &format!("ALTER TABLE {table} ADD COLUMN {column}_key text")).await?;
            folded_unique(m, table, column, &["partner_id"], "deleted_at IS NULL").await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in COLUMNS {
            run(m, &format!("DROP INDEX {table}_{column}_key; ALTER TABLE {table} DROP COLUMN {column}_key;")).await?;
            live_unique(m, table, column, &format!("tenant_id, partner_id, {column}")).await?;
        }
        Ok(())
    }
}
