use super::{
    Activities, Create, Update,
    entity::{Model, Outcome},
    service,
};
use auth::Allowed;
use envelope::{Api, Body, Created, RowId};
use kernel::{Day, Memo};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Deleted, Spec};
use sea_orm::IntoActiveModel;
use serde::Deserialize;

/// Create one activity
///
/// Planned, for the caller where `owner_id` is left out. Customer, contact and opportunity must belong together.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Activities>>, body: Body<Create>) -> Created<Model> {
    let wanted = body.0.into_active_model();
    Ok(cx.write_answer(201, async |tx| service::plan(&cx, tx, wanted.clone()).await).await?.into())
}

/// Change one activity; once it is over, only its texts and its outcome
///
/// A merge patch: what is left out stays as it is. Its state changes by actions.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Activities>>, id: RowId, body: Body<Update>) -> Api<Model> {
    let wanted = body.0.into_active_model();
    let expected = cx.if_match()?;
    Ok(cx.write_answer(200, async |tx| service::change(&cx, tx, *id, expected, wanted.clone()).await).await?.into())
}

/// Delete one activity
///
/// Nobody sees it any more; the audit log keeps what it was. What it was planned to follow stays.
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<Activities>>, id: RowId) -> Api<Deleted> {
    let guard: &resource::Guard<'_> = &|_, tx, changing| Box::pin(service::unlink(tx, changing.id));
    Ok(resource::delete_with(&cx, Spec::of::<Activities>()?, *id, guard).await?.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct ActivityCompletion {
    /// 결과 | Outcome
    pub outcome: Option<Outcome>,
    /// 결과 메모 | Outcome notes
    pub outcome_notes: Option<Memo>,
    /// 후속 활동일 | Follow-up date
    ///
    /// Asks for a follow-up on this day, today or later.
    pub follow_up_date: Option<Day>,
}
