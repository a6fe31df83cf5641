//! Callers and answers: what a test sees of the platform.

use reqwest::{
    Client, Method,
    header::{HeaderMap, HeaderValue},
};
use serde_json::Value;
use std::{fmt, io::Read as _};
use uuid::Uuid;

/// Somebody who calls: a stranger, or one who signed in.
#[derive(Clone, Debug)]
pub struct Caller {
    pub client: Client,
    /// `http://127.0.0.1:12345`
    pub base: String,
    pub token: Option<String>,
    pub refresh_token: Option<String>,
    /// Of the user who signed in.
    pub user: Option<Uuid>,
    pub username: String,
}

/// A client that goes straight to the address, whatever proxies the machine has.
#[must_use]
pub(crate) fn client() -> Client {
    Client::builder().no_proxy().timeout(std::time::Duration::from_secs(60)).build().expect("a client")
}

impl Caller {
    /// Nobody in particular, at this address.
    #[must_use]
    pub fn stranger(base: impl Into<String>) -> Self {
        Self { client: client(), base: base.into(), token: None, refresh_token: None, user: None, username: String::new() }
    }

    /// The same address and connections with another access token, or none.
    #[must_use]
    pub fn with_token(&self, token: Option<&str>) -> Self {
        Self { token: token.map(str::to_owned), refresh_token: None, user: None, username: String::new(), ..self.clone() }
    }

    /// Signs in to a company, or to the provider's side without one.
    pub async fn sign_in(&self, company: Option<&str>, username: &str, password: &str) -> Self {
        let answer = self.try_sign_in(company, username, password).await;
        self.holding(&answer.ok(200))
    }

    /// The answer to a sign-in, whatever it is.
    pub async fn try_sign_in(&self, company: Option<&str>, username: &str, password: &str) -> Answer {
        let mut body = serde_json::json!({"username": username, "password": password});
        let realm = match company {
            Some(company) => {
                body["tenant"] = company.into();
                "tenants"
            }
            None => "manager",
        };
        self.with_token(None).post(&format!("/api/v1/{realm}/auth/login"), &body).await
    }

    /// With the tokens of a sign-in or a refresh.
    #[must_use]
    pub fn holding(&self, tokens: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Self {
            token: text(&tokens["access_token"]),
            refresh_token: text(&tokens["refresh_token"]),
            user: tokens["user"]["id"].as_str().and_then(|id| id.parse().ok()),
            username: text(&tokens["user"]["username"]).unwrap_or_default(),
            ..self.clone()
        }
    }

    /// Who one is, for those who signed in.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.user.expect("this caller signed in")
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::POST, path).json(body).send().await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::PATCH, path).json(body).send().await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path).send().await
    }

    /// A request to be dressed up before it is sent.
    #[must_use]
    pub fn request(&self, method: Method, path: &str) -> Request {
        let mut inner = self.client.request(method.clone(), format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            inner = inner.bearer_auth(token);
        }
        Request { inner, what: format!("{method} {path}"), is_api: path.starts_with("/api/") }
    }
}

/// A request in the making.
pub struct Request {
    inner: reqwest::RequestBuilder,
    what: String,
    is_api: bool,
}

impl Request {
    /// A header; text that is not ASCII is sent as its bytes.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let value = HeaderValue::from_bytes(value.as_ref().as_bytes()).expect("what can stand in a header");
        self.inner = self.inner.header(name, value);
        self
    }

    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.inner = self.inner.json(body);
        self
    }

    /// A body as it is.
    #[must_use]
    pub fn raw(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.inner = self.inner.header("content-type", content_type).body(body.into());
        self
    }

    pub async fn send(self) -> Answer {
        let what = self.what.clone();
        self.try_send().await.unwrap_or_else(|error| panic!("{what}: {error:?}"))
    }

    /// For servers that may be gone.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let response = self.inner.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut bytes = response.bytes().await?.to_vec();
        if headers.get("content-encoding").is_some_and(|coding| coding == "gzip") && !bytes.is_empty() {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).unwrap_or_else(|error| panic!("{}: {error}", self.what));
            bytes = plain;
        }
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        let answer = Answer { what: self.what, status, headers, json, bytes };
        if self.is_api {
            answer.stands_in_its_envelope();
        }
        Ok(answer)
    }
}

/// What came back.
#[derive(Clone)]
pub struct Answer {
    what: String,
    pub status: u16,
    pub headers: HeaderMap,
    /// Null when the body is no JSON. What was compressed is as it was before.
    pub json: Value,
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(&self.bytes);
        write!(f, "{} -> {} {}", self.what, self.status, text.chars().take(1500).collect::<String>())
    }
}

impl Answer {
    /// `data`, of an answer that must have this status.
    #[track_caller]
    #[must_use]
    pub fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json["data"].clone()
    }

    /// `detail`, of an error that must have this status and code.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.json["code"].as_str()), (status, Some(code)), "{self:?}");
        self.json["detail"].clone()
    }

    /// 422; the fields that are wrong, in order, each once.
    #[track_caller]
    #[must_use]
    pub fn wrong_fields(&self) -> Vec<String> {
        let detail = self.refused(422, "VALIDATION_ERROR");
        let errors = detail["errors"].as_array().unwrap_or_else(|| panic!("no detail.errors: {self:?}"));
        let mut fields: Vec<String> = errors.iter().map(|error| error["field"].as_str().unwrap_or_default().to_owned()).collect();
        fields.sort();
        fields.dedup();
        fields
    }

    /// A header as text; empty when it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The id of the row it shows.
    #[track_caller]
    #[must_use]
    pub fn id(&self) -> String {
        self.json["data"]["id"].as_str().unwrap_or_else(|| panic!("no id: {self:?}")).to_owned()
    }

    /// Whatever is answered under `/api`: every key is there, and no other.
    #[track_caller]
    fn stands_in_its_envelope(&self) {
        assert!(!self.header("x-request-id").is_empty(), "no X-Request-Id: {self:?}");
        assert_eq!(self.header("cache-control"), "no-store", "{self:?}");
        assert_eq!(self.header("x-content-type-options"), "nosniff", "{self:?}");
        if self.status == 304 || self.what.starts_with("HEAD ") {
            assert!(self.bytes.is_empty(), "an answer without a body has one: {self:?}");
            return;
        }
        if !self.header("content-type").starts_with("application/json") {
            // a file, if anything
            assert_eq!(self.status, 200, "not JSON: {self:?}");
            assert!(self.header("content-disposition").starts_with("attachment"), "neither JSON nor a file: {self:?}");
            return;
        }
        let keys: Vec<&str> = self.json.as_object().map(|body| body.keys().map(String::as_str).collect()).unwrap_or_default();
        let success = self.status < 400;
        let wanted: &[&str] = if success {
            &["code", "data", "message", "request_id", "success", "timestamp"]
        } else {
            &["code", "data", "detail", "message", "request_id", "success", "timestamp"]
        };
        assert_eq!(keys.len(), wanted.len(), "keys of the envelope: {self:?}");
        assert!(wanted.iter().all(|key| keys.contains(key)), "keys of the envelope: {self:?}");
        assert_eq!(self.json["success"], success, "{self:?}");
        assert_eq!(self.json["request_id"], self.header("x-request-id"), "{self:?}");
        let timestamp = self.json["timestamp"].as_str().unwrap_or_default();
        assert!(timestamp.len() == 24 && timestamp.ends_with('Z') && kernel::Timestamp::parse(timestamp).is_ok(), "timestamp: {self:?}");
        if success {
            assert!(self.json["code"].is_null() && !self.json["data"].is_null(), "{self:?}");
        } else {
            assert!(self.json["data"].is_null() && self.json["code"].is_string() && self.json["detail"].is_object(), "{self:?}");
            assert!(self.json["message"].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        }
    }
}
