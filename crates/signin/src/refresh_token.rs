//! Refresh tokens: opaque, one use each, and they carry their company and session, so that
//! both are known before a row is read.

use auth::{KeyId, Tags};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Result;
use ring::digest;
use store::random_bytes;
use uuid::Uuid;

/// Seconds in which the direct parent may come again: its answer may have been lost.
pub(crate) const GRACE: i64 = 10;
/// Seconds after which a session ends in any case.
pub(crate) const ABSOLUTE: i64 = 30 * 24 * 60 * 60;

const PREFIX: &str = "cxr_";

/// A token that we have issued: its tag says so. Whether it is still of use, its session says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    pub tenant: Option<Uuid>,
    pub session: Uuid,
    pub generation: u32,
    secret: [u8; 32],
    /// Whose tag it came with; none of one that was made here.
    by: Option<KeyId>,
}

impl RefreshToken {
    pub fn first(tenant: Option<Uuid>, session: Uuid) -> Result<Self> {
        Ok(Self { tenant, session, generation: 0, secret: random_bytes()?, by: None })
    }

    /// The next of its family: the same parent always has the same child, so that a client
    /// whose answer was lost gets the very token it missed. Hence it is computed with the key
    /// of the parent's tag, whatever key is the newest meanwhile.
    pub fn child(&self, keys: &Tags) -> Result<Self> {
        let message = [b"child".as_slice(), &self.body()].concat();
        let computed = match self.by {
            Some(key) => keys.sign_with(key, &message)?,
            None => keys.sign(&message)?,
        };
        let mut secret = [0; 32];
        secret.copy_from_slice(computed.as_ref());
        Ok(Self { generation: self.generation + 1, secret, by: None, ..self.clone() })
    }

    /// What is stored of it.
    pub fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &self.body()).as_ref().to_vec()
    }

    fn body(&self) -> Vec<u8> {
        let tenant = self.tenant.unwrap_or_default();
        [tenant.as_bytes().as_slice(), self.session.as_bytes(), &self.generation.to_be_bytes(), &self.secret].concat()
    }

    fn tagged(&self) -> Vec<u8> {
        [b"tag".as_slice(), &self.body()].concat()
    }

    pub fn write(&self, keys: &Tags) -> Result<String> {
        let tag = keys.sign(&self.tagged())?;
        let bytes = [self.body().as_slice(), tag.as_ref()].concat();
        Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// `None` for whatever we have not issued.
    pub fn read(text: &str, keys: &Tags) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX).filter(|rest| rest.len() < 200)?).ok()?;
        let (tenant, rest) = bytes.split_first_chunk::<16>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let (generation, rest) = rest.split_first_chunk::<4>()?;
        let (secret, tag) = rest.split_first_chunk::<32>()?;
        let tenant = Some(Uuid::from_bytes(*tenant)).filter(|id| !id.is_nil());
        let (session, generation) = (Uuid::from_bytes(*session), u32::from_be_bytes(*generation));
        let token = Self { tenant, session, generation, secret: *secret, by: None };
        let by = keys.verify(&token.tagged(), tag)?;
        Some(Self { by: Some(by), ..token })
    }
}

#[cfg(test)]
mod tests {
    use super::RefreshToken;
    use crate::tests::master_key;
    use uuid::Uuid;

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    #[test]
    fn a_token_is_read_back_and_nothing_else_is() {
        let key = master_key(OLD).refresh;
        for tenant in [None, Some(Uuid::now_v7())] {
            let token = RefreshToken::first(tenant, Uuid::now_v7()).unwrap();
            let text = token.write(&key).unwrap();
            let read = RefreshToken::read(&text, &key).unwrap();
            assert_eq!((read.tenant, read.session, read.hash()), (token.tenant, token.session, token.hash()));
            assert_eq!(read.child(&key).unwrap(), token.child(&key).unwrap());
            assert_ne!(read.child(&key).unwrap().hash(), token.hash());
            assert_eq!(read.child(&key).unwrap().generation, 1);
            let other = master_key(NEW).refresh;
            assert_eq!(RefreshToken::read(&text, &other), None);
            let mut bent = text.clone().into_bytes();
            bent[20] ^= 1;
            assert_eq!(RefreshToken::read(&String::from_utf8(bent).unwrap(), &key), None);
        }
        for bad in ["", "cxr_", "cxr_!!!!", "xyz", &format!("cxr_{}", "A".repeat(5000))] {
            assert_eq!(RefreshToken::read(bad, &key), None);
        }
    }

    #[test]
    fn another_secret_signs_nobody_out() {
        let (old, both) = (master_key(OLD).refresh, master_key(&format!("{NEW} {OLD}")).refresh);
        let text = RefreshToken::first(None, Uuid::now_v7()).unwrap().write(&old).unwrap();
        let child = RefreshToken::read(&text, &both).unwrap().child(&both).unwrap();
        assert_eq!(child, RefreshToken::read(&text, &old).unwrap().child(&old).unwrap(), "the same, before and after");
        // from then on the old one is not needed
        let new = master_key(NEW).refresh;
        assert_eq!(RefreshToken::read(&child.write(&both).unwrap(), &new).unwrap().hash(), child.hash());
        assert_eq!(RefreshToken::read(&text, &new), None);
    }
}
