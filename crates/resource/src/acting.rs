//! Doing a declared action: what is the same for all of them.
//!
//! The row is locked, `If-Match` is compared, a row that is there already is answered as it is, a row in another state is refused with the
//! states it can go to, the gate is asked, the change is written, audited and published with its difference.

use crate::{Action, Spec, change::lock_as};
use auth::{Door, Move};
use envelope::Answer;
use kernel::{Day, Error, Result, Versions, boxed};
use sea_orm::{FromQueryResult, QueryResult, Value};
use serde_json::{Map, Value as Json, json};
use std::{any::Any, cell::RefCell};
use store::{AuditEntry, Columns, Event, Tx};
use uuid::Uuid;

/// What the function of an action works with.
pub struct Acting<'t> {
    pub tx: &'t Tx,
    by: By<'t>,
    /// What the audit row and the event say besides the difference of the row.
    notes: RefCell<Map<String, Json>>,
    answer: RefCell<Option<Answer>>,
    prepared: Option<&'t dyn Any>,
}

/// On whose behalf something is done.
#[derive(Clone)]
enum By<'t> {
    Caller(&'t Door),
    Platform { permission: String, today: Day },
}

impl<'t> Acting<'t> {
    /// For the caller of a request.
    #[must_use]
    pub fn caller(door: &'t Door, tx: &'t Tx) -> Self {
        Self::new(tx, By::Caller(door))
    }

    /// For the platform itself: the demo, a job. `permission` is what the audit shows.
    #[must_use]
    pub fn platform(tx: &'t Tx, permission: &str, today: Day) -> Self {
        Self::new(tx, By::Platform { permission: permission.to_owned(), today })
    }

    /// With what was prepared before the transaction.
    pub(crate) fn with(self, prepared: Option<&'t dyn Any>) -> Self {
        Self { prepared, ..self }
    }

    fn new(tx: &'t Tx, by: By<'t>) -> Self {
        Self { tx, by, notes: RefCell::default(), answer: RefCell::default(), prepared: None }
    }

    /// Today where the company is.
    #[must_use]
    pub fn today(&self) -> Day {
        match &self.by {
            By::Caller(door) => door.today(),
            By::Platform { today, .. } => *today,
        }
    }

    /// What the audit shows as the right it was done by.
    #[must_use]
    pub fn permission(&self) -> String {
        match &self.by {
            By::Caller(door) => door.permission().to_string(),
            By::Platform { permission, .. } => permission.clone(),
        }
    }

    /// Whoever called.
    ///
    /// # Errors
    /// Internal, where the platform acts by itself.
    pub fn door(&self) -> Result<&'t Door> {
        match &self.by {
            By::Caller(door) => Ok(door),
            By::Platform { .. } => Err(Error::internal("the platform acts by itself")),
        }
    }

    /// What [`Action::prepares`] made.
    ///
    /// # Errors
    /// Internal, where nothing was prepared.
    pub fn prepared<P: 'static>(&self) -> Result<&'t P> {
        self.prepared.and_then(<dyn Any>::downcast_ref).ok_or_else(|| Error::internal("nothing was prepared"))
    }

    /// Adds fields to the audit row and the event of this action.
    pub fn note(&self, fields: Json) {
        if let Json::Object(fields) = fields {
            self.notes.borrow_mut().extend(fields);
        }
    }

    /// What the function answers instead of the row, if it does.
    pub(crate) fn own_answer(&self) -> Option<Answer> {
        self.answer.take()
    }

    /// Answers this instead of the row: what is shown only once.
    pub fn answer(&self, answer: Answer) {
        *self.answer.borrow_mut() = Some(answer);
    }
}

/// What the function of an action found or did.
pub enum Done<A> {
    /// It is so already; nothing is written.
    Already,
    /// These columns change; the state does too, where the action leads to one.
    Changes(A),
    /// What was called has written the row, its state included.
    Written,
}

/// [`Done`] without its type.
pub(crate) enum Wrote {
    Already,
    Changes(Columns),
    Written,
}

/// The action of a resource with this verb.
fn named<'s>(spec: &'s Spec, verb: &str) -> Result<&'s Action> {
    spec.actions.iter().find(|action| action.verb == verb).ok_or_else(|| Error::internal(format!("{} has no {verb}", spec.target())))
}

/// The states that a row can go to from this one.
fn leads_to<'s>(spec: &'s Spec, state: &str) -> Vec<&'s str> {
    let mut found = Vec::new();
    for action in spec.actions.iter().filter(|action| action.starts_in(state)) {
        found.extend(action.to.as_deref().filter(|to| *to != state && !found.contains(to)));
    }
    found
}

fn state_of(spec: &Spec, row: &QueryResult) -> Result<Option<String>> {
    let Some(column) = spec.state else { return Ok(None) };
    match spec.keys(row, &[column])?.pop() {
        Some(Value::String(Some(state))) => Ok(Some(state)),
        other => Err(Error::internal(format!("{column} is no state: {other:?}"))),
    }
}

/// Does an action as a part of a transaction that does more, with its states, gate, audit row and event. Whether the caller may is **not**
/// asked: call [`Door::demand_also`] before, where it is another right than that of the request. `input` is exactly the type that the
/// action takes.
///
/// # Errors
/// 404 and 409 as the request would get them, what the action's function refuses, and internal for an input of another type.
#[boxed(?Send)]
pub async fn perform(cx: &Acting<'_>, spec: &Spec, verb: &str, id: Uuid, input: &dyn Any) -> Result<()> {
    let cx = Acting::new(cx.tx, cx.by.clone());
    carry_out(&cx, spec, named(spec, verb)?, id, None, input).await.map(|_| ())
}

/// Does what an action says; answers the row as it is afterwards.
#[boxed(?Send)]
pub(crate) async fn carry_out(
    cx: &Acting<'_>,
    spec: &Spec,
    action: &Action,
    id: Uuid,
    expected: Option<Versions>,
    input: &dyn Any,
) -> Result<QueryResult> {
    if let Some(lock) = &action.locks_first {
        lock(cx, id).await?;
    }
    let row = lock_as(spec, cx.tx, id, expected, action.locking).await?;
    if let Some(state) = state_of(spec, &row)? {
        if action.is_done_in(&state) {
            return Ok(row);
        }
        if !action.starts_in(&state) {
            return Err(Error::transition(&state, &leads_to(spec, &state)));
        }
    }
    if let By::Caller(door) = &cx.by {
        door.may_move(cx.tx, &Move { target: &spec.target(), verb: action.verb, id }).await?;
    }
    let wrote = match &action.run {
        Some(run) => run(cx, &row, input).await?,
        None => Wrote::Changes(Columns::new()),
    };
    let changed = match wrote {
        Wrote::Already => return Ok(row),
        Wrote::Written => lock_as(spec, cx.tx, id, None, action.locking).await?,
        Wrote::Changes(mut values) => {
            if let (Some(column), Some(to)) = (spec.state, &action.to)
                && values.iter().all(|(name, _)| *name != column)
            {
                values.push((column, to.as_str().into()));
            }
            if values.is_empty() {
                lock_as(spec, cx.tx, id, None, action.locking).await?
            } else {
                cx.tx.update_row(&spec.table, id, values, &spec.columns).await?.ok_or_else(Error::not_found)?
            }
        }
    };
    record_traces(cx, spec, action, id, (&row, &changed))?;
    Ok(changed)
}

/// The audit row and the event of an action.
fn record_traces(cx: &Acting<'_>, spec: &Spec, action: &Action, id: Uuid, (row, changed): (&QueryResult, &QueryResult)) -> Result<()> {
    let notes = cx.notes.take();
    let (before, mut after) = (spec.snapshot(row)?, spec.snapshot(changed)?);
    if let Json::Object(fields) = &mut after {
        fields.extend(notes.clone());
    }
    cx.tx.audit(AuditEntry::new(store::Action::Execute, cx.permission(), spec.target(), id).change(&before, &after));
    let mut payload = json!({"id": id});
    if let Json::Object(payload) = &mut payload {
        if let Some(Json::Object(fields)) = action.event_fields.as_ref().map(|fields| fields(changed)).transpose()? {
            payload.extend(fields);
        }
        payload.extend(notes);
    }
    cx.tx.publish(Event::new(spec.event(action.event), id, payload));
    Ok(())
}

/// A row as its entity's model.
pub(crate) fn read_as<M: FromQueryResult>(row: &QueryResult) -> Result<M> {
    M::from_query_result(row, "").map_err(Error::internal)
}
