//! `/audt`: what needs both databases.

use super::{Proof, Verdict, assessment, proof, seal::own_anchors, verify, verify_all};
use crate::{rules, subscribers, worker::Workplace};
use actix_web::web::Data;
use audt::{
    ReadEvents, Replay, Verify,
    audit_logs::{AuditLogs, entity as log},
    compliances::{self, Compliances},
    dead_letters::{DeadLetters, Status, entity as letter},
};
use auth::{Allowed, Door};
use envelope::{Api, Body, Created, Nothing, Query, Reply, RowId, web};
use kernel::{Error, Realm, Result};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{EventPage, EventQuery, Module, events_of};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{Action, AuditEntry, Event, stream};
use uuid::Uuid;

fn workplace(door: &Door) -> Result<Workplace> {
    let place = door.request().app_data::<Data<Workplace>>().ok_or_else(|| Error::internal("no workplace"))?;
    Ok(place.get_ref().clone())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "AuditVerifyQuery")]
pub struct Which {
    /// A company; all chains, the provider's first, when left out.
    pub tenant_id: Option<Uuid>,
}

/// Verify that the audit is as it was written
#[api_v2_operation]
pub async fn verify_logs(cx: Allowed<Verify>, which: Query<Which>) -> Api<Verdict> {
    let place = workplace(&cx)?;
    let anchors = own_anchors(&place.data_dir)?;
    let verdict = match which.0.tenant_id {
        Some(company) => {
            cx.platform().directory().by_id(company).await?.ok_or_else(|| Error::no_such("tenant_id"))?;
            verify(cx.platform(), Some(company), &anchors).await?
        }
        None => verify_all(cx.platform(), &anchors).await?,
    };
    Ok(Reply::new(&verdict)?)
}

/// Prove that a row is in the audit, to somebody who has only the public key
#[api_v2_operation]
pub async fn prove(cx: Allowed<resource::Read<AuditLogs>>, id: RowId) -> Api<Proof> {
    let find = |scope: store::Scope| async move { scope.find::<log::Entity>().filter(log::Column::Id.eq(*id)).one().await };
    let row = find(cx.read().await?).await?.ok_or_else(Error::not_found)?;
    let place = workplace(&cx)?;
    let no = match row.chain_no {
        Some(no) => no,
        None => {
            // written a moment ago
            super::take_up(&place, row.tenant_id).await?;
            find(cx.read().await?).await?.and_then(|row| row.chain_no).ok_or_else(Error::not_found)?
        }
    };
    Ok(Reply::new(&proof::prove(&place, row.tenant_id, no).await?)?)
}

/// The provider's events after a number, in order
#[api_v2_operation]
pub async fn events(cx: Allowed<ReadEvents>, query: Query<EventQuery>) -> Api<EventPage> {
    Ok(Reply::new(&events_of(&cx, &query.0).await?)?)
}

// not a declared action: the consumer writes in the other database before the row here changes
/// Hand a dead letter to its reader again
#[api_v2_operation]
pub async fn replay(cx: Allowed<Replay>, id: RowId, _body: Body<Nothing>) -> Api<letter::Model> {
    let by_id = letter::Column::Id.eq(*id);
    let row = cx.read().await?.find::<letter::Entity>().filter(by_id.clone()).one().await?.ok_or_else(Error::not_found)?;
    if cx.if_match()?.is_some_and(|version| version != row.row_version) {
        return Err(Error::stale(row.row_version).into());
    }
    if row.status == Status::Replayed {
        return Ok(Reply::row(&row, row.row_version)?);
    }
    let place = workplace(&cx)?;
    let readers = subscribers::readers();
    let reader = readers.iter().find(|reader| reader.name == row.reader).ok_or_else(|| rules::READER_GONE.error())?;
    let realm = if row.realm == "TENANT" { Realm::Tenant } else { Realm::Manager };
    let event = stream::event(&place.platform.streams(realm).read(row.tenant_id).await?, row.event_id).await?;
    let event = event.ok_or_else(|| rules::EVENT_GONE.error())?;
    (reader.read)(&place, row.tenant_id, &[event]).await.map_err(|error| {
        let why = error.to_string();
        rules::STILL_FAILING.error().with("reason", why)
    })?;
    let reply = cx
        .write(async |tx| {
            let row = tx.find::<letter::Entity>().filter(by_id.clone()).for_update().one().await?.ok_or_else(Error::not_found)?;
            if row.status == Status::Replayed {
                return Reply::row(&row, row.row_version);
            }
            let change = letter::ActiveModel { status: Set(Status::Replayed), replayed_at: Set(Some(tx.now())), ..Default::default() };
            let row = tx.update(*id, &change).await?.ok_or_else(Error::not_found)?;
            tx.audit(AuditEntry::new(Action::Execute, cx.permission().to_string(), "audt.dead-letters", *id));
            tx.publish(Event::new("audt.dead_letter.replayed", *id, json!({"id": *id, "event_id": row.event_id})));
            Reply::row(&row, row.row_version)
        })
        .await?;
    Ok(reply)
}

/// Assess the platform as it is now
#[api_v2_operation]
pub async fn assess(cx: Allowed<resource::Create<Compliances>>, body: Body<compliances::Create>) -> Created<compliances::entity::Model> {
    body.0.consistent()?;
    if let Some(companies) = &body.0.tenant_ids {
        companies.exist(&cx).await?;
    }
    let place = workplace(&cx)?;
    let findings = assessment::look(&place, &body.0).await?;
    let (failed, critical) = findings.counts();
    let wanted = compliances::entity::ActiveModel {
        generated_at: Set(place.platform.now()),
        generated_by: Set(Some(cx.principal().user_id)),
        compliance_status: Set(findings.verdict()),
        findings_count: Set(failed),
        critical_count: Set(critical),
        findings: Set(findings),
        ..body.0.into_active_model()
    };
    let spec = resource::Spec::of::<Compliances>()?;
    Ok(resource::create_with(&cx, spec, store::values_of(&wanted), resource::FREE).await?.into())
}

/// `audt` with what needs both databases.
#[must_use]
pub fn audt_module() -> Module {
    Module {
        routes: |cfg| {
            let logs = web::scope("/audit-logs")
                .service(web::resource("").route(resource::list::<AuditLogs>()))
                .service(web::resource("/export").route(resource::export::<AuditLogs>()))
                .service(web::resource("/verify").route(web::get().to(verify_logs)))
                .service(web::resource("/{id}").route(resource::get::<AuditLogs>()))
                .service(web::resource("/{id}/proof").route(web::get().to(prove)));
            let letters = resource::reading::<DeadLetters>().service(web::resource("/{id}/replay").route(web::post().to(replay)));
            let scope = audt::scope(logs, letters, web::post().to(assess));
            cfg.service(scope.service(web::resource("/events").route(web::get().to(events))));
        },
        ..audt::module()
    }
}
