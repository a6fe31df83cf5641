//! What a policy was to be alerted on, and happened.

use kernel::Realm;
use macros::record;
use resource::{Action, ReadOnly, Resource, action};
use sea_orm::entity::prelude::*;

resource::string_enum! {
    pub Status ("AlertStatus") { Open, Acknowledged }
}

/// An alert: the policy's event came as often as it names, within its minutes.
#[record(table = "audt_alerts", schema = "AuditAlert", bodies = "Alert", columns = provider)]
pub struct Model {
    /// 정책 | Policy
    #[api(filter)]
    pub policy_id: Uuid,
    /// 고객사 | Company
    ///
    /// The company; none: the provider itself.
    #[api(filter(null))]
    pub tenant_id: Option<Uuid>,
    /// 종류 | Kind
    ///
    /// The kind of event.
    #[api(filter)]
    pub kind: String,
    /// 횟수 | Count
    ///
    /// How often it came.
    pub count: i32,
    /// 기간(분) | Within minutes
    pub within_minutes: i32,
    /// 상태 | Status
    #[api(filter)]
    pub status: Status,
}

/// Alerts.
pub struct Alerts;

impl Resource for Alerts {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "audt";
    const NAME: &'static str = "alerts";
    const NOUN: &'static str = "alert";
    type Entity = Entity;
    type View = Model;
    type Create = ReadOnly;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Kind, Column::Status];
    const SEARCH: &'static [Column] = &[Column::Kind];
    const EXAMPLE: &'static str = "{}";
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        vec![action("acknowledge", "acknowledged", "Note that an alert has been seen").from(&[Status::Open]).to(Status::Acknowledged)]
    }
}
