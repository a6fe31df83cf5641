//! The people at a partner.

use kernel::{Change, Email, Memo, Patch, Phone, Realm, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::Resource;
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

resource::words! {
    /// What the person is asked about.
    pub ContactType ("ContactType") { Sales, Purchasing, Accounting, Technical, Management, Other }

    pub Status ("ContactStatus") { Active, Inactive }
}

pub mod entity {
    use super::*;

    /// A person at a partner.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "crm_partner_contacts")]
    #[openapi(rename = "Contact")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        /// The customer (or vendor) the person works for.
        pub partner_id: Uuid,
        pub contact_name: Text<100>,
        pub position: Option<Text<100>>,
        pub department: Option<Text<100>>,
        pub phone: Option<Phone>,
        /// The telephone number as it is dialled from anywhere; empty where it has no such form.
        pub phone_e164: Option<Text<20>>,
        pub mobile: Option<Phone>,
        /// The mobile number as it is dialled from anywhere.
        pub mobile_e164: Option<Text<20>>,
        pub email: Option<Email>,
        pub contact_type: Option<ContactType>,
        /// The one to talk to first; at most one of a partner.
        pub is_primary: bool,
        pub notes: Option<Memo>,
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
#[openapi(rename = "ContactCreate")]
pub struct Create {
    pub partner_id: Uuid,
    pub contact_name: Text<100>,
    pub position: Option<Text<100>>,
    pub department: Option<Text<100>>,
    /// One of telephone, mobile and e-mail is needed.
    pub phone: Option<Phone>,
    pub mobile: Option<Phone>,
    pub email: Option<Email>,
    pub contact_type: Option<ContactType>,
    pub is_primary: Option<bool>,
    pub notes: Option<Memo>,
    pub status: Option<Status>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "ContactUpdate")]
pub struct Update {
    pub contact_name: Change<Text<100>>,
    pub position: Patch<Text<100>>,
    pub department: Patch<Text<100>>,
    pub phone: Patch<Phone>,
    pub mobile: Patch<Phone>,
    pub email: Patch<Email>,
    pub contact_type: Patch<ContactType>,
    pub is_primary: Change<bool>,
    pub notes: Patch<Memo>,
    pub status: Change<Status>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "ContactFilter")]
pub struct Filter {
    pub partner_id: Option<Uuid>,
    pub contact_name: Option<Text<100>>,
    pub email: Option<Email>,
    pub position: Patch<Text<100>>,
    pub department: Patch<Text<100>>,
    pub contact_type: Patch<ContactType>,
    pub is_primary: Option<bool>,
    pub status: Option<Status>,
}

/// Contacts of the company's partners.
pub struct Contacts;

impl Resource for Contacts {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "crm";
    const NAME: &'static str = "contacts";
    const NOUN: &'static str = "contact";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::ContactName, Column::Position, Column::Department, Column::Email];
    const SEARCH: &'static [Column] =
        &[Column::ContactName, Column::Email, Column::Mobile, Column::Phone, Column::Position, Column::Department];
    const EXAMPLE: &'static str = r#"{"partner_id": "@/crm/customers", "contact_name": "이서연", "position": "과장", "department": "구매팀",
        "phone": "02-1234-5678", "email": "seoyeon{n}@hanbit.example", "contact_type": "PURCHASING"}"#;
}
