use super::{
    Activities, Create, Update,
    entity::{Model, Outcome, Status},
    service::{self, Completion},
};
use auth::Allowed;
use envelope::{Api, Body, Created, Nothing, RowId};
use kernel::{Day, Memo, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Deleted, Spec};
use sea_orm::IntoActiveModel;
use serde::Deserialize;

permission! {
    pub Start = "crm", "activities", "start";
    pub Complete = "crm", "activities", "complete";
    pub Cancel = "crm", "activities", "cancel";
}

/// Create one activity
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Activities>>, body: Body<Create>) -> Created<Model> {
    let wanted = body.0.into_active_model();
    Ok(cx.write_answer(201, async |tx| service::plan(&cx, tx, wanted.clone()).await).await?.into())
}

/// Change one activity; once it is over, only what is told about it
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Activities>>, id: RowId, body: Body<Update>) -> Api<Model> {
    let wanted = body.0.into_active_model();
    let expected = cx.if_match()?;
    Ok(cx.write_answer(200, async |tx| service::change(&cx, tx, *id, expected, wanted.clone()).await).await?.into())
}

/// Delete one activity
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<Activities>>, id: RowId) -> Api<Deleted> {
    let guard: &resource::Guard<'_> = &|_, tx, changing| Box::pin(service::unlink(tx, changing.id));
    Ok(resource::delete_with(&cx, Spec::of::<Activities>()?, *id, guard).await?.into())
}

/// An activity begins
#[api_v2_operation]
pub async fn start(cx: Allowed<Start>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(service::step(&cx, *id, Status::InProgress, &Completion::default()).await?)
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct ActivityCompletion {
    pub outcome: Option<Outcome>,
    pub outcome_notes: Option<Memo>,
    /// Asks for a follow-up on this day, today or later.
    pub follow_up_date: Option<Day>,
}

/// An activity is done; where a follow-up is wanted, it is planned
#[api_v2_operation]
pub async fn complete(cx: Allowed<Complete>, id: RowId, body: Body<ActivityCompletion>) -> Api<Model> {
    let said = Completion { outcome: body.0.outcome, notes: body.0.outcome_notes, follow_up: body.0.follow_up_date };
    Ok(service::step(&cx, *id, Status::Completed, &said).await?)
}

/// An activity does not take place
#[api_v2_operation]
pub async fn cancel(cx: Allowed<Cancel>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(service::step(&cx, *id, Status::Cancelled, &Completion::default()).await?)
}
