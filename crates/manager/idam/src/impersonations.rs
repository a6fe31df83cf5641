//! Acting as one of a company's people, with the company's consent.

use auth::{
    Allowed,
    entities::idam_impersonation::{ActiveModel, Column, Entity, Model},
    impersonation::{LONGEST, Started, Wanted},
};
use envelope::{Api, Body, Created, Nothing, RowId, web};
use kernel::{Error, Patch, Realm, Text, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{RangeKind, ReadOnly, Resource};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;
use uuid::Uuid;

permission! {
    pub Begin = "idam", "impersonations", "create", step_up;
    pub End = "idam", "impersonations", "end";
}

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "ImpersonationCreate")]
pub struct Create {
    pub tenant_id: Uuid,
    /// The company's user to act as.
    pub user_id: Uuid,
    pub reason: Text<500>,
    /// 시간(분) | Minutes
    ///
    /// 1 to 60; 30 when left out.
    #[sea_orm(ignore)]
    pub minutes: Option<i32>,
    /// To change things too, where the consent allows it.
    pub allow_write: Option<bool>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "ImpersonationFilter")]
pub struct Filter {
    pub staff_id: Option<Uuid>,
    pub tenant_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub ended_by: Patch<Uuid>,
    pub allow_write: Option<bool>,
}

/// Who acted as whom.
pub struct Impersonations;

impl Resource for Impersonations {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "idam";
    const NAME: &'static str = "impersonations";
    const NOUN: &'static str = "impersonation";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::ExpiresAt, Column::EndedAt];
    const SEARCH: &'static [Column] = &[Column::StaffName, Column::Username];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::ExpiresAt, RangeKind::Time)];
    const EXAMPLE: &'static str =
        r#"{"tenant_id": "@/tenants", "user_id": "0192f0c1-2345-7abc-8def-0123456789ab", "reason": "문의 {n} 확인", "minutes": 30}"#;
}

/// Begin to act as one of a company's people
///
/// The company must have consented. Answers a token for its side, good for `minutes`, 30 when left out; without `allow_write` it reads
/// only.
#[api_v2_operation]
pub async fn create(cx: Allowed<Begin>, body: Body<Create>) -> Created<Started> {
    let wanted = body.0;
    let minutes = i64::from(wanted.minutes.unwrap_or(30));
    if !(1..=LONGEST).contains(&minutes) {
        return Err(Error::field("minutes", "range", "1 이상 60 이하여야 합니다.", "must be from 1 to 60").into());
    }
    let (tenant, user, allow_write) = (wanted.tenant_id, wanted.user_id, wanted.allow_write.unwrap_or(false));
    let answer = cx.impersonate(&Wanted { tenant, user, reason: wanted.reason, minutes, allow_write }).await?;
    Ok(answer.into())
}

// not a declared action: it writes in both databases, one after the other
/// Stop acting as somebody else; on both sides, at once
///
/// Leaves the event `idam.impersonation.ended`. One that has ended already is answered as it is.
#[api_v2_operation]
pub async fn end(cx: Allowed<End>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(cx.end_impersonation(*id).await?.into())
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/impersonations")
        .service(web::resource("").route(resource::list::<Impersonations>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<Impersonations>()))
        .service(web::resource("/{id}").route(resource::get::<Impersonations>()))
        .service(web::resource("/{id}/end").route(web::post().to(end)))
}
