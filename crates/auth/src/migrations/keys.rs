//! What acts for people, and what they hold: permissions, grants, API keys, impersonation.

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, live_unique, platform_table, run};

pub fn manager() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Idam)]
}

pub fn tenant() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Adm)]
}

/// A grant is a row of business now: versioned, with who and when.
const VERSIONED: [&str; 5] =
    ["granted_at {timestamp}", "row_version bigint NOT NULL DEFAULT 1", "created_by {uuid}", "updated_at {timestamp}", "updated_by {uuid}"];

async fn add(m: &SchemaManager<'_>, table: &str, columns: &[&str]) -> Result<(), DbErr> {
    for column in columns {
        run(m, &format!("ALTER TABLE {table} ADD COLUMN {column}")).await?;
    }
    Ok(())
}

const KEY: &str = "key_id varchar(64) NOT NULL, key_name varchar(100) NOT NULL, user_id {uuid} NOT NULL, service_account varchar(100), \
    scopes {json}, allowed_ips {json}, rate_limit_per_minute integer NOT NULL DEFAULT 1000, rate_limit_per_hour integer NOT NULL DEFAULT 10000, \
    rate_limit_per_day integer NOT NULL DEFAULT 100000, status varchar(20) NOT NULL DEFAULT 'ACTIVE', expires_at {timestamp}, \
    last_used_at {timestamp}, last_used_ip varchar(45), usage_count bigint NOT NULL DEFAULT 0, secret_hash {bytes} NOT NULL, \
    previous_hash {bytes}, previous_until {timestamp}, \
    CONSTRAINT {t}_status_check CHECK (status IN ('ACTIVE', 'INACTIVE', 'REVOKED')), \
    CONSTRAINT {t}_rate_limit_per_minute_check CHECK (rate_limit_per_minute > 0), \
    CONSTRAINT {t}_rate_limit_per_hour_check CHECK (rate_limit_per_hour > 0), \
    CONSTRAINT {t}_rate_limit_per_day_check CHECK (rate_limit_per_day > 0)";

struct Idam;

impl MigrationName for Idam {
    fn name(&self) -> &'static str {
        "m20261122_000020_idam_rights"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Idam {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        add(m, "idam_user_roles", &VERSIONED).await?;
        let scope =
            "scope varchar(20) NOT NULL DEFAULT 'GLOBAL' CONSTRAINT idam_user_roles_scope_check CHECK (scope IN ('GLOBAL', 'TENANT'))";
        add(m, "idam_user_roles", &[scope]).await?;
        run(m, "UPDATE idam_user_roles SET granted_at = created_at").await?;
        run(m, "DROP INDEX idam_user_roles_role_key").await?;
        run(m, "CREATE UNIQUE INDEX idam_user_roles_role_id_key ON idam_user_roles (user_id, role_id) WHERE tenant_context IS NULL")
            .await?;
        run(m, "CREATE INDEX idam_user_roles_role_id_idx ON idam_user_roles (role_id)").await?;
        platform_table(
            m,
            "idam_permissions",
            Rows::Kept,
            "code varchar(100) NOT NULL, name varchar(100) NOT NULL, description text, category varchar(50) NOT NULL, resource varchar(50) NOT NULL, \
             action varchar(50) NOT NULL, scope varchar(20) NOT NULL DEFAULT 'GLOBAL', applies_to varchar(20) NOT NULL DEFAULT 'ALL', \
             is_system boolean NOT NULL DEFAULT true, is_hidden boolean NOT NULL DEFAULT false, status varchar(20) NOT NULL DEFAULT 'ACTIVE', \
             CONSTRAINT idam_permissions_action_check CHECK (action IN ('CREATE', 'READ', 'UPDATE', 'DELETE', 'LIST', 'MANAGE', 'EXECUTE')), \
             CONSTRAINT idam_permissions_scope_check CHECK (scope IN ('GLOBAL', 'TENANT')), \
             CONSTRAINT idam_permissions_applies_to_check CHECK (applies_to IN ('ALL', 'MASTER', 'TENANT', 'SYSTEM')), \
             CONSTRAINT idam_permissions_status_check CHECK (status IN ('ACTIVE', 'INACTIVE'))",
        )
        .await?;
        live_unique(m, "idam_permissions", "code", "code").await?;
        platform_table(
            m,
            "idam_role_permissions",
            Rows::Plain,
            "role_id {uuid} NOT NULL, permission_id {uuid} NOT NULL, granted_at {timestamp} NOT NULL, granted_by {uuid}, \
             row_version bigint NOT NULL DEFAULT 1, created_by {uuid}, \
             CONSTRAINT idam_role_permissions_role_id_fkey FOREIGN KEY (role_id) REFERENCES idam_roles (id), \
             CONSTRAINT idam_role_permissions_permission_id_fkey FOREIGN KEY (permission_id) REFERENCES idam_permissions (id)",
        )
        .await?;
        run(m, "CREATE UNIQUE INDEX idam_role_permissions_permission_id_key ON idam_role_permissions (role_id, permission_id)").await?;
        platform_table(
            m,
            "idam_api_keys",
            Rows::Kept,
            &format!("{KEY}, CONSTRAINT idam_api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES idam_users (id)")
                .replace("{t}", "idam_api_keys"),
        )
        .await?;
        live_unique(m, "idam_api_keys", "key_id", "key_id").await?;
        platform_table(
            m,
            "idam_impersonations",
            Rows::Kept,
            "staff_id {uuid} NOT NULL, staff_name varchar(100) NOT NULL, tenant_id {uuid} NOT NULL, user_id {uuid} NOT NULL, username varchar(100) NOT NULL, \
             consent_id {uuid} NOT NULL, session_id {uuid} NOT NULL, reason varchar(500) NOT NULL, allow_write boolean NOT NULL DEFAULT false, \
             expires_at {timestamp} NOT NULL, ended_at {timestamp}, ended_by {uuid}, \
             CONSTRAINT idam_impersonations_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES idam_users (id)",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["idam_impersonations", "idam_api_keys", "idam_role_permissions", "idam_permissions"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        run(m, "DROP INDEX idam_user_roles_role_id_idx").await?;
        run(m, "DROP INDEX idam_user_roles_role_id_key").await?;
        run(m, "CREATE UNIQUE INDEX idam_user_roles_role_key ON idam_user_roles (user_id, role_id) WHERE tenant_context IS NULL").await?;
        drop_columns(m, "idam_user_roles", &["scope", "granted_at", "row_version", "created_by", "updated_at", "updated_by"]).await
    }
}

async fn drop_columns(m: &SchemaManager<'_>, table: &str, columns: &[&str]) -> Result<(), DbErr> {
    for column in columns {
        run(m, &format!("ALTER TABLE {table} DROP COLUMN {column}")).await?;
    }
    Ok(())
}

struct Adm;

impl MigrationName for Adm {
    fn name(&self) -> &'static str {
        "m20261122_000020_adm_rights"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Adm {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        add(m, "adm_user_roles", &VERSIONED).await?;
        run(m, "UPDATE adm_user_roles SET granted_at = created_at").await?;
        run(m, "DROP INDEX adm_user_roles_role_key").await?;
        let unique = "CREATE UNIQUE INDEX adm_user_roles";
        run(m, &format!("{unique}_role_id_key ON adm_user_roles (tenant_id, user_id, role_id) WHERE is_active AND department_id IS NULL"))
            .await?;
        run(
            m,
            &format!("{unique}_department_id_key ON adm_user_roles (tenant_id, user_id, role_id, department_id) WHERE is_active AND department_id IS NOT NULL"),
        )
        .await?;
        run(m, "CREATE INDEX adm_user_roles_role_id_idx ON adm_user_roles (tenant_id, role_id)").await?;
        company_table(
            m,
            "adm_api_keys",
            Rows::Kept,
            &format!("{KEY}, CONSTRAINT adm_api_keys_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES adm_users (tenant_id, id)")
                .replace("{t}", "adm_api_keys"),
        )
        .await?;
        live_unique(m, "adm_api_keys", "key_id", "tenant_id, key_id").await?;
        company_table(
            m,
            "adm_support_consents",
            Rows::Kept,
            "reason varchar(500) NOT NULL, user_id {uuid}, allow_write boolean NOT NULL DEFAULT false, expires_at {timestamp} NOT NULL, \
             status varchar(20) NOT NULL DEFAULT 'ACTIVE', revoked_at {timestamp}, revoked_by {uuid}, revoke_reason varchar(500), \
             CONSTRAINT adm_support_consents_status_check CHECK (status IN ('ACTIVE', 'REVOKED')), \
             CONSTRAINT adm_support_consents_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES adm_users (tenant_id, id)",
        )
        .await?;
        add(
            m,
            "adm_sessions",
            &[
                "impersonation_id {uuid}",
                "impersonator_id {uuid}",
                "impersonator_name varchar(100)",
                "consent_id {uuid}",
                "is_read_only boolean NOT NULL DEFAULT false",
            ],
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_columns(m, "adm_sessions", &["impersonation_id", "impersonator_id", "impersonator_name", "consent_id", "is_read_only"])
            .await?;
        for table in ["adm_support_consents", "adm_api_keys"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        for index in ["role_id_idx", "role_id_key", "department_id_key"] {
            run(m, &format!("DROP INDEX adm_user_roles_{index}")).await?;
        }
        run(m, "CREATE UNIQUE INDEX adm_user_roles_role_key ON adm_user_roles (tenant_id, user_id, role_id) WHERE is_active AND department_id IS NULL").await?;
        drop_columns(m, "adm_user_roles", &["granted_at", "row_version", "created_by", "updated_at", "updated_by"]).await
    }
}
