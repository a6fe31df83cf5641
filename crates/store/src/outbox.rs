use crate::{AuditEntry, Context, Outcome, Sql, new_id};
use kernel::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// A fact others may react to, published in the transaction that made it true.
///
/// Its number is given after the commit, by the dispatcher: ids are not in commit order.
#[derive(Clone, Debug)]
pub struct Event {
    /// `<domain>.<noun>.<what happened>`: `adm.organization.created`.
    pub kind: String,
    pub aggregate_id: Uuid,
    pub payload: Value,
}

impl Event {
    pub fn new(kind: impl Into<String>, aggregate_id: Uuid, payload: Value) -> Self {
        Self { kind: kind.into(), aggregate_id, payload }
    }

    /// What stands for an audit row that came without an event of its own: a refusal, a failed sign-in.
    pub(crate) fn recorded(entry: &AuditEntry, cx: &Context) -> Self {
        let about = entry.target_id.as_deref().and_then(|id| Uuid::try_parse(id).ok()).or(cx.actor.id).unwrap_or(cx.request_id);
        let outcome = match entry.outcome {
            Outcome::Success => "SUCCESS",
            Outcome::Failure(_) => "FAILURE",
            Outcome::Blocked(_) => "BLOCKED",
        };
        Self::new("audt.audit_log.recorded", about, json!({"target": entry.target, "permission": entry.permission, "result": outcome}))
    }
}

pub(crate) fn insert(sql: &mut Sql, cx: &Context, now: Timestamp, events: Vec<Event>) {
    sql.push("INSERT INTO outbox (id, tenant_id, kind, aggregate_id, payload, actor_id, request_id, created_at) VALUES ");
    for (i, mut event) in events.into_iter().enumerate() {
        crate::audit::mask(&mut event.payload);
        sql.push(if i > 0 { ", (" } else { "(" });
        sql.bind(new_id()).push(", ").bind(cx.tenant).push(", ").bind(event.kind).push(", ").bind(event.aggregate_id).push(", ");
        sql.bind(event.payload).push(", ").bind(cx.actor.id).push(", ").bind(cx.request_id).push(", ").bind(now).push(")");
    }
}
