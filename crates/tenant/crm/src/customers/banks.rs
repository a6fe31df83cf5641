//! Accounts a partner is paid to, or pays from.

use kernel::{CodeText, Memo, Realm, Text};
use macros::record;
use paperclip::actix::Apiv2Schema;
use resource::{ReadOnly, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::Deserialize;

resource::string_enum! {
    pub AccountType ("PartnerAccountType") { Checking, Savings, ForeignCurrency, Escrow, Trust, Other }

    pub BankStatus ("PartnerBankStatus") { Active, Inactive, Suspended, Closed }
}

/// A bank account of a partner.
#[record(table = "crm_partner_banks", schema = "PartnerBank", columns = line)]
pub struct Model {
    #[serde(skip)]
    pub partner_id: Uuid,
    /// 계좌 종류 | Account type
    pub account_type: AccountType,
    /// 은행 코드 | Bank code
    ///
    /// 은행 코드: three digits in Korea.
    pub bank_code: CodeText<10>,
    /// 은행 | Bank name
    pub bank_name: Option<Text<100>>,
    /// 계좌번호 | Account number
    pub account_no: Text<50>,
    /// 예금주 | Account holder
    pub account_holder: Text<100>,
    /// 계좌명 | Account name
    pub account_name: Option<Text<100>>,
    /// 주 계좌 | Primary account
    ///
    /// At most one of a partner.
    pub is_primary: bool,
    /// 수취 계좌 | For receipts
    pub is_receive: bool,
    /// 지급 계좌 | For payments
    pub is_payment: bool,
    /// SWIFT 코드 | SWIFT code
    pub swift_code: Option<CodeText<20>>,
    /// 지점 코드 | Branch code
    pub branch_code: Option<Text<20>>,
    /// 지점 | Branch name
    pub branch_name: Option<Text<100>>,
    /// 메모 | Notes
    pub notes: Option<Memo>,
    /// 상태 | Status
    pub status: BankStatus,
}

/// A bank account as it is sent with its customer.
#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PartnerBankLine")]
pub struct Line {
    /// 계좌 종류 | Account type
    pub account_type: AccountType,
    /// 은행 코드 | Bank code
    ///
    /// 은행 코드: three digits in Korea.
    pub bank_code: CodeText<10>,
    /// 은행 | Bank name
    pub bank_name: Option<Text<100>>,
    /// 계좌번호 | Account number
    ///
    /// Digits and hyphens; once at a partner.
    pub account_no: Text<50>,
    /// 예금주 | Account holder
    pub account_holder: Text<100>,
    /// 계좌명 | Account name
    pub account_name: Option<Text<100>>,
    /// 주 계좌 | Primary account
    ///
    /// At most one of a partner.
    pub is_primary: Option<bool>,
    /// 수취 계좌 | For receipts
    pub is_receive: Option<bool>,
    /// 지급 계좌 | For payments
    pub is_payment: Option<bool>,
    /// SWIFT 코드 | SWIFT code
    pub swift_code: Option<CodeText<20>>,
    /// 지점 코드 | Branch code
    pub branch_code: Option<Text<20>>,
    /// 지점 | Branch name
    pub branch_name: Option<Text<100>>,
    /// 메모 | Notes
    pub notes: Option<Memo>,
    /// 상태 | Status
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
    type Update = ReadOnly;
    type Filter = ReadOnly;
    const SORT: &'static [Column] = &[];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str =
        r#"{"account_type": "CHECKING", "bank_code": "004", "account_no": "123-45-67890", "account_holder": "한빛전자"}"#;
}
