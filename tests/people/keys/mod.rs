//! Keys are exchanged while everything serves, and nobody is signed out by it.

mod secret;
mod signing;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use testkit::Caller;

/// Name of the key that signed a caller's token.
fn kid(caller: &Caller) -> String {
    let token = caller.token.as_deref().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// Names of the keys whose tokens are to be believed.
async fn published(caller: &Caller) -> Vec<String> {
    let keys = caller.get("/.well-known/jwks.json").await.json["keys"].clone();
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn me(caller: &Caller) -> u16 {
    caller.get("/api/v1/manager/auth/me").await.status
}
