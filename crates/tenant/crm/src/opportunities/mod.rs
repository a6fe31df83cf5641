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

use entity::{ActiveModel, Column, Entity, Model, Stage, Status};
use envelope::web;
use kernel::{Change, CodeText, Currency, Day, Memo, Money, Patch, Realm, Result, Text};
use paperclip::actix::Apiv2Schema;
use resource::{Action, RangeKind, Resource, action};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "OpportunityCreate")]
pub struct Create {
    /// The next of `OPP-2026-000001` when left out.
    pub code: Option<CodeText<50>>,
    pub name: Text<200>,
    pub description: Option<Memo>,
    /// A customer.
    pub partner_id: Option<Uuid>,
    /// One of the customer's.
    pub contact_id: Option<Uuid>,
    /// `LEAD` when left out; one that is open.
    pub stage: Option<Stage>,
    pub amount: Option<Money>,
    /// One of the company's; the base currency when left out.
    pub currency: Option<Currency>,
    /// Percent; follows the stage when left out.
    pub win_probability: Option<i32>,
    pub expected_close_date: Option<Day>,
    /// The caller when left out.
    pub owner_id: Option<Uuid>,
    /// The owner's when left out.
    pub department_id: Option<Uuid>,
    pub source: Option<Text<50>>,
    pub source_detail: Option<Text<200>>,
    pub product_interest: Option<Text<200>>,
    pub service_interest: Option<Text<200>>,
    pub competitors: Option<Memo>,
    pub our_advantage: Option<Memo>,
    pub notes: Option<Memo>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "OpportunityUpdate")]
pub struct Update {
    pub code: Change<CodeText<50>>,
    pub name: Change<Text<200>>,
    pub description: Patch<Memo>,
    pub partner_id: Patch<Uuid>,
    pub contact_id: Patch<Uuid>,
    pub amount: Change<Money>,
    pub currency: Change<Currency>,
    /// Percent; from now on it does not follow the stage.
    pub win_probability: Change<i32>,
    /// `false` lets it follow the stage again.
    pub is_probability_manual: Change<bool>,
    pub expected_close_date: Patch<Day>,
    pub owner_id: Patch<Uuid>,
    pub department_id: Patch<Uuid>,
    pub source: Patch<Text<50>>,
    pub source_detail: Patch<Text<200>>,
    pub product_interest: Patch<Text<200>>,
    pub service_interest: Patch<Text<200>>,
    pub competitors: Patch<Memo>,
    pub our_advantage: Patch<Memo>,
    pub notes: Patch<Memo>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "OpportunityFilter")]
pub struct Filter {
    pub code: Option<CodeText<50>>,
    pub partner_id: Patch<Uuid>,
    pub contact_id: Patch<Uuid>,
    pub stage: Option<Stage>,
    pub status: Option<Status>,
    pub currency: Option<Currency>,
    pub owner_id: Patch<Uuid>,
    pub department_id: Patch<Uuid>,
    pub source: Patch<Text<50>>,
}

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
