//! Helpers for paperclip schemas: names that are safe, named parts moved into definitions.

use crate::titles::{Title, split_title};
use paperclip::v2::{
    models::{DefaultSchemaRaw, Either},
    schema::Apiv2Schema,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

pub(crate) type Defs = BTreeMap<String, DefaultSchemaRaw>;

/// A type as the document knows it, for code that does not know the type.
#[derive(Clone, Copy)]
pub struct TypeDoc {
    name: fn() -> Option<String>,
    schema: fn() -> DefaultSchemaRaw,
}

impl TypeDoc {
    #[must_use]
    pub fn of<T: Apiv2Schema>() -> Self {
        Self { name: T::name, schema: T::raw_schema }
    }

    /// A component name for any type. paperclip's own is `Envelope<>` for every `Envelope<Vec<X>>`, so that they overwrite one another.
    #[must_use]
    pub fn name(self) -> String {
        (self.name)().map_or_else(|| unnamed(&self.schema()), |name| safe(&name))
    }

    #[must_use]
    pub fn schema(self) -> DefaultSchemaRaw {
        (self.schema)()
    }

    /// A reference to the type; its definition, with those of its parts, goes into `definitions`.
    pub fn reference(self, definitions: &mut BTreeMap<String, DefaultSchemaRaw>) -> DefaultSchemaRaw {
        reference_to(self.schema(), definitions)
    }

    /// The names of an object's fields.
    #[must_use]
    pub fn fields(self) -> Vec<String> {
        self.schema().properties.into_keys().collect()
    }

    /// What an object's fields are called by people, where their text says it.
    #[must_use]
    pub fn titles(self) -> Vec<(String, Title)> {
        let titled = |(name, field): (String, Box<DefaultSchemaRaw>)| Some((name, split_title(&field.description?).0?));
        self.schema().properties.into_iter().filter_map(titled).collect()
    }
}

pub(crate) fn type_name<T: Apiv2Schema>() -> String {
    TypeDoc::of::<T>().name()
}

fn unnamed(schema: &DefaultSchemaRaw) -> String {
    if let Some(name) = &schema.name {
        safe(name)
    } else if let Some(items) = &schema.items {
        format!("{}_List", unnamed(items))
    } else if let Some(Either::Right(values)) = &schema.extra_props {
        format!("{}_Map", unnamed(values))
    } else {
        schema.data_type.map_or_else(|| "Any".to_owned(), |data_type| format!("{data_type:?}"))
    }
}

fn safe(name: &str) -> String {
    name.replace(['<', ','], "_").replace(['>', ' '], "")
}

/// Moves every named part into `definitions` and leaves a reference.
fn hoist(schema: &mut DefaultSchemaRaw, definitions: &mut Defs) {
    for property in schema.properties.values_mut() {
        hoist_part(property, definitions);
    }
    if let Some(items) = schema.items.as_mut() {
        hoist_part(items, definitions);
    }
    if let Some(Either::Right(values)) = schema.extra_props.as_mut() {
        hoist_part(values, definitions);
    }
}

fn hoist_part(schema: &mut DefaultSchemaRaw, definitions: &mut Defs) {
    let is_reference = schema.name.is_none() && schema.properties.is_empty() && schema.items.is_none() && schema.reference.is_some();
    if is_reference {
        return;
    }
    schema.reference = None;
    hoist(schema, definitions);
    if let Some(name) = schema.name.take() {
        let name = safe(&name);
        // what belongs to the place, not to the type
        let (description, keywords) = (schema.description.take(), schema.title.take());
        let definition = std::mem::take(schema);
        remember(&name, &definition);
        definitions.insert(name.clone(), definition);
        *schema = DefaultSchemaRaw { reference: Some(format!("#/definitions/{name}")), description, title: keywords, ..Default::default() };
    }
}

/// The reference to a schema, which goes into `definitions` with its parts.
pub(crate) fn reference_to(mut schema: DefaultSchemaRaw, definitions: &mut Defs) -> DefaultSchemaRaw {
    hoist_part(&mut schema, definitions);
    schema
}

pub(crate) fn reference<T: Apiv2Schema>() -> DefaultSchemaRaw {
    reference_to(T::raw_schema(), &mut Defs::new())
}

pub(crate) fn define<T: Apiv2Schema>(definitions: &mut Defs) {
    reference_to(T::raw_schema(), definitions);
}

/// Every definition made, by name. paperclip merges definitions by their bare names over all
/// crates, the last one wins; [`collisions`] tells, and a test asserts that there are none.
static SEEN: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
static CLASHES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn remember(name: &str, definition: &DefaultSchemaRaw) {
    let (Ok(json), Ok(mut seen), Ok(mut clashes)) = (serde_json::to_string(definition), SEEN.lock(), CLASHES.lock()) else { return };
    match seen.get(name) {
        Some(other) if *other != json => {
            clashes.insert(name.to_owned());
        }
        Some(_) => {}
        None => {
            seen.insert(name.to_owned(), json);
        }
    }
}

/// Names that stand for two different types.
#[must_use]
pub fn collisions() -> Vec<String> {
    CLASHES.lock().map(|clashes| clashes.iter().cloned().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Defs, collisions, define, type_name};
    use crate::Envelope;

    mod one {
        #[derive(paperclip::actix::Apiv2Schema)]
        #[expect(dead_code, reason = "only its schema is used")]
        pub struct Twin {
            x: i32,
        }
    }
    mod other {
        #[derive(paperclip::actix::Apiv2Schema)]
        #[expect(dead_code, reason = "only its schema is used")]
        pub struct Twin {
            y: String,
        }
    }

    #[test]
    fn two_types_of_one_name_are_noticed() {
        let mut definitions = Defs::new();
        define::<one::Twin>(&mut definitions);
        define::<one::Twin>(&mut definitions);
        assert!(collisions().is_empty());
        define::<other::Twin>(&mut definitions);
        assert_eq!(collisions(), ["Twin"]);
        assert_eq!(type_name::<Envelope<Vec<one::Twin>>>(), "Envelope_Twin_List");
    }
}
