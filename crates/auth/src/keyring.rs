use crate::{
    sealed::MasterKey,
    token::{self, Claims},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Error, Realm, Result};
use moka::sync::Cache;
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair},
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
use store::{Context, Database, Sql, new_id};

const LABEL: &str = "signing-key";
/// Seconds between two readings of the keys for the sake of an unknown one.
const RELOAD: i64 = 2;

struct SigningKey {
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

/// The keys that sign access tokens, wrapped in `idam_signing_keys`, shared by all nodes.
pub(crate) struct Keyring {
    manager: Database,
    issuer: String,
    keys: RwLock<BTreeMap<String, Arc<SigningKey>>>,
    /// Tokens whose signature was found good: it stays good, while verifying it again costs
    /// as much as the rest of a small request. Expiry is looked at each time.
    verified: Cache<String, Arc<Claims>>,
    /// When the keys were read again, Unix seconds.
    reloaded: AtomicI64,
}

impl Keyring {
    pub fn new(manager: Database, issuer: String) -> Self {
        token::install_provider();
        let verified = Cache::builder().max_capacity(20_000).time_to_idle(Duration::from_secs(60)).build();
        Self { manager, issuer, keys: RwLock::default(), verified, reloaded: AtomicI64::new(0) }
    }

    /// Reads the keys; makes the first one.
    pub async fn load(&self, master: &MasterKey) -> Result<()> {
        if self.read(master).await? == 0 {
            let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| Error::internal("no signing key"))?;
            let public =
                Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).map_err(|_| Error::internal("no signing key"))?.public_key().as_ref().to_vec();
            let id = new_id();
            let wrapped = master.seal(LABEL, pkcs8.as_ref())?;
            let cx = Context::system(Realm::Manager, None, "keyring");
            self.manager
                .write(&cx, async |tx| {
                    let mut sql = Sql::new("INSERT INTO idam_signing_keys (id, kid, public_key, wrapped_key, created_at) VALUES (");
                    sql.bind(id).push(", ").bind(id.simple().to_string()).push(", ").bind(public.clone()).push(", ");
                    sql.bind(wrapped.clone()).push(", ").bind(tx.now()).push(")");
                    tx.raw_execute(sql).await
                })
                .await?;
            self.read(master).await?;
        }
        Ok(())
    }

    async fn read(&self, master: &MasterKey) -> Result<usize> {
        let scope = self.manager.read(None).await?;
        let mut keys = BTreeMap::new();
        for row in scope.raw_all(Sql::new("SELECT kid, public_key, wrapped_key FROM idam_signing_keys ORDER BY created_at")).await? {
            let column = |name: &str| row.try_get::<Vec<u8>>("", name).map_err(Error::internal);
            let key = SigningKey { public: column("public_key")?, pkcs8: master.open(LABEL, &column("wrapped_key")?)? };
            keys.insert(row.try_get("", "kid").map_err(Error::internal)?, Arc::new(key));
        }
        let count = keys.len();
        *self.keys.write().map_err(Error::internal)? = keys;
        Ok(count)
    }

    fn newest(&self) -> Result<(String, Arc<SigningKey>)> {
        let keys = self.keys.read().map_err(Error::internal)?;
        // kids are version 7 ids: the last is the newest
        keys.last_key_value().map(|(kid, key)| (kid.clone(), key.clone())).ok_or_else(|| Error::unavailable("no signing key yet"))
    }

    pub fn issue(&self, mut claims: Claims) -> Result<String> {
        let (kid, key) = self.newest()?;
        claims.iss.clone_from(&self.issuer);
        token::sign(&claims, &kid, &key.pkcs8)
    }

    /// Whether a token names a key this node has not read: another node may have made it.
    pub fn is_of_unknown_key(&self, text: &str) -> bool {
        token::kid_of(text).is_some_and(|kid| self.keys.read().is_ok_and(|keys| !keys.contains_key(&kid)))
    }

    /// Reads the keys again, at most once in a while: a made-up key must not cost a query.
    pub async fn reload(&self, master: &MasterKey, now: i64) -> Result<()> {
        // only a reading moves the mark: a flood of made-up keys must not keep a real one from being read
        let due = self.reloaded.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| (now - last >= RELOAD).then_some(now));
        if due.is_ok() { self.read(master).await.map(|_| ()) } else { Ok(()) }
    }

    /// The claims of a token that is ours and whole; it may have expired by `now`.
    pub fn claims(&self, text: &str, now: i64) -> Option<Arc<Claims>> {
        let claims = match self.verified.get(text) {
            Some(known) => known,
            None => {
                let key = self.keys.read().ok()?.get(&token::kid_of(text)?)?.clone();
                let claims = Arc::new(token::verify(text, &key.public, &self.issuer)?);
                self.verified.insert(text.to_owned(), claims.clone());
                claims
            }
        };
        (now < claims.exp).then_some(claims)
    }

    /// Signs with the newest key: its id and the signature.
    pub fn sign(&self, message: &[u8]) -> Result<(String, Vec<u8>)> {
        let (kid, key) = self.newest()?;
        let pair = Ed25519KeyPair::from_pkcs8(&key.pkcs8).map_err(Error::internal)?;
        Ok((kid, pair.sign(message).as_ref().to_vec()))
    }

    /// The public half of a key.
    pub fn public(&self, kid: &str) -> Option<Vec<u8>> {
        self.keys.read().ok()?.get(kid).map(|key| key.public.clone())
    }

    /// The public halves, as `/.well-known/jwks.json` shows them (RFC 8037).
    pub fn jwks(&self) -> Value {
        let keys = self.keys.read().map(|keys| {
            keys.iter()
                .map(|(kid, key)| json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": URL_SAFE_NO_PAD.encode(&key.public)}))
                .collect::<Vec<_>>()
        });
        json!({"keys": keys.unwrap_or_default()})
    }
}
