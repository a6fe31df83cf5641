use crate::{Context, Sql, new_id};
use kernel::Timestamp;
use serde_json::{Map, Value, json};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Update,
    Delete,
    /// An action with a verb of its own: suspend, post, approve …
    Execute,
    Login,
    Logout,
}

impl Action {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Execute => "EXECUTE",
            Self::Login => "LOGIN",
            Self::Logout => "LOGOUT",
        }
    }
}

/// Whether it was let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Success,
    /// Tried and failed (a wrong password); with the reason.
    Failure(String),
    /// Refused for lack of a right; with the reason.
    Blocked(String),
}

/// One line of the audit: what happened to which row. Who did it, for which company, from
/// where and when is taken from the [`Context`] when it is written.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    pub action: Action,
    /// The right it needed: `adm.users.update`.
    pub permission: String,
    /// What it was done to: `adm.users`.
    pub target: String,
    pub target_id: Option<String>,
    pub outcome: Outcome,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// Something a person should look at now.
    pub is_alarm: bool,
}

impl AuditEntry {
    pub fn new(action: Action, permission: impl Into<String>, target: impl Into<String>, target_id: impl ToString) -> Self {
        Self {
            action,
            permission: permission.into(),
            target: target.into(),
            target_id: Some(target_id.to_string()),
            outcome: Outcome::Success,
            before: None,
            after: None,
            is_alarm: false,
        }
    }

    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    #[must_use]
    pub fn after(mut self, after: Value) -> Self {
        self.after = Some(after);
        self
    }

    /// Keeps only what differs between the two.
    #[must_use]
    pub fn change(mut self, before: &Value, after: &Value) -> Self {
        let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else { return self };
        let differing = |one: &Map<String, Value>, other: &Map<String, Value>| -> Value {
            one.iter()
                .filter(|(key, value)| other.get(*key) != Some(value))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect::<Map<_, _>>()
                .into()
        };
        self.before = Some(differing(old, new));
        self.after = Some(differing(new, old));
        self
    }

    /// Something a person should look at now.
    #[must_use]
    pub fn alarm(mut self) -> Self {
        self.is_alarm = true;
        self
    }

    const fn kind(&self) -> (&'static str, &'static str) {
        match (&self.outcome, self.action) {
            _ if self.is_alarm => ("ADMIN_ACTION", "SECURITY_VIOLATION"),
            (_, Action::Login) => ("LOGIN", "AUTHENTICATION"),
            (_, Action::Logout) => ("LOGOUT", "AUTHENTICATION"),
            (Outcome::Blocked(_), _) => ("API_CALL", "AUTHORIZATION"),
            (_, Action::Execute) => ("ADMIN_ACTION", "SYSTEM_CHANGE"),
            _ => ("API_CALL", "DATA_MODIFICATION"),
        }
    }
}

/// Words that mark a field as secret; its value never reaches the audit or a stored answer.
const SECRET: [&str; 5] = ["password", "secret", "token", "api_key", "private_key"];
const MASK: &str = "***";

/// Blanks the values of fields whose names say that they are secret.
pub(crate) fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if SECRET.iter().any(|word| name.contains(word)) && !name.ends_with("_at") && value.is_string() {
                    *value = MASK.into();
                } else {
                    mask(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

/// Appends `(…), (…)` of the rows to a statement.
pub(crate) fn insert(sql: &mut Sql, cx: &Context, now: Timestamp, entries: &[AuditEntry]) {
    sql.push(
        "INSERT INTO audt_audit_logs (id, tenant_id, user_id, actor_kind, actor_name, on_behalf_of, on_behalf_of_name, event_type, event_category, description, \
         source_ip, user_agent, session_id, request_id, target, resource_id, action_performed, result, failure_reason, risk_level, \
         extra_data, created_at) VALUES ",
    );
    for (i, entry) in entries.iter().enumerate() {
        let (event_type, category) = entry.kind();
        let (result, reason, risk) = match &entry.outcome {
            Outcome::Success => ("SUCCESS", None, "LOW"),
            Outcome::Failure(reason) => ("FAILURE", Some(reason.clone()), "MEDIUM"),
            Outcome::Blocked(reason) => ("BLOCKED", Some(reason.clone()), "MEDIUM"),
        };
        let risk = if entry.is_alarm { "HIGH" } else { risk };
        let mut extra = json!({"before": entry.before, "after": entry.after});
        mask(&mut extra);
        sql.push(if i > 0 { ", (" } else { "(" });
        // who acts as somebody else is the one who did it
        let (who, kind, name, behalf) = match &cx.actor.by {
            Some((id, name)) => (Some(*id), "STAFF", name, cx.actor.id.map(|id| (id, cx.actor.name.clone())).unzip()),
            None => (cx.actor.id, cx.actor.kind.as_str(), &cx.actor.name, (None, None)),
        };
        sql.bind(new_id()).push(", ").bind(cx.tenant).push(", ").bind(who).push(", ");
        sql.bind(kind)
            .push(", ")
            .bind(name.chars().take(200).collect::<String>())
            .push(", ")
            .bind(behalf.0)
            .push(", ")
            .bind(behalf.1)
            .push(", ");
        sql.bind(event_type).push(", ").bind(category).push(", ").bind(entry.permission.clone()).push(", ");
        sql.bind(cx.address.clone()).push(", ").bind(cx.user_agent.clone()).push(", ").bind(cx.actor.session).push(", ");
        sql.bind(cx.request_id).push(", ").bind(entry.target.clone()).push(", ").bind(entry.target_id.clone()).push(", ");
        sql.bind(entry.action.as_str()).push(", ").bind(result).push(", ").bind(reason).push(", ").bind(risk).push(", ");
        sql.bind(extra).push(", ").bind(now).push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, AuditEntry, mask};
    use serde_json::json;

    #[test]
    fn only_what_changed_is_kept() {
        let entry = AuditEntry::new(Action::Update, "adm.users.update", "adm.users", "1")
            .change(&json!({"a": 1, "b": 2}), &json!({"a": 1, "b": 3}));
        assert_eq!(entry.before, Some(json!({"b": 2})));
        assert_eq!(entry.after, Some(json!({"b": 3})));
    }

    #[test]
    fn secrets_are_masked_however_deep() {
        let mut value = json!({"name": "a", "password": "p", "keys": [{"api_key": "k", "token_type": "bearer"}], "has_password": true});
        mask(&mut value);
        assert_eq!(value, json!({"name": "a", "password": "***", "keys": [{"api_key": "***", "token_type": "***"}], "has_password": true}));
    }
}
