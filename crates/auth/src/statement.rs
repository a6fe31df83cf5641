//! Statements of the platform: what it signs for others to verify, heads of the audit first.

use crate::Platform;
use kernel::Result;
use ring::signature::{ED25519, UnparsedPublicKey};

/// What is signed for a message. The words in front keep a statement from being taken for an
/// access token and the reverse.
#[must_use]
pub fn statement(message: &[u8]) -> Vec<u8> {
    [b"cxg-statement\n".as_slice(), message].concat()
}

impl Platform {
    /// Signs with the newest key: its id and the signature.
    pub fn sign_statement(&self, message: &[u8]) -> Result<(String, Vec<u8>)> {
        self.keyring.sign(&statement(message))
    }

    /// Whether a key of ours, a retired one too, has signed this.
    #[must_use]
    pub fn verify_statement(&self, kid: &str, message: &[u8], signature: &[u8]) -> bool {
        let key = self.keyring.public(kid);
        key.is_some_and(|key| UnparsedPublicKey::new(&ED25519, key).verify(&statement(message), signature).is_ok())
    }

    /// The public half of a key of ours, a retired one too.
    #[must_use]
    pub fn public_key(&self, kid: &str) -> Option<Vec<u8>> {
        self.keyring.public(kid)
    }
}
