//! The worker's part: chunk after chunk, whoever is killed in between.

use super::{
    batch::{self, Entity, Model, Reason, State},
    rows::{Line, Outcome, apply},
    undo,
};
use crate::Spec;
use kernel::{Actor, ActorKind, Code, Error, Realm, Result, Rule, boxed};
use sea_orm::Value;
use serde_json::json;
use std::cell::RefCell;
use store::{Action, AuditEntry, Context, Database, Event, Sql, Tx};
use uuid::Uuid;

/// Companies that have an import waiting.
async fn waiting(db: &Database) -> Result<Vec<Uuid>> {
    let sql = Sql::new("SELECT DISTINCT tenant_id FROM import_batches WHERE state IN ('PENDING', 'RUNNING', 'UNDOING')");
    let rows = db.read_for_all().await?.raw_all(sql).await?;
    rows.iter().map(|row| row.try_get("", "tenant_id").map_err(Error::internal)).collect()
}

/// Deals with one chunk of each company that waits and may work now; answers of how many.
pub async fn work(db: &Database, may_work: impl AsyncFn(Uuid) -> Result<bool>) -> Result<usize> {
    let mut done = 0;
    for company in waiting(db).await? {
        match may_work(company).await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                tracing::warn!(%company, cause = error.cause(), %error, "whether an import may go on cannot be seen now");
                continue;
            }
        }
        match step(db, company).await {
            Ok(step) => done += usize::from(step),
            // one company's trouble is not the others'
            Err(error) if error.code() == Code::Unavailable => tracing::warn!(%company, %error, "an import waits for the database"),
            Err(error) => {
                tracing::error!(%company, cause = error.cause(), %error, "an import cannot go on; it ends where it stands");
                if let Err(error) = give_up(db, company).await {
                    tracing::error!(%company, cause = error.cause(), %error, "nor can it be ended; it is tried again");
                }
            }
        }
    }
    Ok(done)
}

/// The next piece of work of a company's first batch.
async fn step(db: &Database, company: Uuid) -> Result<bool> {
    // whose rows they are is in the batch, which is read again under its lock
    let Some(first) = batch::next(&db.read(Some(company)).await?).await? else { return Ok(false) };
    let cx = context(&first);
    db.write(&cx, async |tx| {
        let Some(batch) = batch::next(tx).await?.filter(|batch| batch.id == first.id) else { return Ok(true) };
        let spec = Spec::named(&batch.target).ok_or_else(|| Error::internal(format!("no resource {}", batch.target)))?;
        if batch.state == State::Undoing {
            undo::step(spec, tx, &batch).await?;
        } else if !sender_may(tx, &batch).await? {
            let stopped = Model { state: State::Failed, reason: Some(Reason::SenderNotAllowed), ..batch };
            finish(spec, tx, &stopped).await?;
        } else if batch.is_whole() {
            whole(spec, tx, &batch).await?;
        } else {
            next_chunk(spec, tx, batch).await?;
        }
        Ok(true)
    })
    .await
}

/// Whether who sent it may still do so; those who need no account may.
async fn sender_may(tx: &Tx, batch: &Model) -> Result<bool> {
    match tx.context().actor.id {
        Some(user) => auth::still_may(tx, user, &batch.permission, tx.now()).await,
        None => Ok(true),
    }
}

/// What failed by itself would fail again: the batch ends, and the next one comes. What it made so far can be taken back.
async fn give_up(db: &Database, company: Uuid) -> Result<()> {
    db.write(&Context::system(Realm::Tenant, Some(company), "import"), async |tx| {
        let Some(batch) = batch::next(tx).await? else { return Ok(()) };
        let entry = AuditEntry::new(Action::Execute, batch.permission.as_str(), batch.target.as_str(), batch.id);
        tx.audit(entry.outcome(store::Outcome::Failure("import".to_owned())));
        let values = vec![("state", State::Failed.into()), ("reason", Reason::Fault.into()), ("finished_at", tx.now().into())];
        tx.update_row("import_batches", batch.id, values, &store::columns_of::<Entity>()).await.map(|_| ())
    })
    .await
}

/// On whose behalf the rows are written.
fn context(batch: &Model) -> Context {
    let text = |name: &str| batch.actor[name].as_str();
    let id = |value: &serde_json::Value| value.as_str().and_then(|id| id.parse::<Uuid>().ok());
    let kind = if text("kind") == Some(ActorKind::ApiKey.as_str()) { ActorKind::ApiKey } else { ActorKind::User };
    let by = id(&batch.actor["by"][0]).zip(batch.actor["by"][1].as_str().map(str::to_owned));
    let mut cx = Context::system(Realm::Tenant, Some(batch.tenant_id), "import");
    cx.actor = Actor {
        kind,
        id: id(&batch.actor["id"]),
        name: text("name").unwrap_or_default().to_owned(),
        session: id(&batch.actor["session"]),
        by,
    };
    cx.request_id = batch.request_id;
    cx
}

async fn next_chunk(spec: &Spec, tx: &Tx, mut batch: Model) -> Result<()> {
    let no = batch.position;
    let lines: Vec<Line> = batch::chunk(tx, &batch, no, "rows").await?;
    let outcome = if batch.is_dry_run {
        dry(async || apply(spec, tx, &batch, lines.clone()).await, tx).await?
    } else {
        apply(spec, tx, &batch, lines).await?
    };
    count(&mut batch, &outcome);
    publish(spec, tx, &batch, "imported", &outcome);
    keep(tx, &batch, no, &outcome).await?;
    batch.position += 1;
    batch.state = if batch.position == batch.chunks { State::Done } else { State::Running };
    finish(spec, tx, &batch).await
}

/// Rolls back what was only tried, or what has a row that is wrong. It never gets as far as an answer, so it is not in the catalogue.
const NOT_KEPT: Rule = Rule { name: "import.undone", ko: "가져오지 않았습니다.", en: "Nothing was imported." };

/// Runs work whose rows do not remain.
async fn dry<T>(work: impl AsyncFnOnce() -> Result<T>, tx: &Tx) -> Result<T> {
    let kept = RefCell::new(None);
    let undone = tx.attempt(async || {
        kept.replace(Some(work().await?));
        Err::<(), _>(NOT_KEPT.error())
    });
    match (undone.await, kept.into_inner()) {
        (_, Some(done)) => Ok(done),
        (Err(error), None) => Err(error),
        (Ok(()), None) => Err(Error::internal("a dry run that stayed")),
    }
}

/// All chunks at once: they stay only if every row is good, and if that was wanted at all.
async fn whole(spec: &Spec, tx: &Tx, batch: &Model) -> Result<()> {
    let all = async || {
        let mut outcomes = Vec::new();
        for no in 0..batch.chunks {
            let outcome = apply(spec, tx, batch, batch::chunk::<Vec<Line>>(tx, batch, no, "rows").await?).await?;
            publish(spec, tx, batch, "imported", &outcome);
            tx.flush().await?;
            outcomes.push(outcome);
        }
        Ok(outcomes)
    };
    let mut batch = batch.clone();
    let outcomes = RefCell::new(Vec::new());
    let stays = tx
        .attempt(async || {
            let done = all().await?;
            let is_good = !batch.is_dry_run && done.iter().all(|outcome| outcome.bad.is_empty());
            outcomes.replace(done);
            if is_good { Ok(()) } else { Err(NOT_KEPT.error()) }
        })
        .await;
    if let Err(error) = &stays
        && error.rule_name() != Some(NOT_KEPT.name)
    {
        return stays;
    }
    for (no, outcome) in (0_i64..).zip(outcomes.into_inner()) {
        let mut outcome = outcome;
        if stays.is_err() {
            // what was not taken back has only been tried
            would(&mut outcome);
            if !batch.is_dry_run {
                (outcome.would_create, outcome.would_update, outcome.skipped) = (0, 0, 0);
            }
        }
        count(&mut batch, &outcome);
        keep(tx, &batch, no, &outcome).await?;
    }
    batch.position = batch.chunks;
    (batch.state, batch.reason) =
        if stays.is_ok() || batch.is_dry_run { (State::Done, None) } else { (State::Failed, Some(Reason::BadRows)) };
    finish(spec, tx, &batch).await
}

fn would(outcome: &mut Outcome) {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    outcome.would_create += count(std::mem::take(&mut outcome.created).len());
    outcome.would_update += count(std::mem::take(&mut outcome.updated).len());
}

fn count(batch: &mut Model, outcome: &Outcome) {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    batch.created += count(outcome.created.len()) + outcome.would_create;
    batch.updated += count(outcome.updated.len()) + outcome.would_update;
    batch.skipped += outcome.skipped;
    batch.failed += count(outcome.bad.len());
}

/// One event for the rows of a chunk.
pub(super) fn publish(spec: &Spec, tx: &Tx, batch: &Model, what: &str, outcome: &Outcome) {
    if batch.is_dry_run || (outcome.created.is_empty() && outcome.updated.is_empty()) {
        return;
    }
    let updated: Vec<Uuid> = outcome.updated.iter().map(|row| row.id).collect();
    tx.publish(Event::new(spec.event(what), batch.id, json!({"batch_id": batch.id, "created": outcome.created, "updated": updated})));
}

/// What came of a chunk stands where its rows were.
async fn keep(tx: &Tx, batch: &Model, no: i64, outcome: &Outcome) -> Result<()> {
    let mut outcome = outcome.clone();
    if batch.is_dry_run {
        would(&mut outcome);
    }
    let text = serde_json::to_string(&outcome).map_err(Error::internal)?;
    let mut sql = Sql::new("UPDATE import_chunks SET rows = NULL, outcome = ");
    sql.bind(text).push(" WHERE batch_id = ").bind(batch.id).push(" AND no = ").bind(no).push(" AND tenant_id = ").bind(batch.tenant_id);
    tx.raw_execute(sql).await.map(|_| ())
}

/// Moves the batch on; at its end audit row and event are written.
#[boxed(?Send)]
pub(super) async fn finish(spec: &Spec, tx: &Tx, batch: &Model) -> Result<()> {
    let ended = !matches!(batch.state, State::Running | State::Undoing);
    let mut values: Vec<(&'static str, Value)> = vec![
        ("state", batch.state.into()),
        ("position", batch.position.into()),
        ("created", batch.created.into()),
        ("updated", batch.updated.into()),
        ("skipped", batch.skipped.into()),
        ("failed", batch.failed.into()),
        ("reason", batch.reason.into()),
    ];
    if ended {
        values.push((if batch.state == State::Undone { "undone_at" } else { "finished_at" }, tx.now().into()));
        let after = json!({"batch_id": batch.id, "state": batch.state, "reason": batch.reason, "created": batch.created, "updated": batch.updated,
            "skipped": batch.skipped, "failed": batch.failed, "dry_run": batch.is_dry_run});
        tx.audit(AuditEntry::new(Action::Execute, batch.permission.as_str(), spec.target(), batch.id).after(after.clone()));
        let what = if batch.state == State::Undone { "import_undone" } else { "import_finished" };
        tx.publish(Event::new(spec.event(what), batch.id, after));
    }
    tx.update_row("import_batches", batch.id, values, &store::columns_of::<Entity>()).await.map(|_| ())
}
