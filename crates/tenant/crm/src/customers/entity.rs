use kernel::{BizNo, CodeText, Currency, Day, Email, Money, Phone, Text};
use macros::record;
use resource::Rows;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// On which side of trade a partner stands.
    pub PartnerType ("PartnerType") { Customer, Supplier, Both, Other }

    /// C: corporation (법인), S: sole proprietor (개인).
    pub BizType ("PartnerBizType") { C, S }

    /// On delivery, days after the invoice, or before.
    pub PaymentTerms ("PartnerPaymentTerms") {
        Cod, Net7 = "NET7", Net15 = "NET15", Net30 = "NET30", Net45 = "NET45", Net60 = "NET60", Net90 = "NET90", Prepaid,
    }

    /// Changed by actions.
    pub Status ("PartnerStatus") { Active, Inactive, Suspended, Closed }
}

/// A business the company sells to.
#[record(table = "crm_partners", schema = "Customer")]
pub struct Model {
    /// 코드 | Code
    #[api(filter)]
    pub code: CodeText<50>,
    /// 고객명 | Name
    #[api(filter)]
    pub name: Text<200>,
    /// 영문명 | English name
    pub name_en: Option<Text<200>>,
    /// 구분 | Type
    #[api(filter)]
    pub r#type: PartnerType,
    /// 법인등록번호 | Corporate registration number
    ///
    /// Corporate or foreign tax number.
    pub tax_no: Option<Text<50>>,
    /// 사업자등록번호 | Business number
    ///
    /// Business registration number (사업자등록번호).
    #[api(filter)]
    pub biz_no: Option<BizNo>,
    /// 등록 상호 | Legal name
    ///
    /// The name it is registered under.
    pub biz_name: Option<Text<200>>,
    /// 사업자 구분 | Business type
    #[api(filter)]
    pub biz_type: BizType,
    /// 업태 | Business kind
    #[api(filter(null))]
    pub biz_kind: Option<Text<100>>,
    /// 종목 | Business item
    pub biz_item: Option<Text<100>>,
    /// 대표자 | Representative
    pub ceo_name: Option<Text<50>>,
    /// 우편번호 | Postcode
    pub postcode: Option<Text<10>>,
    /// 주소 | Address
    pub address1: Option<Text<200>>,
    /// 상세주소 | Address, line 2
    pub address2: Option<Text<200>>,
    /// 전화번호 | Phone
    pub phone: Option<Phone>,
    /// 전화번호(국제) | Phone (international)
    ///
    /// The telephone number as it is dialled from anywhere; empty where it has no such form.
    pub phone_e164: Option<Text<20>>,
    /// 팩스 | Fax
    pub fax: Option<Phone>,
    /// 이메일 | Email
    pub email: Option<Email>,
    /// 웹사이트 | Website
    pub website: Option<Text<255>>,
    /// 결제 조건 | Payment terms
    #[api(filter(null))]
    pub payment_terms: Option<PaymentTerms>,
    /// 여신 한도 | Credit limit
    ///
    /// The most it may owe; empty: no limit was set.
    pub credit_limit: Option<Money>,
    /// 통화 | Currency code
    #[api(filter)]
    pub currency_code: Currency,
    #[serde(skip)]
    pub currency_id: Option<Uuid>,
    /// 업종 | Industry
    #[api(filter(null))]
    pub industry: Option<Text<100>>,
    /// 직원 수 | Employee count
    pub employee_count: Option<i32>,
    /// 연 매출 | Annual revenue
    ///
    /// A year's revenue.
    pub annual_revenue: Option<Money>,
    /// 설립일 | Established date
    pub established_date: Option<Day>,
    /// 상태 | Status
    #[api(filter)]
    pub status: Status,
    /// 병합 후 고객 | Merged into
    ///
    /// The customer this one was merged into.
    pub merged_into_id: Option<Uuid>,
    /// 배송·청구 주소 | Addresses
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub addresses: Rows<super::addresses::Model>,
    /// 계좌 | Bank accounts
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub banks: Rows<super::banks::Model>,
    /// 담당 직원 | Staff
    ///
    /// The company's people who look after it.
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub staff: Rows<super::staff::Model>,
}
