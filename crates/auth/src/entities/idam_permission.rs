use super::idam_role::{Scope, Status};
use kernel::{Memo, Text, Timestamp};
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
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "idam_permissions")]
#[openapi(rename = "PlatformPermission")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `idam.users.read`, or a pattern: `idam.users.*`, `idam.*`, `*`.
    pub code: Text<100>,
    pub name: Text<100>,
    pub description: Option<Memo>,
    /// The domain.
    pub category: Text<50>,
    pub resource: Text<50>,
    pub action: Action,
    pub scope: Scope,
    pub applies_to: AppliesTo,
    pub is_system: bool,
    pub is_hidden: bool,
    /// INACTIVE: the code does not know it (any more).
    pub status: Status,
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
