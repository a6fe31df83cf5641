use kernel::{CodeText, Memo, Text};
use macros::record;
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

/// A set of permissions: keys and patterns (`crm.customers.read`, `crm.*`, `*`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Grants(pub Vec<String>);

impl paperclip::v2::schema::Apiv2Schema for Grants {
    fn raw_schema() -> paperclip::v2::models::DefaultSchemaRaw {
        let pattern = r"^(\*|[a-z]+\.(\*|[a-z-]+\.(\*|[a-z-]+)))$";
        kernel::schema::with_keywords(
            paperclip::v2::models::DataType::Array,
            &serde_json::json!({"items": {"type": "string", "pattern": pattern}, "maxItems": 500}),
            serde_json::json!(["adm.users.read", "crm.*"]),
        )
    }
}

/// A role of a company: a set of rights with a name.
#[record(table = "adm_roles", schema = "Role")]
pub struct Model {
    /// 번호 | No.
    ///
    /// Running number in the company.
    pub no: i64,
    /// 코드 | Code
    pub code: CodeText<50>,
    /// 역할명 | Name
    pub name: Text<100>,
    /// The name folded for comparison; kept by the store.
    #[serde(skip)]
    pub name_key: Option<String>,
    /// 설명 | Description
    pub description: Option<Memo>,
    /// 권한 | Permissions
    pub permissions: Grants,
    /// 시스템 기본 | Built in
    ///
    /// Built in: neither changed nor deleted.
    pub is_system: bool,
    /// 사용 | Active
    pub is_active: bool,
}
