use super::{Create, Revaluations, entity::Model, service};
use auth::Allowed;
use envelope::{Body, Created};
use kernel::{Error, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Spec;
use serde::Deserialize;

/// Revalue what is open in other currencies at the rates of a day: posted on that day, reversed on the day after. Once for a day (409)
///
/// `as_of` is not after today. Every item is listed with what it was worth and what it is worth.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Revaluations>>, body: Body<Create>) -> Created<Model> {
    let as_of = body.0.as_of;
    if as_of > cx.today() {
        return Err(Error::field("as_of", "maximum", "오늘보다 늦을 수 없습니다.", "must not be after today").into());
    }
    let permission = cx.permission().to_string();
    let made = cx.write_answer(201, async |tx| {
        let id = service::revalue(tx, &permission, as_of).await?;
        resource::answer_of(Spec::of::<Revaluations>()?, tx, id).await
    });
    Ok(made.await?.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct RevaluationReversal {
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}
