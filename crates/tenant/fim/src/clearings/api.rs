use super::{Clearings, Create, entity::Model, service};
use auth::Allowed;
use envelope::{Body, Created};
use paperclip::actix::api_v2_operation;
use resource::Spec;

/// Write open items off, or set what a partner owes off against what they are owed
///
/// Settled and posted at once; a write-off with `is_pending` waits for `post`.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Clearings>>, body: Body<Create>) -> Created<Model> {
    let made = cx.write_answer(201, async |tx| {
        let id = service::clear(&cx, tx, &body.0).await?;
        resource::answer_of(Spec::of::<Clearings>()?, tx, id).await
    });
    Ok(made.await?.into())
}
