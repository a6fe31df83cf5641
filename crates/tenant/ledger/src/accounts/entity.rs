use kernel::{CodeText, Currency, Memo, Text};
use macros::record;
use sea_orm::entity::prelude::*;

resource::string_enum! {
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
#[record(table = "fim_accounts", schema = "Account")]
pub struct Model {
    /// 계정코드 | Account code
    #[api(create, update, filter)]
    pub account_code: CodeText<50>,
    /// 계정명 | Account name
    #[api(create, update, filter)]
    pub account_name: Text<200>,
    /// 영문 계정명 | English account name
    #[api(create, update)]
    pub account_name_en: Option<Text<200>>,
    /// 계정 유형 | Account type
    #[api(create, filter)]
    pub account_type: AccountType,
    /// 계정 그룹 | Account group
    ///
    /// Its place in the statements: 당좌자산, 판매비와관리비 …
    #[api(create, update)]
    pub account_group: Option<Text<50>>,
    /// 계정 분류 | Account class
    #[api(create, update)]
    pub account_class: Option<Text<50>>,
    /// 전기 역할 | Posting role
    ///
    /// What the platform posts to it; one account of the company has a role.
    #[api(filter(null))]
    pub role: Option<PostingRole>,
    /// 상위 계정 | Parent account
    #[api(
        create(text = "An account of the same type that does not allow posting."),
        update,
        filter(null, text = "`null`: those at the top.")
    )]
    pub parent_id: Option<Uuid>,
    /// 단계 | Level
    ///
    /// 1 at the top.
    pub level_depth: i32,
    /// 통제 계정 | Control account
    ///
    /// Sums up the accounts below it; nothing is posted to it.
    #[api(create(optional))]
    pub is_control_account: bool,
    /// 전기 허용 | Posting allowed
    #[api(create(optional, text = "When left out: false for a control account, true for any other."), update, filter)]
    pub is_posting_allowed: bool,
    /// 예금 계정 | Bank account
    #[api(create(optional), update, filter)]
    pub is_bank_account: bool,
    /// 현금 계정 | Cash account
    #[api(create(optional), update)]
    pub is_cash_account: bool,
    /// 통화 | Currency
    ///
    /// The only currency that is posted to it; null: any.
    #[api(create, update)]
    pub currency: Option<Currency>,
    /// 재무제표 위치 | Position in statements
    #[api(create, update)]
    pub fs_position: Option<Text<50>>,
    /// 재무제표 순서 | Statement order
    #[api(create(optional), update)]
    pub statement_order: i32,
    /// 세금 구분 | Tax category
    #[api(create, update)]
    pub tax_category: Option<Text<20>>,
    /// 세금 코드 | Tax code
    #[api(create, update)]
    pub tax_code: Option<CodeText<20>>,
    /// 설명 | Description
    #[api(create, update)]
    pub description: Option<Memo>,
    /// 메모 | Notes
    #[api(create, update)]
    pub notes: Option<Memo>,
    /// 사용 | Active
    #[api(update(text = "Nothing new is posted to an account that is not active."), filter)]
    pub is_active: bool,
}
