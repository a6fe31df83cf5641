//! JSON-schema keywords that Swagger 2, and with it paperclip's model, cannot say.
//!
//! paperclip knows no `minLength`, `pattern` or free `format`. A value type puts such
//! keywords as JSON behind [`MARK`] into the schema's `title`; the finisher of the
//! `envelope` crate, which turns the document into OpenAPI 3.1, merges them in.

use paperclip::v2::models::{DataType, DefaultSchemaRaw};
use serde_json::{Map, Value};

/// What a title begins with when it carries further keywords.
pub const MARK: &str = "x-keywords:";

/// The keyword for what a value type is called in the document, where it stands once: `Email`, `Text100`.
pub const NAME: &str = "x-name";

/// A schema of `data_type` with further JSON-schema keywords and an example.
#[must_use]
pub fn with_keywords(data_type: DataType, keywords: &Value, example: Value) -> DefaultSchemaRaw {
    DefaultSchemaRaw { data_type: Some(data_type), title: Some(format!("{MARK}{keywords}")), example: Some(example), ..Default::default() }
}

/// The keywords a schema carries.
#[must_use]
pub fn keywords_of(schema: &DefaultSchemaRaw) -> Map<String, Value> {
    let json = schema.title.as_deref().and_then(|title| title.strip_prefix(MARK));
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// Adds one keyword to a schema that may carry some already.
#[must_use]
pub fn add_keyword(mut schema: DefaultSchemaRaw, key: &str, value: Value) -> DefaultSchemaRaw {
    let mut keywords = keywords_of(&schema);
    keywords.insert(key.to_owned(), value);
    schema.title = Some(format!("{MARK}{}", Value::Object(keywords)));
    schema
}
