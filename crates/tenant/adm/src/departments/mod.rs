//! Departments: a tree with dates below each organization.

pub(crate) mod api;
mod ending;
pub mod entity;
pub mod places;
mod tree;

use entity::{Column, Create, Entity, Filter, Model, Update};
use envelope::web;
use kernel::Realm;
use resource::{Action, RangeKind, Resource, action};

/// Departments of the company.
pub struct Departments;

impl Resource for Departments {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "departments";
    const NOUN: &'static str = "department";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Name, Column::Code, Column::No, Column::SortOrder, Column::ValidFrom];
    const SEARCH: &'static [Column] = &[Column::Name, Column::Code];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::ValidFrom, RangeKind::Day), (Column::ValidTo, RangeKind::Day)];
    const RUNNING_NO: bool = true;
    const OWNED: &'static [&'static str] = &["adm_department_places"];
    const EXAMPLE: &'static str =
        r#"{"organization_id": "@/adm/organizations", "code": "D-{n}", "name": "영업 {n}팀", "valid_from": "2026-01-01"}"#;

    fn actions() -> Vec<Action> {
        vec![
            action("move", "moved", "Move one department from a day on, all below it with it").in_department().does(api::shift),
            action("merge", "merged", "Merge one department into another: what hangs below it and its people go there, and it is closed")
                .in_department()
                .does(ending::merge),
            action("close", "closed", "Close one department in which nobody is left").in_department().does(ending::close),
        ]
    }
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/departments")
        .service(web::resource("").route(resource::list::<Departments>()).route(web::post().to(api::create)))
        .service(web::resource("/tree").route(web::get().to(api::tree)))
        .service(web::resource("/export").route(resource::export::<Departments>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<Departments>())
                .route(web::patch().to(api::update))
                .route(web::delete().to(api::delete)),
        )
        .service(web::resource("/{id}/history").route(web::get().to(api::history)))
        .configure(resource::actions::<Departments>)
}
