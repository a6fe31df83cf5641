//! One row and its hash.

use kernel::{Error, Result, Timestamp};
use ring::digest::{SHA256, digest};
use sea_orm::QueryResult;
use serde_json::{Value, json};
use std::fmt::Write;
use uuid::Uuid;

/// A SHA-256.
pub type Hash = [u8; 32];

/// What stands before the first row.
pub const FIRST: Hash = [0; 32];

/// Columns of the audit in the order in which they are hashed and copied; the chain's own three apart.
pub(crate) const COLUMNS: [&str; 22] = [
    "id",
    "user_id",
    "actor_kind",
    "actor_name",
    "on_behalf_of",
    "on_behalf_of_name",
    "event_type",
    "event_category",
    "description",
    "source_ip",
    "user_agent",
    "session_id",
    "request_id",
    "target",
    "resource_id",
    "action_performed",
    "result",
    "failure_reason",
    "risk_level",
    "extra_data",
    "status",
    "created_at",
];

/// A row of the audit with its place in the chain.
#[derive(Clone, Debug)]
pub struct Link {
    pub id: Uuid,
    pub no: Option<i64>,
    pub previous: Option<Vec<u8>>,
    pub hash: Option<Vec<u8>>,
    pub created_at: Timestamp,
    /// The row's columns in the order of [`COLUMNS`], as they are hashed.
    pub fields: Value,
    pub(crate) values: Vec<sea_orm::Value>,
}

impl Link {
    pub(crate) fn read(row: &QueryResult) -> Result<Self> {
        let mut fields = Vec::with_capacity(COLUMNS.len());
        let mut values = Vec::with_capacity(COLUMNS.len());
        for column in COLUMNS {
            let (field, value) = match column {
                "id" | "request_id" | "user_id" | "on_behalf_of" | "session_id" => {
                    let id: Option<Uuid> = row.try_get("", column).map_err(Error::internal)?;
                    (json!(id), id.into())
                }
                "extra_data" => {
                    let extra: Value = row.try_get("", column).map_err(Error::internal)?;
                    (canonical(&extra), extra.into())
                }
                "created_at" => {
                    let at: Timestamp = row.try_get("", column).map_err(Error::internal)?;
                    (json!(at.unix_micros()), at.into())
                }
                _ => {
                    let text: Option<String> = row.try_get("", column).map_err(Error::internal)?;
                    (json!(text), text.into())
                }
            };
            fields.push(field);
            values.push(value);
        }
        let get = |name: &str| row.try_get::<Option<Vec<u8>>>("", name).map_err(Error::internal);
        Ok(Self {
            id: row.try_get("", "id").map_err(Error::internal)?,
            no: row.try_get("", "chain_no").map_err(Error::internal)?,
            previous: get("prev_hash")?,
            hash: get("hash")?,
            created_at: row.try_get("", "created_at").map_err(Error::internal)?,
            fields: Value::Array(fields),
            values,
        })
    }

    /// The hash of this row at place `no` of the chain of `company` (nil: the provider's own).
    #[must_use]
    pub fn hash_at(&self, company: Uuid, no: i64, previous: &[u8]) -> Hash {
        hash_of(company, no, previous, &self.fields)
    }
}

/// The hash of a row: SHA-256 over a JSON array without spaces, keys in order of their code points:
/// `["cxg-audit-1", company, no, previous (hex), [fields …]]`.
#[must_use]
pub fn hash_of(company: Uuid, no: i64, previous: &[u8], fields: &Value) -> Hash {
    let text = json!(["cxg-audit-1", company, no, to_hex(previous), fields]).to_string();
    sha256(&[text.as_bytes()])
}

pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hash = FIRST;
    hash.copy_from_slice(digest(&SHA256, &parts.concat()).as_ref());
    hash
}

/// The same JSON with its keys in order: databases give them back in an order of their own.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().map(|(key, value)| (key.clone(), canonical(value))).collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(sorted.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        other => other.clone(),
    }
}

#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{FIRST, canonical, hash_of, to_hex};
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn keys_in_any_order_hash_the_same() {
        let (one, other) = (json!({"b": {"d": 1, "c": [2]}, "a": null}), json!({"a": null, "b": {"c": [2], "d": 1}}));
        assert_eq!(canonical(&one).to_string(), canonical(&other).to_string());
        assert_ne!(canonical(&one).to_string(), canonical(&json!({"a": null, "b": {"c": [2], "d": 2}})).to_string());
    }

    /// Kept for those who verify with a program of their own: `printf '…' | sha256sum`.
    #[test]
    fn the_hash_is_that_of_the_text_it_is_said_to_be() {
        let hash = hash_of(Uuid::nil(), 1, &FIRST, &json!(["a", null]));
        let text = format!(r#"["cxg-audit-1","{}",1,"{}",["a",null]]"#, Uuid::nil(), "0".repeat(64));
        assert_eq!(to_hex(&hash), to_hex(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref()));
    }

    #[test]
    fn place_company_and_neighbour_are_part_of_the_hash() {
        let hash = |company, no, previous: &[u8]| hash_of(company, no, previous, &json!([1]));
        let base = hash(Uuid::nil(), 1, &FIRST);
        assert!(
            [hash(Uuid::max(), 1, &FIRST), hash(Uuid::nil(), 2, &FIRST), hash(Uuid::nil(), 1, &base)].iter().all(|other| *other != base)
        );
    }
}
