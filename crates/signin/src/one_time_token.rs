//! Tokens that are good once: they set a password, for who forgot it or never had one.
//!
//! The text carries company and user, so that the company is known before a row is read. Its
//! secret is computed from the event that asked for it: an email that is sent again, because
//! nobody knows whether it went out, has the same token in it. What is stored is a hash.

use crate::{
    Password,
    credentials::end_access,
    login::Destination,
    own_password::set_password,
    sign_in_log::{AttemptType, SignInLogEntry},
    throttle::{Guessed, Place, Subject, forget_failures},
};
use auth::{
    Platform,
    tables::{Tables, of_company},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Actor, Error, Realm, Result, boxed};
use ring::{digest, hmac};
use serde_json::json;
use store::{Action, AuditEntry, Context, Event, Outcome, Sql, Tx};
use uuid::Uuid;

const PREFIX: &str = "cxo_";

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Reset,
    Invitation,
}

impl Purpose {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "RESET",
            Self::Invitation => "INVITATION",
        }
    }

    /// The state of a user it is for.
    pub const fn status(self) -> &'static str {
        match self {
            Self::Reset => "ACTIVE",
            Self::Invitation => "INVITED",
        }
    }

    /// Seconds it is good for.
    pub const fn life(self) -> i64 {
        match self {
            Self::Reset => 60 * 60,
            Self::Invitation => 7 * 24 * 60 * 60,
        }
    }
}

/// A token of an email: for one account, once.
pub(crate) struct OneTimeToken {
    pub tenant: Option<Uuid>,
    pub user: Uuid,
    secret: [u8; 32],
}

impl OneTimeToken {
    pub fn of_event(key: &hmac::Key, purpose: Purpose, event: Uuid, tenant: Option<Uuid>, user: Uuid) -> Self {
        let company = tenant.unwrap_or_default();
        let text = [b"one-time|", purpose.as_str().as_bytes(), event.as_bytes(), company.as_bytes(), user.as_bytes()];
        let mut secret = [0; 32];
        secret.copy_from_slice(hmac::sign(key, &text.concat()).as_ref());
        Self { tenant, user, secret }
    }

    fn body(&self) -> Vec<u8> {
        [self.tenant.unwrap_or_default().as_bytes().as_slice(), self.user.as_bytes(), &self.secret].concat()
    }

    pub fn write(&self) -> String {
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.body()))
    }

    pub fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &self.body()).as_ref().to_vec()
    }

    pub fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim().strip_prefix(PREFIX).filter(|rest| rest.len() < 200)?).ok()?;
        let (tenant, rest) = bytes.split_first_chunk::<16>()?;
        let (user, secret) = rest.split_first_chunk::<16>()?;
        let tenant = Some(Uuid::from_bytes(*tenant)).filter(|id| !id.is_nil());
        Some(Self { tenant, user: Uuid::from_bytes(*user), secret: secret.try_into().ok()? })
    }
}

/// Wrong, expired, used and forged look the same.
fn bad_token() -> Error {
    Error::field(
        "token",
        "token",
        "링크가 올바르지 않거나 이미 사용되었거나 만료되었습니다.",
        "is invalid, was already used or has expired",
    )
}

/// Somebody says they forgot their password. Whether there is such an account is looked at
/// later, by the consumer of the event: the answer neither says so nor takes longer. `typed` is how the address was written.
#[boxed(?Send)]
pub(crate) async fn forgot_password(platform: &Platform, mut cx: Context, to: &Destination, email: &str, typed: &str) -> Result<()> {
    let target = format!("{}.users", Tables::of(cx.realm).domain);
    let (known, company) = match to {
        Destination::Provider => (true, String::new()),
        Destination::Company(id) => {
            cx.tenant = Some(*id);
            (true, id.to_string())
        }
        // noted with the provider; nobody is to be looked for
        Destination::UnknownCompany(code) => (false, format!("?{code}")),
    };
    let place = Place::of(None, &cx);
    let subject = Subject::new(&platform.master_key().tokens.newest()?, cx.realm, &company, &Guessed::Login(email.to_owned()), &place);
    if !known {
        cx.realm = Realm::Manager;
    }
    platform
        .database(cx.realm)
        .write(&cx, async |tx| {
            let entry = AuditEntry::new(Action::Execute, "auth.password.forget", target.clone(), "").after(json!({"email": email}));
            let failure = Outcome::Failure("TENANT_NOT_FOUND".to_owned());
            tx.audit(if known { entry } else { entry.outcome(failure) });
            let kind = if known { "auth.password_reset.requested" } else { "auth.password_reset.dismissed" };
            tx.publish(Event::new(kind, subject.aggregate(), json!({"email": email, "typed": typed, "tenant": tx.tenant()})));
            Ok(())
        })
        .await
}

/// Sets a password with the token of an email.
#[boxed(?Send)]
pub(crate) async fn redeem(
    platform: &Platform,
    mut cx: Context,
    purpose: Purpose,
    text: &str,
    field: &str,
    password: &Password,
) -> Result<()> {
    let token = OneTimeToken::read(text).filter(|token| token.tenant.is_some() == (cx.realm == Realm::Tenant)).ok_or_else(bad_token)?;
    cx.tenant = token.tenant;
    let company = match token.tenant {
        Some(id) => Some(platform.directory().by_id(id).await?.ok_or_else(bad_token)?),
        None => None,
    };
    let username = owner(platform, &cx, purpose, &token).await?.ok_or_else(bad_token)?;
    if let Some(company) = &company {
        // said to who holds a token of the company only
        company.served()?;
    }
    let names = company.as_ref().map(|company| (company.code.as_str(), company.name.as_str())).unwrap_or_default();
    password.acceptable(field, &[&username, names.0, names.1]).await?;
    let hash = password.hash().await?;
    cx.actor = Actor::user(Some(token.user), username.clone(), None);
    platform.database(cx.realm).write(&cx, async |tx| use_up(tx, purpose, &token, &username, &hash).await).await?;
    platform.forget_sessions();
    forget_failures(platform, cx.realm, cx.tenant, token.user).await
}

/// The name of who holds a token that is good.
async fn owner(platform: &Platform, cx: &Context, purpose: Purpose, token: &OneTimeToken) -> Result<Option<String>> {
    let tables = Tables::of(cx.realm);
    let database = platform.database(cx.realm);
    let scope = database.read(cx.tenant).await?;
    let mut sql = Sql::new("SELECT u.username AS username FROM ");
    sql.push(tables.one_time_tokens).push(" t JOIN ").push(tables.users).push(" u ON u.id = t.user_id");
    if let Some(tenant) = cx.tenant {
        sql.push(" AND u.tenant_id = t.tenant_id AND t.tenant_id = ").bind(tenant);
    }
    sql.push(" WHERE u.deleted_at IS NULL AND u.status = ").bind(purpose.status()).push(" AND t.user_id = ").bind(token.user);
    sql.push(" AND t.token_hash = ").bind(token.hash()).push(" AND t.purpose = ").bind(purpose.as_str());
    sql.push(" AND t.used_at IS NULL AND t.expires_at > ").bind(database.now());
    let row = scope.raw_one(sql).await?;
    row.map(|row| row.try_get("", "username").map_err(Error::internal)).transpose()
}

/// Of two that come with the same token at once one finds it used.
async fn use_up(tx: &Tx, purpose: Purpose, token: &OneTimeToken, username: &str, hash: &str) -> Result<()> {
    let tables = Tables::of(tx.context().realm);
    let mut sql = Sql::new("UPDATE ");
    sql.push(tables.one_time_tokens).push(" SET used_at = ").bind(tx.now()).push(" WHERE used_at IS NULL AND token_hash = ");
    sql.bind(token.hash()).push(" AND purpose = ").bind(purpose.as_str()).push(" AND expires_at > ").bind(tx.now());
    of_company(&mut sql, tx.tenant());
    if tx.raw_execute(sql).await? != 1 {
        return Err(bad_token());
    }
    let also = if purpose == Purpose::Invitation { ", status = 'ACTIVE'" } else { "" };
    if !set_password(tx, token.user, hash, also).await? {
        return Err(bad_token());
    }
    // other tokens of the same account would still be good
    end_access(tx, token.user, "password_reset").await?;
    let permission = match purpose {
        Purpose::Reset => "auth.password.reset",
        Purpose::Invitation => "auth.invitation.accept",
    };
    tx.audit(AuditEntry::new(Action::Execute, permission, format!("{}.users", tables.domain), token.user));
    tx.publish(Event::new("auth.password.changed", token.user, json!({"how": purpose.as_str()})));
    if purpose == Purpose::Invitation {
        tx.publish(Event::new(format!("{}.user.activated", tables.domain), token.user, json!({"id": token.user})));
    }
    SignInLogEntry::new(AttemptType::PasswordReset, Some(token.user), username).log(tx).await
}

/// Makes somebody's unused tokens of this purpose useless.
#[boxed(?Send)]
pub(crate) async fn revoke(tx: &Tx, purpose: Purpose, user: Uuid) -> Result<()> {
    let mut sql = Sql::new("UPDATE ");
    sql.push(Tables::of(tx.context().realm).one_time_tokens).push(" SET used_at = ").bind(tx.now());
    sql.push(" WHERE used_at IS NULL AND purpose = ").bind(purpose.as_str()).push(" AND user_id = ").bind(user);
    of_company(&mut sql, tx.tenant());
    tx.raw_execute(sql).await.map(|_| ())
}

/// Makes all of somebody's unused tokens useless: links of emails, and sign-ins that wait for their code.
#[boxed(?Send)]
pub(crate) async fn revoke_all(tx: &Tx, user: Uuid) -> Result<()> {
    let mut sql = Sql::new("UPDATE ");
    sql.push(Tables::of(tx.context().realm).one_time_tokens).push(" SET used_at = ").bind(tx.now());
    sql.push(" WHERE used_at IS NULL AND user_id = ").bind(user);
    of_company(&mut sql, tx.tenant());
    tx.raw_execute(sql).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::{OneTimeToken, Purpose};
    use ring::hmac;
    use uuid::Uuid;

    #[test]
    fn one_event_gives_one_token_and_carries_whose_it_is() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"key");
        let (event, user) = (Uuid::now_v7(), Uuid::now_v7());
        for tenant in [None, Some(Uuid::now_v7())] {
            let token = OneTimeToken::of_event(&key, Purpose::Reset, event, tenant, user);
            let text = token.write();
            let read = OneTimeToken::read(&text).unwrap();
            assert_eq!((read.tenant, read.user, read.hash()), (tenant, user, token.hash()));
            assert_eq!(text, OneTimeToken::of_event(&key, Purpose::Reset, event, tenant, user).write());
            assert_ne!(text, OneTimeToken::of_event(&key, Purpose::Invitation, event, tenant, user).write());
            assert_ne!(text, OneTimeToken::of_event(&key, Purpose::Reset, Uuid::now_v7(), tenant, user).write());
        }
        for bad in ["", "cxo_", "cxo_!!", "cxr_AAAA", &format!("cxo_{}", "A".repeat(5000))] {
            assert!(OneTimeToken::read(bad).is_none());
        }
    }
}
