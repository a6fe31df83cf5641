//! What runs in a transaction, without the type of the closure: beginning, committing and running again are compiled once.

use crate::Tx;
use kernel::{Error, Result};
use std::{cell::Cell, pin::Pin};

/// What is done in a transaction, without the type of the closure that does it.
pub trait Work<T> {
    fn run<'a>(&'a self, tx: &'a Tx) -> Pin<Box<dyn Future<Output = Result<T>> + 'a>>;
}

impl<T, F: AsyncFn(&Tx) -> Result<T>> Work<T> for F {
    fn run<'a>(&'a self, tx: &'a Tx) -> Pin<Box<dyn Future<Output = Result<T>> + 'a>> {
        Box::pin(self(tx))
    }
}

/// Work that keeps its result, which the transaction around it need not know.
pub(crate) struct Keeping<'w, T> {
    work: &'w dyn Work<T>,
    done: Cell<Option<T>>,
}

impl<'w, T> Keeping<'w, T> {
    pub fn new(work: &'w dyn Work<T>) -> Self {
        Self { work, done: Cell::new(None) }
    }

    /// The result of the last run.
    pub fn done(self) -> Result<T> {
        self.done.into_inner().ok_or_else(|| Error::internal("a transaction without a result"))
    }
}

impl<T> Work<()> for Keeping<'_, T> {
    fn run<'a>(&'a self, tx: &'a Tx) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>> {
        Box::pin(async move {
            self.done.set(Some(self.work.run(tx).await?));
            Ok(())
        })
    }
}
