use kernel::{Text, Timestamp};
use macros::record;
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "SupportConsentStatus")]
pub enum Status {
    Active,
    Revoked,
}

/// The company lets the provider's staff act as one of its people, until a moment.
#[record(table = "adm_support_consents", schema = "SupportConsent")]
pub struct Model {
    /// 사유 | Reason
    pub reason: Text<500>,
    /// 사용자 | User
    ///
    /// Only as this person; null: as any user with no more rights than the user who consented.
    pub user_id: Option<Uuid>,
    /// 변경 허용 | Allow write
    ///
    /// Whether they may change things too.
    pub allow_write: bool,
    /// 만료 일시 | Expires
    pub expires_at: Timestamp,
    /// 상태 | Status
    pub status: Status,
    /// 회수 일시 | Revoked
    pub revoked_at: Option<Timestamp>,
    /// 회수자 | Revoked by
    pub revoked_by: Option<Uuid>,
    /// 회수 사유 | Revoke reason
    pub revoke_reason: Option<Text<500>>,
}
