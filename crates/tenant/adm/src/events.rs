//! What happened in the company, for programs that follow it.

use auth::Allowed;
use envelope::{Api, Query, Reply, web};
use kernel::permission;
use paperclip::actix::api_v2_operation;
use resource::{EventPage, EventQuery, events_of};

permission! {
    /// Read the company's events by their numbers.
    pub ReadEvents = "adm", "events", "read";
}

/// The company's events after a number, in order
///
/// `next_after` of a page is the `after` of the next request: numbers have no gap, so none is missed.
#[api_v2_operation]
pub async fn events(cx: Allowed<ReadEvents>, query: Query<EventQuery>) -> Api<EventPage> {
    Ok(Reply::new(&events_of(&cx, &query.0).await?)?)
}

pub(crate) fn routes() -> web::Resource {
    web::resource("/events").route(web::get().to(events))
}
