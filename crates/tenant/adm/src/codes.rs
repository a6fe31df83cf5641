//! Common codes. The company adds its own to any group; built-in ones stay as they are.

use crate::rules;
use kernel::{CodeText, Memo, Realm, Result, Text};
use macros::record;
use resource::Resource;
use sea_orm::entity::prelude::*;

/// A code of a group.
#[record(table = "adm_codes", schema = "CommonCode")]
pub struct Model {
    /// 코드 그룹 | Group
    #[api(create, filter)]
    pub group_id: Uuid,
    /// 코드 | Code
    ///
    /// Unique in its group.
    #[api(create, filter)]
    pub code: CodeText<50>,
    /// 이름 | Name
    #[api(create, update)]
    pub name: Text<100>,
    /// 설명 | Description
    #[api(create, update)]
    pub description: Option<Memo>,
    /// 시스템 기본 | Built in
    ///
    /// Comes with the platform: neither changed nor deleted.
    #[api(filter)]
    pub is_system: bool,
    /// 사용 | Active
    #[api(create(optional), update, filter)]
    pub is_active: bool,
    /// 정렬 순서 | Sort order
    #[api(create(optional), update)]
    pub sort_order: i32,
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
