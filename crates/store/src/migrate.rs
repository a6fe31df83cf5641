//! Writing migrations: SQL that both databases read, the columns every table shares, and the
//! locks of PostgreSQL.
//!
//! Types that differ are written in braces: `{uuid}`, `{timestamp}`, `{date}`, `{json}`,
//! `{bytes}`. In SQLite each of them has an affinity that leaves the stored value alone.

use kernel::boxed;
use sea_orm_migration::prelude::*;

/// The role that serves: neither owner nor superuser, without login of its own.
pub const APP_ROLE: &str = "cxg_app";

/// What a company's rows look like to the role that serves.
const COMPANY_POLICY: &str = "tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)";

/// Whether rows of a table are deleted by marking them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Business rows: version, who and when, marked when deleted.
    Kept,
    /// Technical rows, really deleted: only `id`, the company and `created_at` are added.
    Plain,
    /// Never changed and never deleted: the role that serves may only read and insert.
    AppendOnly,
}

/// Runs SQL with the types in braces filled in.
#[boxed]
pub async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let types: [(&str, &str); 5] = if is_postgres(manager) {
        [("{uuid}", "uuid"), ("{timestamp}", "timestamptz"), ("{date}", "date"), ("{json}", "jsonb"), ("{bytes}", "bytea")]
    } else {
        [
            ("{uuid}", "uuid_text"),
            ("{timestamp}", "timestamp_with_timezone_text"),
            ("{date}", "date_text"),
            ("{json}", "json_text"),
            ("{bytes}", "blob"),
        ]
    };
    let sql = types.iter().fold(sql.to_owned(), |sql, (name, value)| sql.replace(name, value));
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}

pub fn is_postgres(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == sea_orm::DbBackend::Postgres
}

/// A table of companies' rows (`tnnt_db`): key `(tenant_id, id)`, row-level security.
/// `body` has its own columns and constraints; each FOREIGN KEY and UNIQUE begins with `tenant_id`.
#[boxed]
pub async fn company_table(manager: &SchemaManager<'_>, name: &str, rows: Rows, body: &str) -> Result<(), DbErr> {
    table(manager, name, rows, "tenant_id {uuid} NOT NULL, ", "tenant_id, ", body).await?;
    if is_postgres(manager) {
        run(manager, &format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY; CREATE POLICY company ON {name} USING ({COMPANY_POLICY});"))
            .await?;
    }
    Ok(())
}

/// SQLite changes no constraint of a table: a company's table of kept rows is made anew with another `body`, and the rows of `columns` come
/// over. Its own indexes (`indexes`, without the table's name) are gone and have to be made again. No other table may refer to it.
#[boxed]
pub async fn company_table_anew(manager: &SchemaManager<'_>, name: &str, indexes: &[&str], columns: &str, body: &str) -> Result<(), DbErr> {
    const STANDARD: &str = "id, tenant_id, row_version, created_at, created_by, updated_at, updated_by, deleted_at, deleted_by";
    run(manager, &format!("ALTER TABLE {name} RENAME TO {name}_before")).await?;
    for index in ["live_idx"].iter().chain(indexes) {
        run(manager, &format!("DROP INDEX {name}_{index}")).await?;
    }
    company_table(manager, name, Rows::Kept, body).await?;
    run(manager, &format!("INSERT INTO {name} ({STANDARD}, {columns}) SELECT {STANDARD}, {columns} FROM {name}_before")).await?;
    run(manager, &format!("DROP TABLE {name}_before")).await
}

/// A table of the provider (`mgmt_db`): key `id`.
#[boxed]
pub async fn platform_table(manager: &SchemaManager<'_>, name: &str, rows: Rows, body: &str) -> Result<(), DbErr> {
    table(manager, name, rows, "", "", body).await
}

async fn table(manager: &SchemaManager<'_>, name: &str, rows: Rows, company: &str, key: &str, body: &str) -> Result<(), DbErr> {
    let standard = match rows {
        Rows::Kept => {
            "row_version bigint NOT NULL DEFAULT 1, created_at {timestamp} NOT NULL, created_by {uuid}, \
             updated_at {timestamp}, updated_by {uuid}, deleted_at {timestamp}, deleted_by {uuid}"
        }
        Rows::Plain | Rows::AppendOnly => "created_at {timestamp} NOT NULL",
    };
    // columns stand before constraints, as both databases want it
    let split = body.find("CONSTRAINT ").unwrap_or(body.len());
    let (columns, constraints) = body.split_at(split);
    let columns = columns.trim().trim_end_matches(',');
    let constraints = if constraints.is_empty() { String::new() } else { format!(", {constraints}") };
    run(
        manager,
        &format!("CREATE TABLE {name} (id {{uuid}} NOT NULL, {company}{columns}, {standard}, PRIMARY KEY ({key}id){constraints})"),
    )
    .await?;
    if rows == Rows::Kept {
        // only live rows: counting them is twelve times cheaper than with a plain index. SQLite
        // looks every row up to see that it is live, unless the index says it again.
        let covering = if is_postgres(manager) { "" } else { ", deleted_at" };
        let columns = format!("{key}created_at DESC, id DESC{covering}");
        run(manager, &format!("CREATE INDEX {name}_live_idx ON {name} ({columns}) WHERE deleted_at IS NULL")).await?;
    }
    if is_postgres(manager) {
        let rights = if rows == Rows::AppendOnly { "SELECT, INSERT" } else { "SELECT, INSERT, UPDATE, DELETE" };
        run(manager, &format!("GRANT {rights} ON {name} TO {APP_ROLE}")).await?;
    }
    Ok(())
}

/// A unique index over live rows; `columns` may be expressions (`lower(name)`), `label` is the
/// field that an error names. Named `<table>_<label>_key`.
#[boxed]
pub async fn live_unique(manager: &SchemaManager<'_>, table: &str, label: &str, columns: &str) -> Result<(), DbErr> {
    run(manager, &format!("CREATE UNIQUE INDEX {table}_{label}_key ON {table} ({columns}) WHERE deleted_at IS NULL")).await
}

/// Names of the migrations that a database has; none where the table they are noted in is missing.
pub async fn taken(connection: &impl sea_orm::ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let backend = connection.get_database_backend();
    let exists = match backend {
        sea_orm::DbBackend::Postgres => {
            "SELECT 1 AS one FROM pg_tables WHERE tablename = 'seaql_migrations' AND schemaname = current_schema()"
        }
        _ => "SELECT 1 AS one FROM sqlite_master WHERE name = 'seaql_migrations'",
    };
    if connection.query_one_raw(sea_orm::Statement::from_string(backend, exists)).await?.is_none() {
        return Ok(Vec::new());
    }
    let rows = connection.query_all_raw(sea_orm::Statement::from_string(backend, "SELECT version FROM seaql_migrations")).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

/// Makes `<column>_key` unique: it is filled for the rows that are there as [`crate::folded_key`] fills it from now on, and the index
/// `<table>_<column>_key` is made over it. `with` names the columns that stand beside `tenant_id` and the key, `among` the rows that count.
/// Where some of those have one key in several spellings, the first keeps it and the others get their id behind it: they stay, and no
/// further one is taken.
#[boxed]
pub async fn folded_unique(m: &SchemaManager<'_>, table: &str, column: &str, with: &[&str], among: &str) -> Result<(), DbErr> {
    use sea_orm::{ConnectionTrait, Statement};
    let (db, backend) = (m.get_connection(), m.get_database_backend());
    run(m, &format!("DROP INDEX IF EXISTS {table}_{column}_key; UPDATE {table} SET {column}_key = lower({column})")).await?;
    let there = format!("SELECT tenant_id, id, {column} AS text, {column}_key AS made FROM {table} WHERE {column} IS NOT NULL");
    for row in db.query_all_raw(Statement::from_string(backend, there)).await? {
        let (text, made): (String, String) = (row.try_get("", "text")?, row.try_get("", "made")?);
        let key = crate::folded_key(column, &text);
        if key != made {
            // by the table's own key: no index is over the text
            let (tenant, id): (kernel::Id, kernel::Id) = (row.try_get("", "tenant_id")?, row.try_get("", "id")?);
            let sql = format!("UPDATE {table} SET {column}_key = $1 WHERE tenant_id = $2 AND id = $3");
            db.execute_raw(Statement::from_sql_and_values(backend, sql, [key.into(), tenant.into(), id.into()])).await?;
        }
    }
    let id = if is_postgres(m) { "CAST(id AS text)" } else { "hex(id)" };
    let same: String = with.iter().map(|c| format!(" AND o.{c} IS NOT DISTINCT FROM {table}.{c}")).collect();
    run(
        m,
        &format!(
            "CREATE INDEX {table}_folding ON {table} (tenant_id, {column}_key); \
             UPDATE {table} SET {column}_key = {column}_key || ' #' || {id} WHERE {column} IS NOT NULL AND {among} AND EXISTS \
               (SELECT 1 FROM (SELECT * FROM {table} WHERE {among}) o WHERE o.tenant_id = {table}.tenant_id \
                AND o.{column}_key = {table}.{column}_key{same} AND (o.created_at, o.id) < ({table}.created_at, {table}.id)); \
             DROP INDEX {table}_folding;"
        ),
    )
    .await?;
    let columns = ["tenant_id"].iter().chain(with).copied().collect::<Vec<_>>().join(", ");
    run(m, &format!("CREATE UNIQUE INDEX {table}_{column}_key ON {table} ({columns}, {column}_key) WHERE {among}")).await
}

/// Makes the role that serves, before the first migration; it is shared by all databases of a server.
#[boxed]
pub async fn ensure_app_role(connection: &sea_orm::DatabaseConnection) -> Result<(), String> {
    use sea_orm::ConnectionTrait;
    let make = format!(
        "DO $$ BEGIN \
           IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN CREATE ROLE {APP_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF; \
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$; \
         DO $$ BEGIN EXECUTE 'GRANT {APP_ROLE} TO ' || quote_ident(current_user); \
           EXCEPTION WHEN insufficient_privilege THEN IF NOT pg_has_role(current_user, '{APP_ROLE}', 'MEMBER') THEN RAISE; END IF; END $$;"
    );
    connection.execute_unprepared(&make).await.map_err(|cause| {
        format!(
            "the role {APP_ROLE} cannot be made by this login ({cause}).\nRun this once as a superuser, then try again:\n  \
             CREATE ROLE {APP_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;\n  GRANT {APP_ROLE} TO <the login of the database URL>;"
        )
    })?;
    Ok(())
}
