use crate::context::Context;
use futures_util::future::LocalBoxFuture;
use kernel::Result;

/// Work that is neither an event's nor the clock's: rows that wait, dealt with piece by piece beside the rounds.
pub struct WorkQueue {
    /// Deals with some of what waits now; answers how many pieces. It is called again at once until there are none.
    pub process: for<'a> fn(&'a Context) -> LocalBoxFuture<'a, Result<usize>>,
}
