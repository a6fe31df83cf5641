//! One of the provider's staff acts as one of a company's people: for minutes, with the company's
//! consent, read-only unless the consent says otherwise, both names in the audit.
//!
//! It is a session of the company's side without a refresh token. Whether it still stands (the
//! consent, the staff member, their right, the entry in `idam_impersonations`) is asked whenever
//! the session is read.

use crate::{
    Door, Platform,
    entities::{adm_user, idam_impersonation},
    granted_roles::{REVOKED, granted_roles, summary},
    principal::{Impersonator, Rights},
    rules,
    token::{AUDIENCE, Claims},
};
use envelope::Answer;
use kernel::{Actor, Error, Message, PermissionKey, Realm, Result, Text, Timestamp, boxed};
use paperclip::actix::Apiv2Schema;
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryResult};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use store::{Action, AuditEntry, Context, Event, Scope, Sql, Tx, new_id, random_bytes};
use uuid::Uuid;

/// What reading a company's session also reads.
pub(crate) const COLUMNS: &str = ", s.impersonation_id AS impersonation_id, s.impersonator_id AS impersonator_id, \
    s.impersonator_name AS impersonator_name, s.consent_id AS consent_id, s.is_read_only AS is_read_only";
const BEGIN: PermissionKey = PermissionKey { domain: "idam", resource: "impersonations", action: "create" };
/// How the audit names the end of one that nobody ended by hand.
const END: &str = "idam.impersonations.end";
/// Minutes it may last at most.
pub const LONGEST: i64 = 60;

/// As whom, why, for how long.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub tenant: Uuid,
    pub user: Uuid,
    pub reason: Text<500>,
    pub minutes: i64,
    pub allow_write: bool,
}

/// An impersonation that has begun. There is no refresh token.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "ImpersonationStarted")]
pub struct Started {
    /// ID | ID
    pub id: Uuid,
    /// 액세스 토큰 | Access token
    ///
    /// For the company's side: `/api/v1/tenants/…`.
    pub access_token: String,
    /// 토큰 종류 | Token type
    ///
    /// Always `bearer`.
    pub token_type: String,
    /// 유효 시간(초) | Expires in (seconds)
    pub expires_in: i64,
    /// 만료 일시 | Expires
    pub expires_at: Timestamp,
    /// 회사 코드 | Company code
    ///
    /// Company code.
    pub tenant: String,
    /// 아이디 | User name
    pub username: String,
    /// 변경 허용 | Allow write
    pub allow_write: bool,
}

/// What the user may do and whoever consented may not, now, if there is such a thing: staff act as nobody whom that person could not sign in
/// as ([`Door::may_sign_in_as`]). Who is not active any more holds nothing.
async fn beyond(scope: &Scope, consenting: Option<Uuid>, user: Uuid, now: Timestamp) -> Result<Option<String>> {
    // a consent without an author covers nobody
    let Some(by) = consenting else { return Ok(Some("*".to_owned())) };
    if by == user {
        return Ok(None);
    }
    let find = scope.find::<adm_user::Entity>().filter(adm_user::Column::Id.eq(by));
    let rights = match find.filter(adm_user::Column::Status.eq(adm_user::Status::Active)).one().await? {
        Some(_) => summary(&granted_roles(scope, Realm::Tenant, by, now).await?).1,
        None => Rights::default(),
    };
    let roles = granted_roles(scope, Realm::Tenant, user, now).await?;
    let mut grants = roles.iter().filter(|role| role.lapse != Some(REVOKED)).flat_map(|role| &role.grants);
    Ok(grants.find(|grant| !rights.hold(grant)).map(ToString::to_string))
}

/// A consent that covers what is wanted, of somebody whose rights cover the user's.
async fn consent(scope: &Scope, wanted: &Wanted, now: Timestamp) -> Result<Uuid> {
    let mut sql =
        Sql::new("SELECT id, created_by FROM adm_support_consents WHERE deleted_at IS NULL AND status = 'ACTIVE' AND tenant_id = ");
    sql.bind(wanted.tenant).push(" AND expires_at > ").bind(now).push(" AND (user_id IS NULL OR user_id = ").bind(wanted.user).push(")");
    if wanted.allow_write {
        sql.push(" AND allow_write");
    }
    sql.push(" ORDER BY expires_at DESC");
    let (mut asked, mut lacking) = (BTreeSet::new(), None);
    for row in scope.raw_all(sql).await? {
        let by: Option<Uuid> = row.try_get("", "created_by").map_err(Error::internal)?;
        if !asked.insert(by) {
            continue;
        }
        match beyond(scope, by, wanted.user, now).await? {
            None => return row.try_get("", "id").map_err(Error::internal),
            more => lacking = lacking.or(more),
        }
    }
    match lacking {
        None => Err(rules::NO_CONSENT.error()),
        Some(permission) => {
            let text = Message::new(
                "동의한 사람보다 권한이 많은 사용자로는 대리 접속할 수 없습니다. 관리자처럼 그 권한을 모두 가진 사람의 동의를 받으세요.",
                "This user has permissions that the person who consented does not have. Ask someone who has all of them, such as an administrator, to consent.",
            );
            Err(Error::forbidden("consent_exceeds_rights", text).with("permission", permission))
        }
    }
}

impl Door {
    /// Begins to act as one of a company's people.
    #[boxed(?Send)]
    pub async fn impersonate(&self, wanted: &Wanted) -> Result<Answer> {
        let platform = self.platform();
        let company = platform.directory.by_id(wanted.tenant).await?.ok_or_else(|| Error::no_such("tenant_id"))?;
        company.served()?;
        let now = platform.now();
        let (username, consent) = {
            let scope = platform.tenant.read(Some(wanted.tenant)).await?;
            let mut sql = Sql::new("SELECT username FROM adm_users WHERE deleted_at IS NULL AND status = 'ACTIVE' AND tenant_id = ");
            sql.bind(wanted.tenant).push(" AND id = ").bind(wanted.user);
            let user = scope.raw_one(sql).await?.ok_or_else(|| Error::no_such("user_id"))?;
            (user.try_get::<String>("", "username").map_err(Error::internal)?, consent(&scope, wanted, now).await)
        };
        let consent = self.noting(consent).await?;
        let (id, session, life) = (new_id(), new_id(), wanted.minutes * 60);
        let iat = now.unix_seconds();
        let (sub, tid) = (wanted.user, Some(wanted.tenant));
        let claims = Claims {
            iss: String::new(),
            aud: AUDIENCE.to_owned(),
            sub,
            sid: session,
            tid,
            realm: Realm::Tenant,
            iat,
            exp: iat + life,
            jti: new_id(),
        };
        let started = Started {
            id,
            access_token: platform.keyring.issue(claims)?,
            token_type: "bearer".to_owned(),
            expires_in: life,
            expires_at: now.plus_seconds(life),
            tenant: company.code.clone(),
            username: username.clone(),
            allow_write: wanted.allow_write,
        };
        let staff = self.principal();
        let row = idam_impersonation::ActiveModel {
            id: Set(id),
            staff_id: Set(staff.user_id),
            staff_name: Set(staff.username.clone()),
            tenant_id: Set(wanted.tenant),
            user_id: Set(wanted.user),
            username: Set(username.clone()),
            consent_id: Set(consent),
            session_id: Set(session),
            reason: Set(wanted.reason.clone()),
            allow_write: Set(wanted.allow_write),
            expires_at: Set(started.expires_at),
            ..Default::default()
        };
        let snapshot = json!({"tenant_id": wanted.tenant, "user_id": wanted.user, "reason": wanted.reason, "allow_write": wanted.allow_write,
            "expires_at": started.expires_at});
        let answer = self
            .write_answer(201, async |tx| {
                tx.insert(&row).await?;
                tx.audit(AuditEntry::new(Action::Create, BEGIN.to_string(), "idam.impersonations", id).after(snapshot.clone()));
                tx.publish(Event::new("idam.impersonation.created", id, snapshot.clone()));
                Answer::new(&started)
            })
            .await?;
        if answer.kind == envelope::AnswerKind::Replayed {
            return Ok(answer);
        }
        // the staff member is the one who does it, from here on
        let opened = platform
            .tenant
            .write(&self.in_company(wanted.tenant, wanted.user, username), async |tx| {
                let begin = Session { id: session, impersonation: id, consent, until: started.expires_at };
                self.open_session(tx, &begin, wanted).await?;
                let entry = AuditEntry::new(Action::Login, BEGIN.to_string(), "adm.sessions", session);
                tx.audit(entry.after(snapshot.clone()));
                tx.publish(Event::new("adm.impersonation.started", session, snapshot.clone()));
                Ok(())
            })
            .await;
        if let Err(error) = opened {
            platform.manager.write(&self.context(), async |tx| close(tx, id).await).await?;
            return Err(error);
        }
        Ok(answer)
    }

    /// The context of what staff do in a company: both are named.
    fn in_company(&self, tenant: Uuid, user: Uuid, username: String) -> Context {
        let mut cx = self.context();
        let staff = self.principal();
        cx.realm = Realm::Tenant;
        cx.tenant = Some(tenant);
        cx.actor = Actor { by: Some((staff.user_id, staff.username.clone())), ..Actor::user(Some(user), username, None) };
        cx
    }

    async fn open_session(&self, tx: &Tx, session: &Session, wanted: &Wanted) -> Result<()> {
        let (now, staff) = (tx.now(), self.principal());
        let mut sql = Sql::new(
            "INSERT INTO adm_sessions (tenant_id, id, user_id, user_agent, ip_address, expires_at, last_activity_at, refresh_generation, \
             refresh_hash, refreshed_at, created_at, impersonation_id, impersonator_id, impersonator_name, consent_id, is_read_only) VALUES (",
        );
        sql.bind(wanted.tenant).push(", ").bind(session.id).push(", ").bind(wanted.user).push(", ").bind(tx.context().user_agent.clone());
        sql.push(", ").bind(tx.context().address.clone()).push(", ").bind(session.until).push(", ").bind(now).push(", 0, ");
        // nobody has the token of this hash
        sql.bind(random_bytes::<32>()?.to_vec()).push(", ").bind(now).push(", ").bind(now).push(", ").bind(session.impersonation);
        sql.push(", ").bind(staff.user_id).push(", ").bind(staff.username.clone()).push(", ").bind(session.consent).push(", ");
        sql.bind(!wanted.allow_write).push(")");
        tx.raw_execute(sql).await.map(|_| ())
    }

    /// Ends an impersonation on both sides; one that has ended stays as it is.
    #[boxed(?Send)]
    pub async fn end_impersonation(&self, id: Uuid) -> Result<Answer> {
        let ended: std::cell::RefCell<Option<idam_impersonation::Model>> = std::cell::RefCell::default();
        let expected = self.if_match()?;
        let answer = self
            .write_answer(200, async |tx| {
                let (row, now_ended) = close(tx, id).await?;
                let version = row.row_version - i64::from(now_ended);
                if expected.is_some_and(|expected| expected != version) {
                    return Err(Error::stale(version));
                }
                if now_ended {
                    tx.audit(AuditEntry::new(Action::Execute, self.permission().to_string(), "idam.impersonations", id));
                    tx.publish(Event::new("idam.impersonation.ended", id, json!({"id": id, "tenant_id": row.tenant_id})));
                }
                let mut answer = Answer::new(&row)?;
                answer.version = Some(row.row_version);
                *ended.borrow_mut() = now_ended.then_some(row);
                Ok(answer)
            })
            .await?;
        let ended = ended.into_inner();
        if let Some(row) = ended {
            let cx = self.in_company(row.tenant_id, row.user_id, row.username.clone());
            let permission = self.permission().to_string();
            let over = async |tx: &Tx| end_session(tx, "id", row.session_id, &permission).await;
            self.platform().tenant.write(&cx, over).await?;
        }
        self.platform().forget_sessions();
        Ok(answer)
    }

    /// A consent was taken back, in this transaction: what rests on it ends.
    #[boxed(?Send)]
    pub async fn end_consented(&self, tx: &Tx, consent: Uuid) -> Result<()> {
        end_session(tx, "consent_id", consent, &self.permission().to_string()).await
    }

    /// After [`Door::end_consented`]: the provider's side hears of it, too. Should it be away, the
    /// sessions are ended all the same.
    #[boxed(?Send)]
    pub async fn consent_ended(&self, consent: Uuid) {
        if let Err(error) = self.note_consent_ended(consent).await {
            tracing::warn!(%error, %consent, "the provider's side was not told of a consent that ended");
        }
    }

    async fn note_consent_ended(&self, consent: Uuid) -> Result<()> {
        self.platform().forget_sessions();
        let mut cx = self.context();
        (cx.realm, cx.tenant, cx.actor) = (Realm::Manager, None, Actor::system("support-consents"));
        self.platform()
            .manager
            .write(&cx, async |tx| end_all_because(tx, idam_impersonation::Column::ConsentId, consent, "adm.support-consents.revoke").await)
            .await
    }
}

struct Session {
    id: Uuid,
    impersonation: Uuid,
    consent: Uuid,
    until: Timestamp,
}

/// Marks it ended; whether it was not before.
async fn close(tx: &Tx, id: Uuid) -> Result<(idam_impersonation::Model, bool)> {
    let find = tx.find::<idam_impersonation::Entity>().filter(idam_impersonation::Column::Id.eq(id));
    let row = find.for_update().one().await?.ok_or_else(Error::not_found)?;
    if row.ended_at.is_some() {
        return Ok((row, false));
    }
    let change =
        idam_impersonation::ActiveModel { ended_at: Set(Some(tx.now())), ended_by: Set(tx.context().actor.id), ..Default::default() };
    Ok((tx.update(id, &change).await?.ok_or_else(Error::not_found)?, true))
}

/// Ends what has begun and depends on something that has ended. Their sessions open nothing from then on.
async fn end_all_because(tx: &Tx, column: idam_impersonation::Column, id: Uuid, permission: &str) -> Result<()> {
    let find = tx.find::<idam_impersonation::Entity>().filter(column.eq(id));
    for row in find.filter(idam_impersonation::Column::EndedAt.is_null()).all().await? {
        close(tx, row.id).await?;
        tx.audit(AuditEntry::new(Action::Execute, permission, "idam.impersonations", row.id));
        tx.publish(Event::new("idam.impersonation.ended", row.id, json!({"id": row.id, "tenant_id": row.tenant_id})));
    }
    Ok(())
}

/// One of the staff must sign in again: nor do they go on as somebody else. In the transaction on the provider's side.
#[boxed(?Send)]
pub async fn end_of_staff(tx: &Tx, staff: Uuid) -> Result<()> {
    end_all_because(tx, idam_impersonation::Column::StaffId, staff, END).await
}

/// A company is not served any more: nobody goes on as one of its people once it is served again. In the transaction on the provider's
/// side.
#[boxed(?Send)]
pub async fn end_of_company(tx: &Tx, tenant: Uuid) -> Result<()> {
    end_all_because(tx, idam_impersonation::Column::TenantId, tenant, END).await
}

/// `column` is `id` or `consent_id`.
async fn end_session(tx: &Tx, column: &str, id: Uuid, permission: &str) -> Result<()> {
    let mut sql = Sql::new("UPDATE adm_sessions SET status = 'REVOKED', ended_reason = 'impersonation_ended' WHERE status = 'ACTIVE' AND ");
    sql.push(column).push(" = ").bind(id).push(" AND tenant_id = ").bind(tx.tenant()).push(" RETURNING id");
    for row in tx.raw_all(sql).await? {
        let session: Uuid = row.try_get("", "id").map_err(Error::internal)?;
        tx.audit(AuditEntry::new(Action::Logout, permission, "adm.sessions", session));
        tx.publish(Event::new("adm.impersonation.ended", session, json!({"session_id": session})));
    }
    Ok(())
}

impl Platform {
    /// Who acts as the user of a session that was read (`id`): `Some(None)` nobody but the user;
    /// `None`: somebody whose time, consent or right is over.
    #[boxed(?Send)]
    pub(crate) async fn impersonator(&self, scope: &Scope, row: &QueryResult) -> Result<Option<Option<Impersonator>>> {
        let id = |name: &str| row.try_get::<Option<Uuid>>("", name).map_err(Error::internal);
        let (Some(impersonation), Some(staff), Some(consent)) = (id("impersonation_id")?, id("impersonator_id")?, id("consent_id")?) else {
            return Ok(Some(None));
        };
        let read_only: bool = row.try_get("", "is_read_only").map_err(Error::internal)?;
        let now = self.now();
        let mut sql =
            Sql::new("SELECT created_by FROM adm_support_consents WHERE deleted_at IS NULL AND status = 'ACTIVE' AND tenant_id = ");
        sql.bind(scope.tenant()).push(" AND id = ").bind(consent).push(" AND expires_at > ").bind(now);
        if !read_only {
            sql.push(" AND allow_write");
        }
        let Some(consented) = scope.raw_one(sql).await? else { return Ok(None) };
        // either of the two may hold more or less than when it began
        let by = consented.try_get::<Option<Uuid>>("", "created_by").map_err(Error::internal)?;
        if beyond(scope, by, row.try_get("", "id").map_err(Error::internal)?, now).await?.is_some() {
            return Ok(None);
        }
        let manager = self.manager.read(None).await?;
        let mut sql = Sql::new("SELECT u.username AS username FROM idam_impersonations i JOIN idam_users u ON u.id = i.staff_id ");
        sql.push("WHERE i.ended_at IS NULL AND u.status = 'ACTIVE' AND u.deleted_at IS NULL AND i.id = ").bind(impersonation);
        sql.push(" AND i.expires_at > ").bind(now).push(" AND u.id = ").bind(staff);
        let Some(found) = manager.raw_one(sql).await? else { return Ok(None) };
        let (_, rights, _) = summary(&granted_roles(&manager, Realm::Manager, staff, now).await?);
        if !rights.cover(BEGIN) {
            return Ok(None);
        }
        let name = found.try_get("", "username").map_err(Error::internal)?;
        Ok(Some(Some(Impersonator { id: staff, name, read_only })))
    }
}
