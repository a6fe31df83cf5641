use crate::open_items::allocation;
use kernel::{Currency, Day, Memo, Money, Rate, Text, Timestamp};
use ledger::journal::line::PartnerType;
use macros::record;
use paperclip::actix::Apiv2Schema;
use resource::Rows;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::string_enum! {
    /// Whether money comes in or goes out.
    pub PaymentType ("PaymentType") { Receipt, Payment }

    pub PaymentMethod ("PaymentMethod") { Cash, BankTransfer, CreditCard, DebitCard, Check, VirtualAccount, MobilePayment }

    /// PENDING → COMPLETED | FAILED | CANCELLED; COMPLETED → CANCELLED.
    pub PaymentStatus ("PaymentStatus") { Pending, Completed, Failed, Cancelled }
}

/// Money from or to a partner.
#[record(table = "fim_payment_transactions", schema = "PaymentTransaction", bodies = "Payment")]
pub struct Model {
    /// 입출금 번호 | Transaction code
    ///
    /// Given when it is completed: consecutive, without gap or double.
    #[api(filter)]
    pub transaction_code: Option<Text<50>>,
    /// 입출금일 | Transaction date
    ///
    /// The day the money moved: the posting date.
    #[api(create, update, filter)]
    pub transaction_date: Day,
    /// 입출금 구분 | Transaction type
    #[api(create, update, filter)]
    pub transaction_type: PaymentType,
    /// 결제 수단 | Payment method
    #[api(create, update, filter)]
    pub payment_method: PaymentMethod,
    /// 거래처 | Partner
    #[api(create, update, filter)]
    pub partner_id: Uuid,
    /// 거래처 구분 | Partner type
    #[api(create, update)]
    pub partner_type: Option<PartnerType>,
    /// 계정과목 | Account
    ///
    /// The cash or bank account.
    #[api(create(text = "A cash or bank account."), update, filter)]
    pub account_id: Uuid,
    /// 금액 | Amount
    ///
    /// What the partner paid or is paid, fees aside.
    #[api(create, update)]
    pub amount: Money,
    /// 통화 | Currency
    #[api(create(optional, text = "The base currency when left out."), update, filter)]
    pub currency: Currency,
    /// 환율 | Exchange rate
    ///
    /// What one of `currency` is worth in the base currency; until it is completed it may be open.
    #[api(create(text = "The rate in force on the day when left out."), update)]
    pub exchange_rate: Option<Rate>,
    /// 수수료 | Fee
    ///
    /// What the bank kept: of a receipt it is taken off, to a payment it is added.
    #[api(create(optional, text = "What the bank keeps: of a receipt it is taken off, to a payment it is added."), update)]
    pub fee_amount: Money,
    /// 배분액 | Allocated
    ///
    /// How much of it went to open items.
    pub allocated: Money,
    /// 기준 통화 금액 | Base currency amount
    ///
    /// The amount in the base currency; nothing before it is completed.
    pub base_amount: Money,
    #[serde(skip)]
    pub base_allocated: Money,
    /// 근거 문서번호 | Source document number
    ///
    /// The partner's own number of it.
    #[api(create, update)]
    pub ref_doc_no: Option<Text<100>>,
    /// 은행 | Bank name
    #[api(create, update)]
    pub bank_name: Option<Text<100>>,
    /// 계좌번호 | Bank account
    #[api(create, update)]
    pub bank_account: Option<Text<50>>,
    /// 예금주 | Bank account holder
    #[api(create, update)]
    pub bank_account_holder: Option<Text<100>>,
    /// 수표번호 | Check number
    #[api(create, update)]
    pub check_no: Option<Text<50>>,
    /// 카드번호 | Card number
    ///
    /// Masked: at most ten of its digits.
    #[api(create, update)]
    pub card_no: Option<Text<20>>,
    /// 설명 | Description
    #[api(create, update)]
    pub description: Option<Memo>,
    /// 메모 | Memo
    #[api(create, update)]
    pub memo: Option<Memo>,
    /// 승인번호 | Approval code
    #[api(create, update)]
    pub approval_code: Option<Text<50>>,
    /// 상태 | Status
    #[api(filter)]
    pub status: PaymentStatus,
    /// 상태 사유 | Status reason
    ///
    /// Why it failed or was cancelled.
    pub status_reason: Option<Text<500>>,
    /// 완료 일시 | Completed
    pub completed_at: Option<Timestamp>,
    /// 전표 | Journal entry
    ///
    /// The entry that posted it.
    pub je_id: Option<Uuid>,
    /// 역분개 전표 | Reversing entry
    ///
    /// The entry that reversed that one.
    pub reversal_je_id: Option<Uuid>,
}

impl Model {
    /// What is left to be allocated.
    #[must_use]
    pub fn unallocated(&self) -> Money {
        Money(self.amount.0 - self.allocated.0)
    }

    #[must_use]
    pub fn base_unallocated(&self) -> Money {
        Money(self.base_amount.0 - self.base_allocated.0)
    }

    #[must_use]
    pub fn goes_out(&self) -> bool {
        self.transaction_type == PaymentType::Payment
    }
}

/// A payment as it is shown.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct Payment {
    /// 입출금 | Payment
    #[serde(flatten)]
    pub payment: Model,
    /// 미배분액 | Unallocated
    ///
    /// What is left to be allocated: an advance of or to the partner, once it is completed.
    pub unallocated: Money,
    /// 배분 내역 | Allocations
    ///
    /// What went to open items, what was undone too.
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub allocations: Rows<allocation::Model>,
}

impl From<Model> for Payment {
    fn from(payment: Model) -> Self {
        let unallocated = if payment.status == PaymentStatus::Completed { payment.unallocated() } else { Money::ZERO };
        Self { unallocated, payment, allocations: Rows::default() }
    }
}
