//! Actions: what is done with a row besides the five verbs, declared as values.
//!
//! An [`Action`] says its verb, from which states it leads to which, what it takes and the function that does the work of the trade. The
//! rest is the same for all of them and stands here once: the row is locked, `If-Match` is compared, a row that is there already is
//! answered as it is, a row in another state is refused with the states it can go to, the change is written, audited and published with
//! its difference, and the row is answered with its lines.

use crate::{
    Resource, Spec,
    change::{Locking, answer_of, lock_as},
    handlers::Answered,
};
use actix_web::{HttpRequest, HttpResponse, dev::Payload, http::StatusCode};
use auth::{Demand, Door, Move, needs};
use envelope::{
    Answer, Failure, Nothing, RowId, TypeDoc, check, read_json, respond,
    web::{self, Description},
};
use futures_util::{FutureExt as _, future::LocalBoxFuture};
use kernel::{Day, Error, PermissionKey, Result, Versions, boxed};
use paperclip::v2::schema::Apiv2Schema;
use sea_orm::{ActiveEnum, ActiveModelTrait, FromQueryResult, QueryResult, Value};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};
use std::{any::Any, cell::RefCell, rc::Rc, sync::Arc};
use store::{AuditEntry, Columns, Event, Tx, values_of};
use uuid::Uuid;

/// What the function of an action works with.
pub struct Acting<'t> {
    pub tx: &'t Tx,
    by: By<'t>,
    /// What the audit row and the event say besides the difference of the row.
    notes: RefCell<Map<String, Json>>,
    answer: RefCell<Option<Answer>>,
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

    fn new(tx: &'t Tx, by: By<'t>) -> Self {
        Self { tx, by, notes: RefCell::default(), answer: RefCell::default() }
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

    /// Adds fields to the audit row and the event of this action.
    pub fn note(&self, fields: Json) {
        if let Json::Object(fields) = fields {
            self.notes.borrow_mut().extend(fields);
        }
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
enum Wrote {
    Already,
    Changes(Columns),
    Written,
}

type Run = dyn for<'t> Fn(&'t Acting<'t>, &'t QueryResult, &'t dyn Any) -> LocalBoxFuture<'t, Result<Wrote>> + Send + Sync;
type Before = dyn for<'t> Fn(&'t Acting<'t>, Uuid) -> LocalBoxFuture<'t, Result<()>> + Send + Sync;
type Answering = dyn for<'t> Fn(&'t Acting<'t>, &'t QueryResult) -> LocalBoxFuture<'t, Result<Answer>> + Send + Sync;
type Fact = dyn Fn(&QueryResult) -> Result<Json> + Send + Sync;

/// An action of a resource's rows: `POST /{id}/{verb}`.
#[derive(Clone)]
pub struct Action {
    /// The last word of the path, and of the permission.
    pub verb: &'static str,
    /// The sentence of the document.
    pub summary: &'static str,
    pub step_up: bool,
    in_department: bool,
    /// The states it can be done in; empty: in any.
    pub from: Vec<String>,
    /// States in which there is nothing left to do, besides the one it leads to.
    already: Vec<String>,
    /// The state it leads to; `None`: the state stays, or the function says it.
    pub to: Option<String>,
    event: &'static str,
    input: TypeDoc,
    read: fn(Json) -> Result<Box<dyn Any>>,
    locking: Locking,
    before: Option<Arc<Before>>,
    run: Option<Arc<Run>>,
    fact: Option<Arc<Fact>>,
    answers: Option<(TypeDoc, StatusCode)>,
    answering: Option<Arc<Answering>>,
    afterwards: Option<fn(&Door)>,
}

/// Begins the declaration of an action. `event` is the last word of what is published: `posted`.
#[must_use]
pub fn action(verb: &'static str, event: &'static str, summary: &'static str) -> Action {
    Action {
        verb,
        summary,
        step_up: false,
        in_department: false,
        from: Vec::new(),
        already: Vec::new(),
        to: None,
        event,
        input: TypeDoc::of::<Nothing>(),
        read: read::<Nothing>,
        locking: Locking::Whole,
        before: None,
        run: None,
        fact: None,
        answers: None,
        answering: None,
        afterwards: None,
    }
}

fn read<I: DeserializeOwned + Apiv2Schema + 'static>(body: Json) -> Result<Box<dyn Any>> {
    Ok(Box::new(check::<I>(body)?))
}

fn words<S: ActiveEnum<Value = String>>(states: &[S]) -> Vec<String> {
    states.iter().map(ActiveEnum::to_value).collect()
}

impl Action {
    /// The states it can be done in; any other is refused with 409.
    #[must_use]
    pub fn from<S: ActiveEnum<Value = String>>(mut self, states: &[S]) -> Self {
        self.from = words(states);
        self
    }

    /// The state it leads to; a row that is there already is answered as it is.
    #[must_use]
    pub fn to<S: ActiveEnum<Value = String>>(mut self, state: S) -> Self {
        self.to = Some(state.to_value());
        self
    }

    /// Further states in which it was done long ago: the row is answered as it is.
    #[must_use]
    pub fn already<S: ActiveEnum<Value = String>>(mut self, states: &[S]) -> Self {
        self.already = words(states);
        self
    }

    /// Asks for a fresh second factor.
    #[must_use]
    pub fn step_up(mut self) -> Self {
        self.step_up = true;
        self
    }

    /// The rows are departments: enough to hold the permission for the row, or for a department above it.
    #[must_use]
    pub fn in_department(mut self) -> Self {
        self.in_department = true;
        self
    }

    /// Rows that refer to this one may be made meanwhile (`FOR NO KEY UPDATE`).
    #[must_use]
    pub fn locking_no_key(mut self) -> Self {
        self.locking = Locking::NoKey;
        self
    }

    /// What is locked before the row, where everybody locks it in that order.
    #[must_use]
    pub fn before<F: AsyncFn(&Acting<'_>, Uuid) -> Result<()> + Copy + Send + Sync + 'static>(mut self, before: F) -> Self {
        self.before = Some(Arc::new(move |cx, id| Box::pin(async move { before(cx, id).await })));
        self
    }

    /// The work of the trade: a function of the row and of what was sent.
    #[must_use]
    pub fn does<M, A, I, F>(mut self, work: F) -> Self
    where
        M: FromQueryResult + 'static,
        A: ActiveModelTrait,
        I: DeserializeOwned + Apiv2Schema + 'static,
        F: AsyncFn(&Acting<'_>, &M, &I) -> Result<Done<A>> + Copy + Send + Sync + 'static,
    {
        self.input = TypeDoc::of::<I>();
        self.read = read::<I>;
        self.run = Some(Arc::new(move |cx, row, input| {
            Box::pin(async move {
                let row = M::from_query_result(row, "").map_err(Error::internal)?;
                let input = input.downcast_ref::<I>().ok_or_else(|| Error::internal("the input of another action"))?;
                Ok(match work(cx, &row, input).await? {
                    Done::Already => Wrote::Already,
                    Done::Changes(change) => Wrote::Changes(values_of(&change)),
                    Done::Written => Wrote::Written,
                })
            })
        }));
        self
    }

    /// What the event says besides the row's id: fields of the row as it is afterwards.
    #[must_use]
    pub fn fact<M: FromQueryResult + 'static>(mut self, fact: fn(&M) -> Json) -> Self {
        self.fact = Some(Arc::new(move |row| Ok(fact(&M::from_query_result(row, "").map_err(Error::internal)?))));
        self
    }

    /// Answers a `T` that the function gives by [`Acting::answer`].
    #[must_use]
    pub fn answers<T: Apiv2Schema>(mut self, status: StatusCode) -> Self {
        self.answers = Some((TypeDoc::of::<T>(), status));
        self
    }

    /// Answers what this function makes of the row as it is afterwards, also where there was nothing to do.
    #[must_use]
    pub fn answering<M, F>(mut self, answering: F) -> Self
    where
        M: FromQueryResult + 'static,
        F: AsyncFn(&Acting<'_>, &M) -> Result<Answer> + Copy + Send + Sync + 'static,
    {
        self.answering = Some(Arc::new(move |cx, row| {
            Box::pin(async move { answering(cx, &M::from_query_result(row, "").map_err(Error::internal)?).await })
        }));
        self
    }

    /// Done once the transaction is committed.
    #[must_use]
    pub fn afterwards(mut self, then: fn(&Door)) -> Self {
        self.afterwards = Some(then);
        self
    }

    pub(crate) fn permission(&self, domain: &'static str, resource: &'static str) -> PermissionKey {
        PermissionKey { domain, resource, action: self.verb }
    }

    fn is_done_in(&self, state: &str) -> bool {
        self.to.as_deref() == Some(state) || self.already.iter().any(|word| word == state)
    }

    fn starts_in(&self, state: &str) -> bool {
        self.from.is_empty() || self.from.iter().any(|word| word == state)
    }
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

/// Does an action as a part of a transaction that does more: with the same checks, audit row and event. `input` is what the action takes.
///
/// # Errors
/// 404, 409 as the request would get them, and what the action's function refuses.
#[boxed(?Send)]
pub async fn perform(cx: &Acting<'_>, spec: &Spec, verb: &str, id: Uuid, input: &dyn Any) -> Result<()> {
    let cx = Acting::new(cx.tx, cx.by.clone());
    carry_out(&cx, spec, named(spec, verb)?, id, None, input).await.map(|_| ())
}

/// Does what an action says; answers the row as it is afterwards.
#[boxed(?Send)]
async fn carry_out(
    cx: &Acting<'_>,
    spec: &Spec,
    action: &Action,
    id: Uuid,
    expected: Option<Versions>,
    input: &dyn Any,
) -> Result<QueryResult> {
    if let Some(before) = &action.before {
        before(cx, id).await?;
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
    leave_traces(cx, spec, action, id, (&row, &changed))?;
    Ok(changed)
}

/// The audit row and the event of an action.
fn leave_traces(cx: &Acting<'_>, spec: &Spec, action: &Action, id: Uuid, (row, changed): (&QueryResult, &QueryResult)) -> Result<()> {
    let notes = cx.notes.take();
    let (before, mut after) = (spec.snapshot(row)?, spec.snapshot(changed)?);
    if let Json::Object(fields) = &mut after {
        fields.extend(notes.clone());
    }
    cx.tx.audit(AuditEntry::new(store::Action::Execute, cx.permission(), spec.target(), id).change(&before, &after));
    let mut payload = json!({"id": id});
    if let Json::Object(payload) = &mut payload {
        if let Some(Json::Object(fact)) = action.fact.as_ref().map(|fact| fact(changed)).transpose()? {
            payload.extend(fact);
        }
        payload.extend(notes);
    }
    cx.tx.publish(Event::new(spec.event(action.event), id, payload));
    Ok(())
}

/// What an action answers: what its function says, or the row with its lines.
#[boxed(?Send)]
async fn answer(cx: &Acting<'_>, spec: &Spec, action: &Action, id: Uuid, row: &QueryResult) -> Result<Answer> {
    if let Some(answer) = cx.answer.take() {
        return Ok(answer);
    }
    match &action.answering {
        Some(answering) => answering(cx, row).await,
        None => answer_of(spec, cx.tx, id).await,
    }
}

#[boxed(?Send)]
async fn respond_to(door: Door, spec: &'static Spec, action: &Action, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    let id = *RowId::of(&request)?;
    if action.in_department {
        door.stands_in_department(id).await?;
    }
    let input = (action.read)(read_json(request.clone(), payload).await?)?;
    let expected = door.if_match()?;
    let status = action.answers.map_or(StatusCode::OK, |(_, status)| status);
    let done = door
        .write_answer(status.as_u16(), async |tx| {
            let cx = Acting::caller(&door, tx);
            let row = carry_out(&cx, spec, action, id, expected.clone(), &*input).await?;
            answer(&cx, spec, action, id, &row).await
        })
        .await?;
    if let Some(then) = action.afterwards {
        then(&door);
    }
    Ok(respond(done, status, &request))
}

fn route(spec: &'static Spec, view: TypeDoc, action: &'static Action) -> web::Route {
    let permission = action.permission(spec.domain, spec.name);
    let demand = Demand { permission, step_up: action.step_up, in_department: action.in_department };
    let run = move |request: HttpRequest, payload: Payload| {
        let answer = async move {
            let door = Door::open(request.clone(), demand).await?;
            respond_to(door, spec, action, request, payload).await
        };
        let answer: Answered = Box::pin(answer);
        answer.map(|answer| answer.unwrap_or_else(|error| HttpResponse::from_error(Failure(error)))).boxed_local()
    };
    let describe = move || {
        let (of, status) = action.answers.unwrap_or((view, StatusCode::OK));
        needs(Description::new(action.summary.to_owned()), demand).takes::<RowId>().body(action.input).answers(status, of)
    };
    web::post().boxed(Rc::new(run), Rc::new(describe))
}

/// Mounts the actions of a resource, below its path.
pub fn actions<R: Resource>(config: &mut web::ServiceConfig) {
    match Spec::of::<R>() {
        Ok(spec) => mount(config, spec, TypeDoc::of::<R::View>()),
        Err(error) => tracing::error!(%error, resource = R::NAME, "its actions are not there"),
    }
}

fn mount(config: &mut web::ServiceConfig, spec: &'static Spec, view: TypeDoc) {
    for action in &spec.actions {
        config.service(web::resource(&format!("/{{id}}/{}", action.verb)).route(route(spec, view, action)));
    }
}
