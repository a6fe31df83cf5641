//! `test_main.http` is what a reader tries first, so it is tried here: exactly its requests, in their order.

use reqwest::Method;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};
use testkit::{Answer, Caller, PASSWORD, both};

/// One request of the file.
struct Step {
    name: Option<String>,
    /// What it answers, as the comment above it says: `# → 201`.
    status: u16,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

fn read(text: &str) -> (BTreeMap<String, String>, Vec<Step>) {
    let (mut variables, mut steps) = (BTreeMap::new(), Vec::new());
    for (at, block) in text.split("\n###").enumerate() {
        // its title, but for the first one, which has the variables
        let mut lines = block.lines().skip(usize::from(at > 0));
        let (mut name, mut status, mut start) = (None, None, None);
        for line in lines.by_ref() {
            let line = line.trim();
            if let Some((variable, value)) = line.strip_prefix('@').and_then(|line| line.split_once('=')) {
                variables.insert(variable.trim().to_owned(), value.trim().to_owned());
            } else if let Some(told) = line.strip_prefix("# @name ") {
                name = Some(told.trim().to_owned());
            } else if let Some(told) = line.strip_prefix("# → ") {
                status = told.split_whitespace().next().and_then(|status| status.parse().ok());
            } else if !line.is_empty() && !line.starts_with('#') {
                start = Some(line.to_owned());
                break;
            }
        }
        let Some(start) = start else { continue };
        let (method, path) = start.split_once(' ').unwrap_or_else(|| panic!("no request: {start}"));
        let headers: Vec<(String, String)> = lines
            .by_ref()
            .map(str::trim)
            .take_while(|line| !line.is_empty())
            .map(|line| {
                line.split_once(':')
                    .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                    .unwrap_or_else(|| panic!("{line}"))
            })
            .collect();
        steps.push(Step {
            name,
            status: status.unwrap_or_else(|| panic!("{start}: no `# → status` above it")),
            method: method.parse().unwrap(),
            path: path.to_owned(),
            headers,
            body: lines.collect::<Vec<_>>().join("\n").trim().to_owned(),
        });
    }
    (variables, steps)
}

/// `{{host}}`, `{{organization.response.body.$.id}}`.
fn filled(text: &str, variables: &BTreeMap<String, String>, answers: &BTreeMap<String, Answer>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let (name, behind) = behind.split_once("}}").unwrap_or_else(|| panic!("{text}"));
        out.push_str(before);
        match name.split_once(".response.body.$.") {
            Some((request, path)) => {
                let answer = answers.get(request).unwrap_or_else(|| panic!("{request} was not sent before {text}"));
                let found = path.split('.').fold(&answer.json, |value, field| &value[field]);
                assert!(!found.is_null(), "{name}: {answer:?}");
                out.push_str(&found.as_str().map_or_else(|| found.to_string(), str::to_owned));
            }
            None => {
                let value = variables.get(name).unwrap_or_else(|| panic!("{name} is not set"));
                out.push_str(&filled(value, variables, answers));
            }
        }
        rest = behind;
    }
    out + rest
}

async fn walk(caller: &Caller, variables: &BTreeMap<String, String>, steps: &[Step]) {
    let mut answers = BTreeMap::new();
    for step in steps {
        let path = filled(&step.path, variables, &answers);
        let mut request = caller.request(step.method.clone(), path.strip_prefix(&variables["host"]).unwrap_or_else(|| panic!("{path}")));
        let is_kind = |name: &str| name.eq_ignore_ascii_case("content-type");
        for (name, value) in step.headers.iter().filter(|(name, _)| !is_kind(name)) {
            request = request.header(&name.to_ascii_lowercase(), filled(value, variables, &answers));
        }
        if !step.body.is_empty() {
            let body = filled(&step.body, variables, &answers);
            let _: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
            let (_, kind) =
                step.headers.iter().find(|(name, _)| is_kind(name)).unwrap_or_else(|| panic!("{path}: a body without its kind"));
            request = request.raw(kind, body);
        }
        let answer = request.send().await;
        assert_eq!(answer.status, step.status, "{answer:?}");
        if let Some(name) = &step.name {
            answers.insert(name.clone(), answer);
        }
    }
}

both! {
    async fn the_file_of_requests_works_as_it_stands(app: TestApp) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test_main.http");
        let (mut variables, steps) = read(&std::fs::read_to_string(file).unwrap());
        assert!(steps.len() > 25, "{}", steps.len());
        // whoever reads it fills these in
        for (name, value) in [("tenant", "alpha"), ("username", "boss"), ("password", PASSWORD)] {
            assert!(variables.insert(name.to_owned(), value.to_owned()).is_some(), "{name} is in the file");
        }
        walk(&app.stranger(), &variables, &steps).await;
    }
}
