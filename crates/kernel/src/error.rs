use crate::{Lang, Message, PermissionKey, rules};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the words of the contract; each has one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Not JSON, not a query string: 400.
    Unparseable,
    /// Understood, but not acceptable: 422.
    Validation,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    PreconditionFailed,
    AccountLocked,
    RateLimited,
    PayloadTooLarge,
    MethodNotAllowed,
    UnsupportedMediaType,
    Internal,
    Unavailable,
}

impl Code {
    pub const ALL: [Self; 14] = [
        Self::Unparseable,
        Self::Validation,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::PreconditionFailed,
        Self::AccountLocked,
        Self::RateLimited,
        Self::PayloadTooLarge,
        Self::MethodNotAllowed,
        Self::UnsupportedMediaType,
        Self::Internal,
        Self::Unavailable,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unparseable | Self::Validation => "VALIDATION_ERROR",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::PreconditionFailed => "PRECONDITION_FAILED",
            Self::AccountLocked => "ACCOUNT_LOCKED",
            Self::RateLimited => "RATE_LIMITED",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::Internal => "INTERNAL_ERROR",
            Self::Unavailable => "SERVICE_UNAVAILABLE",
        }
    }

    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Unparseable => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::PreconditionFailed => 412,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Validation => 422,
            Self::AccountLocked => 423,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}

/// Faults listed in one answer; a body can have as many as it has bytes.
pub const FAULTS_TOLD: usize = 100;
/// Characters of a field's path that are shown: an unknown field is called whatever the caller likes.
const PATH: usize = 300;

/// One field that is wrong.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct FieldError {
    /// Path from the root of the body or the name of the parameter: `lines.0.amount`.
    pub field: String,
    /// The rule it breaks, stable: `required`, `max_length`, `unknown`, `exists` …
    pub rule: String,
    #[serde(skip)]
    pub text: Message,
}

impl FieldError {
    pub fn new(field: impl Into<String>, rule: impl Into<String>, text: Message) -> Self {
        let mut field: String = field.into();
        if let Some((at, _)) = field.char_indices().nth(PATH) {
            field.truncate(at);
            field.push('…');
        }
        Self { field, rule: rule.into(), text }
    }
}

/// The one error type: a code, a sentence in two languages, and details for the caller.
///
/// Made by its constructors only, so that the same mistake reads the same everywhere.
/// What went wrong inside (`cause`) goes to the log and never to the caller.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    message: Message,
    detail: Map<String, Value>,
    fields: Vec<FieldError>,
    retry_after: Option<u32>,
    etag: Option<i64>,
    transient: bool,
    cause: Option<String>,
}

impl Error {
    #[must_use]
    pub fn new(code: Code, message: Message) -> Self {
        Self(Box::new(Inner {
            code,
            message,
            detail: Map::new(),
            fields: Vec::new(),
            retry_after: None,
            etag: None,
            transient: false,
            cause: None,
        }))
    }

    /// The body or the query cannot be read at all (400).
    pub fn unparseable(field: &str, rule: &str, text: Message) -> Self {
        let mut error = Self::new(Code::Unparseable, Message::new("요청을 읽을 수 없습니다.", "The request cannot be parsed."));
        error.0.fields.push(FieldError::new(field, rule, text));
        error
    }

    /// Fields that are wrong, all of them at once (422): the first hundred are listed, and `more` says how many others were found.
    #[must_use]
    pub fn invalid(mut fields: Vec<FieldError>) -> Self {
        let mut error = Self::new(
            Code::Validation,
            Message::new("입력값이 올바르지 않습니다. 오류 목록을 확인하세요.", "Some values are not valid. See the list of errors."),
        );
        let more = fields.len().saturating_sub(FAULTS_TOLD);
        fields.truncate(FAULTS_TOLD);
        error.0.fields = fields;
        if more > 0 { error.with("more", more) } else { error }
    }

    /// The same error, its fields called or explained otherwise.
    #[must_use]
    pub fn map_fields(mut self, change: impl FnMut(FieldError) -> FieldError) -> Self {
        self.0.fields = std::mem::take(&mut self.0.fields).into_iter().map(change).collect();
        self
    }

    /// One wrong field (422).
    pub fn field(
        field: impl Into<String>,
        rule: impl Into<String>,
        ko: impl Into<std::borrow::Cow<'static, str>>,
        en: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        Self::invalid(vec![FieldError::new(field, rule, Message::new(ko, en))])
    }

    /// An id in a body that names nothing the caller may refer to (422).
    pub fn no_such(field: impl Into<String>) -> Self {
        Self::field(field, "exists", "존재하지 않는 항목입니다.", "does not refer to an existing record")
    }

    /// No, malformed, expired or revoked credential: the four look the same.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(Code::Unauthorized, Message::new("로그인이 필요합니다.", "You must sign in."))
    }

    /// A sign-in that does not fit: unknown user and wrong password look the same.
    #[must_use]
    pub fn bad_credentials() -> Self {
        Self::new(Code::Unauthorized, Message::new("아이디 또는 비밀번호가 올바르지 않습니다.", "The user name or password is incorrect."))
    }

    #[must_use]
    pub fn lacks(permission: PermissionKey) -> Self {
        Self::new(Code::Forbidden, Message::new("이 작업을 할 권한이 없습니다.", "You do not have permission to do this."))
            .with("permission", permission.to_string())
    }

    /// Known, but not allowed, for a reason the caller may know.
    #[must_use]
    pub fn forbidden(reason: &'static str, message: Message) -> Self {
        Self::new(Code::Forbidden, message).with("reason", reason)
    }

    /// Absent, deleted or not yours: the three look the same.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, Message::new("요청한 대상을 찾을 수 없습니다.", "The requested resource was not found."))
    }

    /// A rule of the business that forbids this now (409); `rule` is stable.
    pub fn rule(
        rule: impl Into<String>,
        ko: impl Into<std::borrow::Cow<'static, str>>,
        en: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        Self::new(Code::Conflict, Message::new(ko, en)).with("rule", rule.into())
    }

    /// A step the state machine does not have (409).
    #[must_use]
    pub fn transition(from: &str, allowed: &[&str]) -> Self {
        let refusal = match allowed {
            [] => rules::FINAL_STATE.filled(&[("from", &from)]),
            _ => rules::TRANSITION.filled(&[("from", &from), ("allowed", &allowed.join(", "))]),
        };
        refusal.with("status", from).with("allowed", json!(allowed))
    }

    /// `If-Match` does not fit; `current` is the version that stands.
    #[must_use]
    pub fn stale(current: i64) -> Self {
        let mut error = Self::new(
            Code::PreconditionFailed,
            Message::new(
                "다른 사람이 먼저 수정했습니다. 최신 내용을 다시 불러온 뒤 시도하세요.",
                "This was changed in the meantime. Load the current version and try again.",
            ),
        );
        error.0.etag = Some(current);
        error
    }

    /// The database or another part is away; worth trying again.
    pub fn unavailable(cause: impl fmt::Display) -> Self {
        let mut error = Self::new(
            Code::Unavailable,
            Message::new(
                "지금은 요청을 처리할 수 없습니다. 잠시 후 다시 시도하세요.",
                "The service is temporarily unavailable. Please try again in a moment.",
            ),
        );
        error.0.retry_after = Some(2);
        error.0.cause = Some(cause.to_string());
        error
    }

    /// Lost a race or a connection before anything was committed: the same transaction may
    /// simply be run again.
    pub fn transient(cause: impl fmt::Display) -> Self {
        let mut error = Self::unavailable(cause);
        error.0.transient = true;
        error
    }

    /// With the inner cause, which never leaves in an answer.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// A fault of ours. The cause is logged under the request id, never answered.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let mut error = Self::new(Code::Internal, Message::new("서버에서 오류가 발생했습니다.", "An internal server error occurred."));
        error.0.cause = Some(cause.to_string());
        error
    }

    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.transient
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.detail.insert(key.to_owned(), value.into());
        self
    }

    /// The same error in other words.
    #[must_use]
    pub fn saying(mut self, message: Message) -> Self {
        self.0.message = message;
        self
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    #[must_use]
    pub fn message(&self, lang: Lang) -> &str {
        self.0.message.text(lang)
    }

    /// `detail` of the answer, with the field errors in the caller's language.
    #[must_use]
    pub fn detail(&self, lang: Lang) -> Map<String, Value> {
        let mut detail = self.0.detail.clone();
        if !self.0.fields.is_empty() {
            let errors: Vec<Value> =
                self.0.fields.iter().map(|f| json!({"field": f.field, "rule": f.rule, "message": f.text.text(lang)})).collect();
            detail.insert("errors".to_owned(), Value::Array(errors));
        }
        detail
    }

    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// The stable name of the broken rule, where there is one.
    #[must_use]
    pub fn rule_name(&self) -> Option<&str> {
        self.0.detail.get("rule").and_then(Value::as_str)
    }

    /// Seconds after which trying again makes sense.
    #[must_use]
    pub fn retry_seconds(&self) -> Option<u32> {
        self.0.retry_after
    }

    /// The version that stands, of a failed precondition.
    #[must_use]
    pub fn current_version(&self) -> Option<i64> {
        self.0.etag
    }

    /// What happened inside, for the log.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.as_str(), self.0.message.en)?;
        for field in &self.0.fields {
            write!(f, "; {} {} ({})", field.field, field.text.en, field.rule)?;
        }
        if !self.0.detail.is_empty() {
            write!(f, "; {}", Value::Object(self.0.detail.clone()))?;
        }
        if let Some(cause) = &self.0.cause {
            write!(f, "; cause: {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
