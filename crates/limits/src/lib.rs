//! How many requests a caller may make in an hour.
//!
//! The promise is strict: never more than the limit in *any* hour, and all of it again exactly an hour later. A [`Window`] keeps it by
//! counting in runs of a minute; [`Local`] holds the windows of one process under a cap of memory, [`Shared`] those of all nodes in Redis.
//! [`Limits`] asks Redis where there is one, and falls back on the process where it does not answer at once: nobody waits for Redis, and
//! nobody is refused because it is away. What must fail closed (the lock of an account) does not rest on this crate.
//!
//! [`Policy`] says how many for whom; [`Overrides`] is where a single tenant, user or address gets another number.
//!
//! Knows no HTTP and no database: who calls, and what they are answered, is the gateway's.

mod caller;
mod local;
mod policy;
mod shared;
mod window;

pub use caller::{Caller, Subject};
pub use local::Local;
pub use policy::{Limits, Overrides, Policy, Purpose};
pub use shared::Shared;
pub use window::{HOUR, Rule, Span, Verdict, Window};
