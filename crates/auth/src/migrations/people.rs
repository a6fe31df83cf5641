//! People, roles, sessions, signing keys.

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, live_unique, platform_table, run};

pub fn manager() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Idam)]
}

pub fn tenant() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Adm)]
}

const SESSION: &str = "user_id {uuid} NOT NULL, session_type varchar(20) NOT NULL DEFAULT 'WEB', user_agent text, ip_address varchar(45), \
    status varchar(20) NOT NULL DEFAULT 'ACTIVE', expires_at {timestamp} NOT NULL, last_activity_at {timestamp} NOT NULL, \
    mfa_verified boolean NOT NULL DEFAULT false, refresh_generation integer NOT NULL, refresh_hash {bytes} NOT NULL, \
    refresh_previous_hash {bytes}, refreshed_at {timestamp} NOT NULL, ended_reason varchar(50)";

struct Idam;

impl MigrationName for Idam {
    fn name(&self) -> &'static str {
        "m20261121_000003_idam"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Idam {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        platform_table(
            m,
            "idam_users",
            Rows::Kept,
            "user_type varchar(20) NOT NULL DEFAULT 'MASTER', full_name varchar(100) NOT NULL, email varchar(255) NOT NULL, phone varchar(50), \
             username varchar(100) NOT NULL, password_hash varchar(255), sso_provider varchar(50), sso_subject varchar(255), \
             mfa_enabled boolean NOT NULL DEFAULT false, status varchar(20) NOT NULL DEFAULT 'ACTIVE', last_login_at {timestamp}, \
             last_login_ip varchar(45), failed_login_attempts integer NOT NULL DEFAULT 0, locked_until {timestamp}, \
             password_changed_at {timestamp}, force_password_change boolean NOT NULL DEFAULT false, \
             timezone varchar(50) NOT NULL DEFAULT 'Asia/Seoul', locale varchar(10) NOT NULL DEFAULT 'ko-KR', \
             department varchar(100), position varchar(100), \
             CONSTRAINT idam_users_user_type_check CHECK (user_type IN ('MASTER', 'TENANT', 'SYSTEM')), \
             CONSTRAINT idam_users_status_check CHECK (status IN ('ACTIVE', 'INACTIVE', 'LOCKED', 'SUSPENDED')), \
             CONSTRAINT idam_users_sso_provider_check CHECK ((sso_provider IS NULL) = (sso_subject IS NULL))",
        )
        .await?;
        live_unique(m, "idam_users", "username", "username").await?;
        live_unique(m, "idam_users", "email", "email").await?;
        platform_table(
            m,
            "idam_roles",
            Rows::Kept,
            "code varchar(100) NOT NULL, name varchar(100) NOT NULL, description text, category varchar(50) NOT NULL DEFAULT 'PLATFORM_SUPPORT', \
             level integer NOT NULL DEFAULT 100, scope varchar(20) NOT NULL DEFAULT 'GLOBAL', is_default boolean NOT NULL DEFAULT false, \
             priority integer NOT NULL DEFAULT 100, permissions {json} NOT NULL DEFAULT '[]', is_system boolean NOT NULL DEFAULT false, \
             status varchar(20) NOT NULL DEFAULT 'ACTIVE', \
             CONSTRAINT idam_roles_category_check CHECK ((category IN ('MANAGER_ADMIN', 'PLATFORM_SUPPORT') AND scope = 'GLOBAL') \
                OR (category = 'TENANT_ADMIN' AND scope IN ('GLOBAL', 'TENANT')) OR (category = 'TENANT_USER' AND scope = 'TENANT')), \
             CONSTRAINT idam_roles_level_check CHECK (level BETWEEN 1 AND 200), \
             CONSTRAINT idam_roles_status_check CHECK (status IN ('ACTIVE', 'INACTIVE'))",
        )
        .await?;
        live_unique(m, "idam_roles", "code", "code").await?;
        platform_table(
            m,
            "idam_user_roles",
            Rows::Plain,
            "user_id {uuid} NOT NULL, role_id {uuid} NOT NULL, tenant_context {uuid}, granted_by {uuid}, expires_at {timestamp}, \
             status varchar(20) NOT NULL DEFAULT 'ACTIVE', \
             CONSTRAINT idam_user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES idam_users (id), \
             CONSTRAINT idam_user_roles_role_id_fkey FOREIGN KEY (role_id) REFERENCES idam_roles (id), \
             CONSTRAINT idam_user_roles_status_check CHECK (status IN ('ACTIVE', 'INACTIVE', 'EXPIRED'))",
        )
        .await?;
        run(m, "CREATE UNIQUE INDEX idam_user_roles_role_key ON idam_user_roles (user_id, role_id) WHERE tenant_context IS NULL").await?;
        platform_table(
            m,
            "idam_sessions",
            Rows::Plain,
            &format!("{SESSION}, CONSTRAINT idam_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES idam_users (id), {SESSION_STATUS}")
                .replace("{t}", "idam_sessions"),
        )
        .await?;
        run(m, "CREATE INDEX idam_sessions_user_id_idx ON idam_sessions (user_id) WHERE status = 'ACTIVE'").await?;
        platform_table(m, "idam_signing_keys", Rows::Plain, "kid varchar(64) NOT NULL, public_key {bytes} NOT NULL, wrapped_key {bytes} NOT NULL, CONSTRAINT idam_signing_keys_kid_key UNIQUE (kid)").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["idam_signing_keys", "idam_sessions", "idam_user_roles", "idam_roles", "idam_users"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}

const SESSION_STATUS: &str = "CONSTRAINT {t}_status_check CHECK (status IN ('ACTIVE', 'EXPIRED', 'REVOKED'))";

struct Adm;

impl MigrationName for Adm {
    fn name(&self) -> &'static str {
        // after adm_organizations and adm_departments, which people refer to
        "m20261121_000004_adm_users"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Adm {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "adm_roles",
            Rows::Kept,
            "no bigint NOT NULL, code varchar(50) NOT NULL, name varchar(100) NOT NULL, name_key varchar(100), description text, \
             permissions {json} NOT NULL DEFAULT '[]', is_system boolean NOT NULL DEFAULT false, is_active boolean NOT NULL DEFAULT true, \
             CONSTRAINT adm_roles_no_key UNIQUE (tenant_id, no)",
        )
        .await?;
        live_unique(m, "adm_roles", "code", "tenant_id, code").await?;
        live_unique(m, "adm_roles", "name", "tenant_id, name_key").await?;
        company_table(
            m,
            "adm_users",
            Rows::Kept,
            "no bigint NOT NULL, username varchar(100) NOT NULL, password_hash varchar(255), full_name varchar(100) NOT NULL, \
             email varchar(255) NOT NULL, phone varchar(50), role_id {uuid}, organization_id {uuid}, department_id {uuid}, \
             position varchar(100), job_title varchar(100), is_system_user boolean NOT NULL DEFAULT false, \
             locale varchar(10) NOT NULL DEFAULT 'ko-KR', timezone varchar(50) NOT NULL DEFAULT 'Asia/Seoul', \
             status varchar(20) NOT NULL DEFAULT 'ACTIVE', last_login_at {timestamp}, last_login_ip varchar(45), \
             failed_login_attempts integer NOT NULL DEFAULT 0, locked_until {timestamp}, password_changed_at {timestamp}, \
             CONSTRAINT adm_users_no_key UNIQUE (tenant_id, no), \
             CONSTRAINT adm_users_status_check CHECK (status IN ('ACTIVE', 'INVITED', 'INACTIVE')), \
             CONSTRAINT adm_users_role_id_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES adm_roles (tenant_id, id), \
             CONSTRAINT adm_users_organization_id_fkey FOREIGN KEY (tenant_id, organization_id) REFERENCES adm_organizations (tenant_id, id), \
             CONSTRAINT adm_users_department_id_fkey FOREIGN KEY (tenant_id, department_id) REFERENCES adm_departments (tenant_id, id)",
        )
        .await?;
        live_unique(m, "adm_users", "username", "tenant_id, username").await?;
        live_unique(m, "adm_users", "email", "tenant_id, email").await?;
        company_table(
            m,
            "adm_user_roles",
            Rows::Plain,
            "user_id {uuid} NOT NULL, role_id {uuid} NOT NULL, department_id {uuid}, granted_by {uuid}, expires_at {timestamp}, \
             revoked_at {timestamp}, revoked_by {uuid}, revoke_reason text, is_active boolean NOT NULL DEFAULT true, \
             CONSTRAINT adm_user_roles_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES adm_users (tenant_id, id), \
             CONSTRAINT adm_user_roles_role_id_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES adm_roles (tenant_id, id), \
             CONSTRAINT adm_user_roles_department_id_fkey FOREIGN KEY (tenant_id, department_id) REFERENCES adm_departments (tenant_id, id)",
        )
        .await?;
        run(m, "CREATE UNIQUE INDEX adm_user_roles_role_key ON adm_user_roles (tenant_id, user_id, role_id) WHERE is_active AND department_id IS NULL").await?;
        company_table(
            m,
            "adm_sessions",
            Rows::Plain,
            &format!("{SESSION}, CONSTRAINT adm_sessions_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES adm_users (tenant_id, id), {SESSION_STATUS}").replace("{t}", "adm_sessions"),
        )
        .await?;
        run(m, "CREATE INDEX adm_sessions_user_id_idx ON adm_sessions (tenant_id, user_id) WHERE status = 'ACTIVE'").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["adm_sessions", "adm_user_roles", "adm_users", "adm_roles"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
