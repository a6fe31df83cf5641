//! User names and e-mail addresses of one company, or of the provider, are one name space.

use sea_orm_migration::prelude::*;
use store::migrate::{folded_unique, is_postgres, run};

pub fn manager() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Idam)]
}

pub fn tenant() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Adm)]
}

struct Idam;

impl MigrationName for Idam {
    fn name(&self) -> &'static str {
        "m20261130_020004_idam_names"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Idam {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        guard(m, "idam_users", false).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        unguard(m, "idam_users").await
    }
}

struct Adm;

impl MigrationName for Adm {
    fn name(&self) -> &'static str {
        "m20261130_020005_adm_names"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Adm {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        guard(m, "adm_users", true).await?;
        if is_postgres(m) {
            // a folded text may be longer than the text
            run(m, "ALTER TABLE adm_roles ALTER COLUMN name_key TYPE text").await?;
        }
        folded_unique(m, "adm_roles", "name", &[], "deleted_at IS NULL").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        unguard(m, "adm_users").await
    }
}

/// Each of the two names, and the one of the others that it may not be.
const NAMES: [(&str, &str); 2] = [("username", "email"), ("email", "username")];

/// Refuses a user name that is the address of another, and the other way round, in the words of a unique index. (Of somebody whose user name
/// is the address the indexes themselves say it, and name the field that was sent.) On PostgreSQL those who
/// take one name at once wait for each other; SQLite has one writer. What is there already stays: nobody is locked out by an upgrade.
async fn guard(m: &SchemaManager<'_>, table: &str, is_company: bool) -> Result<(), DbErr> {
    let (company, place) =
        if is_company { ("u.tenant_id = NEW.tenant_id AND ", format!("{table}.tenant_id, ")) } else { ("", String::new()) };
    let taken = |mine: &str, theirs: &str| {
        format!(
            "EXISTS (SELECT 1 FROM {table} u WHERE {company}u.deleted_at IS NULL AND u.id <> NEW.id AND u.{theirs} = NEW.{mine} AND u.username <> u.email AND NEW.username <> NEW.email)"
        )
    };
    if !is_postgres(m) {
        let refuse = NAMES.map(|(mine, theirs)| {
            format!("SELECT RAISE(ABORT, 'UNIQUE constraint failed: {place}{table}.{mine}') WHERE {};", taken(mine, theirs))
        });
        let refuse = refuse.concat();
        return run(
            m,
            &format!(
                "CREATE TRIGGER {table}_names_insert BEFORE INSERT ON {table} FOR EACH ROW WHEN NEW.deleted_at IS NULL BEGIN {refuse} END; \
                 CREATE TRIGGER {table}_names_update BEFORE UPDATE OF username, email, deleted_at ON {table} FOR EACH ROW \
                 WHEN NEW.deleted_at IS NULL BEGIN {refuse} END;"
            ),
        )
        .await;
    }
    let refuse = NAMES.map(|(mine, theirs)| {
        format!(
            "IF {} THEN RAISE unique_violation USING MESSAGE = 'a sign-in name of another', TABLE = '{table}', CONSTRAINT = '{table}_{mine}_key'; END IF; ",
            taken(mine, theirs)
        )
    });
    let tenant = if is_company { "NEW.tenant_id::text" } else { "''" };
    let wait = |first: &str| {
        format!("PERFORM pg_advisory_xact_lock(hashtextextended('{table} ' || {tenant} || ' ' || {first}(NEW.username, NEW.email), 0)); ")
    };
    run(
        m,
        &format!(
            "CREATE FUNCTION {table}_names() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN \
               {first}{second}{refuse}RETURN NEW; \
             END $guard$; \
             CREATE TRIGGER {table}_names_insert BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.deleted_at IS NULL) \
               EXECUTE FUNCTION {table}_names(); \
             CREATE TRIGGER {table}_names_update BEFORE UPDATE OF username, email, deleted_at ON {table} FOR EACH ROW \
               WHEN (NEW.deleted_at IS NULL) EXECUTE FUNCTION {table}_names();",
            first = wait("LEAST"),
            second = wait("GREATEST"),
            refuse = refuse.concat(),
        ),
    )
    .await
}

async fn unguard(m: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    if is_postgres(m) {
        return run(
            m,
            &format!(
                "DROP TRIGGER {table}_names_insert ON {table}; DROP TRIGGER {table}_names_update ON {table}; DROP FUNCTION {table}_names;"
            ),
        )
        .await;
    }
    run(m, &format!("DROP TRIGGER {table}_names_insert; DROP TRIGGER {table}_names_update;")).await
}
