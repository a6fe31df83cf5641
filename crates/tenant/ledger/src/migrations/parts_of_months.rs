use sea_orm_migration::prelude::*;
use store::migrate::{is_postgres, run};

/// Entries in a part, as the sums count them.
const PART: i64 = 16_384;

/// The sums of a month stand in parts, by when its lines were posted: what was known earlier is summed up too.
pub(super) struct PartsOfMonths;

impl MigrationName for PartsOfMonths {
    fn name(&self) -> &'static str {
        "m20261122_000306_fim_parts_of_months"
    }
}

/// Sums up again what was summed up, by `part`.
async fn anew(m: &SchemaManager<'_>, part: Option<&str>) -> Result<(), DbErr> {
    let (id, month, nil) = if is_postgres(m) {
        ("gen_random_uuid()", "CAST(date_trunc('month', l.posting_date) AS date)", "'00000000-0000-0000-0000-000000000000'::uuid")
    } else {
        ("randomblob(16)", "substr(l.posting_date, 1, 7) || '-01'", "''")
    };
    let (column, value, key) = part.map_or_else(Default::default, |part| ("part, ".to_owned(), format!("{part}, "), "part, "));
    let now = if is_postgres(m) { "now()" } else { "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" };
    run(
        m,
        &format!(
            "INSERT INTO fim_ledger_months (id, tenant_id, month, {column}account_id, department_id, project_code, is_closing, debit, credit, created_at) \
             SELECT {id}, l.tenant_id, {month}, {value}l.account_id, l.department_id, l.project_code, l.is_closing, SUM(l.base_debit), SUM(l.base_credit), {now} \
             FROM fim_journal_entry_lines l JOIN fim_ledger_rollups r ON r.tenant_id = l.tenant_id WHERE l.chain_no <= r.rolled_up_to \
             GROUP BY l.tenant_id, {month}, {value}l.account_id, l.department_id, l.project_code, l.is_closing"
        ),
    )
    .await?;
    run(
        m,
        &format!(
            "CREATE UNIQUE INDEX fim_ledger_months_month_key ON fim_ledger_months \
             (tenant_id, month, {key}account_id, is_closing, (COALESCE(department_id, {nil})), (COALESCE(project_code, '')))"
        ),
    )
    .await
}

#[async_trait::async_trait]
impl MigrationTrait for PartsOfMonths {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP INDEX fim_ledger_months_month_key").await?;
        run(m, "DELETE FROM fim_ledger_months").await?;
        run(m, "ALTER TABLE fim_ledger_months ADD COLUMN part bigint NOT NULL DEFAULT 0").await?;
        anew(m, Some(&format!("(l.chain_no - 1) / {PART}"))).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP INDEX fim_ledger_months_month_key").await?;
        run(m, "DELETE FROM fim_ledger_months").await?;
        run(m, "ALTER TABLE fim_ledger_months DROP COLUMN part").await?;
        anew(m, None).await
    }
}
