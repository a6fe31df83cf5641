//! Business codes for rows that are sent without one.

use crate::{Spec, references::push_live_of};
use kernel::{Error, Result, boxed};
use store::{Columns, Sql, Tx};

/// A code for a row that was sent without.
#[boxed(?Send)]
pub(crate) async fn number(spec: &Spec, tx: &Tx, values: &mut Columns) -> Result<()> {
    match spec.numbered {
        Some((column, _)) if !values.iter().any(|(name, _)| *name == column) => number_all(spec, tx, vec![values]).await,
        _ => Ok(()),
    }
}

/// Codes for rows that came without: the next numbers that no live row has as its code.
#[boxed(?Send)]
pub(crate) async fn number_all(spec: &Spec, tx: &Tx, rows: Vec<&mut Columns>) -> Result<()> {
    let Some((column, prefix)) = spec.numbered else { return Ok(()) };
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let count = i64::try_from(rows.len()).map_err(Error::internal)?;
        let last = tx.last_of_next(&format!("{}.{column}", spec.table), count).await?;
        let codes: Vec<String> = (last - count + 1..=last).map(|no| format!("{prefix}{no:06}")).collect();
        let mut sql = Sql::new("SELECT ");
        sql.push(column).push(" AS code FROM ").push(&spec.table).push(" WHERE ").push(column).push(" IN (");
        sql.bind_all(codes.iter().map(|code| code.as_str().into())).push(")");
        push_live_of(&mut sql, tx, &spec.table);
        let mut taken = Vec::new();
        for row in tx.raw_all(sql).await? {
            taken.push(row.try_get::<String>("", "code").map_err(Error::internal)?);
        }
        for (code, values) in codes.into_iter().filter(|code| !taken.contains(code)).zip(&mut rows) {
            values.push((column, code.into()));
        }
    }
    Ok(())
}
