//! `/api/v1/{manager,tenants}/auth`: signing in, staying signed in, being put out.

mod letters;
mod lockout;
mod login;
pub mod mfa;
mod nodes;
mod passwords;
mod refresh;
mod register;
mod smtp;
mod spelling;
mod suspension;
mod tokens;
mod visits;

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
