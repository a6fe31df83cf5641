//! Actions: what is done with a row besides the five verbs, declared as values.
//!
//! An [`Action`] says its verb, from which states it leads to which, what it takes and the function that does the work of the trade. The
//! rest is the same for all of them and stands in [`crate::acting`] once.

use crate::{
    Acting, Done,
    acting::{Wrote, read_as},
    change::Locking,
};
use auth::Door;
use envelope::{Answer, Nothing, StatusCode, TypeDoc, check};
use futures_util::future::LocalBoxFuture;
use kernel::{Error, PermissionKey, Result};
use paperclip::v2::schema::Apiv2Schema;
use sea_orm::{ActiveEnum, ActiveModelTrait, FromQueryResult, QueryResult};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::{any::Any, sync::Arc};
use store::values_of;
use uuid::Uuid;

pub(crate) type Run = dyn for<'t> Fn(&'t Acting<'t>, &'t QueryResult, &'t dyn Any) -> LocalBoxFuture<'t, Result<Wrote>> + Send + Sync;
pub(crate) type Locks = dyn for<'t> Fn(&'t Acting<'t>, Uuid) -> LocalBoxFuture<'t, Result<()>> + Send + Sync;
pub(crate) type Answering = dyn for<'t> Fn(&'t Acting<'t>, &'t QueryResult) -> LocalBoxFuture<'t, Result<Answer>> + Send + Sync;
pub(crate) type Preparing = dyn for<'t> Fn(&'t Door, Uuid, &'t dyn Any) -> LocalBoxFuture<'t, Result<Box<dyn Any>>> + Send + Sync;
pub(crate) type Afterwards = dyn for<'t> Fn(&'t Door, Uuid) -> LocalBoxFuture<'t, Result<()>> + Send + Sync;
pub(crate) type EventFields = dyn Fn(&QueryResult) -> Result<Json> + Send + Sync;

/// An action of a resource's rows: `POST /{id}/{verb}`.
#[derive(Clone)]
pub struct Action {
    /// The last word of the path, and of the permission.
    pub verb: &'static str,
    /// The sentence of the document.
    pub summary: &'static str,
    pub step_up: bool,
    pub(crate) in_department: bool,
    /// The states it can be done in; empty: in any.
    pub from: Vec<String>,
    /// States in which there is nothing left to do, besides the one it leads to.
    pub(crate) already: Vec<String>,
    /// The state it leads to; `None`: the state stays, or the function says it.
    pub to: Option<String>,
    pub(crate) event: &'static str,
    pub(crate) input: TypeDoc,
    pub(crate) read: fn(Json) -> Result<Box<dyn Any>>,
    pub(crate) locking: Locking,
    pub(crate) locks_first: Option<Arc<Locks>>,
    pub(crate) run: Option<Arc<Run>>,
    pub(crate) event_fields: Option<Arc<EventFields>>,
    pub(crate) answers: Option<(TypeDoc, StatusCode)>,
    pub(crate) answering: Option<Arc<Answering>>,
    pub(crate) prepares: Option<Arc<Preparing>>,
    pub(crate) after_commit: Option<Arc<Afterwards>>,
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
        locking: Locking::ForUpdate,
        locks_first: None,
        run: None,
        event_fields: None,
        answers: None,
        answering: None,
        prepares: None,
        after_commit: None,
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
        self.locking = Locking::ForNoKeyUpdate;
        self
    }

    /// What is locked before the row, where everybody locks it in that order.
    #[must_use]
    pub fn locks_first<F: AsyncFn(&Acting<'_>, Uuid) -> Result<()> + Copy + Send + Sync + 'static>(mut self, lock: F) -> Self {
        self.locks_first = Some(Arc::new(move |cx, id| Box::pin(async move { lock(cx, id).await })));
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
                let row = read_as::<M>(row)?;
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
    pub fn event_fields<M: FromQueryResult + 'static>(mut self, fields: fn(&M) -> Json) -> Self {
        self.event_fields = Some(Arc::new(move |row| Ok(fields(&read_as::<M>(row)?))));
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
        self.answering = Some(Arc::new(move |cx, row| Box::pin(async move { answering(cx, &read_as::<M>(row)?).await })));
        self
    }

    /// What takes long and needs no lock, before the transaction: hashing a password. The function gets it by [`Acting::prepared`].
    #[must_use]
    pub fn prepares<I, P, F>(mut self, prepare: F) -> Self
    where
        I: 'static,
        P: 'static,
        F: AsyncFn(&Door, Uuid, &I) -> Result<P> + Copy + Send + Sync + 'static,
    {
        self.prepares = Some(Arc::new(move |door, id, input| {
            Box::pin(async move {
                let input = input.downcast_ref::<I>().ok_or_else(|| Error::internal("the input of another action"))?;
                Ok(Box::new(prepare(door, id, input).await?) as Box<dyn Any>)
            })
        }));
        self
    }

    /// Done once the transaction is committed.
    #[must_use]
    pub fn after_commit<F: AsyncFn(&Door, Uuid) -> Result<()> + Copy + Send + Sync + 'static>(mut self, then: F) -> Self {
        self.after_commit = Some(Arc::new(move |door, id| Box::pin(async move { then(door, id).await })));
        self
    }

    pub(crate) fn permission(&self, domain: &'static str, resource: &'static str) -> PermissionKey {
        PermissionKey { domain, resource, action: self.verb }
    }

    pub(crate) fn is_done_in(&self, state: &str) -> bool {
        self.to.as_deref() == Some(state) || self.already.iter().any(|word| word == state)
    }

    pub(crate) fn starts_in(&self, state: &str) -> bool {
        self.from.is_empty() || self.from.iter().any(|word| word == state)
    }
}
