//! The company lets the provider's staff act as one of its people, until a moment, and can take
//! that back at any time.

use auth::{
    Allowed, Door,
    entities::adm_support_consent::{ActiveModel, Column, Entity, Model, Status},
};
use envelope::{Body, Created, web};
use kernel::{Error, Message, Patch, Realm, Result, Text, Timestamp, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Acting, Action, Done, Guard, RangeKind, ReadOnly, Resource, Spec, action};
use sea_orm::{ActiveValue::Set, DeriveIntoActiveModel, IntoActiveModel};
use serde::Deserialize;
use store::values_of;
use uuid::Uuid;

permission! {
    pub Consent = "adm", "support-consents", "create", step_up;
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
    /// Only as this person. Left out: as any user with no more rights than the user who consents.
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
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::ExpiresAt];
    const SEARCH: &'static [Column] = &[Column::Reason];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::ExpiresAt, RangeKind::Time)];
    const EXAMPLE: &'static str = r#"{"reason": "마감 오류 {n} 확인", "allow_write": false}"#;
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        vec![
            action("revoke", "revoked", "Take a consent back; whoever acts on it is put out at once")
                .to(Status::Revoked)
                .does(revoke)
                .after_commit(tell_the_provider),
        ]
    }
}

/// Staff act as nobody whom the one who consents could not sign in as. Where none is named that is asked when they begin
/// ([`auth::Door::impersonate`]).
const WITHIN_RIGHTS: &Guard<'static> = &|door, tx, changing| {
    Box::pin(async move {
        match changing.id_in("user_id") {
            Some(user) => door.may_sign_in_as(tx, user).await.map_err(|refusal| {
                refusal.saying(Message::new(
                    "자신보다 권한이 많은 사용자로 대리 접속하는 데에는 동의할 수 없습니다.",
                    "You cannot consent to impersonation of a user who has permissions you do not have.",
                ))
            }),
            None => Ok(()),
        }
    })
};

/// Consent to being helped
///
/// For 7 days when left out, 30 at most. Whoever consents for a user must hold whatever the user holds.
#[api_v2_operation]
pub async fn create(cx: Allowed<Consent>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    let now = cx.platform().now();
    let until = *wanted.expires_at.get_or_insert_with(|| now.plus_seconds(7 * DAY));
    cx.must_lie_ahead("expires_at", Some(until))?;
    if until > now.plus_seconds(30 * DAY) {
        return Err(Error::field("expires_at", "range", "지금부터 30일 이내여야 합니다.", "must be within 30 days from now").into());
    }
    let values = values_of(&wanted.into_active_model());
    Ok(resource::create_with(&cx, Spec::of::<SupportConsents>()?, values, WITHIN_RIGHTS).await?.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "SupportConsentRevocation")]
pub struct Revocation {
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}

/// Whoever acts on the consent is put out at once.
async fn revoke(cx: &Acting<'_>, row: &Model, wanted: &Revocation) -> Result<Done<ActiveModel>> {
    cx.door()?.end_consented(cx.tx, row.id).await?;
    Ok(Done::Changes(ActiveModel {
        revoked_at: Set(Some(cx.tx.now())),
        revoked_by: Set(cx.tx.context().actor.id),
        revoke_reason: Set(wanted.reason.clone()),
        ..Default::default()
    }))
}

/// The provider's side hears of it; should it be away, the sessions are ended all the same.
async fn tell_the_provider(door: &Door, id: Uuid) -> Result<()> {
    door.consent_ended(id).await;
    Ok(())
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/support-consents")
        .service(web::resource("").route(resource::list::<SupportConsents>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<SupportConsents>()))
        .service(web::resource("/{id}").route(resource::get::<SupportConsents>()))
        .configure(resource::actions::<SupportConsents>)
}
