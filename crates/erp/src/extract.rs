//! Arguments of handlers: what is wrong with them is said in the words of pydantic.

use crate::reply::{ErpError, ErpInvalid};
use actix_web::{HttpRequest, dev::Payload};
use envelope::{
    Body, BodyFault, Failure, Query, Schema, TypeDoc, check, path_value, read_json_or, read_pairs, typed,
    web::{Argument, Part, Reading, at_once, whole},
};
use kernel::{Error, FieldError, Message, Result};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw, Either, Parameter, ParameterIn},
        schema::Apiv2Schema,
    },
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{collections::BTreeMap, marker::PhantomData, ops::Deref};

type Definitions = BTreeMap<String, DefaultSchemaRaw>;

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

/// Checks a value against the schema of `T` and decodes it; all errors are answered in the words of pydantic.
fn read<T: Apiv2Schema + DeserializeOwned + 'static>(place: &str, value: Value) -> Result<T> {
    let schema = Schema::of::<T>()?;
    check(value).map_err(|error: Error| error.map_fields(|field| pydantic(place, &field, &schema)))
}

/// A JSON body. As in FastAPI, unknown fields are passed over, and the body must be there; an empty text where a value may be left out is
/// none.
pub struct BareBody<T>(pub T);

impl<T: Apiv2Schema + DeserializeOwned + 'static> Argument for BareBody<T> {
    fn read(request: &HttpRequest, payload: &mut Payload) -> Reading {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Box::new(read_json_or(request, payload, refused).await?) as Part) })
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        let mut value = whole(part)?;
        pass_over(&mut value, &*Schema::of::<T>()?);
        Ok(Self(read("body", value)?))
    }
}

/// The body must be there, and be an object.
fn refused(fault: BodyFault) -> Result<Value> {
    let (field, rule, text) = match fault {
        BodyFault::Absent => ("body/".to_owned(), "missing", "Field required"),
        BodyFault::ContentType => {
            ("body/".to_owned(), "model_attributes_type", "Input should be a valid dictionary or object to extract fields from")
        }
        BodyFault::Syntax { offset, .. } => (format!("body/{offset}"), "json_invalid", "JSON decode error"),
    };
    Err(Error::invalid(vec![wrong(field, rule, text)]))
}

/// Removes what the schema does not know, and takes an empty text for none where a value may be left out.
fn pass_over(value: &mut Value, schema: &Schema) {
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
        Body::<T>::update_parameter(op);
    }
    fn update_definitions(map: &mut Definitions) {
        Body::<T>::update_definitions(map);
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
        Query::<T>::update_parameter(op);
    }
    fn update_definitions(_: &mut Definitions) {}
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
    // every error of this API: what has a number is there in any case
    fn update_definitions(map: &mut Definitions) {
        TypeDoc::of::<ErpError>().reference(map);
        TypeDoc::of::<ErpInvalid>().reference(map);
    }
}
