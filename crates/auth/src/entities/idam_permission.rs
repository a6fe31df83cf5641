use super::idam_role::{Scope, Status};
use kernel::{Memo, Text};
use macros::record;
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a permission lets one do. An action's own verb (suspend, rotate) is EXECUTE, a pattern is MANAGE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(50))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "PermissionAction")]
pub enum Action {
    Create,
    Read,
    Update,
    Delete,
    List,
    Manage,
    Execute,
}

/// Whom a permission may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "PermissionAppliesTo")]
pub enum AppliesTo {
    All,
    Master,
    Tenant,
    System,
}

/// A permission of the manager side, as the code knows it: a key or a pattern.
#[record(table = "idam_permissions", schema = "PlatformPermission", columns = provider)]
pub struct Model {
    /// 코드 | Code
    ///
    /// `idam.users.read`, or a pattern: `idam.users.*`, `idam.*`, `*`.
    pub code: Text<100>,
    /// 권한명 | Name
    pub name: Text<100>,
    /// 설명 | Description
    pub description: Option<Memo>,
    /// 분류 | Category
    ///
    /// The domain.
    pub category: Text<50>,
    /// 리소스 | Resource
    pub resource: Text<50>,
    /// 동작 | Action
    pub action: Action,
    /// 범위 | Scope
    pub scope: Scope,
    /// 적용 대상 | Applies to
    pub applies_to: AppliesTo,
    /// 시스템 기본 | Built in
    pub is_system: bool,
    /// 숨김 | Hidden
    pub is_hidden: bool,
    /// 상태 | Status
    ///
    /// INACTIVE: the code does not know it (any more).
    pub status: Status,
}
