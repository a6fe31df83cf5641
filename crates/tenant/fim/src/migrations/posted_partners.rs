use sea_orm_migration::prelude::*;
use store::migrate::run;

/// Whose an open item was when it was posted: a merge moves the item, and statements as known before it show it where it was.
pub(super) struct PostedPartners;

impl MigrationName for PostedPartners {
    fn name(&self) -> &'static str {
        "m20261130_050002_fim_posted_partners"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for PostedPartners {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "ALTER TABLE fim_open_items ADD COLUMN posted_partner_id {uuid}").await?;
        // lines of the ledger never moved: they say whose an item was
        run(
            m,
            "UPDATE fim_open_items SET posted_partner_id = COALESCE((SELECT l.partner_id FROM fim_journal_entry_lines l \
             WHERE l.tenant_id = fim_open_items.tenant_id AND l.je_id = fim_open_items.je_id AND l.account_id = fim_open_items.account_id \
             AND l.partner_id IS NOT NULL ORDER BY l.line_no LIMIT 1), partner_id)",
        )
        .await?;
        // a merge is known from its moment on, and what is known ends with the ledger
        run(
            m,
            "UPDATE fim_ledgers SET posted_at = (SELECT MAX(COALESCE(d.undone_at, d.created_at)) FROM crm_partner_merges d WHERE d.tenant_id = fim_ledgers.tenant_id) \
             WHERE posted_at < (SELECT MAX(COALESCE(d.undone_at, d.created_at)) FROM crm_partner_merges d WHERE d.tenant_id = fim_ledgers.tenant_id)",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "ALTER TABLE fim_open_items DROP COLUMN posted_partner_id").await
    }
}
