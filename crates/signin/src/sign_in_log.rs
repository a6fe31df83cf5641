//! The sign-in log: one row for every attempt to sign in, every lock and every sign-out, beside its audit row.

use auth::tables::Tables;
use kernel::{Realm, Result};
use store::{Sql, Tx, new_id};
use uuid::Uuid;

/// What a row of the log is about.
#[derive(Clone, Copy)]
pub(crate) enum AttemptType {
    Login,
    Logout,
    FailedLogin,
    Locked,
    PasswordReset,
}

impl AttemptType {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "LOGIN",
            Self::Logout => "LOGOUT",
            Self::FailedLogin => "FAILED_LOGIN",
            Self::Locked => "LOCKED",
            Self::PasswordReset => "PASSWORD_RESET",
        }
    }
}

/// Which second factor was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Factor {
    Totp,
    RecoveryCode,
}

impl Factor {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "TOTP",
            Self::RecoveryCode => "RECOVERY_CODE",
        }
    }
}

/// One row of the log. From where and when is taken from the transaction.
pub(crate) struct SignInLogEntry<'a> {
    pub attempt: AttemptType,
    pub user: Option<Uuid>,
    pub username: &'a str,
    /// Why it failed; `None`: it did not.
    pub failure: Option<&'a str>,
    pub session: Option<Uuid>,
    pub factor: Option<Factor>,
}

impl<'a> SignInLogEntry<'a> {
    pub fn new(attempt: AttemptType, user: Option<Uuid>, username: &'a str) -> Self {
        Self { attempt, user, username, failure: None, session: None, factor: None }
    }

    pub fn failed(self, reason: &'a str) -> Self {
        Self { failure: Some(reason), ..self }
    }

    pub fn in_session(self, session: Uuid) -> Self {
        Self { session: Some(session), ..self }
    }

    pub fn with_factor(self, factor: Option<Factor>) -> Self {
        Self { factor, ..self }
    }

    /// Writes the row into the log of the transaction's realm.
    pub async fn log(self, tx: &Tx) -> Result<()> {
        let cx = tx.context();
        let mut sql = Sql::new("INSERT INTO ");
        sql.push(Tables::of(cx.realm).login_logs).push(" (id, ");
        sql.push(if cx.realm == Realm::Manager { "user_type, " } else { "tenant_id, " });
        sql.push("user_id, username, attempt_type, success, failure_reason, session_id, ip_address, user_agent, mfa_used, mfa_method, created_at) VALUES (");
        let id = new_id();
        sql.bind(id).push(", ");
        match cx.realm {
            Realm::Manager => sql.push("(SELECT u.user_type FROM idam_users u WHERE u.id = ").bind(self.user).push("), "),
            Realm::Tenant => sql.bind(cx.tenant).push(", "),
        };
        // what was typed may be longer than any name
        let username: String = self.username.chars().take(100).collect();
        sql.bind(self.user).push(", ").bind(username).push(", ").bind(self.attempt.as_str()).push(", ").bind(self.failure.is_none());
        sql.push(", ").bind(self.failure.map(str::to_owned)).push(", ").bind(self.session).push(", ").bind(cx.address.clone());
        sql.push(", ").bind(cx.user_agent.clone()).push(", ").bind(self.factor.is_some()).push(", ");
        sql.bind(self.factor.map(|factor| factor.as_str().to_owned())).push(", ").bind(tx.now()).push(")");
        tx.raw_execute(sql).await?;
        tx.search_again(Tables::of(cx.realm).login_logs, &[id]).await
    }
}
