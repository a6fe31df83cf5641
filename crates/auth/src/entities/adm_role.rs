use kernel::{CodeText, Memo, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
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
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "adm_roles")]
#[openapi(rename = "Role")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// Running number in the company.
    pub no: i64,
    pub code: CodeText<50>,
    pub name: Text<100>,
    /// The name folded for comparison; kept by the store.
    #[serde(skip)]
    pub name_key: Option<String>,
    pub description: Option<Memo>,
    pub permissions: Grants,
    /// Built in: neither changed nor deleted.
    pub is_system: bool,
    pub is_active: bool,
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
