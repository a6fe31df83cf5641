use crate::{
    Failure, Schema, check,
    schema::{Defs, define, reference},
    strict,
    verdict::Verdict,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web::Bytes};
use futures_util::future::LocalBoxFuture;
use kernel::{Code, Error, FieldError, Message, Result, schema::MARK};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DataType, DefaultOperationRaw, DefaultSchemaRaw, Either, Parameter, ParameterIn},
        schema::Apiv2Schema,
    },
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::{collections::HashSet, marker::PhantomData, ops::Deref, time::Duration};
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
pub fn body_digest(request: &HttpRequest) -> Vec<u8> {
    request.extensions().get::<BodyDigest>().map(|digest| digest.0.clone()).unwrap_or_default()
}

/// The digest of what was asked for: the body that was read, and the query as it stands. The two together are a request, of which an
/// `Idempotency-Key` says that it is the same one.
#[must_use]
pub fn request_digest(request: &HttpRequest) -> Vec<u8> {
    let body = body_digest(request);
    match request.query_string() {
        "" => body,
        query => ring::digest::digest(&ring::digest::SHA256, &[&body, query.as_bytes()].concat()).as_ref().to_vec(),
    }
}

impl<T: Apiv2Schema + DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Self(check(read_json(request, payload).await?)?)) })
    }
}

/// Keeps the digest of a body with its request.
pub(crate) fn remember_digest(request: &HttpRequest, bytes: &[u8]) {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    request.extensions_mut().insert(BodyDigest(digest.as_ref().to_vec()));
}

/// Whether a body says that it is JSON.
pub(crate) fn is_json(request: &HttpRequest) -> bool {
    request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    })
}

/// Reads a JSON body once the caller is known to be allowed.
async fn read_json(request: HttpRequest, payload: Payload) -> Result<Value> {
    Verdict::wait(&request).await;
    let bytes = read_bytes(payload, BODY_LIMIT, BODY_DEADLINE).await?;
    remember_digest(&request, &bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(Map::new()));
    }
    if !is_json(&request) {
        return Err(Error::new(Code::UnsupportedMediaType, Message::new("application/json 형식으로 보내세요.", "Send application/json.")));
    }
    let value = strict::parse(&bytes).map_err(|cause| {
        let text = cause.to_string();
        Error::unparseable("body", "json", Message::new(format!("JSON이 올바르지 않습니다: {text}"), text))
    })?;
    let mut errors = strict::inexact(&bytes, &value);
    refuse_nul(&value, &mut String::new(), &mut errors);
    if errors.is_empty() { Ok(value) } else { Err(Error::invalid(errors)) }
}

/// Faults that are looked for in one request; some more than are told.
pub(crate) const FAULTS: usize = 1000;
/// Parameters a query may have; no list has as many.
const PARAMETERS: usize = 500;

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
                Message::new("NUL 문자를 쓸 수 없습니다.", "holds a NUL character"),
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

pub(crate) async fn read_bytes(mut payload: Payload, limit: usize, deadline: Duration) -> Result<Bytes> {
    use futures_util::StreamExt;
    let too_large = || {
        Error::new(Code::PayloadTooLarge, Message::new("요청 본문이 너무 큽니다.", "The body is too large.")).with("limit", limit as u64)
    };
    let reading = async {
        let mut bytes = Vec::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk
                .map_err(|cause| Error::unparseable("body", "transfer", Message::new("본문을 받지 못했습니다.", cause.to_string())))?;
            if bytes.len() + chunk.len() > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Bytes::from(bytes))
    };
    let late =
        || Error::unparseable("body", "deadline", Message::new("본문이 제때 도착하지 않았습니다.", "The body did not arrive in time."));
    tokio::time::timeout(deadline, reading).await.unwrap_or_else(|_| Err(late()))
}

impl<T: Apiv2Schema> Apiv2Schema for Body<T> {}

impl<T: Apiv2Schema> OperationModifier for Body<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        op.parameters.push(Either::Right(Parameter {
            in_: ParameterIn::Body,
            name: "body".into(),
            required: true,
            schema: Some(reference::<T>()),
            ..Default::default()
        }));
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

impl<T> FromRequest for RawBody<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Self { json: read_json(request, payload).await?, of: PhantomData }) })
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

/// The query string as name and value pairs; a name that stands twice is refused.
pub fn read_pairs(query: &str) -> Result<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut names = HashSet::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        if pairs.len() == PARAMETERS {
            return Err(Error::field(
                "query",
                "max_items",
                format!("매개변수는 {PARAMETERS}개까지 쓸 수 있습니다."),
                format!("has more than {PARAMETERS} parameters"),
            ));
        }
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let decode = |text: &str| {
            percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8().map(String::from).map_err(|_| {
                Error::unparseable("query", "encoding", Message::new("쿼리 문자열이 UTF-8이 아닙니다.", "The query string is not UTF-8."))
            })
        };
        let (name, value) = (decode(name)?, decode(value)?);
        if !names.insert(name.clone()) {
            return Err(Error::field(name, "repeated", "같은 매개변수를 두 번 쓸 수 없습니다.", "stands twice"));
        }
        if value.contains('\0') {
            return Err(Error::field(name, "invalid", "올바르지 않은 값입니다.", "holds a NUL character"));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// What is wrong with `?name=null` where nothing can be empty. Taken for a parameter that was left out, it would filter nothing.
#[must_use]
pub fn never_null(name: &str) -> FieldError {
    let text = Message::new("비어 있을 수 없는 항목이므로 null을 쓸 수 없습니다.", "is never empty, so null cannot be asked for");
    FieldError::new(name, "null", text)
}

/// Turns text parameters into the JSON their schema wants; what does not fit stays text, for
/// the check to complain about. `null` is text: whoever knows what is empty looks for it before.
pub fn typed(fields: &[(String, String)], schema: &Schema) -> Value {
    let kind_of = |name: &str| schema.field(name).map(|schema| schema["type"].clone());
    let typed = fields.iter().map(|(name, text)| {
        let kind = kind_of(name).unwrap_or_default();
        let is = |wanted: &str| kind == wanted || kind.as_array().is_some_and(|kinds| kinds.iter().any(|k| k == wanted));
        let value = match text.as_str() {
            "true" if is("boolean") => true.into(),
            "false" if is("boolean") => false.into(),
            number if is("integer") => number.parse::<i64>().map_or_else(|_| number.into(), Value::from),
            text => text.into(),
        };
        (name.clone(), value)
    });
    Value::Object(typed.collect())
}

/// Parameters of the query string, each checked; an unknown one is refused.
pub struct Query<T>(pub T);

impl<T: Apiv2Schema + DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            Verdict::wait(&request).await;
            let pairs = read_pairs(request.query_string())?;
            let schema = Schema::of::<T>()?;
            let value = typed(&pairs, &schema);
            let is_known = |name: &str| schema.fields().any(|(known, _)| known == name);
            let mut errors: Vec<FieldError> =
                pairs.iter().filter(|(name, text)| text == "null" && is_known(name)).map(|(name, _)| never_null(name)).collect();
            if errors.is_empty() {
                return Ok(Self(check(value)?));
            }
            let others = schema.errors(&value);
            errors.extend(others.into_iter().filter(|error| pairs.iter().all(|(name, text)| *name != error.field || text != "null")));
            Err(Error::invalid(errors).into())
        })
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Query<T> {}

impl<T: Apiv2Schema> OperationModifier for Query<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        op.parameters.extend(parameters_of::<T>());
    }
    fn update_definitions(_: &mut Defs) {}
}

type AnyParameter = Either<paperclip::v2::models::Reference, Parameter<DefaultSchemaRaw>>;

/// The fields of `T` as query parameters. What Swagger 2 cannot say travels behind the
/// description, where the finisher finds it.
pub fn parameters_of<T: Apiv2Schema>() -> impl Iterator<Item = AnyParameter> {
    filters_of::<T>(|_| false)
}

/// The fields of `T` as query parameters, some of which may be `null`: they ask for what is empty.
pub fn filters_of<T: Apiv2Schema>(may_be_empty: impl Fn(&str) -> bool) -> impl Iterator<Item = AnyParameter> {
    let definition = T::raw_schema();
    definition.properties.into_iter().map(move |(name, mut schema)| {
        if may_be_empty(&name) {
            *schema = kernel::schema::add_keyword(*schema, "x-or-null", true.into());
            schema.description.get_or_insert_with(|| "`null`: where it is empty.".to_owned());
        }
        Either::Right(Parameter {
            in_: ParameterIn::Query,
            required: definition.required.contains(&name),
            name,
            description: Some(format!("{}\n{}", schema.description.unwrap_or_default(), schema.title.unwrap_or_default())),
            data_type: schema.data_type,
            format: schema.format,
            enum_: schema.enum_,
            maximum: schema.maximum,
            minimum: schema.minimum,
            ..Default::default()
        })
    })
}

/// A query parameter by hand; `kind` is a JSON-schema type.
#[must_use]
pub fn parameter(name: &str, kind: &str, description: &str, keywords: &Value) -> AnyParameter {
    let mut keywords = keywords.clone();
    keywords["type"] = kind.into();
    Either::Right(Parameter {
        in_: ParameterIn::Query,
        name: name.to_owned(),
        description: Some(format!("{description}\n{MARK}{keywords}")),
        data_type: Some(DataType::String),
        ..Default::default()
    })
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

impl FromRequest for RowId {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            Verdict::wait(&request).await;
            let text = request.match_info().get("id").unwrap_or_default();
            Uuid::try_parse(text).map(Self).map_err(|_| {
                Failure(Error::invalid(vec![FieldError::new("id", "uuid", Message::new("UUID가 아닙니다.", "is not a UUID"))]))
            })
        })
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
