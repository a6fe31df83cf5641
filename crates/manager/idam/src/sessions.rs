//! Sessions, looked at and ended.

use auth::{
    Allowed,
    entities::idam_session::{ActiveModel, Column, Entity, Model, Status},
    sessions::{EndedSession, RevokeAll, RevokedSessions, revoke_all, revoke_one},
};
use envelope::{Api, Body, RowId, web};
use kernel::{Realm, Text, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Never, RangeKind, Resource};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;
use uuid::Uuid;

permission! {
    pub RevokeAllOf = "idam", "sessions", "revoke-all";
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "PlatformSessionFilter")]
pub struct Filter {
    pub user_id: Option<Uuid>,
    pub status: Option<Status>,
    pub ip_address: Option<Text<45>>,
    pub mfa_verified: Option<bool>,
}

/// Sessions of the provider's people.
pub struct Sessions;

impl Resource for Sessions {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "idam";
    const NAME: &'static str = "sessions";
    const NOUN: &'static str = "session";
    type Entity = Entity;
    type View = Model;
    type Create = Never;
    type Update = Never;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::LastActivityAt, Column::ExpiresAt];
    const SEARCH: &'static [Column] = &[];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::LastActivityAt, RangeKind::Time), (Column::ExpiresAt, RangeKind::Time)];
    const EXAMPLE: &'static str = "{}";
}

/// End one session; it stays in the list as REVOKED
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<Sessions>>, id: RowId) -> Api<EndedSession> {
    revoke_one(&cx, *id).await
}

/// End all sessions of somebody
#[api_v2_operation]
pub async fn end_all(cx: Allowed<RevokeAllOf>, body: Body<RevokeAll>) -> Api<RevokedSessions> {
    revoke_all(&cx, body).await
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/sessions")
        .service(web::resource("").route(resource::list::<Sessions>()))
        .service(web::resource("/export").route(resource::export::<Sessions>()))
        .service(web::resource("/revoke-all").route(web::post().to(end_all)))
        .service(web::resource("/{id}").route(resource::get::<Sessions>()).route(web::delete().to(delete)))
}
