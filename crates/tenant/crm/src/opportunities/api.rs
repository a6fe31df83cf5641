use super::{
    Create, Opportunities, Update,
    entity::{LostReason, Model, Stage},
    service,
};
use auth::Allowed;
use envelope::{Api, Body, Created, RowId};
use kernel::Memo;
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::IntoActiveModel;
use serde::Deserialize;

/// Create one opportunity
///
/// In `stage`, the first when left out, and for the caller where `owner_id` is left out. Without `code` it gets the next number of the
/// year.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Opportunities>>, body: Body<Create>) -> Created<Model> {
    let wanted = body.0.into_active_model();
    Ok(cx.write_answer(201, async |tx| service::open(&cx, tx, wanted.clone()).await).await?.into())
}

/// Change one opportunity; what was agreed on stays once it is closed
///
/// A merge patch: what is left out stays as it is. Stage and outcome change by actions.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Opportunities>>, id: RowId, body: Body<Update>) -> Api<Model> {
    let wanted = body.0.into_active_model();
    let expected = cx.if_match()?;
    Ok(cx.write_answer(200, async |tx| service::change(&cx, tx, *id, expected, wanted.clone()).await).await?.into())
}

#[derive(Deserialize, Apiv2Schema)]
pub struct OpportunityMove {
    /// 단계 | Stage
    ///
    /// The next one, or the one before.
    pub stage: Stage,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct OpportunityLoss {
    /// 사유 | Reason
    pub reason: LostReason,
    /// 상세 | Detail
    pub detail: Option<Memo>,
}
