//! Signing in, staying signed in, signing out.

use crate::{
    Password, Platform,
    principal::Principal,
    refresh::{ABSOLUTE, GRACE, IDLE, RefreshToken},
    tables::Tables,
    token::{AUDIENCE, Claims, LIFE},
};
use kernel::{Actor, ActorKind, Error, Message, Realm, Result, Timestamp};
use sea_orm::QueryResult;
use store::{Action, AuditEntry, Context, Outcome, Sql, Tx, new_id};
use uuid::Uuid;

/// What a sign-in or a refresh gives.
pub(crate) struct Issued {
    pub access: String,
    pub refresh: String,
    pub user_id: Uuid,
}

/// What sign-in needs to know of somebody.
struct Account {
    id: Uuid,
    username: String,
    hash: Option<String>,
    active: bool,
}

impl Account {
    fn read(row: &QueryResult) -> Result<Self> {
        let status: String = row.try_get("", "status").map_err(Error::internal)?;
        Ok(Self {
            id: row.try_get("", "id").map_err(Error::internal)?,
            username: row.try_get("", "username").map_err(Error::internal)?,
            hash: row.try_get("", "password_hash").map_err(Error::internal)?,
            active: status == "ACTIVE",
        })
    }
}

impl Platform {
    /// Checks a password and opens a session. Unknown user, wrong password and inactive
    /// account look the same and take the same time; the audit has the difference.
    pub(crate) async fn sign_in(&self, mut cx: Context, login: &str, password: &Password) -> Result<Issued> {
        let tables = Tables::of(cx.realm);
        let database = self.database(cx.realm);
        let login = login.trim().to_lowercase();
        let account = {
            let scope = database.read(cx.tenant).await?;
            let mut sql = Sql::new("SELECT id, username, password_hash, status FROM ");
            sql.push(tables.users)
                .push(" WHERE deleted_at IS NULL AND (username = ")
                .bind(login.clone())
                .push(" OR email = ")
                .bind(login.clone())
                .push(")");
            if let Some(tenant) = cx.tenant {
                sql.push(" AND tenant_id = ").bind(tenant);
            }
            // a user name wins over somebody else's e-mail address
            sql.push(" ORDER BY CASE WHEN username = ").bind(login.clone()).push(" THEN 0 ELSE 1 END LIMIT 1");
            scope.raw_one(sql).await?.map(|row| Account::read(&row)).transpose()?
        };
        let fits = password.fits(account.as_ref().and_then(|account| account.hash.clone())).await?;
        let refused = match &account {
            None => Some("USER_NOT_FOUND"),
            Some(_) if !fits => Some("INVALID_PASSWORD"),
            Some(account) if !account.active => Some("INACTIVE_ACCOUNT"),
            Some(_) => None,
        };
        let (id, username) = account.as_ref().map_or((None, login), |account| (Some(account.id), account.username.clone()));
        cx.actor = Actor { kind: ActorKind::User, id, name: username, session: None };
        let target = format!("{}.users", tables.domain);
        let entry = AuditEntry::new(Action::Login, "auth.session.create", target, id.map(|id| id.to_string()).unwrap_or_default());
        if let Some(reason) = refused {
            let entry = entry.outcome(Outcome::Failure(reason.to_owned()));
            database
                .write(&cx, async |tx| {
                    tx.audit(entry.clone());
                    Ok(())
                })
                .await?;
            return Err(Error::bad_credentials());
        }
        let user_id = id.ok_or_else(Error::bad_credentials)?;
        if let Some(tenant) = cx.tenant {
            // that a company is suspended is told to its own people only
            self.directory.by_id(tenant).await?.ok_or_else(Error::bad_credentials)?.served()?;
        }
        let session = new_id();
        cx.actor.session = Some(session);
        let refresh = RefreshToken::first(cx.tenant, session)?;
        database
            .write(&cx, async |tx| {
                open_session(tx, tables, session, user_id, &refresh).await?;
                let mut sql = Sql::new("UPDATE ");
                sql.push(tables.users)
                    .push(" SET last_login_at = ")
                    .bind(tx.now())
                    .push(", last_login_ip = ")
                    .bind(tx.context().address.clone());
                sql.push(" WHERE id = ").bind(user_id);
                with_tenant(&mut sql, tx);
                tx.raw_execute(sql).await?;
                tx.audit(entry.clone());
                Ok(())
            })
            .await?;
        self.issue(cx.realm, cx.tenant, user_id, session, &refresh)
    }

    fn issue(&self, realm: Realm, tid: Option<Uuid>, sub: Uuid, sid: Uuid, refresh: &RefreshToken) -> Result<Issued> {
        let iat = self.manager.now().unix_seconds();
        let claims = Claims { iss: String::new(), aud: AUDIENCE.to_owned(), sub, sid, tid, realm, iat, exp: iat + LIFE, jti: new_id() };
        Ok(Issued { access: self.keyring.issue(claims)?, refresh: refresh.write(&self.master.refresh)?, user_id: sub })
    }

    /// Exchanges a refresh token for its child. The direct parent may come again for ten
    /// seconds and gets the same child; an older one ends the session.
    pub(crate) async fn refresh(&self, mut cx: Context, text: &str) -> Result<Issued> {
        let token = RefreshToken::read(text, &self.master.refresh).ok_or_else(Error::unauthorized)?;
        if token.tenant.is_some() != (cx.realm == Realm::Tenant) {
            return Err(Error::unauthorized());
        }
        if let Some(id) = token.tenant {
            self.directory.by_id(id).await?.ok_or_else(Error::unauthorized)?.served()?;
        }
        cx.tenant = token.tenant;
        let tables = Tables::of(cx.realm);
        let child = token.child(&self.master.refresh)?;
        // the verdict, not an error: what was found out must be committed
        let verdict = self
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
                    sql.push(", refreshed_at = ")
                        .bind(now)
                        .push(", last_activity_at = ")
                        .bind(now)
                        .push(" WHERE id = ")
                        .bind(token.session);
                    with_tenant(&mut sql, tx);
                    tx.raw_execute(sql).await?;
                    return Ok(Some(state.user_id));
                }
                if state.previous.as_ref() == Some(&token.hash()) && now <= state.refreshed_at.plus_seconds(GRACE) {
                    return Ok(Some(state.user_id));
                }
                // issued by us and used before: somebody has stolen one of the family
                end_sessions(tx, tables, "id", token.session, "refresh_reused").await?;
                let entry = AuditEntry::new(Action::Logout, "auth.session.refresh", format!("{}.sessions", tables.domain), token.session);
                tx.audit(entry.outcome(Outcome::Blocked("refresh token used again".to_owned())));
                Ok(None)
            })
            .await?;
        let Some(user_id) = verdict else {
            self.forget_sessions();
            return Err(Error::unauthorized());
        };
        self.issue(cx.realm, cx.tenant, user_id, token.session, &child)
    }

    /// Ends the caller's session.
    pub(crate) async fn sign_out(&self, cx: &Context, principal: &Principal) -> Result<()> {
        let tables = Tables::of(cx.realm);
        self.database(cx.realm)
            .write(cx, async |tx| {
                end_sessions(tx, tables, "id", principal.session, "logout").await?;
                tx.audit(AuditEntry::new(Action::Logout, "auth.session.delete", format!("{}.sessions", tables.domain), principal.session));
                Ok(())
            })
            .await?;
        self.forget_sessions();
        Ok(())
    }

    /// Changes the caller's own password.
    pub(crate) async fn change_password(
        &self,
        cx: &Context,
        principal: &Principal,
        current: &Password,
        new: &Password,
        end_others: bool,
    ) -> Result<()> {
        let tables = Tables::of(cx.realm);
        let database = self.database(cx.realm);
        let stored = {
            let scope = database.read(cx.tenant).await?;
            let mut sql = Sql::new("SELECT password_hash FROM ");
            sql.push(tables.users).push(" WHERE id = ").bind(principal.user_id);
            if let Some(tenant) = cx.tenant {
                sql.push(" AND tenant_id = ").bind(tenant);
            }
            scope.raw_one(sql).await?.and_then(|row| row.try_get::<Option<String>>("", "password_hash").ok()).flatten()
        };
        if !current.fits(stored).await? {
            return Err(Error::field(
                "current_password",
                "wrong_password",
                "현재 비밀번호가 올바르지 않습니다.",
                "is not the current password",
            ));
        }
        let company = principal.tenant.as_ref().map(|tenant| (tenant.code.clone(), tenant.name.clone())).unwrap_or_default();
        new.acceptable("new_password", &[&principal.username, &company.0, &company.1])?;
        let hash = new.hash().await?;
        database
            .write(cx, async |tx| {
                let mut sql = Sql::new("UPDATE ");
                sql.push(tables.users).push(" SET password_hash = ").bind(hash.clone()).push(", password_changed_at = ").bind(tx.now());
                sql.push(", row_version = row_version + 1 WHERE id = ").bind(principal.user_id);
                with_tenant(&mut sql, tx);
                tx.raw_execute(sql).await?;
                if end_others {
                    let mut sql = Sql::new("UPDATE ");
                    sql.push(tables.sessions)
                        .push(" SET status = 'REVOKED', ended_reason = 'password_changed' WHERE status = 'ACTIVE' AND user_id = ");
                    sql.bind(principal.user_id).push(" AND id <> ").bind(principal.session);
                    with_tenant(&mut sql, tx);
                    tx.raw_execute(sql).await?;
                }
                tx.audit(AuditEntry::new(Action::Update, "auth.password.change", format!("{}.users", tables.domain), principal.user_id));
                Ok(())
            })
            .await?;
        self.forget_sessions();
        Ok(())
    }

    /// Somebody must sign in again: disabled, deleted. In the transaction that made it so.
    pub async fn end_sessions_of(tx: &Tx, user: Uuid, reason: &'static str) -> Result<()> {
        end_sessions(tx, Tables::of(tx.context().realm), "user_id", user, reason).await
    }
}

async fn open_session(tx: &Tx, tables: Tables, session: Uuid, user: Uuid, refresh: &RefreshToken) -> Result<()> {
    let now = tx.now();
    let mut sql = Sql::new("INSERT INTO ");
    sql.push(tables.sessions).push(" (");
    if tx.tenant().is_some() {
        sql.push("tenant_id, ");
    }
    sql.push("id, user_id, user_agent, ip_address, expires_at, last_activity_at, refresh_generation, refresh_hash, refreshed_at, created_at) VALUES (");
    if let Some(tenant) = tx.tenant() {
        sql.bind(tenant).push(", ");
    }
    sql.bind(session).push(", ").bind(user).push(", ").bind(tx.context().user_agent.clone()).push(", ");
    sql.bind(tx.context().address.clone()).push(", ").bind(now.plus_seconds(ABSOLUTE)).push(", ").bind(now).push(", 0, ");
    sql.bind(refresh.hash()).push(", ").bind(now).push(", ").bind(now).push(")");
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
        self.active && now < self.expires_at && now < self.refreshed_at.plus_seconds(IDLE)
    }
}

/// `column` is `id` or `user_id`.
async fn end_sessions(tx: &Tx, tables: Tables, column: &str, id: Uuid, reason: &'static str) -> Result<()> {
    let mut sql = Sql::new("UPDATE ");
    sql.push(tables.sessions).push(" SET status = 'REVOKED', ended_reason = ").bind(reason);
    sql.push(" WHERE status = 'ACTIVE' AND ").push(column).push(" = ").bind(id);
    with_tenant(&mut sql, tx);
    tx.raw_execute(sql).await.map(|_| ())
}

fn with_tenant(sql: &mut Sql, tx: &Tx) {
    if let Some(tenant) = tx.tenant() {
        sql.push(" AND tenant_id = ").bind(tenant);
    }
}

/// The company somebody wants to sign in to.
pub(crate) async fn company(platform: &Platform, code: Option<&str>, named: Option<&str>) -> Result<Uuid> {
    let code = match (code, named) {
        (Some(code), Some(named)) if !code.trim().eq_ignore_ascii_case(named) => {
            return Err(Error::forbidden("other_tenant", Message::new("주소와 다른 회사입니다.", "The address names another company.")));
        }
        (Some(code), _) => code,
        (None, Some(named)) => named,
        (None, None) => return Err(Error::field("tenant", "required", "회사 코드를 입력하세요.", "say which company")),
    };
    // an unknown company looks like an unknown user
    let tenant = platform.directory.by_code(code).await?.ok_or_else(Error::bad_credentials)?;
    Ok(tenant.id)
}
