//! What is invoiced, line by line.

use kernel::{CodeText, Memo, Money, Qty, Realm, Text, Timestamp};
use ledger::tax::TaxKind;
use paperclip::actix::Apiv2Schema;
use resource::{Never, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

resource::words! {
    /// Why the tax of a purchase is not deducted (부가가치세법 §39).
    pub NonDeductible ("NonDeductibleReason") {
        BusinessUnrelated, PassengerCar, Entertainment, ExemptBusiness, Land, BeforeRegistration, DefectiveInvoice,
    }
}

pub mod entity {
    use super::*;

    /// A line of an invoice.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "fim_tax_invoice_lines")]
    #[openapi(rename = "InvoiceLine")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        #[serde(skip)]
        pub tax_invoice_id: Uuid,
        /// From 1.
        pub line_no: i32,
        pub product_code: Option<CodeText<50>>,
        pub product_name: Text<200>,
        pub product_spec: Option<Text<200>>,
        pub unit: Option<Text<20>>,
        pub quantity: Qty,
        pub unit_price: Money,
        pub tax_kind: TaxKind,
        pub supply_amount: Money,
        pub tax_amount: Money,
        pub total_amount: Money,
        /// The same in the base currency, once it is issued.
        #[serde(skip)]
        pub base_supply_amount: Money,
        #[serde(skip)]
        pub base_tax_amount: Money,
        pub remark: Option<Memo>,
        /// What it is posted to.
        pub account_id: Uuid,
        pub is_fixed_asset: bool,
        pub non_deductible_reason: Option<NonDeductible>,
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

/// A line as it is sent with its invoice.
#[derive(Clone, Debug, Serialize, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "InvoiceLineInput")]
pub struct Line {
    pub product_code: Option<CodeText<50>>,
    pub product_name: Text<200>,
    pub product_spec: Option<Text<200>>,
    pub unit: Option<Text<20>>,
    /// More than 0.
    pub quantity: Qty,
    pub unit_price: Money,
    /// `TAXABLE` when left out.
    pub tax_kind: Option<TaxKind>,
    /// Computed; may be sent to be checked.
    pub supply_amount: Option<Money>,
    /// Computed; may be sent to be checked.
    pub tax_amount: Option<Money>,
    /// Computed; may be sent to be checked.
    pub total_amount: Option<Money>,
    pub remark: Option<Memo>,
    /// Sales, or stock, when left out.
    pub account_id: Option<Uuid>,
    /// Left out: whether its account is one of fixed assets.
    pub is_fixed_asset: Option<bool>,
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
    type Update = Never;
    type Filter = Never;
    const SORT: &'static [Column] = &[];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str = r#"{"product_name": "무선 키보드", "quantity": "10", "unit_price": "10000"}"#;
}
