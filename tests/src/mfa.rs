//! The second factor of a story.

use serde_json::{Value, json};
use testkit::{Answer, Caller, PASSWORD, TestApp};
use totp_rs::{Builder, Secret};

/// An authenticator app.
pub struct App {
    /// In base 32, as it was shown.
    pub secret: String,
    /// The codes for when the device is lost.
    pub recovery: Vec<String>,
}

impl App {
    /// The code of now; asked for twice it would be the same, and used.
    pub fn code(&self, app: &TestApp) -> String {
        let secret = Secret::try_from_base32(&self.secret).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        totp.generate(u64::try_from(app.now().unix_seconds()).unwrap()).to_string()
    }

    /// The code of the next step.
    pub fn next_code(&self, app: &TestApp) -> String {
        app.clock().advance(30);
        self.code(app)
    }
}

/// A path of signing in.
pub fn path(realm: &str, rest: &str) -> String {
    format!("/api/v1/{realm}/auth/{rest}")
}

/// Turns the second factor of a caller on.
pub async fn turned_on(app: &TestApp, caller: &Caller, realm: &str) -> App {
    let enrolled = caller.post(&path(realm, "mfa/enroll"), &json!({"current_password": PASSWORD})).await.ok(200);
    let mut made = App { secret: enrolled["secret"].as_str().unwrap().to_owned(), recovery: Vec::new() };
    assert!(enrolled["otpauth_url"].as_str().unwrap().contains(&format!("secret={}&issuer=CXG", made.secret)), "{enrolled}");
    let confirmed = caller.post(&path(realm, "mfa/confirm"), &json!({"code": made.next_code(app)})).await.ok(200);
    made.recovery = confirmed["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    made
}

/// Signs in with the password alone; gives the token of half a sign-in.
pub async fn half(app: &TestApp, company: Option<&str>, username: &str) -> Value {
    let answer = app.stranger().try_sign_in(company, username, PASSWORD).await;
    let half = answer.ok(200);
    assert_eq!((&half["mfa_required"], half["access_token"].is_null(), answer.header("set-cookie")), (&json!(true), true, ""), "{half}");
    half["mfa_token"].clone()
}

/// Shows a code for the other half.
pub async fn show(app: &TestApp, realm: &str, token: &Value, code: &str) -> Answer {
    app.stranger().post(&path(realm, "login/mfa"), &json!({"mfa_token": token, "code": code})).await
}
