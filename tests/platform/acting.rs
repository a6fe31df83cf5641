//! What every action keeps, whatever it does: tried around each step of the stories in [`crate::actions`].

use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use testkit::{Answer, Caller, TestApp};
use tests::{document, parameters};
use uuid::Uuid;

/// Actions that do something again when they are sent again: a further password, a further secret, a further invitation.
const DONE_AGAIN: [&str; 3] = ["rotate", "reset-password", "invite"];

/// Somebody who does one action after the other.
pub struct Story<'a> {
    app: &'a TestApp,
    pub by: Caller,
    realm: Realm,
    pub done: BTreeSet<String>,
}

/// From which states an action leads to which, as the document says.
struct Transition {
    from: Vec<String>,
    to: Option<String>,
}

fn operation(about: &str, verb: &str) -> &'static Value {
    &document()["paths"][format!("/api/v1/{about}/{{id}}/{verb}")]["post"]
}

/// The declared actions of the rows of `about`, by their verbs.
fn transitions(about: &str) -> BTreeMap<String, Transition> {
    let prefix = format!("/api/v1/{about}/{{id}}/");
    let paths = document()["paths"].as_object().unwrap();
    let verbs = paths.keys().filter_map(|path| path.strip_prefix(&prefix)).filter(|verb| !verb.contains('/'));
    verbs
        .filter_map(|verb| {
            let mark = operation(about, verb).get("x-transition")?;
            let from = mark["from"].as_array().unwrap().iter().map(|state| state.as_str().unwrap().to_owned()).collect();
            Some((verb.to_owned(), Transition { from, to: mark["to"].as_str().map(str::to_owned) }))
        })
        .collect()
}

impl<'a> Story<'a> {
    pub async fn of_company(app: &'a TestApp) -> Self {
        Self { app, by: app.admin_a().await, realm: Realm::Tenant, done: BTreeSet::new() }
    }

    pub async fn of_provider(app: &'a TestApp) -> Self {
        Self { app, by: app.manager().await, realm: Realm::Manager, done: BTreeSet::new() }
    }

    async fn tenant(&self) -> Option<Uuid> {
        if self.realm == Realm::Tenant { Some(self.app.company_a().await.id) } else { None }
    }

    /// What a request left: the targets of its audit rows, and the kinds of its events.
    async fn left(&self, request: Uuid) -> (Vec<String>, Vec<String>, Vec<Option<String>>) {
        let tenant = self.tenant().await;
        let audits = self.app.audits(self.realm, tenant, request).await;
        assert!(audits.iter().all(|row| row.result == "SUCCESS"), "{audits:?}");
        let mut events: Vec<String> = self.app.published(self.realm, tenant, request).await.into_iter().map(|event| event.kind).collect();
        events.sort();
        let known = gateway::events().unwrap();
        assert!(events.iter().all(|kind| known.contains(kind)), "an event that the document does not list: {events:?}");
        let mut targets: Vec<String> = audits.iter().map(|row| format!("{} {}", row.target, row.action)).collect();
        targets.sort();
        (targets, events, audits.into_iter().map(|row| row.target_id).collect())
    }

    async fn left_nothing(&self, request: Uuid, what: &str) {
        let (audits, events, _) = self.left(request).await;
        assert!(audits.is_empty() && events.is_empty(), "{what} left {audits:?} and {events:?}");
    }

    async fn send(&self, by: &Caller, path: &str, body: &Value, if_match: Option<&str>) -> (Uuid, Answer) {
        let request = Uuid::now_v7();
        let mut sent = by.request(Method::POST, path).header("x-request-id", request.to_string());
        if let Some(version) = if_match {
            sent = sent.header("if-match", version);
        }
        (request, sent.json(body).send().await)
    }

    /// The row with its version, where one row can be read.
    async fn row(&self, about: &str, id: &str) -> Option<(Value, String)> {
        let path = format!("/api/v1/{about}/{id}");
        let answer = self.by.get(&path).await;
        (answer.status == 200).then(|| (answer.json["data"].clone(), answer.header("etag").to_owned()))
    }

    /// Nobody's row, another company's, an outdated version: refused, and nothing is done.
    async fn refuses(&self, about: &str, id: &str, verb: &str, body: &Value) {
        let path = format!("/api/v1/{about}/{id}/{verb}");
        let nobody = format!("/api/v1/{about}/{}/{verb}", Uuid::now_v7());
        let (request, answer) = self.send(&self.by, &nobody, body, None).await;
        let _ = answer.refused(404, "NOT_FOUND");
        self.left_nothing(request, &nobody).await;
        if self.realm == Realm::Tenant {
            let (_, answer) = self.send(&self.app.admin_b().await, &path, body, None).await;
            let _ = answer.refused(404, "NOT_FOUND");
        }
        let (request, answer) = self.send(&self.by, &path, body, Some("\"987654321\"")).await;
        let _ = answer.refused(412, "PRECONDITION_FAILED");
        self.left_nothing(request, &path).await;
    }

    /// Every declared action that does not start here is refused, and says where the row can go.
    async fn refuses_what_starts_elsewhere(&self, about: &str, id: &str) {
        let Some((row, version)) = self.row(about, id).await else { return };
        let Some(state) = row["status"].as_str() else { return };
        let all = transitions(about);
        let mut allowed: Vec<&String> = Vec::new();
        for to in all.values().filter(|action| action.from.is_empty() || action.from.iter().any(|from| from == state)) {
            allowed.extend(to.to.as_ref().filter(|to| *to != state && !allowed.contains(to)));
        }
        allowed.sort();
        for (verb, action) in &all {
            if action.from.is_empty() || action.from.iter().any(|from| from == state) || action.to.as_deref() == Some(state) {
                continue;
            }
            let path = format!("/api/v1/{about}/{id}/{verb}");
            let (request, answer) = self.send(&self.by, &path, &json!({}), None).await;
            self.left_nothing(request, &path).await;
            match answer.status {
                // needs a body of its own, or was done long ago
                422 | 200 => continue,
                _ => {}
            }
            let detail = answer.refused(409, "CONFLICT");
            assert_eq!((&detail["rule"], &detail["status"]), (&json!("transition"), &json!(state)), "{path}: {detail}");
            let mut said: Vec<String> = serde_json::from_value(detail["allowed"].clone()).unwrap();
            said.sort();
            assert_eq!(said.iter().collect::<Vec<_>>(), allowed, "{path} in {state}");
        }
        assert_eq!(self.row(about, id).await, Some((row, version)), "{about}: what was refused changed it");
    }

    /// With `dry_run=true` it answers as it will, and nothing is done. What cannot be tried says so.
    async fn tries(&self, about: &str, id: &str, verb: &str, body: &Value, status: u16) {
        let path = format!("/api/v1/{about}/{id}/{verb}?dry_run=true");
        let before = self.row(about, id).await;
        let (request, answer) = self.send(&self.by, &path, body, None).await;
        self.left_nothing(request, &path).await;
        assert_eq!(self.row(about, id).await, before, "{path}");
        if parameters(operation(about, verb)).any(|parameter| parameter["name"] == "dry_run") {
            assert_eq!((answer.status, answer.header("etag")), (status, ""), "{answer:?}");
            assert_eq!(answer.json["message"], "시험 실행입니다. 저장된 것은 없습니다.", "{path}");
        } else {
            assert_eq!(answer.wrong_fields(), ["dry_run"]);
        }
    }

    /// Once more: the state that was reached, and nothing else.
    async fn repeats(&self, about: &str, id: &str, verb: &str, body: &Value) {
        let path = format!("/api/v1/{about}/{id}/{verb}");
        let before = self.row(about, id).await;
        let (request, answer) = self.send(&self.by, &path, body, None).await;
        if DONE_AGAIN.contains(&verb) {
            return;
        }
        // what is used up by doing it (an amount that is allocated) is refused; what leads to a state is answered as it is
        let leads_to_a_state = operation(about, verb)["x-transition"]["to"].is_string();
        assert!(answer.status == 200 || (!leads_to_a_state && matches!(answer.status, 409 | 422 | 404)), "{path} again: {answer:?}");
        self.left_nothing(request, &format!("{path} again")).await;
        assert_eq!(self.row(about, id).await, before, "{path} again");
    }

    /// Does an action with a row, and looks at what every action keeps. `audits`: the targets of the rows it leaves, each with what was
    /// done; `events`: the kinds of what it publishes. Both sorted. Answers what it answers.
    pub async fn act(&mut self, about: &str, id: &str, verb: &str, body: Value, audits: &[&str], events: &[&str]) -> Value {
        let path = format!("/api/v1/{about}/{id}/{verb}");
        let status = if verb == "rotate" { 201 } else { 200 }; // a rotated key is a new one
        self.refuses_what_starts_elsewhere(about, id).await;
        self.refuses(about, id, verb, &body).await;
        self.tries(about, id, verb, &body, status).await;
        let (request, answer) = self.send(&self.by, &path, &body, None).await;
        let done = answer.ok(status);
        let (rows, kinds, ids) = self.left(request).await;
        assert_eq!(
            (rows, kinds),
            (audits.iter().map(ToString::to_string).collect(), events.iter().map(ToString::to_string).collect()),
            "{path}"
        );
        assert!(ids.contains(&Some(id.to_owned())), "{path}: no audit row of the row itself");
        self.repeats(about, id, verb, &body).await;
        self.done.insert(format!("{about}/{{id}}/{verb}"));
        done
    }
}
