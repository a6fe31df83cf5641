use crate::{
    sealed::MasterKey,
    token::{self, Claims},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Error, Realm, Result, Timestamp, boxed};
use moka::sync::Cache;
use ring::{
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, RwLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use store::{Action, AuditEntry, Context, Database, Sql, Tx, new_id};
use uuid::Uuid;

/// What a wrapped signing key is labelled with.
pub(crate) const LABEL: &str = "signing-key";
/// Seconds between two readings of the keys for the sake of an unknown one.
const RELOAD: i64 = 2;
/// Seconds after which the keys are looked at again in any case: one of them may have been retired.
const FRESH: i64 = 30;
/// Seconds a retired key still verifies: longer than a token lives, and than a node may not know of it.
const OVERLAP: i64 = 20 * 60;
/// Stands before whatever is signed that is no token: neither can be passed off as the other.
const STATEMENT: &[u8] = b"cxg statement\0";

/// What is signed for a message that is no token.
#[must_use]
pub fn statement(message: &[u8]) -> Vec<u8> {
    [STATEMENT, message].concat()
}

struct SigningKey {
    /// Only of a key that signs.
    pkcs8: Option<Vec<u8>>,
    public: Vec<u8>,
    /// When its tokens are not believed any more, Unix seconds.
    ends: AtomicI64,
}

impl SigningKey {
    fn verifies(&self, now: i64) -> bool {
        now < self.ends.load(Ordering::Relaxed)
    }

    fn signs(&self) -> Option<&[u8]> {
        self.pkcs8.as_deref().filter(|_| self.ends.load(Ordering::Relaxed) == i64::MAX)
    }
}

type Verified = (Arc<Claims>, Arc<SigningKey>);

/// The keys that sign access tokens, wrapped in `idam_signing_keys`, shared by all nodes.
///
/// The newest signs. Those before it are retired: their tokens are believed for a while, and what they signed otherwise can be verified
/// for ever, so their rows stay.
pub(crate) struct Keyring {
    manager: Database,
    issuer: String,
    keys: RwLock<BTreeMap<String, Arc<SigningKey>>>,
    /// Tokens whose signature was found good: it stays good, while verifying it again costs
    /// as much as the rest of a small request. Expiry is looked at each time.
    verified: Cache<String, Verified>,
    /// When the keys were read for the sake of an unknown one, Unix seconds.
    reloaded: AtomicI64,
    /// When they were looked at last.
    looked: AtomicI64,
}

/// A key that is not anybody's yet: id, public half, wrapped private half.
fn new_key(master: &MasterKey) -> Result<(Uuid, Vec<u8>, Vec<u8>)> {
    let failed = |_| Error::internal("no signing key");
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(failed)?;
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).map_err(|_| Error::internal("no signing key"))?;
    Ok((new_id(), pair.public_key().as_ref().to_vec(), master.seal(LABEL, pkcs8.as_ref())?))
}

async fn insert(tx: &Tx, id: Uuid, public: &[u8], wrapped: &[u8]) -> Result<()> {
    let mut sql = Sql::new("INSERT INTO idam_signing_keys (id, kid, public_key, wrapped_key, created_at) VALUES (");
    sql.bind(id).push(", ").bind(id.simple().to_string()).push(", ").bind(public.to_vec()).push(", ");
    sql.bind(wrapped.to_vec()).push(", ").bind(tx.now()).push(")");
    tx.raw_execute(sql).await.map(|_| ())
}

impl Keyring {
    pub fn new(manager: Database, issuer: String) -> Self {
        token::install_provider();
        let verified = Cache::builder().max_capacity(20_000).time_to_idle(Duration::from_secs(60)).build();
        Self { manager, issuer, keys: RwLock::default(), verified, reloaded: AtomicI64::new(0), looked: AtomicI64::new(0) }
    }

    /// Reads the keys; makes the first one.
    #[boxed(?Send)]
    pub async fn load(&self, master: &MasterKey) -> Result<()> {
        self.read(master).await?;
        if self.newest().is_err() {
            let (id, public, wrapped) = new_key(master)?;
            let cx = Context::system(Realm::Manager, None, "keyring");
            self.manager.write(&cx, async |tx| insert(tx, id, &public, &wrapped).await).await?;
            self.read(master).await?;
        }
        self.looked.store(self.manager.now().unix_seconds(), Ordering::Relaxed);
        Ok(())
    }

    /// Makes a new key; those there are sign nothing any more, and `at_once` they do not verify any token either. Answers its name.
    #[boxed(?Send)]
    pub async fn rotate(&self, master: &MasterKey, at_once: bool) -> Result<String> {
        let (id, public, wrapped) = new_key(master)?;
        let kid = id.simple().to_string();
        let retired = |tx: &Tx| if at_once { tx.now().plus_seconds(-OVERLAP) } else { tx.now() };
        let cx = Context::system(Realm::Manager, None, "keyring");
        self.manager
            .write(&cx, async |tx| {
                let mut sql = Sql::new("UPDATE idam_signing_keys SET retired_at = ");
                sql.bind(retired(tx)).push(" WHERE retired_at IS NULL");
                tx.raw_execute(sql).await?;
                if at_once {
                    // those that were to be believed a while longer, too
                    let mut sql = Sql::new("UPDATE idam_signing_keys SET retired_at = ");
                    sql.bind(retired(tx)).push(" WHERE retired_at > ").bind(retired(tx));
                    tx.raw_execute(sql).await?;
                }
                insert(tx, id, &public, &wrapped).await?;
                tx.audit(AuditEntry::new(Action::Execute, "auth.keys.rotate", "idam.signing_keys", &kid));
                Ok(())
            })
            .await?;
        self.read(master).await?;
        Ok(kid)
    }

    /// Reads the keys; makes none.
    #[boxed(?Send)]
    pub async fn read(&self, master: &MasterKey) -> Result<()> {
        let scope = self.manager.read(None).await?;
        let rows = scope.raw_all(Sql::new("SELECT kid, public_key, wrapped_key, retired_at FROM idam_signing_keys")).await?;
        let known = self.keys.read().map_err(Error::internal)?.clone();
        let mut keys = BTreeMap::new();
        for row in rows {
            let column = |name: &str| row.try_get::<Vec<u8>>("", name).map_err(Error::internal);
            let kid: String = row.try_get("", "kid").map_err(Error::internal)?;
            let retired: Option<Timestamp> = row.try_get("", "retired_at").map_err(Error::internal)?;
            let ends = retired.map_or(i64::MAX, |at| at.plus_seconds(OVERLAP).unix_seconds());
            let key = match known.get(&kid) {
                // the same key, so that tokens found good before end with it
                Some(key) => key.clone(),
                None => {
                    let pkcs8 = if retired.is_none() { Some(master.open(LABEL, &column("wrapped_key")?)?) } else { None };
                    Arc::new(SigningKey { pkcs8, public: column("public_key")?, ends: AtomicI64::new(ends) })
                }
            };
            key.ends.store(ends, Ordering::Relaxed);
            keys.insert(kid, key);
        }
        *self.keys.write().map_err(Error::internal)? = keys;
        Ok(())
    }

    fn newest(&self) -> Result<(String, Arc<SigningKey>)> {
        let keys = self.keys.read().map_err(Error::internal)?;
        // kids are version 7 ids: the last is the newest
        let newest = keys.iter().rfind(|(_, key)| key.signs().is_some());
        newest.map(|(kid, key)| (kid.clone(), key.clone())).ok_or_else(|| Error::unavailable("no signing key yet"))
    }

    pub fn issue(&self, mut claims: Claims) -> Result<String> {
        let (kid, key) = self.newest()?;
        claims.iss.clone_from(&self.issuer);
        token::sign(&claims, &kid, key.signs().unwrap_or_default())
    }

    /// Signs something that is no token, with the newest key: the key's name and the signature.
    pub fn sign(&self, message: &[u8]) -> Result<(String, Vec<u8>)> {
        let (kid, key) = self.newest()?;
        let pair = Ed25519KeyPair::from_pkcs8(key.signs().unwrap_or_default()).map_err(|_| Error::internal("signing key"))?;
        Ok((kid, pair.sign(&statement(message)).as_ref().to_vec()))
    }

    /// Whether a key of ours, in use or retired, has signed this.
    pub fn verify(&self, kid: &str, message: &[u8], signature: &[u8]) -> bool {
        self.public(kid).is_some_and(|public| UnparsedPublicKey::new(&ED25519, public).verify(&statement(message), signature).is_ok())
    }

    /// The public half of any key there ever was.
    pub fn public(&self, kid: &str) -> Option<Vec<u8>> {
        Some(self.keys.read().ok()?.get(kid)?.public.clone())
    }

    /// Whether a token names a key this node has not read: another node may have made it.
    pub fn is_of_unknown_key(&self, text: &str) -> bool {
        token::kid_of(text).is_some_and(|kid| self.public(&kid).is_none())
    }

    /// Reads the keys again, at most once in a while: a made-up key must not cost a query.
    #[boxed(?Send)]
    pub async fn reload(&self, master: &MasterKey, now: i64) -> Result<()> {
        // only a reading moves the mark: a flood of made-up keys must not keep a real one from being read
        let due = self.reloaded.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| (now - last >= RELOAD).then_some(now));
        if due.is_ok() { self.read(master).await } else { Ok(()) }
    }

    /// Looks, every half minute, whether a key was retired or a secret exchanged elsewhere. What cannot be asked stays as it was.
    #[boxed(?Send)]
    pub async fn keep_fresh(&self, master: &MasterKey, now: i64) {
        let last = self.looked.load(Ordering::Relaxed);
        if (now - last).abs() < FRESH {
            return;
        }
        // before the mark moves: whoever sees it moved seals with the newest secret already
        master.reread();
        if self.looked.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
            && let Err(error) = self.read(master).await
        {
            tracing::debug!(%error, "the signing keys could not be looked at");
            self.looked.store(now - FRESH + RELOAD, Ordering::Relaxed);
        }
    }

    /// The claims of a token that is ours and whole; it may have expired by `now`.
    pub fn claims(&self, text: &str, now: i64) -> Option<Arc<Claims>> {
        let (claims, key) = match self.verified.get(text) {
            Some(known) => known,
            None => {
                let key = self.keys.read().ok()?.get(&token::kid_of(text)?)?.clone();
                let known = (Arc::new(token::verify(text, &key.public, &self.issuer)?), key);
                self.verified.insert(text.to_owned(), known.clone());
                known
            }
        };
        (claims.are_of(now) && key.verifies(now)).then_some(claims)
    }

    /// The public halves of the keys that verify tokens, as `/.well-known/jwks.json` shows them (RFC 8037).
    pub fn jwks(&self, now: i64) -> Value {
        let keys = self.keys.read().map(|keys| {
            keys.iter()
                .filter(|(_, key)| key.verifies(now))
                .map(|(kid, key)| json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": URL_SAFE_NO_PAD.encode(&key.public)}))
                .collect::<Vec<_>>()
        });
        json!({"keys": keys.unwrap_or_default()})
    }
}
