//! What lists are searched in, kept beside the rows.

use super::drop;
use crate::migrate::{APP_ROLE, Rows, company_table, is_postgres, platform_table, run};
use sea_orm_migration::prelude::*;

const NAME: &str = "m20261122_000160_search_texts";
const TABLE: &str = "search_texts";

/// `grams`: on PostgreSQL the pairs of letters themselves, under a GIN index; on SQLite the number
/// under which the full-text index `search_grams` has them.
fn text(m: &SchemaManager<'_>) -> String {
    let grams = if is_postgres(m) { "integer[]" } else { "integer" };
    format!("target varchar(63) NOT NULL, text text NOT NULL, edition bigint NOT NULL, grams {grams} NOT NULL")
}

async fn index(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    if is_postgres(m) {
        return run(m, "CREATE INDEX search_texts_grams_idx ON search_texts USING gin (grams)").await;
    }
    run(m, "CREATE INDEX search_texts_grams_idx ON search_texts (grams)").await?;
    // only which rows a word is in: no text, no places
    run(m, "CREATE VIRTUAL TABLE search_grams USING fts5 (words, content='', contentless_delete=1, detail=none, tokenize='ascii')").await
}

/// Looks as the owner: under row-level security no index serves an operator that might tell
/// something of the rows it is tried on, as `@>` and `LIKE` might. The company is that of the
/// connection, asked by the same words as in the policy.
const SEARCH_IDS: &str = "CREATE FUNCTION search_ids(which text, wanted integer[], pattern text) RETURNS SETOF uuid \
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$ \
    SELECT id FROM search_texts WHERE tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid) \
    AND grams @> wanted AND target = which AND text LIKE pattern $$";

async fn undo(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    if is_postgres(m) {
        run(m, "DROP FUNCTION IF EXISTS search_ids(text, integer[], text)").await?;
    } else {
        run(m, "DROP TABLE search_grams").await?;
    }
    drop(m, &[TABLE]).await
}

pub(super) struct Platform;

impl MigrationName for Platform {
    fn name(&self) -> &'static str {
        NAME
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Platform {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        platform_table(m, TABLE, Rows::Plain, &text(m)).await?;
        run(m, "CREATE INDEX search_texts_target_idx ON search_texts (target)").await?;
        index(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        undo(m).await
    }
}

pub(super) struct Company;

impl MigrationName for Company {
    fn name(&self) -> &'static str {
        NAME
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Company {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(m, TABLE, Rows::Plain, &text(m)).await?;
        run(m, "CREATE INDEX search_texts_target_idx ON search_texts (tenant_id, target)").await?;
        if is_postgres(m) {
            run(m, SEARCH_IDS).await?;
            run(m, &format!("REVOKE ALL ON FUNCTION search_ids FROM PUBLIC; GRANT EXECUTE ON FUNCTION search_ids TO {APP_ROLE}")).await?;
        }
        index(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        undo(m).await
    }
}
