use kernel::{CodeText, Day, Memo, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A department: a node in the tree of its organization.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "adm_departments")]
#[openapi(rename = "Department")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// Running number in the company.
    pub no: i64,
    pub organization_id: Uuid,
    /// Null: directly below the organization.
    pub parent_id: Option<Uuid>,
    pub code: CodeText<20>,
    pub name: Text<100>,
    /// The name folded for comparison; kept by the store.
    #[serde(skip)]
    pub name_key: Option<String>,
    pub description: Option<Memo>,
    pub manager_id: Option<Uuid>,
    pub sort_order: i32,
    pub valid_from: Day,
    /// The day from which it is no more; null: open.
    pub valid_to: Option<Day>,
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
