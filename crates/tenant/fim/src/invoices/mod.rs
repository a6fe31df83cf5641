//! Tax invoices: drafted, issued (numbered and posted at once), sent to the tax office, amended.
//!
//! `figures` computes, `parties` fills in who supplies and who buys, `drafting` writes drafts, `issuing` makes them binding or cancels
//! them, `sending` and `provider` bring them to the tax office, `amending` makes the amendments that correct what was sent, `taking`
//! says what they may take away and with which tax, `left` what of an invoice they have not taken away.

mod amending;
mod api;
pub(crate) mod drafting;
pub mod entity;
mod entry_lines;
mod figures;
pub(crate) mod issuing;
pub(crate) mod left;
pub mod line;
mod parties;
pub mod provider;
mod sending;
mod taking;

pub use sending::transmit;

use entity::{ActiveModel, Column, Direction, Entity, Filter, IssueType, Model, Status};
use envelope::{StatusCode, web};
use kernel::{BizNo, Change, Currency, Day, Email, Memo, Money, Patch, Phone, Rate, Realm, Result, Text, permission};
use line::{InvoiceLines, Line};
use paperclip::actix::Apiv2Schema;
use resource::{Action, LineChange, Lines, RangeKind, Resource, action};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;
use uuid::Uuid;

permission! {
    /// To say on which day it is issued, where that is not today.
    pub IssueDated = "fim", "invoices", "issue-dated";
}

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "InvoiceCreate")]
pub struct Create {
    /// `SALES` when left out.
    pub direction: Option<Direction>,
    /// `NORMAL` when left out.
    pub issue_type: Option<IssueType>,
    /// 작성일자: the day of the supply.
    pub invoice_date: Day,
    /// The tax office's number of a purchase invoice.
    pub approval_no: Option<Text<50>>,
    pub partner_id: Uuid,
    /// Both sides are filled in from the partner and the company's headquarters where they are left out.
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
    /// Computed; may be sent to be checked.
    pub supply_amount: Option<Money>,
    /// Computed; may be sent to be checked.
    pub tax_amount: Option<Money>,
    /// Computed; may be sent to be checked.
    pub total_amount: Option<Money>,
    /// The base currency when left out.
    pub currency_code: Option<Currency>,
    /// The rate of the invoice's day when left out.
    pub exchange_rate: Option<Rate>,
    /// Whether the unit prices have the tax in them; `false` when left out.
    pub prices_include_tax: Option<bool>,
    /// By the partner's payment terms when left out.
    pub due_date: Option<Day>,
    /// The supplier's own number, on purchases: once at a supplier.
    pub vendor_invoice_no: Option<Text<50>>,
    pub source_type: Option<Text<30>>,
    pub source_id: Option<Uuid>,
    pub source_no: Option<Text<50>>,
    pub remark: Option<Memo>,
    pub notes: Option<Memo>,
    /// At least one.
    #[sea_orm(ignore)]
    pub lines: Vec<Line>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "InvoiceUpdate")]
pub struct Update {
    pub issue_type: Change<IssueType>,
    pub invoice_date: Change<Day>,
    pub approval_no: Patch<Text<50>>,
    pub partner_id: Change<Uuid>,
    pub supplier_biz_no: Patch<BizNo>,
    pub supplier_biz_name: Patch<Text<200>>,
    pub supplier_ceo_name: Patch<Text<50>>,
    pub supplier_biz_kind: Patch<Text<100>>,
    pub supplier_biz_item: Patch<Text<100>>,
    pub supplier_postcode: Patch<Text<10>>,
    pub supplier_address1: Patch<Text<200>>,
    pub supplier_address2: Patch<Text<200>>,
    pub supplier_contact: Patch<Text<100>>,
    pub supplier_email: Patch<Email>,
    pub supplier_phone: Patch<Phone>,
    pub buyer_biz_no: Patch<BizNo>,
    pub buyer_biz_name: Patch<Text<200>>,
    pub buyer_ceo_name: Patch<Text<50>>,
    pub buyer_biz_kind: Patch<Text<100>>,
    pub buyer_biz_item: Patch<Text<100>>,
    pub buyer_postcode: Patch<Text<10>>,
    pub buyer_address1: Patch<Text<200>>,
    pub buyer_address2: Patch<Text<200>>,
    pub buyer_contact: Patch<Text<100>>,
    pub buyer_email: Patch<Email>,
    pub buyer_phone: Patch<Phone>,
    pub supply_amount: Change<Money>,
    pub tax_amount: Change<Money>,
    pub total_amount: Change<Money>,
    pub currency_code: Change<Currency>,
    pub exchange_rate: Patch<Rate>,
    pub prices_include_tax: Change<bool>,
    pub due_date: Patch<Day>,
    pub vendor_invoice_no: Patch<Text<50>>,
    pub source_type: Patch<Text<30>>,
    pub source_id: Patch<Uuid>,
    pub source_no: Patch<Text<50>>,
    pub remark: Patch<Memo>,
    pub notes: Patch<Memo>,
    /// The whole set: with `id` changed, without added, missing removed.
    #[sea_orm(ignore)]
    pub lines: Change<Vec<LineChange<Line>>>,
}

/// Tax invoices of the company, issued and received.
pub struct Invoices;

impl Resource for Invoices {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "invoices";
    const NOUN: &'static str = "invoice";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const LINES: &'static [Lines] = &[Lines::of::<InvoiceLines>("tax_invoice_id").numbered("line_no")];
    const SORT: &'static [Column] = &[
        Column::InvoiceNo,
        Column::InvoiceDate,
        Column::IssueDate,
        Column::IssueDeadline,
        Column::DueDate,
        Column::TotalAmount,
        Column::Status,
    ];
    const SEARCH: &'static [Column] =
        &[Column::InvoiceNo, Column::SupplierBizName, Column::BuyerBizName, Column::VendorInvoiceNo, Column::SourceNo, Column::ApprovalNo];
    const RANGES: &'static [(Column, RangeKind)] = &[
        (Column::InvoiceDate, RangeKind::Day),
        (Column::IssueDate, RangeKind::Day),
        (Column::IssueDeadline, RangeKind::Day),
        (Column::DueDate, RangeKind::Day),
        (Column::TotalAmount, RangeKind::Amount),
    ];
    const EXAMPLE: &'static str = r#"{"direction": "SALES", "invoice_date": "2026-03-02", "partner_id": "@/crm/customers", "source_no": "SO-2026-{n}", "remark": "3월 납품분 {n}",
        "lines": [{"product_code": "KB-100", "product_name": "무선 키보드", "quantity": "10", "unit_price": "10000"}]}"#;

    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        use Status::{Cancelled, Confirmed, Draft, Issued, Sent};
        vec![
            action("issue", "issued", "Issue one draft: it gets its number, is posted, and never changes again")
                .from(&[Draft])
                .to(Issued)
                .already(&[Sent, Confirmed])
                .locking_no_key()
                .does(issuing::issue)
                .event_fields(issuing::fact),
            action("cancel", "cancelled", "Cancel one invoice before it is sent")
                .from(&[Draft, Issued])
                .to(Cancelled)
                .locks_first(issuing::lock_with_claims)
                .locking_no_key()
                .does(issuing::cancel)
                .event_fields(issuing::fact),
            // one that was sent may have failed to arrive: the function says whether it goes again
            action("send", "sent", "Send one issued invoice to the tax office; once more after it failed")
                .from(&[Issued, Sent])
                .already(&[Confirmed])
                .locking_no_key()
                .does(sending::send)
                .event_fields(issuing::fact),
            action("amend", "amended", "Amend one issued invoice for one of the six reasons: the amendments are issued and posted at once")
                .from(&[Issued, Sent, Confirmed])
                .locks_first(issuing::lock_items)
                .locking_no_key()
                .does(amending::amend)
                .event_fields(issuing::fact)
                .answers::<api::InvoiceAmendment>(StatusCode::OK),
        ]
    }

    fn may_change(row: &Model) -> Result<()> {
        if row.status == Status::Draft {
            return Ok(());
        }
        Err(crate::rules::INVOICE_ISSUED.error().with("status", serde_json::json!(row.status)))
    }
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/invoices")
        .service(web::resource("").route(resource::list::<Invoices>()).route(web::post().to(api::create)))
        .service(web::resource("/export").route(resource::export::<Invoices>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<Invoices>())
                .route(web::patch().to(api::update))
                .route(resource::delete::<Invoices>()),
        )
        .configure(resource::actions::<Invoices>)
}
