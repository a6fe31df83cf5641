//! Payments and receipts: money from and to partners, and which open items it settles.
//!
//! A payment is posted when it is completed: what goes to open items straight to their accounts, the rest as an advance (선수금,
//! 선급금), from where it may be allocated later. What was allocated may be undone; it is an advance again then.

mod api;
pub mod entity;
pub(crate) mod entry_lines;
pub mod service;
pub(crate) mod settling;

pub(crate) use api::Complete;

use crate::open_items::Allocations;
use entity::{ActiveModel, Column, Entity, Model, Payment, PaymentMethod, PaymentStatus, PaymentType};
use envelope::web;
use kernel::{Change, Currency, Day, Memo, Money, Patch, Rate, Realm, Result, Text};
use ledger::journal::line::PartnerType;
use paperclip::actix::Apiv2Schema;
use resource::{Action, Lines, RangeKind, Resource, action};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PaymentCreate")]
pub struct Create {
    pub transaction_date: Day,
    pub transaction_type: PaymentType,
    pub payment_method: PaymentMethod,
    pub partner_id: Uuid,
    pub partner_type: Option<PartnerType>,
    /// A cash or bank account.
    pub account_id: Uuid,
    pub amount: Money,
    /// The base currency when left out.
    pub currency: Option<Currency>,
    /// The rate in force on the day when left out.
    pub exchange_rate: Option<Rate>,
    /// What the bank keeps: of a receipt it is taken off, to a payment it is added.
    pub fee_amount: Option<Money>,
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
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PaymentUpdate")]
pub struct Update {
    pub transaction_date: Change<Day>,
    pub transaction_type: Change<PaymentType>,
    pub payment_method: Change<PaymentMethod>,
    pub partner_id: Change<Uuid>,
    pub partner_type: Patch<PartnerType>,
    pub account_id: Change<Uuid>,
    pub amount: Change<Money>,
    pub currency: Change<Currency>,
    pub exchange_rate: Patch<Rate>,
    pub fee_amount: Change<Money>,
    pub ref_doc_no: Patch<Text<100>>,
    pub bank_name: Patch<Text<100>>,
    pub bank_account: Patch<Text<50>>,
    pub bank_account_holder: Patch<Text<100>>,
    pub check_no: Patch<Text<50>>,
    pub card_no: Patch<Text<20>>,
    pub description: Patch<Memo>,
    pub memo: Patch<Memo>,
    pub approval_code: Patch<Text<50>>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PaymentFilter")]
pub struct Filter {
    pub transaction_code: Option<Text<50>>,
    pub transaction_date: Option<Day>,
    pub transaction_type: Option<PaymentType>,
    pub payment_method: Option<PaymentMethod>,
    pub partner_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub currency: Option<Currency>,
    pub status: Option<PaymentStatus>,
}

/// Money from and to partners.
pub struct Payments;

impl Resource for Payments {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "payments";
    const NOUN: &'static str = "payment";
    type Entity = Entity;
    type View = Payment;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::TransactionDate, Column::TransactionCode, Column::Amount, Column::Status];
    const SEARCH: &'static [Column] =
        &[Column::TransactionCode, Column::Description, Column::RefDocNo, Column::BankAccountHolder, Column::CheckNo];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::TransactionDate, RangeKind::Day), (Column::Amount, RangeKind::Amount)];
    const LINES: &'static [Lines] = &[Lines::of::<Allocations>("against_id")];
    const STATE: Option<Column> = Some(Column::Status);
    const EXAMPLE: &'static str = r#"{"transaction_date": "2026-03-02", "transaction_type": "RECEIPT", "payment_method": "BANK_TRANSFER", "partner_id": "@/crm/customers", "account_id": "@/fim/accounts?is_bank_account=true", "amount": "{n}", "description": "3월 대금 {n}"}"#;

    fn actions() -> Vec<Action> {
        use PaymentStatus::{Cancelled, Completed, Failed, Pending};
        let step = |verb, event, summary| action(verb, event, summary).locking_no_key().event_fields(service::fact);
        vec![
            step(
                "complete",
                "completed",
                "Complete one payment once its money has moved: it is numbered and posted, and settles open items",
            )
            .from(&[Pending])
            .to(Completed)
            .does(service::complete),
            step("fail", "failed", "Mark one pending payment as failed: its money never moved")
                .from(&[Pending])
                .to(Failed)
                .does(service::fail),
            step("cancel", "cancelled", "Cancel one payment: what it posted is reversed, what it settled is open again")
                .from(&[Pending, Completed])
                .to(Cancelled)
                .does(service::cancel),
            step("allocate", "allocated", "Settle open items with what is left of a payment").from(&[Completed]).does(service::allocate),
            // in any state: what is undone already is left undone, and what was never allocated is not there
            step("unallocate", "unallocated", "Undo one allocation: its item is open again, its amount an advance")
                .does(service::unallocate),
        ]
    }

    fn may_change(row: &Model) -> Result<()> {
        if row.status == PaymentStatus::Pending {
            return Ok(());
        }
        Err(crate::rules::PAYMENT_CLOSED.error().with("status", serde_json::json!(row.status)))
    }
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/payments")
        .service(web::resource("").route(resource::list::<Payments>()).route(web::post().to(api::create)))
        .service(web::resource("/export").route(resource::export::<Payments>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<Payments>())
                .route(web::patch().to(api::update))
                .route(resource::delete::<Payments>()),
        )
        .configure(resource::actions::<Payments>)
}
