//! Answers without an envelope, and errors as FastAPI writes them (`{"detail": …}`).

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{StatusCode, header},
};
use envelope::{Answer, AnswerKind, Failure, TypeDoc, location, path_pattern, unless_known};
use kernel::{Code, Error, FieldError, Lang, Message, Result, Timestamp};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DataType, DefaultOperationRaw, DefaultSchemaRaw, Either, Response},
        schema::Apiv2Schema,
    },
};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use std::{collections::BTreeMap, marker::PhantomData};

type Definitions = BTreeMap<String, DefaultSchemaRaw>;

/// What a handler answers.
pub type BareApi<T, const STATUS: u16 = 200> = std::result::Result<Bare<T, STATUS>, Failure>;

/// A successful answer without an envelope; the type is for the document.
#[derive(Debug)]
pub struct Bare<T, const STATUS: u16 = 200> {
    answer: Answer,
    next: Option<String>,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize, const STATUS: u16> Bare<T, STATUS> {
    /// # Errors
    /// When the data cannot be written as JSON.
    pub fn new(data: &T) -> Result<Self> {
        Ok(Self { answer: Answer::new(data)?, next: None, of: PhantomData })
    }

    /// The data of an answer of the engine, put otherwise; its version and whether it was given before stay.
    pub fn of(data: &T, answer: &Answer) -> Result<Self> {
        let mut bare = Self::new(data)?;
        (bare.answer.version, bare.answer.kind) = (answer.version, answer.kind);
        Ok(bare)
    }

    /// With the `ETag` of this version of the row.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.answer.version = Some(version);
        self
    }

    /// Where a list that was cut off goes on.
    #[must_use]
    pub fn next(mut self, link: Option<String>) -> Self {
        self.next = link;
        self
    }
}

impl<T, const STATUS: u16> From<Answer> for Bare<T, STATUS> {
    fn from(answer: Answer) -> Self {
        Self { answer, next: None, of: PhantomData }
    }
}

impl<T, const STATUS: u16> Responder for Bare<T, STATUS> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(StatusCode::from_u16(STATUS).unwrap_or(StatusCode::OK));
        // what is made below a row has no address of its own
        let is_below = path_pattern(request).is_some_and(|pattern| pattern.contains("/{"));
        if let Some(location) = location(request, STATUS, &self.answer.data).filter(|_| !is_below) {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(version) = self.answer.version {
            response.insert_header((header::ETAG, format!("\"{version}\"")));
        }
        if self.answer.kind == AnswerKind::Replayed {
            response.insert_header(("Idempotent-Replayed", "true"));
        }
        if let Some(next) = self.next {
            response.insert_header((header::LINK, format!("<{next}>; rel=\"next\"")));
        }
        unless_known(request, response.content_type("application/json").body(self.answer.data))
    }
}

fn response(op: &mut DefaultOperationRaw, status: u16, schema: Option<DefaultSchemaRaw>) {
    let description = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).map(str::to_owned);
    op.responses.insert(status.to_string(), Either::Right(Response { description, schema, ..Default::default() }));
}

impl<T: Apiv2Schema, const STATUS: u16> Apiv2Schema for Bare<T, STATUS> {}

impl<T: Apiv2Schema, const STATUS: u16> OperationModifier for Bare<T, STATUS> {
    fn update_response(op: &mut DefaultOperationRaw) {
        response(op, STATUS, Some(TypeDoc::of::<T>().reference(&mut Definitions::new())));
    }
    fn update_definitions(map: &mut Definitions) {
        TypeDoc::of::<T>().reference(map);
    }
}

/// 204: it was deleted, and there is nothing to answer.
#[derive(Clone, Copy, Debug)]
pub struct Gone;

impl Responder for Gone {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

impl Apiv2Schema for Gone {}

impl OperationModifier for Gone {
    fn update_response(op: &mut DefaultOperationRaw) {
        response(op, 204, None);
    }
    fn update_definitions(_: &mut Definitions) {}
}

/// An instant as this API writes it: UTC, whole seconds, without a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let text = self.0.to_millis_string();
        serializer.serialize_str(text.split('.').next().unwrap_or(&text))
    }
}

impl Apiv2Schema for Moment {
    fn raw_schema() -> DefaultSchemaRaw {
        let pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$";
        let text = "UTC, without a zone";
        kernel::schema::with_keywords(DataType::String, &json!({"pattern": pattern, "description": text}), "2025-09-05T09:00:00".into())
    }
}

/// What went wrong, as a sentence.
#[derive(Debug, Serialize, paperclip::actix::Apiv2Schema)]
pub struct ErpError {
    pub detail: String,
}

/// What is wrong with a request, all of it.
#[derive(Debug, Serialize, paperclip::actix::Apiv2Schema)]
pub struct ErpInvalid {
    pub detail: Vec<ErpFault>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Serialize, paperclip::actix::Apiv2Schema)]
pub struct ErpFault {
    /// Where: `body`, `path`, `query` or `header`, then names and positions.
    pub loc: Vec<Value>,
    pub msg: String,
    /// Stable, for programs: `missing`, `string_type`, `int_parsing`, `json_invalid` …
    pub r#type: String,
}

/// An error that says exactly this, in every language.
#[must_use]
pub fn said(code: Code, detail: &'static str) -> Error {
    Error::new(code, Message::new(detail, detail)).with("detail", detail)
}

/// The body of an error.
pub(crate) fn error_body(error: &Error, lang: Lang) -> Value {
    if error.code() == Code::Validation && !error.fields().is_empty() {
        return json!(ErpInvalid { detail: error.fields().iter().map(|field| fault(field, lang)).collect() });
    }
    let exact = error.detail(lang).get("detail").and_then(Value::as_str).map(str::to_owned);
    let detail = exact.unwrap_or_else(|| match error.code() {
        Code::Unauthorized => "Not authenticated".to_owned(),
        Code::NotFound => "Not Found".to_owned(),
        Code::MethodNotAllowed => "Method Not Allowed".to_owned(),
        _ => error.message(lang).to_owned(),
    });
    json!(ErpError { detail })
}

/// Fields that the arguments of this API named have their place in front; others are of the body, or a header.
fn fault(field: &FieldError, lang: Lang) -> ErpFault {
    let word = |text: &str| text.parse::<u64>().map_or_else(|_| json!(text), Value::from);
    let loc = match field.field.split_once('/') {
        Some((place, "")) => vec![json!(place)],
        Some((place, rest)) => std::iter::once(json!(place)).chain(rest.split('.').map(word)).collect(),
        None if ["If-Match", "Idempotency-Key"].contains(&field.field.as_str()) => vec![json!("header"), json!(field.field)],
        None => std::iter::once(json!("body")).chain(field.field.split('.').filter(|word| !word.is_empty()).map(word)).collect(),
    };
    ErpFault { loc, msg: field.text.text(lang).to_owned(), r#type: field.rule.clone() }
}
