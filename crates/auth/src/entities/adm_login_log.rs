use super::idam_login_log::AttemptType;
use kernel::Timestamp;
use macros::record;
use sea_orm::entity::prelude::*;

/// One attempt of a company's people to sign in, or the end of a session. Never changed.
#[record(table = "adm_login_logs", schema = "LoginLog", columns = own)]
pub struct Model {
    /// ID | ID
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// 사용자 | User
    ///
    /// None where nobody has the name.
    pub user_id: Option<Uuid>,
    /// 아이디 | User name
    ///
    /// As it was typed, or the account's own.
    pub username: Option<String>,
    /// 시도 구분 | Attempt type
    pub attempt_type: AttemptType,
    /// 성공 | Success
    pub success: bool,
    /// 실패 사유 | Failure reason
    ///
    /// USER_NOT_FOUND, INVALID_PASSWORD, INACTIVE_ACCOUNT, ACCOUNT_LOCKED, INVALID_CODE …
    pub failure_reason: Option<String>,
    /// 세션 | Session
    pub session_id: Option<Uuid>,
    /// IP 주소 | IP address
    pub ip_address: Option<String>,
    /// 접속 프로그램 | User agent
    pub user_agent: Option<String>,
    /// 국가 | Country code
    pub country_code: Option<String>,
    /// 도시 | City
    pub city: Option<String>,
    /// 2단계 인증 사용 | Second factor used
    pub mfa_used: bool,
    /// 2단계 인증 방법 | Second factor method
    ///
    /// TOTP or RECOVERY_CODE.
    pub mfa_method: Option<String>,
    /// 등록 일시 | Created
    pub created_at: Timestamp,
}
