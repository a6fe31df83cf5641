use kernel::{Day, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A post of one of the company's people in a department.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "adm_user_posts")]
#[openapi(rename = "UserPost")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub user_id: Uuid,
    pub department_id: Uuid,
    pub position: Option<Text<50>>,
    /// Its department is that of the user.
    pub is_primary: bool,
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
