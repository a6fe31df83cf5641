//! Secrets at rest: AES-256-GCM under keys derived from `CXG_SECRET_KEY`, of which there may be several while it is exchanged.

use kernel::{Error, Result};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac,
};
use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};
use store::random_bytes;

/// Stands before the id of the key and what was sealed. Values of the time before keys had ids have neither.
const MARK: [u8; 4] = *b"cxs1";

/// Which secret something was sealed or tagged with; derived from it, so that nobody has to keep a list.
pub type KeyId = [u8; 4];

/// Where the text of the secrets comes from: read at the start, and again when something was sealed with one that is not known yet.
#[derive(Clone)]
pub struct Secrets(Arc<dyn Fn() -> Result<String> + Send + Sync>);

impl Secrets {
    pub fn read_by(read: impl Fn() -> Result<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The single secrets in a text, newest first: one a line, or several in a line when each of them could stand alone. A line with
    /// shorter words in it is one secret, a phrase.
    pub fn split(text: &str) -> Result<Vec<&str>> {
        const LEAST: usize = 32;
        let mut secrets = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words = || line.split_whitespace();
            if words().all(|word| word.len() >= LEAST) {
                secrets.extend(words());
            } else {
                secrets.push(line);
            }
        }
        if secrets.is_empty() || secrets.iter().any(|secret| secret.len() < LEAST) {
            return Err(Error::internal("CXG_SECRET_KEY needs at least 32 characters"));
        }
        Ok(secrets)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// One secret, and what is derived from it.
struct Secret {
    id: KeyId,
    root: hkdf::Prk,
    sealing: LessSafeKey,
}

struct Length(usize);
impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Secret {
    fn new(text: &str) -> Result<Self> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"cxg").extract(text.as_bytes());
        let [a, b, c, d, ..] = derive(&root, b"id")?;
        let sealing = UnboundKey::new(&AES_256_GCM, &derive(&root, b"seal")?).map_err(|_| Error::internal("sealing key"))?;
        Ok(Self { id: [a, b, c, d], root, sealing: LessSafeKey::new(sealing) })
    }

    fn open(&self, label: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut buffer = rest.to_vec();
        let plain = self.sealing.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(label), &mut buffer).ok()?;
        Some(plain.to_vec())
    }
}

fn derive(root: &hkdf::Prk, purpose: &'static [u8]) -> Result<[u8; 32]> {
    let mut key = [0; 32];
    root.expand(&[purpose], Length(32)).and_then(|okm| okm.fill(&mut key)).map_err(|_| Error::internal("key derivation"))?;
    Ok(key)
}

/// The secrets as they were read last, newest first.
struct Ring {
    source: Secrets,
    secrets: RwLock<Arc<Vec<Secret>>>,
}

impl Ring {
    fn now(&self) -> Arc<Vec<Secret>> {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn read(source: &Secrets) -> Result<Vec<Secret>> {
        let text = (source.0)()?;
        let mut secrets = Secrets::split(&text)?;
        // the setting was once taken as it stands, with the newline that a file or a vault put behind it
        secrets.extend(Some(text.as_str()).filter(|text| text.trim() != *text));
        secrets.into_iter().map(Secret::new).collect()
    }

    /// Reads the secrets again. Whether they are others now; what cannot be read changes nothing.
    fn reread(&self) -> bool {
        let secrets = match Self::read(&self.source) {
            Ok(secrets) => secrets,
            Err(error) => {
                tracing::warn!(%error, "the secret key cannot be read again");
                return false;
            }
        };
        let mut known = self.secrets.write().unwrap_or_else(PoisonError::into_inner);
        let changed = !known.iter().map(|secret| secret.id).eq(secrets.iter().map(|secret| secret.id));
        if changed {
            *known = Arc::new(secrets);
        }
        changed
    }
}

/// What is derived from the secrets of an installation. The newest seals, all open. See [`crate::Platform::master_key`].
pub struct MasterKey {
    ring: Arc<Ring>,
    /// Tags refresh tokens, and computes their children.
    pub refresh: Tags,
    /// Tags and hashes what signing in gives away beside refresh tokens: devices, one-time tokens, counters of attempts.
    pub tokens: Tags,
}

impl MasterKey {
    /// From a text that does not change.
    #[cfg(test)]
    pub fn new(secret: &str) -> Result<Self> {
        let secret = secret.to_owned();
        Self::reading(Secrets::read_by(move || Ok(secret.clone())))
    }

    /// From a text that is read again when it may have changed.
    pub fn reading(source: Secrets) -> Result<Self> {
        let secrets = RwLock::new(Arc::new(Ring::read(&source)?));
        let ring = Arc::new(Ring { source, secrets });
        let tags = |purpose| Tags { ring: ring.clone(), purpose };
        Ok(Self { refresh: tags(b"refresh"), tokens: tags(b"tokens"), ring })
    }

    /// Looks whether there is a newer secret.
    pub fn reread(&self) {
        if self.ring.reread() {
            tracing::info!("the secret keys are others now");
        }
    }

    /// `label` says what it is; a value moved to another place does not open.
    pub fn seal(&self, label: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let secrets = self.ring.now();
        let newest = secrets.first().ok_or_else(|| Error::internal("no secret key"))?;
        let nonce = random_bytes::<NONCE_LEN>()?;
        let mut sealed = plain.to_vec();
        newest
            .sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(label), &mut sealed)
            .map_err(|_| Error::internal("sealing"))?;
        Ok([MARK.as_slice(), &newest.id, &nonce, &sealed].concat())
    }

    pub fn open(&self, label: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let plain = self.try_open(label, sealed).or_else(|| self.ring.reread().then(|| self.try_open(label, sealed)).flatten());
        plain.ok_or_else(|| Error::internal("a sealed secret does not open: CXG_SECRET_KEY is not the one it was sealed with"))
    }

    fn try_open(&self, label: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let secrets = self.ring.now();
        let marked = split(sealed).and_then(|(id, rest)| secrets.iter().find(|secret| secret.id == id)?.open(label, rest));
        // of the time before ids, beginning with a random number
        marked.or_else(|| secrets.iter().find_map(|secret| secret.open(label, sealed)))
    }

    /// Whether it was sealed with the newest secret.
    pub fn is_of_newest(&self, sealed: &[u8]) -> bool {
        split(sealed).is_some_and(|(id, _)| self.ring.now().first().is_some_and(|newest| newest.id == id))
    }
}

fn split(sealed: &[u8]) -> Option<(KeyId, &[u8])> {
    sealed.strip_prefix(&MARK)?.split_first_chunk::<4>().map(|(id, rest)| (*id, rest))
}

/// Authentication under keys derived for one purpose: the newest tags, all verify.
pub struct Tags {
    ring: Arc<Ring>,
    purpose: &'static [u8],
}

impl Tags {
    fn key(&self, secret: &Secret) -> Result<hmac::Key> {
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &derive(&secret.root, self.purpose)?))
    }

    /// The newest key itself, for what is made and looked up by the same one.
    pub fn newest(&self) -> Result<hmac::Key> {
        let secrets = self.ring.now();
        secrets.first().ok_or_else(|| Error::internal("no secret key")).and_then(|newest| self.key(newest))
    }

    /// All keys, the newest first.
    pub fn all(&self) -> Vec<hmac::Key> {
        self.ring.now().iter().filter_map(|secret| self.key(secret).ok()).collect()
    }

    /// The tag by the newest key.
    pub fn sign(&self, message: &[u8]) -> Result<hmac::Tag> {
        let secrets = self.ring.now();
        let newest = secrets.first().ok_or_else(|| Error::internal("no secret key"))?;
        Ok(hmac::sign(&self.key(newest)?, message))
    }

    /// The tag by a certain key.
    pub fn sign_with(&self, id: KeyId, message: &[u8]) -> Result<hmac::Tag> {
        let secrets = self.ring.now();
        let secret = secrets.iter().find(|secret| secret.id == id).ok_or_else(|| Error::internal("that secret key is gone"))?;
        Ok(hmac::sign(&self.key(secret)?, message))
    }

    /// By which key this is the message's tag. When by none, there may be a key that was not read yet.
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> Option<KeyId> {
        let by = || {
            let fits = |secret: &&Secret| self.key(secret).is_ok_and(|key| hmac::verify(&key, message, tag).is_ok());
            self.ring.now().iter().find(fits).map(|secret| secret.id)
        };
        by().or_else(|| self.ring.reread().then(by).flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::{MasterKey, Secrets};
    use std::sync::{Arc, Mutex};

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    #[test]
    fn only_the_same_key_and_label_open() {
        let key = MasterKey::new(OLD).unwrap();
        let sealed = key.seal("signing-key", b"secret").unwrap();
        assert_eq!(key.open("signing-key", &sealed).unwrap(), b"secret");
        assert!(key.open("another", &sealed).is_err());
        assert!(MasterKey::new("another-0123456789abcdef012345678").unwrap().open("signing-key", &sealed).is_err());
        assert!(MasterKey::new("short").is_err());
        for bad in [&sealed[..3], &sealed[..8], &sealed[..20], b""] {
            assert!(key.open("signing-key", bad).is_err());
        }
    }

    /// Sealed and tagged by the first version of this program: landed databases have such values.
    #[test]
    fn what_was_sealed_before_keys_had_ids_opens() {
        let sealed = [
            216, 49, 75, 61, 235, 234, 64, 19, 228, 126, 201, 118, 209, 62, 148, 146, 208, 40, 30, 8, 147, 148, 90, 229, 96, 76, 159, 97,
            227, 193, 189, 64, 129, 240,
        ];
        let tag = [
            48, 126, 9, 253, 94, 182, 217, 111, 48, 126, 104, 195, 184, 223, 61, 3, 30, 172, 31, 226, 40, 239, 146, 109, 108, 10, 103, 45,
            218, 4, 80, 168,
        ];
        for keys in [OLD.to_owned(), format!("{NEW} {OLD}"), format!("{NEW}\n{OLD}\n")] {
            let key = MasterKey::new(&keys).unwrap();
            assert_eq!(key.open("signing-key", &sealed).unwrap(), b"secret");
            assert!(!key.is_of_newest(&sealed), "it has no id");
            assert!(key.refresh.verify(b"x", &tag).is_some());
        }
        assert!(MasterKey::new(NEW).unwrap().refresh.verify(b"x", &tag).is_none());
    }

    #[test]
    fn a_newline_behind_the_key_was_once_part_of_it() {
        let raw = super::Secret::new(&format!("{OLD}\n")).unwrap();
        let nonce = [7; super::NONCE_LEN];
        let mut sealed = b"secret".to_vec();
        let at = super::Nonce::assume_unique_for_key(nonce);
        raw.sealing.seal_in_place_append_tag(at, super::Aad::from("x"), &mut sealed).unwrap();
        let sealed = [nonce.as_slice(), &sealed].concat();
        let key = MasterKey::new(&format!("{OLD}\n")).unwrap();
        assert_eq!(key.open("x", &sealed).unwrap(), b"secret");
        assert_eq!(MasterKey::new(OLD).unwrap().open("x", &key.seal("x", b"new").unwrap()).unwrap(), b"new");
    }

    #[test]
    fn the_first_key_seals_and_all_open() {
        let old = MasterKey::new(OLD).unwrap();
        let both = MasterKey::new(&format!("{NEW} {OLD}")).unwrap();
        let (before, after) = (old.seal("x", b"1").unwrap(), both.seal("x", b"2").unwrap());
        assert_eq!((both.open("x", &before).unwrap(), both.open("x", &after).unwrap()), (b"1".to_vec(), b"2".to_vec()));
        assert!(old.is_of_newest(&before) && both.is_of_newest(&after) && !both.is_of_newest(&before));
        assert!(old.open("x", &after).is_err());
        let tag = old.refresh.sign(b"m").unwrap();
        let by = both.refresh.verify(b"m", tag.as_ref()).unwrap();
        assert_eq!(both.refresh.sign_with(by, b"m").unwrap().as_ref(), tag.as_ref());
        assert_ne!(both.refresh.sign(b"m").unwrap().as_ref(), tag.as_ref());
        assert!(both.refresh.verify(b"n", tag.as_ref()).is_none());
    }

    #[test]
    fn a_key_that_is_not_known_is_read_again() {
        let text = Arc::new(Mutex::new(OLD.to_owned()));
        let source = text.clone();
        let key = MasterKey::reading(Secrets::read_by(move || Ok(source.lock().unwrap().clone()))).unwrap();
        let other = MasterKey::new(&format!("{NEW}\n{OLD}")).unwrap();
        let (sealed, tag) = (other.seal("x", b"1").unwrap(), other.refresh.sign(b"m").unwrap());
        assert!(key.open("x", &sealed).is_err() && key.refresh.verify(b"m", tag.as_ref()).is_none());
        *text.lock().unwrap() = format!("{NEW}\n{OLD}");
        assert!(key.refresh.verify(b"m", tag.as_ref()).is_some());
        assert_eq!(key.open("x", &sealed).unwrap(), b"1");
        // a file that is gone for a moment takes nothing away
        *text.lock().unwrap() = String::new();
        key.reread();
        assert_eq!(key.open("x", &sealed).unwrap(), b"1");
    }

    #[test]
    fn one_text_may_hold_several_keys() {
        let phrase = "a phrase of many words, as a person remembers it";
        for (text, keys) in [
            (format!("{NEW} {OLD}"), vec![NEW, OLD]),
            (format!("\n{NEW}\n\n  {OLD}\n"), vec![NEW, OLD]),
            (phrase.to_owned(), vec![phrase]),
            (format!("{NEW}\n{phrase}"), vec![NEW, phrase]),
        ] {
            assert_eq!(Secrets::split(&text).unwrap(), keys);
        }
        for bad in ["", " \n ", "short", &format!("{NEW}\nshort")] {
            assert!(Secrets::split(bad).is_err(), "{bad}");
        }
    }
}
