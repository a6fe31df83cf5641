use kernel::{FieldError, Message, NUMBER_DIGITS};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Bytes the name of a field may have. No field of ours comes near, and the name is repeated in the path of every fault below it.
const NAME: usize = 1000;

/// Reads JSON, refusing an object with the same key twice: which of the two was meant is
/// nobody's to guess. Depth is bounded by `serde_json` (128).
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// The numbers of `value`, which was read from `bytes`, that a double does not keep as they were written: more than 15 digits, or an
/// exponent. They would be another number from here on. Whole numbers of 64 bits are kept as they are.
pub(crate) fn inexact(bytes: &[u8], value: &Value) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    if has_double(value) {
        exact(value, &mut Numbers(bytes), &mut String::new(), &mut wrong);
    }
    wrong
}

fn has_double(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_double),
        Value::Object(fields) => fields.values().any(has_double),
        _ => false,
    }
}

/// The texts of the numbers in a JSON text, in their order.
struct Numbers<'t>(&'t [u8]);

impl<'t> Iterator for Numbers<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<&'t [u8]> {
        let mut at = 0;
        while let Some(byte) = self.0.get(at) {
            match byte {
                b'"' => {
                    at += 1;
                    while let Some(byte) = self.0.get(at).filter(|byte| **byte != b'"') {
                        at += if *byte == b'\\' { 2 } else { 1 };
                    }
                }
                b'-' | b'0'..=b'9' => {
                    let rest = self.0.get(at..)?;
                    let end = rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
                    let (number, rest) = rest.split_at(end.unwrap_or(rest.len()));
                    self.0 = rest;
                    return Some(number);
                }
                _ => {}
            }
            at += 1;
        }
        None
    }
}

/// The numbers of a value stand in its text in the order in which it is walked.
fn exact(value: &Value, texts: &mut Numbers<'_>, path: &mut String, wrong: &mut Vec<FieldError>) {
    let here = path.len();
    let mut below = |name: &str, value: &Value| {
        if here > 0 {
            path.push('.');
        }
        path.push_str(name);
        exact(value, texts, path, wrong);
        path.truncate(here);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| below(name, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, value)| below(&i.to_string(), value)),
        Value::Number(number) => {
            let text = texts.next().unwrap_or_default();
            let digits = text.iter().filter(|byte| byte.is_ascii_digit()).skip_while(|digit| **digit == b'0').count();
            if number.is_f64() && (digits > NUMBER_DIGITS || text.iter().any(|byte| byte.eq_ignore_ascii_case(&b'e'))) {
                let message = Message::new(
                    format!("JSON 숫자는 {NUMBER_DIGITS}자리까지, 지수 없이 쓸 수 있습니다. 더 긴 수는 문자열로 보내세요."),
                    format!("must have at most {NUMBER_DIGITS} digits and no exponent; send a longer number as a string"),
                );
                wrong.push(FieldError::new(path.clone(), "digits", message));
            }
        }
        _ => {}
    }
}

/// JSON in a text, all of whose numbers are as they were written.
#[must_use]
pub fn exact_json(text: &str) -> Option<Value> {
    parse(text.as_bytes()).ok().filter(|value| inexact(text.as_bytes(), value).is_empty())
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Strict)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if key.len() > NAME {
                return Err(de::Error::custom(format_args!("a key is longer than {NAME} bytes")));
            }
            let value = entries.next_value_seed(Strict)?;
            if object.contains_key(&key) {
                return Err(de::Error::custom(format_args!("the key \"{key}\" occurs twice")));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::{inexact, parse};

    /// Fault F18: a number of 16 digits became another one on the way through a double.
    #[test]
    fn a_number_that_a_double_does_not_keep_is_told() {
        let wrong =
            |text: &str| inexact(text.as_bytes(), &parse(text.as_bytes()).unwrap()).into_iter().map(|e| e.field).collect::<Vec<_>>();
        let kept =
            r#"{"\"1.2345678901234567": "1.2345678901234567", "a": [1, -2.5, 123456789012.345, 0.000123456789012345, 9007199254740993]}"#;
        assert_eq!(wrong(kept), [""; 0]);
        let lost =
            r#"{"a": 99999999999999.99, "b": [1.5, {"c\\": "7.0", "d": 1e3}], "e": -1234567890123.456, "f": 12345678901234567890123}"#;
        assert_eq!(wrong(lost), ["a", "b.1.d", "e", "f"]);
    }

    #[test]
    fn what_it_reads_is_what_serde_json_reads_but_for_doubles() {
        let text = r#"{"a": [1, -2, 2.5, null, true, "\u00e9"], "b": {"a": 1}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<serde_json::Value>(text).unwrap());
        for bad in [r#"{"a":1,"a":2}"#, r#"[{"b":{"a":1,"a":1}}]"#, "{", "", "{} x", "\u{feff}{}"] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse("[".repeat(10_000).as_bytes()).is_err());
        assert!(parse(format!(r#"{{"{}": 1}}"#, "k".repeat(1000)).as_bytes()).is_ok());
        assert!(parse(format!(r#"{{"{}": 1}}"#, "k".repeat(1001)).as_bytes()).is_err());
    }
}
