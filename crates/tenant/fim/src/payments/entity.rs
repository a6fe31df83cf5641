use crate::open_items::allocation;
use kernel::{Currency, Day, Memo, Money, Rate, Text, Timestamp};
use ledger::journal::line::PartnerType;
use paperclip::actix::Apiv2Schema;
use resource::Rows;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// Whether money comes in or goes out.
    pub PaymentType ("PaymentType") { Receipt, Payment }

    pub PaymentMethod ("PaymentMethod") { Cash, BankTransfer, CreditCard, DebitCard, Check, VirtualAccount, MobilePayment }

    /// PENDING → COMPLETED | FAILED | CANCELLED; COMPLETED → CANCELLED.
    pub PaymentStatus ("PaymentStatus") { Pending, Completed, Failed, Cancelled }
}

/// Money from or to a partner.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_payment_transactions")]
#[openapi(rename = "PaymentTransaction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// Given when it is completed: consecutive, without gap or double.
    pub transaction_code: Option<Text<50>>,
    /// The day the money moved: the posting date.
    pub transaction_date: Day,
    pub transaction_type: PaymentType,
    pub payment_method: PaymentMethod,
    pub partner_id: Uuid,
    pub partner_type: Option<PartnerType>,
    /// The cash or bank account.
    pub account_id: Uuid,
    /// What the partner paid or is paid, fees aside.
    pub amount: Money,
    pub currency: Currency,
    /// What one of `currency` is worth in the base currency; until it is completed it may be open.
    pub exchange_rate: Option<Rate>,
    /// What the bank kept: of a receipt it is taken off, to a payment it is added.
    pub fee_amount: Money,
    /// How much of it went to open items.
    pub allocated: Money,
    /// The amount in the base currency; nothing before it is completed.
    pub base_amount: Money,
    #[serde(skip)]
    pub base_allocated: Money,
    /// The partner's own number of it.
    pub ref_doc_no: Option<Text<100>>,
    pub bank_name: Option<Text<100>>,
    pub bank_account: Option<Text<50>>,
    pub bank_account_holder: Option<Text<100>>,
    pub check_no: Option<Text<50>>,
    /// Masked: at most ten of its digits.
    pub card_no: Option<Text<20>>,
    pub description: Option<Memo>,
    pub memo: Option<Memo>,
    pub approval_code: Option<Text<50>>,
    pub status: PaymentStatus,
    /// Why it failed or was cancelled.
    pub status_reason: Option<Text<500>>,
    pub completed_at: Option<Timestamp>,
    /// The entry that posted it.
    pub je_id: Option<Uuid>,
    /// The entry that reversed that one.
    pub reversal_je_id: Option<Uuid>,
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
    #[serde(flatten)]
    pub payment: Model,
    /// What is left to be allocated: an advance of or to the partner, once it is completed.
    pub unallocated: Money,
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
