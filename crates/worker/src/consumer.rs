use crate::context::Context;
use futures_util::future::LocalBoxFuture;
use kernel::{Realm, Result};
use store::Published;
use uuid::Uuid;

/// What a consumer does with events of one company, `None` being the provider itself.
pub type Handler = for<'a> fn(&'a Context, Option<Uuid>, &'a [Published]) -> LocalBoxFuture<'a, Result<()>>;

/// What is handed a company's events: in order, at least once each. It may get one again, so it derives from the facts what is missing,
/// and does only that.
pub struct Consumer {
    /// Its name in `outbox_cursors`; never changes.
    pub name: &'static str,
    /// Whose events.
    pub realms: &'static [Realm],
    /// Which kinds of events; the others are passed over.
    pub wants: fn(&str) -> bool,
    /// Whether it rests while the company is suspended.
    pub pauses: bool,
    pub handle: Handler,
}
