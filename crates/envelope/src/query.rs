//! The query string: its parameters, how they are read and how the document shows them.

use crate::{
    Failure, Schema, check,
    schema::{Defs, TypeDoc},
    titles::split_title,
    web::{Argument, Part, Reading, at_once, whole},
};
use actix_web::{HttpRequest, dev::Payload};
use kernel::{Error, FieldError, Message, Result, schema::MARK};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DataType, DefaultOperationRaw, DefaultSchemaRaw, Either, Parameter, ParameterIn},
        schema::Apiv2Schema,
    },
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashSet;

/// Parameters a query may have; no list has as many.
const PARAMETERS: usize = 500;

/// The query string as name and value pairs; a name that stands twice is refused.
pub fn read_pairs(query: &str) -> Result<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut names = HashSet::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        if pairs.len() == PARAMETERS {
            return Err(Error::field(
                "query",
                "max_items",
                format!("매개변수는 {PARAMETERS}개까지 보낼 수 있습니다."),
                format!("must have at most {PARAMETERS} parameters"),
            ));
        }
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let decode = |text: &str| {
            percent_encoding::percent_decode_str(&text.replace('+', " "))
                .decode_utf8()
                .map(String::from)
                .map_err(|_| Error::unparseable("query", "encoding", Message::new("쿼리 문자열은 UTF-8이어야 합니다.", "must be UTF-8")))
        };
        let (name, value) = (decode(name)?, decode(value)?);
        if !names.insert(name.clone()) {
            return Err(Error::field(name, "repeated", "같은 매개변수를 두 번 보낼 수 없습니다.", "must not be sent more than once"));
        }
        if value.contains('\0') {
            return Err(Error::field(name, "invalid", "NUL 문자를 쓸 수 없습니다.", "must not contain a NUL character"));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// What is wrong with `?name=null` where nothing can be empty. Taken for a parameter that was left out, it would filter nothing.
#[must_use]
pub fn never_null(name: &str) -> FieldError {
    let text = Message::new("값이 항상 있는 항목이므로 null로 조회할 수 없습니다.", "must not be null: this field always has a value");
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

impl<T: Apiv2Schema + DeserializeOwned + 'static> Argument for Query<T> {
    fn read(request: &HttpRequest, _: &mut Payload) -> Reading {
        at_once(read_pairs(request.query_string()))
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        Ok(Self::of_pairs(&whole::<Vec<(String, String)>>(part)?)?)
    }
}

/// The parameters as the JSON their schema wants; `null` is refused.
fn json_of(pairs: &[(String, String)], schema: &Schema) -> Result<Value> {
    let value = typed(pairs, schema);
    let is_known = |name: &str| schema.field(name).is_some();
    let mut errors: Vec<FieldError> =
        pairs.iter().filter(|(name, text)| text == "null" && is_known(name)).map(|(name, _)| never_null(name)).collect();
    if errors.is_empty() {
        return Ok(value);
    }
    let others = schema.errors(&value);
    errors.extend(others.into_iter().filter(|error| pairs.iter().all(|(name, text)| *name != error.field || text != "null")));
    Err(Error::invalid(errors))
}

impl<T: Apiv2Schema + DeserializeOwned + 'static> Query<T> {
    /// The parameters of a request.
    ///
    /// # Errors
    /// 422, with all that is wrong with them.
    pub fn of(request: &HttpRequest) -> Result<Self> {
        Self::of_pairs(&read_pairs(request.query_string())?)
    }

    fn of_pairs(pairs: &[(String, String)]) -> Result<Self> {
        check(json_of(pairs, &*Schema::of::<T>()?)?).map(Self)
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
pub fn parameters_of<T: Apiv2Schema>() -> Vec<AnyParameter> {
    filters_of(TypeDoc::of::<T>(), &|_| false)
}

/// The fields of a type as query parameters, some of which may be `null`: they ask for what is empty.
pub fn filters_of(filter: TypeDoc, may_be_empty: &dyn Fn(&str) -> bool) -> Vec<AnyParameter> {
    let definition = filter.schema();
    let parameter = |(name, mut schema): (String, Box<DefaultSchemaRaw>)| {
        if may_be_empty(&name) {
            *schema = kernel::schema::add_keyword(*schema, "x-or-null", true.into());
        }
        Either::Right(Parameter {
            in_: ParameterIn::Query,
            required: definition.required.contains(&name),
            name,
            description: Some(format!("{}\n{}", split_title(&schema.description.unwrap_or_default()).1, schema.title.unwrap_or_default())),
            data_type: schema.data_type,
            format: schema.format,
            enum_: schema.enum_,
            maximum: schema.maximum,
            minimum: schema.minimum,
            ..Default::default()
        })
    };
    definition.properties.into_iter().map(parameter).collect()
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
