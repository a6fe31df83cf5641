//! Events that one of their readers could not deal with.

use kernel::{Realm, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::{Never, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

resource::words! {
    pub Status ("DeadLetterStatus") { Dead, Replayed }
}

pub mod entity {
    use super::*;

    /// An event that a reader gave up on, after six tries.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "audt_dead_letters")]
    #[openapi(rename = "DeadLetter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// MANAGER or TENANT.
        pub realm: String,
        /// The company; none: the provider's own event.
        pub tenant_id: Option<Uuid>,
        pub reader: String,
        pub event_id: Uuid,
        /// The event's number in the company's stream.
        pub seq: i64,
        pub kind: String,
        pub aggregate_id: Uuid,
        pub attempts: i32,
        /// What went wrong at the last try.
        pub error: String,
        pub status: Status,
        pub replayed_at: Option<Timestamp>,
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
#[openapi(rename = "DeadLetterFilter")]
pub struct Filter {
    pub status: Option<Status>,
    pub reader: Option<String>,
    pub tenant_id: kernel::Patch<Uuid>,
    pub kind: Option<String>,
    pub event_id: Option<Uuid>,
    pub aggregate_id: Option<Uuid>,
}

/// Dead letters.
pub struct DeadLetters;

impl Resource for DeadLetters {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "audt";
    const NAME: &'static str = "dead-letters";
    const NOUN: &'static str = "dead_letter";
    type Entity = Entity;
    type View = Model;
    type Create = Never;
    type Update = Never;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Reader, Column::Kind];
    const SEARCH: &'static [Column] = &[Column::Kind, Column::Error];
    const EXAMPLE: &'static str = "{}";
}
