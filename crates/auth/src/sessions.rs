//! Sessions, looked at and ended: by administrators, by their owners, and by time.

use crate::{Allowed, Door, SystemDoor, tables::Tables, token::SESSION_IDLE};
use envelope::{Api, Body, Reply, RowId};
use kernel::{Error, Realm, Result, Timestamp, boxed, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Action, AuditEntry, Event, Sql, Tx};
use uuid::Uuid;

permission! {
    /// Everybody who signed in: see one's own sessions.
    pub SeeOwn = "auth", "sessions", "read";
    /// Everybody who signed in: end one's own sessions.
    pub EndOwn = "auth", "sessions", "delete";
}

/// A session of one's own.
#[derive(Serialize, Apiv2Schema)]
pub struct OwnSession {
    /// ID | ID
    pub id: Uuid,
    /// 현재 세션 | This session
    ///
    /// Whether it is the one that asks.
    pub is_current: bool,
    /// 세션 구분 | Session type
    pub session_type: String,
    /// 접속 프로그램 | User agent
    pub user_agent: Option<String>,
    /// IP 주소 | IP address
    pub ip_address: Option<String>,
    /// 2단계 인증 완료 | Second factor verified
    pub mfa_verified: bool,
    /// 등록 일시 | Created
    pub created_at: Timestamp,
    /// 마지막 활동 | Last activity
    pub last_activity_at: Timestamp,
    /// 만료 일시 | Expires
    pub expires_at: Timestamp,
    /// 대리인 이름 | Impersonator name
    ///
    /// Name of one of the provider's staff, who acts as oneself.
    pub impersonator_name: Option<String>,
}

/// What was ended.
#[derive(Serialize, Apiv2Schema)]
pub struct EndedSession {
    /// ID | ID
    pub id: Uuid,
}

/// Whose sessions end.
#[derive(Deserialize, Apiv2Schema)]
pub struct RevokeAll {
    /// 사용자 | User
    pub user_id: Uuid,
    /// 현재 세션 제외 | Except current
    ///
    /// Spare the session that asks, when it is this user's.
    pub except_current: Option<bool>,
}

/// How many ended.
#[derive(Serialize, Apiv2Schema)]
pub struct RevokedSessions {
    /// 종료 건수 | Revoked
    pub revoked: i64,
}

fn of_company(sql: &mut Sql, tenant: Option<Uuid>) {
    if let Some(tenant) = tenant {
        sql.push(" AND tenant_id = ").bind(tenant);
    }
}

impl OwnSession {
    fn read(row: &QueryResult, current: Uuid) -> Result<Self, sea_orm::DbErr> {
        let id = row.try_get("", "id")?;
        Ok(Self {
            id,
            is_current: id == current,
            session_type: row.try_get("", "session_type")?,
            user_agent: row.try_get("", "user_agent")?,
            ip_address: row.try_get("", "ip_address")?,
            mfa_verified: row.try_get("", "mfa_verified")?,
            created_at: row.try_get("", "created_at")?,
            last_activity_at: row.try_get("", "last_activity_at")?,
            expires_at: row.try_get("", "expires_at")?,
            impersonator_name: row.try_get("", "impersonator_name")?,
        })
    }
}

/// My sessions that can still be used
///
/// The latest first; `is_current` is the one that asks.
#[api_v2_operation]
pub async fn own(cx: Allowed<SeeOwn>) -> Api<Vec<OwnSession>> {
    let (principal, now) = (cx.principal(), cx.platform().now());
    let mut sql = Sql::new("SELECT id, session_type, user_agent, ip_address, mfa_verified, created_at, last_activity_at, expires_at, ");
    sql.push(if principal.realm == Realm::Tenant { "impersonator_name" } else { "ended_reason AS impersonator_name" });
    sql.push(" FROM ").push(Tables::of(principal.realm).sessions).push(" WHERE status = 'ACTIVE' AND user_id = ").bind(principal.user_id);
    sql.push(" AND expires_at > ").bind(now).push(" AND refreshed_at > ").bind(now.plus_seconds(-SESSION_IDLE));
    of_company(&mut sql, principal.tenant_id());
    sql.push(" ORDER BY created_at DESC, id DESC");
    let rows = cx.read().await?.raw_all(sql).await?;
    let sessions: Result<Vec<_>, _> = rows.iter().map(|row| OwnSession::read(row, principal.session)).collect();
    Ok(Reply::new(&sessions.map_err(Error::internal)?)?)
}

/// End one of my sessions
///
/// Its tokens are good no more. One that has ended already is answered as it is.
#[api_v2_operation]
pub async fn end_own(cx: Allowed<EndOwn>, id: RowId) -> Api<EndedSession> {
    let owner = cx.principal().user_id;
    let reply = cx.write(async |tx| revoke(&cx, tx, *id, Some(owner)).await).await?;
    cx.platform().forget_sessions();
    Ok(reply)
}

/// Ends a session; `owner`: only if it is theirs. One that has ended stays as it is.
#[boxed(?Send)]
pub async fn revoke(cx: &Door, tx: &Tx, id: Uuid, owner: Option<Uuid>) -> Result<Reply<EndedSession>> {
    let tables = Tables::of(tx.context().realm);
    let mut sql = Sql::new("SELECT user_id, (status = 'ACTIVE') AS active FROM ");
    sql.push(tables.sessions).push(" WHERE id = ").bind(id);
    of_company(&mut sql, tx.tenant());
    if tx.is_postgres() {
        sql.push(" FOR UPDATE");
    }
    let row = tx.raw_one(sql).await?.ok_or_else(Error::not_found)?;
    let user: Uuid = row.try_get("", "user_id").map_err(Error::internal)?;
    if owner.is_some_and(|owner| owner != user) {
        return Err(Error::not_found());
    }
    if row.try_get::<bool>("", "active").map_err(Error::internal)? {
        let mut sql = Sql::new("UPDATE ");
        sql.push(tables.sessions).push(" SET status = 'REVOKED', ended_reason = 'revoked' WHERE id = ").bind(id);
        of_company(&mut sql, tx.tenant());
        tx.raw_execute(sql).await?;
        let entry = AuditEntry::new(Action::Delete, cx.permission().to_string(), format!("{}.sessions", tables.domain), id);
        tx.audit(entry.change(&json!({"status": "ACTIVE"}), &json!({"status": "REVOKED"})));
        tx.publish(Event::new(format!("{}.session.revoked", tables.domain), id, json!({"id": id, "user_id": user})));
    }
    Reply::new(&EndedSession { id })
}

/// The handler of `…/sessions/{id}` and of `…/sessions/revoke-all`, in either realm.
#[boxed(?Send)]
pub async fn revoke_one(cx: &Door, id: Uuid) -> Api<EndedSession> {
    let reply = cx.write(async |tx| revoke(cx, tx, id, None).await).await?;
    cx.platform().forget_sessions();
    Ok(reply)
}

/// See [`revoke_one`].
#[boxed(?Send)]
pub async fn revoke_all(cx: &Door, body: Body<RevokeAll>) -> Api<RevokedSessions> {
    let wanted = body.0;
    let spared = wanted.except_current.unwrap_or(false).then(|| cx.principal().session);
    let reply = cx
        .write(async |tx| {
            let tables = Tables::of(tx.context().realm);
            let mut sql = Sql::new("SELECT 1 AS one FROM ");
            sql.push(tables.users).push(" WHERE deleted_at IS NULL AND id = ").bind(wanted.user_id);
            of_company(&mut sql, tx.tenant());
            tx.raw_one(sql).await?.ok_or_else(|| Error::no_such("user_id"))?;
            let mut sql = Sql::new("UPDATE ");
            sql.push(tables.sessions).push(" SET status = 'REVOKED', ended_reason = 'revoked' WHERE status = 'ACTIVE' AND user_id = ");
            sql.bind(wanted.user_id);
            if let Some(spared) = spared {
                sql.push(" AND id <> ").bind(spared);
            }
            of_company(&mut sql, tx.tenant());
            let revoked = i64::try_from(tx.raw_execute(sql).await?).map_err(Error::internal)?;
            if revoked > 0 {
                let target = format!("{}.users", tables.domain);
                let entry = AuditEntry::new(Action::Execute, cx.permission().to_string(), target, wanted.user_id);
                tx.audit(entry.after(json!({"revoked": revoked})));
                let kind = format!("{}.user.sessions_revoked", tables.domain);
                tx.publish(Event::new(kind, wanted.user_id, json!({"revoked": revoked})));
            }
            Reply::new(&RevokedSessions { revoked })
        })
        .await?;
    cx.platform().forget_sessions();
    Ok(reply)
}

/// Marks sessions EXPIRED whose time is over, those of the door's realm and company: for a job.
/// (An expired one opens nothing before it is marked, either.)
#[boxed(?Send)]
pub async fn expire(door: &SystemDoor) -> Result<u64> {
    door.write(async |tx| {
        let mut sql = Sql::new("UPDATE ");
        sql.push(Tables::of(tx.context().realm).sessions).push(" SET status = 'EXPIRED' WHERE status = 'ACTIVE' AND (expires_at <= ");
        sql.bind(tx.now()).push(" OR refreshed_at <= ").bind(tx.now().plus_seconds(-SESSION_IDLE)).push(")");
        of_company(&mut sql, tx.tenant());
        tx.raw_execute(sql).await
    })
    .await
}
