use super::adm_role::Grants;
use kernel::{CodeText, Memo, Text};
use macros::record;
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whom a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(50))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "PlatformRoleCategory")]
pub enum Category {
    ManagerAdmin,
    PlatformSupport,
    TenantAdmin,
    TenantUser,
}

/// Everywhere, or in one company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "PlatformRoleScope")]
pub enum Scope {
    Global,
    Tenant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "PlatformRoleStatus")]
pub enum Status {
    Active,
    Inactive,
}

/// A role of the provider's people: a set of rights with a name.
#[record(table = "idam_roles", schema = "PlatformRole", columns = provider)]
pub struct Model {
    /// 코드 | Code
    ///
    /// Never changes.
    pub code: CodeText<100>,
    /// 역할명 | Name
    pub name: Text<100>,
    /// 설명 | Description
    pub description: Option<Memo>,
    /// 분류 | Category
    pub category: Category,
    /// 등급 | Level
    ///
    /// 1-10 top, 11-50 platform, 51-100 tenant admin, above: user.
    pub level: i32,
    /// 범위 | Scope
    pub scope: Scope,
    /// 기본 역할 | Default role
    pub is_default: bool,
    /// 우선순위 | Priority
    ///
    /// Lower is stronger.
    pub priority: i32,
    /// 권한 | Permissions
    pub permissions: Grants,
    /// 시스템 기본 | Built in
    ///
    /// Built in: neither changed nor deleted.
    pub is_system: bool,
    /// 상태 | Status
    pub status: Status,
}
