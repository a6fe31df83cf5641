//! What the provider's first page says of the companies.

use kernel::Result;
use paperclip::actix::Apiv2Schema;
use sea_orm::{ColumnTrait, FromQueryResult, Iterable as _, QuerySelect, sea_query::ExprTrait};
use serde::Serialize;
use store::Scope;
use tenancy::tenant::{Column, Entity, Status};

/// How many companies are in a state.
#[derive(Debug, FromQueryResult, Serialize, Apiv2Schema)]
pub struct HomeCompanies {
    /// 상태 | Status
    pub status: Status,
    /// 건수 | Count
    pub count: i64,
}

/// Companies by state: every state, those without a company too.
///
/// # Errors
/// Where the database cannot be read.
pub async fn companies(scope: &Scope) -> Result<Vec<HomeCompanies>> {
    let found: Vec<HomeCompanies> = scope
        .find::<Entity>()
        .select_only()
        .column(Column::Status)
        .column_as(Column::Id.count().cast_as("bigint"), "count")
        .group_by(Column::Status)
        .all_as()
        .await?;
    let count = |status| found.iter().filter(|row| row.status == status).map(|row| row.count).sum();
    Ok(Status::iter().map(|status| HomeCompanies { status, count: count(status) }).collect())
}
