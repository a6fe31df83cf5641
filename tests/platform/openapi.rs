//! The document: committed, valid, without inner things, and true — real answers are what it says.

use jsonschema::Validator;
use kernel::Realm;
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    process::Command,
    sync::{Arc, LazyLock, Mutex},
};
use testkit::{Answer, PASSWORD, both};
use tests::{ANY, Subject, answer_of, document, every_resource, operations, parameters, properties, resolved};

fn committed() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi.json")
}

#[test]
fn the_committed_document_is_the_served_one() {
    let text = std::fs::read_to_string(committed()).unwrap_or_default();
    if text != gateway::document::text() {
        let at = text.lines().zip(gateway::document::text().lines()).position(|(one, other)| one != other).unwrap_or_default();
        panic!(
            "openapi.json is not the document of this build (first difference in line {}): run `just openapi` and review what changed",
            at + 1
        );
    }
}

both! {
    async fn the_served_document_is_that_of_the_build(app: TestApp) {
        let answer = app.stranger().get("/openapi.json").await;
        assert_eq!((answer.status, String::from_utf8(answer.bytes).unwrap().as_str()), (200, gateway::document::text()));
    }
}

#[test]
fn a_stranger_to_this_house_finds_it_valid() {
    let validator = std::env::var_os("OPENAPI_SPEC_VALIDATOR").expect(
        "OPENAPI_SPEC_VALIDATOR does not name the program that judges the document: run script/test, which installs it and says where it is",
    );
    let file = testkit::temporary_folder().join("openapi.json");
    std::fs::write(&file, gateway::document::text()).unwrap();
    let judged = Command::new(validator).arg(file).output().expect("OPENAPI_SPEC_VALIDATOR starts");
    let said = format!("{}{}", String::from_utf8_lossy(&judged.stdout), String::from_utf8_lossy(&judged.stderr));
    assert!(judged.status.success(), "{said}");
}

/// Whoever asks for it waits for all of it, and half of it was the same again and again.
#[test]
fn it_is_not_longer_than_need_be() {
    let (compact, text) = (document().to_string().len(), gateway::document::text().len());
    assert!(compact <= 1_000_000 && text <= 1_300_000, "{compact} bytes, {text} as it lies in the repository");
    let mut seen = BTreeSet::new();
    for operation in operations() {
        for parameter in operation.about["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["name"].is_string()) {
            assert!(seen.insert(parameter.to_string()), "{}: {parameter} stands elsewhere, too", operation.name());
        }
    }
    let components = document()["components"].as_object().unwrap();
    let text = gateway::document::text();
    for kind in ["parameters", "responses", "headers"] {
        for name in components[kind].as_object().unwrap().keys() {
            assert!(text.contains(&format!("\"#/components/{kind}/{name}\"")), "nothing refers to {kind}/{name}");
        }
    }
}

/// Fault of the document: `PartnerId2`, `Status4`, `File2`. A digit said that two were called alike.
#[test]
fn shared_parts_are_called_by_what_they_are() {
    let ends_in_digit = |name: &str| name.ends_with(|c: char| c.is_ascii_digit());
    let components = &document()["components"];
    for (name, parameter) in components["parameters"].as_object().unwrap() {
        assert!(!ends_in_digit(name) || ends_in_digit(parameter["name"].as_str().unwrap()), "{name}: {parameter}");
    }
    assert!(components["responses"].as_object().unwrap().keys().all(|name| !ends_in_digit(name)));
    let answers = |path: &str, method: &str, status: &str| {
        &document()["paths"][format!("/api/v1/tenants/{path}")][method]["responses"][status]["$ref"]
    };
    for (path, method) in [("{id}", "get"), ("{id}", "patch"), ("{id}/suspend", "post"), ("{id}/close", "post")] {
        assert_eq!(answers(&format!("crm/customers/{path}"), method, "200"), "#/components/responses/Customer", "{method} {path}");
    }
}

/// Fault of the document: two operations of 452 had a description.
#[test]
fn every_operation_says_more_than_its_summary() {
    for operation in operations() {
        let text = operation.about["description"].as_str().unwrap_or_default();
        assert!(text.chars().count() >= 40 && operation.about["summary"] != *text, "{}: {text:?}", operation.name());
    }
}

#[test]
fn every_tag_says_in_both_languages_what_it_is_about() {
    let mut seen = BTreeSet::new();
    let is_hangul = |c: char| ('가'..='힣').contains(&c);
    for tag in document()["tags"].as_array().unwrap() {
        let text = tag["description"].as_str().unwrap();
        let (ko, en) = text.split_once(" · ").unwrap_or_else(|| panic!("{tag}"));
        assert!(ko.contains(is_hangul) && !en.contains(is_hangul) && en.contains(|c: char| c.is_ascii_alphabetic()), "{tag}");
        assert!(seen.insert(text) && !text.contains(" — "), "{tag} has no line of its own in gateway/src/document/tags.rs");
    }
}

/// The console was left to guess it from the names.
#[test]
fn the_ends_of_a_range_say_of_which_field_they_are() {
    for module in gateway::modules() {
        for info in &module.resources {
            let path = format!("/api/v1/{}{}", module.realm.segment(), info.path);
            let mut marked = BTreeSet::new();
            for parameter in parameters(&document()["paths"][&path]["get"]) {
                let Some(range) = parameter.get("x-range") else { continue };
                let (of, end) = (range["of"].as_str().unwrap(), range["end"].as_str().unwrap());
                assert_eq!(parameter["name"], format!("{of}_{end}"), "{path}");
                assert!(["from", "to", "min", "max"].contains(&end) && marked.insert((of, end)), "{path}: {parameter}");
            }
            let ranges: BTreeSet<&str> = (info.spec)().unwrap().ranges.iter().map(|(column, _)| *column).collect();
            assert_eq!(marked.len(), ranges.len() * 2, "{path}");
            assert_eq!(marked.into_iter().map(|(of, _)| of).collect::<BTreeSet<_>>(), ranges, "{path}");
        }
    }
}

#[test]
fn operations_are_called_by_what_they_do() {
    let id = |method: &str, path: &str| document()["paths"][format!("/api/v1/{path}")][method]["operationId"].as_str();
    for (method, path, name) in [
        ("get", "tenants/crm/customers", "listCustomers"),
        ("post", "tenants/crm/customers", "createCustomer"),
        ("patch", "tenants/crm/customers/{id}", "updateCustomer"),
        ("post", "tenants/fim/transactions/{id}/post", "postJournalEntry"),
        ("get", "tenants/fim/reports/trial-balance", "getTrialBalanceReport"),
        ("get", "tenants/adm/users", "listUsers"),
        ("get", "manager/idam/users", "listPlatformUsers"),
        ("post", "manager/auth/login", "loginManager"),
    ] {
        assert_eq!(id(method, path), Some(name), "{method} {path}");
    }
    for module in gateway::modules() {
        for info in &module.resources {
            let noun: String = (info.spec)().unwrap().noun.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
            let get = id("get", &format!("{}{}/{{id}}", module.realm.segment(), info.path)).unwrap();
            assert!([format!("get{noun}"), format!("getPlatform{noun}")].contains(&get.to_owned()), "{}: {get}", info.path);
        }
    }
}

#[test]
fn resources_are_marked() {
    let mut sorts = 0;
    for (path, item) in document()["paths"].as_object().unwrap().iter().filter(|(path, _)| !path.ends_with("/export")) {
        let Some(sort) = item.get("get").and_then(|get| parameters(get).find(|parameter| parameter["name"] == "sort")) else { continue };
        let (both, columns) = (sort["schema"]["items"]["enum"].as_array().unwrap(), item["get"]["x-sort"].as_array());
        let columns = columns.unwrap_or_else(|| panic!("{path} is sorted and has no x-sort"));
        assert!(columns.len() * 2 == both.len() && columns.iter().all(|column| both.contains(column)), "{path}: {columns:?}");
        sorts += 1;
    }
    assert!(sorts > 40, "{sorts}");
    for module in gateway::modules() {
        for info in &module.resources {
            let path = format!("/api/v1/{}{}/{{id}}", module.realm.segment(), info.path);
            let get = &document()["paths"][&path]["get"];
            for number in ["singular", "plural"] {
                assert!(get["x-noun"][number].as_str().is_some_and(|word| !word.contains('_')), "{path}: {}", get["x-noun"]);
            }
            let row = properties(&answer_of(get, 200).unwrap()["content"]["application/json"]["schema"]);
            let row = properties(row.into_iter().find(|(name, _)| *name == "data").unwrap().1);
            if let Some(title) = get.get("x-title-field") {
                assert!(row.iter().any(|(name, _)| *title == **name), "{path}: no row has a {title}");
            }
        }
    }
}

#[test]
fn every_reference_to_a_row_leads_to_a_list() {
    let mut seen = 0;
    each_schema(document(), &mut BTreeSet::new(), "", &mut |place, schema| {
        let Some(target) = schema.get("x-refers-to") else { return };
        let list = &document()["paths"][target.as_str().unwrap()];
        assert!(list["get"].is_object() && is_of(schema, "string") && schema["format"] == "uuid", "{place}: {schema}");
        seen += 1;
    });
    assert!(seen > 300, "{seen}");
}

#[test]
fn no_two_types_share_a_name() {
    let _ = gateway::document::text();
    assert_eq!(envelope::collisions(), Vec::<String>::new());
}

#[test]
fn inner_columns_are_not_in_the_document() {
    let inner = [
        "password_hash",
        "deleted_at",
        "deleted_by",
        "row_version",
        "refresh_hash",
        "wrapped_key",
        "failed_login_attempts",
        "locked_until",
        "step_data",
        "sso_subject",
    ];
    let schemas = document()["components"]["schemas"].as_object().unwrap();
    // when a locked account opens again is what its owner is told
    for (name, schema) in schemas.iter().filter(|(name, _)| *name != "ErrorDetail") {
        for (property, _) in properties(schema) {
            assert!(!inner.contains(&property.as_str()), "{name} shows {property}");
            assert!(!property.contains("hash"), "{name} shows {property}");
        }
    }
    // on the companies' side the company is no field
    for (path, item) in document()["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/api/v1/tenants/")) {
        let mut names = BTreeSet::new();
        schemas_of(item, &mut names);
        for name in names {
            assert!(properties(&schemas[&name]).iter().all(|(property, _)| *property != "tenant_id"), "{path}: {name} shows tenant_id");
        }
        let mut parameters = item.as_object().unwrap().values().flat_map(parameters);
        assert!(parameters.all(|parameter| parameter["name"] != "tenant_id"), "{path} takes a tenant_id");
    }
}

/// The component schemas a part of the document leads to.
fn schemas_of(part: &'static Value, names: &mut BTreeSet<String>) {
    match part {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                let is_new = reference.strip_prefix("#/components/schemas/").is_none_or(|name| names.insert(name.to_owned()));
                if is_new {
                    schemas_of(resolved(part), names);
                }
            }
            map.values().for_each(|value| schemas_of(value, names));
        }
        Value::Array(list) => list.iter().for_each(|value| schemas_of(value, names)),
        _ => {}
    }
}

#[test]
fn every_schema_is_used_and_every_reference_leads_somewhere() {
    let mut names = BTreeSet::new();
    schemas_of(&document()["paths"], &mut names);
    let known: BTreeSet<String> = document()["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, known);
}

#[test]
fn every_example_of_a_body_is_good() {
    let mut seen = 0;
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            let Some(example) = content.get("example") else { continue };
            seen += usize::from(path.starts_with("/api/"));
            let wrong: Vec<String> =
                compiled(&content["schema"]).iter_errors(example).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(wrong.is_empty(), "{method} {path}: {wrong:?}");
        }
    }
    let modules = gateway::modules();
    let made =
        modules.iter().flat_map(|module| module.resources.iter().map(|info| format!("/api/v1/{}{}", module.realm.segment(), info.path)));
    let resources = made.filter(|path| document()["paths"][path].get("post").is_some()).count();
    assert!(resources > 4 && resources <= seen, "{resources}");
    assert_eq!(seen, resources, "each resource shows how one is made");
}

/// A schema of the document, compiled once.
fn compiled(schema: &Value) -> Arc<Validator> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap();
    let made = known.entry(schema.to_string()).or_insert_with(|| {
        let mut root = schema.clone();
        root["components"] = document()["components"].clone();
        Arc::new(jsonschema::options().should_validate_formats(true).build(&root).unwrap_or_else(|error| panic!("{error}: {schema}")))
    });
    made.clone()
}

/// Whether an answer is what the document says of its operation.
#[track_caller]
fn fits(method: &str, template: &str, answer: &Answer) {
    let operation = &document()["paths"][template][method];
    assert!(operation.is_object(), "{method} {template} is not in the document");
    let response = answer_of(operation, answer.status)
        .unwrap_or_else(|| panic!("{method} {template} does not say that it may answer {}: {answer:?}", answer.status));
    for (name, _) in document()["components"]["headers"].as_object().unwrap() {
        let known = [&response["headers"], &document()["x-headers"]].iter().any(|headers| headers.get(name).is_some());
        assert!(known || answer.header(name).is_empty(), "{method} {template} {} does not say {name}: {answer:?}", answer.status);
    }
    let schema = &response["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{method} {template} {}: no schema", answer.status);
    let wrong: Vec<String> =
        compiled(schema).iter_errors(&answer.json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{method} {template}: {wrong:?}\n{answer:?}");
    if answer.status < 300 {
        exactly(&answer.json, schema, "");
    }
}

/// Nothing is answered that the document does not know: it says nothing of further fields, so they would pass.
#[track_caller]
fn exactly(value: &Value, schema: &'static Value, place: &str) {
    let schema = resolved(schema);
    match value {
        Value::Object(fields) => {
            let known: HashMap<&String, &'static Value> = properties(schema).into_iter().collect();
            if known.is_empty() {
                return;
            }
            for (name, value) in fields {
                let schema = known.get(name).unwrap_or_else(|| panic!("{place}.{name} is answered and not documented"));
                exactly(value, schema, &format!("{place}.{name}"));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| exactly(item, &schema["items"], &format!("{place}[]"))),
        _ => {}
    }
}

/// Looks at every schema below a part of the document, references followed once each.
fn each_schema(part: &'static Value, seen: &mut BTreeSet<String>, place: &str, look: &mut impl FnMut(&str, &'static Value)) {
    look(place, part);
    match part {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str)
                && seen.insert(reference.to_owned())
            {
                each_schema(resolved(part), seen, reference, look);
            }
            map.iter().for_each(|(name, value)| each_schema(value, seen, &format!("{place}/{name}"), look));
        }
        Value::Array(list) => list.iter().for_each(|value| each_schema(value, seen, place, look)),
        _ => {}
    }
}

fn is_of(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|known| known == kind))
}

/// What follows are faults of issue 10, section F: the document said less than is so, or something else.
#[test]
fn whole_numbers_have_bounds() {
    each_schema(&document()["paths"], &mut BTreeSet::new(), "", &mut |place, schema| {
        if is_of(schema, "integer") {
            assert!(schema["minimum"].is_number() && schema["maximum"].is_number(), "{place}: {schema}");
        }
    });
}

/// A list without a bound is work without a bound, for whoever sends it.
#[test]
fn every_list_of_a_body_has_a_bound() {
    let mut seen = 0;
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            each_schema(&operation["requestBody"], &mut BTreeSet::new(), "", &mut |place, schema| {
                if is_of(schema, "array") {
                    assert!(schema["maxItems"].is_u64(), "{method} {path}: {place}: {schema}");
                    seen += 1;
                }
            });
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn amounts_are_texts_in_answers_and_in_queries() {
    let operations = document()["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let mut seen = 0;
    for operation in operations {
        for part in [&operation["responses"], &operation["parameters"]] {
            each_schema(part, &mut BTreeSet::new(), "", &mut |place, schema| {
                if schema["format"].as_str().is_some_and(|format| format.starts_with("decimal")) {
                    assert!(!is_of(schema, "number"), "{place}: {schema}");
                    seen += 1;
                }
            });
        }
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn errors_stand_once_and_say_what_they_hold() {
    let answers = document()["components"]["responses"].as_object().unwrap();
    let headers = ["X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"];
    let say = |all: &Value| headers.iter().all(|header| all[header]["$ref"] == format!("#/components/headers/{header}"));
    let bodies = ["ErrorBody", "ErpError", "ErpInvalid"].map(|name| json!(format!("#/components/schemas/{name}")));
    let errors: Vec<&Value> =
        answers.values().filter(|answer| bodies.contains(&answer["content"]["application/json"]["schema"]["$ref"])).collect();
    assert!(errors.len() >= 10 && errors.iter().all(|error| say(&error["headers"])) && say(&document()["x-headers"]));
    let any = |name: &str| answers[name]["description"].as_str().unwrap();
    assert!(ANY.iter().all(|status| any("Error").contains(&status.to_string()) && any("ErpError").contains(&status.to_string())));
    assert!(["Error", "ErpError", "Locked"].iter().all(|name| answers[*name]["headers"]["Retry-After"].is_object()));
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                assert!(status.as_str() < "400" || answer["$ref"].is_string(), "{method} {path}: {status} is written out");
            }
            assert!(operation["responses"]["default"].is_object(), "{method} {path} does not say what any request may meet");
        }
    }
    let schemas = &document()["components"]["schemas"];
    assert!(schemas["ErrorBody"]["properties"]["code"]["enum"].as_array().unwrap().iter().any(|code| code == "VALIDATION_ERROR"));
    assert_eq!(schemas["ErrorDetail"]["properties"]["errors"]["items"]["$ref"], "#/components/schemas/ErrorField");
}

#[test]
fn what_is_also_a_file_says_so() {
    let mut statements = 0;
    for (path, item) in document()["paths"].as_object().unwrap() {
        let Some(operation) = item.get("get") else { continue };
        let Some(format) = parameters(operation).find(|parameter| parameter["name"] == "format") else { continue };
        let content = answer_of(operation, 200).unwrap()["content"].as_object().unwrap();
        for word in format["schema"]["enum"].as_array().unwrap().iter().filter_map(Value::as_str) {
            let kind = match word {
                "json" => "application/json",
                "csv" => "text/csv",
                _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            };
            assert!(content.contains_key(kind), "GET {path} is {word} and does not say so");
        }
        statements += usize::from(content.len() == 3);
    }
    assert!(statements >= 11, "{statements}");
}

/// Fault of issue 10, section F: a caller was shown a regular expression, or the name of a format.
#[test]
fn every_form_of_a_text_has_words() {
    let inner = ["decimal4", "decimal8", "biz-no", "date-time", "time-zone", "^", "\\", "[A-Z"];
    let told = |words: Option<kernel::Message>, what: &str| {
        let words = words.unwrap_or_else(|| panic!("{what} has no words (envelope/src/wording.rs)"));
        for text in [words.text(kernel::Lang::Ko), words.text(kernel::Lang::En)] {
            assert!(inner.iter().all(|inner| !text.contains(inner)), "{what}: {text}");
        }
    };
    let unchecked = ["int32", "int64", "password", "binary"];
    for item in document()["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values()) {
        for part in [&item["requestBody"], &item["parameters"]] {
            each_schema(part, &mut BTreeSet::new(), "", &mut |_, schema| {
                if let Some(format) = schema["format"].as_str().filter(|format| !unchecked.contains(format)) {
                    told(envelope::wording::of_format(format), format);
                }
                if let Some(pattern) = schema["pattern"].as_str() {
                    told(envelope::wording::of_pattern(pattern), pattern);
                }
            });
        }
    }
}

both! {
    /// The marks are written by hand (`gateway::document`); the database knows.
    async fn what_has_a_foreign_key_says_to_what_it_refers(app: TestApp) {
        let (modules, mut seen) = (gateway::modules(), 0);
        let resources = || modules.iter().flat_map(|module| module.resources.iter().map(move |info| (module.realm, info)));
        for (realm, info) in resources() {
            let database = app.database(realm);
            database.load_catalog().await.unwrap();
            let catalog = database.catalog();
            let base = format!("/api/v1/{}{}", realm.segment(), info.path);
            let schema = &answer_of(&document()["paths"][format!("{base}/{{id}}")]["get"], 200).unwrap()["content"]["application/json"]["schema"];
            let row = properties(properties(schema).into_iter().find(|(name, _)| *name == "data").unwrap().1);
            for reference in catalog.referred_by(&(info.spec)().unwrap().table) {
                let Some((_, field)) = row.iter().find(|(name, _)| **name == reference.column) else { continue };
                // a table may be two resources: customers are a part of the partners
                let lists: Vec<String> = resources()
                    .filter(|(side, other)| *side == realm && (other.spec)().unwrap().table == reference.target)
                    .map(|(_, other)| format!("/api/v1/{}{}", realm.segment(), other.path))
                    .collect();
                if lists.is_empty() {
                    continue;
                }
                let target = field["x-refers-to"].as_str().unwrap_or_default().to_owned();
                assert!(lists.contains(&target), "{base}: {} refers to {target:?}, one of {lists:?}", reference.column);
                seen += 1;
            }
        }
        assert!(seen > 30, "{seen}");
    }

    async fn a_list_is_sorted_by_whatever_the_document_names(app: TestApp) {
        every_resource(&app, async |resource| {
            let list = resource.operation("get", "").unwrap();
            let sort = parameters(list).find(|parameter| parameter["name"] == "sort").unwrap();
            assert_eq!((&sort["style"], &sort["explode"]), (&json!("form"), &json!(false)), "with commas in one parameter");
            let words: Vec<&str> = sort["schema"]["items"]["enum"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            let columns: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
            assert_eq!(list["x-sort"], json!(columns));
            for down in [false, true] {
                let some = words.iter().filter(|word| word.starts_with('-') == down).copied().collect::<Vec<_>>().join(",");
                let _ = resource.owner.get(&format!("{}?sort={some}", resource.path)).await.ok(200);
            }
        })
        .await;
    }

    /// Four parameters that must be there were said to be optional, and so were bodies.
    async fn what_must_be_sent_is_said_to_be_required(app: TestApp) {
        let id = "0192f0c1-2345-7abc-8def-0123456789ab";
        let (manager, admin) = (app.manager().await, app.admin_a().await);
        // what is not asked without a body here: it would end the session that asks
        let ends = ["/auth/", "/revoke-all"];
        for operation in operations().into_iter().filter(|operation| !operation.is_bare() && operation.permission().is_some()) {
            if ends.iter().any(|end| operation.path.contains(end)) {
                continue;
            }
            let caller = if operation.realm() == Realm::Manager { &manager } else { &admin };
            let path = operation.path.split('/').map(|word| if word.starts_with('{') { id } else { word }).collect::<Vec<_>>().join("/");
            let answer = caller.request(operation.method.to_uppercase().parse().unwrap(), &path).send().await;
            assert!(answer_of(operation.about, answer.status).is_some(), "{} does not say {}: {answer:?}", operation.name(), answer.status);
            let missing: BTreeSet<String> = answer.json["detail"]["errors"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|error| error["rule"] == "required")
                .map(|error| error["field"].as_str().unwrap().to_owned())
                .collect();
            let required: BTreeSet<String> = parameters(operation.about)
                .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true)
                .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
                .collect();
            let body = &operation.about["requestBody"];
            if body["content"]["application/json"].is_object() && required.is_empty() {
                assert_eq!(body["required"] == true, !missing.is_empty(), "{}: {answer:?}", operation.name());
            } else if body.is_null() {
                assert_eq!(missing, required, "{}: {answer:?}", operation.name());
            }
        }
    }

    async fn what_resources_answer_is_what_the_document_says(app: TestApp) {
        every_resource(&app, async |resource| {
            let (path, one) = (resource.path.as_str(), format!("{}/{{id}}", resource.path));
            let body = resource.example().await;
            let made = resource.make_of(&body).await;
            let row = resource.row(&made.id());
            fits("post", path, &made);
            fits("post", path, &resource.owner.post(path, &body).await);
            fits("post", path, &resource.owner.post(path, &json!({})).await);
            fits("post", path, &resource.owner.request(reqwest::Method::POST, path).raw("application/json", "{").send().await);
            fits("get", path, &resource.owner.get(path).await);
            fits("get", path, &resource.owner.get(&format!("{path}?total=false&page_size=1")).await);
            fits("get", path, &resource.owner.get(&format!("{path}?page=0")).await);
            fits("get", path, &resource.owner.get(&format!("{path}?search=%ff")).await);
            let powerless = if resource.realm == Realm::Manager { app.guest().await } else { app.nobody_a().await };
            for caller in [app.stranger(), powerless] {
                fits("get", path, &caller.get(path).await);
                fits("post", path, &caller.post(path, &json!({})).await);
                fits("get", &one, &caller.get(&row).await);
            }
            fits("get", &one, &resource.owner.get(&row).await);
            fits("get", &one, &resource.owner.get(&resource.row("no-id")).await);
            fits("get", &one, &resource.owner.get(&resource.row(&uuid::Uuid::now_v7().to_string())).await);
            if resource.has("patch", "/{id}") {
                fits("patch", &one, &resource.owner.patch(&row, &resource.change().await).await);
                fits("patch", &one, &resource.owner.patch(&row, &json!({"x": 1})).await);
                let stale = resource.owner.request(reqwest::Method::PATCH, &row).header("if-match", "\"77\"").json(&json!({}));
                fits("patch", &one, &stale.send().await);
            }
            if resource.has("post", "/bulk") {
                let items = json!({"items": [{"data": resource.example().await}, {"data": {}}]});
                fits("post", &format!("{path}/bulk"), &resource.owner.post(&format!("{path}/bulk"), &items).await);
            }
            if resource.has("delete", "/{id}") {
                fits("delete", &one, &resource.owner.delete(&row).await);
                fits("delete", &one, &resource.owner.delete(&row).await);
            }
        })
        .await;
    }

    async fn what_actions_answer_is_what_the_document_says(app: TestApp) {
        every_resource(&app, async |resource| {
            for action in resource.actions() {
                let template = format!("{}/{{id}}/{action}", resource.path);
                let made = Subject::make(resource).await;
                let body = crate::conformance::good_body(resource, &action);
                let answer = resource.owner.post(&format!("{}/{action}", resource.row(&made.id())), &body).await;
                fits("post", &template, &answer);
                assert!(answer.status < 500, "{answer:?}");
                fits("post", &template, &resource.owner.post(&format!("{}/{action}", resource.row("no-id")), &body).await);
            }
        })
        .await;
    }

    async fn what_signing_in_answers_is_what_the_document_says(app: TestApp) {
        // signed in before the password changes below
        let (admin, manager) = (app.admin_b().await, app.manager().await);
        for (realm, company, username) in [("manager", None, "admin"), ("tenants", Some("alpha"), "boss")] {
            let at = |name: &str| format!("/api/v1/{realm}/auth/{name}");
            let stranger = app.stranger();
            let answer = stranger.try_sign_in(company, username, PASSWORD).await;
            fits("post", &at("login"), &answer);
            let caller = stranger.holding(&answer.ok(200));
            fits("post", &at("login"), &stranger.try_sign_in(company, username, "wrong wrong wrong").await);
            fits("post", &at("login"), &stranger.post(&at("login"), &json!({})).await);
            fits("get", &at("me"), &caller.get(&at("me")).await);
            fits("get", &at("me"), &stranger.get(&at("me")).await);
            fits("post", &at("refresh"), &stranger.post(&at("refresh"), &json!({"refresh_token": caller.refresh_token})).await);
            fits("post", &at("refresh"), &stranger.post(&at("refresh"), &json!({"refresh_token": "x"})).await);
            let change = json!({"current_password": PASSWORD, "new_password": "copper-meadow-whistle-88"});
            fits("post", &at("change-password"), &caller.post(&at("change-password"), &change).await);
            fits("post", &at("logout"), &caller.post(&at("logout"), &json!({})).await);
        }
        let registration = json!({"username": "someone", "email": "someone@example.com", "password": PASSWORD});
        for _ in 0..2 {
            fits("post", "/api/v1/manager/auth/register", &app.stranger().post("/api/v1/manager/auth/register", &registration).await);
        }
        let tree = "/api/v1/tenants/adm/departments/tree";
        fits("get", tree, &admin.get(tree).await);
        let company = app.company_b().await.id;
        let steps = manager.get(&format!("/api/v1/manager/tenants/{company}/onboarding")).await;
        fits("get", "/api/v1/manager/tenants/{id}/onboarding", &steps);
        // and a company that is suspended
        let _ = manager.post(&format!("/api/v1/manager/tenants/{company}/suspend"), &json!({"reason": "x"})).await.ok(200);
        let login = app.stranger().try_sign_in(Some("bravo"), "boss", PASSWORD).await;
        assert_eq!(login.status, 403, "{login:?}");
        fits("post", "/api/v1/tenants/auth/login", &login);
    }
}

/// Forms, lists, exports and import templates show them.
#[test]
fn every_field_is_called_something_in_both_languages() {
    let titles = document()["x-titles"].as_object().unwrap();
    let is_korean = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c)) || text == "ID";
    for (field, title) in titles {
        let [ko, en] = [0, 1].map(|at| title[at].as_str().unwrap_or_default());
        assert!(is_korean(ko) && !en.is_empty() && !is_korean(&en.replace("ID", "")), "{field}: {title}");
    }
    // what wraps an answer is shown by nobody, and the small ERP has clients of its own
    let is_wrapping = |name: &str| {
        name.starts_with("Erp") || name.starts_with("Error") || name.starts_with("Envelope") || name.starts_with("Page") || name == "Done"
    };
    let without: BTreeSet<String> = document()["components"]["schemas"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !is_wrapping(name))
        .flat_map(|(_, schema)| properties(schema))
        .map(|(field, _)| field.clone())
        .filter(|field| !titles.contains_key(field))
        .collect();
    assert!(without.is_empty(), "say what these are called in the first line of their text, `이름 | Name`: {without:?}");
}

/// The headings of an export and of a form; an export can be imported again.
#[test]
fn no_two_fields_of_a_schema_are_called_the_same() {
    let titles = &document()["x-titles"];
    let mut twice = Vec::new();
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        for language in [0, 1] {
            let mut seen = BTreeSet::new();
            for (field, _) in properties(schema) {
                let own = titles.get(format!("{name}.{field}")).or_else(|| titles.get(field));
                let title = own.and_then(|title| title[language].as_str());
                if title.is_some_and(|title| !seen.insert(title)) {
                    twice.push(format!("{name}.{field}: {}", title.unwrap_or_default()));
                }
            }
        }
    }
    assert!(twice.is_empty(), "called like another field of the same schema: {twice:?}");
}
