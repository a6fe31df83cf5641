//! Parameters that stand in several operations: `Page`, `CreatedAtFrom`, `CustomerSort`.
//!
//! One is called by its field, where all of that name are the same, or where it is the commonest of several. Any other has in front whose
//! it is: its resource, or the word that its paths have in common.

use super::{add, free_name, operations, operations_mut, reference};
use crate::openapi::names::{pascal, singular};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An operation that has a parameter.
struct Place {
    tag: String,
    /// The words of its path that are no parameters.
    words: Vec<String>,
}

struct Used {
    parameter: Value,
    places: Vec<Place>,
}

impl Used {
    fn tags(&self) -> BTreeSet<&str> {
        self.places.iter().map(|place| place.tag.as_str()).collect()
    }
}

pub(super) fn share(document: &mut Value) {
    let mut all: Vec<Used> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (path, operation) in operations(document) {
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        let words = path.split('/').filter(|word| !word.is_empty() && !word.starts_with('{'));
        let place = || Place { tag: tag.to_owned(), words: words.clone().map(str::to_owned).collect() };
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let at = *known.entry(parameter.to_string()).or_insert_with(|| {
                all.push(Used { parameter: parameter.clone(), places: Vec::new() });
                all.len() - 1
            });
            all[at].places.push(place());
        }
    }
    let tags: BTreeSet<String> = all.iter().flat_map(|used| used.tags().into_iter().map(str::to_owned)).collect();
    all.retain(|used| used.places.len() > 1);
    let mut by_field: BTreeMap<String, Vec<Used>> = BTreeMap::new();
    for used in all {
        by_field.entry(pascal(used.parameter["name"].as_str().unwrap_or_default())).or_default().push(used);
    }
    let mut names = Names { tags, taken: by_field.keys().cloned().collect(), ..Names::default() };
    for (field, uses) in by_field {
        let usual = usual(&uses);
        for (at, used) in uses.iter().enumerate() {
            if Some(at) == usual {
                names.give(&field, used, |_| true);
            } else {
                names.tell_apart(&field, used);
            }
        }
    }
    for (_, operation) in operations_mut(document) {
        let tag = operation["tags"][0].as_str().unwrap_or_default().to_owned();
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(name) = names.given.get(&(parameter.to_string(), tag.clone())) {
                *parameter = reference("parameters", name);
            }
        }
    }
    add(document, "parameters", names.made);
}

/// Which of the parameters of one field is called by the field alone: the one of most resources, where it is of several.
fn usual(uses: &[Used]) -> Option<usize> {
    if uses.len() == 1 {
        return Some(0);
    }
    let often = |used: &Used| (used.tags().len(), used.places.len());
    // of equals the first
    let (at, used) = uses.iter().enumerate().rev().max_by_key(|(_, used)| often(used))?;
    (used.tags().len() > 1).then_some(at)
}

#[derive(Default)]
struct Names {
    /// All there are in the document.
    tags: BTreeSet<String>,
    taken: BTreeSet<String>,
    /// By the parameter and the tag of the operation.
    given: BTreeMap<(String, String), String>,
    made: BTreeMap<String, Value>,
}

impl Names {
    fn give(&mut self, name: &str, used: &Used, is_meant: impl Fn(&str) -> bool) {
        for tag in used.tags().into_iter().filter(|tag| is_meant(tag)) {
            self.given.insert((used.parameter.to_string(), tag.to_owned()), name.to_owned());
        }
        self.made.insert(name.to_owned(), used.parameter.clone());
    }

    /// Names a parameter that is not the usual one of its field.
    fn tell_apart(&mut self, field: &str, used: &Used) {
        let tags = used.tags();
        let same = |words: BTreeSet<&str>| words.first().copied().filter(|_| tags.len() > 1 && words.len() == 1).map(str::to_owned);
        // the logs of both sides; the template of every import
        let common = same(tags.iter().map(|tag| last(tag)).collect())
            .or_else(|| same(used.places.iter().filter_map(|place| place.words.last().map(String::as_str)).collect()));
        if let Some(word) = common {
            let name = self.free(&format!("{}{field}", pascal(&singular(&word))), "");
            return self.give(&name, used, |_| true);
        }
        for tag in tags {
            let whose = self.whose(tag, used);
            let domain = tag.split('.').nth(1).unwrap_or_default();
            let name = self.free(&format!("{whose}{field}"), domain);
            self.give(&name, used, |other| other == tag);
        }
    }

    fn free(&mut self, name: &str, domain: &str) -> String {
        let longer = pascal(domain) + name;
        let wanted = if self.taken.contains(name) { longer.as_str() } else { name };
        let name = free_name(wanted, &self.taken);
        self.taken.insert(name.clone());
        name
    }

    /// The resource of a tag, or the part of it that all operations with the parameter are below.
    fn whose(&self, tag: &str, used: &Used) -> String {
        let resource = last(tag);
        let mut places = used.places.iter().filter(|place| place.tag == tag).map(|place| place.words.as_slice());
        let first = places.next().unwrap_or_default();
        let is_one = used.places.iter().filter(|place| place.tag == tag).count() == 1;
        let shared = places.fold(first, |shared, words| {
            let length = shared.iter().zip(words).take_while(|(one, other)| one == other).count();
            shared.get(..length).unwrap_or_default()
        });
        let below = shared.last().filter(|word| !is_one && tag.contains('.') && *word != resource);
        let name = pascal(&singular(below.map_or(resource, String::as_str)));
        let of_both = || self.tags.iter().any(|other| other.starts_with("tenants.") && last(other) == resource);
        if tag.starts_with("manager.") && of_both() { format!("Platform{name}") } else { name }
    }
}

/// The resource of a tag: `users` of `tenants.adm.users`.
fn last(tag: &str) -> &str {
    tag.rsplit('.').next().unwrap_or(tag)
}
