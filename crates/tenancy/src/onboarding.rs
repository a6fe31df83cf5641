//! The steps by which a new company comes to life, each with its state, so that a killed
//! provisioning goes on where it was.

use kernel::Timestamp;
use macros::record;
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(50))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "OnboardingStep")]
pub enum Step {
    /// The company's row is there.
    Registration,
    EmailVerification,
    SchemaCreation,
    /// Each domain's masters in the tenant database: roles, settings …
    InitialSetup,
    DataMigration,
    /// The first administrator.
    Configuration,
    Completed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "OnboardingStatus")]
pub enum Progress {
    Pending,
    InProgress,
    Completed,
    Failed,
}

/// One step of a company's provisioning.
#[record(table = "tnnt_onboardings", schema = "Onboarding", columns = own)]
pub struct Model {
    /// ID | ID
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// 단계 | Step name
    pub step_name: Step,
    /// 순서 | Step order
    pub step_order: i32,
    /// 상태 | Step status
    pub step_status: Progress,
    /// 시작 일시 | Started
    pub started_at: Option<Timestamp>,
    /// 완료 일시 | Completed
    pub completed_at: Option<Timestamp>,
    /// 오류 내용 | Error message
    pub error_message: Option<String>,
    /// 재시도 횟수 | Retry count
    pub retry_count: i32,
    /// What the step still needs; never shown (the first administrator's password hash).
    #[serde(skip)]
    pub step_data: Json,
    #[serde(skip)]
    pub created_at: Timestamp,
}
