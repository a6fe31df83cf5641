//! Replaying a dead letter: the row is of `audt`, its consumer of any domain.

use crate::{consumers::consumers, rules};
use actix_web::web::Data;
use audt::{
    Replay,
    dead_letters::{self as dead_letter, Status},
};
use auth::{Allowed, Door};
use envelope::{Api, Body, Nothing, Reply, RowId, web};
use kernel::{Error, Realm, Result};
use paperclip::actix::api_v2_operation;
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde_json::json;
use store::{Action, AuditEntry, Event, stream};
use worker::Context;

/// What consumers work with; the gateway makes it.
fn context(door: &Door) -> Result<Context> {
    let context = door.request().app_data::<Data<Context>>().ok_or_else(|| Error::internal("nothing for consumers to work with"))?;
    Ok(context.get_ref().clone())
}

// not a declared action: the consumer writes in the other database before the row here changes
/// Hand a dead letter to its consumer again
///
/// 409 with the reason where it fails once more. One that was replayed already is answered as it is.
#[api_v2_operation]
pub async fn replay(cx: Allowed<Replay>, id: RowId, _body: Body<Nothing>) -> Api<dead_letter::Model> {
    let by_id = dead_letter::Column::Id.eq(*id);
    let row = cx.read().await?.find::<dead_letter::Entity>().filter(by_id.clone()).one().await?.ok_or_else(Error::not_found)?;
    if cx.if_match()?.is_some_and(|version| version != row.row_version) {
        return Err(Error::stale(row.row_version).into());
    }
    if row.status == Status::Replayed {
        return Ok(Reply::row(&row, row.row_version)?);
    }
    let work = context(&cx)?;
    let consumers = consumers();
    let consumer = consumers.iter().find(|consumer| consumer.name == row.reader).ok_or_else(|| rules::CONSUMER_GONE.error())?;
    let realm = if row.realm == "TENANT" { Realm::Tenant } else { Realm::Manager };
    let event = stream::event(&work.platform.database(realm).read(row.tenant_id).await?, row.event_id).await?;
    let event = event.ok_or_else(|| rules::EVENT_GONE.error())?;
    (consumer.handle)(&work, row.tenant_id, &[event]).await.map_err(|error| {
        let why = error.to_string();
        rules::STILL_FAILING.error().with("reason", why)
    })?;
    let reply = cx
        .write(async |tx| {
            let row = tx.find::<dead_letter::Entity>().filter(by_id.clone()).for_update().one().await?.ok_or_else(Error::not_found)?;
            if row.status == Status::Replayed {
                return Reply::row(&row, row.row_version);
            }
            let change = dead_letter::ActiveModel { status: Set(Status::Replayed), replayed_at: Set(Some(tx.now())), ..Default::default() };
            let row = tx.update(*id, &change).await?.ok_or_else(Error::not_found)?;
            tx.audit(AuditEntry::new(Action::Execute, cx.permission().to_string(), "audt.dead-letters", *id));
            tx.publish(Event::new("audt.dead_letter.replayed", *id, json!({"id": *id, "event_id": row.event_id})));
            Reply::row(&row, row.row_version)
        })
        .await?;
    Ok(reply)
}

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/audt/dead-letters/{id}/replay").route(web::post().to(replay)));
}
