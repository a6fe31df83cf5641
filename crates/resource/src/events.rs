//! Reading a company's events by their numbers: every one once, in order, without a gap.

use crate::rules;
use auth::Door;
use kernel::{Error, FieldError, Message, Result, Timestamp, boxed};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::stream;
use uuid::Uuid;

/// Events a page, unless said otherwise.
const PAGE: i64 = 100;
const MOST: i64 = 500;

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct EventQuery {
    /// 이후 번호 | After number
    ///
    /// `next_after` of the page before; 0 begins with the oldest.
    pub after: Option<i64>,
    /// 최대 건수 | Limit
    ///
    /// Events a page, 1 to 500; 100 when left out.
    pub limit: Option<i64>,
    /// 종류 | Kind
    ///
    /// Only this kind: `adm.user.created`; `adm.user.*` is all that begin so.
    pub kind: Option<String>,
}

/// A fact that was published.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Event")]
pub struct EventView {
    /// 순번 | Number
    ///
    /// The cursor: numbers go up by one without a gap.
    pub seq: i64,
    /// ID | ID
    ///
    /// The same however often it is read.
    pub id: Uuid,
    /// 종류 | Kind
    pub kind: String,
    /// 대상 | Aggregate
    pub aggregate_id: Uuid,
    /// 내용 | Payload
    #[openapi(example = "{}")]
    pub payload: Payload,
    /// 행위자 | Actor
    ///
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// 요청 번호 | Request
    pub request_id: Uuid,
    /// 발생 일시 | Occurred
    pub occurred_at: Timestamp,
}

/// What the event says, an object.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Payload(Value);

impl paperclip::v2::schema::Apiv2Schema for Payload {
    fn raw_schema() -> paperclip::v2::models::DefaultSchemaRaw {
        kernel::schema::with_keywords(
            paperclip::v2::models::DataType::Object,
            &serde_json::json!({}),
            serde_json::json!({"id": "0192f0c1-2345-7abc-8def-0123456789ab"}),
        )
    }
}

/// Events in order.
#[derive(Serialize, Apiv2Schema)]
pub struct EventPage {
    /// 이벤트 목록 | Events
    pub items: Vec<EventView>,
    /// 다음 시작 번호 | Next after
    ///
    /// `after` of the next page; the same again where there was nothing new.
    pub next_after: i64,
}

/// The caller's events after a number.
///
/// # Errors
/// 422 for a limit out of range; 409 `events.cursor_expired` when events after the cursor have
/// been forgotten: whoever stays away for longer than 90 days must begin anew.
#[boxed(?Send)]
pub async fn events_of(door: &Door, query: &EventQuery) -> Result<EventPage> {
    let (after, limit) = (query.after.unwrap_or(0), query.limit.unwrap_or(PAGE));
    let mut wrong = Vec::new();
    if after < 0 {
        wrong.push(FieldError::new("after", "minimum", Message::new("0 이상이어야 합니다.", "must be 0 or more")));
    }
    if !(1..=MOST).contains(&limit) {
        wrong.push(FieldError::new("limit", "range", Message::new("1 이상 500 이하여야 합니다.", "must be from 1 to 500")));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let scope = door.read().await?;
    let bounds = stream::bounds(&scope).await?;
    if let Some((first, _)) = bounds
        && after > 0
        && after < first - 1
    {
        return Err(rules::CURSOR_EXPIRED.error().with("first", first));
    }
    let events = stream::events_after(&scope, after, query.kind.as_deref(), limit.unsigned_abs()).await?;
    let mut next_after = events.last().map_or(after, |event| event.seq);
    if let Some((_, last)) = bounds
        && i64::try_from(events.len()).is_ok_and(|found| found < limit)
    {
        // those of other kinds are behind the caller, too: they are not looked through again
        next_after = next_after.max(last);
    }
    Ok(EventPage {
        next_after,
        items: events
            .into_iter()
            .map(|event| EventView {
                seq: event.seq,
                id: event.id,
                kind: event.kind,
                aggregate_id: event.aggregate_id,
                payload: Payload(event.payload),
                actor_id: event.actor_id,
                request_id: event.request_id,
                occurred_at: event.occurred_at,
            })
            .collect(),
    })
}
