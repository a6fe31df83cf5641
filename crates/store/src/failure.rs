//! From what a database says to what a caller can use: the one place where named
//! constraints become sentences.

use crate::{Catalog, checks::words_of_check, rules};
use kernel::{Error, FieldError, Message};
use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, error::DatabaseError},
};

/// Turns a database error into the error type. Constraints are named
/// `<table>_<columns>_{key,fkey,check}`, which gives the fields.
pub(crate) fn explain(error: DbErr, catalog: &Catalog) -> Error {
    match &error {
        DbErr::Query(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Conn(RuntimeErr::SqlxError(cause)) => match &**cause {
            sqlx::Error::Database(cause) => constraint(&**cause, catalog),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => Error::transient(cause),
            other => Error::internal(other),
        },
        other => Error::internal(other),
    }
}

/// Whether the database itself said no, as against a connection that broke.
pub(crate) fn answered(error: &DbErr) -> bool {
    matches!(error, DbErr::Query(RuntimeErr::SqlxError(cause)) if matches!(**cause, sqlx::Error::Database(_)))
}

fn constraint(cause: &dyn DatabaseError, catalog: &Catalog) -> Error {
    let code = cause.code().unwrap_or_default();
    match &*code {
        // PostgreSQL · SQLite (extended result codes)
        // 1811: a trigger, which may refuse in the words of a unique index or of a CHECK
        "23505" | "2067" | "1555" | "1811" if code != "1811" || cause.message().contains("UNIQUE constraint failed: ") => {
            let fields = fields_of(cause, catalog);
            rules::UNIQUE.filled(&[("field", &fields)]).with("field", fields)
        }
        "23514" | "275" | "1811" if code != "1811" || cause.to_string().contains("CHECK constraint failed: ") => {
            let fields = fields_of(cause, catalog);
            let name = constraint_name(cause);
            let (rule, words) = words_of_check(&name);
            Error::invalid(vec![FieldError::new(fields, rule, words)]).because(name)
        }
        "23503" | "787" => rules::REFERENCE.error(),
        "23502" | "1299" => {
            Error::invalid(vec![FieldError::new(fields_of(cause, catalog), "required", Message::new("필수 항목입니다.", "is required"))])
        }
        "22001" => Error::invalid(vec![FieldError::new("", "max_length", Message::new("값이 너무 깁니다.", "is too long"))]),
        "22003" => Error::invalid(vec![FieldError::new("", "range", Message::new("값이 너무 큽니다.", "is too large"))]),
        // serialisation failure, deadlock · busy, busy snapshot, locked
        "40001" | "40P01" | "5" | "261" | "517" | "6" => Error::transient(cause),
        // lock timeout
        "55P03" => rules::BUSY.error(),
        // the server goes away, comes up, or has no slot left
        "57P01" | "57P02" | "57P03" | "53300" => Error::transient(cause),
        // a statement that took too long, a transaction that did nothing for too long
        "57014" | "25P03" => Error::unavailable(cause),
        // a full disk, an I/O error, a file that cannot be opened or was made read-only
        "53100" | "13" | "10" | "14" | "8" | "1032" => Error::unavailable(cause),
        _ => Error::internal(format!("{} ({code})", cause.message())),
    }
}

/// PostgreSQL names the constraint; SQLite writes `UNIQUE constraint failed: index 't_a_key'`,
/// `… failed: t.a, t.b` or `CHECK constraint failed: t_a_check`.
fn constraint_name(cause: &dyn DatabaseError) -> String {
    if let Some(name) = cause.constraint() {
        return name.to_owned();
    }
    let text = cause.message();
    text.rsplit_once(": ").map_or(text, |(_, tail)| tail).trim_start_matches("index ").trim_matches('\'').to_owned()
}

fn fields_of(cause: &dyn DatabaseError, catalog: &Catalog) -> String {
    let name = constraint_name(cause);
    // SQLite's list of columns
    if name.contains('.') {
        let columns = name.split(", ").filter_map(|column| column.split_once('.')).filter(|(_, column)| *column != "tenant_id");
        // the folded shadow of a column is that column to the caller
        let columns =
            columns.map(|(table, column)| column.strip_suffix("_key").filter(|plain| catalog.has_column(table, plain)).unwrap_or(column));
        return columns.collect::<Vec<_>>().join(", ");
    }
    let table = cause.table().or_else(|| catalog.table_that_begins(&name)).unwrap_or_default();
    let bare = name.strip_prefix(table).unwrap_or(&name).trim_start_matches('_');
    bare.trim_end_matches("_key").trim_end_matches("_check").to_owned()
}
