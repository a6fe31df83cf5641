use super::adm_api_key::{Addresses, Status};
use super::adm_role::Grants;
use kernel::{Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A key with which a program acts as its owner. The secret is shown once and kept as a hash.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "idam_api_keys")]
#[openapi(rename = "PlatformApiKey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,

    /// The middle of `cxg_<key_id>_<secret>`.
    pub key_id: String,
    pub key_name: Text<100>,
    /// The owner: the key may at most what they may.
    pub user_id: Uuid,
    pub service_account: Option<Text<100>>,
    /// What of the owner's rights the key has; null: all.
    pub scopes: Option<Grants>,
    /// Addresses and networks it may be used from; null or empty: any.
    pub allowed_ips: Option<Addresses>,
    pub rate_limit_per_minute: i32,
    pub rate_limit_per_hour: i32,
    pub rate_limit_per_day: i32,
    pub status: Status,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub last_used_ip: Option<String>,
    pub usage_count: i64,
    #[serde(skip)]
    pub secret_hash: Vec<u8>,
    /// After a rotation the old secret is good until then.
    #[serde(skip)]
    pub previous_hash: Option<Vec<u8>>,
    pub previous_until: Option<Timestamp>,
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
