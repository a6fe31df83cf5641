use kernel::{Email, Locale, Login, Phone, Text, Timestamp, Zone};
use macros::record;
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
#[record(table = "idam_users", schema = "PlatformUser", columns = provider)]
pub struct Model {
    /// 사용자 구분 | User type
    pub user_type: UserType,
    /// 아이디 | User name
    pub username: Login,
    /// 이메일 | Email
    pub email: Email,
    /// 이름 | Full name
    pub full_name: Text<100>,
    /// 전화번호 | Phone
    pub phone: Option<Phone>,
    #[serde(skip)]
    pub password_hash: Option<String>,
    /// 2단계 인증 | Second factor
    pub mfa_enabled: bool,
    /// 상태 | Status
    pub status: Status,
    /// 마지막 로그인 | Last sign-in
    pub last_login_at: Option<Timestamp>,
    /// 마지막 로그인 IP | Last sign-in from
    pub last_login_ip: Option<String>,
    /// 비밀번호 변경 일시 | Password changed
    pub password_changed_at: Option<Timestamp>,
    /// 비밀번호 변경 요구 | Force password change
    pub force_password_change: bool,
    /// 시간대 | Timezone
    pub timezone: Zone,
    /// 언어·지역 | Locale
    pub locale: Locale,
    /// 부서 | Department
    pub department: Option<Text<100>>,
    /// 직위 | Position
    pub position: Option<Text<100>>,
}
