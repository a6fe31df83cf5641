//! 외화환산: what partners owe and are owed in other currencies, and what stands in bank and cash accounts of other currencies, is shown
//! at the rate of a day.
//!
//! One entry puts the difference on the control accounts, partner by partner, and on the bank accounts, and into 외화환산이익 and
//! 외화환산손실; an entry of the day after reverses all of it. So the items keep the rate of their documents: what a payment gains or
//! loses later is computed against that rate, and nothing is counted twice. Each revaluation stands for itself, whichever others there
//! are.
//!
//! A day is valued once. When a rate was wrong or something was posted late, the revaluation is reversed (both entries, each on its own
//! day) and made anew. Advances (선급금, 선수금) are not monetary and keep their rate.

mod api;
pub mod entity;
pub(crate) mod foreign;
pub mod line;
pub(crate) mod service;

use entity::{Column, Create, Entity, Filter, Model, RevaluationStatus};
use envelope::web;
use kernel::Realm;
use resource::{Action, Lines, RangeKind, ReadOnly, Resource, action};

/// Revaluations of the company.
pub struct Revaluations;

impl Resource for Revaluations {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "revaluations";
    const NOUN: &'static str = "revaluation";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::AsOf];
    const SEARCH: &'static [Column] = &[];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::AsOf, RangeKind::Day)];
    const LINES: &'static [Lines] = &[Lines::of::<RevaluationLines>("revaluation_id").numbered("line_no")];
    const EXAMPLE: &'static str = r#"{"as_of": "{day}"}"#;
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        use RevaluationStatus::{Posted, Reversed};
        vec![
            action(
                "reverse",
                "reversed",
                "Reverse one revaluation, each of its entries on its own day; the day can then be revalued again",
            )
            .from(&[Posted])
            .to(Reversed)
            .locking_no_key()
            .does(service::reverse)
            .event_fields(|row: &Model| serde_json::json!({"as_of": row.as_of})),
        ]
    }
}

/// The items of a revaluation.
pub struct RevaluationLines;

impl Resource for RevaluationLines {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "lines";
    const NOUN: &'static str = "revaluation_line";
    type Entity = line::Entity;
    type View = line::Model;
    type Create = ReadOnly;
    type Update = ReadOnly;
    type Filter = ReadOnly;
    const SORT: &'static [line::Column] = &[];
    const SEARCH: &'static [line::Column] = &[];
    const EXAMPLE: &'static str = "{}";
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/revaluations")
        .service(web::resource("").route(resource::list::<Revaluations>()).route(web::post().to(api::create)))
        .service(web::resource("/export").route(resource::export::<Revaluations>()))
        .service(web::resource("/{id}").route(resource::get::<Revaluations>()))
        .configure(resource::actions::<Revaluations>)
}
