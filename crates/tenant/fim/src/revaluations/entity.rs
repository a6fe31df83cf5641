use kernel::{Day, Money, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::Rows;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// POSTED → REVERSED.
    pub RevaluationStatus ("RevaluationStatus") { Posted, Reversed }
}

/// What is open in other currencies, valued at the rates of a day.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_revaluations")]
#[openapi(rename = "Revaluation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// The day it is posted on.
    pub as_of: Day,
    /// The day after, on which all of it is reversed.
    pub returned_on: Day,
    /// 외화환산이익
    pub gain: Money,
    /// 외화환산손실
    pub loss: Money,
    pub status: RevaluationStatus,
    /// Why it was reversed.
    pub status_reason: Option<Text<500>>,
    /// The entry that posted it; null where no rate made a difference.
    pub je_id: Option<Uuid>,
    /// The entry of the day after.
    pub return_je_id: Option<Uuid>,
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub lines: Rows<super::line::Model>,
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
