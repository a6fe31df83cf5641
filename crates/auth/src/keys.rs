//! API keys: `cxg_<id>_<secret>`. The id carries the company, so that it is known before a row is
//! read; of the secret, 32 random bytes, only the SHA-256 is kept. (It is no password: nothing
//! could be guessed, so nothing needs to be slow, and a wrong key costs no more than a right one.)

use crate::{
    Platform,
    entities::{adm_role::Grants, api_key::Addresses},
    granted_roles::{granted_roles, summary},
    principal::{HeldKey, Principal, common},
    tables::Tables,
};
use ipnet::IpNet;
use kernel::{Error, Grant, Realm, Result, Timestamp, boxed};
use ring::{digest, hmac};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};
use store::{Context, Sql, random_bytes};
use uuid::Uuid;

const PREFIX: &str = "cxg_";

/// Where a key is: its company, if it is a company's, and its row.
pub(crate) type Place = (Option<Uuid>, Uuid);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Keys that were good lately, by the digest of their text.
pub(crate) type ProvenKeys = moka::sync::Cache<[u8; 32], ()>;

pub(crate) fn proven_keys() -> ProvenKeys {
    moka::sync::Cache::builder().max_capacity(100_000).time_to_live(std::time::Duration::from_secs(60 * 60)).build()
}

fn digest_of(text: &str) -> [u8; 32] {
    sha256(text.trim()).try_into().unwrap_or_default()
}

fn sha256(text: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().to_vec()
}

/// The middle of a key's text.
#[must_use]
pub fn key_id(tenant: Option<Uuid>, id: Uuid) -> String {
    tenant.map(|tenant| tenant.simple().to_string()).unwrap_or_default() + &id.simple().to_string()
}

/// A new secret for a key: the whole text, to be shown once, and what is kept of it.
pub fn new_secret(tenant: Option<Uuid>, id: Uuid) -> Result<(String, Vec<u8>)> {
    let secret = hex(&random_bytes::<32>()?);
    let kept = sha256(&secret);
    Ok((format!("{PREFIX}{}_{secret}", key_id(tenant, id)), kept))
}

/// An address or a network, as it is written in a list.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(|ip| IpNet::from(ip.to_canonical())));
    net.map(|net| net.trunc())
}

/// Refuses a list with something that is neither an address nor a network.
pub fn check_addresses(list: Option<&Addresses>) -> Result<()> {
    match list.into_iter().flat_map(|list| &list.0).find(|text| network(text).is_none()) {
        Some(text) => Err(Error::field(
            "allowed_ips",
            "address",
            format!("IP 주소 또는 대역이어야 합니다: {text}"),
            format!("must list IP addresses or networks; {text} is neither"),
        )),
        None => Ok(()),
    }
}

/// Seconds the old secret stays good, from the minutes a caller asked for.
pub fn overlap(minutes: Option<i32>) -> Result<i64> {
    let minutes = i64::from(minutes.unwrap_or(60));
    if !(0..=10_080).contains(&minutes) {
        return Err(Error::field("overlap_minutes", "range", "0 이상 10080 이하여야 합니다.", "must be from 0 to 10080"));
    }
    Ok(minutes * 60)
}

/// `None` for whatever does not look like a key of ours.
fn parse(text: &str) -> Option<(Place, &str)> {
    if text.len() > 200 {
        return None;
    }
    let (id, secret) = text.trim().strip_prefix(PREFIX)?.split_once('_')?;
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if secret.len() != 64 || !is_hex(secret) || !is_hex(id) {
        return None;
    }
    let uuid = |text: &str| Uuid::try_parse(text).ok();
    match id.len() {
        32 => Some(((None, uuid(id)?), secret)),
        64 => Some(((Some(uuid(id.get(..32)?)?), uuid(id.get(32..)?)?), secret)),
        _ => None,
    }
}

/// A key as a node believes it for half a second.
pub(crate) struct Known {
    principal: Arc<Principal>,
    kept: Vec<u8>,
    /// The secret before the last rotation, and until when it is good.
    previous: Option<(Vec<u8>, Timestamp)>,
}

/// How a key was used since it was last written down.
#[derive(Clone, Copy)]
struct Use {
    count: i64,
    at: Timestamp,
    from: Option<IpAddr>,
}

/// Uses of keys, gathered in memory: a row is not written at every call.
#[derive(Default)]
pub(crate) struct Usage(Mutex<HashMap<Place, Use>>);

impl Usage {
    fn add(&self, place: Place, used: Use) {
        if let Ok(mut all) = self.0.lock() {
            let entry = all.entry(place).or_insert(Use { count: 0, ..used });
            *entry = Use { count: entry.count + used.count, ..if used.at >= entry.at { used } else { *entry } };
        }
    }

    fn take(&self) -> HashMap<Place, Use> {
        self.0.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default()
    }
}

impl Platform {
    /// The owner of this API key with what the key may, as they are now. `None`: whatever is
    /// wrong with it.
    #[boxed(?Send)]
    pub async fn holder_of_key(&self, text: &str) -> Result<Option<Arc<Principal>>> {
        let Some((place, secret)) = parse(text) else { return Ok(None) };
        let known = self.keys.try_get_with(place, self.load_key(place)).await.map_err(|error: Arc<Error>| Error::unavailable(error))?;
        let Some(known) = known else { return Ok(None) };
        let key = self.master.refresh.newest()?;
        let offered = hmac::sign(&key, &sha256(secret));
        // comparing by a keyed hash takes the same time however much fits
        let fits = |kept: &[u8]| hmac::verify(&key, kept, offered.as_ref()).is_ok();
        let now = self.now();
        let good = fits(&known.kept) || known.previous.as_ref().is_some_and(|(kept, until)| fits(kept) && now < *until);
        if good {
            self.proven_keys.insert(digest_of(text), ());
        }
        Ok(good.then(|| known.principal.clone()))
    }

    /// Whether this key was good within the last hour.
    pub(crate) fn is_proven_key(&self, text: &str) -> bool {
        text.len() <= 200 && self.proven_keys.contains_key(&digest_of(text))
    }

    async fn load_key(&self, (tenant, id): Place) -> Result<Option<Arc<Known>>> {
        let realm = if tenant.is_some() { Realm::Tenant } else { Realm::Manager };
        let company = match tenant {
            Some(tenant) => match self.directory.by_id(tenant).await? {
                Some(company) => Some(company),
                None => return Ok(None),
            },
            None => None,
        };
        let database = self.database(realm);
        let scope = database.read(tenant).await?;
        let (tables, now) = (Tables::of(realm), database.now());
        let mut sql =
            Sql::new("SELECT k.key_name AS key_name, k.secret_hash AS kept, k.previous_hash AS previous, k.previous_until AS until, ");
        sql.push(
            "k.scopes AS scopes, k.allowed_ips AS allowed_ips, u.id AS user_id, u.username AS username, u.full_name AS full_name, u.mfa_enabled AS mfa_enabled FROM ",
        );
        sql.push(tables.api_keys).push(" k JOIN ").push(tables.users).push(" u ON u.id = k.user_id");
        if tenant.is_some() {
            sql.push(" AND u.tenant_id = k.tenant_id");
        }
        sql.push(" WHERE k.deleted_at IS NULL AND k.status = 'ACTIVE' AND (k.expires_at IS NULL OR k.expires_at > ").bind(now);
        sql.push(") AND u.status = 'ACTIVE' AND u.deleted_at IS NULL AND k.id = ").bind(id);
        if let Some(tenant) = tenant {
            sql.push(" AND k.tenant_id = ").bind(tenant);
        }
        let Some(row) = scope.raw_one(sql).await? else { return Ok(None) };
        let text = |name: &str| row.try_get::<String>("", name).map_err(Error::internal);
        let user_id = row.try_get("", "user_id").map_err(Error::internal)?;
        let (roles, owner, mut scoped) = summary(&granted_roles(&scope, realm, user_id, now).await?);
        let mut rights = owner.clone();
        if let Some(scopes) = row.try_get::<Option<Grants>>("", "scopes").map_err(Error::internal)? {
            let scopes: Vec<Grant> = scopes.0.into_iter().map(Grant::new).collect();
            rights = owner.within(&scopes);
            let narrowed = scoped
                .iter()
                .flat_map(|(department, grant)| scopes.iter().filter_map(|scope| common(grant, scope)).map(|grant| (*department, grant)));
            scoped = narrowed.collect();
        }
        let addresses = row.try_get::<Option<Addresses>>("", "allowed_ips").map_err(Error::internal)?.unwrap_or_default();
        let addresses = addresses.0.iter().filter_map(|text| network(text)).collect();
        let previous: Option<Vec<u8>> = row.try_get("", "previous").map_err(Error::internal)?;
        let until: Option<Timestamp> = row.try_get("", "until").map_err(Error::internal)?;
        let principal = Principal {
            realm,
            user_id,
            username: text("username")?,
            full_name: text("full_name")?,
            session: id,
            tenant: company,
            rights,
            scoped,
            roles,
            key: Some(HeldKey { id, name: text("key_name")?, owner, addresses }),
            impersonator: None,
            // a key shows no codes: what asks for one again is not for the keys of those who have one
            mfa_enabled: row.try_get("", "mfa_enabled").map_err(Error::internal)?,
            verified_at: None,
            is_anonymous: false,
        };
        let kept = row.try_get("", "kept").map_err(Error::internal)?;
        Ok(Some(Arc::new(Known { principal: Arc::new(principal), kept, previous: previous.zip(until) })))
    }

    pub(crate) fn note_use(&self, principal: &Principal, from: Option<IpAddr>) {
        if let Some(key) = &principal.key {
            self.usage.add((principal.tenant_id(), key.id), Use { count: 1, at: self.now(), from });
        }
    }

    /// Writes down how API keys were used; for a loop of a few seconds, and for the end.
    #[boxed(?Send)]
    pub async fn flush_usage(&self) -> Result<()> {
        let mut failed = None;
        for (place, used) in self.usage.take() {
            if let Err(error) = self.write_use(place, used).await {
                self.usage.add(place, used);
                failed = Some(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn write_use(&self, (tenant, id): Place, used: Use) -> Result<()> {
        let realm = if tenant.is_some() { Realm::Tenant } else { Realm::Manager };
        let cx = Context::system(realm, tenant, "api-keys");
        self.database(realm)
            .write(&cx, async |tx| {
                let mut sql = Sql::new("UPDATE ");
                sql.push(Tables::of(realm).api_keys).push(" SET usage_count = usage_count + ").bind(used.count);
                sql.push(", last_used_at = ").bind(used.at).push(", last_used_ip = ").bind(used.from.map(|ip| ip.to_string()));
                sql.push(" WHERE id = ").bind(id);
                if let Some(tenant) = tenant {
                    sql.push(" AND tenant_id = ").bind(tenant);
                }
                tx.raw_execute(sql).await.map(|_| ())
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::{network, new_secret, parse};
    use uuid::Uuid;

    #[test]
    fn a_key_says_where_it_belongs_and_nothing_else_is_a_key() {
        for tenant in [None, Some(Uuid::now_v7())] {
            let id = Uuid::now_v7();
            let (text, kept) = new_secret(tenant, id).unwrap();
            let (place, secret) = parse(&text).unwrap();
            assert_eq!((place, super::sha256(secret)), ((tenant, id), kept));
            for bad in [&text[..text.len() - 1], &text[1..], &text.to_uppercase(), &format!("{text}0"), &text.replace('_', "-")] {
                assert_eq!(parse(bad), None, "{bad}");
            }
        }
        for bad in ["", "cxg_", "cxg__", &"a".repeat(10_000), "cxg_é_é"] {
            assert_eq!(parse(bad), None);
        }
    }

    #[test]
    fn an_address_is_a_network_of_one() {
        let net = |text: &str| network(text).map(|net| net.to_string());
        assert_eq!(net("10.1.2.3/8").as_deref(), Some("10.0.0.0/8"));
        assert_eq!(net("::ffff:10.1.2.3").as_deref(), Some("10.1.2.3/32"));
        assert_eq!(net("2001:db8::/32").as_deref(), Some("2001:db8::/32"));
        for bad in ["", "10.0.0.0/33", "localhost", "10.0.0", "10.0.0.1 10.0.0.2"] {
            assert_eq!(net(bad), None, "{bad}");
        }
    }
}
