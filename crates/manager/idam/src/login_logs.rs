//! Who tried to sign in, when, from where, and what became of it.

use auth::entities::{
    idam_login_log::AttemptType,
    idam_login_log::{ActiveModel, Column, Entity, Model},
};
use kernel::{Patch, Realm};
use paperclip::actix::Apiv2Schema;
use resource::{Never, Resource};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformLoginLogFilter")]
pub struct Filter {
    pub user_id: Patch<Uuid>,
    pub username: Patch<String>,
    pub attempt_type: Option<AttemptType>,
    pub success: Option<bool>,
    pub failure_reason: Patch<String>,
    pub session_id: Patch<Uuid>,
    pub ip_address: Patch<String>,
    pub mfa_used: Option<bool>,
}

/// Tries of the provider's people to sign in.
pub struct LoginLogs;

impl Resource for LoginLogs {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "idam";
    const NAME: &'static str = "login-logs";
    const NOUN: &'static str = "login_log";
    type Entity = Entity;
    type View = Model;
    type Create = Never;
    type Update = Never;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Username];
    const SEARCH: &'static [Column] = &[Column::Username, Column::IpAddress];
    const EXAMPLE: &'static str = "{}";
}
