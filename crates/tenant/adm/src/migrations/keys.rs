use sea_orm_migration::prelude::*;
use store::migrate::{folded_unique, is_postgres, run};

/// Names of organizations and departments are the same in every spelling, not only in either case.
pub(super) struct Keys;

impl MigrationName for Keys {
    fn name(&self) -> &'static str {
        "m20261130_020002_adm_business_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Keys {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (table, with) in [("adm_organizations", &[][..]), ("adm_departments", &["organization_id", "parent_id"][..])] {
            if is_postgres(m) {
                // a folded text may be longer than the text
                run(m, &format!("ALTER TABLE {table} ALTER COLUMN name_key TYPE text")).await?;
            }
            folded_unique(m, table, "name", with, "deleted_at IS NULL").await?;
        }
        // siblings: below the same parent, or both directly below the same organization
        run(
            m,
            "DROP INDEX adm_departments_name_key; CREATE UNIQUE INDEX adm_departments_name_key ON adm_departments \
             (tenant_id, COALESCE(parent_id, organization_id), name_key) WHERE deleted_at IS NULL;",
        )
        .await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
