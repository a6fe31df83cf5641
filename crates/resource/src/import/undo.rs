//! Taking an import back: the rows it made go, those it changed say again what they said.

use super::{
    batch::{self, Batch, Model, State},
    rows::Outcome,
    work::{finish, publish},
};
use crate::{Spec, change, condition::push_live, references, rules};
use auth::Door;
use envelope::Answer;
use kernel::{Error, Result, boxed};
use sea_orm::QueryResult;
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;
use store::{Action, AuditEntry, Columns, Scope, Sql, Tx};
use uuid::Uuid;

/// Ids an error names of rows that are in the way, at most.
const NAMED_AT_MOST: usize = 100;

/// The live rows of these ids.
async fn live(spec: &Spec, scope: &Scope, ids: &[Uuid]) -> Result<Vec<QueryResult>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT ");
    sql.push(&spec.columns.join(", ")).push(" FROM ").push(&spec.table).push(" WHERE ");
    push_live(&mut sql, spec, scope);
    sql.push(" AND id IN (").bind_all(ids.iter().map(|id| (*id).into())).push(")");
    scope.raw_all(sql).await
}

fn id_and_version(row: &QueryResult) -> Result<(Uuid, i64)> {
    Ok((row.try_get("", "id").map_err(Error::internal)?, row.try_get("", "row_version").map_err(Error::internal)?))
}

/// What keeps a chunk from being taken back: rows somebody changed since, rows something refers to.
async fn in_the_way(spec: &Spec, scope: &Scope, outcome: &Outcome) -> Result<(Vec<Uuid>, HashSet<Uuid>)> {
    let mut changed = Vec::new();
    for row in live(spec, scope, &outcome.created).await? {
        let (id, version) = id_and_version(&row)?;
        changed.extend((version != 1).then_some(id));
    }
    let updated: Vec<Uuid> = outcome.updated.iter().map(|row| row.id).collect();
    for row in live(spec, scope, &updated).await? {
        let (id, version) = id_and_version(&row)?;
        changed.extend(outcome.updated.iter().find(|known| known.id == id && known.version != version).map(|_| id));
    }
    Ok((changed, references::referred_to(spec, scope, &outcome.created).await?))
}

/// Begins to take a batch back, unless something is in the way of it.
#[boxed(?Send)]
pub(super) async fn begin(door: &Door, spec: &Spec, id: Uuid) -> Result<Answer> {
    door.write_answer(202, async |tx| {
        let mut batch = batch::find(spec, tx, id, true).await?;
        match batch.state {
            State::Undoing | State::Undone => return Answer::new(&Batch::from(batch)),
            State::Done if !batch.is_dry_run => {}
            // one that could not go on has made something all the same
            State::Failed if !batch.is_whole() && !batch.is_dry_run && batch.position > 0 => {}
            _ => {
                return Err(rules::IMPORT_NOT_DONE.error());
            }
        }
        let (mut changed, mut referred) = (Vec::new(), Vec::new());
        for no in 0..batch.position {
            let (some, others) = in_the_way(spec, tx, &batch::chunk(tx, &batch, no, "outcome").await?).await?;
            changed.extend(some);
            referred.extend(others);
        }
        if !changed.is_empty() || !referred.is_empty() {
            let some_of =
                |ids: &[Uuid]| ids.iter().take(NAMED_AT_MOST).collect::<Vec<_>>().into_iter().map(Uuid::to_string).collect::<Vec<_>>();
            return Err(rules::IMPORT_IN_USE
                .filled(&[("changed", &changed.len()), ("referenced", &referred.len())])
                .with("changed", json!({"count": changed.len(), "ids": some_of(&changed)}))
                .with("referenced", json!({"count": referred.len(), "ids": some_of(&referred)})));
        }
        batch.state = State::Undoing;
        finish(spec, tx, &batch).await?;
        let permission = door.permission().to_string();
        tx.audit(
            AuditEntry::new(Action::Execute, permission, spec.target(), batch.id)
                .after(json!({"batch_id": batch.id, "state": batch.state})),
        );
        Answer::new(&Batch::from(batch))
    })
    .await
}

/// Takes the last chunk back that still stands. What was changed in the meantime stays as it is.
#[boxed(?Send)]
pub(super) async fn step(spec: &Spec, tx: &Tx, batch: &Model) -> Result<()> {
    let mut batch = batch.clone();
    batch.position -= 1;
    let outcome: Outcome = batch::chunk(tx, &batch, batch.position, "outcome").await?;
    let (changed, referred) = in_the_way(spec, tx, &outcome).await?;
    let free = |id: &Uuid| !changed.contains(id) && !referred.contains(id);
    let created: Vec<Uuid> = outcome.created.iter().copied().filter(free).collect();
    delete(spec, tx, &batch, &created).await?;
    for row in outcome.updated.iter().filter(|row| free(&row.id)) {
        restore(spec, tx, &batch, row.id, &row.before).await?;
    }
    publish(spec, tx, &batch, "import_reverted", &outcome);
    batch.state = if batch.position == 0 { State::Undone } else { State::Undoing };
    finish(spec, tx, &batch).await
}

async fn delete(spec: &Spec, tx: &Tx, batch: &Model, ids: &[Uuid]) -> Result<()> {
    let rows = live(spec, tx, ids).await?;
    for row in &rows {
        let mut entry = AuditEntry::new(Action::Delete, batch.permission.as_str(), spec.target(), id_and_version(row)?.0);
        entry.before = Some(spec.snapshot(row)?);
        tx.audit(entry);
    }
    if rows.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::default();
    if spec.has("deleted_at") {
        sql.push("UPDATE ").push(&spec.table).push(" SET deleted_at = ").bind(tx.now()).push(", deleted_by = ").bind(tx.context().actor.id);
        sql.push(", row_version = row_version + 1 WHERE ");
    } else {
        sql.push("DELETE FROM ").push(&spec.table).push(" WHERE ");
    }
    push_live(&mut sql, spec, tx);
    sql.push(" AND id IN (").bind_all(ids.iter().map(|id| (*id).into())).push(")");
    tx.raw_execute(sql).await.map(|_| ())
}

async fn restore(spec: &Spec, tx: &Tx, batch: &Model, id: Uuid, before: &Map<String, Json>) -> Result<()> {
    let wanted: Columns = (spec.update)(Json::Object(before.clone()))?;
    let wanted = match change::differing(spec, tx, &batch.permission, id, None, wanted).await {
        Ok(found) => found,
        // deleted since: there is nothing to bring back
        Err(error) if error.code() == kernel::Code::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !wanted.is_nothing() {
        change::apply(spec, tx, &batch.permission, id, wanted).await?;
    }
    Ok(())
}
