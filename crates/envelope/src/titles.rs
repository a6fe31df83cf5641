//! What a field is called by people, in Korean and in English.
//!
//! It is declared where the field is: the first line of the field's text is `사업자등록번호 | Business number`, and what
//! is below is the description. The API document lists the titles in `x-titles`; the console, exports and import templates take them
//! from there or from the type itself ([`crate::TypeDoc::titles`]).

use kernel::Lang;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Stands between the two titles.
const BETWEEN: &str = " | ";

/// What a field is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Title {
    pub ko: String,
    pub en: String,
}

impl Title {
    /// The title in this language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
    }
}

/// The title that a field's text begins with, and the rest of the text.
#[must_use]
pub fn split_title(text: &str) -> (Option<Title>, &str) {
    let text = text.trim();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.split_once(BETWEEN) {
        Some((ko, en)) => (Some(Title { ko: ko.trim().to_owned(), en: en.trim().to_owned() }), rest.trim()),
        None => (None, text),
    }
}

/// Takes the titles off the texts of all properties, and answers `x-titles`: by the field's name, and by `Schema.field` where a schema
/// calls a field of that name otherwise than most do.
pub(crate) fn take(schemas: &mut Map<String, Value>) -> Value {
    let mut found: BTreeMap<String, BTreeMap<String, Title>> = BTreeMap::new();
    for (schema, value) in schemas {
        let Some(properties) = value.get_mut("properties").and_then(Value::as_object_mut) else { continue };
        for (field, property) in properties {
            let Some(text) = property.get("description").and_then(Value::as_str).map(str::to_owned) else { continue };
            let (title, rest) = split_title(&text);
            let Some(title) = title else { continue };
            found.entry(field.clone()).or_default().insert(schema.clone(), title);
            if let Some(property) = property.as_object_mut() {
                if rest.is_empty() {
                    property.shift_remove("description");
                } else {
                    property.insert("description".to_owned(), rest.into());
                }
            }
        }
    }
    let mut titles = Map::new();
    for (field, by_schema) in found {
        let Some(usual) = most_common(&by_schema) else { continue };
        titles.insert(field.clone(), pair_of(usual));
        for (schema, title) in by_schema.iter().filter(|(_, title)| *title != usual) {
            titles.insert(format!("{schema}.{field}"), pair_of(title));
        }
    }
    Value::Object(titles)
}

fn pair_of(title: &Title) -> Value {
    json!([title.ko, title.en])
}

/// The title that most schemas have for a field; of equally common ones the first by the alphabet.
fn most_common(by_schema: &BTreeMap<String, Title>) -> Option<&Title> {
    let mut counts: BTreeMap<&Title, usize> = BTreeMap::new();
    for title in by_schema.values() {
        *counts.entry(title).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or_default();
    counts.into_iter().find(|(_, count)| *count == most).map(|(title, _)| title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_begins_with_the_title_or_has_none() {
        let title = |ko: &str, en: &str| Some(Title { ko: ko.to_owned(), en: en.to_owned() });
        assert_eq!(split_title(" 이름 | Name"), (title("이름", "Name"), ""));
        assert_eq!(
            split_title(" 코드 | Code\n\n Unique in its group.\n Never changes."),
            (title("코드", "Code"), "Unique in its group.\n Never changes.")
        );
        assert_eq!(split_title("Unique in its group."), (None, "Unique in its group."));
        assert_eq!(split_title("What it is worth.\nDEBIT | CREDIT"), (None, "What it is worth.\nDEBIT | CREDIT"));
    }

    #[test]
    fn the_usual_title_stands_by_the_name_and_others_by_their_schema() {
        let with = |text: &str| json!({"properties": {"name": {"type": "string", "description": text}}});
        let mut schemas = Map::new();
        schemas.insert("Unit".to_owned(), with("이름 | Name"));
        schemas.insert("Role".to_owned(), with("이름 | Name\nOnce in a company."));
        schemas.insert("Customer".to_owned(), with("고객명 | Customer name"));
        let titles = take(&mut schemas);
        assert_eq!(titles, json!({"name": ["이름", "Name"], "Customer.name": ["고객명", "Customer name"]}));
        assert_eq!(schemas["Unit"]["properties"]["name"], json!({"type": "string"}));
        assert_eq!(schemas["Role"]["properties"]["name"]["description"], "Once in a company.");
    }
}
