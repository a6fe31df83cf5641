use kernel::{Day, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// Whether a month takes postings: all, those of one person for a while, or none.
    pub PeriodStatus ("PeriodStatus") { Open, SoftClosed, Closed }
}

/// A month of the ledger.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_periods")]
#[openapi(rename = "Period")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// `2026-03`.
    pub period: String,
    /// The year the fiscal year begins in.
    pub fiscal_year: String,
    pub start_date: Day,
    /// The last day, which belongs to it.
    pub end_date: Day,
    pub status: PeriodStatus,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<Uuid>,
    /// Who may still post into it while it is soft-closed, and until when.
    pub exception_user_id: Option<Uuid>,
    pub exception_until: Option<Timestamp>,
    pub exception_reason: Option<Text<500>>,
    #[serde(skip)]
    pub row_version: i64,
    pub created_at: Timestamp,
    pub created_by: Option<Uuid>,
    pub updated_at: Option<Timestamp>,
    pub updated_by: Option<Uuid>,
    #[serde(skip)]
    pub deleted_at: Option<Timestamp>,
    #[serde(skip)]
    pub deleted_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
