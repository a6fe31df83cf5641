use kernel::{Day, Text};
use macros::record;
use sea_orm::entity::prelude::*;

/// A post of one of the company's people in a department.
#[record(table = "adm_user_posts", schema = "UserPost")]
pub struct Model {
    /// 사용자 | User
    #[api(create, filter)]
    pub user_id: Uuid,
    /// 부서 | Department
    #[api(create, filter)]
    pub department_id: Uuid,
    /// 직위 | Position
    #[api(create, update)]
    pub position: Option<Text<50>>,
    /// 주 보직 | Primary post
    ///
    /// Its department is that of the user.
    #[api(
        create(
            optional,
            text = "The department of the primary post is that of the user. One open post may be primary; none is when left out."
        ),
        update,
        filter
    )]
    pub is_primary: bool,
    /// 시작일 | Valid from
    #[api(create(optional, text = "Today when left out."), update)]
    pub valid_from: Day,
    /// 종료일 | Valid to
    ///
    /// The day from which it is no more; null: open.
    #[api(create, update, filter(null, text = "`null`: the open ones."))]
    pub valid_to: Option<Day>,
}
