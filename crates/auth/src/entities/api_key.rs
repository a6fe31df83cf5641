//! API keys of both realms: their tables differ by the company only.

use super::adm_role::Grants;
use kernel::{Text, Timestamp};
use macros::record;
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

macro_rules! api_key {
    ($entity:ident: $table:tt, $schema:tt, $columns:ident) => {
        /// The entity of one of the realms.
        pub mod $entity {
            use super::*;

            /// A key with which a program acts as its owner. The secret is shown once and kept as a hash.
            #[record(table = $table, schema = $schema, columns = $columns)]
            pub struct Model {
                /// 키 식별자 | Key ID
                ///
                /// The middle of `cxg_<key_id>_<secret>`.
                pub key_id: String,
                /// 키 이름 | Key name
                pub key_name: Text<100>,
                /// 사용자 | User
                ///
                /// The owner: the key may at most what they may.
                pub user_id: Uuid,
                /// 서비스 계정 | Service account
                pub service_account: Option<Text<100>>,
                /// 허용 권한 | Scopes
                ///
                /// What of the owner's rights the key has; null: all.
                pub scopes: Option<Grants>,
                /// 허용 IP | Allowed addresses
                ///
                /// Addresses and networks it may be used from; null or empty: any.
                pub allowed_ips: Option<Addresses>,
                /// 분당 호출 한도 | Rate limit per minute
                pub rate_limit_per_minute: i32,
                /// 시간당 호출 한도 | Rate limit per hour
                pub rate_limit_per_hour: i32,
                /// 하루 호출 한도 | Rate limit per day
                pub rate_limit_per_day: i32,
                /// 상태 | Status
                pub status: Status,
                /// 만료 일시 | Expires
                pub expires_at: Option<Timestamp>,
                /// 마지막 사용 | Last used
                pub last_used_at: Option<Timestamp>,
                /// 마지막 사용 IP | Last used IP
                pub last_used_ip: Option<String>,
                /// 사용 횟수 | Usage count
                pub usage_count: i64,
                #[serde(skip)]
                pub secret_hash: Vec<u8>,
                /// After a rotation the old secret is good until then.
                #[serde(skip)]
                pub previous_hash: Option<Vec<u8>>,
                /// 이전 키 유효 기한 | Previous until
                pub previous_until: Option<Timestamp>,
            }
        }
    };
}

api_key!(idam_api_key: "idam_api_keys", "PlatformApiKey", provider);
api_key!(adm_api_key: "adm_api_keys", "ApiKey", company);
