//! Common codes. The company adds its own to any group; built-in ones stay as they are.

use crate::rules;
use kernel::{Change, CodeText, Memo, Patch, Realm, Result, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::Resource;
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

pub mod entity {
    use super::*;

    /// A code of a group.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "adm_codes")]
    #[openapi(rename = "CommonCode")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        pub group_id: Uuid,
        /// Unique in its group.
        pub code: CodeText<50>,
        pub name: Text<100>,
        pub description: Option<Memo>,
        /// Comes with the platform: neither changed nor deleted.
        pub is_system: bool,
        pub is_active: bool,
        pub sort_order: i32,
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

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "CommonCodeCreate")]
pub struct Create {
    pub group_id: Uuid,
    /// Unique in its group.
    pub code: CodeText<50>,
    pub name: Text<100>,
    pub description: Option<Memo>,
    pub is_active: Option<bool>,
    pub sort_order: Option<i32>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "CommonCodeUpdate")]
pub struct Update {
    pub name: Change<Text<100>>,
    pub description: Patch<Memo>,
    pub is_active: Change<bool>,
    pub sort_order: Change<i32>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "CommonCodeFilter")]
pub struct Filter {
    pub group_id: Option<Uuid>,
    pub code: Option<CodeText<50>>,
    pub is_system: Option<bool>,
    pub is_active: Option<bool>,
}

/// Common codes.
pub struct Codes;

impl Resource for Codes {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "codes";
    const NOUN: &'static str = "code";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Code, Column::Name, Column::SortOrder];
    const SEARCH: &'static [Column] = &[Column::Code, Column::Name];
    const EXAMPLE: &'static str = r#"{"group_id": "@/adm/code-groups", "code": "C-{n}", "name": "코드 {n}", "sort_order": 1}"#;
    fn may_change(row: &Model) -> Result<()> {
        if row.is_system {
            return Err(rules::SYSTEM_CODE.error());
        }
        Ok(())
    }
}
