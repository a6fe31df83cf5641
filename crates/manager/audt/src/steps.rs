//! Moving a row of this domain from one status to the next.

use auth::Door;
use envelope::Reply;
use kernel::{Error, Result};
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::Serialize;
use serde_json::json;
use store::{Action, AuditEntry, Event, Tx};
use uuid::Uuid;

/// What a step needs to know of a row.
pub(crate) trait Stepping: Serialize {
    fn version(&self) -> i64;
    /// Its status as people read it.
    fn status(&self) -> String;
}

/// One step: from which statuses, to which, and what the event says.
pub(crate) struct Step<'s> {
    pub from: &'s [&'static str],
    pub to: &'static str,
    /// `audt.policy.approved`
    pub event: &'static str,
    /// `audt.policies`
    pub target: &'static str,
    /// Where a row in another status may go.
    pub allowed: fn(&str) -> &'static [&'static str],
}

/// Takes the step; a row that stands there already is answered as it is. `change` says what is
/// written, and may write to other rows of the same transaction.
pub(crate) async fn take<E, A>(
    door: &Door,
    id: Uuid,
    step: &Step<'_>,
    key: E::Column,
    change: impl AsyncFn(&Tx, &E::Model) -> Result<A>,
) -> Result<Reply<E::Model>>
where
    E: EntityTrait,
    E::Model: Stepping + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = E> + ActiveModelBehavior,
{
    let expected = door.if_match()?;
    door.write(async |tx| {
        let row = tx.find::<E>().filter(key.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
        if expected.is_some_and(|version| version != row.version()) {
            return Err(Error::stale(row.version()));
        }
        let is = row.status();
        if is == step.to {
            return Reply::row(&row, row.version());
        }
        if !step.from.contains(&is.as_str()) {
            return Err(Error::transition(&is, (step.allowed)(&is)));
        }
        let changed = tx.update(id, &change(tx, &row).await?).await?.ok_or_else(Error::not_found)?;
        let entry = AuditEntry::new(Action::Execute, door.permission().to_string(), step.target, id);
        tx.audit(entry.change(&json!({"status": is}), &json!({"status": step.to})));
        tx.publish(Event::new(step.event, id, json!({"id": id})));
        Reply::row(&changed, changed.version())
    })
    .await
}
