//! Running numbers: consecutive, without gap or double, because they are counted in the
//! transaction that uses them. The counter's row is a hot row: take the number last.

use crate::{Sql, Tx, new_id};
use kernel::{Error, Result, boxed};

impl Tx {
    /// The next number of a series of this company, from 1. `period` is the year of a document
    /// series, or empty for one that never starts again.
    #[boxed(?Send)]
    pub async fn next_number(&self, series: &str, period: &str) -> Result<i64> {
        let mut sql = Sql::default();
        self.count_up(&mut sql, series, period, 1, None)?;
        let row = self.raw_one(sql).await?.ok_or_else(|| Error::internal("no number"))?;
        row.try_get("", "last_no").map_err(Error::internal)
    }

    /// The last of `count` numbers in a row, for as many rows.
    #[boxed(?Send)]
    pub async fn last_of_next(&self, series: &str, count: i64) -> Result<i64> {
        let mut sql = Sql::default();
        self.count_up(&mut sql, series, "", count, None)?;
        let row = self.raw_one(sql).await?.ok_or_else(|| Error::internal("no number"))?;
        row.try_get("", "last_no").map_err(Error::internal)
    }

    /// Appends the statement that counts up and answers `last_no`. `after` is a part of the same statement (`WITH … AS`) of one row: what
    /// that locks is locked before the counter.
    pub fn count_up(&self, sql: &mut Sql, series: &str, period: &str, by: i64, after: Option<&str>) -> Result<()> {
        let tenant = self.tenant().ok_or_else(|| Error::internal("numbers are a company's"))?;
        sql.push("INSERT INTO adm_document_series (id, tenant_id, series, period, last_no, created_at) ");
        sql.push(if after.is_some() { "SELECT " } else { "VALUES (" });
        sql.bind(new_id())
            .push(", ")
            .bind(tenant)
            .push(", ")
            .bind(series)
            .push(", ")
            .bind(period)
            .push(", ")
            .bind(by)
            .push(", ")
            .bind(self.now());
        match after {
            Some(part) => sql.push(" FROM ").push(part),
            None => sql.push(")"),
        };
        sql.push(" ON CONFLICT (tenant_id, series, period) DO UPDATE SET last_no = adm_document_series.last_no + excluded.last_no RETURNING last_no");
        Ok(())
    }

    /// The next number of a document series in its plain form: `SO-2026-000123`. [`Tx::number_document`] asks the company what it wants.
    #[boxed(?Send)]
    pub async fn next_document_number(&self, prefix: &str, year: i32) -> Result<String> {
        let year = format!("{year:04}");
        Ok(document_number(prefix, &year, self.next_number(prefix, &year).await?))
    }
}

/// A document's number in its plain form: `SO-2026-000123`.
#[must_use]
pub fn document_number(prefix: &str, year: &str, no: i64) -> String {
    format!("{prefix}-{year}-{no:06}")
}
