//! Accounts a partner is paid to, or pays from.

use kernel::{CodeText, Memo, Realm, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::{Never, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

resource::words! {
    pub AccountType ("PartnerAccountType") { Checking, Savings, ForeignCurrency, Escrow, Trust, Other }

    pub BankStatus ("PartnerBankStatus") { Active, Inactive, Suspended, Closed }
}

pub mod entity {
    use super::*;

    /// A bank account of a partner.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "crm_partner_banks")]
    #[openapi(rename = "PartnerBank")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        #[serde(skip)]
        pub partner_id: Uuid,
        pub account_type: AccountType,
        /// 은행 코드: three digits in Korea.
        pub bank_code: CodeText<10>,
        pub bank_name: Option<Text<100>>,
        pub account_no: Text<50>,
        /// 예금주
        pub account_holder: Text<100>,
        pub account_name: Option<Text<100>>,
        /// At most one of a partner.
        pub is_primary: bool,
        pub is_receive: bool,
        pub is_payment: bool,
        pub swift_code: Option<CodeText<20>>,
        pub branch_code: Option<Text<20>>,
        pub branch_name: Option<Text<100>>,
        pub notes: Option<Memo>,
        pub status: BankStatus,
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

/// A bank account as it is sent with its customer.
#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PartnerBankLine")]
pub struct Line {
    pub account_type: AccountType,
    /// 은행 코드: three digits in Korea.
    pub bank_code: CodeText<10>,
    pub bank_name: Option<Text<100>>,
    /// Digits and hyphens; once at a partner.
    pub account_no: Text<50>,
    /// 예금주
    pub account_holder: Text<100>,
    pub account_name: Option<Text<100>>,
    /// At most one of a partner.
    pub is_primary: Option<bool>,
    pub is_receive: Option<bool>,
    pub is_payment: Option<bool>,
    pub swift_code: Option<CodeText<20>>,
    pub branch_code: Option<Text<20>>,
    pub branch_name: Option<Text<100>>,
    pub notes: Option<Memo>,
    pub status: Option<BankStatus>,
}

/// Bank accounts of partners: lines of the customer.
pub struct Banks;

impl Resource for Banks {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "crm";
    const NAME: &'static str = "banks";
    const NOUN: &'static str = "partner_bank";
    type Entity = Entity;
    type View = Model;
    type Create = Line;
    type Update = Never;
    type Filter = Never;
    const SORT: &'static [Column] = &[];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str =
        r#"{"account_type": "CHECKING", "bank_code": "004", "account_no": "123-45-67890", "account_holder": "한빛전자"}"#;
}
