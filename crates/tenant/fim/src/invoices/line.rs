//! What is invoiced, line by line.

use kernel::{CodeText, Memo, Money, Qty, Realm, Text};
use ledger::tax::TaxKind;
use macros::record;
use paperclip::actix::Apiv2Schema;
use resource::{ReadOnly, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

resource::string_enum! {
    /// Why the tax of a purchase is not deducted (부가가치세법 §39).
    pub NonDeductible ("NonDeductibleReason") {
        BusinessUnrelated, PassengerCar, Entertainment, ExemptBusiness, Land, BeforeRegistration, DefectiveInvoice,
    }
}

/// A line of an invoice.
#[record(table = "fim_tax_invoice_lines", schema = "InvoiceLine", columns = line)]
pub struct Model {
    #[serde(skip)]
    pub tax_invoice_id: Uuid,
    /// 행 번호 | Line
    ///
    /// From 1.
    pub line_no: i32,
    /// 품목코드 | Product code
    pub product_code: Option<CodeText<50>>,
    /// 품목 | Product name
    pub product_name: Text<200>,
    /// 규격 | Product spec
    pub product_spec: Option<Text<200>>,
    /// 단위 | Unit
    pub unit: Option<Text<20>>,
    /// 수량 | Quantity
    pub quantity: Qty,
    /// 단가 | Unit price
    pub unit_price: Money,
    /// 과세 구분 | Tax kind
    pub tax_kind: TaxKind,
    /// 공급가액 | Supply amount
    pub supply_amount: Money,
    /// 세액 | Tax amount
    pub tax_amount: Money,
    /// 합계 | Total amount
    pub total_amount: Money,
    /// The same in the base currency, once it is issued.
    #[serde(skip)]
    pub base_supply_amount: Money,
    #[serde(skip)]
    pub base_tax_amount: Money,
    /// 비고 | Remark
    pub remark: Option<Memo>,
    /// 계정과목 | Account
    ///
    /// What it is posted to.
    pub account_id: Uuid,
    /// 고정자산 | Fixed asset
    pub is_fixed_asset: bool,
    /// 불공제 사유 | Reason for non-deduction
    pub non_deductible_reason: Option<NonDeductible>,
}

/// A line as it is sent with its invoice.
#[derive(Clone, Debug, Serialize, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "InvoiceLineInput")]
pub struct Line {
    /// 품목코드 | Product code
    pub product_code: Option<CodeText<50>>,
    /// 품목 | Product name
    pub product_name: Text<200>,
    /// 규격 | Product spec
    pub product_spec: Option<Text<200>>,
    /// 단위 | Unit
    pub unit: Option<Text<20>>,
    /// 수량 | Quantity
    ///
    /// More than 0.
    pub quantity: Qty,
    /// 단가 | Unit price
    pub unit_price: Money,
    /// 과세 구분 | Tax kind
    ///
    /// `TAXABLE` when left out.
    pub tax_kind: Option<TaxKind>,
    /// 공급가액 | Supply amount
    ///
    /// Computed; may be sent to be checked.
    pub supply_amount: Option<Money>,
    /// 세액 | Tax amount
    ///
    /// Computed; may be sent to be checked.
    pub tax_amount: Option<Money>,
    /// 합계 | Total amount
    ///
    /// Computed; may be sent to be checked.
    pub total_amount: Option<Money>,
    /// 비고 | Remark
    pub remark: Option<Memo>,
    /// 계정과목 | Account
    ///
    /// Sales, or stock, when left out.
    pub account_id: Option<Uuid>,
    /// 고정자산 | Fixed asset
    ///
    /// Left out: whether its account is one of fixed assets.
    pub is_fixed_asset: Option<bool>,
    /// 불공제 사유 | Reason for non-deduction
    ///
    /// On purchases: the tax is part of the cost.
    pub non_deductible_reason: Option<NonDeductible>,
}

impl Line {
    /// A line as it stands; with its amounts, or to be computed anew.
    #[must_use]
    pub fn again(line: &Model) -> Self {
        Self {
            product_code: line.product_code.clone(),
            product_name: line.product_name.clone(),
            product_spec: line.product_spec.clone(),
            unit: line.unit.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            tax_kind: Some(line.tax_kind),
            supply_amount: None,
            tax_amount: None,
            total_amount: None,
            remark: line.remark.clone(),
            account_id: Some(line.account_id),
            is_fixed_asset: Some(line.is_fixed_asset),
            non_deductible_reason: line.non_deductible_reason,
        }
    }
}

/// The lines of invoices.
pub struct InvoiceLines;

impl Resource for InvoiceLines {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "lines";
    const NOUN: &'static str = "invoice_line";
    type Entity = Entity;
    type View = Model;
    type Create = Line;
    type Update = ReadOnly;
    type Filter = ReadOnly;
    const SORT: &'static [Column] = &[];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str = r#"{"product_name": "무선 키보드", "quantity": "10", "unit_price": "10000"}"#;
}
