use super::idam_role::Scope;
use kernel::Timestamp;
use macros::record;
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
#[record(table = "idam_user_roles", schema = "PlatformUserRole", columns = own)]
pub struct Model {
    /// ID | ID
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// 사용자 | User
    pub user_id: Uuid,
    /// 역할 | Role
    pub role_id: Uuid,
    /// 범위 | Scope
    pub scope: Scope,
    /// 고객사 | Company
    ///
    /// Always null: a role of the provider's people counts everywhere.
    pub tenant_context: Option<Uuid>,
    /// 부여 일시 | Granted
    pub granted_at: Option<Timestamp>,
    /// 부여자 | Granted by
    pub granted_by: Option<Uuid>,
    /// 만료 일시 | Expires
    ///
    /// From then on it grants nothing; null: permanent.
    pub expires_at: Option<Timestamp>,
    /// 상태 | Status
    pub status: Status,
    #[serde(skip)]
    pub row_version: i64,
    /// 등록 일시 | Created
    pub created_at: Timestamp,
    /// 등록자 | Created by
    pub created_by: Option<Uuid>,
    /// 수정 일시 | Changed
    pub updated_at: Option<Timestamp>,
    /// 수정자 | Changed by
    pub updated_by: Option<Uuid>,
}
