use super::{Create, OpenItems, item::Model, opening};
use auth::Allowed;
use envelope::{Body, Created, Reply};
use kernel::Error;
use paperclip::actix::api_v2_operation;
use store::{Action, AuditEntry, Event};

/// Post what was open when the company began here. Other items are opened by their documents
///
/// Posted on the day of the document against retained earnings, and settled like any other item.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<OpenItems>>, body: Body<Create>) -> Created<Model> {
    let wanted = body.0;
    let reply = cx.write(async |tx| {
        let item = opening::begin(tx, &wanted).await?;
        let after = serde_json::to_value(&item).map_err(Error::internal)?;
        tx.audit(AuditEntry::new(Action::Create, cx.permission().to_string(), "fim.open-items", item.id).after(after.clone()));
        tx.publish(Event::new("fim.open_item.created", item.id, after));
        Reply::row(&item, item.row_version)
    });
    Ok(reply.await?)
}
