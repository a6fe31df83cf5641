//! What every write needs: audit rows, outbox, idempotency keys, running numbers.

use super::drop;
use crate::migrate::{Rows, company_table, is_postgres, platform_table, run};
use sea_orm_migration::prelude::*;

const AUDIT: &str = "user_id {uuid}, actor_kind varchar(20) NOT NULL, actor_name varchar(200) NOT NULL, on_behalf_of {uuid}, \
    event_type varchar(50) NOT NULL, event_category varchar(50) NOT NULL, description text NOT NULL, source_ip varchar(45), \
    user_agent text, session_id {uuid}, request_id {uuid} NOT NULL, target varchar(100) NOT NULL, resource_id varchar(255), \
    action_performed varchar(50) NOT NULL, result varchar(20) NOT NULL, failure_reason text, risk_level varchar(20) NOT NULL DEFAULT 'LOW', \
    extra_data {json} NOT NULL, status varchar(20) NOT NULL DEFAULT 'ACTIVE'";
const OUTBOX: &str = "kind varchar(100) NOT NULL, aggregate_id {uuid} NOT NULL, payload {json} NOT NULL, actor_id {uuid}, \
    request_id {uuid} NOT NULL, seq bigint, dispatched_at {timestamp}";
const IDEMPOTENCY: &str = "caller {uuid} NOT NULL, route varchar(500) NOT NULL, key varchar(255) NOT NULL, body_digest {bytes} NOT NULL, \
    status integer, answer text, version bigint, expires_at {timestamp} NOT NULL";
const NAME: &str = "m20261121_000001_store";

async fn indexes(manager: &SchemaManager<'_>, key: &str) -> Result<(), DbErr> {
    run(manager, &format!("CREATE INDEX audt_audit_logs_created_at_idx ON audt_audit_logs ({key}created_at DESC, id DESC)")).await?;
    run(manager, &format!("CREATE INDEX outbox_waiting_idx ON outbox ({key}created_at, id) WHERE seq IS NULL")).await?;
    run(manager, "CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys (expires_at)").await
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
        platform_table(m, "audt_audit_logs", Rows::AppendOnly, &format!("tenant_id {{uuid}}, {AUDIT}")).await?;
        platform_table(m, "outbox", Rows::Plain, &format!("tenant_id {{uuid}}, {OUTBOX}")).await?;
        platform_table(m, "idempotency_keys", Rows::Plain, &format!("tenant_id {{uuid}}, {IDEMPOTENCY}")).await?;
        run(m, "CREATE UNIQUE INDEX idempotency_keys_key_key ON idempotency_keys (caller, route, key)").await?;
        indexes(m, "").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop(m, &["audt_audit_logs", "outbox", "idempotency_keys"]).await
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
        company_table(m, "audt_audit_logs", Rows::AppendOnly, AUDIT).await?;
        company_table(m, "outbox", Rows::Plain, OUTBOX).await?;
        company_table(m, "idempotency_keys", Rows::Plain, IDEMPOTENCY).await?;
        run(m, "CREATE UNIQUE INDEX idempotency_keys_key_key ON idempotency_keys (tenant_id, caller, route, key)").await?;
        company_table(
            m,
            "adm_document_series",
            Rows::Plain,
            "series varchar(50) NOT NULL, period varchar(10) NOT NULL, last_no bigint NOT NULL, \
             CONSTRAINT adm_document_series_series_period_key UNIQUE (tenant_id, series, period)",
        )
        .await?;
        if is_postgres(m) {
            // the dispatcher reads every company's events; it says so on its own connection
            run(m, "CREATE POLICY worker ON outbox USING (current_setting('app.worker', true) = 'on')").await?;
        }
        indexes(m, "tenant_id, ").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop(m, &["adm_document_series", "audt_audit_logs", "outbox", "idempotency_keys"]).await
    }
}
