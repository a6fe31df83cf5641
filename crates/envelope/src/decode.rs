//! Decoding JSON, and where in it that failed.
//!
//! `serde_path_to_error` does the same by wrapping every visitor of every type, which makes all of them twice. Here it is the
//! deserializer that notes the way, and there is one.

use serde::{
    Deserializer,
    de::{DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor, value::StringDeserializer},
    forward_to_deserialize_any,
};
use serde_json::{Error, Value, map};
use std::{cell::RefCell, vec};

/// Decodes a value. An error says where: `lines.0.amount`.
pub(crate) fn decode<T: DeserializeOwned>(value: Value) -> Result<T, (String, Error)> {
    let way = RefCell::default();
    T::deserialize(At { value, way: &way }).map_err(|error| (dotted(&way), error))
}

fn dotted(way: &RefCell<Vec<String>>) -> String {
    let mut steps = way.take();
    steps.reverse();
    steps.join(".")
}

/// The steps from an error up to the root.
type Way = RefCell<Vec<String>>;

struct At<'w> {
    value: Value,
    way: &'w Way,
}

impl<'de> Deserializer<'de> for At<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Array(items) => {
                let mut items = Items { items: items.into_iter(), at: 0, way: self.way };
                let made = visitor.visit_seq(&mut items)?;
                all_read(items.items.len(), made)
            }
            Value::Object(fields) => {
                let mut fields = Fields { fields: fields.into_iter(), field: None, way: self.way };
                let made = visitor.visit_map(&mut fields)?;
                all_read(fields.fields.len(), made)
            }
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, name: &'static str, words: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.value.deserialize_enum(name, words, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

fn all_read<T>(left: usize, made: T) -> Result<T, Error> {
    if left == 0 { Ok(made) } else { Err(Error::custom("has too many items")) }
}

struct Items<'w> {
    items: vec::IntoIter<Value>,
    at: usize,
    way: &'w Way,
}

impl<'de> SeqAccess<'de> for &mut Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(value) = self.items.next() else { return Ok(None) };
        let made = seed.deserialize(At { value, way: self.way });
        if made.is_err() {
            self.way.borrow_mut().push(self.at.to_string());
        }
        self.at += 1;
        made.map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields<'w> {
    fields: map::IntoIter,
    /// The field whose name was asked for, and whose value was not yet.
    field: Option<(String, Value)>,
    way: &'w Way,
}

impl<'de> MapAccess<'de> for &mut Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.field = self.fields.next();
        let Some((name, _)) = &self.field else { return Ok(None) };
        let name: StringDeserializer<Error> = name.clone().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let (name, value) = self.field.take().ok_or_else(|| Error::custom("a value without a name"))?;
        let made = seed.deserialize(At { value, way: self.way });
        if made.is_err() {
            self.way.borrow_mut().push(name);
        }
        made
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}

#[cfg(test)]
mod tests {
    use super::decode;
    use serde::Deserialize;
    use serde_json::json;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    #[derive(Debug, Deserialize, PartialEq)]
    enum Kind {
        One,
        Two { a: i32 },
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Id(Uuid);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Line {
        id: Option<Id>,
        kind: Kind,
        #[serde(default)]
        pair: (i64, f64),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Whole {
        lines: Vec<Line>,
        more: BTreeMap<Uuid, u8>,
    }

    const ID: &str = "00000000-0000-7000-8000-000000000001";

    #[test]
    fn it_decodes_as_serde_json_does() {
        let body = json!({
            "lines": [{"kind": "One", "id": null}, {"kind": {"Two": {"a": -1}}, "id": ID, "pair": [1, 2.5], "unknown": [1]}],
            "more": {ID: 7},
        });
        assert_eq!(decode::<Whole>(body.clone()).unwrap(), serde_json::from_value::<Whole>(body).unwrap());
        assert_eq!(decode::<serde_json::Value>(json!({"b": 1, "a": [null]})).unwrap(), json!({"b": 1, "a": [null]}));
    }

    #[test]
    fn an_error_says_where_it_is() {
        let where_is = |body| decode::<Whole>(body).unwrap_err().0;
        assert_eq!(where_is(json!({"lines": [{"kind": "One"}, {"kind": "Six"}], "more": {}})), "lines.1.kind");
        assert_eq!(where_is(json!({"lines": [{"kind": "One", "id": "x"}], "more": {}})), "lines.0.id");
        assert_eq!(where_is(json!({"lines": [], "more": {ID: 256}})), format!("more.{ID}"));
        assert_eq!(where_is(json!({"lines": [{"kind": "One", "pair": [1, 2, 3]}], "more": {}})), "lines.0.pair");
        assert_eq!(where_is(json!({"lines": []})), "");
        assert_eq!(where_is(json!([])), "");
    }
}
