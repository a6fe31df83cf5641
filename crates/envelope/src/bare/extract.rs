use crate::{
    Failure, Schema, check,
    extract::{BODY_DEADLINE, BODY_LIMIT, is_json, read_bytes, refuse_nul, remember_digest},
    path_value,
    query::{parameters_of, read_pairs, typed},
    schema::{Defs, define, reference},
    strict,
    web::{Argument, Part, Reading, at_once, whole},
};
use actix_web::{HttpRequest, dev::Payload};
use kernel::{Error, FieldError, Message, Result};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, Either, Parameter, ParameterIn},
        schema::Apiv2Schema,
    },
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{marker::PhantomData, ops::Deref};

fn wrong(field: impl Into<String>, rule: &str, text: impl Into<String>) -> FieldError {
    let text = text.into();
    FieldError::new(field, rule, Message::new(text.clone(), text))
}

/// A rule that a value breaks, in the words of pydantic.
fn pydantic(place: &str, error: &FieldError, schema: &Schema) -> FieldError {
    let own = schema.field(error.field.split('.').next().unwrap_or_default());
    let keyword = |name: &str| own.and_then(|own| own.get(name)).cloned().unwrap_or_default();
    let characters = |limit: &Value| if limit == 1 { format!("{limit} character") } else { format!("{limit} characters") };
    let kind = match keyword("type") {
        Value::Array(kinds) => kinds.first().cloned().unwrap_or_default(),
        kind => kind,
    };
    let (rule, text) = match (error.rule.as_str(), kind.as_str().unwrap_or_default()) {
        ("required", _) => ("missing", "Field required".to_owned()),
        ("unknown", _) => ("extra_forbidden", "Extra inputs are not permitted".to_owned()),
        ("type", _) if error.field.is_empty() => {
            ("model_attributes_type", "Input should be a valid dictionary or object to extract fields from".to_owned())
        }
        ("type", "integer") if place == "query" => {
            ("int_parsing", "Input should be a valid integer, unable to parse string as an integer".to_owned())
        }
        ("type", "integer") => ("int_type", "Input should be a valid integer".to_owned()),
        ("type", "boolean") => ("bool_type", "Input should be a valid boolean".to_owned()),
        ("type", "array") => ("list_type", "Input should be a valid list".to_owned()),
        ("type", _) => ("string_type", "Input should be a valid string".to_owned()),
        ("min_length", _) => ("string_too_short", format!("String should have at least {}", characters(&keyword("minLength")))),
        ("max_length", _) => ("string_too_long", format!("String should have at most {}", characters(&keyword("maxLength")))),
        ("max_items", _) => ("too_long", format!("List should have at most {} items after validation", keyword("maxItems"))),
        ("minimum", _) => ("greater_than_equal", format!("Input should be greater than or equal to {}", keyword("minimum"))),
        ("maximum", _) => ("less_than_equal", format!("Input should be less than or equal to {}", keyword("maximum"))),
        ("pattern", _) if error.field == "email" => ("value_error", "value is not a valid email address".to_owned()),
        (rule, _) => (rule, error.text.en.to_string()),
    };
    wrong(format!("{place}/{}", error.field), rule, text)
}

/// Checks a value against the schema of `T` and decodes it; everything wrong is told in the words of pydantic.
fn read<T: Apiv2Schema + DeserializeOwned + 'static>(place: &str, value: Value) -> Result<T> {
    let schema = Schema::of::<T>()?;
    check(value).map_err(|error: Error| error.map_fields(|field| pydantic(place, &field, &schema)))
}

/// A JSON body of the small ERP. As there, fields that nobody knows are left aside, and the body must be there; an empty text where a
/// value may be left out is none.
pub struct BareBody<T>(pub T);

impl<T: Apiv2Schema + DeserializeOwned + 'static> Argument for BareBody<T> {
    fn read(request: &HttpRequest, payload: &mut Payload) -> Reading {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Box::new(read_object(&request, payload).await?) as Part) })
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        let mut value = whole(part)?;
        leave_aside(&mut value, &*Schema::of::<T>()?);
        Ok(Self(read("body", value)?))
    }
}

async fn read_object(request: &HttpRequest, payload: Payload) -> Result<Value> {
    let bytes = read_bytes(payload, BODY_LIMIT, BODY_DEADLINE).await?;
    remember_digest(request, &bytes);
    let refused = |field: String, rule: &str, text: &str| Error::invalid(vec![wrong(field, rule, text)]);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(refused("body/".into(), "missing", "Field required"));
    }
    if !is_json(request) {
        let text = "Input should be a valid dictionary or object to extract fields from";
        return Err(refused("body/".into(), "model_attributes_type", text));
    }
    let value = strict::parse(&bytes).map_err(|cause| {
        let before = bytes.split(|byte| *byte == b'\n').take(cause.line().saturating_sub(1)).map(|line| line.len() + 1);
        let at = before.sum::<usize>() + cause.column().saturating_sub(1);
        refused(format!("body/{at}"), "json_invalid", "JSON decode error")
    })?;
    let mut errors = strict::inexact(&bytes, &value);
    refuse_nul(&value, &mut String::new(), &mut errors);
    if errors.is_empty() { Ok(value) } else { Err(Error::invalid(errors)) }
}

/// Leaves out what the schema does not know, and takes an empty text for none where a value may be left out.
fn leave_aside(value: &mut Value, schema: &Schema) {
    let Value::Object(fields) = value else { return };
    fields.retain(|name, _| schema.field(name).is_some());
    let required = schema.json.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    for (name, field) in fields.iter_mut() {
        if field.as_str().is_some_and(|text| text.trim().is_empty()) && !required.contains(&Value::from(name.as_str())) {
            *field = Value::Null;
        }
    }
}

impl<T: Apiv2Schema> Apiv2Schema for BareBody<T> {}

impl<T: Apiv2Schema> OperationModifier for BareBody<T> {
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

/// Parameters of the query string.
pub struct BareQuery<T>(pub T);

impl<T: Apiv2Schema + DeserializeOwned + 'static> Argument for BareQuery<T> {
    fn read(request: &HttpRequest, _: &mut Payload) -> Reading {
        at_once(read_pairs(request.query_string()))
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        let pairs: Vec<(String, String)> = whole(part)?;
        Ok(Self(read("query", typed(&pairs, &*Schema::of::<T>()?))?))
    }
}

impl<T: Apiv2Schema> Apiv2Schema for BareQuery<T> {}

impl<T: Apiv2Schema> OperationModifier for BareQuery<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        op.parameters.extend(parameters_of::<T>());
    }
    fn update_definitions(_: &mut Defs) {}
}

/// What a path calls the number of a row.
pub trait PathName: 'static {
    const NAME: &'static str;
}

/// A row's running number in a path: `/organizations/{org_id}`.
pub struct BareNo<N>(i64, PhantomData<fn() -> N>);

impl<N> Deref for BareNo<N> {
    type Target = i64;
    fn deref(&self) -> &i64 {
        &self.0
    }
}

impl<N: PathName> Argument for BareNo<N> {
    fn read(request: &HttpRequest, _: &mut Payload) -> Reading {
        at_once(read_number(request, N::NAME))
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        Ok(Self(whole(part)?, PhantomData))
    }
}

fn read_number(request: &HttpRequest, name: &str) -> Result<i64> {
    let text = path_value(request, name).unwrap_or_default();
    let digits = text.strip_prefix('-').unwrap_or(&text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let text = "Input should be a valid integer, unable to parse string as an integer";
        return Err(Error::invalid(vec![wrong(format!("path/{name}"), "int_parsing", text)]));
    }
    // a number too large for any row is the number of none
    Ok(text.parse().unwrap_or(-1))
}

impl<N> Apiv2Schema for BareNo<N> {}

impl<N: PathName> OperationModifier for BareNo<N> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        let schema = i64::raw_schema();
        op.parameters.push(Either::Right(Parameter {
            in_: ParameterIn::Path,
            name: N::NAME.into(),
            required: true,
            data_type: schema.data_type,
            format: schema.format,
            ..Default::default()
        }));
    }
    fn update_definitions(map: &mut Defs) {
        super::define_errors(map);
    }
}
