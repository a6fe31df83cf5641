//! The pending MFA token: between the password and the code of a sign-in it says that the password was right.

use auth::{
    MasterKey,
    tables::{Tables, insert_as, of_company},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Code, Error, Message, Realm, Result, Timestamp, boxed};
use store::{Sql, Tx, new_id};
use uuid::Uuid;

/// What is sealed as this opens as nothing else.
const LABEL: &str = "mfa-token";
const PREFIX: &str = "cxm_";
/// Seconds between password and code.
const LIFE: i64 = 5 * 60;

/// A password was right, and a code is awaited. Sealed, for one account and this one purpose.
pub(crate) struct PendingMfaToken {
    pub realm: Realm,
    pub tenant: Option<Uuid>,
    pub user: Uuid,
    id: Uuid,
    issued: i64,
}

impl PendingMfaToken {
    pub fn new(realm: Realm, tenant: Option<Uuid>, user: Uuid, now: Timestamp) -> Self {
        Self { realm, tenant, user, id: new_id(), issued: now.unix_micros() }
    }

    pub fn write(&self, master: &MasterKey) -> Result<String> {
        let realm = [u8::from(self.realm == Realm::Manager)];
        let tenant = self.tenant.unwrap_or_default();
        let parts = [realm.as_slice(), tenant.as_bytes(), self.user.as_bytes(), self.id.as_bytes(), &self.issued.to_be_bytes()];
        Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(master.seal(LABEL, &parts.concat())?)))
    }

    /// `None` for whatever we have not issued, and for what has expired.
    pub fn read(text: &str, master: &MasterKey, now: Timestamp) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX).filter(|rest| rest.len() < 300)?).ok()?;
        let plain = master.open(LABEL, &sealed).ok()?;
        let (realm, rest) = plain.split_first_chunk::<1>()?;
        let (tenant, rest) = rest.split_first_chunk::<16>()?;
        let (user, rest) = rest.split_first_chunk::<16>()?;
        let (id, issued) = rest.split_first_chunk::<16>()?;
        let token = Self {
            realm: if realm[0] == 1 { Realm::Manager } else { Realm::Tenant },
            tenant: Some(Uuid::from_bytes(*tenant)).filter(|id| !id.is_nil()),
            user: Uuid::from_bytes(*user),
            id: Uuid::from_bytes(*id),
            issued: i64::from_be_bytes(issued.try_into().ok()?),
        };
        (now < token.issued()?.plus_seconds(LIFE)).then_some(token)
    }

    pub fn issued(&self) -> Option<Timestamp> {
        Timestamp::from_unix_micros(self.issued)
    }
}

/// Whatever is wrong with token or code looks the same.
pub(crate) fn bad_code_or_token() -> Error {
    Error::new(
        Code::Unauthorized,
        Message::new("인증 코드가 올바르지 않거나 만료되었습니다.", "The authentication code is incorrect or has expired."),
    )
}

/// Stores the id of a token that waits for its code: only one that is stored, unused and not revoked opens a session.
#[boxed(?Send)]
pub(crate) async fn save(tx: &Tx, token: &PendingMfaToken) -> Result<()> {
    let table = Tables::of(tx.context().realm).one_time_tokens;
    let now = tx.now();
    let mut sql = Sql::new("DELETE FROM ");
    sql.push(table).push(" WHERE purpose = 'MFA' AND expires_at < ").bind(now).push(" AND user_id = ").bind(token.user);
    of_company(&mut sql, tx.tenant());
    tx.raw_execute(sql).await?;
    let mut sql = insert_as(tx, table, token.id, "user_id, purpose, token_hash, expires_at, created_at");
    sql.bind(token.user).push(", 'MFA', ").bind(token.id.as_bytes().to_vec()).push(", ").bind(now.plus_seconds(LIFE));
    sql.push(", ").bind(now).push(") ON CONFLICT DO NOTHING");
    tx.raw_execute(sql).await.map(|_| ())
}

/// Marks it used: it opens one session.
#[boxed(?Send)]
pub(crate) async fn use_up(tx: &Tx, token: &PendingMfaToken) -> Result<()> {
    let mut sql = Sql::new("UPDATE ");
    sql.push(Tables::of(tx.context().realm).one_time_tokens).push(" SET used_at = ").bind(tx.now());
    sql.push(" WHERE used_at IS NULL AND purpose = 'MFA' AND id = ").bind(token.id).push(" AND user_id = ").bind(token.user);
    of_company(&mut sql, tx.tenant());
    if tx.raw_execute(sql).await? == 1 { Ok(()) } else { Err(bad_code_or_token()) }
}

#[cfg(test)]
mod tests {
    use super::PendingMfaToken;
    use crate::tests::master_key;
    use kernel::{Realm, Timestamp};
    use uuid::Uuid;

    #[test]
    fn a_pending_token_is_read_back_for_five_minutes_and_nothing_else_is() {
        let key = master_key("0123456789abcdef0123456789abcdef");
        let now = Timestamp::from_unix_micros(1_800_000_000_000_000).unwrap();
        let (tenant, user) = (Some(Uuid::now_v7()), Uuid::now_v7());
        let text = PendingMfaToken::new(Realm::Tenant, tenant, user, now).write(&key).unwrap();
        let read = PendingMfaToken::read(&text, &key, now.plus_seconds(299)).unwrap();
        assert_eq!((read.realm, read.tenant, read.user), (Realm::Tenant, tenant, user));
        assert!(PendingMfaToken::read(&text, &key, now.plus_seconds(300)).is_none());
        assert!(PendingMfaToken::read(&text, &master_key(&"x".repeat(32)), now).is_none());
        for bad in ["", "cxm_", "cxm_!!", &text[4..], &format!("{text}A"), &format!("cxm_{}", "A".repeat(5000))] {
            assert!(PendingMfaToken::read(bad, &key, now).is_none(), "{bad}");
        }
    }
}
