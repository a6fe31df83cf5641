use kernel::{Text, Timestamp};
use macros::record;
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
#[record(table = "adm_sessions", schema = "Session", columns = own)]
pub struct Model {
    /// ID | ID
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// 사용자 | User
    pub user_id: Uuid,
    /// 세션 구분 | Session type
    ///
    /// WEB, API or MOBILE.
    pub session_type: String,
    /// 접속 프로그램 | User agent
    pub user_agent: Option<String>,
    /// IP 주소 | IP address
    pub ip_address: Option<Text<45>>,
    /// 상태 | Status
    pub status: Status,
    /// 만료 일시 | Expires
    ///
    /// The hard end.
    pub expires_at: Timestamp,
    /// 마지막 활동 | Last activity
    pub last_activity_at: Timestamp,
    /// 2단계 인증 완료 | Second factor verified
    pub mfa_verified: bool,
    /// 종료 사유 | Ended reason
    pub ended_reason: Option<String>,
    /// 대리인 | Impersonator
    ///
    /// Whom of the provider's staff it is, acting as this user.
    pub impersonator_id: Option<Uuid>,
    /// 대리인 이름 | Impersonator name
    pub impersonator_name: Option<String>,
    /// 읽기 전용 | Read only
    pub is_read_only: bool,
    /// 등록 일시 | Created
    pub created_at: Timestamp,
}
