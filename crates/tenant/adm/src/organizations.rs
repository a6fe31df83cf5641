//! Legal entities and sites. A plain resource: this file is all of it.

use kernel::{BizNo, Change, CodeText, Email, Memo, Patch, Phone, Realm, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::Resource;
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Apiv2Schema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[openapi(rename = "OrganizationStatus")]
pub enum Status {
    Active,
    Inactive,
    Closed,
}

pub mod entity {
    use super::*;

    /// A legal entity or a site.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "adm_organizations")]
    #[openapi(rename = "Organization")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        /// Running number in the company.
        pub no: i64,
        pub name: Text<200>,
        /// The name folded for comparison; kept by the store.
        #[serde(skip)]
        pub name_key: Option<String>,
        pub description: Option<Memo>,
        pub code: Option<CodeText<20>>,
        /// 사업자등록번호
        pub biz_no: Option<BizNo>,
        /// 종사업장번호, four digits
        pub sub_biz_no: Option<Text<4>>,
        pub ceo_name: Option<Text<50>>,
        pub biz_kind: Option<Text<100>>,
        pub biz_item: Option<Text<100>>,
        pub postcode: Option<Text<10>>,
        pub address1: Option<Text<100>>,
        pub address2: Option<Text<100>>,
        pub phone: Option<Phone>,
        pub fax: Option<Phone>,
        pub email: Option<Email>,
        pub is_headquarters: bool,
        pub status: Status,
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
#[openapi(rename = "OrganizationCreate")]
pub struct Create {
    pub name: Text<200>,
    pub description: Option<Memo>,
    pub code: Option<CodeText<20>>,
    pub biz_no: Option<BizNo>,
    pub sub_biz_no: Option<Text<4>>,
    pub ceo_name: Option<Text<50>>,
    pub biz_kind: Option<Text<100>>,
    pub biz_item: Option<Text<100>>,
    pub postcode: Option<Text<10>>,
    pub address1: Option<Text<100>>,
    pub address2: Option<Text<100>>,
    pub phone: Option<Phone>,
    pub fax: Option<Phone>,
    pub email: Option<Email>,
    pub is_headquarters: Option<bool>,
    pub status: Option<Status>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "OrganizationUpdate")]
pub struct Update {
    pub name: Change<Text<200>>,
    pub description: Patch<Memo>,
    pub code: Patch<CodeText<20>>,
    pub biz_no: Patch<BizNo>,
    pub sub_biz_no: Patch<Text<4>>,
    pub ceo_name: Patch<Text<50>>,
    pub biz_kind: Patch<Text<100>>,
    pub biz_item: Patch<Text<100>>,
    pub postcode: Patch<Text<10>>,
    pub address1: Patch<Text<100>>,
    pub address2: Patch<Text<100>>,
    pub phone: Patch<Phone>,
    pub fax: Patch<Phone>,
    pub email: Patch<Email>,
    pub is_headquarters: Change<bool>,
    pub status: Change<Status>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "OrganizationFilter")]
pub struct Filter {
    pub status: Option<Status>,
    pub code: Option<CodeText<20>>,
    pub biz_no: Option<BizNo>,
    pub is_headquarters: Option<bool>,
}

/// Legal entities and sites of the company.
pub struct Organizations;

impl Resource for Organizations {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "organizations";
    const NOUN: &'static str = "organization";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Name, Column::Code, Column::No, Column::Status];
    const SEARCH: &'static [Column] = &[Column::Name, Column::Code, Column::BizNo, Column::CeoName];
    const RUNNING_NO: bool = true;
    const IMPORT: Option<&'static [Column]> = Some(&[Column::Code]);
    const EXAMPLE: &'static str = r#"{"name": "서울 본사 {n}", "code": "HQ-{n}", "ceo_name": "홍길동", "address1": "서울특별시 중구 세종대로 110", "phone": "02-1234-5678"}"#;
}
