use kernel::{Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "PlatformSessionStatus")]
pub enum Status {
    Active,
    Expired,
    Revoked,
}

/// A sign-in of one of the provider's people.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "idam_sessions")]
#[openapi(rename = "PlatformSession")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,

    pub user_id: Uuid,
    /// WEB, API or MOBILE.
    pub session_type: String,
    pub user_agent: Option<String>,
    pub ip_address: Option<Text<45>>,
    pub status: Status,
    /// The hard end.
    pub expires_at: Timestamp,
    pub last_activity_at: Timestamp,
    pub mfa_verified: bool,
    pub ended_reason: Option<String>,

    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
