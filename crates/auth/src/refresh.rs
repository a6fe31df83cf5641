//! Refresh tokens: opaque, one use each, and they carry their company and session, so that
//! both are known before a row is read.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Result;
use ring::{digest, hmac};
use store::random_bytes;
use uuid::Uuid;

/// Seconds in which the direct parent may come again: its answer may have been lost.
pub(crate) const GRACE: i64 = 10;
/// Seconds without use after which a session ends.
pub(crate) const IDLE: i64 = 7 * 24 * 60 * 60;
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
}

impl RefreshToken {
    pub fn first(tenant: Option<Uuid>, session: Uuid) -> Result<Self> {
        Ok(Self { tenant, session, generation: 0, secret: random_bytes()? })
    }

    /// The next of its family: the same parent always has the same child, so that a client
    /// whose answer was lost gets the very token it missed.
    pub fn child(&self, key: &hmac::Key) -> Self {
        let mut secret = [0; 32];
        secret.copy_from_slice(hmac::sign(key, &[b"child".as_slice(), &self.body()].concat()).as_ref());
        Self { generation: self.generation + 1, secret, ..self.clone() }
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

    pub fn write(&self, key: &hmac::Key) -> String {
        let tag = hmac::sign(key, &self.tagged());
        let bytes = [self.body().as_slice(), tag.as_ref()].concat();
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// `None` for whatever we have not issued.
    pub fn read(text: &str, key: &hmac::Key) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX).filter(|rest| rest.len() < 200)?).ok()?;
        let (tenant, rest) = bytes.split_first_chunk::<16>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let (generation, rest) = rest.split_first_chunk::<4>()?;
        let (secret, tag) = rest.split_first_chunk::<32>()?;
        let tenant = Some(Uuid::from_bytes(*tenant)).filter(|id| !id.is_nil());
        let token = Self { tenant, session: Uuid::from_bytes(*session), generation: u32::from_be_bytes(*generation), secret: *secret };
        hmac::verify(key, &token.tagged(), tag).ok().map(|()| token)
    }
}

#[cfg(test)]
mod tests {
    use super::RefreshToken;
    use ring::hmac;
    use uuid::Uuid;

    #[test]
    fn a_token_is_read_back_and_nothing_else_is() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"key");
        for tenant in [None, Some(Uuid::now_v7())] {
            let token = RefreshToken::first(tenant, Uuid::now_v7()).unwrap();
            let text = token.write(&key);
            assert_eq!(RefreshToken::read(&text, &key).as_ref(), Some(&token));
            assert_eq!(token.child(&key), token.child(&key));
            assert_ne!(token.child(&key).hash(), token.hash());
            assert_eq!(token.child(&key).generation, 1);
            let other = hmac::Key::new(hmac::HMAC_SHA256, b"other");
            assert_eq!(RefreshToken::read(&text, &other), None);
            let mut bent = text.clone().into_bytes();
            bent[20] ^= 1;
            assert_eq!(RefreshToken::read(&String::from_utf8(bent).unwrap(), &key), None);
        }
        for bad in ["", "cxr_", "cxr_!!!!", "xyz", &format!("cxr_{}", "A".repeat(5000))] {
            assert_eq!(RefreshToken::read(bad, &key), None);
        }
    }
}
