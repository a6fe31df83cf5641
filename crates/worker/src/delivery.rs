//! Events to consumers.

use crate::{consumer::Consumer, context::Context, lease::leased};
use kernel::{Code, Error, Realm, Result};
use std::time::Duration;
use store::{
    Published,
    delivery::{self, Failed, Offset},
    stream,
};
use uuid::Uuid;

/// Events handed to a consumer at once.
const BATCH: u64 = 100;
/// How often a lease is renewed while a consumer is at work.
const RENEW: Duration = Duration::from_secs(2);

/// Hands a company's events to one consumer, as far as they go; answers how many.
pub(crate) async fn deliver(cx: &Context, node: Uuid, realm: Realm, consumer: &Consumer, company: Option<Uuid>) -> Result<usize> {
    if consumer.pauses && !cx.is_served(company).await? {
        return Ok(0);
    }
    let db = cx.platform.database(realm);
    let Some(mut offset) = delivery::take(db, company, consumer.name, node).await? else { return Ok(0) };
    let mut done = 0;
    loop {
        let events = stream::events_after(&db.read(company).await?, offset.last_seq, None, BATCH).await?;
        let Some(last) = events.last().map(|event| event.seq) else {
            offset.release(db).await?;
            return Ok(done);
        };
        done += events.len();
        let wanted: Vec<Published> = events.iter().filter(|event| (consumer.wants)(&event.kind)).cloned().collect();
        if offset.attempts == 0 && hand_over(cx, consumer, realm, &offset, &wanted).await.is_ok() {
            if !offset.advance(db, last).await? {
                return Ok(done);
            }
            continue;
        }
        // one of them is the trouble: find it
        for event in events {
            if !(consumer.wants)(&event.kind) {
                continue;
            }
            if let Err(error) = hand_over(cx, consumer, realm, &offset, std::slice::from_ref(&event)).await {
                let why = reason(&error);
                // a server is away, the event is not to blame: it is not counted, and nobody else waits for it
                let is_away = error.code() == Code::Unavailable;
                if is_away {
                    tracing::warn!(consumer = consumer.name, event = %event.id, why, "what a consumer needs is away; it is asked again");
                } else {
                    let (name, attempts) = (consumer.name, offset.attempts + 1);
                    tracing::warn!(consumer = name, event = %event.id, kind = event.kind, attempts, why, "an event could not be dealt with");
                }
                // what stands before it is done with
                if event.seq > offset.last_seq + 1 && offset.attempts == 0 && !offset.advance(db, event.seq - 1).await? {
                    return Ok(done);
                }
                if is_away {
                    offset.postpone(db, &why).await?;
                    return Ok(done);
                }
                match offset.fail(db, &why).await? {
                    Failed::Retry => return Ok(done),
                    Failed::DeadLetter => offset.keep_dead_letter(cx.platform.database(Realm::Manager), realm, &event, &why).await?,
                }
            }
            if !offset.advance(db, event.seq).await? {
                return Ok(done);
            }
        }
        if offset.last_seq < last && !offset.advance(db, last).await? {
            return Ok(done);
        }
    }
}

/// Lets the consumer work, the lease renewed meanwhile.
async fn hand_over(cx: &Context, consumer: &Consumer, realm: Realm, offset: &Offset, events: &[Published]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let db = cx.platform.database(realm);
    leased((consumer.handle)(cx, offset.tenant, events), RENEW, async || offset.renew(db).await.map(|_| ())).await
}

/// Why something failed, as far as it may be shown to the provider's staff.
pub(crate) fn reason(error: &Error) -> String {
    error.cause().map_or_else(|| error.to_string(), str::to_owned)
}
