//! What happens after a commit: events get their numbers, consumers their offsets in the stream,
//! audit rows their chain, and what is due by the clock its lease.

use super::drop;
use crate::migrate::{APP_ROLE, Rows, company_table, is_postgres, platform_table, run};
use sea_orm_migration::prelude::*;

const NAME: &str = "m20261122_000001_events";

const HEADS: &str = "stream varchar(20) NOT NULL, last_no bigint NOT NULL, last_hash {bytes}";
const CURSORS: &str = "reader varchar(50) NOT NULL, last_seq bigint NOT NULL, leased_by {uuid}, leased_until {timestamp}, \
    attempts integer NOT NULL DEFAULT 0, next_attempt_at {timestamp}, last_error text";
const BLOCKS: &str = "block_no bigint NOT NULL, first_no bigint NOT NULL, last_no bigint NOT NULL, root {bytes} NOT NULL, \
    last_hash {bytes} NOT NULL, previous {bytes} NOT NULL, kid varchar(64) NOT NULL, signature {bytes} NOT NULL";
const PURGES: &str = "up_to_no bigint NOT NULL, before {timestamp} NOT NULL, rows bigint NOT NULL, policy varchar(200) NOT NULL";
const DEAD: &str = "realm varchar(20) NOT NULL, tenant_id {uuid}, reader varchar(50) NOT NULL, event_id {uuid} NOT NULL, seq bigint NOT NULL, \
    kind varchar(100) NOT NULL, aggregate_id {uuid} NOT NULL, attempts integer NOT NULL, error text NOT NULL, \
    status varchar(20) NOT NULL DEFAULT 'DEAD', replayed_at {timestamp}, \
    CONSTRAINT audt_dead_letters_event_id_key UNIQUE (reader, event_id), \
    CONSTRAINT audt_dead_letters_status_check CHECK (status IN ('DEAD', 'REPLAYED'))";
const JOBS: &str = "name varchar(50) NOT NULL, cron varchar(100) NOT NULL, next_run_at {timestamp} NOT NULL, leased_by {uuid}, \
    leased_until {timestamp}, attempts integer NOT NULL DEFAULT 0, last_error text, CONSTRAINT jobs_name_key UNIQUE (name)";
const RUNS: &str = "job varchar(50) NOT NULL, tick {timestamp} NOT NULL, finished_at {timestamp} NOT NULL, error text, \
    CONSTRAINT job_runs_job_tick_key UNIQUE (job, tick)";

/// The columns of an audit row that are written once more, when it is chained.
const CHAIN: &str = "chain_no, prev_hash, hash";

/// All others; they never change.
const FIXED: &str = "id, tenant_id, user_id, actor_kind, actor_name, on_behalf_of, on_behalf_of_name, event_type, event_category, description, \
    source_ip, user_agent, session_id, request_id, target, resource_id, action_performed, result, failure_reason, risk_level, extra_data, \
    status, created_at";

async fn columns(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    for column in ["on_behalf_of_name varchar(200)", "chain_no bigint", "prev_hash {bytes}", "hash {bytes}"] {
        run(m, &format!("ALTER TABLE audt_audit_logs ADD COLUMN {column}")).await?;
    }
    // one clock for all nodes, read when the row is written: after the row it speaks of was locked
    let written = if is_postgres(m) { "{timestamp} DEFAULT clock_timestamp()" } else { "{timestamp}" };
    run(m, &format!("ALTER TABLE outbox ADD COLUMN written_at {written}")).await
}

/// Whether the row in question may go: it lies in a part of the chain that a purge named.
fn purged(row: &str, same: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM audt_purges p WHERE p.tenant_id {same} {row}.tenant_id AND {row}.chain_no <= p.up_to_no AND {row}.created_at < p.before)"
    )
}

/// Audit rows are chained once, and go by a purge only, whoever asks.
async fn guards(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    if is_postgres(m) {
        let allowed = purged("OLD", "IS NOT DISTINCT FROM");
        let function = format!(
            "CREATE FUNCTION audt_audit_logs_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
               IF TG_OP = 'DELETE' THEN IF NOT {allowed} THEN RAISE EXCEPTION 'an audit row stays'; END IF; RETURN OLD; END IF; \
               IF OLD.chain_no IS NOT NULL THEN RAISE EXCEPTION 'a chained audit row never changes'; END IF; RETURN NEW; END $$"
        );
        run(m, &function).await?;
        run(m, "CREATE TRIGGER audt_audit_logs_guard BEFORE UPDATE OR DELETE ON audt_audit_logs FOR EACH ROW EXECUTE FUNCTION audt_audit_logs_guard()").await?;
        return run(m, &format!("GRANT DELETE, UPDATE ({CHAIN}) ON audt_audit_logs TO {APP_ROLE}")).await;
    }
    let allowed = purged("OLD", "IS");
    let refuse = |name: &str, when: &str, text: &str| {
        format!("CREATE TRIGGER audt_audit_logs_{name} {when} BEGIN SELECT RAISE(ABORT, '{text}'); END")
    };
    run(m, &refuse("fixed", &format!("BEFORE UPDATE OF {FIXED} ON audt_audit_logs"), "an audit row never changes")).await?;
    let chained = format!("BEFORE UPDATE OF {CHAIN} ON audt_audit_logs WHEN OLD.chain_no IS NOT NULL");
    run(m, &refuse("chained", &chained, "a chained audit row never changes")).await?;
    run(m, &refuse("stays", &format!("BEFORE DELETE ON audt_audit_logs WHEN NOT {allowed}"), "an audit row stays")).await?;
    for table in ["audt_audit_blocks", "audt_purges"] {
        for verb in ["UPDATE", "DELETE"] {
            let name = verb.to_lowercase();
            run(m, &format!("CREATE TRIGGER {table}_no_{name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END"))
                .await?;
        }
    }
    Ok(())
}

async fn unguard(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    if is_postgres(m) {
        run(m, "DROP TRIGGER audt_audit_logs_guard ON audt_audit_logs").await?;
        run(m, "DROP FUNCTION audt_audit_logs_guard()").await?;
    } else {
        for name in ["fixed", "chained", "stays"] {
            run(m, &format!("DROP TRIGGER audt_audit_logs_{name}")).await?;
        }
    }
    for index in ["audt_audit_logs_chain_key", "audt_audit_logs_unchained_idx", "outbox_seq_key", "outbox_unnumbered_idx"] {
        run(m, &format!("DROP INDEX {index}")).await?;
    }
    for column in ["on_behalf_of_name", "chain_no", "prev_hash", "hash"] {
        run(m, &format!("ALTER TABLE audt_audit_logs DROP COLUMN {column}")).await?;
    }
    run(m, "ALTER TABLE outbox DROP COLUMN written_at").await
}

async fn indexes(m: &SchemaManager<'_>, key: &str) -> Result<(), DbErr> {
    run(m, "CREATE UNIQUE INDEX audt_audit_logs_chain_key ON audt_audit_logs (tenant_id, chain_no) WHERE chain_no IS NOT NULL").await?;
    run(m, &format!("CREATE INDEX audt_audit_logs_unchained_idx ON audt_audit_logs ({key}created_at, id) WHERE chain_no IS NULL")).await?;
    run(m, &format!("CREATE UNIQUE INDEX outbox_seq_key ON outbox ({key}seq) WHERE seq IS NOT NULL")).await?;
    run(m, &format!("CREATE INDEX outbox_unnumbered_idx ON outbox ({key}written_at, id) WHERE seq IS NULL")).await
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
        columns(m).await?;
        platform_table(m, "stream_heads", Rows::Plain, &format!("{HEADS}, CONSTRAINT stream_heads_stream_key UNIQUE (stream)")).await?;
        platform_table(m, "outbox_cursors", Rows::Plain, &format!("{CURSORS}, CONSTRAINT outbox_cursors_reader_key UNIQUE (reader)"))
            .await?;
        let blocks = format!("tenant_id {{uuid}}, {BLOCKS}, CONSTRAINT audt_audit_blocks_block_no_key UNIQUE (block_no)");
        platform_table(m, "audt_audit_blocks", Rows::AppendOnly, &blocks).await?;
        platform_table(m, "audt_purges", Rows::AppendOnly, &format!("tenant_id {{uuid}}, {PURGES}")).await?;
        platform_table(m, "audt_dead_letters", Rows::Kept, DEAD).await?;
        platform_table(m, "jobs", Rows::Plain, JOBS).await?;
        platform_table(m, "job_runs", Rows::Plain, RUNS).await?;
        indexes(m, "").await?;
        guards(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        unguard(m).await?;
        drop(m, &["job_runs", "jobs", "audt_dead_letters", "audt_purges", "audt_audit_blocks", "outbox_cursors", "stream_heads"]).await
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
        columns(m).await?;
        company_table(m, "stream_heads", Rows::Plain, &format!("{HEADS}, CONSTRAINT stream_heads_stream_key UNIQUE (tenant_id, stream)"))
            .await?;
        company_table(
            m,
            "outbox_cursors",
            Rows::Plain,
            &format!("{CURSORS}, CONSTRAINT outbox_cursors_reader_key UNIQUE (tenant_id, reader)"),
        )
        .await?;
        let blocks = format!("{BLOCKS}, CONSTRAINT audt_audit_blocks_block_no_key UNIQUE (tenant_id, block_no)");
        company_table(m, "audt_audit_blocks", Rows::AppendOnly, &blocks).await?;
        company_table(m, "audt_purges", Rows::AppendOnly, PURGES).await?;
        if is_postgres(m) {
            // which companies have something to do is asked for all of them at once
            for table in ["stream_heads", "outbox_cursors"] {
                run(m, &format!("CREATE POLICY worker ON {table} FOR SELECT USING (current_setting('app.worker', true) = 'on')")).await?;
            }
        }
        indexes(m, "tenant_id, ").await?;
        guards(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        unguard(m).await?;
        drop(m, &["audt_purges", "audt_audit_blocks", "outbox_cursors", "stream_heads"]).await
    }
}
