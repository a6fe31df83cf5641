use super::adm_role::Grants;
use kernel::{CodeText, Memo, Text, Timestamp};
use sea_orm::entity::prelude::*;

/// A role of the provider's people. (`idam/roles` comes with the identity work.)
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idam_roles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: CodeText<100>,
    pub name: Text<100>,
    pub description: Option<Memo>,
    pub category: String,
    pub level: i32,
    pub scope: String,
    pub is_default: bool,
    pub priority: i32,
    pub permissions: Grants,
    pub is_system: bool,
    pub status: String,
    pub row_version: i64,
    pub created_at: Timestamp,
    pub created_by: Option<Uuid>,
    pub updated_at: Option<Timestamp>,
    pub updated_by: Option<Uuid>,
    pub deleted_at: Option<Timestamp>,
    pub deleted_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
