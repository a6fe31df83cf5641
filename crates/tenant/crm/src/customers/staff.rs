//! Who of the company looks after a partner, and since when.

use kernel::{Day, Memo, Realm, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::{Never, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

resource::words! {
    pub ManagerType ("PartnerManagerType") { Primary, Secondary, Backup, Technical, Sales, Support }

    pub ManagerStatus ("PartnerManagerStatus") { Active, Inactive, Expired, Terminated }
}

pub mod entity {
    use super::*;

    /// One of the company’s people who looks after a partner.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "crm_partner_managers")]
    #[openapi(rename = "PartnerManager")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        #[serde(skip)]
        pub partner_id: Uuid,
        /// One of the company's users.
        pub employee_id: Uuid,
        pub start_date: Day,
        /// The last day; open without.
        pub end_date: Option<Day>,
        /// Of each kind at most one without an end.
        pub manager_type: ManagerType,
        pub description: Option<Memo>,
        pub notes: Option<Memo>,
        pub status: ManagerStatus,
        #[serde(skip)]
        pub row_version: i64,
        #[serde(skip)]
        pub created_at: Timestamp,
        #[serde(skip)]
        pub created_by: Option<Uuid>,
        #[serde(skip)]
        pub updated_at: Option<Timestamp>,
        #[serde(skip)]
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

/// One of the company’s people as sent with the customer.
#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PartnerManagerLine")]
pub struct Line {
    /// One of the company's users.
    pub employee_id: Uuid,
    pub start_date: Day,
    /// The last day; open without.
    pub end_date: Option<Day>,
    /// `PRIMARY` when left out. Of each kind at most one without an end.
    pub manager_type: Option<ManagerType>,
    pub description: Option<Memo>,
    pub notes: Option<Memo>,
    pub status: Option<ManagerStatus>,
}

/// The company’s people for its partners: lines of the customer.
pub struct Staff;

impl Resource for Staff {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "crm";
    const NAME: &'static str = "staff";
    const NOUN: &'static str = "partner_manager";
    type Entity = Entity;
    type View = Model;
    type Create = Line;
    type Update = Never;
    type Filter = Never;
    const SORT: &'static [Column] = &[];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str = r#"{"employee_id": "@/adm/users", "start_date": "2026-01-01"}"#;
}
