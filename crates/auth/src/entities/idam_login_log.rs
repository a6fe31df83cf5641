use super::idam_user::UserType;
use kernel::Timestamp;
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttemptType {
    Login,
    Logout,
    FailedLogin,
    Locked,
    PasswordReset,
}

/// One try of the provider's people to sign in, or the end of a session; and tries to sign in
/// to a company that there is not. Never changed.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "idam_login_logs")]
#[openapi(rename = "PlatformLoginLog")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// None where nobody has the name.
    pub user_id: Option<Uuid>,
    pub user_type: Option<UserType>,
    pub tenant_context: Option<Uuid>,
    /// As it was typed, or the account's own.
    pub username: Option<String>,
    pub attempt_type: AttemptType,
    pub success: bool,
    /// USER_NOT_FOUND, INVALID_PASSWORD, INACTIVE_ACCOUNT, ACCOUNT_LOCKED, INVALID_CODE …
    pub failure_reason: Option<String>,
    pub session_id: Option<Uuid>,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    pub country_code: Option<String>,
    pub city: Option<String>,
    pub mfa_used: bool,
    /// TOTP or RECOVERY_CODE.
    pub mfa_method: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
