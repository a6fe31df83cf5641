//! Groups of common codes: banks, positions, means of payment. Some come with the platform and stay as they are.

use crate::rules;
use kernel::{CodeText, Memo, Realm, Result, Text};
use macros::record;
use resource::Resource;
use sea_orm::entity::prelude::*;

/// A group of common codes.
#[record(table = "adm_code_groups", schema = "CodeGroup")]
pub struct Model {
    /// 코드 | Code
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
