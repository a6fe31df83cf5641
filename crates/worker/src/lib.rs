//! What goes on beside the requests: events get their numbers and are delivered to their consumers, jobs run by the clock, queues are
//! worked off. `cxg serve` has a [`Worker`] in it, `cxg work` is one alone; any number of them may run.
//!
//! This crate is the machinery: leases, offsets, back-off. Which consumers, jobs and queues there are is handed to [`Worker::new`] by
//! `flows`, so that nothing here knows a domain.

mod back_off;
mod consumer;
mod context;
mod delivery;
mod job;
mod lease;
mod queue;
mod rounds;

pub use back_off::back_off;
pub use consumer::{Consumer, Handler};
pub use context::Context;
pub use job::{Job, next_run};
pub use queue::WorkQueue;
pub use rounds::Worker;
