//! Events that one of their consumers could not deal with.

use kernel::{Realm, Timestamp};
use macros::record;
use resource::{ReadOnly, Resource};
use sea_orm::entity::prelude::*;

resource::string_enum! {
    pub Status ("DeadLetterStatus") { Dead, Replayed }
}

/// An event that a consumer failed on six times.
#[record(table = "audt_dead_letters", schema = "DeadLetter", columns = provider)]
pub struct Model {
    /// 시스템 구분 | Realm
    ///
    /// MANAGER or TENANT.
    pub realm: String,
    /// 고객사 | Company
    ///
    /// The company; none: the provider's own event.
    #[api(filter(null))]
    pub tenant_id: Option<Uuid>,
    /// 컨슈머 | Consumer
    #[api(filter)]
    pub reader: String,
    /// 이벤트 | Event
    #[api(filter)]
    pub event_id: Uuid,
    /// 순번 | Number
    ///
    /// The event's number in the company's stream.
    pub seq: i64,
    /// 종류 | Kind
    #[api(filter)]
    pub kind: String,
    /// 대상 | Aggregate
    #[api(filter)]
    pub aggregate_id: Uuid,
    /// 시도 횟수 | Attempts
    pub attempts: i32,
    /// 오류 | Error
    ///
    /// What went wrong at the last attempt.
    pub error: String,
    /// 상태 | Status
    #[api(filter)]
    pub status: Status,
    /// 재처리 일시 | Replayed
    pub replayed_at: Option<Timestamp>,
}

/// Dead letters.
pub struct DeadLetters;

impl Resource for DeadLetters {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "audt";
    const NAME: &'static str = "dead-letters";
    const NOUN: &'static str = "dead_letter";
    type Entity = Entity;
    type View = Model;
    type Create = ReadOnly;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Reader, Column::Kind];
    const SEARCH: &'static [Column] = &[Column::Kind, Column::Error];
    const EXAMPLE: &'static str = "{}";
}
