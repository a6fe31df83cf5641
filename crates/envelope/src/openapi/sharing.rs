//! What stands in the document many times is said once, among its components, and referred to: texts, envelopes, parameters, answers.

mod answers;
mod parameters;
mod schemas;

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Moves what repeats among the components. Nothing may be added to the document afterwards: an operation does not own its parts any more.
pub fn share(document: &mut Value) {
    schemas::share_texts(document);
    schemas::share_descriptions(document);
    schemas::share_wrappings(document);
    parameters::share(document);
    answers::share(document);
    schemas::unwrap_what_is_used_once(document);
    share_security(document);
}

/// The operations with their paths.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let items = document["paths"].as_object().into_iter().flatten();
    items.flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str()));
        operations.map(move |(_, operation)| (path.as_str(), operation))
    })
}

fn operations_mut(document: &mut Value) -> impl Iterator<Item = (&str, &mut Value)> {
    let items = document["paths"].as_object_mut().into_iter().flatten();
    items.flat_map(|(path, item)| {
        let operations = item.as_object_mut().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str()));
        operations.map(move |(_, operation)| (path.as_str(), operation))
    })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// The name of the component that a value refers to.
fn referred<'v>(value: &'v Value, kind: &str) -> Option<&'v str> {
    value.get("$ref")?.as_str()?.strip_prefix("#/components/")?.strip_prefix(kind)?.strip_prefix('/')
}

/// A name that is free: with a number, when others have it already. A test says that no parameter needs one.
fn free_name(name: &str, taken: &BTreeSet<String>) -> String {
    let with_number = |number: usize| if number == 1 { name.to_owned() } else { format!("{name}{number}") };
    (1..).map(with_number).find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Puts components beside those that are there, by their names.
fn add(document: &mut Value, kind: &str, made: BTreeMap<String, Value>) {
    let components = &mut document["components"][kind];
    match components.as_object_mut() {
        Some(known) => known.extend(made),
        None => *components = Value::Object(made.into_iter().collect()),
    }
}

/// Calls `change` with every value below one, the inner ones last.
fn each(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    change(value);
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|value| each(value, change)),
        Value::Array(items) => items.iter_mut().for_each(|value| each(value, change)),
        _ => {}
    }
}

fn look(value: &Value, at: &mut impl FnMut(&Value)) {
    at(value);
    match value {
        Value::Object(fields) => fields.values().for_each(|value| look(value, at)),
        Value::Array(items) => items.iter().for_each(|value| look(value, at)),
        _ => {}
    }
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// The credentials that nearly all operations take stand at the document's root; an operation says only what is otherwise.
fn share_security(document: &mut Value) {
    let usual = json!([{"bearer": []}, {"apiKey": []}]);
    for operation in operations_mut(document).filter_map(|(_, operation)| operation.as_object_mut()) {
        if operation.get("security") == Some(&usual) {
            operation.shift_remove("security");
        }
    }
    document["security"] = usual;
}

#[cfg(test)]
mod tests {
    use super::share;
    use serde_json::{Value, json};

    fn parameter(name: &str) -> Value {
        json!({"$ref": format!("#/components/parameters/{name}")})
    }

    #[test]
    fn what_repeats_is_said_once() {
        let page = json!({"name": "page", "in": "query", "schema": {"type": "integer"}});
        let sort = json!({"name": "sort", "in": "query", "schema": {"type": "string"}});
        let only = json!({"name": "only", "in": "query", "schema": {"type": "string"}});
        let answer = |headers: &Value| json!({"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Envelope_X"}}}, "headers": headers});
        let operation = |tag: &str, parameters: &[&Value], headers: Value| json!({"tags": [tag], "parameters": parameters, "security": [{"bearer": []}, {"apiKey": []}], "responses": {"200": answer(&headers)}});
        let pattern = r"^[^\x00-\x08]*$";
        let name = json!({"x-name": "Text20", "type": ["string", "null"], "minLength": 1, "pattern": pattern, "examples": ["예시"], "description": "Its name."});
        let envelope =
            |data: Value| json!({"type": "object", "properties": {"data": data, "message": {"type": "string"}}, "required": ["data"]});
        let row = || json!({"$ref": "#/components/schemas/X", "description": "A row."});
        let mut document = json!({
            "paths": {
                "/a": {"get": operation("tenants.crm.customers", &[&page, &sort, &only], json!({"ETag": 1}))},
                "/a/export": {"get": operation("tenants.crm.customers", &[&sort], json!({"Location": 2}))},
                "/b": {"get": operation("tenants.crm.contacts", &[&page], json!({}))},
                "/c": {"get": {"tags": ["tenants.crm.contacts"], "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Envelope_Y"}}}}}}},
            },
            "components": {"schemas": {
                "X": {"properties": {"name": name}}, "Envelope_X": envelope(row()), "Envelope_Y": envelope(json!({"type": "null"})),
            }},
        });
        share(&mut document);
        assert_eq!(document["paths"]["/a"]["get"]["parameters"], json!([parameter("Page"), parameter("Sort"), only]));
        let shared = json!({"$ref": "#/components/responses/X"});
        assert_eq!(
            document["paths"]["/b"]["get"],
            json!({"tags": ["tenants.crm.contacts"], "parameters": [parameter("Page")], "responses": {"200": shared}})
        );
        let components = &document["components"];
        assert_eq!(components["parameters"], json!({"Page": page, "Sort": sort}));
        let wrapped = |data: Value| json!({"allOf": [{"$ref": "#/components/schemas/Envelope"}, {"properties": {"data": data}, "required": ["data"]}]});
        // what is used once stands where it is used
        let mut joined = answer(&json!({"ETag": 1, "Location": 2}));
        joined["content"]["application/json"]["schema"] = wrapped(json!({"$ref": "#/components/schemas/X"}));
        assert_eq!(components["responses"], json!({"X": joined}));
        let once = &document["paths"]["/c"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(*once, wrapped(json!({"type": "null"})));
        assert_eq!((components["schemas"].get("Envelope_X"), components["schemas"].get("Envelope_Y")), (None, None));
        assert_eq!(
            components["schemas"]["X"],
            json!({"description": "A row.", "properties": {
                "name": {"anyOf": [{"$ref": "#/components/schemas/Text20"}, {"type": "null"}], "description": "Its name."},
            }})
        );
        assert_eq!(components["schemas"]["Text20"], json!({"type": "string", "minLength": 1, "pattern": pattern, "examples": ["예시"]}));
        assert_eq!(
            components["schemas"]["Envelope"],
            json!({"type": "object", "properties": {"message": {"type": "string"}}, "required": []})
        );
        assert_eq!(document["security"], json!([{"bearer": []}, {"apiKey": []}]));
    }

    /// Fault of the document: `Status2`, `PartnerId3`.
    #[test]
    fn parameters_that_differ_are_called_by_their_resource() {
        let status = |words: &[&str]| json!({"name": "status", "in": "query", "schema": {"enum": words}});
        let (usual, users, provider) = (status(&["A"]), status(&["B"]), status(&["C"]));
        let year = |text: &str| json!({"name": "year", "in": "query", "schema": {}, "description": text});
        let operation = |tag: &str, parameters: &[&Value]| json!({"get": {"tags": [tag], "parameters": parameters, "responses": {}}});
        let list = |tag: &str, parameter: &Value| operation(tag, &[parameter]);
        let mut document = json!({"paths": {
            "/api/v1/tenants/adm/codes": list("tenants.adm.codes", &usual),
            "/api/v1/tenants/adm/units": list("tenants.adm.units", &usual),
            "/api/v1/tenants/adm/users": list("tenants.adm.users", &users),
            "/api/v1/tenants/adm/users/export": list("tenants.adm.users", &users),
            "/api/v1/manager/idam/users": list("manager.idam.users", &provider),
            "/api/v1/manager/idam/users/export": list("manager.idam.users", &provider),
            "/api/v1/tenants/fim/reports/aging": list("tenants.fim.reports", &year("any")),
            "/api/v1/tenants/fim/reports/journal": list("tenants.fim.reports", &year("any")),
            "/api/v1/tenants/fim/reports/vat-return": list("tenants.fim.reports", &year("tax")),
            "/api/v1/tenants/fim/reports/vat-return/late": list("tenants.fim.reports", &year("tax")),
        }, "components": {"schemas": {}}});
        share(&mut document);
        for (path, name) in [
            ("tenants/adm/codes", "Status"),
            ("tenants/adm/users/export", "UserStatus"),
            ("manager/idam/users", "PlatformUserStatus"),
            ("tenants/fim/reports/aging", "ReportYear"),
            ("tenants/fim/reports/vat-return/late", "VatReturnYear"),
        ] {
            assert_eq!(document["paths"][format!("/api/v1/{path}")]["get"]["parameters"], json!([parameter(name)]), "{path}");
        }
    }
}
