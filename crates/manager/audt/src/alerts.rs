//! What a policy was to be alerted on, and happened.

use kernel::{Realm, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::{Action, Never, Resource, action};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

resource::words! {
    pub Status ("AlertStatus") { Open, Acknowledged }
}

pub mod entity {
    use super::*;

    /// An alert: the policy's event came as often as it names, within its minutes.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "audt_alerts")]
    #[openapi(rename = "AuditAlert")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub policy_id: Uuid,
        /// The company; none: the provider itself.
        pub tenant_id: Option<Uuid>,
        /// The kind of event.
        pub kind: String,
        /// How often it came.
        pub count: i32,
        pub within_minutes: i32,
        pub status: Status,
        #[serde(skip)]
        pub row_version: i64,
        pub created_at: Timestamp,
        pub created_by: Option<Uuid>,
        pub updated_at: Option<Timestamp>,
        pub updated_by: Option<Uuid>,
        #[serde(skip)]
        pub deleted_at: Option<Timestamp>,
        #[serde(skip)]
        pub deleted_by: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
use entity::{ActiveModel, Column, Entity, Model};

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "AlertFilter")]
pub struct Filter {
    pub status: Option<Status>,
    pub policy_id: Option<Uuid>,
    pub tenant_id: kernel::Patch<Uuid>,
    pub kind: Option<String>,
}

/// Alerts.
pub struct Alerts;

impl Resource for Alerts {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "audt";
    const NAME: &'static str = "alerts";
    const NOUN: &'static str = "alert";
    type Entity = Entity;
    type View = Model;
    type Create = Never;
    type Update = Never;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Kind, Column::Status];
    const SEARCH: &'static [Column] = &[Column::Kind];
    const EXAMPLE: &'static str = "{}";
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        vec![action("acknowledge", "acknowledged", "Note that an alert has been seen").from(&[Status::Open]).to(Status::Acknowledged)]
    }
}
