//! The tables of people, sessions and what they sign in with: the same in both databases, under the names of their domains.

use kernel::Realm;
use store::{Sql, Tx, new_id};
use uuid::Uuid;

/// Names of the tables of one realm.
#[derive(Clone, Copy)]
pub struct Tables {
    pub users: &'static str,
    pub sessions: &'static str,
    pub api_keys: &'static str,
    pub login_logs: &'static str,
    /// Second factors: sealed secrets.
    pub mfa: &'static str,
    pub recovery_codes: &'static str,
    /// Links of emails, and sign-ins that wait for a code.
    pub one_time_tokens: &'static str,
    /// Domain of the users: audit rows and events say `idam.users` or `adm.users`.
    pub domain: &'static str,
}

impl Tables {
    /// Those of this realm.
    #[must_use]
    pub const fn of(realm: Realm) -> Self {
        match realm {
            Realm::Manager => Self {
                users: "idam_users",
                sessions: "idam_sessions",
                api_keys: "idam_api_keys",
                login_logs: "idam_login_logs",
                mfa: "idam_mfa",
                recovery_codes: "idam_recovery_codes",
                one_time_tokens: "idam_one_time_tokens",
                domain: "idam",
            },
            Realm::Tenant => Self {
                users: "adm_users",
                sessions: "adm_sessions",
                api_keys: "adm_api_keys",
                login_logs: "adm_login_logs",
                mfa: "adm_mfa",
                recovery_codes: "adm_recovery_codes",
                one_time_tokens: "adm_one_time_tokens",
                domain: "adm",
            },
        }
    }
}

/// Ends a condition with the company, where rows have one.
pub fn of_company(sql: &mut Sql, tenant: Option<Uuid>) {
    if let Some(tenant) = tenant {
        sql.push(" AND tenant_id = ").bind(tenant);
    }
}

/// `INSERT INTO table (id, [tenant_id,] columns) VALUES (id, [tenant,] `
#[must_use]
pub fn insert(tx: &Tx, table: &str, columns: &str) -> Sql {
    insert_as(tx, table, new_id(), columns)
}

/// [`insert`] with an id that the caller knows.
#[must_use]
pub fn insert_as(tx: &Tx, table: &str, id: Uuid, columns: &str) -> Sql {
    let mut sql = Sql::new("INSERT INTO ");
    sql.push(table).push(if tx.tenant().is_some() { " (id, tenant_id, " } else { " (id, " }).push(columns).push(") VALUES (").bind(id);
    if let Some(tenant) = tx.tenant() {
        sql.push(", ").bind(tenant);
    }
    sql.push(", ");
    sql
}
