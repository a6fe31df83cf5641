use super::{draft::DraftLine, rules::Sides};
use kernel::{CodeText, Day, Money, Qty, Realm, Text, Timestamp};
use macros::record;
use paperclip::actix::Apiv2Schema;
use resource::{ReadOnly, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::Deserialize;

resource::string_enum! {
    /// Whom a line is about.
    pub PartnerType ("LinePartnerType") { Customer, Vendor, Employee, Other }
}

/// A line of an entry: one side of one account.
#[record(table = "fim_journal_entry_lines", schema = "JournalEntryLine", columns = own)]
pub struct Model {
    /// ID | ID
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    #[serde(skip)]
    pub je_id: Uuid,
    /// 행 번호 | Line
    ///
    /// From 1.
    pub line_no: i32,
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 차변 | Debit amount
    pub debit_amount: Money,
    /// 대변 | Credit amount
    pub credit_amount: Money,
    /// 차변(기준 통화) | Debit (base currency)
    ///
    /// The same in the base currency.
    pub base_debit: Money,
    /// 대변(기준 통화) | Credit (base currency)
    pub base_credit: Money,
    /// 설명 | Description
    pub description: Option<Text<500>>,
    /// 코스트센터 | Cost center
    pub cost_center: Option<CodeText<50>>,
    /// 프로젝트 | Project code
    pub project_code: Option<CodeText<50>>,
    /// 부서 | Department
    pub department_id: Option<Uuid>,
    /// 거래처 | Partner
    pub partner_id: Option<Uuid>,
    /// 거래처 구분 | Partner type
    pub partner_type: Option<PartnerType>,
    /// 세금 코드 | Tax code
    pub tax_code: Option<CodeText<20>>,
    /// 세액 | Tax amount
    pub tax_amount: Money,
    /// 수량 | Quantity
    pub quantity: Option<Qty>,
    /// 단가 | Unit price
    pub unit_price: Option<Money>,
    #[serde(skip)]
    pub posting_date: Day,
    #[serde(skip)]
    pub is_closing: bool,
    #[serde(skip)]
    pub chain_no: Option<i64>,
    #[serde(skip)]
    pub created_at: Timestamp,
}

impl Model {
    #[must_use]
    pub fn sides(&self) -> Sides {
        Sides { debit: self.debit_amount, credit: self.credit_amount }
    }
}

/// A line as it is sent: debit or credit, one of them.
#[derive(Clone, Debug, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "JournalEntryLineInput")]
pub struct Line {
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 차변 | Debit amount
    pub debit_amount: Option<Money>,
    /// 대변 | Credit amount
    pub credit_amount: Option<Money>,
    /// 설명 | Description
    pub description: Option<Text<500>>,
    /// 코스트센터 | Cost center
    pub cost_center: Option<CodeText<50>>,
    /// 프로젝트 | Project code
    pub project_code: Option<CodeText<50>>,
    /// 부서 | Department
    pub department_id: Option<Uuid>,
    /// 거래처 | Partner
    pub partner_id: Option<Uuid>,
    /// 거래처 구분 | Partner type
    pub partner_type: Option<PartnerType>,
    /// 세금 코드 | Tax code
    pub tax_code: Option<CodeText<20>>,
    /// 세액 | Tax amount
    pub tax_amount: Option<Money>,
    /// 수량 | Quantity
    pub quantity: Option<Qty>,
    /// 단가 | Unit price
    pub unit_price: Option<Money>,
}

/// The lines of an entry: written with it, by rules of their own, and gone with a draft.
pub struct EntryLines;

impl Resource for EntryLines {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "lines";
    const NOUN: &'static str = "journal_entry_line";
    type Entity = Entity;
    type View = Model;
    type Create = Line;
    type Update = ReadOnly;
    type Filter = ReadOnly;
    const SORT: &'static [Column] = &[];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str = r#"{"account_id": "0192f0c1-2345-7abc-8def-0123456789ab", "debit_amount": "110000"}"#;
}

impl From<Line> for DraftLine {
    fn from(line: Line) -> Self {
        Self {
            account_id: line.account_id,
            debit_amount: line.debit_amount,
            credit_amount: line.credit_amount,
            base: None,
            description: line.description,
            cost_center: line.cost_center,
            project_code: line.project_code,
            department_id: line.department_id,
            partner_id: line.partner_id,
            partner_type: line.partner_type,
            tax_code: line.tax_code,
            tax_amount: line.tax_amount,
            quantity: line.quantity,
            unit_price: line.unit_price,
        }
    }
}
