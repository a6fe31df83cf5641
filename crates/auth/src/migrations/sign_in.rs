//! What signing in needs beside people and sessions: the counters of failures, the logs, second
//! factors, tokens that are good once.

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, platform_table, run};

pub fn manager() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Idam)]
}

pub fn tenant() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Adm)]
}

const NAME: &str = "m20261122_000021_sign_in";

const LOG: &str = "username varchar(100), attempt_type varchar(20) NOT NULL, success boolean NOT NULL, failure_reason varchar(100), \
    session_id {uuid}, ip_address varchar(45), user_agent text, country_code char(2), city varchar(100), \
    mfa_used boolean NOT NULL DEFAULT false, mfa_method varchar(50), \
    CONSTRAINT {t}_attempt_type_check CHECK (attempt_type IN ('LOGIN', 'LOGOUT', 'FAILED_LOGIN', 'LOCKED', 'PASSWORD_RESET'))";

const MFA: &str = "user_id {uuid} NOT NULL, secret_sealed {bytes} NOT NULL, last_step bigint NOT NULL DEFAULT 0, confirmed_at {timestamp}";
const RECOVERY: &str = "user_id {uuid} NOT NULL, code_hash {bytes} NOT NULL, used_at {timestamp}";
const TOKEN: &str = "user_id {uuid} NOT NULL, purpose varchar(20) NOT NULL, token_hash {bytes} NOT NULL, event_id {uuid}, \
    expires_at {timestamp} NOT NULL, used_at {timestamp}, mailed_at {timestamp}";
const PURPOSE: &str = "CONSTRAINT {t}_purpose_check CHECK (purpose IN ('RESET', 'INVITATION', 'MFA'))";

/// A body of columns for the table `name`.
fn of(name: &str, body: &str) -> String {
    body.replace("{t}", name)
}

struct Idam;

impl MigrationName for Idam {
    fn name(&self) -> &'static str {
        NAME
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Idam {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // of both realms: whom it counts for is hashed, so that the table names nobody
        platform_table(
            m,
            "auth_login_throttles",
            Rows::Plain,
            "subject {bytes} NOT NULL, account {bytes} NOT NULL, failures integer NOT NULL, pending integer NOT NULL, \
             since {timestamp} NOT NULL, locked_until {timestamp}, CONSTRAINT auth_login_throttles_subject_key UNIQUE (subject)",
        )
        .await?;
        run(m, "CREATE INDEX auth_login_throttles_account_idx ON auth_login_throttles (account)").await?;
        run(m, "CREATE INDEX auth_login_throttles_since_idx ON auth_login_throttles (since)").await?;
        // no foreign key: a log outlives whom it is about
        let log = of("idam_login_logs", &format!("user_id {{uuid}}, user_type varchar(20), tenant_context {{uuid}}, {LOG}"));
        platform_table(m, "idam_login_logs", Rows::AppendOnly, &log).await?;
        run(m, "CREATE INDEX idam_login_logs_created_at_idx ON idam_login_logs (created_at DESC, id DESC)").await?;
        run(m, "CREATE INDEX idam_login_logs_user_id_idx ON idam_login_logs (user_id, created_at)").await?;
        for (table, body, keys) in [
            ("idam_mfa", MFA, "CONSTRAINT {t}_user_id_key UNIQUE (user_id)".to_owned()),
            ("idam_recovery_codes", RECOVERY, "CONSTRAINT {t}_code_hash_key UNIQUE (user_id, code_hash)".to_owned()),
            ("idam_one_time_tokens", TOKEN, format!("CONSTRAINT {{t}}_token_hash_key UNIQUE (token_hash), {PURPOSE}")),
        ] {
            let user = "CONSTRAINT {t}_user_id_fkey FOREIGN KEY (user_id) REFERENCES idam_users (id)";
            platform_table(m, table, Rows::Plain, &of(table, &format!("{body}, {keys}, {user}"))).await?;
        }
        run(m, "CREATE INDEX idam_one_time_tokens_user_id_idx ON idam_one_time_tokens (user_id, purpose)").await?;
        run(m, "ALTER TABLE idam_sessions ADD COLUMN verified_at {timestamp}").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "ALTER TABLE idam_sessions DROP COLUMN verified_at").await?;
        for table in ["idam_one_time_tokens", "idam_recovery_codes", "idam_mfa", "idam_login_logs", "auth_login_throttles"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}

struct Adm;

impl MigrationName for Adm {
    fn name(&self) -> &'static str {
        NAME
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Adm {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(m, "adm_login_logs", Rows::AppendOnly, &of("adm_login_logs", &format!("user_id {{uuid}}, {LOG}"))).await?;
        run(m, "CREATE INDEX adm_login_logs_created_at_idx ON adm_login_logs (tenant_id, created_at DESC, id DESC)").await?;
        run(m, "CREATE INDEX adm_login_logs_user_id_idx ON adm_login_logs (tenant_id, user_id, created_at)").await?;
        for (table, body, keys) in [
            ("adm_mfa", MFA, "CONSTRAINT {t}_user_id_key UNIQUE (tenant_id, user_id)".to_owned()),
            ("adm_recovery_codes", RECOVERY, "CONSTRAINT {t}_code_hash_key UNIQUE (tenant_id, user_id, code_hash)".to_owned()),
            ("adm_one_time_tokens", TOKEN, format!("CONSTRAINT {{t}}_token_hash_key UNIQUE (tenant_id, token_hash), {PURPOSE}")),
        ] {
            let user = "CONSTRAINT {t}_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES adm_users (tenant_id, id)";
            company_table(m, table, Rows::Plain, &of(table, &format!("{body}, {keys}, {user}"))).await?;
        }
        run(m, "CREATE INDEX adm_one_time_tokens_user_id_idx ON adm_one_time_tokens (tenant_id, user_id, purpose)").await?;
        run(m, "ALTER TABLE adm_users ADD COLUMN mfa_enabled boolean NOT NULL DEFAULT false").await?;
        run(m, "ALTER TABLE adm_sessions ADD COLUMN verified_at {timestamp}").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "ALTER TABLE adm_sessions DROP COLUMN verified_at").await?;
        run(m, "ALTER TABLE adm_users DROP COLUMN mfa_enabled").await?;
        for table in ["adm_one_time_tokens", "adm_recovery_codes", "adm_mfa", "adm_login_logs"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
