//! Clearings: open items that are settled without money.
//!
//! * 대손·단수 정리 (write-off): what will not come, or is too little to ask for, leaves the control account for an expense (대손상각비 when
//!   nobody says another); what will not have to be paid leaves it for the account that is named.
//! * 상계 (netting): what a partner owes is set off against what is owed to the same partner, in one currency, both sides by the same amount.
//!
//! With a write-off of a sale its output tax may be deducted (`relief`).
//!
//! Items leave the ledger at the rates of their documents; what lies between the sides of a netting is gained or lost. A clearing is
//! reversed as a whole: its items are open again.

mod api;
pub mod entity;
mod relief;
mod service;

use crate::open_items::{Allocations, shares::Share};
use entity::{ActiveModel, ClearingKind, ClearingStatus, Column, Entity, Filter, Model};
use envelope::web;
use kernel::{Day, Realm, Text};
use paperclip::actix::Apiv2Schema;
use resource::{Action, Lines, RangeKind, ReadOnly, Resource, action};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Clone, Debug, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "ClearingCreate")]
pub struct Create {
    pub kind: ClearingKind,
    /// Today when left out, and never after today.
    #[sea_orm(ignore)]
    pub date: Option<Day>,
    /// Of one partner and currency. To write off: all owed by the partner, or all to them. To net: of both.
    #[sea_orm(ignore)]
    pub items: Vec<Share>,
    /// What it is written off to; 대손상각비 when left out and the partner owes it.
    pub account_id: Option<Uuid>,
    /// 대손세액공제: deduct the output tax in them. For sales with tax invoices only; whether the law allows it (부도, 파산 …) is up to whoever
    /// asks for it.
    #[sea_orm(ignore)]
    pub vat_relief: Option<bool>,
    pub reason: Text<500>,
    /// 승인 대기로 등록 | Waits for approval
    ///
    /// Only of a write-off: true leaves it PENDING. Nothing is settled or posted until `/post`.
    #[sea_orm(ignore)]
    pub is_pending: Option<bool>,
}

/// What was settled without money.
pub struct Clearings;

impl Resource for Clearings {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "clearings";
    const NOUN: &'static str = "clearing";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Date, Column::ClearingNo, Column::Amount];
    const SEARCH: &'static [Column] = &[Column::ClearingNo, Column::Reason];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::Date, RangeKind::Day), (Column::Amount, RangeKind::Amount)];
    const LINES: &'static [Lines] = &[Lines::of::<Allocations>("against_id")];
    const STATE: Option<Column> = Some(Column::Status);
    const EXAMPLE: &'static str =
        r#"{"kind": "WRITE_OFF", "date": "2026-03-31", "items": [{"item_id": "@/fim/open-items", "amount": "1"}], "reason": "대손 {n}"}"#;

    fn actions() -> Vec<Action> {
        use ClearingStatus::{Cancelled, Pending, Posted, Reversed};
        vec![
            action("post", "posted", "Post one pending write-off: its items are settled")
                .from(&[Pending])
                .to(Posted)
                .already(&[Reversed])
                .locks_first(service::lock_items)
                .locking_no_key()
                .event_fields(|row: &Model| serde_json::json!({"clearing_no": row.clearing_no}))
                .does(service::post),
            action("cancel", "cancelled", "Cancel one pending write-off").from(&[Pending]).to(Cancelled).does(service::cancel),
            action("reverse", "reversed", "Reverse one clearing: its items are open again")
                .from(&[Posted])
                .to(Reversed)
                .locks_first(service::lock_items)
                .locking_no_key()
                .event_fields(|row: &Model| serde_json::json!({"clearing_no": row.clearing_no}))
                .does(service::reverse),
        ]
    }
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/clearings")
        .service(web::resource("").route(resource::list::<Clearings>()).route(web::post().to(api::create)))
        .service(web::resource("/export").route(resource::export::<Clearings>()))
        .service(web::resource("/{id}").route(resource::get::<Clearings>()))
        .configure(resource::actions::<Clearings>)
}
