use kernel::{BizNo, Currency, Day, Email, Memo, Money, Phone, Rate, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::Rows;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// Who invoices: the company, or its supplier.
    pub Direction ("InvoiceDirection") { Sales, Purchase }

    /// An invoice, or an amendment of one: less, more, or corrected.
    pub InvoiceType ("InvoiceType") { Tax, CreditNote, DebitNote, Modified }

    /// 정발행, 역발행, 수입, 영세율.
    pub IssueType ("InvoiceIssueType") { Normal, Reverse, Import, ZeroRate }

    /// DRAFT → ISSUED → SENT → CONFIRMED; DRAFT, ISSUED → CANCELLED.
    pub Status ("InvoiceStatus") { Draft, Issued, Sent, Confirmed, Cancelled }

    /// On its way to the tax office: 전송대기 → 전송중 → 전송성공 or 전송실패.
    pub TransmissionStatus ("InvoiceTransmissionStatus") { Waiting, Sending, Succeeded, Failed }
}

/// A tax invoice (세금계산서).
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_tax_invoices")]
#[openapi(rename = "Invoice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// Given when it is issued.
    pub invoice_no: Option<Text<50>>,
    pub direction: Direction,
    pub invoice_type: InvoiceType,
    pub issue_type: IssueType,
    /// 작성일자: the day of the supply, which decides the tax period.
    pub invoice_date: Day,
    pub issue_date: Option<Day>,
    /// Until when it is to be issued: the 10th of the next month, or the next business day.
    pub issue_deadline: Day,
    /// The tax office's number: 24 digits.
    pub approval_no: Option<Text<50>>,
    /// The number folded for comparison; kept by the store.
    #[serde(skip)]
    pub approval_no_key: Option<String>,
    pub approval_datetime: Option<Timestamp>,
    pub is_nts_confirmed: bool,
    pub nts_confirmed_at: Option<Timestamp>,
    /// Whom it goes to, or comes from.
    pub partner_id: Uuid,
    pub supplier_biz_no: Option<BizNo>,
    pub supplier_biz_name: Option<Text<200>>,
    pub supplier_ceo_name: Option<Text<50>>,
    pub supplier_biz_kind: Option<Text<100>>,
    pub supplier_biz_item: Option<Text<100>>,
    pub supplier_postcode: Option<Text<10>>,
    pub supplier_address1: Option<Text<200>>,
    pub supplier_address2: Option<Text<200>>,
    pub supplier_contact: Option<Text<100>>,
    pub supplier_email: Option<Email>,
    pub supplier_phone: Option<Phone>,
    pub buyer_biz_no: Option<BizNo>,
    pub buyer_biz_name: Option<Text<200>>,
    pub buyer_ceo_name: Option<Text<50>>,
    pub buyer_biz_kind: Option<Text<100>>,
    pub buyer_biz_item: Option<Text<100>>,
    pub buyer_postcode: Option<Text<10>>,
    pub buyer_address1: Option<Text<200>>,
    pub buyer_address2: Option<Text<200>>,
    pub buyer_contact: Option<Text<100>>,
    pub buyer_email: Option<Email>,
    pub buyer_phone: Option<Phone>,
    /// 공급가액
    pub supply_amount: Money,
    /// 세액
    pub tax_amount: Money,
    /// 합계
    pub total_amount: Money,
    /// How much of it was paid or set off.
    pub paid_amount: Money,
    pub currency_code: Currency,
    /// What one of its currency is worth in the base currency.
    pub exchange_rate: Option<Rate>,
    /// Whether the unit prices have the tax in them.
    pub prices_include_tax: bool,
    pub due_date: Option<Day>,
    /// The supplier's own number, on purchases.
    pub vendor_invoice_no: Option<Text<50>>,
    /// The number folded for comparison; kept by the store.
    #[serde(skip)]
    pub vendor_invoice_no_key: Option<String>,
    /// What it was made from.
    pub source_type: Option<Text<30>>,
    pub source_id: Option<Uuid>,
    pub source_no: Option<Text<50>>,
    /// 비고
    pub remark: Option<Memo>,
    pub notes: Option<Memo>,
    pub status: Status,
    pub transmission_status: Option<TransmissionStatus>,
    pub transmission_attempts: i32,
    pub transmission_error_code: Option<Text<50>>,
    pub transmission_error_message: Option<Text<500>>,
    pub sent_at: Option<Timestamp>,
    /// 1 to 6: why it amends the original.
    pub amendment_code: Option<i32>,
    /// The invoice it amends.
    pub original_invoice_id: Option<Uuid>,
    pub amendment_reason: Option<Text<500>>,
    pub cancel_reason: Option<Text<500>>,
    pub cancelled_at: Option<Timestamp>,
    /// The entry that posted it.
    pub je_id: Option<Uuid>,
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub lines: Rows<super::line::entity::Model>,
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
