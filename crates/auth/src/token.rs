//! Access tokens: JWT, EdDSA by `kid`, fifteen minutes.
//!
//! `jsonwebtoken` brings no cryptography of its own here: its `aws_lc_rs` feature costs
//! minutes of C, its `rust_crypto` an `rsa` with an open advisory. `ring`, which TLS of the
//! database driver brings anyway, signs and verifies.

use crate::Platform;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, EncodingKey, Header, Validation,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::ErrorKind,
    signature,
};
use kernel::{Error, Realm, Result};
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Seconds an access token lives that somebody gets by signing in.
pub const ACCESS_TOKEN_LIFE: i64 = 15 * 60;
/// Seconds without a refresh after which a session ends.
pub const SESSION_IDLE: i64 = 7 * 24 * 60 * 60;
/// Seconds any token lives.
const LONGEST_LIFE: i64 = crate::impersonation::LONGEST * 60;
/// What may stand before and after the edges of a token's life, for clocks that differ.
const LEEWAY: u64 = 5;
/// Seconds the clock of the node that made a token may go before that of the one that reads it.
const AHEAD: i64 = 60;
/// A token of ours is far shorter; a longer one is not looked at.
const LONGEST: usize = 4096;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: Uuid,
    pub sid: Uuid,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tid: Option<Uuid>,
    pub realm: Realm,
    pub iat: i64,
    pub exp: i64,
    pub jti: Uuid,
}

impl Claims {
    /// Whether it is a life that we give: no longer than an hour (acting as somebody else; signing in gives fifteen minutes), begun by now,
    /// not over. Clocks of nodes differ a little.
    pub fn are_of(&self, now: i64) -> bool {
        now < self.exp && self.exp.checked_sub(self.iat).is_some_and(|life| life <= LONGEST_LIFE) && self.iat <= now.saturating_add(AHEAD)
    }
}

impl Platform {
    /// An access token for a session that was opened by signing in, in the transaction that commits before. For the crate `signin`.
    pub fn issue_access_token(&self, realm: Realm, tenant: Option<Uuid>, user: Uuid, session: Uuid) -> Result<String> {
        let iat = self.now().unix_seconds();
        let (aud, exp) = (AUDIENCE.to_owned(), iat + ACCESS_TOKEN_LIFE);
        self.keyring.issue(Claims { iss: String::new(), aud, sub: user, sid: session, tid: tenant, realm, iat, exp, jti: store::new_id() })
    }
}

/// All that the header of a token of ours has, each once. Whatever stands there besides (`jku`, `jwk`, `crit`, …) asks for something that
/// this program does not do, and must not be passed over in silence.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
}

pub(crate) const AUDIENCE: &str = "cxg";

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| match (algorithm, key.family()) {
        (Algorithm::EdDSA, AlgorithmFamily::Ed) => {
            let pair = Ed25519KeyPair::from_pkcs8(key.as_bytes()).map_err(|_| ErrorKind::InvalidKeyFormat)?;
            Ok(Box::new(Signer(pair)))
        }
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    verifier_factory: |algorithm, key| match (algorithm, key.family()) {
        (Algorithm::EdDSA, AlgorithmFamily::Ed) => {
            Ok(Box::new(Verifier(UnparsedPublicKey::new(&ED25519, key.try_get_as_bytes()?.to_vec()))))
        }
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    key_utils: KeyUtils::new_unimplemented(),
};

struct Signer(Ed25519KeyPair);
impl signature::Signer<Vec<u8>> for Signer {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}
impl JwtSigner for Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct Verifier(UnparsedPublicKey<Vec<u8>>);
impl signature::Verifier<Vec<u8>> for Verifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        self.0.verify(message, signature).map_err(|_| signature::Error::new())
    }
}
impl JwtVerifier for Verifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

/// Makes ring the provider; the first call decides, further ones change nothing.
pub(crate) fn install_provider() {
    let _ = RING.install_default();
}

pub(crate) fn sign(claims: &Claims, kid: &str, pkcs8: &[u8]) -> Result<String> {
    let header = Header { typ: Some("at+jwt".to_owned()), kid: Some(kid.to_owned()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(pkcs8)).map_err(Error::internal)
}

/// The `kid` of a token that has our shape; nothing is verified yet.
pub(crate) fn kid_of(token: &str) -> Option<String> {
    if token.len() > LONGEST {
        return None;
    }
    let head = URL_SAFE_NO_PAD.decode(token.split_once('.')?.0).ok()?;
    let head: Head = serde_json::from_slice(&head).ok()?;
    (head.alg == "EdDSA" && head.typ == "at+jwt").then_some(head.kid)
}

pub(crate) fn verify(token: &str, public: &[u8], issuer: &str) -> Option<Claims> {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.leeway = LEEWAY;
    rules.validate_nbf = true;
    rules.set_audience(&[AUDIENCE]);
    rules.set_issuer(&[issuer]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_ed_der(public), &rules).ok().map(|token| token.claims)
}

#[cfg(test)]
mod tests {
    use super::{AUDIENCE, Claims, install_provider, kid_of, sign, verify};
    use kernel::Realm;
    use ring::signature::{Ed25519KeyPair, KeyPair};
    use uuid::Uuid;

    /// RFC 8037, appendix A.4: so that signing and verifying are not merely consistent.
    #[test]
    fn the_vector_of_rfc_8037_verifies() {
        let public =
            base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
                .unwrap();
        let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        install_provider();
        let key = jsonwebtoken::DecodingKey::from_ed_der(&public);
        assert!(jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, jsonwebtoken::Algorithm::EdDSA).unwrap());
    }

    #[test]
    fn a_token_is_believed_only_whole_fresh_and_ours() {
        install_provider();
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
        let public = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap().public_key().as_ref().to_vec();
        let claims = Claims {
            iss: "http://me".into(),
            aud: AUDIENCE.into(),
            sub: Uuid::max(),
            sid: Uuid::nil(),
            tid: None,
            realm: Realm::Manager,
            iat: 0,
            exp: 4_000_000_000,
            jti: Uuid::nil(),
        };
        let token = sign(&claims, "k1", pkcs8.as_ref()).unwrap();
        assert_eq!(kid_of(&token).as_deref(), Some("k1"));
        assert_eq!(verify(&token, &public, "http://me").unwrap().sub, Uuid::max());
        assert!(verify(&token, &public, "http://another").is_none());
        assert!(verify(&token[..token.len() - 2], &public, "http://me").is_none());
        let old = sign(&Claims { exp: 1, ..claims }, "k1", pkcs8.as_ref()).unwrap();
        assert!(verify(&old, &public, "http://me").is_none());
        let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiazEifQ.{}.", token.split('.').nth(1).unwrap());
        assert_eq!(kid_of(&none), None);
        assert_eq!(kid_of(&"a".repeat(100_000)), None);
    }
}
