use kernel::Timestamp;
use macros::record;
use sea_orm::entity::prelude::*;

/// A permission that a role holds.
#[record(table = "idam_role_permissions", schema = "PlatformRolePermission", columns = own)]
pub struct Model {
    /// ID | ID
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// 역할 | Role
    pub role_id: Uuid,
    /// 권한 | Permission
    pub permission_id: Uuid,
    /// 부여 일시 | Granted
    pub granted_at: Timestamp,
    /// 부여자 | Granted by
    pub granted_by: Option<Uuid>,
    #[serde(skip)]
    pub row_version: i64,
    /// 등록 일시 | Created
    pub created_at: Timestamp,
    /// 등록자 | Created by
    pub created_by: Option<Uuid>,
}
