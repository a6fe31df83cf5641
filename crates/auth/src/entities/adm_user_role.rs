use kernel::{Text, Timestamp};
use macros::record;
use sea_orm::entity::prelude::*;

/// A role that one of the company's people holds besides their first one.
#[record(table = "adm_user_roles", schema = "UserRole", columns = own)]
pub struct Model {
    /// ID | ID
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// 사용자 | User
    pub user_id: Uuid,
    /// 역할 | Role
    pub role_id: Uuid,
    /// 부서 | Department
    ///
    /// With one the role counts in this department and below it only, and nowhere else.
    pub department_id: Option<Uuid>,
    /// 부여 일시 | Granted
    pub granted_at: Option<Timestamp>,
    /// 부여자 | Granted by
    pub granted_by: Option<Uuid>,
    /// 만료 일시 | Expires
    ///
    /// From then on it grants nothing; null: permanent.
    pub expires_at: Option<Timestamp>,
    /// 회수 일시 | Revoked
    pub revoked_at: Option<Timestamp>,
    /// 회수자 | Revoked by
    pub revoked_by: Option<Uuid>,
    /// 회수 사유 | Revoke reason
    pub revoke_reason: Option<Text<500>>,
    /// 사용 | Active
    ///
    /// False once revoked.
    pub is_active: bool,
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
