//! A place in a list: the values it is sorted by, and the id.
//!
//! A cursor carries no authority: the company's filter is applied all the same.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Day, Error, Result, Timestamp};
use sea_orm::Value;
use serde_json::{Value as Json, json};

pub(crate) fn write(order: &str, keys: &[Value]) -> Result<String> {
    let mut parts = vec![json!(order)];
    for key in keys {
        parts.push(match key {
            Value::String(Some(text)) => json!({"s": text}),
            Value::Uuid(Some(id)) => json!({"u": id}),
            Value::BigInt(Some(number)) => json!({"l": number}),
            Value::Int(Some(number)) => json!({"i": number}),
            Value::Bool(Some(flag)) => json!({"b": flag}),
            Value::TimeDate(Some(date)) => json!({"d": date.to_string()}),
            Value::TimeDateTimeWithTimeZone(Some(at)) => json!({"t": Timestamp::new(*at).unix_micros()}),
            value if *value == value.as_null() => Json::Null,
            other => return Err(Error::internal(format!("a list cannot be sorted by {other:?}"))),
        });
    }
    Ok(URL_SAFE_NO_PAD.encode(Json::Array(parts).to_string()))
}

/// The keys of a cursor made for the same order. `None` stands for an empty column. `blanks`
/// are empty values of the columns' kinds: a forged key of another kind never reaches the database.
pub(crate) fn read(text: &str, order: &str, blanks: &[Value]) -> Result<Vec<Option<Value>>> {
    let parse = || -> Option<Vec<Option<Value>>> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let parts: Vec<Json> = serde_json::from_slice(&bytes).ok()?;
        let (first, keys) = parts.split_first()?;
        if first != order || keys.len() != blanks.len() {
            return None;
        }
        let keys: Vec<Option<Value>> = keys.iter().map(key).collect::<Option<_>>()?;
        let of_kind = |key: &Option<Value>, blank: &Value| key.as_ref().is_none_or(|key| key.as_null() == *blank);
        keys.iter().zip(blanks).all(|(key, blank)| of_kind(key, blank)).then_some(keys)
    };
    parse().ok_or_else(|| {
        Error::field("cursor", "cursor", "이 목록과 정렬 순서의 커서가 아닙니다.", "is not a cursor of this list and sort order")
    })
}

fn key(part: &Json) -> Option<Option<Value>> {
    if part.is_null() {
        return Some(None);
    }
    let (kind, value) = part.as_object()?.iter().next()?;
    let value = match kind.as_str() {
        "s" => value.as_str().filter(|text| !text.contains('\0'))?.into(),
        "u" => value.as_str()?.parse::<uuid::Uuid>().ok()?.into(),
        "l" => value.as_i64()?.into(),
        "i" => i32::try_from(value.as_i64()?).ok()?.into(),
        "b" => value.as_bool()?.into(),
        "d" => Day::parse(value.as_str()?).ok()?.into(),
        "t" => Timestamp::from_unix_micros(value.as_i64()?)?.into(),
        _ => return None,
    };
    Some(Some(value))
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use kernel::{Day, Timestamp};
    use sea_orm::Value;

    #[test]
    fn keys_come_back_as_they_went() {
        let at = Timestamp::parse("2026-11-21T01:02:03.456789Z").unwrap();
        let keys: Vec<Value> = vec![
            "한빛".into(),
            uuid::Uuid::max().into(),
            7_i64.into(),
            7_i32.into(),
            true.into(),
            Day::parse("2026-02-28").unwrap().into(),
            at.into(),
            Option::<String>::None.into(),
        ];
        let text = write("name", &keys).unwrap();
        let blanks: Vec<Value> = keys.iter().map(Value::as_null).collect();
        let back = read(&text, "name", &blanks).unwrap();
        for (key, back) in keys.iter().zip(back) {
            assert_eq!(back.unwrap_or_else(|| key.as_null()), *key);
        }
        assert!(read(&text, "-name", &blanks).is_err());
        assert!(read(&text, "name", &blanks[1..]).is_err());
        let mut turned = blanks.clone();
        turned.reverse();
        assert!(read(&text, "name", &turned).is_err());
        for bad in ["", "!", "W10", "eyJhIjoxfQ", &"A".repeat(9000)] {
            assert!(read(bad, "name", &blanks).is_err(), "{bad}");
        }
    }
}
