//! A body is checked against the very schema the document shows, before it is decoded:
//! everything wrong is answered at once, and what the document says is what happens.

use crate::{bodies, decode::decode, extract::FAULTS, openapi, schema, wording};
use jsonschema::{
    Validator,
    error::{TypeKind, ValidationErrorKind},
};
use kernel::{BizNo, Error, FAULTS_TOLD, FieldError, Message, Money, Rate, Result};
use paperclip::v2::{models::DefaultSchemaRaw, schema::Apiv2Schema};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{
    any::TypeId,
    collections::{HashMap, HashSet},
    sync::{Arc, LazyLock, RwLock},
};

/// The compiled schema of a type.
pub struct Schema {
    validator: Validator,
    /// The object schema itself, for those who need to know its fields.
    pub json: Value,
    /// The schemas that it refers to, by name.
    parts: Value,
}

static COMPILED: LazyLock<RwLock<HashMap<TypeId, Arc<Schema>>>> = LazyLock::new(RwLock::default);

impl Schema {
    /// The schema of `T`, compiled once.
    pub fn of<T: Apiv2Schema + 'static>() -> Result<Arc<Self>> {
        Self::known(TypeId::of::<T>(), T::raw_schema)
    }

    fn known(key: TypeId, raw: fn() -> DefaultSchemaRaw) -> Result<Arc<Self>> {
        if let Some(known) = COMPILED.read().ok().and_then(|map| map.get(&key).cloned()) {
            return Ok(known);
        }
        let mut definitions = schema::Defs::new();
        let root = schema::reference_to(raw(), &mut definitions);
        let made = Arc::new(Self::compile(&root, &definitions)?);
        if let Ok(mut map) = COMPILED.write() {
            map.insert(key, made.clone());
        }
        Ok(made)
    }

    fn compile(root: &DefaultSchemaRaw, definitions: &schema::Defs) -> Result<Self> {
        let convert = |raw| -> Result<Value> {
            let mut made = openapi::schema(serde_json::to_value(raw).map_err(Error::internal)?, true);
            bodies::bound_lists(&mut made);
            Ok(made)
        };
        let mut schemas = serde_json::Map::new();
        for (name, raw) in definitions {
            schemas.insert(name.clone(), convert(raw)?);
        }
        let mut json = convert(root)?;
        // the root itself rather than a reference to it, so that its fields can be listed
        if let Some(name) = json.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next())
            && let Some(found) = schemas.get(name)
        {
            json = found.clone();
        }
        let mut document = json.clone();
        document["components"] = json!({"schemas": schemas});
        let validator = jsonschema::options()
            .with_format("decimal4", |text: &str| text.parse::<Money>().is_ok())
            .with_format("decimal8", |text: &str| text.parse::<Rate>().is_ok())
            .with_format("biz-no", |text: &str| BizNo::parse(text).is_ok())
            .with_format("time-zone", |text: &str| kernel::Zone::parse(text).is_ok())
            .should_validate_formats(true)
            .build(&document)
            .map_err(Error::internal)?;
        Ok(Self { validator, json, parts: document["components"]["schemas"].take() })
    }

    /// The names and schemas of the object's fields.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.json.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
    }

    /// The schema of the object's field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.json.get("properties").and_then(|fields| fields.get(name))
    }

    /// Type and format of a field, references and what may be null looked through.
    #[must_use]
    pub fn kind_of(&self, field: &str) -> (&str, &str) {
        let word = |schema: &'_ Value, key: &str| match &schema[key] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).position(|kind| kind != "null"),
            _ => None,
        };
        let schema = self.resolved(&self.json["properties"][field]);
        let kind = match word(schema, "type") {
            Some(at) => schema["type"][at].as_str(),
            None => schema["type"].as_str(),
        };
        (kind.unwrap_or_default(), schema["format"].as_str().unwrap_or_default())
    }

    /// A schema, references and what may be null looked through.
    fn resolved<'s>(&'s self, mut schema: &'s Value) -> &'s Value {
        for _ in 0..4 {
            if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
                schema = &self.parts[name];
            } else if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
                schema = choices.iter().find(|choice| choice["type"] != "null").unwrap_or(&Value::Null);
            }
        }
        schema
    }

    /// Everything that is wrong with `value`, each field once; looking ends where there is more than anybody reads.
    #[must_use]
    pub fn errors(&self, value: &Value) -> Vec<FieldError> {
        if let Some(unknown) = self.strangers(value) {
            return unknown;
        }
        let mut crowded = Vec::new();
        self.crowded(&self.json, value, &mut crowded);
        if !crowded.is_empty() {
            return crowded;
        }
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let explained = self.validator.iter_errors(value).flat_map(|error| {
            let pointer = error.instance_path().to_string();
            match (error.kind(), value.pointer(&pointer).and_then(Value::as_object)) {
                // an object that has no fields at all: all that came are unknown
                (ValidationErrorKind::FalseSchema, Some(fields)) => {
                    let path = dotted(&pointer);
                    fields.keys().take(FAULTS).map(|name| FieldError::new(below(&path, name), "unknown", unknown())).collect()
                }
                (kind, _) => explain(kind, &pointer),
            }
        });
        // one mistake often breaks two rules (empty: too short, and no pattern fits); one of them says enough
        let mut seen = HashSet::new();
        explained.take(FAULTS * 2).filter(|error| seen.insert(error.field.clone())).take(FAULTS).collect()
    }

    /// The unknown fields of an object that has so many that nothing else would be listed: they alone are enough to refuse it.
    fn strangers(&self, value: &Value) -> Option<Vec<FieldError>> {
        let is_closed = self.json.get("additionalProperties") == Some(&Value::Bool(false));
        let fields = value.as_object().filter(|fields| is_closed && fields.len() > self.fields().count() + FAULTS_TOLD)?;
        let names = fields.keys().filter(|name| self.field(name).is_none()).take(FAULTS);
        Some(names.map(|name| FieldError::new(name.as_str(), "unknown", unknown())).collect())
    }

    /// The lists that have more items than they may: that alone is enough to refuse them, and nobody looks at the items.
    fn crowded(&self, schema: &Value, value: &Value, found: &mut Vec<FieldError>) {
        let schema = self.resolved(schema);
        let mut look = |name: &dyn Fn() -> String, schema: &Value, value: &Value| {
            if found.len() < FAULTS && schema.is_object() && (value.is_array() || value.is_object()) {
                let before = found.len();
                self.crowded(schema, value, found);
                for error in found.iter_mut().skip(before) {
                    let path = if error.field.is_empty() { name() } else { below(&name(), &error.field) };
                    *error = FieldError::new(path, "max_items", error.text.clone());
                }
            }
        };
        match value {
            Value::Array(items) => {
                let limit = schema["maxItems"].as_u64();
                match limit.filter(|limit| usize::try_from(*limit).is_ok_and(|limit| items.len() > limit)) {
                    Some(limit) => found.push(FieldError::new("", "max_items", too_many(limit))),
                    None => items.iter().enumerate().for_each(|(at, item)| look(&|| at.to_string(), &schema["items"], item)),
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    look(&|| name.clone(), schema["properties"].get(name).unwrap_or(&schema["additionalProperties"]), field);
                }
            }
            _ => {}
        }
    }
}

/// Refuses a value that breaks the schema of a type.
fn demand(key: TypeId, raw: fn() -> DefaultSchemaRaw, value: &Value) -> Result<()> {
    let errors = Schema::known(key, raw)?.errors(value);
    if errors.is_empty() { Ok(()) } else { Err(Error::invalid(errors)) }
}

/// Checks a value against the schema of `T`, then decodes it.
pub fn check<T: Apiv2Schema + DeserializeOwned + 'static>(value: Value) -> Result<T> {
    demand(TypeId::of::<T>(), T::raw_schema, &value)?;
    decode(value).map_err(unfit)
}

fn unfit((field, cause): (String, serde_json::Error)) -> Error {
    let text = cause.to_string();
    Error::field(field, "invalid", wording::korean(&text), text)
}

/// `/lines/0/amount` → `lines.0.amount`.
fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect::<Vec<_>>().join(".")
}

fn below(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

fn too_many(limit: u64) -> Message {
    Message::new(format!("{limit}개 이하여야 합니다."), format!("must have at most {limit} items"))
}

fn unknown() -> Message {
    Message::new("알 수 없는 항목입니다.", "is not a known field")
}

fn explain(kind: &ValidationErrorKind, pointer: &str) -> Vec<FieldError> {
    let path = dotted(pointer);
    let one = |rule: &str, ko: String, en: String| vec![FieldError::new(path.clone(), rule, Message::new(ko, en))];
    match kind {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![FieldError::new(below(&path, name), "required", Message::new("필수 항목입니다.", "is required"))]
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().take(FAULTS).map(|name| FieldError::new(below(&path, name), "unknown", unknown())).collect()
        }
        ValidationErrorKind::Type { kind } => {
            let types: Vec<&str> = match kind {
                TypeKind::Single(one) => vec![one.as_str()],
                TypeKind::Multiple(several) => several.iter().map(|one| one.as_str()).collect(),
            };
            vec![FieldError::new(path, "type", wording::of_types(&types))]
        }
        ValidationErrorKind::Enum { options } => {
            let words = wording::listed(options);
            one("enum", format!("다음 중 하나여야 합니다: {words}"), format!("must be one of {words}"))
        }
        ValidationErrorKind::Format { format } => {
            vec![FieldError::new(path, format, wording::of_format(format).unwrap_or_else(wording::no_form))]
        }
        ValidationErrorKind::Pattern { pattern } => {
            vec![FieldError::new(path, "pattern", wording::of_pattern(pattern).unwrap_or_else(wording::no_form))]
        }
        ValidationErrorKind::MinLength { limit } => {
            one("min_length", format!("{limit}자 이상이어야 합니다."), format!("must have at least {limit} characters"))
        }
        ValidationErrorKind::MaxLength { limit } => {
            one("max_length", format!("{limit}자 이하여야 합니다."), format!("must have at most {limit} characters"))
        }
        ValidationErrorKind::Minimum { limit } => {
            one("minimum", format!("{limit} 이상이어야 합니다."), format!("must be at least {limit}"))
        }
        ValidationErrorKind::Maximum { limit } => one("maximum", format!("{limit} 이하여야 합니다."), format!("must be at most {limit}")),
        ValidationErrorKind::MinItems { limit } => {
            one("min_items", format!("{limit}개 이상이어야 합니다."), format!("must have at least {limit} items"))
        }
        ValidationErrorKind::MaxItems { limit } => vec![FieldError::new(path, "max_items", too_many(*limit))],
        // an optional reference: what is wrong with the reference itself
        ValidationErrorKind::AnyOf { context } => {
            let inner = context.first().into_iter().flatten().flat_map(|error| explain(error.kind(), &error.instance_path().to_string()));
            let inner: Vec<FieldError> = inner.collect();
            if inner.is_empty() { one("invalid", "올바르지 않은 값입니다.".into(), "is not valid".into()) } else { inner }
        }
        _ => one("invalid", "올바르지 않은 값입니다.".into(), "is not valid".into()),
    }
}
