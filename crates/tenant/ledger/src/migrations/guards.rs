//! What must hold whatever program writes: a posted entry balances, lies in an open month and never changes again.
//!
//! PostgreSQL checks in functions, SQLite in triggers. A refusal looks like that of a CHECK constraint, so
//! that it is explained in the one place where constraints are ([`store`]).

use sea_orm_migration::prelude::*;
use store::migrate::{is_postgres, run};

pub(super) struct Guards;

/// Columns of an entry that nobody changes once it is posted: all but the status, the link to its reversal, version, who and when.
pub(super) const FROZEN: [&str; 24] = [
    "id",
    "tenant_id",
    "je_code",
    "je_type",
    "je_date",
    "posting_date",
    "period",
    "fiscal_year",
    "ref_doc_type",
    "ref_doc_id",
    "ref_doc_no",
    "total_debit",
    "total_credit",
    "currency",
    "exchange_rate",
    "description",
    "memo",
    "posted_at",
    "posted_by",
    "reverses_je_id",
    "reversal_reason",
    "chain_no",
    "entry_hash",
    "deleted_at",
];

/// A posting into a soft-closed month needs the exception of whoever posts, and that it has not run out.
const MAY_POST: &str =
    "p.status = 'OPEN' OR (p.status = 'SOFT_CLOSED' AND p.exception_user_id = NEW.posted_by AND p.exception_until > NEW.posted_at)";

/// An entry becomes posted: what is wrong with it, and the name of the check that says so.
fn faults() -> [(&'static str, String); 5] {
    let lines = "FROM fim_journal_entry_lines l WHERE l.tenant_id = NEW.tenant_id AND l.je_id = NEW.id";
    let sum = |column: &str| format!("(SELECT COALESCE(SUM(l.{column}), 0) {lines})");
    [
        ("fim_journal_entries_lines_check", format!("(SELECT COUNT(*) {lines}) < 2")),
        (
            "fim_journal_entries_balanced_check",
            format!(
                "{} <> {} OR {} <> {} OR {} <> NEW.total_debit",
                sum("debit_amount"),
                sum("credit_amount"),
                sum("base_debit"),
                sum("base_credit"),
                sum("debit_amount")
            ),
        ),
        (
            "fim_journal_entries_chained_check",
            format!(
                "EXISTS (SELECT 1 {lines} AND (l.chain_no IS NULL OR l.chain_no <> NEW.chain_no OR l.posting_date <> NEW.posting_date))"
            ),
        ),
        (
            "fim_journal_entries_account_check",
            "EXISTS (SELECT 1 FROM fim_journal_entry_lines l JOIN fim_accounts a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
             WHERE l.tenant_id = NEW.tenant_id AND l.je_id = NEW.id AND (NOT a.is_posting_allowed OR a.deleted_at IS NOT NULL))"
                .to_owned(),
        ),
        (
            "fim_journal_entries_period_check",
            format!(
                "NOT EXISTS (SELECT 1 FROM fim_periods p WHERE p.tenant_id = NEW.tenant_id AND p.period = NEW.period AND p.deleted_at IS NULL \
                 AND NEW.posting_date BETWEEN p.start_date AND p.end_date AND ({MAY_POST}))"
            ),
        ),
    ]
}

/// What a function of PostgreSQL says that refuses a row, as a CHECK constraint would.
#[must_use]
pub fn refuse(check: &str) -> String {
    format!(
        "RAISE EXCEPTION 'CHECK constraint failed: {check}' USING ERRCODE = 'check_violation', CONSTRAINT = '{check}', TABLE = TG_TABLE_NAME;"
    )
}

impl MigrationName for Guards {
    fn name(&self) -> &'static str {
        "m20261122_000202_fim_journal_guards"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Guards {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        if is_postgres(m) { postgres(m).await } else { sqlite(m).await }
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let drop = if is_postgres(m) {
            "DROP TRIGGER fim_journal_entries_guard ON fim_journal_entries; DROP FUNCTION fim_entry_guard; \
             DROP TRIGGER fim_journal_entry_lines_guard ON fim_journal_entry_lines; DROP FUNCTION fim_line_guard;"
                .to_owned()
        } else {
            let names = m.get_connection().query_all_raw(sea_orm::Statement::from_string(
                sea_orm::DbBackend::Sqlite,
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'fim_journal_entr%'",
            ));
            names
                .await?
                .iter()
                .filter_map(|row| row.try_get::<String>("", "name").ok())
                .map(|name| format!("DROP TRIGGER {name};"))
                .collect()
        };
        run(m, &drop).await
    }
}

async fn postgres(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(
        m,
        &format!(
            "{guard} \
             CREATE TRIGGER fim_journal_entries_guard BEFORE INSERT OR UPDATE OR DELETE ON fim_journal_entries \
               FOR EACH ROW EXECUTE FUNCTION fim_entry_guard(); \
             CREATE FUNCTION fim_line_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$ DECLARE state text; BEGIN \
               IF TG_OP <> 'INSERT' THEN \
                 SELECT status INTO state FROM fim_journal_entries e WHERE e.tenant_id = OLD.tenant_id AND e.id = OLD.je_id FOR SHARE; \
                 IF state <> 'DRAFT' THEN {line} END IF; \
                 IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; \
                 IF NEW.je_id = OLD.je_id AND NEW.tenant_id = OLD.tenant_id THEN RETURN NEW; END IF; \
               END IF; \
               SELECT status INTO state FROM fim_journal_entries e WHERE e.tenant_id = NEW.tenant_id AND e.id = NEW.je_id FOR SHARE; \
               IF state <> 'DRAFT' THEN {line} END IF; \
               RETURN NEW; \
             END $guard$; \
             CREATE TRIGGER fim_journal_entry_lines_guard BEFORE INSERT OR UPDATE OR DELETE ON fim_journal_entry_lines \
               FOR EACH ROW EXECUTE FUNCTION fim_line_guard();",
            guard = entry_guard("CREATE", &FROZEN),
            line = refuse("fim_journal_entry_lines_frozen_check"),
        ),
    )
    .await
}

/// The function that keeps a posted entry as it is, in these columns.
fn entry_guard(create: &str, frozen_columns: &[&str]) -> String {
    let same: Vec<String> = frozen_columns.iter().map(|column| format!("NEW.{column} IS NOT DISTINCT FROM OLD.{column}")).collect();
    let faults: String = faults().iter().map(|(check, fault)| format!("IF {fault} THEN {} END IF; ", refuse(check))).collect();
    format!(
        "{create} FUNCTION fim_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN \
           IF TG_OP = 'INSERT' THEN \
             IF NEW.status <> 'DRAFT' THEN {born} END IF; \
             RETURN NEW; \
           END IF; \
           IF TG_OP = 'DELETE' THEN \
             IF OLD.status <> 'DRAFT' THEN {frozen} END IF; \
             RETURN OLD; \
           END IF; \
           IF OLD.status = 'DRAFT' AND NEW.status = 'POSTED' THEN \
             PERFORM 1 FROM fim_periods p WHERE p.tenant_id = NEW.tenant_id AND p.period = NEW.period FOR SHARE; \
             {faults} \
           ELSIF OLD.status = 'DRAFT' AND NEW.status = 'REVERSED' THEN {frozen} \
           ELSIF OLD.status <> 'DRAFT' THEN \
             IF NOT ({same}) OR NOT (NEW.status = OLD.status AND NEW.reversed_je_id IS NOT DISTINCT FROM OLD.reversed_je_id \
                  OR OLD.status = 'POSTED' AND NEW.status = 'REVERSED') THEN {frozen} END IF; \
           END IF; \
           RETURN NEW; \
         END $guard$;",
        same = same.join(" AND "),
        born = refuse("fim_journal_entries_draft_check"),
        frozen = refuse("fim_journal_entries_frozen_check"),
    )
}

/// Keeps a posted entry as it is, in these columns and no others.
pub(super) async fn freeze(m: &SchemaManager<'_>, columns: &[&str]) -> Result<(), DbErr> {
    if is_postgres(m) {
        return run(m, &entry_guard("CREATE OR REPLACE", columns)).await;
    }
    run(m, &format!("DROP TRIGGER fim_journal_entries_guard_update; {}", update_guard(columns))).await
}

fn trigger(name: &str, event: &str, table: &str, when: &str, check: &str) -> String {
    format!(
        "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {when} \
         BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {check}'); END;"
    )
}

/// [`entry_guard`] for SQLite.
fn update_guard(frozen_columns: &[&str]) -> String {
    let changed: Vec<String> = frozen_columns.iter().map(|column| format!("NEW.{column} IS NOT OLD.{column}")).collect();
    let moved =
        "NOT (NEW.status = OLD.status AND NEW.reversed_je_id IS OLD.reversed_je_id OR OLD.status = 'POSTED' AND NEW.status = 'REVERSED')";
    trigger(
        "fim_journal_entries_guard_update",
        "UPDATE",
        "fim_journal_entries",
        &format!("OLD.status <> 'DRAFT' AND ({} OR {moved})", changed.join(" OR ")),
        "fim_journal_entries_frozen_check",
    )
}

async fn sqlite(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    let frozen = "fim_journal_entries_frozen_check";
    let entries = "fim_journal_entries";
    let mut all = vec![
        trigger("fim_journal_entries_guard_insert", "INSERT", entries, "NEW.status <> 'DRAFT'", "fim_journal_entries_draft_check"),
        trigger("fim_journal_entries_guard_delete", "DELETE", entries, "OLD.status <> 'DRAFT'", frozen),
        trigger("fim_journal_entries_guard_skip", "UPDATE", entries, "OLD.status = 'DRAFT' AND NEW.status = 'REVERSED'", frozen),
    ];
    all.push(update_guard(&FROZEN));
    // one trigger: of several, which one speaks first is not said
    let faults: String =
        faults().iter().map(|(check, fault)| format!("WHEN {fault} THEN RAISE(ABORT, 'CHECK constraint failed: {check}') ")).collect();
    all.push(format!(
        "CREATE TRIGGER fim_journal_entries_guard_post BEFORE UPDATE ON {entries} FOR EACH ROW \
         WHEN OLD.status = 'DRAFT' AND NEW.status = 'POSTED' BEGIN SELECT CASE {faults} END; END;"
    ));
    let posted = |row: &str| {
        format!(
            "EXISTS (SELECT 1 FROM fim_journal_entries e WHERE e.tenant_id = {row}.tenant_id AND e.id = {row}.je_id AND e.status <> 'DRAFT')"
        )
    };
    let lines = "fim_journal_entry_lines";
    for (event, when) in
        [("INSERT", posted("NEW")), ("UPDATE", format!("{} OR {}", posted("OLD"), posted("NEW"))), ("DELETE", posted("OLD"))]
    {
        all.push(trigger(
            &format!("fim_journal_entry_lines_guard_{}", event.to_lowercase()),
            event,
            lines,
            &when,
            "fim_journal_entry_lines_frozen_check",
        ));
    }
    run(m, &all.concat()).await
}
