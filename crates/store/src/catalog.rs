use crate::conn::Conn;
use kernel::boxed;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// One foreign key: `table.column` refers to `target.id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub table: String,
    pub column: String,
    pub target: String,
}

/// What the database itself says about its tables, read once at start: who refers to whom
/// (for "still referred to" and "refers to nothing") and which tables know soft deletion.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    columns: BTreeMap<String, BTreeSet<String>>,
    references: Vec<Reference>,
}

const POSTGRES_COLUMNS: &str = "SELECT c.relname::text AS t, a.attname::text AS c FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = current_schema()";
const SQLITE_COLUMNS: &str = "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";

const POSTGRES_REFERENCES: &str = "SELECT k.conrelid::regclass::text AS t, a.attname::text AS c, k.confrelid::regclass::text AS r \
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace \
    CROSS JOIN LATERAL unnest(k.conkey) AS col(num) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = col.num \
    WHERE k.contype = 'f' AND n.nspname = current_schema() ORDER BY 1, 2";
const SQLITE_REFERENCES: &str = "SELECT m.name AS t, f.\"from\" AS c, f.\"table\" AS r \
    FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1, 2";

impl Catalog {
    #[boxed(?Send)]
    pub(crate) async fn load(conn: &Conn) -> Result<Self, DbErr> {
        let (columns, references) = match conn.get_database_backend() {
            DbBackend::Sqlite => (SQLITE_COLUMNS, SQLITE_REFERENCES),
            _ => (POSTGRES_COLUMNS, POSTGRES_REFERENCES),
        };
        let mut catalog = Self::default();
        for row in conn.query_all_raw(Statement::from_string(conn.get_database_backend(), columns)).await? {
            catalog.columns.entry(row.try_get("", "t")?).or_default().insert(row.try_get("", "c")?);
        }
        for row in conn.query_all_raw(Statement::from_string(conn.get_database_backend(), references)).await? {
            let column: String = row.try_get("", "c")?;
            // every key of a company's table begins with the company; the other column is the reference
            if column != "tenant_id" || !catalog.has_column(&row.try_get::<String>("", "r")?, "tenant_id") {
                catalog.references.push(Reference { table: row.try_get("", "t")?, column, target: row.try_get("", "r")? });
            }
        }
        Ok(catalog)
    }

    #[must_use]
    pub fn has_column(&self, table: &str, column: &str) -> bool {
        self.columns.get(table).is_some_and(|columns| columns.contains(column))
    }

    /// Tables that have a column of this name.
    pub fn tables_with<'a>(&'a self, column: &'a str) -> impl Iterator<Item = &'a str> {
        self.columns.iter().filter(move |(_, columns)| columns.contains(column)).map(|(table, _)| table.as_str())
    }

    /// What refers to rows of `table`.
    pub fn referring_to<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a Reference> {
        self.references.iter().filter(move |reference| reference.target == table)
    }

    /// What rows of `table` refer to.
    pub fn referred_by<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a Reference> {
        self.references.iter().filter(move |reference| reference.table == table)
    }

    /// The table whose name a constraint's name begins with, the longest if several do.
    #[must_use]
    pub fn table_that_begins(&self, constraint: &str) -> Option<&str> {
        let fits = |table: &&String| constraint.strip_prefix(table.as_str()).is_some_and(|rest| rest.starts_with('_'));
        self.columns.keys().filter(fits).max_by_key(|table| table.len()).map(String::as_str)
    }
}
