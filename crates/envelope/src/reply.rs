use crate::{
    RequestMeta,
    failure::Failure,
    negotiate::unless_known,
    routes,
    schema::{Defs, TypeDoc, define, reference, reference_to, type_name},
    web::Description,
};
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::StatusCode, http::header};
use kernel::{Error, Lang, Result, Timestamp};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DataType, DefaultOperationRaw, DefaultSchemaRaw, Either, Reference, Response},
        schema::Apiv2Schema,
    },
};
use serde::Serialize;
use std::marker::PhantomData;

/// What a handler answers.
pub type Api<T> = std::result::Result<Reply<T>, Failure>;
/// What a handler that makes something answers (201).
pub type Created<T> = std::result::Result<Reply<T, 201>, Failure>;

/// What a handler answers that has only begun what was asked (202).
pub type Accepted<T> = std::result::Result<Reply<T, 202>, Failure>;

/// The data of an answer as JSON text, with the version of its row for the `ETag`.
///
/// Without a type parameter: most of the code handles answers without knowing their type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub data: String,
    pub version: Option<i64>,
    pub kind: AnswerKind,
}

/// How an answer came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswerKind {
    #[default]
    Done,
    /// Given before, for the same `Idempotency-Key`.
    Replayed,
    /// What would be; nothing was written.
    DryRun,
}

impl Answer {
    pub fn new(data: &impl Serialize) -> Result<Self> {
        Ok(Self::json(serde_json::to_string(data).map_err(Error::internal)?, None))
    }

    /// From JSON text.
    #[must_use]
    pub fn json(data: String, version: Option<i64>) -> Self {
        Self { data, version, kind: AnswerKind::Done }
    }
}

/// A successful answer of type `T` in the envelope; the type is for the document.
#[derive(Debug)]
pub struct Reply<T, const STATUS: u16 = 200> {
    answer: Answer,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize, const STATUS: u16> Reply<T, STATUS> {
    pub fn new(data: &T) -> Result<Self> {
        Answer::new(data).map(Self::from)
    }

    /// A row with its version, which becomes the `ETag`.
    pub fn row(data: &T, version: i64) -> Result<Self> {
        let mut answer = Answer::new(data)?;
        answer.version = Some(version);
        Ok(answer.into())
    }
}

impl<T, const STATUS: u16> Reply<T, STATUS> {
    #[must_use]
    pub fn into_answer(self) -> Answer {
        self.answer
    }
}

impl<T, const STATUS: u16> From<Answer> for Reply<T, STATUS> {
    fn from(answer: Answer) -> Self {
        Self { answer, of: PhantomData }
    }
}

impl<T, const STATUS: u16> Responder for Reply<T, STATUS> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self.answer, StatusCode::from_u16(STATUS).unwrap_or(StatusCode::OK), request)
    }
}

/// The time in an envelope: the moment of the answer itself, which no rule depends on.
#[expect(clippy::disallowed_methods, reason = "not the time of anything that happened")]
pub(crate) fn timestamp() -> String {
    Timestamp::new(std::time::SystemTime::now().into()).to_millis_string()
}

/// An answer in the envelope.
#[must_use]
pub fn respond(answer: Answer, status: StatusCode, request: &HttpRequest) -> HttpResponse {
    let meta = RequestMeta::of(request);
    let mut body = String::with_capacity(answer.data.len() + 160);
    body.push_str(r#"{"success":true,"data":"#);
    body.push_str(&answer.data);
    let is_dry_run = answer.kind == AnswerKind::DryRun;
    let message = match (is_dry_run, meta.lang) {
        (false, _) => "null",
        (true, Lang::Ko) => r#""시험 실행입니다. 저장된 것은 없습니다.""#,
        (true, Lang::En) => r#""This was a dry run: nothing was saved.""#,
    };
    body.push_str(r#","message":"#);
    body.push_str(message);
    body.push_str(r#","code":null,"timestamp":""#);
    body.push_str(&timestamp());
    body.push_str(r#"","request_id":""#);
    body.push_str(meta.id.as_hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
    body.push_str(r#""}"#);
    let mut response = HttpResponse::build(status);
    if let Some(version) = answer.version.filter(|_| !is_dry_run) {
        response.insert_header((header::ETAG, format!("\"{version}\"")));
    }
    if answer.kind == AnswerKind::Replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    if let Some(location) = location(request, status.as_u16(), &answer.data).filter(|_| !is_dry_run) {
        response.insert_header((header::LOCATION, location));
    }
    unless_known(request, response.content_type("application/json").body(body))
}

/// Where what was made can be read: beside the others of its collection, whatever of its operations made it.
#[must_use]
pub fn location(request: &HttpRequest, status: u16, data: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Made {
        id: serde_json::Value,
    }
    let path = request.path();
    if status != 201 || path.contains("/auth/") {
        return None;
    }
    let pattern = routes::pattern(request)?;
    // `/{id}/rotate` and `/import` make a row of the collection before them
    let depth = match pattern.find("/{") {
        Some(at) => pattern[..at].matches('/').count(),
        None => pattern.strip_suffix("/import").unwrap_or(&pattern).matches('/').count(),
    };
    let collection: Vec<&str> = path.split('/').take(depth + 1).collect();
    match serde_json::from_str::<Made>(data).ok()?.id {
        serde_json::Value::String(id) => Some(format!("{}/{id}", collection.join("/"))),
        serde_json::Value::Number(id) => Some(format!("{}/{id}", collection.join("/"))),
        _ => None,
    }
}

impl<T: Apiv2Schema, const STATUS: u16> Apiv2Schema for Reply<T, STATUS> {}

impl<T: Apiv2Schema, const STATUS: u16> OperationModifier for Reply<T, STATUS> {
    fn update_response(op: &mut DefaultOperationRaw) {
        let status = StatusCode::from_u16(STATUS).unwrap_or(StatusCode::OK);
        op.responses.insert(STATUS.to_string(), response_of(status, reference::<Envelope<T>>()));
    }

    fn update_definitions(map: &mut Defs) {
        define::<Envelope<T>>(map);
    }
}

impl Apiv2Schema for Failure {}

/// Every operation may fail in the same ways: the finisher writes them into the document.
impl paperclip::v2::schema::Apiv2Errors for Failure {}

impl OperationModifier for Failure {
    fn update_definitions(map: &mut Defs) {
        define::<crate::ErrorBody>(map);
    }
}

/// The envelope of a success, as the document shows it.
pub struct Envelope<T>(PhantomData<T>);

/// One page of a list.
pub struct Page<T>(PhantomData<T>);

/// Nothing to tell but that it was done.
#[derive(Clone, Copy, Debug, Serialize, paperclip::actix::Apiv2Schema)]
pub struct Done {
    /// Always true.
    pub done: bool,
}

/// Always there, often null.
fn text_or_null() -> DefaultSchemaRaw {
    let text = kernel::schema::add_keyword(String::raw_schema(), "type", serde_json::json!(["string", "null"]));
    kernel::schema::add_keyword(text, "examples", serde_json::json!([null]))
}

fn object(name: Option<String>, fields: impl IntoIterator<Item = (&'static str, DefaultSchemaRaw, bool)>) -> DefaultSchemaRaw {
    let mut schema = DefaultSchemaRaw { name, data_type: Some(DataType::Object), ..Default::default() };
    for (field, field_schema, required) in fields {
        schema.properties.insert(field.to_owned(), Box::new(field_schema));
        if required {
            schema.required.insert(field.to_owned());
        }
    }
    schema
}

/// The schema of an envelope around `data`, which is called `name`.
pub(crate) fn enveloped(name: impl std::fmt::Display, data: DefaultSchemaRaw) -> DefaultSchemaRaw {
    object(
        Some(format!("Envelope_{name}")),
        [
            ("success", bool::raw_schema(), true),
            ("data", data, true),
            ("message", text_or_null(), true),
            ("code", text_or_null(), true),
            ("timestamp", Timestamp::raw_schema(), true),
            ("request_id", uuid::Uuid::raw_schema(), true),
        ],
    )
}

/// The schema of a page of what is called `name`.
fn paged(name: impl std::fmt::Display, item: DefaultSchemaRaw) -> DefaultSchemaRaw {
    let items = DefaultSchemaRaw { data_type: Some(DataType::Array), items: Some(Box::new(item)), ..Default::default() };
    object(
        Some(format!("Page_{name}")),
        [
            ("items", items, true),
            // left out with total=false, and by cursor
            ("total", i64::raw_schema(), false),
            ("page", i32::raw_schema(), false),
            ("page_size", i32::raw_schema(), true),
            ("total_pages", i64::raw_schema(), false),
            ("next_cursor", String::raw_schema(), false),
        ],
    )
}

impl Description {
    /// Answers `of` in the envelope.
    #[must_use]
    pub fn answers(self, status: StatusCode, of: TypeDoc) -> Self {
        self.answers_schema(status, enveloped(of.name(), of.schema()))
    }

    /// Answers a page of `of` in the envelope.
    #[must_use]
    pub fn answers_page(self, of: TypeDoc) -> Self {
        let page = paged(of.name(), of.schema());
        self.answers_schema(StatusCode::OK, enveloped(format!("Page_{}", of.name()), page))
    }

    fn answers_schema(mut self, status: StatusCode, schema: DefaultSchemaRaw) -> Self {
        let schema = reference_to(schema, &mut self.definitions);
        self.operation.responses.insert(status.as_str().to_owned(), response_of(status, schema));
        self
    }
}

fn response_of(status: StatusCode, schema: DefaultSchemaRaw) -> Either<Reference, Response<DefaultSchemaRaw>> {
    let description = status.canonical_reason().map(str::to_owned);
    Either::Right(Response { description, schema: Some(schema), ..Default::default() })
}

impl<T: Apiv2Schema> Apiv2Schema for Envelope<T> {
    fn name() -> Option<String> {
        Some(format!("Envelope_{}", type_name::<T>()))
    }
    fn raw_schema() -> DefaultSchemaRaw {
        enveloped(type_name::<T>(), T::raw_schema())
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Page<T> {
    fn name() -> Option<String> {
        Some(format!("Page_{}", type_name::<T>()))
    }
    fn raw_schema() -> DefaultSchemaRaw {
        paged(type_name::<T>(), T::raw_schema())
    }
}
