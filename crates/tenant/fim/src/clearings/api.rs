use super::{Clearings, Create, entity::Model, service};
use auth::Allowed;
use envelope::{Api, Body, Created, RowId};
use kernel::{Day, Text, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Spec;
use serde::Deserialize;

permission! {
    pub Reverse = "fim", "clearings", "reverse";
}

/// Write open items off, or set what a partner owes off against what they are owed
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Clearings>>, body: Body<Create>) -> Created<Model> {
    let made = cx.write_answer(201, async |tx| {
        let id = service::clear(&cx, tx, &body.0).await?;
        resource::answer_of(Spec::of::<Clearings>()?, tx, id).await
    });
    Ok(made.await?.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct ClearingReversal {
    /// The day the mirror is posted on; today when left out.
    pub date: Option<Day>,
    pub reason: Option<Text<500>>,
}

/// Take one clearing back: its items are open again
#[api_v2_operation]
pub async fn reverse(cx: Allowed<Reverse>, id: RowId, body: Body<ClearingReversal>) -> Api<Model> {
    let wanted = body.0;
    let done = cx.write_answer(200, async |tx| {
        service::reverse(&cx, tx, *id, wanted.date, wanted.reason.clone()).await?;
        resource::answer_of(Spec::of::<Clearings>()?, tx, *id).await
    });
    Ok(done.await?.into())
}
