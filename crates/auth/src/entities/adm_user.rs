use kernel::{Email, Locale, Login, Phone, Text, Timestamp, Zone};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "UserStatus")]
pub enum Status {
    Active,
    /// Has not set a password yet.
    Invited,
    Inactive,
}

/// One of a company's people.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "adm_users")]
#[openapi(rename = "User")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// Running number in the company.
    pub no: i64,
    pub username: Login,
    pub email: Email,
    pub full_name: Text<100>,
    pub phone: Option<Phone>,
    #[serde(skip)]
    pub password_hash: Option<String>,
    /// The role everybody has first; further ones are user-roles.
    pub role_id: Option<Uuid>,
    pub organization_id: Option<Uuid>,
    pub department_id: Option<Uuid>,
    pub position: Option<Text<100>>,
    pub job_title: Option<Text<100>>,
    pub is_system_user: bool,
    /// Signs in with a second factor.
    pub mfa_enabled: bool,
    pub locale: Locale,
    pub timezone: Zone,
    pub status: Status,
    pub last_login_at: Option<Timestamp>,
    pub last_login_ip: Option<String>,
    pub password_changed_at: Option<Timestamp>,
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
