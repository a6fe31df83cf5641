//! The steps by which a new company comes to life, each with its state, so that a killed
//! provisioning goes on where it was.

use kernel::Timestamp;
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
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "tnnt_onboardings")]
#[openapi(rename = "Onboarding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub step_name: Step,
    pub step_order: i32,
    pub step_status: Progress,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub error_message: Option<String>,
    pub retry_count: i32,
    /// What the step still needs; never shown (the first administrator's password hash).
    #[serde(skip)]
    pub step_data: Json,
    #[serde(skip)]
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
