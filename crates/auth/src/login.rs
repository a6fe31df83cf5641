//! Signing in.

use crate::{
    Password, Platform, device,
    half::{self, HalfToken},
    password::is_outdated,
    refresh::RefreshToken,
    session::{Issued, open_session},
    tables::{Tables, of_company},
    throttle::{Admitted, Guessed, Place, Subject},
    visits::{Attempt, Factor, Visit},
};
use kernel::{Actor, Error, Message, Realm, Result, Timestamp, boxed};
use sea_orm::QueryResult;
use serde_json::json;
use store::{Action, AuditEntry, Context, Event, Outcome, Sql, Tx, new_id};
use uuid::Uuid;

/// Whose door somebody stands at.
pub(crate) enum Whose {
    Providers,
    Companys(Uuid),
    /// A code that no company has.
    Nobodys(String),
}

/// What a password that fits gives.
pub(crate) enum SignedIn {
    /// Tokens, and the cookie by which the device is known from now on.
    Tokens { issued: Issued, cookie: String },
    /// The second factor is still to be shown, with this token.
    Half { mfa_token: String },
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

impl Platform {
    /// Checks a password and opens a session, or asks for the second factor. Unknown company,
    /// unknown user, wrong password and inactive account look the same, are counted the same
    /// way and take the same time; audit and log have the difference.
    #[boxed(?Send)]
    pub(crate) async fn sign_in(
        &self,
        mut cx: Context,
        whose: &Whose,
        login: &str,
        password: &Password,
        cookie: Option<&str>,
    ) -> Result<SignedIn> {
        let (login, typed) = folded(login);
        let (company, of) = match whose {
            Whose::Providers => (String::new(), None),
            Whose::Companys(id) => (id.to_string(), Some(*id)),
            // asked for all the same: nobody is found there
            Whose::Nobodys(code) => (format!("?{code}"), Some(Uuid::nil())),
        };
        let account = self.account_by_login(cx.realm, of, &login, &typed).await?;
        let device = account.as_ref().zip(cookie).and_then(|(account, cookie)| self.device(&cx, account.id, cookie));
        // counted for the account, not for what was typed: user name and e-mail address are two names of one
        let guessed = account.as_ref().map_or_else(|| Guessed::Login(login.clone()), |account| Guessed::Owner(account.id));
        let place = device.map_or_else(|| Place::network(cx.address.as_deref()), Place::Device);
        let subject = Subject::new(&self.master.tokens.newest()?, cx.realm, &company, &guessed, &place);
        let admitted = self.admit(&subject).await?;
        let hash = account.as_ref().and_then(|account| account.hash.clone());
        let fits = password.fits(hash).await?;
        let account = match (account, whose) {
            (Some(account), _) if fits && account.active => account,
            (account, whose) => {
                let reason = match (&account, whose) {
                    (None, Whose::Nobodys(_)) => "TENANT_NOT_FOUND",
                    (None, _) => "USER_NOT_FOUND",
                    (Some(_), _) if !fits => "INVALID_PASSWORD",
                    (Some(_), _) => "INACTIVE_ACCOUNT",
                };
                self.note_refusal(cx, account.as_ref(), &login, reason, &subject, &admitted).await?;
                self.settle(&subject).await?;
                return Err(Error::bad_credentials());
            }
        };
        self.forgive(&subject).await?;
        if let Some(tenant) = cx.tenant {
            // that a company is suspended is told to its own people only
            self.directory.by_id(tenant).await?.ok_or_else(Error::bad_credentials)?.served()?;
        }
        if account.mfa_enabled {
            let token = HalfToken::new(cx.realm, cx.tenant, account.id, self.now());
            self.database(cx.realm).write(&cx, async |tx| half::keep(tx, &token).await).await?;
            return Ok(SignedIn::Half { mfa_token: token.write(&self.master)? });
        }
        let renewed = if account.hash.as_deref().is_some_and(is_outdated) { Some(password.hash().await?) } else { None };
        let session = new_id();
        cx.actor = account.actor(Some(session));
        let refresh = RefreshToken::first(cx.tenant, session)?;
        self.database(cx.realm)
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
        self.entered(&cx, account.id, session, &refresh, device)
    }

    /// After the commit of [`enter`]: the tokens and the device's cookie.
    pub(crate) fn entered(
        &self,
        cx: &Context,
        user: Uuid,
        session: Uuid,
        refresh: &RefreshToken,
        device: Option<[u8; 16]>,
    ) -> Result<SignedIn> {
        let secure = self.settings.issuer.starts_with("https://");
        let cookie = device::cookie(&self.master.tokens.newest()?, cx.realm, cx.tenant, user, device, secure)?;
        Ok(SignedIn::Tokens { issued: self.issue(cx.realm, cx.tenant, user, session, refresh)?, cookie })
    }

    /// The number of the device a cookie names, where it is one of this account.
    pub(crate) fn device(&self, cx: &Context, user: Uuid, cookie: &str) -> Option<[u8; 16]> {
        self.master.tokens.all().iter().find_map(|key| device::number(key, cx.realm, cx.tenant, user, cookie))
    }

    /// Names are kept folded ([`kernel::sign_in_name`]); those from before that rule, as they were typed then. Who is called what is meant
    /// comes before who was called what was typed.
    async fn account_by_login(&self, realm: Realm, tenant: Option<Uuid>, login: &str, typed: &str) -> Result<Option<Account>> {
        let scope = self.database(realm).read(tenant).await?;
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
    pub(crate) async fn account(&self, realm: Realm, tenant: Option<Uuid>, id: Uuid) -> Result<Option<Account>> {
        let scope = self.database(realm).read(tenant).await?;
        let mut sql = Sql::new(ACCOUNT);
        sql.push(Tables::of(realm).users).push(" WHERE deleted_at IS NULL AND status = 'ACTIVE' AND id = ").bind(id);
        of_company(&mut sql, tenant);
        scope.raw_one(sql).await?.map(|row| Account::read(&row)).transpose()
    }

    /// A sign-in that failed: audit, log, event; and that it locks, where it does.
    async fn note_refusal(
        &self,
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
        self.database(cx.realm)
            .write(&cx, async |tx| {
                tx.audit(entry.clone());
                tx.publish(Event::new("auth.sign_in.failed", id.unwrap_or(subject.aggregate()), json!({"reason": reason})));
                Visit::new(Attempt::FailedLogin, id, &tx.context().actor.name).failed(reason).log(tx).await?;
                note_lock(tx, id, subject, admitted).await
            })
            .await
    }
}

/// Where a failure locks, log and event say so.
#[boxed(?Send)]
pub(crate) async fn note_lock(tx: &Tx, user: Option<Uuid>, subject: &Subject, admitted: &Admitted) -> Result<()> {
    let Some(until) = admitted.locks_until else { return Ok(()) };
    tx.publish(Event::new("auth.account.locked", user.unwrap_or(subject.aggregate()), json!({"locked_until": until})));
    Visit::new(Attempt::Locked, user, &tx.context().actor.name).failed("ACCOUNT_LOCKED").log(tx).await
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
    Visit::new(Attempt::Login, Some(account.id), &account.username).in_session(session).with_factor(factor).log(tx).await
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
pub(crate) async fn company(platform: &Platform, code: Option<&str>, named: Option<&str>) -> Result<Whose> {
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
    Ok(platform.directory.by_code(&code).await?.map_or(Whose::Nobodys(code), |tenant| Whose::Companys(tenant.id)))
}

#[cfg(test)]
mod tests {
    use super::folded;

    /// A stranger's "user name" of 870 KB took two seconds of a worker.
    #[test]
    fn what_is_too_long_for_a_name_is_not_folded_and_nobodys() {
        let (login, typed) = folded(&"\u{fdfa}".repeat(290_000));
        assert_eq!((login.chars().count(), &login), (102, &typed));
        assert!(login.starts_with('\u{fdfa}') && login.contains(' '), "{login}");
        assert_eq!(folded(" ｆＵllw "), ("fullw".to_owned(), "ｆｕllw".to_owned()));
    }
}
