//! No operation without a right: the document is the list of what there is, and everything on it is tried.

use kernel::Realm;
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};
use testkit::both;
use tests::{NO_ID, Operation, document, operations, parameters, people::somebody_of_a, takes_null};

fn public() -> BTreeSet<(String, String)> {
    gateway::PUBLIC_OPERATIONS.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect()
}

#[test]
fn what_needs_no_credential_is_on_the_list_and_nothing_else() {
    let open: BTreeSet<_> = operations().into_iter().filter(|op| op.permission().is_none()).map(|op| (op.method, op.path)).collect();
    assert_eq!(open, public());
    for operation in operations() {
        // what nearly all need stands at the root
        let security = operation.about.get("security").unwrap_or(&document()["security"]);
        let secured = security.as_array().is_some_and(|security| !security.is_empty());
        assert_eq!(secured, operation.permission().is_some(), "{}: security and x-permission disagree", operation.name());
    }
}

#[test]
fn every_permission_is_in_the_catalogue_of_its_realm_and_of_use() {
    let mut catalogue: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for module in gateway::modules() {
        let keys = module.catalogue().into_iter().map(|key| key.to_string());
        let known = catalogue.entry(module.realm.segment()).or_default();
        for key in keys {
            assert!(key.starts_with(&format!("{}.", module.code)), "{key} does not begin with its domain {}", module.code);
            assert!(known.insert(key.clone()), "{key} is declared twice");
        }
    }
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for operation in operations().iter().filter(|operation| !operation.is_for_everybody()) {
        let Some(permission) = operation.permission() else { continue };
        let realm = operation.realm().segment();
        assert!(catalogue[realm].contains(permission), "{} needs {permission}, which no module declares", operation.name());
        used.entry(realm).or_default().insert(permission.to_owned());
    }
    // asked for by `issue` when it names another day than today; the body's field says so
    used.entry(Realm::Tenant.segment()).or_default().insert("fim.invoices.issue-dated".to_owned());
    assert_eq!(used, catalogue, "a permission that no operation needs can be given for nothing");
}

#[test]
fn every_operation_has_an_id_of_its_own_a_tag_and_words() {
    let described = document()["tags"].as_array().unwrap().iter().filter(|tag| tag["description"].is_string());
    let tags: BTreeSet<&str> = described.map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeMap::new();
    for operation in operations() {
        let id = operation.about["operationId"].as_str().unwrap_or_else(|| panic!("{} has no operationId", operation.name()));
        // a digit at the end would say that two were called alike
        assert!(id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(|c| c.is_ascii_alphabetic()), "{id}");
        if let Some(other) = ids.insert(id, operation.name()) {
            panic!("{id} is both {other} and {}", operation.name());
        }
        let [tag] = operation.about["tags"].as_array().unwrap().as_slice() else { panic!("{}: one tag", operation.name()) };
        assert!(tags.contains(tag.as_str().unwrap()), "{}: the tag {tag} is not described", operation.name());
        assert!(operation.about["summary"].as_str().is_some_and(|text| !text.is_empty()), "{} has no summary", operation.name());
    }
}

both! {
    async fn every_operation_is_closed_to_strangers(app: TestApp) {
        let stranger = app.stranger();
        let forged = stranger.with_token(Some("eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.AAAA"));
        for operation in operations().into_iter().filter(|operation| !operation.is_bare()) {
            if public().contains(&(operation.method.clone(), operation.path.clone())) {
                // an empty body is wrong, and that is the answer
                let _ = operation.send(&stranger).await.wrong_fields();
                continue;
            }
            for caller in [&stranger, &forged] {
                let answer = operation.send(caller).await;
                answer.refused(401, "UNAUTHORIZED");
                assert_eq!(answer.header("www-authenticate"), "Bearer", "{answer:?}");
            }
        }
    }

    async fn every_operation_is_closed_to_those_without_the_right(app: TestApp) {
        let (guest, nobody) = (app.guest().await, app.nobody_a().await);
        for operation in operations().iter().filter(|operation| operation.permission().is_some() && !operation.is_bare()) {
            let (own, other) = if operation.realm() == Realm::Manager { (&guest, &nobody) } else { (&nobody, &guest) };
            assert_eq!(operation.send(other).await.refused(403, "FORBIDDEN")["reason"], "wrong_realm", "{}", operation.name());
            if operation.is_for_everybody() {
                continue;
            }
            let detail = operation.send(own).await.refused(403, "FORBIDDEN");
            assert_eq!(detail["permission"].as_str(), operation.permission(), "{}", operation.name());
        }
    }

    /// Fault of issue 10, section F: a parameter of a report that was `null` was none, and everything was answered.
    async fn null_is_no_value_of_a_question(app: TestApp) {
        let (manager, admin) = (app.manager().await, app.admin_a().await);
        let mut asked = 0;
        for operation in operations().into_iter().filter(|operation| operation.method == "get" && operation.permission().is_some()) {
            let caller = if operation.realm() == Realm::Manager { &manager } else { &admin };
            for parameter in parameters(operation.about).filter(|parameter| parameter["in"] == "query") {
                let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
                // what may be empty has a test of its own (`conformance`), and a text to search for is a text
                if name == "search" || takes_null(schema) {
                    continue;
                }
                let path = operation.path.split('/').map(|word| if word.starts_with('{') { NO_ID } else { word });
                let answer = caller.get(&format!("{}?{name}=null", path.collect::<Vec<_>>().join("/"))).await;
                assert_eq!(answer.status, 422, "{name}: {answer:?}");
                if !operation.is_bare() {
                    assert!(answer.wrong_fields().iter().any(|field| field == name), "{name}: {answer:?}");
                }
                asked += 1;
            }
        }
        assert!(asked > 300, "{asked}");
    }

    /// Each right opens its own operations and no other: all of its own resource are tried, and every fortieth of the rest,
    /// others for each right.
    async fn a_right_opens_what_it_names(app: TestApp) {
        let tenants: Vec<Operation> = operations().into_iter().filter(|op| op.realm() == Realm::Tenant && op.permission().is_some() && !op.is_for_everybody()).collect();
        let keys: BTreeSet<&str> = tenants.iter().filter_map(Operation::permission).collect();
        for (turn, key) in keys.into_iter().enumerate() {
            let caller = somebody_of_a(&app, &[key]).await;
            let resource = key.rsplit_once('.').unwrap().0;
            let beside = |permission: &str| permission.rsplit_once('.').unwrap().0 == resource;
            for (at, operation) in tenants.iter().enumerate().filter(|(at, op)| op.permission().is_some_and(beside) || (at + turn) % 40 == 0) {
                let answer = operation.send(&caller).await;
                let opened = operation.permission() == Some(key);
                // what takes back an import deletes and changes: it asks for these rights, too
                if opened && operation.path.ends_with("/import/{id}/undo") {
                    let further = answer.refused(403, "FORBIDDEN")["permission"].clone();
                    assert_eq!(further, format!("{resource}.delete"), "{at}: {}", operation.name());
                    continue;
                }
                assert_eq!(answer.status != 403, opened, "with {key} alone {} is {answer:?}", operation.name());
            }
        }
    }

    async fn what_is_not_served_is_404_in_the_envelope(app: TestApp) {
        for caller in [app.stranger(), app.manager().await] {
            for path in ["/api/v1", "/api/v1/", "/api/v2/x", "/api/v1/manager/nonsense", "/api/v1/tenants/adm/nonsense", "/api/v1/tenants/adm/users/x/y/z"] {
                for method in [Method::GET, Method::POST, Method::DELETE] {
                    caller.request(method, path).send().await.refused(404, "NOT_FOUND");
                }
            }
        }
    }
}
