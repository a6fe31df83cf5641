//! Opportunities: a chance to sell, from the first word of it until it is won, lost or given up.
//!
//! `rules` says which step leads where and what a deal is worth, `service` does it, `stages` is the way it went, `pipeline` the sums
//! of all of them.

mod api;
pub mod entity;
mod pipeline;
mod rules;
mod service;
pub mod stages;

pub(crate) use service::open_in_the_past;

use entity::{Column, Create, Entity, Filter, Model, Status, Update};
use envelope::web;
use kernel::{Realm, Result};
use resource::{Action, RangeKind, Resource, action};
use serde_json::json;

/// Chances to sell.
pub struct Opportunities;

impl Resource for Opportunities {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "crm";
    const NAME: &'static str = "opportunities";
    const NOUN: &'static str = "opportunity";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[
        Column::Name,
        Column::Code,
        Column::Amount,
        Column::WinProbability,
        Column::ExpectedRevenue,
        Column::ExpectedCloseDate,
        Column::StageEnteredAt,
    ];
    const SEARCH: &'static [Column] = &[Column::Name, Column::Code, Column::ProductInterest, Column::ServiceInterest];
    const RANGES: &'static [(Column, RangeKind)] = &[
        (Column::ExpectedCloseDate, RangeKind::Day),
        (Column::ActualCloseDate, RangeKind::Day),
        (Column::Amount, RangeKind::Amount),
        (Column::WinProbability, RangeKind::Integer),
    ];
    const OWNED: &'static [&'static str] = &["crm_opportunity_stages"];
    const STATE: Option<Column> = Some(Column::Status);
    const EXAMPLE: &'static str = r#"{"code": "DEAL-{n}", "name": "ERP 도입 {n}", "partner_id": "@/crm/customers", "amount": "12000000", "expected_close_date": "2026-12-31", "source": "소개"}"#;

    fn actions() -> Vec<Action> {
        use Status::{Cancelled, Lost, Open, Won};
        vec![
            action("move", "moved", "Move an opportunity one stage forward or back")
                .from(&[Open])
                .does(service::move_to)
                .event_fields(|row: &Model| json!({"to": row.stage})),
            action("win", "won", "An opportunity is won").from(&[Open]).to(Won).does(service::win).event_fields(service::for_a_quote),
            action("lose", "lost", "An opportunity is lost, for a reason")
                .from(&[Open])
                .to(Lost)
                .does(service::lose)
                .event_fields(|row: &Model| json!({"partner_id": row.partner_id, "reason": row.lost_reason})),
            action("cancel", "cancelled", "Give an opportunity up: neither won nor lost")
                .from(&[Open])
                .to(Cancelled)
                .does(service::cancel)
                .event_fields(|row: &Model| json!({"partner_id": row.partner_id})),
            // what was won is sold: an order may hang on it
            action("reopen", "reopened", "Take up again what was lost or given up, in the stage it had")
                .from(&[Lost, Cancelled])
                .to(Open)
                .does(service::reopen)
                .event_fields(|row: &Model| json!({"partner_id": row.partner_id, "stage": row.stage})),
        ]
    }

    fn may_change(_row: &Model) -> Result<()> {
        Ok(())
    }

    fn may_delete(row: &Model) -> Result<()> {
        if row.status == Status::Won {
            return Err(crate::rules::OPPORTUNITY_WON.error());
        }
        Ok(())
    }
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/opportunities")
        .service(web::resource("").route(resource::list::<Opportunities>()).route(web::post().to(api::create)))
        .service(web::resource("/export").route(resource::export::<Opportunities>()))
        .service(web::resource("/pipeline").route(web::get().to(pipeline::pipeline)))
        .service(
            web::resource("/{id}")
                .route(resource::get::<Opportunities>())
                .route(web::patch().to(api::update))
                .route(resource::delete::<Opportunities>()),
        )
        .service(web::resource("/{id}/history").route(web::get().to(stages::history)))
        .configure(resource::actions::<Opportunities>)
}
