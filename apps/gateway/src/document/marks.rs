//! What a program wants to know of a resource and OpenAPI has no word for: `x-sort`, `x-noun`, `x-title-field`, `x-refers-to`,
//! `x-transition`.

use envelope::openapi::plural;
use kernel::Realm;
use resource::{Module, Spec};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const USERS: &str = "/adm/users";
const STAFF: &str = "/idam/users";
const ENTRIES: &str = "/fim/transactions";

/// Stands for the resource whose field it is.
const ITSELF: &str = "";

/// What the fields of a company's rows refer to, by their names. Written by hand, because the document is made without a database, which
/// alone knows its foreign keys; a test compares. Here is also what no foreign key says: who did it, and what reports name. Where a
/// resource's example refers to something (`"@/adm/units"`), that counts, and this is not asked.
const IN_A_COMPANY: [(&str, &[&str]); 18] = [
    (
        USERS,
        &[
            "approved_by",
            "by",
            "closed_by",
            "completed_by",
            "created_by",
            "employee_id",
            "exception_user_id",
            "granted_by",
            "manager_id",
            "merged_by",
            "owner_id",
            "posted_by",
            "revoked_by",
            "undone_by",
            "updated_by",
            "user_id",
        ],
    ),
    ("/adm/code-groups", &["group_id"]),
    ("/adm/departments", &["department_id"]),
    ("/adm/exchange-rates", &["exchange_rate_id"]),
    ("/adm/organizations", &["organization_id"]),
    ("/adm/roles", &["role_id"]),
    ("/adm/sessions", &["session_id"]),
    ("/adm/units", &["from_unit_id", "to_unit_id"]),
    ("/crm/contacts", &["contact_id"]),
    ("/crm/partners", &["partner_id"]),
    ("/crm/opportunities", &["opportunity_id"]),
    ("/fim/accounts", &["account_id"]),
    ("/fim/bank-statements", &["statement_id"]),
    ("/fim/invoices", &["invoice_id", "original_invoice_id"]),
    ("/fim/payments", &["payment_id"]),
    ("/fim/vat-settlements", &["supplement_of_id", "vat_settlement_id"]),
    (ENTRIES, &["je_id", "return_je_id", "reversal_je_id", "reversed_je_id", "reverses_je_id", "undo_je_id"]),
    (ITSELF, &["follow_up_activity_id", "from_id", "into_id", "merged_id", "merged_into_id", "parent_id"]),
];

/// The same of the provider's rows.
const AT_THE_PROVIDER: [(&str, &[&str]); 6] = [
    (STAFF, &["created_by", "ended_by", "generated_by", "granted_by", "staff_id", "updated_by", "user_id"]),
    ("/audt/policies", &["policy_id"]),
    ("/idam/permissions", &["permission_id"]),
    ("/idam/roles", &["role_id"]),
    ("/tenants", &["tenant_context", "tenant_id", "tenant_ids"]),
    (ITSELF, &["previous_version_id"]),
];

/// What is meant otherwise in a resource; `None`: a row of the other database, which nobody can follow from here.
const OTHERWISE: [(&str, &str, Option<&str>); 15] = [
    ("/crm/contacts", "partner_id", Some("/crm/partners")),
    ("/crm/customers", "partner_id", Some("/crm/customers")),
    ("/crm/partners", "merged_into_id", Some("/crm/customers")),
    ("/fim/clearings", "partner_id", Some("/crm/partners")),
    ("/fim/invoices", "partner_id", Some("/crm/partners")),
    ("/fim/open-items", "partner_id", Some("/crm/partners")),
    ("/fim/payments", "partner_id", Some("/crm/partners")),
    ("/audt/audit-logs", "user_id", None),
    ("/idam/impersonations", "user_id", None),
    ("/fim/bank-statements", "item_id", Some("/fim/open-items")),
    ("/fim/clearings", "item_id", Some("/fim/open-items")),
    ("/fim/payments", "item_id", Some("/fim/open-items")),
    ("/fim/revaluations", "item_id", Some("/fim/open-items")),
    ("/fim/reports", "budget_id", Some("/fim/budgets")),
    ("/fim/reports", "clearing_id", Some("/fim/clearings")),
];

/// Words that are written large.
const ACRONYMS: [(&str, &str); 2] = [("api", "API"), ("vat", "VAT")];

const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];

/// One resource, as it stands in the document.
struct Marked {
    realm: Realm,
    /// Below the realm: `/crm/customers`.
    path: &'static str,
    spec: &'static Spec,
    /// What its example refers to, by field.
    examples: BTreeMap<String, String>,
}

impl Marked {
    fn all(modules: &[Module]) -> Vec<Self> {
        let mut all = Vec::new();
        for module in modules {
            for info in &module.resources {
                let Ok(spec) = (info.spec)() else { continue };
                let mut examples = BTreeMap::new();
                references_of(&super::parsed(spec.example).unwrap_or_default(), &mut examples);
                all.push(Self { realm: module.realm, path: info.path, spec, examples });
            }
        }
        all
    }

    fn address(&self, below: &str) -> String {
        format!("/api/v1/{}{}{below}", self.realm.segment(), self.path)
    }
}

/// The fields of an example that refer to something: `"@/adm/units?code=EA"`.
fn references_of(example: &Value, into: &mut BTreeMap<String, String>) {
    match example {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let Some(path) = value.as_str().and_then(|text| text.strip_prefix('@')) {
                    into.insert(name.clone(), path.split('?').next().unwrap_or(path).to_owned());
                }
                references_of(value, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references_of(item, into)),
        _ => {}
    }
}

/// What a row of each collection is, by the collection's path. What both sides have is of the platform on the provider's side.
pub(super) fn nouns(modules: &[Module]) -> BTreeMap<String, String> {
    let all = Marked::all(modules);
    let is_on = |realm: Realm, noun: &str| all.iter().any(|other| other.realm == realm && other.spec.noun == noun);
    let named = all.iter().map(|one| {
        let is_of_both = one.realm == Realm::Manager && is_on(Realm::Tenant, one.spec.noun);
        (one.address(""), if is_of_both { format!("platform_{}", one.spec.noun) } else { one.spec.noun.to_owned() })
    });
    named.collect()
}

pub(super) fn mark(document: &mut Value, modules: &[Module]) {
    let all = Marked::all(modules);
    for one in &all {
        mark_resource(document, one);
    }
    mark_sorts(document);
    mark_references(document, &all);
}

fn operation_mut<'d>(document: &'d mut Value, path: &str, method: &str) -> Option<&'d mut Map<String, Value>> {
    document.get_mut("paths")?.get_mut(path)?.get_mut(method)?.as_object_mut()
}

fn words(noun: &str) -> String {
    let word = |word: &str| ACRONYMS.iter().find(|(small, _)| *small == word).map_or(word, |(_, large)| *large).to_owned();
    noun.split('_').map(word).collect::<Vec<_>>().join(" ")
}

/// What a row is called, the field by which people know one, and from which states its actions lead to which: `to` is null where the
/// state stays, `from` is empty where rows have no state.
fn mark_resource(document: &mut Value, one: &Marked) {
    if let Some(get) = operation_mut(document, &one.address("/{id}"), "get") {
        get.insert("x-noun".to_owned(), json!({"singular": words(one.spec.noun), "plural": words(&plural(one.spec.noun))}));
        if let Some(title) = one.spec.title {
            get.insert("x-title-field".to_owned(), title.into());
        }
    }
    let states = states_of(document, one);
    for action in &one.spec.actions {
        let is_left = |state: &&String| action.to.as_ref() != Some(*state);
        let from = if action.from.is_empty() { states.iter().filter(is_left).cloned().collect() } else { action.from.clone() };
        if let Some(post) = operation_mut(document, &one.address(&format!("/{{id}}/{}", action.verb)), "post") {
            post.insert("x-transition".to_owned(), json!({"from": from, "to": action.to}));
        }
    }
}

/// All states that a row can be in, as the type of its column says.
fn states_of(document: &Value, one: &Marked) -> Vec<String> {
    let Some(column) = one.spec.state else { return Vec::new() };
    let answer = &document["paths"][one.address("/{id}").as_str()]["get"]["responses"]["200"];
    let envelope = resolved(document, &answer["content"]["application/json"]["schema"]);
    let row = resolved(document, &envelope["properties"]["data"]);
    let states = resolved(document, &row["properties"][column])["enum"].as_array();
    states.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let found = schema["$ref"].as_str().and_then(|path| document.pointer(path.trim_start_matches('#')));
    found.map_or(schema, |found| resolved(document, found))
}

/// The columns a list may be sorted by, on the operation: the parameter names each of them twice.
fn mark_sorts(document: &mut Value) {
    let lists = document["paths"].as_object_mut().into_iter().flatten().filter(|(path, _)| !path.ends_with("/export"));
    for list in lists.filter_map(|(_, item)| item.get_mut("get")) {
        let sort = list["parameters"].as_array().into_iter().flatten().find(|parameter| parameter["name"] == "sort");
        let Some(both) = sort.and_then(|sort| sort["schema"]["items"]["enum"].as_array()) else { continue };
        let columns: Vec<Value> = both.iter().filter(|word| word.as_str().is_some_and(|word| !word.starts_with('-'))).cloned().collect();
        list["x-sort"] = columns.into();
    }
}

/// Where a field stands: the segment of the realm, and the resource, or the first two words below it.
type Place = (&'static str, String);

fn place_of(all: &[Marked], path: &str) -> Option<Place> {
    let realm = [Realm::Manager, Realm::Tenant].into_iter().find(|realm| path.starts_with(&format!("/api/v1/{}/", realm.segment())))?;
    let resource = all.iter().find(|one| {
        let below = path.strip_prefix(&one.address(""));
        one.realm == realm && below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    });
    let below = match resource {
        Some(one) => one.path.to_owned(),
        None => path.split('/').skip(4).take(2).map(|word| format!("/{word}")).collect(),
    };
    Some((realm.segment(), below))
}

/// The address of the collection that a field's value is a row of.
fn target(all: &[Marked], (segment, path): &Place, field: &str) -> Option<String> {
    let marked = all.iter().find(|one| one.realm.segment() == *segment && one.path == path);
    let named = if let Some((.., otherwise)) = OTHERWISE.iter().find(|(of, name, _)| of == path && *name == field) {
        (*otherwise)?
    } else if let Some(example) = marked.and_then(|one| one.examples.get(field)) {
        example.as_str()
    } else {
        let table: &[(&str, &[&str])] = if *segment == Realm::Manager.segment() { &AT_THE_PROVIDER } else { &IN_A_COMPANY };
        table.iter().find(|(_, fields)| fields.contains(&field))?.0
    };
    let named = if named == ITSELF { marked?.path } else { named };
    Some(format!("/api/v1/{segment}{named}"))
}

/// Says of every field and every parameter that holds the id of a row of what. A type that means different things in different places says
/// nothing.
fn mark_references(document: &mut Value, all: &[Marked]) {
    for (schema, found) in places(document, all) {
        let meant = |field: &str| {
            let mut targets = found.iter().map(|place| target(all, place, field));
            let first = targets.next()??;
            targets.all(|other| other.as_ref() == Some(&first)).then_some(first)
        };
        if let Some(schema) = document["components"]["schemas"].get_mut(&schema) {
            mark_fields(schema, &meant);
        }
    }
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        let Some(place) = place_of(all, path) else { continue };
        let operations = item.as_object_mut().into_iter().flatten().map(|(_, operation)| operation);
        for parameter in operations.filter_map(|operation| operation.get_mut("parameters")?.as_array_mut()).flatten() {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            if let Some(target) = target(all, &place, &name)
                && parameter["in"] == "query"
            {
                mark_id(&mut parameter["schema"], &target);
            }
        }
    }
}

fn mark_id(schema: &mut Value, target: &str) {
    if schema["format"] == "uuid" {
        schema["x-refers-to"] = target.into();
    } else if let Some(items) = schema.get_mut("items").filter(|items| items["format"] == "uuid") {
        items["x-refers-to"] = target.into();
    }
}

fn mark_fields(schema: &mut Value, meant: &impl Fn(&str) -> Option<String>) {
    for (name, field) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(target) = meant(name) {
            mark_id(field, &target);
        }
        mark_fields(field, meant);
        if let Some(items) = field.get_mut("items") {
            mark_fields(items, meant);
        }
    }
}

/// The places of the operations that each type is part of.
fn places(document: &Value, all: &[Marked]) -> BTreeMap<String, BTreeSet<Place>> {
    let mut places: BTreeMap<String, BTreeSet<Place>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let Some(place) = place_of(all, path) else { continue };
        let mut types = BTreeSet::new();
        for operation in METHODS.iter().filter_map(|method| item.get(method)) {
            types_of(document, operation, &mut types);
        }
        for name in types {
            places.entry(name).or_default().insert(place.clone());
        }
    }
    places
}

fn types_of(document: &Value, part: &Value, types: &mut BTreeSet<String>) {
    match part {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/components/schemas/"));
            if let Some(name) = name
                && types.insert(name.to_owned())
            {
                types_of(document, &document["components"]["schemas"][name], types);
            }
            fields.values().for_each(|value| types_of(document, value, types));
        }
        Value::Array(items) => items.iter().for_each(|item| types_of(document, item, types)),
        _ => {}
    }
}
