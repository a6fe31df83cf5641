//! The life of a session: opened by a sign-in, refreshed, ended. How it is listed and ended by somebody else is [`auth::sessions`].

use crate::{
    refresh_token::{ABSOLUTE, GRACE, RefreshToken},
    sign_in_log::{AttemptType, SignInLogEntry},
};
use actix_web::{HttpRequest, web::Data};
use auth::{
    Platform, Principal, SESSION_IDLE, count,
    tables::{Tables, of_company},
};
use envelope::LateHeaders;
use kernel::{Error, Realm, Result, Timestamp, boxed};
use limits::{Caller, Limits, Purpose};
use serde_json::json;
use store::{Action, AuditEntry, Context, Event, Outcome, Sql, Tx};
use uuid::Uuid;

/// What a sign-in or a refresh gives.
pub(crate) struct Issued {
    pub access: String,
    pub refresh: String,
    pub user_id: Uuid,
}

/// The access token and the refresh token of a session.
pub(crate) fn issue(platform: &Platform, cx: &Context, user_id: Uuid, session: Uuid, refresh: &RefreshToken) -> Result<Issued> {
    let access = platform.issue_access_token(cx.realm, cx.tenant, user_id, session)?;
    Ok(Issued { access, refresh: refresh.write(&platform.master_key().refresh)?, user_id })
}

/// Whose live session a refresh token of ours is of.
async fn user_of(platform: &Platform, token: &RefreshToken) -> Result<Option<Uuid>> {
    let realm = if token.tenant.is_some() { Realm::Tenant } else { Realm::Manager };
    let scope = platform.database(realm).read(token.tenant).await?;
    let mut sql = Sql::new("SELECT user_id FROM ");
    sql.push(Tables::of(realm).sessions).push(" WHERE status = 'ACTIVE' AND id = ").bind(token.session);
    of_company(&mut sql, token.tenant);
    scope.raw_one(sql).await?.map(|row| row.try_get("", "user_id").map_err(Error::internal)).transpose()
}

/// A refresh counts for the user whose token it is, not for the address: thirty people share one router. A token that is nobody's is
/// left to the middleware, which counts what nobody has counted for the address.
#[boxed(?Send)]
pub(crate) async fn count_refresh(platform: &Platform, request: &HttpRequest, text: &str) -> Result<()> {
    let Some(limits) = request.app_data::<Data<Limits>>() else { return Ok(()) };
    let Some(token) = RefreshToken::read(text, &platform.master_key().refresh) else { return Ok(()) };
    let Some(user) = user_of(platform, &token).await? else { return Ok(()) };
    count(limits, &LateHeaders::of(request), &Caller::user(user, token.tenant), Purpose::Refresh, platform.now()).await
}

/// Exchanges a refresh token for its child. The direct parent may come again for ten
/// seconds and gets the same child; an older one ends the session.
#[boxed(?Send)]
pub(crate) async fn refresh(platform: &Platform, mut cx: Context, text: &str) -> Result<Issued> {
    let token = RefreshToken::read(text, &platform.master_key().refresh).ok_or_else(Error::unauthorized)?;
    if token.tenant.is_some() != (cx.realm == Realm::Tenant) {
        return Err(Error::unauthorized());
    }
    if let Some(id) = token.tenant {
        platform.directory().by_id(id).await?.ok_or_else(Error::unauthorized)?.served()?;
    }
    cx.tenant = token.tenant;
    let tables = Tables::of(cx.realm);
    let child = token.child(&platform.master_key().refresh)?;
    // the verdict, not an error: what was found out must be committed
    let verdict = platform
        .database(cx.realm)
        .write(&cx, async |tx| {
            let Some(state) = SessionState::lock(tx, tables, token.session).await? else { return Ok(None) };
            let now = tx.now();
            if !state.alive(now) {
                return Ok(None);
            }
            if state.current == token.hash() {
                let mut sql = Sql::new("UPDATE ");
                sql.push(tables.sessions).push(" SET refresh_previous_hash = refresh_hash, refresh_hash = ").bind(child.hash());
                sql.push(", refresh_generation = ").bind(i32::try_from(child.generation).map_err(Error::internal)?);
                sql.push(", refreshed_at = ").bind(now).push(", last_activity_at = ").bind(now).push(" WHERE id = ").bind(token.session);
                of_company(&mut sql, tx.tenant());
                tx.raw_execute(sql).await?;
                return Ok(Some(state.user_id));
            }
            if state.previous.as_ref() == Some(&token.hash()) && now <= state.refreshed_at.plus_seconds(GRACE) {
                return Ok(Some(state.user_id));
            }
            // issued by us and used before: somebody has stolen one of the family
            end_session(tx, tables, token.session, "refresh_reused").await?;
            let entry = AuditEntry::new(Action::Logout, "auth.session.refresh", format!("{}.sessions", tables.domain), token.session);
            tx.audit(entry.outcome(Outcome::Blocked("refresh token used again".to_owned())));
            tx.publish(Event::new("auth.refresh.reused", state.user_id, json!({"session_id": token.session})));
            Ok(None)
        })
        .await?;
    let Some(user_id) = verdict else {
        platform.forget_sessions();
        return Err(Error::unauthorized());
    };
    issue(platform, &cx, user_id, token.session, &child)
}

/// Ends the caller's session.
#[boxed(?Send)]
pub(crate) async fn sign_out(platform: &Platform, cx: &Context, principal: &Principal) -> Result<()> {
    let tables = Tables::of(cx.realm);
    platform
        .database(cx.realm)
        .write(cx, async |tx| {
            end_session(tx, tables, principal.session, "logout").await?;
            tx.audit(AuditEntry::new(Action::Logout, "auth.session.delete", format!("{}.sessions", tables.domain), principal.session));
            tx.publish(Event::new("auth.session.closed", principal.user_id, json!({"session_id": principal.session})));
            SignInLogEntry::new(AttemptType::Logout, Some(principal.user_id), &principal.username)
                .in_session(principal.session)
                .log(tx)
                .await?;
            Ok(())
        })
        .await?;
    platform.forget_sessions();
    Ok(())
}

/// Notes in the log of sign-ins that an administrator has set somebody's password.
#[boxed(?Send)]
pub async fn log_password_reset(tx: &Tx, user: Uuid, username: &str) -> Result<()> {
    SignInLogEntry::new(AttemptType::PasswordReset, Some(user), username).log(tx).await
}

#[boxed(?Send)]
pub(crate) async fn open_session(tx: &Tx, tables: Tables, session: Uuid, user: Uuid, refresh: &RefreshToken, verified: bool) -> Result<()> {
    let now = tx.now();
    let mut sql = Sql::new("INSERT INTO ");
    sql.push(tables.sessions).push(" (");
    if tx.tenant().is_some() {
        sql.push("tenant_id, ");
    }
    sql.push("id, user_id, user_agent, ip_address, expires_at, last_activity_at, refresh_generation, refresh_hash, refreshed_at, mfa_verified, verified_at, created_at) VALUES (");
    if let Some(tenant) = tx.tenant() {
        sql.bind(tenant).push(", ");
    }
    sql.bind(session).push(", ").bind(user).push(", ").bind(tx.context().user_agent.clone()).push(", ");
    sql.bind(tx.context().address.clone()).push(", ").bind(now.plus_seconds(ABSOLUTE)).push(", ").bind(now).push(", 0, ");
    sql.bind(refresh.hash()).push(", ").bind(now).push(", ").bind(verified).push(", ").bind(verified.then_some(now));
    sql.push(", ").bind(now).push(")");
    tx.raw_execute(sql).await.map(|_| ())
}

/// A session as refreshing sees it, locked.
struct SessionState {
    user_id: Uuid,
    current: Vec<u8>,
    previous: Option<Vec<u8>>,
    refreshed_at: Timestamp,
    expires_at: Timestamp,
    active: bool,
}

impl SessionState {
    async fn lock(tx: &Tx, tables: Tables, session: Uuid) -> Result<Option<Self>> {
        let mut sql = Sql::new(
            "SELECT s.user_id AS user_id, s.refresh_hash AS current, s.refresh_previous_hash AS previous, s.refreshed_at AS refreshed_at, s.expires_at AS expires_at, ",
        );
        sql.push("(s.status = 'ACTIVE' AND u.status = 'ACTIVE' AND u.deleted_at IS NULL) AS active FROM ");
        sql.push(tables.sessions).push(" s JOIN ").push(tables.users).push(" u ON u.id = s.user_id");
        if tx.tenant().is_some() {
            sql.push(" AND u.tenant_id = s.tenant_id");
        }
        sql.push(" WHERE s.id = ").bind(session);
        if let Some(tenant) = tx.tenant() {
            sql.push(" AND s.tenant_id = ").bind(tenant);
        }
        if tx.is_postgres() {
            sql.push(" FOR UPDATE OF s");
        }
        let Some(row) = tx.raw_one(sql).await? else { return Ok(None) };
        let read = || -> Result<Self, sea_orm::DbErr> {
            Ok(Self {
                user_id: row.try_get("", "user_id")?,
                current: row.try_get("", "current")?,
                previous: row.try_get("", "previous")?,
                refreshed_at: row.try_get("", "refreshed_at")?,
                expires_at: row.try_get("", "expires_at")?,
                active: row.try_get("", "active")?,
            })
        };
        read().map(Some).map_err(Error::internal)
    }

    fn alive(&self, now: Timestamp) -> bool {
        self.active && now < self.expires_at && now < self.refreshed_at.plus_seconds(SESSION_IDLE)
    }
}

/// Ends all sessions of somebody, but one.
#[boxed(?Send)]
pub(crate) async fn end_sessions_but(tx: &Tx, tables: Tables, user: Uuid, spared: Option<Uuid>, reason: &'static str) -> Result<()> {
    let mut sql = Sql::new("UPDATE ");
    sql.push(tables.sessions).push(" SET status = 'REVOKED', ended_reason = ").bind(reason);
    sql.push(" WHERE status = 'ACTIVE' AND user_id = ").bind(user);
    if let Some(spared) = spared {
        sql.push(" AND id <> ").bind(spared);
    }
    of_company(&mut sql, tx.tenant());
    tx.raw_execute(sql).await.map(|_| ())
}

/// Ends one session.
#[boxed(?Send)]
pub(crate) async fn end_session(tx: &Tx, tables: Tables, id: Uuid, reason: &'static str) -> Result<()> {
    let mut sql = Sql::new("UPDATE ");
    sql.push(tables.sessions).push(" SET status = 'REVOKED', ended_reason = ").bind(reason);
    sql.push(" WHERE status = 'ACTIVE' AND id = ").bind(id);
    of_company(&mut sql, tx.tenant());
    tx.raw_execute(sql).await.map(|_| ())
}
