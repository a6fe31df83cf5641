//! Every operation of the document against everybody who must not get through: those of tomorrow too, because nothing here names one.
//! Strangers, people without the right and those of the other realm are tried in `coverage`.

mod callers;
mod companies;

use crate::coverage::{Operation, operations};
use kernel::Realm;
use serde_json::{Value, json};
use testkit::{Answer, Caller};

const NO_ID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

/// How somebody comes: with a token, or with a key.
#[derive(Clone)]
enum Credential {
    Token(Caller),
    Key(Caller, String),
}

/// Operations of a realm that need a credential.
fn closed(realm: Realm) -> Vec<Operation> {
    operations().into_iter().filter(|operation| operation.realm() == realm && operation.permission().is_some()).collect()
}

impl Operation {
    fn reads(&self) -> bool {
        self.method == "get"
    }

    async fn tried(&self, credential: &Credential) -> Answer {
        match credential {
            Credential::Token(caller) => self.request(caller, NO_ID, &json!({})).send().await,
            Credential::Key(stranger, key) => self.request(stranger, NO_ID, &json!({})).header("x-api-key", key).send().await,
        }
    }

    /// `auth.session.read` and its like: domain, resource, action.
    fn words(&self) -> [&'static str; 3] {
        let words: Vec<&str> = self.permission().unwrap().split('.').collect();
        words.try_into().unwrap()
    }
}

/// All of them answer 401, as if there were no credential at all.
async fn nobody_knows(credential: &Credential, realm: Realm, who: &str) {
    for operation in closed(realm) {
        let answer = operation.tried(credential).await;
        assert_eq!((answer.status, answer.json["code"].as_str()), (401, Some("UNAUTHORIZED")), "{who}: {}: {answer:?}", operation.name());
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{who}: {answer:?}");
        assert_eq!(answer.json["detail"], json!({}), "{who}: nothing is told of why: {answer:?}");
    }
}

/// All of them answer 403 with the reason that belongs to the operation; `None`: this one is let through.
async fn refused_because(credential: &Credential, realm: Realm, reason: impl Fn(&Operation) -> Option<&'static str>) {
    for operation in closed(realm) {
        let answer = operation.tried(credential).await;
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
    let schema = crate::conformance::resolved(&operation.about["requestBody"]["content"]["application/json"]["schema"]);
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let value = |name: &str| {
        let schema = crate::conformance::resolved(&schema["properties"][name]);
        match (schema["enum"].get(0), schema["type"].as_str()) {
            (Some(word), _) => word.clone(),
            (_, Some("integer")) => json!(1),
            (_, Some("boolean")) => json!(true),
            (_, Some("array")) => json!([]),
            _ => json!(testkit::PASSWORD),
        }
    };
    required.map(|name| (name.to_owned(), value(name))).collect::<serde_json::Map<_, _>>().into()
}
