//! Somebody who holds one of our signing keys and writes with it what he likes.

use super::super::part;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Realm;
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use store::{Context, Sql, new_id};
use testkit::{Caller, TestApp};

/// A pair of keys whose public half the installation believes: so a refusal is for what is wrong with the token, not for its signature.
pub struct Forger {
    pair: Ed25519KeyPair,
    pub kid: String,
    /// Header and claims of a good token.
    pub head: Value,
    pub claims: Value,
}

pub fn encode(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

pub fn new_pair() -> Ed25519KeyPair {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap()
}

impl Forger {
    /// Puts a key of his own among those of the installation: as one just retired, because of such only the public half is read.
    pub async fn among_the_keys_of(app: &TestApp, whose: &Caller) -> Self {
        let (pair, id, now) = (new_pair(), new_id(), app.now());
        let public = pair.public_key().as_ref().to_vec();
        app.database(Realm::Manager)
            .write(&Context::system(Realm::Manager, None, "forger"), async |tx| {
                let mut sql = Sql::new("INSERT INTO idam_signing_keys (id, kid, public_key, wrapped_key, created_at, retired_at) VALUES (");
                sql.bind(id).push(", ").bind(id.simple().to_string()).push(", ").bind(public.clone()).push(", ").bind(public.clone());
                sql.push(", ").bind(now).push(", ").bind(now).push(")");
                tx.raw_execute(sql).await.map(|_| ())
            })
            .await
            .unwrap();
        let kid = id.simple().to_string();
        let token = whose.token.as_deref().unwrap();
        let (mut head, claims) = (part(token, 0), part(token, 1));
        head["kid"] = json!(kid);
        Self { pair, kid, head, claims }
    }

    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Header and claims exactly as they stand there, under a good signature.
    pub fn sign(&self, head: &str, claims: &str) -> String {
        let message = format!("{}.{}", encode(head), encode(claims));
        format!("{message}.{}", encode(self.pair.sign(message.as_bytes()).as_ref()))
    }

    /// A good token.
    pub fn good(&self) -> String {
        self.sign(&self.head.to_string(), &self.claims.to_string())
    }

    pub fn with_head(&self, head: &Value) -> String {
        self.sign(&head.to_string(), &self.claims.to_string())
    }

    /// The good header with one field another, or without it.
    pub fn head_with(&self, field: &str, value: Option<Value>) -> String {
        self.with_head(&changed(&self.head, field, value))
    }

    /// The good claims with one of them another, or without it.
    pub fn claims_with(&self, field: &str, value: Option<Value>) -> String {
        self.sign(&self.head.to_string(), &changed(&self.claims, field, value).to_string())
    }
}

fn changed(object: &Value, field: &str, value: Option<Value>) -> Value {
    let mut object = object.clone();
    let fields = object.as_object_mut().unwrap();
    match value {
        Some(value) => drop(fields.insert(field.to_owned(), value)),
        None => drop(fields.remove(field)),
    }
    object
}
