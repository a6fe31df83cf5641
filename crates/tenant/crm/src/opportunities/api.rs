use super::{
    Create, Opportunities, Update,
    entity::{LostReason, Model, Stage},
    rules::Verb,
    service,
};
use auth::Allowed;
use envelope::{Api, Body, Created, Nothing, RowId};
use kernel::{Memo, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::IntoActiveModel;
use serde::Deserialize;

permission! {
    pub Move = "crm", "opportunities", "move";
    pub Win = "crm", "opportunities", "win";
    pub Lose = "crm", "opportunities", "lose";
    pub Cancel = "crm", "opportunities", "cancel";
    pub Reopen = "crm", "opportunities", "reopen";
}

/// Create one opportunity
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Opportunities>>, body: Body<Create>) -> Created<Model> {
    let wanted = body.0.into_active_model();
    Ok(cx.write_answer(201, async |tx| service::open(&cx, tx, wanted.clone()).await).await?.into())
}

/// Change one opportunity; what was agreed on stays once it is closed
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Opportunities>>, id: RowId, body: Body<Update>) -> Api<Model> {
    let wanted = body.0.into_active_model();
    let expected = cx.if_match()?;
    Ok(cx.write_answer(200, async |tx| service::change(&cx, tx, *id, expected, wanted.clone()).await).await?.into())
}

#[derive(Deserialize, Apiv2Schema)]
pub struct OpportunityMove {
    /// The next one, or the one before.
    pub stage: Stage,
}

/// Move an opportunity one stage forward or back
#[api_v2_operation]
pub async fn move_to(cx: Allowed<Move>, id: RowId, body: Body<OpportunityMove>) -> Api<Model> {
    Ok(service::step(&cx, *id, Verb::Move(body.0.stage), (None, None)).await?)
}

/// An opportunity is won
#[api_v2_operation]
pub async fn win(cx: Allowed<Win>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(service::step(&cx, *id, Verb::Win, (None, None)).await?)
}

#[derive(Deserialize, Apiv2Schema)]
pub struct OpportunityLoss {
    pub reason: LostReason,
    pub detail: Option<Memo>,
}

/// An opportunity is lost, for a reason
#[api_v2_operation]
pub async fn lose(cx: Allowed<Lose>, id: RowId, body: Body<OpportunityLoss>) -> Api<Model> {
    Ok(service::step(&cx, *id, Verb::Lose, (Some(body.0.reason), body.0.detail)).await?)
}

/// Give an opportunity up: neither won nor lost
#[api_v2_operation]
pub async fn cancel(cx: Allowed<Cancel>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(service::step(&cx, *id, Verb::Cancel, (None, None)).await?)
}

/// Take up again what was lost or given up, in the stage it had
#[api_v2_operation]
pub async fn reopen(cx: Allowed<Reopen>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(service::step(&cx, *id, Verb::Reopen, (None, None)).await?)
}
