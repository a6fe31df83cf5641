//! The company lets the provider's staff act as one of its people, until a moment, and can take
//! that back at any time.

use auth::{
    Allowed,
    entities::adm_support_consent::{ActiveModel, Column, Entity, Model, Status},
};
use envelope::{Api, Body, Created, Reply, RowId, web};
use kernel::{Error, Message, Patch, Realm, Text, Timestamp, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Guard, Never, RangeKind, Resource, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{Action, AuditEntry, Event, values_of};
use uuid::Uuid;

permission! {
    pub Consent = "adm", "support-consents", "create", step_up;
    pub Revoke = "adm", "support-consents", "revoke";
}

const DAY: i64 = 24 * 60 * 60;

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "SupportConsentCreate")]
pub struct Create {
    pub reason: Text<500>,
    /// At most 30 days ahead; a week when left out.
    pub expires_at: Option<Timestamp>,
    /// Whether they may change things too; only look when left out.
    pub allow_write: Option<bool>,
    /// Only as this person. Left out: as anybody who has no right that whoever consents lacks.
    pub user_id: Option<Uuid>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "SupportConsentFilter")]
pub struct Filter {
    pub user_id: Patch<Uuid>,
    pub allow_write: Option<bool>,
    pub status: Option<Status>,
}

/// Consents of the company to being helped.
pub struct SupportConsents;

impl Resource for SupportConsents {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "support-consents";
    const NOUN: &'static str = "support_consent";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Never;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::ExpiresAt];
    const SEARCH: &'static [Column] = &[Column::Reason];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::ExpiresAt, RangeKind::Time)];
    const EXAMPLE: &'static str = r#"{"reason": "마감 오류 {n} 확인", "allow_write": false}"#;
}

/// Staff act as nobody whom the one who consents could not sign in as. Where none is named that is asked when they begin
/// ([`auth::Door::impersonate`]).
const WITHIN_RIGHTS: &Guard<'static> = &|door, tx, changing| {
    Box::pin(async move {
        match changing.id_in("user_id") {
            Some(user) => door.may_sign_in_as(tx, user).await.map_err(|refusal| {
                refusal.saying(Message::new(
                    "자신보다 권한이 많은 사용자로 대리 접속하는 데에는 동의할 수 없습니다.",
                    "You cannot consent to staff acting as a user who has rights you do not hold.",
                ))
            }),
            None => Ok(()),
        }
    })
};

/// Consent to being helped
#[api_v2_operation]
pub async fn create(cx: Allowed<Consent>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    let now = cx.platform().now();
    let until = *wanted.expires_at.get_or_insert_with(|| now.plus_seconds(7 * DAY));
    cx.must_lie_ahead("expires_at", Some(until))?;
    if until > now.plus_seconds(30 * DAY) {
        return Err(Error::field("expires_at", "range", "30일을 넘을 수 없습니다.", "must lie within 30 days").into());
    }
    let values = values_of(&wanted.into_active_model());
    Ok(resource::create_with(&cx, Spec::of::<SupportConsents>()?, values, WITHIN_RIGHTS).await?.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "SupportConsentRevocation")]
pub struct Revocation {
    pub reason: Option<Text<500>>,
}

/// Take a consent back; whoever acts on it is put out at once
#[api_v2_operation]
pub async fn revoke(cx: Allowed<Revoke>, id: RowId, body: Body<Revocation>) -> Api<Model> {
    let expected = cx.if_match()?;
    let reply = cx
        .write(async |tx| {
            let row = tx.find::<Entity>().filter(Column::Id.eq(*id)).for_update().one().await?.ok_or_else(Error::not_found)?;
            if expected.is_some_and(|version| version != row.row_version) {
                return Err(Error::stale(row.row_version));
            }
            if row.status == Status::Revoked {
                return Reply::row(&row, row.row_version);
            }
            let change = ActiveModel {
                status: Set(Status::Revoked),
                revoked_at: Set(Some(tx.now())),
                revoked_by: Set(tx.context().actor.id),
                revoke_reason: Set(body.0.reason.clone()),
                ..Default::default()
            };
            let changed = tx.update(*id, &change).await?.ok_or_else(Error::not_found)?;
            let entry = AuditEntry::new(Action::Execute, cx.permission().to_string(), "adm.support-consents", *id);
            tx.audit(entry.change(&json!({"status": row.status}), &json!({"status": Status::Revoked, "reason": body.0.reason})));
            tx.publish(Event::new("adm.support_consent.revoked", *id, json!({"id": *id})));
            cx.end_consented(tx, *id).await?;
            Reply::row(&changed, changed.row_version)
        })
        .await?;
    cx.consent_ended(*id).await;
    Ok(reply)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/support-consents")
        .service(web::resource("").route(resource::list::<SupportConsents>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<SupportConsents>()))
        .service(web::resource("/{id}").route(resource::get::<SupportConsents>()))
        .service(web::resource("/{id}/revoke").route(web::post().to(revoke)))
}
