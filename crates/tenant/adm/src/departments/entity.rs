use kernel::{CodeText, Day, Memo, Text};
use macros::record;
use sea_orm::entity::prelude::*;

/// A department: a node in the tree of its organization.
#[record(table = "adm_departments", schema = "Department")]
pub struct Model {
    /// 번호 | No.
    ///
    /// Running number in the company.
    pub no: i64,
    /// 조직 | Organization
    #[api(create, filter)]
    pub organization_id: Uuid,
    /// 상위 부서 | Parent
    ///
    /// Null: directly below the organization.
    #[api(
        create,
        update(text = "Moves it from today on: below another of the same organization, or with null to the root."),
        filter(null, text = "`null`: those directly below their organization.")
    )]
    pub parent_id: Option<Uuid>,
    /// 코드 | Code
    #[api(create, update, filter)]
    pub code: CodeText<20>,
    /// 부서명 | Name
    #[api(create, update)]
    pub name: Text<100>,
    /// The name folded for comparison; kept by the store.
    #[serde(skip)]
    pub name_key: Option<String>,
    /// 설명 | Description
    #[api(create, update)]
    pub description: Option<Memo>,
    /// 부서장 | Manager
    #[api(create, update, filter(null))]
    pub manager_id: Option<Uuid>,
    /// 정렬 순서 | Sort order
    #[api(create(optional), update)]
    pub sort_order: i32,
    /// 시작일 | Valid from
    #[api(create(optional, text = "Today when left out."), update)]
    pub valid_from: Day,
    /// 종료일 | Valid to
    ///
    /// The day from which it is no more; null: open.
    #[api(create, update)]
    pub valid_to: Option<Day>,
}
