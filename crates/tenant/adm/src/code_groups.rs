//! Groups of common codes: banks, positions, means of payment. Some come with the platform and stay as they are.

use crate::rules;
use kernel::{Change, CodeText, Memo, Patch, Realm, Result, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::Resource;
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

pub mod entity {
    use super::*;

    /// A group of common codes.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "adm_code_groups")]
    #[openapi(rename = "CodeGroup")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
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
#[openapi(rename = "CodeGroupCreate")]
pub struct Create {
    pub code: CodeText<50>,
    pub name: Text<100>,
    pub description: Option<Memo>,
    pub is_active: Option<bool>,
    pub sort_order: Option<i32>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "CodeGroupUpdate")]
pub struct Update {
    pub name: Change<Text<100>>,
    pub description: Patch<Memo>,
    pub is_active: Change<bool>,
    pub sort_order: Change<i32>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "CodeGroupFilter")]
pub struct Filter {
    pub code: Option<CodeText<50>>,
    pub is_system: Option<bool>,
    pub is_active: Option<bool>,
}

/// Groups of common codes.
pub struct CodeGroups;

impl Resource for CodeGroups {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "code-groups";
    const NOUN: &'static str = "code_group";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Code, Column::Name, Column::SortOrder];
    const SEARCH: &'static [Column] = &[Column::Code, Column::Name];
    const EXAMPLE: &'static str = r#"{"code": "GROUP-{n}", "name": "코드 그룹 {n}"}"#;
    fn may_change(row: &Model) -> Result<()> {
        if row.is_system {
            return Err(rules::SYSTEM_CODE.error());
        }
        Ok(())
    }
}
