//! What a request leaves behind: its rows in the audit and in the outbox.

use crate::TestApp;
use kernel::Realm;
use serde_json::Value;
use store::Sql;
use uuid::Uuid;

/// A row of the audit.
#[derive(Clone, Debug)]
pub struct Audit {
    pub user_id: Option<Uuid>,
    pub actor: String,
    /// `adm.organizations`
    pub target: String,
    pub target_id: Option<String>,
    /// CREATE, UPDATE, DELETE, EXECUTE, LOGIN, LOGOUT
    pub action: String,
    /// The permission it needed.
    pub permission: String,
    /// SUCCESS, FAILURE, BLOCKED
    pub result: String,
    pub reason: Option<String>,
    pub before: Value,
    pub after: Value,
}

/// A row of the outbox.
#[derive(Clone, Debug)]
pub struct Published {
    pub kind: String,
    pub aggregate_id: Uuid,
    pub payload: Value,
}

impl TestApp {
    /// What the request of this id left in the audit.
    pub async fn audits(&self, realm: Realm, tenant: Option<Uuid>, request: Uuid) -> Vec<Audit> {
        let database = self.database(realm);
        let scope = database.read(tenant).await.expect("a connection");
        let mut sql = Sql::new(
            "SELECT user_id, actor_name, target, resource_id, action_performed, description, result, failure_reason, extra_data \
             FROM audt_audit_logs WHERE request_id = ",
        );
        sql.bind(request).push(" ORDER BY id");
        let rows = scope.raw_all(sql).await.expect("the audit can be read");
        rows.iter()
            .map(|row| {
                let extra: Value = row.try_get("", "extra_data").expect("extra_data");
                let text = |name: &str| row.try_get::<String>("", name).expect("a text");
                Audit {
                    user_id: row.try_get("", "user_id").expect("user_id"),
                    actor: text("actor_name"),
                    target: text("target"),
                    target_id: row.try_get("", "resource_id").expect("resource_id"),
                    action: text("action_performed"),
                    permission: text("description"),
                    result: text("result"),
                    reason: row.try_get("", "failure_reason").expect("failure_reason"),
                    before: extra["before"].clone(),
                    after: extra["after"].clone(),
                }
            })
            .collect()
    }

    /// What the request of this id published.
    pub async fn published(&self, realm: Realm, tenant: Option<Uuid>, request: Uuid) -> Vec<Published> {
        let database = self.database(realm);
        let scope = database.read(tenant).await.expect("a connection");
        let mut sql = Sql::new("SELECT kind, aggregate_id, payload FROM outbox WHERE request_id = ");
        sql.bind(request).push(" ORDER BY id");
        let rows = scope.raw_all(sql).await.expect("the outbox can be read");
        rows.iter()
            .map(|row| Published {
                kind: row.try_get("", "kind").expect("kind"),
                aggregate_id: row.try_get("", "aggregate_id").expect("aggregate_id"),
                payload: row.try_get("", "payload").expect("payload"),
            })
            .collect()
    }
}
