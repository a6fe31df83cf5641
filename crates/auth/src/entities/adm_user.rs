use kernel::{Email, Locale, Login, Phone, Text, Timestamp, Zone};
use macros::record;
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "UserStatus")]
pub enum Status {
    Active,
    /// Has not set a password yet.
    Invited,
    Inactive,
}

/// One of a company's people.
#[record(table = "adm_users", schema = "User")]
pub struct Model {
    /// 번호 | No.
    ///
    /// Running number in the company.
    pub no: i64,
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
    /// 역할 | Role
    ///
    /// The role everybody has first; further ones are user-roles.
    pub role_id: Option<Uuid>,
    /// 조직 | Organization
    pub organization_id: Option<Uuid>,
    /// 부서 | Department
    pub department_id: Option<Uuid>,
    /// 직위 | Position
    pub position: Option<Text<100>>,
    /// 직책 | Job title
    pub job_title: Option<Text<100>>,
    /// 시스템 계정 | System account
    pub is_system_user: bool,
    /// 2단계 인증 | Second factor
    ///
    /// Signs in with a second factor.
    pub mfa_enabled: bool,
    /// 언어·지역 | Locale
    pub locale: Locale,
    /// 시간대 | Timezone
    pub timezone: Zone,
    /// 상태 | Status
    pub status: Status,
    /// 마지막 로그인 | Last sign-in
    pub last_login_at: Option<Timestamp>,
    /// 마지막 로그인 IP | Last sign-in from
    pub last_login_ip: Option<String>,
    /// 비밀번호 변경 일시 | Password changed
    pub password_changed_at: Option<Timestamp>,
}
