//! The one place that is asked before an action moves a row.

use crate::Door;
use kernel::{Result, boxed};
use std::{fmt::Debug, pin::Pin};
use store::Tx;
use uuid::Uuid;

/// The gate's answer, to come.
pub type Answering<'t> = Pin<Box<dyn Future<Output = Result<()>> + 't>>;

/// What is about to happen to a row.
#[derive(Clone, Copy, Debug)]
pub struct Move<'m> {
    /// `fim.payments`
    pub target: &'m str,
    /// `complete`
    pub verb: &'m str,
    pub id: Uuid,
}

/// Says whether a row may be moved now. Approvals will answer here.
///
/// It is asked in the transaction, with the row locked and in a state the action starts from. What the platform does by itself is not
/// asked about.
pub trait Gate: Debug + Send + Sync {
    /// # Errors
    /// 409 that says what the row waits for.
    fn may_move<'t>(&'t self, tx: &'t Tx, step: &'t Move<'t>) -> Answering<'t>;
}

impl Door {
    /// Asks the platform's [`Gate`].
    ///
    /// # Errors
    /// What the gate refuses with.
    #[boxed(?Send)]
    pub async fn may_move(&self, tx: &Tx, step: &Move<'_>) -> Result<()> {
        match self.platform().gate.get() {
            Some(gate) => gate.may_move(tx, step).await,
            None => Ok(()),
        }
    }
}
