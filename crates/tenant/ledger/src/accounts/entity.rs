use kernel::{CodeText, Currency, Memo, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// What an account is in the statements. Assets and expenses grow in debit, the others in credit.
    pub AccountType ("AccountType") { Asset, Liability, Equity, Revenue, Expense }

    /// What others post by: the account of a role is found by the role, whatever its code.
    pub PostingRole ("PostingRole") {
        Cash, Bank, Receivable, OtherReceivable, AdvancePaid, VatIn, Stock, Payable, OtherPayable, VatOut, VatPayable, Withholding,
        AdvanceReceived, GrIr, Capital, RetainedEarnings, Sales, ServiceSales, CostOfGoods, PriceVariance, StockDifference, Fees, BadDebt,
        Rounding, FxGain, FxLoss, UnrealisedFxGain, UnrealisedFxLoss,
    }
}

impl AccountType {
    /// Whether it is shown in the profit and loss, and begins each fiscal year at nothing.
    #[must_use]
    pub fn is_result(self) -> bool {
        matches!(self, Self::Revenue | Self::Expense)
    }
}

/// An account of the ledger.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_accounts")]
#[openapi(rename = "Account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub account_code: CodeText<50>,
    pub account_name: Text<200>,
    pub account_name_en: Option<Text<200>>,
    pub account_type: AccountType,
    /// Where it stands in the statements: 당좌자산, 판매비와관리비 …
    pub account_group: Option<Text<50>>,
    pub account_class: Option<Text<50>>,
    /// What the platform posts to it; one account of the company has a role.
    pub role: Option<PostingRole>,
    pub parent_id: Option<Uuid>,
    /// 1 at the top.
    pub level_depth: i32,
    /// Sums up the accounts below it; nothing is posted to it.
    pub is_control_account: bool,
    pub is_posting_allowed: bool,
    pub is_bank_account: bool,
    pub is_cash_account: bool,
    /// The only currency that is posted to it; null: any.
    pub currency: Option<Currency>,
    pub fs_position: Option<Text<50>>,
    pub statement_order: i32,
    pub tax_category: Option<Text<20>>,
    pub tax_code: Option<CodeText<20>>,
    pub description: Option<Memo>,
    pub notes: Option<Memo>,
    pub is_active: bool,
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
