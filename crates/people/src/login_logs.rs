//! Who tried to sign in, when, from where, and what became of it.

use auth::entities::idam_login_log::AttemptType;
use kernel::{Patch, Realm};
use paperclip::actix::Apiv2Schema;
use resource::{ReadOnly, Resource};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;
use uuid::Uuid;

macro_rules! login_logs {
    ($realm:ident: $side:ident, $domain:tt, $entity:ident, $filter:tt) => {
        /// In one of the realms.
        pub mod $realm {
            use super::*;
            use auth::entities::$entity::{ActiveModel, Column, Entity, Model};

            #[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
            #[serde(default)]
            #[openapi(rename = $filter)]
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

            /// Attempts to sign in.
            pub struct LoginLogs;

            impl Resource for LoginLogs {
                const REALM: Realm = Realm::$side;
                const DOMAIN: &'static str = $domain;
                const NAME: &'static str = "login-logs";
                const NOUN: &'static str = "login_log";
                type Entity = Entity;
                type View = Model;
                type Create = ReadOnly;
                type Update = ReadOnly;
                type Filter = Filter;
                const SORT: &'static [Column] = &[Column::Username];
                const SEARCH: &'static [Column] = &[Column::Username, Column::IpAddress];
                const EXAMPLE: &'static str = "{}";
            }
        }
    };
}

login_logs!(manager: Manager, "idam", idam_login_log, "PlatformLoginLogFilter");
login_logs!(tenant: Tenant, "adm", adm_login_log, "LoginLogFilter");
