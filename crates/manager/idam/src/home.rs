//! What the provider's first page says of sign-ins.

use auth::entities::idam_login_log::{AttemptType, Column, Entity};
use kernel::{Result, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QuerySelect, sea_query::ExprTrait};
use serde::Serialize;
use store::Scope;

/// Sign-ins of the provider's people, and attempts to sign in as nobody there is.
#[derive(Debug, PartialEq, Eq, Serialize, Apiv2Schema)]
pub struct HomeSignIns {
    /// 시작 일시 | Since
    pub since: Timestamp,
    /// 성공 건수 | Succeeded
    pub succeeded: i64,
    /// 실패 건수 | Failed
    pub failed: i64,
}

#[derive(FromQueryResult)]
struct Attempts {
    success: bool,
    count: i64,
}

/// Attempts to sign in since a moment.
///
/// # Errors
/// Where the database cannot be read.
pub async fn sign_ins(scope: &Scope, since: Timestamp) -> Result<HomeSignIns> {
    let attempts: Vec<Attempts> = scope
        .find::<Entity>()
        .filter(Column::CreatedAt.gte(since))
        .filter(Column::AttemptType.is_in([AttemptType::Login, AttemptType::FailedLogin, AttemptType::Locked]))
        .select_only()
        .column(Column::Success)
        .column_as(Column::Id.count().cast_as("bigint"), "count")
        .group_by(Column::Success)
        .all_as()
        .await?;
    let count = |success: bool| attempts.iter().filter(|row| row.success == success).map(|row| row.count).sum();
    Ok(HomeSignIns { since, succeeded: count(true), failed: count(false) })
}
