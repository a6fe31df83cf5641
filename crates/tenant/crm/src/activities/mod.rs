//! Activities: what is done with customers, planned, done, and followed up.

mod api;
pub mod entity;
mod rules;
mod service;

pub(crate) use service::follow;

use entity::{Column, Create, Entity, Filter, Model, Status, Update};
use envelope::web;
use kernel::Realm;
use resource::{Action, RangeKind, Resource, action};

/// What is done with customers.
pub struct Activities;

impl Resource for Activities {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "crm";
    const NAME: &'static str = "activities";
    const NOUN: &'static str = "activity";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::ActivityDate, Column::StartsAt, Column::Subject, Column::Priority];
    const SEARCH: &'static [Column] = &[Column::Subject, Column::Location];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::ActivityDate, RangeKind::Day), (Column::FollowUpDate, RangeKind::Day)];
    // what a follow-up came from does not keep it; the link is undone
    const OWNED: &'static [&'static str] = &["crm_activities"];
    const STATE: Option<Column> = Some(Column::Status);
    const EXAMPLE: &'static str = r#"{"activity_type": "MEETING", "subject": "제안 미팅 {n}", "partner_id": "@/crm/customers", "activity_date": "2026-12-01", "start_time": "14:00", "end_time": "15:30", "location": "고객사 회의실", "participants": [{"name": "박부장"}]}"#;

    fn actions() -> Vec<Action> {
        use Status::{Cancelled, Completed, InProgress, Planned};
        vec![
            action("start", "started", "An activity begins").from(&[Planned]).to(InProgress).event_fields(service::event_fields),
            // a call is over before anybody has said that it began
            action("complete", "completed", "An activity is done; where a follow-up is wanted, it is planned")
                .from(&[Planned, InProgress])
                .to(Completed)
                .does(service::complete)
                .event_fields(service::event_fields),
            action("cancel", "cancelled", "An activity does not take place")
                .from(&[Planned, InProgress])
                .to(Cancelled)
                .event_fields(service::event_fields),
        ]
    }
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/activities")
        .service(web::resource("").route(resource::list::<Activities>()).route(web::post().to(api::create)))
        .service(web::resource("/export").route(resource::export::<Activities>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<Activities>())
                .route(web::patch().to(api::update))
                .route(web::delete().to(api::delete)),
        )
        .configure(resource::actions::<Activities>)
}

#[cfg(test)]
mod tests {
    use super::{Activities, Resource as _};

    /// Where an activity may go from here.
    fn leads_to(status: &str) -> Vec<String> {
        let mut actions = Activities::actions();
        actions.retain(|action| action.from.iter().any(|from| from == status));
        actions.into_iter().filter_map(|action| action.to).collect()
    }

    #[test]
    fn what_is_over_stays_over() {
        assert!(leads_to("COMPLETED").is_empty() && leads_to("CANCELLED").is_empty());
        assert_eq!(leads_to("PLANNED"), ["IN_PROGRESS", "COMPLETED", "CANCELLED"]);
        assert_eq!(leads_to("IN_PROGRESS"), ["COMPLETED", "CANCELLED"], "nothing leads back to the plan");
    }
}
