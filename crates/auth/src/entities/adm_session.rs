use kernel::{Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "SessionStatus")]
pub enum Status {
    Active,
    Expired,
    Revoked,
}

/// A sign-in of one of the company's people, or of the provider's staff as one of them.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "adm_sessions")]
#[openapi(rename = "Session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
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
    /// Whom of the provider's staff it is, acting as this user.
    pub impersonator_id: Option<Uuid>,
    pub impersonator_name: Option<String>,
    pub is_read_only: bool,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
