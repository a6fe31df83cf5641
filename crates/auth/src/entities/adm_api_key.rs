use super::adm_role::Grants;
use kernel::{Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

/// Addresses (`203.0.113.7`) and networks (`10.0.0.0/8`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Addresses(pub Vec<String>);

impl paperclip::v2::schema::Apiv2Schema for Addresses {
    fn raw_schema() -> paperclip::v2::models::DefaultSchemaRaw {
        kernel::schema::with_keywords(
            paperclip::v2::models::DataType::Array,
            &serde_json::json!({"items": {"type": "string", "maxLength": 50}, "maxItems": 100}),
            serde_json::json!(["203.0.113.7", "10.0.0.0/8"]),
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "ApiKeyStatus")]
pub enum Status {
    Active,
    Inactive,
    /// For good.
    Revoked,
}

/// A key with which a program acts as its owner. The secret is shown once and kept as a hash.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "adm_api_keys")]
#[openapi(rename = "ApiKey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
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
