//! Every operation of the document against everybody who must not get through: those of tomorrow too, because nothing here names one.
//! Strangers, people without the right and those of the other realm are tried in `coverage`.

mod callers;
mod companies;

use kernel::Realm;
use serde_json::{Value, json};
use testkit::{Answer, Caller};
use tests::{NO_ID, Operation, operations, resolved};

/// How somebody comes: with a token, or with a key.
#[derive(Clone)]
enum Credential {
    Token(Caller),
    Key(Caller, String),
}

/// Operations of a realm that need a credential; those of the small ERP are tried in `erp`.
fn closed(realm: Realm) -> Vec<Operation> {
    operations()
        .into_iter()
        .filter(|operation| operation.realm() == realm && operation.permission().is_some() && !operation.is_bare())
        .collect()
}

impl Credential {
    /// An operation with this credential, an id that nobody has and an empty body.
    async fn tries(&self, operation: &Operation) -> Answer {
        match self {
            Self::Token(caller) => operation.send(caller).await,
            Self::Key(stranger, key) => operation.request(stranger, NO_ID, &json!({})).header("x-api-key", key).send().await,
        }
    }
}

/// All of them answer 401, as if there were no credential at all.
async fn nobody_knows(credential: &Credential, realm: Realm, who: &str) {
    for operation in closed(realm) {
        let answer = credential.tries(&operation).await;
        assert_eq!((answer.status, answer.json["code"].as_str()), (401, Some("UNAUTHORIZED")), "{who}: {}: {answer:?}", operation.name());
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{who}: {answer:?}");
        assert_eq!(answer.json["detail"], json!({}), "{who}: nothing is told of why: {answer:?}");
    }
}

/// All of them answer 403 with the reason that belongs to the operation; `None`: this one is let through.
async fn refused_because(credential: &Credential, realm: Realm, reason: impl Fn(&Operation) -> Option<&'static str>) {
    for operation in closed(realm) {
        let answer = credential.tries(&operation).await;
        match reason(&operation) {
            Some(reason) => {
                assert_eq!((answer.status, answer.json["code"].as_str()), (403, Some("FORBIDDEN")), "{}: {answer:?}", operation.name());
                assert_eq!(answer.json["detail"]["reason"], reason, "{}: {answer:?}", operation.name());
            }
            None => assert!(![401, 403].contains(&answer.status) && answer.status < 500, "{}: {answer:?}", operation.name()),
        }
    }
}

/// What is found under a path of the document: the schema of its body.
fn minimal_body(operation: &Operation) -> Value {
    let schema = resolved(&operation.about["requestBody"]["content"]["application/json"]["schema"]);
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let value = |name: &str| {
        let schema = resolved(&schema["properties"][name]);
        match (schema["enum"].get(0), schema["type"].as_str(), schema["format"].as_str()) {
            (Some(word), ..) => word.clone(),
            (_, Some("integer"), _) => json!(1),
            (_, Some("boolean"), _) => json!(true),
            (_, Some("array"), _) => json!([]),
            (.., Some("uuid")) => json!(NO_ID),
            _ => json!(testkit::PASSWORD),
        }
    };
    required.map(|name| (name.to_owned(), value(name))).collect::<serde_json::Map<_, _>>().into()
}
