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
use entity::{Column, Create, Entity, Filter, Model, Payment, PaymentStatus, Update};
use envelope::web;
use kernel::{Realm, Result};
use resource::{Action, Lines, RangeKind, Resource, action};

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
