use kernel::{Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A role that one of the company's people holds besides their first one.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "adm_user_roles")]
#[openapi(rename = "UserRole")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub user_id: Uuid,
    pub role_id: Uuid,
    /// With one the role counts in this department and below it only, and nowhere else.
    pub department_id: Option<Uuid>,
    pub granted_at: Option<Timestamp>,
    pub granted_by: Option<Uuid>,
    /// From then on it grants nothing; null: permanent.
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub revoked_by: Option<Uuid>,
    pub revoke_reason: Option<Text<500>>,
    /// False once revoked.
    pub is_active: bool,
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
