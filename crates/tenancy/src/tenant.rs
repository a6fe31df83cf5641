//! A customer company, as the provider sees it.

use kernel::{BizNo, CompanyCode, Currency, Day, Locale, Phone, Text, Timestamp, Zone};
use macros::record;
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
#[record(table = "tnnt_tenants", schema = "Tenant", columns = provider)]
pub struct Model {
    /// 회사 코드 | Company code
    ///
    /// What people type at sign-in, and the subdomain. Never changes.
    pub code: CompanyCode,
    /// 고객사명 | Company name
    pub name: Text<100>,
    /// 구분 | Type
    pub r#type: Type,
    /// 사업자등록번호 | Business number
    pub biz_no: Option<BizNo>,
    /// 상호 | Legal name
    pub biz_name: Option<Text<200>>,
    /// 사업자 구분 | Business type
    pub biz_type: Option<BizType>,
    /// 대표자 | Representative
    pub ceo_name: Option<Text<50>>,
    /// 업태 | Business kind
    pub biz_kind: Option<Text<100>>,
    /// 종목 | Business item
    pub biz_item: Option<Text<100>>,
    /// 우편번호 | Postcode
    pub postcode: Option<Text<10>>,
    /// 주소 | Address
    pub address1: Option<Text<100>>,
    /// 상세주소 | Address, line 2
    pub address2: Option<Text<100>>,
    /// 전화번호 | Phone
    pub phone_no: Option<Phone>,
    /// 직원 수 | Employee count
    pub employee_count: i32,
    /// 시작일 | Start date
    ///
    /// First day of the contract; may lie ahead.
    pub start_date: Day,
    /// 종료일 | End date
    pub close_date: Option<Day>,
    /// 시간대 | Timezone
    pub timezone: Zone,
    /// 언어·지역 | Locale
    pub locale: Locale,
    /// 통화 | Currency
    pub currency: Currency,
    /// 추가 정보 | Extra data
    ///
    /// Whatever the provider wants to remember of this company.
    pub extra_data: Extra,
    /// 상태 | Status
    pub status: Status,
    /// 정지 | Suspended
    pub is_suspended: bool,
    /// 정지 사유 | Suspended reason
    pub suspended_reason: Option<String>,
    /// 정지 일시 | Suspended at
    pub suspended_date: Option<Timestamp>,
}
