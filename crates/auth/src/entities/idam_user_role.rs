use super::idam_role::Scope;
use kernel::Timestamp;
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "PlatformGrantStatus")]
pub enum Status {
    Active,
    Inactive,
    Expired,
}

/// A role that one of the provider's people holds.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "idam_user_roles")]
#[openapi(rename = "PlatformUserRole")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub role_id: Uuid,
    pub scope: Scope,
    /// Always null: a role of the provider's people counts everywhere.
    pub tenant_context: Option<Uuid>,
    pub granted_at: Option<Timestamp>,
    pub granted_by: Option<Uuid>,
    /// From then on it grants nothing; null: permanent.
    pub expires_at: Option<Timestamp>,
    pub status: Status,
    #[serde(skip)]
    pub row_version: i64,
    pub created_at: Timestamp,
    pub created_by: Option<Uuid>,
    pub updated_at: Option<Timestamp>,
    pub updated_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
