//! What the numbers of documents look like, where a company has said so.

use super::drop;
use crate::migrate::{Rows, company_table, live_unique};
use sea_orm_migration::prelude::*;

pub(super) struct Formats;

impl MigrationName for Formats {
    fn name(&self) -> &'static str {
        "m20261122_000140_adm_document_formats"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Formats {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "adm_document_formats",
            Rows::Kept,
            "series varchar(50) NOT NULL, prefix varchar(10) NOT NULL, pattern varchar(100) NOT NULL, reset varchar(10) NOT NULL DEFAULT 'YEARLY', \
             CONSTRAINT adm_document_formats_reset_check CHECK (reset IN ('YEARLY', 'MONTHLY', 'NEVER'))",
        )
        .await?;
        live_unique(m, "adm_document_formats", "series", "tenant_id, series").await?;
        live_unique(m, "adm_document_formats", "prefix", "tenant_id, prefix").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop(m, &["adm_document_formats"]).await
    }
}
