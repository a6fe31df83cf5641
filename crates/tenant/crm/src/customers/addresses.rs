//! Where a partner is found, billed and delivered to.

use kernel::{Email, Memo, Phone, Realm, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::{Never, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

resource::words! {
    pub AddressType ("PartnerAddressType") { Headquarter, Branch, Warehouse, Factory, Billing, Shipping, Other }

    pub AddressStatus ("PartnerAddressStatus") { Active, Inactive, Suspended }
}

pub mod entity {
    use super::*;

    /// A place of a partner.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "crm_partner_addresses")]
    #[openapi(rename = "PartnerAddress")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        #[serde(skip)]
        pub partner_id: Uuid,
        pub address_type: AddressType,
        pub address_name: Option<Text<100>>,
        /// The name folded for comparison; kept by the store.
        #[serde(skip)]
        pub address_name_key: Option<String>,
        pub postcode: Option<Text<20>>,
        pub address1: Option<Text<200>>,
        pub address2: Option<Text<200>>,
        pub building: Option<Text<200>>,
        pub city: Option<Text<100>>,
        pub state_province: Option<Text<100>>,
        /// ISO 3166-1, three letters.
        pub country_code: Text<3>,
        pub region_code: Option<Text<20>>,
        pub contact_name: Option<Text<100>>,
        pub phone: Option<Phone>,
        pub mobile: Option<Phone>,
        pub fax: Option<Phone>,
        pub email: Option<Email>,
        /// At most one of a partner.
        pub is_default: bool,
        pub is_billing: bool,
        pub is_shipping: bool,
        /// For who delivers there.
        pub instruction: Option<Memo>,
        pub access_code: Option<Text<20>>,
        pub notes: Option<Memo>,
        pub status: AddressStatus,
        #[serde(skip)]
        pub row_version: i64,
        #[serde(skip)]
        pub created_at: Timestamp,
        #[serde(skip)]
        pub created_by: Option<Uuid>,
        #[serde(skip)]
        pub updated_at: Option<Timestamp>,
        #[serde(skip)]
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

/// An address as it is sent with its customer.
#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PartnerAddressLine")]
pub struct Line {
    pub address_type: AddressType,
    /// Once at a partner.
    pub address_name: Option<Text<100>>,
    pub postcode: Option<Text<20>>,
    pub address1: Option<Text<200>>,
    pub address2: Option<Text<200>>,
    pub building: Option<Text<200>>,
    pub city: Option<Text<100>>,
    pub state_province: Option<Text<100>>,
    /// ISO 3166-1, three letters; `KOR` when left out.
    pub country_code: Option<Text<3>>,
    pub region_code: Option<Text<20>>,
    pub contact_name: Option<Text<100>>,
    pub phone: Option<Phone>,
    pub mobile: Option<Phone>,
    pub fax: Option<Phone>,
    pub email: Option<Email>,
    /// At most one of a partner.
    pub is_default: Option<bool>,
    pub is_billing: Option<bool>,
    pub is_shipping: Option<bool>,
    /// For who delivers there.
    pub instruction: Option<Memo>,
    pub access_code: Option<Text<20>>,
    pub notes: Option<Memo>,
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
    type Update = Never;
    type Filter = Never;
    const SORT: &'static [Column] = &[];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str = r#"{"address_type": "BRANCH", "address_name": "부산 지점"}"#;
}
