use crate::{
    Failure, check, path_value,
    schema::{Defs, TypeDoc, define, reference, reference_to},
    strict,
    web::{Argument, Description, Part, Reading, at_once, whole},
};
use actix_web::{HttpMessage, HttpRequest, dev::Payload, http::header, web::Bytes};
use futures_util::FutureExt;
use kernel::{Code, Error, FieldError, Message, Result, boxed, schema::MARK};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DataType, DefaultOperationRaw, DefaultSchemaRaw, Either, Parameter, ParameterIn},
        schema::Apiv2Schema,
    },
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::{marker::PhantomData, ops::Deref, time::Duration};
use uuid::Uuid;

/// Bytes a body may have unless a route says more.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// Time a body may take to arrive; actix's own limit covers only the head.
pub(crate) const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// A JSON body: parsed strictly, checked against its schema, decoded. An absent body is `{}`.
pub struct Body<T>(pub T);

/// The body of an action that needs none: absent or `{}`.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
pub struct Nothing {}

impl Apiv2Schema for Nothing {
    fn name() -> Option<String> {
        Some("Nothing".to_owned())
    }
    fn raw_schema() -> DefaultSchemaRaw {
        DefaultSchemaRaw {
            name: Self::name(),
            data_type: Some(DataType::Object),
            extra_props: Some(Either::Left(false)),
            ..Default::default()
        }
    }
}

/// SHA-256 of the body, kept with the request for `Idempotency-Key`.
#[derive(Clone)]
struct BodyDigest(Vec<u8>);

/// The digest of the body that was read, or of none.
#[must_use]
fn body_digest(request: &HttpRequest) -> Vec<u8> {
    request.extensions().get::<BodyDigest>().map(|digest| digest.0.clone()).unwrap_or_default()
}

/// The digest of what was asked for: the body that was read, and the query as it stands. The two together are a request, of which an
/// `Idempotency-Key` says that it is the same one.
#[must_use]
pub fn request_digest(request: &HttpRequest) -> Vec<u8> {
    let body = body_digest(request);
    match request.query_string() {
        "" => body,
        query => digest(&[&body, query.as_bytes()].concat()),
    }
}

fn read_part(request: &HttpRequest, payload: &mut Payload) -> Reading {
    let body = read_json(request.clone(), payload.take());
    Box::pin(body.map(|body| Ok(Box::new(body?) as Part)))
}

impl<T: Apiv2Schema + DeserializeOwned + 'static> Argument for Body<T> {
    fn read(request: &HttpRequest, payload: &mut Payload) -> Reading {
        read_part(request, payload)
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        Ok(Self(check(whole(part)?)?))
    }
}

/// SHA-256
pub(crate) fn digest(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().to_vec()
}

/// Keeps the digest of a body with its request.
pub(crate) fn remember_digest(request: &HttpRequest, bytes: &[u8]) {
    request.extensions_mut().insert(BodyDigest(digest(bytes)));
}

/// Whether a body says that it is JSON.
pub(crate) fn is_json(request: &HttpRequest) -> bool {
    request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    })
}

/// Why a body cannot be read as JSON.
#[derive(Clone, Debug)]
pub enum BodyFault {
    /// There is none.
    Absent,
    /// It says that it is something else.
    ContentType,
    /// It breaks the grammar, behind so many bytes.
    Syntax { offset: usize, cause: String },
}

/// Reads a JSON body, strictly; what it holds is not looked at. An absent body is `{}`.
///
/// # Errors
/// 400, 413, 415 and 422 as the body is.
#[boxed(?Send)]
pub async fn read_json(request: HttpRequest, payload: Payload) -> Result<Value> {
    let instead = |fault| match fault {
        BodyFault::Absent => Ok(Value::Object(Map::new())),
        BodyFault::ContentType => Err(Error::new(
            Code::UnsupportedMediaType,
            Message::new("요청 본문을 application/json 형식으로 보내세요.", "Send the request body as application/json."),
        )),
        BodyFault::Syntax { cause, .. } => {
            let text = Message::new(format!("JSON이 올바르지 않습니다: {cause}"), format!("is not valid JSON: {cause}"));
            Err(Error::unparseable("body", "json", text))
        }
    };
    read_json_or(request, payload, instead).await
}

/// [`read_json`], where `instead` says what becomes of a body that is not JSON.
///
/// # Errors
/// What `instead` refuses with; 413, and 422 for values that cannot be kept as they were sent.
#[boxed(?Send)]
pub async fn read_json_or(request: HttpRequest, payload: Payload, instead: fn(BodyFault) -> Result<Value>) -> Result<Value> {
    let bytes = read_bytes(payload, BODY_LIMIT, BODY_DEADLINE).await?;
    remember_digest(&request, &bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return instead(BodyFault::Absent);
    }
    if !is_json(&request) {
        return instead(BodyFault::ContentType);
    }
    let value = match strict::parse(&bytes) {
        Ok(value) => value,
        Err(cause) => return instead(BodyFault::Syntax { offset: offset_of(&bytes, &cause), cause: cause.to_string() }),
    };
    let mut errors = strict::inexact(&bytes, &value);
    refuse_nul(&value, &mut String::new(), &mut errors);
    if errors.is_empty() { Ok(value) } else { Err(Error::invalid(errors)) }
}

/// Bytes before the one at which a text breaks the grammar of JSON.
fn offset_of(bytes: &[u8], cause: &serde_json::Error) -> usize {
    let before = bytes.split(|byte| *byte == b'\n').take(cause.line().saturating_sub(1)).map(|line| line.len() + 1);
    before.sum::<usize>() + cause.column().saturating_sub(1)
}

/// Faults that are looked for in one request; more than are listed in the answer.
pub(crate) const FAULTS: usize = 1000;

/// No text of ours holds a NUL, and PostgreSQL cannot store one.
pub(crate) fn refuse_nul(value: &Value, path: &mut String, errors: &mut Vec<FieldError>) {
    let here = path.len();
    let mut below = |name: &str, value: &Value| {
        if errors.len() >= FAULTS {
            return;
        }
        if here > 0 {
            path.push('.');
        }
        path.push_str(name);
        if name.contains('\0') || value.as_str().is_some_and(|text| text.contains('\0')) {
            errors.push(FieldError::new(
                path.replace('\0', ""),
                "nul",
                Message::new("NUL 문자를 쓸 수 없습니다.", "must not contain a NUL character"),
            ));
        }
        refuse_nul(value, path, errors);
        path.truncate(here);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| below(name, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, value)| below(&i.to_string(), value)),
        _ => {}
    }
}

#[boxed(?Send)]
pub(crate) async fn read_bytes(mut payload: Payload, limit: usize, deadline: Duration) -> Result<Bytes> {
    use futures_util::StreamExt;
    let too_large = || {
        Error::new(Code::PayloadTooLarge, Message::new("요청 본문이 너무 큽니다.", "The request body is too large."))
            .with("limit", limit as u64)
    };
    let reading = async {
        let mut bytes = Vec::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|cause| {
                Error::unparseable(
                    "body",
                    "transfer",
                    Message::new("요청 본문을 끝까지 받지 못했습니다.", format!("could not be received completely: {cause}")),
                )
            })?;
            if bytes.len() + chunk.len() > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Bytes::from(bytes))
    };
    let late = || {
        Error::unparseable("body", "deadline", Message::new("요청 본문이 제한 시간 안에 도착하지 않았습니다.", "did not arrive in time"))
    };
    tokio::time::timeout(deadline, reading).await.unwrap_or_else(|_| Err(late()))
}

pub(crate) fn body_parameter(schema: DefaultSchemaRaw) -> Either<paperclip::v2::models::Reference, Parameter<DefaultSchemaRaw>> {
    let parameter = Parameter { in_: ParameterIn::Body, name: "body".into(), required: true, schema: Some(schema), ..Default::default() };
    Either::Right(parameter)
}

impl Description {
    /// Takes a JSON body.
    #[must_use]
    pub fn body(mut self, of: TypeDoc) -> Self {
        let schema = reference_to(of.schema(), &mut self.definitions);
        self.operation.parameters.push(body_parameter(schema));
        self
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Body<T> {}

impl<T: Apiv2Schema> OperationModifier for Body<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        op.parameters.push(body_parameter(reference::<T>()));
    }
    fn update_definitions(map: &mut Defs) {
        define::<T>(map);
    }
}

/// A JSON body that the engine checks itself; `T` is for the document.
pub struct RawBody<T> {
    pub json: Value,
    of: PhantomData<fn() -> T>,
}

impl<T: 'static> Argument for RawBody<T> {
    fn read(request: &HttpRequest, payload: &mut Payload) -> Reading {
        read_part(request, payload)
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        Ok(Self { json: whole(part)?, of: PhantomData })
    }
}

impl<T> Apiv2Schema for RawBody<T> {}

impl<T: Apiv2Schema> OperationModifier for RawBody<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        Body::<T>::update_parameter(op);
    }
    fn update_definitions(map: &mut Defs) {
        define::<T>(map);
    }
}

/// A file as the answer of an operation.
pub fn file_response(op: &mut DefaultOperationRaw) {
    let response = paperclip::v2::models::Response {
        description: Some("The file".to_owned()),
        schema: Some(DefaultSchemaRaw { title: Some(format!("{MARK}{}", serde_json::json!({"x-file": true}))), ..Default::default() }),
        ..Default::default()
    };
    op.responses.insert("200".to_owned(), Either::Right(response));
}

/// The `{id}` of a path.
#[derive(Clone, Copy, Debug)]
pub struct RowId(pub Uuid);

impl Deref for RowId {
    type Target = Uuid;
    fn deref(&self) -> &Uuid {
        &self.0
    }
}

impl RowId {
    /// # Errors
    /// 422 where the path has no UUID there.
    pub fn of(request: &HttpRequest) -> Result<Self> {
        let text = path_value(request, "id").unwrap_or_default();
        Uuid::try_parse(&text)
            .map(Self)
            .map_err(|_| Error::invalid(vec![FieldError::new("id", "uuid", Message::new("UUID여야 합니다.", "must be a UUID"))]))
    }
}

impl Argument for RowId {
    fn read(request: &HttpRequest, _: &mut Payload) -> Reading {
        at_once(Self::of(request))
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        whole(part)
    }
}

impl Apiv2Schema for RowId {}

impl OperationModifier for RowId {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        let schema = Uuid::raw_schema();
        op.parameters.push(Either::Right(Parameter {
            in_: ParameterIn::Path,
            name: "id".into(),
            required: true,
            data_type: schema.data_type,
            format: schema.format,
            ..Default::default()
        }));
    }
    fn update_definitions(_: &mut Defs) {}
}
