//! A customer company, as the provider sees it.

use kernel::{BizNo, CompanyCode, Currency, Day, Locale, Phone, Text, Timestamp, Zone};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Family of plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "TenantType")]
pub enum Type {
    Trial,
    Standard,
    Premium,
    Enterprise,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "TenantStatus")]
pub enum Status {
    Trial,
    Active,
    Suspended,
    Terminated,
}

/// Corporation or sole proprietor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(1))", rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
#[openapi(rename = "TenantBizType")]
pub enum BizType {
    C,
    S,
}

/// A JSON object of the provider's own making.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Extra(pub serde_json::Map<String, serde_json::Value>);

impl paperclip::v2::schema::Apiv2Schema for Extra {
    fn raw_schema() -> paperclip::v2::models::DefaultSchemaRaw {
        kernel::schema::with_keywords(
            paperclip::v2::models::DataType::Object,
            &serde_json::json!({}),
            serde_json::json!({"source": "website"}),
        )
    }
}

/// A customer company.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "tnnt_tenants")]
#[openapi(rename = "Tenant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What people type at sign-in, and the subdomain. Never changes.
    pub code: CompanyCode,
    pub name: Text<100>,
    pub r#type: Type,
    pub biz_no: Option<BizNo>,
    pub biz_name: Option<Text<200>>,
    pub biz_type: Option<BizType>,
    pub ceo_name: Option<Text<50>>,
    pub biz_kind: Option<Text<100>>,
    pub biz_item: Option<Text<100>>,
    pub postcode: Option<Text<10>>,
    pub address1: Option<Text<100>>,
    pub address2: Option<Text<100>>,
    pub phone_no: Option<Phone>,
    pub employee_count: i32,
    /// First day of the contract; may lie ahead.
    pub start_date: Day,
    pub close_date: Option<Day>,
    pub timezone: Zone,
    pub locale: Locale,
    pub currency: Currency,
    /// Whatever the provider wants to remember of this company.
    pub extra_data: Extra,
    pub status: Status,
    pub is_suspended: bool,
    pub suspended_reason: Option<String>,
    pub suspended_date: Option<Timestamp>,
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
