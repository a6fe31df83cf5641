//! Guessing is slow: failures are counted before a password is looked at, and five lock for a
//! growing time.
//!
//! What is counted for is a *subject*: an account and the network the attempt comes from, so that a
//! stranger's guesses lock out the stranger. A device that signed in to the account before is a
//! subject of its own; its owner comes in while strangers on the same network do not. Above all
//! networks together stands a ceiling, which only known devices pass.
//!
//! An attempt is counted in a committed write of its own, in one statement, before anything is
//! evaluated: of any number of attempts at once at most five are. Those that come while the five
//! are still being looked at wait for them; people who sign in from many places at once with
//! the right password are not refused. An account that does not exist is counted the same way.

use auth::{
    Platform,
    tables::{Tables, of_company},
};
use kernel::{Code, Error, Message, Realm, Result, Timestamp, boxed};
use ring::hmac;
use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};
use store::{Context, Sql, Tx, new_id};
use uuid::Uuid;

/// Failures that lock.
const LIMIT: i32 = 5;
/// Minutes of the first lock, and of each further failure after it.
const WAITS: [i64; 6] = [1, 2, 4, 8, 16, 30];
/// Seconds without a failure after which a subject begins anew.
const FORGOTTEN: i64 = 12 * 60 * 60;
/// Failures of one account from everywhere, within [`CEILING_SPAN`], above which only known
/// devices are let in.
const CEILING: i32 = 50;
const CEILING_SPAN: i64 = 60 * 60;
/// Seconds after which an attempt that never said how it ended counts as ended.
const STALE: i64 = 30;
/// How often one looks again while others are being evaluated: after 20, 30, 40 … 200 ms, eight seconds in all.
const LOOKS: u64 = 48;

fn pause(look: u64) -> Duration {
    Duration::from_millis((10 + look * 10).min(200))
}

/// Where an attempt comes from.
pub(crate) enum Place {
    Network(String),
    /// Its number, from a cookie that we issued for this very account.
    Device([u8; 16]),
}

impl Place {
    /// The network of an address: itself, or the /64 that one customer of IPv6 has.
    pub fn network(address: Option<&str>) -> Self {
        let network = match address.and_then(|text| text.parse::<IpAddr>().ok()) {
            Some(IpAddr::V4(v4)) => v4.to_string(),
            Some(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
                Some(v4) => v4.to_string(),
                None => format!("{}/64", Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
            },
            None => String::new(),
        };
        Self::Network(network)
    }

    /// A device that is known to the account, else the network the request comes from.
    pub fn of(device: Option<[u8; 16]>, cx: &Context) -> Self {
        device.map_or_else(|| Self::network(cx.address.as_deref()), Self::Device)
    }
}

/// Whose secret is being guessed.
#[derive(Clone)]
pub(crate) enum Guessed {
    /// A sign-in under a name or an address that nobody has; with the company's id, or the code nobody has.
    Login(String),
    /// A sign-in to this account, under whichever of its names.
    Owner(Uuid),
    /// One's own password, by somebody who is signed in.
    Password(Uuid),
    /// A second factor.
    Code(Uuid),
}

impl Guessed {
    fn text(&self) -> String {
        match self {
            Self::Login(login) => format!("login:{login}"),
            Self::Owner(id) => format!("owner:{id}"),
            Self::Password(id) => format!("password:{id}"),
            Self::Code(id) => format!("code:{id}"),
        }
    }
}

/// What an attempt is counted for, hashed.
pub(crate) struct Subject {
    account: Vec<u8>,
    id: Vec<u8>,
    /// Counted together with all other networks; a known device is not.
    ceiling: Option<Vec<u8>>,
}

fn hashed(key: &hmac::Key, words: &[&str]) -> Vec<u8> {
    let mut text = String::from("throttle");
    for word in words {
        // lengths between, so that no two lists of words make one text
        text.push_str(&format!("|{}:{word}", word.len()));
    }
    hmac::sign(key, text.as_bytes()).as_ref().to_vec()
}

impl Subject {
    /// `company`: its id, or what was given for its code.
    pub fn new(key: &hmac::Key, realm: Realm, company: &str, guessed: &Guessed, place: &Place) -> Self {
        let text = guessed.text();
        let account = hashed(key, &["account", realm.as_str(), company, &text]);
        match place {
            Place::Network(network) => Self {
                id: hashed(key, &["network", realm.as_str(), company, &text, network]),
                ceiling: Some(hashed(key, &["everywhere", realm.as_str(), company, &text])),
                account,
            },
            Place::Device(number) => {
                let number = Uuid::from_bytes(*number).to_string();
                Self { id: hashed(key, &["device", realm.as_str(), company, &text, &number]), ceiling: None, account }
            }
        }
    }

    /// Something stable to name it by in an event; says nothing of whom it is about.
    pub fn aggregate(&self) -> Uuid {
        Uuid::from_slice(self.account.get(..16).unwrap_or_default()).unwrap_or_default()
    }
}

/// An attempt that was let through; says when the subject is locked if it fails.
pub(crate) struct Admitted {
    pub locks_until: Option<Timestamp>,
}

/// What stands about a subject.
enum Standing {
    Free,
    /// Locked, while `pending` attempts are still being evaluated.
    Locked {
        until: Timestamp,
        pending: bool,
    },
}

fn locked(until: Timestamp, now: Timestamp) -> Error {
    let seconds = (until.unix_micros() - now.unix_micros() + 999_999).max(0) / 1_000_000;
    let text = Message::new(
        "로그인 시도가 너무 많아 계정이 잠시 잠겼습니다. 나중에 다시 시도하세요.",
        "Too many sign-in attempts. The account is locked for a while; try again later.",
    );
    Error::new(Code::AccountLocked, text)
        .with("locked_until", until.to_millis_string())
        .retry_after(u32::try_from(seconds).unwrap_or(u32::MAX).max(1))
}

/// The subject of an attempt in the company of `cx`.
pub(crate) fn subject(platform: &Platform, cx: &Context, guessed: &Guessed, place: &Place) -> Result<Subject> {
    let company = cx.tenant.map(|id| id.to_string()).unwrap_or_default();
    Ok(Subject::new(&platform.master_key().tokens.newest()?, cx.realm, &company, guessed, place))
}

/// Counts an attempt as a failure, before it is evaluated. [`forgive`] takes it back, [`settle`]
/// says that it was one.
#[boxed(?Send)]
pub(crate) async fn admit(platform: &Platform, subject: &Subject) -> Result<Admitted> {
    let mut looks = 0;
    loop {
        match standing(platform, subject).await? {
            Standing::Locked { pending: true, .. } if looks < LOOKS => {
                looks += 1;
                tokio::time::sleep(pause(looks)).await;
                continue;
            }
            Standing::Locked { until, .. } => return Err(locked(until, platform.now())),
            Standing::Free => {}
        }
        let counted = platform
            .database(Realm::Manager)
            .write(&Context::system(Realm::Manager, None, "throttle"), async |tx| count(tx, subject).await)
            .await?;
        if let Some(admitted) = counted {
            return Ok(admitted);
        }
        // locked between the two looks
        looks += 1;
    }
}

async fn standing(platform: &Platform, subject: &Subject) -> Result<Standing> {
    let scope = platform.database(Realm::Manager).read(None).await?;
    let now = platform.database(Realm::Manager).now();
    let mut sql = Sql::new("SELECT locked_until, pending, since FROM auth_login_throttles WHERE subject IN (");
    sql.bind(subject.id.clone());
    if let Some(ceiling) = &subject.ceiling {
        sql.push(", ").bind(ceiling.clone());
    }
    sql.push(") AND locked_until > ").bind(now).push(" ORDER BY locked_until DESC LIMIT 1");
    let Some(row) = scope.raw_one(sql).await? else { return Ok(Standing::Free) };
    let read = || -> Result<Standing, sea_orm::DbErr> {
        let pending = row.try_get::<i32>("", "pending")? > 0 && row.try_get::<Timestamp>("", "since")?.plus_seconds(STALE) > now;
        Ok(Standing::Locked { until: row.try_get("", "locked_until")?, pending })
    };
    read().map_err(Error::internal)
}

/// The attempt was good: what is counted against the subject is forgotten.
#[boxed(?Send)]
pub(crate) async fn forgive(platform: &Platform, subject: &Subject) -> Result<()> {
    platform
        .database(Realm::Manager)
        .write(&Context::system(Realm::Manager, None, "throttle"), async |tx| {
            let mut sql = Sql::new("DELETE FROM auth_login_throttles WHERE subject = ");
            sql.bind(subject.id.clone());
            tx.raw_execute(sql).await?;
            if let Some(ceiling) = &subject.ceiling {
                let mut sql =
                    Sql::new("UPDATE auth_login_throttles SET failures = failures - 1, locked_until = CASE WHEN failures - 1 <= ");
                sql.bind(CEILING).push(" THEN NULL ELSE locked_until END WHERE failures > 0 AND subject = ").bind(ceiling.clone());
                tx.raw_execute(sql).await?;
            }
            // names are made up by the thousand; nothing is kept of them for longer than it counts
            let mut sql = Sql::new("DELETE FROM auth_login_throttles WHERE since < ");
            sql.bind(tx.now().plus_seconds(-FORGOTTEN));
            tx.raw_execute(sql).await.map(|_| ())
        })
        .await
}

/// The attempt was a failure, as it was counted.
#[boxed(?Send)]
pub(crate) async fn settle(platform: &Platform, subject: &Subject) -> Result<()> {
    platform
        .database(Realm::Manager)
        .write(&Context::system(Realm::Manager, None, "throttle"), async |tx| {
            let mut sql = Sql::new("UPDATE auth_login_throttles SET pending = pending - 1 WHERE pending > 0 AND subject = ");
            sql.bind(subject.id.clone());
            tx.raw_execute(sql).await.map(|_| ())
        })
        .await
}

/// Somebody has a new password: what was counted against their account, from wherever, is forgotten.
#[boxed(?Send)]
pub async fn forget_failures(platform: &Platform, realm: Realm, tenant: Option<Uuid>, user: Uuid) -> Result<()> {
    let mut sql = Sql::new("SELECT username, email FROM ");
    sql.push(Tables::of(realm).users).push(" WHERE id = ").bind(user);
    of_company(&mut sql, tenant);
    let row = platform.database(realm).read(tenant).await?.raw_one(sql).await?;
    let company = tenant.map(|id| id.to_string()).unwrap_or_default();
    let mut guessed = vec![Guessed::Owner(user), Guessed::Password(user), Guessed::Code(user)];
    for name in ["username", "email"] {
        guessed.extend(row.as_ref().and_then(|row| row.try_get("", name).ok()).map(Guessed::Login));
    }
    let key = platform.master_key().tokens.newest()?;
    let accounts: Vec<sea_orm::Value> =
        guessed.iter().map(|guessed| hashed(&key, &["account", realm.as_str(), &company, &guessed.text()]).into()).collect();
    platform
        .database(Realm::Manager)
        .write(&Context::system(Realm::Manager, None, "throttle"), async |tx| {
            let mut sql = Sql::new("DELETE FROM auth_login_throttles WHERE account IN (");
            sql.bind_all(accounts.clone()).push(")");
            tx.raw_execute(sql).await.map(|_| ())
        })
        .await
}

/// `None`: it is locked. An error where the ceiling is: then the attempt does not count for the network either.
async fn count(tx: &Tx, subject: &Subject) -> Result<Option<Admitted>> {
    let now = tx.now();
    let mut sql = insert(tx, subject, &subject.id, 1);
    sql.push("failures = CASE WHEN t.since < ").bind(now.plus_seconds(-FORGOTTEN)).push(" THEN 1 ELSE t.failures + 1 END, ");
    sql.push("pending = CASE WHEN t.since < ").bind(now.plus_seconds(-STALE)).push(" THEN 1 ELSE t.pending + 1 END, ");
    sql.push("locked_until = CASE WHEN t.since < ").bind(now.plus_seconds(-FORGOTTEN)).push(" THEN NULL WHEN t.failures + 1 < ");
    sql.bind(LIMIT).push(" THEN NULL");
    for (more, minutes) in (1..).zip(WAITS) {
        sql.push(" WHEN t.failures + 1 < ").bind(LIMIT + more).push(" THEN ").bind(now.plus_seconds(minutes * 60));
    }
    let longest = WAITS.iter().max().copied().unwrap_or_default();
    sql.push(" ELSE ").bind(now.plus_seconds(longest * 60)).push(" END, since = ").bind(now);
    sql.push(" WHERE t.locked_until IS NULL OR t.locked_until <= ").bind(now).push(" RETURNING locked_until");
    let Some(row) = tx.raw_one(sql).await? else { return Ok(None) };
    let locks_until = row.try_get("", "locked_until").map_err(Error::internal)?;
    if let Some(ceiling) = &subject.ceiling {
        let mut sql = insert(tx, subject, ceiling, 0);
        let old = now.plus_seconds(-CEILING_SPAN);
        sql.push("failures = CASE WHEN t.since < ").bind(old).push(" THEN 1 ELSE t.failures + 1 END, ");
        sql.push("locked_until = CASE WHEN t.since < ").bind(old).push(" OR t.failures + 1 <= ").bind(CEILING);
        sql.push(" THEN NULL ELSE ").bind(now.plus_seconds(CEILING_SPAN)).push(" END, ");
        sql.push("since = CASE WHEN t.since < ").bind(old).push(" THEN ").bind(now).push(" ELSE t.since END");
        sql.push(" WHERE t.locked_until IS NULL OR t.locked_until <= ").bind(now).push(" RETURNING locked_until");
        if tx.raw_one(sql).await?.is_none() {
            return Err(locked(now.plus_seconds(CEILING_SPAN), now));
        }
    }
    Ok(Some(Admitted { locks_until }))
}

/// The first failure of a subject, and the beginning of what happens at a further one.
fn insert(tx: &Tx, subject: &Subject, id: &[u8], pending: i32) -> Sql {
    let mut sql = Sql::new("INSERT INTO auth_login_throttles AS t (id, subject, account, failures, pending, since, created_at) VALUES (");
    sql.bind(new_id()).push(", ").bind(id.to_vec()).push(", ").bind(subject.account.clone()).push(", 1, ").bind(pending);
    sql.push(", ").bind(tx.now()).push(", ").bind(tx.now()).push(") ON CONFLICT (subject) DO UPDATE SET ");
    sql
}

#[cfg(test)]
mod tests {
    use super::{Guessed, Place, Subject};
    use kernel::Realm;
    use ring::hmac;

    #[test]
    fn neighbours_of_one_network_are_one_and_others_are_not() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"key");
        let id = |company: &str, login: &str, address: &str| {
            let place = Place::network(Some(address));
            Subject::new(&key, Realm::Tenant, company, &Guessed::Login(login.to_owned()), &place).id
        };
        assert_eq!(id("a", "boss", "2001:db8:1:2::1"), id("a", "boss", "2001:db8:1:2:ffff::9"));
        assert_ne!(id("a", "boss", "2001:db8:1:2::1"), id("a", "boss", "2001:db8:1:3::1"));
        assert_eq!(id("a", "boss", "10.0.0.1"), id("a", "boss", "::ffff:10.0.0.1"));
        assert_ne!(id("a", "boss", "10.0.0.1"), id("a", "boss", "10.0.0.2"));
        assert_ne!(id("a", "boss", "10.0.0.1"), id("b", "boss", "10.0.0.1"));
        assert_ne!(id("a|5:login", "x", "10.0.0.1"), id("a", "5:login|x", "10.0.0.1"));
    }
}
