use kernel::{Email, Locale, Login, Phone, Text, Timestamp, Zone};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Operator, tenant's person, or service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserType {
    Master,
    Tenant,
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "PlatformUserStatus")]
pub enum Status {
    Active,
    Inactive,
    Locked,
    Suspended,
}

/// One of the provider's people.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "idam_users")]
#[openapi(rename = "PlatformUser")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_type: UserType,
    pub username: Login,
    pub email: Email,
    pub full_name: Text<100>,
    pub phone: Option<Phone>,
    #[serde(skip)]
    pub password_hash: Option<String>,
    pub mfa_enabled: bool,
    pub status: Status,
    pub last_login_at: Option<Timestamp>,
    pub last_login_ip: Option<String>,
    pub password_changed_at: Option<Timestamp>,
    pub force_password_change: bool,
    pub timezone: Zone,
    pub locale: Locale,
    pub department: Option<Text<100>>,
    pub position: Option<Text<100>>,
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
