//! Where a partner is found, billed and delivered to.

use kernel::{Email, Memo, Phone, Realm, Text};
use macros::record;
use paperclip::actix::Apiv2Schema;
use resource::{ReadOnly, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::Deserialize;

resource::string_enum! {
    pub AddressType ("PartnerAddressType") { Headquarter, Branch, Warehouse, Factory, Billing, Shipping, Other }

    pub AddressStatus ("PartnerAddressStatus") { Active, Inactive, Suspended }
}

/// A place of a partner.
#[record(table = "crm_partner_addresses", schema = "PartnerAddress", columns = line)]
pub struct Model {
    #[serde(skip)]
    pub partner_id: Uuid,
    /// 주소 종류 | Address type
    pub address_type: AddressType,
    /// 주소명 | Address name
    pub address_name: Option<Text<100>>,
    /// The name folded for comparison; kept by the store.
    #[serde(skip)]
    pub address_name_key: Option<String>,
    /// 우편번호 | Postcode
    pub postcode: Option<Text<20>>,
    /// 주소 | Address
    pub address1: Option<Text<200>>,
    /// 상세주소 | Address, line 2
    pub address2: Option<Text<200>>,
    /// 건물 | Building
    pub building: Option<Text<200>>,
    /// 도시 | City
    pub city: Option<Text<100>>,
    /// 시·도 | State or province
    pub state_province: Option<Text<100>>,
    /// 국가 | Country code
    ///
    /// ISO 3166-1, three letters.
    pub country_code: Text<3>,
    /// 지역 코드 | Region code
    pub region_code: Option<Text<20>>,
    /// 담당자 | Contact name
    pub contact_name: Option<Text<100>>,
    /// 전화번호 | Phone
    pub phone: Option<Phone>,
    /// 휴대전화 | Mobile
    pub mobile: Option<Phone>,
    /// 팩스 | Fax
    pub fax: Option<Phone>,
    /// 이메일 | Email
    pub email: Option<Email>,
    /// 기본 주소 | Default address
    ///
    /// At most one of a partner.
    pub is_default: bool,
    /// 청구지 | Billing
    pub is_billing: bool,
    /// 배송지 | Shipping
    pub is_shipping: bool,
    /// 배송 요청 | Instruction
    ///
    /// For who delivers there.
    pub instruction: Option<Memo>,
    /// 출입 번호 | Access code
    pub access_code: Option<Text<20>>,
    /// 메모 | Notes
    pub notes: Option<Memo>,
    /// 상태 | Status
    pub status: AddressStatus,
}

/// An address as it is sent with its customer.
#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PartnerAddressLine")]
pub struct Line {
    /// 주소 종류 | Address type
    pub address_type: AddressType,
    /// 주소명 | Address name
    ///
    /// Once at a partner.
    pub address_name: Option<Text<100>>,
    /// 우편번호 | Postcode
    pub postcode: Option<Text<20>>,
    /// 주소 | Address
    pub address1: Option<Text<200>>,
    /// 상세주소 | Address, line 2
    pub address2: Option<Text<200>>,
    /// 건물 | Building
    pub building: Option<Text<200>>,
    /// 도시 | City
    pub city: Option<Text<100>>,
    /// 시·도 | State or province
    pub state_province: Option<Text<100>>,
    /// 국가 | Country code
    ///
    /// ISO 3166-1, three letters; `KOR` when left out.
    pub country_code: Option<Text<3>>,
    /// 지역 코드 | Region code
    pub region_code: Option<Text<20>>,
    /// 담당자 | Contact name
    pub contact_name: Option<Text<100>>,
    /// 전화번호 | Phone
    pub phone: Option<Phone>,
    /// 휴대전화 | Mobile
    pub mobile: Option<Phone>,
    /// 팩스 | Fax
    pub fax: Option<Phone>,
    /// 이메일 | Email
    pub email: Option<Email>,
    /// 기본 주소 | Default address
    ///
    /// At most one of a partner.
    pub is_default: Option<bool>,
    /// 청구지 | Billing
    pub is_billing: Option<bool>,
    /// 배송지 | Shipping
    pub is_shipping: Option<bool>,
    /// 배송 요청 | Instruction
    ///
    /// For who delivers there.
    pub instruction: Option<Memo>,
    /// 출입 번호 | Access code
    pub access_code: Option<Text<20>>,
    /// 메모 | Notes
    pub notes: Option<Memo>,
    /// 상태 | Status
    pub status: Option<AddressStatus>,
}

/// Addresses of partners: lines of the customer.
pub struct Addresses;

impl Resource for Addresses {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "crm";
    const NAME: &'static str = "addresses";
    const NOUN: &'static str = "partner_address";
    type Entity = Entity;
    type View = Model;
    type Create = Line;
    type Update = ReadOnly;
    type Filter = ReadOnly;
    const SORT: &'static [Column] = &[];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str = r#"{"address_type": "BRANCH", "address_name": "부산 지점"}"#;
}
