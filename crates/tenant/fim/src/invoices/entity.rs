use kernel::{BizNo, Currency, Day, Email, Memo, Money, Phone, Rate, Text, Timestamp};
use macros::record;
use resource::Rows;
use sea_orm::entity::prelude::*;

resource::string_enum! {
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
#[record(table = "fim_tax_invoices", schema = "Invoice")]
pub struct Model {
    /// 계산서 번호 | Invoice number
    ///
    /// Given when it is issued.
    #[api(filter)]
    pub invoice_no: Option<Text<50>>,
    /// 매출·매입 | Direction
    #[api(filter)]
    pub direction: Direction,
    /// 계산서 종류 | Invoice type
    #[api(filter)]
    pub invoice_type: InvoiceType,
    /// 발급 구분 | Issue type
    pub issue_type: IssueType,
    /// 작성일자 | Invoice date
    ///
    /// 작성일자: the day of the supply, which decides the tax period.
    #[api(filter)]
    pub invoice_date: Day,
    /// 발급일 | Issue date
    #[api(filter)]
    pub issue_date: Option<Day>,
    /// 발급 기한 | Issue deadline
    ///
    /// Until when it is to be issued: the 10th of the next month, or the next business day.
    pub issue_deadline: Day,
    /// 국세청 승인번호 | Approval number
    ///
    /// The tax office's number: 24 digits.
    #[api(filter(null))]
    pub approval_no: Option<Text<50>>,
    /// The number folded for comparison; kept by the store.
    #[serde(skip)]
    pub approval_no_key: Option<String>,
    /// 국세청 승인 일시 | Approved by the tax office
    pub approval_datetime: Option<Timestamp>,
    /// 국세청 확인 | Confirmed by the tax office
    pub is_nts_confirmed: bool,
    /// 국세청 확인 일시 | Confirmed by the tax office at
    pub nts_confirmed_at: Option<Timestamp>,
    /// 거래처 | Partner
    ///
    /// Whom it goes to, or comes from.
    #[api(filter)]
    pub partner_id: Uuid,
    /// 공급자 등록번호 | Supplier business number
    #[api(filter)]
    pub supplier_biz_no: Option<BizNo>,
    /// 공급자 상호 | Supplier business name
    pub supplier_biz_name: Option<Text<200>>,
    /// 공급자 대표자 | Supplier representative
    pub supplier_ceo_name: Option<Text<50>>,
    /// 공급자 업태 | Supplier business kind
    pub supplier_biz_kind: Option<Text<100>>,
    /// 공급자 종목 | Supplier business item
    pub supplier_biz_item: Option<Text<100>>,
    /// 공급자 우편번호 | Supplier postcode
    pub supplier_postcode: Option<Text<10>>,
    /// 공급자 주소 | Supplier address
    pub supplier_address1: Option<Text<200>>,
    /// 공급자 상세주소 | Supplier address, line 2
    pub supplier_address2: Option<Text<200>>,
    /// 공급자 담당자 | Supplier contact
    pub supplier_contact: Option<Text<100>>,
    /// 공급자 이메일 | Supplier email
    pub supplier_email: Option<Email>,
    /// 공급자 전화번호 | Supplier phone
    pub supplier_phone: Option<Phone>,
    /// 공급받는 자 등록번호 | Buyer business number
    #[api(filter)]
    pub buyer_biz_no: Option<BizNo>,
    /// 공급받는 자 상호 | Buyer business name
    pub buyer_biz_name: Option<Text<200>>,
    /// 공급받는 자 대표자 | Buyer representative
    pub buyer_ceo_name: Option<Text<50>>,
    /// 공급받는 자 업태 | Buyer business kind
    pub buyer_biz_kind: Option<Text<100>>,
    /// 공급받는 자 종목 | Buyer business item
    pub buyer_biz_item: Option<Text<100>>,
    /// 공급받는 자 우편번호 | Buyer postcode
    pub buyer_postcode: Option<Text<10>>,
    /// 공급받는 자 주소 | Buyer address
    pub buyer_address1: Option<Text<200>>,
    /// 공급받는 자 상세주소 | Buyer address, line 2
    pub buyer_address2: Option<Text<200>>,
    /// 공급받는 자 담당자 | Buyer contact
    pub buyer_contact: Option<Text<100>>,
    /// 공급받는 자 이메일 | Buyer email
    pub buyer_email: Option<Email>,
    /// 공급받는 자 전화번호 | Buyer phone
    pub buyer_phone: Option<Phone>,
    /// 공급가액 | Supply amount
    pub supply_amount: Money,
    /// 세액 | Tax amount
    pub tax_amount: Money,
    /// 합계 | Total amount
    pub total_amount: Money,
    /// 수금·지급액 | Paid amount
    ///
    /// How much of it was paid or set off.
    pub paid_amount: Money,
    /// 통화 | Currency code
    #[api(filter)]
    pub currency_code: Currency,
    /// 환율 | Exchange rate
    ///
    /// What one of its currency is worth in the base currency.
    pub exchange_rate: Option<Rate>,
    /// 부가세 포함 단가 | Prices include tax
    ///
    /// Whether the unit prices have the tax in them.
    pub prices_include_tax: bool,
    /// 만기일 | Due date
    pub due_date: Option<Day>,
    /// 공급자 계산서 번호 | Vendor invoice number
    ///
    /// The supplier's own number, on purchases.
    #[api(filter)]
    pub vendor_invoice_no: Option<Text<50>>,
    /// The number folded for comparison; kept by the store.
    #[serde(skip)]
    pub vendor_invoice_no_key: Option<String>,
    /// 원천 구분 | Source type
    ///
    /// What it was made from.
    #[api(filter)]
    pub source_type: Option<Text<30>>,
    /// 원천 문서 | Source
    #[api(filter)]
    pub source_id: Option<Uuid>,
    /// 원천 문서번호 | Source number
    pub source_no: Option<Text<50>>,
    /// 비고 | Remark
    pub remark: Option<Memo>,
    /// 메모 | Notes
    pub notes: Option<Memo>,
    /// 상태 | Status
    #[api(filter)]
    pub status: Status,
    /// 국세청 전송 | Transmission status
    #[api(filter(null))]
    pub transmission_status: Option<TransmissionStatus>,
    /// 전송 횟수 | Transmission attempts
    pub transmission_attempts: i32,
    /// 전송 오류 코드 | Transmission error code
    pub transmission_error_code: Option<Text<50>>,
    /// 전송 오류 | Transmission error message
    pub transmission_error_message: Option<Text<500>>,
    /// 전송 일시 | Sent
    pub sent_at: Option<Timestamp>,
    /// 수정 사유 코드 | Amendment code
    ///
    /// 1 to 6: why it amends the original.
    pub amendment_code: Option<i32>,
    /// 당초 세금계산서 | Original invoice
    ///
    /// The invoice it amends.
    #[api(filter(null))]
    pub original_invoice_id: Option<Uuid>,
    /// 수정 사유 | Amendment reason
    pub amendment_reason: Option<Text<500>>,
    /// 취소 사유 | Cancel reason
    pub cancel_reason: Option<Text<500>>,
    /// 취소 일시 | Cancelled
    pub cancelled_at: Option<Timestamp>,
    /// 전표 | Journal entry
    ///
    /// The entry that posted it.
    pub je_id: Option<Uuid>,
    /// 내역 | Lines
    #[sea_orm(ignore)]
    #[serde(skip_serializing_if = "Rows::is_unread")]
    pub lines: Rows<super::line::Model>,
}
