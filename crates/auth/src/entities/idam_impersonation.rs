use kernel::{Text, Timestamp};
use macros::record;
use sea_orm::entity::prelude::*;

/// One of the provider's staff acted as one of a company's people.
#[record(table = "idam_impersonations", schema = "Impersonation", columns = provider)]
pub struct Model {
    /// 담당 직원 | Staff
    pub staff_id: Uuid,
    /// 담당 직원 이름 | Staff name
    pub staff_name: String,
    /// 고객사 | Company
    pub tenant_id: Uuid,
    /// 대리 대상 사용자 | User acted as
    ///
    /// The company's user.
    pub user_id: Uuid,
    /// 아이디 | User name
    pub username: String,
    /// 동의 | Consent
    ///
    /// The consent of the company it rests on.
    pub consent_id: Uuid,
    /// 세션 | Session
    pub session_id: Uuid,
    /// 사유 | Reason
    pub reason: Text<500>,
    /// 변경 허용 | Allow write
    pub allow_write: bool,
    /// 만료 일시 | Expires
    pub expires_at: Timestamp,
    /// 종료 일시 | Ended
    pub ended_at: Option<Timestamp>,
    /// 종료한 사람 | Ended by
    pub ended_by: Option<Uuid>,
}
