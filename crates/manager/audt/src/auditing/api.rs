//! What is asked of the audit over both databases.

use super::{HeadFile, Proof, Verdict, assessment, proof, verify, verify_all};
use crate::{
    audit_logs::{self as log, AuditLogs},
    compliances::{self, Compliances},
    permissions::{ReadEvents, Verify},
};
use actix_web::web::Data;
use auth::{Allowed, Door};
use envelope::{Api, Body, Created, Query, Reply, RowId};
use kernel::{Error, Result};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{EventPage, EventQuery, events_of};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use uuid::Uuid;

/// The heads this installation has exported; the gateway says where they are.
fn heads(door: &Door) -> Result<HeadFile> {
    let heads = door.request().app_data::<Data<HeadFile>>().ok_or_else(|| Error::internal("no file of heads"))?;
    Ok(heads.get_ref().clone())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "AuditVerifyQuery")]
pub struct Which {
    /// 고객사 | Company
    ///
    /// A company; all chains, the provider's first, when left out.
    pub tenant_id: Option<Uuid>,
}

/// Verify that the audit is as it was written
///
/// Computes the chains and the signed blocks anew, of one company or of all, and names the first row that does not fit. It takes longer,
/// the more rows there are.
#[api_v2_operation]
pub async fn verify_logs(cx: Allowed<Verify>, which: Query<Which>) -> Api<Verdict> {
    let anchors = heads(&cx)?.anchors()?;
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
///
/// The hash of the row, the way from it to the signed head of its block, and the signature.
#[api_v2_operation]
pub async fn prove(cx: Allowed<resource::Read<AuditLogs>>, id: RowId) -> Api<Proof> {
    let find = |scope: store::Scope| async move { scope.find::<log::Entity>().filter(log::Column::Id.eq(*id)).one().await };
    let row = find(cx.read().await?).await?.ok_or_else(Error::not_found)?;
    let heads = heads(&cx)?;
    let no = match row.chain_no {
        Some(no) => no,
        None => {
            // written a moment ago
            super::extend_chain(cx.platform(), row.tenant_id).await?;
            find(cx.read().await?).await?.and_then(|row| row.chain_no).ok_or_else(Error::not_found)?
        }
    };
    Ok(Reply::new(&proof::prove(cx.platform(), &heads, row.tenant_id, no).await?)?)
}

/// The provider's events after a number, in order
///
/// `next_after` of a page is the `after` of the next request: numbers have no gap, so none is missed.
#[api_v2_operation]
pub async fn events(cx: Allowed<ReadEvents>, query: Query<EventQuery>) -> Api<EventPage> {
    Ok(Reply::new(&events_of(&cx, &query.0).await?)?)
}

/// Assess the platform as it is now
///
/// Verdict, findings and their counts are computed from the running platform; nobody can send them.
#[api_v2_operation]
pub async fn assess(cx: Allowed<resource::Create<Compliances>>, body: Body<compliances::Create>) -> Created<compliances::Model> {
    body.0.consistent()?;
    if let Some(companies) = &body.0.tenant_ids {
        companies.exist(&cx).await?;
    }
    let findings = assessment::look(cx.platform(), &heads(&cx)?, &body.0).await?;
    let (failed, critical) = findings.counts();
    let wanted = compliances::ActiveModel {
        generated_at: Set(cx.platform().now()),
        generated_by: Set(Some(cx.principal().user_id)),
        compliance_status: Set(findings.verdict()),
        findings_count: Set(failed),
        critical_count: Set(critical),
        findings: Set(findings),
        ..body.0.into_active_model()
    };
    let spec = resource::Spec::of::<Compliances>()?;
    Ok(resource::create_with(&cx, spec, store::values_of(&wanted), resource::NO_GUARD).await?.into())
}
