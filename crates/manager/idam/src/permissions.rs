//! The catalogue of permissions of this side, generated from the code at every start: it cannot
//! drift from the routes. People may only describe what is there.

use auth::entities::{
    idam_permission::{Action, ActiveModel, AppliesTo, Column, Entity, Model},
    idam_role::{Scope, Status},
};
use envelope::web;
use kernel::{Change, Memo, Patch, Realm, Text};
use paperclip::actix::Apiv2Schema;
use resource::{ReadOnly, Resource};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformPermissionUpdate")]
pub struct Update {
    pub name: Change<Text<100>>,
    pub description: Patch<Memo>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformPermissionFilter")]
pub struct Filter {
    pub code: Option<Text<100>>,
    pub category: Option<Text<50>>,
    pub resource: Option<Text<50>>,
    pub action: Option<Action>,
    pub scope: Option<Scope>,
    pub applies_to: Option<AppliesTo>,
    pub is_system: Option<bool>,
    pub is_hidden: Option<bool>,
    pub status: Option<Status>,
}

/// Permissions of the provider's side.
pub struct Permissions;

impl Resource for Permissions {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "idam";
    const NAME: &'static str = "permissions";
    const NOUN: &'static str = "permission";
    type Entity = Entity;
    type View = Model;
    type Create = ReadOnly;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Code, Column::Name, Column::Category];
    const SEARCH: &'static [Column] = &[Column::Code, Column::Name];
    const EXAMPLE: &'static str = "{}";
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/permissions")
        .service(web::resource("").route(resource::list::<Permissions>()))
        .service(web::resource("/export").route(resource::export::<Permissions>()))
        .service(web::resource("/{id}").route(resource::get::<Permissions>()).route(resource::update::<Permissions>()))
}
