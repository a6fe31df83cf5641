//! Legal entities and sites. A plain resource: this file is all of it.

use kernel::{BizNo, CodeText, Email, Memo, Phone, Realm, Text};
use macros::record;
use paperclip::actix::Apiv2Schema;
use resource::Resource;
use sea_orm::entity::prelude::*;
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

/// A legal entity or a site.
#[record(table = "adm_organizations", schema = "Organization")]
pub struct Model {
    /// 번호 | No.
    ///
    /// Running number in the company.
    pub no: i64,
    /// 조직명 | Name
    #[api(create, update)]
    pub name: Text<200>,
    /// The name folded for comparison; kept by the store.
    #[serde(skip)]
    pub name_key: Option<String>,
    /// 설명 | Description
    #[api(create, update)]
    pub description: Option<Memo>,
    /// 코드 | Code
    #[api(create, update, filter)]
    pub code: Option<CodeText<20>>,
    /// 사업자등록번호 | Business number
    #[api(create, update, filter)]
    pub biz_no: Option<BizNo>,
    /// 종사업장번호 | Sub business number
    ///
    /// Four digits.
    #[api(create, update)]
    pub sub_biz_no: Option<Text<4>>,
    /// 대표자 | Representative
    #[api(create, update)]
    pub ceo_name: Option<Text<50>>,
    /// 업태 | Business kind
    #[api(create, update)]
    pub biz_kind: Option<Text<100>>,
    /// 종목 | Business item
    #[api(create, update)]
    pub biz_item: Option<Text<100>>,
    /// 우편번호 | Postcode
    #[api(create, update)]
    pub postcode: Option<Text<10>>,
    /// 주소 | Address
    #[api(create, update)]
    pub address1: Option<Text<100>>,
    /// 상세주소 | Address, line 2
    #[api(create, update)]
    pub address2: Option<Text<100>>,
    /// 전화번호 | Phone
    #[api(create, update)]
    pub phone: Option<Phone>,
    /// 팩스 | Fax
    #[api(create, update)]
    pub fax: Option<Phone>,
    /// 이메일 | Email
    #[api(create, update)]
    pub email: Option<Email>,
    /// 본사 | Headquarters
    #[api(create(optional), update, filter)]
    pub is_headquarters: bool,
    /// 상태 | Status
    #[api(create(optional), update, filter)]
    pub status: Status,
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
