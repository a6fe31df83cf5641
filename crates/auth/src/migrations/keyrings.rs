//! Signing keys are exchanged: the old ones are retired and stay.

use sea_orm_migration::prelude::*;
use store::migrate::run;

pub fn manager() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Retired)]
}

struct Retired;

impl MigrationName for Retired {
    fn name(&self) -> &'static str {
        "m20261122_000010_signing_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Retired {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "ALTER TABLE idam_signing_keys ADD COLUMN retired_at {timestamp}").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "ALTER TABLE idam_signing_keys DROP COLUMN retired_at").await
    }
}
