//! Secrets at rest: AES-256-GCM under a key derived from `CXG_SECRET_KEY`.

use kernel::{Error, Result};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac,
};
use store::random_bytes;

/// What is derived from the one secret of an installation.
pub struct MasterKey {
    sealing: LessSafeKey,
    /// Children of refresh tokens are computed with it.
    pub refresh: hmac::Key,
    /// Tags and hashes what signing in gives away beside refresh tokens: devices, one-time tokens, recovery codes.
    pub tokens: hmac::Key,
}

struct Length(usize);
impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl MasterKey {
    /// From the text of `CXG_SECRET_KEY`, at least 32 characters.
    pub fn new(secret: &str) -> Result<Self> {
        if secret.len() < 32 {
            return Err(Error::internal("CXG_SECRET_KEY needs at least 32 characters"));
        }
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"cxg").extract(secret.as_bytes());
        let derive = |purpose: &'static [u8]| -> Result<[u8; 32]> {
            let mut key = [0; 32];
            root.expand(&[purpose], Length(32)).and_then(|okm| okm.fill(&mut key)).map_err(|_| Error::internal("key derivation"))?;
            Ok(key)
        };
        let sealing = UnboundKey::new(&AES_256_GCM, &derive(b"seal")?).map_err(|_| Error::internal("sealing key"))?;
        let hmac_key = |purpose| derive(purpose).map(|key| hmac::Key::new(hmac::HMAC_SHA256, &key));
        Ok(Self { sealing: LessSafeKey::new(sealing), refresh: hmac_key(b"refresh")?, tokens: hmac_key(b"tokens")? })
    }

    /// `label` says what it is; a value moved to another place does not open.
    pub fn seal(&self, label: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let nonce = random_bytes::<NONCE_LEN>()?;
        let mut sealed = plain.to_vec();
        self.sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(label), &mut sealed)
            .map_err(|_| Error::internal("sealing"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub fn open(&self, label: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let wrong = || Error::internal("a sealed secret does not open: CXG_SECRET_KEY is not the one it was sealed with");
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(wrong)?;
        let mut buffer = rest.to_vec();
        let plain = self.sealing.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(label), &mut buffer).map_err(|_| wrong())?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::MasterKey;

    #[test]
    fn only_the_same_key_and_label_open() {
        let key = MasterKey::new("0123456789abcdef0123456789abcdef").unwrap();
        let sealed = key.seal("signing-key", b"secret").unwrap();
        assert_eq!(key.open("signing-key", &sealed).unwrap(), b"secret");
        assert!(key.open("another", &sealed).is_err());
        assert!(MasterKey::new("another-0123456789abcdef012345678").unwrap().open("signing-key", &sealed).is_err());
        assert!(MasterKey::new("short").is_err());
    }
}
