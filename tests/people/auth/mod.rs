//! `/api/v1/{manager,tenants}/auth`: signing in, staying signed in, being put out.

mod credentials;
mod emails;
mod forged;
mod lockout;
mod login;
mod mfa;
mod names;
mod nodes;
mod passwords;
mod refresh;
mod refresh_model;
mod register;
mod sign_in_log;
mod smtp;
mod spelling;
mod suspension;
mod tokens;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use testkit::Answer;

/// An error as its caller can tell it from another: what differs by nature left out.
fn told(answer: &Answer) -> Value {
    let mut body = answer.json.clone();
    for key in ["timestamp", "request_id"] {
        body.as_object_mut().unwrap().remove(key);
    }
    body
}

/// Header (0) or claims (1) of an access token.
fn part(token: &str, at: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
}
