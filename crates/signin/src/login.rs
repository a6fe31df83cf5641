//! Signing in.

use crate::{
    Password, device,
    password::is_outdated,
    pending_mfa::{self, PendingMfaToken},
    refresh_token::RefreshToken,
    session_lifecycle::{Issued, issue, open_session},
    sign_in_log::{AttemptType, Factor, SignInLogEntry},
    throttle::{Admitted, Guessed, Place, Subject, admit, forgive, settle},
};
use auth::{
    Platform,
    tables::{Tables, of_company},
};
use kernel::{Actor, Error, Message, Realm, Result, Timestamp, boxed};
use sea_orm::QueryResult;
use serde_json::json;
use store::{Action, AuditEntry, Context, Event, Outcome, Sql, Tx, new_id};
use uuid::Uuid;

/// Where somebody wants to sign in.
pub(crate) enum Destination {
    Provider,
    Company(Uuid),
    /// A code that no company has.
    UnknownCompany(String),
}

/// What a password that fits gives.
pub(crate) enum SignedIn {
    /// Tokens, and the cookie by which the device is known from now on.
    Tokens { issued: Issued, cookie: String },
    /// The second factor is still to be shown, with this token.
    PendingMfa { mfa_token: String },
}

/// What sign-in needs to know of somebody.
pub(crate) struct Account {
    pub id: Uuid,
    pub username: String,
    hash: Option<String>,
    active: bool,
    pub mfa_enabled: bool,
    pub password_changed_at: Option<Timestamp>,
}

const ACCOUNT: &str = "SELECT id, username, password_hash, status, mfa_enabled, password_changed_at FROM ";

impl Account {
    fn read(row: &QueryResult) -> Result<Self> {
        let read = || -> Result<Self, sea_orm::DbErr> {
            Ok(Self {
                id: row.try_get("", "id")?,
                username: row.try_get("", "username")?,
                hash: row.try_get("", "password_hash")?,
                active: row.try_get::<String>("", "status")? == "ACTIVE",
                mfa_enabled: row.try_get("", "mfa_enabled")?,
                password_changed_at: row.try_get("", "password_changed_at")?,
            })
        };
        read().map_err(Error::internal)
    }

    pub fn actor(&self, session: Option<Uuid>) -> Actor {
        Actor::user(Some(self.id), self.username.clone(), session)
    }
}

/// Checks a password and opens a session, or asks for the second factor. Unknown company,
/// unknown user, wrong password and inactive account look the same, are counted the same
/// way and take the same time; audit and log have the difference.
#[boxed(?Send)]
pub(crate) async fn sign_in(
    platform: &Platform,
    mut cx: Context,
    to: &Destination,
    login: &str,
    password: &Password,
    cookie: Option<&str>,
) -> Result<SignedIn> {
    let (login, typed) = folded(login);
    let (company, of) = match to {
        Destination::Provider => (String::new(), None),
        Destination::Company(id) => (id.to_string(), Some(*id)),
        // asked for all the same: nobody is found there
        Destination::UnknownCompany(code) => (format!("?{code}"), Some(Uuid::nil())),
    };
    let account = account_by_login(platform, cx.realm, of, &login, &typed).await?;
    let device = account.as_ref().zip(cookie).and_then(|(account, cookie)| device::known(platform, &cx, account.id, cookie));
    // counted for the account, not for what was typed: user name and e-mail address are two names of one
    let guessed = account.as_ref().map_or_else(|| Guessed::Login(login.clone()), |account| Guessed::Owner(account.id));
    let place = Place::of(device, &cx);
    let subject = Subject::new(&platform.master_key().tokens.newest()?, cx.realm, &company, &guessed, &place);
    let admitted = admit(platform, &subject).await?;
    let hash = account.as_ref().and_then(|account| account.hash.clone());
    let fits = password.fits(hash).await?;
    let account = match (account, to) {
        (Some(account), _) if fits && account.active => account,
        (account, to) => {
            let reason = match (&account, to) {
                (None, Destination::UnknownCompany(_)) => "TENANT_NOT_FOUND",
                (None, _) => "USER_NOT_FOUND",
                (Some(_), _) if !fits => "INVALID_PASSWORD",
                (Some(_), _) => "INACTIVE_ACCOUNT",
            };
            note_refusal(platform, cx, account.as_ref(), &login, reason, &subject, &admitted).await?;
            settle(platform, &subject).await?;
            return Err(Error::bad_credentials());
        }
    };
    forgive(platform, &subject).await?;
    if let Some(tenant) = cx.tenant {
        // that a company is suspended is said to its own people only
        platform.directory().by_id(tenant).await?.ok_or_else(Error::bad_credentials)?.served()?;
    }
    if account.mfa_enabled {
        let token = PendingMfaToken::new(cx.realm, cx.tenant, account.id, platform.now());
        platform.database(cx.realm).write(&cx, async |tx| pending_mfa::save(tx, &token).await).await?;
        return Ok(SignedIn::PendingMfa { mfa_token: token.write(platform.master_key())? });
    }
    let renewed = if account.hash.as_deref().is_some_and(is_outdated) { Some(password.hash().await?) } else { None };
    let session = new_id();
    cx.actor = account.actor(Some(session));
    let refresh = RefreshToken::first(cx.tenant, session)?;
    platform
        .database(cx.realm)
        .write(&cx, async |tx| {
            if let Some(hash) = &renewed {
                let mut sql = Sql::new("UPDATE ");
                sql.push(Tables::of(tx.context().realm).users).push(" SET password_hash = ").bind(hash.clone()).push(" WHERE id = ");
                sql.bind(account.id).push(" AND password_hash = ").bind(account.hash.clone());
                of_company(&mut sql, tx.tenant());
                tx.raw_execute(sql).await?;
            }
            enter(tx, &account, session, &refresh, None).await
        })
        .await?;
    entered(platform, &cx, account.id, session, &refresh, device)
}

/// After the commit of [`enter`]: the tokens and the device's cookie.
pub(crate) fn entered(
    platform: &Platform,
    cx: &Context,
    user: Uuid,
    session: Uuid,
    refresh: &RefreshToken,
    device: Option<[u8; 16]>,
) -> Result<SignedIn> {
    let secure = platform.settings().issuer.starts_with("https://");
    let cookie = device::cookie(&platform.master_key().tokens.newest()?, cx.realm, cx.tenant, user, device, secure)?;
    Ok(SignedIn::Tokens { issued: issue(platform, cx, user, session, refresh)?, cookie })
}

/// Names are kept folded ([`kernel::sign_in_name`]); those from before that rule, as they were typed then. Who is called what is meant
/// comes before who was called what was typed.
async fn account_by_login(platform: &Platform, realm: Realm, tenant: Option<Uuid>, login: &str, typed: &str) -> Result<Option<Account>> {
    let scope = platform.database(realm).read(tenant).await?;
    let mut sql = Sql::new(ACCOUNT);
    sql.push(Tables::of(realm).users).push(" WHERE deleted_at IS NULL AND (username IN (").bind(login.to_owned());
    sql.push(", ").bind(typed.to_owned()).push(") OR email IN (").bind(login.to_owned()).push(", ").bind(typed.to_owned()).push("))");
    of_company(&mut sql, tenant);
    // names and addresses are one name space; where rows from before that rule meet, an address belongs to whose address it is
    sql.push(" ORDER BY CASE WHEN email = ").bind(login.to_owned()).push(" THEN 0 WHEN username = ").bind(login.to_owned());
    sql.push(" THEN 1 WHEN email = ").bind(typed.to_owned()).push(" THEN 2 ELSE 3 END LIMIT 1");
    scope.raw_one(sql).await?.map(|row| Account::read(&row)).transpose()
}

/// Somebody who may sign in, by id.
#[boxed(?Send)]
pub(crate) async fn account_by_id(platform: &Platform, realm: Realm, tenant: Option<Uuid>, id: Uuid) -> Result<Option<Account>> {
    let scope = platform.database(realm).read(tenant).await?;
    let mut sql = Sql::new(ACCOUNT);
    sql.push(Tables::of(realm).users).push(" WHERE deleted_at IS NULL AND status = 'ACTIVE' AND id = ").bind(id);
    of_company(&mut sql, tenant);
    scope.raw_one(sql).await?.map(|row| Account::read(&row)).transpose()
}

/// A sign-in that failed: audit, log, event; and that it locks, where it does.
async fn note_refusal(
    platform: &Platform,
    mut cx: Context,
    account: Option<&Account>,
    login: &str,
    reason: &'static str,
    subject: &Subject,
    admitted: &Admitted,
) -> Result<()> {
    let target = format!("{}.users", Tables::of(cx.realm).domain);
    if cx.tenant.is_none() {
        // of a company that there is not: the provider has the only log
        cx.realm = Realm::Manager;
    }
    let login: String = login.chars().take(100).collect();
    cx.actor = account.map_or_else(|| Actor::user(None, login.clone(), None), |account| account.actor(None));
    let id = account.map(|account| account.id);
    let entry = AuditEntry::new(Action::Login, "auth.session.create", target, id.map(|id| id.to_string()).unwrap_or_default());
    let entry = entry.outcome(Outcome::Failure(reason.to_owned()));
    platform
        .database(cx.realm)
        .write(&cx, async |tx| {
            tx.audit(entry.clone());
            tx.publish(Event::new("auth.sign_in.failed", id.unwrap_or(subject.aggregate()), json!({"reason": reason})));
            SignInLogEntry::new(AttemptType::FailedLogin, id, &tx.context().actor.name).failed(reason).log(tx).await?;
            note_lock(tx, id, subject, admitted).await
        })
        .await
}

/// Where a failure locks, log and event say so.
#[boxed(?Send)]
pub(crate) async fn note_lock(tx: &Tx, user: Option<Uuid>, subject: &Subject, admitted: &Admitted) -> Result<()> {
    let Some(until) = admitted.locks_until else { return Ok(()) };
    tx.publish(Event::new("auth.account.locked", user.unwrap_or(subject.aggregate()), json!({"locked_until": until})));
    SignInLogEntry::new(AttemptType::Locked, user, &tx.context().actor.name).failed("ACCOUNT_LOCKED").log(tx).await
}

/// Opens the session of somebody who has shown what there was to show.
#[boxed(?Send)]
pub(crate) async fn enter(tx: &Tx, account: &Account, session: Uuid, refresh: &RefreshToken, factor: Option<Factor>) -> Result<()> {
    let tables = Tables::of(tx.context().realm);
    open_session(tx, tables, session, account.id, refresh, factor.is_some()).await?;
    let mut sql = Sql::new("UPDATE ");
    sql.push(tables.users).push(" SET last_login_at = ").bind(tx.now()).push(", last_login_ip = ").bind(tx.context().address.clone());
    sql.push(" WHERE id = ").bind(account.id);
    of_company(&mut sql, tx.tenant());
    tx.raw_execute(sql).await?;
    tx.audit(AuditEntry::new(Action::Login, "auth.session.create", format!("{}.users", tables.domain), account.id));
    tx.publish(Event::new("auth.session.opened", account.id, json!({"session_id": session, "mfa_used": factor.is_some()})));
    SignInLogEntry::new(AttemptType::Login, Some(account.id), &account.username).in_session(session).with_factor(factor).log(tx).await
}

/// A name as names are kept, and as it was typed. What is too long for a name is not folded: its beginning stands for it, with a blank in
/// it, so that nobody has it.
fn folded(login: &str) -> (String, String) {
    let Some(name) = kernel::sign_in_name(login) else {
        let start: String = login.trim().chars().take(100).chain(" …".chars()).collect();
        return (start.clone(), start);
    };
    (name, login.trim().to_lowercase())
}

/// Characters of a company's code that are looked at: more than any has.
const CODE: usize = 255;

/// The company somebody wants to sign in to.
#[boxed(?Send)]
pub(crate) async fn company(platform: &Platform, code: Option<&str>, named: Option<&str>) -> Result<Destination> {
    let code = match (code, named) {
        (Some(code), Some(named)) if !code.trim().eq_ignore_ascii_case(named) => {
            return Err(Error::forbidden(
                "other_tenant",
                Message::new(
                    "입력한 회사가 접속한 주소의 회사와 다릅니다.",
                    "The company code does not match the company of this address.",
                ),
            ));
        }
        (Some(code), _) => code,
        (None, Some(named)) => named,
        (None, None) => return Err(Error::field("tenant", "required", "회사 코드를 입력하세요.", "is required: enter the company code")),
    };
    let code: String = code.trim().chars().take(CODE).collect::<String>().to_ascii_lowercase();
    Ok(platform.directory().by_code(&code).await?.map_or(Destination::UnknownCompany(code), |tenant| Destination::Company(tenant.id)))
}

#[cfg(test)]
mod tests {
    use super::folded;

    /// A stranger's "user name" of 870 KB took two seconds of a worker.
    #[test]
    fn what_is_too_long_for_a_name_is_not_folded_and_is_no_name() {
        let (login, typed) = folded(&"\u{fdfa}".repeat(290_000));
        assert_eq!((login.chars().count(), &login), (102, &typed));
        assert!(login.starts_with('\u{fdfa}') && login.contains(' '), "{login}");
        assert_eq!(folded(" ｆＵllw "), ("fullw".to_owned(), "ｆｕllw".to_owned()));
    }
}
